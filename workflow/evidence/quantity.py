"""The check ``quantity``: a figure, or the total of a spreadsheet, against what is owed.

Knows the post office's quarterly tables (a row for each unit, a column for
each title) and a unit's own list. Refuses to know who delivered the papers.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, Field

from workflow.evidence.check import (
    Body,
    EvidenceFile,
    Figures,
    Findings,
    Identity,
    Judgement,
    Outcome,
    TaskFacts,
    Unreadable,
    Verdict,
)
from workflow.evidence.documents import Row, read_document
from workflow.evidence.file_kinds import Kind
from workflow.evidence.invoice import AtLeast
from workflow.evidence.invoice_copies import days_paid_for
from workflow.evidence.periods_in_text import Periods, covered, periods_in
from workflow.evidence.tables import Header, cell_of, count_in, find_header, is_total, naming
from workflow.evidence.wordings import Wording, is_name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_KINDS: Final = (Kind.XLSX, Kind.CSV, Kind.DOCX)
_MOST: Final = 1_000_000_000
_COUNT_HEADINGS: Final = ("số lượng", "số tờ", "số bản", "số cuốn", "số bài", "sl", "kỳ này")
_UNIT_HEADINGS: Final = ("đơn vị", "tên đơn vị", "cơ quan", "khách hàng", "độc giả", "địa chỉ phát")
_CODE_HEADINGS: Final = ("mã đơn vị", "mã", "mst", "mã số thuế", "mã qhns")


class QuantityParams(BaseModel, frozen=True, strict=True, extra="forbid"):
    """What is counted and how much of it is enough.

    ``figure`` names the typed figure; ``title`` is the code of the publication whose
    quota is owed; ``minimum`` stands in the quota's place. ``at_least``: ``one``,
    the requirement's quantity adding up several items, or the whole ``quota``.
    ``column``: the heading to read, where it is not the title's name or a usual
    one. ``names_period``: a table must name the task's period.
    """

    figure: str = "copies"
    title: str | None = None
    minimum: int | None = Field(default=None, ge=1, le=_MOST)
    at_least: AtLeast = AtLeast.QUOTA
    column: str | None = None
    names_period: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """What a table says: the count, and whether it stands in the unit's own row."""

    count: Decimal | None
    is_units_row: bool


class QuantityCheck:
    """A typed figure, a spreadsheet, or both, which then must agree.

    ``read``: ``figure`` as typed, ``counted`` in the table, ``in_units_row``,
    ``owed``.
    """

    name: Final = "quantity"
    version: Final = "1"
    light: Final = False
    params: Final = QuantityParams

    def run(
        self,
        params: QuantityParams,
        file: EvidenceFile | None,
        *,
        figures: Figures,
        facts: TaskFacts,
    ) -> Verdict:
        """Judge one figure or table."""
        judgement = Judgement(self.name, self.version)
        typed = _typed(figures, params.figure, judgement)
        counted, periods = _Counted(count=None, is_units_row=False), Periods()
        if file is not None:
            counted, periods = self._read_table(params, file, facts=facts, judgement=judgement)
        elif params.figure not in figures:
            raise Unreadable("quantity.nothing_given", figure=params.figure)
        if typed is not None and counted.count is not None and typed != counted.count:
            judgement.fail("quantity.figure_differs", figure=str(typed), counted=str(counted.count))
        count = counted.count if counted.count is not None else typed
        quantity = None if count is None else int(count)
        owed = _judge_amount(quantity, params, facts=facts, judgement=judgement)
        identity = None
        if file is not None:
            part = f"{facts.unit.key}:{params.title or params.figure}@{facts.occasion}"
            identity = Identity(
                kind="file", key=file.sha256, part=part if counted.is_units_row else ""
            )
        return judgement.verdict(
            Findings(
                identity=identity,
                quantity=quantity,
                capacity=quantity,
                period_from=min((span.from_on for span in periods.spans), default=None),
                period_until=max((span.until_on for span in periods.spans), default=None),
            ),
            figure=None if typed is None else str(typed),
            counted=None if counted.count is None else str(counted.count),
            in_units_row=counted.is_units_row,
            owed=owed,
        )

    def _read_table(
        self, params: QuantityParams, file: EvidenceFile, *, facts: TaskFacts, judgement: Judgement
    ) -> tuple[_Counted, Periods]:
        document = read_document(file, _KINDS)
        head = "\n".join(document.text.split("\n")[:20])
        periods = periods_in(head + "\n" + file.name)
        span = days_paid_for(facts)
        if params.names_period and span is not None:
            if not periods.spans:
                judgement.doubt("quantity.period_not_found")
            elif not covered(dict.fromkeys(periods.spans, 1), whole=span):
                judgement.fail(
                    "quantity.period_other",
                    period_from=span.from_on,
                    period_until=span.until_on,
                    read=[{"from": one.from_on, "until": one.until_on} for one in periods.spans],
                )
        return _counted(document.rows, params, facts=facts, judgement=judgement), periods


