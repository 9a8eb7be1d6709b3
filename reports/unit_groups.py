"""Units told in groups under what stands above them, by the tree as it was or as it is.

Knows the two trees: as it was on the period's last day, and as it is at the instant as of
which a report is drawn up, where a unit that ended is told with its only successor. Each
task is counted in one group, so that groups add up. Refuses to know pages.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from reports.figures import Line, added
from workflow.domain.collation import vi_sort_key
from workflow.domain.units import Roster, value_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workflow.domain.units import Unit


class Tree(StrEnum):
    """Under which bodies units are grouped."""

    AS_IT_WAS = "as_it_was"
    AS_IT_IS = "as_it_is"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedUnit:
    """A unit of a group; ``stands_for`` are the keys of ended units told with it.

    ``has_ended`` is set where it is there no more and nobody, or more than one, replaced it.
    """

    key: str
    name: str
    line: Line
    stands_for: tuple[str, ...] = ()
    has_ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The units of one side under one body, which is among them where it owes something itself.

    ``key`` is empty for units that have nothing above them.
    """

    party: str
    key: str
    name: str
    line: Line
    units: tuple[GroupedUnit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Every unit in its group; ``on`` is the day of the tree."""

    tree: Tree
    on: date
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What a unit owed, and on which side it stood."""

    key: str
    party: str
    line: Line


def grouping(
    owed: Iterable[Owed],
    *,
    known: Mapping[int, Unit],
    replaced: Iterable[tuple[int, int, date]],
    tree: Tree,
    on: date,
    parties: Sequence[str],
) -> Grouping:
    """Group what units owed by the tree of a day.

    ``known`` are all units by number, ``replaced`` (predecessor, successor, day) by number;
    ``parties`` are the sides in their order.
    """
    forest = _Forest(known, replaced if tree is Tree.AS_IT_IS else (), on=on)
    told: defaultdict[tuple[str, str], list[Owed]] = defaultdict(list)
    for one in owed:
        told[one.party, forest.heir(one.key)].append(one)
    heads = {forest.above(key) for _, key in told} - {""}
    groups: defaultdict[tuple[str, str], list[GroupedUnit]] = defaultdict(list)
    for (party, key), ones in told.items():
        head = forest.above(key) or (key if key in heads else "")
        groups[party, head].append(
            GroupedUnit(
                key=key,
                name=forest.name(key),
                line=added(one.line for one in ones),
                stands_for=tuple(sorted(one.key for one in ones if one.key != key)),
                has_ended=tree is Tree.AS_IT_IS and forest.has_ended(key),
            )
        )
    places = {party: place for place, party in enumerate(parties)}
    return Grouping(
        tree=tree,
        on=on,
        groups=tuple(
            _group(party, head, forest.name(head) if head else "", units)
            for (party, head), units in sorted(
                groups.items(),
                key=lambda item: (
                    places.get(item[0][0], len(places)),
                    not item[0][1],
                    vi_sort_key(forest.name(item[0][1]) if item[0][1] else ""),
                    item[0],
                ),
            )
        ),
    )


def _group(party: str, head: str, name: str, units: Iterable[GroupedUnit]) -> Group:
    # What stands above the others comes first.
    inside = sorted(units, key=lambda unit: (unit.key != head, vi_sort_key(unit.name), unit.key))
    return Group(
        party=party,
        key=head,
        name=name,
        line=added(unit.line for unit in inside),
        units=tuple(inside),
    )


class _Forest:
    """Who stands above whom on a day; a unit that is not there then, on its nearest one."""

    def __init__(
        self, known: Mapping[int, Unit], replaced: Iterable[tuple[int, int, date]], *, on: date
    ) -> None:
        before: defaultdict[str, set[tuple[str, date]]] = defaultdict(set)
        for was, became, day in replaced:
            before[known[became].key].add((known[was].key, day))
        self._on = on
        self._roster = Roster(
            known.values(), {key: frozenset(links) for key, links in before.items()}
        )

    def heir(self, key: str) -> str:
        return self._roster.heir(key, self._on)

    def above(self, key: str) -> str:
        found = value_on(self._roster.units[key].parents, self._day_of(key))
        # A file may name a body that is no unit itself.
        return found if found in self._roster.units else ""

    def name(self, key: str) -> str:
        return self._roster.units[key].name_on(self._day_of(key))

    def has_ended(self, key: str) -> bool:
        return self._roster.units[key].life.until_on <= self._on

    def _day_of(self, key: str) -> date:
        life = self._roster.units[key].life
        return max(life.from_on, min(self._on, life.until_on - timedelta(days=1)))
