from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from workflow.domain.errors import InvalidFile
from workflow.domain.schedule import PartOfDay, ScheduleRow, WeeklySchedule
from workflow.examples.office_files import sheet_file
from workflow.examples.schedules import (
    ScheduleEntry,
    SchedulePaper,
    schedule_docx,
    schedule_xlsx,
)
from workflow.intake.schedule_days import day_meant, week_of
from workflow.intake.weekly_schedule import MOST_ROWS, is_schedule, read_schedule

if TYPE_CHECKING:
    from collections.abc import Callable

NEAR = date(2024, 3, 8)
HEAD = ("Thứ, ngày", "Buổi", "Thời gian", "Nội dung", "Chủ trì", "Địa điểm")


def read(content: bytes) -> WeeklySchedule:
    return read_schedule(content, near=NEAR, file="lich.xlsx")


def rows(*lines: tuple[str, ...], title: str = "LỊCH CÔNG TÁC TUẦN 11 NĂM 2024") -> WeeklySchedule:
    return read(sheet_file([(title,), HEAD, *lines]))


def problems(content: bytes) -> list[str]:
    with pytest.raises(InvalidFile) as refused:
        read(content)
    return [one.code for one in refused.value.problems]


def doubts(row: ScheduleRow) -> list[str]:
    return [one.code for one in row.doubts]


entries = st.builds(
    ScheduleEntry,
    on=st.dates(date(2024, 12, 30), date(2025, 1, 5)),
    hour=st.integers(0, 23),
    minute=st.sampled_from((0, 15, 30)),
    content=st.sampled_from(("Họp giao ban", "Phiên họp thường kỳ", "Tiếp công dân", "Đi cơ sở")),
    chair=st.sampled_from(("", "Chủ tịch UBND")),
    place=st.sampled_from(("", "Phòng họp số 2")),
)
papers = st.builds(
    SchedulePaper,
    office=st.just("Ủy ban nhân dân thành phố"),
    number=st.just(1),
    from_on=st.just(date(2024, 12, 30)),
    last_on=st.just(date(2025, 1, 5)),
    entries=st.lists(entries, min_size=1, max_size=12).map(tuple),
)


@settings(max_examples=25)
@given(paper=papers, writes=st.sampled_from((schedule_xlsx, schedule_docx)))
def test_every_entry_is_read_on_its_day_also_over_the_turn_of_a_year(
    paper: SchedulePaper, writes: Callable[[SchedulePaper], bytes]
) -> None:
    found = read_schedule(writes(paper), near=NEAR)
    ordered = sorted(paper.entries, key=lambda one: (one.on, one.hour, one.minute))
    assert [
        (row.happens_on, row.hour, row.content, row.chair, row.place, doubts(row))
        for row in found.rows
    ] == [
        (one.on, f"{one.hour:02d}h{one.minute:02d}", one.content, one.chair, one.place, [])
        for one in ordered
    ]
    assert [row.index for row in found.rows] == list(range(len(ordered)))
    assert (found.from_on, found.until_on) == (date(2024, 12, 30), date(2025, 1, 6))


@pytest.mark.parametrize(
    ("heading", "first", "last"),
    [
        ("LỊCH CÔNG TÁC TUẦN 11 (từ 11/3/2024 đến 17/3/2024)", "2024-03-11", "2024-03-17"),
        ("Từ ngày 11/03 đến ngày 17/03/2024", "2024-03-11", "2024-03-17"),
        ("(11 - 17/3/2024)", "2024-03-11", "2024-03-17"),
        ("Tuần 9, từ 26/2 đến 03/3 năm 2024", "2024-02-26", "2024-03-03"),
        ("Từ 30/12 đến 05/01/2025", "2024-12-30", "2025-01-05"),
        ("Từ ngày 11 tháng 3 năm 2024 đến ngày 17 tháng 3 năm 2024", "2024-03-11", "2024-03-17"),
        ("Bắc Ninh, ngày 08 tháng 3 năm 2024\nTừ 11/3 đến 15/3", "2024-03-11", "2024-03-15"),
        ("LỊCH TUẦN 11 NĂM 2024", "2024-03-11", "2024-03-17"),
    ],
)
def test_the_week_is_what_the_heading_names(heading: str, first: str, last: str) -> None:
    week = week_of(heading)
    assert week.from_on == date.fromisoformat(first)
    assert week.until_on == date.fromisoformat(last) + timedelta(days=1)


@pytest.mark.parametrize(
    "heading",
    [
        "LỊCH CÔNG TÁC",
        "từ 17/3/2024 đến 11/3/2024",
        "từ 1/1/2024 đến 30/6/2024",
        "tuần 60 năm 2024",
    ],
)
def test_a_heading_that_names_no_week_gives_none(heading: str) -> None:
    assert week_of(heading).from_on is None


@pytest.mark.parametrize(
    "cell",
    ["Thứ Ba 12/3", "Thứ 3\n(12/03)", "Ba\n12/3", "T3 12/3/2024", "12/3", "thứ ba", "THU BA",
     "Thứ Ba, ngày 12 tháng 3"],
)  # fmt: skip
def test_a_day_is_written_in_many_ways(cell: str) -> None:
    meant = day_meant(cell, week=week_of("từ 11/3 đến 17/3/2024"), near=NEAR)
    assert (meant.on, meant.doubts) == (date(2024, 3, 12), ())


