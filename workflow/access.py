"""Who may do what where: a person's grants, the place of a task, and scopes for queries.

Knows how stored grants and units become what ``domain.roles`` judges, and the
same judgement as a condition of SQL. Refuses to know passwords and sessions.
What rules do by themselves (``system:…``) is no person and has no grants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import and_, false, not_, or_, select, true

from workflow.catalogue import agreements_coded, agreements_said, obligations_said
from workflow.domain import roles
from workflow.domain.errors import Refusal
from workflow.domain.instructing import is_instruction
from workflow.domain.lifecycle import Actor, Who, capacities_for
from workflow.domain.roles import EVERYWHERE, Deed, Grant, Place, Role
from workflow.i18n import DEFAULT_ZONE
from workflow.store import people, scopes
from workflow.store.agreements import agreement
from workflow.store.read_once import read_once
from workflow.store.tasks import task
from workflow.store.units import unit, units_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, FromClause, Row

    from workflow.domain.acts import Act
    from workflow.domain.agreement import Agreement
    from workflow.domain.lifecycle import Action

#: Under which name a transaction that reads remembers whose grants it has read.
GRANTS: Final = "grants"
#: How every actor begins that is a rule and no person.
SYSTEM: Final = "system:"
#: In which capacity each rule acts on a task.
_RULES: Final = {
    "system:checks": Who.CHECKS,
    "system:planner": Who.PLANNER,
    "system:meeting": Who.MEETING,
    "system:amendment": Who.AMENDMENT,
    "system:agreement_end": Who.AGREEMENT_END,
    "system:succession": Who.SUCCESSION,
}
_EITHER_SIDE: Final = frozenset({Role.REVIEWER, Role.LEADER, Role.AUDITOR})
_UNIT_ROLES: Final = frozenset({Role.UNIT_OFFICER, Role.HEAD_OF_UNIT})


def is_rule(by: str) -> bool:
    """Whether an actor is a rule of the product and no person."""
    return by.startswith(SYSTEM)


def grants_of(db: Connection, by: str) -> tuple[Grant, ...]:
    """What a person has been granted and not lost.

    Raises ``Refusal("access.unknown")`` for nobody's key and
    ``Refusal("access.disabled")``.
    """
    return read_once(db, GRANTS, [by], lambda _: {by: _grants_of(db, by)})[by]


def _grants_of(db: Connection, by: str) -> tuple[Grant, ...]:
    person = people.person_by_key(db, by)
    if person is None:
        raise Refusal("access.unknown", by=by)
    if person.disabled_at is not None:
        raise Refusal("access.disabled", by=by)
    return tuple(grant_from(row) for row in people.grants_held(db, person.id))


def grant_from(row: Row[Any]) -> Grant:
    """A stored grant as a value."""
    return Grant(role=Role(row.role), agreement=row.agreement, party=row.party, unit=row.unit)


def place_of(
    db: Connection, task_row: Row[Any], *, on: date, asked_by: Iterable[Grant] | None = None
) -> Place:
    """Where a task lies: agreement, both sides, the answerable unit and those above it.

    ``asked_by`` are the grants that will be held against it: what none of them is limited
    by is not looked up, and left out.
    """
    grants = None if asked_by is None else tuple(asked_by)
    by_party = grants is None or any(grant.party is not None for grant in grants)
    by_unit = grants is None or any(grant.unit is not None for grant in grants)
    said = agreements_said(db, [task_row.agreement_id])[task_row.agreement_id]
    duty = obligations_said(db, [task_row.version_id])[task_row.version_id]
    answerable = task_row.answerable_id
    return Place(
        agreement=said.code,
        party=scopes.party_of(db, answerable, said.parties, on=on) if by_party else None,
        beneficiary=duty.beneficiary,
        unit=units_by_id(db, [answerable])[answerable].key,
        above=scopes.units_above(db, answerable, on=on) if by_unit else frozenset(),
        is_instructed=is_instruction(code=duty.code, clause=duty.clause),
    )


def capacity(db: Connection, action: Action, *, task_row: Row[Any], act: Act) -> Actor:
    """In which capacity whoever acts does an action of a task.

    Raises ``Refusal("access.denied")`` where they have none for it there.
    """
    if is_rule(act.by):
        if act.by not in _RULES:
            raise Refusal("access.unknown", by=act.by)
        return Actor(who=_RULES[act.by])
    grants = grants_of(db, act.by)
    place = place_of(db, task_row, on=day_of(act.at), asked_by=grants)
    try:
        return Actor(who=roles.acting_as(grants, action, place=place), user=act.by)
    except Refusal as refusal:
        raise Refusal("access.denied", by=act.by, deed=action.value) from refusal


def ensure_may(
    db: Connection,
    deed: Deed,
    *,
    act: Act,
    task_row: Row[Any] | None = None,
    place: Place = EVERYWHERE,
) -> None:
    """Refuse a deed that the actor's grants do not give at a task, or else at a place.

    Without either it takes a grant that holds everywhere. A rule may do what it
    does. Raises ``Refusal("access.denied")``, ``access.unknown``, ``access.disabled``.
    """
    if is_rule(act.by):
        return
    grants = grants_of(db, act.by)
    if task_row is not None:
        place = place_of(db, task_row, on=day_of(act.at), asked_by=grants)
    if not roles.may(grants, deed, place=place):
        raise Refusal("access.denied", by=act.by, deed=deed.value)


def may(db: Connection, by: str, deed: Deed | Action, *, task_row: Row[Any], at: datetime) -> bool:
    """Whether some grant gives a person a deed, or an action of the table, at a task."""
    grants = grants_of(db, by)
    place = place_of(db, task_row, on=day_of(at), asked_by=grants)
    return roles.may(grants, deed, place=place)


def scope_of(
    db: Connection,
    by: str,
    *,
    at: datetime,
    action: Action | None = None,
    grants: Iterable[Grant] | None = None,
) -> ColumnElement[bool]:
    """The condition on ``task`` rows for what somebody may read, or do an action of the table to.

    It holds for exactly the tasks for which ``may`` says so, but for what a leader may
    concede about their own instructions, which stands on these; nobody without a
    grant sees anything, a rule sees all. ``grants`` are those of ``by`` where they were
    read in this transaction already.
    """
    if is_rule(by):
        return true()
    mine = grants_of(db, by) if grants is None else grants
    held = roles.conferring(mine, action or Deed.READ)
    return or_(false(), *(_within(db, grant, action, on=day_of(at)) for grant in held))


def scope_of_grant(
    db: Connection, grant: Grant, *, at: datetime, rows: FromClause = task
) -> ColumnElement[bool]:
    """The condition on ``task`` rows within one grant's scope, whatever its role gives.

    ``rows`` may be of any table that names agreement, version and answerable unit as tasks do.
    """
    return _within(db, grant, None, on=day_of(at), rows=rows)


def units_in_reach(
    db: Connection,
    by: str,
    deed: Deed,
    *,
    says: Agreement,
    at: datetime,
    grants: Iterable[Grant] | None = None,
) -> ColumnElement[bool]:
    """The condition on ``unit`` rows of those to whom somebody may do a deed under an agreement.

    It holds for exactly the units at whose place ``may`` says so, as those who would owe.
    """
    on = day_of(at)
    held = roles.conferring(grants_of(db, by) if grants is None else grants, deed)
    reach: list[ColumnElement[bool]] = [false()]
    for grant in held:
        if grant.agreement not in {None, says.code}:
            continue
        limits: list[ColumnElement[bool]] = [true()]
        if grant.unit is not None:
            limits.append(unit.c.id.in_(scopes.units_under([grant.unit], on=on)))
        if grant.party is not None:
            limits.append(unit.c.id.in_(scopes.units_of_party(says.parties, grant.party, on=on)))
        reach.append(and_(*limits))
    return or_(*reach)


def day_of(at: datetime) -> date:
    """The day on which the tree of units is looked at."""
    return at.astimezone(ZoneInfo(DEFAULT_ZONE)).date()


def _within(
    db: Connection, grant: Grant, action: Action | None, *, on: date, rows: FromClause = task
) -> ColumnElement[bool]:
    limits: list[ColumnElement[bool]] = [true()]
    if grant.unit is not None:
        limits.append(rows.c.answerable_id.in_(scopes.units_under([grant.unit], on=on)))
    if grant.unit is not None and grant.role in _UNIT_ROLES and action is not None:
        # Below the own unit one acts as its superior, which has not every action of the unit.
        own = rows.c.answerable_id.in_(select(unit.c.id).where(unit.c.key == grant.unit))
        gives = capacities_for(action)
        limits.append(
            or_(
                and_(own, true() if Who.UNIT in gives else false()),
                and_(not_(own), true() if Who.SUPERIOR in gives else false()),
            )
        )
    if grant.party is not None:
        limits.append(_on_side(rows, agreements_coded(db, grant.agreement), grant, on=on))
    elif grant.agreement is not None:
        code = select(agreement.c.id).where(agreement.c.code == grant.agreement)
        limits.append(rows.c.agreement_id.in_(code))
    return and_(*limits)


def _on_side(
    rows: FromClause, said: dict[int, Agreement], grant: Grant, *, on: date
) -> ColumnElement[bool]:
    """The tasks that a party owes, and for whom either side counts what it receives."""
    sides: list[ColumnElement[bool]] = [false()]
    party = grant.party or ""
    for agreement_id, says in said.items():
        if party not in {one.code for one in says.parties}:
            continue
        is_its = rows.c.agreement_id == agreement_id
        owing = scopes.units_of_party(says.parties, party, on=on)
        sides.append(and_(is_its, rows.c.answerable_id.in_(owing)))
        if grant.role in _EITHER_SIDE:
            benefiting = scopes.versions_benefiting(agreement_id, party)
            sides.append(and_(is_its, rows.c.version_id.in_(benefiting)))
    return or_(*sides)
