"""Tasks with any history, as rows and as the facts that the domain judges.

Knows how one imagined life of a task is written into the tables, and what of it was true
at an instant. The two share nothing but the life itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from workflow.domain.lifecycle import WAITING, State
from workflow.domain.tally import TaskFacts
from workflow.domain.timeliness import Terms, day_of
from workflow.store.agreements import agreement, obligation, obligation_version
from workflow.store.occasions import occasion
from workflow.store.tasks import task, task_change
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = date(2024, 1, 1)
_SETTLED = {State.WAIVED, State.CANCELLED}


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A task from an instant on."""

    at: datetime
    state: State = State.OPEN
    due_on: date | None = None
    original_due_on: date | None = None
    report_by_on: date | None = None
    late_notice_on: date | None = None
    belongs_on: date = FIRST
    correction_on: date | None = None
    submitted_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Life:
    """Everything that ever happened to a task; the first moment is its planning."""

    duty: int
    unit: int
    recorded_at: datetime
    caused_at: datetime
    is_history: bool
    moments: tuple[Moment, ...] = field(repr=True)

    def foreseeing_nothing(self) -> Life:
        """The same, planned long ago, and never told that something is submitted later on."""
        moments = []
        for number, moment in enumerate(self.moments):
            if not number:
                moments.append(replace(moment, at=_FIRST_INSTANT))
                continue
            submitted_at = moment.submitted_at and min(moment.submitted_at, moment.at)
            done_at = moment.done_at and submitted_at and min(moment.done_at, submitted_at)
            moments.append(replace(moment, submitted_at=submitted_at, done_at=done_at))
        return replace(self, moments=tuple(moments))

    def until(self, at: datetime) -> Life:
        """As much of it as had happened at an instant; planned it was in any case."""
        first, *rest = self.moments
        return replace(
            self,
            caused_at=self.caused_at if self.caused_at <= at else self.recorded_at,
            moments=(first, *(moment for moment in rest if moment.at <= at)),
        )

    def facts_at(self, as_of: datetime) -> TaskFacts | None:
        """What was true at an instant; None while it was not planned."""
        past = [moment for moment in self.moments if moment.at <= as_of]
        if not past:
            return None
        now = past[-1]
        return TaskFacts(
            state=now.state,
            terms=Terms.of_days(
                zone=HANOI,
                due_on=now.due_on,
                report_by_on=now.report_by_on,
                late_notice_on=now.late_notice_on,
                correction_on=now.correction_on,
            ),
            belongs_on=now.belongs_on,
            state_since=now.at,
            caused_at=self.caused_at if self.caused_at <= as_of else self.recorded_at,
            submitted_at=now.submitted_at,
            done_at=now.done_at,
            is_history=self.is_history,
        )


