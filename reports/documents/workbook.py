"""A workbook in the making: sheets with a frozen header, a filter and a set-up for print.

Knows how numbers, days and texts become cells; a text is never a formula. Each row is let go
once the next begins, so that the longest list needs no memory. Refuses to know figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from reports.documents.inks import HEAD, RULE
from reports.documents.profiles import FONTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from io import BytesIO

    from xlsxwriter.worksheet import Worksheet

    from reports.documents.telling import Teller
    from reports.quarterly import Report
    from reports.records.record import Record

#: What a cell holds; a fraction is a rate, None an empty cell.
Value = str | int | Fraction | date | None
#: Signs with which a spreadsheet would begin to reckon.
_RECKONS: Final = ("=", "+", "-", "@", "\t", "\r")
_LONGEST: Final = 32_767
_A4: Final = 9
_NONE: Final = "–"

_CELLS: Final[Mapping[str, Mapping[str, Any]]] = {
    "text": {"text_wrap": True},
    "quoted": {"text_wrap": True, "quote_prefix": True},
    # A table full of zeros hides what is there.
    "count": {"num_format": f'#,##0;-#,##0;"{_NONE}"', "align": "right"},
    "rate": {"num_format": "0.0%", "align": "right"},
    "none": {"align": "right"},
    "day": {"num_format": "dd/mm/yyyy", "align": "right"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """A column's heading and how wide it is, in letters."""

    title: str
    width: float = 10


class Workbook:
    """A workbook and the looks of its cells."""

    def __init__(
        self, buffer: BytesIO, report: Report | Record, *, title: str, author: str
    ) -> None:
        from datetime import UTC

        import xlsxwriter

        self.book: Any = xlsxwriter.Workbook(
            buffer,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        instant = report.as_of.astimezone(UTC).replace(tzinfo=None)
        self.book.set_properties({"title": title, "author": author, "created": instant})
        font: dict[str, Any] = {"font_name": FONTS[0], "font_size": 11}
        ruled: dict[str, Any] = {**font, "border": 1, "border_color": RULE, "valign": "vcenter"}
        strong: dict[str, Any] = {"bold": True, "bg_color": HEAD}
        looks = {
            "title": {**font, "bold": True, "font_size": 14},
            "plain": font,
            "said": {**font, "text_wrap": True, "valign": "top"},
            "strong": {**font, "bold": True},
            "head": {**ruled, **strong, "text_wrap": True, "align": "center"},
        }
        for kind, look in _CELLS.items():
            looks[kind] = {**ruled, **look}
            looks[f"{kind}_total"] = {**ruled, **look, **strong}
        self.look = {name: self.book.add_format(look) for name, look in looks.items()}

    def sheet(self, name: str, *, heads: Sequence[Heads] = (), top: int = 0) -> Sheet:
        """A new sheet, A4 across and as wide as a page; ``top`` rows stand above its heading."""
        made = self.book.add_worksheet(name)
        made.set_landscape()
        made.set_paper(_A4)
        made.fit_to_pages(1, 0)
        made.set_margins(left=0.6, right=0.5, top=0.8, bottom=0.6)
        made.set_header(f'&C&"{FONTS[0]}"&12&P')
        for place, head in enumerate(heads):
            made.set_column(place, place, head.width)
        if heads:
            made.freeze_panes(top + 1, 1)
            made.repeat_rows(top)
        return Sheet(self, made)

    def close(self) -> None:
        """Finish the file."""
        self.book.close()


class Sheet:
    """A sheet, written from above: ``row`` is the next one."""

    def __init__(self, workbook: Workbook, made: Worksheet) -> None:
        self._look = workbook.look
        self.made = made
        self.row = 0

    def line(self, text: str, look: str = "plain") -> None:
        """A line of text in the first cell."""
        self.made.write_string(self.row, 0, text[:_LONGEST], self._look[look])
        self.row += 1

    def heads(self, heads: Iterable[Heads]) -> None:
        """The headings of a table."""
        for place, head in enumerate(heads):
            self.made.write_string(self.row, place, head.title, self._look["head"])
        self.row += 1

    def cells(self, values: Iterable[Value], *, is_total: bool = False) -> None:
        """A row of a table."""
        suffix = "_total" if is_total else ""
        for place, value in enumerate(values):
            self._cell(place, value, suffix)
        self.row += 1

    def filtered(self, first: int, last: int, columns: int) -> None:
        """A filter over a table from its heading to its last row."""
        self.made.autofilter(first, 0, max(first, last), columns - 1)

    def _cell(self, place: int, value: Value, suffix: str) -> None:
        match value:
            case None:
                self.made.write_blank(self.row, place, None, self._look[f"text{suffix}"])
            case Fraction():
                self.made.write_number(self.row, place, float(value), self._look[f"rate{suffix}"])
            case int():
                self.made.write_number(self.row, place, value, self._look[f"count{suffix}"])
            case date():
                self.made.write_datetime(self.row, place, value, self._look[f"day{suffix}"])
            case _:
                kind = "quoted" if value.startswith(_RECKONS) else "text"
                if value == _NONE:
                    kind = "none"
                look = self._look[f"{kind}{suffix}"]
                self.made.write_string(self.row, place, value[:_LONGEST], look)


def table_sheet(
    book: Workbook,
    tell: Teller,
    names: tuple[str, str],
    heads: list[Heads],
    rows: Iterable[tuple[Value, ...]],
    *,
    total: tuple[Value, ...] | None = None,
) -> None:
    """A sheet of one table: its title, what it is of, a heading that stays and a filter."""
    name, title = names
    top = 2
    sheet = book.sheet(name, heads=heads, top=top)
    sheet.line(title, "title")
    sheet.line(
        f"{tell.report.agreement.title} · {tell.period(tell.report.period)}",
    )
    sheet.heads(heads)
    for row in rows:
        sheet.cells(row)
    sheet.filtered(top, sheet.row - 1, len(heads))
    if total is not None:
        sheet.cells(total, is_total=True)
