"""Delegate lists: whether the organisation's people were there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.evidence.specimens import codes, docx_of, facts, judge, stored, text_pdf
from workflow.evidence.check import Outcome, TaskFacts, Verdict
from workflow.examples.office_files import sheet_file
from workflow.examples.specimens import attendance_xlsx

if TYPE_CHECKING:
    from pathlib import Path

MEETING = date(2024, 3, 12)
DELEGATES = [
    ("Đại biểu số 1", "Chủ tịch", "UBND phường Đông Ngàn"),
    ("Phóng viên số 1", "Phóng viên", "Báo Bắc Ninh"),
    ("Phóng viên số 2", "Phóng viên", "Báo Bắc Ninh"),
]


def meeting_task(**changes: Any) -> TaskFacts:
    return facts(**{"occasion": "meeting:12", "event_on": MEETING, **changes})


def attended(**changes: Any) -> bytes:
    return attendance_xlsx(
        **{"meeting": "hội nghị", "event_on": MEETING, "delegates": DELEGATES, **changes}
    )


def judged_as(
    folder: Path, data: bytes, params: dict[str, Any] | None = None, name: str = "ds.xlsx"
) -> Verdict:
    return judge("attendance", stored(folder, data, name), params, task=meeting_task())


def test_a_list_with_the_organisations_people_passes(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, attended(), {"minimum": 2})
    assert (verdict.outcome, verdict.reasons) == (Outcome.PASSED, ())
    assert verdict.findings.performed_on == MEETING
    assert verdict.findings.quantity == 2
    assert verdict.read["rows"] == [5, 6]
    assert (verdict.read["present"], verdict.read["absent"]) == (2, 0)


def test_names_of_persons_are_not_kept(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, attended())
    assert "số 1" not in str(verdict.to_json())


def test_too_few_fail(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, attended(), {"minimum": 3})
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"attendance.too_few"})


def test_the_unit_itself_may_be_asked_for(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, attended(), {"of": "unit"})
    assert (verdict.outcome, verdict.read["present"]) == (Outcome.PASSED, 1)


def test_an_organisation_that_is_not_there_fails(tmp_path: Path) -> None:
    data = attended(delegates=DELEGATES[:1])
    assert codes(judged_as(tmp_path, data)) == {"attendance.organisation_not_found"}
    assert judged_as(tmp_path, data, {"also_named": ["UBND phường"]}).outcome is Outcome.PASSED


def test_another_day_fails(tmp_path: Path) -> None:
    data = attended(event_on=date(2024, 3, 5))
    assert codes(judged_as(tmp_path, data)) == {"date.too_early"}


def rows_of(*rows: tuple[str, ...]) -> bytes:
    return sheet_file([("Danh sách ngày 12/03/2024",), *rows])


HEAD = ("STT", "Họ và tên", "Đơn vị", "Vắng")


@pytest.mark.parametrize(
    "row", [("1", "Lê Văn A", "Báo Bắc Ninh", "x"), ("1", "Lê Văn A", "Báo Bắc Ninh (vắng)", "")]
)
def test_who_is_marked_absent_was_not_there(tmp_path: Path, row: tuple[str, ...]) -> None:
    verdict = judged_as(tmp_path, rows_of(HEAD, row))
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"attendance.absent"})
    assert verdict.read["absent"] == 1


def test_where_presence_is_marked_a_blank_is_absence(tmp_path: Path) -> None:
    data = rows_of(
        ("STT", "Họ và tên", "Đơn vị", "Có mặt"),
        ("1", "Trần Thị B", "UBND", "x"),
        ("2", "Lê Văn A", "Báo Bắc Ninh", ""),
    )
    assert codes(judged_as(tmp_path, data)) == {"attendance.absent"}


def test_a_heading_tells_the_organisation_of_the_rows_below(tmp_path: Path) -> None:
    data = rows_of(
        HEAD,
        ("I", "Báo Bắc Ninh"),
        ("1", "Lê Văn A", "Phóng viên"),
        ("2", "Trần Thị B", "Quay phim"),
        ("II", "UBND phường Đông Ngàn"),
        ("3", "Ngô Văn C", "Chủ tịch"),
    )
    assert judged_as(tmp_path, data).read["present"] == 2


def test_the_same_person_twice_is_one(tmp_path: Path) -> None:
    row = ("1", "Lê Văn A", "Báo Bắc Ninh")
    assert judged_as(tmp_path, rows_of(HEAD, row, row)).read["present"] == 1


def test_a_table_without_heading_is_read_by_its_names(tmp_path: Path) -> None:
    data = rows_of(("1", "Lê Văn A", "Phóng viên", "Báo Bắc Ninh"), ("2", "khách", "Báo Bắc Ninh"))
    assert judged_as(tmp_path, data).read["present"] == 1


def test_a_table_in_a_document_is_read(tmp_path: Path) -> None:
    def cell(text: str) -> str:
        return f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"

    rows = "".join(
        f"<w:tr>{''.join(map(cell, row))}</w:tr>"
        for row in (("TT", "Họ tên", "Đơn vị"), ("1", "Lê Văn A", "Báo Bắc Ninh"))
    )
    data = docx_of(f"<w:p><w:r><w:t>Ngày 12/03/2024</w:t></w:r></w:p><w:tbl>{rows}</w:tbl>")
    verdict = judged_as(tmp_path, data, name="ds.docx")
    assert (verdict.outcome, verdict.read["present"]) == (Outcome.PASSED, 1)


@pytest.mark.parametrize(
    ("line", "present"),
    [
        ("1. Lê Văn A - Phóng viên Báo Bắc Ninh", 1),
        ("Báo Bắc Ninh: Lê Văn A, Trần Thị B", 2),
        ("- Đ/c Lê Văn A, phóng viên, Báo Bắc Ninh", 1),
        ("Đại diện Báo Bắc Ninh", 0),
    ],
)
def test_a_list_in_lines_is_read(tmp_path: Path, line: str, present: int) -> None:
    data = f"DANH SÁCH\nNgày 12/03/2024\n{line}\n".encode()
    verdict = judged_as(tmp_path, data, name="ds.txt")
    assert verdict.read["present"] == present
    expected = set() if present else {"attendance.no_person_found"}
    assert codes(verdict) == expected


def test_a_pdf_list_is_read_without_marks(tmp_path: Path) -> None:
    data = text_pdf(["DANH SACH DAI BIEU", "Ngay 12/03/2024", "1  Le Van A  Bao Bac Ninh"])
    assert judged_as(tmp_path, data, name="ds.pdf").read["present"] == 1


def test_a_csv_list_is_read(tmp_path: Path) -> None:
    data = "Họ và tên;Đơn vị\nLê Văn A;Báo Bắc Ninh\nngày 12/03/2024;\n".encode()
    assert judged_as(tmp_path, data, name="ds.csv").outcome is Outcome.PASSED


def test_without_an_organisation_a_person_decides(tmp_path: Path) -> None:
    file = stored(tmp_path, attended(), "ds.xlsx")
    verdict = judge("attendance", file, task=meeting_task(beneficiary=None))
    assert (verdict.outcome, codes(verdict)) == (
        Outcome.UNDECIDED,
        {"facts.organisation_missing"},
    )


def test_a_list_of_a_period_is_judged_by_the_period(tmp_path: Path) -> None:
    file = stored(tmp_path, attended(), "ds.xlsx")
    assert judge("attendance", file, task=facts()).outcome is Outcome.PASSED
    other = facts(period_from=date(2024, 4, 1), period_until=date(2024, 7, 1))
    assert codes(judge("attendance", file, task=other)) == {"date.outside_period"}
