"""What was refused to whom lately: a row each, so that the journal is told of it once.

Knows counts. Refuses to be the record: that is the journal, which nothing can flood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    and_,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from workflow.store.engine import BigId, UTCDateTime, metadata

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

refusal = Table(
    "refusal",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("by", String(64), nullable=False),
    # The code of the refusal, and the deed where it names one.
    Column("what", String(128), nullable=False),
    # Method and address of a route, or the address that failed to sign in.
    Column("place", String(128), nullable=False),
    # When the journal was last told.
    Column("told_at", UTCDateTime, nullable=False),
    # How often since then.
    Column("untold", Integer, nullable=False, server_default="0"),
    UniqueConstraint("by", "what", "place"),
)
Index("ix_refusal_by_told", refusal.c.by, refusal.c.told_at)


def count(
    db: Connection, *, by: str, what: str, place: str, at: datetime, since: datetime
) -> tuple[int, int]:
    """Count one refusal: how many the journal is to be told of now, and how many wait.

    The journal is told where it was not told of the same since ``since``. Of two at once
    one tells.
    """
    mine = and_(refusal.c.by == by, refusal.c.what == what, refusal.c.place == place)
    kind = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    first = (
        kind(refusal)
        .values(by=by, what=what, place=place, told_at=at)
        .on_conflict_do_nothing()
        .returning(refusal.c.id)
    )
    if db.execute(first).first() is not None:
        return 1, 0
    counted = update(refusal).where(mine).values(untold=refusal.c.untold + 1)
    row = db.execute(counted.returning(refusal.c.untold, refusal.c.told_at)).one()
    if row.told_at > since:
        return 0, int(row.untold)
    db.execute(update(refusal).where(mine).values(told_at=at, untold=0))
    return int(row.untold), 0


def told_since(db: Connection, by: str, *, since: datetime) -> int:
    """Of how many different refusals of somebody the journal was told lately."""
    query = select(func.count()).where(refusal.c.by == by, refusal.c.told_at > since)
    return int(db.scalar(query) or 0)


def untold(db: Connection, *, before: datetime) -> list[Row[Any]]:
    """What was counted and not told, and is over since an instant; from now on it is told."""
    waiting = (refusal.c.untold > 0, refusal.c.told_at <= before)
    rows = list(db.execute(select(refusal).where(*waiting).order_by(refusal.c.id)))
    ids = [row.id for row in rows]
    db.execute(update(refusal).where(refusal.c.id.in_(ids)).values(untold=0))
    return rows


def forget_refusals(db: Connection, *, before: datetime) -> int:
    """Delete the counts of long ago, and give how many."""
    gone = delete(refusal).where(refusal.c.told_at < before, refusal.c.untold == 0)
    return db.execute(gone).rowcount
