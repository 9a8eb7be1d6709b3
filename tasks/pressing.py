"""The jobs that remind and press: steps claimed as they pass, one letter a person and day.

Knows when letters are gathered and that one is sent only until the server has taken it.
Refuses to know whom a step reaches and what a letter says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from tasks.delivery.letters import Letter, digest_letter
from tasks.delivery.mail import TIMEOUT_S
from tasks.job import Job, each
from tasks.posting import host_of, post
from workflow.notices import make_digests, mark_sent
from workflow.pressing import press
from workflow.store.notices import digest
from workflow.store.work import put_work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from tasks.workplace import Workplace
    from workflow.settings import Settings

# A letter of more than a week ago reminds of what the next ones remind of anyway.
_WORTH_SENDING_S: Final = 7 * 86_400


def _press(_place: Workplace, db: Connection, _subject: int, at: datetime) -> None:
    press(db, at=at)


def _gather_letters(place: Workplace, db: Connection, _subject: int, at: datetime) -> None:
    # What passed since the last look belongs into today's letter.
    press(db, at=at)
    settings = place.settings
    make_digests(db, day_on=today(settings, at), at=at, host=host_of(settings))
    if settings.smtp_url is not None:
        ask_for_unsent(db, at=at)


def ask_for_unsent(db: Connection, *, at: datetime) -> None:
    """Ask for the letters of the last days that never left, for instance without a server."""
    since = at.fromtimestamp(at.timestamp() - _WORTH_SENDING_S, tz=at.tzinfo)
    unsent = select(digest.c.id).where(digest.c.sent_at.is_(None), digest.c.created_at >= since)
    put_work(db, kind="send_digest", subjects=unsent, due_at=at)


def today(settings: Settings, at: datetime) -> date:
    """The day of an instant in the installation's zone."""
    return at.astimezone(ZoneInfo(settings.timezone)).date()


def _gather(
    place: Workplace, db: Connection, digests: Sequence[int], at: datetime
) -> dict[int, Letter]:
    settings = place.settings
    if settings.smtp_url is None:
        # They stay unsent, and are asked for again when there is a server.
        return {}
    # An address that nobody set leads nowhere from another machine.
    base_url = settings.base_url if "base_url" in settings.model_fields_set else ""
    found = {one: digest_letter(db, one, at=at, base_url=base_url) for one in digests}
    return {one: letter for one, letter in found.items() if letter is not None}


def _keep(_place: Workplace, db: Connection, sent: Mapping[int, object], at: datetime) -> None:
    mark_sent(db, sent, at=at)


JOBS: Final = (
    Job(kind="press_tasks", name="pressing.press_tasks", keep=each(_press), slowest_s=120.0),
    Job(
        kind="gather_letters",
        name="pressing.gather_letters",
        keep=each(_gather_letters),
        slowest_s=120.0,
    ),
    Job(
        kind="send_digest",
        name="pressing.send_digests",
        gather=_gather,
        perform=post,
        keep=_keep,
        # Connecting, greeting, TLS, login, envelope and message each have their time.
        slowest_s=8 * TIMEOUT_S,
        is_slow=True,
        # A server that is down is tried for most of a day.
        tries=14,
        longest_rest_s=3_600.0,
    ),
)
