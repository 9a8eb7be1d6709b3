"""A report as a workbook: the summary with native charts, every line, every task, the notes.

Knows which sheets there are and what stands in them; numbers are numbers. The same value
gives the same bytes. Refuses to reckon: every figure comes from the value.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from reports.documents.annexes import method
from reports.documents.chapters import document
from reports.documents.colophon import FONT
from reports.documents.content_sheets import articles_sheet, subscriptions_sheet
from reports.documents.document import Facts, Heading, Text, Tone
from reports.documents.inks import INKS
from reports.documents.profiles import FONTS
from reports.documents.task_lists import last_due_on, late_tasks, named, reasons
from reports.documents.telling import NONE, TONES, Teller, capital, in_box
from reports.documents.workbook import Heads, Workbook, table_sheet
from workflow.domain.tally import Box

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.documents.document import Document
    from reports.documents.workbook import Sheet, Value
    from reports.figures import Line
    from reports.quarterly import Report, TaskLine

#: The patterns of a chart's surfaces, by what a surface of our own drawing is filled with.
_PATTERNS: Final = {
    Box.DONE_LATE: "wide_upward_diagonal",
    Box.AWAITING: "percent_20",
    Box.NOT_DONE_IN_TIME: "narrow_horizontal",
    Box.NOT_DONE_OVERDUE: "trellis",
}


def render_xlsx(report: Report, *, lang: str, template: bytes | None = None) -> bytes:
    """The report as .xlsx; it bears the report's own instant, never the clock's."""
    del template
    buffer = BytesIO()
    write_workbook(buffer, report, lang=lang, tasks=report.tasks)
    return buffer.getvalue()


def write_workbook(
    buffer: BytesIO, report: Report, *, lang: str, tasks: Iterable[TaskLine]
) -> None:
    """The same into a buffer; ``tasks`` are taken one by one, however many there are."""
    told = document(report, lang=lang)
    tell = Teller(report, lang)
    _ = tell.gettext
    book = Workbook(
        buffer,
        report,
        title=f"{told.title} {told.subtitle}"[:255],
        author=told.head.body[:255],
    )
    _summary(book, tell, told)
    _duties(book, tell)
    _units(book, tell)
    subscriptions_sheet(book, tell)
    articles_sheet(book, tell)
    _late(book, tell)
    _tasks(book, tell, tasks)
    _notes(book, tell, told)
    book.close()


def _summary(book: Workbook, tell: Teller, told: Document) -> None:
    report, _ = tell.report, tell.gettext
    heads = [Heads(title=_("Side"), width=30), *_line_heads(tell)]
    sheet = book.sheet(_("Summary"))
    for place, head in enumerate(heads):
        sheet.made.set_column(place, place, head.width)
    sheet.line(f"{told.title} {told.subtitle}", "title")
    sheet.line(f"{told.head.body} · {told.head.number} · {told.head.place_and_day}")
    if told.mark:
        sheet.line(told.mark, "strong")
    sheet.line(
        _(
            "Figures cut off at {cut_off:instant}; verdicts and decisions known at"
            " {as_of:instant}.",
            cut_off=report.cut_off,
            as_of=report.as_of,
        )
    )
    sheet.row += 1
    sheet.line(_("Tasks of each side"), "strong")
    sheet.heads(heads)
    first = sheet.row
    for side in report.sides:
        sheet.cells((tell.side(side), *_line(side.line)))
    last = sheet.row - 1
    sheet.cells((_("Total"), *_line(report.total)), is_total=True)
    sheet.row += 1
    steps = [(tell.period(step.period), step.line) for step in report.course]
    steps.append((tell.period(report.period), report.total))
    sheet.line(_("Rates by period"), "strong")
    sheet.heads([Heads(title=_("Span")), *_line_heads(tell)])
    begins = sheet.row
    for name, line in steps:
        sheet.cells((name, *_line(line)))
    ends = sheet.row - 1
    name = sheet.made.get_name()
    _boxes_chart(book, tell, sheet, (name, first, last), at=ends + 2)
    _rates_chart(book, tell, sheet, (name, begins, ends), at=ends + 2)


def _boxes_chart(
    book: Workbook, tell: Teller, sheet: Sheet, rows: tuple[str, int, int], *, at: int
) -> None:
    name, first, last = rows
    if last < first:
        return
    chart: Any = book.book.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for place, box in enumerate(TONES):
        column = 4 + place
        ink = INKS[TONES[box]]
        fill: dict[str, Any] = {"border": {"color": ink.ink}}
        if box is Box.DONE_ON_TIME:
            fill["fill"] = {"color": ink.ink}
        elif box in _PATTERNS:
            pattern = {"pattern": _PATTERNS[box], "fg_color": ink.ink, "bg_color": ink.soft}
            fill["pattern"] = pattern
        else:
            fill["fill"] = {"color": ink.soft}
        chart.add_series(
            {
                "name": tell.box(box),
                "categories": [name, first, 0, last, 0],
                "values": [name, first, column, last, column],
                "gap": 60,
                **fill,
            }
        )
    chart.set_title({"name": tell.gettext("Tasks of each side by standing"), **_TITLE})
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 620, "height": 320})
    sheet.made.insert_chart(at, 0, chart, {"description": tell.gettext("Tasks of each side")})


def _rates_chart(
    book: Workbook, tell: Teller, sheet: Sheet, rows: tuple[str, int, int], *, at: int
) -> None:
    name, first, last = rows
    chart: Any = book.book.add_chart({"type": "column"})
    wide = 4 + len(TONES)
    titles = (tell.gettext("Rate on tasks due"), tell.gettext("Rate on all assigned"))
    tones = (Tone.DONE, Tone.RUNNING)
    for place, (title, tone) in enumerate(zip(titles, tones, strict=True)):
        ink = INKS[tone]
        pattern = {"pattern": "percent_20", "fg_color": ink.ink, "bg_color": ink.soft}
        fill = {"pattern": pattern} if place else {"fill": {"color": ink.ink}}
        chart.add_series(
            {
                "name": title,
                "categories": [name, first, 0, last, 0],
                "values": [name, first, wide + place, last, wide + place],
                "data_labels": {"value": True},
                "border": {"color": ink.ink},
                **fill,
            }
        )
    chart.set_title({"name": tell.gettext("Rates by period"), **_TITLE})
    chart.set_y_axis({"min": 0, "max": 1, "num_format": "0%"})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 560, "height": 320})
    sheet.made.insert_chart(at, 6, chart, {"description": tell.gettext("Rates by period")})


_TITLE: Final = {"name_font": {"size": 12, "bold": True}, "overlay": False}


def _duties(book: Workbook, tell: Teller) -> None:
    _ = tell.gettext
    heads = [
        Heads(title=_("Obligation"), width=12),
        Heads(title=_("Title"), width=40),
        Heads(title=_("Clause"), width=18),
        Heads(title=_("Units that have done all")),
        Heads(title=_("Units owing")),
        *_line_heads(tell),
    ]
    table_sheet(
        book,
        tell,
        (_("By obligation"), _("Tasks by obligation")),
        heads,
        (
            (
                duty.code,
                duty.title,
                tell.clause(duty),
                duty.units_met,
                duty.units_owing,
                *_line(duty.line),
            )
            for duty in tell.report.duties
        ),
        total=(_("Total"), None, None, None, None, *_line(tell.report.total)),
    )


def _units(book: Workbook, tell: Teller) -> None:
    _ = tell.gettext
    sides = {side.code: tell.side(side) for side in tell.report.sides}
    table_sheet(
        book,
        tell,
        (_("By unit"), _("Tasks by unit")),
        [
            Heads(title=_("Unit"), width=40),
            Heads(title=_("Side"), width=24),
            *_line_heads(tell),
        ],
        ((unit.name, sides.get(unit.party, NONE), *_line(unit.line)) for unit in tell.report.units),
        total=(_("Total"), None, *_line(tell.report.total)),
    )


def _late(book: Workbook, tell: Teller) -> None:
    _ = tell.gettext
    heads = [
        Heads(title=_("Unit"), width=36),
        Heads(title=_("Obligation"), width=40),
        Heads(title=_("For"), width=16),
        Heads(title=_("Original due day"), width=13),
        Heads(title=_("Due day"), width=13),
        Heads(title=_("Standing"), width=20),
        Heads(title=_("Done on"), width=13),
        Heads(title=_("Days late")),
        Heads(title=_("Reasons and extensions"), width=60),
    ]
    table_sheet(
        book,
        tell,
        (_("Late tasks"), _("Late tasks, with reasons and extensions")),
        heads,
        (
            (
                named(tell, task),
                tell.duty(task.obligation),
                tell.occasion(task.occasion),
                task.original_due_on,
                last_due_on(task),
                tell.box(task.box),
                task.done_on,
                task.days_late,
                reasons(tell, task),
            )
            for task in late_tasks(tell.report)
        ),
    )


def _tasks(book: Workbook, tell: Teller, tasks: Iterable[TaskLine]) -> None:
    _ = tell.gettext
    heads = [
        Heads(title=_("Unit"), width=36),
        Heads(title=_("Obligation"), width=12),
        Heads(title=_("Title"), width=40),
        Heads(title=_("For"), width=16),
        Heads(title=_("Standing"), width=22),
        Heads(title=_("Counted as"), width=16),
        Heads(title=_("Original due day"), width=13),
        Heads(title=_("Due day"), width=13),
        Heads(title=_("Handed in on"), width=13),
        Heads(title=_("Done on"), width=13),
        Heads(title=_("Days late")),
        Heads(title=_("Evidence")),
    ]
    titles = {duty.code: duty.title for duty in tell.report.duties}
    words = {box: tell.box(box) for box in Box}
    table_sheet(
        book,
        tell,
        (_("Tasks"), _("Every task of the period")),
        heads,
        (
            (
                named(tell, task),
                task.obligation,
                titles.get(task.obligation, ""),
                tell.occasion(task.occasion),
                words[task.box],
                capital(tell.say.word(task.share)),
                task.original_due_on,
                last_due_on(task),
                task.submitted_on,
                task.done_on,
                task.days_late,
                len(task.evidence),
            )
            for task in tasks
        ),
    )


def _notes(book: Workbook, tell: Teller, told: Document) -> None:
    _ = tell.gettext
    sheet = book.sheet(_("Notes"))
    sheet.made.set_column(0, 0, 46)
    sheet.made.set_column(1, 1, 90)
    for block in method(tell, told.profile):
        match block:
            case Heading():
                sheet.line(block.text, "strong")
            case Text():
                sheet.made.merge_range(sheet.row, 0, sheet.row, 1, block.text, book.look["said"])
                sheet.made.set_row(sheet.row, 15 * (1 + len(block.text) // 130))
                sheet.row += 1
            case Facts():
                for label, said in block.pairs:
                    sheet.cells((label, said.replace(FONT, FONTS[0])))
            case _:
                continue


def _line_heads(tell: Teller) -> list[Heads]:
    return [Heads(title=column.title, width=11) for column in tell.whole_columns()]


def _line(line: Line) -> tuple[Value, ...]:
    """A line's figures, in the order of ``Teller.whole_columns``."""
    boxes = line.boxes
    on_due, on_all = boxes.rate_on_due, boxes.rate_on_all
    return (
        boxes.total,
        line.carried_over,
        line.assigned,
        *(in_box(boxes, box) for box in TONES),
        NONE if on_due is None else on_due,
        NONE if on_all is None else on_all,
    )
