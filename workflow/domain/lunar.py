"""The Vietnamese lunar calendar: a lunar day to its solar day, and back.

Knows a table of the lunar years 1989 to 2100, so that every day from 6 February 1989 to
28 January 2101 has its lunar name. Refuses to reckon the sky: ``tests/domain/
lunar_reckoning.py`` does that once, in UTC+7, and the tests hold the table to it. Where a
new moon falls within a minute of midnight (May 2054) no reckoning settles the day, and the
table follows the printed calendar.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Final

from workflow.domain.errors import Refusal

FIRST_YEAR: Final = 1989

_MONTHS_A_YEAR: Final = 12
_BYTES_A_YEAR: Final = 3

# Three bytes a year, read as one number. From the lowest bit: 13 bits for the lengths of its
# months in order (set: 30 days, clear: 29), 4 bits for the month that its leap month repeats
# (0: none), 6 bits for the days from 1 January to its first day.
_PACKED: Final = bytes.fromhex("""
    480EC9 34BE92 5A0E92 440D26 2C6A56 500A57 3D1556 62056A
    4A0B55 36B6C9 5C0749 460693 2E952B 54052B 3E0A5B 2A555A
    4E056A 38EB65 5E0BA5 4A0D49 32BA95 580A95 42052D 2C8AAD
    500AB5 3D35AA 6205D2 4C0DA5 36DD4A 5C0E4A 460C96 30992E
    540556 3E0AB5 2A55B2 5006D2 38CEA5 5E0725 48064B 32AC97
    5604AB 40055B 2C6ADA 520B6A 3D7752 620B92 4C0B25 36DA4B
    5A0A4D 4404AD 2EA95B 5405AD 3E0BAA 2A5B52 500D92 3AFD25
    5E0D25 480A55 32B4AD 5804B6 4006B5 2C6DAA 520ECA 3F0E92
    600E93 4C0D2A 36CA56 5A0A5B 44055A 2E8AD5 540B55 40074A
    286E93 4E0A93 38F52B 5E052B 460A9B 32B55A 58056A 420B65
    2C974A 520D4A 3D1A95 620C95 4A092D 34CAAD 5A0AB5 4605AA
    2E8DA5 540EA5 400D4A 2A7D15 4E0C96 38F956 5E0556 480AB5
    32B6B4 5806D4 420EA5 2E8E8A 50068B 3B1497 6004AB 4A095B
    34CADA 5A0B6A 460754 309725 540B45 3E0A8B 28552B 4E04AD
""")

LAST_YEAR: Final = FIRST_YEAR + len(_PACKED) // _BYTES_A_YEAR - 1


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LunarDay:
    """A day as the lunar calendar names it; a leap month comes after the month it repeats."""

    year: int
    month: int
    is_leap: bool = False
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Month:
    number: int
    is_leap: bool
    first_on: date
    length: int


def _months_of(year: int) -> tuple[_Month, ...]:
    place = (year - FIRST_YEAR) * _BYTES_A_YEAR
    packed = int.from_bytes(_PACKED[place : place + _BYTES_A_YEAR], "big")
    leap = packed >> 13 & 0xF
    numbers = list(range(1, _MONTHS_A_YEAR + 1))
    if leap:
        numbers.insert(leap, leap)
    lengths = [29 + (packed >> index & 1) for index in range(len(numbers))]
    first_on = date(year, 1, 1) + timedelta(days=packed >> 17)
    return tuple(
        _Month(
            number=number,
            is_leap=index == leap > 0,
            first_on=first_on + timedelta(days=days),
            length=length,
        )
        for index, (number, length, days) in enumerate(
            zip(numbers, lengths, accumulate(lengths, initial=0), strict=False)
        )
    )


_MONTHS: Final = tuple(_months_of(year) for year in range(FIRST_YEAR, LAST_YEAR + 1))
_NEW_YEARS: Final = tuple(months[0].first_on for months in _MONTHS)

#: The first day that has a lunar name here, and the first that no longer has one.
KNOWN_FROM: Final = _NEW_YEARS[0]
KNOWN_UNTIL: Final = _MONTHS[-1][-1].first_on + timedelta(days=_MONTHS[-1][-1].length)


def month_length(lunar_year: int, month: int, *, is_leap: bool = False) -> int:
    """How many days a lunar month has, 29 or 30.

    Raises ``Refusal("lunar.year_unknown")`` outside the table, and
    ``lunar.no_such_month`` or ``lunar.no_such_leap_month`` for one that the year lacks.
    """
    return _month(lunar_year, month, is_leap=is_leap).length


def solar_day(lunar_year: int, month: int, day: int, *, is_leap: bool = False) -> date:
    """The solar day of a lunar one.

    Raises as ``month_length`` does, and ``Refusal("lunar.no_such_day")`` for a
    day that the month does not have (the 30th of a month of 29).
    """
    found = _month(lunar_year, month, is_leap=is_leap)
    if not 1 <= day <= found.length:
        raise Refusal(
            "lunar.no_such_day", year=lunar_year, month=month, day=day, length=found.length
        )
    return found.first_on + timedelta(days=day - 1)


def lunar_day(day: date) -> LunarDay:
    """The lunar name of a solar day. Raises ``Refusal("lunar.day_unknown")`` outside the table."""
    if not KNOWN_FROM <= day < KNOWN_UNTIL:
        raise Refusal("lunar.day_unknown", day_on=day.isoformat())
    index = bisect_right(_NEW_YEARS, day) - 1
    months = _MONTHS[index]
    found = months[bisect_right(months, day, key=lambda month: month.first_on) - 1]
    return LunarDay(
        year=FIRST_YEAR + index,
        month=found.number,
        is_leap=found.is_leap,
        day=(day - found.first_on).days + 1,
    )


def _month(lunar_year: int, month: int, *, is_leap: bool) -> _Month:
    if not FIRST_YEAR <= lunar_year <= LAST_YEAR:
        raise Refusal(
            "lunar.year_unknown", year=lunar_year, first_year=FIRST_YEAR, last_year=LAST_YEAR
        )
    for found in _MONTHS[lunar_year - FIRST_YEAR]:
        if (found.number, found.is_leap) == (month, is_leap):
            return found
    code = "lunar.no_such_leap_month" if is_leap else "lunar.no_such_month"
    raise Refusal(code, year=lunar_year, month=month)
