"""The jobs that check evidence and draw the conclusions.

Knows that checks run between two transactions, in children with limits. Refuses to know
what any of them looks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasks.job import Job
from workflow.journal import Act
from workflow.verification import (
    Judged,
    ToVerify,
    items_to_verify,
    record_unverifiable,
    record_verdicts,
    settle_submissions,
    submit_automatically,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from tasks.workplace import Workplace

_CHECKS: Final = "system:checks"


def _gather(
    place: Workplace, db: Connection, items: Sequence[int], _at: datetime
) -> dict[int, ToVerify]:
    return {one.item_id: one for one in items_to_verify(db, items, files=place.files)}


def _perform(place: Workplace, one: ToVerify) -> Judged:
    verdict = place.checks.run(
        one.check, params=one.params, file=one.file, figures=one.figures, facts=one.facts
    )
    return Judged(item_id=one.item_id, sha256=one.sha256, verdict=verdict)


def _keep(_place: Workplace, db: Connection, judged: Mapping[int, Judged], at: datetime) -> None:
    record_verdicts(db, list(judged.values()), act=Act(by=_CHECKS, at=at))


def _give_up(db: Connection, items: Sequence[int], error: str, at: datetime) -> None:
    record_unverifiable(db, items, error=error, act=Act(by=_CHECKS, at=at))


def _settle(
    _place: Workplace, db: Connection, submissions: Mapping[int, object], at: datetime
) -> None:
    settle_submissions(db, submissions, act=Act(by=_CHECKS, at=at))


def _submit(_place: Workplace, db: Connection, tasks: Mapping[int, object], at: datetime) -> None:
    submit_automatically(db, tasks, act=Act(by=_CHECKS, at=at))


JOBS: Final = (
    Job(
        kind="verify_item",
        name="verification.verify_items",
        gather=_gather,
        perform=_perform,
        keep=_keep,
        give_up=_give_up,
        # A check is ended after a minute; its child may have to start first.
        slowest_s=90.0,
        is_slow=True,
    ),
    Job(kind="settle_submission", name="verification.settle_submissions", keep=_settle),
    Job(kind="submit_automatically", name="verification.submit_automatically", keep=_submit),
)
