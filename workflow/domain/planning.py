"""What is owed: occasions with their terms, and the units that owe them.

One set of pure functions answers planning, preview and the coverage proof.
Refuses to know what has been stored already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from workflow.domain.agreement import Joiners
from workflow.domain.deadlines import deadline
from workflow.domain.periods import reporting_year
from workflow.domain.recurrence import scheduled
from workflow.domain.triggers import When

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflow.domain.agreement import Agreement, Obligation
    from workflow.domain.deadlines import RollReason
    from workflow.domain.units import Roster
    from workflow.domain.working_days import WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One period, day, meeting, acceptance or evaluation that makes an obligation owed.

    ``[from_on, until_on)`` are the days that proof must belong to. ``judged_on``
    is the anchor day when it was first recorded: it decides version and units.
    ``caused_on`` is the day on which its cause was recorded or last moved; None
    for what the rule itself foresees.
    """

    key: str
    source: str
    anchor_on: date
    judged_on: date
    from_on: date
    until_on: date
    only_unit: str | None = None
    caused_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The days of one occasion under one working calendar.

    ``earlier_on`` and ``later_on`` are the two days on which a unit must be a
    member; ``belongs_on`` decides its reporting period. ``due_on`` differs from
    ``original_due_on`` only by late notice.
    """

    opens_on: date
    original_due_on: date
    due_on: date
    report_by_on: date | None
    belongs_on: date
    late_notice_on: date | None
    earlier_on: date
    later_on: date
    is_history: bool
    reasons: tuple[RollReason, ...]


def foreseen(
    obligation: Obligation, agreement: Agreement, *, last_until: date, until: date
) -> Iterator[Occasion]:
    """The occasions before ``until`` that the rule of one version itself foresees, by day.

    An occasion belongs to the version in force on its anchor day. An
    evaluation (``when``) is foreseen as a question: its figure decides later,
    and it may lie after ``last_until``, when the last period has ended.
    """
    is_question = isinstance(obligation.trigger, When)
    ends = [until, obligation.effective_until or date.max]
    if not is_question:
        ends.append(last_until)
    for one in scheduled(
        obligation.trigger,
        starts_on=agreement.starts_on,
        ends_on=last_until,
        from_on=obligation.effective_from,
        until_on=min(ends),
        reporting=reporting_year(agreement.settings.reporting),
    ):
        yield Occasion(
            key=one.key,
            source="evaluation" if is_question else "schedule",
            anchor_on=one.anchor_on,
            judged_on=one.anchor_on,
            from_on=one.from_on,
            until_on=one.until_on,
        )


def of_event(
    key: str,
    happens_on: date,
    *,
    judged_on: date,
    caused_on: date | None,
    only_unit: str | None = None,
) -> Occasion:
    """The occasion that a meeting or request makes: its period is its own day."""
    return Occasion(
        key=key,
        source="event",
        anchor_on=happens_on,
        judged_on=judged_on,
        from_on=happens_on,
        until_on=happens_on + timedelta(days=1),
        only_unit=only_unit,
        caused_on=caused_on,
    )


def terms(
    obligation: Obligation,
    occasion: Occasion,
    *,
    calendar: WorkingCalendar,
    tracked_from: date,
    correction_days: int,
) -> Terms:
    """When a task of this occasion opens and is due, and when membership is looked at.

    Late notice: where the due day had passed when the cause was recorded or
    moved, the task is judged by that day plus the correction term.
    """
    found = deadline(
        obligation.due,
        anchor_on=occasion.anchor_on,
        from_on=occasion.from_on,
        until_on=occasion.until_on,
        recorded_on=occasion.caused_on,
        calendar=calendar,
    )
    late_notice_on = None
    if occasion.caused_on is not None and found.due_on < occasion.caused_on:
        late_notice_on = calendar.add(occasion.caused_on, correction_days)
    member_due_on = found.due_on
    if occasion.judged_on != occasion.anchor_on:
        # A moved meeting keeps the units of the day for which it was first recorded.
        shift = occasion.judged_on - occasion.anchor_on
        member_due_on = deadline(
            obligation.due,
            anchor_on=occasion.judged_on,
            from_on=occasion.from_on + shift,
            until_on=occasion.until_on + shift,
            recorded_on=occasion.caused_on,
            calendar=calendar,
        ).due_on
    anchor_on = occasion.judged_on
    if obligation.joiners is Joiners.WHOLE:
        anchor_on = member_due_on
    return Terms(
        opens_on=found.opens_on,
        original_due_on=found.due_on,
        due_on=late_notice_on or found.due_on,
        report_by_on=found.report_by_on,
        belongs_on=found.due_on,
        late_notice_on=late_notice_on,
        earlier_on=min(anchor_on, member_due_on),
        later_on=max(anchor_on, member_due_on),
        is_history=found.due_on < tracked_from,
        reasons=found.reasons,
    )


def owes(roster: Roster, obligation: Obligation, unit: str, days: Terms) -> bool:
    """Whether a unit owes a task on these days: by its own membership, or a predecessor's.

    It must itself be a member on the later day; on the earlier one the
    membership of what it replaced counts as its own.
    """
    selector = obligation.bearer
    return roster.is_member(selector, unit, days.later_on) and roster.counts_on(
        selector, unit, days.earlier_on, since=days.later_on
    )