# Few days and few hours, so that what is compared often falls together.
_DAYS = [FIRST + timedelta(days=days) for days in (1, 61, 84, 90, 91, 92)]
days = st.sampled_from(_DAYS)
instants = st.builds(
    lambda day, hour: datetime.combine(day, hour, tzinfo=HANOI).astimezone(UTC),
    days,
    st.sampled_from([time(), time(12)]),
)
_FIRST_INSTANT = datetime(2023, 12, 1, tzinfo=UTC)
maybe_days = st.none() | days


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Any life that the tables can hold, likely or not."""
    ats = sorted(draw(st.lists(instants, min_size=1, max_size=5, unique=True)))
    due_on = draw(maybe_days)
    given: dict[str, Any] = {
        "original_due_on": due_on,
        "report_by_on": draw(maybe_days),
        "late_notice_on": draw(maybe_days),
        "belongs_on": due_on or draw(days),
    }
    moment = Moment(at=ats[0], due_on=due_on, **given)
    moments = [moment]
    for at in ats[1:]:
        choices = set(State) - ({moment.state} if moment.state in _SETTLED else set())
        moment = replace(moment, at=at, state=draw(st.sampled_from(sorted(choices))))
        if draw(st.booleans()):
            moment = replace(moment, due_on=draw(maybe_days), correction_on=draw(maybe_days))
        if draw(st.integers(0, 3)) == 0:
            moment = replace(
                moment,
                original_due_on=draw(maybe_days),
                report_by_on=draw(maybe_days),
                late_notice_on=draw(maybe_days),
                belongs_on=draw(days),
            )
        if moment.state in WAITING | {State.ACCEPTED}:
            submitted_at = draw(instants)
            done_at = min(submitted_at, draw(instants))
            moment = replace(moment, submitted_at=submitted_at, done_at=done_at)
        moments.append(moment)
    recorded_at = draw(instants)
    return Life(
        duty=draw(st.integers(0, 1)),
        unit=draw(st.integers(0, 1)),
        recorded_at=recorded_at,
        caused_at=max(recorded_at, draw(instants)),
        is_history=draw(st.integers(0, 5)) == 0,
        moments=tuple(moments),
    )


@st.composite
def settled_lives(draw: st.DrawFn) -> Life:
    """A life that ended well or was set aside, all its days close to one another."""
    due_on = draw(days)
    planned = Moment(
        at=_FIRST_INSTANT,
        due_on=due_on,
        original_due_on=due_on,
        belongs_on=due_on,
        late_notice_on=draw(maybe_days),
    )
    submitted_at = draw(instants)
    settled = replace(
        planned,
        at=draw(instants),
        state=draw(st.sampled_from([State.ACCEPTED, State.WAIVED, State.CANCELLED])),
        submitted_at=submitted_at,
        done_at=draw(st.sampled_from([submitted_at, draw(instants)])),
    )
    recorded_at = draw(st.sampled_from([_FIRST_INSTANT, draw(instants)]))
    return Life(
        duty=draw(st.integers(0, 1)),
        unit=0,
        recorded_at=recorded_at,
        caused_at=max(recorded_at, draw(instants)) if draw(st.booleans()) else recorded_at,
        is_history=False,
        moments=(planned, settled),
    )


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What tasks hang on: an agreement with two duties, and two units."""

    agreement_id: int
    duties: tuple[int, ...]
    versions: tuple[int, ...]
    units: tuple[int, ...]


def ground(db: Connection, code: str = "ct-01") -> Ground:
    """Lay the rows that tasks and their changes refer to."""
    agreement_id = db.execute(
        insert(agreement)
        .values(
            code=code,
            title=code,
            state="active",
            zone=HANOI.key,
            starts_on=FIRST,
            ends_on=date(2026, 1, 1),
            tracked_from=FIRST,
            definition={},
            imported_by="van-phong",
            imported_at=datetime(2023, 10, 1, tzinfo=UTC),
        )
        .returning(agreement.c.id)
    ).scalar_one()
    duties, versions, units = [], [], []
    for number in range(2):
        duties.append(
            db.execute(
                insert(obligation)
                .values(agreement_id=agreement_id, code=f"d{number}")
                .returning(obligation.c.id)
            ).scalar_one()
        )
        versions.append(
            db.execute(
                insert(obligation_version)
                .values(
                    obligation_id=duties[-1],
                    effective_from=FIRST,
                    title=f"d{number}",
                    clause="d1",
                    trigger="every",
                    definition={},
                    recorded_at=datetime(2023, 10, 1, tzinfo=UTC),
                )
                .returning(obligation_version.c.id)
            ).scalar_one()
        )
        units.append(
            db.execute(
                insert(unit)
                .values(
                    key=f"{code}-u{number}",
                    kind="phuong",
                    opened_on=date(2020, 1, 1),
                    closed_on=date.max,
                )
                .returning(unit.c.id)
            ).scalar_one()
        )
    return Ground(
        agreement_id=agreement_id,
        duties=tuple(duties),
        versions=tuple(versions),
        units=tuple(units),
    )


