"""Sentences on what comes: what falls due in the next period, and what is proposed.

Refuses to plan: what falls due stands in tasks that are planned already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports.narrating.phrases import Said
from reports.narrating.sentences import Figure
from reports.quarterly import Paragraph
from workflow import labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.narrating.circumstances import Circumstances, Coming
    from reports.narrating.phrases import Phrases
    from workflow.domain.periods import Period

#: So many doubts are told one by one.
_DOUBTS: Final = 5


def plans(say: Phrases, known: Circumstances, *, following: Period) -> Iterator[Said]:
    """What falls due in the period that follows, by duty, and what is left of this one."""
    yield from _coming(say, known, following)
    yield from _left(say)


def _coming(say: Phrases, known: Circumstances, following: Period) -> Iterator[Said]:
    _ = say.gettext
    label, facts = following.label
    name = say.within(labels.sentence_for(label, facts, say.say.lang))
    if known.coming:
        total = sum(one.tasks for one in known.coming)
        text = say.say.ngettext(
            "{count:number} task falls due in {period}",
            "{count:number} tasks fall due in {period}",
            total,
            count=total,
            period=name,
        )
        figures: tuple[Figure, ...] = (Figure(of="coming", key="", name="tasks", value=total),)
    elif say.report.agreement.ends_on <= following.from_on:
        text, figures = _("The programme ends with this period; nothing falls due after it"), ()
    else:
        text, figures = _("No task planned so far falls due in {period}", period=name), ()
    yield Said(key="plans.coming", place=Paragraph.PLANS, text=say.sentence(text), figures=figures)
    for one in known.coming:
        yield Said(
            key=f"plans.duty:{one.code}",
            place=Paragraph.PLANS,
            text=say.sentence(_due(say, one)),
            figures=(
                Figure(of="coming", key=one.code, name="tasks", value=one.tasks),
                Figure(of="coming", key=one.code, name="units", value=one.units),
                Figure(of="coming", key=one.code, name="days", value=len(one.days)),
                Figure(of="coming", key=one.code, name="first", value=one.days[0].isoformat()),
                Figure(of="coming", key=one.code, name="last", value=one.days[-1].isoformat()),
            ),
        )


def _due(say: Phrases, one: Coming) -> str:
    """What of a duty falls due; numbers of one are left unsaid."""
    _ = say.gettext
    facts = {
        "duty": say.duty_titled(one.code, one.title),
        "tasks": say.tasks_counted(one.tasks),
        "units": say.units_counted(one.units),
        "days": say.days_told(one.days),
    }
    if one.tasks == 1:
        return _("{duty}, {days}", **facts)
    if one.units == 1:
        return _("{duty}: {tasks}, {days}", **facts)
    return _("{duty}: {tasks} of {units}, {days}", **facts)


def _left(say: Phrases) -> Iterator[Said]:
    _ = say.gettext
    boxes = say.report.total.boxes
    if overdue := boxes.not_done_overdue:
        units = sum(1 for unit in say.report.units if unit.line.boxes.not_done_overdue)
        yield Said(
            key="plans.overdue",
            place=Paragraph.PLANS,
            text=say.sentence(
                _(
                    "Press {units} to complete what is overdue: {tasks}",
                    units=say.units_counted(units),
                    tasks=say.tasks_counted(overdue),
                )
            ),
            figures=(
                Figure(of="total", key="", name="not_done_overdue", value=overdue),
                Figure(of="total", key="", name="units_overdue", value=units),
            ),
        )
    if boxes.awaiting:
        yield Said(
            key="plans.awaiting",
            place=Paragraph.PLANS,
            text=say.sentence(
                _(
                    "Examine what waits to be confirmed: {tasks}",
                    tasks=say.tasks_counted(boxes.awaiting),
                )
            ),
            figures=(Figure(of="total", key="", name="awaiting", value=boxes.awaiting),),
        )


def proposals(say: Phrases, known: Circumstances) -> Iterator[Said]:
    """What needs somebody's decision: doubts, gaps of coverage, units that nobody stands for."""
    _ = say.gettext
    report = say.report
    if report.doubts:
        items = [
            ", ".join(
                (
                    say.unit(one.unit),
                    say.duty_titled(one.obligation),
                    say.within(say.occasion(one.occasion)),
                )
            )
            for one in report.doubts[:_DOUBTS]
        ]
        if len(report.doubts) > _DOUBTS:
            items.append(
                _("and {count:number} more (see the annex)", count=len(report.doubts) - _DOUBTS)
            )
        head = say.say.ngettext(
            "Settle {count:number} open doubt about proof that was accepted",
            "Settle {count:number} open doubts about proof that was accepted",
            len(report.doubts),
            count=len(report.doubts),
        )
        yield Said(
            key="proposals.doubts",
            place=Paragraph.PROPOSALS,
            text=say.sentence(f"{head}: {'; '.join(items)}"),
            figures=(Figure(of="doubts", key="", name="open", value=len(report.doubts)),),
        )
    if gaps := report.coverage.gap_count:
        yield Said(
            key="proposals.gaps",
            place=Paragraph.PROPOSALS,
            text=say.sentence(
                say.say.ngettext(
                    "Clear up {count:number} difference between what is owed and the tasks on"
                    " record (see the annex on coverage)",
                    "Clear up {count:number} differences between what is owed and the tasks on"
                    " record (see the annex on coverage)",
                    gaps,
                    count=gaps,
                )
            ),
            figures=(Figure(of="coverage", key="", name="gap_count", value=gaps),),
        )
    if known.unreachable:
        yield Said(
            key="proposals.unreachable",
            place=Paragraph.PROPOSALS,
            text=say.sentence(
                say.say.ngettext(
                    "{count:number} unit has no officer with an account, and is asked to name one:"
                    " {names}",
                    "{count:number} units have no officer with an account, and are asked to name"
                    " one: {names}",
                    len(known.unreachable),
                    count=len(known.unreachable),
                    names=say.units_named(known.unreachable),
                )
            ),
            figures=(
                Figure(of="total", key="", name="units_unreachable", value=len(known.unreachable)),
                *say.units_figured(known.unreachable, "is_unreachable"),
            ),
        )
