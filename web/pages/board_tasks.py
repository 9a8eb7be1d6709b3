"""The tasks that a figure of the board counts, each leading to its clause and evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from reports.boards.behind import Figure, tasks_behind
from reports.windows import period_of
from web.pages.board_addresses import Addresses
from web.pages.board_looks import LOOKS
from web.pages.board_sight import Code, Start, bands, sight_of
from web.telling import teller
from web.visit import Visit, reads
from workflow.catalogue import obligations_said
from workflow.domain.errors import Refusal
from workflow.domain.periods import label_of
from workflow.domain.tally import BANDS, Box
from workflow.store.tallies import PLACES
from workflow.store.units import units_by_id

if TYPE_CHECKING:
    from datetime import date

    from workflow.domain.units import Unit

router: Final = APIRouter(include_in_schema=False)

TASKS_A_PAGE: Final = 50


@router.get("/board/tasks")
@reads
def behind(
    visit: Visit,
    *,
    agreement: Code = "",
    period: Code = "",
    obligation: Code = "",
    party: Code = "",
    unit: Code = "",
    state: Code = "",
    band: Annotated[int | None, Query(ge=0, le=len(BANDS))] = None,
    start: Start = 0,
) -> Response:
    """List the tasks that a figure counts."""
    to = Addresses(agreement=agreement, period=period, obligation=obligation, party=party)
    sight = sight_of(visit, to)
    if sight is None:
        return visit.page("board/nothing.html.j2")
    if state and state not in set(Box):
        raise Refusal("overview.unknown", what=state)
    figure = Figure(unit=unit or None, box=Box(state) if state else None, band=band)
    number, rows = tasks_behind(
        visit.db, sight.kept, asked=sight.asked, figure=figure, start=start, at_most=TASKS_A_PAGE
    )
    units = units_by_id(visit.db, {row.unit_id for row in rows})
    duties = obligations_said(visit.db, {row.version_id for row in rows})
    on = period_of(sight.kept, sight.asked.period).last_on
    rest = start + TASKS_A_PAGE
    asked = {"unit": unit, "state": state, "band": "" if band is None else str(band)}
    return visit.page(
        "board/tasks.html.j2",
        says=sight.kept.says,
        to=sight.to,
        looks=LOOKS,
        places=PLACES,
        bands=bands(),
        rows=rows,
        number_of_tasks=number,
        names={key: one.name_on(_day_within(one, on)) for key, one in units.items()},
        duties=duties,
        unit_name=next(
            (one.name_on(_day_within(one, on)) for one in units.values() if one.key == unit), unit
        ),
        obligation_title=next((one.title for one in duties.values()), "") if obligation else "",
        figure=figure,
        period=label_of(sight.asked.period),
        occasion=teller(visit, occasions=[row.occasion for row in rows]).occasion,
        more=sight.to.tasks(**asked, start=str(rest)) if rest < number else "",
    )


def _day_within(one: Unit, on: date) -> date:
    """The day itself, or the nearest on which the unit was there."""
    return max(one.life.from_on, min(on, one.life.until_on - timedelta(days=1)))
