"""The ladder: which reminders of a task have passed and are not served.

Knows when each step falls and whether it still makes sense. Refuses to know
addresses, wording, delivery and the clock. The question is always "has it
passed and not been served?", never "is it today?", so that no step is lost
however long nothing ran, and a constraint on what was served makes repeats
harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from workflow.domain.lifecycle import IN_HAND
from workflow.domain.timeliness import day_of, first_instant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime, tzinfo

    from workflow.domain.agreement import LadderStep
    from workflow.domain.lifecycle import State
    from workflow.domain.timeliness import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A step of the ladder for one task: from ``at`` on it has passed.

    ``for_due_on`` is the day that it speaks of: a due day that moves makes its
    steps due anew.
    """

    step: LadderStep
    at: datetime
    for_due_on: date

    @property
    def key(self) -> tuple[str, date]:
        """What is served at most once for each addressee of a task."""
        return self.step.code, self.for_due_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A rung of one task for one addressee, waiting to be gathered into a digest."""

    task: int
    addressee: str
    rung: Rung


def rungs(ladder: Sequence[LadderStep], terms: Terms, *, zone: tzinfo) -> tuple[Rung, ...]:
    """When each step falls, in the order of time; none without a due day.

    A step falls at the start of its day in the zone, reckoned from the last
    day on which the task is on time. A step after that day presses for what is
    overdue, so it waits until the report-by day and a correction term have run
    out.
    """
    judged, overdue_from = terms.judged_until, terms.overdue_from
    if judged is None or overdue_from is None:
        return ()
    due_on = day_of(judged, zone) - timedelta(days=1)
    pressing_from = max(overdue_from, terms.correction_until or overdue_from)
    found = []
    for step in ladder:
        at = first_instant(due_on + timedelta(days=step.days), zone)
        at = max(at, pressing_from) if step.days > 0 else at
        found.append(Rung(step=step, at=at, for_due_on=due_on))
    return tuple(sorted(found, key=lambda rung: (rung.at, rung.step.days)))


def is_pressed(state: State, *, is_history: bool) -> bool:
    """Whether a task is reminded of at all.

    It is while the unit has it in hand. Whatever settles it, or makes it wait
    for somebody else, supersedes its steps; history is never pressed.
    """
    return state in IN_HAND and not is_history


def passed_unserved(
    ladder: Sequence[LadderStep],
    terms: Terms,
    *,
    zone: tzinfo,
    as_of: datetime,
    served: Collection[tuple[str, date]],
) -> tuple[Rung, ...]:
    """The steps that have passed and are not served, in the order of time.

    ``served`` holds the keys of rungs already served to this addressee. After
    an outage every step that passed is there; ``digests`` gathers them.
    """
    return tuple(
        rung
        for rung in rungs(ladder, terms, zone=zone)
        if rung.at <= as_of and rung.key not in served
    )


def next_instant(
    ladder: Sequence[LadderStep], terms: Terms, *, zone: tzinfo, after: datetime
) -> datetime | None:
    """When the next step falls, or None where none is left."""
    return next((rung.at for rung in rungs(ladder, terms, zone=zone) if rung.at > after), None)


def digests(
    reminders: Iterable[Reminder],
) -> dict[tuple[str, str], tuple[Reminder, ...]]:
    """Reminders by channel and addressee, none left out; the gravest step of a task first.

    The tasks of a digest stand in the order of the due day that they speak of,
    so that the longest overdue is read first.
    """
    found: dict[tuple[str, str], list[Reminder]] = {}
    for reminder in reminders:
        found.setdefault((reminder.rung.step.channel, reminder.addressee), []).append(reminder)
    return {
        key: tuple(
            sorted(
                found[key],
                key=lambda one: (one.rung.for_due_on, one.task, -one.rung.step.days),
            )
        )
        for key in sorted(found)
    }
