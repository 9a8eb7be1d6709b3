"""Signs of life, and the instants of the scheduler's jobs that were served.

Knows that both are told by the database: whoever is alive writes, whoever asks reads.
Refuses to know how old is too old.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.store.engine import database_now
from workflow.store.work import database_later, heartbeat, tick

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """The latest sign of life; ``age_s`` is counted on the database's clock."""

    name: str
    beat_at: datetime
    age_s: float
    detail: str


def beat(db: Connection, name: str, *, detail: str = "") -> None:
    """Say that something is alive, and in a few words how it is."""
    insert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    said = insert(heartbeat).values(name=name, beat_at=database_now(), detail=detail)
    db.execute(
        said.on_conflict_do_update(
            index_elements=["name"],
            set_={"beat_at": database_now(), "detail": said.excluded.detail},
        )
    )


def heartbeats(db: Connection) -> list[Heartbeat]:
    """Every sign of life that is kept, by name."""
    rows = db.execute(select(heartbeat, database_now().label("now")).order_by(heartbeat.c.name))
    return [
        Heartbeat(
            name=row.name,
            beat_at=row.beat_at,
            age_s=max(0.0, (row.now - row.beat_at).total_seconds()),
            detail=row.detail,
        )
        for row in rows
    ]


def forget_silent(db: Connection, *, after_s: float) -> None:
    """Drop the signs of processes that have long been gone."""
    db.execute(delete(heartbeat).where(heartbeat.c.beat_at < database_later(-after_s)))


def serve_tick(db: Connection, *, job: str, scheduled_for: datetime, served_at: datetime) -> bool:
    """Take an instant of a job for oneself; False when it was served before.

    Of several schedulers at once, one gets True; the others wait for its transaction.
    """
    insert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    mine = (
        insert(tick)
        .values(job=job, scheduled_for=scheduled_for, served_at=served_at)
        .on_conflict_do_nothing()
        .returning(tick.c.job)
    )
    return db.execute(mine).first() is not None


def served_ticks(db: Connection) -> dict[str, datetime]:
    """The latest instant served of each job."""
    latest = select(tick.c.job, func.max(tick.c.scheduled_for).label("latest")).group_by(tick.c.job)
    return {row.job: row.latest for row in db.execute(latest)}


def forget_ticks(db: Connection, *, before: datetime) -> None:
    """Drop old instants; the latest of each job stays, since it says what was served."""
    newest = tick.alias("newest")
    db.execute(
        delete(tick).where(
            tick.c.scheduled_for < before,
            tick.c.scheduled_for
            < select(func.max(newest.c.scheduled_for))
            .where(newest.c.job == tick.c.job)
            .scalar_subquery(),
        )
    )
