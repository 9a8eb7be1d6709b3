from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from workflow.domain.announced import Happening
from workflow.domain.errors import InvalidFile
from workflow.intake.event_file import read_events

if TYPE_CHECKING:
    from pathlib import Path

ZONE = "Asia/Ho_Chi_Minh"
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//vi
BEGIN:VEVENT
UID:hop-12@example.invalid
SEQUENCE:2
DTSTART:20240324T173000Z
SUMMARY:Phiên họp tháng 3
LOCATION:Phòng họp số 1
CATEGORIES:HOP-UBND
END:VEVENT
BEGIN:VEVENT
UID:hop-13@example.invalid
DTSTART;VALUE=DATE:20240401
STATUS:CANCELLED
END:VEVENT
END:VCALENDAR
"""


def read(tmp_path: Path, content: str | bytes, **given: str) -> tuple[Happening, ...]:
    path = tmp_path / "lich.ics"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_events(path, zone=ZONE, **given)


def problems(
    tmp_path: Path, content: str | bytes, **given: str
) -> list[tuple[str, int | None, str]]:
    with pytest.raises(InvalidFile) as refused:
        read(tmp_path, content, **given)
    assert refused.value.facts["file"] == "lich.ics"
    return [(each.code, each.line, each.path) for each in refused.value.problems]


def test_a_sheet_names_meetings_and_requests(tmp_path: Path) -> None:
    content = (
        "Loại,Đơn vị chủ trì,Ngày họp,Số,Nội dung,Địa điểm,Đơn vị được yêu cầu,UID,Hủy\n"
        "hop-ubnd,ubnd,25/03/2024,12,Phiên họp,Phòng họp,,u-1,\n"
        "de-nghi,bao,2024-03-26,,Đi cơ sở,,thcs-tan-hong,,x\n"
    )
    assert read(tmp_path, content) == (
        Happening(
            kind="hop-ubnd",
            convener="ubnd",
            happens_on=date(2024, 3, 25),
            number="12",
            title="Phiên họp",
            place="Phòng họp",
            uid="u-1",
        ),
        Happening(
            kind="de-nghi",
            convener="bao",
            happens_on=date(2024, 3, 26),
            title="Đi cơ sở",
            addressed="thcs-tan-hong",
            is_cancelled=True,
        ),
    )


def test_kind_and_convener_may_be_given_for_all_rows(tmp_path: Path) -> None:
    (event,) = read(tmp_path, "date\n2024-03-25\n", kind="hop", convener="ubnd")
    assert (event.kind, event.convener) == ("hop", "ubnd")
    (event,) = read(tmp_path, "date,kind\n2024-03-25,khac\n", kind="hop", convener="ubnd")
    assert event.kind == "khac"


def test_mistakes_in_a_sheet_are_named_by_row(tmp_path: Path) -> None:
    assert problems(tmp_path, "date\n2024-03-25\n") == [
        ("sheet.column_missing", 1, "kind"),
        ("sheet.column_missing", 1, "convener"),
    ]
    content = "kind,convener,date,cancelled\nhọp,ubnd,2024-03-25,\nhop,,31/2/2024,maybe\n"
    assert problems(tmp_path, content) == [
        ("form.bad_code", 2, "kind"),
        ("form.expected_day", 3, "date"),
        ("sheet.needed", 3, "convener"),
        ("sheet.expected_yes_or_no", 3, "cancelled"),
    ]


def test_a_calendar_names_meetings_by_uid_on_the_day_of_the_zone(tmp_path: Path) -> None:
    moved, cancelled = read(tmp_path, CALENDAR, kind="hop", convener="ubnd")
    assert moved == Happening(
        kind="hop-ubnd",
        convener="ubnd",
        # Half past five in the afternoon in Greenwich is the next day in Hanoi.
        happens_on=date(2024, 3, 25),
        title="Phiên họp tháng 3",
        place="Phòng họp số 1",
        uid="hop-12@example.invalid",
        sequence=2,
    )
    assert (cancelled.kind, cancelled.is_cancelled) == ("hop", True)
    assert (cancelled.happens_on, cancelled.sequence) == (date(2024, 4, 1), 0)


def test_a_time_without_a_zone_is_local(tmp_path: Path) -> None:
    content = CALENDAR.replace("20240324T173000Z", "20240324T173000")
    assert read(tmp_path, content, kind="hop", convener="u")[0].happens_on == date(2024, 3, 24)


@pytest.mark.parametrize(
    ("there", "instead", "code"),
    [
        ("CATEGORIES:HOP-UBND\n", "", "events.kind_missing"),
        ("UID:hop-12@example.invalid\n", "", "events.uid_missing"),
        ("UID:hop-12", f"UID:{'x' * 256}", "events.uid_missing"),
        ("DTSTART:20240324T173000Z\n", "", "events.day_missing"),
        ("20240324T173000Z", "soon", "events.day_missing"),
        ("20240324T173000Z", "18240324T173000Z", "events.day_missing"),
        ("SEQUENCE:2", "RRULE:FREQ=WEEKLY", "events.recurring"),
        ("SEQUENCE:2", "RDATE:20240325T000000Z", "events.recurring"),
    ],
)
def test_mistakes_in_a_calendar_are_named_by_entry(
    tmp_path: Path, there: str, instead: str, code: str
) -> None:
    first = CALENDAR[: CALENDAR.index("BEGIN:VEVENT\nUID:hop-13")] + "END:VCALENDAR\n"
    ((found, line, path),) = problems(tmp_path, first.replace(there, instead), convener="ubnd")
    assert (found, line) == (code, None)
    assert path.startswith("VEVENT 1")


def test_a_calendar_needs_a_convener_and_entries(tmp_path: Path) -> None:
    assert [each[0] for each in problems(tmp_path, CALENDAR, kind="hop")] == [
        "events.convener_missing"
    ] * 2
    empty = "BEGIN:VCALENDAR\nEND:VCALENDAR\n"
    assert problems(tmp_path, empty, kind="hop", convener="u") == [("events.none", None, "")]


@pytest.mark.parametrize(
    "content", ["BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "BEGIN:VCALENDAR\nno colon\nEND:VCALENDAR\n"]
)
def test_a_damaged_calendar_is_refused(tmp_path: Path, content: str) -> None:
    codes = {each[0] for each in problems(tmp_path, content, kind="hop", convener="u")}
    assert codes <= {"events.not_a_calendar", "events.none"}


def test_a_strange_sequence_counts_as_none(tmp_path: Path) -> None:
    content = CALENDAR.replace("SEQUENCE:2", "SEQUENCE:many")
    assert read(tmp_path, content, kind="hop", convener="u")[0].sequence == 0
