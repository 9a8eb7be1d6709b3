"""One planning run: members, occasions, then tasks, under the agreement's lock.

Statements are as many as there are obligation versions with something to do,
never as many as there are units.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import update

from workflow import catalogue, journal
from workflow.calendars import working_calendars
from workflow.domain.errors import Refusal
from workflow.domain.planning import terms
from workflow.planning.membership import Members, refresh_members
from workflow.planning.occasions import Gone, Written, write_occasions
from workflow.store import keeping, occasions, planning
from workflow.store.agreements import agreement as agreement_table
from workflow.store.successions import only_heirs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection

    from workflow.catalogue import Kept, Version
    from workflow.domain.working_days import WorkingCalendar
    from workflow.journal import Act


@dataclass(slots=True, kw_only=True)
class Planned:
    """What a run did to tasks; ``doubts`` counts accepted ones whose cause moved."""

    created: int = 0
    shifted: int = 0
    cancelled: int = 0
    reinstated: int = 0
    doubts: int = 0
    by_obligation: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, code: str, counts: Mapping[str, int]) -> None:
        """Count what was done to one obligation's tasks; nothing done is not mentioned."""
        if any(counts.values()):
            so_far = Counter(self.by_obligation.get(code, {}))
            self.by_obligation[code] = dict(so_far + Counter(counts))
            for name, n in counts.items():
                setattr(self, name, getattr(self, name) + n)


def plan_tasks(
    db: Connection, *, agreement: str, until: date, act: Act, whole: bool = False
) -> Planned:
    """Create what is owed before ``until`` and bring untouched tasks up to the rule.

    What was planned further than that is brought up to the rule as well: a
    horizon never shrinks.

    Idempotent: a second run writes nothing. Locks the agreement's row. With
    ``whole``, occasions that are planned already are gone through again, which
    repairs what was lost behind the planner's back.

    Raises ``Refusal("agreement.unknown")`` and ``Refusal("agreement.not_active")``.
    """
    kept = catalogue.locked(db, agreement)
    if kept.state != "active":
        raise Refusal("agreement.not_active", agreement=agreement, state=kept.state)
    until = max(until, kept.planned_until or until)
    members = refresh_members(db, kept)
    selections = {id_: one.selection_id for id_, one in members.items()}
    written, gone = write_occasions(db, kept, selections, until=until, act=act)
    calendars = _calendars(db, kept, written)
    heirs = only_heirs(db)
    newest = keeping.newest_task(db)
    outcome = Planned()
    _cancel_gone(db, kept, gone, outcome, act=act)
    per_version: defaultdict[int, list[Written]] = defaultdict(list)
    for one in written:
        per_version[one.version.id].append(one)
    for version in kept.versions:
        run = _VersionRun(
            db,
            kept,
            version,
            calendars=calendars,
            members=members[version.id],
            heirs=heirs,
            act=act,
        )
        outcome.add(version.says.code, run.plan(per_version[version.id], whole=whole))
    if outcome.created:
        keeping.note_new_tasks(db, kept.id, since=newest)
    if kept.planned_until is None or kept.planned_until < until:
        db.execute(
            update(agreement_table)
            .where(agreement_table.c.id == kept.id)
            .values(planned_until=until)
        )
    return outcome


def _cancel_gone(
    db: Connection, kept: Kept, gone: Sequence[Gone], outcome: Planned, *, act: Act
) -> None:
    """Cancel the tasks of occasions whose cause is gone; a cancelled event reaches further."""
    codes = {version.obligation_id: version.says.code for version in kept.versions}
    by_obligation: defaultdict[int, list[Gone]] = defaultdict(list)
    for one in gone:
        by_obligation[one.obligation_id].append(one)
    for obligation_id, ones in by_obligation.items():
        counts: Counter[str] = Counter()
        for is_event, reach in ((False, planning.UNTOUCHED), (True, planning.UNSETTLED)):
            ids = [one.id for one in ones if one.is_event is is_event]
            counts["cancelled"] += planning.cancel_of(db, ids, reach=reach, act=act)
        code = codes.get(obligation_id, f"#{obligation_id}")
        outcome.add(code, counts)
        if counts["cancelled"]:
            keys = sorted(one.key for one in ones)
            after = {"obligation": code, **counts, "first": keys[0], "last": keys[-1]}
            journal.record(
                db,
                act=act,
                verb="tasks.planned",
                agreement=kept.id,
                subject=("obligation", obligation_id),
                after=after,
            )


def _calendars(
    db: Connection, kept: Kept, written: Iterable[Written]
) -> dict[str, WorkingCalendar]:
    days = [day for one in written for day in (one.says.from_on, one.says.until_on)]
    if not days:
        return {}
    return working_calendars(
        db,
        country=kept.says.settings.country,
        # Due days and late notices lie around the occasions, seldom more than a year.
        years=range(min(days).year - 1, max(days).year + 3),
        names=kept.says.settings.calendar_names,
    )


#: An occasion with the rows of its terms, one a calendar.
_Pair = tuple[Written, list[planning.TermRow]]


