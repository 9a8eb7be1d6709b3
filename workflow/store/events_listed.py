"""Meetings and requests as a list shows them, and what each made owed.

Refuses to know who may see which: the condition comes from whoever asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from workflow.store.agreements import agreement, obligation, obligation_version
from workflow.store.occasions import event, occasion
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, Row


def events_page(
    db: Connection,
    where: Iterable[ColumnElement[bool]],
    *,
    from_on: date | None,
    until_on: date | None,
    skip: int,
    at_most: int,
) -> list[Row[Any]]:
    """Events that meet a condition, the latest day first; ``until_on`` is exclusive."""
    query = select(event).where(*where)
    if from_on is not None:
        query = query.where(event.c.happens_on >= from_on)
    if until_on is not None:
        query = query.where(event.c.happens_on < until_on)
    query = query.order_by(event.c.happens_on.desc(), event.c.id.desc())
    return list(db.execute(query.offset(skip).limit(at_most)))


def tasks_of_events(db: Connection, ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """How many tasks each of these events made owed, by state."""
    query = (
        select(occasion.c.event_id, task.c.state, func.count())
        .join(task, task.c.occasion_id == occasion.c.id)
        .where(occasion.c.event_id.in_(sorted(set(ids))))
        .group_by(occasion.c.event_id, task.c.state)
    )
    found: dict[int, dict[str, int]] = {}
    for event_id, state, count in db.execute(query):
        found.setdefault(event_id, {})[state] = int(count)
    return found


def kinds_awaited(db: Connection) -> list[Row[Any]]:
    """The kinds of event that active agreements wait for, with the duty each makes owed."""
    query = (
        select(
            obligation_version.c.awaits.label("kind"),
            obligation_version.c.title,
            agreement.c.code.label("agreement"),
        )
        .join(obligation, obligation.c.id == obligation_version.c.obligation_id)
        .join(agreement, agreement.c.id == obligation.c.agreement_id)
        .where(
            obligation_version.c.trigger == "event",
            obligation_version.c.superseded_at.is_(None),
            agreement.c.state == "active",
        )
        .order_by(obligation_version.c.awaits, obligation_version.c.id)
    )
    return list(db.execute(query))
