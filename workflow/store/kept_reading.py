"""Reading kept figures: sums where somebody sees everything, cells where a scope limits them.

Knows how units are ordered, ranked and paged in the database. Refuses to know whose scope it
is: it comes as a condition on cells. Rows bear the numbers of ``COUNTED``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Float, and_, case, cast, func, literal, literal_column, or_, select

from workflow.store.agreements import obligation
from workflow.store.kept_figures import (
    COUNTED,
    figures_kept,
    kept_cell,
    kept_duty,
    kept_period,
    kept_touch,
    kept_unit,
)
from workflow.store.kept_sums import done_of, due_of, overdue_of, owed_of, paired, total_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select

_TOLD: Final = ("key", "name", "kind", "party", "place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What of the cells is looked at.

    ``within`` limits cells to a scope and ``obligations`` to some of an agreement; ``party``
    are the units of a side. Without the first the kept sums are read.
    """

    within: ColumnElement[bool] | None = None
    obligations: Select[tuple[int]] | None = None
    party: str | None = None


def periods_read(db: Connection, agreement_id: int) -> dict[str, Row[Any]]:
    """The periods of an agreement that are kept, by key, with the instant of all of them."""
    query = (
        select(kept_period.c.id, kept_period.c.key, kept_period.c.lag_us, figures_kept.c.kept_at)
        .join(figures_kept, figures_kept.c.agreement_id == kept_period.c.agreement_id)
        .where(kept_period.c.agreement_id == agreement_id)
    )
    rows: list[Row[Any]] = list(db.execute(query))
    return {row.key: row for row in rows}


def duties_read(db: Connection, period_ids: Collection[int], sight: Sight) -> Sequence[Row[Any]]:
    """Lines by period and obligation, with how many units owe and have done everything."""
    if sight.within is None:
        lines = (
            select(
                kept_duty.c.period_id,
                kept_duty.c.obligation_id,
                func.sum(kept_duty.c.units_owing).label("units_owing"),
                func.sum(kept_duty.c.units_met).label("units_met"),
                *(func.sum(kept_duty.c[name]).label(name) for name in COUNTED),
            )
            .where(kept_duty.c.period_id.in_(sorted(period_ids)))
            .group_by(kept_duty.c.period_id, kept_duty.c.obligation_id)
        )
        if sight.obligations is not None:
            lines = lines.where(kept_duty.c.obligation_id.in_(sight.obligations))
        if sight.party is not None:
            lines = lines.where(kept_duty.c.party == sight.party)
        return db.execute(lines).all()
    return [
        row
        for period_id in sorted(period_ids)
        for row in db.execute(_duties_within(period_id, sight))
    ]


def _duties_within(period_id: int, sight: Sight) -> Select[Any]:
    pair = paired(_cells(period_id, sight))
    owes = owed_of(pair) > 0
    return select(
        literal_column(str(period_id)).label("period_id"),
        pair.c.obligation_id,
        func.sum(case((owes, 1), else_=0)).label("units_owing"),
        func.sum(case((and_(owes, owed_of(pair) == done_of(pair)), 1), else_=0)).label("units_met"),
        *(func.sum(pair.c[name]).label(name) for name in COUNTED),
    ).group_by(pair.c.obligation_id)


def totals_read(db: Connection, period_ids: Collection[int], sight: Sight) -> Sequence[Row[Any]]:
    """A line for each period."""
    among = kept_duty if sight.within is None else kept_cell
    is_asked: list[ColumnElement[bool]]
    if sight.within is None:
        is_asked = [kept_duty.c.period_id.in_(sorted(period_ids))]
        if sight.party is not None:
            is_asked.append(kept_duty.c.party == sight.party)
        if sight.obligations is not None:
            is_asked.append(kept_duty.c.obligation_id.in_(sight.obligations))
    else:
        is_asked = [_cells_of(kept_cell.c.period_id.in_(sorted(period_ids)), sight)]
    return db.execute(
        select(among.c.period_id, *(func.sum(among.c[name]).label(name) for name in COUNTED))
        .where(*is_asked)
        .group_by(among.c.period_id)
    ).all()


