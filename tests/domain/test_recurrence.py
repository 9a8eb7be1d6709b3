"""From triggers to occasions: the promises of planning's second point, and its laws."""

from __future__ import annotations

import functools
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain import lunar
from workflow.domain.errors import Refusal
from workflow.domain.periods import CALENDAR, ND09
from workflow.domain.recurrence import Scheduled, evaluated_on, scheduled
from workflow.domain.triggers import After, CalendarKind, Day, Event, Every, Length, Once, When

if TYPE_CHECKING:
    from workflow.domain.periods import ReportingYear
    from workflow.domain.triggers import Trigger

STARTS, ENDS = date(2023, 1, 1), date(2030, 1, 1)


def occasions(
    trigger: Trigger,
    from_on: date = STARTS,
    until_on: date = ENDS,
    *,
    reporting: ReportingYear = CALENDAR,
) -> tuple[Scheduled, ...]:
    return scheduled(
        trigger,
        starts_on=STARTS,
        ends_on=ENDS,
        from_on=from_on,
        until_on=until_on,
        reporting=reporting,
    )


def anchors(trigger: Trigger, from_on: date = STARTS, until_on: date = ENDS) -> list[date]:
    return [one.anchor_on for one in occasions(trigger, from_on, until_on)]


# --- what was seen broken elsewhere --------------------------------------------


def test_seen_monthly_from_31_january_comes_back_to_the_31st() -> None:
    monthly = Every(rule="FREQ=MONTHLY", starts=date(2024, 1, 31))
    assert anchors(monthly, date(2024, 1, 1), date(2024, 6, 1)) == [
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
        date(2024, 4, 30),
        date(2024, 5, 31),
    ]
    # Asked in the middle, it has not forgotten its anchor.
    assert anchors(monthly, date(2025, 2, 1), date(2025, 4, 1)) == [
        date(2025, 2, 28),
        date(2025, 3, 31),
    ]


def test_seen_a_rule_that_writes_the_31st_skips_shorter_months() -> None:
    thirty_first = Every(rule="FREQ=MONTHLY;BYMONTHDAY=31", starts=date(2024, 1, 31))
    assert anchors(thirty_first, date(2024, 1, 1), date(2024, 6, 1)) == [
        date(2024, 1, 31),
        date(2024, 3, 31),
        date(2024, 5, 31),
    ]


def test_seen_quarterly_from_the_15th_stays_on_the_15th_in_year_two() -> None:
    quarterly = Every(rule="FREQ=MONTHLY;INTERVAL=3", starts=date(2023, 2, 15))
    assert anchors(quarterly, date(2024, 1, 1), date(2025, 6, 1)) == [
        date(2024, 2, 15),
        date(2024, 5, 15),
        date(2024, 8, 15),
        date(2024, 11, 15),
        date(2025, 2, 15),
        date(2025, 5, 15),
    ]


def test_seen_every_monday_loses_no_month() -> None:
    mondays = anchors(Every(rule="FREQ=WEEKLY;BYDAY=MO"))
    first = date(2023, 1, 2)
    assert mondays == [first + timedelta(weeks=week) for week in range(len(mondays))]
    assert mondays[-1] == date(2029, 12, 31)
    assert {(day.year, day.month) for day in mondays} == {
        (year, month) for year in range(2023, 2030) for month in range(1, 13)
    }


def test_seen_29_february_yearly_returns_in_2028() -> None:
    yearly = Every(rule="FREQ=YEARLY", starts=date(2024, 2, 29))
    assert anchors(yearly) == [
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
        date(2029, 2, 28),
    ]
    assert anchors(Day(month=2, day=29)) == [date(2024, 2, 29), date(2028, 2, 29)]


@pytest.mark.parametrize("from_on", [date(2023, 6, 1), date(2024, 2, 5), date(2024, 2, 20)])
def test_seen_count_counts_from_the_start_of_the_rule(from_on: date) -> None:
    five = Every(rule="FREQ=WEEKLY;COUNT=5", starts=date(2024, 1, 22))
    every = [date(2024, 1, 22) + timedelta(weeks=week) for week in range(5)]
    assert anchors(five, from_on, date(2025, 1, 1)) == [day for day in every if day >= from_on]


