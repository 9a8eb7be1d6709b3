"""Which pictures a report has: rates in their course, the boxes of each side, the matrix.

Knows what each shows and says the same in words. Refuses to draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports.documents import charts
from reports.documents.document import Table, Tone, Weight
from reports.documents.telling import TONES, in_box
from workflow.domain.tally import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reports.documents.document import Block, Chart, Row
    from reports.documents.telling import Teller
    from reports.figures import Line

#: More units than these are told by the table alone: a picture of them cannot be read.
MOST_UNITS: Final = 24
#: Two boxes of one tone are told apart by their patterns.
_PATTERNS: Final = {Box.NOT_DONE_IN_TIME: "lines"}
_ASIDE: Final = (Box.NO_DUE_DAY, Box.SUSPENDED, Box.WAIVED)


def boxes_of_sides(tell: Teller) -> Chart:
    """The boxes of all tasks and of each side; those outside every rate are drawn as one."""
    report, _ = tell.report, tell.gettext
    lines = [(_("Total"), report.total)]
    lines += [(tell.side(side), side.line) for side in report.sides if side.line.boxes.total]
    fills: list[tuple[tuple[Box, ...], charts.Fill]] = [
        ((box,), charts.Fill(tone=TONES[box], label=tell.box(box), pattern=_PATTERNS.get(box, "")))
        for box in TONES
        if box not in _ASIDE
    ]
    fills.append((_ASIDE, charts.Fill(tone=Tone.IDLE, label=_("Others"))))
    bars = [
        charts.Bar(
            label=label,
            pieces=tuple(_piece(tell, line, boxes, fill) for boxes, fill in fills),
        )
        for label, line in lines
    ]
    said = "; ".join(f"{bar.label}: {_pieces_said(bar)}" for bar in bars)
    return charts.stacked(
        "boxes",
        bars,
        caption=_("Tasks of each side by standing"),
        said=f"{said}.",
        legend=[piece.fill for piece in bars[0].pieces if piece.amount],
    )


def _piece(tell: Teller, line: Line, boxes: Sequence[Box], fill: charts.Fill) -> charts.Piece:
    amount = sum(in_box(line.boxes, box) for box in boxes)
    return charts.Piece(amount=amount, number=tell.say.number(amount), fill=fill)


def _pieces_said(bar: charts.Bar) -> str:
    return ", ".join(
        f"{piece.fill.label.lower()} {piece.number}" for piece in bar.pieces if piece.amount
    )


def rates_in_course(tell: Teller) -> Chart | None:
    """Both rates in the periods before and in this one; None where this one is the first."""
    report, _ = tell.report, tell.gettext
    if not report.course:
        return None
    steps = [(tell.period(step.period), step.line) for step in report.course]
    steps.append((tell.period(report.period), report.total))
    titles = (_("Rate on tasks due"), _("Rate on all assigned"))
    rates = (
        [line.boxes.rate_on_due for _name, line in steps],
        [line.boxes.rate_on_all for _name, line in steps],
    )
    series = [
        (
            title,
            [
                charts.Point(
                    label=name,
                    rate=None if rate is None else float(rate),
                    said=tell.rate(rate),
                )
                for (name, _line), rate in zip(steps, found, strict=True)
            ],
        )
        for title, found in zip(titles, rates, strict=True)
    ]
    said = "; ".join(
        f"{title}: " + ", ".join(f"{point.label} {point.said}" for point in points)
        for title, points in series
    )
    return charts.columns("course", series, caption=_("Rates by period"), said=f"{said}.")


def at_a_glance(tell: Teller, blocks: Iterable[Block]) -> Iterable[Block]:
    """The matrix, with a picture before each table that is small enough to be read as one."""
    for number, block in enumerate(blocks):
        if isinstance(block, Table):
            rows = [row for row in block.rows if row.weight is Weight.BODY]
            if len(rows) <= MOST_UNITS:
                yield _fields(tell, block, rows, name=f"matrix{number}")
        yield block


def _fields(tell: Teller, table: Table, rows: Sequence[Row], *, name: str) -> Chart:
    _ = tell.gettext
    fills = {
        tone: charts.Fill(tone=tone, label=_words(tell, tone))
        for tone in dict.fromkeys(TONES.values())
    }
    squares = [
        (
            row.cells[0].text,
            [
                charts.Square(sign=cell.text, fill=fills[cell.tone]) if cell.text else None
                for cell in row.cells[1:]
            ],
        )
        for row in rows
    ]
    met = {one.fill.tone for _name, row in squares for one in row if one is not None}
    return charts.matrix(
        name,
        squares,
        heads=[column.title for column in table.columns[1:]],
        caption=table.caption,
        said=_("The table below says the same: a row for each unit, a column for each obligation."),
        legend=[fill for tone, fill in fills.items() if tone in met],
    )


def _words(tell: Teller, tone: Tone) -> str:
    # The signs themselves are explained above the table.
    return ", ".join(tell.box(box) for box in TONES if TONES[box] is tone)
