"""The post office's table of a whole city: copies of each title, a row for each unit.

Knows how such tables are laid out: a heading with a column for each title, units by code or by
name, sums at the end. Refuses to guess: a row that names no unit, or two, is told and left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from workflow.domain.errors import Refusal
from workflow.domain.folding import tidied, tone_key
from workflow.evidence.check import Unreadable
from workflow.evidence.file_kinds import decoded
from workflow.evidence.periods_in_text import covered, occasion_span, periods_in
from workflow.evidence.sheet_reading import read_csv, read_workbook
from workflow.evidence.tables import cell_of, count_in, is_total, naming
from workflow.evidence.wordings import Wording, is_name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workflow.evidence.check import Body, Publication

_CODES: Final = ("mã đơn vị", "mã", "mst", "mã số thuế", "mã qhns")
_UNITS: Final = ("đơn vị", "tên đơn vị", "cơ quan", "khách hàng", "độc giả", "địa chỉ phát")
_HEADING_WITHIN: Final = 40
_WORKBOOK: Final = b"PK"
_MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A row that could not be taken: its number among the rows that hold something, and why.

    ``cause``: ``unknown`` (no unit of this name or code), ``ambiguous`` (several),
    ``twice`` (the unit stood above already), ``no_number`` (a cell that is no whole number).
    """

    row: int
    text: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeTable:
    """What a table says: the titles that it has columns for, and copies by unit and title."""

    titles: tuple[str, ...]
    copies: Mapping[tuple[str, str], int]
    left_out: tuple[LeftOut, ...]


def read_office_table(
    content: bytes,
    *,
    name: str,
    period: str,
    titles: Sequence[Publication],
    units: Iterable[Body],
) -> OfficeTable:
    """Read a table (.xlsx or .csv) for a period, which its head or its name must not contradict.

    Raises ``Refusal``: ``office_table.no_heading``, ``office_table.other_period``,
    ``office_table.no_period``, and the reasons for which a file cannot be read.
    """
    try:
        is_book = content.startswith(_WORKBOOK)
        rows = read_workbook(content) if is_book else read_csv(decoded(content))
    except Unreadable as stop:
        raise Refusal(stop.reason.code, **stop.reason.facts) from stop
    _ensure_period(rows, name, period)
    heading = _heading(rows, titles)
    if heading is None:
        raise Refusal("office_table.no_heading", titles="; ".join(one.name for one in titles))
    return _read(rows, heading, _Known(units))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    row: int
    titles: Mapping[str, int]
    code: int | None
    unit: int | None


def _ensure_period(rows: Sequence[Sequence[str]], name: str, period: str) -> None:
    head = "\n".join(" ".join(row) for row in rows[:20])
    spans = periods_in(f"{head}\n{name}").spans
    if not spans:
        raise Refusal("office_table.no_period", period=period)
    span = occasion_span(period)
    if span is not None and not covered(dict.fromkeys(spans, 1), whole=span):
        raise Refusal(
            "office_table.other_period",
            period=period,
            from_on=min(one.from_on for one in spans),
            until_on=max(one.until_on for one in spans),
        )


def _heading(rows: Sequence[Sequence[str]], titles: Sequence[Publication]) -> _Heading | None:
    """The first row with a column of a title beside one of units."""
    is_code, is_unit = naming(*_CODES), naming(*_UNITS)
    for number, row in enumerate(rows[:_HEADING_WITHIN]):
        found: dict[str, int] = {}
        code = unit = None
        for place, cell in enumerate(row):
            wording = Wording(cell)
            title = _title_in(wording, titles)
            if title is not None:
                found.setdefault(title, place)
            elif code is None and cell and is_code(wording):
                code = place
            elif unit is None and cell and is_unit(wording):
                unit = place
        if found and (code is not None or unit is not None):
            return _Heading(row=number, titles=found, code=code, unit=unit)
    return None


def _title_in(wording: Wording, titles: Sequence[Publication]) -> str | None:
    """The title of the longest name in a heading: one may begin as another does."""
    named = [
        (len(name), one.code) for one in titles for name in one.names if wording.mentions(name)
    ]
    return max(named)[1] if named else None


class _Known:
    """The units by their codes and names."""

    def __init__(self, units: Iterable[Body]) -> None:
        self._units = list(units)
        self._codes: dict[str, str] = {}
        self._names: dict[str, set[str]] = {}
        for one in self._units:
            for code in (one.key, one.tax_code, one.budget_code):
                if code:
                    self._codes.setdefault(code, one.key)
            for name in one.names:
                self._names.setdefault(tone_key(tidied(name)), set()).add(one.key)

    def found(self, code: str, name: str) -> set[str]:
        """The keys of the units that a row may mean."""
        if code in self._codes:
            return {self._codes[code]}
        if not name:
            return set()
        exact = self._names.get(tone_key(tidied(name)))
        if exact is not None:
            return exact
        return {one.key for one in self._units if is_name_of(name, one.names)}


def _read(rows: Sequence[Sequence[str]], heading: _Heading, known: _Known) -> OfficeTable:
    copies: dict[tuple[str, str], int] = {}
    left_out: list[LeftOut] = []
    seen: Counter[str] = Counter()
    for number, row in enumerate(rows[heading.row + 1 :], heading.row + 2):
        if is_total(row) or not any(row):
            continue
        code, name = cell_of(row, heading.code), cell_of(row, heading.unit)
        keys = known.found(code, name)
        numbers = {title: _copies(cell_of(row, at)) for title, at in heading.titles.items()}
        cause = _cause(keys, numbers, seen)
        if cause:
            left_out.append(LeftOut(row=number, text=f"{code} {name}".strip()[:200], cause=cause))
            continue
        (key,) = keys
        seen[key] += 1
        copies |= {(key, title): one for title, one in numbers.items() if one is not None}
    return OfficeTable(titles=tuple(heading.titles), copies=copies, left_out=tuple(left_out))


def _cause(keys: set[str], numbers: Mapping[str, int | None], seen: Counter[str]) -> str:
    if not keys:
        return "unknown"
    if len(keys) > 1:
        return "ambiguous"
    if seen[next(iter(keys))]:
        return "twice"
    return "no_number" if None in numbers.values() else ""


def _copies(text: str) -> int | None:
    """A cell's whole number of copies; an empty cell or a dash is 0, None is no such number."""
    if text in {"", "-", "–"}:
        return 0
    number = count_in(text)
    if number is None or number != number.to_integral_value() or not 0 <= number <= Decimal(_MOST):
        return None
    return int(number)
