"""Whether units fit together: who is whose parent, who pays, which codes are shared.

Knows dated parents and finds what is unknown, what runs in a circle and what deserves a
second look. Refuses to know where the units were written, but for the rows it is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.domain.units import value_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from workflow.domain.errors import Problem
    from workflow.domain.units import Span, Unit
    from workflow.intake.sheet import Row


def tree_problems(
    units: Sequence[Unit], *, known: Iterable[Unit], places: Mapping[str, Row]
) -> tuple[list[Problem], list[Problem]]:
    """Say what is wrong with these units together, and what is merely odd.

    ``known`` units may be named, and count where a circle runs through them; a unit that
    is read anew stands in the place of the one that is known.
    """
    everyone = {unit.key: unit for unit in (*known, *units)}
    wrong = [
        *_unknown(units, everyone.keys() | places.keys(), places),
        *_circles(units, everyone, places),
        *_shared_codes(units, everyone, places),
    ]
    return wrong, list(_not_alive(units, everyone, places))


def _unknown(units: Sequence[Unit], keys: set[str], places: Mapping[str, Row]) -> Iterator[Problem]:
    for unit in units:
        row = places[unit.key]
        for parent in {fact.value: None for fact in unit.parents}:
            if parent not in keys:
                yield row.problem("parent", "units.unknown_unit", given=parent)
        if unit.paid_by is not None and unit.paid_by not in keys:
            yield row.problem("paid_by", "units.unknown_unit", given=unit.paid_by)


def _circles(
    units: Sequence[Unit], everyone: Mapping[str, Unit], places: Mapping[str, Row]
) -> Iterator[Problem]:
    days = sorted({fact.span.from_on for unit in everyone.values() for fact in unit.parents})
    said: set[str] = set()
    for day in days:
        for unit in units:
            circle = _circle(unit.key, everyone, day)
            if circle and unit.key not in said:
                said.update(circle)
                yield places[unit.key].problem("parent", "units.circle", circle=circle)


def _circle(key: str, everyone: Mapping[str, Unit], day: date) -> list[str]:
    """The units from a unit up to itself again on a day; none where the tree ends."""
    path: list[str] = []
    current: str | None = key
    while current is not None and current in everyone and current not in path:
        path.append(current)
        current = value_on(everyone[current].parents, day)
    return [*path, key] if current == key else []


def _not_alive(
    units: Sequence[Unit], everyone: Mapping[str, Unit], places: Mapping[str, Row]
) -> Iterator[Problem]:
    for unit in units:
        for fact in unit.parents:
            parent = everyone.get(fact.value)
            if parent is None:
                continue
            if fact.span.from_on < parent.life.from_on or parent.life.until_on < fact.span.until_on:
                yield places[unit.key].problem(
                    "parent", "units.parent_not_alive", parent=fact.value
                )
                break


def _shared_codes(
    units: Sequence[Unit], everyone: Mapping[str, Unit], places: Mapping[str, Row]
) -> Iterator[Problem]:
    """Say which units bear a code that names another one on the same day."""
    holders: dict[str, list[tuple[str, Span]]] = {}
    for unit in everyone.values():
        for fact in unit.codes:
            holders.setdefault(fact.value, []).append((unit.key, fact.span))
    for unit in units:
        for fact in unit.codes:
            others = sorted(
                key
                for key, span in holders[fact.value]
                if key != unit.key
                and span.from_on < fact.span.until_on
                and fact.span.from_on < span.until_on
            )
            if others:
                facts = {"given": fact.value, "key": others[0]}
                yield places[unit.key].problem("code", "units.code_shared", **facts)
