"""The set-based statements of planning: one each per obligation version, however many units.

Knows how occasions with their terms, joined with dated members, become rows.
Refuses to know how terms are found. Statements that change tasks first write
the dated row of each change, from the same condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Boolean,
    Date,
    Integer,
    String,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    literal_column,
    not_,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import sqlite

from workflow.store.engine import Json, affected_rows
from workflow.store.evidence import doubt
from workflow.store.given_rows import given_rows
from workflow.store.submissions import submission
from workflow.store.tasks import task, write_changes
from workflow.store.units import member
from workflow.store.work import put_work

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import CTE, ColumnElement, Connection, Select
    from sqlalchemy.types import TypeEngine

    from workflow.domain.acts import Act

#: The columns of a row of terms, in their order.
TERMS: Final[Mapping[str, TypeEngine[Any]]] = {
    "occasion_id": Integer(),
    "calendar": String(),
    "only_unit_id": Integer(),
    "earlier_on": Date(),
    "later_on": Date(),
    "opens_on": Date(),
    "original_due_on": Date(),
    "due_on": Date(),
    "report_by_on": Date(),
    "belongs_on": Date(),
    "late_notice_on": Date(),
    "is_history": Boolean(),
}

TermRow = tuple[object, ...]

#: What a planner's own change reaches: tasks that nobody has acted on.
UNTOUCHED: Final = and_(task.c.state == "open", not_(task.c.is_touched))
#: What a moved or cancelled event reaches: all that is not settled.
UNSETTLED: Final = task.c.state.in_(["open", "returned", "suspended", "submitted", "in_review"])


#: A member as it is written: (unit, calendar, from, until, since).
MemberRow = tuple[int, str, date, date, date]
_MEMBERS: Final[Mapping[str, TypeEngine[Any]]] = {
    "unit_id": Integer(),
    "calendar": String(),
    "from_on": Date(),
    "until_on": Date(),
    "since_on": Date(),
}


def members_of(db: Connection, selection_id: int) -> set[MemberRow]:
    """The members of a selection as they are written."""
    columns = (member.c[name] for name in _MEMBERS)
    rows = db.execute(select(*columns).where(member.c.selection_id == selection_id)).all()
    return {tuple(row) for row in rows}


def rewrite_members(
    db: Connection, selection_id: int, *, units: Iterable[int], rows: Iterable[MemberRow]
) -> None:
    """Make the members of a selection among these units exactly the rows given."""
    db.execute(
        delete(member).where(
            member.c.selection_id == selection_id, member.c.unit_id.in_(_ids(db, "of", units))
        )
    )
    given = given_rows(db, "members", _MEMBERS, rows)
    db.execute(
        insert(member).from_select(
            ["selection_id", *_MEMBERS], select(literal(selection_id), *given.c)
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What a statement is about: a version's occasions on their terms, for some units or all.

    ``units`` None means every member.
    """

    version_id: int
    selection_id: int
    terms: Sequence[TermRow]
    units: Collection[int] | None = None


def plan_missing(
    db: Connection,
    owed: Owed,
    *,
    agreement_id: int,
    obligation_id: int,
    at: datetime,
    is_first: bool = False,
) -> int:
    """Create what is owed and not there yet; give how many.

    Safe to repeat: a task is known by its occasion and unit, whatever has
    become of it since. ``is_first`` says that these occasions were never planned,
    so that nobody need look; a task that is there all the same breaks the
    constraint and nothing is written.
    """
    given, owing = _owing(db, owed)
    columns = {
        "agreement_id": literal(agreement_id),
        "obligation_id": literal(obligation_id),
        "version_id": literal(owed.version_id),
        "occasion_id": given.c.occasion_id,
        "unit_id": member.c.unit_id,
        "answerable_id": member.c.unit_id,
        "state": literal("open"),
        "opens_on": given.c.opens_on,
        "first_due_on": given.c.due_on,
        "original_due_on": given.c.original_due_on,
        "due_on": given.c.due_on,
        "report_by_on": given.c.report_by_on,
        "belongs_on": given.c.belongs_on,
        "planned_at": literal(at, task.c.planned_at.type),
        "changed_at": literal(at, task.c.changed_at.type),
        "late_notice_on": given.c.late_notice_on,
        "is_history": given.c.is_history,
        "is_touched": literal(False),  # noqa: FBT003 - an SQL literal, not an argument
    }
    rows = owing.with_only_columns(*(value.label(name) for name, value in columns.items()))
    if is_first:
        return affected_rows(db, insert(task).from_select(list(columns), rows))
    if db.dialect.name == "sqlite":
        # The key is looked up once, on the way in, and no copy of the rows is made before.
        missing = sqlite.insert(task).from_select(list(columns), rows).on_conflict_do_nothing()
        return affected_rows(db, missing)
    # PostgreSQL would draw an id for every row before it sees that its task is there.
    is_there = (
        select(literal(1))
        .select_from(task)
        .where(task.c.occasion_id == given.c.occasion_id, task.c.unit_id == member.c.unit_id)
        .exists()
    )
    return affected_rows(db, insert(task).from_select(list(columns), rows.where(not_(is_there))))


