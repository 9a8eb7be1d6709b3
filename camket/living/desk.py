"""The review desk at work: it confirms, sends back, grants and refuses, each with a reason.

Knows how long a reviewer takes and what is sent back although it could be read. Refuses to
know what the checks found: who reviews sees that by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from camket.living import story
from camket.living.founding import COORDINATOR, DEPUTY, PAPERS_DESK, REVIEWER
from camket.living.temperament import drawn
from workflow import concessions, doubts, review
from workflow.concessions import Kind
from workflow.journal import Act
from workflow.store.agreements import obligation
from workflow.store.occasions import occasion
from workflow.store.tasks import task
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from camket.living.story import Contest

_SECONDS_APART: Final = 15
_MANY: Final = 5_000


@dataclass(slots=True, kw_only=True)
class Desk:
    """Who reviews and who decides, with what they have done so far."""

    agreement_id: int
    zone: ZoneInfo
    kinds: Mapping[str, str]
    confirmed: int = 0
    returned: int = 0
    granted: int = 0
    refused: int = 0
    contested: int = 0
    _contests: dict[Contest, int] = field(default_factory=dict)

    def work(self, db: Connection, today: date, *, at: datetime) -> int:
        """Do a day's work, and say how many decisions were taken."""
        before = self._count()
        self._review(db, today, at)
        self._decide(db, at)
        self._contest(db, today, at)
        return self._count() - before

    def _count(self) -> int:
        return self.confirmed + self.returned + self.granted + self.refused + self.contested

    def _at(self, at: datetime) -> datetime:
        return at + timedelta(seconds=_SECONDS_APART * self._count() % 1800)

    def _review(self, db: Connection, today: date, at: datetime) -> None:
        """Look at what has waited for a day or more, and at some things a day later."""
        for row in review.waiting_reviews(db, by=REVIEWER, at=at, at_most=_MANY):
            waited = (today - row.referred_at.astimezone(self.zone).date()).days
            about = (row.unit, row.obligation, row.occasion)
            if waited < 1 + drawn("patience", *about, of=3):
                continue
            if row.number == 1 and about in story.SENT_BACK:
                act = Act(by=REVIEWER, at=self._at(at), reason=story.SENT_BACK[about])
                review.return_submission(db, row.task_id, act=act)
                self.returned += 1
            else:
                act = Act(by=REVIEWER, at=self._at(at), reason=story.CONFIRMED_FOR)
                review.confirm_submission(db, row.task_id, act=act)
                self.confirmed += 1

    def _decide(self, db: Connection, at: datetime) -> None:
        """Grant or refuse what was asked for, as the story says; the deputy where both are one."""
        for row in concessions.open_requests(db, by=COORDINATOR, at=at, at_most=_MANY):
            if at - row.asked_at < timedelta(hours=20):
                continue
            incident = story.incident(
                row.unit, row.obligation, row.occasion, kind=self.kinds[row.unit]
            )
            by = DEPUTY if row.asked_by == COORDINATOR else COORDINATOR
            kind = Kind(row.kind)
            answer = incident.answer if incident else None
            act = Act(by=by, at=self._at(at), reason=answer)
            if incident is None or incident.is_granted:
                concessions.grant(db, row.task_id, kind, act=act)
                self.granted += 1
            else:
                concessions.refuse(db, row.task_id, kind, act=act)
                self.refused += 1

    def _contest(self, db: Connection, today: date, at: datetime) -> None:
        """Let the newspaper speak against what was accepted, and settle what is to be settled."""
        for contest in story.CONTESTS:
            if contest not in self._contests and contest.on <= today:
                task_id = self._accepted(db, contest)
                if task_id is None:
                    continue
                act = Act(by=PAPERS_DESK, at=self._at(at), reason=contest.reason)
                number = doubts.raise_doubt(db, task_id, act=act, kind="contested")
                self._contests[contest] = number
                self.contested += 1
            elif contest.settled_on is not None and self._contests.get(contest, 0) > 0:
                if today < contest.settled_on:
                    continue
                act = Act(by=REVIEWER, at=self._at(at), reason=contest.answer)
                if contest.outcome == "kept":
                    doubts.keep_accepted(db, self._contests[contest], act=act)
                else:
                    doubts.reopen_for(db, self._contests[contest], act=act, grants_correction=True)
                self._contests[contest] = 0

    def _accepted(self, db: Connection, contest: Contest) -> int | None:
        """The accepted task that a contest is about."""
        query = (
            select(task.c.id)
            .join(obligation, obligation.c.id == task.c.obligation_id)
            .join(occasion, occasion.c.id == task.c.occasion_id)
            .join(unit, unit.c.id == task.c.unit_id)
            .where(
                task.c.agreement_id == self.agreement_id,
                task.c.state == "accepted",
                obligation.c.code == contest.duty,
                occasion.c.key == contest.occasion,
            )
            .order_by(unit.c.key)
            .limit(1)
        )
        return db.scalar(query)
