"""What the entries of a weekly schedule are taken for, and what recording them does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import duty, living
from tests.worlds import act, day
from workflow import schedules
from workflow.domain.agreement import Due, DueFrom
from workflow.domain.announced import Happening
from workflow.domain.schedule import Effect, Likeness, Proposal, ScheduleRow, WeeklySchedule
from workflow.domain.triggers import Event
from workflow.domain.units import Selector
from workflow.meetings import cancel_event, record_event, record_proposal
from workflow.store.occasions import event

if TYPE_CHECKING:
    from sqlalchemy import Connection

HOLD = duty(
    "moi-hop",
    title="Mời phóng viên dự phiên họp của Ủy ban nhân dân",
    trigger=Event(kind="hop-ubnd"),
    due=Due(reckoned=DueFrom.DAY),
    bearer=Selector(keys=frozenset({"phuong-a"})),
)
BOARD = "Phiên họp thường kỳ tháng 3 của UBND thành phố"
TODAY = day("2024-03-08")


def entry(on: str | None, content: str = BOARD, **more: Any) -> ScheduleRow:
    row = ScheduleRow(index=0, line=1, happens_on=day(on) if on else None, content=content)
    return replace(row, **more)


def week(*rows: ScheduleRow) -> WeeklySchedule:
    numbered = tuple(replace(row, index=at) for at, row in enumerate(rows))
    return WeeklySchedule(
        title="", from_on=day("2024-03-11"), until_on=day("2024-03-18"), rows=numbered
    )


@pytest.fixture
def city(db: Connection) -> Connection:
    living(db, HOLD)
    return db


def proposed(
    db: Connection, *rows: ScheduleRow, convener: str = "thanh-pho"
) -> tuple[list[Proposal], list[str]]:
    """What every entry would do, each taken for a meeting of the kind."""
    schedule = week(*rows)
    said = [Proposal(row=row, kind="hop-ubnd", convener=convener) for row in schedule.rows]
    found, left_out = schedules.weighed(db, schedule, said, today=TODAY)
    return found, [row.title for row in left_out]


def effects(db: Connection, *rows: ScheduleRow) -> list[Effect]:
    return [one.effect for one in proposed(db, *rows)[0]]


def recorded(db: Connection, *rows: ScheduleRow) -> list[str]:
    return [record_proposal(db, one, act=act()).outcome for one in proposed(db, *rows)[0]]


def held(db: Connection, on: str, title: str = BOARD, **more: Any) -> int:
    said = Happening(kind="hop-ubnd", convener="thanh-pho", happens_on=day(on), title=title, **more)
    return record_event(db, said, act=act()).id


def on_record(db: Connection) -> list[tuple[str, str, str]]:
    rows = db.execute(event.select().order_by(event.c.happens_on, event.c.id))
    return [(row.happens_on.isoformat(), row.state, row.number) for row in rows]


def test_kinds_are_known_by_titles_of_duties_and_of_meetings(city: Connection) -> None:
    (kind,) = schedules.kinds_known(city)
    assert (kind.kind, kind.phrases, kind.convener) == (
        "hop-ubnd",
        ("phiên họp … Ủy ban nhân dân",),
        "",
    )
    held(city, "2024-01-20", "Họp đầu năm")
    (kind,) = schedules.kinds_known(city)
    assert (kind.titles, kind.convener) == (("Họp đầu năm",), "thanh-pho")
    assert schedules.kinds_known(city, only={"khac"}) == []


def test_words_that_a_person_chose_count_instead(city: Connection) -> None:
    assert schedules.remember_words(city, "hop-ubnd", " giao ban ; ", act=act())
    assert not schedules.remember_words(city, "hop-ubnd", "giao ban", act=act())
    assert schedules.kinds_known(city)[0].phrases == ("giao ban",)
    assert schedules.remember_words(city, "hop-ubnd", "họp báo", act=act())
    assert schedules.kinds_known(city)[0].phrases == ("họp báo",)


def test_entries_are_guessed_with_their_reason_and_convener(city: Connection) -> None:
    units = {"thanh-pho": "Thành phố", "phuong-a": "Phường A"}
    schedule = week(
        entry("2024-03-11"),
        entry("2024-03-12", "Họp UBND", chair="Chủ tịch Phường A"),
        entry("2024-03-13", "Tiếp công dân"),
    )
    found = schedules.guessed(schedule, schedules.kinds_known(city), units=units)
    assert [(one.likeness, one.kind, one.convener) for one in found] == [
        (Likeness.LIKELY, "hop-ubnd", "thanh-pho"),
        (Likeness.POSSIBLE, "hop-ubnd", "phuong-a"),
        (Likeness.NONE, "", ""),
    ]
    assert found[0].why == "phiên họp … Ủy ban nhân dân"


def test_an_entry_that_is_new_is_added_and_the_same_week_again_is_harmless(
    city: Connection,
) -> None:
    rows = (entry("2024-03-11"), entry("2024-03-13", "Phiên họp bất thường của UBND"))
    assert recorded(city, *rows) == ["added", "added"]
    before = on_record(city)
    assert effects(city, *rows) == [Effect.KNOWN, Effect.KNOWN]
    assert recorded(city, *rows) == ["unchanged", "unchanged"]
    assert on_record(city) == before


def test_two_of_a_kind_on_one_day_are_two(city: Connection) -> None:
    rows = (
        entry("2024-03-11", hour="08h00"),
        entry("2024-03-11", "Phiên họp thứ hai", hour="14h00"),
        entry("2024-03-11", "Phiên họp thứ ba"),
    )
    assert recorded(city, *rows) == ["added"] * 3
    assert [number for _, _, number in on_record(city)] == ["", "14h00", "(2)"]
    assert effects(city, *rows) == [Effect.KNOWN] * 3


def test_a_meeting_on_another_day_of_the_week_is_moved(city: Connection) -> None:
    held(city, "2024-03-11")
    (one,), _ = proposed(city, entry("2024-03-14"))
    assert (one.effect, one.was_on) == (Effect.MOVED, day("2024-03-11"))
    assert recorded(city, entry("2024-03-14")) == ["moved"]
    assert on_record(city) == [("2024-03-14", "held", "")]


def test_one_of_that_title_in_a_later_week_is_a_doubt_and_one_that_was_held_is_none(
    city: Connection,
) -> None:
    held(city, "2024-03-04")
    (one,), left_out = proposed(city, entry("2024-03-14"))
    assert (one.effect, one.doubts, left_out) == (Effect.ADDED, (), [])
    held(city, "2024-03-25")
    (one,), left_out = proposed(city, entry("2024-03-14"))
    assert (one.effect, left_out) == (Effect.ADDED, [])
    assert [(doubt.code, doubt.facts) for doubt in one.doubts] == [
        ("schedule.perhaps_moved", {"on": "2024-03-25"})
    ]


def test_another_title_on_the_day_is_the_same_with_a_doubt(city: Connection) -> None:
    held(city, "2024-03-11", "Phiên họp số 3", number="PH-03")
    (one,), _ = proposed(city, entry("2024-03-11"))
    assert (one.effect, [doubt.code for doubt in one.doubts]) == (
        Effect.KNOWN,
        ["schedule.other_title"],
    )


def test_what_is_called_off_is_cancelled_once_and_may_be_held_again(city: Connection) -> None:
    held(city, "2024-03-11")
    off = entry("2024-03-11", is_off=True)
    assert recorded(city, off) == ["cancelled"]
    assert effects(city, off) == [Effect.KNOWN]
    assert recorded(city, off) == ["unchanged"]
    assert recorded(city, entry("2024-03-11")) == ["held_again"]
    assert on_record(city) == [("2024-03-11", "held", "")]


def test_what_is_called_off_and_never_was_on_record_does_nothing(city: Connection) -> None:
    (one,), _ = proposed(city, entry("2024-03-11", is_off=True))
    assert (one.effect, [doubt.code for doubt in one.doubts]) == (
        Effect.NOTHING,
        ["schedule.nothing_to_cancel"],
    )
    assert recorded(city, entry("2024-03-11", is_off=True)) == ["unchanged"]
    assert on_record(city) == []


def test_a_meeting_that_the_week_leaves_out_is_told_and_stays(city: Connection) -> None:
    held(city, "2024-03-12", "Phiên họp khác")
    rows = (entry("2024-03-14", BOARD),)
    found, left_out = proposed(city, *rows)
    assert (found[0].effect, left_out) == (Effect.ADDED, ["Phiên họp khác"])
    recorded(city, *rows)
    assert ("2024-03-12", "held", "") in on_record(city)


def test_an_entry_without_a_day_kind_or_convener_does_nothing(city: Connection) -> None:
    assert effects(city, entry(None)) == [Effect.NOTHING]
    assert effects(city, entry(None), entry("2024-03-11")) == [Effect.NOTHING, Effect.ADDED]
    (one,), _ = proposed(city, entry("2024-03-11"), convener="")
    assert one.effect is Effect.NOTHING
    assert record_proposal(city, one, act=act()).outcome == "unchanged"


def test_a_cancelled_one_is_not_left_out(city: Connection) -> None:
    number = held(city, "2024-03-12", "Phiên họp khác")
    cancel_event(city, number, act=act())
    assert proposed(city, entry("2024-03-14"))[1] == []