class _VersionRun:
    """The planning of one obligation version: each step is one statement."""

    def __init__(
        self,
        db: Connection,
        kept: Kept,
        version: Version,
        *,
        calendars: Mapping[str, WorkingCalendar],
        members: Members,
        heirs: Mapping[int, tuple[date, int]],
        act: Act,
    ) -> None:
        self._db = db
        self._kept = kept
        self._version = version
        self._calendars = calendars
        self._members = members
        self._heirs = heirs
        self._act = act

    def plan(self, written: Sequence[Written], *, whole: bool) -> dict[str, int]:
        owed = [(one, self._rows(one)) for one in written]
        digests = {one.id: self._digest(rows) for one, rows in owed}
        stale = [pair for pair in owed if whole or digests[pair[0].id] != pair[0].digest]
        known = [pair for pair in stale if pair[0].digest is not None]
        first = [pair for pair in stale if pair[0].digest is None]
        counts = Counter(created=self._create(first, None, is_first=True))
        counts["created"] += self._create(known, None)
        counts += self._bring_up_to_date(known)
        fresh = [pair for pair in owed if pair[0].digest == digests[pair[0].id] and not whole]
        counts += self._follow_units(fresh)
        occasions.remember_planned(
            self._db, {one.id: digests[one.id] for one, _ in stale if digests[one.id] != one.digest}
        )
        if any(counts.values()):
            self._journal(owed, counts)
        return counts

    def _rows(self, one: Written) -> list[planning.TermRow]:
        return [
            (one.id, name, *row)
            for name, calendar in self._calendars.items()
            for row in (self._row(one, calendar),)
        ]

    def _row(self, one: Written, calendar: WorkingCalendar) -> tuple[object, ...]:
        days = terms(
            self._version.says,
            one.says,
            calendar=calendar,
            tracked_from=self._kept.says.tracked_from,
            correction_days=self._kept.says.settings.correction_days,
        )
        return (
            self._standing_in(one.only_unit_id, days.later_on),
            days.earlier_on,
            days.later_on,
            days.opens_on,
            days.original_due_on,
            days.due_on,
            days.report_by_on,
            days.belongs_on,
            days.late_notice_on,
            days.is_history,
        )

    def _standing_in(self, unit_id: int | None, day: date) -> int | None:
        """Who owes on a day what one unit was asked for: itself, or what took its place."""
        seen: set[int] = set()
        while unit_id is not None and unit_id in self._heirs and unit_id not in seen:
            seen.add(unit_id)
            ended_on, heir = self._heirs[unit_id]
            if day < ended_on:
                break
            unit_id = heir
        return unit_id

    def _digest(self, rows: Sequence[planning.TermRow]) -> str:
        text = json.dumps([self._version.id, rows], default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def _create(
        self, pairs: Sequence[_Pair], units: frozenset[int] | None, *, is_first: bool = False
    ) -> int:
        owed = self._owed(pairs, units)
        if not owed.terms:
            return 0
        return planning.plan_missing(
            self._db,
            owed,
            agreement_id=self._kept.id,
            obligation_id=self._version.obligation_id,
            at=self._act.at,
            is_first=is_first,
        )

    def _follow_units(self, pairs: Sequence[_Pair]) -> Counter[str]:
        """Where only units moved, look through theirs alone.

        Of a unit that has just joined nothing can be superfluous, unless it was
        here before and what it owed was taken away then.
        """
        joined, changed, back = self._members.joined, self._members.changed, self._members.back
        counts: Counter[str] = Counter()
        if not joined | changed:
            return counts
        counts["created"] = self._create(pairs, joined | changed)
        if changed | back:
            counts += self._bring_up_to_date(pairs, changed | back)
        return counts

    def _bring_up_to_date(
        self, pairs: Sequence[_Pair], units: frozenset[int] | None = None
    ) -> Counter[str]:
        counts: Counter[str] = Counter()
        owed = self._owed(pairs, units)
        if not owed.terms:
            return counts
        counts["reinstated"] = planning.reinstate_owed(self._db, owed, act=self._act)
        counts["cancelled"] = planning.cancel_unowed(
            self._db,
            owed,
            occasion_ids=[one.id for one, _ in pairs],
            reach=planning.UNTOUCHED,
            act=self._act,
        )
        for is_moved, reach in ((False, planning.UNTOUCHED), (True, planning.UNSETTLED)):
            some = self._owed([pair for pair in pairs if pair[0].is_moved is is_moved], units)
            if some.terms:
                counts["shifted"] += planning.shift_owed(self._db, some, reach=reach, act=self._act)
        moved = [one.id for one, _ in pairs if one.is_moved]
        if moved:
            counts["doubts"] = planning.doubt_moved(self._db, moved, act=self._act)
        return counts

    def _owed(self, pairs: Sequence[_Pair], units: frozenset[int] | None) -> planning.Owed:
        terms_of = [row for _, rows in pairs for row in rows]
        return planning.Owed(
            version_id=self._version.id,
            selection_id=self._members.selection_id,
            terms=terms_of,
            units=units,
        )

    def _journal(self, pairs: Sequence[_Pair], counts: Mapping[str, int]) -> None:
        """One entry for an obligation and run: counts, range of keys, digest of the terms."""
        ones = sorted((one for one, _ in pairs), key=lambda one: one.says.anchor_on)
        journal.record(
            self._db,
            act=self._act,
            verb="tasks.planned",
            agreement=self._kept.id,
            subject=("obligation", self._version.obligation_id),
            after={
                "obligation": self._version.says.code,
                "version": self._version.id,
                **{name: n for name, n in counts.items() if n},
                "first": ones[0].says.key,
                "last": ones[-1].says.key,
                "digest": self._digest([row for _, rows in pairs for row in rows]),
            },
        )
