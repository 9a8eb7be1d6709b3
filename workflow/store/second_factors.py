"""Second factors and recovery codes: what a person has besides the password.

The secret is encrypted, a recovery code is a keyed hash: whoever reads the tables can
make no code of either kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
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
    update,
)

from workflow.store.engine import UTCDateTime, metadata
from workflow.store.people import person

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

second_factor = Table(
    "second_factor",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("secret", String(255), nullable=False),
    Column("begun_at", UTCDateTime, nullable=False),
    # Null until its first code was given: before that nobody is asked for any.
    Column("confirmed_at", UTCDateTime),
    # The time step of the last code that was taken: none up to it is taken again.
    Column("last_step", BigInteger, nullable=False, server_default="0"),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("code_hash", String(64), nullable=False),
    Column("used_at", UTCDateTime),
)
Index("ix_recovery_code_person", recovery_code.c.person_id)


def factor_of(db: Connection, person_id: int) -> Row[Any] | None:
    """A person's second factor, confirmed or not."""
    query = select(second_factor).where(second_factor.c.person_id == person_id)
    return db.execute(query).one_or_none()


def put_factor(db: Connection, person_id: int, *, secret: str, at: datetime) -> None:
    """Write a factor that waits for its first code, in place of whatever was there."""
    drop_factor(db, person_id)
    db.execute(insert(second_factor).values(person_id=person_id, secret=secret, begun_at=at))


def drop_factor(db: Connection, person_id: int) -> bool:
    """Delete a person's factor and recovery codes; False where there was no factor."""
    db.execute(delete(recovery_code).where(recovery_code.c.person_id == person_id))
    gone = delete(second_factor).where(second_factor.c.person_id == person_id)
    return bool(db.execute(gone).rowcount)


def confirm_factor(db: Connection, person_id: int, *, at: datetime) -> None:
    """From now on its codes are asked for."""
    db.execute(
        update(second_factor).where(second_factor.c.person_id == person_id).values(confirmed_at=at)
    )


def take_step(db: Connection, person_id: int, step: int) -> bool:
    """Use up a time step and all before it; of two at once one gets it."""
    taken = (
        update(second_factor)
        .where(second_factor.c.person_id == person_id, second_factor.c.last_step < step)
        .values(last_step=step)
    )
    return bool(db.execute(taken).rowcount)


def put_codes(db: Connection, person_id: int, hashes: Iterable[str]) -> None:
    """Write recovery codes in place of the ones before."""
    db.execute(delete(recovery_code).where(recovery_code.c.person_id == person_id))
    db.execute(
        insert(recovery_code), [{"person_id": person_id, "code_hash": one} for one in hashes]
    )


def take_code(db: Connection, person_id: int, code_hash: str, *, at: datetime) -> bool:
    """Use up a recovery code; False where it is none or was used before."""
    taken = (
        update(recovery_code)
        .where(
            recovery_code.c.person_id == person_id,
            recovery_code.c.code_hash == code_hash,
            recovery_code.c.used_at.is_(None),
        )
        .values(used_at=at)
    )
    return bool(db.execute(taken).rowcount)


def codes_left(db: Connection, person_id: int) -> int:
    """How many recovery codes were not used yet."""
    query = select(func.count()).where(
        recovery_code.c.person_id == person_id, recovery_code.c.used_at.is_(None)
    )
    return int(db.scalar(query) or 0)


def has_factor(db: Connection, person_id: int) -> bool:
    """Whether a person's codes are asked for at the sign-in."""
    found = select(person.c.id).join(second_factor)
    is_on = second_factor.c.confirmed_at.is_not(None)
    return db.execute(found.where(person.c.id == person_id, is_on)).first() is not None
