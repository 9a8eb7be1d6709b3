"""Tasks as lists show them: with the words that name them, page by page.

Knows one join that every list shares. Refuses to know who may see what: each list
is scoped by whoever asks.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Date,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)

from workflow.domain.lifecycle import State
from workflow.store.agreements import agreement, obligation
from workflow.store.evidence import doubt
from workflow.store.occasions import occasion
from workflow.store.read_once import read_once
from workflow.store.submissions import concession, submission
from workflow.store.tasks import task, task_change
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement, Connection, FromClause

_answerable: Final = unit.alias("answerable")
#: After the last day that anything is due: where a task without a due day is listed.
_NEVER: Final = literal(date.max, Date)

#: The order of the review desk.
_URGENCY: Final = (submission.c.review_due_on, submission.c.id)

#: Where a page ends: the last row's due day (None without one) and number.
Cursor = tuple["date | None", int]


def tasks_named(*columns: ColumnElement[Any]) -> Select[Any]:
    """Tasks with what names them, beside these columns; to be joined and limited further.

    The names: ``task_id``, ``agreement``, ``obligation``, ``occasion``, ``unit``,
    ``answerable``.
    """
    return (
        select(
            task.c.id.label("task_id"),
            agreement.c.code.label("agreement"),
            obligation.c.code.label("obligation"),
            occasion.c.key.label("occasion"),
            unit.c.key.label("unit"),
            _answerable.c.key.label("answerable"),
            *columns,
        )
        .select_from(task)
        .join(agreement, agreement.c.id == task.c.agreement_id)
        .join(obligation, obligation.c.id == task.c.obligation_id)
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .join(unit, unit.c.id == task.c.unit_id)
        .join(_answerable, _answerable.c.id == task.c.answerable_id)
    )


def tasks_listed(
    db: Connection,
    *where: ColumnElement[bool],
    after: Cursor | None,
    at_most: int,
    states: Collection[str] = (),
    since: date | None = None,
    is_latest_first: bool = False,
) -> list[Row[Any]]:
    """A page of tasks by due day and number, those without a due day last.

    ``where`` is about tasks alone; ``states`` are those wanted, or none for all; what is due
    before ``since`` is left out. With ``is_latest_first`` in exactly the other order. Each
    state is looked through by its own index from where the page begins, so that what stands
    in others costs nothing.
    """
    order = _by_due_day(task, is_latest_first=is_latest_first)
    limited = [
        select(task.c.id, task.c.due_on)
        .where(task.c.state == state, *piece, *where)
        .order_by(*order)
        .limit(at_most)
        .subquery()
        for state in sorted(set(states) or set(State))
        for piece in _further(after, since=since, is_latest_first=is_latest_first)
    ]
    found = union_all(*(select(one) for one in limited)).subquery("found")
    page = (
        select(found)
        .order_by(*_by_due_day(found, is_latest_first=is_latest_first))
        .limit(at_most)
        .subquery("page")
    )
    query = tasks_named(task.c.due_on).join(page, page.c.id == task.c.id)
    return list(db.execute(query.order_by(*order)))


def _by_due_day(rows: FromClause, *, is_latest_first: bool) -> tuple[ColumnElement[Any], ...]:
    """As the indexes have it, in either direction."""
    if is_latest_first:
        return rows.c.due_on.desc().nulls_first(), rows.c.id.desc()
    return rows.c.due_on.asc().nulls_last(), rows.c.id.asc()


def _further(
    after: Cursor | None, *, since: date | None, is_latest_first: bool
) -> list[list[ColumnElement[bool]]]:
    """What stands after a row in the order of a list: ranges of the index, each for itself."""
    due_on, undated = task.c.due_on, task.c.due_on.is_(None)
    in_time = [] if since is None else [due_on >= literal(since, Date)]
    if after is None:
        return [in_time, [undated]] if in_time else [[]]
    last_on, last_id = after
    if last_on is None:
        is_further = task.c.id < last_id if is_latest_first else task.c.id > last_id
        dated = [due_on.is_not(None), *in_time]
        return [[undated, is_further], dated] if is_latest_first else [[undated, is_further]]
    mark = tuple_(literal(last_on, Date), literal(last_id, BigInteger))
    if is_latest_first:
        return [[tuple_(due_on, task.c.id) < mark, *in_time]]
    return [[tuple_(due_on, task.c.id) > mark, *in_time], [undated]]


def is_overdue(on: date) -> ColumnElement[bool]:
    """Not handed in, and on that day past every term that could save it."""
    day = literal(on, Date)
    further = (task.c.report_by_on, task.c.late_notice_on, task.c.correction_on)
    return and_(
        task.c.state.in_(["open", "returned"]),
        task.c.due_on < day,
        *(or_(term.is_(None), term < day) for term in further),
    )


def changes_of(db: Connection, task_id: int) -> list[Row[Any]]:
    """The dated rows of a task, the first first."""
    query = select(task_change).where(task_change.c.task_id == task_id)
    return list(db.execute(query.order_by(task_change.c.id)))


def concessions_of(db: Connection, task_id: int) -> list[Row[Any]]:
    """Everything that was asked for about a task, in order."""
    query = select(concession).where(concession.c.task_id == task_id)
    asked = query.order_by(concession.c.id)
    return read_once(db, "concessions", [task_id], lambda _: {task_id: list(db.execute(asked))})[
        task_id
    ]


def doubts_of(db: Connection, task_id: int) -> list[Row[Any]]:
    """Every doubt about a task, settled or not, in order."""
    query = select(doubt).where(doubt.c.task_id == task_id)
    return list(db.execute(query.order_by(doubt.c.id)))


def work_in_parts(
    db: Connection,
    *where: ColumnElement[bool],
    on: date,
    soon_until: date,
    done_from: date,
    done_until: date,
    at_most: int,
) -> list[Row[Any]]:
    """What is to be done, was handed in or was done of a span: some of each part, by due day.

    Each row has ``task_id``, ``part`` and how many the part has ``in_all``. Parts, of
    which a task is in the first that it fits: ``overdue``, ``returned``, ``waiting`` (for
    others), ``done`` (in ``[done_from, done_until)``), ``upcoming``, ``due_soon`` (before
    ``soon_until``) and ``open``.
    """
    today = literal(on, Date)
    is_done = task.c.state.in_(["accepted", "waived"])
    part = case(
        (is_overdue(on), "overdue"),
        (task.c.state == "returned", "returned"),
        (is_done, "done"),
        (task.c.state != "open", "waiting"),
        (task.c.opens_on > today, "upcoming"),
        (task.c.due_on < literal(soon_until, Date), "due_soon"),
        else_="open",
    ).label("part")
    belongs = and_(task.c.belongs_on >= done_from, task.c.belongs_on < done_until)
    parted = (
        select(task.c.id, task.c.due_on, part)
        .where(
            task.c.state != "cancelled",
            or_(not_(is_done), belongs),
            task.c.is_history.is_(False),
            *where,
        )
        .subquery()
    )
    by_day = (func.coalesce(parted.c.due_on, _NEVER, type_=Date), parted.c.id)
    ranked = select(
        parted.c.id.label("task_id"),
        parted.c.part,
        func.row_number().over(partition_by=parted.c.part, order_by=by_day).label("rank"),
        func.count().over(partition_by=parted.c.part).label("in_all"),
    ).subquery()
    query = select(ranked.c.task_id, ranked.c.part, ranked.c.in_all)
    return list(
        db.execute(query.where(ranked.c.rank <= at_most).order_by(ranked.c.part, ranked.c.rank))
    )


def reviews_waiting(
    db: Connection,
    *where: ColumnElement[bool],
    by: str,
    on: date,
    at_most: int,
    after: tuple[date, int] | None = None,
) -> list[Row[Any]]:
    """Submissions that wait for a person, the most urgent first.

    ``where`` is about tasks alone. ``after`` are the review's due day and the submission's
    number of the last row seen.
    """
    further = () if after is None else (tuple_(*_URGENCY) > tuple_(*after),)
    page = (
        select(submission.c.id)
        .join(task, task.c.id == submission.c.task_id)
        .where(
            task.c.state == "in_review",
            submission.c.settled_at.is_(None),
            submission.c.referred_at.is_not(None),
            *where,
            *further,
        )
        .order_by(*_URGENCY)
        .limit(at_most)
        .subquery("page")
    )
    open_doubts = (
        select(func.count())
        .select_from(doubt)
        .where(doubt.c.task_id == task.c.id, doubt.c.settled_at.is_(None))
        .scalar_subquery()
    )
    query = (
        tasks_named(
            task.c.due_on,
            submission.c.id.label("submission_id"),
            submission.c.number,
            submission.c.submitted_at,
            submission.c.submitted_by,
            submission.c.counted_at,
            submission.c.referred_at,
            submission.c.review_due_on,
            submission.c.reasons,
            submission.c.on_behalf_of.is_not(None).label("is_on_behalf"),
            submission.c.says_nothing,
            is_review_overdue(on).label("is_overdue"),
            (submission.c.submitted_by == by).label("is_own"),
            open_doubts.label("doubts"),
        )
        .join(submission, submission.c.task_id == task.c.id)
        .where(submission.c.id.in_(select(page.c.id)))
        .order_by(*_URGENCY)
    )
    return list(db.execute(query))


def is_review_overdue(on: date) -> ColumnElement[bool]:
    """The day by which a reviewer should have decided has passed."""
    return submission.c.review_due_on < literal(on, Date)


def requests_open(
    db: Connection, *where: ColumnElement[bool], at_most: int, after: int = 0
) -> list[Row[Any]]:
    """What was asked for and not decided, of tasks that their units have in hand, oldest first.

    ``after`` is the number of the last request seen.
    """
    query = (
        tasks_named(
            task.c.due_on,
            task.c.original_due_on,
            concession.c.id.label("request_id"),
            concession.c.kind,
            concession.c.asked_by,
            concession.c.asked_at,
            concession.c.reason,
            concession.c.until_on,
            concession.c.is_late,
        )
        .join(concession, concession.c.task_id == task.c.id)
        .where(
            concession.c.decided_at.is_(None),
            concession.c.id > after,
            task.c.state.in_(["open", "returned"]),
            *where,
        )
        .order_by(concession.c.id)
        .limit(at_most)
    )
    return list(db.execute(query))


def doubts_listed(
    db: Connection, *where: ColumnElement[bool], at_most: int, after: int = 0
) -> list[Row[Any]]:
    """The doubts that nobody has settled, oldest first; ``after`` is the last one seen."""
    query = (
        tasks_named(
            task.c.state,
            task.c.due_on,
            task.c.done_on,
            doubt.c.id.label("doubt_id"),
            doubt.c.item_id,
            doubt.c.kind,
            doubt.c.reason,
            doubt.c.raised_by,
            doubt.c.raised_at,
        )
        .join(doubt, doubt.c.task_id == task.c.id)
        .where(doubt.c.settled_at.is_(None), doubt.c.id > after, *where)
        .order_by(doubt.c.id)
        .limit(at_most)
    )
    return list(db.execute(query))
