"""When an occasion opens, is due and is reported, and why its day was moved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.agreement import Count, Due, DueFrom, FixedDay, Roll
from workflow.domain.deadlines import Deadline, RollReason, deadline
from workflow.domain.errors import Refusal
from workflow.domain.periods import CALENDAR, ND09, Period, ReportingYear
from workflow.domain.triggers import Length
from workflow.domain.working_days import WorkingCalendar

OFFICE = WorkingCalendar(
    name="office",
    days_off=frozenset({date(2024, 4, 29), date(2024, 4, 30), date(2024, 5, 1)}),
    extra_working=frozenset({date(2024, 5, 4)}),
    names={date(2024, 4, 30): "Ngày Chiến thắng"},
)


def of_period(due: Due, period: Period, *, recorded_on: date | None = None) -> Deadline:
    return deadline(
        due,
        anchor_on=period.from_on,
        from_on=period.from_on,
        until_on=period.until_on,
        calendar=OFFICE,
        recorded_on=recorded_on,
    )


def of_day(due: Due, day: date, *, recorded_on: date | None = None) -> Deadline:
    return deadline(
        due,
        anchor_on=day,
        from_on=day,
        until_on=day + timedelta(days=1),
        calendar=OFFICE,
        recorded_on=recorded_on,
    )


Q1 = CALENDAR.period_by_key("2024-Q1")
Q2 = CALENDAR.period_by_key("2024-Q2")


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (Due(), date(2024, 6, 30)),
        (Due(offset=10), date(2024, 7, 10)),
        (Due(offset=-5), date(2024, 6, 25)),
        (Due(reckoned=DueFrom.START), date(2024, 4, 1)),
        (Due(reckoned=DueFrom.START, offset=4), date(2024, 4, 5)),
        (Due(reckoned=DueFrom.START, offset=-12), date(2024, 3, 20)),
        (Due(reckoned=DueFrom.DAY, offset=2), date(2024, 4, 3)),
        (Due(offset=3, count=Count.WORKING), date(2024, 7, 3)),
        (Due(offset=-1, count=Count.WORKING), date(2024, 6, 28)),
        (Due(fixed=FixedDay(day=15)), date(2024, 6, 15)),
        (Due(fixed=FixedDay(day=25, month=-1)), date(2024, 6, 25)),
        (Due(fixed=FixedDay(day=25, month=-3)), date(2024, 4, 25)),
        (Due(fixed=FixedDay(day=5, month=1)), date(2024, 4, 5)),
        (Due(fixed=FixedDay(day=31, month=1)), date(2024, 4, 30)),
        (Due(fixed=FixedDay(day=31, month=2)), date(2024, 5, 31)),
        (Due(fixed=FixedDay(day=20, month=0)), date(2024, 3, 20)),
        (Due(fixed=FixedDay(day=10, month=4)), date(2024, 7, 10)),
        # A fixed day is a day, whatever else is said of counting.
        (Due(fixed=FixedDay(day=15), offset=9, reckoned=DueFrom.START), date(2024, 6, 15)),
    ],
)
def test_the_due_day_of_a_quarter(due: Due, expected: date) -> None:
    found = of_period(due, Q2)
    assert found.due_on == found.unrolled_on == expected
    assert found.reasons == ()


@pytest.mark.parametrize(
    ("key", "fixed", "expected"),
    [
        # Nghị định 09/2019/NĐ-CP, article 13: by the 25th of the period's last month.
        ("2024-Q1", FixedDay(day=25), date(2024, 3, 25)),
        ("2024-Q1", FixedDay(day=5, month=1), date(2024, 1, 5)),
        ("2024-Q1", FixedDay(day=20, month=0), date(2023, 12, 20)),
        ("2024-02", FixedDay(day=30), date(2024, 2, 29)),
        ("2024-02", FixedDay(day=1, month=1), date(2024, 2, 1)),
        ("2024-H1", FixedDay(day=25), date(2024, 6, 25)),
        ("2024", FixedDay(day=25), date(2024, 12, 25)),
        ("2024", FixedDay(day=25, month=1), date(2024, 1, 25)),
    ],
)
def test_the_months_of_a_period_of_decree_09(key: str, fixed: FixedDay, expected: date) -> None:
    assert of_period(Due(fixed=fixed), ND09.period_by_key(key)).due_on == expected


def test_a_single_day_lies_in_one_month() -> None:
    for month in (1, -1):
        fixed = Due(fixed=FixedDay(day=31, month=month))
        assert of_day(fixed, date(2024, 2, 10)).due_on == date(2024, 2, 29)
        assert of_day(fixed, date(2024, 1, 31)).due_on == date(2024, 1, 31)


@given(
    day=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    length=st.sampled_from(Length),
    reporting=st.sampled_from((CALENDAR, ND09)),
    number=st.integers(1, 31),
)
def test_months_counted_from_either_end_are_the_same_months(
    day: date, length: Length, reporting: ReportingYear, number: int
) -> None:
    period = reporting.period_containing(day, length)
    months = {Length.MONTH: 1, Length.QUARTER: 3, Length.HALF_YEAR: 6, Length.YEAR: 12}[length]
    for month in range(1, months + 1):
        front = of_period(Due(fixed=FixedDay(day=number, month=month)), period)
        back = of_period(Due(fixed=FixedDay(day=number, month=month - months - 1)), period)
        assert front.due_on == back.due_on
    last = of_period(Due(fixed=FixedDay(day=number)), period).due_on
    assert (last.year, last.month) == (period.last_on.year, period.last_on.month)


def test_an_invitation_goes_out_two_working_days_before_the_meeting() -> None:
    due = Due(reckoned=DueFrom.DAY, offset=-2, count=Count.WORKING)
    found = of_day(due, date(2024, 5, 2), recorded_on=date(2024, 4, 10))
    assert found.due_on == date(2024, 4, 25)
    assert found.opens_on == date(2024, 4, 10)


# --- rolling -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roll", "expected", "codes"),
    [
        (Roll.NONE, date(2024, 6, 15), []),
        (Roll.FOLLOWING, date(2024, 6, 17), ["roll.saturday"]),
        (Roll.PRECEDING, date(2024, 6, 14), ["roll.saturday"]),
        (Roll.MODIFIED_FOLLOWING, date(2024, 6, 17), ["roll.saturday"]),
    ],
)
def test_the_15th_of_june_is_a_saturday(roll: Roll, expected: date, codes: list[str]) -> None:
    found = of_period(Due(fixed=FixedDay(day=15), roll=roll), Q2)
    assert (found.unrolled_on, found.due_on) == (date(2024, 6, 15), expected)
    assert [reason.code for reason in found.reasons] == codes


def test_the_reason_says_which_day_off_pushed_it_where() -> None:
    found = of_period(Due(fixed=FixedDay(day=30, month=1), roll=Roll.FOLLOWING), Q2)
    assert found.reasons == (
        RollReason(
            code="roll.named_day_off",
            facts={"from_on": "2024-04-30", "to_on": "2024-05-02", "name": "Ngày Chiến thắng"},
        ),
    )


def test_a_quarters_end_on_a_sunday_stays_in_the_quarter() -> None:
    found = of_period(Due(roll=Roll.MODIFIED_FOLLOWING), Q1)
    assert found.unrolled_on == date(2024, 3, 31)
    assert found.due_on == date(2024, 3, 29)
    assert [reason.code for reason in found.reasons] == ["roll.sunday", "roll.kept_in_month"]


# --- opening and reporting -------------------------------------------------------


def test_a_task_opens_with_its_period_unless_the_rule_says_when() -> None:
    assert of_period(Due(), Q2).opens_on == date(2024, 4, 1)
    assert of_period(Due(opens=0), Q2).opens_on == date(2024, 6, 30)
    assert of_period(Due(opens=100), Q2).opens_on == date(2024, 3, 22)


def test_opening_is_counted_from_the_rolled_day() -> None:
    found = of_period(Due(fixed=FixedDay(day=15), roll=Roll.FOLLOWING, opens=7), Q2)
    assert found.opens_on == date(2024, 6, 10)


def test_a_task_never_opens_after_it_is_due() -> None:
    before_the_quarter = Due(fixed=FixedDay(day=20, month=0))
    found = of_period(before_the_quarter, Q2)
    assert found.opens_on == found.due_on == date(2024, 3, 20)
    recorded_late = of_day(Due(), date(2024, 6, 5), recorded_on=date(2024, 6, 9))
    assert recorded_late.opens_on == recorded_late.due_on == date(2024, 6, 5)
    assert of_period(Due(opens=-3), Q2).opens_on == date(2024, 6, 30)


def test_the_report_day_is_counted_as_the_rule_counts() -> None:
    assert of_period(Due(), Q2).report_by_on is None
    assert of_period(Due(report_by=0), Q2).report_by_on == date(2024, 6, 30)
    assert of_period(Due(report_by=6), Q2).report_by_on == date(2024, 7, 6)
    working = Due(report_by=5, count=Count.WORKING)
    assert of_period(working, Q2).report_by_on == date(2024, 7, 5)
    rolled = Due(fixed=FixedDay(day=15), roll=Roll.FOLLOWING, report_by=2)
    assert of_period(rolled, Q2).report_by_on == date(2024, 6, 19)


dues = st.builds(
    Due,
    reckoned=st.sampled_from(DueFrom),
    offset=st.integers(-60, 60),
    count=st.sampled_from(Count),
    fixed=st.none() | st.builds(FixedDay, day=st.integers(1, 31), month=st.integers(-14, 14)),
    roll=st.sampled_from(Roll),
    opens=st.none() | st.integers(0, 90),
    report_by=st.none() | st.integers(0, 30),
)


@given(
    due=dues,
    day=st.dates(date(2023, 1, 1), date(2026, 1, 1)),
    length=st.sampled_from(Length),
    recorded_after=st.none() | st.integers(-90, 90),
)
def test_the_days_of_an_occasion_are_in_order_and_explained(
    due: Due, day: date, length: Length, recorded_after: int | None
) -> None:
    period = CALENDAR.period_containing(day, length)
    recorded_on = None if recorded_after is None else day + timedelta(days=recorded_after)
    found = of_period(due, period, recorded_on=recorded_on)
    assert found.opens_on <= found.due_on
    assert found.report_by_on is None or found.due_on <= found.report_by_on
    assert bool(found.reasons) == (found.due_on != found.unrolled_on)
    assert due.roll is Roll.NONE or OFFICE.is_working(found.due_on)
    for reason in found.reasons:
        assert reason.facts["to_on"] == found.due_on.isoformat()


@pytest.mark.parametrize(
    ("due", "code"),
    [
        (Due(offset=10), "deadline.out_of_range"),
        (Due(fixed=FixedDay(day=1, month=14)), "deadline.out_of_range"),
        (Due(offset=400, count=Count.WORKING), "calendar.out_of_range"),
    ],
)
def test_a_day_past_the_calendars_end_is_refused(due: Due, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        of_day(due, date(9999, 12, 30))
    assert refused.value.code == code


def test_a_day_before_the_calendars_beginning_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        of_day(Due(fixed=FixedDay(day=1, month=-2)), date(1, 1, 5))
    assert refused.value.code == "deadline.out_of_range"
    assert refused.value.facts == {"anchor_on": "0001-01-05"}
