"""Tasks, and the dated rows that say how each came to its present state.

A task's columns are a cache of its latest change; before the first change a
task is ``open`` with ``first_due_on``. Days stand in the agreement's zone:
"before the start of the day after ``due_on``" is "on a day up to ``due_on``",
so every judgement of time is a comparison of days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    case,
    insert,
    literal,
    select,
    text,
    update,
)

from workflow.store.agreements import obligation, obligation_version
from workflow.store.engine import BigId, UTCDateTime, affected_rows, metadata
from workflow.store.given_rows import given_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.types import TypeEngine

    from workflow.domain.acts import Act

STATES = (
    "'open', 'submitted', 'in_review', 'accepted', 'returned', 'waived', 'suspended', 'cancelled'"
)

# A task names its agreement, occasion and unit without foreign keys: it is written only
# by INSERT … SELECT from those very rows, none of which is ever deleted, and six checks a
# row would cost more than the row. The coverage proof reads both sides instead.
task = Table(
    "task",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("agreement_id", Integer, nullable=False),
    Column("obligation_id", Integer, nullable=False),
    Column("version_id", Integer, nullable=False),
    Column("occasion_id", Integer, nullable=False),
    Column("unit_id", Integer, nullable=False),
    # Who answers for it now: the unit itself, or its successor.
    Column("answerable_id", Integer, nullable=False),
    Column("state", String(9), nullable=False, server_default="open"),
    # What withdraw, resume and reinstate go back to.
    Column("state_before", String(9)),
    Column("opens_on", Date, nullable=False),
    # Null due days: owed without a term; it belongs to its occasion's last day.
    Column("first_due_on", Date),
    Column("original_due_on", Date),
    Column("due_on", Date),
    Column("report_by_on", Date),
    # The day that decides which reporting period it belongs to.
    Column("belongs_on", Date, nullable=False),
    Column("planned_at", UTCDateTime, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
    # The submission that counts: within a correction term, the first one.
    Column("submitted_at", UTCDateTime),
    Column("submitted_on", Date),
    Column("done_at", UTCDateTime),
    Column("done_on", Date),
    # The last day of a correction term that is running.
    Column("correction_on", Date),
    # The cause was recorded or moved when the due day had passed: judged by this day.
    Column("late_notice_on", Date),
    Column("is_history", Boolean, nullable=False, server_default=text("false")),
    Column("is_touched", Boolean, nullable=False, server_default=text("false")),
    # Why it was cancelled: the planner reinstates only what its own rule took away.
    Column("cancel_cause", String(10)),
    Column("merged_into_id", BigId),
    UniqueConstraint("occasion_id", "unit_id"),
    CheckConstraint(f"state IN ({STATES})", name="state"),
    CheckConstraint(
        "cancel_cause IN ('unowed', 'ended', 'succession', 'merged', 'person')",
        name="cancel_cause",
    ),
    CheckConstraint("(state = 'cancelled') = (cancel_cause IS NOT NULL)", name="cancelled"),
)

# The work list of a unit, and what a succession finds open.
Index("ix_task_answerable_state_due", task.c.answerable_id, task.c.state, task.c.due_on)
# The figures of a reporting period.
Index("ix_task_agreement_belongs", task.c.agreement_id, task.c.belongs_on)
# Lists by due day, page by page, each state for itself; and what pressing and the automatic
# submission look through: only what is in hand.
Index("ix_task_state_due", task.c.state, task.c.due_on, task.c.id)
# What the planner took away from a unit, and gives back when the unit returns.
Index(
    "ix_task_unowed",
    task.c.unit_id,
    sqlite_where=text("cancel_cause = 'unowed'"),
    postgresql_where=text("cancel_cause = 'unowed'"),
)
# What was merged into a task: its quotas are added to the task's own.
Index(
    "ix_task_merged_into",
    task.c.merged_into_id,
    sqlite_where=text("merged_into_id IS NOT NULL"),
    postgresql_where=text("merged_into_id IS NOT NULL"),
)
# What somebody else answers for by now is found by whose it was; all else by who answers.
Index(
    "ix_task_handed_on",
    task.c.unit_id,
    sqlite_where=text("answerable_id <> unit_id"),
    postgresql_where=text("answerable_id <> unit_id"),
)
task_change = Table(
    "task_change",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("act", String(32), nullable=False),
    Column("by", String(64), nullable=False),
    Column("state_from", String(9), nullable=False),
    Column("state", String(9), nullable=False),
    Column("due_on_from", Date),
    # The whole of the cache after this change, so that any past instant can be asked.
    Column("original_due_on", Date),
    Column("due_on", Date),
    Column("report_by_on", Date),
    Column("belongs_on", Date, nullable=False),
    Column("answerable_id", ForeignKey("unit.id"), nullable=False),
    Column("submitted_at", UTCDateTime),
    Column("submitted_on", Date),
    Column("done_at", UTCDateTime),
    Column("done_on", Date),
    Column("correction_on", Date),
    Column("late_notice_on", Date),
    # What the rule gave before this change: only re-planning alters it, and before the first
    # change it is known from here.
    Column("original_due_on_from", Date),
    Column("report_by_on_from", Date),
    Column("belongs_on_from", Date, nullable=False),
    Column("late_notice_on_from", Date),
    # Likewise; null in rows written before this was kept, which means as the task has it.
    Column("is_history", Boolean),
    Column("is_history_from", Boolean),
    Column("version_id", Integer),
    Column("version_id_from", Integer),
    CheckConstraint(f"state IN ({STATES})", name="state"),
)
# The state at an instant: the latest change of a task up to it.
Index("ix_task_change_task_at", task_change.c.task_id, task_change.c.at, task_change.c.id)
# What a report looks back across: the changes since its instant.
Index("ix_task_change_at", task_change.c.at)

#: What the rule gives a task; a dated row carries it as it was and as it is.
GIVEN: Final = (
    "original_due_on",
    "report_by_on",
    "belongs_on",
    "late_notice_on",
    "is_history",
    "version_id",
)

#: Another unit answers for it than the one that owed it first.
IS_HANDED_ON: Final = task.c.answerable_id != task.c.unit_id

#: The last day on which a task is on time.
JUDGED_ON: Final = case(
    (task.c.late_notice_on > task.c.due_on, task.c.late_notice_on), else_=task.c.due_on
)

#: What a dated row carries of its task, under the same names.
_CARRIED: Final = (
    "original_due_on",
    "due_on",
    "report_by_on",
    "belongs_on",
    "answerable_id",
    "submitted_at",
    "submitted_on",
    "done_at",
    "done_on",
    "correction_on",
    "late_notice_on",
    "is_history",
    "version_id",
)


def write_changes(
    db: Connection,
    name: str,
    which: ColumnElement[bool],
    *,
    act: Act,
    state: ColumnElement[Any] | None = None,
    after: Mapping[str, ColumnElement[Any]] | None = None,
) -> int:
    """Write the dated rows of one change of many tasks, before the tasks themselves change.

    ``which`` picks the tasks; ``state`` and ``after`` say what differs
    afterwards. Gives how many rows were written.
    """
    columns: dict[str, ColumnElement[Any]] = {
        "task_id": task.c.id,
        "at": literal(act.at, task_change.c.at.type),
        "act": literal(name),
        "by": literal(act.by),
        "state_from": task.c.state,
        "state": task.c.state if state is None else state,
        "due_on_from": task.c.due_on,
    }
    columns |= {column: (after or {}).get(column, task.c[column]) for column in _CARRIED}
    columns |= {f"{column}_from": task.c[column] for column in GIVEN}
    rows = select(*(value.label(column) for column, value in columns.items())).where(which)
    return affected_rows(db, insert(task_change).from_select(list(columns), rows))


def cancel_due_from(db: Connection, agreement_id: int, on: date, *, act: Act) -> int:
    """Cancel what an ended agreement no longer asks for: unsettled and due on the day or later.

    What was handed in keeps waiting for its verdict.
    """
    which = (
        (task.c.agreement_id == agreement_id)
        & task.c.state.in_(["open", "returned", "suspended"])
        & (task.c.belongs_on >= on)
    )
    if not write_changes(db, "cancel", which, act=act, state=literal("cancelled")):
        return 0
    return affected_rows(
        db,
        update(task)
        .where(which)
        .values(
            state_before=task.c.state,
            state="cancelled",
            cancel_cause="ended",
            changed_at=act.at,
        ),
    )


#: A change of one task as ``change_tasks`` takes it: its columns, in their order.
_CHANGE: Final[Mapping[str, TypeEngine[Any]]] = {
    "task_id": BigInteger(),
    "act": String(),
    "state_from": String(),
    "state": String(),
    "state_before": String(),
    "cancel_cause": String(),
    "due_on_from": Date(),
    **{column: task.c[column].type for column in _CARRIED},
    **{f"{column}_from": task.c[column].type for column in GIVEN},
}
_FROM: Final = tuple(f"{column}_from" for column in GIVEN)
_DATED: Final = ("task_id", "act", "state_from", "state", "due_on_from", *_CARRIED, *_FROM)


def locked_tasks(db: Connection, ids: Iterable[int]) -> list[Row[Any]]:
    """These tasks by id, locked until the transaction ends; what does not exist is left out.

    Locked in the order of their ids, so that two who take several wait in line.
    """
    return list(db.execute(_by_id(db, ids).with_for_update()))


def tasks_by_id(db: Connection, ids: Iterable[int]) -> list[Row[Any]]:
    """These tasks by id, without any lock; what does not exist is left out."""
    return list(db.execute(_by_id(db, ids)))


def _by_id(db: Connection, ids: Iterable[int]) -> Select[Any]:
    given = given_rows(db, "taken", {"id": BigInteger()}, [(one,) for one in set(ids)])
    return select(task).where(task.c.id.in_(select(given.c.id))).order_by(task.c.id)


def change_tasks(db: Connection, changes: Sequence[Mapping[str, object]], *, act: Act) -> int:
    """Change tasks one by one in two statements, and give how many were as expected.

    Each change holds ``task_id``, ``act``, ``state_from``, ``state``,
    ``state_before``, ``cancel_cause`` and the whole cache as it is afterwards; where it
    alters what the rule gave (``GIVEN``), also that as it was, as ``…_from``. A task that
    is no longer in ``state_from`` stays as it is: then the caller must
    not keep this transaction.
    """
    rows = [
        tuple(
            # Most acts leave alone what the rule gave.
            change[column] if column in change else change[column.removesuffix("_from")]
            for column in _CHANGE
        )
        for change in changes
    ]
    given = given_rows(db, "changes", _CHANGE, rows)
    dated = select(
        literal(act.at, task_change.c.at.type),
        literal(act.by),
        *(given.c[column] for column in _DATED),
    )
    columns = ["at", "by", *_DATED]
    db.execute(insert(task_change).from_select(columns, dated))
    cached = ("state", "state_before", "cancel_cause", *_CARRIED)
    changed = (
        update(task)
        .where(task.c.id == given.c.task_id, task.c.state == given.c.state_from)
        .values(
            changed_at=act.at, is_touched=True, **{column: given.c[column] for column in cached}
        )
    )
    return affected_rows(db, changed)


def touch_task(db: Connection, task_id: int) -> None:
    """Note that somebody has begun on a task: rules leave it alone from now on."""
    db.execute(
        update(task)
        .where(task.c.id == task_id, task.c.is_touched.is_(False))
        .values(is_touched=True)
    )


def states_of(db: Connection, task_id: int) -> list[str]:
    """Every state that a task has been in, in order; the last is the present one."""
    changes = select(task_change.c.state).where(task_change.c.task_id == task_id)
    return ["open", *db.scalars(changes.order_by(task_change.c.id))]


def latest_change(db: Connection, task_id: int) -> Row[Any] | None:
    """The last dated row of a task; None where nothing has changed since it was planned."""
    changes = select(task_change).where(task_change.c.task_id == task_id)
    return db.execute(changes.order_by(task_change.c.id.desc()).limit(1)).one_or_none()


def followed_tasks(db: Connection, task_ids: Iterable[int]) -> Select[int]:
    """Which of these tasks are of a duty whose fulfilment another of the agreement follows."""
    given = given_rows(db, "done", {"id": BigInteger()}, [(one,) for one in set(task_ids)])
    after = obligation.alias("after")
    follows = (
        select(literal(1))
        .select_from(
            obligation_version.join(after, after.c.id == obligation_version.c.obligation_id)
        )
        .where(
            obligation_version.c.trigger == "after",
            obligation_version.c.awaits == obligation.c.code,
            obligation_version.c.superseded_at.is_(None),
            after.c.agreement_id == task.c.agreement_id,
        )
        .exists()
    )
    return (
        select(task.c.id)
        .join(obligation, obligation.c.id == task.c.obligation_id)
        .where(task.c.id.in_(select(given.c.id)), follows)
    )
