"""How a submission ends, whoever decides: accepted with its instant done, or returned.

Knows what both the checks and a reviewer write then, and how many working days a
correction or a review has. Refuses to know who may decide, and on what grounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from workflow.calendars import working_calendars
from workflow.domain import grace
from workflow.domain.agreement import DEFAULT_CALENDAR
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import Action, State
from workflow.domain.timeliness import due_until
from workflow.moves import Move, move
from workflow.store import submissions
from workflow.store.tasks import followed_tasks
from workflow.store.units import unit
from workflow.store.work import put_work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from workflow.domain.lifecycle import Who
    from workflow.journal import Act
    from workflow.moves import Taken
    from workflow.proving import Held

#: Reasons as they are kept with a submission: a code beside its facts.
Reasons = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A submission that is accepted: what it holds, and where the table leads."""

    held: Held
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A submission that goes back to its unit, with the reasons and any correction term."""

    taken: Taken
    state: State
    reasons: Reasons
    correction_on: date | None = None


def accept_each(db: Connection, accepted: Sequence[Accepted], *, action: Action, act: Act) -> None:
    """Accept submissions, and ask for what follows on their fulfilment to be planned.

    Done is judged on this submission, at the instant at which it counts.
    """
    if not accepted:
        return
    moves, settled = [], {}
    for one in accepted:
        taken = one.held.taken
        waits = taken.waiting()
        done_at = _done_at(one.held, waits.counted_at)
        changes = {"done_at": done_at, "done_on": taken.day_of(done_at)}
        moves.append(Move(taken=taken, action=action, state=one.state, changes=changes))
        settled[waits.id] = ("accepted", None)
    move(db, moves, act=act)
    submissions.settle_submissions(db, settled, by=act.by, at=act.at)
    ids = [one.held.taken.id for one in accepted]
    put_work(db, kind="follow_on", subjects=followed_tasks(db, ids), due_at=act.at)


def return_each(db: Connection, returned: Sequence[Returned], *, act: Act) -> None:
    """Give submissions back with their reasons."""
    if not returned:
        return
    moves, settled = [], {}
    for one in returned:
        changes = {} if one.correction_on is None else {"correction_on": one.correction_on}
        moves.append(
            Move(
                taken=one.taken,
                action=Action.RETURN,
                state=one.state,
                changes=changes,
                facts={"reasons": one.reasons},
            )
        )
        settled[one.taken.waiting().id] = ("returned", one.reasons)
    move(db, moves, act=act)
    submissions.settle_submissions(db, settled, by=act.by, at=act.at)


def correction_on(
    db: Connection,
    taken: Taken,
    *,
    action: Action,
    by: Who,
    counted_at: datetime,
    act: Act,
    is_granted: bool = False,
) -> date | None:
    """The last day of the correction term that this act gives, or None where it gives none.

    Raises ``Refusal`` as ``grace.correction`` does.
    """
    last_on = last_day(db, taken, taken.agreement.settings.correction_days, act=act)
    given = grace.correction(
        taken.terms,
        action=action,
        by=by,
        judged_by=taken.says.judged_by,
        submitted_at=counted_at,
        until=due_until(last_on, taken.zone),
        given=taken.correction,
        is_granted=is_granted,
    )
    return None if given is None or given == taken.correction else last_on


def last_day(db: Connection, taken: Taken, working_days: int, *, act: Act) -> date:
    """The last of so many working days of the unit after the day of the act."""
    kind = db.execute(select(unit.c.kind).where(unit.c.id == taken.row.answerable_id)).scalar_one()
    return _after(db, taken, working_days, calendar=_calendar(taken, kind), act=act)


def review_due_on(db: Connection, taken: Sequence[Taken], *, act: Act) -> dict[int, date]:
    """By which day a reviewer should decide on each of these tasks, in office days."""
    days: dict[tuple[str, int], date] = {}
    found = {}
    for one in taken:
        key = (one.agreement.code, one.agreement.settings.review_days)
        if key not in days:
            days[key] = _after(db, one, key[1], calendar=DEFAULT_CALENDAR, act=act)
        found[one.id] = days[key]
    return found


def _calendar(taken: Taken, kind: str) -> str:
    return taken.agreement.settings.calendar_of(kind)


def _after(db: Connection, taken: Taken, working_days: int, *, calendar: str, act: Act) -> date:
    today = taken.day_of(act.at)
    # No term of working days is so long that the holidays of the next year do not suffice.
    years = range(today.year, (today + timedelta(days=366)).year + 1)
    calendars = working_calendars(
        db, country=taken.agreement.settings.country, years=years, names=[calendar]
    )
    return calendars[calendar].add(today, working_days)


def _done_at(held: Held, counted_at: datetime) -> datetime:
    """What a person confirms is done even where a quota is not on record."""
    try:
        return held.as_confirmed().done_at(counted_at)
    except Refusal:
        return counted_at


def reasons_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """The codes of reasons in one text, for the journal and the table's guard."""
    return ", ".join(dict.fromkeys(str(row["code"]) for row in rows))
