"""The rows of a spreadsheet or CSV file that a person keeps, by the names of their columns.

Finds the row of headings, whatever stands above it, and keeps the place of every cell, so
that a mistake is named by row and column. Bounds size before it reads, and never runs a
formula. Refuses to know what a column means.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Protocol, cast

from workflow.domain.errors import InvalidFile, Problem
from workflow.domain.folding import fold, tidied
from workflow.intake.places import file_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

MAX_BYTES: Final = 5_000_000
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 100
#: An office's sheet does not unpack to more, unless it was made to do harm.
MAX_UNPACKED: Final = 100_000_000
# Excel before 2007, and any later workbook that is locked by a password.
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
_HEADING_WITHIN: Final = 30
_LONGEST_CELL: Final = 5_000
#: What our own sheets begin with where a spreadsheet would take the rest for a formula.
_KEPT: Final = re.compile(r"'+[=+\-@\t\r]")
_MERGED: Final = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')

Value = str | int | float | date | bool | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A column that is known: its name, and its number from 1."""

    name: str
    column: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the headings: its number in the file, and its values by column name.

    ``sheet`` is the worksheet's name where the file has several with such headings.
    """

    number: int
    values: Mapping[str, Value]
    columns: Mapping[str, int]
    sheet: str = ""

    def text(self, name: str) -> str:
        """Give a value as tidied text; a whole number without a point, a day as ISO writes it."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return tidied(value.isoformat() if isinstance(value, date) else str(value))

    def is_number(self, name: str) -> bool:
        """Whether the file keeps the value as a number, which loses leading zeros."""
        value = self.values.get(name)
        return isinstance(value, int | float) and not isinstance(value, bool)

    def problem(self, name: str, code: str, /, **facts: Any) -> Problem:
        """Give a problem with the value of a column; without a name, with the row."""
        return Problem(
            code=code,
            path=" ".join(part for part in (self.sheet, name) if part),
            line=self.number,
            column=self.columns.get(name),
            facts=facts,
        )


#: Gives the name of a column from its heading, or nothing for one that is passed over.
Naming = Callable[[str], str | None]


def naming(headings: Mapping[str, str]) -> Naming:
    """Name columns by their headings, written as ``fold`` leaves them."""
    return lambda heading: headings.get(fold(heading.replace("_", " ")))


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    rows: Sequence[Sequence[Value]]
    problems: Sequence[Problem] = field(default=())


def read_sheet(
    source: Path | bytes, *, named: Naming, needed: Collection[str], file: str = ""
) -> tuple[Row, ...]:
    """Read the rows of every sheet whose headings name the needed columns.

    Which kind of file it is shows in its bytes, not in its name. Rows without a value are
    passed over. Raises ``InvalidFile`` for what cannot be read, is too large, has no such
    headings, names a column twice, or merges cells and leaves formulas unreckoned in rows
    that would be read.
    """
    name = file or (source.name if isinstance(source, Path) else "")
    content = file_bytes(source, limit=MAX_BYTES) if isinstance(source, Path) else source
    if len(content) > MAX_BYTES:
        raise _refused("sheet.too_large", name, limit=MAX_BYTES)
    if content.startswith(_OLD_WORKBOOK):
        raise _refused("sheet.old_format", name)
    is_workbook = zipfile.is_zipfile(io.BytesIO(content))
    sheets = _workbook(content, name) if is_workbook else [_csv(content, name)]
    rows: list[Row] = []
    problems: list[Problem] = []
    found = 0
    for sheet in sheets:
        if len(sheet.rows) > MAX_ROWS:
            raise _refused("sheet.too_long", name, limit=MAX_ROWS)
        heading = _heading(sheet, named, needed)
        if heading is None:
            continue
        found += 1
        label = sheet.name if found > 1 else ""
        number, columns = heading
        problems += [each for each in sheet.problems if (each.line or 0) > number]
        problems += _twice(sheet, number, named)
        rows += _rows(sheet, number, columns, label)
    if not found:
        problems += _missing(sheets, named, needed)
    if problems:
        raise InvalidFile(problems, file=name)
    return tuple(rows)


def _heading(
    sheet: _Sheet, named: Naming, needed: Collection[str]
) -> tuple[int, dict[str, int]] | None:
    for number, row in enumerate(sheet.rows[:_HEADING_WITHIN], start=1):
        columns = _columns(row, named)
        if set(needed) <= columns.keys():
            return number, columns
    return None


def _columns(row: Sequence[Value], named: Naming) -> dict[str, int]:
    columns: dict[str, int] = {}
    for column, cell in enumerate(row, start=1):
        name = named(tidied(cell)) if isinstance(cell, str) else None
        if name is not None:
            columns.setdefault(name, column)
    return columns


