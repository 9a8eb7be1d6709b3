"""Blocks as WordprocessingML: real headings, tables whose header rows repeat, page set-up.

Knows elements and measures of Word. Refuses to know any word and figure, and how a file is
put together. Every look is a style, so that an office can change it in its template.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from reports.documents.colophon import FONT
from reports.documents.document import (
    Align,
    Chart,
    Facts,
    Heading,
    Table,
    Text,
    Tone,
    Weight,
    Written,
)
from reports.documents.inks import GROUP, HEAD, INKS, RULE
from reports.documents.profiles import FONTS, PAPER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reports.documents.document import Block, Cell, Column, Row
    from reports.documents.profiles import Margins

#: Twentieths of a point in a millimetre, in which Word measures pages.
TWIPS: Final = 1440 / 25.4
NAMESPACE: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_JUSTIFIED: Final = {Align.LEFT: "left", Align.CENTRE: "center", Align.RIGHT: "right"}
#: How wide a letter of 8 points is, in twips: what an upright heading needs.
_LETTER: Final = 110
#: Longer titles that stand upright take two lines.
_ONE_LINE: Final = 26

TEXT: Final = "CKText"
NOTE: Final = "CKNote"
CAPTION: Final = "CKCaption"
CELL: Final = "CKCell"
ANNEX: Final = "CKAnnex"


def twips(millimetres: float) -> int:
    """A length as Word counts it."""
    return round(millimetres * TWIPS)


def marked(
    blocks: Iterable[Block], *, width: float, picture: Callable[[Chart], str], keeps: bool = False
) -> str:
    """Blocks as markup, on pages whose text is ``width`` millimetres wide.

    ``picture`` gives the markup of a chart's picture; with ``keeps`` the last paragraph of
    running text stays on the page of what follows it.
    """
    said = "".join(_block(block, width, picture) for block in blocks)
    if not keeps:
        return said
    before, style, after = said.rpartition(f'<w:pStyle w:val="{TEXT}"/>')
    return f"{before}{style}<w:keepNext/>{after}" if style else after


def _block(block: Block, width: float, picture: Callable[[Chart], str]) -> str:
    match block:
        case Heading():
            made = _heading(block)
        case Text():
            made = _paragraph(NOTE if block.weight is Weight.NOTE else TEXT, block.text)
        case Written():
            made = _written(block)
        case Facts():
            made = _facts(block, width)
        case Chart():
            made = _paragraph(CAPTION, block.caption) + picture(block)
        case Table():
            made = _paragraph(CAPTION, block.caption) + _table(block, width)
    return made


def _heading(heading: Heading) -> str:
    if heading.is_annex:
        title = _paragraph(ANNEX, heading.mark, breaks=heading.text.upper())
        return title + _paragraph(NOTE, heading.note, align="center")
    said = " ".join(text for text in (heading.mark, heading.text) if text)
    return _paragraph(f"Heading{heading.level}", said)


def _written(written: Written) -> str:
    lines = [line.strip() for line in written.text.splitlines() if line.strip()]
    if not lines:
        return _paragraph(TEXT, written.missing, is_faint=True)
    return "".join(_paragraph(TEXT, line) for line in lines)


def section(margins: Margins, *, is_wide: bool, kept: str) -> str:
    """The set-up of the pages of a section; ``kept`` are references to headers and footers."""
    wide, tall = (twips(side) for side in PAPER)
    edges = (margins.top, margins.right, margins.bottom, margins.left)
    if is_wide:
        wide, tall = tall, wide
        # The page is turned: the margin for the binding is above.
        edges = (margins.left, margins.bottom, margins.right, margins.top)
    top, right, bottom, left = (twips(edge) for edge in edges)
    turned = ' w:orient="landscape"' if is_wide else ""
    return (
        f'<w:sectPr xmlns:w="{NAMESPACE}">{kept}<w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{wide}" w:h="{tall}"{turned}/>'
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}"'
        f' w:header="{twips(10)}" w:footer="{twips(8)}" w:gutter="0"/></w:sectPr>'
    )


def _paragraph(
    style: str,
    text: str,
    *,
    breaks: str = "",
    align: str = "",
    is_faint: bool = False,
) -> str:
    properties = f'<w:pStyle w:val="{style}"/>'
    if align:
        properties += f'<w:ind w:firstLine="0"/><w:jc w:val="{align}"/>'
    run = '<w:rPr><w:i/><w:color w:val="595959"/></w:rPr>' if is_faint else ""
    more = f"<w:r><w:br/></w:r>{_run(breaks)}" if breaks else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{_run(text, run)}{more}</w:p>"


def _run(text: str, properties: str = "") -> str:
    if not text:
        return ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _table(table: Table, width: float) -> str:
    whole = sum(column.width for column in table.columns)
    widths = [twips(width * column.width / whole) for column in table.columns]
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    rows = "".join(
        _group(row, sum(widths), len(widths))
        if row.weight is Weight.GROUP
        else _row(row, table.columns, widths)
        for row in table.rows
    )
    return (
        f"{_opening(sum(widths), table.caption, RULE)}<w:tblGrid>{grid}</w:tblGrid>"
        f"{_heads(table.columns, widths)}{rows}</w:tbl>{_AFTER_TABLE}"
    )


def _opening(width: int, caption: str, rule: str) -> str:
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{rule.lstrip("#")}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{lines}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="57" w:type="dxa"/>'
        '<w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblCaption w:val="{escape(caption)}"/></w:tblPr>'
    )


def _heads(columns: Iterable[Column], widths: Iterable[int]) -> str:
    columns = tuple(columns)
    # An upright title takes two lines where it is long.
    upright = [
        len(column.title) if len(column.title) < _ONE_LINE else len(column.title) // 2 + 8
        for column in columns
        if column.is_upright
    ]
    tall = (
        f'<w:trHeight w:val="{max(upright) * _LETTER + 240}" w:hRule="atLeast"/>' if upright else ""
    )
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{_shading(HEAD)}'
        f"{_UPRIGHT if column.is_upright else ''}"
        '<w:vAlign w:val="center"/></w:tcPr>'
        f"{_cell_paragraph(column.title, 'center', '<w:b/>')}</w:tc>"
        for column, width in zip(columns, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{tall}<w:tblHeader/></w:trPr>{cells}</w:tr>"


def _row(row: Row, columns: Iterable[Column], widths: Iterable[int]) -> str:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{_ground(cell, column, row.weight)}'
        '<w:vAlign w:val="center"/></w:tcPr>'
        f"{_cell_paragraph(cell.text, _JUSTIFIED[column.align], _ink(cell, row.weight))}</w:tc>"
        for cell, column, width in zip(row.cells, columns, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _group(row: Row, width: int, columns: int) -> str:
    return (
        f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
        f'<w:gridSpan w:val="{columns}"/>{_shading(GROUP)}</w:tcPr>'
        f"{_cell_paragraph(row.cells[0].text, 'left', '<w:b/>')}</w:tc></w:tr>"
    )


def _facts(facts: Facts, width: float) -> str:
    widths = (twips(width * 0.36), twips(width * 0.64))
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    rows = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{one}" w:type="dxa"/></w:tcPr>'
            f"{_cell_paragraph(text, 'left', look)}</w:tc>"
            for text, one, look in (
                (label, widths[0], "<w:b/>"),
                (said.replace(FONT, FONTS[0]), widths[1], ""),
            )
        )
        + "</w:tr>"
        for label, said in facts.pairs
    )
    opening = _opening(sum(widths), "", GROUP)
    return f"{opening}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>{_AFTER_TABLE}"


def _cell_paragraph(text: str, align: str, look: str) -> str:
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{CELL}"/><w:jc w:val="{align}"/></w:pPr>'
        f"{_run(text, properties)}</w:p>"
    )


def _ink(cell: Cell, weight: Weight) -> str:
    bold = "<w:b/>" if weight is Weight.TOTAL or cell.tone is Tone.OVERDUE else ""
    if cell.tone is Tone.PLAIN:
        return bold
    return f'{bold}<w:color w:val="{INKS[cell.tone].ink.lstrip("#")}"/>'


def _ground(cell: Cell, column: Column, weight: Weight) -> str:
    if weight is Weight.TOTAL:
        return _shading(HEAD)
    if column.is_upright and cell.tone is not Tone.PLAIN:
        return _shading(INKS[cell.tone].soft)
    return ""


def _shading(colour: str) -> str:
    return f'<w:shd w:val="clear" w:color="auto" w:fill="{colour.lstrip("#")}"/>'


_UPRIGHT: Final = '<w:textDirection w:val="btLr"/>'
# Two tables in a row would become one.
_AFTER_TABLE: Final = f'<w:p><w:pPr><w:pStyle w:val="{CELL}"/></w:pPr></w:p>'
