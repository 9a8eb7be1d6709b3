"""Who gets more time, and what it changes: correction terms, extensions, late notices.

Knows the three ways in which a due day stops being the last word. Refuses to
know working days (the last day of a term is computed by ``deadlines`` and
passed in), who asks and who decides (``lifecycle``), and how any of it is
stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from workflow.domain.agreement import JudgedBy
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import Action, Who
from workflow.domain.timeliness import day_of, first_instant

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from workflow.domain.timeliness import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A term, once per task, to put right what a reviewer returned.

    A resubmission before ``until`` counts at ``first_submitted_at``.
    """

    first_submitted_at: datetime
    until: datetime


def correction(
    terms: Terms,
    *,
    action: Action,
    by: Who,
    judged_by: JudgedBy,
    submitted_at: datetime,
    until: datetime,
    given: Correction | None,
    is_granted: bool = False,
) -> Correction | None:
    """The correction term in force after a task was returned or reopened.

    ``submitted_at`` is the instant at which the returned submission counts,
    ``until`` the end of the term it would give, ``given`` what the task was
    given before. A reviewer's return of a submission made in time gives a
    term; a return by the checks, or a reopening, only where a reviewer grants
    it. There is one a task: a later return leaves the first as it was. Raises
    ``Refusal`` where a term is granted that cannot be:
    ``task.correction_already_given`` or ``task.correction_of_late_submission``.
    """
    is_in_time = made_in_time(terms, judged_by=judged_by, submitted_at=submitted_at)
    if is_granted and given is not None:
        raise Refusal("task.correction_already_given", until=given.until.isoformat())
    if is_granted and not is_in_time:
        raise Refusal("task.correction_of_late_submission", submitted_at=submitted_at.isoformat())
    is_persons_return = action is Action.RETURN and by is Who.REVIEWER
    if given is None and is_in_time and (is_persons_return or is_granted):
        return Correction(first_submitted_at=submitted_at, until=until)
    return given


def made_in_time(terms: Terms, *, judged_by: JudgedBy, submitted_at: datetime) -> bool:
    """Whether a submission was made when it could still be.

    A duty judged by performance may be handed in up to its report-by day; one
    judged by its submission is done by handing it in.
    """
    if judged_by is JudgedBy.SUBMITTED:
        return terms.is_on_time(submitted_at)
    return not terms.is_reported_late(submitted_at)


def counted_at(submitted_at: datetime, given: Correction | None) -> datetime:
    """The instant at which a submission counts: the first one's, within its correction term."""
    if given is not None and submitted_at < given.until:
        return min(given.first_submitted_at, submitted_at)
    return submitted_at


def is_late_request(asked_at: datetime, *, due_on: date, zone: tzinfo) -> bool:
    """Whether an extension was asked for on the present due day or afterwards.

    It may still be granted, and is marked wherever it is shown. Before the due
    day is before its first instant (domain.md §4).
    """
    return first_instant(due_on, zone) <= asked_at


def ensure_extends(new_on: date, *, due_on: date | None) -> None:
    """Refuse a due day that gives no more time.

    Raises ``Refusal``: ``task.extension_without_due_day`` where there is
    nothing to extend, ``task.extension_not_later`` otherwise.
    """
    if due_on is None:
        raise Refusal("task.extension_without_due_day", new_on=new_on.isoformat())
    if new_on <= due_on:
        raise Refusal(
            "task.extension_not_later", due_on=due_on.isoformat(), new_on=new_on.isoformat()
        )


def is_late_notice(due_until: datetime | None, *, caused_at: datetime) -> bool:
    """Whether the due day had passed when the cause was recorded or moved.

    Such a task is judged by the recorded day plus the correction term.
    """
    return due_until is not None and due_until <= caused_at


def recorder_delay(*, due_on: date, caused_at: datetime, zone: tzinfo) -> timedelta:
    """By how many whole days the cause was recorded after the due day; never negative."""
    return max(day_of(caused_at, zone) - due_on, timedelta())
