"""From a trigger and the agreement's span to the occasions that the calendar foresees.

Knows once, every, day and the evaluations of when. Refuses to know what nobody can foresee:
meetings and requests (event) and fulfilments (after) become occasions when they happen.

An occasion belongs to the window and to the agreement by its **anchor**: a period's first
day, the day itself, an evaluation's day. So the windows ``[a, b)`` and ``[b, c)`` give
together exactly what ``[a, c)`` gives, however time is cut.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, assert_never

from workflow.domain import lunar
from workflow.domain.errors import Refusal
from workflow.domain.periods import CALENDAR
from workflow.domain.repetition import rule_days
from workflow.domain.triggers import After, CalendarKind, Day, Event, Every, Length, Once, When

if TYPE_CHECKING:
    from workflow.domain.periods import Period, ReportingYear
    from workflow.domain.triggers import Trigger

# How long a month can be: the solar ones as in a leap year.
_SOLAR_MONTHS: Final = {month: monthrange(2000, month)[1] for month in range(1, 13)}
_LUNAR_MONTHS: Final = dict.fromkeys(range(1, 13), 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """One foreseen occasion; proof must belong to the days ``[from_on, until_on)``."""

    key: str
    anchor_on: date
    from_on: date
    until_on: date


def scheduled(
    trigger: Trigger,
    *,
    starts_on: date,
    ends_on: date,
    from_on: date,
    until_on: date,
    reporting: ReportingYear = CALENDAR,
) -> tuple[Scheduled, ...]:
    """The occasions whose anchor lies in the agreement and in ``[from_on, until_on)``, by day.

    ``[starts_on, ends_on)`` is the agreement's span; a rule without a start of its own
    starts with it. A period of ``every`` that begins before the agreement is none of its.
    The occasion of a rule lasts until the rule's next day, the last one's until the day
    that would follow. A lunar day 30 is the 29th in a month of 29 days; a 29 February is
    left out of other years. ``when`` is anchored on the day of its evaluation, and the
    agreement owes it when the period's first day lies within: the last quarter is
    evaluated although the agreement has ended by then. ``event`` and ``after`` foresee
    nothing.

    The answer depends on the arguments alone and is remembered. Raises ``Refusal`` for a
    rule that cannot be read (see ``check_rule``), ``recurrence.no_such_day`` for a day
    that no year has, and ``lunar.day_unknown`` past the table of ``workflow.domain.lunar``.
    """
    return _remembered(trigger, reporting, (starts_on, ends_on), (from_on, until_on))


def evaluated_on(trigger: When, period: Period) -> date:
    """The day at whose end a period's figure is looked at."""
    return _later(period.last_on, trigger.evaluated_after)


@lru_cache(maxsize=8192)
def _remembered(
    trigger: Trigger,
    reporting: ReportingYear,
    span: tuple[date, date],
    window: tuple[date, date],
) -> tuple[Scheduled, ...]:
    if isinstance(trigger, When):
        return _evaluations(trigger, reporting, span, window)
    begin, end = max(span[0], window[0]), min(span[1], window[1])
    match trigger:
        case Once():
            occasions = [_of_day(trigger.on)] if begin <= trigger.on < end else []
        case Every(period=Length() as length):
            periods = reporting.periods_between(begin, end, length)
            occasions = [_of_period(period, period.from_on) for period in periods]
        case Every():
            occasions = _of_rule(trigger, trigger.starts or span[0], begin, end)
        case Day():
            occasions = _of_yearly_day(trigger, begin, end)
        case Event() | After():
            occasions = []
        case _:
            assert_never(trigger)
    return tuple(occasions)


def _evaluations(
    trigger: When,
    reporting: ReportingYear,
    span: tuple[date, date],
    window: tuple[date, date],
) -> tuple[Scheduled, ...]:
    return tuple(
        _of_period(period, day)
        for period in reporting.periods_between(*span, trigger.period)
        if window[0] <= (day := evaluated_on(trigger, period)) < window[1]
    )


def _of_rule(trigger: Every, starts: date, begin: date, end: date) -> list[Scheduled]:
    days = rule_days(trigger.rule or "", starts, from_on=begin, until_on=end)
    return [
        Scheduled(key=day.isoformat(), anchor_on=day, from_on=day, until_on=following)
        for day, following in days
    ]


def _of_yearly_day(trigger: Day, begin: date, end: date) -> list[Scheduled]:
    _check_day(trigger)
    if begin >= end:
        return []
    if trigger.calendar is CalendarKind.LUNAR:
        for known in (begin, end - timedelta(days=1)):
            lunar.lunar_day(known)
        first = lunar.lunar_day(begin).year
        years = range(first, lunar.lunar_day(end - timedelta(days=1)).year + 1)
        days: list[date | None] = [_lunar(trigger, year) for year in years]
    else:
        days = [_solar(trigger, year) for year in range(begin.year, end.year + 1)]
    return [
        _of_day(day, before=trigger.before, after=trigger.after)
        for day in days
        if day is not None and begin <= day < end
    ]


def _check_day(trigger: Day) -> None:
    longest = _LUNAR_MONTHS if trigger.calendar is CalendarKind.LUNAR else _SOLAR_MONTHS
    if not 1 <= trigger.day <= longest.get(trigger.month, 0):
        raise Refusal("recurrence.no_such_day", month=trigger.month, day=trigger.day)


def _solar(trigger: Day, year: int) -> date | None:
    _, length = monthrange(year, trigger.month)
    return date(year, trigger.month, trigger.day) if trigger.day <= length else None


def _lunar(trigger: Day, year: int) -> date:
    length = lunar.month_length(year, trigger.month)
    return lunar.solar_day(year, trigger.month, min(trigger.day, length))


def _of_day(day: date, *, before: int = 0, after: int = 0) -> Scheduled:
    return Scheduled(
        key=day.isoformat(),
        anchor_on=day,
        from_on=_later(day, -before),
        until_on=_later(day, after + 1),
    )


def _of_period(period: Period, anchor_on: date) -> Scheduled:
    return Scheduled(
        key=period.key, anchor_on=anchor_on, from_on=period.from_on, until_on=period.until_on
    )


def _later(day: date, days: int) -> date:
    """A day moved by days, kept within the calendar's first and last day."""
    ordinal = day.toordinal() + days
    return date.fromordinal(max(date.min.toordinal(), min(ordinal, date.max.toordinal())))
