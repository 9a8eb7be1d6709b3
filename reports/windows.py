"""Which periods a board shows, and at which instants each of them is judged.

Pure, over an agreement. A period that has ended is judged at the cut-off of its report, a
running one at the present. Refuses to know the database, tasks and people.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from workflow.domain.periods import reporting_year
from workflow.domain.timeliness import first_instant
from workflow.domain.triggers import Length
from workflow.store.tallies import Window

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from workflow.catalogue import Kept
    from workflow.domain.periods import Period

#: So many quarters are shown beside one another.
QUARTERS: Final = 8
#: The lengths that a board is looked at, in the order in which they are offered.
LENGTHS: Final = (Length.QUARTER, Length.HALF_YEAR, Length.YEAR)


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
    """The window of a period as it is judged at an instant."""
    # Nothing is judged later than now: what is not due yet is no default.
    return Window(
        from_on=period.from_on,
        until_on=period.until_on,
        previous_cut_off=min(at, first_instant(period.from_on, kept.zone) + lag),
        cut_off=min(at, first_instant(period.until_on, kept.zone) + lag),
        zone=kept.zone,
    )
