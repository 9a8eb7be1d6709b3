"""A report as a Word document: our template or the office's own, filled in, with its pages.

Knows how pages and pictures get into a filled template, and that the same value gives the
same bytes. Refuses to know any word and figure.
"""

from __future__ import annotations

import zipfile
from copy import deepcopy
from io import BytesIO
from typing import TYPE_CHECKING, Final

from reports import word_markup as markup
from reports.chapters import document
from reports.document import Chart
from reports.profiles import PAPER
from reports.rasters import rastered
from reports.template_fields import ANNEXES, REPORT_TEXT, values
from reports.word_looks import built_in, with_looks
from reports.word_templates import PLACES, filled, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from docx.document import Document as Word
    from lxml.etree import _Element as Element

    from reports.document import Block, Document
    from reports.profiles import Margins
    from reports.quarterly import Report

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def render_docx(report: Report, *, lang: str, template: bytes | None = None) -> bytes:
    """The report in Word; it bears the report's own instant, never the clock's.

    Raises ``Refusal``: ``template.*`` where the office's template cannot be filled in.
    """
    told = document(report, lang=lang)
    if template is None:
        ours = built_in(told.profile, body=told.head.body, subject=told.subtitle)
        template = _saved(ours)
    filling = opened(template)
    filled(filling, values(report, told))
    word = filling.docx
    with_looks(word, told.profile)
    _put_pages(word, told)
    _sign(word, told, at=report.as_of)
    return _packed(_saved(word))


def _put_pages(word: Word, told: Document) -> None:
    from docx.oxml import OxmlElement

    pictures = _pictures(word, told)
    first, *annexes = told.sections
    margins = told.profile.margins
    body = word.element.body
    last = body.sectPr
    kept = "".join(_markup_of(one) for one in last if one.tag.endswith("Reference"))

    place = _place(body, REPORT_TEXT)
    if place is not None:
        made = list(_elements(first.blocks, _room(margins, is_wide=first.is_wide), pictures))
        # A signature never stands on a page of its own.
        made[-1][0].insert(1, OxmlElement("w:keepNext"))
        _replace(place, made)
    place = _place(body, ANNEXES)
    if place is None or not annexes:
        return
    # The template's own set-up ends with the report; each annex has one of its own.
    made = [_ending(deepcopy(last))]
    for section in annexes[:-1]:
        made += _elements(section.blocks, _room(margins, is_wide=section.is_wide), pictures)
        made.append(_ending(_set_up(margins, is_wide=section.is_wide, kept=kept)))
    made += _elements(annexes[-1].blocks, _room(margins, is_wide=annexes[-1].is_wide), pictures)
    _replace(place, made)
    body.replace(last, _set_up(margins, is_wide=annexes[-1].is_wide, kept=kept))


def _place(body: Element, name: str) -> Element | None:
    """The paragraph that stands for pages, or None where the template has none."""
    from docx.oxml.ns import qn

    for one in body.iter(qn("w:p")):
        if "".join(text.text or "" for text in one.iter(qn("w:t"))).strip() == PLACES[name]:
            return one
    return None


def _replace(place: Element, elements: Iterable[Element]) -> None:
    for one in elements:
        place.addprevious(one)
    parent = place.getparent()
    if parent is not None:
        parent.remove(place)


def _elements(blocks: Iterable[Block], width: float, pictures: dict[str, str]) -> Iterator[Element]:
    from docx.oxml import parse_xml

    said = markup.marked(blocks, width=width, picture=lambda chart: pictures[chart.svg])
    root = parse_xml(f'<w:body xmlns:w="{markup.NAMESPACE}">{said}</w:body>')
    yield from list(root)


def _ending(set_up: Element) -> Element:
    """A paragraph with which a section ends."""
    from docx.oxml import parse_xml

    style = f'<w:pStyle w:val="{markup.CELL}"/>'
    paragraph: Element = parse_xml(
        f'<w:p xmlns:w="{markup.NAMESPACE}"><w:pPr>{style}</w:pPr></w:p>'
    )
    paragraph[0].append(set_up)
    return paragraph


def _set_up(margins: Margins, *, is_wide: bool, kept: str) -> Element:
    from docx.oxml import parse_xml

    return parse_xml(markup.section(margins, is_wide=is_wide, kept=kept))


def _markup_of(element: Element) -> str:
    from lxml import etree

    return etree.tostring(element, encoding="unicode", with_tail=False)


def _room(margins: Margins, *, is_wide: bool) -> float:
    if is_wide:
        return PAPER[1] - margins.top - margins.bottom
    return PAPER[0] - margins.left - margins.right


def _pictures(word: Word, told: Document) -> dict[str, str]:
    """Every chart's picture, put into the file: its markup by its drawing."""
    from docx.oxml.shape import CT_Inline
    from docx.shared import Mm

    charts = [block for part in told.sections for block in part.blocks if isinstance(block, Chart)]
    made: dict[str, str] = {}
    for number, (chart, picture) in enumerate(zip(charts, rastered(charts), strict=True), 1):
        key, _image = word.part.get_or_add_image(BytesIO(picture))
        wide, tall = Mm(chart.width), Mm(chart.height)
        inline = CT_Inline.new_pic_inline(number, key, f"chart{number}.png", wide, tall)
        for side in ("distT", "distB", "distL", "distR"):
            inline.set(side, "0")
        inline.docPr.set("descr", f"{chart.caption}. {chart.said}")
        made[chart.svg] = (
            f'<w:p><w:pPr><w:pStyle w:val="{markup.CELL}"/><w:spacing w:after="160"/>'
            '<w:jc w:val="center"/></w:pPr>'
            f"<w:r><w:drawing>{_markup_of(inline)}</w:drawing></w:r></w:p>"
        )
    return made


def _sign(word: Word, told: Document, *, at: datetime) -> None:
    """Say in the file's properties what it is, at the report's own instant."""
    from datetime import UTC

    properties, instant = word.core_properties, at.astimezone(UTC).replace(tzinfo=None)
    properties.title = f"{told.title} {told.subtitle}"[:255]
    properties.author = told.head.body[:255]
    properties.last_modified_by = "Cam Kết"
    properties.created = properties.modified = instant
    properties.last_printed = instant
    properties.revision = 1
    properties.comments = told.footer
    properties.language = "vi-VN" if told.lang == "vi" else "en-GB"


def _saved(word: Word) -> bytes:
    buffer = BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def _packed(content: bytes) -> bytes:
    """The same parts, packed without the instants at which they were packed."""
    buffer = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as given,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            made.writestr(zipfile.ZipInfo(name, _EPOCH), given.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
