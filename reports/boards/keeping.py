"""Keeping the figures of boards, so that a page reads a few rows however many tasks there are.

Knows which periods are kept and when a cell is no longer right: a task of it changed, the day
turned, or its period is cut off otherwise since a report was drawn up. Everything is brought
to one instant in one transaction. Refuses to tell figures: ``overview`` reads them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from reports.cast import Cast
from reports.reach import reports_on
from reports.windows import lag_of, periods_offered, window_of
from workflow import catalogue
from workflow.domain.periods import PROGRAMME
from workflow.domain.timeliness import day_of
from workflow.store import keeping, units
from workflow.store.agreements import agreement_by_code
from workflow.store.keeping import Counting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from workflow.catalogue import Kept
    from workflow.domain.periods import Period
    from workflow.domain.units import Unit

#: From so many changes on, looking through all tasks is cheaper than looking them up.
_TOO_MANY: Final = 50_000
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A period that is kept, and whether it must be counted wholly."""

    period: Period
    lag: timedelta
    id: int
    is_whole: bool


def keep_figures(
    db: Connection, *, at: datetime, agreement: str | None = None, is_thorough: bool = False
) -> dict[str, int]:
    """Bring the kept figures of one agreement, or of all that were ever in force, to an instant.

    Gives how many cells differed, by agreement; one in which nothing happened since is not
    mentioned. Cheap to repeat: two statements where nothing happened anywhere. A thorough
    look counts everything anew and drops what is empty.
    """
    counted: dict[str, int] = {}
    unchanged: list[int] = []
    units_from = units.history_stamp(db)
    for row in keeping.to_keep(db, code=agreement):
        is_as_it_was = (
            row.kept_on == day_of(at, ZoneInfo(row.zone))
            and row.told_from.startswith(f"{units_from}/")
            and row.reports_at == row.newest_report
            and not row.is_touched
        )
        if is_as_it_was and not is_thorough:
            unchanged.append(row.id)
        else:
            counted[row.code] = _keep(db, row, at=at, units_from=units_from, anew=is_thorough)
    if unchanged:
        keeping.note_kept(db, unchanged, at=at)
    return counted


def _keep(db: Connection, row: Row[Any], *, at: datetime, units_from: str, anew: bool) -> int:
    kept = catalogue.kept(db, row.code)
    today = kept.day_of(at)
    before = keeping.take_kept(db, kept.id, at=at, on=today)
    changes = keeping.take_touched(db, kept.id)
    if before is not None and before.kept_on < today:
        changes += keeping.touch_turned(db, kept.id, since=before.kept_on, on=today)
    is_whole = before is None or anew or changes > _TOO_MANY
    told_from = f"{units_from}/{_digest(db, kept)}"
    is_told = before is not None and before.told_from == told_from and not anew
    periods = _periods(db, kept, at=at, is_whole=is_whole)
    countings = [
        Counting(
            period_id=one.id,
            agreement_id=kept.id,
            window=window_of(kept, one.period, at=at, lag=one.lag),
            as_of=at,
            # Where the agreement says something else, its programme may end on another day.
            is_whole=one.is_whole or (one.period.key == PROGRAMME and not is_told),
        )
        for one in periods
    ]
    differing = 0
    changed: list[Counting] = []
    first_on = keeping.first_taken(db, kept.id)
    for counting in countings:
        is_touched = first_on is not None and first_on < counting.window.until_on
        if not (is_touched or counting.is_whole):
            continue
        number = keeping.count_cells(db, counting)
        differing += number
        if number or counting.is_whole:
            keeping.sum_units(db, counting)
            changed.append(counting)
    untold = set(keeping.untold_periods(db, kept.id))
    anew_told = [one for one in periods if not is_told or one.id in untold]
    _tell(db, kept, anew_told, at=at)
    whole = {one.id for one in anew_told}
    for counting in countings:
        if counting.period_id in whole:
            keeping.sum_duties(db, replace(counting, is_whole=True))
        elif counting in changed:
            keeping.sum_duties(db, counting)
    if anew:
        keeping.forget_empty(db, kept.id)
    keeping.forget_taken(db, kept.id)
    keeping.note_kept(
        db,
        [kept.id],
        at=at,
        kept_on=today,
        told_from=told_from,
        reports_at=row.newest_report,
    )
    return differing


def _periods(db: Connection, kept: Kept, *, at: datetime, is_whole: bool) -> list[_Kept]:
    """Every period that has begun; wholly to be counted is a new one, or one cut off otherwise."""
    cut_offs = [(row.period, row.cut_off) for row in reports_on(db, kept.id)]
    offered = [
        one for ones in periods_offered(kept, today=kept.day_of(at)).values() for one in ones
    ]
    lags = {one.key: lag_of(kept, cut_offs, period=one.key) for one in offered}
    before = keeping.periods_kept(db, kept.id)
    differing = {
        key: lag
        for key, lag in lags.items()
        if key not in before or before[key].lag_us != lag // _MICROSECOND
    }
    if differing:
        keeping.keep_periods(db, kept.id, differing)
        before = keeping.periods_kept(db, kept.id)
    return [
        _Kept(
            period=one,
            lag=lags[one.key],
            id=before[one.key].id,
            is_whole=is_whole or one.key in differing,
        )
        for one in offered
    ]


def _tell(db: Connection, kept: Kept, periods: Iterable[_Kept], *, at: datetime) -> None:
    """Write the names, sides and order of units in these periods."""
    known: dict[int, Unit] = {}
    for one in periods:
        known = known or units.every_unit(db)
        cast = Cast(db, kept, on=one.period.last_on, as_of=at, known=known)
        ids = {cast.unit_keys[unit_id]: unit_id for unit_id in keeping.units_counted(db, one.id)}
        keeping.tell_units(
            db,
            one.id,
            (
                (ids[key], cast.name(key), key, cast.kind(key), cast.side(key), place)
                for place, key in enumerate(cast.in_order(ids))
            ),
        )


def _digest(db: Connection, kept: Kept) -> str:
    """A text that differs once an agreement says something else, as of its parties or its end."""
    says = agreement_by_code(db, kept.says.code).definition
    ends = [says] if kept.ended_on is None else [says, kept.ended_on.isoformat()]
    text = json.dumps(ends, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
