"""Which days are worked, how they are counted, and where a day off is rolled to.

Knows a calendar as data: weekend, days off, days worked all the same. Refuses to know any
country, and where the days come from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from workflow.domain.agreement import Roll
from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DAY: Final = timedelta(days=1)
_WEEK: Final = frozenset(range(7))
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class RollReason:
    """Why a day was moved: a code and facts; days in the facts are ISO text."""

    code: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """Where a day went, and why; without reasons it stayed."""

    day: date
    reasons: tuple[RollReason, ...] = ()


#: A change of this calendar concerns every calendar.
EVERY_CALENDAR: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """A day that a calendar has off, or works, against what it would have by itself."""

    calendar: str
    day_on: date
    is_off: bool
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """Which days a kind of unit works.

    ``weekend`` holds weekdays (Monday is 0) that are off; ``days_off`` are off besides;
    ``extra_working`` are worked although they lie on a weekend (swapped days). ``names``
    gives the words of some days off and takes no part in comparing calendars.

    Raises ``Refusal("calendar.day_twice")`` where a day is both off and worked, and
    ``Refusal("calendar.never_works")`` for a week without a working day.
    """

    name: str
    weekend: frozenset[int] = frozenset({5, 6})
    days_off: frozenset[date] = frozenset()
    extra_working: frozenset[date] = frozenset()
    names: Mapping[date, str] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        both = self.days_off & self.extra_working
        if both:
            raise Refusal("calendar.day_twice", calendar=self.name, day_on=min(both).isoformat())
        if self.weekend >= _WEEK:
            raise Refusal("calendar.never_works", calendar=self.name)

    def is_working(self, day: date) -> bool:
        """Whether the day is worked."""
        if day in self.extra_working:
            return True
        return day.weekday() not in self.weekend and day not in self.days_off

    def changed(self, changes: Iterable[DayChange]) -> WorkingCalendar:
        """The calendar with the changes that concern it; of two on one day the last holds.

        A change of this very calendar holds against one of every calendar. Other
        calendars' changes are passed over.
        """
        concerning = {EVERY_CALENDAR: dict[date, DayChange](), self.name: dict[date, DayChange]()}
        for change in changes:
            if change.calendar in concerning:
                concerning[change.calendar][change.day_on] = change
        by_day = concerning[EVERY_CALENDAR] | concerning[self.name]
        off = {day for day, change in by_day.items() if change.is_off}
        worked = by_day.keys() - off
        return WorkingCalendar(
            name=self.name,
            weekend=self.weekend,
            days_off=(self.days_off - worked) | off,
            extra_working=(self.extra_working - off) | worked,
            names={**self.names, **{day: by_day[day].name for day in by_day}},
        )

    def add(self, day: date, working_days: int) -> date:
        """The day that lies a number of working days after a day, or before it if negative.

        The day itself is not counted, worked or not; 0 gives it back. Raises
        ``Refusal("calendar.out_of_range")`` past the years 1 to 9999.
        """
        step = _DAY if working_days > 0 else -_DAY
        for _ in range(abs(working_days)):
            day = self._next_working(_stepped(day, step), step)
        return day

    def count(self, first: date, last: date) -> int:
        """How many working days lie from a day to another: the first is not counted, the last is.

        Negative when ``last`` comes before ``first``. So ``count(day, add(day, n)) == n``.
        """
        if last < first:
            return -self._worked(range(last.toordinal(), first.toordinal()))
        return self._worked(range(first.toordinal() + 1, last.toordinal() + 1))

    def rolled(self, day: date, roll: Roll) -> Rolled:
        """Where a convention takes a day, and why. Rolling again changes nothing.

        ``modified-following`` goes to the working day after, unless that lies in another
        month; then to the one before. Raises ``Refusal("calendar.out_of_range")``.
        """
        if roll is Roll.NONE or self.is_working(day):
            return Rolled(day=day)
        if roll is Roll.PRECEDING:
            before = self._next_working(day, -_DAY)
            return Rolled(day=before, reasons=(self._reason(day, before),))
        after = self._next_working(day, _DAY)
        if roll is Roll.MODIFIED_FOLLOWING and after.month != day.month:
            before = self._next_working(day, -_DAY)
            kept = RollReason(
                code="roll.kept_in_month",
                facts={"skipped_on": after.isoformat(), "to_on": before.isoformat()},
            )
            return Rolled(day=before, reasons=(self._reason(day, before), kept))
        return Rolled(day=after, reasons=(self._reason(day, after),))

    def _worked(self, ordinals: range) -> int:
        return sum(self.is_working(date.fromordinal(ordinal)) for ordinal in ordinals)

    def _next_working(self, day: date, step: timedelta) -> date:
        while not self.is_working(day):
            day = _stepped(day, step)
        return day

    def _reason(self, day: date, to: date) -> RollReason:
        facts = {"from_on": day.isoformat(), "to_on": to.isoformat()}
        if day not in self.days_off:
            return RollReason(code=f"roll.{_WEEKDAYS[day.weekday()]}", facts=facts)
        name = self.names.get(day, "")
        if not name:
            return RollReason(code="roll.day_off", facts=facts)
        return RollReason(code="roll.named_day_off", facts=facts | {"name": name})


def _stepped(day: date, step: timedelta) -> date:
    try:
        return day + step
    except OverflowError:
        raise Refusal("calendar.out_of_range", day_on=day.isoformat()) from None
