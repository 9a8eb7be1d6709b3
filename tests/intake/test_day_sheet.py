"""Sheets of changed days: read as written, refused whole with errors by row."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from workflow import labels
from workflow.calendars import CORRECTIONS, WEEKENDS
from workflow.domain.errors import InvalidFile
from workflow.domain.working_days import DayChange
from workflow.intake import sheet
from workflow.intake.day_sheet import read_days

if TYPE_CHECKING:
    from pathlib import Path


def days(content: str | bytes) -> tuple[DayChange, ...]:
    source = content.encode() if isinstance(content, str) else content
    return read_days(source, calendars=WEEKENDS, file="days.csv")


def problems(content: str | bytes) -> list[tuple[str, int | None, str]]:
    with pytest.raises(InvalidFile) as refused:
        days(content)
    assert refused.value.facts["file"] == "days.csv"
    for lang in ("vi", "en"):
        assert "{" not in labels.describe(refused.value, lang)
    return [(one.code, one.line, one.path) for one in refused.value.problems]


def workbook(*rows: tuple[str | datetime | None, ...]) -> bytes:
    book = Workbook()
    written = book.active
    assert written is not None
    for row in rows:
        written.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


SWAP = (
    DayChange(calendar="office", day_on=date(2026, 1, 2), is_off=True, name="Nghỉ"),
    DayChange(calendar="*", day_on=date(2026, 1, 10), is_off=False),
)


@pytest.mark.parametrize(
    "content",
    [
        "date,kind,name,calendar\n2026-01-02,off,Nghỉ,office\n2026-01-10,work,,\n",
        "\ufeffNgày;Loại;Tên;Lịch\r\n02/01/2026;nghỉ;Nghỉ;office\r\n\r\n10/01/2026;làm việc;;*\r\n",
        "calendar\tname\tnote\tkind\tdate\noffice\tNghỉ\tx\tNGHỈ\t2.1.2026\n\t\ty\twork\t2026-1-10\n",
        workbook(
            ("Ngày", "Loại", "Tên", "Lịch làm việc"),
            (datetime(2026, 1, 2), "nghỉ", "Nghỉ", "office"),
            (),
            ("10/01/2026", "làm bù", None, None),
        ),
    ],
)
def test_a_sheet_is_read_as_offices_write_it(content: str | bytes) -> None:
    assert days(content) == SWAP


def test_the_shipped_corrections_are_readable() -> None:
    for file in CORRECTIONS.values():
        found = read_days(file, calendars=WEEKENDS)
        assert found
        assert all(change.name for change in found)


def test_every_problem_is_named_with_its_row() -> None:
    content = (
        "date,kind,name,calendar\n"
        "2026-02-30,off,,\n"
        "2026-01-02,maybe,,factory\n"
        "2026-01-03,off,,office\n"
        "\n"
        "2026-01-03,work,,office\n"
        f"2026-01-04,off,{'x' * 201},\n"
        ",,forgotten,\n"
    )
    assert problems(content) == [
        ("days.bad_date", 2, "date"),
        ("days.bad_kind", 3, "kind"),
        ("calendar.unknown", 3, "calendar"),
        ("days.twice", 6, "date"),
        ("days.name_too_long", 7, "name"),
        ("days.bad_date", 8, "date"),
        ("days.bad_kind", 8, "kind"),
    ]


def test_the_same_day_may_stand_for_several_calendars() -> None:
    content = "date,kind,calendar\n2026-01-03,off,office\n2026-01-03,work,six_day\n"
    assert [change.calendar for change in days(content)] == ["office", "six_day"]


@pytest.mark.parametrize("content", ["", "\n", "a,b\n1,2\n"])
def test_columns_that_are_missing_are_named(content: str) -> None:
    assert problems(content) == [
        ("sheet.column_missing", 1, "date"),
        ("sheet.column_missing", 1, "kind"),
    ]


def test_a_column_that_stands_twice_is_refused() -> None:
    assert problems("date,ngày,kind\n") == [("sheet.column_twice", 1, "date")]


def test_a_sheet_without_rows_changes_nothing() -> None:
    assert days("date,kind\n,\n") == ()


def test_rows_may_be_shorter_or_longer_than_the_first() -> None:
    assert days("date,kind,name\n2026-01-02,off\n2026-01-10,work,,,,more\n") == (
        DayChange(calendar="*", day_on=date(2026, 1, 2), is_off=True),
        DayChange(calendar="*", day_on=date(2026, 1, 10), is_off=False),
    )


def damaged_workbook() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("xl/workbook.xml", "<nothing")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("Ngày,Loại\n".encode("utf-16"), "sheet.not_utf8"),
        ('date,kind\n"2026-01-02\x00,off\n' + "x" * 200_000, "sheet.unreadable"),
        (damaged_workbook(), "sheet.unreadable"),
        (b"x" * (sheet.MAX_BYTES + 1), "sheet.too_large"),
        ("date,kind\n" + ",\n" * sheet.MAX_ROWS, "sheet.too_long"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(content: str | bytes, code: str) -> None:
    assert [each[0] for each in problems(content)] == [code]


def test_a_workbook_that_unpacks_without_end_is_not_opened() -> None:
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(201):
            part.write(b"0" * 1_000_000)
    assert problems(content.getvalue()) == [("sheet.too_large", None, "")]


def test_the_largest_allowed_sheet_is_read() -> None:
    content = "date,kind\n" + ",\n" * (sheet.MAX_ROWS - 2) + "2026-01-02,off\n"
    assert [change.day_on for change in days(content)] == [date(2026, 1, 2)]


def test_a_file_is_read_from_its_path_and_named_by_it(tmp_path: Path) -> None:
    path = tmp_path / "nghi-le.csv"
    path.write_text("date,kind\n2026-01-02,off\n", encoding="utf-8")
    assert len(read_days(path, calendars=WEEKENDS)) == 1
    path.write_text("date\n", encoding="utf-8")
    with pytest.raises(InvalidFile) as refused:
        read_days(path, calendars=WEEKENDS)
    assert refused.value.facts["file"] == "nghi-le.csv"
    path.write_text("date,kind\nx,off\n", encoding="utf-8")
    with pytest.raises(InvalidFile) as refused:
        read_days(path, calendars=WEEKENDS)
    assert refused.value.facts["file"] == "nghi-le.csv"
