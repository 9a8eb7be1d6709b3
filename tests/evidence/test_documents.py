"""Text and tables of documents, as a reader of them would see."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.evidence.specimens import docx_of, stored, text_pdf, zipped
from workflow.evidence.check import Unreadable
from workflow.evidence.documents import read_document
from workflow.evidence.file_kinds import Kind
from workflow.evidence.sheet_reading import read_csv, read_workbook
from workflow.evidence.word_reading import read_word

if TYPE_CHECKING:
    from pathlib import Path


def words_of(xml: str) -> str:
    return read_word(docx_of(xml), most_text=1_000)[0]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<w:p><w:r><w:t>Số:</w:t><w:tab/><w:t>45</w:t></w:r></w:p>", "Số:\t45"),
        ("<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r></w:p>", "a\nb"),
        ("<w:p><w:r><w:t>12</w:t><w:noBreakHyphen/><w:t>BC</w:t></w:r></w:p>", "12-BC"),
        ("<w:p><w:r><w:t>Ho\u0323\u0302i</w:t></w:r></w:p>", "Hội"),
        ("<w:p><w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del></w:p>", ""),
        ("<w:p><w:hyperlink><w:r><w:t>a</w:t></w:r></w:hyperlink></w:p>", "a"),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>a</w:t></w:r></w:p></w:sdtContent></w:sdt>", "a"),
        (
            (
                "<w:p><w:r><w:AlternateContent><w:Choice><w:txbxContent><w:p><w:r><w:t>hộp</w:t></w:r>"
                "</w:p></w:txbxContent></w:Choice><w:Fallback><w:p><w:r><w:t>hộp</w:t></w:r></w:p>"
                "</w:Fallback></w:AlternateContent></w:r></w:p>"
            ),
            "hộp\n",
        ),
    ],
)
def test_the_words_of_a_document_are_those_that_a_reader_sees(xml: str, text: str) -> None:
    assert words_of(xml) == text


def test_headers_stand_before_the_body_and_footers_after() -> None:
    def part(text: str) -> bytes:
        return f"<a><p><r><t>{text}</t></r></p></a>".encode()

    data = zipped(
        {
            "word/footer1.xml": part("chân"),
            "word/document.xml": part("thân"),
            "word/header1.xml": part("đầu"),
        }
    )
    assert read_word(data, most_text=1_000)[0] == "đầu\nthân\nchân"


def workbook(*, hidden: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Ngày", date(2024, 1, 5), datetime(2024, 2, 6, 8, 0), 2.0, 2.5, True, None])
    sheet.append([])
    other = book.create_sheet("Ẩn")
    other.append(["khác"])
    if hidden:
        other.sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_cells_are_read_as_they_are_shown() -> None:
    shown = ("Ngày", "05/01/2024", "06/02/2024", "2", "2.5", "True")
    assert read_workbook(workbook())[0] == shown


def test_hidden_sheets_are_not_read() -> None:
    assert len(read_workbook(workbook())) == 2
    assert len(read_workbook(workbook(hidden=True))) == 1


def test_a_workbook_that_cannot_be_followed_is_broken() -> None:
    parts = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
    data = zipped({**parts, "a.bin": b"x"})
    with pytest.raises(Unreadable) as stop:
        read_workbook(data)
    assert stop.value.reason.code == "file.broken"


def test_a_list_whose_cells_have_no_end_is_broken() -> None:
    with pytest.raises(Unreadable) as stop:
        read_csv('a;b\n"' + "x" * 200_000)
    assert stop.value.reason.code == "file.broken"


def test_a_list_is_read_by_its_separator() -> None:
    assert read_csv("a;b,c\n;\n1;2") == (("a", "b,c"), ("1", "2"))
    assert read_csv("a\tb\n1\t2") == (("a", "b"), ("1", "2"))


def test_a_letter_may_be_a_page_or_plain_text(tmp_path: Path) -> None:
    page = b"<html><style>p{}</style><body><p>A</p><script>x</script><p>B</p></body></html>"
    read = read_document(stored(tmp_path, page, "a.html"), (Kind.HTML,))
    assert (read.text, read.kind, read.pages) == ("A\nB", Kind.HTML, None)
    assert read_document(stored(tmp_path, b"A", "a.txt"), (Kind.TEXT,)).text == "A"


def test_a_kind_that_was_not_asked_for_is_left_to_a_person(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as stop:
        read_document(stored(tmp_path, text_pdf(["a"]), "a.pdf"), (Kind.DOCX,))
    assert stop.value.reason.code == "file.kind_not_read"


def test_a_long_text_is_cut(tmp_path: Path) -> None:
    read = read_document(stored(tmp_path, b"x" * 900_000, "a.txt"), (Kind.TEXT,))
    assert len(read.text) == 400_000
    pages = text_pdf(["chu " * 20] * 30)
    from workflow.evidence.pdf_reading import read_pdf

    assert len(read_pdf(pages, most_text=50)[0]) == 50
