"""Months, quarters, half-years and years of a reporting year, half-open and with a key each.

Knows where a reporting year begins and how its periods tile time. Refuses to know what is
owed in a period, and the words for one: a label is a code with facts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import TYPE_CHECKING, Final

from workflow.domain.errors import Refusal
from workflow.domain.triggers import Length

if TYPE_CHECKING:
    from collections.abc import Mapping

_MONTHS_A_YEAR: Final = 12
_MONTHS: Final[Mapping[Length, int]] = {
    Length.MONTH: 1,
    Length.QUARTER: 3,
    Length.HALF_YEAR: 6,
    Length.YEAR: 12,
}
_LENGTHS: Final[Mapping[int, Length]] = {months: length for length, months in _MONTHS.items()}

_KEY: Final = re.compile(
    r"(?P<year>\d{4})"
    r"(?:-(?P<month>\d{2})|-Q(?P<quarter>\d)|-H(?P<half>\d)|-(?P<to_date>[1-9]\d?)M)?",
    re.ASCII,
)
_CUSTOM: Final = re.compile(r"custom:(?P<day>[1-9]\d?):(?P<shift>-?\d{1,2})", re.ASCII)
_LAST_SHARED_DAY: Final = 28  # every month has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days ``[from_on, until_on)`` that a reporting year calls by one name.

    ``number`` counts the periods of a length within the ``year``, from 1. Where ``length``
    is None, the period is the first ``number`` months of the year: a cumulative one that
    has no name of its own, such as the nine months.
    """

    year: int
    length: Length | None
    number: int
    from_on: date
    until_on: date

    @property
    def key(self) -> str:
        """Its readable key: ``2024-03``, ``2024-Q1``, ``2024-H1``, ``2024`` or ``2024-9M``."""
        match self.length:
            case Length.MONTH:
                return f"{self.year:04}-{self.number:02}"
            case Length.QUARTER:
                return f"{self.year:04}-Q{self.number}"
            case Length.HALF_YEAR:
                return f"{self.year:04}-H{self.number}"
            case Length.YEAR:
                return f"{self.year:04}"
            case _:
                return f"{self.year:04}-{self.number}M"

    @property
    def label(self) -> tuple[str, dict[str, int | str]]:
        """The code of its words and their facts; a quarter also has its ``roman`` number."""
        facts: dict[str, int | str] = {"year": self.year, "number": self.number}
        match self.length:
            case Length.MONTH:
                return "period.month", facts
            case Length.QUARTER:
                return "period.quarter", facts | {
                    "roman": ("I", "II", "III", "IV")[self.number - 1]
                }
            case Length.HALF_YEAR:
                return ("period.first_half" if self.number == 1 else "period.second_half"), facts
            case Length.YEAR:
                return "period.year", facts
            case _:
                return "period.months_to_date", facts

    @property
    def last_on(self) -> date:
        """Its last day."""
        return date.fromordinal(self.until_on.toordinal() - 1)

    def covers(self, day: date) -> bool:
        """Whether the day lies within."""
        return self.from_on <= day < self.until_on


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingYear:
    """A year whose month m begins on ``start_day`` of the calendar month m + ``month_shift``.

    Months and quarters nest in half-years and years, and each length tiles time. All that
    it answers raises ``Refusal("period.out_of_range")`` for a period that does not lie
    wholly within the years 1 to 9999.
    """

    name: str
    start_day: int = 1
    month_shift: int = 0

    def period_containing(self, day: date, length: Length) -> Period:
        """The period of a length in which a day lies."""
        return self._numbered(self._month_of(day) // _MONTHS[length], length)

    def periods_between(self, from_on: date, until_on: date, length: Length) -> tuple[Period, ...]:
        """The periods whose **first day** lies in ``[from_on, until_on)``, in order.

        So neighbouring windows never share a period and never lose one. Periods that the
        last representable year cuts off are left out.
        """
        if from_on >= until_on:
            return ()
        months = _MONTHS[length]
        first = -(-self._first_month_from(from_on) // months)
        last = min(-(-self._first_month_from(until_on) // months), self._past_the_end // months)
        return tuple(self._numbered(index, length) for index in range(first, last))

    def period_by_key(self, key: str) -> Period:
        """The period that a key names; ``2024-3M``, ``-6M``, ``-12M`` are Q1, H1 and the year.

        Raises ``Refusal("period.bad_key")`` for anything that no period bears.
        """
        found = _KEY.fullmatch(key)
        if found is None:
            raise Refusal("period.bad_key", key=key)
        year = int(found["year"])
        if found["to_date"] is not None:
            if int(found["to_date"]) > _MONTHS_A_YEAR:
                raise Refusal("period.bad_key", key=key)
            return self._first_months(year, int(found["to_date"]))
        if found["month"] is not None:
            length, number = Length.MONTH, int(found["month"])
        elif found["quarter"] is not None:
            length, number = Length.QUARTER, int(found["quarter"])
        elif found["half"] is not None:
            length, number = Length.HALF_YEAR, int(found["half"])
        else:
            length, number = Length.YEAR, 1
        a_year = _MONTHS_A_YEAR // _MONTHS[length]
        if not 1 <= number <= a_year:
            raise Refusal("period.bad_key", key=key)
        return self._numbered(year * a_year + number - 1, length)

    def previous(self, period: Period) -> Period:
        """The period of the same length before it; of a cumulative one, last year's."""
        return self._moved(period, -1)

    def following(self, period: Period) -> Period:
        """The period of the same length after it; of a cumulative one, next year's."""
        return self._moved(period, 1)

    def same_last_year(self, period: Period) -> Period:
        """The period of the same name, a year before (cùng kỳ)."""
        if period.length is None:
            return self._moved(period, -1)
        return self._moved(period, -_MONTHS_A_YEAR // _MONTHS[period.length])

    def year_to_date(self, period: Period) -> Period:
        """From the first day of its year to its last day (lũy kế), under the plainest name.

        Of Q2 it is the first half-year, of Q3 the nine months, of the last period the year.
        """
        months = period.number * (1 if period.length is None else _MONTHS[period.length])
        return self._first_months(period.year, months)

    def common_boundary(self, on_or_after: date, first: Length, second: Length) -> date:
        """The first day, not before a day, on which periods of both lengths begin.

        An amendment that changes the length of an obligation's periods takes effect on
        such a day, so that no day is owed twice or never. Shorter periods nest in longer
        ones, so it is a boundary of the longer.
        """
        length = max(first, second, key=lambda length: _MONTHS[length])
        containing = self.period_containing(on_or_after, length)
        return on_or_after if containing.from_on == on_or_after else containing.until_on

    def _first_months(self, year: int, months: int) -> Period:
        begin = year * _MONTHS_A_YEAR
        length = _LENGTHS.get(months)
        if length is not None:
            return self._numbered(begin // months, length)
        return Period(
            year=year,
            length=None,
            number=months,
            from_on=self._first_day(begin),
            until_on=self._first_day(begin + months),
        )

    def _moved(self, period: Period, by: int) -> Period:
        if period.length is None:
            return self._first_months(period.year + by, period.number)
        a_year = _MONTHS_A_YEAR // _MONTHS[period.length]
        return self._numbered(period.year * a_year + period.number - 1 + by, period.length)

    def _numbered(self, index: int, length: Length) -> Period:
        """The index-th period of a length; index 0 is the first of the year 0."""
        months = _MONTHS[length]
        year, before = divmod(index, _MONTHS_A_YEAR // months)
        return Period(
            year=year,
            length=length,
            number=before + 1,
            from_on=self._first_day(index * months),
            until_on=self._first_day((index + 1) * months),
        )

    # Months are numbered through: year * 12 + month - 1, in the reporting year's own names.

    @property
    def _past_the_end(self) -> int:
        """The last month whose first day can be the end of a period."""
        last_calendar_month = MAXYEAR * _MONTHS_A_YEAR + _MONTHS_A_YEAR - 1
        return min(last_calendar_month - self.month_shift, (MAXYEAR + 1) * _MONTHS_A_YEAR)

    def _month_of(self, day: date) -> int:
        calendar_month = day.year * _MONTHS_A_YEAR + day.month - 1
        return calendar_month - self.month_shift - (day.day < self.start_day)

    def _first_month_from(self, day: date) -> int:
        """The first month that begins on the day or later."""
        calendar_month = day.year * _MONTHS_A_YEAR + day.month - 1
        return calendar_month - self.month_shift + (day.day > self.start_day)

    def _first_day(self, month: int) -> date:
        year, before = divmod(month + self.month_shift, _MONTHS_A_YEAR)
        if year < MINYEAR or month > self._past_the_end:
            raise Refusal("period.out_of_range", year=month // _MONTHS_A_YEAR)
        return date(year, before + 1, self.start_day)


#: Calendar months; what Party committees and statistics use.
CALENDAR: Final = ReportingYear(name="calendar")
#: Decree 09/2019/NĐ-CP, article 12: the month runs from the 15th of the month before.
ND09: Final = ReportingYear(name="nd09", start_day=15, month_shift=-1)

_PRESETS: Final = {year.name: year for year in (CALENDAR, ND09)}


def reporting_year(name: str) -> ReportingYear:
    """The reporting year of a name: ``calendar``, ``nd09`` or ``custom:DAY:SHIFT``.

    ``custom:20:-1`` begins each month on the 20th of the month before; DAY is 1 to 28 and
    SHIFT -11 to 11 months. Raises ``Refusal("reporting_year.unknown")``.
    """
    if name in _PRESETS:
        return _PRESETS[name]
    found = _CUSTOM.fullmatch(name)
    if found is not None:
        day, shift = int(found["day"]), int(found["shift"])
        if day <= _LAST_SHARED_DAY and abs(shift) < _MONTHS_A_YEAR:
            return ReportingYear(name=name, start_day=day, month_shift=shift)
    raise Refusal("reporting_year.unknown", name=name)
