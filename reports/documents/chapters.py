"""The chapters of a report: opening, direction, results, assessment, plans, proposals.

Knows the order in which a leader reads (domain.md §6) and where people write. Refuses to
reckon: every figure comes from the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.documents.annexes import annexes
from reports.documents.document import (
    Align,
    Cell,
    Column,
    Document,
    Heading,
    Row,
    Section,
    Table,
    Text,
    Weight,
)
from reports.documents.framing import closing, head, profile_of
from reports.documents.marking import counted
from reports.documents.pictures import boxes_of_sides, rates_in_course
from reports.documents.results import results
from reports.documents.telling import Teller, capital
from reports.narrating.worded import people
from reports.quarterly import Paragraph, sha256, written

if TYPE_CHECKING:
    from reports.documents.document import Block
    from reports.documents.profiles import Profile
    from reports.quarterly import Report


def document(report: Report, *, lang: str) -> Document:
    """The whole report in a language, ready for any format."""
    tell = Teller(report, lang)
    _ = tell.gettext
    profile = profile_of(report)
    body = [
        *_opening(tell),
        *_summary(tell),
        Heading(text=_("Leadership and direction")),
        *people(tell, Paragraph.DIRECTION),
        *results(tell),
        Heading(text=_("Assessment")),
        Heading(text=_("Strengths"), level=2),
        *people(tell, Paragraph.STRENGTHS),
        Heading(text=_("Shortcomings"), level=2),
        *people(tell, Paragraph.SHORTCOMINGS),
        Heading(text=_("Causes"), level=2),
        *people(tell, Paragraph.CAUSES),
        Heading(text=_("Plans for the coming period")),
        *people(tell, Paragraph.PLANS),
        Heading(text=_("Proposals")),
        *people(tell, Paragraph.PROPOSALS),
    ]
    return Document(
        lang=lang,
        profile=profile,
        head=head(tell, profile),
        title=_title(tell),
        subtitle=_subject(tell, profile),
        mark=_mark(tell),
        footer=f"{report.agreement.code} · {tell.period(report.period)} · {_print(report)}",
        sections=(Section(blocks=counted(body, profile.marks)), *annexes(tell, profile)),
        closing=closing(tell, profile),
    )


def _subject(tell: Teller, profile: Profile) -> str:
    report, _ = tell.report, tell.gettext
    said = _(
        "on carrying out {title}, {period}",
        title=report.agreement.title,
        period=tell.period_within(report.period),
    )
    if tell.say.lang != "vi":
        return said
    return f"{profile.subject_opening}{said}" if profile.subject_opening else capital(said)


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
    notes: list[Block] = [
        Text(
            text=_(
                "Figures cut off at {cut_off:instant}; verdicts and decisions known at"
                " {as_of:instant}.",
                cut_off=report.cut_off,
                as_of=report.as_of,
            ),
            weight=Weight.NOTE,
        )
    ]
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
    return [Text(text=_ground(tell)), *notes, *_corrections(tell)]


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
        boxes_of_sides(tell),
    ]
    course = rates_in_course(tell)
    if course is not None:
        blocks.append(course)
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
