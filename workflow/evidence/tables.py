"""Finding one's way in tables that people made: headings, columns, numbers.

Knows how headings and totals are worded and how Vietnamese tables write
numbers. Refuses to know what a table proves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from workflow.evidence.wordings import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_HEADER_WITHIN: Final = 40
_LEAST_COLUMNS: Final = 2
_TOTAL: Final = ("tổng cộng", "tổng số", "cộng chung")
#: Words that begin names as well (``Cộng đồng …``): a total only where nothing follows.
_TOTAL_ALONE: Final = ("cộng", "tổng")
_NUMBER: Final = re.compile(
    r"[+-]?(?:[0-9]{1,3}(?:[.,\s\u00a0][0-9]{3})+|[0-9]{1,12})(?:[.,][0-9]{1,6})?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where a table's heading stands and which columns it names."""

    row: int
    columns: Mapping[str, int]


def find_header(
    rows: Sequence[Sequence[str]], wanted: Mapping[str, Callable[[Wording], bool]], *, needed: str
) -> Header | None:
    """The first row among the first 40 with a column ``needed``, and the other columns found in it.

    Of several columns that answer one name the first counts, and a column
    serves one name. A row of one cell is a title, not a heading.
    """
    for number, row in enumerate(rows[:_HEADER_WITHIN]):
        if sum(map(bool, row)) < _LEAST_COLUMNS:
            continue
        cells = [Wording(cell) for cell in row]
        columns: dict[str, int] = {}
        for name, is_it in wanted.items():
            for column, cell in enumerate(cells):
                if column not in columns.values() and row[column] and is_it(cell):
                    columns[name] = column
                    break
        if needed in columns:
            return Header(row=number, columns=columns)
    return None


def naming(*phrases: str) -> Callable[[Wording], bool]:
    """A test whether a heading names one of these."""
    return lambda cell: cell.first_of(phrases) is not None


def is_total(row: Iterable[str]) -> bool:
    """Whether a row is a sum of the rows above it."""
    first = next((cell for cell in row if cell and not cell.isdigit()), "")
    wording = Wording(first)
    rests = (wording.rest_after(word) for word in _TOTAL_ALONE)
    return "" in rests or any(wording.rest_after(word) is not None for word in _TOTAL)


def cell_of(row: Sequence[str], column: int | None) -> str:
    """A cell, or empty text where the row is shorter or the column unknown."""
    return row[column].strip() if column is not None and column < len(row) else ""


def count_in(text: str) -> Decimal | None:
    """The number of a cell, or None: ``1.234`` is above a thousand, ``2,5`` is not.

    A group of three digits after a separator belongs to the thousands, as in
    every Vietnamese table of copies.
    """
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    whole, mark, fraction = text, "", ""
    tail = re.search(r"[.,]([0-9]{1,2}|[0-9]{4,6})$", text)
    if tail:
        whole, mark, fraction = text[: tail.start()], ".", tail[1]
    return Decimal(re.sub(r"[.,\s\u00a0]", "", whole) + mark + fraction)
