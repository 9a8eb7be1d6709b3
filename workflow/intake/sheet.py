"""The rows of a .csv or .xlsx file, by the names of their columns.

Knows what offices' spreadsheets write, and bounds what is read before it reads. Refuses to
know what a column means.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workflow.domain.errors import InvalidFile, Problem
from workflow.domain.folding import fold, tidied

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

MAX_BYTES: Final = 5_000_000
MAX_ROWS: Final = 20_000
_MAX_COLUMNS: Final = 60
# An office's sheet does not unpack to more, unless it was made to do harm.
_MAX_UNPACKED: Final = 200_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row that says something: its number in the sheet, and its cells as tidied text.

    A day stands as ``2025-12-31``, an empty or absent cell as the empty text.
    """

    number: int
    cells: Mapping[str, str]

    def problem(self, column: str, code: str, **facts: object) -> Problem:
        """A problem with one of its cells."""
        return Problem(code=code, line=self.number, path=column, facts=facts)


def read_rows(
    source: Path | bytes,
    *,
    columns: Mapping[str, str],
    needed: Collection[str] = (),
    file: str = "",
) -> list[SheetRow]:
    """Read the rows below the first one, which names the columns.

    ``columns`` maps a heading, written as ``fold`` leaves it, to a column's name; other
    headings are passed over. Which kind of file it is shows in its bytes, not in its name.
    Raises ``InvalidFile`` for what cannot be read, is too large or lacks a needed column.
    """
    name = file or file_name(source)
    content = source.read_bytes() if isinstance(source, Path) else source
    if len(content) > MAX_BYTES:
        raise _refused("sheet.too_large", name, limit=MAX_BYTES)
    rows = _xlsx(content, name) if zipfile.is_zipfile(io.BytesIO(content)) else _csv(content, name)
    if len(rows) > MAX_ROWS:
        raise _refused("sheet.too_long", name, limit=MAX_ROWS)
    header = [columns.get(fold(cell), "") for cell in rows[0]] if rows else []
    missing = [column for column in needed if column not in header]
    twice = sorted({column for column in header if column and header.count(column) > 1})
    problems = [
        *(Problem(code="sheet.column_missing", line=1, path=column) for column in missing),
        *(Problem(code="sheet.column_twice", line=1, path=column) for column in twice),
    ]
    if problems:
        raise InvalidFile(problems, file=name)
    empty = dict.fromkeys(columns.values(), "")
    return [
        SheetRow(number=number, cells=cells)
        for number, row in enumerate(rows[1:], start=2)
        for cells in [empty | _cells(header, row)]
        if any(cells.values())
    ]


def file_name(source: Path | bytes) -> str:
    """How a sheet is called where nobody says otherwise."""
    return source.name if isinstance(source, Path) else ""


def _cells(header: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    # A row may be shorter than the header, and longer than what is named.
    return {column: tidied(cell) for column, cell in zip(header, row, strict=False) if column}


def _csv(content: bytes, name: str) -> list[list[str]]:
    try:
        # Spreadsheets begin UTF-8 with a mark, and in Vietnam separate by semicolons.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused("sheet.not_utf8", name) from None
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    try:
        return list(islice(csv.reader(io.StringIO(text), delimiter=delimiter), MAX_ROWS + 2))
    except csv.Error:
        raise _refused("sheet.unreadable", name) from None


def _xlsx(content: bytes, name: str) -> list[list[str]]:
    from openpyxl import load_workbook

    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > _MAX_UNPACKED:
            raise _refused("sheet.too_large", name, limit=_MAX_UNPACKED)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True, max_col=_MAX_COLUMNS)
        return [[_text(cell) for cell in row] for row in islice(rows, MAX_ROWS + 2)]
    except Exception:  # noqa: BLE001 - openpyxl raises whatever a damaged part makes it stumble on
        raise _refused("sheet.unreadable", name) from None


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell)


def _refused(code: str, file: str, **facts: object) -> InvalidFile:
    return InvalidFile([Problem(code=code, facts=facts)], file=file)
