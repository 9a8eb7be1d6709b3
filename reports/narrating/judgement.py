"""Sentences that help to judge: what went well, what fell short, and what units say of why.

Knows which figures speak for and against. Refuses to judge people: it names what stands in
the figures, and whoever drafts weighs it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from reports.narrating.phrases import Said, exact, rate_of
from reports.narrating.sentences import Figure
from reports.quarterly import Compared, Paragraph
from workflow.domain.tally import BANDS, Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.narrating.circumstances import Circumstances
    from reports.narrating.phrases import Phrases
    from reports.quarterly import Duty, TaskLine

#: So many units that are furthest behind are named.
_FURTHEST: Final = 5
#: So many reasons are told in the words of units, each cut at so many characters.
_REASONS: Final = 5
_REASON: Final = 160
_LATE: Final = frozenset({Box.DONE_LATE, Box.NOT_DONE_OVERDUE})


# --- what went well ----------------------------------------------------------


def strengths(say: Phrases, known: Circumstances) -> Iterator[Said]:
    """Units that did everything in time, that nothing is overdue, and what rose."""
    _ = say.gettext
    report = say.report
    owing = [unit for unit in report.units if unit.line.is_met is not None]
    whole = [unit.key for unit in owing if unit.line.is_met and not unit.line.boxes.done_late]
    if whole:
        if len(whole) == len(owing):
            # Not a plural: Vietnamese tells one unit in other words than all of them, too.
            text = (
                _("The one unit that owed something has done all of it in time")
                if len(whole) == 1
                else _("All {count:number} units have done everything in time", count=len(whole))
            )
        else:
            text = _(
                "{met:number}/{owing:number} units have done everything in time: {names}",
                met=len(whole),
                owing=len(owing),
                names=say.units_named(whole),
            )
        yield Said(
            key="strengths.whole",
            place=Paragraph.STRENGTHS,
            text=say.sentence(text),
            figures=(
                Figure(of="total", key="", name="units_in_time", value=len(whole)),
                Figure(of="total", key="", name="units_owing", value=len(owing)),
                *say.units_figured(whole, "is_in_time"),
            ),
        )
    if report.total.boxes.due and not report.total.boxes.not_done_overdue:
        yield Said(
            key="strengths.none_overdue",
            place=Paragraph.STRENGTHS,
            text=say.sentence(_("Nothing is overdue")),
            figures=(Figure(of="total", key="", name="not_done_overdue", value=0),),
        )
    rose = [(duty, points) for duty, points in _moved(say, known) if points > 0]
    if rose:
        head = _("Against {name} these rose", name=_before(say))
        yield _movement(say, "strengths.rose", Paragraph.STRENGTHS, head, rose)


# --- what fell short ---------------------------------------------------------


def shortcomings(say: Phrases, known: Circumstances) -> Iterator[Said]:
    """What is overdue and where most of it lies, what was late or given back, what fell."""
    yield from _overdue(say)
    yield from _late(say)
    yield from _returned(say)
    fell = [(duty, points) for duty, points in _moved(say, known) if points < 0]
    if fell:
        head = say.gettext("Against {name} these fell", name=_before(say))
        yield _movement(say, "shortcomings.fell", Paragraph.SHORTCOMINGS, head, fell)


def _overdue(say: Phrases) -> Iterator[Said]:
    _ = say.gettext
    report = say.report
    overdue = {
        unit.key: unit.line.boxes.not_done_overdue
        for unit in report.units
        if unit.line.boxes.not_done_overdue
    }
    number, longest = report.total.boxes.not_done_overdue, report.total.overdue[-1]
    if not number:
        return
    clauses = [
        _(
            "Overdue at the cut-off: {tasks} of {units}",
            tasks=say.tasks_counted(number),
            units=say.units_counted(len(overdue)),
        )
    ]
    if longest:
        clauses.append(
            _("{count:number} of them by {days:number} days or more", count=longest, days=BANDS[-1])
        )
    yield Said(
        key="shortcomings.overdue",
        place=Paragraph.SHORTCOMINGS,
        text=say.sentence(*clauses),
        figures=(
            Figure(of="total", key="", name="not_done_overdue", value=number),
            Figure(of="total", key="", name="units_overdue", value=len(overdue)),
            Figure(of="total", key="", name="overdue_longest", value=longest),
        ),
    )
    # Sorted by how many; among equals the report's own order stays.
    furthest = sorted(overdue, key=lambda key: -overdue[key])[:_FURTHEST]
    told = [say.tasks_counted(overdue[key]) for key in furthest]
    names = say.units_named(furthest, told=told)
    if len(overdue) > _FURTHEST:
        text = _("Furthest behind are {names}", names=names)
    else:
        text = _("Overdue are {names}", names=names)
    yield Said(
        key="shortcomings.behind",
        place=Paragraph.SHORTCOMINGS,
        text=say.sentence(text),
        figures=tuple(
            Figure(of="unit", key=key, name="not_done_overdue", value=overdue[key])
            for key in furthest
        ),
    )


def _late(say: Phrases) -> Iterator[Said]:
    _ = say.gettext
    late = say.report.total.boxes.done_late
    if not late:
        return
    units = sum(1 for unit in say.report.units if unit.line.boxes.done_late)
    yield Said(
        key="shortcomings.late",
        place=Paragraph.SHORTCOMINGS,
        text=say.sentence(
            say.say.ngettext(
                "{count:number} task was done after its due day, in {units}",
                "{count:number} tasks were done after their due day, in {units}",
                late,
                count=late,
                units=say.units_counted(units),
            )
        ),
        figures=(
            Figure(of="total", key="", name="done_late", value=late),
            Figure(of="total", key="", name="units_late", value=units),
        ),
    )


def _returned(say: Phrases) -> Iterator[Said]:
    returned = sum(1 for task in say.report.tasks if task.returned)
    if not returned:
        return
    text = say.say.ngettext(
        "{count:number} task was returned at least once, because its proof did not suffice",
        "{count:number} tasks were returned at least once, because their proof did not suffice",
        returned,
        count=returned,
    )
    yield Said(
        key="shortcomings.returned",
        place=Paragraph.SHORTCOMINGS,
        text=say.sentence(text),
        figures=(Figure(of="tasks", key="", name="returned", value=returned),),
    )


# --- what rose and fell ------------------------------------------------------


def _moved(say: Phrases, known: Circumstances) -> Iterator[tuple[Duty, Fraction]]:
    """By how much the share of units that did each duty differs from the period before.

    One unit alone has no share that rises or falls.
    """
    for duty in say.report.duties:
        if duty.units_owing == 1:
            continue
        before = known.met_before.get(duty.code)
        now = rate_of(duty.units_met, duty.units_owing)
        earlier = None if before is None else rate_of(before.met, before.owing)
        if now is not None and earlier is not None:
            yield duty, now - earlier


def _before(say: Phrases) -> str:
    return next(
        say.period_within(one.period)
        for one in say.report.comparisons
        if one.to is Compared.PREVIOUS and one.period is not None
    )


def _movement(
    say: Phrases,
    key: str,
    place: Paragraph,
    head: str,
    moved: list[tuple[Duty, Fraction]],
) -> Said:
    _ = say.gettext
    # The largest difference first; among equals the order of the clauses stays.
    ordered = sorted(moved, key=lambda one: -abs(one[1]))
    items = []
    for duty, points in ordered:
        facts = {
            "duty": say.duty_titled(duty.code, duty.title),
            "points": say.points(points),
            "rate": _share(duty),
        }
        if points > 0:
            items.append(_("{duty} by {points} percentage points to {rate:percent}", **facts))
        else:
            items.append(_("{duty} down by {points} points to {rate:percent}", **facts))
    figures: list[Figure] = []
    for duty, points in ordered:
        figures += [
            Figure(of="previous", key=duty.code, name="points_met", value=exact(points)),
            Figure(of="duty", key=duty.code, name="rate_met", value=exact(_share(duty))),
        ]
    text = say.sentence(f"{head}: {'; '.join(items)}")
    return Said(key=key, place=place, text=text, figures=tuple(figures))


def _share(duty: Duty) -> Fraction:
    """Of the units that owe a duty, who has done it; only of one that somebody owes."""
    return Fraction(duty.units_met, duty.units_owing)


# --- why ---------------------------------------------------------------------


def causes(say: Phrases) -> Iterator[Said]:
    """What units said of why something was late, and how often they said nothing."""
    _ = say.gettext
    late = [task for task in say.report.tasks if task.box in _LATE]
    if not late:
        return
    reasoned = [(task, reason) for task in late if (reason := _reason(task))]
    silent = len(late) - len(reasoned)
    figures = (
        Figure(of="tasks", key="", name="late", value=len(late)),
        Figure(of="tasks", key="", name="late_reasoned", value=len(reasoned)),
        Figure(of="tasks", key="", name="late_silent", value=silent),
    )
    if not reasoned:
        text = say.say.ngettext(
            "For the {count:number} late task no reason is on record",
            "For the {count:number} late tasks no reason is on record",
            len(late),
            count=len(late),
        )
        yield Said(
            key="causes.reasons",
            place=Paragraph.CAUSES,
            text=say.sentence(text),
            figures=figures,
        )
        return
    items = [
        _(
            "{unit}, {duty}: “{reason}”",
            unit=say.unit(task.unit),
            duty=say.duty_titled(task.obligation),
            reason=why,
        )
        for task, why in reasoned[:_REASONS]
    ]
    if len(reasoned) > _REASONS:
        items.append(_("and {count:number} more", count=len(reasoned) - _REASONS))
    head = _(
        "For {reasoned:number} of {tasks} late or overdue a reason was given",
        reasoned=len(reasoned),
        tasks=say.tasks_counted(len(late)),
    )
    text = f"{head}: {'; '.join(items)}"
    if silent:
        text += "; " + _("for {count:number} none was given", count=silent)
    yield Said(
        key="causes.reasons", place=Paragraph.CAUSES, text=say.sentence(text), figures=figures
    )


def _reason(task: TaskLine) -> str:
    """The latest reason that was given when more time was asked for, on one line."""
    said = [" ".join(one.reason.split()) for one in task.concessions]
    found = next((one for one in reversed(said) if one), "")
    if len(found) <= _REASON:
        return found.rstrip(".")
    return found[:_REASON].rsplit(" ", 1)[0].rstrip(",;.:") + "…"