def shift_owed(db: Connection, owed: Owed, *, reach: ColumnElement[bool], act: Act) -> int:
    """Give the tasks in reach their due days by the present terms; give how many moved.

    An extension outlives the change where it is later; a submission made in
    time is never made late.
    """
    given = _owed(db, owed)
    is_extended = task.c.due_on > func.coalesce(task.c.late_notice_on, task.c.original_due_on)
    handed_in_on = func.coalesce(task.c.done_on, task.c.submitted_on)
    due_on = case(
        (and_(is_extended, task.c.due_on > given.c.due_on), task.c.due_on),
        (
            and_(handed_in_on <= task.c.due_on, handed_in_on > given.c.due_on),
            task.c.due_on,
        ),
        else_=given.c.due_on,
    )
    after = {
        "original_due_on": given.c.original_due_on,
        "due_on": due_on,
        "report_by_on": given.c.report_by_on,
        "belongs_on": given.c.belongs_on,
        "late_notice_on": given.c.late_notice_on,
    }
    differs = or_(
        *(task.c[name].is_distinct_from(value) for name, value in after.items()),
        task.c.opens_on != given.c.opens_on,
        task.c.version_id != owed.version_id,
    )
    moved = and_(
        reach,
        task.c.occasion_id == given.c.occasion_id,
        task.c.unit_id == given.c.unit_id,
        differs,
    )
    dated = {**after, "is_history": given.c.is_history, "version_id": literal(owed.version_id)}
    if not write_changes(db, "replan", moved, act=act, after=dated):
        return 0
    return affected_rows(
        db,
        update(task)
        .where(moved)
        .values(
            **dated,
            opens_on=given.c.opens_on,
            changed_at=act.at,
        ),
    )


def cancel_unowed(
    db: Connection,
    owed: Owed,
    *,
    occasion_ids: Sequence[int],
    reach: ColumnElement[bool],
    act: Act,
) -> int:
    """Cancel the tasks in reach of these occasions and units that are no longer owed."""
    given = _owed(db, owed)
    still_owed = (
        select(literal(1))
        .select_from(given)
        .where(given.c.occasion_id == task.c.occasion_id, given.c.unit_id == task.c.unit_id)
        .exists()
    )
    gone = and_(reach, task.c.occasion_id.in_(_ids(db, "of", occasion_ids)), not_(still_owed))
    if owed.units is not None:
        gone = and_(gone, task.c.unit_id.in_(_ids(db, "among", owed.units)))
    return _cancel(db, gone, act=act)


def cancel_of(
    db: Connection, occasion_ids: Sequence[int], *, reach: ColumnElement[bool], act: Act
) -> int:
    """Cancel all tasks in reach of these occasions: their cause is gone."""
    if not occasion_ids:
        return 0
    gone = and_(reach, task.c.occasion_id.in_(_ids(db, "of", occasion_ids)))
    return _cancel(db, gone, act=act)


def _cancel(db: Connection, which: ColumnElement[bool], *, act: Act) -> int:
    if not write_changes(db, "cancel", which, act=act, state=literal("cancelled")):
        return 0
    return affected_rows(
        db,
        update(task)
        .where(which)
        .values(
            state_before=task.c.state,
            state="cancelled",
            cancel_cause="unowed",
            changed_at=act.at,
        ),
    )


