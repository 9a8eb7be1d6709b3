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
    from collections.abc import Callable, Iterable, Mapping

    from workflow.store.tallies import Tally

    _Numbers = defaultdict[int, int]
    _Places = tuple[tuple[int, int], ...]

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

    ``pairs`` are the single lines, by obligation and unit; ``total`` is counted by
    itself and equals the sum of the lines, or the value cannot be made (``ValueError``).
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


def tables(tallies: Iterable[Tally], *, windows: int) -> list[Table]:
    """The table of each of the windows that were counted, in their order."""
    counted: list[_Counted] = [_Counted() for _ in range(windows)]
    for obligation_id, unit_id, number, *places in tallies:
        for window, place in zip(counted, places, strict=True):
            if place is not None:
                window.count(obligation_id, unit_id, place, number)
    return [window.table() for window in counted]


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


class _Counted:
    """The numbers of one window by place: in all, by obligation, by unit, by both."""

    def __init__(self) -> None:
        self._total: _Numbers = defaultdict(int)
        self._by_obligation: dict[int, _Numbers] = {}
        self._by_unit: dict[int, _Numbers] = {}
        self._pairs: dict[tuple[int, int], _Numbers] = {}

    def count(self, obligation_id: int, unit_id: int | None, place: int, number: int) -> None:
        self._total[place] += number
        _of(self._by_obligation, obligation_id)[place] += number
        if unit_id is not None:
            _of(self._by_unit, unit_id)[place] += number
            _of(self._pairs, (obligation_id, unit_id))[place] += number

    def table(self) -> Table:
        # Pairs by the hundred thousand have a handful of different lines between them.
        line = cache(_line)
        return Table(
            total=line(tuple(self._total.items())),
            by_obligation=_lines(self._by_obligation, line),
            by_unit=_lines(self._by_unit, line),
            pairs=_lines(self._pairs, line),
        )


def _lines(counted: Mapping[K, _Numbers], line: Callable[[_Places], Line]) -> dict[K, Line]:
    return {key: line(tuple(numbers.items())) for key, numbers in counted.items()}


def _of(numbers: dict[K, _Numbers], key: K) -> _Numbers:
    found = numbers.get(key)
    if found is None:
        found = numbers[key] = defaultdict(int)
    return found


def _line(numbers: _Places) -> Line:
    boxes = dict.fromkeys(_NAMES, 0)
    overdue = [0] * (len(BANDS) + 1)
    shares = dict.fromkeys(Share, 0)
    for key, number in numbers:
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
