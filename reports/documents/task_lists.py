"""The lists of tasks that a reader needs to argue with a figure.

Knows what of a task belongs on paper: whose it is, since when it was due, and the reasons
that were given. Refuses to count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports.documents.document import Align, Cell, Column, Row, Table, Text, Tone
from workflow.domain.tally import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from reports.documents.document import Block
    from reports.documents.telling import Namer, Teller
    from reports.quarterly import Concession, Report, TaskLine

_LATE: Final = frozenset({Box.DONE_LATE, Box.NOT_DONE_OVERDUE})


def late_tasks(report: Report) -> list[TaskLine]:
    """What is overdue, then what was done late, the longest first."""
    return sorted(
        (task for task in report.tasks if task.box in _LATE),
        key=lambda task: (task.box is Box.DONE_LATE, -task.days_late),
    )


def late(tell: Teller) -> Iterable[Block]:
    """What was done late or is overdue, with the reasons that were given."""
    _ = tell.gettext
    tasks = late_tasks(tell.report)
    if not tasks:
        yield Text(text=_("No task was done late or is overdue."))
        return
    yield Table(
        caption=_("Done late or overdue at the cut-off, the longest first"),
        columns=(
            Column(title=_("#"), width=0.5, align=Align.RIGHT),
            Column(title=_("Unit"), width=2.6),
            Column(title=_("Obligation"), width=3.4),
            Column(title=_("For"), width=1.4),
            Column(title=_("Original due day"), width=1.2, align=Align.RIGHT),
            Column(title=_("Due day"), width=1.2, align=Align.RIGHT),
            Column(title=_("Standing"), width=1.8),
            Column(title=_("Days late"), width=0.7, align=Align.RIGHT),
            Column(title=_("Reasons and extensions"), width=3.6),
        ),
        rows=tuple(
            Row(
                cells=(
                    Cell(text=tell.say.number(place)),
                    Cell(text=named(tell, task)),
                    Cell(text=tell.duty(task.obligation)),
                    Cell(text=tell.occasion(task.occasion)),
                    Cell(text=tell.day(task.original_due_on)),
                    Cell(text=tell.day(last_due_on(task))),
                    _standing(tell, task),
                    Cell(text=tell.number(task.days_late)),
                    Cell(text=reasons(tell, task)),
                )
            )
            for place, task in enumerate(tasks, 1)
        ),
        is_small=True,
    )


def named(tell: Namer, task: TaskLine) -> str:
    """Whose task it is, and who answers for it where that is another."""
    name = tell.unit(task.unit)
    if task.answerable is None:
        return name
    return tell.gettext(
        "{name} (answered for by {other})", name=name, other=tell.unit(task.answerable)
    )


def last_due_on(task: TaskLine) -> date | None:
    """The day that counts: extended, or given by a late notice."""
    if task.due_on is None or task.late_notice_on is None:
        return task.due_on
    return max(task.due_on, task.late_notice_on)


def _standing(tell: Teller, task: TaskLine) -> Cell:
    if task.box is Box.DONE_LATE:
        text = tell.gettext("Done on {done_on:day}", done_on=task.done_on)
        return Cell(text=text, tone=Tone.LATE)
    return Cell(text=tell.box(task.box), tone=Tone.OVERDUE)


def reasons(tell: Namer, task: TaskLine) -> str:
    """Why it was late, in the words that were given."""
    said = [_concession(tell, one) for one in task.concessions]
    said += [
        tell.gettext("returned: {reason}", reason=tell.reason(reason)) for reason in task.returned
    ]
    if task.late_notice_on is not None:
        said.append(tell.say.word("late notice"))
    return "; ".join(said) or tell.gettext("no reason given")


def _concession(tell: Namer, one: Concession) -> str:
    _ = tell.gettext
    facts = {"asked_on": one.asked_on, "until_on": one.until_on, "reason": one.reason}
    decision = {
        "granted": _("granted"),
        "refused": _("refused"),
        None: _("not decided yet"),
    }[one.decision]
    mark = f", {tell.say.word('late request')}" if one.is_late else ""
    if one.kind == "extension":
        asked = _("extension to {until_on:day} asked for on {asked_on:day}: {reason}", **facts)
    else:
        asked = _("waiver asked for on {asked_on:day}: {reason}", **facts)
    answer = f" ({one.answer})" if one.answer else ""
    return f"{asked}{mark} – {decision}{answer}"


def apart(tell: Teller) -> Iterable[Block]:
    """What waits, what was set aside and what stands outside the totals."""
    _ = tell.gettext
    lists: tuple[tuple[str, Callable[[TaskLine], bool]], ...] = (
        (_("Awaiting confirmation"), lambda task: task.box is Box.AWAITING),
        (_("Suspended"), lambda task: task.box is Box.SUSPENDED),
        (_("Waived"), lambda task: task.box is Box.WAIVED),
        (
            _("Late notice: the cause was recorded or moved after the due day"),
            lambda task: task.late_notice_on is not None and task.box is not Box.HISTORY,
        ),
        (
            _("Done on time but reported late"),
            lambda task: task.is_reported_late and task.box is Box.DONE_ON_TIME,
        ),
        (_("Cancelled, outside the totals"), lambda task: task.box is Box.CANCELLED),
    )
    for caption, holds in lists:
        yield from _listed(tell, caption, [task for task in tell.report.tasks if holds(task)])
    history = tell.report.total.boxes.history
    yield Text(
        text=_(
            "Due before the agreement was tracked, outside the totals: {count:number}.",
            count=history,
        )
    )


def _listed(tell: Teller, caption: str, tasks: Sequence[TaskLine]) -> Iterable[Block]:
    _ = tell.gettext
    if not tasks:
        yield Text(text=_("{caption}: none.", caption=caption))
        return
    yield Table(
        caption=_("{caption}: {count:number}", caption=caption, count=len(tasks)),
        columns=(
            Column(title=_("Unit"), width=2.6),
            Column(title=_("Obligation"), width=4),
            Column(title=_("For"), width=1.6),
            Column(title=_("Due day"), width=1.2, align=Align.RIGHT),
            Column(title=_("Handed in on"), width=1.2, align=Align.RIGHT),
            Column(title=_("Reasons and extensions"), width=3.6),
        ),
        rows=tuple(
            Row(
                cells=(
                    Cell(text=named(tell, task)),
                    Cell(text=tell.duty(task.obligation)),
                    Cell(text=tell.occasion(task.occasion)),
                    Cell(text=tell.day(last_due_on(task))),
                    Cell(text=tell.day(task.submitted_on)),
                    Cell(text="; ".join(_concession(tell, one) for one in task.concessions)),
                )
            )
            for task in tasks
        ),
        is_small=True,
    )


def doubts(tell: Teller) -> Iterable[Block]:
    """The accepted tasks about which a doubt is open."""
    _ = tell.gettext
    raised = tell.report.doubts
    if not raised:
        yield Text(text=_("No accepted task is in doubt."))
        return
    yield Text(
        text=_(
            "A doubt changes no figure: the task stays accepted until a person reopens it."
            " Open doubts: {count:number}.",
            count=len(raised),
        )
    )
    yield Table(
        caption=_("Accepted tasks in doubt"),
        columns=(
            Column(title=_("Unit"), width=2.2),
            Column(title=_("Obligation"), width=3),
            Column(title=_("For"), width=1.2),
            Column(title=_("Raised on"), width=1.1, align=Align.RIGHT),
            Column(title=_("Reason"), width=3.4),
        ),
        rows=tuple(
            Row(
                cells=(
                    Cell(text=tell.unit(doubt.unit)),
                    Cell(text=tell.duty(doubt.obligation)),
                    Cell(text=tell.occasion(doubt.occasion)),
                    Cell(text=tell.day(doubt.raised_on)),
                    Cell(text=tell.reason(doubt.reason)),
                )
            )
            for doubt in raised
        ),
        is_small=True,
    )
