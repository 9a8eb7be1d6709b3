"""What the coverage proof reads: the causes and the tasks as they lie there.

Shares no statement with planning, so that a fault in one is seen by the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, and_, select

from workflow.store.agreements import obligation, obligation_version
from workflow.store.engine import streamed
from workflow.store.occasions import event, occasion
from workflow.store.tasks import task
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


def recorded_occasions(db: Connection, agreement_id: int) -> list[Row[Any]]:
    """Every occasion with its obligation's code and the key of the unit that alone owes it."""
    return list(
        db.execute(
            select(
                occasion.c.id,
                occasion.c.key,
                occasion.c.source,
                occasion.c.status,
                occasion.c.version_id,
                occasion.c.anchor_on,
                occasion.c.judged_on,
                occasion.c.from_on,
                occasion.c.until_on,
                occasion.c.caused_at,
                occasion.c.event_id,
                occasion.c.source_task_id,
                obligation.c.code.label("code"),
                unit.c.key.label("only_unit"),
            )
            .join(obligation, obligation.c.id == occasion.c.obligation_id)
            .outerjoin(unit, unit.c.id == occasion.c.only_unit_id)
            .where(occasion.c.agreement_id == agreement_id)
            .order_by(occasion.c.id)
        )
    )


def all_events(db: Connection) -> list[Row[Any]]:
    """Every meeting and request, cancelled ones too."""
    return list(db.execute(select(event).order_by(event.c.id)))


def fulfilled_tasks(db: Connection, agreement_id: int) -> Iterator[Any]:
    """Accepted tasks of those obligations that another one follows, with both codes."""
    followed = (
        select(obligation_version.c.awaits)
        .join(obligation, obligation.c.id == obligation_version.c.obligation_id)
        .where(
            obligation.c.agreement_id == agreement_id,
            obligation_version.c.trigger == "after",
            obligation_version.c.superseded_at.is_(None),
        )
    )
    query = (
        select(
            task.c.id,
            obligation.c.code,
            task.c.original_due_on,
            task.c.done_on,
            occasion.c.key,
            unit.c.key.label("unit"),
        )
        .select_from(task)
        .join(
            obligation,
            and_(obligation.c.id == task.c.obligation_id, obligation.c.code.in_(followed)),
        )
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .join(unit, unit.c.id == task.c.unit_id)
        .where(task.c.agreement_id == agreement_id, task.c.state == "accepted")
        .order_by(task.c.id)
    )
    return streamed(db, query)


def tasks_by_occasion(db: Connection, agreement_id: int) -> Iterator[Any]:
    """Every task of an agreement in the order of its occasion, read as a stream."""
    query = (
        select(
            task.c.occasion_id,
            task.c.unit_id,
            task.c.state,
            task.c.cancel_cause,
            task.c.is_touched,
            task.c.original_due_on,
        )
        .where(task.c.agreement_id == agreement_id)
        .order_by(task.c.occasion_id, task.c.unit_id)
    )
    return streamed(db, query)
