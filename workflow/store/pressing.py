"""How a step of the ladder is claimed for many tasks at once, and how far that has been done.

Knows the statements, one for each step of an obligation version however many
tasks there are. Refuses to know addresses, ladders and the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Boolean,
    Integer,
    Row,
    String,
    and_,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from workflow.store.agreements import agreement, obligation, obligation_version
from workflow.store.engine import Json, affected_rows
from workflow.store.given_rows import given_rows
from workflow.store.notices import notice, pressed
from workflow.store.tasks import JUDGED_ON, task, task_change
from workflow.store.units import unit, unit_fact

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import CTE, ColumnElement, Connection
    from sqlalchemy.types import TypeEngine

#: In hand and with a day: written out, since both databases know a partial index only so.
_IN_HAND: Final = literal_column("task.state IN ('open', 'returned')", Boolean())


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the ladder of one obligation version, as a statement needs it."""

    version_id: int
    code: str
    days: int
    channel: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom a step's notices go to, by address.

    ``by_unit``: a unit's number with an address, for the tasks that it answers
    for. ``by_scope``: an address with the condition on ``task`` rows that are its
    own. ``otherwise``: who is told where nobody else can be; never empty.
    """

    by_unit: Collection[tuple[int, str]] = ()
    by_scope: Sequence[tuple[str, ColumnElement[bool]]] = ()
    otherwise: Collection[str] = ("",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far an agreement has been pressed: the day, and the newest task and change then."""

    on: date
    task_id: int
    change_id: int


def to_press(db: Connection, *, code: str | None) -> list[Row[Any]]:
    """Active agreements, or one: id, code, zone, and how far each has been pressed."""
    query = (
        select(
            agreement.c.id,
            agreement.c.code,
            agreement.c.zone,
            pressed.c.pressed_on,
            pressed.c.task_id,
            pressed.c.change_id,
        )
        .outerjoin(pressed, pressed.c.agreement_id == agreement.c.id)
        .where(agreement.c.state == "active")
    )
    if code is not None:
        query = query.where(agreement.c.code == code)
    return list(db.execute(query.order_by(agreement.c.id)))


def newest(db: Connection) -> tuple[int, int]:
    """The highest numbers of a task and of a change."""
    row = db.execute(
        select(
            select(func.max(task.c.id)).scalar_subquery(),
            select(func.max(task_change.c.id)).scalar_subquery(),
        )
    ).one()
    return row[0] or 0, row[1] or 0


def take_mark(db: Connection, agreement_id: int, *, first: Mark) -> Mark | None:
    """The mark of an agreement, locked until the transaction ends; None where there was none.

    Two who press at once wait in line here.
    """
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    made = (
        dialect.insert(pressed)
        .values(
            agreement_id=agreement_id,
            pressed_on=first.on,
            task_id=first.task_id,
            change_id=first.change_id,
        )
        .on_conflict_do_nothing()
    )
    if affected_rows(db, made):
        return None
    query = select(pressed).where(pressed.c.agreement_id == agreement_id)
    row = db.execute(query.with_for_update()).one()
    return Mark(on=row.pressed_on, task_id=row.task_id, change_id=row.change_id)


def set_mark(db: Connection, agreement_id: int, mark: Mark) -> None:
    """Note how far an agreement has been pressed."""
    db.execute(
        update(pressed)
        .where(pressed.c.agreement_id == agreement_id)
        .values(pressed_on=mark.on, task_id=mark.task_id, change_id=mark.change_id)
    )


def in_hand(agreement_id: int, *, since: Mark | None) -> ColumnElement[bool]:
    """The tasks of an agreement that are pressed at all: in hand, with a day, no history.

    With ``since``, only those that were made or changed after the mark.
    """
    every = and_(
        _IN_HAND,
        task.c.due_on.is_not(None),
        task.c.agreement_id == agreement_id,
        task.c.is_history.is_(False),
    )
    if since is None:
        return every
    later = union_all(
        select(task.c.id).where(task.c.id > since.task_id),
        select(task_change.c.task_id).where(task_change.c.id > since.change_id),
    )
    return and_(every, task.c.id.in_(later))


def earliest_due(db: Connection, which: ColumnElement[bool], *, until: date) -> dict[int, date]:
    """The earliest due day up to a day among these tasks, by obligation version."""
    query = (
        select(task.c.version_id, func.min(task.c.due_on).label("due_on"))
        .where(which, task.c.due_on <= until)
        .group_by(task.c.version_id)
    )
    return {row.version_id: row.due_on for row in db.execute(query)}


