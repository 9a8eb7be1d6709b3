"""What is refused about days, periods and rules can be said in both languages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from workflow import labels
from workflow.domain.agreement import Due, Roll
from workflow.domain.deadlines import deadline
from workflow.domain.errors import Refusal
from workflow.domain.lunar import lunar_day, solar_day
from workflow.domain.periods import CALENDAR, reporting_year
from workflow.domain.recurrence import scheduled
from workflow.domain.triggers import Day, Every, Length, Trigger
from workflow.domain.working_days import WorkingCalendar
from workflow.wording.dates import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable

START, END = date(2024, 1, 1), date(2025, 1, 1)
FROZEN = WorkingCalendar(name="office", days_off=frozenset({date.max}))


def occasions(trigger: Trigger) -> object:
    return scheduled(trigger, starts_on=START, ends_on=END, from_on=START, until_on=END)


def rule(text: str) -> Callable[[], object]:
    return lambda: occasions(Every(rule=text))


CASES: list[tuple[Callable[[], object], str]] = [
    (lambda: CALENDAR.period_by_key("2024-X"), "“2024-X” không phải là một kỳ"),
    (lambda: CALENDAR.period_by_key("0000"), "năm 0"),
    (lambda: reporting_year("lunar"), "Không có kiểu năm báo cáo “lunar”"),
    (
        lambda: WorkingCalendar(
            name="office", days_off=frozenset({START}), extra_working=frozenset({START})
        ),
        "lịch làm việc office, ngày 01/01/2024",
    ),
    (
        lambda: WorkingCalendar(name="office", weekend=frozenset(range(7))),
        "office không có ngày làm việc nào",
    ),
    (lambda: FROZEN.rolled(date.max, Roll.FOLLOWING), "ngoài mốc 31/12/9999"),
    (
        lambda: deadline(
            Due(offset=9), anchor_on=START, from_on=START, until_on=date.max, calendar=FROZEN
        ),
        "Hạn tính từ ngày 01/01/2024",
    ),
    (lambda: lunar_day(date(1900, 1, 1)), "không có ngày 01/01/1900"),
    (lambda: solar_day(1900, 1, 1), "từ năm 1989 đến năm 2100, không có năm 1900"),
    (lambda: solar_day(2024, 13, 1), "không có tháng 13"),
    (lambda: solar_day(2024, 2, 1, is_leap=True), "Năm âm lịch 2024 không có tháng 2 nhuận"),
    (lambda: solar_day(2024, 1, 30), "Tháng 1 năm âm lịch 2024 có 29 ngày"),
    (rule("every month"), "ở chỗ “EVERY MONTH”"),
    (rule("FREQ=DAILY;FREQ=DAILY"), "FREQ hai lần"),
    (rule("FREQ=HOURLY"), "không phải “HOURLY”"),
    (rule("FREQ=DAILY;COUNT=1;UNTIL=20240101"), "không dùng cả hai"),
    (rule("FREQ=DAILY;COUNT=0"), "COUNT không nhận giá trị “0”"),
    (rule("FREQ=WEEKLY;BYMONTHDAY=1"), "BYMONTHDAY cùng với FREQ=WEEKLY"),
    (rule("FREQ=MONTHLY;BYSETPOS=1"), "BYSETPOS"),
    (rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "40 năm"),
    (lambda: occasions(Day(month=2, day=30)), "ngày 30 trong tháng 2"),
]


@pytest.mark.parametrize(("ask", "words"), CASES)
def test_a_refusal_is_said_in_both_languages(ask: Callable[[], object], words: str) -> None:
    with pytest.raises(Refusal) as refused:
        ask()
    assert words in labels.describe(refused.value, "vi")
    english = labels.describe(refused.value, "en")
    assert english.endswith(".")
    assert "{" not in english


def test_every_refusal_about_dates_is_among_them() -> None:
    said = set()
    for ask, _ in CASES:
        with pytest.raises(Refusal) as refused:
            ask()
        said.add(refused.value.code)
    # What an agreement's file gets wrong is tried where files are read.
    in_files = ("settings.", "reporting_year.said_twice")
    others = ("roll.", "period.", "days.", "sheet.", "calendar.day_not_laid", *in_files)
    assert said == {code for code in MESSAGES if not code.startswith(others)} | {
        "period.bad_key",
        "period.out_of_range",
    }


@pytest.mark.parametrize(
    ("key", "vietnamese", "english"),
    [
        ("2024-03", "Tháng 3/2024", "Month 3/2024"),
        ("2024-Q1", "Quý I/2024", "Quarter I/2024"),
        ("2024-H1", "6 tháng đầu năm 2024", "First half of 2024"),
        ("2024-H2", "6 tháng cuối năm 2024", "Second half of 2024"),
        ("2024", "Năm 2024", "Year 2024"),
        ("2024-9M", "9 tháng đầu năm 2024", "First 9 months of 2024"),
    ],
)
def test_a_period_has_its_name(key: str, vietnamese: str, english: str) -> None:
    label = CALENDAR.period_by_key(key).label
    assert labels.sentence_for(*label, "vi") == vietnamese
    assert labels.sentence_for(*label, "en") == english


def test_every_length_has_a_name() -> None:
    for length in Length:
        code, facts = CALENDAR.period_containing(START, length).label
        assert labels.sentence_for(code, facts, "vi")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2024, 6, 3), "03/06/2024 là Thứ Hai"),
        (date(2024, 6, 4), "04/06/2024 là Thứ Ba"),
        (date(2024, 6, 5), "05/06/2024 là Thứ Tư"),
        (date(2024, 6, 6), "06/06/2024 là Thứ Năm"),
        (date(2024, 6, 7), "07/06/2024 là Thứ Sáu"),
        (date(2024, 6, 8), "08/06/2024 là Thứ Bảy"),
        (date(2024, 6, 9), "09/06/2024 là Chủ nhật"),
    ],
)
def test_a_roll_names_the_weekday(day: date, words: str) -> None:
    calendar = WorkingCalendar(name="one", weekend=frozenset({day.weekday()}))
    (reason,) = calendar.rolled(day, Roll.FOLLOWING).reasons
    assert words in labels.sentence_for(reason.code, reason.facts, "vi")
    assert f"{day:%A}" in labels.sentence_for(reason.code, reason.facts, "en")


def test_a_roll_names_the_holiday_and_the_month_it_stays_in() -> None:
    holiday = date(2024, 4, 30)
    calendar = WorkingCalendar(
        name="office", days_off=frozenset({holiday}), names={holiday: "Ngày Chiến thắng"}
    )
    named, kept = calendar.rolled(holiday, Roll.MODIFIED_FOLLOWING).reasons
    assert labels.sentence_for(named.code, named.facts, "vi") == (
        "Ngày 30/04/2024 được nghỉ, Ngày Chiến thắng: chuyển sang ngày 29/04/2024."
    )
    assert "01/05/2024" in labels.sentence_for(kept.code, kept.facts, "vi")
    unnamed = WorkingCalendar(name="office", days_off=frozenset({holiday}))
    (reason,) = unnamed.rolled(holiday, Roll.FOLLOWING).reasons
    assert labels.sentence_for(reason.code, reason.facts, "vi") == (
        "Ngày 30/04/2024 là ngày nghỉ nên chuyển sang ngày 01/05/2024."
    )
