"""The words of a record: from its value to a document, ready for any format.

Knows what somebody needs to argue with a figure: every task with its days, verdicts,
reasons, concessions and doubts. Refuses to reckon: every figure comes from the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from reports.documents.document import (
    Align,
    Cell,
    Closing,
    Column,
    Document,
    Head,
    Heading,
    Row,
    Section,
    Table,
    Text,
    Tone,
    Weight,
)
from reports.documents.marking import counted
from reports.documents.profiles import profile_on
from reports.documents.task_lists import last_due_on, named, reasons
from reports.documents.telling import NONE, TONES, Namer
from reports.records.record import About, sha256, written
from workflow.domain.tally import Box
from workflow.domain.timeliness import day_of
from workflow.i18n import official_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reports.documents.document import Block
    from reports.quarterly import TaskLine
    from reports.records.record import Record


def namer_of(record: Record, lang: str) -> Namer:
    """The language of a record, with the names that stand in it."""
    return Namer(zone=record.zone, lang=lang, units=record.units, duties=record.duties)


def record_document(record: Record, *, lang: str) -> Document:
    """The whole record in a language."""
    tell = namer_of(record, lang)
    _, said = tell.gettext, record.letterhead
    day = day_of(record.as_of, ZoneInfo(record.zone))
    profile = profile_on(said.issuer, day)
    place = f"{said.place}, " if said.place else ""
    is_unit = record.about is About.UNIT
    return Document(
        lang=lang,
        profile=profile,
        head=Head(
            superior=said.superior.upper(),
            body=said.body.upper(),
            number="",
            motto=tuple(line for line, _ in profile.motto),
            place_and_day=f"{place}{official_day(day)}",
        ),
        title=_("RECORD OF A UNIT") if is_unit else _("RECORD OF AN OBLIGATION"),
        subtitle=_(
            "{name}, {title}, {period}",
            name=record.name if is_unit else tell.duty(record.key),
            title=record.agreement.title,
            period=tell.period_within(record.period),
        ),
        mark=_("SIMULATED DATA") if record.is_simulated else "",
        footer=f"{record.agreement.code} · {tell.period(record.period)} ·"
        f" SHA-256 {sha256(written(record))[:16]}",
        sections=(
            Section(blocks=counted(_figures(tell, record), profile.marks)),
            Section(
                blocks=(
                    Heading(text=_("Every task of the period")),
                    *_tasks(tell, record),
                    Heading(text=_("Evidence and verdicts")),
                    *_verdicts(tell, record),
                    Heading(text=_("Open doubts")),
                    *_doubts(tell, record),
                ),
                is_wide=True,
                begins_page=True,
            ),
        ),
        closing=Closing(authority=(), post="", signer="", recipients_title="", recipients=()),
    )


def record_fields(told: Document) -> Mapping[str, Any]:
    """The values of the fields of the built-in Word template."""
    head, closing = told.head, told.closing
    return {
        "superior": head.superior,
        "body": head.body,
        "number": head.number,
        "place_and_day": head.place_and_day,
        "title": told.title,
        "subject": told.subtitle,
        "mark": told.mark,
        "footer": told.footer,
        "authority": list(closing.authority),
        "post": closing.post,
        "signer": closing.signer,
        "recipients_title": closing.recipients_title,
        "recipients": list(closing.recipients),
    }


def standing_on(tell: Namer, record: Record) -> str:
    """Which instants a record takes, and whether an issued report has them too."""
    _ = tell.gettext
    if record.report is not None:
        return _(
            "Figures of the issued report No. {number} (SHA-256 {sha256}), cut off at"
            " {cut_off:instant}, verdicts and decisions known at {as_of:instant}.",
            number=record.report.number,
            sha256=record.report.sha256[:16],
            cut_off=record.cut_off,
            as_of=record.as_of,
        )
    return _(
        "No report on this period is issued. Figures cut off at {cut_off:instant}; verdicts and"
        " decisions known at {as_of:instant}.",
        cut_off=record.cut_off,
        as_of=record.as_of,
    )


def rates_said(tell: Namer, record: Record) -> str:
    """Both rates with their formulas, or that there is none."""
    boxes, _ = record.total.boxes, tell.gettext
    if not boxes.total:
        return _("No task falls into this period, and none was carried over.")
    on_all = _(
        "Rate on all assigned (done ÷ total): {rate:percent} ({done:number}/{total:number}).",
        rate=boxes.rate_on_all,
        done=boxes.done,
        total=boxes.total,
    )
    if boxes.rate_on_due is None:
        return f"{_('No task was due yet, so there is no rate on tasks due.')} {on_all}"
    on_due = _(
        "Rate on tasks due (done ÷ (done + overdue + awaiting past due)): {rate:percent}"
        " ({done:number}/{due:number}).",
        rate=boxes.rate_on_due,
        done=boxes.done,
        due=boxes.due,
    )
    return f"{on_due} {on_all}"


def _figures(tell: Namer, record: Record) -> Iterable[Block]:
    _ = tell.gettext
    yield Text(text=standing_on(tell, record), weight=Weight.NOTE)
    if record.is_partial:
        yield Text(
            text=_("Only the tasks that the reader may see are counted here."), weight=Weight.NOTE
        )
    yield Heading(text=_("In figures"))
    yield Text(text=rates_said(tell, record))
    boxes, before = record.total.boxes, record.before.boxes
    yield Table(
        caption=_("Tasks by standing, beside the period before"),
        columns=(
            Column(title=_("Standing"), width=4),
            Column(title=_("This period"), align=Align.RIGHT),
            Column(title=_("Previous period"), align=Align.RIGHT),
        ),
        rows=(
            *(
                Row(
                    cells=(
                        Cell(text=tell.box(box)),
                        tell.count(getattr(boxes, box.value), tone),
                        tell.count(getattr(before, box.value)),
                    )
                )
                for box, tone in TONES.items()
            ),
            Row(
                cells=(
                    Cell(text=_("Total")),
                    tell.count(boxes.total),
                    tell.count(before.total),
                ),
                weight=Weight.TOTAL,
            ),
        ),
    )
    is_unit = record.about is About.UNIT
    lines = (
        [(tell.duty(one.code), one.line) for one in record.duties]
        if is_unit
        else [(one.name, one.line) for one in record.units]
    )
    yield Table(
        caption=_("Each obligation") if is_unit else _("Each unit"),
        columns=(
            Column(title=_("Obligation") if is_unit else _("Unit"), width=3),
            *tell.short_columns(),
        ),
        rows=(
            *(Row(cells=(Cell(text=name), *tell.short_cells(line))) for name, line in lines),
            Row(
                cells=(Cell(text=_("Total")), *tell.short_cells(record.total)),
                weight=Weight.TOTAL,
            ),
        ),
        is_small=True,
    )
    yield Text(text=_("Others: no due day, suspended, waived."), weight=Weight.NOTE)
    yield Text(
        text=_(
            "Whoever finds something wrong here says so on the page of the task, naming its number:"
            " evidence, due day, verdict and reason stand there with everything that was done."
        )
    )


def _tasks(tell: Namer, record: Record) -> Iterable[Block]:
    _ = tell.gettext
    if not record.tasks:
        yield Text(text=_("No task falls into this period, and none was carried over."))
        return
    is_unit = record.about is About.UNIT
    yield Table(
        caption=_("Each task with its days, as it is counted"),
        columns=(
            Column(title=_("Task number"), width=0.8, align=Align.RIGHT),
            Column(title=_("Obligation") if is_unit else _("Unit"), width=3),
            Column(title=_("For"), width=1.4),
            Column(title=_("Original due day"), width=1.2, align=Align.RIGHT),
            Column(title=_("Due day"), width=1.2, align=Align.RIGHT),
            Column(title=_("Handed in on"), width=1.2, align=Align.RIGHT),
            Column(title=_("Done on"), width=1.2, align=Align.RIGHT),
            Column(title=_("Standing"), width=1.7),
            Column(title=_("Days late"), width=0.8, align=Align.RIGHT),
            Column(title=_("Reasons and extensions"), width=3.2),
        ),
        rows=tuple(_row(tell, one, is_unit=is_unit) for one in record.tasks),
        is_small=True,
    )


def _row(tell: Namer, one: TaskLine, *, is_unit: bool) -> Row:
    tone = TONES.get(one.box, Tone.IDLE)
    said = reasons(tell, one) if has_reasons(one) else ""
    return Row(
        cells=(
            Cell(text=str(one.id)),
            Cell(text=tell.duty(one.obligation) if is_unit else named(tell, one)),
            Cell(text=tell.occasion(one.occasion)),
            Cell(text=tell.day(one.original_due_on)),
            Cell(text=tell.day(last_due_on(one))),
            Cell(text=tell.day(one.submitted_on)),
            Cell(text=tell.day(one.done_on)),
            Cell(text=tell.box(one.box), tone=tone),
            Cell(text=tell.number(one.days_late)),
            Cell(text=said),
        )
    )


def has_reasons(one: TaskLine) -> bool:
    """Whether something was asked, returned or noticed late, or a reason is owed."""
    is_late = one.box in {Box.DONE_LATE, Box.NOT_DONE_OVERDUE}
    return is_late or bool(one.concessions or one.returned or one.late_notice_on)


def _verdicts(tell: Namer, record: Record) -> Iterable[Block]:
    _ = tell.gettext
    if not record.verdicts:
        yield Text(text=_("No evidence was judged for these tasks."))
        return
    whose = {one.id: one for one in record.tasks}
    yield Table(
        caption=_("What the checks said of each item, with their reasons"),
        columns=(
            Column(title=_("Task number"), width=0.8, align=Align.RIGHT),
            Column(title=_("For"), width=1.2),
            Column(title=_("File"), width=2.6),
            Column(title=_("Verdict"), width=1),
            Column(title=_("Reason"), width=4),
            Column(title=_("Judged at"), width=1.5),
            Column(title=_("SHA-256"), width=1.2),
        ),
        rows=tuple(
            Row(
                cells=(
                    Cell(text=str(one.task)),
                    Cell(text=tell.occasion(whose[one.task].occasion)),
                    Cell(text=one.name or one.requirement),
                    Cell(text=tell.say.word(one.outcome)),
                    Cell(text="; ".join(tell.reason(reason) for reason in one.reasons) or NONE),
                    Cell(text=tell.say.instant(one.decided_at)),
                    Cell(text=one.sha256[:12] if one.sha256 else NONE),
                )
            )
            for one in record.verdicts
        ),
        is_small=True,
    )


def _doubts(tell: Namer, record: Record) -> Iterable[Block]:
    _ = tell.gettext
    if not record.doubts:
        yield Text(text=_("No accepted task is in doubt."))
        return
    yield Table(
        caption=_("Accepted tasks in doubt"),
        columns=(
            Column(title=_("Task number"), width=0.8, align=Align.RIGHT),
            Column(title=_("For"), width=1.2),
            Column(title=_("Raised on"), width=1.2, align=Align.RIGHT),
            Column(title=_("Reason"), width=5),
        ),
        rows=tuple(
            Row(
                cells=(
                    Cell(text=str(one.task)),
                    Cell(text=tell.occasion(one.occasion)),
                    Cell(text=tell.day(one.raised_on)),
                    Cell(text=tell.reason(one.reason)),
                )
            )
            for one in record.doubts
        ),
        is_small=True,
    )
