"""The work list and one task whole: what is owed, how it stands, what was done about it.

Knows what people see of tasks, each within their scope. Refuses to change anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import false, or_, select

from workflow.access import (
    day_of,
    grants_of,
    is_rule,
    place_of,
    scope_of,
    scope_of_grant,
)
from workflow.catalogue import note_said, said_beside
from workflow.domain import roles, timeliness
from workflow.domain.errors import Refusal
from workflow.domain.instructing import is_instruction
from workflow.domain.lifecycle import IN_HAND, Action, Actor, State, allowed_actions
from workflow.domain.timeliness import Timeliness, first_instant
from workflow.moves import look_at_each, look_at_rows, view_of
from workflow.proving import held_by
from workflow.store import submissions, worklist
from workflow.store.agreements import agreement
from workflow.store.evidence import among, latest_verdicts
from workflow.store.naming import is_of_unit, tasks_about
from workflow.store.tasks import task
from workflow.store.units import unit, units_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from workflow.domain.evidence import Progress, Shortfall
    from workflow.domain.roles import Grant, Place
    from workflow.domain.units import Unit
    from workflow.moves import Taken
    from workflow.proving import Held
    from workflow.store.worklist import Cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One task as a list shows it.

    ``unit_name`` is its name on the day that the task belongs to; ``answerable`` differs
    from ``unit`` after a succession, and is called ``answerable_name`` now. ``clause`` is
    the duty as it was agreed, empty where a later file no longer has it; ``is_instructed``
    where a leader asked it. ``marks`` are ``late_notice``, ``extended`` and
    ``reported_late``. ``progress`` is None where a quota is not on record.
    """

    task_id: int
    agreement: str
    obligation: str
    title: str
    clause: str
    occasion: str
    unit: str
    unit_name: str
    answerable: str
    answerable_name: str
    state: State
    timeliness: Timeliness
    due_on: date | None
    original_due_on: date | None
    submitted_at: datetime | None
    done_on: date | None
    progress: Progress | None
    marks: tuple[str, ...]
    is_instructed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some lines, and where the next page begins; None where this is the last."""

    lines: tuple[Line, ...]
    next_after: Cursor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What units have to do: lines and how many there are in all, by the parts of ``own_work``.

    The parts are those of ``store.worklist.work_in_parts``; an empty one is left out.
    """

    parts: Mapping[str, Sequence[Line]]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One task whole; rows are as stored, the oldest first.

    ``items`` holds each item that was not removed with its latest verdict, if any.
    ``held`` is what they amount to, and ``place`` where the task lies for whoever would act.
    ``allowed`` are the actions of the table that the viewer could do now, given a reason.
    """

    line: Line
    held: Held
    place: Place
    items: tuple[tuple[Row[Any], Row[Any] | None], ...]
    shortfalls: tuple[Shortfall, ...]
    submissions: tuple[Row[Any], ...]
    changes: tuple[Row[Any], ...]
    concessions: tuple[Row[Any], ...]
    doubts: tuple[Row[Any], ...]
    allowed: frozenset[Action]


def list_tasks(
    db: Connection,
    *,
    by: str,
    at: datetime,
    grants: Iterable[Grant] | None = None,
    agreement_code: str | None = None,
    obligation_code: str | None = None,
    unit_key: str | None = None,
    states: Iterable[State] = (),
    due_from: date | None = None,
    due_until: date | None = None,
    belongs_from: date | None = None,
    belongs_until: date | None = None,
    words: str = "",
    only_overdue: bool = False,
    with_history: bool = False,
    is_latest_first: bool = False,
    after: Cursor | None = None,
    at_most: int = 100,
) -> Page:
    """The tasks that a person may read, by due day; every ``…until`` is exclusive.

    ``unit_key`` is the unit that answers by now, or that owed it first. ``belongs_from``
    and ``belongs_until`` bound the day that decides the reporting period. ``words`` are
    looked for in what names a task, without marks (``store.naming``). History
    (due before the agreement was tracked) is left out unless asked for.
    """
    where: list[ColumnElement[bool]] = [
        scope_of(db, by, at=at, grants=grants),
        *tasks_about(db, obligation_code, belongs_from, belongs_until, words=words),
    ]
    if agreement_code is not None:
        ids = select(agreement.c.id).where(agreement.c.code == agreement_code)
        where.append(task.c.agreement_id == ids.scalar_subquery())
    if unit_key is not None:
        where.append(is_of_unit(unit_key))
    if due_from is not None:
        where.append(task.c.due_on >= due_from)
    if due_until is not None:
        where.append(task.c.due_on < due_until)
    if only_overdue:
        where.append(worklist.is_overdue(day_of(at)))
    if not with_history:
        where.append(task.c.is_history.is_(False))
    wanted = set(states)
    if only_overdue:
        wanted = set((wanted or IN_HAND) & IN_HAND)
        if not wanted:
            return Page(lines=(), next_after=None)
    rows = worklist.tasks_listed(
        db,
        *where,
        states=[state.value for state in wanted],
        # Extensions and late notices only give more time: nothing is due before the day that
        # it belongs to.
        since=belongs_from,
        after=after,
        at_most=at_most + 1,
        is_latest_first=is_latest_first,
    )
    page, more = rows[:at_most], rows[at_most:]
    lines = tuple(line for line, _ in _lines(db, page, at=at))
    return Page(
        lines=lines,
        next_after=(page[-1].due_on, page[-1].task_id) if more else None,
    )


def own_work(
    db: Connection,
    *,
    by: str,
    at: datetime,
    grants: Iterable[Grant] | None = None,
    done_from: date,
    done_until: date,
    with_units_below: bool = False,
    obligation_code: str | None = None,
    belongs_from: date | None = None,
    belongs_until: date | None = None,
    words: str = "",
    at_most: int = 50,
) -> Work:
    """What the units of a unit officer or head have to do, by how urgent it is.

    Their own units' tasks, or those of the units below as well. What was done is given
    of ``[done_from, done_until)`` only; of each part at most so many tasks.
    """
    mine = tuple(grants_of(db, by) if grants is None else grants)
    held = [grant for grant in mine if grant.role in roles.UNIT_ROLES]
    where: list[ColumnElement[bool]] = [
        or_(false(), *(scope_of_grant(db, grant, at=at) for grant in held))
    ]
    if not with_units_below:
        keys = sorted({grant.unit for grant in held if grant.unit is not None})
        where.append(task.c.answerable_id.in_(select(unit.c.id).where(unit.c.key.in_(keys))))
    where += tasks_about(db, obligation_code, belongs_from, belongs_until, words=words)
    today = day_of(at)
    rows = worklist.work_in_parts(
        db,
        *where,
        on=today,
        soon_until=today + timeliness.SOON,
        done_from=done_from,
        done_until=done_until,
        at_most=at_most,
    )
    lines = lines_of(db, [row.task_id for row in rows], by=by, at=at, grants=mine)
    parts: dict[str, list[Line]] = {}
    for row in rows:
        parts.setdefault(row.part, []).append(lines[row.task_id])
    return Work(parts=parts, counts={row.part: row.in_all for row in rows})


def lines_of(
    db: Connection,
    task_ids: Iterable[int],
    *,
    by: str,
    at: datetime,
    grants: Iterable[Grant] | None = None,
) -> dict[int, Line]:
    """These tasks as lists show them, by number; what the person may not read is left out."""
    where = (task.c.id.in_(among(db, task_ids)), scope_of(db, by, at=at, grants=grants))
    rows = list(db.execute(worklist.tasks_named(task.c.due_on).where(*where)))
    return {line.task_id: line for line, _ in _lines(db, rows, at=at)}


def show_task(
    db: Connection,
    task_id: int,
    *,
    by: str,
    at: datetime,
    grants: Iterable[Grant] | None = None,
) -> Shown:
    """One task whole. Raises ``Refusal("task.unknown")`` also where the person may not read it."""
    rows = list(
        db.execute(
            said_beside(worklist.tasks_named(*task.c)).where(
                task.c.id == task_id, scope_of(db, by, at=at, grants=grants)
            )
        )
    )
    if not rows:
        raise Refusal("task.unknown", task=task_id)
    note_said(db, rows)
    handed_in = submissions.submissions_of(db, task_id)
    waiting = {one.task_id: one for one in handed_in if one.settled_at is None}
    taken = look_at_rows(db, rows, waiting=waiting)
    ((line, held),) = _lines(db, rows, at=at, taken=taken)
    verdicts = latest_verdicts(db, [row.id for row in held.rows])
    place = place_of(db, held.taken.row, on=day_of(at), asked_by=grants)
    return Shown(
        line=line,
        held=held,
        place=place,
        items=tuple((row, verdicts.get(row.id)) for row in held.rows),
        shortfalls=() if line.progress is None else held.shortfalls(),
        submissions=tuple(handed_in),
        changes=tuple(worklist.changes_of(db, task_id)),
        concessions=tuple(worklist.concessions_of(db, task_id)),
        doubts=tuple(worklist.doubts_of(db, task_id)),
        allowed=_allowed(db, held, place, by=by, grants=grants),
    )


def _allowed(
    db: Connection, held: Held, place: Place, *, by: str, grants: Iterable[Grant] | None
) -> frozenset[Action]:
    """What this person could do to the task now, in every capacity that they have there."""
    if is_rule(by):
        return frozenset()
    mine = grants_of(db, by) if grants is None else grants
    view = view_of(db, held.taken, added_by=[row.added_by for row in held.rows])
    return frozenset(
        action
        for who in roles.capacities(mine, place)
        for action in allowed_actions(view, by=Actor(who=who, user=by))
    )


def _lines(
    db: Connection,
    rows: Sequence[Row[Any]],
    *,
    at: datetime,
    taken: Mapping[int, Taken] | None = None,
) -> list[tuple[Line, Held]]:
    taken = look_at_each(db, [row.task_id for row in rows]) if taken is None else taken
    held = held_by(db, taken.values())
    both = {one for each in taken.values() for one in (each.row.unit_id, each.row.answerable_id)}
    units = units_by_id(db, both)
    return [(_line(row, held[row.task_id], units, at=at), held[row.task_id]) for row in rows]


def _line(row: Row[Any], held: Held, units: Mapping[int, Unit], *, at: datetime) -> Line:
    taken = held.taken
    return Line(
        task_id=taken.id,
        agreement=row.agreement,
        obligation=row.obligation,
        title=taken.says.title,
        clause=_clause(taken),
        occasion=row.occasion,
        unit=row.unit,
        unit_name=units[taken.row.unit_id].name_on(taken.row.belongs_on),
        answerable=row.answerable,
        answerable_name=units[taken.row.answerable_id].name_on(taken.day_of(at)),
        state=taken.state,
        timeliness=_standing(taken, at),
        due_on=taken.row.due_on,
        original_due_on=taken.row.original_due_on,
        submitted_at=taken.row.submitted_at,
        done_on=taken.row.done_on,
        progress=_progress(held),
        marks=tuple(_marks(taken)),
        is_instructed=is_instruction(code=taken.says.code, clause=taken.says.clause),
    )


def _clause(taken: Taken) -> str:
    clause = taken.agreement.clause_of(taken.says.clause)
    return "" if clause is None else clause.text


def _standing(taken: Taken, at: datetime) -> Timeliness:
    return timeliness.timeliness(
        taken.terms,
        state=taken.state,
        as_of=at,
        done_at=taken.row.done_at,
        opens_at=first_instant(taken.row.opens_on, taken.zone),
    )


def _progress(held: Held) -> Progress | None:
    try:
        return held.progress()
    except Refusal:
        return None


def _marks(taken: Taken) -> Iterable[str]:
    row = taken.row
    if row.late_notice_on is not None:
        yield "late_notice"
    planned_on = row.late_notice_on or row.original_due_on
    if row.due_on is not None and row.due_on > planned_on:
        yield "extended"
    if row.submitted_at is not None and taken.terms.is_reported_late(row.submitted_at):
        yield "reported_late"
