"""The styles and the built-in template in which a report becomes a Word document.

Knows how a profile's measures are said in Word, and where the fields of the built-in
template stand; an office takes it as the beginning of its own. Refuses to know figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports.documents import word_markup as markup
from reports.documents.profiles import FONTS, PAPER, profile_on
from reports.letterhead import Letterhead

if TYPE_CHECKING:
    from datetime import date

    from docx.document import Document as Word
    from docx.section import _Footer, _Header
    from docx.styles.style import ParagraphStyle
    from docx.table import Table, _Row
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run
    from lxml.etree import _Element

    from reports.documents.profiles import Lettering, Profile

#: Width of the right column of head and signature, in millimetres.
_RIGHT: Final = {"head": 90, "closing": 85}
#: How wide a bold capital and a bold letter of a subject are, as a part of their size.
_CAPITAL: Final = 0.615
_LETTER: Final = 0.453
_MILLIMETRES: Final = 25.4 / 72
#: The size of type in a letter's tables.
_TABLES_OF_LETTERS: Final = 11
#: A rule under a name or a subject is a third to a half of it (NĐ 30/2020, phụ lục I).
_PART: Final = 0.42


def inside(thing: Paragraph | Run | Table | _Row | _Header | _Footer) -> _Element:
    """The element of a part of a document, for what python-docx has no words for."""
    return thing._element  # noqa: SLF001 - there is no other way in


def _child(element: _Element, tag: str) -> _Element:
    """The properties of an element, which stand first in it."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    found = element.find(qn(tag))
    if found is None:
        found = OxmlElement(tag)
        element.insert(0, found)
    return found


