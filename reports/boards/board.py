"""What is asked of a board, and what it is told: values, and the order of units.

Pure. Figures that were kept and figures that were counted just now are told in the same
values. Refuses to know the database and pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, FromClause

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from fractions import Fraction

    from reports.figures import Line
    from reports.quarterly import Duty, UnitLine
    from workflow.domain.periods import Period

#: Whose figures: a condition on the rows of tasks, or of whatever else has their columns.
Scope = Callable[[FromClause], ColumnElement[bool]]
#: So many are named as the best and the worst; of fewer than so many units none is ranked.
RANKED: Final = 5
RANKED_FROM: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of a period is asked for; ``within`` is the scope of whoever asks, None for all.

    ``cut_offs`` are those of the agreement's reports with their periods, the latest last:
    from them follows when each period is cut off (``windows.lag_of``).
    """

    period: str
    at: datetime
    cut_offs: tuple[tuple[str, datetime], ...] = ()
    within: Scope | None = None
    obligation: str | None = None
    party: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which units of a period are wanted: some from a place on in an order; None for all.

    Ordered by ``name``, ``kind`` or a column of ``SORTS``, a minus before it for the
    greatest first. ``is_paired`` asks for the figures of each of them by obligation as well.
    """

    sort: str = "name"
    start: int = 0
    at_most: int | None = None
    is_ranked: bool = False
    is_paired: bool = False


EVERYTHING: Final = Shown(is_ranked=True, is_paired=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """A quarter in its own table, judged at its own cut-off."""

    period: Period
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The units that were wanted, of ``count`` in all; ``kinds`` are by a unit's key.

    ``pairs`` are by the keys of unit and obligation. ``worst`` and ``best`` are by the rate
    on tasks due, of all units; nobody is both.
    """

    lines: tuple[UnitLine, ...]
    count: int
    kinds: Mapping[str, str]
    pairs: Mapping[tuple[str, str], Line]
    worst: tuple[UnitLine, ...] = ()
    best: tuple[UnitLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A period as it stands ``as_of``; ``duties`` and all units each add up to ``total``.

    What stands only outside the totals, cancelled or history, has no line of its own; no
    duty names its defaulters. ``offered`` are the codes and titles of every obligation of
    the agreement. ``is_kept`` says that the figures were counted by a job at that instant.
    """

    period: Period
    cut_off: datetime
    as_of: datetime
    previous_cut_off: datetime
    is_running: bool
    is_kept: bool
    total: Line
    duties: tuple[Duty, ...]
    units: Units
    quarters: tuple[Quarter, ...]
    offered: tuple[tuple[str, str], ...]


#: The columns by which units are ordered, besides ``name`` and ``kind``.
SORTS: Final[dict[str, Callable[[Line], int | Fraction | None]]] = {
    "total": lambda line: line.boxes.total,
    "done": lambda line: line.boxes.done,
    "late": lambda line: line.boxes.done_late,
    "awaiting": lambda line: line.boxes.awaiting,
    "overdue": lambda line: line.boxes.not_done_overdue,
    "due": lambda line: line.boxes.rate_on_due,
    "all": lambda line: line.boxes.rate_on_all,
}


def units_shown(
    units: Sequence[UnitLine],
    *,
    kinds: Mapping[str, str],
    pairs: Mapping[tuple[str, str], Line],
    shown: Shown,
) -> Units:
    """Those of all units, which come by name, that are wanted."""
    ordered = _ordered(units, kinds, shown.sort)
    until = None if shown.at_most is None else shown.start + shown.at_most
    lines = tuple(ordered[shown.start : until])
    keys = {unit.key for unit in lines}
    worst, best = ranked(units) if shown.is_ranked else ((), ())
    return Units(
        lines=lines,
        count=len(units),
        kinds={key: kinds[key] for key in keys},
        pairs={pair: line for pair, line in pairs.items() if shown.is_paired and pair[0] in keys},
        worst=worst,
        best=best,
    )


def _ordered(units: Sequence[UnitLine], kinds: Mapping[str, str], sort: str) -> Sequence[UnitLine]:
    """The units by a column; those without a rate come last in either direction."""
    column, descends = sort.removeprefix("-"), sort.startswith("-")
    if column == "kind":
        return sorted(units, key=lambda unit: kinds[unit.key])
    if column not in SORTS:
        return list(reversed(units)) if sort == "-name" else units
    figure = SORTS[column]
    known = [unit for unit in units if figure(unit.line) is not None]
    rest = [unit for unit in units if figure(unit.line) is None]
    return [*sorted(known, key=lambda unit: figure(unit.line) or 0, reverse=descends), *rest]


def ranked(units: Sequence[UnitLine]) -> tuple[tuple[UnitLine, ...], tuple[UnitLine, ...]]:
    """The worst and the best by the rate on tasks due; nobody is both."""
    rated = [unit for unit in units if unit.line.boxes.due]
    if len(rated) < RANKED_FROM:
        return (), ()
    rated.sort(
        key=lambda unit: (
            unit.line.boxes.rate_on_due,
            -unit.line.boxes.not_done_overdue,
            unit.line.boxes.done,
        )
    )
    number = min(RANKED, len(rated) // 2)
    worst = (unit for unit in rated[:number] if unit.line.boxes.done < unit.line.boxes.due)
    return tuple(worst), tuple(reversed(rated[-number:]))
