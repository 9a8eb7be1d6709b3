"""What a person looks at on a board: an agreement and a period of it, within their scope.

Knows what is chosen where an address leaves it open. Refuses an agreement that does not
concern whoever asks as if there were none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query

from reports.boards.board import Asked
from reports.reach import agreements_reached, reports_on, tasks_reached
from reports.windows import running_period
from workflow import catalogue
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.domain.tally import BANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, FromClause, Row

    from web.pages.board_addresses import Addresses
    from web.visit import Visit
    from workflow.catalogue import Kept

#: A code or a key in an address, and where a page of a list begins.
Code = Annotated[str, Query(max_length=64)]
Start = Annotated[int, Query(ge=0, le=10_000_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a person looks at: an agreement and what of it, within their scope.

    ``written`` are the reports on it that this person may read. Unless the sight
    ``is_whole``, figures are of fewer tasks than those of a report.
    """

    kept: Kept
    agreements: Sequence[Row[Any]]
    asked: Asked
    written: Sequence[Row[Any]]
    is_whole: bool
    to: Addresses


def sight_of(visit: Visit, to: Addresses) -> Sight | None:
    """What is looked at; None where no agreement concerns this person."""
    agreements = agreements_reached(visit.db, visit.grants, at=visit.at)
    if not agreements and not to.agreement:
        return None
    code = to.agreement or agreements[0].code
    concerned = next((row for row in agreements if row.code == code), None)
    if concerned is None:
        raise Refusal("agreement.unknown", code=code)
    kept = catalogue.kept(visit.db, code)
    written = reports_on(visit.db, kept.id)
    is_whole = visit.may(Deed.READ, place=Place(agreement=code))
    within = partial(_reached, visit)
    asked = Asked(
        period=to.period or running_period(kept, today=kept.day_of(visit.at)).key,
        at=visit.at,
        cut_offs=tuple((row.period, row.cut_off) for row in written),
        within=None if is_whole else within,
        obligation=to.obligation or None,
        party=to.party or None,
    )
    return Sight(
        kept=kept,
        agreements=agreements,
        asked=asked,
        is_whole=is_whole,
        written=written if concerned.is_whole else [],
        to=to.chosen(agreement=code, period=asked.period),
    )


def _reached(visit: Visit, rows: FromClause) -> ColumnElement[bool]:
    return tasks_reached(visit.db, visit.grants, at=visit.at, rows=rows)


def bands() -> list[tuple[int | None, int | None]]:
    """Since and until how many days something is overdue, None where there is no bound."""
    bounds = [None, *BANDS, None]
    return list(pairwise(bounds))
