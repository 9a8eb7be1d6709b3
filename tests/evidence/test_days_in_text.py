"""Days as documents write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.specimens import facts
from workflow.evidence.check import Judgement, Outcome
from workflow.evidence.days_in_text import Dated, DatedParams, days_in, judge_day, written_span

FIFTH = [date(2026, 1, 5)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bắc Ninh, ngày 05 tháng 01 năm 2026", FIFTH),
        ("ngay 05 thang 01 nam 2026", FIFTH),
        ("NGÀY 5 THÁNG 1 NĂM 2026", FIFTH),
        ("05/01/2026", FIFTH),
        ("5.1.2026", FIFTH),
        ("5-1-2026", FIFTH),
        ("5 / 1 / 2026", FIFTH),
        ("2026-01-05T10:00:00", FIFTH),
        ("ngày 5/1/26", FIFTH),
        ("ngày mùng 5 tháng 1, năm 2026", FIFTH),
        ("ngày 12-13/3/2024", [date(2024, 3, 12), date(2024, 3, 13)]),
        ("ngày 12 và 13 tháng 3 năm 2024", [date(2024, 3, 12), date(2024, 3, 13)]),
        ("01/01/2024-31/03/2024", [date(2024, 1, 1), date(2024, 3, 31)]),
        ("04/05/2024", [date(2024, 5, 4)]),
        ("08:00:12, 05/01/2026", FIFTH),
        ("8h30, 05/01/2026", FIFTH),
        ("12-13/3/2024", [date(2024, 3, 12), date(2024, 3, 13)]),
        ("ngày 31/02/2024", []),
        ("ngày 15 tháng 3 âm lịch năm 2024", []),
        ("15/3/2024 (âm lịch)", []),
        ("Số: 45/12/2024/NQ", []),
        ("ngày    tháng 01 năm 2026", []),
        ("ngày 3/2", []),
        ("ngày 5/1/1926", []),
    ],
)
def test_a_day_is_read_day_first(text: str, expected: list[date]) -> None:
    assert [day.on for day in days_in(text)] == expected


def test_a_day_without_year_takes_the_one_it_is_given_and_says_so() -> None:
    (day,) = days_in("hồi 8 giờ ngày 12/3", year=2024)
    assert (day.on, day.has_year) == (date(2024, 3, 12), False)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.sampled_from("/.-"))
def test_every_day_is_read_back_in_both_forms(day: date, mark: str) -> None:
    official = f"ngày {day.day:02d} tháng {day.month} năm {day.year}"
    assert [found.on for found in days_in(official)] == [day]
    assert [found.on for found in days_in(f"{day.day}{mark}{day.month:02d}{mark}{day.year}")] == [
        day
    ]


@given(st.text(alphabet="ngày thánmđế0123456789/-.,\n", max_size=80))
def test_any_text_gives_days_within_it(text: str) -> None:
    for day in days_in(text, year=2024):
        assert 0 <= day.start < day.end <= len(text)


def verdict(day: date | None, params: DatedParams, **changes: object) -> tuple[Outcome, list[str]]:
    judgement = Judgement("x", "1")
    otherwise = Dated.IN_PERIOD
    judge_day(day, params, facts=facts(**changes), otherwise=otherwise, judgement=judgement)
    return judgement.outcome, [reason.code for _, reason in judgement._reasons]


MEETING = date(2024, 3, 12)


@pytest.mark.parametrize(
    ("day", "params", "code"),
    [
        (date(2024, 1, 1), DatedParams(), None),
        (date(2024, 3, 31), DatedParams(), None),
        (date(2024, 4, 1), DatedParams(), "date.outside_period"),
        (date(2023, 12, 31), DatedParams(), "date.outside_period"),
        (date(2023, 12, 31), DatedParams(days_before=1), None),
        (date(2024, 4, 1), DatedParams(days_after=1), None),
        (date(2024, 5, 20), DatedParams(dated=Dated.FROM_PERIOD), None),
        (date(2023, 12, 31), DatedParams(dated=Dated.FROM_PERIOD), "date.outside_period"),
        (MEETING, DatedParams(dated=Dated.BEFORE_EVENT), None),
        (date(2024, 3, 13), DatedParams(dated=Dated.BEFORE_EVENT), "date.after_event"),
        (date(2023, 12, 1), DatedParams(dated=Dated.BEFORE_EVENT), "date.too_early"),
        (MEETING, DatedParams(dated=Dated.AROUND_EVENT), None),
        (date(2024, 3, 14), DatedParams(dated=Dated.AROUND_EVENT, days_after=2), None),
        (
            date(2024, 3, 15),
            DatedParams(dated=Dated.AROUND_EVENT, days_after=2),
            "date.after_event",
        ),
        (date(2024, 3, 11), DatedParams(dated=Dated.AROUND_EVENT), "date.too_early"),
        (date(2001, 1, 1), DatedParams(dated=Dated.ANY), None),
        (None, DatedParams(dated=Dated.ANY), "date.not_found"),
    ],
)
def test_a_day_is_held_against_the_tasks_own_days(
    day: date | None, params: DatedParams, code: str | None
) -> None:
    outcome, given_codes = verdict(day, params, event_on=MEETING)
    assert given_codes == ([code] if code else [])
    assert outcome is (Outcome.FAILED if code else Outcome.PASSED)


def test_a_day_after_the_receipt_is_left_to_a_person() -> None:
    assert verdict(date(2024, 3, 9), DatedParams(), received_on=date(2024, 3, 8)) == (
        Outcome.UNDECIDED,
        ["date.after_receipt"],
    )


def test_without_period_or_event_a_person_decides() -> None:
    assert verdict(MEETING, DatedParams(), period_from=None, period_until=None)[1] == [
        "facts.period_missing"
    ]
    assert verdict(MEETING, DatedParams(dated=Dated.AROUND_EVENT))[1] == ["facts.event_missing"]


@pytest.mark.parametrize(
    ("changes", "first", "until"),
    [
        ({}, date(2024, 1, 1), date(2024, 4, 1)),
        ({"due_on": date(2024, 3, 18)}, date(2024, 1, 1), date(2024, 4, 1)),
        ({"due_on": date(2024, 4, 10)}, date(2024, 1, 1), date(2024, 4, 11)),
        ({"due_on": date(2023, 12, 20)}, date(2023, 12, 20), date(2024, 4, 1)),
        (
            {"due_on": date(2023, 12, 20), "opens_on": date(2023, 12, 1)},
            date(2023, 12, 1),
            date(2024, 4, 1),
        ),
    ],
)
def test_what_is_written_about_a_period_may_be_written_until_it_is_due(
    changes: dict[str, date], first: date, until: date
) -> None:
    span = written_span(facts(**changes))
    assert (span.period_from, span.period_until) == (first, until)
