"""The annexes: every line with all its boxes, and what stands behind the lines.

Knows which annexes there are and in which order. Refuses to reckon: every figure comes
from the value.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from reports.documents.articles_told import articles_annex
from reports.documents.colophon import colophon
from reports.documents.document import (
    Cell,
    Column,
    Facts,
    Heading,
    Row,
    Section,
    Table,
    Text,
    Tone,
    Weight,
)
from reports.documents.framing import numbered_name
from reports.documents.groups_told import units_by_group
from reports.documents.matrix import matrix
from reports.documents.pictures import at_a_glance
from reports.documents.subscriptions_told import subscriptions_annex
from reports.documents.task_lists import apart, doubts, late
from reports.documents.telling import NONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.documents.document import Block
    from reports.documents.profiles import Profile
    from reports.documents.telling import Teller

_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def annexes(tell: Teller, profile: Profile) -> tuple[Section, ...]:
    """Every annex, each on pages of its own; all of them always, so that none seems lost."""
    _ = tell.gettext
    made: tuple[tuple[str, Iterable[Block], bool], ...] = (
        (_("Tasks by obligation"), _by_obligation(tell), True),
        (_("Tasks by unit"), _units(tell), True),
        (_("Units and obligations at a glance"), at_a_glance(tell, matrix(tell)), True),
        (_("Subscriptions by title and unit"), subscriptions_annex(tell), True),
        (_("Articles by topic and medium"), articles_annex(tell), True),
        (_("Late tasks, with reasons and extensions"), late(tell), True),
        (_("Awaiting confirmation, set aside, and outside the totals"), apart(tell), True),
        (_("Open doubts"), doubts(tell), False),
        (_("Coverage, and how the figures are reckoned"), method(tell, profile), False),
        (_("Evidence"), _evidence(tell), False),
    )
    belongs_to = numbered_name(tell, profile)
    return tuple(
        Section(
            blocks=(
                Heading(
                    text=title,
                    mark=_("Annex {number}", number=number),
                    is_annex=True,
                    note=belongs_to,
                ),
                *blocks,
            ),
            is_wide=is_wide,
            begins_page=True,
        )
        for number, (title, blocks, is_wide) in zip(_ROMAN, made, strict=True)
    )


def _by_obligation(tell: Teller) -> Iterable[Block]:
    _ = tell.gettext
    rows = [_total(_("Total"), *tell.whole_cells(tell.report.total))]
    for side in tell.report.sides:
        rows.append(_total(tell.side(side), *tell.whole_cells(side.line)))
        rows += [
            Row(
                cells=(
                    Cell(text=f"{duty.title} ({tell.clause(duty)}) – {duty.code}"),
                    *tell.whole_cells(duty.line),
                )
            )
            for duty in side.duties
        ]
    yield Table(
        caption=_("Each obligation, by side"),
        columns=(Column(title=_("Obligation"), width=5), *tell.whole_columns()),
        rows=tuple(rows),
        is_small=True,
    )


def _units(tell: Teller) -> Iterable[Block]:
    # Reports of earlier releases know no groups.
    grouping = tell.report.grouping
    return _by_unit(tell) if grouping is None else units_by_group(tell, grouping)


def _by_unit(tell: Teller) -> Iterable[Block]:
    _ = tell.gettext
    rows = [_total(_("Total"), *tell.whole_cells(tell.report.total))]
    for side in tell.report.sides:
        units = [unit for unit in tell.report.units if unit.party == side.code]
        name = _("{side}: {count:number} units", side=tell.side(side), count=len(units))
        rows.append(_total(name, *tell.whole_cells(side.line)))
        rows += [Row(cells=(Cell(text=unit.name), *tell.whole_cells(unit.line))) for unit in units]
    yield Table(
        caption=_("Each unit, by side"),
        columns=(Column(title=_("Unit"), width=4), *tell.whole_columns()),
        rows=tuple(rows),
        is_small=True,
    )


# --- coverage, method, evidence ---------------------------------------------------


def method(tell: Teller, profile: Profile) -> Iterable[Block]:
    """How far the figures can be trusted: coverage, formulas, instants and the colophon."""
    report, _ = tell.report, tell.gettext
    yield Heading(text=_("Coverage"), level=2)
    yield from _coverage(tell)
    yield Heading(text=_("How the figures are reckoned"), level=2)
    for text in (
        _(
            "A task belongs to the period that contains its original due day. Carried over is what"
            " belongs to an earlier day and was not done at the previous cut-off"
            " ({previous:instant}), or whose cause was recorded only since then.",
            previous=report.previous_cut_off,
        ),
        _(
            "Submissions and the passing of days are judged at {cut_off:instant}; verdicts,"
            " extensions, waivers, suspensions and cancellations as they were known at"
            " {as_of:instant}.",
            cut_off=report.cut_off,
            as_of=report.as_of,
        ),
        _(
            "Total = done on time + done late + awaiting confirmation + not done in time + not done"
            " overdue + no due day + suspended + waived. Cancelled tasks and those due before the"
            " agreement was tracked are outside every total."
        ),
        _(
            "Rate on tasks due = done ÷ (done + overdue + awaiting past due). Rate on all assigned"
            " = done ÷ total. Where nothing is due there is no rate."
        ),
        _(
            "The figures, every task behind them and the full hashes of the evidence are in the"
            " report's JSON file; its SHA-256 names this report."
        ),
    ):
        yield Text(text=text)
    yield Heading(text=_("About this document"), level=2)
    yield Facts(pairs=colophon(tell, profile))


def _coverage(tell: Teller) -> Iterable[Block]:
    coverage, _ = tell.report.coverage, tell.gettext
    if coverage.until is None:
        yield Text(text=_("Nothing has been planned yet, so there was nothing to compare."))
        return
    facts = {
        "occasions": coverage.occasions,
        "tasks": coverage.tasks,
        "until": coverage.until,
        "count": coverage.gap_count,
    }
    if not coverage.gap_count:
        yield Text(
            text=_(
                "Compared were {occasions:number} occasions and {tasks:number} tasks up to"
                " {until:day}: nothing that is owed is missing, and no task is superfluous.",
                **facts,
            )
        )
        return
    yield Text(
        text=_(
            "WARNING: compared were {occasions:number} occasions and {tasks:number} tasks up to"
            " {until:day}; {count:number} differences were found, the first of which follow.",
            **facts,
        )
    )
    yield Table(
        caption=_("Differences between what is owed and what is there"),
        columns=(
            Column(title=_("Difference"), width=3),
            Column(title=_("Obligation"), width=2),
            Column(title=_("For"), width=1.4),
            Column(title=_("Unit"), width=2.4),
            Column(title=_("Expected"), width=1.4),
            Column(title=_("Found"), width=1.4),
        ),
        rows=tuple(
            Row(
                cells=(
                    Cell(text=_gap(tell, gap.code), tone=Tone.OVERDUE),
                    Cell(text=gap.obligation),
                    Cell(text=tell.occasion(gap.occasion)),
                    Cell(text=tell.unit(gap.unit) if gap.unit else NONE),
                    Cell(text=gap.expected or NONE),
                    Cell(text=gap.found or NONE),
                )
            )
            for gap in coverage.gaps
        ),
        is_small=True,
    )


def _gap(tell: Teller, code: str) -> str:
    _ = tell.gettext
    return {
        "coverage.occasion_missing": _("occasion missing"),
        "coverage.occasion_superfluous": _("occasion superfluous"),
        "coverage.occasion_wrong": _("occasion wrong"),
        "coverage.task_missing": _("task missing"),
        "coverage.task_superfluous": _("task superfluous"),
        "coverage.task_wrong_due": _("wrong due day"),
    }.get(code, code)


def _evidence(tell: Teller) -> Iterable[Block]:
    _ = tell.gettext
    offered = [task for task in tell.report.tasks if task.evidence]
    if not offered:
        yield Text(text=_("No evidence was handed in for the tasks of this period."))
        return
    for code, tasks in groupby(offered, key=attrgetter("obligation")):
        rows = tuple(
            Row(
                cells=(
                    Cell(text=tell.unit(task.unit)),
                    Cell(text=tell.occasion(task.occasion)),
                    Cell(text=one.name or one.requirement),
                    Cell(text=tell.say.word(one.outcome) if one.outcome else NONE),
                    Cell(text=one.sha256[:12] if one.sha256 else NONE),
                )
            )
            for task in tasks
            for one in task.evidence
        )
        yield Table(
            caption=tell.duty(code),
            columns=(
                Column(title=_("Unit"), width=2.6),
                Column(title=_("For"), width=1.3),
                Column(title=_("File"), width=3),
                Column(title=_("Verdict"), width=1),
                Column(title=_("SHA-256"), width=1.3),
            ),
            rows=rows,
            is_small=True,
        )


def _total(text: str, *cells: Cell) -> Row:
    return Row(cells=(Cell(text=text), *cells), weight=Weight.TOTAL)
