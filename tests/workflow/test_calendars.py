"""Working calendars: the truth of Vietnam's years, the overlay, and what is written of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from workflow import labels
from workflow.calendars import (
    WEEKENDS,
    Imported,
    ListedDay,
    Source,
    changed_calendars,
    import_overlay,
    listed_days,
    plain_calendar,
    remove_overlay,
    working_calendars,
)
from workflow.domain.agreement import Due, FixedDay, Roll
from workflow.domain.deadlines import deadline
from workflow.domain.errors import Refusal
from workflow.domain.periods import CALENDAR
from workflow.domain.working_days import EVERY_CALENDAR, DayChange, WorkingCalendar
from workflow.journal import Act
from workflow.store.days import overlaid_days
from workflow.store.journal import journal_entry

if TYPE_CHECKING:
    from sqlalchemy import Connection

YEARS = range(2018, 2028)
ACT = Act(by="an", at=datetime(2025, 12, 26, 2, 0, tzinfo=UTC), reason="Thông báo 25/12/2025")
LATER = Act(by="binh", at=datetime(2025, 12, 27, 2, 0, tzinfo=UTC))
OFF = DayChange(calendar="office", day_on=date(2026, 6, 1), is_off=True, name="Nghỉ")
WORKED = DayChange(calendar="office", day_on=date(2026, 6, 6), is_off=False, name="Làm bù")


def calendars(db: Connection, *, years: range = YEARS) -> dict[str, WorkingCalendar]:
    return working_calendars(db, country="VN", years=years, names=WEEKENDS)


def entries(db: Connection) -> list[dict[str, object]]:
    rows = db.execute(select(journal_entry.c.body).order_by(journal_entry.c.id)).scalars()
    return [json.loads(body) for body in rows]


# --- the truth table -------------------------------------------------------------

OFF_DAYS = [
    *(date(2023, 1, day) for day in range(20, 27)),
    date(2023, 5, 2),
    date(2023, 5, 3),
    date(2023, 9, 1),
    date(2023, 9, 4),
    date(2024, 4, 29),
    date(2025, 5, 2),
    date(2026, 1, 2),
    *(date(2026, 2, day) for day in range(16, 21)),
    date(2026, 4, 27),
    date(2026, 8, 31),
    date(2026, 11, 24),
]
WORKED_SATURDAYS = [
    date(2019, 1, 5),
    date(2024, 5, 4),
    date(2025, 4, 26),
    date(2026, 1, 10),
    date(2026, 8, 22),
]


@pytest.mark.parametrize("day", OFF_DAYS, ids=str)
def test_offices_had_the_day_off(day: date) -> None:
    assert not plain_calendar("office", country="VN", years=YEARS).is_working(day)


@pytest.mark.parametrize("day", WORKED_SATURDAYS, ids=str)
def test_offices_worked_the_saturday(day: date) -> None:
    office = plain_calendar("office", country="VN", years=YEARS)
    assert day.weekday() == 5
    assert office.is_working(day)
    assert office.extra_working == frozenset(WORKED_SATURDAYS) | {date(2019, 5, 4)}


def test_every_other_weekday_of_2024_was_worked() -> None:
    office = plain_calendar("office", country="VN", years=YEARS)
    off = [
        day
        for ordinal in range(date(2024, 1, 1).toordinal(), date(2025, 1, 1).toordinal())
        for day in [date.fromordinal(ordinal)]
        if not office.is_working(day) and day.weekday() < 5
    ]
    assert off == [
        date(2024, 1, 1),
        *(date(2024, 2, day) for day in (8, 9, 12, 13, 14)),
        date(2024, 4, 18),
        date(2024, 4, 29),
        date(2024, 4, 30),
        date(2024, 5, 1),
        date(2024, 9, 2),
        date(2024, 9, 3),
    ]


@pytest.mark.parametrize(
    ("day", "office", "six_day", "every_day"),
    [
        (date(2024, 4, 29), False, True, True),  # swapped by who has both days off
        (date(2024, 5, 4), True, True, True),
        (date(2024, 5, 11), False, True, True),
        (date(2024, 5, 12), False, False, True),
        (date(2026, 1, 2), False, True, True),
        (date(2026, 4, 26), False, False, False),  # a holiday on a Sunday
        (date(2026, 4, 27), False, False, True),  # and what makes up for it
        (date(2023, 9, 2), False, False, False),  # a holiday on a Saturday
        (date(2023, 9, 4), False, True, True),  # makes up for it only where that was off
        (date(2023, 1, 26), False, False, True),
        (date(2023, 1, 20), False, True, True),
    ],
)
def test_who_works_saturdays_neither_swaps_nor_is_given_them_back(
    day: date, office: bool, six_day: bool, every_day: bool
) -> None:
    found = [plain_calendar(name, country="VN", years=YEARS).is_working(day) for name in WEEKENDS]
    assert list(WEEKENDS) == ["office", "six_day", "every_day"]
    assert found == [office, six_day, every_day]


@pytest.mark.parametrize("years", [range(2018, 2019), range(2019, 2020), range(2026, 2027)])
@pytest.mark.parametrize("name", WEEKENDS)
def test_days_are_those_of_the_years_that_are_asked_for(name: str, years: range) -> None:
    one, all_years = (plain_calendar(name, country="VN", years=span) for span in (years, YEARS))
    assert {day.year for day in one.days_off | one.extra_working} == set(years)
    for ordinal in range(date(years[0], 1, 1).toordinal(), date(years[0] + 1, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        assert one.is_working(day) == all_years.is_working(day)


def test_a_roll_over_a_swapped_day_says_its_name_in_vietnamese() -> None:
    office = plain_calendar("office", country="VN", years=YEARS)
    january = CALENDAR.period_by_key("2026-01")
    found = deadline(
        Due(fixed=FixedDay(day=2), roll=Roll.FOLLOWING),
        anchor_on=january.from_on,
        from_on=january.from_on,
        until_on=january.until_on,
        calendar=office,
    )
    assert found.due_on == date(2026, 1, 5)
    (reason,) = found.reasons
    assert labels.sentence_for(reason.code, reason.facts, "vi") == (
        "Ngày 02/01/2026 được nghỉ, Ngày nghỉ (thay cho ngày 10/01/2026):"
        " chuyển sang ngày 05/01/2026."
    )


def test_other_countries_have_their_own_days() -> None:
    office = plain_calendar("office", country="SG", years=range(2023, 2024))
    assert not office.is_working(date(2023, 8, 9))
    assert not office.is_working(date(2023, 1, 2))  # made up for a Sunday
    assert office.is_working(date(2023, 5, 3))
    assert plain_calendar("every_day", country="SG", years=range(2023, 2024)).is_working(
        date(2023, 1, 2)
    )
    six_day = plain_calendar("six_day", country="CN", years=range(2024, 2025))
    assert not six_day.is_working(date(2024, 10, 1))


@pytest.mark.parametrize(
    ("name", "country", "code"),
    [
        ("factory", "VN", "calendar.unknown"),
        ("office", "ZZ", "calendar.country_unknown"),
        ("six_day", "ZZ", "calendar.country_unknown"),
    ],
)
def test_an_unknown_calendar_or_country_is_refused(
    db: Connection, name: str, country: str, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        working_calendars(db, country=country, years=YEARS, names=[name])
    assert refused.value.code == code
    assert labels.describe(refused.value, "vi")


# --- the overlay -----------------------------------------------------------------


def test_a_day_laid_over_holds_in_its_calendar(db: Connection) -> None:
    before = calendars(db)
    assert import_overlay(db, [OFF, WORKED], act=ACT) == Imported(added=2, changed=0, same=0)
    after = calendars(db)
    assert not after["office"].is_working(date(2026, 6, 1))
    assert after["office"].is_working(date(2026, 6, 6))
    assert after["office"].names[date(2026, 6, 1)] == "Nghỉ"
    for name in ("six_day", "every_day"):
        assert after[name] == before[name]


def test_the_overlay_holds_against_the_country_and_the_corrections(db: Connection) -> None:
    taken_back = [
        DayChange(calendar="office", day_on=date(2026, 1, 2), is_off=False),
        DayChange(calendar=EVERY_CALENDAR, day_on=date(2026, 11, 24), is_off=False),
    ]
    import_overlay(db, taken_back, act=ACT)
    found = calendars(db)
    assert found["office"].is_working(date(2026, 1, 2))
    assert all(found[name].is_working(date(2026, 11, 24)) for name in WEEKENDS)


def test_importing_again_writes_nothing(db: Connection) -> None:
    import_overlay(db, [OFF, WORKED], act=ACT)
    assert import_overlay(db, [WORKED, OFF], act=LATER) == Imported(added=0, changed=0, same=2)
    assert len(entries(db)) == 1
    assert {row.recorded_by for row in overlaid_days(db)} == {"an"}
    assert import_overlay(db, [], act=LATER) == Imported(added=0, changed=0, same=0)


def test_a_changed_day_gives_way_and_both_are_in_the_journal(db: Connection) -> None:
    import_overlay(db, [OFF, WORKED], act=ACT)
    turned = DayChange(calendar="office", day_on=OFF.day_on, is_off=False, name="Làm")
    new = DayChange(calendar="six_day", day_on=OFF.day_on, is_off=True)
    assert import_overlay(db, [turned, WORKED, new], act=LATER) == Imported(
        added=1, changed=1, same=1
    )
    assert calendars(db)["office"].is_working(OFF.day_on)
    assert not calendars(db)["six_day"].is_working(OFF.day_on)
    first, second = entries(db)
    assert (first["verb"], first["by"], first["reason"]) == (
        "calendar.changed",
        "an",
        "Thông báo 25/12/2025",
    )
    assert second["before"] == {
        "days": [{"calendar": "office", "day_on": "2026-06-01", "is_off": True, "name": "Nghỉ"}]
    }
    assert second["after"] == {
        "days": [
            {"calendar": "office", "day_on": "2026-06-01", "is_off": False, "name": "Làm"},
            {"calendar": "six_day", "day_on": "2026-06-01", "is_off": True, "name": ""},
        ]
    }
    (row,) = [
        one for one in overlaid_days(db) if (one.calendar, one.day_on) == ("office", OFF.day_on)
    ]
    assert (row.recorded_by, row.recorded_at) == ("binh", LATER.at)


def test_an_unknown_calendar_in_an_import_writes_nothing(db: Connection) -> None:
    strange = DayChange(calendar="factory", day_on=date(2026, 6, 1), is_off=True)
    with pytest.raises(Refusal) as refused:
        import_overlay(db, [OFF, strange], act=ACT)
    assert refused.value.code == "calendar.unknown"
    assert overlaid_days(db) == []
    assert entries(db) == []


def test_a_day_can_be_taken_off_again(db: Connection) -> None:
    before = calendars(db)
    import_overlay(db, [OFF], act=ACT)
    remove_overlay(db, calendar="office", day_on=OFF.day_on, act=LATER)
    assert calendars(db) == before
    assert [entry["verb"] for entry in entries(db)] == ["calendar.changed"] * 2
    assert entries(db)[-1]["after"] == {"days": []}
    with pytest.raises(Refusal) as refused:
        remove_overlay(db, calendar="office", day_on=OFF.day_on, act=LATER)
    assert refused.value.code == "calendar.day_not_laid"
    assert "01/06/2026" in labels.describe(refused.value, "vi")


def test_without_a_database_changes_are_laid_over_all_the_same(db: Connection) -> None:
    import_overlay(db, [OFF, WORKED], act=ACT)
    assert (
        changed_calendars([OFF, WORKED], country="VN", years=YEARS, names=WEEKENDS)
        == calendars(db)
    )  # fmt: skip


# --- the list --------------------------------------------------------------------


def test_the_days_of_a_year_are_listed_with_their_source(db: Connection) -> None:
    import_overlay(
        db,
        [
            OFF,
            WORKED,
            DayChange(calendar="six_day", day_on=date(2026, 6, 2), is_off=True),
            DayChange(calendar=EVERY_CALENDAR, day_on=date(2026, 6, 3), is_off=True, name="Lễ"),
        ],
        act=ACT,
    )
    found = listed_days(db, country="VN", year=2026, calendar="office")
    assert found == sorted(found, key=lambda one: one.day_on)
    by_day = {one.day_on: one for one in found}
    assert by_day[date(2026, 6, 1)] == ListedDay(
        day_on=date(2026, 6, 1), is_off=True, name="Nghỉ", source=Source.OVERLAY
    )
    assert by_day[date(2026, 6, 6)].is_off is False
    assert by_day[date(2026, 6, 3)].source is Source.OVERLAY
    assert date(2026, 6, 2) not in by_day
    assert by_day[date(2026, 9, 2)] == ListedDay(
        day_on=date(2026, 9, 2), is_off=True, name="Quốc khánh", source=Source.COUNTRY
    )
    assert by_day[date(2026, 1, 10)] == ListedDay(
        day_on=date(2026, 1, 10),
        is_off=False,
        name="Ngày làm việc (bù cho ngày 02/01/2026)",
        source=Source.COUNTRY,
    )
    assert {one.day_on.year for one in found} == {2026}
    in_2025 = {one.day_on for one in listed_days(db, country="VN", year=2025, calendar="office")}
    assert date(2025, 5, 2) in in_2025
    assert {day.year for day in in_2025} == {2025}