def reinstate_owed(db: Connection, owed: Owed, *, act: Act) -> int:
    """Bring back what this planner cancelled and what the terms owe again."""
    given = _owed(db, owed)
    back = and_(
        task.c.state == "cancelled",
        task.c.cancel_cause == "unowed",
        task.c.occasion_id == given.c.occasion_id,
        task.c.unit_id == given.c.unit_id,
    )
    state = func.coalesce(task.c.state_before, "open")
    if not write_changes(db, "reinstate", back, act=act, state=state):
        return 0
    count = affected_rows(
        db,
        update(task)
        .where(back)
        .values(state=state, state_before=null(), cancel_cause=null(), changed_at=act.at),
    )
    # What was handed in waits for its verdict again, and nothing else would ask for it.
    waits = (
        select(submission.c.id)
        .join(task, task.c.id == submission.c.task_id)
        .where(
            submission.c.settled_at.is_(None),
            task.c.state == "submitted",
            task.c.changed_at == act.at,
        )
    )
    put_work(db, kind="settle_submission", subjects=waits, due_at=act.at)
    return count


def _owed(db: Connection, owed: Owed) -> CTE:
    """The terms with the units that owe on them, worked out once for the statement."""
    _, owing = _owing(db, owed)
    return owing.cte("owed").prefix_with("MATERIALIZED")


def _owing(db: Connection, owed: Owed) -> tuple[CTE, Select[Any]]:
    """The terms, and the query of the members that owe on them.

    A unit owes that is a member on the later day, and on the earlier one by
    itself or through what it replaced.
    """
    given = given_rows(db, "terms", TERMS, owed.terms)
    other = member.alias("other")
    was_member_then = (
        select(literal(1))
        .select_from(other)
        .where(
            other.c.selection_id == owed.selection_id,
            other.c.unit_id == member.c.unit_id,
            other.c.since_on <= given.c.later_on,
            other.c.from_on <= given.c.earlier_on,
            other.c.until_on > given.c.earlier_on,
        )
        .exists()
    )
    query = (
        select(member.c.unit_id, *given.c)
        .select_from(given.join(member, member.c.calendar == given.c.calendar))
        .where(
            member.c.selection_id == owed.selection_id,
            member.c.since_on == member.c.from_on,
            member.c.from_on <= given.c.later_on,
            member.c.until_on > given.c.later_on,
            or_(member.c.from_on <= given.c.earlier_on, was_member_then),
            or_(given.c.only_unit_id.is_(None), given.c.only_unit_id == member.c.unit_id),
        )
    )
    if owed.units is not None:
        query = query.where(member.c.unit_id.in_(_ids(db, "units", owed.units)))
    return given, query


def once_unowed(db: Connection, units: Iterable[int]) -> frozenset[int]:
    """Those of the units that planning has taken a task away from."""
    taken = task.c.cancel_cause == literal_column("'unowed'")  # as the index says it
    query = select(task.c.unit_id).where(taken, task.c.unit_id.in_(_ids(db, "of", units)))
    return frozenset(db.scalars(query.distinct()))


def _ids(db: Connection, name: str, ids: Iterable[int]) -> Select[int]:
    return select(given_rows(db, name, {"id": Integer()}, ((one,) for one in ids)).c.id)


def doubt_moved(db: Connection, occasion_ids: Sequence[int], *, act: Act) -> int:
    """Open a doubt on each accepted task of moved occasions; its dates stay as they are."""
    is_open = (
        select(literal(1))
        .select_from(doubt)
        .where(doubt.c.task_id == task.c.id, doubt.c.kind == "moved", doubt.c.settled_at.is_(None))
        .exists()
    )
    rows = select(
        task.c.id,
        literal("moved"),
        literal({"code": "doubt.moved"}, Json),
        literal(act.by),
        literal(act.at, doubt.c.raised_at.type),
    ).where(
        task.c.state == "accepted",
        task.c.occasion_id.in_(_ids(db, "of", occasion_ids)),
        not_(is_open),
    )
    columns = ["task_id", "kind", "reason", "raised_by", "raised_at"]
    return affected_rows(db, insert(doubt).from_select(columns, rows))
