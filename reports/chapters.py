"""The chapters of a report: opening, direction, results, assessment, plans, proposals.

Knows the order in which a leader reads (domain.md §6) and where people write. Refuses to
reckon: every figure comes from the value.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reports.annexes import annexes
from reports.document import (
    Align,
    Bar,
    Cell,
    Column,
    Document,
    Facts,
    Heading,
    Part,
    Row,
    Section,
    Table,
    Text,
    Weight,
)
from reports.quarterly import Paragraph, sha256, written
from reports.results import people, results
from reports.telling import TONES, Teller, capital, in_box

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.document import Block
    from reports.quarterly import Report


def document(report: Report, *, lang: str) -> Document:
    """The whole report in a language, ready for any format."""
    tell = Teller(report, lang)
    _ = tell.gettext
    period = tell.period_within(report.period)
    body = [
        *_opening(tell),
        *_summary(tell),
        Heading(text=_("I. Leadership and direction")),
        people(tell, Paragraph.DIRECTION),
        *results(tell),
        Heading(text=_("III. Assessment")),
        Heading(text=_("1. Strengths"), level=2),
        people(tell, Paragraph.STRENGTHS),
        Heading(text=_("2. Shortcomings"), level=2),
        people(tell, Paragraph.SHORTCOMINGS),
        Heading(text=_("3. Causes"), level=2),
        people(tell, Paragraph.CAUSES),
        Heading(text=_("IV. Plans for the coming period")),
        people(tell, Paragraph.PLANS),
        Heading(text=_("V. Proposals")),
        people(tell, Paragraph.PROPOSALS),
        *_ending(tell),
    ]
    return Document(
        lang=lang,
        title=_title(tell),
        subtitle=_(
            "on carrying out {title}, {period}", title=report.agreement.title, period=period
        ),
        mark=_mark(tell),
        footer=f"{report.agreement.code} · {tell.period(report.period)} · {_print(report)}",
        page_of=_("Page {page} of {pages}", page="§page§", pages="§pages§"),
        sections=(Section(blocks=tuple(body)), *annexes(tell)),
    )


def _title(tell: Teller) -> str:
    _ = tell.gettext
    if tell.report.addendum is None:
        return _("REPORT")
    return _("ADDENDUM No. {number} TO THE REPORT", number=tell.report.edition - 1)


def _mark(tell: Teller) -> str:
    _ = tell.gettext
    marks = [] if tell.report.issue else [_("DRAFT")]
    if tell.report.is_simulated:
        marks.append(_("SIMULATED DATA"))
    return " · ".join(marks)


def _print(report: Report) -> str:
    """The beginning of the report's hash: which value these pages show."""
    return f"SHA-256 {sha256(written(report))[:16]}"


# --- opening -----------------------------------------------------------------


def _opening(tell: Teller) -> list[Block]:
    report, _ = tell.report, tell.gettext
    last_on = report.period.until_on - timedelta(days=1)
    pairs = [
        (
            _("Reporting period"),
            _(
                "{name} ({from_on:day} – {last_on:day})",
                name=tell.period(report.period),
                from_on=report.period.from_on,
                last_on=last_on,
            ),
        ),
        (_("Parties"), "; ".join(report.agreement.parties)),
        (_("Figures cut off at"), tell.say.instant(report.cut_off)),
        (_("Verdicts and decisions known at"), tell.say.instant(report.as_of)),
        (_("Time zone"), report.zone),
    ]
    if report.issue is not None:
        issue = report.issue
        pairs = [
            (_("Number"), issue.number),
            (_("Issued on"), tell.say.day(issue.issued_on)),
            (
                _("Approved by"),
                _("{name}, {day:day}", name=issue.approved_by, day=issue.approved_on),
            ),
            *pairs,
        ]
    notes: list[Block] = []
    if report.is_simulated:
        notes.append(
            Text(
                text=_(
                    "These figures come from a data folder with a simulated clock: they show how"
                    " the product works and say nothing about any real body."
                ),
                weight=Weight.NOTE,
            )
        )
    if report.agreement.illustrative:
        notes.append(
            Text(text=_("Note: {text}", text=report.agreement.illustrative), weight=Weight.NOTE)
        )
    return [Facts(pairs=tuple(pairs)), Text(text=_ground(tell)), *notes, *_corrections(tell)]