def versions_of(db: Connection, agreement_id: int) -> list[int]:
    """Every obligation version of an agreement, superseded or not: some task may keep it."""
    query = select(obligation_version.c.id).join(obligation)
    return list(db.scalars(query.where(obligation.c.agreement_id == agreement_id)))


def posts_on(db: Connection, on: date) -> list[Row[Any]]:
    """Every unit with its mail, and the key of the unit above it on a day."""
    above = and_(
        unit_fact.c.unit_id == unit.c.id,
        unit_fact.c.fact == "parent",
        unit_fact.c.from_on <= on,
        unit_fact.c.until_on > on,
    )
    query = select(unit.c.id, unit.c.key, unit.c.mail, unit_fact.c.value.label("above"))
    return list(db.execute(query.outerjoin(unit_fact, above)))


def claim_step(
    db: Connection,
    step: Step,
    which: ColumnElement[bool],
    *,
    on: date,
    reach: Reach,
    at: datetime,
) -> int:
    """Write a step's notices for all tasks for which it has passed by a day; give how many.

    What is there already is left as it is. A task that nobody can be reached for
    is brought to ``reach.otherwise``.
    """
    fallen = _fallen(step, which, on)
    addressed = _addressed(db, fallen, reach)
    keepers = given_rows(db, "keepers", {"mail": String()}, [(one,) for one in reach.otherwise])
    reached = (
        select(literal(1)).select_from(addressed).where(addressed.c.task_id == fallen.c.id).exists()
    )
    whole = union_all(
        select(fallen.c.id, addressed.c.mail, fallen.c.for_due_on).join(
            addressed, addressed.c.task_id == fallen.c.id
        ),
        select(fallen.c.id, keepers.c.mail, fallen.c.for_due_on)
        .select_from(fallen.join(keepers, true()))
        .where(not_(reached)),
    ).subquery("whole")
    served = (
        select(literal(1))
        .select_from(notice)
        .where(
            notice.c.task_id == whole.c.id,
            notice.c.step == step.code,
            notice.c.addressee == whole.c.mail,
            notice.c.for_due_on == whole.c.for_due_on,
        )
        .exists()
    )
    rows = (
        select(
            whole.c.id,
            literal(step.code),
            whole.c.mail,
            whole.c.for_due_on,
            literal(step.channel),
            literal({"days": step.days, "to": step.to}, Json),
            literal(at, notice.c.created_at.type),
        )
        .distinct()
        .where(not_(served))
        .order_by(whole.c.id, whole.c.mail)
    )
    columns = ["task_id", "step", "addressee", "for_due_on", "channel", "facts", "created_at"]
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    claimed = dialect.insert(notice).from_select(columns, rows).on_conflict_do_nothing()
    return affected_rows(db, claimed)


def _fallen(step: Step, which: ColumnElement[bool], on: date) -> CTE:
    """The tasks of a version for which a step has passed, as ``domain.pressing`` reckons it."""
    last_due_on = on - timedelta(days=step.days)
    passed = [
        task.c.due_on <= last_due_on,
        or_(task.c.late_notice_on.is_(None), task.c.late_notice_on <= last_due_on),
    ]
    if step.days > 0:
        # Nobody is pressed for what can still be reported or corrected.
        terms = (task.c.report_by_on, task.c.correction_on)
        passed += [or_(term.is_(None), term < on) for term in terms]
    query = select(task.c.id, task.c.answerable_id, JUDGED_ON.label("for_due_on"))
    return (
        query.where(which, task.c.version_id == step.version_id, *passed)
        .cte("fallen")
        .prefix_with("MATERIALIZED")
    )


def _addressed(db: Connection, fallen: CTE, reach: Reach) -> CTE:
    kinds: Mapping[str, TypeEngine[Any]] = {"unit_id": Integer(), "mail": String()}
    given = given_rows(db, "addresses", kinds, sorted(reach.by_unit))
    by_unit = select(fallen.c.id.label("task_id"), given.c.mail).join(
        given, given.c.unit_id == fallen.c.answerable_id
    )
    by_scope = [
        select(task.c.id, literal(mail)).where(task.c.id.in_(select(fallen.c.id)), scope)
        for mail, scope in reach.by_scope
    ]
    return union_all(by_unit, *by_scope).cte("addressed").prefix_with("MATERIALIZED")
