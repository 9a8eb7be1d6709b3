"""The chapter of results: each side, the comparison, the duties and who is behind.

Refuses to reckon: every figure comes from the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.documents.articles_told import published
from reports.documents.document import Align, Cell, Column, Heading, Row, Table, Text, Weight
from reports.documents.subscriptions_told import subscribing
from reports.documents.telling import NONE
from reports.narrating.sentences import ARTICLES, BUYING
from reports.narrating.worded import below_heading, people, results_told
from reports.quarterly import Compared, Paragraph
from workflow.domain.instructing import is_instruction
from workflow.domain.tally import Box

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.documents.document import Block
    from reports.documents.telling import Teller
    from reports.quarterly import Comparison, Duty, Side


def results(tell: Teller) -> list[Block]:
    """The second chapter: in general, each side's duties, topics, and people's remarks."""
    report, _ = tell.report, tell.gettext
    blocks: list[Block] = [
        Heading(text=_("Results")),
        Heading(text=_("In general"), level=2),
        *results_told(tell),
        _sides(tell),
        Text(text=_("Others: no due day, suspended, waived."), weight=Weight.NOTE),
        *_overdue(tell),
        Text(
            text=_(
                "The periods compared are judged at their own cut-off, with the verdicts known at"
                " {as_of:instant}; they may therefore differ from reports issued earlier.",
                as_of=report.as_of,
            ),
            weight=Weight.NOTE,
        ),
        _compared(tell),
    ]
    for side in report.sides:
        title = _("Duties of {name}", name=tell.side(side))
        blocks += [Heading(text=title, level=2), *results_told(tell, side.code)]
        blocks += _duties(tell, side)
    blocks += below_heading(subscribing(tell), results_told(tell, BUYING))
    if report.topics:
        blocks += [Heading(text=_("By topic"), level=2), _topics(tell)]
    blocks += below_heading(published(tell), results_told(tell, ARTICLES))
    return [
        *blocks,
        Heading(text=_("Remarks on the results"), level=2),
        *people(tell, Paragraph.RESULTS),
    ]


def _sides(tell: Teller) -> Table:
    _ = tell.gettext
    return Table(
        caption=_("Tasks of each side"),
        columns=(Column(title=_("Side"), width=2.6), *tell.short_columns()),
        rows=(
            *(
                Row(
                    cells=(
                        Cell(text=tell.side(side)),
                        *tell.short_cells(side.line),
                    )
                )
                for side in tell.report.sides
            ),
            Row(
                cells=(Cell(text=_("Total")), *tell.short_cells(tell.report.total)),
                weight=Weight.TOTAL,
            ),
        ),
        is_small=True,
    )


def _overdue(tell: Teller) -> Iterable[Block]:
    _ = tell.gettext
    bands = [
        f"{tell.band(band)}: {tell.say.number(number)}"
        for band, number in enumerate(tell.report.total.overdue)
        if number
    ]
    if bands:
        yield Text(text=_("Overdue by length: {bands}.", bands="; ".join(bands)))


def _compared(tell: Teller) -> Table:
    report, _ = tell.report, tell.gettext
    columns = (
        Column(title=_("Span"), width=3.6),
        Column(title=_("Total"), align=Align.RIGHT),
        Column(title=_("Done"), align=Align.RIGHT),
        Column(title=tell.box(Box.NOT_DONE_OVERDUE), align=Align.RIGHT),
        Column(title=_("Rate on tasks due"), align=Align.RIGHT),
        Column(title=_("This period against it (points)"), align=Align.RIGHT),
        Column(title=_("Rate on all assigned"), align=Align.RIGHT),
    )
    this = Row(
        cells=(
            Cell(text=_("This period: {name}", name=tell.period_within(report.period))),
            *_compared_cells(tell, None),
        ),
        weight=Weight.TOTAL,
    )
    rows = (
        Row(cells=(Cell(text=_span(tell, one)), *_compared_cells(tell, one)))
        for one in report.comparisons
    )
    return Table(caption=_("Comparison"), columns=columns, rows=(this, *rows), is_small=True)


def _compared_cells(tell: Teller, one: Comparison | None) -> tuple[Cell, ...]:
    line = tell.report.total if one is None else one.line
    if line is None:
        return tuple(Cell(text=NONE) for _ in range(6))
    here, there = tell.report.total.boxes.rate_on_due, line.boxes.rate_on_due
    points = NONE
    is_beside = one is not None and one.to in {Compared.PREVIOUS, Compared.SAME_LAST_YEAR}
    if is_beside and here is not None and there is not None:
        points = tell.say.number((here - there) * 100, digits=1)
        points = f"+{points}" if here > there else points.replace("-", "−")
    return (
        tell.count(line.boxes.total),
        tell.count(line.boxes.done),
        tell.count(line.boxes.not_done_overdue),
        Cell(text=tell.rate(there)),
        Cell(text=points),
        Cell(text=tell.rate(line.boxes.rate_on_all)),
    )


def _span(tell: Teller, one: Comparison) -> str:
    _ = tell.gettext
    name = "" if one.period is None else tell.period_within(one.period)
    match one.to:
        case Compared.PREVIOUS:
            return _("Previous period: {name}", name=name)
        case Compared.SAME_LAST_YEAR:
            return _("Same period last year: {name}", name=name)
        case Compared.YEAR_TO_DATE:
            return _("Cumulative in the year: {name}", name=name)
        case Compared.PROGRAMME:
            return _("Cumulative since {from_on:day}, each task once", from_on=one.from_on)


def _duties(tell: Teller, side: Side) -> Iterable[Block]:
    _ = tell.gettext
    if not side.duties:
        yield Text(text=_("No task of this side falls into the period."))
        return
    yield Table(
        caption=_("Duties of {name}", name=tell.side(side)),
        columns=(
            Column(title=_("Duty"), width=4.6),
            Column(title=_("Units that have done all / units owing"), align=Align.RIGHT, width=1.2),
            *tell.short_columns()[:-1],
        ),
        rows=(
            *_duty_rows(tell, side.duties),
            Row(
                cells=(
                    Cell(text=_("Total")),
                    Cell(text=""),
                    *tell.short_cells(side.line)[:-1],
                ),
                weight=Weight.TOTAL,
            ),
        ),
        is_small=True,
    )
    behind = [duty for duty in side.duties if duty.defaulters]
    if behind:
        yield Table(
            caption=_("Units with overdue tasks, by name"),
            columns=(
                Column(title=_("Duty"), width=3),
                Column(title=_("Units"), align=Align.RIGHT, width=0.7),
                Column(title=_("Names"), width=6),
            ),
            rows=tuple(
                Row(
                    cells=(
                        Cell(text=duty.title),
                        Cell(text=tell.say.number(len(duty.defaulters))),
                        Cell(text=tell.units(duty.defaulters)),
                    )
                )
                for duty in behind
            ),
            is_small=True,
        )


def _duty_rows(tell: Teller, duties: Iterable[Duty]) -> Iterable[Row]:
    """What was agreed, then under a heading of their own the instructions of leaders."""
    asked = []
    for duty in duties:
        if is_instruction(code=duty.code, clause=duty.clause):
            asked.append(duty)
        else:
            yield _duty(tell, duty, where=tell.clause(duty))
    if asked:
        heading = Cell(text=tell.gettext("Instructions of leaders"))
        yield Row(cells=(heading,), weight=Weight.GROUP)
        yield from (_duty(tell, duty, where=duty.clause_place) for duty in asked)


def _duty(tell: Teller, duty: Duty, *, where: str) -> Row:
    return Row(
        cells=(
            Cell(text=f"{duty.title} ({where})" if where else duty.title),
            Cell(text=tell.fraction(duty.units_met, duty.units_owing)),
            *tell.short_cells(duty.line)[:-1],
        )
    )


def _topics(tell: Teller) -> Table:
    _ = tell.gettext
    return Table(
        caption=_("Tasks by topic"),
        columns=(Column(title=_("Topic"), width=3.4), *tell.short_columns()),
        rows=(
            *(
                Row(
                    cells=(
                        Cell(text=topic.title or _("Without a topic")),
                        *tell.short_cells(topic.line),
                    )
                )
                for topic in tell.report.topics
            ),
            Row(
                cells=(Cell(text=_("Total")), *tell.short_cells(tell.report.total)),
                weight=Weight.TOTAL,
            ),
        ),
        is_small=True,
    )
