"""Signed-in sessions and failed attempts: a row each, so that every process knows the same.

Only the hash of a session's token is kept: whoever reads the table can sign in nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from workflow.store.engine import BigId, UTCDateTime, metadata
from workflow.store.people import beside_grants, person
from workflow.store.preferences import preference
from workflow.store.second_factors import second_factor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

session = Table(
    "session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("began_at", UTCDateTime, nullable=False),
    Column("seen_at", UTCDateTime, nullable=False),
    Column("ends_at", UTCDateTime, nullable=False),
    # Signed out, or ended from another device.
    Column("ended_at", UTCDateTime),
    Column("address", String(45), nullable=False),
    Column("agent", String(200), nullable=False),
    # The password was right, the code of the second factor is still asked for.
    Column("is_half", Boolean, nullable=False, server_default=text("false")),
    # How often a wrong code was given.
    Column("wrong_codes", Integer, nullable=False, server_default="0"),
)
# What a person sees of their own sessions.
Index("ix_session_person", session.c.person_id)

signin_failure = Table(
    "signin_failure",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("key", String(64), nullable=False),
    Column("address", String(45), nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
# How often one address has failed lately.
Index("ix_signin_failure_address_at", signin_failure.c.address, signin_failure.c.at)


def begin_session(db: Connection, values: Mapping[str, object]) -> None:
    """Write a session that begins."""
    db.execute(insert(session).values(**values))


def live_session(
    db: Connection, token_hash: str, *, at: datetime, seen_from: datetime
) -> list[Row[Any]]:
    """A session that neither ended nor lay idle, with its person: a row for each of their grants.

    Nothing for any other token; without grants one row with a null role.
    """
    query = (
        select(
            session,
            person.c.key,
            person.c.name,
            person.c.lang,
            person.c.is_password_temporary,
            second_factor.c.confirmed_at.is_not(None).label("has_second_factor"),
            preference.c["keys"].label("key_mode"),
        )
        .join(person, person.c.id == session.c.person_id)
        .outerjoin(second_factor, second_factor.c.person_id == session.c.person_id)
        .outerjoin(preference, preference.c.person_id == session.c.person_id)
        .where(
            session.c.token_hash == token_hash,
            session.c.is_half.is_(False),
            session.c.seen_at > seen_from,
            *_is_live(at),
        )
    )
    return list(db.execute(beside_grants(query, session.c.person_id)))


def half_session(db: Connection, token_hash: str, *, at: datetime) -> Row[Any] | None:
    """A session whose code is still asked for, with its person's key."""
    query = (
        select(session, person.c.key)
        .join(person, person.c.id == session.c.person_id)
        .where(session.c.token_hash == token_hash, session.c.is_half.is_(True), *_is_live(at))
    )
    return db.execute(query).one_or_none()


def count_wrong_code(db: Connection, session_id: int) -> int:
    """Note a wrong code, and give how many there were in this session."""
    counted = (
        update(session)
        .where(session.c.id == session_id)
        .values(wrong_codes=session.c.wrong_codes + 1)
        .returning(session.c.wrong_codes)
    )
    return int(db.execute(counted).scalar_one())


def wrong_codes_since(db: Connection, person_id: int, *, since: datetime) -> int:
    """How many wrong codes were given for a person lately, from wherever."""
    query = select(func.sum(session.c.wrong_codes)).where(
        session.c.person_id == person_id, session.c.began_at > since
    )
    return int(db.scalar(query) or 0)


def _is_live(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        session.c.ended_at.is_(None),
        session.c.ends_at > at,
        person.c.disabled_at.is_(None),
    )


def mark_seen(db: Connection, session_id: int, *, at: datetime) -> None:
    """Note that a session was used."""
    db.execute(update(session).where(session.c.id == session_id).values(seen_at=at))


def live_sessions_of(db: Connection, person_id: int, *, at: datetime) -> list[Row[Any]]:
    """A person's sessions that have not ended, the last used first."""
    query = select(session).where(
        session.c.person_id == person_id,
        session.c.ended_at.is_(None),
        session.c.ends_at > at,
        session.c.is_half.is_(False),
    )
    return list(db.execute(query.order_by(session.c.seen_at.desc(), session.c.id.desc())))


def end_sessions(
    db: Connection,
    person_id: int,
    *,
    at: datetime,
    only: int | None = None,
    but: int | None = None,
) -> int:
    """End a person's sessions: one, all but one, or all; give how many."""
    ended = update(session).where(session.c.person_id == person_id, session.c.ended_at.is_(None))
    if only is not None:
        ended = ended.where(session.c.id == only)
    if but is not None:
        ended = ended.where(session.c.id != but)
    return db.execute(ended.values(ended_at=at)).rowcount


def failures_since(db: Connection, *, address: str, since: datetime) -> tuple[int, dict[str, int]]:
    """How often an address has failed, in all and by the key that it tried."""
    query = select(signin_failure.c.key, func.count()).where(
        signin_failure.c.address == address, signin_failure.c.at > since
    )
    by_key = {row[0]: int(row[1]) for row in db.execute(query.group_by(signin_failure.c.key))}
    return sum(by_key.values()), by_key


def add_failure(db: Connection, *, key: str, address: str, at: datetime) -> None:
    """Note a failed attempt."""
    db.execute(insert(signin_failure).values(key=key[:64], address=address, at=at))


def forget_failures(db: Connection, *, key: str, address: str) -> None:
    """Whoever got in is no attacker: forget what this address failed on this key."""
    db.execute(
        delete(signin_failure).where(
            signin_failure.c.key == key[:64], signin_failure.c.address == address
        )
    )


def forget_before(db: Connection, before: datetime) -> int:
    """Delete sessions and failures that ended long ago, and give how many."""
    old = db.execute(delete(session).where(session.c.ends_at < before)).rowcount
    return old + db.execute(delete(signin_failure).where(signin_failure.c.at < before)).rowcount
