"""The proof that nothing owed is missing and nothing superfluous is asked.

Two layers: every cause has its occasion, and every occasion's members have
their tasks with the right due day. Computed from the agreement, the units and
the calendars anew, sharing no SQL with planning. Refuses to repair anything.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from workflow import catalogue
from workflow.calendars import working_calendars
from workflow.domain.planning import Occasion, foreseen, terms
from workflow.domain.triggers import After, Event, FollowsFrom
from workflow.store import coverage, units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from workflow.catalogue import Kept, Version
    from workflow.domain.planning import Terms
    from workflow.domain.units import Roster, Selector
    from workflow.domain.working_days import WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One difference between what is owed and what is there.

    ``code``: ``coverage.occasion_missing``, ``occasion_superfluous``,
    ``occasion_wrong``, ``task_missing``, ``task_superfluous``, ``task_wrong_due``.
    """

    code: str
    obligation: str
    occasion: str
    unit: str | None = None
    expected: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The outcome of a proof: what was compared, up to which day, and every difference."""

    agreement: str
    until: date | None
    occasions: int
    tasks: int
    gaps: tuple[Gap, ...]  # in the order of obligation, occasion and unit

    @property
    def is_whole(self) -> bool:
        """Whether both differences are empty."""
        return not self.gaps


def prove_coverage(db: Connection, *, agreement: str, at: datetime) -> Coverage:
    """Compare what an agreement makes owed, as planned so far, with what is there.

    Reads tasks as a stream, so memory does not grow with their number. An
    agreement that was never planned is compared up to no day at all.

    Raises ``Refusal("agreement.unknown")``.
    """
    kept = catalogue.kept(db, agreement)
    proof = _Proof(db, kept, at)
    gaps = sorted([*proof.occasion_gaps(), *proof.task_gaps()], key=_place)
    return Coverage(
        agreement=agreement,
        until=kept.planned_until,
        occasions=len(proof.recorded),
        tasks=proof.tasks,
        gaps=tuple(gaps),
    )


def _place(gap: Gap) -> tuple[str, str, str, str]:
    return gap.obligation, gap.occasion, gap.unit or "", gap.code


class _Proof:
    def __init__(self, db: Connection, kept: Kept, at: datetime) -> None:
        self._db = db
        self._kept = kept
        self._at = at
        self._roster: Roster = units.roster(db)
        self._ids = units.unit_ids(db)
        self._keys = {id_: key for key, id_ in self._ids.items()}
        self._versions = {version.id: version for version in kept.versions}
        self.recorded = coverage.recorded_occasions(db, kept.id)
        self.tasks = 0
        self._calendars = self._working_calendars()
        self._members: dict[tuple[Selector, date], frozenset[str]] = {}

    # --- layer one: causes and occasions -----------------------------------

    def occasion_gaps(self) -> Iterator[Gap]:
        recorded = {(row.code, row.key): row for row in self.recorded}
        expected: dict[tuple[str, str], Occasion] = {}
        for version, occasion in self._causes():
            expected[version.says.code, occasion.key] = occasion
            row = recorded.get((version.says.code, occasion.key))
            if row is None or row.status == "cancelled":
                yield Gap(
                    code="coverage.occasion_missing",
                    obligation=version.says.code,
                    occasion=occasion.key,
                    expected=occasion.anchor_on.isoformat(),
                )
            elif not self._is_right(row, version, occasion):
                yield Gap(
                    code="coverage.occasion_wrong",
                    obligation=version.says.code,
                    occasion=occasion.key,
                    expected=f"{occasion.anchor_on.isoformat()} v{version.id}",
                    found=f"{row.anchor_on.isoformat()} v{row.version_id}",
                )
        for row in self.recorded:
            is_foreseen = row.source in {"schedule", "event"} and not self._is_past_end(row)
            if is_foreseen and row.status == "owed" and (row.code, row.key) not in expected:
                yield Gap(
                    code="coverage.occasion_superfluous",
                    obligation=row.code,
                    occasion=row.key,
                    found=row.anchor_on.isoformat(),
                )

    def _is_past_end(self, row: Row[Any]) -> bool:
        """Whether an occasion lies after the day on which the agreement was ended.

        It stays on record, since its tasks were asked for once; none of them is owed.
        """
        ended_on = self._kept.ended_on
        is_reckoned = row.source in {"schedule", "event"}
        return ended_on is not None and is_reckoned and row.anchor_on >= self._kept.last_until

    def _is_right(self, row: Row[Any], version: Version, occasion: Occasion) -> bool:
        if row.source == "evaluation":
            # Evaluated once, under the version of that time.
            return True
        return bool(row.version_id == version.id and row.anchor_on == occasion.anchor_on)

    def _causes(self) -> Iterator[tuple[Version, Occasion]]:
        until = self._kept.planned_until
        if until is None:
            return
        today = self._kept.day_of(self._at)
        events = coverage.all_events(self._db)
        for version in self._kept.versions:
            trigger = version.says.trigger
            if isinstance(trigger, Event):
                for row in events:
                    if row.kind == trigger.kind and row.state == "held":
                        yield from self._of_event(version, row)
            elif not isinstance(trigger, After):
                for occasion in foreseen(
                    version.says,
                    self._kept.says,
                    last_until=self._kept.last_until,
                    until=until,
                ):
                    # A figure's day comes round while nobody plans: due only once it has passed.
                    if occasion.source == "schedule" or occasion.anchor_on < today:
                        yield version, occasion
        yield from self._fulfilments()

    def _of_event(self, version: Version, row: Row[Any]) -> Iterator[tuple[Version, Occasion]]:
        in_force = self._kept.version_on(version.says.code, row.first_on)
        within = self._kept.says.starts_on <= row.happens_on < self._kept.last_until
        if in_force is version and within:
            yield version, self._occasion(f"{row.nature}:{row.id}", "event", row.happens_on)

    def _fulfilments(self) -> Iterator[tuple[Version, Occasion]]:
        followers: defaultdict[str, list[tuple[Version, After]]] = defaultdict(list)
        for version in self._kept.versions:
            if isinstance(version.says.trigger, After):
                followers[version.says.trigger.obligation].append((version, version.says.trigger))
        if not followers:
            return
        for row in coverage.fulfilled_tasks(self._db, self._kept.id):
            for version, trigger in followers[row.code]:
                base = (
                    row.original_due_on if trigger.reckoned is FollowsFrom.SEQUENCE else row.done_on
                )
                anchor_on = base + timedelta(days=trigger.days)
                if self._kept.version_on(version.says.code, anchor_on) is version:
                    key = f"after:{row.code}:{row.key}:{row.unit}"
                    yield version, self._occasion(key, "acceptance", anchor_on)

    @staticmethod
    def _occasion(key: str, source: str, anchor_on: date) -> Occasion:
        return Occasion(
            key=key,
            source=source,
            anchor_on=anchor_on,
            judged_on=anchor_on,
            from_on=anchor_on,
            until_on=anchor_on + timedelta(days=1),
        )

    # --- layer two: occasions, members and tasks ----------------------------

    def task_gaps(self) -> Iterator[Gap]:
        found = groupby(
            coverage.tasks_by_occasion(self._db, self._kept.id), key=attrgetter("occasion_id")
        )
        rows = {row.id: row for row in self.recorded}
        waiting = dict.fromkeys(rows)
        for occasion_id, tasks in found:
            waiting.pop(occasion_id, None)
            yield from self._compare(rows[occasion_id], list(tasks))
        for occasion_id in waiting:
            yield from self._compare(rows[occasion_id], [])

    def _compare(self, row: Row[Any], tasks: Iterable[Row[Any]]) -> Iterator[Gap]:
        expected = self._expected(row)
        for task in tasks:
            self.tasks += 1
            key = self._keys.get(task.unit_id, f"#{task.unit_id}")
            due_on = expected.pop(key, None)
            is_planned_only = task.state == "open" and not task.is_touched
            gap: str | None = None
            if due_on is None and is_planned_only:
                gap = "coverage.task_superfluous"
            elif due_on is not None and task.cancel_cause == "unowed":
                gap = "coverage.task_missing"
            elif due_on is not None and is_planned_only and task.original_due_on != due_on:
                gap = "coverage.task_wrong_due"
            if gap is not None:
                yield Gap(
                    code=gap,
                    obligation=row.code,
                    occasion=row.key,
                    unit=key,
                    expected=due_on.isoformat() if due_on else None,
                    found=task.original_due_on.isoformat() if task.original_due_on else None,
                )
        for key, due_on in expected.items():
            yield Gap(
                code="coverage.task_missing",
                obligation=row.code,
                occasion=row.key,
                unit=key,
                expected=due_on.isoformat(),
            )

    def _expected(self, row: Row[Any]) -> dict[str, date]:
        """The units that owe a task of this occasion, each with its original due day."""
        if row.status != "owed" or self._is_past_end(row):
            return {}
        version = self._version(row.version_id)
        occasion = Occasion(
            key=row.key,
            source=row.source,
            anchor_on=row.anchor_on,
            judged_on=row.judged_on,
            from_on=row.from_on,
            until_on=row.until_on,
            caused_on=None if row.source == "schedule" else self._kept.day_of(row.caused_at),
        )
        by_calendar = {
            name: terms(
                version.says,
                occasion,
                calendar=calendar,
                tracked_from=self._kept.says.tracked_from,
                correction_days=self._kept.says.settings.correction_days,
            )
            for name, calendar in self._calendars.items()
        }
        settings = self._kept.says.settings
        return {
            key: days.original_due_on
            for name, days in by_calendar.items()
            for key in self._owing(version, days)
            if settings.calendar_of(self._roster.units[key].kind) == name
            and (row.only_unit is None or self._roster.heir(row.only_unit, days.later_on) == key)
        }

    def _version(self, version_id: int) -> Version:
        """Also one that was superseded: what was recorded once keeps the version of its time."""
        if version_id not in self._versions:
            self._versions[version_id] = catalogue.version_by_id(self._db, version_id)
        return self._versions[version_id]

    def _owing(self, version: Version, days: Terms) -> Iterator[str]:
        selector = version.says.bearer
        earlier = self._members_on(selector, days.earlier_on)
        for key in self._members_on(selector, days.later_on):
            if key in earlier or self._roster.counts_on(
                selector, key, days.earlier_on, since=days.later_on
            ):
                yield key

    def _members_on(self, selector: Selector, day: date) -> frozenset[str]:
        found = self._members.get((selector, day))
        if found is None:
            # Without conditions only who is named can be meant.
            units = self._roster.units
            asked = units if selector.has_conditions else selector.keys & units.keys()
            found = frozenset(key for key in asked if self._roster.is_member(selector, key, day))
            self._members[selector, day] = found
        return found

    def _working_calendars(self) -> dict[str, WorkingCalendar]:
        if not self.recorded:
            return {}
        settings = self._kept.says.settings
        return working_calendars(
            self._db,
            country=settings.country,
            years=range(
                min(row.from_on for row in self.recorded).year - 1,
                max(row.until_on for row in self.recorded).year + 3,
            ),
            names=settings.calendar_names,
        )
