"""An obligation in words: when it is owed, when it is due, what proves it, who is pressed.

Knows how each form of trigger, due rule, proof and ladder is said. Refuses to reckon days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workflow.domain.agreement import AllOf, Count, DueFrom, Fixed, Requirement, Roll
from workflow.domain.triggers import After, CalendarKind, Day, Event, Every, Length, Once, When
from workflow.i18n import N_

if TYPE_CHECKING:
    from workflow.domain.agreement import Due, LadderStep, Obligation, Proof
    from workflow.domain.triggers import Trigger
    from workflow.i18n import Translator

_EVERY: Final = {
    Length.MONTH: N_("every month"),
    Length.QUARTER: N_("every quarter"),
    Length.HALF_YEAR: N_("every half-year"),
    Length.YEAR: N_("every year"),
}
_BASES: Final = {
    DueFrom.START: N_("the first day of the period"),
    DueFrom.END: N_("the last day of the period"),
    DueFrom.DAY: N_("the day itself"),
}
_ROLLS: Final = {
    Roll.FOLLOWING: N_("on a day off: the next working day"),
    Roll.PRECEDING: N_("on a day off: the working day before"),
    Roll.MODIFIED_FOLLOWING: N_("on a day off: the next working day of the same month"),
}
_CHECKS: Final = {
    "attachment": N_("a document"),
    "letter": N_("an official letter"),
    "statement": N_("a figure"),
    "invoice": N_("an e-invoice"),
    "quantity": N_("a quantity"),
    "attendance": N_("a list of attendance"),
    "minutes": N_("minutes of a meeting"),
    "article": N_("a published article"),
}
_ADDRESSEES: Final = {
    "unit": N_("unit"),
    "head": N_("head of unit"),
    "superior": N_("superior"),
    "reviewer": N_("reviewer"),
    "leader": N_("leader"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyWords:
    """One version of an obligation as it is shown."""

    code: str
    title: str
    says: Obligation
    owed: str
    due: str
    proof: tuple[str, ...]
    ladder: tuple[str, ...]


def in_words(say: Translator, duty: Obligation) -> DutyWords:
    """An obligation in words."""
    return DutyWords(
        code=duty.code,
        title=duty.title,
        says=duty,
        owed=owed_words(say, duty.trigger),
        due=due_words(say, duty.due),
        proof=tuple(proof_lines(say, duty.proof)),
        ladder=tuple(step_words(say, step) for step in duty.ladder),
    )


def owed_words(say: Translator, trigger: Trigger) -> str:
    """What makes a duty owed."""
    match trigger:
        case Once():
            return say(N_("once, on {on:day}"), on=trigger.on)
        case Every():
            return _every_words(say, trigger)
        case Day():
            return _day_words(say, trigger)
        case Event():
            return say(N_("at each event of the kind “{kind}”"), kind=trigger.kind)
        case After():
            text = (
                N_("{days:number} days after “{code}” is fulfilled")
                if trigger.days
                else N_("once “{code}” is fulfilled")
            )
            return say(text, days=trigger.days, code=trigger.obligation)
        case When():
            return say(
                N_("{every}, where the figure “{figure}” is below {below:number}"),
                every=say(_EVERY[trigger.period]),
                figure=trigger.figure,
                below=trigger.below,
            )


def _every_words(say: Translator, trigger: Every) -> str:
    if trigger.period is not None:
        return say(_EVERY[trigger.period])
    text = N_("by the rule {rule} from {starts:day}")
    return say(text, rule=trigger.rule, starts=trigger.starts)


def _day_words(say: Translator, trigger: Day) -> str:
    is_lunar = trigger.calendar is CalendarKind.LUNAR
    text = (
        N_("every year on {day}/{month} of the lunar calendar")
        if is_lunar
        else N_("every year on {day}/{month}")
    )
    words = say(text, day=trigger.day, month=trigger.month)
    if trigger.before or trigger.after:
        window = N_("from {before:number} days before to {after:number} days after")
        words += ", " + say(window, before=trigger.before, after=trigger.after)
    return words


def due_words(say: Translator, due: Due) -> str:
    """When a task of a duty is due, opens and is reported."""
    parts = [_due_day(say, due)]
    if due.roll is not Roll.NONE:
        parts.append(say(_ROLLS[due.roll]))
    if due.opens is not None:
        parts.append(say(N_("opens {days:number} days before"), days=due.opens))
    if due.report_by is not None:
        parts.append(say(N_("proof within {days:number} days after"), days=due.report_by))
    return "; ".join(parts)


def _due_day(say: Translator, due: Due) -> str:
    if due.fixed is not None:
        month, day = due.fixed.month, due.fixed.day
        if month == -1:
            return say(N_("day {day} of the last month of the period"), day=day)
        if month == 0:
            return say(N_("day {day} of the month before the period"), day=day)
        text = (
            N_("day {day} of month {month} of the period")
            if month > 0
            else N_("day {day} of month {month} from the end of the period")
        )
        return say(text, day=day, month=abs(month))
    base = say(_BASES[due.reckoned])
    if not due.offset:
        return base
    is_working = due.count is Count.WORKING
    if due.offset < 0:
        text = (
            N_("{days:number} working days before {base}")
            if is_working
            else N_("{days:number} days before {base}")
        )
    else:
        text = (
            N_("{days:number} working days after {base}")
            if is_working
            else N_("{days:number} days after {base}")
        )
    return say(text, days=abs(due.offset), base=base)


def proof_lines(say: Translator, proof: Proof | None, *, depth: int = 0) -> list[str]:
    """What proves a duty, a line for each part; nothing asked is a person's word."""
    if proof is None:
        return [say(N_("no file: a person confirms"))]
    if isinstance(proof, Requirement):
        return ["· " * depth + _requirement(say, proof)]
    head = N_("all of:") if isinstance(proof, AllOf) else N_("one of:")
    lines = ["· " * depth + say(head)]
    for part in proof.parts:
        lines += proof_lines(say, part, depth=depth + 1)
    return lines


def _requirement(say: Translator, one: Requirement) -> str:
    kind = say(_CHECKS[one.check]) if one.check in _CHECKS else one.check
    words = f"{one.title} ({kind})" if one.title else kind
    if isinstance(one.quantity, Fixed):
        words += ", " + say(N_("at least {amount:number} in all"), amount=one.quantity.amount)
    elif one.quantity is not None:
        words += ", " + say(N_("the unit's quota of {title}"), title=one.quantity.title)
    if one.minimum > 1:
        words += ", " + say(N_("{minimum:number} items"), minimum=one.minimum)
    return words


def step_words(say: Translator, step: LadderStep) -> str:
    """One step of pressing: when, by what, to whom."""
    to = say(_ADDRESSEES[step.to]) if step.to in _ADDRESSEES else step.to
    by = say(N_("by letter")) if step.channel == "letter" else say(N_("by mail"))
    if step.days < 0:
        text = N_("{days:number} days before the due day, {by}, to: {to}")
    elif step.days == 0:
        text = N_("on the due day, {by}, to: {to}")
    else:
        text = N_("{days:number} days after the due day, {by}, to: {to}")
    return say(text, days=abs(step.days), by=by, to=to)
