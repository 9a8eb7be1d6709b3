"""How an agreement stands in a period now: the figures that a report of the same instants has.

Knows which windows a board shows and whose tasks it counts. A period that has ended is
judged at the cut-off of its report, a running one at the present; verdicts are always those
of the present. Refuses to know pages, words and people: a scope comes as a condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import dropwhile
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, select

from reports.cast import Cast
from reports.composing import period_of
from reports.figures import Line, tables
from reports.lines import duty_lines, unit_lines
from workflow.domain.errors import Refusal
from workflow.domain.periods import reporting_year
from workflow.domain.timeliness import first_instant
from workflow.domain.triggers import Length
from workflow.store.agreements import obligation
from workflow.store.scopes import units_of_party
from workflow.store.tallies import Window, tallied
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection

    from reports.quarterly import Duty, UnitLine
    from workflow.catalogue import Kept
    from workflow.domain.periods import Period

#: So many quarters are shown beside one another.
QUARTERS: Final = 8
#: The lengths that a board is looked at, in the order in which they are offered.
LENGTHS: Final = (Length.QUARTER, Length.HALF_YEAR, Length.YEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of a period is asked for; ``within`` is the scope of whoever asks.

    Every cut-off comes ``lag`` after the end of its period (``lag_of``).
    """

    period: str
    at: datetime
    lag: timedelta = timedelta()
    within: ColumnElement[bool] | None = None
    obligation: str | None = None
    party: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """A quarter in its own table, judged at its own cut-off."""

    period: Period
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A period as it stands. The boxes of ``duties`` and of ``units`` each add up to ``total``.

    What stands only outside the totals, cancelled or history, has no line of its own.
    ``pairs`` are by the keys of unit and obligation, ``kinds`` by the key of a unit.
    ``offered`` are the codes and titles of every obligation of the agreement.
    """

    period: Period
    cut_off: datetime
    as_of: datetime
    previous_cut_off: datetime
    is_running: bool
    total: Line
    duties: tuple[Duty, ...]
    units: tuple[UnitLine, ...]
    pairs: Mapping[tuple[str, str], Line]
    kinds: Mapping[str, str]
    quarters: tuple[Quarter, ...]
    offered: tuple[tuple[str, str], ...]


def overview(db: Connection, kept: Kept, *, asked: Asked, quarters: int = QUARTERS) -> Overview:
    """The period as it stands, and so many quarters up to it.

    A fixed number of statements. Raises ``Refusal``: ``period.bad_key``,
    ``report.period_outside``, ``overview.unknown``.
    """
    period = period_of(kept, asked.period)
    window = window_of(kept, period, at=asked.at, lag=asked.lag)
    cast = Cast(db, kept, on=period.last_on, as_of=asked.at)
    within = within_of(kept, asked, on=period.last_on)
    tallies = tallied(db, kept.id, windows=[window], as_of=asked.at, within=within)
    (table,) = tables(tallies, windows=1)
    pairs = {
        (cast.unit_keys[unit_id], cast.duties[obligation_id].code): line
        for (obligation_id, unit_id), line in table.pairs.items()
        if line.boxes.total
    }
    units = tuple(one for one in unit_lines(table.by_unit, cast=cast) if one.line.boxes.total)
    duties = duty_lines(table.pairs, cast=cast, says=kept.says)
    return Overview(
        period=period,
        cut_off=window.cut_off,
        as_of=asked.at,
        previous_cut_off=window.previous_cut_off,
        is_running=asked.at < first_instant(period.until_on, kept.zone),
        total=table.total,
        duties=tuple(one for one in duties if one.line.boxes.total),
        units=units,
        pairs=pairs,
        kinds={unit.key: cast.kind(unit.key) for unit in units},
        quarters=_quarters(db, kept, period, asked, within, number=quarters),
        offered=tuple(sorted((duty.code, duty.title) for duty in cast.duties.values())),
    )


def running_period(kept: Kept, *, today: date) -> Period:
    """The quarter in which a day lies, or the agreement's nearest one."""
    says = kept.says
    day = max(says.starts_on, min(today, kept.last_until - timedelta(days=1)))
    return reporting_year(says.settings.reporting).period_containing(day, Length.QUARTER)


