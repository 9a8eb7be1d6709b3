"""The directory of units: found by key, code or name, whatever marks were typed.

Knows how units are called on a day, and in which order they are listed. Refuses to change
any, and to know what they owe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.domain.collation import vi_sort_key
from workflow.domain.errors import Refusal
from workflow.domain.folding import fold
from workflow.store.unit_names import units_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy import Connection


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
    """Every unit that was opened up to a day, by name: one statement."""
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


def matching(units: Iterable[Listed], wanted: str) -> list[Listed]:
    """The units whose key, code or name contains what is wanted, marks and case aside."""
    parts = fold(wanted).split()
    return [
        one
        for one in units
        for text in [fold(f"{one.key} {one.code or ''} {one.name}")]
        if all(part in text for part in parts)
    ]


def meant(units: Sequence[Listed], typed: str) -> Listed:
    """The one unit whose key or name was typed.

    Raises ``Refusal``: ``unit.unknown``, and ``unit.name_ambiguous`` where several are
    called so.
    """
    wanted = typed.strip()
    for one in units:
        if one.key == wanted.lower():
            return one
    called = [one for one in units if fold(one.name) == fold(wanted) and not one.is_closed]
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