def units_read(
    db: Connection,
    period_id: int,
    sight: Sight,
    *,
    sort: str,
    start: int,
    at_most: int | None,
) -> Sequence[Row[Any]]:
    """Lines by unit, in an order and from a place on; each row bears the ``number`` of all."""
    line = _by_unit(period_id, sight)
    query = (
        select(line, func.count().over().label("number"))
        .where(total_of(line) > 0)
        .order_by(*_order(line, sort))
        .offset(start)
    )
    return db.execute(query if at_most is None else query.limit(at_most)).all()


def ranks_read(db: Connection, period_id: int, sight: Sight, *, number: int) -> Sequence[Row[Any]]:
    """So many of the worst and of the best by the rate on tasks due, from the worst on.

    Each row bears its ``rank`` and the ``number`` of all that have a rate.
    """
    line = _by_unit(period_id, sight)
    by_rate = (_ratio(done_of(line), due_of(line)), overdue_of(line).desc(), done_of(line))
    placed = (
        select(
            line,
            func.row_number().over(order_by=(*by_rate, line.c.place)).label("rank"),
            func.count().over().label("number"),
        )
        .where(due_of(line) > 0)
        .subquery("placed")
    )
    is_named = (placed.c.rank <= number) | (placed.c.rank > placed.c.number - number)
    return db.execute(select(placed).where(is_named).order_by(placed.c.rank)).all()


def units_behind(
    db: Connection,
    period_id: int,
    sight: Sight,
    *,
    names: Collection[str],
    key: str | None,
    start: int,
    at_most: int,
    few: int,
) -> list[Row[Any]]:
    """The units whose tasks a page of a figure shows, in their order; all where it counts few.

    ``names`` are the numbers that the figure adds up, of one unit where its ``key`` is given.
    Each row bears how many tasks stand ``before`` it and the ``number`` of all.
    """
    line = _by_unit(period_id, sight)
    many: ColumnElement[int] = sum((line.c[name] for name in names), start=literal(0))
    counted = select(line.c.unit_id, line.c.place, many.label("many")).where(many > 0)
    if key is not None:
        counted = counted.where(line.c.key == key)
    one = counted.subquery("counted")
    until = func.sum(one.c.many).over(order_by=(one.c.place, one.c.unit_id))
    placed = select(
        one.c.unit_id,
        one.c.place,
        one.c.many,
        (until - one.c.many).label("before"),
        func.sum(one.c.many).over().label("number"),
    ).subquery("placed")
    is_shown = and_(placed.c.before < start + at_most, placed.c.before + placed.c.many > start)
    query = select(placed.c.unit_id, placed.c.before, placed.c.number)
    shown = query.where(or_(placed.c.number <= few, is_shown))
    return list(db.execute(shown.order_by(placed.c.before)))


def pairs_read(
    db: Connection, period_id: int, sight: Sight, *, unit_ids: Collection[int]
) -> Sequence[Row[Any]]:
    """Lines by obligation and unit, of these units."""
    is_asked = and_(_cells(period_id, sight), kept_cell.c.unit_id.in_(sorted(unit_ids)))
    pair = paired(is_asked)
    return db.execute(select(pair).where(total_of(pair) > 0)).all()


def _cells(period_id: int, sight: Sight) -> ColumnElement[bool]:
    return _cells_of(kept_cell.c.period_id == period_id, sight)


