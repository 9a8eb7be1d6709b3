"""Passwords that were forgotten: who asked for a link, and what became of it.

A row is written for whatever account was typed, there or not. The link's token is made
from the row's seed and a key outside the database, and kept as its hash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Index, Row, String, Table, delete, func, insert, select, update

from workflow.store.engine import BigId, UTCDateTime, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

password_reset = Table(
    "password_reset",
    metadata,
    Column("id", BigId, primary_key=True),
    # As it was typed; perhaps nobody's.
    Column("key", String(64), nullable=False),
    Column("address", String(45), nullable=False),
    Column("seed", String(64), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("ends_at", UTCDateTime, nullable=False),
    Column("sent_at", UTCDateTime),
    # Used, or void since the password changed or another link was asked for.
    Column("ended_at", UTCDateTime),
)
Index("ix_password_reset_key", password_reset.c.key, password_reset.c.asked_at)
Index("ix_password_reset_address", password_reset.c.address, password_reset.c.asked_at)


def add_reset(db: Connection, values: Mapping[str, object]) -> int:
    """Write that a link was asked for, and give its number."""
    written = insert(password_reset).values(**values).returning(password_reset.c.id)
    return int(db.execute(written).scalar_one())


def asked_since(db: Connection, *, key: str, address: str, since: datetime) -> tuple[int, int]:
    """How often a link was asked for lately: for an account, and from an address."""
    later = password_reset.c.asked_at > since
    of_key = select(func.count()).where(password_reset.c.key == key, later)
    of_address = select(func.count()).where(password_reset.c.address == address, later)
    row = db.execute(select(of_key.scalar_subquery(), of_address.scalar_subquery())).one()
    return int(row[0]), int(row[1])


def open_resets(db: Connection, ids: Iterable[int], *, at: datetime) -> list[Row[Any]]:
    """Those of these that may still be used."""
    query = select(password_reset).where(password_reset.c.id.in_(sorted(set(ids))))
    return list(db.execute(query.where(*_is_open(at))))


def open_reset(db: Connection, token_hash: str, *, at: datetime) -> Row[Any] | None:
    """The row of a token that may still be used."""
    query = select(password_reset).where(password_reset.c.token_hash == token_hash)
    return db.execute(query.where(*_is_open(at))).one_or_none()


def mark_sent(db: Connection, ids: Iterable[int], *, at: datetime) -> None:
    """Note that the server has taken these letters."""
    mine = password_reset.c.id.in_(sorted(set(ids)))
    db.execute(update(password_reset).where(mine).values(sent_at=at))


def end_resets(db: Connection, key: str, *, at: datetime) -> int:
    """Void every link of an account, and give how many might have been used."""
    mine = (password_reset.c.key == key, *_is_open(at))
    return db.execute(update(password_reset).where(*mine).values(ended_at=at)).rowcount


def forget_resets(db: Connection, *, before: datetime) -> int:
    """Delete what was asked for long ago, and give how many."""
    return db.execute(delete(password_reset).where(password_reset.c.asked_at < before)).rowcount


def _is_open(at: datetime) -> tuple[Any, ...]:
    return (password_reset.c.ended_at.is_(None), password_reset.c.ends_at > at)
