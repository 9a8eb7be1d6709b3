"""Recurrence rules: what is refused, and that ours are the days of the RFC."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.errors import Refusal
from workflow.domain.repetition import check_rule, parsed_rule, rule_days

START = date(2024, 1, 31)
FAR = date(2400, 1, 1)


def days(rule: str, starts: date, from_on: date, until_on: date) -> list[date]:
    return [day for day, _ in rule_days(rule, starts, from_on=from_on, until_on=until_on)]


def iterated(rule: str, starts: date, from_on: date, until_on: date) -> list[date]:
    """The same days, from dateutil alone and from the very start."""
    found = []
    for instant in rrulestr(rule, dtstart=datetime(starts.year, starts.month, starts.day)):
        if instant.date() >= until_on:
            break
        found.append(instant.date())
    return [day for day in found if day >= from_on]


RULES = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;INTERVAL=10;COUNT=7",
    "FREQ=DAILY;BYDAY=MO,WE,FR",
    "FREQ=DAILY;BYMONTH=1,6;BYMONTHDAY=1,15,-1",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=MO",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
    "FREQ=WEEKLY;INTERVAL=3;COUNT=10",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR;BYSETPOS=2",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYMONTHDAY=25;UNTIL=20241231",
    "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYDAY=+2TU;COUNT=9",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=MONTHLY;INTERVAL=2;BYDAY=SA,SU;BYSETPOS=1,-2",
    "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=21",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;INTERVAL=2;BYYEARDAY=1,-1,200",
    "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
    "FREQ=YEARLY;BYDAY=20MO",
    "FREQ=YEARLY;BYMONTH=1,9;BYDAY=1MO,-1FR",
    "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
]

start_days = st.dates(min_value=date(1990, 1, 1), max_value=date(2050, 12, 31))
windows = st.tuples(st.integers(-400, 8000), st.integers(0, 1500))


@given(rule=st.sampled_from(RULES), starts=start_days, window=windows)
def test_a_window_holds_what_dateutil_gives_from_the_very_start(
    rule: str, starts: date, window: tuple[int, int]
) -> None:
    from_on = starts + timedelta(days=window[0])
    until_on = from_on + timedelta(days=window[1])
    assert days(rule, starts, from_on, until_on) == iterated(rule, starts, from_on, until_on)


@given(
    rule=st.sampled_from(["FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=3,9"]),
    interval=st.integers(1, 5),
    starts=start_days.filter(lambda day: day.day <= 28),
    window=windows,
)
def test_a_start_that_every_month_has_gives_the_days_of_the_rfc(
    rule: str, interval: int, starts: date, window: tuple[int, int]
) -> None:
    rule = f"{rule};INTERVAL={interval}"
    from_on = starts + timedelta(days=window[0])
    until_on = from_on + timedelta(days=window[1])
    assert days(rule, starts, from_on, until_on) == iterated(rule, starts, from_on, until_on)


@given(
    rule=st.sampled_from([*RULES, "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=MONTHLY;COUNT=20"]),
    starts=start_days,
    cuts=st.lists(st.integers(-400, 8000), min_size=3, max_size=3),
)
def test_windows_compose(rule: str, starts: date, cuts: list[int]) -> None:
    a, b, c = (starts + timedelta(days=cut) for cut in sorted(cuts))
    whole = rule_days(rule, starts, from_on=a, until_on=c)
    assert rule_days(rule, starts, from_on=a, until_on=b) + rule_days(
        rule, starts, from_on=b, until_on=c
    ) == whole  # fmt: skip
    # Each day lasts until the next one, so the days tile time.
    assert [following for _, following in whole[:-1]] == [day for day, _ in whole[1:]]
    assert all(day < following for day, following in whole)


@given(starts=start_days, interval=st.integers(1, 30), number=st.integers(0, 200))
def test_the_nth_month_is_reckoned_from_the_start_and_clamped(
    starts: date, interval: int, number: int
) -> None:
    month = starts.year * 12 + starts.month - 1 + interval * number
    year, before = divmod(month, 12)
    first = date(year, before + 1, 1)
    next_first = date(year + (before == 11), (before + 1) % 12 + 1, 1)
    expected = first + timedelta(days=min(starts.day, (next_first - first).days) - 1)
    found = days(f"FREQ=MONTHLY;INTERVAL={interval}", starts, first, next_first)
    assert found == [expected]
    if interval * number % 12 == 0:
        rule = f"FREQ=YEARLY;INTERVAL={interval * number // 12 or 1}"
        assert days(rule, starts, first, next_first) == [expected]


def test_a_yearly_rule_of_several_months_clamps_in_each() -> None:
    rule = "FREQ=YEARLY;INTERVAL=2;BYMONTH=2,6,8,2"
    assert days(rule, date(2023, 8, 31), date(2023, 1, 1), date(2028, 1, 1)) == [
        date(2023, 8, 31),
        date(2025, 2, 28),
        date(2025, 6, 30),
        date(2025, 8, 31),
        date(2027, 2, 28),
        date(2027, 6, 30),
        date(2027, 8, 31),
    ]


def test_a_monthly_rule_of_some_months_clamps_in_each() -> None:
    found = days("FREQ=MONTHLY;BYMONTH=1,2,4", START, date(2024, 1, 1), date(2025, 3, 1))
    assert found == [
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 4, 30),
        date(2025, 1, 31),
        date(2025, 2, 28),
    ]


def test_a_window_in_the_far_future_is_reached_at_once() -> None:
    weeks = (date(9000, 1, 6) - date(2024, 1, 1)).days // 14
    monday = date(2024, 1, 1) + timedelta(days=14 * weeks)
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"
    assert days(rule, date(2024, 1, 1), monday, monday + timedelta(days=14)) == [monday]
    assert days("FREQ=DAILY", START, date(9999, 12, 30), date.max) == [date(9999, 12, 30)]


def test_the_last_day_of_the_calendar_ends_the_last_occasion() -> None:
    found = rule_days("FREQ=YEARLY", date(2024, 3, 1), from_on=date(9999, 1, 1), until_on=date.max)
    assert found == [(date(9999, 3, 1), date.max)]


def test_the_day_after_the_last_is_what_the_rule_would_give_without_a_limit() -> None:
    january = date(2024, 1, 15)
    for limit in ("COUNT=2", "UNTIL=20240301"):
        assert rule_days(
            f"FREQ=MONTHLY;{limit}", january, from_on=january, until_on=FAR
        ) == [(january, date(2024, 2, 15)), (date(2024, 2, 15), date(2024, 3, 15))]  # fmt: skip


def test_count_counts_more_days_than_the_calendar_has() -> None:
    rule = "FREQ=YEARLY;COUNT=9000"
    assert days(rule, date(2024, 3, 1), date(9999, 1, 1), date.max) == [date(9999, 3, 1)]


def test_empty_windows_hold_nothing() -> None:
    assert days("FREQ=DAILY", START, date(2024, 5, 2), date(2024, 5, 2)) == []
    assert days("FREQ=DAILY", START, date(2024, 5, 2), date(2024, 5, 1)) == []
    assert days("FREQ=DAILY", START, date(2023, 1, 1), START) == []


def test_a_rule_is_read_in_either_case_and_with_its_name() -> None:
    assert parsed_rule("rrule:freq=monthly; byday=-1fr").frequency == "MONTHLY"
    assert days("RRULE:freq=daily;count=2", START, START, FAR) == [START, date(2024, 2, 1)]


def _in(part: str, frequency: str) -> dict[str, object]:
    return {"part": part, "frequency": frequency}


@pytest.mark.parametrize(
    ("rule", "code", "facts"),
    [
        ("", "unknown_part", {"part": ""}),
        ("every month", "unknown_part", {"part": "EVERY MONTH"}),
        ("FREQ=MONTHLY;", "unknown_part", {"part": ""}),
        ("FREQ=MONTHLY;BYHOUR=9", "unknown_part", {"part": "BYHOUR"}),
        ("FREQ=YEARLY;BYEASTER=0", "unknown_part", {"part": "BYEASTER"}),
        ("FREQ=DAILY;FREQ=DAILY", "part_twice", {"part": "FREQ"}),
        ("INTERVAL=2", "frequency", {"frequency": ""}),
        ("FREQ=HOURLY", "frequency", {"frequency": "HOURLY"}),
        ("FREQ=SOMETIMES", "frequency", {"frequency": "SOMETIMES"}),
        ("FREQ=DAILY;COUNT=2;UNTIL=20240101", "count_and_until", {}),
        ("FREQ=DAILY;INTERVAL=0", "bad_value", {"part": "INTERVAL", "value": "0"}),
        ("FREQ=DAILY;INTERVAL=-1", "bad_value", {"part": "INTERVAL", "value": "-1"}),
        ("FREQ=DAILY;INTERVAL=10001", "bad_value", {"part": "INTERVAL", "value": "10001"}),
        ("FREQ=DAILY;INTERVAL=x", "bad_value", {"part": "INTERVAL", "value": "X"}),
        ("FREQ=DAILY;COUNT=0", "bad_value", {"part": "COUNT", "value": "0"}),
        ("FREQ=DAILY;UNTIL=2024-01-01", "bad_value", {"part": "UNTIL", "value": "2024-01-01"}),
        ("FREQ=DAILY;UNTIL=20240230", "bad_value", {"part": "UNTIL", "value": "20240230"}),
        ("FREQ=DAILY;UNTIL=20240101T00", "bad_value", {"part": "UNTIL", "value": "20240101T00"}),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "bad_value", {"part": "BYMONTHDAY", "value": "32"}),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "bad_value", {"part": "BYMONTHDAY", "value": "0"}),
        ("FREQ=MONTHLY;BYMONTHDAY=1,,2", "bad_value", {"part": "BYMONTHDAY", "value": ""}),
        ("FREQ=MONTHLY;BYMONTH=-1", "bad_value", {"part": "BYMONTH", "value": "-1"}),
        ("FREQ=WEEKLY;BYDAY=MON", "bad_value", {"part": "BYDAY", "value": "MON"}),
        ("FREQ=WEEKLY;BYDAY=XX", "bad_value", {"part": "BYDAY", "value": "XX"}),
        ("FREQ=WEEKLY;BYDAY=1MO", "bad_value", {"part": "BYDAY", "value": "1MO"}),
        ("FREQ=MONTHLY;BYDAY=0MO", "bad_value", {"part": "BYDAY", "value": "0"}),
        ("FREQ=MONTHLY;BYDAY=54MO", "bad_value", {"part": "BYDAY", "value": "54"}),
        ("FREQ=YEARLY;BYWEEKNO=2;BYDAY=1MO", "bad_value", {"part": "BYDAY", "value": "1MO"}),
        ("FREQ=WEEKLY;WKST=1", "bad_value", {"part": "WKST", "value": "1"}),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "part_not_allowed", _in("BYMONTHDAY", "WEEKLY")),
        ("FREQ=MONTHLY;BYWEEKNO=1", "part_not_allowed", _in("BYWEEKNO", "MONTHLY")),
        ("FREQ=MONTHLY;BYYEARDAY=1", "part_not_allowed", _in("BYYEARDAY", "MONTHLY")),
        ("FREQ=MONTHLY;BYSETPOS=1", "position_of_nothing", {}),
        ("FREQ=MONTHLY;BYMONTH=2;BYSETPOS=1", "position_of_nothing", {}),
    ],
)  # fmt: skip
def test_a_bad_rule_is_refused(rule: str, code: str, facts: dict[str, object]) -> None:
    with pytest.raises(Refusal) as refused:
        check_rule(rule, START)
    assert refused.value.code == f"recurrence.{code}"
    assert refused.value.facts == {"rule": rule, **facts}


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=YEARLY;BYMONTH=1;BYYEARDAY=366",
    ],
)
@pytest.mark.parametrize("starts", [date(2024, 1, 1), date(1999, 1, 1), date(9990, 1, 1)])
def test_a_rule_that_never_comes_is_refused_and_not_searched_for_ever(
    rule: str, starts: date
) -> None:
    with pytest.raises(Refusal) as refused:
        rule_days(rule, starts, from_on=starts, until_on=date.max)
    assert refused.value.code == "recurrence.never"
    assert refused.value.facts == {"rule": rule}


def test_a_rare_day_is_not_taken_for_one_that_never_comes() -> None:
    leap = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=TH"
    assert days(leap, date(2000, 1, 1), date(2020, 1, 1), date(2060, 1, 1)) == [
        date(2024, 2, 29),
        date(2052, 2, 29),
    ]


@given(starts=start_days, count=st.integers(1, 60), skip=st.integers(0, 3000))
def test_count_counts_from_the_start_whatever_window_is_looked_at(
    starts: date, count: int, skip: int
) -> None:
    rule = f"FREQ=WEEKLY;BYDAY=MO,TH;COUNT={count}"
    all_days = list(
        islice(iterated("FREQ=WEEKLY;BYDAY=MO,TH", starts, starts, starts + timedelta(400)), count)
    )
    from_on = starts + timedelta(days=skip)
    assert days(rule, starts, from_on, FAR) == [day for day in all_days if day >= from_on]
