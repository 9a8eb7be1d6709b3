"""From tallies to lines that add up: by obligation, by unit, by any grouping of these.

Pure. Knows that each line is a sum of tasks and that every total is the sum of its
lines. Refuses to know names, words and where tallies come from.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeVar

from workflow.domain.tally import BANDS, OUTSIDE, Boxes, Share
from workflow.store.tallies import PLACES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from workflow.store.tallies import Tally

    #: Places and numbers in turns: a place, how many tasks stand there, the next place, …
    _Places = tuple[int, ...]

K = TypeVar("K")
G = TypeVar("G")
_EMPTY: Final = Boxes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table, or its value cannot be made (``ValueError``).

    Carried over + assigned in the period = total = the sum of the boxes.
    ``overdue`` divides what is not done and overdue by its length (``tally.BANDS``).
    """

    boxes: Boxes = _EMPTY
    carried_over: int = 0
    assigned: int = 0
    overdue: tuple[int, ...] = (0,) * (len(BANDS) + 1)

    def __post_init__(self) -> None:
        if self.carried_over + self.assigned != self.boxes.total:
            raise ValueError(f"carried over and assigned are not the total: {self}")
        if sum(self.overdue) != self.boxes.not_done_overdue:
            raise ValueError(f"the bands are not what is overdue: {self}")

    def __add__(self, other: Line) -> Line:
        """Sum two lines that share no task."""
        return Line(
            boxes=self.boxes + other.boxes,
            carried_over=self.carried_over + other.carried_over,
            assigned=self.assigned + other.assigned,
            overdue=tuple(a + b for a, b in zip(self.overdue, other.overdue, strict=True)),
        )

    @property
    def is_met(self) -> bool | None:
        """Whether everything was done that was not waived or suspended; None where all was."""
        owed = self.boxes.total - self.boxes.waived - self.boxes.suspended
        return self.boxes.done == owed if owed else None


NOTHING: Final = Line()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The lines of one window, by obligation and, where they were counted so, by unit.

    ``pairs`` are the single lines, by obligation and unit; ``total`` equals the sum of
    the lines of each table, or the value cannot be made (``ValueError``).
    """

    total: Line
    by_obligation: Mapping[int, Line]
    by_unit: Mapping[int, Line]
    pairs: Mapping[tuple[int, int], Line]

    def __post_init__(self) -> None:
        for lines in (self.by_obligation, self.by_unit):
            if lines and added(lines.values()) != self.total:
                raise ValueError("a table does not add up to its total")
        pairs = sum(line.boxes.total for line in self.pairs.values())
        if self.pairs and pairs != self.total.boxes.total:
            raise ValueError("obligations and units do not add up to the total")


def tables(tallies: Sequence[Tally], *, windows: int) -> list[Table]:
    """The table of each of the windows that were counted, in their order."""
    return [_table(tallies, column=3 + number) for number in range(windows)]


def added(lines: Iterable[Line]) -> Line:
    """The sum of lines that share no task."""
    # Column by column: a line for each step of a sum over a city's units costs seconds.
    rows = [(*_figures(one.boxes), one.carried_over, one.assigned, *one.overdue) for one in lines]
    if not rows:
        return NOTHING
    sums = [sum(column) for column in zip(*rows, strict=True)]
    boxes, rest = sums[: len(_NAMES)], sums[len(_NAMES) :]
    carried_over, assigned, *overdue = rest
    return Line(
        boxes=Boxes(**dict(zip(_NAMES, boxes, strict=True))),
        carried_over=carried_over,
        assigned=assigned,
        overdue=tuple(overdue),
    )


def grouped(lines: Mapping[K, Line], group_of: Callable[[K], G]) -> dict[G, Line]:
    """The sums of lines by the group that each belongs to."""
    groups: dict[G, Line] = {}
    for key, line in lines.items():
        group = group_of(key)
        groups[group] = groups.get(group, NOTHING) + line
    return groups


def _table(tallies: Sequence[Tally], *, column: int) -> Table:
    """One window's table; its places stand in this column of the tallies."""
    by_obligation: dict[tuple[int, int], int] = defaultdict(int)
    by_unit: dict[tuple[int, int], int] = defaultdict(int)
    pairs: dict[tuple[int, int], _Places] = {}
    # Flat keys and no call for a row: a city's quarter has hundreds of thousands of them.
    for tally in tallies:
        place = tally[column]
        if place is None:
            continue
        obligation_id, unit_id, number = tally[:3]
        by_obligation[obligation_id, place] += number
        if unit_id is not None:
            by_unit[unit_id, place] += number
            pair = (obligation_id, unit_id)
            pairs[pair] = (*pairs.get(pair, ()), place, number)
    total: _Places = ()
    for (_, place), number in by_obligation.items():
        total += (place, number)
    # Pairs by the hundred thousand have a handful of different lines between them.
    line = cache(_line)
    return Table(
        total=line(total),
        by_obligation=_lines(by_obligation, line),
        by_unit=_lines(by_unit, line),
        pairs={key: line(places) for key, places in pairs.items()},
    )


def _lines(
    numbers: Mapping[tuple[int, int], int], line: Callable[[_Places], Line]
) -> dict[int, Line]:
    """The lines by the first part of the keys, of which the second is the place."""
    found: dict[int, _Places] = {}
    for (key, place), number in numbers.items():
        found[key] = (*found.get(key, ()), place, number)
    return {key: line(places) for key, places in found.items()}


def _line(numbers: _Places) -> Line:
    boxes = dict.fromkeys(_NAMES, 0)
    overdue = [0] * (len(BANDS) + 1)
    shares = dict.fromkeys(Share, 0)
    for key, number in zip(numbers[::2], numbers[1::2], strict=True):
        place = PLACES[key]
        boxes[place.box] += number
        if place.box in OUTSIDE:
            continue
        boxes["total"] += number
        shares[place.share] += number
        if place.is_past_due:
            boxes["awaiting_past_due"] += number
        if place.band is not None:
            overdue[place.band] += number
    return Line(
        boxes=Boxes(**boxes),
        carried_over=shares[Share.CARRIED_OVER],
        assigned=shares[Share.ASSIGNED],
        overdue=tuple(overdue),
    )


_NAMES: Final = tuple(field.name for field in fields(Boxes))
_figures: Final = attrgetter(*_NAMES)