@pytest.mark.parametrize("cell", ["Chủ nhật", "CN 17/3", "chủ nhật 17-3-2024"])
def test_sunday_closes_the_week(cell: str) -> None:
    meant = day_meant(cell, week=week_of("từ 11/3 đến 17/3/2024"), near=NEAR)
    assert (meant.on, meant.doubts) == (date(2024, 3, 17), ())


@pytest.mark.parametrize(
    ("cell", "on", "code"),
    [
        ("Thứ Hai 12/3", date(2024, 3, 12), "schedule.weekday_differs"),
        ("Thứ Hai 18/3", date(2024, 3, 18), "schedule.day_outside_week"),
        ("Cả tuần", None, "schedule.day_unknown"),
        ("31/2", None, "schedule.day_unknown"),
    ],
)
def test_a_doubtful_day_is_said(cell: str, on: date | None, code: str) -> None:
    meant = day_meant(cell, week=week_of("từ 11/3 đến 17/3/2024"), near=NEAR)
    assert (meant.on, [one.code for one in meant.doubts]) == (on, [code])


def test_a_year_that_is_nowhere_is_guessed_by_the_weekday_and_said() -> None:
    meant = day_meant("Thứ Hai 30/12", week=week_of("LỊCH TUẦN"), near=date(2025, 1, 2))
    assert (meant.on, [one.code for one in meant.doubts]) == (
        date(2024, 12, 30),
        ["schedule.year_guessed"],
    )
    assert day_meant("Thứ Hai", week=week_of("LỊCH TUẦN"), near=NEAR).on is None


def test_a_day_goes_on_in_empty_cells_and_stands_in_rows_of_its_own() -> None:
    found = rows(
        ("Thứ Hai 11/3", "Sáng", "", "Họp A"),
        ("", "", "9h30", "Họp B"),
        ("", "Chiều", "", "Họp C"),
        ("THỨ TƯ, NGÀY 13/3/2024",),
        ("", "", "14:00", "Họp D"),
        HEAD,
        ("", "Tối", "", "Họp E"),
    ).rows
    assert [(row.happens_on, row.part, row.hour, row.content) for row in found] == [
        (date(2024, 3, 11), PartOfDay.MORNING, "", "Họp A"),
        (date(2024, 3, 11), PartOfDay.MORNING, "09h30", "Họp B"),
        (date(2024, 3, 11), PartOfDay.AFTERNOON, "", "Họp C"),
        (date(2024, 3, 13), PartOfDay.AFTERNOON, "14h00", "Họp D"),
        (date(2024, 3, 13), PartOfDay.EVENING, "", "Họp E"),
    ]


def test_an_entry_without_a_day_is_given_with_its_doubt() -> None:
    (row,) = rows(("", "", "8h00", "Họp A")).rows
    assert (row.happens_on, doubts(row)) == (None, ["schedule.day_unknown"])


def test_one_cell_holds_several_entries_and_says_more_of_each() -> None:
    cell = (
        "- 8h00: Họp Ban Thường vụ\nChủ trì: Bí thư\nĐịa điểm: Phòng 1\n"
        "- 10 giờ 15 phút: Tiếp dân\nThành phần: các phòng"
    )
    found = rows(("Thứ Hai 11/3", "Sáng", "", cell)).rows
    assert [(row.hour, row.content, row.chair, row.place, row.participants) for row in found] == [
        ("08h00", "Họp Ban Thường vụ", "Bí thư", "Phòng 1", ""),
        ("10h15", "Tiếp dân", "", "", "các phòng"),
    ]


def test_morning_and_afternoon_may_be_columns() -> None:
    content = sheet_file(
        [
            ("LỊCH LÀM VIỆC TUẦN 11 (11-17/3/2024)",),
            ("Ngày", "Sáng", "Chiều"),
            ("Thứ Hai 11/3", "8h: Họp A", "Họp B"),
        ]
    )
    assert [(row.content, row.hour, row.part) for row in read(content).rows] == [
        ("Họp A", "08h00", PartOfDay.MORNING),
        ("Họp B", "", PartOfDay.AFTERNOON),
    ]


@pytest.mark.parametrize(
    ("content", "is_off"),
    [
        ("(Hoãn) Phiên họp", True),
        ("HOÃN: Phiên họp", True),
        ("Phiên họp (đã hủy)", True),
        ("Phiên họp (tạm hoãn do bão)", True),
        ("Họp về tiêu hủy gia cầm", False),
        ("Hoàn thành quy hoạch", False),
        ("Huy động vốn", False),
    ],
)
def test_what_is_called_off_says_so_itself(content: str, is_off: bool) -> None:
    (row,) = rows(("Thứ Hai 11/3", "", "", content)).rows
    assert row.is_off is is_off