def periods_offered(kept: Kept, *, today: date) -> dict[Length, list[Period]]:
    """The periods of an agreement that have begun, by length, the latest first."""
    year = reporting_year(kept.says.settings.reporting)
    last_on = running_period(kept, today=today).last_on
    found = {}
    for length in LENGTHS:
        first = year.period_containing(kept.says.starts_on, length)
        until_on = year.period_containing(last_on, length).until_on
        found[length] = list(reversed(year.periods_between(first.from_on, until_on, length)))
    return found


def lag_of(kept: Kept, cut_offs: Iterable[tuple[str, datetime]], *, period: str) -> timedelta:
    """How long after their periods an agreement's figures are cut off.

    As in the latest report on this period; without one, as in the latest report there is,
    so that nothing which that one counted is carried over again. ``cut_offs`` are those of
    its reports with their periods, the latest last.
    """
    year = reporting_year(kept.says.settings.reporting)
    lags: list[tuple[str, timedelta]] = []
    for key, cut_off in cut_offs:
        ends_at = first_instant(year.period_by_key(key).until_on, kept.zone)
        lags.append((key, cut_off - ends_at))
    own = [lag for key, lag in lags if key == period]
    if own:
        return own[-1]
    # A report that was cut off within its period says nothing of other periods.
    return next((lag for _, lag in reversed(lags) if lag >= timedelta()), timedelta())


def window_of(kept: Kept, period: Period, *, at: datetime, lag: timedelta) -> Window:
    """The window of a period as it is judged now."""
    # Nothing is judged later than now: what is not due yet is no default.
    return Window(
        from_on=period.from_on,
        until_on=period.until_on,
        previous_cut_off=min(at, first_instant(period.from_on, kept.zone) + lag),
        cut_off=min(at, first_instant(period.until_on, kept.zone) + lag),
        zone=kept.zone,
    )


def within_of(kept: Kept, asked: Asked, *, on: date) -> ColumnElement[bool] | None:
    """The condition on ``task`` rows for what is asked for. Raises ``overview.unknown``."""
    limits = [] if asked.within is None else [asked.within]
    if asked.obligation is not None:
        if asked.obligation not in {version.says.code for version in kept.versions}:
            raise Refusal("overview.unknown", what=asked.obligation)
        meant = select(obligation.c.id).where(
            obligation.c.agreement_id == kept.id, obligation.c.code == asked.obligation
        )
        limits.append(task.c.obligation_id.in_(meant))
    if asked.party is not None:
        if asked.party not in {party.code for party in kept.says.parties}:
            raise Refusal("overview.unknown", what=asked.party)
        limits.append(task.c.unit_id.in_(units_of_party(kept.says.parties, asked.party, on=on)))
    return and_(*limits) if limits else None


def _quarters(
    db: Connection,
    kept: Kept,
    period: Period,
    asked: Asked,
    within: ColumnElement[bool] | None,
    *,
    number: int,
) -> tuple[Quarter, ...]:
    if not number:
        return ()
    year = reporting_year(kept.says.settings.reporting)
    today = asked.at.astimezone(kept.zone).date()
    last = year.period_containing(
        min(period.last_on, running_period(kept, today=today).last_on), Length.QUARTER
    )
    first = year.period_containing(kept.says.starts_on, Length.QUARTER)
    shown = year.periods_between(first.from_on, last.until_on, Length.QUARTER)[-number:]
    windows = [window_of(kept, quarter, at=asked.at, lag=asked.lag) for quarter in shown]
    tallies = tallied(db, kept.id, windows=windows, as_of=asked.at, within=within, by_unit=False)
    counted = tables(tallies, windows=len(windows))
    found = [
        Quarter(period=quarter, line=table.total)
        for quarter, table in zip(shown, counted, strict=True)
    ]
    # Quarters before anything was tracked say nothing.
    return tuple(dropwhile(lambda quarter: not quarter.line.boxes.total, found))
