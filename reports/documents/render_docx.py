"""A report as a Word document: our template or the office's own, filled in, with its pages.

Knows how pages and pictures get into a filled template, and that the same value gives the
same bytes. Refuses to know any word and figure.
"""

from __future__ import annotations

import zipfile
from copy import deepcopy
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from reports.documents import word_markup as markup
from reports.documents.chapters import document
from reports.documents.document import Chart
from reports.documents.profiles import PAPER
from reports.documents.rasters import rastered
from reports.documents.template_fields import ANNEXES, REPORT_TEXT, values
from reports.documents.word_looks import built_in, with_looks
from reports.documents.word_templates import PLACES, filled, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from docx.document import Document as Word
    from lxml.etree import _Element as Element

    from reports.documents.document import Document, Section
    from reports.documents.profiles import Margins
    from reports.quarterly import Report

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_TEXT: Final = "word/document.xml"
_NAMED: Final = f'xmlns:w="{markup.NAMESPACE}"'
#: What stands for pages in the tree until the file is packed.
_STAND_IN: Final = "<w:p><w:r><w:t>\ue012{number}\ue013</w:t></w:r></w:p>"


def render_docx(report: Report, *, lang: str, template: bytes | None = None) -> bytes:
    """The report in Word; it bears the report's own instant, never the clock's.

    Raises ``Refusal``: ``template.*`` where the office's template cannot be filled in.
    """
    told = document(report, lang=lang)
    return word_of(told, given=values(report, told), at=report.as_of, template=template)


def word_of(
    told: Document, *, given: Mapping[str, Any], at: datetime, template: bytes | None = None
) -> bytes:
    """A document in Word that bears an instant; ``given`` are the values of its fields.

    Raises ``Refusal`` as ``render_docx`` does.
    """
    if template is None:
        ours = built_in(
            told.profile,
            body=told.head.body,
            subject=told.subtitle,
            is_letter=bool(told.address),
        )
        template = _saved(ours)
    filling = opened(template)
    filled(filling, given)
    word = filling.docx
    with_looks(word, told.profile)
    pages = _put_pages(word, told)
    _sign(word, told, at=at)
    return _packed(_saved(word), pages)


def _put_pages(word: Word, told: Document) -> dict[bytes, bytes]:
    """Prepare the places of pages; gives the markup of each by what stands for it in the file."""
    from docx.oxml import parse_xml

    first, *annexes = told.sections
    margins = told.profile.margins
    body = word.element.body
    last = body.sectPr
    kept = "".join(_markup_of(one) for one in last if one.tag.endswith("Reference"))
    pictures = _pictures(word, told)
    made: dict[bytes, bytes] = {}

    def standing_for(section: Section, *, keeps: bool = False) -> Element:
        width = _room(margins, is_wide=section.is_wide)
        said = markup.marked(
            section.blocks, width=width, picture=lambda chart: pictures[chart.svg], keeps=keeps
        )
        stand_in = _STAND_IN.format(number=len(made))
        made[stand_in.encode()] = said.encode()
        element: Element = parse_xml(stand_in.replace("<w:p>", f"<w:p {_NAMED}>"))
        return element

    place = _place(body, REPORT_TEXT)
    if place is not None:
        # A signature never stands on a page of its own.
        _replace(place, [standing_for(first, keeps=True)])
    place = _place(body, ANNEXES)
    if place is not None and annexes:
        # The template's own set-up ends with the report; each annex has one of its own.
        elements = [_ending(deepcopy(last))]
        for section in annexes[:-1]:
            elements.append(standing_for(section))
            elements.append(_ending(_set_up(margins, is_wide=section.is_wide, kept=kept)))
        elements.append(standing_for(annexes[-1]))
        _replace(place, elements)
        body.replace(last, _set_up(margins, is_wide=annexes[-1].is_wide, kept=kept))
    elif place is not None:
        _replace(place, [])
    return made


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
    title = f"{told.title} {told.subtitle or told.head.subject}".strip()
    properties.title = title[:255]
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


def _packed(content: bytes, pages: Mapping[bytes, bytes]) -> bytes:
    """The same parts with their pages, packed without the instants at which they were packed.

    Pages are put in as text: a tree of so many cells would be walked for each of them.
    """
    buffer = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as given,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            part = given.read(name)
            if name == _TEXT:
                for stand_in, said in pages.items():
                    part = part.replace(stand_in, said)
            made.writestr(zipfile.ZipInfo(name, _EPOCH), part, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
