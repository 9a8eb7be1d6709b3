"""Which periods an agreement is reported on, and at which instants each of them is judged.

Pure, over an agreement. A period that has ended is judged at the cut-off of its report, a
running one at the present. Refuses to know the database, tasks and people.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from workflow.domain.errors import Refusal
from workflow.domain.periods import (
    NINE_MONTHS,
    PROGRAMME,
    Cumulative,
    programme,
    reporting_year,
)
from workflow.domain.timeliness import first_instant
from workflow.domain.triggers import Length
from workflow.store.tallies import Window

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from workflow.catalogue import Kept
    from workflow.domain.periods import Period, ReportingYear

#: So many quarters are shown beside one another.
QUARTERS: Final = 8
#: The lengths of periods that are looked at, in the order in which they are offered.
LENGTHS: Final = (
    Length.QUARTER,
    Length.MONTH,
    Length.HALF_YEAR,
    Cumulative.MONTHS_TO_DATE,
    Length.YEAR,
    Cumulative.PROGRAMME,
)
#: Days between which everything lies; a day before and behind them can still be reckoned.
FIRST_DAY: Final = date(1000, 1, 1)
_LAST_DAY: Final = date(9998, 1, 1)


def whole_programme(kept: Kept) -> Period:
    """The agreement from its first day to its last, or to the day on which it was ended."""
    starts_on = kept.says.starts_on
    return programme(starts_on, max(kept.last_until, starts_on + timedelta(days=1)))


def period_named(kept: Kept, key: str) -> Period:
    """The period of a key, by the agreement's reporting year, or its whole programme.

    Raises ``Refusal("period.bad_key")``.
    """
    if key == PROGRAMME:
        return whole_programme(kept)
    return reporting_year(kept.says.settings.reporting).period_by_key(key)


def period_of(kept: Kept, key: str) -> Period:
    """The period of a key within an agreement.

    Raises ``Refusal``: ``period.bad_key``, ``report.period_outside``.
    """
    period = period_named(kept, key)
    says = kept.says
    if period.until_on <= says.starts_on or says.ends_on <= period.from_on:
        raise Refusal(
            "report.period_outside",
            period=key,
            agreement=says.code,
            starts_on=says.starts_on.isoformat(),
            ends_on=says.ends_on.isoformat(),
        )
    return period


def days_counted(period: Period) -> tuple[date, date]:
    """The days ``[from, until)`` on which what a period counts is due.

    The programme counts everything, also what is due before it begins or after it ends.
    """
    if period.length is Cumulative.PROGRAMME and period.number == 1:
        return FIRST_DAY, _LAST_DAY
    return period.from_on, period.until_on


def running_period(kept: Kept, *, today: date) -> Period:
    """The quarter in which a day lies, or the agreement's nearest one."""
    says = kept.says
    day = max(says.starts_on, min(today, kept.last_until - timedelta(days=1)))
    return reporting_year(says.settings.reporting).period_containing(day, Length.QUARTER)


def periods_offered(kept: Kept, *, today: date) -> dict[Length | Cumulative, list[Period]]:
    """The periods of an agreement that have begun, by length, the latest first."""
    year = reporting_year(kept.says.settings.reporting)
    starts_on = kept.says.starts_on
    day = max(starts_on, min(today, kept.last_until - timedelta(days=1)))
    found: dict[Length | Cumulative, list[Period]] = {}
    for length in LENGTHS:
        match length:
            case Cumulative.PROGRAMME:
                found[length] = [whole_programme(kept)]
            case Cumulative.MONTHS_TO_DATE:
                years = _begun(year, starts_on, day, Length.YEAR)
                nine = (year.first_months(one.year, NINE_MONTHS) for one in years)
                found[length] = [one for one in nine if one.until_on > starts_on]
            case _:
                found[length] = _begun(year, starts_on, day, length)
    return found


def _begun(year: ReportingYear, starts_on: date, day: date, length: Length) -> list[Period]:
    first = year.period_containing(starts_on, length)
    until_on = year.period_containing(day, length).until_on
    return list(reversed(year.periods_between(first.from_on, until_on, length)))


def quarters_up_to(kept: Kept, period: Period, *, today: date, number: int) -> list[Period]:
    """So many quarters up to a period, or up to the running one where it goes beyond."""
    if not number:
        return []
    year = reporting_year(kept.says.settings.reporting)
    last_on = min(period.last_on, running_period(kept, today=today).last_on)
    last = year.period_containing(last_on, Length.QUARTER)
    first = year.period_containing(kept.says.starts_on, Length.QUARTER)
    return list(year.periods_between(first.from_on, last.until_on, Length.QUARTER)[-number:])


def lag_of(kept: Kept, cut_offs: Iterable[tuple[str, datetime]], *, period: str) -> timedelta:
    """How long after its end a period's figures are cut off.

    As in the latest report on this period; without one, as in the latest report there is,
    so that nothing which that one counted is carried over again. ``cut_offs`` are those of
    the agreement's reports with their periods, the latest last.
    """
    lags: list[tuple[str, timedelta]] = []
    for key, cut_off in cut_offs:
        ends_at = first_instant(period_named(kept, key).until_on, kept.zone)
        lags.append((key, cut_off - ends_at))
    own = [lag for key, lag in lags if key == period]
    if own:
        return own[-1]
    # A report that was cut off within its period says nothing of other periods.
    return next((lag for _, lag in reversed(lags) if lag >= timedelta()), timedelta())


def window_of(kept: Kept, period: Period, *, at: datetime, lag: timedelta) -> Window:
    """The window of a period as it is judged at an instant."""
    # Nothing is judged later than now: what is not due yet is no default.
    from_on, until_on = days_counted(period)
    return Window(
        from_on=from_on,
        until_on=until_on,
        previous_cut_off=min(at, first_instant(from_on, kept.zone) + lag),
        cut_off=min(at, first_instant(period.until_on, kept.zone) + lag),
        zone=kept.zone,
    )
