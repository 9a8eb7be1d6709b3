"""Tokens of programs and calendars, and the answers that a repeated request is given again.

Only the hash of a token is kept: whoever reads the table can act as nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from workflow.store.engine import UTCDateTime, metadata
from workflow.store.people import beside_grants, person

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

api_token = Table(
    "api_token",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    # What its owner calls it.
    Column("name", String(80), nullable=False),
    # A calendar's token stands in an address and opens nothing but the calendar.
    Column("scope", String(8), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    # Null where it lasts until it is revoked.
    Column("expires_at", UTCDateTime),
    Column("revoked_at", UTCDateTime),
    # To within some minutes.
    Column("used_at", UTCDateTime),
    CheckConstraint("scope IN ('read', 'write', 'calendar')", name="scope"),
)
# What a person sees of their own tokens.
Index("ix_api_token_person", api_token.c.person_id)

api_answer = Table(
    "api_answer",
    metadata,
    Column("token_id", ForeignKey("api_token.id"), primary_key=True),
    # What the program called its request.
    Column("key", String(255), primary_key=True),
    # The hash of what was asked: the same name for something else is a mistake.
    Column("digest", String(64), nullable=False),
    # Null only within the transaction that does what was asked.
    Column("status", Integer),
    Column("body", Text),
    Column("at", UTCDateTime, nullable=False),
)
# What is old enough to be forgotten.
Index("ix_api_answer_at", api_answer.c.at)


def add_token(db: Connection, values: Mapping[str, object]) -> int:
    """Write a token and give its number."""
    written = insert(api_token).values(**values).returning(api_token.c.id)
    return int(db.execute(written).scalar_one())


def live_token(db: Connection, token_hash: str, *, at: datetime) -> list[Row[Any]]:
    """A token that was neither revoked nor has expired, with its person: a row for each grant.

    Nothing for any other token; without grants one row with a null role.
    """
    query = (
        select(
            api_token,
            person.c.key,
            person.c.name.label("person_name"),
            person.c.lang,
        )
        .join(person, person.c.id == api_token.c.person_id)
        .where(
            api_token.c.token_hash == token_hash,
            api_token.c.revoked_at.is_(None),
            or_(api_token.c.expires_at.is_(None), api_token.c.expires_at > at),
            person.c.disabled_at.is_(None),
        )
    )
    return list(db.execute(beside_grants(query, api_token.c.person_id)))


def mark_used(db: Connection, token_id: int, *, at: datetime) -> None:
    """Note that a token was used."""
    db.execute(update(api_token).where(api_token.c.id == token_id).values(used_at=at))


def tokens_of(db: Connection, person_id: int) -> list[Row[Any]]:
    """Every token that a person ever made, the newest first; never its hash."""
    columns = [column for column in api_token.c if column.name != "token_hash"]
    query = select(*columns).where(api_token.c.person_id == person_id)
    return list(db.execute(query.order_by(api_token.c.id.desc())))


def revoke_token(db: Connection, person_id: int, token_id: int, *, at: datetime) -> Row[Any] | None:
    """Revoke a person's token and give it; None where they have no such live one."""
    return db.execute(
        update(api_token)
        .where(
            api_token.c.id == token_id,
            api_token.c.person_id == person_id,
            api_token.c.revoked_at.is_(None),
        )
        .values(revoked_at=at)
        .returning(api_token.c.name, api_token.c.scope)
    ).one_or_none()


def revoke_tokens(db: Connection, person_id: int, *, at: datetime) -> int:
    """Revoke every live token of a person, and give how many."""
    live = (api_token.c.person_id == person_id, api_token.c.revoked_at.is_(None))
    return db.execute(update(api_token).where(*live).values(revoked_at=at)).rowcount


def take_key(db: Connection, token_id: int, key: str, *, digest: str, at: datetime) -> bool:
    """Take the name of a request for this transaction; False where it was answered before.

    Of two that take it at once the second waits for the first to end.
    """
    kind = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    taken = (
        kind(api_answer)
        .values(token_id=token_id, key=key, digest=digest, at=at)
        .on_conflict_do_nothing()
        .returning(api_answer.c.key)
    )
    return db.execute(taken).first() is not None


def keep_answer(db: Connection, token_id: int, key: str, *, status: int, body: str) -> None:
    """Keep what a request was answered."""
    db.execute(update(api_answer).where(_of(token_id, key)).values(status=status, body=body))


def answer_kept(db: Connection, token_id: int, key: str) -> Row[Any]:
    """What a request of this name was answered."""
    return db.execute(select(api_answer).where(_of(token_id, key))).one()


def forget_answers(db: Connection, *, before: datetime) -> int:
    """Delete the answers of long ago, and give how many."""
    return db.execute(delete(api_answer).where(api_answer.c.at < before)).rowcount


def _of(token_id: int, key: str) -> ColumnElement[bool]:
    return and_(api_answer.c.token_id == token_id, api_answer.c.key == key)
