"""Units against obligations, a sign for each: the whole period at a glance.

Knows which box speaks for a pair that has tasks in several. Refuses to count anew.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from reports.documents.document import Align, Cell, Column, Row, Table, Text, Weight
from reports.documents.telling import SIGNS, TONES, in_box
from workflow.domain.tally import Box

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.documents.document import Block
    from reports.documents.telling import Teller
    from reports.figures import Line

#: Which box speaks for a pair, the most pressing first.
_SPEAKS: Final = (
    Box.NOT_DONE_OVERDUE,
    Box.AWAITING,
    Box.NOT_DONE_IN_TIME,
    Box.DONE_LATE,
    Box.DONE_ON_TIME,
    Box.NO_DUE_DAY,
    Box.SUSPENDED,
    Box.WAIVED,
)
#: So many obligations fit on a page beside the units' names.
_ABREAST: Final = 24
#: So many letters of a title stand upright above a column, in two lines.
_LETTERS: Final = 48


def matrix(tell: Teller) -> Iterable[Block]:
    """The signs of every unit and obligation, and what they mean."""
    report, _ = tell.report, tell.gettext
    lines = {
        (pair.unit, pair.obligation): pair.line
        for pair in report.pairs
        if most_pressing(pair.line) is not None
    }
    if not lines:
        yield Text(text=_("No task falls into this period, and none was carried over."))
        return
    yield Text(text=_legend(tell), weight=Weight.NOTE)
    # An obligation of which nothing was owed has its row in the first annex and no column here.
    owed = {code for _unit, code in lines}
    titles = {duty.code: duty.title for duty in report.duties if duty.code in owed}
    codes = list(titles)
    for first in range(0, len(codes), _ABREAST):
        abreast = codes[first : first + _ABREAST]
        rows: list[Row] = []
        for side in report.sides:
            units = [
                unit
                for unit in report.units
                if unit.party == side.code and any((unit.key, code) in lines for code in abreast)
            ]
            if units:
                name = Cell(text=tell.side(side))
                rows.append(Row(cells=(name,), weight=Weight.GROUP))
            rows += [
                Row(
                    cells=(
                        Cell(text=unit.name),
                        *(_cell(lines.get((unit.key, code))) for code in abreast),
                    )
                )
                for unit in units
            ]
        if rows:
            yield Table(
                caption=_(
                    "Obligations {first} to {last} of {count}",
                    first=first + 1,
                    last=first + len(abreast),
                    count=len(codes),
                ),
                columns=(
                    Column(title=_("Unit"), width=6),
                    *(
                        Column(title=shortened(titles[code]), align=Align.CENTRE, is_upright=True)
                        for code in abreast
                    ),
                ),
                rows=tuple(rows),
                is_small=True,
            )


def _legend(tell: Teller) -> str:
    told: dict[str, list[str]] = {}
    for box in _SPEAKS:
        told.setdefault(SIGNS[box], []).append(tell.say.word(box))
    signs = "; ".join(f"{sign} {', '.join(words)}" for sign, words in told.items())
    return tell.gettext(
        "Signs: {signs}. Where a unit has several tasks of an obligation, the most pressing is"
        " shown with the number of such tasks; an empty field means that nothing was owed.",
        signs=signs,
    )


def shortened(title: str) -> str:
    """A title as it heads a column: cut between two words where it is long."""
    return textwrap.shorten(title, _LETTERS, placeholder=" …")


def most_pressing(line: Line) -> tuple[Box, int] | None:
    """The box that speaks for a line and how many tasks it holds; None where it has none."""
    for box in _SPEAKS:
        number = in_box(line.boxes, box)
        if number:
            return box, number
    return None


def _cell(line: Line | None) -> Cell:
    spoken = None if line is None else most_pressing(line)
    if spoken is None:
        return Cell(text="")
    box, number = spoken
    return Cell(text=f"{SIGNS[box]}{number if number > 1 else ''}", tone=TONES[box])
