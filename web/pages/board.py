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

from reports.boards.board import SORTS, Shown
from reports.boards.overview import overview
from reports.documents.matrix import most_pressing
from reports.reach import MOST, waiting_for_people
from reports.windows import QUARTERS, periods_offered
from web.pages.board_addresses import Addresses
from web.pages.board_looks import LOOKS, chart
from web.pages.board_sight import Code, Sight, Start, bands, sight_of
from web.visit import Visit, reads
from workflow.domain.periods import label_of
from workflow.store.tasks import task

if TYPE_CHECKING:
    from reports.boards.board import Overview
    from reports.quarterly import UnitLine
    from reports.reach import Waiting

router: Final = APIRouter(include_in_schema=False)

#: So many units stand on a page of the table, and of the matrix, which is wide.
UNITS_A_PAGE: Final = 50
ROWS_A_PAGE: Final = 60


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
    wanted = sort if sort.removeprefix("-") in {"name", *SORTS} else "name"
    look = _look(
        visit, to, shown=Shown(sort=wanted, start=start, at_most=UNITS_A_PAGE, is_ranked=True)
    )
    if look is None:
        return visit.page("board/nothing.html.j2")
    units = look.stands.units
    rest = start + UNITS_A_PAGE
    return visit.page(
        "board/board.html.j2",
        **_facts(visit, look),
        chart=chart(look.stands.quarters),
        units=units.lines,
        first=start,
        unit_count=units.count,
        sort=wanted,
        more=look.to.board(sort=wanted, start=rest) if rest < units.count else "",
        waiting=_waiting(visit, look),
        worst=units.worst,
        best=units.best,
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
    wanted = Shown(sort="kind", start=start, at_most=ROWS_A_PAGE, is_paired=True)
    look = _look(visit, to, quarters=0, shown=wanted)
    if look is None:
        return visit.page("board/nothing.html.j2")
    units = look.stands.units
    rest = start + ROWS_A_PAGE
    groups: dict[str, list[UnitLine]] = {}
    for unit in units.lines:
        groups.setdefault(units.kinds[unit.key], []).append(unit)
    return visit.page(
        "board/matrix.html.j2",
        **_facts(visit, look),
        groups=groups,
        # Said once and not in each of a thousand cells.
        words={box: visit.say.word(box) for box in LOOKS},
        narrowed={duty.code: look.to.narrowed(duty.code) for duty in look.stands.duties},
        spoken={pair: most_pressing(line) for pair, line in units.pairs.items()},
        more=look.to.matrix(start=rest) if rest < units.count else "",
    )


@router.get("/board/summary")
@reads
def summary(visit: Visit, *, agreement: Code = "", period: Code = "", party: Code = "") -> Response:
    """Show on one page what a leader has to know and to decide."""
    to = Addresses(agreement=agreement, period=period, party=party)
    look = _look(visit, to, quarters=2, shown=Shown(at_most=0, is_ranked=True))
    if look is None:
        return visit.page("board/nothing.html.j2")
    return visit.page(
        "board/summary.html.j2",
        **_facts(visit, look),
        waiting=_waiting(visit, look),
        worst=look.stands.units.worst,
    )


def _look(visit: Visit, to: Addresses, *, shown: Shown, quarters: int = QUARTERS) -> _Look | None:
    """What is looked at with its figures; None where no agreement concerns this person."""
    sight = sight_of(visit, to)
    if sight is None:
        return None
    stands = overview(visit.db, sight.kept, asked=sight.asked, quarters=quarters, shown=shown)
    return _Look(sight=sight, stands=stands)


def _waiting(visit: Visit, look: _Look) -> Waiting:
    within = look.sight.asked.within
    return waiting_for_people(
        visit.db, look.sight.kept.id, within=true() if within is None else within(task)
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
        "most_waiting": MOST,
        "report": next(
            (row for row in reversed(sight.written) if row.period == stands.period.key), None
        ),
        "period_label": label_of,
        "reports_waiting": [row for row in sight.written if row.state != "issued"],
        "party_names": {party.code: party.name for party in sight.kept.says.parties},
    }
