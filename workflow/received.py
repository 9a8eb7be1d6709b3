"""What the party that receives has to do with: what was done for it, and what it asked for.

Knows whose reviewer somebody is and what that party receives. Refuses to change anything;
confirming, contesting and asking are use cases of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, false, func, or_, select

from workflow.access import day_of
from workflow.catalogue import agreements_said
from workflow.domain.roles import Grant, Role
from workflow.store import scopes
from workflow.store.agreements import agreement
from workflow.store.evidence import doubt
from workflow.store.occasions import event, occasion
from workflow.store.submissions import submission
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from workflow.domain.agreement import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """What a person receives for, as conditions: on ``task`` rows, and on ``event`` rows.

    ``parties`` are the names of the parties that they speak for.
    """

    parties: tuple[str, ...]
    tasks: ColumnElement[bool]
    requests: ColumnElement[bool]


def receivers(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """The grants by which somebody reviews for one party: what it receives is theirs."""
    return tuple(
        grant for grant in grants if grant.role is Role.REVIEWER and grant.party is not None
    )


def receiving(db: Connection, grants: Iterable[Grant], *, at: datetime) -> Receiving:
    """What a person receives for, in every agreement in which their party stands."""
    on = day_of(at)
    held = receivers(grants)
    query = select(agreement.c.id).where(agreement.c.state != "draft")
    said = agreements_said(db, db.scalars(query)) if held else {}
    names: dict[str, None] = {}
    tasks: list[ColumnElement[bool]] = [false()]
    requests: list[ColumnElement[bool]] = [false()]
    for grant in held:
        for id_, says in said.items():
            party = _party(says.parties, grant.party)
            if party is None or grant.agreement not in {None, says.code}:
                continue
            names.setdefault(party.name)
            limits = [
                task.c.agreement_id == id_,
                task.c.version_id.in_(scopes.versions_benefiting(id_, party.code)),
            ]
            if grant.unit is not None:
                limits.append(task.c.answerable_id.in_(scopes.units_under([grant.unit], on=on)))
            tasks.append(and_(*limits))
            asking = scopes.units_of_party(says.parties, party.code, on=on)
            requests.append(event.c.convener_id.in_(asking))
    return Receiving(
        parties=tuple(names),
        tasks=or_(*tasks),
        requests=and_(event.c.nature == "request", or_(*requests)),
    )


def _party(parties: Sequence[Party], code: str | None) -> Party | None:
    return next((one for one in parties if one.code == code), None)


def waiting_for_receiver(db: Connection, mine: Receiving, *, at_most: int) -> list[Row[Any]]:
    """Tasks that wait for the receiver's confirmation, the oldest submission first.

    ``task_id``, ``submitted_at``, ``submitted_by``, and ``in_all``, how many there are.
    """
    query = (
        select(
            task.c.id.label("task_id"),
            submission.c.submitted_at,
            submission.c.submitted_by,
            func.count().over().label("in_all"),
        )
        .join(submission, submission.c.task_id == task.c.id)
        .where(mine.tasks, task.c.state == "in_review", submission.c.settled_at.is_(None))
        .order_by(submission.c.submitted_at, task.c.id)
        .limit(at_most)
    )
    return list(db.execute(query))


def done_for_receiver(
    db: Connection, mine: Receiving, *, since: date, skip: int = 0, at_most: int
) -> list[int]:
    """The numbers of accepted tasks that were done since a day, the latest first."""
    query = (
        select(task.c.id)
        .where(mine.tasks, task.c.state == "accepted", task.c.done_on >= since)
        .order_by(task.c.done_on.desc(), task.c.id.desc())
    )
    return list(db.scalars(query.offset(skip).limit(at_most)))


def contests_of(db: Connection, task_ids: Iterable[int]) -> dict[int, Row[Any]]:
    """The latest contest about each of these tasks, settled or not."""
    query = select(doubt).where(
        doubt.c.task_id.in_(sorted(set(task_ids))), doubt.c.kind == "contested"
    )
    return {row.task_id: row for row in db.execute(query.order_by(doubt.c.id))}


def requests_made(
    db: Connection, mine: Receiving, *, skip: int = 0, at_most: int
) -> list[Row[Any]]:
    """The requests of the party's units, the latest first."""
    query = select(event).where(mine.requests)
    query = query.order_by(event.c.happens_on.desc(), event.c.id.desc())
    return list(db.execute(query.offset(skip).limit(at_most)))


def answers_to(db: Connection, event_ids: Iterable[int]) -> dict[int, list[int]]:
    """The numbers of the tasks that these requests made owed, by request."""
    query = (
        select(occasion.c.event_id, task.c.id)
        .join(task, task.c.occasion_id == occasion.c.id)
        .where(occasion.c.event_id.in_(sorted(set(event_ids))))
        .order_by(task.c.id)
    )
    found: dict[int, list[int]] = {}
    for event_id, task_id in db.execute(query):
        found.setdefault(event_id, []).append(task_id)
    return found
