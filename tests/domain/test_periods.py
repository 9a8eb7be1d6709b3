"""Reporting years: their periods tile time, nest and have readable keys."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.errors import Refusal
from workflow.domain.periods import CALENDAR, ND09, Period, ReportingYear, reporting_year
from workflow.domain.triggers import Length

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTHS = (Length.MONTH, Length.QUARTER, Length.HALF_YEAR, Length.YEAR)
SHORTER_AND_LONGER = [(a, b) for i, a in enumerate(LENGTHS) for b in LENGTHS[i:]]

days = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))
lengths = st.sampled_from(LENGTHS)
years = st.one_of(
    st.sampled_from((CALENDAR, ND09)),
    st.builds(
        lambda day, shift: reporting_year(f"custom:{day}:{shift}"),
        st.integers(1, 28),
        st.integers(-11, 11),
    ),
)


def spans(periods: tuple[Period, ...]) -> list[tuple[date, date]]:
    return [(period.from_on, period.last_on) for period in periods]


@given(reporting=years, day=days, length=lengths)
def test_every_day_lies_in_exactly_one_period_of_a_length(
    reporting: ReportingYear, day: date, length: Length
) -> None:
    period = reporting.period_containing(day, length)
    assert period.covers(day)
    assert reporting.previous(period).until_on == period.from_on
    assert reporting.following(period).from_on == period.until_on
    assert not reporting.previous(period).covers(day)
    assert not reporting.following(period).covers(day)
    assert period == reporting.period_containing(period.from_on, length)
    assert period == reporting.period_containing(period.last_on, length)


@given(reporting=years, day=days, pair=st.sampled_from(SHORTER_AND_LONGER))
def test_shorter_periods_nest_in_longer_ones(
    reporting: ReportingYear, day: date, pair: tuple[Length, Length]
) -> None:
    inner, outer = (reporting.period_containing(day, length) for length in pair)
    assert outer.from_on <= inner.from_on
    assert inner.until_on <= outer.until_on


@given(reporting=years, cuts=st.lists(days, min_size=3, max_size=3), length=lengths)
def test_windows_of_periods_compose(
    reporting: ReportingYear, cuts: list[date], length: Length
) -> None:
    a, b, c = sorted(cuts)
    whole = reporting.periods_between(a, c, length)
    parts = (*reporting.periods_between(a, b, length), *reporting.periods_between(b, c, length))
    assert parts == whole
    assert all(a <= period.from_on < c for period in whole)
    assert [p.until_on for p in whole[:-1]] == [p.from_on for p in whole[1:]]
    first = reporting.period_containing(a, length)
    assert (first in whole) == (first.from_on == a < c)


@given(reporting=years, day=days, length=lengths)
def test_a_key_names_its_period(reporting: ReportingYear, day: date, length: Length) -> None:
    period = reporting.period_containing(day, length)
    assert reporting.period_by_key(period.key) == period
    to_date = reporting.year_to_date(period)
    assert reporting.period_by_key(to_date.key) == to_date


@given(reporting=years, day=days, length=lengths)
def test_cumulative_is_from_the_first_day_of_the_year_to_the_end_of_the_period(
    reporting: ReportingYear, day: date, length: Length
) -> None:
    period = reporting.period_containing(day, length)
    to_date = reporting.year_to_date(period)
    assert to_date.from_on == reporting.period_containing(day, Length.YEAR).from_on
    assert to_date.until_on == period.until_on
    assert reporting.year_to_date(to_date) == to_date


@given(reporting=years, day=days, length=lengths)
def test_the_same_period_last_year_is_twelve_months_before(
    reporting: ReportingYear, day: date, length: Length
) -> None:
    period = reporting.period_containing(day, length)
    for one in (period, reporting.year_to_date(period)):
        before = reporting.same_last_year(one)
        assert (before.length, before.number, before.year) == (one.length, one.number, one.year - 1)
        assert before.from_on.replace(year=before.from_on.year + 1) == one.from_on


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2024-01", date(2023, 12, 15), date(2024, 1, 14)),
        ("2024-03", date(2024, 2, 15), date(2024, 3, 14)),
        ("2024-Q1", date(2023, 12, 15), date(2024, 3, 14)),
        ("2024-Q2", date(2024, 3, 15), date(2024, 6, 14)),
        ("2024-Q3", date(2024, 6, 15), date(2024, 9, 14)),
        ("2024-Q4", date(2024, 9, 15), date(2024, 12, 14)),
        ("2024-H1", date(2023, 12, 15), date(2024, 6, 14)),
        ("2024-H2", date(2024, 6, 15), date(2024, 12, 14)),
        ("2024", date(2023, 12, 15), date(2024, 12, 14)),
        ("2024-9M", date(2023, 12, 15), date(2024, 9, 14)),
    ],
)
def test_periods_of_decree_09_of_2019(key: str, first: date, last: date) -> None:
    period = ND09.period_by_key(key)
    assert (period.from_on, period.last_on) == (first, last)
    assert period.key == key


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-12", date(2024, 12, 1), date(2024, 12, 31)),
        ("2024-Q1", date(2024, 1, 1), date(2024, 3, 31)),
        ("2024-Q4", date(2024, 10, 1), date(2024, 12, 31)),
        ("2024-H2", date(2024, 7, 1), date(2024, 12, 31)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-9M", date(2024, 1, 1), date(2024, 9, 30)),
        ("2024-11M", date(2024, 1, 1), date(2024, 11, 30)),
    ],
)
def test_periods_of_the_calendar(key: str, first: date, last: date) -> None:
    period = CALENDAR.period_by_key(key)
    assert (period.from_on, period.last_on) == (first, last)
    assert period.key == key


def test_a_school_year_begins_in_the_september_before() -> None:
    school = reporting_year("custom:1:-4")
    assert spans((school.period_by_key("2024"),)) == [(date(2023, 9, 1), date(2024, 8, 31))]
    assert school.period_containing(date(2023, 8, 31), Length.QUARTER).key == "2023-Q4"
    assert school.period_containing(date(2023, 9, 1), Length.QUARTER).key == "2024-Q1"


@pytest.mark.parametrize(
    ("alias", "key"),
    [("2024-1M", "2024-01"), ("2024-3M", "2024-Q1"), ("2024-6M", "2024-H1"), ("2024-12M", "2024")],
)
def test_first_months_that_have_a_plainer_name_get_it(alias: str, key: str) -> None:
    assert CALENDAR.period_by_key(alias).key == key


@pytest.mark.parametrize(
    ("key", "to_date"),
    [
        ("2024-01", "2024-01"),
        ("2024-02", "2024-2M"),
        ("2024-Q1", "2024-Q1"),
        ("2024-Q2", "2024-H1"),
        ("2024-Q3", "2024-9M"),
        ("2024-Q4", "2024"),
        ("2024-H2", "2024"),
        ("2024-9M", "2024-9M"),
    ],
)
def test_cumulative_periods_take_the_plainest_name(key: str, to_date: str) -> None:
    assert CALENDAR.year_to_date(CALENDAR.period_by_key(key)).key == to_date


def test_neighbours_and_last_year_cross_the_year() -> None:
    quarter = CALENDAR.period_by_key("2024-Q1")
    assert CALENDAR.previous(quarter).key == "2023-Q4"
    assert CALENDAR.following(CALENDAR.period_by_key("2024-12")).key == "2025-01"
    assert CALENDAR.same_last_year(quarter).key == "2023-Q1"
    nine = CALENDAR.period_by_key("2024-9M")
    assert CALENDAR.previous(nine).key == "2023-9M"
    assert CALENDAR.following(nine).key == "2025-9M"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "24-Q1",
        "2024-0M",
        "2024-13M",
        "2024-00",
        "2024-13",
        "2024-Q0",
        "2024-Q5",
        "2024-H3",
        "2024-q1",
        "2024-1",
        "2024-Q1 ",
        "2024-Q1\n",
        "٢٠٢٤-Q1",  # Arabic digits
    ],
)
def test_what_no_period_bears_is_refused(key: str) -> None:
    with pytest.raises(Refusal) as refused:
        CALENDAR.period_by_key(key)
    assert refused.value.code == "period.bad_key"
    assert refused.value.facts == {"key": key}


@pytest.mark.parametrize(
    ("key", "code", "facts"),
    [
        ("2024-03", "period.month", {"year": 2024, "number": 3}),
        ("2024-Q4", "period.quarter", {"year": 2024, "number": 4, "roman": "IV"}),
        ("2024-H1", "period.first_half", {"year": 2024, "number": 1}),
        ("2024-H2", "period.second_half", {"year": 2024, "number": 2}),
        ("2024", "period.year", {"year": 2024, "number": 1}),
        ("2024-9M", "period.months_to_date", {"year": 2024, "number": 9}),
    ],
)
def test_a_label_is_a_code_with_facts(key: str, code: str, facts: dict[str, object]) -> None:
    assert CALENDAR.period_by_key(key).label == (code, facts)


@given(reporting=years, day=days, pair=st.tuples(lengths, lengths))
def test_an_amendment_of_lengths_waits_for_a_day_on_which_both_begin(
    reporting: ReportingYear, day: date, pair: tuple[Length, Length]
) -> None:
    found = reporting.common_boundary(day, *pair)
    expected = day
    while any(reporting.period_containing(expected, one).from_on != expected for one in pair):
        expected += timedelta(days=1)
    assert found == expected


def test_reporting_years_are_found_by_name() -> None:
    assert reporting_year("calendar") is CALENDAR
    assert reporting_year("nd09") is ND09
    own = reporting_year("custom:15:-1")
    assert own.name == "custom:15:-1"
    assert own.period_by_key("2024-Q1").from_on == ND09.period_by_key("2024-Q1").from_on


@pytest.mark.parametrize(
    "name",
    ["", "ND09", "custom", "custom:0:0", "custom:29:0", "custom:1:12", "custom:1:-12", "custom:1"],
)
def test_an_unknown_reporting_year_is_refused(name: str) -> None:
    with pytest.raises(Refusal) as refused:
        reporting_year(name)
    assert refused.value.code == "reporting_year.unknown"


def test_empty_windows_hold_no_period() -> None:
    assert CALENDAR.periods_between(date(2024, 1, 1), date(2024, 1, 1), Length.MONTH) == ()
    assert CALENDAR.periods_between(date(2024, 2, 1), date(2024, 1, 1), Length.MONTH) == ()


@pytest.mark.parametrize("name", ["calendar", "nd09", "custom:10:11", "custom:10:-11"])
@pytest.mark.parametrize("length", LENGTHS)
def test_an_unbounded_window_ends_with_the_calendar(name: str, length: Length) -> None:
    reporting = reporting_year(name)
    last = reporting.periods_between(date(9990, 1, 1), date.max, length)[-1]
    assert reporting.period_by_key(last.key) == last
    with pytest.raises(Refusal) as refused:
        reporting.following(last)
    assert refused.value.code == "period.out_of_range"
    first = reporting.periods_between(date.min, date(10, 1, 1), length)[0]
    assert reporting.period_by_key(first.key) == first
    with pytest.raises(Refusal) as refused:
        reporting.previous(first)
    assert refused.value.code == "period.out_of_range"


@pytest.mark.parametrize(
    "ask",
    [
        lambda: CALENDAR.period_by_key("0000-Q1"),
        lambda: CALENDAR.period_containing(date.max, Length.MONTH),
        lambda: CALENDAR.period_by_key("9999"),
        lambda: ND09.period_containing(date.min, Length.MONTH),
        lambda: CALENDAR.common_boundary(date.max, Length.MONTH, Length.YEAR),
    ],
)
def test_periods_that_the_calendar_cuts_off_are_refused(ask: Callable[[], object]) -> None:
    with pytest.raises(Refusal) as refused:
        ask()
    assert refused.value.code == "period.out_of_range"
