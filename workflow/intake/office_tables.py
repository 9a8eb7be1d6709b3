"""The lines of a workbook or Word document whose tables people lay out by hand.

Knows merged cells: what stands in the first of them stands in each. Paragraphs between
tables are lines of one cell, so that a heading or a day written above a table is not lost.
Bounds size before it reads and runs no formula. Refuses to know what anything means.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final, Protocol, cast
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from workflow.domain.errors import InvalidFile, Problem
from workflow.domain.folding import tidied

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element

MOST_BYTES: Final = 5_000_000
MOST_LINES: Final = 2_000
MOST_COLUMNS: Final = 30
_MOST_UNPACKED: Final = 40_000_000
_LONGEST: Final = 3_000
_DEEPEST: Final = 60
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_MERGED: Final = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DOCUMENT: Final = "word/document.xml"
_WORKBOOK: Final = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number from 1, and its cells. A paragraph has one cell.

    The lines within a cell are kept; spaces within them are single.
    """

    number: int
    cells: tuple[str, ...]

    def cell(self, column: int | None) -> str:
        """The text of a column counted from 0; nothing where there is none."""
        return self.cells[column] if column is not None and column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class OfficePage:
    """A worksheet, or a whole Word document."""

    name: str
    lines: tuple[Line, ...]
    is_document: bool = False


def office_pages(content: bytes, *, file: str = "") -> tuple[OfficePage, ...]:
    """Read every visible worksheet, or the one document.

    Raises ``InvalidFile``: ``sheet.too_large``, ``sheet.old_format``, ``tables.no_office_file``
    for what is neither, ``sheet.unreadable`` for a damaged one, ``sheet.too_long``.
    """
    if len(content) > MOST_BYTES:
        raise _refused("sheet.too_large", file, limit=MOST_BYTES)
    if content.startswith(_OLD_OFFICE):
        raise _refused("sheet.old_format", file)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            names = {part.filename for part in parts}
            if sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise _refused("sheet.too_large", file, limit=_MOST_UNPACKED)
            if _DOCUMENT in names:
                lines = tuple(_document(packed.read(_DOCUMENT)))
                pages: tuple[OfficePage, ...] = (OfficePage("", lines, is_document=True),)
            elif _WORKBOOK in names:
                pages = _workbook(content, file)
            else:
                raise _refused("tables.no_office_file", file)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ParseError) as fault:
        code = "sheet.unreadable" if zipfile.is_zipfile(io.BytesIO(content)) else None
        raise _refused(code or "tables.no_office_file", file) from fault
    except DefusedXmlException as fault:
        raise _refused("sheet.unreadable", file) from fault
    if any(len(page.lines) > MOST_LINES for page in pages):
        raise _refused("sheet.too_long", file, limit=MOST_LINES)
    return pages


# --- workbooks -----------------------------------------------------------------------


class _ReadOnly(Protocol):
    """What is used of openpyxl's read-only worksheet, which its stubs do not tell."""

    title: str
    sheet_state: str

    def reset_dimensions(self) -> None: ...
    def iter_rows(self, *, max_col: int, values_only: bool) -> Iterator[Sequence[object]]: ...
    def _get_source(self) -> IO[bytes]: ...


def _workbook(content: bytes, file: str) -> tuple[OfficePage, ...]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = cast("list[_ReadOnly]", book.worksheets)
        return tuple(_worksheet(one) for one in sheets if one.sheet_state == "visible")
    except Exception as fault:
        # openpyxl raises whatever a damaged part makes it stumble on.
        raise _refused("sheet.unreadable", file) from fault


def _worksheet(sheet: _ReadOnly) -> OfficePage:
    # The size that a file claims for its sheet may be wrong, and rows would be lost.
    sheet.reset_dimensions()
    rows = [
        [_written(cell) for cell in row]
        for row in islice(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), MOST_LINES + 1)
    ]
    _spread(rows, sheet)
    lines = (Line(number, tuple(cells)) for number, cells in enumerate(rows, start=1))
    return OfficePage(sheet.title, tuple(lines))


