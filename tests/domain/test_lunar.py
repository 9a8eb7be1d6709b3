"""The lunar table against the sky, against two libraries and against known days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import holidays
import pytest
import vnlunar
from hypothesis import given
from hypothesis import strategies as st

from tests.domain import lunar_reckoning
from workflow.domain import lunar
from workflow.domain.errors import Refusal
from workflow.domain.lunar import LunarDay, lunar_day, month_length, solar_day

YEARS = range(lunar.FIRST_YEAR, lunar.LAST_YEAR + 1)
#: A new moon nearer to midnight than this is not settled by reckoning.
MINUTES_OF_DOUBT = 1.0

known_days = st.dates(min_value=lunar.KNOWN_FROM, max_value=lunar.KNOWN_UNTIL - timedelta(days=1))


def test_the_table_covers_1990_to_2100() -> None:
    assert lunar_day(date(1990, 1, 1)) == LunarDay(year=1989, month=12, day=5)
    assert lunar_day(date(2100, 12, 31)) == LunarDay(year=2100, month=12, day=1)
    assert (lunar.FIRST_YEAR, lunar.LAST_YEAR) == (1989, 2100)


def test_years_follow_one_another_without_a_gap() -> None:
    for before, after in pairwise(lunar._MONTHS):
        assert before[-1].first_on + timedelta(days=before[-1].length) == after[0].first_on


@given(day=known_days)
def test_there_and_back(day: date) -> None:
    name = lunar_day(day)
    assert solar_day(name.year, name.month, name.day, is_leap=name.is_leap) == day


@given(day=known_days.filter(lambda day: day < lunar.KNOWN_UNTIL - timedelta(days=1)))
def test_lunar_days_keep_the_order_of_days(day: date) -> None:
    assert lunar_day(day) < lunar_day(day + timedelta(days=1))


def minutes_from_midnight(day: date) -> float:
    """How near to a midnight of the zone the new moon on or just before a day is."""
    k = lunar_reckoning.lunation_near(day.toordinal())
    part = (lunar_reckoning.new_moon(k) + 0.5 + lunar_reckoning.ZONE_HOURS / 24) % 1
    return min(part, 1 - part) * 24 * 60


def test_the_table_is_what_the_sky_says() -> None:
    in_doubt = []
    for year in YEARS:
        reckoned = lunar_reckoning.reckoned(year)
        months = lunar._MONTHS[year - lunar.FIRST_YEAR]
        assert sum(month.number for month in months if month.is_leap) == reckoned.leap_month
        first_on = reckoned.first_on
        for month, length in zip(months, reckoned.lengths, strict=True):
            if month.first_on != first_on:
                in_doubt.append(first_on)
                assert minutes_from_midnight(first_on) < MINUTES_OF_DOUBT
            first_on += timedelta(days=length)
    # There the table follows the printed calendar, which has the day before.
    assert in_doubt == [date(2054, 5, 8)]


def test_every_month_is_the_one_of_the_printed_calendar() -> None:
    for year, months in zip(YEARS, lunar._MONTHS, strict=True):
        for month in months:
            for number in (1, month.length):
                day = month.first_on + timedelta(days=number - 1)
                printed = vnlunar.get_lunar_date(day.day, day.month, day.year)
                assert (
                    printed["year"],
                    printed["month"],
                    bool(printed["leap"]),
                    printed["day"],
                ) == (year, month.number, month.is_leap, number)


def test_tet_and_the_kings_day_are_those_of_the_holidays_library() -> None:
    for year in YEARS[1:]:
        public = holidays.country_holidays("VN", years=year, language="vi")
        assert public.get(solar_day(year, 1, 1)) == "Tết Nguyên Đán"
        if year >= 2007:  # a holiday since then
            assert "Giỗ Tổ Hùng Vương" in public.get(solar_day(year, 3, 10), "")


@pytest.mark.parametrize(
    ("lunar_date", "day"),
    [
        ((2007, 1, 1), date(2007, 2, 17)),  # the Chinese new year was the 18th
        ((2030, 1, 1), date(2030, 2, 2)),  # the Chinese one is the 3rd
        ((2024, 1, 1), date(2024, 2, 10)),
        ((2024, 3, 10), date(2024, 4, 18)),
        ((2023, 3, 15), date(2023, 5, 4)),
        ((2024, 3, 15), date(2024, 4, 23)),
        ((2025, 3, 15), date(2025, 4, 12)),
        ((1989, 12, 30), date(1990, 1, 26)),
        ((2100, 12, 29), date(2101, 1, 28)),
    ],
)
def test_known_days(lunar_date: tuple[int, int, int], day: date) -> None:
    assert solar_day(*lunar_date) == day


def test_a_leap_month_comes_after_the_month_it_repeats() -> None:
    assert solar_day(2023, 2, 1) == date(2023, 2, 20)
    assert solar_day(2023, 2, 1, is_leap=True) == date(2023, 3, 22)
    assert solar_day(2023, 3, 1) == date(2023, 4, 20)
    assert lunar_day(date(2023, 3, 22)) == LunarDay(year=2023, month=2, is_leap=True, day=1)
    assert month_length(2023, 2) == 30
    assert month_length(2023, 2, is_leap=True) == 29


@pytest.mark.parametrize(
    ("lunar_date", "is_leap", "code"),
    [
        ((1988, 1, 1), False, "lunar.year_unknown"),
        ((2101, 1, 1), False, "lunar.year_unknown"),
        ((2024, 0, 1), False, "lunar.no_such_month"),
        ((2024, 13, 1), False, "lunar.no_such_month"),
        ((2024, 2, 1), True, "lunar.no_such_leap_month"),
        ((2024, 1, 0), False, "lunar.no_such_day"),
        ((2024, 1, 30), False, "lunar.no_such_day"),
        ((2024, 2, 31), False, "lunar.no_such_day"),
    ],
)
def test_a_lunar_day_that_is_not_is_refused(
    lunar_date: tuple[int, int, int],
    is_leap: bool,
    code: str,
) -> None:
    with pytest.raises(Refusal) as refused:
        solar_day(*lunar_date, is_leap=is_leap)
    assert refused.value.code == code


@pytest.mark.parametrize("day", [lunar.KNOWN_FROM - timedelta(days=1), lunar.KNOWN_UNTIL])
def test_a_day_outside_the_table_is_refused(day: date) -> None:
    with pytest.raises(Refusal) as refused:
        lunar_day(day)
    assert refused.value.code == "lunar.day_unknown"
    assert refused.value.facts == {"day_on": day.isoformat()}