def test_seen_every_two_weeks_keeps_its_phase_whatever_window_is_looked_at() -> None:
    fortnight = Every(rule="FREQ=WEEKLY;INTERVAL=2", starts=date(2023, 1, 4))
    whole = anchors(fortnight)
    for offset in range(40):
        from_on = date(2026, 5, 1) + timedelta(days=offset)
        assert anchors(fortnight, from_on, from_on + timedelta(days=14)) == [
            day for day in whole if from_on <= day < from_on + timedelta(days=14)
        ]


# --- laws ------------------------------------------------------------------------

triggers = st.one_of(
    st.builds(Once, on=st.dates(date(2022, 6, 1), date(2030, 6, 1))),
    st.builds(Every, period=st.sampled_from(Length)),
    st.builds(
        Every,
        rule=st.sampled_from(
            [
                "FREQ=MONTHLY",
                "FREQ=MONTHLY;INTERVAL=5",
                "FREQ=WEEKLY;INTERVAL=2",
                "FREQ=YEARLY;BYMONTH=2,11",
                "FREQ=DAILY;INTERVAL=9;COUNT=50",
                "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20260601",
            ]
        ),
        starts=st.none() | st.dates(date(2022, 1, 1), date(2025, 1, 1)),
    ),
    st.builds(
        Day,
        month=st.integers(1, 12),
        day=st.integers(1, 28),
        calendar=st.sampled_from(CalendarKind),
        before=st.integers(0, 40),
        after=st.integers(0, 10),
    ),
    st.builds(
        When,
        figure=st.just("coverage"),
        period=st.sampled_from(Length),
        below=st.just(Decimal(1)),
        evaluated_after=st.integers(0, 120),
    ),
)
reporting_years = st.sampled_from((CALENDAR, ND09))
window_days = st.dates(date(2022, 1, 1), date(2031, 1, 1))


@given(trigger=triggers, reporting=reporting_years, cuts=st.lists(window_days, min_size=3))
def test_windows_compose_however_time_is_cut(
    trigger: Trigger, reporting: ReportingYear, cuts: list[date]
) -> None:
    cuts = sorted(cuts)
    whole = occasions(trigger, cuts[0], cuts[-1], reporting=reporting)
    parts = [
        one for a, b in pairwise(cuts) for one in occasions(trigger, a, b, reporting=reporting)
    ]
    assert tuple(parts) == whole


@given(trigger=triggers, reporting=reporting_years, window=st.tuples(window_days, window_days))
def test_occasions_are_in_order_unique_and_within_the_window(
    trigger: Trigger, reporting: ReportingYear, window: tuple[date, date]
) -> None:
    found = occasions(trigger, *window, reporting=reporting)
    assert [one.anchor_on for one in found] == sorted({one.anchor_on for one in found})
    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert window[0] <= one.anchor_on < window[1]
        assert one.from_on < one.until_on
        if not isinstance(trigger, When):
            assert STARTS <= one.anchor_on < ENDS
            assert one.from_on <= one.anchor_on < one.until_on


# --- the forms -------------------------------------------------------------------


def test_once_is_owed_on_its_day() -> None:
    once = Once(on=date(2025, 12, 31))
    only = Scheduled(
        key="2025-12-31",
        anchor_on=date(2025, 12, 31),
        from_on=date(2025, 12, 31),
        until_on=date(2026, 1, 1),
    )
    assert occasions(once) == (only,)
    assert occasions(once, date(2025, 12, 31), date(2026, 1, 1)) == (only,)
    assert occasions(once, date(2025, 1, 1), date(2025, 12, 31)) == ()
    assert occasions(Once(on=ENDS)) == ()
    assert occasions(Once(on=STARTS - timedelta(days=1)), date(2000, 1, 1)) == ()


def test_every_quarter_is_a_period_of_the_reporting_year() -> None:
    quarterly = Every(period=Length.QUARTER)
    window = date(2023, 12, 1), date(2024, 3, 31)
    assert occasions(quarterly, *window) == (
        Scheduled(
            key="2024-Q1",
            anchor_on=date(2024, 1, 1),
            from_on=date(2024, 1, 1),
            until_on=date(2024, 4, 1),
        ),
    )
    assert [(one.key, one.from_on) for one in occasions(quarterly, *window, reporting=ND09)] == [
        ("2024-Q1", date(2023, 12, 15)),
        ("2024-Q2", date(2024, 3, 15)),
    ]