def write(db: Connection, on: Ground, written: Sequence[Life]) -> list[int]:
    """Write these lives as the use cases would have left them, and give the tasks' numbers."""
    occasions = db.scalars(
        insert(occasion).returning(occasion.c.id, sort_by_parameter_order=True),
        [_occasion(on, life, number) for number, life in enumerate(written)],
    ).all()
    tasks = db.scalars(
        insert(task).returning(task.c.id, sort_by_parameter_order=True),
        [
            _task(on, life, occasion_id)
            for life, occasion_id in zip(written, occasions, strict=True)
        ],
    ).all()
    changes = [
        _change(on, life, task_id, before, after)
        for life, task_id in zip(written, tasks, strict=True)
        for before, after in pairwise(life.moments)
    ]
    if changes:
        db.execute(insert(task_change), changes)
    return list(tasks)


def advance(
    db: Connection, on: Ground, whole: Sequence[Life], tasks: Sequence[int], *, until: datetime
) -> None:
    """Let what happened up to an instant happen to tasks that were written up to an earlier one."""
    for life, task_id in zip(whole, tasks, strict=True):
        now = db.execute(select(task).where(task.c.id == task_id)).one()
        for before, after in pairwise(life.moments):
            if now.changed_at < after.at <= until:
                db.execute(insert(task_change).values(_change(on, life, task_id, before, after)))
                cause = "person" if after.state is State.CANCELLED else None
                cached = _cache(after, on.units[life.unit])
                db.execute(
                    update(task)
                    .where(task.c.id == task_id)
                    .values(changed_at=after.at, cancel_cause=cause, **cached)
                )
        if life.caused_at <= until:
            is_its = occasion.c.id == now.occasion_id
            db.execute(update(occasion).where(is_its).values(caused_at=life.caused_at))


def _occasion(on: Ground, life: Life, number: int) -> dict[str, Any]:
    return {
        "agreement_id": on.agreement_id,
        "obligation_id": on.duties[life.duty],
        "version_id": on.versions[life.duty],
        "key": f"key-{number}",
        "source": "schedule",
        "anchor_on": FIRST,
        "judged_on": FIRST,
        "from_on": FIRST,
        "until_on": FIRST + timedelta(days=1),
        "status": "owed",
        "recorded_at": life.recorded_at,
        "caused_at": life.caused_at,
    }


def _task(on: Ground, life: Life, occasion_id: int) -> dict[str, Any]:
    first, last = life.moments[0], life.moments[-1]
    return {
        "agreement_id": on.agreement_id,
        "obligation_id": on.duties[life.duty],
        "version_id": on.versions[life.duty],
        "occasion_id": occasion_id,
        "unit_id": on.units[life.unit],
        "opens_on": FIRST,
        "first_due_on": first.due_on,
        "planned_at": first.at,
        "changed_at": last.at,
        "is_history": life.is_history,
        "cancel_cause": "person" if last.state is State.CANCELLED else None,
        **_cache(last, on.units[life.unit]),
    }


def _change(on: Ground, life: Life, task_id: int, before: Moment, after: Moment) -> dict[str, Any]:
    return {
        "task_id": task_id,
        "at": after.at,
        "act": "act",
        "by": "van-phong",
        "state_from": before.state,
        "due_on_from": before.due_on,
        "original_due_on_from": before.original_due_on,
        "report_by_on_from": before.report_by_on,
        "belongs_on_from": before.belongs_on,
        "late_notice_on_from": before.late_notice_on,
        **_cache(after, on.units[life.unit]),
    }


def _cache(moment: Moment, unit_id: int) -> dict[str, Any]:
    return {
        "answerable_id": unit_id,
        "state": moment.state,
        "original_due_on": moment.original_due_on,
        "due_on": moment.due_on,
        "report_by_on": moment.report_by_on,
        "belongs_on": moment.belongs_on,
        "late_notice_on": moment.late_notice_on,
        "correction_on": moment.correction_on,
        "submitted_at": moment.submitted_at,
        "submitted_on": moment.submitted_at and day_of(moment.submitted_at, HANOI),
        "done_at": moment.done_at,
        "done_on": moment.done_at and day_of(moment.done_at, HANOI),
    }
