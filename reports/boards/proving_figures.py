"""The proof that kept figures are those that a report would count at the same instant.

Two layers: every cell is what the tasks give, counted anew from their dated rows as reports
count them, and every sum is the sum of its cells. What was touched since the figures were
kept is not claimed to be right, and left out. Refuses to repair anything.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reports.boards.kept_overview import line_of
from reports.figures import NOTHING, Line, added, tables
from reports.windows import period_of, window_of
from workflow import catalogue
from workflow.store import kept_reading, units
from workflow.store.tallies import tallied

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection, Row

    from workflow.catalogue import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A kept figure that is wrong: of an obligation and a unit, or of one of them in all.

    ``kept`` and ``counted`` hold the numbers that are not nought.
    """

    period: str
    obligation: str | None
    unit: str | None
    kept: Mapping[str, int]
    counted: Mapping[str, int]


def figures_wrong(db: Connection, *, agreement: str) -> tuple[Difference, ...]:
    """Every difference between what is kept of an agreement and what its tasks give.

    Ask it of one state of the data (``store.engine.snapshot``). Raises
    ``Refusal("agreement.unknown")``.
    """
    kept = catalogue.kept(db, agreement)
    return tuple(_Proof(db, kept).differences())


class _Proof:
    def __init__(self, db: Connection, kept: Kept) -> None:
        self._db = db
        self._kept = kept
        self._codes = {
            row.id: row.code for row in kept_reading.obligations_of(db, agreement_id=kept.id)
        }
        self._keys = {unit_id: key for key, unit_id in units.unit_ids(db).items()}
        self._touched = kept_reading.pairs_touched(db, kept.id)

    def differences(self) -> Iterator[Difference]:
        for key, row in sorted(kept_reading.periods_read(self._db, self._kept.id).items()):
            cells = self._lines(kept_reading.cells_of(self._db, row.id))
            yield from self._against_tasks(key, row, cells)
            yield from self._against_sums(key, row.id, cells)

    def _against_tasks(
        self, key: str, row: Row[tuple[int, str, int]], cells: Mapping[tuple[int, int], Line]
    ) -> Iterator[Difference]:
        window = window_of(
            self._kept,
            period_of(self._kept, key),
            at=row.kept_at,
            lag=timedelta(microseconds=row.lag_us),
        )
        found = tallied(self._db, self._kept.id, windows=[window], as_of=row.kept_at)
        (table,) = tables(found, windows=1)
        for pair in sorted({*cells, *table.pairs} - self._touched):
            one, other = cells.get(pair, NOTHING), table.pairs.get(pair, NOTHING)
            if one != other:
                yield self._difference(key, pair[0], pair[1], one, other)

    def _against_sums(
        self, key: str, period_id: int, cells: Mapping[tuple[int, int], Line]
    ) -> Iterator[Difference]:
        of_duty: defaultdict[int, list[Line]] = defaultdict(list)
        of_unit: defaultdict[int, list[Line]] = defaultdict(list)
        for (obligation_id, unit_id), line in cells.items():
            of_duty[obligation_id].append(line)
            of_unit[unit_id].append(line)
        duties = {one: added(lines) for one, lines in of_duty.items()}
        by_unit = {one: added(lines) for one, lines in of_unit.items()}
        told = {
            row.obligation_id: line_of(row)
            for row in kept_reading.duties_read(self._db, [period_id], kept_reading.Sight())
        }
        for one in sorted({*duties, *told}):
            kept, counted = told.get(one, NOTHING), duties.get(one, NOTHING)
            if kept != counted:
                yield self._difference(key, one, None, kept, counted)
        said = {row.unit_id: line_of(row) for row in kept_reading.sums_of(self._db, period_id)}
        for one in sorted({*by_unit, *said}):
            kept, counted = said.get(one, NOTHING), by_unit.get(one, NOTHING)
            if kept != counted:
                yield self._difference(key, None, one, kept, counted)

    @staticmethod
    def _lines(rows: Iterable[Row[tuple[int, int]]]) -> dict[tuple[int, int], Line]:
        return {(row.obligation_id, row.unit_id): line_of(row) for row in rows}

    def _difference(
        self, period: str, obligation: int | None, unit: int | None, kept: Line, counted: Line
    ) -> Difference:
        return Difference(
            period=period,
            obligation=None if obligation is None else self._codes[obligation],
            unit=None if unit is None else self._keys[unit],
            kept=_numbers(kept),
            counted=_numbers(counted),
        )


def _numbers(line: Line) -> dict[str, int]:
    bands = {f"overdue_{band}": number for band, number in enumerate(line.overdue)}
    numbers = {**asdict(line.boxes), "carried_over": line.carried_over, **bands}
    return {name: number for name, number in numbers.items() if number}