def _spread(rows: list[list[str]], sheet: _ReadOnly) -> None:
    """Write the value of each merged range into all of its cells."""
    with sheet._get_source() as part:  # noqa: SLF001 - a read-only sheet does not tell its merges
        content = part.read()
    # Ranges of one sheet never overlap, so more cells than there are come of an evil file.
    left = len(rows) * MOST_COLUMNS
    for found in _MERGED.finditer(content):
        first_column, last_column = (_column(found.group(at)) for at in (1, 3))
        top, bottom = int(found.group(2)), min(int(found.group(4)), len(rows))
        if not 0 < top <= len(rows) or first_column >= len(rows[top - 1]):
            continue
        value = rows[top - 1][first_column]
        last_column = min(last_column, MOST_COLUMNS - 1)
        left -= max(0, bottom - top + 1) * max(0, last_column - first_column + 1)
        if left < 0:
            return
        for row in rows[top - 1 : bottom]:
            row.extend([""] * (last_column + 1 - len(row)))
            for column in range(first_column, last_column + 1):
                row[column] = row[column] or value


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _written(cell: Any) -> str:  # noqa: ANN401 - a cell holds what people entered
    match cell:
        case None | bool():
            return ""
        case datetime() if cell.time() != time():
            return f"{cell:%d/%m/%Y} {cell:%Hh%M}"
        case datetime() | date():
            return f"{cell:%d/%m/%Y}"
        case time():
            return f"{cell:%Hh%M}"
        case float() if cell.is_integer():
            return str(int(cell))
    return _kept(str(cell))


def _kept(text: str) -> str:
    lines = (tidied(line) for line in text[:_LONGEST].splitlines())
    return "\n".join(line for line in lines if line)


# --- Word documents ------------------------------------------------------------------


def _document(content: bytes) -> Iterator[Line]:
    root = fromstring(content)
    if _is_deep(root):
        raise ParseError
    body = root.find(f"{_WORD}body")
    number = 0
    for lines in _blocks(body) if body is not None else ():
        for cells in lines:
            number += 1
            yield Line(number, cells)


def _is_deep(root: Element) -> bool:
    """Whether elements stand deeper in one another than in any honest document."""
    level = [root]
    for _ in range(_DEEPEST):
        level = [part for one in level for part in one]
    return bool(level)


def _blocks(parent: Element) -> Iterator[list[tuple[str, ...]]]:
    for part in parent:
        if part.tag == f"{_WORD}p":
            yield [(_kept(_paragraph(part)),)]
        elif part.tag == f"{_WORD}tbl":
            yield _table(part)
        elif part.tag == f"{_WORD}sdt":
            for content in part.findall(f"{_WORD}sdtContent"):
                yield from _blocks(content)


def _table(table: Element) -> list[tuple[str, ...]]:
    above: list[str] = []
    rows: list[tuple[str, ...]] = []
    for row in table.findall(f"{_WORD}tr"):
        cells: list[str] = []
        for cell in row.findall(f"{_WORD}tc"):
            looks = cell.find(f"{_WORD}tcPr")
            merge = None if looks is None else looks.find(f"{_WORD}vMerge")
            goes_on = merge is not None and merge.get(f"{_WORD}val") != "restart"
            text = "\n".join(_paragraph(one) for one in cell.iter(f"{_WORD}p"))
            at = len(cells)
            text = above[at] if goes_on and at < len(above) else _kept(text)
            cells += [text] * min(_span(looks), MOST_COLUMNS - at)
        rows.append(tuple(cells))
        above = cells
    return rows


def _span(looks: Element | None) -> int:
    span = None if looks is None else looks.find(f"{_WORD}gridSpan")
    count = "1" if span is None else str(span.get(f"{_WORD}val"))
    return max(1, int(count)) if count.isascii() and count.isdigit() and len(count) < 4 else 1  # noqa: PLR2004 - no table has a thousand columns


def _paragraph(paragraph: Element) -> str:
    words: list[str] = []
    for part in paragraph.iter():
        if part.tag == f"{_WORD}t":
            words.append(part.text or "")
        elif part.tag in {f"{_WORD}br", f"{_WORD}cr"}:
            words.append("\n")
        elif part.tag == f"{_WORD}tab":
            words.append(" ")
    return "".join(words)


def _refused(code: str, file: str, **facts: object) -> InvalidFile:
    return InvalidFile([Problem(code=code, facts=facts)], file=file)
