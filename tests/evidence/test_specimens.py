"""The demonstration's papers: other programs open them, and they are always the same."""

from __future__ import annotations

import io
from datetime import date

import docx
import openpyxl
import pytest

from tests.evidence.test_letter import INVITATION, REPORT
from workflow.evidence.pdf_reading import read_pdf
from workflow.examples.office_files import Grid, Paragraph, sheet_file, word_file
from workflow.examples.specimens import (
    letter_docx,
    letter_pdf,
    minutes_docx,
    post_office_xlsx,
)


def test_word_files_are_opened_by_others() -> None:
    opened = docx.Document(io.BytesIO(letter_docx(INVITATION)))
    texts = [paragraph.text for paragraph in opened.paragraphs]
    assert "Kính gửi: Báo Bắc Ninh" in texts
    assert "Số: 05/GM-UBND" in opened.tables[0].cell(0, 0).text


def test_a_party_letter_bears_its_own_signs() -> None:
    opened = docx.Document(io.BytesIO(letter_docx(REPORT)))
    head = opened.tables[0]
    assert head.cell(0, 0).text.split("\n")[-2:] == ["*", "Số 12-CV/BTGTU"]
    assert head.cell(0, 1).text.startswith("ĐẢNG CỘNG SẢN VIỆT NAM")


def test_workbooks_are_opened_by_others() -> None:
    rows = [("DN", "UBND phường Đông Ngàn", (2, 1))]
    data = post_office_xlsx(period="quý I/2024", titles=["Báo Bắc Ninh", "Báo khác"], rows=rows)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert list(sheet.values)[3] == (1, "DN", "UBND phường Đông Ngàn", 2, 1)
    assert list(sheet.values)[4] == ("", "", "Tổng cộng", 2, 1)


def test_text_is_written_as_it_is() -> None:
    text = 'A & B <c> "d"  e'
    cell = (Paragraph(text=text),)
    data = word_file([Paragraph(text=text), Grid(rows=((cell, ()), (cell,)))])
    opened = docx.Document(io.BytesIO(data))
    assert opened.paragraphs[0].text == text
    assert opened.tables[0].cell(0, 0).text == text
    sheet = openpyxl.load_workbook(io.BytesIO(sheet_file([(text, 3)]))).active
    assert sheet is not None
    assert list(sheet.values) == [(text, 3)]


def test_a_pdf_letter_reads_in_order() -> None:
    text, pages = read_pdf(letter_pdf(INVITATION), most_text=10_000)
    assert pages == 1
    assert text.index("Số: 05/GM-UBND") < text.index("GIẤY MỜI") < text.index("Kính gửi")


@pytest.mark.parametrize("write", [letter_docx, letter_pdf])
def test_the_same_paper_has_the_same_bytes(write: object) -> None:
    assert callable(write)
    assert write(INVITATION) == write(INVITATION)


def test_minutes_have_a_head_and_a_day() -> None:
    data = minutes_docx(
        unit="Chi bộ A",
        superior="Đảng bộ B",
        place="Từ Sơn",
        held_on=date(2024, 1, 5),
        publication="Báo Bắc Ninh",
    )
    opened = docx.Document(io.BytesIO(data))
    assert "ngày 05 tháng 01 năm 2024" in opened.tables[0].cell(0, 1).text
