"""How a step of the ladder is claimed for many tasks at once, and how far that has been done.

Knows the statements, one for each kind of addressee however many tasks and
steps there are. Refuses to know addresses, ladders and the clock.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Boolean,
    Date,
    Integer,
    Row,
    String,
    and_,
    except_,
    func,
    literal,
    not_,
    or_,
    select,
    text,
    true,
    union,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from workflow.store.agreements import agreement, obligation, obligation_version
from workflow.store.engine import affected_rows
from workflow.store.given_rows import as_json, given_rows
from workflow.store.notices import notice, pressed
from workflow.store.tasks import JUDGED_ON, task, task_change
from workflow.store.units import unit, unit_fact

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import CTE, ColumnElement, Connection, Select
    from sqlalchemy.types import TypeEngine

#: In hand and with a day: written out, since both databases know a partial index only so.
_IN_HAND: Final = text("task.state IN ('open', 'returned')")


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
    """Active agreements, or one: id, code, zone, and how far each has been pressed.

    With each stand the highest numbers of a task and of a change there are.
    """
    query = (
        select(
            agreement.c.id,
            agreement.c.code,
            agreement.c.zone,
            pressed.c.pressed_on,
            pressed.c.task_id,
            pressed.c.change_id,
            _newest(task.c.id).label("newest_task_id"),
            _newest(task_change.c.id).label("newest_change_id"),
        )
        .outerjoin(pressed, pressed.c.agreement_id == agreement.c.id)
        .where(agreement.c.state == "active")
    )
    if code is not None:
        query = query.where(agreement.c.code == code)
    return list(db.execute(query.order_by(agreement.c.id)))


def _newest(numbers: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(select(func.max(numbers)).scalar_subquery(), 0)


def take_mark(db: Connection, agreement_id: int, *, first: Mark) -> Mark | None:
    """The mark of an agreement, locked until the transaction ends; None where there was none.

    Two who press at once wait in line here.
    """
    query = select(pressed).where(pressed.c.agreement_id == agreement_id).with_for_update()
    row = db.execute(query).one_or_none()
    if row is None:
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
        row = db.execute(query).one()
    return Mark(on=row.pressed_on, task_id=row.task_id, change_id=row.change_id)


def set_mark(db: Connection, agreement_id: int, mark: Mark) -> None:
    """Note how far an agreement has been pressed."""
    db.execute(
        update(pressed)
        .where(pressed.c.agreement_id == agreement_id)
        .values(pressed_on=mark.on, task_id=mark.task_id, change_id=mark.change_id)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Which tasks of an agreement a sweep looks at: all, or those that are new ``since``.

    Only what is in hand and no history, and has a day, is pressed at all.
    """

    agreement_id: int
    since: Mark | None = None

    def among(self, query: Select[Any], *, until: date) -> Select[Any]:
        """A query of tasks, restricted to these and to due days up to a day."""
        query = query.where(
            _IN_HAND,
            task.c.due_on <= until,
            # Not by the agreement's index, which leads through all of its tasks.
            task.c.agreement_id + 0 == self.agreement_id,
            task.c.is_history.is_(False),
        )
        if self.since is None:
            return query
        new = union_all(
            select(task.c.id).where(task.c.id > self.since.task_id),
            select(task_change.c.task_id).where(task_change.c.id > self.since.change_id),
        )
        return query.where(task.c.id.in_(new))


def earliest_due(db: Connection, look: Look, *, until: date) -> dict[int, date]:
    """The earliest due day up to a day among these tasks, by obligation version."""
    query = select(task.c.version_id, func.min(task.c.due_on).label("due_on"))
    rows = db.execute(look.among(query, until=until).group_by(task.c.version_id))
    return {row.version_id: row.due_on for row in rows}


def versions_of(agreement_id: int) -> Select[tuple[int]]:
    """Every obligation version of an agreement, superseded or not: some task may keep it."""
    query = select(obligation_version.c.id).join(obligation)
    return query.where(obligation.c.agreement_id == agreement_id)


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