def _cells_of(is_in_period: ColumnElement[bool], sight: Sight) -> ColumnElement[bool]:
    limits = [is_in_period]
    if sight.within is not None:
        limits.append(sight.within)
    if sight.obligations is not None:
        limits.append(kept_cell.c.obligation_id.in_(sight.obligations))
    if sight.party is not None:
        is_its = and_(
            kept_unit.c.period_id == kept_cell.c.period_id,
            kept_unit.c.unit_id == kept_cell.c.unit_id,
            kept_unit.c.party == sight.party,
        )
        limits.append(select(kept_unit.c.unit_id).where(is_its).correlate(kept_cell).exists())
    return and_(*limits)


def _by_unit(period_id: int, sight: Sight) -> FromClause:
    """A line for each unit with what it is called, as a table of a statement."""
    told = [kept_unit.c[name] for name in _TOLD]
    is_its = kept_unit.c.period_id == period_id
    if sight.party is not None:
        is_its = and_(is_its, kept_unit.c.party == sight.party)
    if sight.within is None and sight.obligations is None:
        numbers = [kept_unit.c[name] for name in COUNTED]
        return select(kept_unit.c.unit_id, *told, *numbers).where(is_its).subquery("line")
    summed = (
        select(kept_cell.c.unit_id, *(func.sum(kept_cell.c[name]).label(name) for name in COUNTED))
        .where(_cells(period_id, Sight(within=sight.within, obligations=sight.obligations)))
        .group_by(kept_cell.c.unit_id)
        .subquery("summed")
    )
    return (
        select(kept_unit.c.unit_id, *told, *(summed.c[name] for name in COUNTED))
        .join(summed, summed.c.unit_id == kept_unit.c.unit_id)
        .where(is_its)
        .subquery("line")
    )


def _order(line: FromClause, sort: str) -> tuple[ColumnElement[Any], ...]:
    """By a column, then by name; those without a rate come last in either direction."""
    column, descends = sort.removeprefix("-"), sort.startswith("-")
    place: ColumnElement[Any] = line.c.place
    if column == "kind":
        return line.c.kind, place
    if column not in _FIGURES:
        return (place.desc(),) if sort == "-name" else (place,)
    figure = _FIGURES[column](line)
    return case((figure.is_(None), 1), else_=0), figure.desc() if descends else figure, place


def _ratio(part: ColumnElement[int], whole: ColumnElement[int]) -> ColumnElement[float]:
    # The same fraction gives the same number, and different ones of tasks different numbers.
    return cast(part, Float(53)) / func.nullif(whole, 0)


_FIGURES: Final[dict[str, Callable[[Any], ColumnElement[Any]]]] = {
    "total": total_of,
    "done": done_of,
    "late": lambda line: line.c.done_late,
    "awaiting": lambda line: line.c.awaiting,
    "overdue": overdue_of,
    "due": lambda line: _ratio(done_of(line), due_of(line)),
    "all": lambda line: _ratio(done_of(line), total_of(line)),
}


# --- for the proof ------------------------------------------------------------------------


def cells_of(db: Connection, period_id: int) -> Sequence[Row[Any]]:
    """Every line of a period by obligation and unit."""
    return db.execute(select(paired(kept_cell.c.period_id == period_id))).all()


def sums_of(db: Connection, period_id: int) -> Sequence[Row[Any]]:
    """The sums by unit of a period."""
    return db.execute(select(kept_unit).where(kept_unit.c.period_id == period_id)).all()


def pairs_touched(db: Connection, agreement_id: int) -> set[tuple[int, int]]:
    """The obligations and units of which something changed since they were counted."""
    query = select(kept_touch.c.obligation_id, kept_touch.c.unit_id)
    rows = db.execute(query.where(kept_touch.c.agreement_id == agreement_id).distinct())
    return {(row.obligation_id, row.unit_id) for row in rows}


def obligations_of(db: Connection, *, agreement_id: int) -> Sequence[Row[Any]]:
    """The obligations of an agreement with their codes, whatever has become of them."""
    query = select(obligation.c.id, obligation.c.code)
    return list(db.execute(query.where(obligation.c.agreement_id == agreement_id)))
