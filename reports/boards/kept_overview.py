"""A period as a job last counted it: read from kept cells and sums, at the job's instant.

Knows which of them answer what is asked, by the scope of whoever asks. Refuses to count
tasks: what is not kept is not told.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from itertools import dropwhile
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from reports import quarterly as value
from reports.boards.board import RANKED, RANKED_FROM, Overview, Quarter, Units
from reports.cast import duties_on
from reports.figures import NOTHING, Line, added
from reports.windows import period_of, quarters_up_to, window_of
from workflow.domain.tally import BANDS, Boxes
from workflow.domain.timeliness import first_instant
from workflow.store import kept_reading
from workflow.store.agreements import obligation
from workflow.store.kept_figures import COUNTED, kept_cell
from workflow.store.kept_reading import Sight

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection, Row

    from reports.boards.board import Asked, Shown
    from workflow.catalogue import Kept
    from workflow.domain.agreement import Obligation


_NUMBERS: Final = attrgetter(*COUNTED)


def kept_overview(
    db: Connection, kept: Kept, *, asked: Asked, quarters: int, shown: Shown
) -> Overview | None:
    """The period as it was last counted; None where it, or a quarter beside it, is not kept.

    A fixed number of statements. Raises ``Refusal``: ``period.bad_key``,
    ``report.period_outside``.
    """
    period = period_of(kept, asked.period)
    read = kept_reading.periods_read(db, kept.id)
    if period.key not in read:
        return None
    here = read[period.key]
    as_of = here.kept_at
    beside = quarters_up_to(kept, period, today=kept.day_of(as_of), number=quarters)
    if not {one.key for one in beside} <= set(read):
        return None
    sight = sight_of(kept, asked)
    window = window_of(kept, period, at=as_of, lag=timedelta(microseconds=here.lag_us))
    lines = kept_reading.duties_read(db, [here.id], sight)
    duties = _in_force(kept, on=period.last_on)
    if not {row.obligation_id for row in lines} <= set(duties):
        # Taken back since then: what it said is asked of that instant.
        duties = duties_on(db, kept, on=period.last_on, as_of=as_of)
    return Overview(
        period=period,
        cut_off=window.cut_off,
        as_of=as_of,
        previous_cut_off=window.previous_cut_off,
        is_running=as_of < first_instant(period.until_on, kept.zone),
        is_kept=True,
        total=added(line_of(row) for row in lines),
        duties=_duties(lines, duties=duties, kept=kept),
        units=_units(db, here.id, sight, shown=shown, duties=duties),
        quarters=_quarters(db, {one.key: read[one.key].id for one in beside}, beside, sight),
        offered=tuple(sorted((duty.code, duty.title) for duty in duties.values())),
    )


def line_of(row: Row[Any]) -> Line:
    """The numbers of ``COUNTED`` as a line."""
    return _line(_NUMBERS(row))


@lru_cache(maxsize=8192)
def _line(numbers: tuple[int, ...]) -> Line:
    """A board has the same few lines in a thousand cells."""
    said = {name: int(number) for name, number in zip(COUNTED, numbers, strict=True)}
    overdue = tuple(said.pop(f"overdue_{band}") for band in range(len(BANDS) + 1))
    carried_over = said.pop("carried_over")
    outside = {"awaiting_past_due", "cancelled", "history"}
    inside = sum(number for name, number in said.items() if name not in outside)
    total = inside + sum(overdue)
    return Line(
        boxes=Boxes(total=total, not_done_overdue=sum(overdue), **said),
        carried_over=carried_over,
        assigned=total - carried_over,
        overdue=overdue,
    )


def sight_of(kept: Kept, asked: Asked) -> Sight:
    """What of the cells is asked for."""
    meant = None
    if asked.obligation is not None:
        meant = select(obligation.c.id).where(
            obligation.c.agreement_id == kept.id, obligation.c.code == asked.obligation
        )
    return Sight(
        within=None if asked.within is None else asked.within(kept_cell),
        obligations=meant,
        party=asked.party,
    )


def _in_force(kept: Kept, *, on: date) -> dict[int, Obligation]:
    """What each obligation says on a day, or else before it, or else first."""
    found: dict[int, Obligation] = {}
    for version in sorted(kept.versions, key=lambda one: (one.says.effective_from, one.id)):
        if version.says.effective_from <= on or version.obligation_id not in found:
            found[version.obligation_id] = version.says
    return found


def _duties(
    rows: Iterable[Row[Any]], *, duties: Mapping[int, Obligation], kept: Kept
) -> tuple[value.Duty, ...]:
    """A line for each obligation that has tasks, in the order of the clauses."""
    clauses = {clause.code: clause for clause in kept.says.clauses}
    places = {code: place for place, code in enumerate(clauses)}
    found = []
    for row in rows:
        duty, line = duties[row.obligation_id], line_of(row)
        clause = clauses.get(duty.clause)
        if line.boxes.total:
            found.append(
                value.Duty(
                    code=duty.code,
                    title=duty.title,
                    clause=duty.clause,
                    clause_text=clause.text if clause else "",
                    clause_place=clause.place if clause else "",
                    topic=duty.topic,
                    line=line,
                    units_owing=int(row.units_owing),
                    units_met=int(row.units_met),
                    defaulters=(),
                )
            )
    return tuple(sorted(found, key=lambda duty: (places.get(duty.clause, len(places)), duty.code)))


def _units(
    db: Connection,
    period_id: int,
    sight: Sight,
    *,
    shown: Shown,
    duties: Mapping[int, Obligation],
) -> Units:
    rows = kept_reading.units_read(
        db, period_id, sight, sort=shown.sort, start=shown.start, at_most=shown.at_most
    )
    keys = {row.unit_id: row.key for row in rows}
    paired: Sequence[Row[Any]] = ()
    if shown.is_paired and keys:
        paired = kept_reading.pairs_read(db, period_id, sight, unit_ids=keys)
    worst, best = _ranked(db, period_id, sight) if shown.is_ranked else ((), ())
    return Units(
        lines=tuple(_unit(row) for row in rows),
        count=rows[0].number if rows else 0,
        kinds={row.key: row.kind for row in rows},
        pairs={(keys[row.unit_id], duties[row.obligation_id].code): line_of(row) for row in paired},
        worst=worst,
        best=best,
    )


def _ranked(
    db: Connection, period_id: int, sight: Sight
) -> tuple[tuple[value.UnitLine, ...], tuple[value.UnitLine, ...]]:
    rows = kept_reading.ranks_read(db, period_id, sight, number=RANKED)
    if not rows or rows[0].number < RANKED_FROM:
        return (), ()
    number = min(RANKED, rows[0].number // 2)
    worst = [_unit(row) for row in rows if row.rank <= number]
    best = [_unit(row) for row in rows if row.rank > row.number - number]
    return (
        tuple(one for one in worst if one.line.boxes.done < one.line.boxes.due),
        tuple(reversed(best)),
    )


def _unit(row: Row[Any]) -> value.UnitLine:
    return value.UnitLine(key=row.key, name=row.name, party=row.party, line=line_of(row))


def _quarters(
    db: Connection,
    ids: Mapping[str, int],
    beside: Iterable[Any],
    sight: Sight,
) -> tuple[Quarter, ...]:
    if not ids:
        return ()
    rows = kept_reading.totals_read(db, ids.values(), sight)
    lines = {row.period_id: line_of(row) for row in rows}
    found = [Quarter(period=one, line=lines.get(ids[one.key], NOTHING)) for one in beside]
    # Quarters before anything was tracked say nothing.
    return tuple(dropwhile(lambda quarter: not quarter.line.boxes.total, found))