def _typed(figures: Figures, name: str, judgement: Judgement) -> Decimal | None:
    """The typed figure, where it is a finite number of a sane size that is not negative."""
    if name not in figures:
        return None
    number = _number(figures[name])
    if not number.is_finite() or not 0 <= number <= _MOST:
        judgement.fail("quantity.not_a_number", figure=name, value=str(figures[name])[:60])
        return None
    return number


def _number(value: object) -> Decimal:
    """A typed value as a number; text is read as a table's cell is. NaN for everything else."""
    if isinstance(value, str):
        return count_in(value[:40]) or Decimal("NaN" if value.strip() != "0" else 0)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return Decimal("NaN")
    return Decimal(value) if isinstance(value, int) else Decimal(repr(value))


def _judge_amount(
    quantity: int | None, params: QuantityParams, *, facts: TaskFacts, judgement: Judgement
) -> int | None:
    """Hold the quantity against what is owed, and tell how much that is."""
    publication = next((p for p in facts.publications if p.code == params.title), None)
    if publication is None and params.title is None and len(facts.publications) == 1:
        publication = facts.publications[0]
    owed = params.minimum
    if owed is None and publication is not None:
        owed = publication.quota
    if quantity is None:
        if judgement.outcome is Outcome.PASSED:
            judgement.fail("quantity.not_found")
        return owed
    least = 1 if params.at_least is AtLeast.ONE else owed
    if least is None:
        judgement.doubt("facts.quota_missing", title=params.title or "")
    elif quantity < least:
        judgement.fail("quantity.short", quantity=quantity, owed=least)
    elif owed is not None and quantity < owed:
        judgement.note("quantity.below_quota", quantity=quantity, owed=owed)
    return owed


def _counted(
    rows: Sequence[Row], params: QuantityParams, *, facts: TaskFacts, judgement: Judgement
) -> _Counted:
    """The unit's row, else the total, else the sum of the one table."""
    nothing = _Counted(count=None, is_units_row=False)
    header = _header(rows, params, facts)
    if header is None:
        judgement.doubt("quantity.column_not_found")
        return nothing
    below = [row for row in rows[header.row + 1 :] if any(row)]
    own = [row for row in below if _is_of(row, header, facts.unit)]
    if own:
        return _Counted(count=_sum(own, header, judgement), is_units_row=True)
    if "unit" in header.columns and sum(not is_total(row) for row in below) > 1:
        # A table of other units: its total says nothing of this one.
        judgement.fail("quantity.unit_not_found", unit=facts.unit.name)
        return nothing
    parts = [row for row in below if not is_total(row)]
    totals = [row for row in below if is_total(row)]
    added = _sum(parts, header, judgement)
    if not totals:
        return _Counted(count=added, is_units_row=False)
    stated = count_in(cell_of(totals[-1], header.columns["count"]))
    if stated is not None and parts and added is not None and stated != added:
        judgement.doubt("quantity.total_differs", stated=str(stated), added=str(added))
    return _Counted(count=stated if stated is not None else added, is_units_row=False)


def _header(rows: Sequence[Row], params: QuantityParams, facts: TaskFacts) -> Header | None:
    """The heading with a column of counts: the stated one, the title's, else a usual one."""
    named = [p for p in facts.publications if params.title in {None, p.code}]
    ways: list[Callable[[Wording], bool]] = []
    if params.column is not None:
        ways.append(naming(params.column))
    else:
        ways += [naming(*publication.names) for publication in named]
        ways.append(naming(*_COUNT_HEADINGS))
    for way in ways:
        wanted = {"count": way, "code": naming(*_CODE_HEADINGS), "unit": naming(*_UNIT_HEADINGS)}
        for start in range(min(len(rows), 30)):
            header = find_header(rows[start:], wanted, needed="count")
            if header is None:
                break
            number = start + header.row
            # A title above the table may name the publication too: figures must stand below.
            below = rows[number + 1 : number + 6]
            if any(count_in(cell_of(row, header.columns["count"])) is not None for row in below):
                return Header(row=number, columns=header.columns)
    return None


def _is_of(row: Row, header: Header, unit: Body) -> bool:
    code = cell_of(row, header.columns.get("code"))
    if code and code in {unit.tax_code, unit.budget_code, unit.key}:
        return True
    column = header.columns.get("unit")
    cells = [cell_of(row, column)] if column is not None else list(row)
    return any(cell and is_name_of(cell, unit.names) for cell in cells)


def _sum(rows: Sequence[Row], header: Header, judgement: Judgement) -> Decimal | None:
    """The sum of the counts, or None where there is none; what is no number is told."""
    counts = []
    for row in rows:
        text = cell_of(row, header.columns["count"])
        number = count_in(text)
        if number is not None:
            counts.append(number)
        elif text and text not in {"-", "–"}:
            judgement.doubt("quantity.cell_unclear", cell=text)
    return sum(counts, Decimal(0)) if counts else None
