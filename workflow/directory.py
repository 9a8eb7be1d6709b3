"""The directory of units: found by key, code or name, whatever marks were typed.

Knows how units are called on a day, in which order they are listed, and which of them
somebody may look up. Refuses to change any, and to know what they owe.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from workflow.catalogue import agreements_said, obligations_said
from workflow.domain import roles
from workflow.domain.collation import vi_sort_key
from workflow.domain.errors import Refusal
from workflow.domain.folding import fold
from workflow.domain.roles import EITHER_SIDE, Deed
from workflow.store import scopes
from workflow.store.agreements import agreement, obligation, obligation_version
from workflow.store.unchanged import read_while_unchanged
from workflow.store.unit_names import units_named
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

    from workflow.domain.agreement import Agreement
    from workflow.domain.roles import Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A unit as it is called on a day; a closed one as it was called last."""

    id: int
    key: str
    kind: str
    name: str
    code: str | None
    parent: str | None
    is_closed: bool


def listed_units(db: Connection, *, on: date) -> list[Listed]:
    """Every unit that was opened up to a day, by name: read once while none of them changes."""
    return list(read_while_unchanged(db, ("listed", on), partial(_listed, on=on)))


def _listed(db: Connection, *, on: date) -> list[Listed]:
    found = [
        Listed(
            id=row.id,
            key=row.key,
            kind=row.kind,
            name=row.name or row.key,
            code=row.code,
            parent=row.parent,
            is_closed=row.closed_on <= on,
        )
        for row in units_named(db, on=on)
    ]
    return sorted(found, key=lambda one: (vi_sort_key(one.name), one.key))


def units_seen(db: Connection, grants: Iterable[Grant], *, on: date) -> list[Listed]:
    """The units that somebody with these grants may look up, by name (engine.md §10).

    Each grant that lets read gives its own: without any limit every unit; a unit's, that
    unit and those under it; an agreement's, the units of its parties and whoever bears its
    obligations; a party's, the units of that party, and for a role that stands on either
    side those of the agreements in which the party stands. So whoever may read a task finds
    its unit here.
    """
    held = roles.conferring(grants, Deed.READ)
    if not held:
        return []
    units = listed_units(db, on=on)
    if any(one.unit is one.party is one.agreement is None for one in held):
        return units
    ids = set(db.scalars(select(unit.c.id).where(or_(*_within(db, held, on=on)))))
    return [one for one in units if one.id in ids]


def _within(db: Connection, held: Sequence[Grant], *, on: date) -> list[ColumnElement[bool]]:
    below = sorted({one.unit for one in held if one.unit is not None})
    limits: list[ColumnElement[bool]] = [unit.c.id.in_(scopes.units_under(below, on=on))]
    others = [one for one in held if one.unit is None]
    if not others:
        return limits
    said = agreements_said(db, db.scalars(select(agreement.c.id)))
    whole: set[int] = set()
    for grant in others:
        for number, says in said.items():
            codes = {party.code for party in says.parties}
            if grant.agreement not in {None, says.code} or grant.party not in {None, *codes}:
                continue
            if grant.party is None or grant.role in EITHER_SIDE:
                whole.add(number)
            else:
                limits.append(
                    unit.c.id.in_(scopes.units_of_party(says.parties, grant.party, on=on))
                )
    return [*limits, *_of_agreements(db, {number: said[number] for number in sorted(whole)}, on=on)]


def _of_agreements(
    db: Connection, said: dict[int, Agreement], *, on: date
) -> list[ColumnElement[bool]]:
    """Whoever is a party's of these agreements, or bears one of their obligations."""
    versions = (
        select(obligation_version.c.id)
        .join(obligation)
        .where(obligation.c.agreement_id.in_(sorted(said)))
    )
    meant = [party.members for says in said.values() for party in says.parties]
    if said:
        meant += [duty.bearer for duty in obligations_said(db, versions).values()]
    return [scopes.is_meant(one, on) for one in dict.fromkeys(meant)]


def matching(units: Iterable[Listed], wanted: str) -> list[Listed]:
    """The units whose key, code or name contains what is wanted, marks and case aside."""
    parts = fold(wanted).split()
    return [
        one
        for one in units
        for text in [_folded(f"{one.key} {one.code or ''} {one.name}")]
        if all(part in text for part in parts)
    ]


@lru_cache(maxsize=32_768)
def _folded(name: str) -> str:
    """The same few thousand names are compared with every search."""
    return fold(name)


def meant(units: Sequence[Listed], typed: str) -> Listed:
    """The one unit whose key or name was typed.

    Raises ``Refusal``: ``unit.unknown``, and ``unit.name_ambiguous`` where several are
    called so.
    """
    wanted = typed.strip()
    for one in units:
        if one.key == wanted.lower():
            return one
    called = [one for one in units if _folded(one.name) == fold(wanted) and not one.is_closed]
    if len(called) > 1:
        raise Refusal("unit.name_ambiguous", name=wanted, keys=[one.key for one in called])
    if not called:
        raise Refusal("unit.unknown", unit=wanted[:80])
    return called[0]


def in_tree(units: Sequence[Listed]) -> list[tuple[int, Listed]]:
    """The same units, each below its parent, with its depth; a parent not listed is none.

    What hangs in a loop is listed at the end, so that nothing is missing.
    """
    keys = {one.key for one in units}
    below: dict[str | None, list[Listed]] = {}
    for one in units:
        below.setdefault(one.parent if one.parent in keys else None, []).append(one)
    found: list[tuple[int, Listed]] = []
    todo = [(0, one) for one in reversed(below.get(None, []))]
    while todo:
        depth, one = todo.pop()
        found.append((depth, one))
        todo += [(depth + 1, child) for child in reversed(below.get(one.key, []))]
    seen = {one.key for _, one in found}
    return [*found, *((0, one) for one in units if one.key not in seen)]
