"""How a task stands to its due day, as of an instant: what time did to it.

Knows when a due day has passed, when what was done counts as done, and the
words for both. Refuses to know the clock, working days, and who may give more
time (``grace``). Instants are aware UTC; a due day, a report-by day and the
like enter as the start of the day after them in the agreement's zone, so that
"not later than that day" is always "before that instant".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from workflow.domain.agreement import JudgedBy
from workflow.domain.lifecycle import WAITING, State

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

_A_DAY: Final = timedelta(days=1)

#: How long before its due day ends a task is called due soon (domain.md §4).
SOON: Final = timedelta(days=3)


class Timeliness(StrEnum):
    """A task's standing in time, in the order in which an undone one moves through it.

    ``reporting``: the due day has passed and the report-by day has not.
    ``within_correction``: it has passed, and a correction term still runs.
    ``set_aside``: waived, suspended or cancelled, hence not judged.
    """

    UPCOMING = "upcoming"
    NO_DUE_DAY = "no_due_day"
    IN_TIME = "in_time"
    DUE_SOON = "due_soon"
    REPORTING = "reporting"
    WITHIN_CORRECTION = "within_correction"
    OVERDUE = "overdue"
    AWAITING = "awaiting"
    ON_TIME = "on_time"
    LATE = "late"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms that a task is judged by; each is the first instant after its last day.

    ``due_until`` includes extensions and is None where nothing says when;
    ``report_until`` is the report-by day's; ``notice_until`` is set where the
    cause was recorded or moved only when the due day had passed;
    ``correction_until`` where a correction term was given.
    """

    due_until: datetime | None
    report_until: datetime | None = None
    notice_until: datetime | None = None
    correction_until: datetime | None = None

    @classmethod
    def of_days(
        cls,
        *,
        zone: tzinfo,
        due_on: date | None,
        report_by_on: date | None = None,
        late_notice_on: date | None = None,
        correction_on: date | None = None,
    ) -> Terms:
        """The same terms from their last days in the agreement's zone."""
        return cls(
            due_until=_until(due_on, zone),
            report_until=_until(report_by_on, zone),
            notice_until=_until(late_notice_on, zone),
            correction_until=_until(correction_on, zone),
        )

    @property
    def judged_until(self) -> datetime | None:
        """Before this instant is on time; None where any time is."""
        if self.due_until is None:
            return None
        return max(self.due_until, self.notice_until or self.due_until)

    @property
    def overdue_from(self) -> datetime | None:
        """From this instant an unsubmitted task is overdue, a correction term aside.

        A submission from then on is *reported late*. None: never.
        """
        judged = self.judged_until
        if judged is None:
            return None
        return max(judged, self.report_until or judged)

    def is_past_due(self, at: datetime) -> bool:
        """Whether the due day has passed."""
        judged = self.judged_until
        return judged is not None and judged <= at

    def is_overdue(self, at: datetime) -> bool:
        """Whether a task not handed in is overdue: no term that could save it still runs."""
        overdue_from = self.overdue_from
        if overdue_from is None or at < overdue_from:
            return False
        return self.correction_until is None or self.correction_until <= at

    def is_on_time(self, done_at: datetime) -> bool:
        """Whether what was done at this instant was done on time."""
        judged = self.judged_until
        return judged is None or done_at < judged

    def is_reported_late(self, submitted_at: datetime) -> bool:
        """Whether a submission that counts at this instant came after its report-by day.

        After the due day where there is no report-by day; a mark beside "done
        on time", never a verdict of its own.
        """
        overdue_from = self.overdue_from
        return overdue_from is not None and overdue_from <= submitted_at


def first_instant(on: date, zone: tzinfo) -> datetime:
    """The start of a day in a zone, in UTC.

    Where clocks skip midnight it is the instant of the change, where they
    repeat it the earlier one.
    """
    return datetime.combine(on, time.min, tzinfo=zone).astimezone(UTC)


def due_until(due_on: date, zone: tzinfo) -> datetime:
    """The start of the day after the due day in the zone: on time is before it."""
    return first_instant(due_on + _A_DAY, zone)


def day_of(at: datetime, zone: tzinfo) -> date:
    """The day that an instant belongs to in a zone."""
    return at.astimezone(zone).date()


def done_at(
    *,
    judged_by: JudgedBy,
    submitted_at: datetime,
    performed: Iterable[datetime] = (),
) -> datetime:
    """The instant at which a submission says that the duty was done.

    ``submitted_at`` is the instant at which it counts (``grace.counted_at``).
    Judged by performance it is the latest of ``performed``, the instants that
    the evidence needed bears (``evidence.earliest_sufficient``), but never
    after the submission: so proof replaced within a correction term counts as
    performed by the first submission. Evidence that bears no date leaves the
    submission to decide.
    """
    if judged_by is JudgedBy.SUBMITTED:
        return submitted_at
    return min(max(performed, default=submitted_at), submitted_at)


def timeliness(
    terms: Terms,
    *,
    state: State,
    as_of: datetime,
    done_at: datetime | None = None,
    opens_at: datetime | None = None,
    soon: timedelta = SOON,
) -> Timeliness:
    """Judge a task at an instant; on time is before the day after its due day.

    ``done_at`` is required for an accepted task (``ValueError``) and ignored
    for any other. While state and terms stay the same, a later ``as_of`` never
    moves a task backwards in the order of ``Timeliness``. A task that waits
    for a verdict is never overdue: how fast reviewers are is not its matter.
    """
    if state is State.ACCEPTED:
        if done_at is None:
            raise ValueError("an accepted task was done at some instant")
        return Timeliness.ON_TIME if terms.is_on_time(done_at) else Timeliness.LATE
    if state in WAITING:
        return Timeliness.AWAITING
    if state in {State.OPEN, State.RETURNED}:
        return _undone(terms, as_of=as_of, opens_at=opens_at, soon=soon)
    return Timeliness.SET_ASIDE


def _undone(
    terms: Terms, *, as_of: datetime, opens_at: datetime | None, soon: timedelta
) -> Timeliness:
    judged = terms.judged_until
    if terms.is_overdue(as_of):
        return Timeliness.OVERDUE
    if terms.is_past_due(as_of):
        is_correcting = terms.overdue_from is not None and terms.overdue_from <= as_of
        return Timeliness.WITHIN_CORRECTION if is_correcting else Timeliness.REPORTING
    if opens_at is not None and as_of < opens_at:
        return Timeliness.UPCOMING
    if judged is None:
        return Timeliness.NO_DUE_DAY
    return Timeliness.DUE_SOON if judged - soon <= as_of else Timeliness.IN_TIME


def _until(on: date | None, zone: tzinfo) -> datetime | None:
    return None if on is None else due_until(on, zone)