def test_a_period_that_began_before_the_agreement_is_none_of_its() -> None:
    found = scheduled(
        Every(period=Length.QUARTER),
        starts_on=date(2023, 4, 11),
        ends_on=date(2024, 1, 1),
        from_on=date.min,
        until_on=date.max,
    )
    assert [one.key for one in found] == ["2023-Q3", "2023-Q4"]


def test_the_occasion_of_a_rule_lasts_until_its_next_day() -> None:
    found = occasions(Every(rule="FREQ=MONTHLY;COUNT=2", starts=date(2024, 1, 15)))
    assert [(one.key, one.from_on, one.until_on) for one in found] == [
        ("2024-01-15", date(2024, 1, 15), date(2024, 2, 15)),
        ("2024-02-15", date(2024, 2, 15), date(2024, 3, 15)),
    ]


def test_a_rule_without_a_start_starts_with_the_agreement() -> None:
    assert anchors(Every(rule="FREQ=MONTHLY"), date(2024, 1, 1), date(2024, 3, 1)) == [
        date(2024, 1, 1),
        date(2024, 2, 1),
    ]


def test_a_rule_that_started_before_the_agreement_keeps_its_count() -> None:
    ten = Every(rule="FREQ=MONTHLY;COUNT=10", starts=date(2022, 6, 10))
    assert anchors(ten) == [date(2023, 1, 10), date(2023, 2, 10), date(2023, 3, 10)]


def test_a_bad_rule_is_refused() -> None:
    for trigger in (Every(rule="FREQ=NEVER"), Every()):
        with pytest.raises(Refusal, match=r"recurrence\."):
            occasions(trigger)


def test_a_day_has_its_window_around_it() -> None:
    independence = Day(month=9, day=2, before=7, after=1)
    assert occasions(independence, date(2024, 1, 1), date(2025, 1, 1)) == (
        Scheduled(
            key="2024-09-02",
            anchor_on=date(2024, 9, 2),
            from_on=date(2024, 8, 26),
            until_on=date(2024, 9, 4),
        ),
    )


def test_a_lunar_day_moves_in_the_solar_year() -> None:
    den_do = Day(month=3, day=15, calendar=CalendarKind.LUNAR)
    assert anchors(den_do, until_on=date(2026, 1, 1)) == [
        date(2023, 5, 4),
        date(2024, 4, 23),
        date(2025, 4, 12),
    ]


def test_a_lunar_day_of_the_last_month_may_come_twice_in_a_solar_year() -> None:
    first_of_the_last = Day(month=12, day=1, calendar=CalendarKind.LUNAR)
    assert anchors(first_of_the_last, date(2024, 1, 1), date(2026, 1, 1)) == [
        date(2024, 1, 11),
        date(2024, 12, 31),
    ]


def test_the_30th_of_a_short_lunar_month_is_its_last_day() -> None:
    new_years_eve = Day(month=12, day=30, calendar=CalendarKind.LUNAR)
    assert anchors(new_years_eve, until_on=date(2026, 1, 1)) == [
        date(2023, 1, 21),
        date(2024, 2, 9),
        date(2025, 1, 28),
    ]


def test_a_lunar_leap_month_is_left_out() -> None:
    assert anchors(
        Day(month=2, day=10, calendar=CalendarKind.LUNAR), until_on=date(2024, 1, 1)
    ) == [date(2023, 3, 1)]


@pytest.mark.parametrize(
    ("month", "day", "calendar"),
    [
        (2, 30, CalendarKind.SOLAR),
        (4, 31, CalendarKind.SOLAR),
        (4, 0, CalendarKind.SOLAR),
        (0, 1, CalendarKind.SOLAR),
        (13, 1, CalendarKind.LUNAR),
        (1, 31, CalendarKind.LUNAR),
        (1, 0, CalendarKind.LUNAR),
    ],
)
def test_a_day_that_no_year_has_is_refused(month: int, day: int, calendar: CalendarKind) -> None:
    with pytest.raises(Refusal) as refused:
        occasions(Day(month=month, day=day, calendar=calendar))
    assert refused.value.code == "recurrence.no_such_day"
    assert refused.value.facts == {"month": month, "day": day}


