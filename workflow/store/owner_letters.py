"""Letters that tell whose account it is what was changed in it: a row each, until it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from workflow.store.engine import BigId, UTCDateTime, metadata
from workflow.store.people import person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

owner_letter = Table(
    "owner_letter",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    # The address when it happened: after a change, the old one as well.
    Column("mail", String(254), nullable=False),
    Column("what", String(32), nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("sent_at", UTCDateTime),
)
# What is old enough to be forgotten.
Index("ix_owner_letter_at", owner_letter.c.at)


def add_letters(db: Connection, rows: Sequence[Mapping[str, object]]) -> list[int]:
    """Write that these letters are to be sent, and give their numbers."""
    return sorted(db.scalars(insert(owner_letter).returning(owner_letter.c.id), list(rows)))


def unsent_letters(db: Connection, ids: Iterable[int]) -> list[Row[Any]]:
    """Those of these that were not sent, with whose account it is."""
    query = (
        select(owner_letter, person.c.key, person.c.name, person.c.lang)
        .join(person, person.c.id == owner_letter.c.person_id)
        .where(owner_letter.c.id.in_(sorted(set(ids))), owner_letter.c.sent_at.is_(None))
    )
    return list(db.execute(query.order_by(owner_letter.c.id)))


def mark_sent(db: Connection, ids: Iterable[int], *, at: datetime) -> None:
    """Note that the server has taken these letters."""
    mine = owner_letter.c.id.in_(sorted(set(ids)))
    db.execute(update(owner_letter).where(mine).values(sent_at=at))


def forget_letters(db: Connection, *, before: datetime) -> int:
    """Delete what happened long ago, and give how many."""
    return db.execute(delete(owner_letter).where(owner_letter.c.at < before)).rowcount
