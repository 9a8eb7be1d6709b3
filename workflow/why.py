"""Why a unit has to do this: from a task back to the clause and its place in the source.

Knows how to walk task → occasion → version → clause, and to tell each step of its
days. The days are reckoned anew by the planner's own rule: where the task keeps
others (somebody had begun on it before a change) both are told. Changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import select

from workflow.access import scope_of
from workflow.calendars import working_calendars
from workflow.domain.errors import Refusal
from workflow.domain.planning import Occasion, terms
from workflow.moves import look_at_each
from workflow.store import worklist
from workflow.store.agreements import obligation, obligation_version
from workflow.store.occasions import event, occasion
from workflow.store.tasks import task
from workflow.store.units import unit, units_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from workflow.domain.agreement import Clause
    from workflow.domain.instructing import Instruction
    from workflow.domain.planning import Terms
    from workflow.domain.roles import Grant
    from workflow.moves import Taken


class Named(Protocol):
    """A task by what names it: the keys of its unit and of who answers, and its duty's code."""

    @property
    def unit(self) -> str:
        """The key of the unit that owes it."""

    @property
    def answerable(self) -> str:
        """The key of the unit that answers for it now."""

    @property
    def obligation(self) -> str:
        """The code of its duty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What made it owed: an occasion, and what stands behind it.

    ``source`` is ``schedule``, ``event``, ``acceptance`` or ``evaluation``; ``event`` is
    the meeting or request, ``follows`` the number of the task whose fulfilment it
    follows.
    """

    key: str
    source: str
    anchor_on: date
    from_on: date
    until_on: date
    recorded_at: datetime
    event: Row[Any] | None
    follows: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The whole way from a task to what was agreed.

    ``reckoned`` are the days by today's rule and calendar, with the reason of each roll;
    ``due_on`` and ``original_due_on`` are the task's own. ``extensions`` are the granted
    requests that moved its due day. ``clause`` is None only where a later file no
    longer names it; ``superseded_at`` says since when the version is no longer in force.
    ``instruction`` is what a leader asked, where that is the clause, and ``about_task`` the
    number of the task on which it was given, if it was given on one.
    """

    task_id: int
    unit: str
    unit_name: str
    answerable: str
    agreement: str
    agreement_title: str
    number: str
    source: str
    obligation: str
    title: str
    version_from: date
    version_until: date | None
    superseded_at: datetime | None
    clause: Clause | None
    cause: Cause
    reckoned: Terms
    original_due_on: date | None
    due_on: date | None
    extensions: tuple[Row[Any], ...]
    instruction: Instruction | None
    about_task: int | None

    @property
    def is_as_reckoned(self) -> bool:
        """Whether the task still has the days that the rule gives today."""
        return self.original_due_on == self.reckoned.original_due_on


def explain(
    db: Connection,
    task_id: int,
    *,
    by: str,
    at: datetime,
    grants: Iterable[Grant] | None = None,
    named: Named | None = None,
    taken: Taken | None = None,
) -> Why:
    """Say why a task is owed.

    ``grants`` of ``by``, and the task ``named`` and ``taken`` as they may read it, are what
    was read in this transaction already. Raises ``Refusal("task.unknown")``, also where the
    person may not read it.
    """
    named = named or _named(db, task_id, by=by, at=at, grants=grants)
    taken = taken or look_at_each(db, [task_id])[task_id]
    says = taken.agreement
    row = db.execute(
        select(
            occasion,
            obligation_version.c.effective_from,
            obligation_version.c.effective_until,
            obligation_version.c.superseded_at,
        )
        .join(obligation_version, obligation_version.c.id == taken.row.version_id)
        .where(occasion.c.id == taken.row.occasion_id)
    ).one()
    owing = units_by_id(db, [taken.row.unit_id])[taken.row.unit_id]
    instruction = next((one for one in says.instructions if one.code == named.obligation), None)
    granted = [one for one in worklist.concessions_of(db, task_id) if one.decision == "granted"]
    return Why(
        task_id=task_id,
        unit=named.unit,
        unit_name=owing.name_on(taken.row.belongs_on),
        answerable=named.answerable,
        agreement=says.code,
        agreement_title=says.title,
        number=says.number,
        source=says.source,
        obligation=named.obligation,
        title=taken.says.title,
        version_from=row.effective_from,
        version_until=row.effective_until,
        superseded_at=row.superseded_at,
        clause=says.clause_of(taken.says.clause),
        cause=_cause(db, row),
        reckoned=_reckoned(db, taken, row, kind=owing.kind),
        original_due_on=taken.row.original_due_on,
        due_on=taken.row.due_on,
        extensions=tuple(one for one in granted if one.kind == "extension"),
        instruction=instruction,
        about_task=_about(db, taken.row.agreement_id, instruction),
    )


def _named(
    db: Connection, task_id: int, *, by: str, at: datetime, grants: Iterable[Grant] | None
) -> Row[Any]:
    within = scope_of(db, by, at=at, grants=grants)
    found = db.execute(worklist.tasks_named().where(task.c.id == task_id, within)).one_or_none()
    if found is None:
        raise Refusal("task.unknown", task=task_id)
    return found


def _about(db: Connection, agreement_id: int, instruction: Instruction | None) -> int | None:
    """The task on which an instruction was given; None where it was another line or is gone."""
    about = None if instruction is None else instruction.about
    if about is None or not about.is_task:
        return None
    named = worklist.tasks_named().where(
        task.c.agreement_id == agreement_id,
        obligation.c.code == about.obligation,
        occasion.c.key == about.occasion,
        unit.c.key == about.unit,
    )
    found = db.execute(named).one_or_none()
    return None if found is None else int(found.task_id)


def _cause(db: Connection, row: Row[Any]) -> Cause:
    found = None
    if row.event_id is not None:
        found = db.execute(select(event).where(event.c.id == row.event_id)).one()
    return Cause(
        key=row.key,
        source=row.source,
        anchor_on=row.anchor_on,
        from_on=row.from_on,
        until_on=row.until_on,
        recorded_at=row.recorded_at,
        event=found,
        follows=row.source_task_id,
    )


def _reckoned(db: Connection, taken: Taken, row: Row[Any], *, kind: str) -> Terms:
    """The days of the task's occasion by its own version and today's calendar."""
    settings = taken.agreement.settings
    name = settings.calendar_of(kind)
    years = range(row.from_on.year - 1, row.until_on.year + 3)
    calendars = working_calendars(db, country=settings.country, years=years, names=[name])
    is_foreseen = row.source == "schedule"
    return terms(
        taken.says,
        Occasion(
            key=row.key,
            source=row.source,
            anchor_on=row.anchor_on,
            judged_on=row.judged_on,
            from_on=row.from_on,
            until_on=row.until_on,
            caused_on=None if is_foreseen else taken.day_of(row.caused_at),
        ),
        calendar=calendars[name],
        tracked_from=taken.agreement.tracked_from,
        correction_days=settings.correction_days,
    )