def test_days_and_hours_may_be_values_of_the_spreadsheet() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["LỊCH CÔNG TÁC"])
    sheet.append(["Ngày", "Giờ", "Nội dung"])
    sheet.append([datetime(2024, 3, 12), time(8, 30), "Họp A"])
    sheet.append([None, datetime(2024, 3, 12, 14, 0), 5.0])
    target = io.BytesIO()
    book.save(target)
    found = read(target.getvalue()).rows
    assert [(row.happens_on, row.hour, row.content) for row in found] == [
        (date(2024, 3, 12), "08h30", "Họp A"),
        (date(2024, 3, 12), "14h00", "5"),
    ]


def test_a_word_file_with_a_table_a_day_and_joined_cells() -> None:
    document = Document()
    document.add_paragraph("LỊCH CÔNG TÁC TUẦN 11 (từ 11/3/2024 đến 17/3/2024)")
    for at, day in enumerate(("Thứ Hai, ngày 11/3/2024", "Thứ Ba, ngày 12/3/2024")):
        document.add_paragraph(day)
        table = document.add_table(rows=3, cols=3)
        for column, text in enumerate(("Thời gian", "Nội dung", "Địa điểm")):
            table.cell(0, column).text = text
        table.cell(1, 0).text = "8h00"
        table.cell(1, 1).text = f"Họp {at}"
        table.cell(2, 0).text = "14h00"
        table.cell(2, 1).text = f"Tiếp dân {at}"
        table.cell(1, 2).merge(table.cell(2, 2)).text = "Phòng họp"
    document.add_paragraph("Ghi chú: lịch có thể thay đổi.")
    target = io.BytesIO()
    document.save(target)
    found = read(target.getvalue()).rows
    assert [(row.happens_on, row.hour, row.content, row.place) for row in found] == [
        (date(2024, 3, 11), "08h00", "Họp 0", "Phòng họp"),
        (date(2024, 3, 11), "14h00", "Tiếp dân 0", "Phòng họp"),
        (date(2024, 3, 12), "08h00", "Họp 1", "Phòng họp"),
        (date(2024, 3, 12), "14h00", "Tiếp dân 1", "Phòng họp"),
    ]


def packed(**parts: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return target.getvalue()


def test_what_is_no_schedule_is_refused() -> None:
    assert problems(b"x") == ["tables.no_office_file"]
    assert problems(packed(a="b")) == ["tables.no_office_file"]
    assert problems(b"\xd0\xcf\x11\xe0 old") == ["sheet.old_format"]
    assert problems(b"x" * 5_000_001) == ["sheet.too_large"]
    assert problems(packed(xl__workbook_xml="<x")) == ["sheet.unreadable"]
    assert problems(packed(word__document_xml="<x")) == ["sheet.unreadable"]
    assert problems(packed(word__document_xml="<x/>")) == ["schedule.no_table"]
    assert problems(sheet_file([("Tên", "Số")])) == ["schedule.no_table"]
    assert problems(sheet_file([HEAD])) == ["schedule.empty"]
    long = [HEAD, *[("11/3/2024", "", "", f"Họp {n}") for n in range(MOST_ROWS + 1)]]
    assert problems(sheet_file(long)) == ["schedule.too_long"]
    assert problems(sheet_file([("x",)] * 2_001)) == ["sheet.too_long"]


def test_a_word_file_made_to_do_harm_is_refused() -> None:
    entity = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert problems(packed(word__document_xml=entity)) == ["sheet.unreadable"]
    deep = "<a>" * 5_000 + "</a>" * 5_000
    assert problems(packed(word__document_xml=deep)) == ["sheet.unreadable"]
    bomb = packed(word__document_xml=" " * 41_000_000)
    assert problems(bomb) == ["sheet.too_large"]


def test_merged_ranges_without_end_cost_nothing() -> None:
    lines = [("LỊCH TUẦN",), HEAD, ("11/3/2024", "", "", "Họp A")]
    merged = ["A1:XFD1048576", "ZZ1:ZZ9", *["A1:Z3"] * 500]
    found = read(sheet_file(lines, merged=merged)).rows
    assert [row.happens_on for row in found] in ([date(2024, 3, 11)], [])


def test_a_sheet_of_meetings_with_our_columns_is_no_schedule() -> None:
    ours = [("date", "kind", "title"), ("2024-03-11", "hop", "Họp")]
    assert not is_schedule(sheet_file(ours))
    vietnamese = [("Ngày", "Loại", "Nội dung"), ("11/03/2024", "hop", "Họp")]
    assert not is_schedule(sheet_file(vietnamese))
    assert not is_schedule(b"date,kind\n")
    assert not is_schedule(b"BEGIN:VCALENDAR")
    assert is_schedule(sheet_file([("Ngày", "Nội dung"), ("Thứ Hai 11/3", "Họp")]))
    assert is_schedule(schedule_docx(PAPER))


PAPER = SchedulePaper(
    office="UBND",
    number=11,
    from_on=date(2024, 3, 11),
    last_on=date(2024, 3, 17),
    entries=(ScheduleEntry(on=date(2024, 3, 11), hour=8, content="Họp"),),
)


@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    assert not is_schedule(content)
    assert problems(content) != []