def _ground(tell: Teller) -> str:
    report, _ = tell.report, tell.gettext
    facts = {
        "title": report.agreement.title,
        "period": tell.period_within(report.period),
        "number": report.agreement.number,
        "signed_on": report.agreement.signed_on,
    }
    if report.agreement.number and report.agreement.signed_on:
        return _(
            "Under {title}, No. {number}, signed on {signed_on:day}, this report states what was"
            " carried out in {period}.",
            **facts,
        )
    if report.agreement.signed_on:
        return _(
            "Under {title}, signed on {signed_on:day}, this report states what was carried out in"
            " {period}.",
            **facts,
        )
    return _("Under {title}, this report states what was carried out in {period}.", **facts)


def _corrections(tell: Teller) -> list[Block]:
    addendum, _ = tell.report.addendum, tell.gettext
    if addendum is None:
        return []
    rows = tuple(
        Row(
            cells=(
                Cell(text=capital(_change_place(tell, change.place, change.key))),
                Cell(text=capital(tell.say.word(change.figure))),
                Cell(text=tell.say.number(change.before)),
                Cell(text=tell.say.number(change.after)),
            )
        )
        for change in addendum.changes
    )
    said = _(
        "This addendum corrects report No. {number}. Ground: {ground}",
        number=addendum.number,
        ground=addendum.ground,
    )
    if not rows:
        return [Text(text=said), Text(text=_("No figure differs from the report it corrects."))]
    return [
        Text(text=said),
        Table(
            caption=_("Figures that differ from the report that is corrected"),
            columns=(
                Column(title=_("Line"), width=5),
                Column(title=_("Figure"), width=3),
                Column(title=_("Before"), align=Align.RIGHT),
                Column(title=_("Now"), align=Align.RIGHT),
            ),
            rows=rows,
        ),
    ]


def _change_place(tell: Teller, place: str, key: str) -> str:
    if place == "duty":
        return tell.duty(key)
    if place == "unit":
        return tell.unit(key)
    return tell.gettext("Total")


# --- the figures in short ------------------------------------------------------


def _summary(tell: Teller) -> list[Block]:
    report, _ = tell.report, tell.gettext
    boxes = report.total.boxes
    if not boxes.total:
        return [Text(text=_("No task falls into this period, and none was carried over."))]
    blocks: list[Block] = [
        Bar(
            parts=tuple(
                Part(
                    label=tell.box(box),
                    number=tell.say.number(in_box(boxes, box)),
                    share=in_box(boxes, box) / boxes.total,
                    tone=tone,
                )
                for box, tone in TONES.items()
                if in_box(boxes, box)
            )
        ),
        Text(
            text=_(
                "Tasks: {total:number}, of which {carried:number} carried over and"
                " {assigned:number} assigned in the period. Done: {done:number} ({late:number} of"
                " them late). Awaiting confirmation: {awaiting:number}. Not done, in time:"
                " {in_time:number}. Not done, overdue: {overdue:number}.",
                total=boxes.total,
                carried=report.total.carried_over,
                assigned=report.total.assigned,
                done=boxes.done,
                late=boxes.done_late,
                awaiting=boxes.awaiting,
                in_time=boxes.not_done_in_time,
                overdue=boxes.not_done_overdue,
            )
        ),
        Text(text=_rates(tell)),
    ]
    if report.coverage.gap_count:
        blocks.append(
            Text(
                text=_(
                    "WARNING: the proof of coverage found {count:number} differences between what"
                    " is owed and the tasks counted here; see the annex on coverage.",
                    count=report.coverage.gap_count,
                )
            )
        )
    return blocks


def _rates(tell: Teller) -> str:
    boxes, _ = tell.report.total.boxes, tell.gettext
    on_all = _(
        "Rate on all assigned (done ÷ total): {rate:percent} ({done:number}/{total:number}).",
        rate=boxes.rate_on_all,
        done=boxes.done,
        total=boxes.total,
    )
    if boxes.rate_on_due is None:
        none_due = _("No task was due yet, so there is no rate on tasks due.")
        return f"{none_due} {on_all}"
    on_due = _(
        "Rate on tasks due (done ÷ (done + overdue + awaiting past due)): {rate:percent}"
        " ({done:number}/{due:number}).",
        rate=boxes.rate_on_due,
        done=boxes.done,
        due=boxes.due,
    )
    return f"{on_due} {on_all}"


# --- ending --------------------------------------------------------------------


def _ending(tell: Teller) -> Iterable[Block]:
    report, _ = tell.report, tell.gettext
    if report.issue is None:
        return
    yield Facts(
        pairs=(
            (_("Approved by"), report.issue.approved_by),
            (_("Hash of what was approved (SHA-256)"), report.issue.approved_sha256),
            (_("Head of the journal when issued"), report.issue.journal_head),
        )
    )
