"""The jobs that keep the installation sound: the journal sealed, its heads kept elsewhere.

Knows what is tidied away. Refuses to delete anything that says what somebody did.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tasks.job import Job, each
from workflow import forgotten, owner_letters, refusals, sessions, tokens
from workflow.sealing import head_line, heads_file, latest_head, seal
from workflow.sealing.chaining import LARGEST
from workflow.store import heartbeats, webhooks
from workflow.store.work import put_work

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from tasks.workplace import Workplace

# Each a seal of at most five thousand entries; the rest is sealed a minute later.
_SEALS_AT_ONCE: Final = 20
_SILENT_FOR_S: Final = 2 * 86_400.0
_TICKS_KEPT: Final = timedelta(days=7)
_DRAFTS_KEPT_S: Final = 86_400.0
_DELIVERED_KEPT: Final = timedelta(days=30)
_PARKED_KEPT: Final = timedelta(days=90)


def _seal(place: Workplace, db: Connection, _subject: int, at: datetime) -> None:
    for _ in range(_SEALS_AT_ONCE):
        if seal(db, place.settings.journal_keys, at=at) < LARGEST:
            break
    # What is sealed may be told; where nobody listens this is all that webhooks cost.
    if webhooks.is_any_live(db):
        put_work(db, kind="tell_webhooks", subjects=[0], due_at=at)


def _export_head(place: Workplace, db: Connection, _subject: int, at: datetime) -> None:
    """Write today's head into the file of heads, which belongs on another machine."""
    head = latest_head(db)
    if head is not None:
        path = heads_file(place.settings)
        with path.open("a", encoding="utf-8") as file:
            file.write(head_line(head, exported_at=at) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _tidy(place: Workplace, db: Connection, _subject: int, at: datetime) -> None:
    # What outlasted a hundred seals is found by looking through the whole journal.
    seal(db, place.settings.journal_keys, at=at, is_thorough=True)
    heartbeats.forget_silent(db, after_s=_SILENT_FOR_S)
    heartbeats.forget_ticks(db, before=at - _TICKS_KEPT)
    sessions.forget_old(db, at=at)
    tokens.forget_answers(db, at=at)
    webhooks.forget_messages(
        db, delivered_before=at - _DELIVERED_KEPT, parked_before=at - _PARKED_KEPT
    )
    forgotten.forget_old(db, at=at)
    owner_letters.forget_old(db, at=at)
    refusals.forget_old(db, at=at)
    # The file system stamps files by the machine's clock, whatever the business clock says.
    place.files.forget_drafts(older_than=time.time() - _DRAFTS_KEPT_S)


def _tell_refusals(_place: Workplace, db: Connection, _subject: int, at: datetime) -> None:
    refusals.tell_the_rest(db, at=at)


JOBS: Final = (
    Job(kind=refusals.WORK, name="upkeep.tell_refusals", keep=each(_tell_refusals)),
    Job(kind="seal_journal", name="upkeep.seal_journal", keep=each(_seal), slowest_s=60.0),
    Job(kind="export_head", name="upkeep.export_head", keep=each(_export_head)),
    Job(kind="tidy_up", name="upkeep.tidy_up", keep=each(_tidy), slowest_s=240.0),
)
