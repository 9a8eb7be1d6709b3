"""The offices at work: each morning they look at what they owe and do what they would do.

Knows when an office hands in, asks, corrects or forgets, and calls the use cases as the web or
the command line would. Refuses to know how papers look and what becomes of them.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from camket.living import story
from camket.living.chores import Chore, needed, written_within
from camket.living.papers import papers_for
from camket.living.temperament import Flaw, Habit, drawn, habit_of, temperament_of
from workflow import concessions, submission
from workflow.catalogue import obligations_said
from workflow.concessions import Kind
from workflow.journal import Act
from workflow.store.evidence import items_held
from workflow.store.occasions import event, occasion
from workflow.store.tasks import task
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from camket.living.chores import World
    from camket.living.papers import Paper
    from camket.living.story import Incident
    from workflow.domain.agreement import Requirement
    from workflow.domain.working_days import WorkingCalendar
    from workflow.files import FileStore

_MOST_TRIES: Final = 3
#: One office of so many proves what it bought by the post office's table.
_BY_TABLE: Final = 6
_SECONDS_APART: Final = 20


@dataclass(slots=True, kw_only=True)
class _Tried:
    """What an office has done with a task so far."""

    first_on: date
    last_on: date
    times: int
    flaw: Flaw
    asked: bool = False


@dataclass(slots=True, kw_only=True)
class Offices:
    """Every office of the city, with what each has tried already.

    ``handed_in`` counts papers by requirement's check; nothing else is remembered that the
    database does not hold.
    """

    world: World
    agreement_id: int
    files: FileStore
    calendar: WorkingCalendar
    handed_in: dict[str, int] = field(default_factory=dict)
    _tried: dict[int, _Tried] = field(default_factory=dict)
    _asked: set[int] = field(default_factory=set)

    def work(self, db: Connection, today: date, *, at: datetime) -> int:
        """Do a day's work, and say how many offices acted; each act has an instant of its own."""
        acted = 0
        for chore in self._in_hand(db, today):
            act = Act(by=chore.unit.key, at=at + timedelta(seconds=_SECONDS_APART * acted))
            acted += self._attend(db, chore, today, act)
        return acted

    def _attend(self, db: Connection, chore: Chore, today: date, act: Act) -> bool:
        incident = story.incident(
            chore.unit.key, chore.duty.code, chore.occasion, kind=chore.unit.kind
        )
        habit = self._habit(chore, incident)
        if incident is not None and incident.asks and chore.task_id not in self._asked:
            return self._ask(db, chore, incident, today, act)
        tried = self._tried.get(chore.task_id)
        if tried is None:
            if habit.never or today < self._day_of(chore, habit):
                return False
            self._hand_in(db, chore, today, act, habit=habit, incident=incident)
            return True
        waits = chore.state == "open" and not chore.duty.auto_submit
        if waits or tried.times >= _MOST_TRIES:
            return False
        if today < tried.last_on + timedelta(days=habit.corrects_after):
            return False
        return self._correct(db, chore, tried, today, act)

    def _habit(self, chore: Chore, incident: Incident | None) -> Habit:
        if incident is not None and incident.habit is not None:
            return incident.habit
        key = chore.unit.key
        return habit_of(
            key,
            chore.duty.code,
            chore.occasion,
            temperament=story.CAST.get(key) or temperament_of(key),
            slack=chore.slack,
        )

    def _day_of(self, chore: Chore, habit: Habit) -> date:
        """The working day on which the office hands in; in time where it means to be in time."""
        # Nobody reports of a meeting before it was held, or of a quarter before it began.
        firsts = (written_within(need, chore)[0] for need in self._needs(chore))
        earliest = max(chore.opens_on, *firsts, date.min)
        wanted = max(chore.due_on + timedelta(days=habit.days_from_due), earliest)
        step = -1 if habit.days_from_due <= 0 and wanted > earliest else 1
        while not self.calendar.is_working(wanted):
            wanted += timedelta(days=step)
        return wanted

    def _ask(self, db: Connection, chore: Chore, incident: Incident, today: date, act: Act) -> bool:
        """Ask some days before the due day for more time, or to be let off."""
        if today < chore.due_on - timedelta(days=5):
            return False
        self._asked.add(chore.task_id)
        said = Act(by=act.by, at=act.at, reason=incident.reason)
        match Kind(incident.asks or ""):
            case Kind.EXTENSION:
                until_on = chore.due_on + timedelta(days=incident.days)
                concessions.ask_extension(db, chore.task_id, until_on=until_on, act=said)
            case Kind.WAIVER:
                concessions.ask_waiver(db, chore.task_id, act=said)
            case Kind.SUSPENSION:
                concessions.ask_suspension(db, chore.task_id, act=said)
        return True

    def _hand_in(
        self,
        db: Connection,
        chore: Chore,
        today: date,
        act: Act,
        *,
        habit: Habit,
        incident: Incident | None,
    ) -> None:
        # Who means to be in time does the thing by its due day and hands in what shows it.
        is_late = (today - chore.due_on).days > chore.slack
        written_on = today if is_late else min(today, chore.due_on)
        self._tried[chore.task_id] = _Tried(
            first_on=written_on, last_on=today, times=1, flaw=habit.flaw
        )
        if incident is not None and incident.nothing:
            said = Act(by=act.by, at=act.at, reason=incident.reason)
            submission.declare_nothing(db, chore.task_id, act=said)
            return
        if incident is not None and incident.by_superior:
            act = Act(by=chore.unit.parents[0].value, at=act.at, reason=incident.reason)
        for paper in papers_for(
            self.world, chore, self._needs(chore), on=written_on, flaw=habit.flaw
        ):
            self._offer(db, chore, paper, act)
        self._submit(db, chore, act)

    def _correct(self, db: Connection, chore: Chore, tried: _Tried, today: date, act: Act) -> bool:
        """Take back what did not pass, and hand in what it should have been; whether it acted."""
        held = items_held(db, [chore.task_id])
        if any(row.outcome is None for row in held):
            return False
        all_passed = all(row.outcome == "passed" for row in held)
        is_short = all_passed and tried.flaw is Flaw.TOO_LITTLE
        by_person = all_passed and not is_short
        if by_person and chore.state == "open":
            return False
        tried.times += 1
        tried.last_on = today
        kept: set[str | None] = set()
        for row in held:
            if row.outcome != "passed" or by_person:
                submission.remove_evidence(db, row.id, act=act)
            else:
                kept.add(row.sha256)
        needs = self._needs(chore)
        # What is bought or written anew bears today's day; the rest shows what was done then.
        is_new = is_short and any(need.check == "invoice" for need in needs)
        written_on = today if is_new or by_person else tried.first_on
        flaw = Flaw.THE_REST if is_short else Flaw.NONE
        for paper in papers_for(self.world, chore, needs, on=written_on, flaw=flaw):
            self._offer(db, chore, paper, act, kept=kept)
        self._submit(db, chore, act)
        return True

    def _offer(
        self,
        db: Connection,
        chore: Chore,
        paper: Paper,
        act: Act,
        *,
        kept: set[str | None] | None = None,
    ) -> None:
        stored = self.files.store(io.BytesIO(paper.data))
        if kept and stored.sha256 in kept:
            return
        submission.add_evidence(
            db,
            chore.task_id,
            requirement=paper.requirement,
            file=stored,
            name=paper.name,
            act=act,
        )
        check = next(need.check for need in self._needs(chore) if need.code == paper.requirement)
        self.handed_in[check] = self.handed_in.get(check, 0) + 1

    def _submit(self, db: Connection, chore: Chore, act: Act) -> None:
        if not chore.duty.auto_submit:
            submission.submit_task(db, chore.task_id, act=act)

    def _needs(self, chore: Chore) -> list[Requirement]:
        by_table = drawn("table", chore.unit.key, of=_BY_TABLE) == 0
        return list(needed(chore.duty.proof, choice=int(by_table)))

    def _in_hand(self, db: Connection, today: date) -> Iterator[Chore]:
        """What offices have to do that is open by now, in the order of due days."""
        query = (
            select(
                task.c.id,
                task.c.version_id,
                task.c.state,
                task.c.opens_on,
                task.c.due_on,
                task.c.original_due_on,
                task.c.report_by_on,
                unit.c.key.label("unit"),
                occasion.c.key,
                occasion.c.from_on,
                occasion.c.until_on,
                occasion.c.anchor_on,
                event.c.title,
            )
            .join(unit, unit.c.id == task.c.answerable_id)
            .join(occasion, occasion.c.id == task.c.occasion_id)
            .outerjoin(event, event.c.id == occasion.c.event_id)
            .where(
                task.c.agreement_id == self.agreement_id,
                task.c.state.in_(["open", "returned"]),
                task.c.is_history.is_(False),
                task.c.opens_on <= today,
                task.c.due_on.is_not(None),
            )
            .order_by(task.c.due_on, task.c.id)
        )
        rows = list(db.execute(query))
        said = obligations_said(db, {row.version_id for row in rows})
        for row in rows:
            yield Chore(
                task_id=row.id,
                duty=said[row.version_id],
                occasion=row.key,
                unit=self.world.units[row.unit],
                from_on=row.from_on,
                until_on=row.until_on,
                anchor_on=row.anchor_on,
                opens_on=row.opens_on,
                due_on=row.due_on,
                original_due_on=row.original_due_on,
                report_by_on=row.report_by_on,
                state=row.state,
                event=row.title or "",
            )
