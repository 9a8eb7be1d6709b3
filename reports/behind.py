"""The tasks behind a figure: exactly those that a line counts, by due day.

Knows how a figure's window, box and band become a condition. Refuses to know pages; what
it lists is what ``overview`` counted at the same instant, and a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import false, func, select, union_all

from reports.overview import within_of
from reports.windows import lag_of, period_of, window_of
from workflow.domain.tally import OUTSIDE
from workflow.store.agreements import obligation
from workflow.store.occasions import occasion
from workflow.store.standing import standings
from workflow.store.tallies import PLACES, is_held, place_in
from workflow.store.tasks import task
from workflow.store.units import unit

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Subquery

    from reports.board import Asked
    from workflow.catalogue import Kept
    from workflow.domain.tally import Box

#: What a line of a task shows of it, as it stands.
_SHOWN = ("due_on", "original_due_on", "submitted_on", "done_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Which figure: of a unit where its key is given, of a box, of a band of what is overdue.

    Without a box it is a total: what is cancelled or history is in none.
    """

    unit: str | None = None
    box: Box | None = None
    band: int | None = None

    @property
    def places(self) -> list[int]:
        """The keys of ``PLACES`` that the figure adds up."""
        return [
            key
            for key, place in PLACES.items()
            if (place.box not in OUTSIDE if self.box is None else place.box is self.box)
            and self.band in {None, place.band}
        ]


def tasks_behind(
    db: Connection, kept: Kept, *, asked: Asked, figure: Figure, start: int, at_most: int
) -> tuple[int, list[Row[Any]]]:
    """How many tasks a figure counts, and some of them from a place on, the earliest due first.

    Two statements. Raises ``Refusal``: ``period.bad_key``, ``report.period_outside``,
    ``overview.unknown``.
    """
    held = _held(kept, asked, figure)
    number: int = db.execute(select(func.count()).select_from(held)).scalar_one()
    rows = (
        select(
            held,
            obligation.c.code.label("obligation"),
            occasion.c.key.label("occasion"),
        )
        .join(obligation, obligation.c.id == held.c.obligation_id)
        .join(occasion, occasion.c.id == held.c.occasion_id)
        .order_by(held.c.due_on, held.c.id)
        .offset(start)
        .limit(at_most)
    )
    return number, list(db.execute(rows))


def _held(kept: Kept, asked: Asked, figure: Figure) -> Subquery:
    period = period_of(kept, asked.period)
    lag = lag_of(kept, asked.cut_offs, period=period.key)
    window = window_of(kept, period, at=asked.at, lag=lag)
    within = within_of(kept, asked, on=period.last_on)
    wanted = []
    for standing in standings(kept.id, as_of=asked.at):
        place = place_in(standing, window)
        rows = (
            select(
                task.c.id,
                task.c.obligation_id,
                task.c.version_id,
                task.c.occasion_id,
                task.c.unit_id,
                place.label("place"),
                *(standing.facts[name].label(name) for name in _SHOWN),
            )
            .select_from(standing.source)
            .where(
                standing.within,
                is_held(standing, window, as_of=asked.at),
                place.in_(figure.places) if figure.places else false(),
            )
        )
        if within is not None:
            rows = rows.where(within)
        if figure.unit is not None:
            rows = rows.where(
                task.c.unit_id.in_(select(unit.c.id).where(unit.c.key == figure.unit))
            )
        wanted.append(rows)
    return union_all(*wanted).subquery("held")
