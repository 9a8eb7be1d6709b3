"""The board: how an agreement stands in a period, for whoever may see it.

Knows what is shown first, how units are ranked and where each figure leads. Refuses to
count: figures are those of the reports, and a person's grants say of which tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import true

from reports.matrix import most_pressing
from reports.overview import QUARTERS, overview, periods_offered
from reports.reach import waiting_for_people
from web.pages.board_addresses import Addresses
from web.pages.board_looks import LOOKS, chart, period_label
from web.pages.board_sight import Code, Sight, Start, bands, sight_of
from web.visit import Visit, reads

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

    from reports.overview import Overview
    from reports.quarterly import UnitLine
    from reports.reach import Waiting

router: Final = APIRouter(include_in_schema=False)

#: So many units stand on a page of the table, and of the matrix, which is wide.
UNITS_A_PAGE: Final = 50
ROWS_A_PAGE: Final = 60
#: So many are named as the best and the worst; of fewer than so many units none is ranked.
RANKED: Final = 5
RANKED_FROM: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What is looked at, with its figures."""

    sight: Sight
    stands: Overview

    @property
    def to(self) -> Addresses:
        """Where figures lead."""
        return self.sight.to


@router.get("/board")
@reads
def board(
    visit: Visit,
    *,
    agreement: Code = "",
    period: Code = "",
    obligation: Code = "",
    party: Code = "",
    sort: Code = "name",
    start: Start = 0,
) -> Response:
    """Show the boxes, rates, quarters, obligations and units of a period."""
    to = Addresses(agreement=agreement, period=period, obligation=obligation, party=party)
    look = _look(visit, to)
    if look is None:
        return visit.page("board/nothing.html.j2")
    units = _sorted(look.stands.units, sort)
    shown = units[start : start + UNITS_A_PAGE]
    rest = start + UNITS_A_PAGE
    return visit.page(
        "board/board.html.j2",
        **_facts(visit, look),
        chart=chart(look.stands.quarters),
        units=shown,
        first=start,
        unit_count=len(units),
        sort=sort if sort.removeprefix("-") in _SORTS else "name",
        more=look.to.board(sort=sort, start=rest) if rest < len(units) else "",
        waiting=_waiting(visit, look),
        **_ranked(look.stands.units),
    )


@router.get("/board/matrix")
@reads
def matrix(
    visit: Visit,
    *,
    agreement: Code = "",
    period: Code = "",
    obligation: Code = "",
    party: Code = "",
    start: Start = 0,
) -> Response:
    """Show a sign for each unit and obligation of a period."""
    to = Addresses(agreement=agreement, period=period, obligation=obligation, party=party)
    look = _look(visit, to, quarters=0)
    if look is None:
        return visit.page("board/nothing.html.j2")
    stands = look.stands
    units = sorted(stands.units, key=lambda unit: stands.kinds[unit.key])
    shown = units[start : start + ROWS_A_PAGE]
    rest = start + ROWS_A_PAGE
    groups: dict[str, list[UnitLine]] = {}
    for unit in shown:
        groups.setdefault(stands.kinds[unit.key], []).append(unit)
    return visit.page(
        "board/matrix.html.j2",
        **_facts(visit, look),
        groups=groups,
        spoken={pair: most_pressing(line) for pair, line in stands.pairs.items()},
        more=look.to.matrix(start=rest) if rest < len(units) else "",
    )


@router.get("/board/summary")
@reads
def summary(visit: Visit, *, agreement: Code = "", period: Code = "", party: Code = "") -> Response:
    """Show on one page what a leader has to know and to decide."""
    to = Addresses(agreement=agreement, period=period, party=party)
    look = _look(visit, to, quarters=2)
    if look is None:
        return visit.page("board/nothing.html.j2")
    return visit.page(
        "board/summary.html.j2",
        **_facts(visit, look),
        waiting=_waiting(visit, look),
        **_ranked(look.stands.units),
    )


def _look(visit: Visit, to: Addresses, *, quarters: int = QUARTERS) -> _Look | None:
    """What is looked at with its figures; None where no agreement concerns this person."""
    sight = sight_of(visit, to)
    if sight is None:
        return None
    stands = overview(visit.db, sight.kept, asked=sight.asked, quarters=quarters)
    return _Look(sight=sight, stands=stands)


def _waiting(visit: Visit, look: _Look) -> Waiting:
    within = look.sight.asked.within
    return waiting_for_people(
        visit.db, look.sight.kept.id, within=true() if within is None else within
    )


def _facts(visit: Visit, look: _Look) -> dict[str, Any]:
    stands, sight = look.stands, look.sight
    return {
        "says": sight.kept.says,
        "agreements": sight.agreements,
        "periods": periods_offered(sight.kept, today=sight.kept.day_of(visit.at)),
        "stands": stands,
        "is_whole": sight.is_whole,
        "to": sight.to,
        "looks": LOOKS,
        "bands": bands(),
        "report": next(
            (row for row in reversed(sight.written) if row.period == stands.period.key), None
        ),
        "period_label": period_label,
        "reports_waiting": [row for row in sight.written if row.state != "issued"],
        "party_names": {party.code: party.name for party in sight.kept.says.parties},
    }


# --- the order of units -------------------------------------------------------------------


def _sorted(units: Sequence[UnitLine], by: str) -> list[UnitLine]:
    """The units by a column; those without a rate come last in either direction."""
    figure = _SORTS.get(by.removeprefix("-"))
    if figure is None:
        return list(reversed(units)) if by == "-name" else list(units)
    known = [unit for unit in units if figure(unit) is not None]
    rest = [unit for unit in units if figure(unit) is None]
    return [*sorted(known, key=lambda unit: figure(unit) or 0, reverse=by.startswith("-")), *rest]


_SORTS: Final[dict[str, Callable[[UnitLine], int | Fraction | None] | None]] = {
    "name": None,
    "total": lambda unit: unit.line.boxes.total,
    "done": lambda unit: unit.line.boxes.done,
    "late": lambda unit: unit.line.boxes.done_late,
    "awaiting": lambda unit: unit.line.boxes.awaiting,
    "overdue": lambda unit: unit.line.boxes.not_done_overdue,
    "due": lambda unit: unit.line.boxes.rate_on_due,
    "all": lambda unit: unit.line.boxes.rate_on_all,
}


def _ranked(units: Sequence[UnitLine]) -> dict[str, Any]:
    """The worst and the best by the rate on tasks due; nobody is both."""
    rated = [unit for unit in units if unit.line.boxes.due]
    if len(rated) < RANKED_FROM:
        return {"worst": [], "best": []}
    rated.sort(
        key=lambda unit: (
            unit.line.boxes.rate_on_due,
            -unit.line.boxes.not_done_overdue,
            unit.line.boxes.done,
        )
    )
    number = min(RANKED, len(rated) // 2)
    worst = [unit for unit in rated[:number] if unit.line.boxes.done < unit.line.boxes.due]
    return {"worst": worst, "best": list(reversed(rated[-number:]))}