def claim_steps(
    db: Connection,
    steps: Sequence[Step],
    look: Look,
    *,
    on: date,
    reach: Reach,
    at: datetime,
) -> int:
    """Write the notices of steps that have passed by a day, whatever the task; give how many.

    The steps are those that reach the same people: one statement for all. What
    is there already is left as it is. A task that nobody can be reached for is
    brought to ``reach.otherwise``.
    """
    fallen = _fallen(db, steps, look, on)
    addressed = _addressed(db, fallen, reach)
    unreached = except_(select(*fallen.c[*_NOTICED]), select(*addressed.c[*_NOTICED])).subquery(
        "unreached"
    )
    keepers = given_rows(db, "keepers", {"mail": String()}, [(one,) for one in reach.otherwise])
    whole = union(
        select(*addressed.c[*_NOTICED], addressed.c.mail),
        select(*unreached.c, keepers.c.mail).select_from(unreached.join(keepers, true())),
    ).subquery("whole")
    served = (
        select(literal(1))
        .select_from(notice)
        .where(
            notice.c.task_id == whole.c.task_id,
            notice.c.step == whole.c.step,
            notice.c.addressee == whole.c.mail,
            notice.c.for_due_on == whole.c.for_due_on,
        )
        .exists()
    )
    rows = (
        select(
            whole.c.task_id,
            whole.c.step,
            whole.c.mail,
            whole.c.for_due_on,
            whole.c.channel,
            as_json(db, whole.c.facts),
            literal(at, notice.c.created_at.type),
        )
        .where(not_(served))
        .order_by(whole.c.task_id, whole.c.step, whole.c.mail)
    )
    columns = ["task_id", "step", "addressee", "for_due_on", "channel", "facts", "created_at"]
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    claimed = dialect.insert(notice).from_select(columns, rows).on_conflict_do_nothing()
    return affected_rows(db, claimed)


#: What a notice says of its task and step, whoever gets it.
_NOTICED: Final = ("task_id", "step", "for_due_on", "channel", "facts")
_STEPS: Final[Mapping[str, TypeEngine[Any]]] = {
    "version_id": Integer(),
    "step": String(),
    "channel": String(),
    "facts": String(),
    "last_due_on": Date(),
    "is_after": Boolean(),
}


def _fallen(db: Connection, steps: Sequence[Step], look: Look, on: date) -> CTE:
    """The tasks for which steps have passed, as ``domain.pressing`` reckons it: a row for each."""
    last_due_on = {step: on - timedelta(days=step.days) for step in steps}
    given = given_rows(
        db,
        "steps",
        _STEPS,
        [
            (
                step.version_id,
                step.code,
                step.channel,
                json.dumps({"days": step.days, "to": step.to}),
                last_due_on[step],
                step.days > 0,
            )
            for step in steps
        ],
    )
    # Nobody is pressed for what can still be reported or corrected.
    is_over = and_(
        *(or_(term.is_(None), term < on) for term in (task.c.report_by_on, task.c.correction_on))
    )
    # The tasks first and by themselves: of all steps the one that looks furthest ahead
    # bounds what the index gives.
    tasks = select(
        task.c.id,
        task.c.version_id,
        task.c.answerable_id,
        JUDGED_ON.label("judged_on"),
        is_over.label("is_over"),
    )
    due = look.among(tasks, until=max(last_due_on.values())).cte("due")
    due = due.prefix_with("MATERIALIZED")
    query = (
        select(
            due.c.id.label("task_id"),
            due.c.answerable_id,
            given.c.step,
            due.c.judged_on.label("for_due_on"),
            given.c.channel,
            given.c.facts,
        )
        .join(given, given.c.version_id == due.c.version_id)
        .where(
            due.c.judged_on <= given.c.last_due_on,
            or_(not_(given.c.is_after), due.c.is_over),
        )
    )
    return query.cte("fallen").prefix_with("MATERIALIZED")


def _addressed(db: Connection, fallen: CTE, reach: Reach) -> CTE:
    kinds: Mapping[str, TypeEngine[Any]] = {"unit_id": Integer(), "mail": String()}
    given = given_rows(db, "addresses", kinds, sorted(reach.by_unit))
    by_unit = select(*fallen.c[*_NOTICED], given.c.mail).join(
        given, given.c.unit_id == fallen.c.answerable_id
    )
    by_scope = [
        select(*fallen.c[*_NOTICED], literal(mail).label("mail"))
        .join(task, task.c.id == fallen.c.task_id)
        .where(scope)
        for mail, scope in reach.by_scope
    ]
    return union_all(by_unit, *by_scope).cte("addressed").prefix_with("MATERIALIZED")
