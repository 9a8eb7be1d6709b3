"""External figures from a sheet with the columns figure, period, unit, value.

Knows how a row is written, in English or Vietnamese. Refuses to know which figures and
units there are. A sheet with a problem gives nothing, and names every problem.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workflow.domain.announced import SaidFigure
from workflow.domain.errors import InvalidFile, Refusal
from workflow.domain.periods import reporting_year
from workflow.intake.cells import Cells
from workflow.intake.places import file_bytes
from workflow.intake.sheet import MAX_BYTES, naming, read_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from workflow.domain.errors import Problem

_COLUMNS: Final = {
    "figure": "figure", "key": "figure", "chi tieu": "figure", "ma chi tieu": "figure",
    "period": "period", "ky": "period", "ky bao cao": "period",
    "unit": "unit", "don vi": "unit", "ma don vi": "unit",
    "value": "value", "gia tri": "value", "so lieu": "value", "so luong": "value",
}  # fmt: skip


def read_figures(source: Path) -> tuple[SaidFigure, ...]:
    """Read figures (.csv or .xlsx) in the order of their rows. Raises ``InvalidFile``."""
    content = file_bytes(source, limit=MAX_BYTES)
    problems: list[Problem] = []
    found: dict[tuple[str, str, str | None], SaidFigure] = {}
    rows = read_sheet(
        content,
        named=naming(_COLUMNS),
        needed=("figure", "period", "value"),
        file=source.name,
    )
    for row in rows:
        cells = Cells(row, problems)
        key, unit = cells.code("figure", needed=True), cells.code("unit")
        period = _period(cells)
        value = cells.amount("value", needed=True)
        if key is None or period is None or value is None or cells.refused:
            continue
        if (key, period, unit) in found:
            problems.append(row.problem("figure", "figures.twice", period=period, figure=key))
            continue
        found[key, period, unit] = SaidFigure(key=key, period=period, unit=unit, value=value)
    if problems:
        raise InvalidFile(problems, file=source.name)
    return tuple(found.values())


def _period(cells: Cells) -> str | None:
    text = cells.text("period", limit=16, needed=True)
    if text is None:
        return None
    try:
        return reporting_year("calendar").period_by_key(text).key
    except Refusal as refusal:
        cells.refuse("period", refusal.code, **refusal.facts)
        return None
