"""Small Word and Excel files, written at once and always with the same bytes.

Knows the least of Office Open XML that Word, Excel and LibreOffice open.
Refuses to know what is written.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# The least moment that a zip can hold, so that equal files have equal bytes.
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph with one look; ``align`` is ``left``, ``center``, ``right`` or ``both``."""

    text: str
    align: str = "both"
    is_bold: bool = False
    is_italic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table; a cell is the paragraphs in it. Without lines it lays out a letterhead.

    ``joined`` are the cells (row, column from 0) that are one with the cell above them.
    """

    rows: tuple[tuple[tuple[Paragraph, ...], ...], ...]
    has_lines: bool = True
    joined: frozenset[tuple[int, int]] = frozenset()


Cell = str | int


def word_file(blocks: Sequence[Paragraph | Grid]) -> bytes:
    """A .docx of these blocks."""
    body = "".join(_block(block) for block in blocks)
    document = (
        f'{_DECLARATION}<w:document xmlns:w="{_WORD}"><w:body>{body}'
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1134" w:right="850" w:bottom="1134" w:left="1701"/></w:sectPr>'
        "</w:body></w:document>"
    )
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return _packed({"word/document.xml": (main, document)}, start="word/document.xml")


def sheet_file(
    rows: Sequence[Sequence[Cell]], *, name: str = "Trang 1", merged: Sequence[str] = ()
) -> bytes:
    """A .xlsx of one sheet; numbers are numbers, everything else is text.

    ``merged`` are ranges that are one cell, such as ``A4:A9``: without values below the first.
    """
    lines = "".join(
        f'<row r="{number}">{"".join(_cell(cell) for cell in row)}</row>'
        for number, row in enumerate(rows, start=1)
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    book = (
        f'{_DECLARATION}<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    ranges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    joined = f"<mergeCells>{ranges}</mergeCells>" if ranges else ""
    sheet = (
        f'{_DECLARATION}<worksheet xmlns="{_SHEET}"><sheetData>{lines}</sheetData>{joined}'
        "</worksheet>"
    )
    links = (
        f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    )
    return _packed(
        {
            "xl/workbook.xml": (f"{kind}.sheet.main+xml", book),
            "xl/worksheets/sheet1.xml": (f"{kind}.worksheet+xml", sheet),
            "xl/_rels/workbook.xml.rels": ("", links),
        },
        start="xl/workbook.xml",
    )


def _packed(parts: dict[str, tuple[str, str]], *, start: str) -> bytes:
    """A package of parts (content type, text) that opens with ``start``."""
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>'
        for name, (kind, _) in parts.items()
        if kind
    )
    shell = {
        "[Content_Types].xml": (
            f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>'
        ),
        "_rels/.rels": (
            f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
            f'Id="rId1" Type="{_OFFICE}/officeDocument" Target="{start}"/></Relationships>'
        ),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, text in (*shell.items(), *((name, text) for name, (_, text) in parts.items())):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, text)
    return target.getvalue()


def _block(block: Paragraph | Grid) -> str:
    if isinstance(block, Paragraph):
        return _paragraph(block)
    line = "single" if block.has_lines else "nil"
    borders = "".join(
        f'<w:{side} w:val="{line}" w:sz="4"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    columns = max(len(row) for row in block.rows)
    grid = f'<w:gridCol w:w="{9350 // columns}"/>' * columns
    rows = "".join(
        "<w:tr>"
        + "".join(
            f"<w:tc>{_join(block, at, column)}"
            f"{''.join(_paragraph(part) for part in cell) or '<w:p/>'}</w:tc>"
            for column, cell in enumerate(row)
        )
        + "</w:tr>"
        for at, row in enumerate(block.rows)
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{borders}</w:tblBorders>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _join(block: Grid, row: int, column: int) -> str:
    """How a cell says that it is one with those above or below it."""
    if (row, column) in block.joined:
        return "<w:tcPr><w:vMerge/></w:tcPr>"
    if (row + 1, column) in block.joined:
        return '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>'
    return ""


def _paragraph(paragraph: Paragraph) -> str:
    look = ("<w:b/>" if paragraph.is_bold else "") + ("<w:i/>" if paragraph.is_italic else "")
    fonts = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/>'
    return (
        f'<w:p><w:pPr><w:jc w:val="{paragraph.align}"/></w:pPr>'
        f'<w:r><w:rPr>{fonts}{look}<w:sz w:val="26"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(paragraph.text)}</w:t></w:r></w:p>'
    )


def _cell(cell: Cell) -> str:
    if isinstance(cell, int):
        return f"<c><v>{cell}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
