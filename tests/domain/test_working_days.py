"""Working days: the truth table of Vietnam's years, the roll conventions and their laws."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.agreement import Roll
from workflow.domain.errors import Refusal
from workflow.domain.working_days import (
    EVERY_CALENDAR,
    DayChange,
    RollReason,
    WorkingCalendar,
)

ONE_DAY = timedelta(days=1)


def run_of(first: date, last: date) -> set[date]:
    return {first + timedelta(days=index) for index in range((last - first).days + 1)}


#: The days off that offices were given in 2023 to 2026, and what was worked in exchange.
OFFICE = WorkingCalendar(
    name="office",
    days_off=frozenset(
        run_of(date(2023, 1, 20), date(2023, 1, 26))
        | run_of(date(2023, 5, 1), date(2023, 5, 3))
        | {date(2023, 9, 1), date(2023, 9, 4)}
        | run_of(date(2024, 4, 29), date(2024, 5, 1))
        | run_of(date(2025, 4, 30), date(2025, 5, 2))
        | run_of(date(2026, 1, 1), date(2026, 1, 2))
        | run_of(date(2026, 2, 16), date(2026, 2, 20))
        | {date(2026, 4, 27), date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2)}
    ),
    extra_working=frozenset(
        {date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)}
    ),
    names={date(2026, 2, 17): "Mùng 1 Tết"},
)

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2050, 12, 31))
near = st.dates(min_value=date(2023, 1, 1), max_value=date(2026, 12, 31))
rolls = st.sampled_from(Roll)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    off = draw(st.sets(near, max_size=40))
    worked = draw(st.sets(near, max_size=20)) - off
    return WorkingCalendar(
        name="drawn",
        weekend=frozenset(draw(st.sets(st.integers(0, 6), max_size=6))),
        days_off=frozenset(off),
        extra_working=frozenset(worked),
    )


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2024, 4, 29), False),
        (date(2024, 5, 4), True),
        (date(2025, 5, 2), False),
        (date(2025, 4, 26), True),
        (date(2026, 1, 2), False),
        (date(2026, 1, 10), True),
        *((day, False) for day in sorted(run_of(date(2026, 2, 16), date(2026, 2, 20)))),
        (date(2026, 4, 27), False),
        (date(2026, 8, 31), False),
        (date(2026, 8, 22), True),
        (date(2024, 6, 14), True),
        (date(2024, 6, 15), False),
        (date(2024, 6, 16), False),
    ],
)
def test_the_truth_table(day: date, is_working: bool) -> None:
    assert OFFICE.is_working(day) is is_working


def test_a_calendar_may_work_every_day_or_all_but_sundays() -> None:
    every_day = WorkingCalendar(name="every_day", weekend=frozenset())
    six_day = WorkingCalendar(name="six_day", weekend=frozenset({6}))
    assert every_day.add(date(2024, 6, 14), 3) == date(2024, 6, 17)
    assert six_day.add(date(2024, 6, 14), 3) == date(2024, 6, 18)


def test_a_day_is_not_both_off_and_worked() -> None:
    first, second = date(2024, 5, 4), date(2024, 5, 11)
    with pytest.raises(Refusal) as refused:
        WorkingCalendar(
            name="office",
            days_off=frozenset({first, second}),
            extra_working=frozenset({first, second}),
        )
    assert refused.value.code == "calendar.day_twice"
    assert refused.value.facts == {"calendar": "office", "day_on": "2024-05-04"}


def test_a_week_has_a_working_day() -> None:
    with pytest.raises(Refusal) as refused:
        WorkingCalendar(name="never", weekend=frozenset(range(7)))
    assert refused.value.code == "calendar.never_works"


def test_names_take_no_part_in_comparing() -> None:
    assert WorkingCalendar(name="a", names={date(2024, 1, 1): "x"}) == WorkingCalendar(name="a")
    assert len({WorkingCalendar(name="a", names={}), WorkingCalendar(name="a")}) == 1


# --- changes -----------------------------------------------------------------

SWAP_OFF = DayChange(calendar="office", day_on=date(2026, 6, 1), is_off=True, name="Nghỉ bù")
SWAP_WORKED = DayChange(calendar="office", day_on=date(2026, 6, 6), is_off=False)


def test_a_swap_changes_its_calendar_alone() -> None:
    changed = OFFICE.changed([SWAP_OFF, SWAP_WORKED])
    assert not changed.is_working(date(2026, 6, 1))
    assert changed.is_working(date(2026, 6, 6))
    assert changed.rolled(date(2026, 6, 1), Roll.FOLLOWING).reasons[0].facts["name"] == "Nghỉ bù"
    six_day = WorkingCalendar(name="six_day", weekend=frozenset({6}))
    assert six_day.changed([SWAP_OFF, SWAP_WORKED]) == six_day


def test_a_change_holds_against_what_the_calendar_has_by_itself() -> None:
    worked = DayChange(calendar="office", day_on=date(2026, 2, 17), is_off=False)
    off = DayChange(calendar="office", day_on=date(2026, 8, 22), is_off=True)
    changed = OFFICE.changed([worked, off])
    assert changed.is_working(date(2026, 2, 17))
    assert not changed.is_working(date(2026, 8, 22))


def test_its_own_change_holds_against_one_of_every_calendar() -> None:
    own = DayChange(calendar="office", day_on=date(2026, 6, 1), is_off=False)
    everyones = DayChange(calendar=EVERY_CALENDAR, day_on=date(2026, 6, 1), is_off=True)
    for changes in ([own, everyones], [everyones, own]):
        assert OFFICE.changed(changes).is_working(date(2026, 6, 1))
    assert not OFFICE.changed([everyones]).is_working(date(2026, 6, 1))


changes = st.lists(
    st.builds(
        DayChange,
        calendar=st.sampled_from(("drawn", EVERY_CALENDAR, "other")),
        day_on=st.dates(date(2024, 1, 1), date(2024, 1, 10)),
        is_off=st.booleans(),
    ),
    max_size=12,
)


@given(calendar=calendars(), changes=changes)
def test_changing_twice_changes_nothing_more(
    calendar: WorkingCalendar, changes: list[DayChange]
) -> None:
    once = calendar.changed(changes)
    assert once.changed(changes) == once
    touched = {change.day_on for change in changes if change.calendar != "other"}
    for one in run_of(date(2023, 12, 30), date(2024, 1, 12)) - touched:
        assert once.is_working(one) == calendar.is_working(one)
    last = {change.day_on: change for change in changes if change.calendar == "drawn"}
    for one, change in last.items():
        assert once.is_working(one) is not change.is_off


# --- counting ----------------------------------------------------------------


def test_the_first_day_is_not_counted() -> None:
    friday = date(2024, 6, 14)
    assert OFFICE.add(friday, 1) == date(2024, 6, 17)
    assert OFFICE.add(friday, 2) == date(2024, 6, 18)
    assert OFFICE.add(date(2024, 6, 15), 1) == date(2024, 6, 17)


def test_two_working_days_before_a_meeting_skip_the_holidays() -> None:
    assert OFFICE.add(date(2026, 2, 23), -2) == date(2026, 2, 12)
    assert OFFICE.add(date(2024, 5, 2), -1) == date(2024, 4, 26)


def test_a_swapped_saturday_counts() -> None:
    assert OFFICE.add(date(2024, 5, 3), 1) == date(2024, 5, 4)
    assert OFFICE.count(date(2024, 5, 3), date(2024, 5, 6)) == 2


def test_no_working_days_leave_a_day_where_it_is() -> None:
    assert OFFICE.add(date(2024, 6, 16), 0) == date(2024, 6, 16)
    assert OFFICE.count(date(2024, 6, 14), date(2024, 6, 14)) == 0


@given(calendar=calendars(), day=near, number=st.integers(-30, 30))
def test_adding_then_subtracting_comes_back_to_a_worked_day(
    calendar: WorkingCalendar, day: date, number: int
) -> None:
    worked = calendar.rolled(day, Roll.FOLLOWING).day
    assert calendar.add(calendar.add(worked, number), -number) == worked


@given(calendar=calendars(), day=near, first=st.integers(0, 20), second=st.integers(0, 20))
def test_adding_twice_adds_the_sum(
    calendar: WorkingCalendar, day: date, first: int, second: int
) -> None:
    assert calendar.add(calendar.add(day, first), second) == calendar.add(day, first + second)
    assert calendar.add(calendar.add(day, -first), -second) == calendar.add(day, -first - second)


@given(calendar=calendars(), day=near, number=st.integers(-30, 30))
def test_adding_lands_on_a_worked_day_that_many_counted_days_away(
    calendar: WorkingCalendar, day: date, number: int
) -> None:
    found = calendar.add(day, number)
    assert found == day or calendar.is_working(found)
    worked = [one for one in run_of(min(day, found), max(day, found)) if calendar.is_working(one)]
    assert len([one for one in worked if one != day]) == abs(number)


@given(calendar=calendars(), day=near, number=st.integers(-30, 30))
def test_counting_undoes_adding(calendar: WorkingCalendar, day: date, number: int) -> None:
    assert calendar.count(day, calendar.add(day, number)) == number


@given(calendar=calendars(), cuts=st.lists(near, min_size=3, max_size=3))
def test_counts_add_up(calendar: WorkingCalendar, cuts: list[date]) -> None:
    a, b, c = sorted(cuts)
    assert calendar.count(a, b) + calendar.count(b, c) == calendar.count(a, c)
    assert calendar.count(c, b) + calendar.count(b, a) == calendar.count(c, a)


# --- rolling -----------------------------------------------------------------


def test_a_report_day_on_a_saturday_is_met_before_or_after_the_weekend_as_the_rule_says() -> None:
    saturday = date(2024, 6, 15)
    after = OFFICE.rolled(saturday, Roll.FOLLOWING)
    assert after.day == date(2024, 6, 17)
    assert after.reasons == (
        RollReason(code="roll.saturday", facts={"from_on": "2024-06-15", "to_on": "2024-06-17"}),
    )
    assert OFFICE.rolled(saturday, Roll.PRECEDING).day == date(2024, 6, 14)
    assert OFFICE.rolled(saturday, Roll.NONE).day == saturday
    assert OFFICE.rolled(saturday, Roll.NONE).reasons == ()


def test_modified_following_stays_in_its_month() -> None:
    found = OFFICE.rolled(date(2024, 6, 30), Roll.MODIFIED_FOLLOWING)
    assert found.day == date(2024, 6, 28)
    assert found.reasons == (
        RollReason(code="roll.sunday", facts={"from_on": "2024-06-30", "to_on": "2024-06-28"}),
        RollReason(
            code="roll.kept_in_month",
            facts={"skipped_on": "2024-07-01", "to_on": "2024-06-28"},
        ),
    )
    within = OFFICE.rolled(date(2024, 6, 15), Roll.MODIFIED_FOLLOWING)
    assert within.day == date(2024, 6, 17)
    assert [reason.code for reason in within.reasons] == ["roll.saturday"]


def test_a_holiday_is_named_where_its_name_is_known() -> None:
    named = OFFICE.rolled(date(2026, 2, 17), Roll.FOLLOWING)
    assert named.day == date(2026, 2, 23)
    assert named.reasons == (
        RollReason(
            code="roll.named_day_off",
            facts={"from_on": "2026-02-17", "to_on": "2026-02-23", "name": "Mùng 1 Tết"},
        ),
    )
    unnamed = OFFICE.rolled(date(2026, 2, 16), Roll.PRECEDING)
    assert unnamed.reasons == (
        RollReason(code="roll.day_off", facts={"from_on": "2026-02-16", "to_on": "2026-02-13"}),
    )


@given(calendar=calendars(), day=near, roll=rolls)
def test_rolling_again_changes_nothing(calendar: WorkingCalendar, day: date, roll: Roll) -> None:
    once = calendar.rolled(day, roll)
    again = calendar.rolled(once.day, roll)
    assert again.day == once.day
    assert again.reasons == ()


@given(calendar=calendars(), day=near, roll=rolls)
def test_a_rolled_day_is_worked_and_the_nearest_in_its_direction(
    calendar: WorkingCalendar, day: date, roll: Roll
) -> None:
    found = calendar.rolled(day, roll)
    assert bool(found.reasons) == (found.day != day)
    if roll is Roll.NONE or calendar.is_working(day):
        assert found.day == day
        return
    assert calendar.is_working(found.day)
    between = run_of(min(day, found.day), max(day, found.day)) - {found.day}
    assert not any(calendar.is_working(one) for one in between)
    if roll is Roll.FOLLOWING:
        assert found.day > day
    if roll is Roll.PRECEDING:
        assert found.day < day
    if roll is Roll.MODIFIED_FOLLOWING:
        after = calendar.rolled(day, Roll.FOLLOWING).day
        assert found.day == (after if after.month == day.month else found.day)
        assert (found.day < day) == (after.month != day.month)


@pytest.mark.parametrize("roll", [Roll.FOLLOWING, Roll.MODIFIED_FOLLOWING])
def test_past_the_calendars_end_there_is_no_working_day(roll: Roll) -> None:
    closed = WorkingCalendar(name="closed", days_off=frozenset({date.max}))
    with pytest.raises(Refusal) as refused:
        closed.rolled(date.max, roll)
    assert refused.value.code == "calendar.out_of_range"


def test_before_the_calendars_beginning_there_is_no_working_day() -> None:
    with pytest.raises(Refusal) as refused:
        OFFICE.add(date.min, -1)
    assert refused.value.code == "calendar.out_of_range"
    assert refused.value.facts == {"day_on": "0001-01-01"}
    assert OFFICE.add(date.min + ONE_DAY, -1) == date.min
