"""The board: how an agreement stands in a period, for whoever may see it.

Knows what is shown first, how units are ranked and where each figure leads. Refuses to
count: figures are those of the reports, and a person's grants say of which tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from fastapi.responses import Response

from reports.matrix import most_pressing
from reports.overview import QUARTERS, Asked, overview, periods_offered, running_period
from reports.reach import agreements_reached, reports_on, tasks_reached, waiting_for_people
from web.pages.board_addresses import Addresses
from web.pages.board_looks import LOOKS, chart
from web.visit import Visit, reads
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.domain.tally import BANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

    from sqlalchemy import ColumnElement, Row

    from reports.overview import Overview
    from reports.quarterly import UnitLine
    from workflow.catalogue import Kept

router: Final = APIRouter(include_in_schema=False)

#: So many units stand on a page of the table, and of the matrix, which is wide.
UNITS_A_PAGE: Final = 50
ROWS_A_PAGE: Final = 100
#: So many are named as the best and the worst; fewer units are all in sight anyway.
RANKED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What a person looks at: an agreement and a period of it, within their scope."""

    kept: Kept
    agreements: Sequence[Row[Any]]
    within: ColumnElement[bool]
    stands: Overview
    to: Addresses


@router.get("/board")
@reads
def board(
    visit: Visit,
    *,
    agreement: str = "",
    period: str = "",
    obligation: str = "",
    party: str = "",
    sort: str = "name",
    start: int = 0,
) -> Response:
    """Show the boxes, rates, quarters, obligations and units of a period."""
    to = Addresses(agreement=agreement, period=period, obligation=obligation, party=party)
    look = _look(visit, to)
    if look is None:
        return visit.page("board/nothing.html.j2")
    units = _sorted(look.stands.units, sort)
    first = max(0, start)
    shown = units[first : first + UNITS_A_PAGE]
    rest = first + UNITS_A_PAGE
    return visit.page(
        "board/board.html.j2",
        **_facts(visit, look),
        chart=chart(look.stands.quarters),
        units=shown,
        first=first,
        unit_count=len(units),
        sort=sort if sort.removeprefix("-") in _SORTS else "name",
        more=look.to.board(sort=sort, start=rest) if rest < len(units) else "",
        waiting=waiting_for_people(visit.db, look.kept.id, within=look.within),
        **_ranked(look.stands.units),
    )


@router.get("/board/matrix")
@reads
def matrix(
    visit: Visit,
    *,
    agreement: str = "",
    period: str = "",
    obligation: str = "",
    party: str = "",
    start: int = 0,
) -> Response:
    """Show a sign for each unit and obligation of a period."""
    to = Addresses(agreement=agreement, period=period, obligation=obligation, party=party)
    look = _look(visit, to, quarters=0)
    if look is None:
        return visit.page("board/nothing.html.j2")
    stands = look.stands
    units = sorted(stands.units, key=lambda unit: stands.kinds[unit.key])
    first = max(0, start)
    shown = units[first : first + ROWS_A_PAGE]
    rest = first + ROWS_A_PAGE
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
def summary(visit: Visit, *, agreement: str = "", period: str = "", party: str = "") -> Response:
    """Show on one page what a leader has to know and to decide."""
    to = Addresses(agreement=agreement, period=period, party=party)
    look = _look(visit, to, quarters=2)
    if look is None:
        return visit.page("board/nothing.html.j2")
    return visit.page(
        "board/summary.html.j2",
        **_facts(visit, look),
        waiting=waiting_for_people(visit.db, look.kept.id, within=look.within),
        **_ranked(look.stands.units),
    )


def _look(visit: Visit, to: Addresses, *, quarters: int = QUARTERS) -> _Look | None:
    """What is looked at; None where no agreement concerns this person."""
    agreements = agreements_reached(visit.db, visit.grants, at=visit.at)
    if not agreements and not to.agreement:
        return None
    code = to.agreement or agreements[0].code
    if code not in {row.code for row in agreements}:
        raise Refusal("agreement.unknown", code=code)
    kept = catalogue.kept(visit.db, code)
    within = tasks_reached(visit.db, visit.grants, at=visit.at)
    asked = Asked(
        period=to.period or running_period(kept, today=kept.day_of(visit.at)).key,
        at=visit.at,
        within=within,
        obligation=to.obligation or None,
        party=to.party or None,
    )
    return _Look(
        kept=kept,
        agreements=agreements,
        within=within,
        stands=overview(visit.db, kept, asked=asked, quarters=quarters),
        to=to.chosen(agreement=code, period=asked.period),
    )


def _facts(visit: Visit, look: _Look) -> dict[str, Any]:
    stands = look.stands
    written = reports_on(visit.db, look.kept.id, grants=visit.grants)
    return {
        "says": look.kept.says,
        "agreements": look.agreements,
        "periods": periods_offered(look.kept, today=look.kept.day_of(visit.at)),
        "stands": stands,
        "to": look.to,
        "looks": LOOKS,
        "bands": _bands(),
        "report": next((row for row in reversed(written) if row.period == stands.period.key), None),
        "reports_waiting": [row for row in written if row.state != "issued"],
        "party_names": {party.code: party.name for party in look.kept.says.parties},
    }


def _bands() -> list[tuple[int | None, int | None]]:
    """Since and until how many days something is overdue, None where there is no bound."""
    bounds = [None, *BANDS, None]
    return list(pairwise(bounds))


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
    if len(rated) <= 1:
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
