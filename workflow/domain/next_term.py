"""An agreement moved to the term that follows its own: the same duties, from its end on.

Knows which days belong to the term and move with it. Refuses to know what the parties will
settle anew: the result is a draft to be read and changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from workflow.domain.triggers import Every, Once

if TYPE_CHECKING:
    from datetime import date

    from workflow.domain.agreement import Agreement, Obligation
    from workflow.domain.triggers import Trigger


def next_term(agreement: Agreement, *, code: str) -> Agreement:
    """The same agreement for a term as long, beginning where this one ends.

    Each obligation that is in force at the end goes on, in its last wording; days that the
    agreement names once move by the length of the term. Number and day of signature are
    left out, and instructions: each was given once, for its own day.
    """
    term = relativedelta(agreement.ends_on, agreement.starts_on)
    starts_on = agreement.ends_on
    obligations = tuple(
        replace(
            one,
            effective_from=starts_on,
            effective_until=None,
            trigger=_moved(one.trigger, term),
        )
        for one in _going_on(agreement)
    )
    return replace(
        agreement,
        code=code,
        starts_on=starts_on,
        ends_on=starts_on + term,
        tracked_from=starts_on,
        obligations=obligations,
        instructions=(),
        signed_on=None,
        number="",
    )


def _going_on(agreement: Agreement) -> list[Obligation]:
    last: dict[str, Obligation] = {}
    for one in sorted(agreement.obligations, key=lambda one: one.effective_from):
        last[one.code] = one
    return [
        one
        for one in last.values()
        if one.effective_until is None or one.effective_until >= agreement.ends_on
    ]


def _moved(trigger: Trigger, term: relativedelta) -> Trigger:
    def later(day: date) -> date:
        return day + term

    if isinstance(trigger, Once):
        return replace(trigger, on=later(trigger.on))
    if isinstance(trigger, Every) and trigger.starts is not None:
        return replace(trigger, starts=later(trigger.starts))
    return trigger