def test_past_the_lunar_table_nothing_is_silently_lost() -> None:
    lunar_day = Day(month=3, day=15, calendar=CalendarKind.LUNAR)
    open_end = functools.partial(
        scheduled, lunar_day, starts_on=date(2090, 1, 1), ends_on=date(2110, 1, 1)
    )
    found = open_end(from_on=date(2100, 1, 1), until_on=lunar.KNOWN_UNTIL)
    assert [one.anchor_on for one in found] == [lunar.solar_day(2100, 3, 15)]
    with pytest.raises(Refusal) as refused:
        open_end(from_on=date(2100, 1, 1), until_on=lunar.KNOWN_UNTIL + timedelta(days=1))
    assert refused.value.code == "lunar.day_unknown"
    with pytest.raises(Refusal) as refused:
        scheduled(
            lunar_day,
            starts_on=date(1980, 1, 1),
            ends_on=ENDS,
            from_on=date.min,
            until_on=date(2024, 1, 1),
        )
    assert refused.value.facts == {"day_on": "1980-01-01"}


def test_a_shortfall_is_looked_at_once_a_period_after_its_end() -> None:
    when = When(figure="coverage", period=Length.QUARTER, below=Decimal(1), evaluated_after=15)
    assert occasions(when, date(2024, 4, 1), date(2024, 7, 1)) == (
        Scheduled(
            key="2024-Q1",
            anchor_on=date(2024, 4, 15),
            from_on=date(2024, 1, 1),
            until_on=date(2024, 4, 1),
        ),
    )
    assert evaluated_on(when, CALENDAR.period_by_key("2024-Q1")) == date(2024, 4, 15)


def test_the_last_quarter_is_evaluated_after_the_agreement_has_ended() -> None:
    when = When(figure="coverage", period=Length.QUARTER, below=Decimal(1), evaluated_after=15)
    found = occasions(when, date(2029, 12, 1), date(2031, 1, 1))
    assert [(one.key, one.anchor_on) for one in found] == [("2029-Q4", date(2030, 1, 15))]
    assert occasions(when, date(2022, 12, 1), date(2023, 4, 1)) == ()


def test_nothing_foresees_meetings_and_fulfilments() -> None:
    assert occasions(Event(kind="party-committee")) == ()
    assert occasions(After(obligation="attend", days=2)) == ()


@given(trigger=triggers, window=st.tuples(window_days, window_days))
def test_an_empty_window_holds_nothing(trigger: Trigger, window: tuple[date, date]) -> None:
    assert occasions(trigger, max(window), min(window)) == ()


def test_a_far_window_and_an_open_end_are_bounded_by_the_agreement() -> None:
    weekly = Every(rule="FREQ=WEEKLY;BYDAY=MO", starts=date(2024, 1, 1))
    found = scheduled(
        weekly,
        starts_on=date(2024, 1, 1),
        ends_on=date.max,
        from_on=date(9999, 12, 20),
        until_on=date.max,
    )
    assert [(one.anchor_on, one.until_on) for one in found] == [
        (date(9999, 12, 20), date(9999, 12, 27)),
        (date(9999, 12, 27), date.max),
    ]
    assert len(anchors(weekly, date.min, date.max)) == len(anchors(weekly))


def test_days_stay_within_the_calendar() -> None:
    found = scheduled(
        Day(month=12, day=30, after=5),
        starts_on=date(9999, 1, 1),
        ends_on=date.max,
        from_on=date.min,
        until_on=date.max,
    )
    assert [one.until_on for one in found] == [date.max]


def test_the_same_question_is_answered_from_memory() -> None:
    trigger = Every(rule="FREQ=MONTHLY;BYMONTHDAY=17", starts=date(2023, 5, 17))
    assert occasions(trigger) is occasions(Every(rule=trigger.rule, starts=trigger.starts))
