"""What was made is read back: every figure in every format, and every measure of each profile."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import docx
import openpyxl
import pypdfium2
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from lxml import html as lxml_html

from reports.documents.chapters import document
from reports.documents.document import Chart, Tone
from reports.documents.formats import FORMATS
from reports.documents.inks import INKS, TOKENS
from reports.documents.profiles import PROFILES, profile_named, profile_on
from reports.documents.render_pdf import font_used
from reports.letterhead import Issuer, Letterhead
from reports.quarterly import Issue, read, written
from tests.reports import quarter
from tests.sources import ROOT
from workflow.store.engine import make_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docx.table import _Cell
    from openpyxl.cell import Cell, MergedCell

    from reports.quarterly import Report
    from tests.databases import Databases

_BOXES: Final = (
    "done_on_time",
    "done_late",
    "awaiting",
    "not_done_in_time",
    "not_done_overdue",
    "no_due_day",
    "suspended",
    "waived",
)
HEADS: Final = {
    Issuer.STATE: Letterhead(
        issuer=Issuer.STATE,
        superior="Ủy ban nhân dân tỉnh Bắc Ninh",
        body="Ủy ban nhân dân thành phố",
        sign="UBND",
        place="Bắc Ninh",
        on_behalf="Ủy ban nhân dân",
        acting_for="Chủ tịch",
        post="Phó Chủ tịch",
        recipients=("Thường trực Thành ủy (để báo cáo)", "Các phòng, ban"),
        archive="VP",
    ),
    Issuer.PARTY: Letterhead(
        issuer=Issuer.PARTY,
        superior="Đảng bộ tỉnh Bắc Ninh",
        body="Thành ủy Từ Sơn",
        sign="TU",
        place="Từ Sơn",
        on_behalf="Ban Thường vụ",
        acting_for="Bí thư",
        post="Phó Bí thư",
        recipients=("Tỉnh ủy (để báo cáo)",),
        archive="Văn phòng Thành ủy",
    ),
}


@pytest.fixture(scope="module")
def draft(databases: Databases) -> Iterator[Report]:
    url = databases.copy("sqlite")
    engine = make_engine(url)
    with engine.begin() as db:
        quarter.lived(db)
        report = quarter.report(db)
    yield report
    engine.dispose()
    databases.drop(url)


def issued(draft: Report, issuer: Issuer, *, on: date = date(2024, 1, 5)) -> Report:
    issue = Issue(
        number="3/2024",
        issued_on=on,
        approved_by="Họ và tên",
        approved_on=on,
        lang="vi",
        journal_head="ab" * 32,
        approved_sha256="cd" * 32,
    )
    return replace(draft, letterhead=HEADS[issuer], issue=issue)


@pytest.fixture(scope="module", params=list(Issuer))
def made(draft: Report, request: pytest.FixtureRequest) -> tuple[Report, dict[str, bytes]]:
    report = issued(draft, request.param)
    return report, {name: render(report, lang="vi") for name, render in FORMATS.items()}


# --- every figure ---------------------------------------------------------------------


def told(line: dict[str, Any]) -> list[str]:
    """A line of the JSON as it stands on paper, reckoned here once more."""

    def number(value: int) -> str:
        return f"{value:,}".replace(",", ".") if value else "–"

    def rate(pair: list[int] | None) -> str:
        if pair is None:
            return "–"
        tenths = (2000 * pair[0] + pair[1]) // (2 * pair[1])
        return f"{tenths // 10},{tenths % 10}%"

    boxes = line["boxes"]
    return [
        number(sum(boxes[box] for box in _BOXES)),
        number(line["carried_over"]),
        number(line["assigned"]),
        *(number(boxes[box]) for box in _BOXES),
        rate(line["rate_on_due"]),
        rate(line["rate_on_all"]),
    ]


def rows_wanted(said: dict[str, Any]) -> list[list[str]]:
    lines = [(one["title"], one["line"]) for one in said["duties"]]
    lines += [(one["name"], one["line"]) for one in said["units"]]
    lines += [("Tổng số", said["total"])]
    return [[name, *told(line)] for name, line in lines]


def word_tables(content: bytes) -> list[list[list[str]]]:
    tables = docx.Document(BytesIO(content)).element.body.iter(qn("w:tbl"))
    return [
        [
            [
                "".join(text.text or "" for text in cell.iter(qn("w:t"))).strip()
                for cell in row.iter(qn("w:tc"))
            ]
            for row in table.iter(qn("w:tr"))
        ]
        for table in tables
    ]


def page_tables(content: bytes) -> list[list[list[str]]]:
    tree: Any = lxml_html.fromstring(content.decode())
    return [
        [[cell.text_content().strip() for cell in row] for row in table.iter("tr")]
        for table in tree.iter("table")
    ]


def sheet_rows(content: bytes) -> list[list[str]]:
    """Each row of the workbook as it would be printed in Vietnam."""
    book = openpyxl.load_workbook(BytesIO(content))
    return [[_printed(cell) for cell in row] for sheet in book for row in sheet.iter_rows()]


def _printed(cell: Cell | MergedCell) -> str:
    value = cell.value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        if cell.number_format.endswith("%"):
            return f"{value * 100:.1f}%".replace(".", ",")
        return f"{value:,}".replace(",", ".") if value else "–"
    return str(value)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b\ufffe]+", "", text).casefold()


def holds(rows: list[list[str]], wanted: list[str]) -> bool:
    """Whether a row begins with the name and ends with the figures."""
    figures = wanted[1:]
    return any(
        row[-len(figures) :] == figures and row[0].split(" (")[0].startswith(wanted[0])
        for row in rows
        if row
    )


def test_all_formats_agree_with_the_json_in_every_figure(
    made: tuple[Report, dict[str, bytes]],
) -> None:
    _, files = made
    said = json.loads(files["json"])
    wanted = rows_wanted(said)
    # A workbook has a column of its own for the codes, and it comes first.
    codes = {duty["title"]: duty["code"] for duty in said["duties"]}
    assert len(wanted) == 8
    word = [row for table in word_tables(files["docx"]) for row in table]
    page = [row for table in page_tables(files["html"]) for row in table]
    paper = squeezed("".join(one.get_textpage().get_text_bounded() for one in _pages(files["pdf"])))
    book = sheet_rows(files["xlsx"])
    for row in wanted:
        assert holds(word, row), row
        assert holds(page, row), row
        assert squeezed("".join(row[1:])) in paper, row
        name = codes.get(row[0], row[0])
        assert any(
            one[0] == name and [text for text in one if text][-len(row[1:]) :] == row[1:]
            for one in book
            if one
        ), row


def test_word_and_page_hold_the_same_tables(made: tuple[Report, dict[str, bytes]]) -> None:
    _, files = made
    names = {cell for table in page_tables(files["html"]) for cell in table[0]}
    word = [table for table in word_tables(files["docx"]) if names & set(table[0])]
    assert word == page_tables(files["html"])


def test_every_picture_is_in_each_format_with_its_words(
    made: tuple[Report, dict[str, bytes]],
) -> None:
    report, files = made
    charts = [
        block
        for section in document(report, lang="vi").sections
        for block in section.blocks
        if isinstance(block, Chart)
    ]
    assert len(charts) == 3
    word = docx.Document(BytesIO(files["docx"]))
    described = [one.get("descr") for one in word.element.body.iter(qn("wp:docPr"))]
    assert described == [f"{chart.caption}. {chart.said}" for chart in charts]
    page: Any = lxml_html.fromstring(files["html"].decode())
    assert len(page.xpath("//figure")) == len(charts)
    for chart in charts:
        assert chart.svg in files["html"].decode()
        # Nothing is drawn in colour alone: all but the strongest has a pattern.
        assert set(re.findall(r'fill="(#[0-9a-f]{6})"', chart.svg.partition("</defs>")[2])) <= {
            "#000000",
            "#ffffff",
            INKS[Tone.DONE].ink,
        }
    assert charts[1].said.count("87,5%") == 2


def test_pages_and_documents_bear_the_same_colours() -> None:
    tokens = (ROOT / "web" / "static" / "tokens.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", tokens.partition("@media")[0]))
    for tone, token in TOKENS.items():
        assert (INKS[tone].ink, INKS[tone].soft) == (light[token], light[f"{token}-soft"])


# --- the rules of form ----------------------------------------------------------------


def test_the_profile_is_that_of_the_day_and_the_body() -> None:
    assert profile_on(Issuer.STATE, date(2026, 6, 1)).key == "nd30_2020"
    assert profile_on(Issuer.PARTY, date(2026, 5, 26)).key == "hd36_2018"
    assert profile_on(Issuer.PARTY, date(2026, 5, 27)).key == "hd05_2026"
    assert profile_on(Issuer.PARTY, date(2010, 1, 1)).key == "hd36_2018"
    assert [one.key for one in PROFILES if not one.is_verified] == ["hd05_2026"]


@pytest.mark.parametrize(
    ("key", "given", "sign", "said"),
    [
        ("nd30_2020", "3/2024", "UBND", "Số: 03/BC-UBND"),
        ("nd30_2020", "45", "UBND", "Số: 45/BC-UBND"),
        ("nd30_2020", "45/BC-VP", "UBND", "Số: 45/BC-VP"),
        ("nd30_2020", "7", "", "Số: 07/BC"),
        ("hd36_2018", "12/2024", "TU", "Số 12-BC/TU"),
        ("hd36_2018", "12-BC/BTG", "TU", "Số 12-BC/BTG"),
        ("hd36_2018", "112", "", "Số 112-BC"),
    ],
)
def test_numbers_stand_in_the_form_of_the_profile(
    key: str, given: str, sign: str, said: str
) -> None:
    assert profile_named(key).numbered(given, sign=sign) == said


def test_a_draft_leaves_number_and_day_open(draft: Report) -> None:
    head = document(replace(draft, letterhead=HEADS[Issuer.STATE]), lang="vi").head
    assert re.fullmatch(r"Số: \s+/BC-UBND", head.number)
    assert re.fullmatch(r"Bắc Ninh, ngày \s+ tháng \s+ năm 2024", head.place_and_day)


def test_without_a_letterhead_the_first_side_issues(draft: Report) -> None:
    said = document(draft, lang="vi")
    assert (said.head.body, said.head.superior) == ("THÀNH ỦY TỪ SƠN", "")
    assert said.closing.recipients == ("- Lưu: VT.",)


_EXPECTED: Final = {
    Issuer.STATE: (
        ["ỦY BAN NHÂN DÂN TỈNH BẮC NINH", "ỦY BAN NHÂN DÂN THÀNH PHỐ"],
        ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"],
        ("Số: 03/BC-UBND", "Bắc Ninh, ngày 05 tháng 01 năm 2024"),
        ("Kết quả thực hiện", ["I. ", "1. "]),
        ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
        "- Lưu: VT, VP.",
    ),
    Issuer.PARTY: (
        ["ĐẢNG BỘ TỈNH BẮC NINH", "THÀNH ỦY TỪ SƠN", "*"],
        ["ĐẢNG CỘNG SẢN VIỆT NAM"],
        ("Số 03-BC/TU", "Từ Sơn, ngày 05 tháng 01 năm 2024"),
        ("về kết quả thực hiện", ["I- ", "1- "]),
        ["T/M BAN THƯỜNG VỤ", "K/T BÍ THƯ", "PHÓ BÍ THƯ"],
        "- Lưu Văn phòng Thành ủy.",
    ),
}


def test_word_follows_the_profile(made: tuple[Report, dict[str, bytes]]) -> None:
    report, files = made
    assert report.letterhead is not None
    profile = profile_on(report.letterhead.issuer, date(2024, 1, 5))
    left, right, (number, place), (subject, marks), authority, archive = _EXPECTED[profile.issuer]
    word: Any = docx.Document(BytesIO(files["docx"]))
    first = word.sections[0]
    assert (round(first.page_width.mm), round(first.page_height.mm)) == (210, 297)
    edges = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    assert [round(edge.mm) for edge in edges if edge is not None] == [20, 20, 30, 15]
    # A number centred in the top margin, and none on the first page.
    assert first.different_first_page_header_footer
    (shown,) = [one for one in first.header.paragraphs if one.runs]
    assert "PAGE" in "".join(one.text or "" for one in shown._p.iter(qn("w:instrText")))
    assert shown.alignment == 1
    assert shown.runs[0].font.size.pt == profile.page_number
    assert not any(one.text for one in first.first_page_header.paragraphs)
    # The head, in its order.
    head = word.tables[0]
    assert _texts(head.cell(0, 0)) == left
    assert _texts(head.cell(0, 1)) == right
    assert (head.cell(1, 0).text, head.cell(1, 1).text) == (number, place)
    assert head.cell(1, 1).paragraphs[0].runs[0].italic
    motto = head.cell(0, 1).paragraphs[0].runs[0]
    assert (motto.font.size.pt, motto.bold) == (profile.motto[0][1].size, True)
    texts = [one.text for one in word.paragraphs if one.text]
    assert texts[0] == "BÁO CÁO"
    assert texts[1].startswith(subject)
    # Running text and headings.
    style = word.styles["Cam Kết – văn bản"]
    assert style.font.name == "Times New Roman"
    assert style.font.size.pt == profile.text.size
    form = style.paragraph_format
    assert round(form.first_line_indent.mm) == 10
    assert (form.alignment, form.space_after.pt) == (3, 6)
    assert form.line_spacing_rule == (4 if profile.text.is_exact else 3)
    assert form.line_spacing.pt == profile.text.line
    headings = [
        (one.style.name, one.text) for one in word.paragraphs if one.style.name.startswith("Head")
    ]
    assert next(text for name, text in headings if name == "Heading 1").startswith(marks[0])
    assert next(text for name, text in headings if name == "Heading 2").startswith(marks[1])
    # The signature and the recipients.
    closing = next(one for one in word.tables if "Nơi nhận" in one.cell(0, 0).text)
    assert _texts(closing.cell(0, 1)) == [*authority, "Họ và tên"]
    post, signer = closing.cell(0, 1).paragraphs[-2:]
    assert post.runs[0].bold is (profile.issuer is Issuer.STATE)
    assert signer.runs[0].bold
    recipients = closing.cell(0, 0).paragraphs
    assert recipients[-1].text == archive
    assert bool(recipients[0].runs[0].underline) is (profile.issuer is Issuer.PARTY)
    # Annexes begin pages of their own, turned where they are wide.
    assert [one.orientation is WD_ORIENT.LANDSCAPE for one in word.sections] == [
        False,
        *([True] * 7),
        *([False] * 3),
    ]
    assert not any(one.different_first_page_header_footer for one in word.sections[1:])
    assert next(text for text in texts if text.startswith("Phụ lục")).startswith("Phụ lục I\n")


def _texts(cell: _Cell) -> list[str]:
    return [one.text for one in cell.paragraphs if one.text]


def test_tables_in_word_repeat_their_head_and_break_no_row(
    made: tuple[Report, dict[str, bytes]],
) -> None:
    _, files = made
    word = docx.Document(BytesIO(files["docx"]))
    ruled = [
        one for one in word.element.body.iter(qn("w:tbl")) if one.find(f".//{_HEAD}") is not None
    ]
    assert len(ruled) > 8
    for table in ruled:
        rows = list(table.iter(qn("w:tr")))
        assert rows[0].find(f".//{_HEAD}") is not None
        assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)
    units = next(one for one in word.tables if one.cell(0, 0).text == "Đơn vị")
    assert units.cell(1, 1).paragraphs[0].alignment == 2


_HEAD: Final = qn("w:tblHeader")


def _pages(content: bytes) -> Iterator[Any]:
    paper = pypdfium2.PdfDocument(content)
    try:
        yield from (paper[number] for number in range(len(paper)))
    finally:
        paper.close()


def test_paper_follows_the_profile(made: tuple[Report, dict[str, bytes]]) -> None:
    report, files = made
    assert report.letterhead is not None
    left, right, (number, place), (subject, marks), authority, archive = _EXPECTED[
        report.letterhead.issuer
    ]
    millimetre = 72 / 25.4
    texts = []
    for count, page in enumerate(_pages(files["pdf"]), 1):
        width, height = page.get_size()
        is_wide = width > height
        assert (round(width / millimetre), round(height / millimetre)) == (
            (297, 210) if is_wide else (210, 297)
        )
        text = page.get_textpage()
        texts.append(text.get_text_bounded())
        # Marks on capitals rise a little above their line.
        above = text.get_text_bounded(bottom=height - (27 if is_wide else 17) * millimetre)
        assert above.strip() == ("" if count == 1 else str(count))
        if not is_wide:
            inner = text.get_text_bounded(
                left=29.5 * millimetre, right=width - 14.5 * millimetre, top=height, bottom=0
            )
            assert squeezed(inner) == squeezed(texts[-1])
    first = squeezed(texts[0])
    order = [*left[:1], right[0], number, place, "BÁO CÁO", subject]
    places = [first.index(squeezed(one)) for one in order]
    assert places[2:] == sorted(places[2:])
    assert max(places[:2]) < places[2]
    whole = squeezed("".join(texts))
    assert squeezed(f"{marks[0]}Công tác lãnh đạo") in whole
    assert squeezed(f"{marks[1]}Kết quả chung") in whole
    for line in (*authority, "Họ và tên", "Nơi nhận:", archive):
        assert squeezed(line) in whole
    assert squeezed(f"Phông chữ{font_used()}") in whole


# --- the workbook ---------------------------------------------------------------------


def test_sheets_are_ready_to_be_filtered_and_printed(draft: Report) -> None:
    book: Any = openpyxl.load_workbook(BytesIO(FORMATS["xlsx"](draft, lang="vi")))
    assert book.sheetnames[0] == "Tóm tắt"
    assert len(book.sheetnames) == 6
    assert len(book["Tóm tắt"]._charts) == 2
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        # As wide as one page, as long as it takes.
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in {None, 1}
        assert sheet.page_setup.fitToHeight == 0
    for name in book.sheetnames[1:5]:
        sheet = book[name]
        assert sheet.freeze_panes == "B4"
        assert sheet.print_title_rows == "$3:$3"
        assert sheet.auto_filter.ref is not None
        assert sheet.auto_filter.ref.startswith("A3:")
    tasks = list(book["Nhiệm vụ"].iter_rows(min_row=4, values_only=True))
    assert len(tasks) == len(draft.tasks)


def test_a_text_is_never_a_formula(draft: Report) -> None:
    names = ("=1+1", "+84", "-2", "@SUM(A1)", '=HYPERLINK("http://x")')
    units = tuple(
        replace(unit, name=names[place % len(names)]) for place, unit in enumerate(draft.units)
    )
    content = FORMATS["xlsx"](replace(draft, units=units), lang="vi")
    cells = [
        cell
        for sheet in openpyxl.load_workbook(BytesIO(content))
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert not [cell for cell in cells if cell.data_type == "f"]
    found = [cell for cell in cells if cell.value in names]
    assert found
    assert all(cell.quotePrefix for cell in found)


# --- what was frozen before ------------------------------------------------------------


def test_a_report_of_the_first_form_is_still_what_it_was(draft: Report) -> None:
    text = written(replace(draft, form=1))
    assert set(json.loads(written(draft))) - set(json.loads(text)) == {
        "articles",
        "circumstances",
        "course",
        "footings",
        "grouping",
        "letterhead",
        "sentences",
        "signature",
        "subscriptions",
    }
    report = read(text)
    assert written(report) == text
    assert report.course == ()
    for name, render in FORMATS.items():
        assert render(report, lang="en"), name
