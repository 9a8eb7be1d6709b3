from __future__ import annotations

from typing import TYPE_CHECKING

from tests import worlds
from tests.worlds import agreement, obligation, unit
from workflow.domain.agreement import Count, Due, DueFrom, Roll, Settings
from workflow.domain.outlook import AnnouncedEvent, ForeseenTask, outlook, undated
from workflow.domain.triggers import After, Event
from workflow.domain.units import Roster, Selector
from workflow.domain.working_days import WorkingCalendar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflow.domain.agreement import Agreement

CALENDARS = {
    "office": WorkingCalendar(name="office"),
    "six_day": WorkingCalendar(name="six_day", weekend=frozenset({6})),
}


def seen(
    said: Agreement, roster: Roster | None = None, events: Iterable[AnnouncedEvent] = ()
) -> list[ForeseenTask]:
    """The first half of 2024."""
    return list(
        outlook(
            said,
            calendars=CALENDARS,
            from_on=worlds.day("2024-01-01"),
            until_on=worlds.day("2024-07-01"),
            roster=roster,
            events=events,
        )
    )


def test_each_unit_has_a_line_with_the_roll_and_its_reason() -> None:
    said = agreement(
        obligation(due=Due(roll=Roll.PRECEDING)), settings=Settings(calendars={"truong": "six_day"})
    )
    roster = Roster([unit("a"), unit("b", kind="truong"), unit("c", since="2024-05-01")])
    first, second, *rest = seen(said, roster)
    assert (first.key, first.due_on.isoformat()) == ("mua-bao/2024-Q1/a", "2024-03-29")
    assert [reason.code for reason in first.reasons] == ["roll.sunday"]
    assert (second.key, second.due_on.isoformat()) == ("mua-bao/2024-Q1/b", "2024-03-30")
    assert [one.key for one in rest] == ["mua-bao/2024-Q2/a", "mua-bao/2024-Q2/b"]


def test_without_units_each_calendar_has_a_line() -> None:
    said = agreement(settings=Settings(calendars={"truong": "six_day"}))
    assert [(one.key, one.calendar) for one in seen(said)] == [
        ("mua-bao/2024-Q1", "office"),
        ("mua-bao/2024-Q1", "six_day"),
        ("mua-bao/2024-Q2", "office"),
        ("mua-bao/2024-Q2", "six_day"),
    ]


def test_announced_events_are_foreseen_while_their_duty_is_in_force() -> None:
    duty = obligation(
        "moi-pv",
        trigger=Event(kind="hop"),
        due=Due(reckoned=DueFrom.DAY, offset=-2, count=Count.WORKING),
        effective_until=worlds.day("2024-06-01"),
    )
    events = [
        AnnouncedEvent(key="meeting:2", kind="hop", happens_on=worlds.day("2024-03-20")),
        AnnouncedEvent(key="meeting:1", kind="khac", happens_on=worlds.day("2024-03-20")),
        AnnouncedEvent(key="meeting:3", kind="hop", happens_on=worlds.day("2024-06-20")),
        AnnouncedEvent(
            key="request:4", kind="hop", happens_on=worlds.day("2024-04-03"), addressed="b"
        ),
    ]
    roster = Roster([unit("a"), unit("b")])
    assert [(one.key, one.due_on.isoformat()) for one in seen(agreement(duty), roster, events)] == [
        ("moi-pv/meeting:2/a", "2024-03-18"),
        ("moi-pv/meeting:2/b", "2024-03-18"),
        ("moi-pv/request:4/b", "2024-04-01"),
    ]


def test_follow_ons_are_named_and_not_dated() -> None:
    said = agreement(
        obligation(bearer=Selector(keys=frozenset({"a"}))),
        obligation("dang-tin", trigger=After(obligation="mua-bao")),
    )
    assert undated(said) == ("dang-tin",)
    assert {one.obligation for one in seen(said, Roster([unit("a")]))} == {"mua-bao"}


def test_only_occasions_of_the_window_are_foreseen() -> None:
    found = outlook(
        agreement(),
        calendars=CALENDARS,
        from_on=worlds.day("2024-04-01"),
        until_on=worlds.day("2024-07-01"),
        roster=Roster([unit("a")]),
    )
    assert [one.key for one in found] == ["mua-bao/2024-Q2/a"]
