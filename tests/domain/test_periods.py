"""Reporting years: their periods tile time, nest and have readable keys."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.errors import Refusal
from workflow.domain.periods import (
    CALENDAR,
    ND09,
    NINE_MONTHS,
    Cumulative,
    Period,
    ReportingYear,
    label_of,
    programme,
    reporting_days,
    reporting_name,
    reporting_year,
)
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
    st.builds(
        lambda days: reporting_year(reporting_name(days)),
        st.lists(st.integers(1, 31), min_size=1, max_size=1)
        | st.lists(st.integers(1, 31), min_size=12, max_size=12),
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
        # The end of February moves with the leap day.
        later = (one.from_on - before.from_on).days
        assert later in {365, 366}


@given(reporting=years, year=st.integers(1900, 2199), length=lengths)
def test_the_periods_of_a_year_tile_it(reporting: ReportingYear, year: int, length: Length) -> None:
    whole = reporting.period_by_key(f"{year:04}")
    parts = reporting.periods_between(whole.from_on, whole.until_on, length)
    assert (parts[0].from_on, parts[-1].until_on) == (whole.from_on, whole.until_on)
    assert [one.until_on for one in parts[:-1]] == [one.from_on for one in parts[1:]]
    assert [(one.year, one.number) for one in parts] == [
        (year, number) for number in range(1, len(parts) + 1)
    ]
    assert (
        sum((one.until_on - one.from_on).days for one in parts)
        == (whole.until_on - whole.from_on).days
    )


@given(reporting=years, year=st.integers(1900, 2199), months=st.integers(1, 12))
def test_the_months_to_date_are_the_first_months_of_a_year(
    reporting: ReportingYear, year: int, months: int
) -> None:
    found = reporting.first_months(year, months)
    last = reporting.period_by_key(f"{year:04}-{months:02}")
    assert found == reporting.year_to_date(last)
    assert found.from_on == reporting.period_by_key(f"{year:04}-01").from_on
    assert found.until_on == last.until_on
    assert reporting.period_by_key(found.key) == found
    assert (found.length is Cumulative.MONTHS_TO_DATE) == (months not in {1, 3, 6, 12})
    if found.length is Cumulative.MONTHS_TO_DATE:
        assert reporting.previous(found) == reporting.same_last_year(found)


@given(
    reporting=years, month=st.integers(1, 12), year=st.integers(1900, 2199), day=st.integers(1, 31)
)
def test_a_month_ends_on_the_day_that_is_said_or_with_a_shorter_month(
    reporting: ReportingYear, month: int, year: int, day: int
) -> None:
    own = reporting_year(reporting_name([day]))
    period = own.period_by_key(f"{year:04}-{month:02}")
    assert (period.last_on.year, period.last_on.month) == (year, month)
    assert period.last_on.day == day or (period.last_on + timedelta(days=1)).day == 1
    assert reporting_days(own.name) == (day,)
    assert reporting_days(reporting.name) in {(), reporting.cut_offs, reporting.cut_offs[:1]}


@given(reporting=years, starts_on=days, length=st.integers(1, 4000))
def test_a_programme_is_its_agreement_from_the_first_day_to_the_last(
    reporting: ReportingYear, starts_on: date, length: int
) -> None:
    ends_on = starts_on + timedelta(days=length)
    whole = programme(starts_on, ends_on)
    assert (whole.key, whole.from_on, whole.until_on) == ("programme", starts_on, ends_on)
    assert reporting.year_to_date(whole) == whole
    before = reporting.previous(whole)
    assert (before.until_on, before.number) == (starts_on, 0)
    assert before == reporting.same_last_year(whole)
    assert before.until_on - before.from_on == ends_on - starts_on
    assert reporting.following(before) == whole


def test_presets_and_days_of_ones_own_are_one_thing() -> None:
    assert reporting_year("cut-off:31").cut_offs == CALENDAR.cut_offs
    assert reporting_year("cut-off:14").cut_offs == ND09.cut_offs
    own = reporting_year("cut-off:20,20,20,20,20,20,20,20,20,20,20,31")
    assert spans(own.periods_between(date(2024, 1, 1), date(2025, 1, 1), Length.QUARTER)) == [
        (date(2024, 1, 1), date(2024, 3, 20)),
        (date(2024, 3, 21), date(2024, 6, 20)),
        (date(2024, 6, 21), date(2024, 9, 20)),
        (date(2024, 9, 21), date(2024, 12, 31)),
    ]
    nine = own.first_months(2024, NINE_MONTHS)
    assert (nine.key, nine.last_on) == ("2024-9M", date(2024, 9, 20))


def test_a_programme_has_its_years_in_its_name_and_a_key_alone_has_not() -> None:
    three = programme(date(2023, 4, 11), date(2026, 1, 1))
    assert three.label == ("period.programme", {"years": "2023–2025"})
    assert programme(date(2023, 1, 1), date(2024, 1, 1)).label[1] == {"years": "2023"}
    assert label_of("programme") == ("period.whole_programme", {})
    assert label_of("2024-Q3") == ND09.period_by_key("2024-Q3").label
    with pytest.raises(Refusal, match=r"period\.bad_key"):
        label_of("2023-2025")
    with pytest.raises(Refusal, match=r"period\.out_of_range"):
        CALENDAR.previous(programme(date(10, 1, 1), date(200, 1, 1)))


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
    ["cut-off:0", "cut-off:32", "cut-off:1,2", "cut-off:", "cut-off:20,"],
)
def test_cut_off_days_that_are_none_are_refused(name: str) -> None:
    with pytest.raises(Refusal, match=r"reporting_year\.unknown"):
        reporting_year(name)


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


@pytest.mark.parametrize(
    "name", ["calendar", "nd09", "custom:10:11", "custom:10:-11", "custom:1:-4", "cut-off:30"]
)
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
