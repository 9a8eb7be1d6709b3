"""What stands on the pages: every figure, both languages, in HTML and in PDF alike."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from lxml import html as lxml_html

from reports.documents.chapters import document
from reports.documents.colophon import FONT
from reports.documents.document import Cell, Chart, Facts, Heading, Table, Text, Weight, Written
from reports.documents.formats import FORMATS, TYPES, rendering
from reports.documents.render_html import render_html
from reports.documents.render_pdf import render_pdf
from reports.documents.telling import Teller
from reports.quarterly import Issue, Paragraph, read, written
from tests import worlds
from tests.reports import quarter
from workflow import labels
from workflow.domain.errors import Refusal
from workflow.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from reports.documents.document import Block, Document
    from reports.quarterly import Report

# What is on the pages does not depend on where the rows come from.
pytestmark = pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)


@pytest.fixture
def report(db: Connection) -> Report:
    quarter.lived(db)
    return quarter.report(db)


def texts(told: Document) -> Iterator[str]:
    """Every text of a document, in order."""
    yield from (told.head.superior, told.head.body, told.head.number, *told.head.motto)
    yield told.head.place_and_day
    yield told.title
    yield told.subtitle
    for section in told.sections:
        for block in section.blocks:
            yield from _texts(block)
    closing = told.closing
    yield from (*closing.authority, closing.post, closing.signer, closing.recipients_title)
    yield from closing.recipients


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield from (block.mark, block.text, block.note)
        case Text():
            yield block.text
        case Written():
            yield block.text or block.missing
        case Facts():
            # The font is told by each format for itself.
            yield from (text for pair in block.pairs for text in pair if text != FONT)
        case Chart():
            yield block.caption
        case Table():
            yield block.caption
            yield from (column.title for column in block.columns)
            yield from (cell.text for row in block.rows for cell in row.cells)


def tables(told: Document) -> list[Table]:
    return [
        block for section in told.sections for block in section.blocks if isinstance(block, Table)
    ]


def number(cell: Cell) -> int:
    return 0 if cell.text == "–" else int(cell.text.replace(".", "").replace(",", ""))


def squeezed(text: str) -> str:
    """Without white space and without the places at which a long word may break."""
    return re.sub(r"[\s\u200b\u00ad\ufffe]+", "", text).casefold()


def pdf_text(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return "".join(page.get_textpage().get_text_bounded() for page in pages)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_html_and_pdf_show_every_text_of_the_document(report: Report, lang: str) -> None:
    told = list(texts(document(report, lang=lang)))
    page: Any = lxml_html.fromstring(render_html(report, lang=lang).decode())
    for style in page.iter("style"):
        style.text = ""
    shown = {
        "html": squeezed(page.text_content()),
        "pdf": squeezed(pdf_text(render_pdf(report, lang=lang))),
    }
    for name, content in shown.items():
        # Signs that stand for themselves are drawn upright or broken over lines.
        missing = [text for text in told if squeezed(text) not in content]
        assert len(missing) <= (0 if name == "html" else len(told) // 20), (name, missing)
    figures = [text for text in told if re.fullmatch(r"[\d.,%/–]+", text)]
    assert len(figures) > 100
    assert all(squeezed(text) in shown["pdf"] for text in figures)


def test_the_two_languages_tell_the_same_figures(report: Report) -> None:
    def cells(lang: str) -> list[str]:
        return [
            cell.text.replace(".", ",")
            for table in tables(document(report, lang=lang))
            for row in table.rows
            for cell in row.cells
            if re.fullmatch(r"[\d.,]+%?|–|[✓△…○✕]\d*", cell.text)
        ]

    assert cells("vi") == cells("en")
    assert cells("vi")


def test_no_english_is_left_in_vietnamese(report: Report) -> None:
    vietnamese = set(texts(document(report, lang="vi")))
    english = set(texts(document(report, lang="en")))
    # What both have: names, codes, numbers, hashes and the zone.
    shared = {text for text in vietnamese & english if re.search(r"[A-Za-z]{4}", text)}
    known = {report.zone, "SHA-256", *(unit.name for unit in report.units)}
    known |= {side.name for side in report.sides} | {topic.title for topic in report.topics}
    known |= {duty.title for duty in report.duties}
    known |= {"; ".join(report.agreement.parties), "bien-ban-thang-1.pdf"}
    names = {unit.name for unit in report.units}
    assert {text for text in shared - known if not set(text.split("; ")) <= names} == set()


def test_every_table_of_boxes_adds_up_on_paper(report: Report) -> None:
    told = document(report, lang="vi")
    checked = 0
    for table in tables(told):
        titles = [column.title for column in table.columns]
        if "Tổng số" not in titles or "Chờ xác nhận" not in titles:
            continue
        first = titles.index("Tổng số")
        rates = [title for title in titles if title.startswith("Tỷ lệ")]
        is_whole = "Giao trong kỳ" in titles
        for row in table.rows:
            values = [number(cell) for cell in row.cells[first : len(titles) - len(rates)]]
            total, *rest = values
            if is_whole:
                assert rest[0] + rest[1] == total, table.caption
                rest = rest[2:]
            assert sum(rest) == total, (table.caption, row)
            checked += 1
    assert checked > 20


def test_totals_on_paper_are_the_sum_of_their_rows(report: Report) -> None:
    for table in tables(document(report, lang="vi")):
        titles = [column.title for column in table.columns]
        totals = [row for row in table.rows if row.weight is Weight.TOTAL]
        bodies = [row for row in table.rows if row.weight is Weight.BODY]
        if len(totals) == 1 and "Chờ xác nhận" in titles:
            for place in range(titles.index("Tổng số"), titles.index("Chờ xác nhận") + 1):
                assert number(totals[0].cells[place]) == sum(
                    number(row.cells[place]) for row in bodies
                ), table.caption


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_rates_are_told_with_their_formula(report: Report, lang: str) -> None:
    said = " ".join(texts(document(report, lang=lang)))
    percent = {"vi": ("66,7%", "40,0%"), "en": ("66.7%", "40.0%")}[lang]
    formulas = {
        "vi": (
            "hoàn thành ÷ (hoàn thành + quá hạn + chờ xác nhận đã qua hạn)",
            "hoàn thành ÷ tổng số",
        ),
        "en": ("done ÷ (done + overdue + awaiting past due)", "done ÷ total"),
    }[lang]
    for text in (*percent, *formulas):
        assert text in said


def test_the_instants_and_the_simulated_clock_are_told(report: Report) -> None:
    said = list(texts(document(report, lang="vi")))
    assert {"00:00 01/04/2024", "09:00 05/04/2024", "Asia/Ho_Chi_Minh"} <= set(said)
    assert "DỮ LIỆU MÔ PHỎNG" not in document(report, lang="vi").mark
    simulated = replace(report, is_simulated=True)
    assert document(simulated, lang="vi").mark == "DỰ THẢO · DỮ LIỆU MÔ PHỎNG"
    assert any("mô phỏng" in text for text in texts(document(simulated, lang="vi")))


def test_gaps_of_coverage_are_a_warning_on_the_first_page(report: Report) -> None:
    # The duty without a due day is one.
    assert report.coverage.gap_count == 1
    first = list(texts(document(report, lang="vi")))[:40]
    assert any(text.startswith("CẢNH BÁO") for text in first)
    whole = replace(report, coverage=replace(report.coverage, gap_count=0, gaps=()))
    said = list(texts(document(whole, lang="vi")))
    assert not any("CẢNH BÁO" in text for text in said)
    assert any("không thiếu và không thừa" in text for text in said)


def test_people_write_and_what_they_did_not_write_is_told(report: Report) -> None:
    words = "Các đơn vị <b>đã</b> cố gắng.\nCần phát huy."
    told = replace(report, paragraphs={Paragraph.STRENGTHS: words}, sentences=())
    page = render_html(told, lang="vi").decode()
    assert "&lt;b&gt;đã&lt;/b&gt;" in page
    assert "<b>đã</b>" not in page
    written_places = [
        block
        for block in document(told, lang="vi").sections[0].blocks
        if isinstance(block, Written)
    ]
    assert len(written_places) == len(Paragraph)
    assert [block.text for block in written_places if block.text] == [words]
    assert "Các đơn vị" in pdf_text(render_pdf(told, lang="vi"))


def test_an_issued_report_tells_its_number_and_no_draft(report: Report) -> None:
    issued = replace(
        report,
        issue=Issue(
            number="03/2024",
            issued_on=report.period.until_on,
            approved_by="Thường trực Thành ủy",
            approved_on=report.period.until_on,
            lang="vi",
            journal_head="ab" * 32,
            approved_sha256="cd" * 32,
        ),
    )
    told = document(issued, lang="vi")
    assert told.mark == ""
    said = set(texts(told))
    assert {"03/2024", "ab" * 32, "cd" * 32} <= said
    assert "[Phần này do người soạn báo cáo viết]" not in said
    assert document(report, lang="vi").mark == "DỰ THẢO"


def test_a_page_is_whole_in_itself(report: Report) -> None:
    page = render_html(report, lang="vi").decode()
    tree: Any = lxml_html.fromstring(page)
    assert tree.get("lang") == "vi"
    assert not tree.xpath("//script|//link|//img|//iframe")
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page
    anchors = {target.get("id") for target in tree.xpath("//h2")}
    links = {link.get("href")[1:] for link in tree.xpath("//nav/a")}
    assert links == anchors
    for table in tree.xpath("//table"):
        width = len(table.xpath("./thead/tr/th"))
        assert all(
            sum(int(cell.get("colspan", 1)) for cell in row) == width
            for row in table.xpath("./tbody/tr")
        )


def test_matrix_signs_have_words_beside_their_colours(report: Report) -> None:
    told = document(report, lang="vi")
    (matrix,) = (table for table in tables(told) if any(c.is_upright for c in table.columns))
    row = next(row for row in matrix.rows if row.cells[0].text == "Phường Ấp Bắc")
    assert [column.title for column in matrix.columns[1:]] == ["Mua báo", "Đọc báo", "Giao ban"]
    assert [cell.text for cell in row.cells[1:]] == ["✕", "…", ""]
    legend = next(text for text in texts(told) if text.startswith("Ký hiệu:"))
    for sign in "✓△…○✕":
        assert sign in legend


def test_many_obligations_are_told_in_several_tables(report: Report) -> None:
    duty = report.duties[0]
    many = tuple(replace(duty, code=f"X-{index:02}") for index in range(30))
    pairs = tuple(
        replace(report.pairs[0], obligation=one.code, unit="a", line=duty.line) for one in many
    )
    told = document(replace(report, duties=many, pairs=pairs), lang="vi")
    wide = [table for table in tables(told) if any(c.is_upright for c in table.columns)]
    assert [len(table.columns) - 1 for table in wide] == [24, 6]


def test_long_names_and_hashes_stay_within_the_page(report: Report) -> None:
    name = "Ban Quản lý các dự án đầu tư xây dựng " * 6
    task = next(one for one in report.tasks if one.evidence)
    file = replace(task.evidence[0], name="a" * 250 + ".pdf")
    long = replace(
        report,
        units=tuple(replace(unit, name=name.strip()) for unit in report.units),
        tasks=tuple(replace(one, evidence=(file,)) if one is task else one for one in report.tasks),
    )
    content = pypdfium2.PdfDocument(render_pdf(long, lang="vi"))
    for page in content:
        width, height = page.get_size()
        for found in page.get_objects():
            left, bottom, right, top = found.get_bounds()
            if found.type == 1:  # text
                assert left >= -1
                assert right <= width + 1
                assert bottom >= -1
                assert top <= height + 1


def test_an_empty_quarter_is_told_in_words(db: Connection) -> None:
    worlds.activated(db, quarter.the_agreement(), quarter.the_units(), on="2023-09-20")
    report = quarter.report(db)
    said = list(texts(document(report, lang="vi")))
    assert "Không có nhiệm vụ nào thuộc kỳ này và không có nhiệm vụ kỳ trước chuyển sang." in said
    assert not any("%" in text and re.search(r"\d", text) for text in said)
    assert render_pdf(report, lang="vi").startswith(b"%PDF")
    assert render_html(report, lang="en").startswith(b"<!DOCTYPE html>")


def test_where_nothing_was_due_there_is_no_rate_on_tasks_due(report: Report) -> None:
    unit = next(one for one in report.units if one.key == "bao")
    said = replace(report, total=unit.line)
    found = [
        text for text in texts(document(said, lang="vi")) if "Chưa có nhiệm vụ đến hạn" in text
    ]
    assert len(found) == 1


@pytest.mark.parametrize(
    ("key", "vietnamese"),
    [
        ("2024-Q1", "Quý I/2024"),
        ("2024-03", "Tháng 3/2024"),
        ("2024-Q1@a", "Quý I/2024"),
        ("2024-09-02", "02/09/2024"),
        ("meeting:12", "hội nghị số 12"),
        ("request:7", "đề nghị số 7"),
        ("after:BAI:2024-03:bao", "tiếp theo BAI, Tháng 3/2024"),
        ("something-else", "something-else"),
    ],
)
def test_occasions_are_told_as_people_call_them(report: Report, key: str, vietnamese: str) -> None:
    assert Teller(report, "vi").occasion(key) == vietnamese


def test_an_unknown_format_is_refused(engine_kind: str) -> None:
    assert engine_kind == "sqlite"  # asked for by the whole module
    assert set(FORMATS) == {"json", "html", "pdf", "docx", "xlsx"} == set(TYPES)
    with pytest.raises(Refusal) as refused:
        rendering("odt")
    assert refused.value.code == "report.format_unknown"
    assert "docx" in labels.describe(refused.value, "vi")


def test_json_is_the_written_report(report: Report) -> None:
    made = rendering("json")(report, lang="vi")
    assert made.decode() == written(report)
    assert read(made.decode()) == report
