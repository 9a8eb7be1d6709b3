"""The files of a record: PDF, Word, page, workbook and JSON, all of one value.

Knows how each is made; the same value gives the same bytes with the same release and fonts.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

from reports.documents.render_docx import word_of
from reports.documents.render_html import page_of
from reports.documents.render_pdf import pdf_of
from reports.documents.task_lists import last_due_on, named, reasons
from reports.documents.telling import NONE, TONES, in_box
from reports.documents.workbook import Heads, Workbook
from reports.records.record import About, written
from reports.records.text import (
    has_reasons,
    namer_of,
    rates_said,
    record_document,
    record_fields,
    standing_on,
)
from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reports.documents.document import Document
    from reports.documents.telling import Namer
    from reports.documents.workbook import Value
    from reports.figures import Line
    from reports.records.record import Record


def record_file(record: Record, kind: str, *, lang: str) -> bytes:
    """A record in a format. Raises ``Refusal("report.format_unknown")``."""
    if kind not in _FORMATS:
        raise Refusal("report.format_unknown", format=kind, offered=list(_FORMATS))
    return _FORMATS[kind](record, record_document(record, lang=lang))


def _json(record: Record, _told: Document) -> bytes:
    return written(record).encode()


def _html(_record: Record, told: Document) -> bytes:
    return page_of(told)


def _pdf(record: Record, told: Document) -> bytes:
    return pdf_of(told, at=record.as_of)


def _docx(record: Record, told: Document) -> bytes:
    return word_of(told, given=record_fields(told), at=record.as_of)


def _xlsx(record: Record, told: Document) -> bytes:
    buffer = BytesIO()
    tell = namer_of(record, told.lang)
    book = Workbook(
        buffer,
        record,
        title=f"{told.title} {told.subtitle}"[:255],
        author=told.head.body[:255],
    )
    _summary(book, tell, record, told)
    _tasks(book, tell, record, told)
    _verdicts(book, tell, record, told)
    book.close()
    return buffer.getvalue()


def _summary(book: Workbook, tell: Namer, record: Record, told: Document) -> None:
    _ = tell.gettext
    is_unit = record.about is About.UNIT
    heads = [
        Heads(title=_("Obligation") if is_unit else _("Unit"), width=40),
        *(Heads(title=column.title, width=11) for column in tell.whole_columns()),
    ]
    sheet = book.sheet(_("Summary"))
    for place, head in enumerate(heads):
        sheet.made.set_column(place, place, head.width)
    sheet.line(f"{told.title} – {told.subtitle}", "title")
    sheet.line(standing_on(tell, record))
    sheet.line(rates_said(tell, record))
    sheet.row += 1
    sheet.heads(heads)
    lines = (
        [(tell.duty(one.code), one.line) for one in record.duties]
        if is_unit
        else [(one.name, one.line) for one in record.units]
    )
    for name, line in lines:
        sheet.cells((name, *_line(line)))
    sheet.cells((_("Total"), *_line(record.total)), is_total=True)


def _tasks(book: Workbook, tell: Namer, record: Record, told: Document) -> None:
    _ = tell.gettext
    heads = [
        Heads(title=_("Task number"), width=10),
        Heads(title=_("Unit"), width=30),
        Heads(title=_("Obligation"), width=36),
        Heads(title=_("For"), width=16),
        Heads(title=_("Standing"), width=22),
        Heads(title=_("Original due day"), width=13),
        Heads(title=_("Due day"), width=13),
        Heads(title=_("Handed in on"), width=13),
        Heads(title=_("Done on"), width=13),
        Heads(title=_("Days late")),
        Heads(title=_("Reasons and extensions"), width=60),
    ]
    sheet = book.sheet(_("Tasks"), heads=heads, top=2)
    sheet.line(_("Every task of the period"), "title")
    sheet.line(told.subtitle)
    sheet.heads(heads)
    for one in record.tasks:
        sheet.cells(
            (
                str(one.id),
                named(tell, one),
                tell.duty(one.obligation),
                tell.occasion(one.occasion),
                tell.box(one.box),
                one.original_due_on,
                last_due_on(one),
                one.submitted_on,
                one.done_on,
                one.days_late,
                reasons(tell, one) if has_reasons(one) else None,
            )
        )
    sheet.filtered(2, sheet.row - 1, len(heads))


def _verdicts(book: Workbook, tell: Namer, record: Record, told: Document) -> None:
    _ = tell.gettext
    heads = [
        Heads(title=_("Task number"), width=10),
        Heads(title=_("File"), width=40),
        Heads(title=_("Verdict"), width=14),
        Heads(title=_("Reason"), width=70),
        Heads(title=_("Judged at"), width=18),
        Heads(title=_("SHA-256"), width=68),
    ]
    sheet = book.sheet(_("Verdicts"), heads=heads, top=2)
    sheet.line(_("Evidence and verdicts"), "title")
    sheet.line(told.subtitle)
    sheet.heads(heads)
    for one in record.verdicts:
        sheet.cells(
            (
                str(one.task),
                one.name or one.requirement,
                tell.say.word(one.outcome),
                "; ".join(tell.reason(reason) for reason in one.reasons) or None,
                tell.say.instant(one.decided_at),
                one.sha256,
            )
        )
    sheet.filtered(2, sheet.row - 1, len(heads))


def _line(line: Line) -> tuple[Value, ...]:
    """A line's figures, in the order of ``Namer.whole_columns``."""
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


_FORMATS: Final[Mapping[str, Callable[[Record, Document], bytes]]] = {
    "json": _json,
    "html": _html,
    "pdf": _pdf,
    "docx": _docx,
    "xlsx": _xlsx,
}
