"""What a report counts: which box a task is in, which table it stands in, and the rates.

Knows the predicates of engine.md §8.2 and §8.3, each total and written over
comparable facts, so that the same rule can be put to a database. Refuses to
know tables, units and clauses; groups are made by whoever queries.

**Facts** are a task's as they stood at the report's ``as_of``: verdicts,
extensions, waivers, suspensions and cancellations are those of ``as_of``.
``cut_off`` judges submissions and the passing of days: a submission that
counts after it counts as not made.

The box is that of the first line that holds::

    history                                              -> HISTORY    (outside every total)
    state = cancelled                                    -> CANCELLED  (outside every total)
    state = waived                                       -> WAIVED
    state = suspended                                    -> SUSPENDED
    state = accepted                 and submitted <= C
        due is null or done < due                        -> DONE_ON_TIME
        else                                             -> DONE_LATE
    state in (submitted, in_review)  and submitted <= C  -> AWAITING
    due is null                                          -> NO_DUE_DAY
    overdue_from <= C and (correction is null or correction <= C)
                                                         -> NOT_DONE_OVERDUE
    else                                                 -> NOT_DONE_IN_TIME

where C = cut_off, submitted = submitted_at, done = done_at, correction =
correction_until, due = greatest(due_until, notice_until) and overdue_from =
greatest(due, report_until), nulls left out, both null where due_until is null.

In days of the agreement's zone, as they are stored, with D the day of C in the
zone: ``x_until <= C`` is ``x_on < D``, ``C < x_until`` is ``D <= x_on``, and
``done < due`` is ``done_on <= due_on``. A task without a due day is thus never
past due: done, it is on time; waiting, it awaits; else it has a box of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from workflow.domain.lifecycle import WAITING, State

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from workflow.domain.timeliness import Terms

#: Where the bands of being overdue end, in days (exclusive); the last band has no end.
BANDS: Final = (7, 30, 90)


class Box(StrEnum):
    """Where a task is counted; the last two stand outside every total."""

    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    AWAITING = "awaiting"
    NOT_DONE_IN_TIME = "not_done_in_time"
    NOT_DONE_OVERDUE = "not_done_overdue"
    NO_DUE_DAY = "no_due_day"
    SUSPENDED = "suspended"
    WAIVED = "waived"
    CANCELLED = "cancelled"
    HISTORY = "history"


class Share(StrEnum):
    """How a task came into a table: carried over + assigned = total."""

    ASSIGNED = "assigned"
    CARRIED_OVER = "carried_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """A task at ``as_of``.

    ``submitted_at`` is the instant at which its latest submission counts, and
    is required while it waits or is accepted, as ``done_at`` is when accepted
    (``ValueError``). ``belongs_on`` is the original due day, or without one
    the last day of its occasion. ``state_since`` is when the state was
    reached, ``caused_at`` when its cause was recorded or last moved.
    """

    state: State
    terms: Terms
    belongs_on: date
    state_since: datetime
    caused_at: datetime
    submitted_at: datetime | None = None
    done_at: datetime | None = None
    is_history: bool = False

    def __post_init__(self) -> None:
        if self.state in WAITING | {State.ACCEPTED} and self.submitted_at is None:
            raise ValueError(f"a task that is {self.state} was submitted")
        if self.state is State.ACCEPTED and self.done_at is None:
            raise ValueError("an accepted task was done at some instant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """Numbers of tasks by box. The identity holds or the value cannot be made (``ValueError``).

    ``total`` is counted by itself, never summed from the boxes.
    ``awaiting_past_due`` is the part of ``awaiting`` whose due day has passed.
    ``cancelled`` and ``history`` stand outside the total.
    """

    total: int = 0
    done_on_time: int = 0
    done_late: int = 0
    awaiting: int = 0
    not_done_in_time: int = 0
    not_done_overdue: int = 0
    no_due_day: int = 0
    suspended: int = 0
    waived: int = 0
    awaiting_past_due: int = 0
    cancelled: int = 0
    history: int = 0

    def __post_init__(self) -> None:
        if any(getattr(self, field.name) < 0 for field in fields(self)):
            raise ValueError(f"a number of tasks below zero: {self}")
        inside = self.done + self.awaiting + self.not_done + self.no_due_day
        if self.total != inside + self.suspended + self.waived:
            raise ValueError(f"the boxes do not add up to the total: {self}")
        if self.awaiting_past_due > self.awaiting:
            raise ValueError(f"more wait past their due day than wait: {self}")

    def __add__(self, other: Boxes) -> Boxes:
        """Sum two groups that share no task."""
        names = (field.name for field in fields(self))
        return Boxes(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def done(self) -> int:
        """Done, on time or late."""
        return self.done_on_time + self.done_late

    @property
    def not_done(self) -> int:
        """Neither done nor waiting, with a due day."""
        return self.not_done_in_time + self.not_done_overdue

    @property
    def due(self) -> int:
        """What ``rate_on_due`` is out of: done, overdue, or waiting past the due day."""
        return self.done + self.not_done_overdue + self.awaiting_past_due

    @property
    def rate_on_due(self) -> Fraction | None:
        """*On tasks due*: done ÷ (done + overdue + awaiting past due); None where nothing is due.

        Done early counts among both. Suspended and waived, what is not done in
        time and what waits before its due day are in neither.
        """
        return Fraction(self.done, self.due) if self.due else None

    @property
    def rate_on_all(self) -> Fraction | None:
        """*On all assigned*: done ÷ total; None where there is no task."""
        return Fraction(self.done, self.total) if self.total else None


def is_submitted(task: TaskFacts, cut_off: datetime) -> bool:
    """Whether the task waits or is accepted on a submission that counts by the cut-off."""
    has_counted = task.submitted_at is not None and task.submitted_at <= cut_off
    return has_counted and task.state in WAITING | {State.ACCEPTED}


def is_done(task: TaskFacts, cut_off: datetime) -> bool:
    """Whether the task is accepted, as of ``as_of``, on a submission made by the cut-off."""
    return task.state is State.ACCEPTED and is_submitted(task, cut_off)


def is_awaiting(task: TaskFacts, cut_off: datetime) -> bool:
    """Whether the task waits for a verdict on a submission made by the cut-off."""
    return task.state in WAITING and is_submitted(task, cut_off)


def box_of(task: TaskFacts, *, cut_off: datetime) -> Box:
    """The one box that a task is counted in; total: every task has one."""
    if task.is_history:
        return Box.HISTORY
    if task.state in _BOX_OF_STATE:
        return _BOX_OF_STATE[task.state]
    if is_done(task, cut_off):
        is_on_time = task.done_at is not None and task.terms.is_on_time(task.done_at)
        return Box.DONE_ON_TIME if is_on_time else Box.DONE_LATE
    if is_awaiting(task, cut_off):
        return Box.AWAITING
    if task.terms.due_until is None:
        return Box.NO_DUE_DAY
    return Box.NOT_DONE_OVERDUE if task.terms.is_overdue(cut_off) else Box.NOT_DONE_IN_TIME


def share_of(
    task: TaskFacts, *, from_on: date, until_on: date, previous_cut_off: datetime
) -> Share | None:
    """How a task stands in the table of the period ``[from_on, until_on)``, None where it does not.

    Assigned: it belongs to the period. Carried over: it belongs to an earlier
    day, and was neither done nor waived at the cut-off before the period, or
    its cause was recorded or moved only since then. Both are told from the
    facts at ``as_of``, whether or not a report was issued: what is accepted
    today on a submission of last period was done then. The same rule with a
    cumulative span and the cut-off before it counts each task once. History
    stands in the table by the same rule, in its box outside the total.
    """
    if from_on <= task.belongs_on < until_on:
        return Share.ASSIGNED
    if task.belongs_on < from_on and is_outstanding(task, previous_cut_off):
        return Share.CARRIED_OVER
    return None


def is_outstanding(task: TaskFacts, cut_off: datetime) -> bool:
    """Whether something was still to be done, or not yet known, at an earlier cut-off.

    Not outstanding is what was done by then, or waived or cancelled by then,
    unless its cause was recorded or moved after it.
    """
    if cut_off < task.caused_at:
        return True
    if task.state in {State.WAIVED, State.CANCELLED}:
        return cut_off < task.state_since
    return not is_done(task, cut_off)


def overdue_band(
    task: TaskFacts, *, cut_off: datetime, bounds: tuple[int, ...] = BANDS
) -> int | None:
    """Which band of being overdue a task is in, None where it is not overdue.

    Band *i* holds what is overdue for less than ``bounds[i]`` days (of 24
    hours, from ``overdue_from``) and not in an earlier band; the last has no
    end. ``bounds`` rise. In stored days: band 0 is ``overdue_on >= D - bounds[0]``.
    """
    since = task.terms.overdue_from
    if since is None or box_of(task, cut_off=cut_off) is not Box.NOT_DONE_OVERDUE:
        return None
    length = cut_off - since
    return sum(timedelta(days=bound) <= length for bound in bounds)


def count(tasks: Iterable[TaskFacts], *, cut_off: datetime) -> Boxes:
    """Put every task in its box and count the total beside."""
    numbers = dict.fromkeys((field.name for field in fields(Boxes)), 0)
    for task in tasks:
        box = box_of(task, cut_off=cut_off)
        numbers[box.value] += 1
        numbers["total"] += box not in OUTSIDE
        numbers["awaiting_past_due"] += box is Box.AWAITING and task.terms.is_past_due(cut_off)
    return Boxes(**numbers)


#: Boxes that no total includes.
OUTSIDE: Final = frozenset({Box.CANCELLED, Box.HISTORY})

_BOX_OF_STATE: Final = {
    State.CANCELLED: Box.CANCELLED,
    State.WAIVED: Box.WAIVED,
    State.SUSPENDED: Box.SUSPENDED,
}
