"""The tasks behind a figure: exactly those that a line counts, by due day.

Knows how a figure's window, box and band become a condition. Refuses to know pages; what
it lists is what ``overview`` counted at the same instant, and a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, false, func, literal_column, or_, select, union_all

from reports.boards.kept_overview import sight_of
from reports.boards.overview import within_of
from reports.windows import lag_of, period_of, window_of
from workflow.domain.tally import OUTSIDE
from workflow.store import kept_reading
from workflow.store.agreements import obligation
from workflow.store.kept_figures import COUNTED
from workflow.store.occasions import occasion
from workflow.store.standing import standings
from workflow.store.tallies import PLACES, is_held, place_in
from workflow.store.tasks import IS_HANDED_ON, task
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Subquery

    from reports.boards.board import Asked
    from workflow.catalogue import Kept
    from workflow.domain.tally import Box
    from workflow.store.tallies import Window

#: What a line of a task shows of it, as it stands.
_SHOWN = ("due_on", "original_due_on", "submitted_on", "done_on")
#: Kept numbers that are parts of others.
_PARTS: Final = frozenset({"awaiting_past_due", "carried_over"})
#: So many tasks are listed by due day, from however many units; more by unit.
_FEW: Final = 200


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

    @property
    def numbers(self) -> list[str]:
        """The kept numbers that the figure adds up: those of which it counts every place."""
        counted = set(self.places)
        return [
            name
            for name, keys in COUNTED.items()
            if name not in _PARTS and counted and counted.issuperset(keys)
        ]


def tasks_behind(
    db: Connection, kept: Kept, *, asked: Asked, figure: Figure, start: int, at_most: int
) -> tuple[int, list[Row[Any]]]:
    """How many tasks a figure counts, and some of them from a place on.

    Where figures are kept both are of the instant that the board tells, and only the tasks of
    the units on the page are looked at: of very many by unit and due day; a few, and what
    nobody keeps, by due day. Three statements. Raises ``Refusal``: ``period.bad_key``,
    ``report.period_outside``, ``overview.unknown``.
    """
    period = period_of(kept, asked.period)
    within = within_of(kept, asked, on=period.last_on)
    here = kept_reading.periods_read(db, kept.id).get(period.key)
    if here is None:
        lag = lag_of(kept, asked.cut_offs, period=period.key)
        window = window_of(kept, period, at=asked.at, lag=lag)
        held = _held(kept, figure, window, as_of=asked.at, within=within)
        number: int = db.execute(select(func.count()).select_from(held)).scalar_one()
        return number, _listed(db, held, start=start, at_most=at_most)
    lag = timedelta(microseconds=here.lag_us)
    window = window_of(kept, period, at=here.kept_at, lag=lag)
    units = kept_reading.units_behind(
        db,
        here.id,
        sight_of(kept, asked),
        names=figure.numbers,
        key=figure.unit,
        start=start,
        at_most=at_most,
        few=_FEW,
    )
    if not units:
        return 0, []
    number, first = int(units[0].number), int(units[0].before)
    held = _held(
        kept,
        figure,
        window,
        as_of=here.kept_at,
        within=within,
        among=[row.unit_id for row in units],
        by_unit=number > _FEW,
    )
    return number, _listed(db, held, start=start - first, at_most=at_most)


def _listed(db: Connection, held: Subquery, *, start: int, at_most: int) -> list[Row[Any]]:
    rows = (
        select(
            held,
            obligation.c.code.label("obligation"),
            occasion.c.key.label("occasion"),
        )
        .join(obligation, obligation.c.id == held.c.obligation_id)
        .join(occasion, occasion.c.id == held.c.occasion_id)
        .order_by(held.c.group, held.c.due_on.asc().nulls_last(), held.c.id)
        .offset(start)
        .limit(at_most)
    )
    return list(db.execute(rows))


def _held(
    kept: Kept,
    figure: Figure,
    window: Window,
    *,
    as_of: datetime,
    within: ColumnElement[bool] | None,
    among: Sequence[int] | None = None,
    by_unit: bool = False,
) -> Subquery:
    """The tasks that a figure counts; of the units ``among`` only, which are found by an index."""
    group: ColumnElement[int] = literal_column("0")
    if by_unit and among is not None:
        order = {unit_id: place for place, unit_id in enumerate(among)}
        group = case(order, value=task.c.unit_id)
    wanted = []
    for standing in standings(kept.id, as_of=as_of):
        place = place_in(standing, window)
        rows = (
            select(
                task.c.id,
                task.c.obligation_id,
                task.c.version_id,
                task.c.occasion_id,
                task.c.unit_id,
                place.label("place"),
                group.label("group"),
                *(standing.facts[name].label(name) for name in _SHOWN),
            )
            .select_from(standing.source)
            .where(
                standing.within,
                is_held(standing, window, as_of=as_of),
                place.in_(figure.places) if figure.places else false(),
            )
        )
        if within is not None:
            rows = rows.where(within)
        if among is not None:
            answers = task.c.answerable_id.in_(among)
            rows = rows.where(task.c.unit_id.in_(among), or_(answers, IS_HANDED_ON))
        elif figure.unit is not None:
            rows = rows.where(
                task.c.unit_id.in_(select(unit.c.id).where(unit.c.key == figure.unit))
            )
        wanted.append(rows)
    return union_all(*wanted).subquery("held")