def _twice(sheet: _Sheet, number: int, named: Naming) -> Iterator[Problem]:
    seen: set[str] = set()
    for column, cell in enumerate(sheet.rows[number - 1], start=1):
        name = named(tidied(cell)) if isinstance(cell, str) else None
        if name is not None and name in seen:
            yield Problem(code="sheet.column_twice", line=number, column=column, path=name)
        if name is not None:
            seen.add(name)


def _missing(sheets: Sequence[_Sheet], named: Naming, needed: Collection[str]) -> Iterator[Problem]:
    """Say which needed columns the row lacks that comes nearest to being the headings."""
    candidates = [
        (number, _columns(row, named))
        for sheet in sheets
        for number, row in enumerate(sheet.rows[:_HEADING_WITHIN], start=1)
    ]
    line, columns = max(candidates, key=lambda each: len(each[1]), default=(1, {}))
    for name in needed:
        if name not in columns:
            yield Problem(code="sheet.column_missing", line=line, path=name)


def _rows(sheet: _Sheet, number: int, columns: Mapping[str, int], label: str) -> Iterator[Row]:
    for at, cells in enumerate(sheet.rows[number:], start=number + 1):
        values = {
            name: cells[column - 1] for name, column in columns.items() if column <= len(cells)
        }
        if any(value is not None and value != "" for value in values.values()):
            yield Row(at, values, columns, label)


# --- CSV -----------------------------------------------------------------------------


def _csv(content: bytes, name: str) -> _Sheet:
    try:
        # Spreadsheets begin UTF-8 with a mark, and in Vietnam separate by semicolons.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidFile([Problem(code="sheet.not_utf8", line=line)], file=name) from error
    head = "\n".join(text.splitlines()[:_HEADING_WITHIN])
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[Value]] = []
    try:
        for cells in reader:
            kept = (_unkept(cell[:_LONGEST_CELL].strip()) for cell in cells[:MAX_COLUMNS])
            rows.append([cell or None for cell in kept])
            if len(rows) > MAX_ROWS:
                break
    except csv.Error as error:
        problem = Problem(code="sheet.unreadable", line=reader.line_num)
        raise InvalidFile([problem], file=name) from error
    return _Sheet("", rows)


def _unkept(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from reckoning it."""
    return cell[1:] if _KEPT.match(cell) else cell


# --- workbooks -----------------------------------------------------------------------


class _ReadOnly(Protocol):
    """What is used of openpyxl's read-only worksheet, which its stubs do not tell."""

    title: str
    sheet_state: str

    def reset_dimensions(self) -> None: ...
    def iter_rows(self, *, max_col: int, values_only: bool) -> Iterator[Sequence[object]]: ...
    def _get_source(self) -> IO[bytes]: ...


def _workbook(content: bytes, name: str) -> list[_Sheet]:
    from openpyxl import load_workbook

    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
            raise _refused("sheet.too_large", name, limit=MAX_UNPACKED)
    try:
        shown = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        written = load_workbook(io.BytesIO(content), read_only=True)
        pairs = zip(
            cast("list[_ReadOnly]", shown.worksheets),
            cast("list[_ReadOnly]", written.worksheets),
            strict=True,
        )
        return [_worksheet(*pair) for pair in pairs if pair[0].sheet_state == "visible"]
    except Exception as error:
        # openpyxl raises whatever a damaged part makes it stumble on.
        raise _refused("sheet.unreadable", name) from error


def _worksheet(shown: _ReadOnly, written: _ReadOnly) -> _Sheet:
    rows = [[_value(cell) for cell in row] for row in _limited(shown)]
    problems = [
        Problem(code="sheet.formula_without_value", line=number, column=column, path=shown.title)
        for number, row in enumerate(_limited(written), start=1)
        for column, cell in enumerate(row, start=1)
        if isinstance(cell, str) and cell.startswith("=") and rows[number - 1][column - 1] is None
    ]
    return _Sheet(shown.title, rows, [*problems, *_merged(shown)])


def _limited(sheet: _ReadOnly) -> Iterator[Sequence[object]]:
    # The size that a file claims for its sheet may be wrong, and rows would be lost.
    sheet.reset_dimensions()
    return islice(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), MAX_ROWS + 1)


def _value(cell: object) -> Value:
    match cell:
        case datetime():
            return cell.date()
        case str():
            return cell[:_LONGEST_CELL].strip() or None
        case None | bool() | int() | float() | date():
            return cell
    return str(cell)


def _merged(sheet: _ReadOnly) -> Iterator[Problem]:
    """Say where cells of several rows are merged: only the first of them holds the value."""
    with sheet._get_source() as part:  # noqa: SLF001 - a read-only sheet does not tell its merges
        content = part.read()
    for column, first, _, last in _MERGED.findall(content):
        if first != last:
            cell = f"{column.decode()}{first.decode()}"
            yield Problem(
                code="sheet.merged", path=sheet.title, line=int(last), facts={"cell": cell}
            )


def _refused(code: str, file: str, **facts: object) -> InvalidFile:
    return InvalidFile([Problem(code=code, facts=facts)], file=file)
