"""The rows of a spreadsheet (.xlsx) or of a list with separators (.csv).

Knows how to read cells as text within bounds. Refuses to know what columns
mean; formulas count as the values that were saved with them.
"""

from __future__ import annotations

import csv
import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from workflow.evidence.check import Unreadable
from workflow.evidence.packages import Package
from workflow.evidence.xml_reading import xml_root

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_ROWS: Final = 20_000
_MOST_COLUMNS: Final = 100
_MOST_SHEETS: Final = 20
_LONGEST_CELL: Final = 2_000

Rows = tuple[tuple[str, ...], ...]


def read_workbook(data: bytes) -> Rows:
    """The rows of all visible sheets, one sheet after another; empty rows are left out.

    Whole numbers are written plain (``1234``), days as ``dd/mm/yyyy``.
    Raises Unreadable as ``Package`` and ``xml_root`` do, and ``file.broken``.
    """
    import io
    import warnings

    import openpyxl

    package = Package(data)
    for name in package.names:
        if name.endswith((".xml", ".rels")):
            # openpyxl reads trustingly, so every part is proved harmless first.
            xml_root(package.part(name), most_elements=2_000_000)
    try:
        with warnings.catch_warnings():
            # It warns of styles and extensions that it drops, which carry no figures.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            rows: list[tuple[str, ...]] = []
            for sheet in book.worksheets[:_MOST_SHEETS]:
                if sheet.sheet_state == "visible":
                    # The stated dimensions of a sheet are a claim.
                    sheet.reset_dimensions()
                    left = _MOST_ROWS - len(rows)
                    cells = sheet.iter_rows(max_row=left, max_col=_MOST_COLUMNS, values_only=True)
                    rows += _kept(cells)
            book.close()
    except Exception as error:
        # openpyxl raises whatever a broken part makes it stumble over.
        raise Unreadable("file.broken", error=type(error).__name__) from error
    return tuple(rows)


def read_csv(text: str) -> Rows:
    """The rows of a list separated by semicolons, commas or tabs; empty rows are left out.

    Raises Unreadable: ``file.broken``.
    """
    head = text[:2_000]
    separator = max(";\t,", key=head.count)
    try:
        reader = csv.reader(text.lstrip("\ufeff").splitlines(), delimiter=separator)
        return tuple(
            _kept(row[:_MOST_COLUMNS] for _, row in zip(range(_MOST_ROWS), reader, strict=False))
        )
    except csv.Error as error:
        raise Unreadable("file.broken", error="csv") from error


def _kept(rows: Iterable[Iterable[object]]) -> list[tuple[str, ...]]:
    kept = ([_text(value) for value in row] for row in rows)
    return [tuple(_without_tail(row)) for row in kept if any(row)]


def _without_tail(row: list[str]) -> list[str]:
    """The cells up to the last that holds something."""
    while not row[-1]:
        row.pop()
    return row


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unicodedata.normalize("NFC", str(value)).strip()[:_LONGEST_CELL]
