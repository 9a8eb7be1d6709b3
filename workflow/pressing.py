"""Reminding of what is due and pressing for what is overdue: the ladder's steps as claimed rows.

Knows which steps have passed and whom each reaches. Asks "has it passed and not
been served?", so that no step is lost however long nothing ran; a constraint on
the rows makes repeats harmless. Refuses to know words and mail.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workflow import journal
from workflow.access import grant_from, scope_of_grant
from workflow.catalogue import obligations_said
from workflow.domain.addressing import AddressBook, Officer, Post, as_address
from workflow.domain.agreement import Addressee
from workflow.domain.roles import Role
from workflow.domain.timeliness import day_of
from workflow.journal import Act
from workflow.store import people, pressing
from workflow.store.pressing import Look, Mark, Reach, Step

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

_PRESSING = "system:pressing"
_UNIT_ROLES = frozenset({Role.UNIT_OFFICER, Role.HEAD_OF_UNIT})
_BY_SCOPE = {Addressee.REVIEWER: Role.REVIEWER, Addressee.LEADER: Role.LEADER}


def press(db: Connection, *, at: datetime, agreement: str | None = None) -> dict[str, int]:
    """Claim every step that has passed and is not served, of one agreement or of all active ones.

    Gives how many notices were written, by agreement; what had nothing to look
    at is not mentioned. A task in hand has one notice for each step, addressee
    and due day, however often this is run and however late. Steps fall at the
    start of days, so that a second look on the same day costs one
    statement, unless tasks were made or changed since.
    """
    written: dict[str, int] = {}
    for row in pressing.to_press(db, code=agreement):
        today = day_of(at, ZoneInfo(row.zone))
        mark = Mark(on=today, task_id=row.newest_task_id, change_id=row.newest_change_id)
        if (row.pressed_on, row.task_id, row.change_id) != (mark.on, mark.task_id, mark.change_id):
            written[row.code] = _press(db, row, mark, at=at)
    return written


def _press(db: Connection, agreement: Row[Any], mark: Mark, *, at: datetime) -> int:
    before = pressing.take_mark(db, agreement.id, first=mark)
    if before == mark:
        return 0
    is_same_day = before is not None and before.on >= mark.on
    look = Look(agreement_id=agreement.id, since=before if is_same_day else None)
    count = 0
    steps = _passed(db, look, on=mark.on)
    if steps:
        directory = _Directory(db, agreement.code, on=mark.on, at=at)
        for whom, some in steps.items():
            count += pressing.claim_steps(
                db, some, look, on=mark.on, reach=directory.reach(whom), at=at
            )
    if before is not None:
        pressing.set_mark(db, agreement.id, mark)
    if count:
        journal.record(
            db,
            act=Act(by=_PRESSING, at=at),
            verb="tasks.pressed",
            agreement=agreement.id,
            subject=("agreement", agreement.id),
            after={"notices": count},
        )
    return count


def _passed(db: Connection, look: Look, *, on: date) -> dict[Addressee, list[Step]]:
    """The steps that have passed for some task at least, by whom they reach."""
    said = obligations_said(db, pressing.versions_of(look.agreement_id))
    days = [step.days for duty in said.values() for step in duty.ladder]
    if not days:
        return {}
    earliest = pressing.earliest_due(db, look, until=on - timedelta(days=min(days)))
    found: dict[Addressee, list[Step]] = {}
    for version_id in sorted(earliest):
        for step in said[version_id].ladder:
            if earliest[version_id] <= on - timedelta(days=step.days):
                found.setdefault(Addressee(step.to), []).append(
                    Step(
                        version_id=version_id,
                        code=step.code,
                        days=step.days,
                        channel=step.channel,
                        to=step.to,
                    )
                )
    return found


class _Directory:
    """Everyone who can be reached about an agreement, read once for all its steps."""

    def __init__(self, db: Connection, agreement: str, *, on: date, at: datetime) -> None:
        self._db = db
        self._at = at
        self._grants = [
            (grant_from(row), as_address(row.mail))
            for row in people.people_reached(db)
            if row.agreement in {None, agreement}
        ]
        posts = pressing.posts_on(db, on)
        self._units = {row.id: row.key for row in posts}
        self._book = AddressBook(
            posts={row.key: Post(mail=row.mail, above=row.above) for row in posts},
            officers=[
                Officer(role=grant.role, unit=grant.unit, mail=mail)
                for grant, mail in self._grants
                if grant.role in _UNIT_ROLES and grant.unit is not None
            ],
        )
        administrators = {mail for grant, mail in self._grants if grant.role is Role.ADMINISTRATOR}
        self._otherwise = sorted(administrators) or [""]

    def reach(self, whom: Addressee) -> Reach:
        """Whom a step addressed to them reaches."""
        if whom in _BY_SCOPE:
            scopes = [
                (mail, scope_of_grant(self._db, grant, at=self._at))
                for grant, mail in self._grants
                if grant.role is _BY_SCOPE[whom]
            ]
            return Reach(by_scope=scopes, otherwise=self._otherwise)
        pairs = [
            (id_, mail)
            for id_, key in self._units.items()
            for mail in self._book.reached(whom, key)
        ]
        return Reach(by_unit=pairs, otherwise=self._otherwise)
