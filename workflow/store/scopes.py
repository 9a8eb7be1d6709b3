"""Scopes as SQL: which units a subtree, a selector or a party means, on the tree as it stands.

Knows dated facts of units. A closed unit keeps its last facts, so that what it
answered for stays within reach of those who were above it. Refuses to know
roles: ``workflow.access`` says which scope a person has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, false, literal, not_, or_, select, true

from workflow.store.agreements import obligation, obligation_version
from workflow.store.units import unit, unit_fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, Select

    from workflow.domain.agreement import Party
    from workflow.domain.units import Selector


def units_under(keys: Iterable[str], *, on: date) -> Select[int]:
    """The ids of the units in the subtrees of these keys, themselves included."""
    tree = select(unit.c.id, unit.c.key).where(unit.c.key.in_(sorted(keys))).cte(recursive=True)
    below = (
        select(unit.c.id, unit.c.key)
        .join(unit_fact, unit_fact.c.unit_id == unit.c.id)
        .join(tree, tree.c.key == unit_fact.c.value)
        .where(unit_fact.c.fact == "parent", _stands(on))
    )
    # UNION, not UNION ALL: a loop among the parents ends the walk.
    tree = tree.union(below)
    return select(tree.c.id)


def units_above(db: Connection, unit_id: int, *, on: date) -> frozenset[str]:
    """The keys of every unit above one, itself not included unless the tree has a loop."""
    above = (
        select(unit_fact.c.value.label("key"))
        .join(unit, unit.c.id == unit_fact.c.unit_id)
        .where(unit.c.id == unit_id, unit_fact.c.fact == "parent", _stands(on))
        .cte(recursive=True)
    )
    further = (
        select(unit_fact.c.value)
        .join(unit, unit.c.id == unit_fact.c.unit_id)
        .join(above, above.c.key == unit.c.key)
        .where(unit_fact.c.fact == "parent", _stands(on))
    )
    return frozenset(db.scalars(select(above.union(further).c.key)))


def party_of(db: Connection, unit_id: int, parties: Sequence[Party], *, on: date) -> str | None:
    """The party that a unit answers for: the first whose members mean it."""
    if not parties:
        return None
    return db.scalar(select(_party(parties, on)).where(unit.c.id == unit_id))


def units_of_party(parties: Sequence[Party], code: str, *, on: date) -> Select[int]:
    """The ids of the units that answer for a party."""
    if not parties:
        return select(unit.c.id).where(false())
    return select(unit.c.id).where(_party(parties, on) == code)


def versions_benefiting(agreement_id: int, party: str) -> Select[int]:
    """The obligation versions of an agreement whose beneficiary is the party."""
    return (
        select(obligation_version.c.id)
        .join(obligation)
        .where(
            obligation.c.agreement_id == agreement_id,
            obligation_version.c.definition["beneficiary"].as_string() == party,
        )
    )


def _party(parties: Sequence[Party], on: date) -> ColumnElement[str | None]:
    return case(*((is_meant(party.members, on), literal(party.code)) for party in parties))


def is_meant(selector: Selector, on: date) -> ColumnElement[bool]:
    """The same as ``Roster.is_member``, but that a closed unit counts by its last facts."""
    has = [unit.c.opened_on <= on, unit.c.key.not_in(sorted(selector.except_keys))]
    if selector.except_tags:
        has.append(not_(_bears(selector.except_tags, on)))
    described: list[ColumnElement[bool]] = [true() if selector.has_conditions else false()]
    if selector.kinds:
        described.append(unit.c.kind.in_(sorted(selector.kinds)))
    described += [_bears({tag}, on) for tag in sorted(selector.tags)]
    if selector.under:
        described.append(unit.c.id.in_(units_under(selector.under, on=on)))
    named = unit.c.key.in_(sorted(selector.keys))
    return and_(*has, or_(named, and_(*described)))


def _bears(tags: Iterable[str], on: date) -> ColumnElement[bool]:
    return (
        select(literal(1))
        .select_from(unit_fact)
        .where(
            unit_fact.c.unit_id == unit.c.id,
            unit_fact.c.fact == "tag",
            unit_fact.c.value.in_(sorted(tags)),
            _stands(on),
        )
        .correlate(unit)
        .exists()
    )


def _stands(on: date) -> ColumnElement[bool]:
    """A fact of a unit holds on the day, or held when the unit closed before it."""
    return and_(
        unit_fact.c.from_on <= on,
        or_(
            unit_fact.c.until_on > on,
            and_(unit.c.closed_on <= on, unit_fact.c.until_on >= unit.c.closed_on),
        ),
    )