def with_looks(word: Word, profile: Profile) -> None:
    """Add the styles that blocks are set in, where a template has none of that name."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    text, heading = profile.text, profile.heading
    known = {name for style in word.styles for name in (style.style_id, style.name)}
    for level in (1, 2, 3):
        style = _style(word, f"Heading {level}", f"Heading{level}", known)
        if style is not None:
            _lettered(style, heading)
            style.paragraph_format.keep_with_next = True
            style.paragraph_format.space_before = Pt(10)
            style.paragraph_format.space_after = Pt(text.after)
    looks = (
        (markup.TEXT, "Cam Kết – văn bản", text.size, False),
        (markup.NOTE, "Cam Kết – chú thích", 10, True),
        (markup.CAPTION, "Cam Kết – tên bảng", 10.5, True),
        (markup.CELL, "Cam Kết – ô bảng", 8, False),
        (markup.ANNEX, "Cam Kết – phụ lục", profile.annex.size, False),
    )
    for key, name, size, is_italic in looks:
        style = _style(word, name, key, known)
        if style is None:
            continue
        _font(style, size)
        style.font.italic = is_italic
        form = style.paragraph_format
        form.space_before, form.space_after = Pt(0), Pt(0)
        form.line_spacing = 1.0
        if key == markup.TEXT:
            _running(style, profile)
        elif key == markup.CAPTION:
            form.space_before, form.space_after = Pt(8), Pt(3)
            form.keep_with_next = True
        elif key == markup.NOTE:
            form.space_after = Pt(text.after)
            form.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        elif key == markup.ANNEX:
            style.base_style = word.styles["Heading 1"]
            style.font.bold = profile.annex.is_bold
            form.alignment, form.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
            form.space_after = Pt(3)


def _running(style: ParagraphStyle, profile: Profile) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Mm, Pt

    text, form = profile.text, style.paragraph_format
    form.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    form.first_line_indent = Mm(text.indent)
    form.space_after = Pt(text.after)
    form.line_spacing = Pt(text.line)
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY if text.is_exact else WD_LINE_SPACING.AT_LEAST


def _style(word: Word, name: str, key: str, known: set[str | None]) -> ParagraphStyle | None:
    """A new style, or None where the template has its own of that name."""
    from docx.enum.style import WD_STYLE_TYPE

    if known & {name, key}:
        return None
    style: ParagraphStyle = word.styles.add_style(
        name, WD_STYLE_TYPE.PARAGRAPH, builtin=name.startswith("Heading")
    )
    style.element.set(f"{{{markup.NAMESPACE}}}styleId", key)
    return style


def _font(style: ParagraphStyle, size: float) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name = FONTS[0]
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in list(fonts.attrib):
        del fonts.attrib[script]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONTS[0])


def _lettered(style: ParagraphStyle, lettering: Lettering) -> None:
    _font(style, lettering.size)
    style.font.bold, style.font.italic = lettering.is_bold, lettering.is_italic


# --- the built-in template ---------------------------------------------------------------


def built_in(
    profile: Profile,
    *,
    body: str = "{{ body }}",
    subject: str = "{{ subject }}",
    is_letter: bool = False,
) -> Word:
    """Our own template under a profile; rules are as long as ``body`` and ``subject`` ask for.

    A letter has no title and no annexes; its tables are read like its text.
    """
    from docx import Document
    from docx.shared import Pt

    word = Document()
    for style in list(word.styles):
        if style.name.startswith("Heading ") or style.name in {"Header", "Footer"}:
            style.element.getparent().remove(style.element)
    normal = word.styles["Normal"]
    _font(normal, profile.text.size)
    form = normal.paragraph_format
    form.space_after, form.line_spacing = Pt(0), 1.0
    _speak(word)
    with_looks(word, profile)
    _pages(word, profile)
    _head(word, profile, body, is_letter=is_letter)
    if is_letter:
        _addressed(word, profile)
        word.styles["Cam Kết – ô bảng"].font.size = Pt(_TABLES_OF_LETTERS)
    else:
        _titles(word, profile, subject)
    _line(word.add_paragraph(), "{{ report_text }}", None)
    _closing(word, profile)
    if not is_letter:
        _line(word.add_paragraph(), "{{ annexes }}", None)
    return word


def built_in_bytes(letterhead: Letterhead | None, *, on: date) -> bytes:
    """The built-in template as a file, under the rules that hold for a body on a day."""
    from io import BytesIO

    said = letterhead or Letterhead()
    buffer = BytesIO()
    built_in(profile_on(said.issuer, on), body=said.body or "{{ body }}").save(buffer)
    return buffer.getvalue()


def _speak(word: Word) -> None:
    """Let Word check the spelling in Vietnamese."""
    from docx.oxml.ns import qn

    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "vi-VN")


def _pages(word: Word, profile: Profile) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    page, edges = word.sections[0], profile.margins
    page.page_width, page.page_height = Mm(PAPER[0]), Mm(PAPER[1])
    page.top_margin, page.bottom_margin = Mm(edges.top), Mm(edges.bottom)
    page.left_margin, page.right_margin = Mm(edges.left), Mm(edges.right)
    page.header_distance, page.footer_distance = Mm(10), Mm(8)
    # The first page bears no number (both rules of form).
    page.different_first_page_header_footer = True
    number = page.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(number, "PAGE", profile.page_number)
    for header in (page.header, page.first_page_header):
        for text in ("{%p if mark %}", "{{ mark }}", "{%p endif %}"):
            line = header.paragraphs[0] if not header.paragraphs[0].runs else header.add_paragraph()
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = line.add_run(text)
            run.bold = True
    for footer in (page.footer, page.first_page_footer):
        run = footer.paragraphs[0].add_run("{{ footer }}")
        run.font.size = Pt(7.5)


def _field(paragraph: Paragraph, code: str, size: float) -> None:
    from docx.oxml import parse_xml
    from docx.shared import Pt

    for kind in ("begin", "", "separate", "shown", "end"):
        run = paragraph.add_run("1" if kind == "shown" else None)
        run.font.size, run.font.name = Pt(size), FONTS[0]
        if not kind:
            named = f'xmlns:w="{markup.NAMESPACE}" xml:space="preserve"'
            inside(run).append(parse_xml(f"<w:instrText {named}>{code}</w:instrText>"))
        elif kind != "shown":
            mark = f'<w:fldChar xmlns:w="{markup.NAMESPACE}" w:fldCharType="{kind}"/>'
            inside(run).append(parse_xml(mark))


def _head(word: Word, profile: Profile, body: str, *, is_letter: bool) -> None:
    from docx.shared import Pt

    table = _columns(word, profile, _RIGHT["head"], rows=2)
    left, right = table.rows[0].cells
    _line(left.paragraphs[0], "{%p if superior %}", profile.superior)
    _line(left.add_paragraph(), "{{ superior }}", profile.superior)
    _line(left.add_paragraph(), "{%p endif %}", profile.superior)
    _line(left.add_paragraph(), "{{ body }}", profile.body)
    if profile.star:
        _line(left.add_paragraph(), profile.star, profile.superior)
    else:
        wide = len(body) * _CAPITAL * profile.body.size * _MILLIMETRES
        _rule(left.add_paragraph(), _width(profile, _RIGHT["head"]), wide * _PART)
    for place, (text, lettering) in enumerate(profile.motto):
        line = right.paragraphs[0] if not place else right.add_paragraph()
        _line(line, text, lettering)
    _rule(right.add_paragraph(), _RIGHT["head"], profile.motto_rule)
    row = table.rows[1]
    _line(row.cells[0].paragraphs[0], "{{ number }}", profile.number)
    if is_letter:
        about = row.cells[0].add_paragraph()
        _line(about, "{{ subject }}", profile.letter_subject)
        # 6 points under the number (NĐ 30/2020, phụ lục I).
        about.paragraph_format.space_before = Pt(6)
    _line(row.cells[1].paragraphs[0], "{{ place_and_day }}", profile.place)


def _addressed(word: Word, profile: Profile) -> None:
    from docx.shared import Pt

    line = word.add_paragraph()
    _line(line, "{{ address_title }} ", profile.address_title)
    _line(line, "{{ address }}", profile.address)
    line.paragraph_format.space_before = Pt(14)
    line.paragraph_format.space_after = Pt(10)


def _titles(word: Word, profile: Profile, subject: str) -> None:
    from docx.shared import Pt

    title = word.add_paragraph()
    _line(title, "{{ title }}", profile.title)
    title.paragraph_format.space_before = Pt(14)
    _line(word.add_paragraph(), "{{ subject }}", profile.subject)
    if profile.has_subject_rule:
        whole = PAPER[0] - profile.margins.left - profile.margins.right
        wide = min(whole * 0.9, len(subject) * _LETTER * profile.subject.size * _MILLIMETRES)
        _rule(word.add_paragraph(), whole, wide * _PART)
    word.paragraphs[-1].paragraph_format.space_after = Pt(10)


def _closing(word: Word, profile: Profile) -> None:
    from docx.shared import Pt

    left, right = _columns(word, profile, _RIGHT["closing"]).rows[0].cells
    _line(left.paragraphs[0], "{{ recipients_title }}", profile.recipients_title, is_left=True)
    for text in ("{%p for line in recipients %}", "{{ line }}", "{%p endfor %}"):
        _line(left.add_paragraph(), text, profile.recipients, is_left=True)
    _line(right.paragraphs[0], "{%p for line in authority %}", profile.authority)
    for text in ("{{ line }}", "{%p endfor %}"):
        _line(right.add_paragraph(), text, profile.authority)
    _line(right.add_paragraph(), "{{ post }}", profile.post)
    signer = right.add_paragraph()
    _line(signer, "{{ signer }}", profile.signer)
    signer.paragraph_format.space_before = Pt(60)


def _columns(word: Word, profile: Profile, right: float, *, rows: int = 1) -> Table:
    from docx.shared import Mm

    left = _width(profile, right)
    table: Table = word.add_table(rows=rows, cols=2)
    table.autofit = False
    _set_margins(table)
    for column, wide in zip(table.columns, (left, right), strict=True):
        column.width = Mm(wide)
        for cell in column.cells:
            cell.width = Mm(wide)
    return table


def _set_margins(table: Table) -> None:
    """Let a table without rules use the whole of its width, in rows that stay whole."""
    from docx.oxml import parse_xml

    none = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("left", "right"))
    _child(inside(table), "w:tblPr").append(
        parse_xml(f'<w:tblCellMar xmlns:w="{markup.NAMESPACE}">{none}</w:tblCellMar>')
    )
    _child(inside(table.rows[0]), "w:trPr").append(
        parse_xml(f'<w:cantSplit xmlns:w="{markup.NAMESPACE}"/>')
    )


def _width(profile: Profile, right: float) -> float:
    return PAPER[0] - profile.margins.left - profile.margins.right - right


def _line(
    paragraph: Paragraph, text: str, lettering: Lettering | None, *, is_left: bool = False
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    run = paragraph.add_run(text)
    form = paragraph.paragraph_format
    form.space_before, form.space_after = Pt(0), Pt(0)
    form.line_spacing = 1.0
    if lettering is None:
        return
    form.alignment = WD_ALIGN_PARAGRAPH.LEFT if is_left else WD_ALIGN_PARAGRAPH.CENTER
    run.font.size = Pt(lettering.size)
    run.bold, run.italic = lettering.is_bold, lettering.is_italic
    run.underline = lettering.is_underlined or None


def _rule(paragraph: Paragraph, room: float, length: float) -> None:
    """A rule of a length in the middle of its room, both in millimetres."""
    from docx.oxml import parse_xml
    from docx.shared import Mm, Pt

    side = max(0.0, (room - min(length, room)) / 2)
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Mm(side)
    form.space_before, form.space_after = Pt(0), Pt(3)
    form.line_spacing = Pt(3)
    border = (
        f'<w:pBdr xmlns:w="{markup.NAMESPACE}">'
        '<w:bottom w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>'
    )
    _child(inside(paragraph), "w:pPr").append(parse_xml(border))
