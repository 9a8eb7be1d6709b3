"""Months, quarters, half-years and years of a reporting year, half-open and with a key each.

Knows on which days a reporting year is cut off and how its periods tile time, and the one
period that follows no year: the whole programme. Refuses to know what is owed in a period,
and the words for one: a label is a code with facts.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from workflow.domain.errors import Refusal
from workflow.domain.triggers import Length

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
_CUT_OFF: Final = re.compile(r"cut-off:(?P<days>\d{1,2}(?:,\d{1,2})*)", re.ASCII)
_LAST_SHARED_DAY: Final = 28  # every month has it
_LAST_DAY: Final = 31

#: The cumulative period that offices report on and that has no length of its own.
NINE_MONTHS: Final = 9

#: The key of the one period that an agreement has of itself, whatever its days.
PROGRAMME: Final = "programme"


class Cumulative(StrEnum):
    """The lengths of periods that no year is divided into."""

    MONTHS_TO_DATE = "months_to_date"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days ``[from_on, until_on)`` that a reporting year calls by one name.

    ``number`` counts the periods of a length within the ``year``, from 1. Of the months to
    date it is their number: the first nine of a year, say. The programme begins in the
    calendar year ``year``, and its number is 1; of the same days before it began it is 0.
    """

    year: int
    length: Length | Cumulative
    number: int
    from_on: date
    until_on: date

    @property
    def key(self) -> str:
        """Its readable key: ``2024-03``, ``-Q1``, ``-H1``, ``-9M``, ``2024`` or ``programme``."""
        match self.length:
            case Length.MONTH:
                return f"{self.year:04}-{self.number:02}"
            case Length.QUARTER:
                return f"{self.year:04}-Q{self.number}"
            case Length.HALF_YEAR:
                return f"{self.year:04}-H{self.number}"
            case Length.YEAR:
                return f"{self.year:04}"
            case Cumulative.MONTHS_TO_DATE:
                return f"{self.year:04}-{self.number}M"
            case _:
                return PROGRAMME

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
            case Cumulative.MONTHS_TO_DATE:
                return "period.months_to_date", facts
            case _:
                first, last = self.year, self.last_on.year
                years = f"{first:04}" if first == last else f"{first:04}–{last:04}"
                return "period.programme", {"years": years}

    @property
    def last_on(self) -> date:
        """Its last day."""
        return date.fromordinal(self.until_on.toordinal() - 1)

    def covers(self, day: date) -> bool:
        """Whether the day lies within."""
        return self.from_on <= day < self.until_on


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingYear:
    """A year whose months are cut off on days of their own, and begin on the days after.

    The month m ends on ``cut_offs[m - 1]`` of the calendar month m + ``month_shift``, or on
    the last day of that month where it is shorter. Months and quarters nest in half-years
    and years, and each length tiles time. All that it answers raises
    ``Refusal("period.out_of_range")`` for a period that does not lie wholly within the
    years 1 to 9999.
    """

    name: str
    cut_offs: tuple[int, ...] = (_LAST_DAY,) * _MONTHS_A_YEAR
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
            return self.first_months(year, int(found["to_date"]))
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
        """The period of the same length before it.

        Of the months to date it is last year's, of a programme the same days before it began.
        """
        return self._moved(period, -1)

    def following(self, period: Period) -> Period:
        """The period of the same length after it, as ``previous`` is before."""
        return self._moved(period, 1)

    def same_last_year(self, period: Period) -> Period:
        """The period of the same name, a year before (cùng kỳ); of a programme the previous."""
        return self._moved(period, -_a_year(period.length))

    def year_to_date(self, period: Period) -> Period:
        """From the first day of its year to its last day (lũy kế), under the plainest name.

        Of Q2 it is the first half-year, of Q3 the nine months, of the last period the year;
        of the programme the programme.
        """
        if period.length is Cumulative.PROGRAMME:
            return period
        months = 1 if isinstance(period.length, Cumulative) else _MONTHS[period.length]
        return self.first_months(period.year, period.number * months)

    def first_months(self, year: int, months: int) -> Period:
        """The first so many months of a year, 1 to 12, under the plainest name."""
        begin = year * _MONTHS_A_YEAR
        length = _LENGTHS.get(months)
        if length is not None:
            return self._numbered(begin // months, length)
        return Period(
            year=year,
            length=Cumulative.MONTHS_TO_DATE,
            number=months,
            from_on=self._first_day(begin),
            until_on=self._first_day(begin + months),
        )

    def common_boundary(self, on_or_after: date, first: Length, second: Length) -> date:
        """The first day, not before a day, on which periods of both lengths begin.

        An amendment that changes the length of an obligation's periods takes effect on
        such a day, so that no day is owed twice or never. Shorter periods nest in longer
        ones, so it is a boundary of the longer.
        """
        length = max(first, second, key=lambda length: _MONTHS[length])
        containing = self.period_containing(on_or_after, length)
        return on_or_after if containing.from_on == on_or_after else containing.until_on

    def _moved(self, period: Period, by: int) -> Period:
        if period.length is Cumulative.PROGRAMME:
            return _programme_moved(period, by)
        if isinstance(period.length, Cumulative):
            return self.first_months(period.year + by, period.number)
        a_year = _a_year(period.length)
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
        last = _LAST_MONTH - self.month_shift
        # Of a month that ends with the calendar, the next has no first day.
        last += self.cut_offs[last % _MONTHS_A_YEAR] < _LAST_DAY
        return min(last, (MAXYEAR + 1) * _MONTHS_A_YEAR)

    def _month_of(self, day: date) -> int:
        month = day.year * _MONTHS_A_YEAR + day.month - 1 - self.month_shift
        return month + (day.day > self.cut_offs[month % _MONTHS_A_YEAR])

    def _first_month_from(self, day: date) -> int:
        """The first month that begins on the day or later."""
        if day > date.min:
            return self._month_of(day - _A_DAY) + 1
        month = self._month_of(day)
        return month + (self.cut_offs[(month - 1) % _MONTHS_A_YEAR] < _LAST_DAY)

    def _first_day(self, month: int) -> date:
        if month > self._past_the_end:
            raise Refusal("period.out_of_range", year=month // _MONTHS_A_YEAR)
        year, before = divmod(month - 1 + self.month_shift, _MONTHS_A_YEAR)
        cut_off = self.cut_offs[(month - 1) % _MONTHS_A_YEAR]
        if (year, before) == _BEFORE_ALL and cut_off == _LAST_DAY:
            return date.min
        if year < MINYEAR:
            raise Refusal("period.out_of_range", year=month // _MONTHS_A_YEAR)
        _, length = monthrange(year, before + 1)
        return date(year, before + 1, min(cut_off, length)) + _A_DAY


_A_DAY: Final = timedelta(days=1)
_LAST_MONTH: Final = MAXYEAR * _MONTHS_A_YEAR + _MONTHS_A_YEAR - 1
#: The December before the first day that there is.
_BEFORE_ALL: Final = (MINYEAR - 1, _MONTHS_A_YEAR - 1)

#: Calendar months; what Party committees and statistics use.
CALENDAR: Final = ReportingYear(name="calendar")
#: Decree 09/2019/NĐ-CP, article 12: the month runs from the 15th of the month before.
ND09: Final = ReportingYear(name="nd09", cut_offs=(14,) * _MONTHS_A_YEAR)

_PRESETS: Final = {year.name: year for year in (CALENDAR, ND09)}


def reporting_year(name: str) -> ReportingYear:
    """The reporting year of a name: ``calendar``, ``nd09``, ``cut-off:DAY`` or ``custom:…``.

    ``cut-off:20`` ends each month on the 20th, ``cut-off:`` with twelve days each on its
    own; the days are 1 to 31, and beyond the end of a month they are its last.
    ``custom:DAY:SHIFT`` begins each month on that DAY, 1 to 28, SHIFT months, -11 to 11,
    after the calendar's. Raises ``Refusal("reporting_year.unknown")``.
    """
    if name in _PRESETS:
        return _PRESETS[name]
    if days := reporting_days(name):
        if len(days) in {1, _MONTHS_A_YEAR} and 1 <= min(days) <= max(days) <= _LAST_DAY:
            return ReportingYear(name=name, cut_offs=days * (_MONTHS_A_YEAR // len(days)))
    elif found := _CUSTOM.fullmatch(name):
        day, shift = int(found["day"]), int(found["shift"])
        if day <= _LAST_SHARED_DAY and abs(shift) < _MONTHS_A_YEAR:
            if day == 1:
                return ReportingYear(name=name, month_shift=shift)
            cut_offs = (day - 1,) * _MONTHS_A_YEAR
            return ReportingYear(name=name, cut_offs=cut_offs, month_shift=shift + 1)
    raise Refusal("reporting_year.unknown", name=name)


def reporting_name(cut_off_days: Sequence[int]) -> str:
    """The name of the reporting year that is cut off on these days: one, or twelve."""
    return f"cut-off:{','.join(map(str, cut_off_days))}"


def reporting_days(name: str) -> tuple[int, ...]:
    """The days that such a name says, one or twelve; of any other reporting year none."""
    found = _CUT_OFF.fullmatch(name)
    return tuple(int(day) for day in found["days"].split(",")) if found else ()


def programme(starts_on: date, ends_on: date) -> Period:
    """The whole of ``[starts_on, ends_on)`` as one period (toàn giai đoạn)."""
    return Period(
        year=starts_on.year,
        length=Cumulative.PROGRAMME,
        number=1,
        from_on=starts_on,
        until_on=ends_on,
    )


def _programme_moved(period: Period, by: int) -> Period:
    span = (period.until_on - period.from_on) * by
    try:
        moved = programme(period.from_on + span, period.until_on + span)
    except OverflowError as beyond:
        raise Refusal("period.out_of_range", year=period.year) from beyond
    return replace(moved, number=period.number + by)


def label_of(key: str) -> tuple[str, dict[str, int | str]]:
    """The code of the words of a key and their facts, the same in every reporting year.

    Raises ``Refusal("period.bad_key")`` for what names no period.
    """
    if key == PROGRAMME:
        return "period.whole_programme", {}
    return CALENDAR.period_by_key(key).label


def _a_year(length: Length | Cumulative) -> int:
    """How many periods of a length a year has; one that is cumulative comes once."""
    return 1 if isinstance(length, Cumulative) else _MONTHS_A_YEAR // _MONTHS[length]
