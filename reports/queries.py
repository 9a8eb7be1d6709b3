"""What a report reads besides its tallies: the tasks of a window and all that hangs on them.

Each question is one statement, asked of the same instant as the tallies. Refuses to
judge and to sort: rows come as they come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, case, func, or_, select, union_all

from workflow.store.agreements import obligation, obligation_version
from workflow.store.evidence import doubt, evidence_item, evidence_verdict
from workflow.store.given_rows import given_rows
from workflow.store.occasions import occasion
from workflow.store.past import asked_of_then, day_then, past_concession
from workflow.store.standing import standings
from workflow.store.submissions import concession, submission
from workflow.store.tallies import is_held, place_in
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import CTE, ColumnElement, Connection, Row

    from workflow.store.tallies import Window

#: What a line of a task shows of it, as it stood.
_SHOWN: Final = (
    "state",
    "answerable_id",
    "original_due_on",
    "due_on",
    "report_by_on",
    "correction_on",
    "late_notice_on",
    "submitted_at",
    "submitted_on",
    "done_on",
)


def tasks_held(
    db: Connection,
    agreement_id: int,
    *,
    window: Window,
    as_of: datetime,
    within: ColumnElement[bool] | None = None,
) -> list[Row[Any]]:
    """Every task that a window holds, with its place there, and whose it is.

    ``within`` limits the tasks to somebody's scope.
    """
    asked = []
    for standing in standings(agreement_id, as_of=as_of):
        rows = (
            select(
                task.c.id,
                task.c.obligation_id,
                task.c.unit_id,
                task.c.occasion_id,
                place_in(standing, window).label("place"),
                *(standing.facts[name].label(name) for name in _SHOWN),
            )
            .select_from(standing.source)
            .where(standing.within, is_held(standing, window, as_of=as_of))
        )
        asked.append(rows if within is None else rows.where(within))
    held = union_all(*asked).subquery("held")
    return list(
        db.execute(
            select(
                held,
                occasion.c.key.label("occasion"),
                day_then("anchor_on", as_of=as_of).label("anchor_on"),
            ).join(occasion, occasion.c.id == held.c.occasion_id)
        )
    )


def evidence_offered(db: Connection, tasks: Iterable[int], *, as_of: datetime) -> list[Row[Any]]:
    """The items of these tasks that were there at the instant, with their verdicts by then."""
    of = _of(db, tasks)
    outcome = (
        select(evidence_verdict.c.outcome)
        .where(
            # What was carried over is judged by what was said of it where it was, until it is
            # judged anew.
            evidence_verdict.c.item_id.in_([evidence_item.c.id, evidence_item.c.carried_from_id]),
            evidence_verdict.c.decided_at <= as_of,
        )
        .order_by(
            # What is carried over comes later than what it was.
            evidence_verdict.c.item_id.desc(),
            evidence_verdict.c.decided_at.desc(),
            evidence_verdict.c.id.desc(),
        )
        .limit(1)
        .scalar_subquery()
    )
    return list(
        db.execute(
            select(
                evidence_item.c.id,
                evidence_item.c.task_id,
                evidence_item.c.requirement,
                evidence_item.c.name,
                evidence_item.c.sha256,
                outcome.label("outcome"),
            ).where(
                evidence_item.c.task_id.in_(select(of.c.id)),
                func.coalesce(evidence_item.c.carried_at, evidence_item.c.added_at) <= as_of,
                or_(evidence_item.c.removed_at.is_(None), evidence_item.c.removed_at > as_of),
            )
        )
    )


def concessions_asked(db: Connection, tasks: Iterable[int], *, as_of: datetime) -> list[Row[Any]]:
    """The extensions and waivers that were asked for by the instant, decided or not."""
    of = _of(db, tasks)
    asked_of = asked_of_then(as_of=as_of)
    were_theirs = select(past_concession.c.concession_id).where(
        past_concession.c.task_id.in_(select(of.c.id))
    )
    return list(
        db.execute(
            select(
                *(one for one in concession.c if one.name != "task_id"),
                asked_of.label("task_id"),
            ).where(
                or_(concession.c.task_id.in_(select(of.c.id)), concession.c.id.in_(were_theirs)),
                asked_of.in_(select(of.c.id)),
                concession.c.asked_at <= as_of,
            )
        )
    )


def returns_made(db: Connection, tasks: Iterable[int], *, as_of: datetime) -> list[Row[Any]]:
    """Why submissions of these tasks were given back by the instant."""
    of = _of(db, tasks)
    return list(
        db.execute(
            select(submission.c.task_id, submission.c.number, submission.c.reasons).where(
                submission.c.task_id.in_(select(of.c.id)),
                submission.c.outcome == "returned",
                submission.c.settled_at <= as_of,
            )
        )
    )


def doubts_open(
    db: Connection, agreement_id: int, *, before: date, as_of: datetime
) -> list[Row[Any]]:
    """The doubts that stood open at the instant about tasks that belong before a day."""
    asked = [
        select(
            doubt,
            task.c.obligation_id,
            task.c.unit_id,
            occasion.c.key.label("occasion"),
        )
        .select_from(
            standing.source.join(doubt, doubt.c.task_id == task.c.id).join(
                occasion, occasion.c.id == task.c.occasion_id
            )
        )
        .where(
            standing.within,
            standing.facts["belongs_on"] < before,
            doubt.c.raised_at <= as_of,
            or_(doubt.c.settled_at.is_(None), doubt.c.settled_at > as_of),
        )
        for standing in standings(agreement_id, as_of=as_of)
    ]
    return list(db.execute(union_all(*asked)))


def versions_known(db: Connection, agreement_id: int, *, as_of: datetime) -> list[Row[Any]]:
    """What was known of each obligation at the instant, the latest day of effect last.

    ``is_live`` is 0 where it had been superseded by then.
    """
    is_live = case(
        (obligation_version.c.superseded_at.is_(None), 1),
        (obligation_version.c.superseded_at > as_of, 1),
        else_=0,
    )
    return list(
        db.execute(
            select(obligation_version, obligation.c.code, is_live.label("is_live"))
            .join(obligation)
            .where(
                obligation.c.agreement_id == agreement_id,
                obligation_version.c.recorded_at <= as_of,
            )
            .order_by(obligation_version.c.effective_from, obligation_version.c.id)
        )
    )


def _of(db: Connection, tasks: Iterable[int]) -> CTE:
    return given_rows(db, "of", {"id": BigInteger()}, ((one,) for one in sorted(set(tasks))))
