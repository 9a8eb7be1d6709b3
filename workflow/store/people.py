"""Accounts and what each may do where. Accounts are offices' users, known by a permanent key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    func,
    select,
    text,
)

from workflow.store.agreements import agreement
from workflow.store.engine import UTCDateTime, metadata
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection

person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("mail", String(254)),
    Column("lang", String(2), nullable=False, server_default="vi"),
    Column("password_hash", String),
    # Given by an administrator: the first sign-in asks for another.
    Column("is_password_temporary", Boolean, nullable=False, server_default=text("false")),
    Column("created_by", String(64), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("disabled_at", UTCDateTime),
)

role_grant = Table(
    "role_grant",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("role", String(16), nullable=False),
    # Each null means "everywhere"; a unit means its subtree.
    Column("agreement_id", ForeignKey("agreement.id")),
    Column("party", String(64)),
    Column("unit_id", ForeignKey("unit.id")),
    Column("granted_at", UTCDateTime, nullable=False),
    Column("revoked_at", UTCDateTime),
    CheckConstraint(
        "role IN ('administrator', 'reviewer', 'unit_officer', 'head_of_unit',"
        " 'leader', 'auditor')",
        name="role",
    ),
)
Index("ix_role_grant_person", role_grant.c.person_id)


def person_by_key(db: Connection, key: str) -> Row[Any] | None:
    """The account of a key, disabled or not."""
    return db.execute(select(person).where(person.c.key == key)).one_or_none()


def names_of(db: Connection, keys: Iterable[str]) -> dict[str, str]:
    """The names of these accounts, by key; what is nobody's key is left out."""
    query = select(person.c.key, person.c.name).where(person.c.key.in_(sorted(set(keys))))
    return {row.key: row.name for row in db.execute(query)}


def grants_held(db: Connection, person_id: int) -> list[Row[Any]]:
    """The grants of a person that were not revoked, with the codes and keys of their scopes."""
    return list(db.execute(held_grants().where(role_grant.c.person_id == person_id)))


def people_listed(db: Connection) -> list[tuple[Row[Any], list[Row[Any]]]]:
    """Every account with its grants, by key."""
    held: dict[int, list[Row[Any]]] = {}
    for row in db.execute(held_grants()):
        held.setdefault(row.person_id, []).append(row)
    rows = db.execute(select(person).order_by(person.c.key))
    return [(row, held.get(row.id, [])) for row in rows]


def held_grants() -> Select[Any]:
    """The question for grants that were not revoked, by number."""
    return (
        select(
            role_grant.c.id,
            role_grant.c.person_id,
            role_grant.c.role,
            role_grant.c.party,
            agreement.c.code.label("agreement"),
            unit.c.key.label("unit"),
        )
        .outerjoin(agreement, agreement.c.id == role_grant.c.agreement_id)
        .outerjoin(unit, unit.c.id == role_grant.c.unit_id)
        .where(role_grant.c.revoked_at.is_(None))
        .order_by(role_grant.c.id)
    )


def beside_grants(query: Select[Any], person_id: ColumnElement[int]) -> Select[Any]:
    """A query of one person's rows, a row for each grant; without grants a row with a null role.

    The columns of a grant come beside those of the query: role, party, agreement, unit.
    """
    held = held_grants().order_by(None).subquery("held")
    columns = [held.c[name] for name in ("role", "party", "agreement", "unit")]
    joined = query.add_columns(*columns).outerjoin(held, held.c.person_id == person_id)
    return joined.order_by(held.c.id)


def people_reached(db: Connection) -> list[Row[Any]]:
    """Every grant of everyone who has a mail address and is not disabled, with both."""
    query = (
        held_grants()
        .add_columns(person.c.mail, person.c.lang)
        .join(person, person.c.id == role_grant.c.person_id)
    )
    return list(db.execute(query.where(person.c.disabled_at.is_(None), person.c.mail != "")))


def languages_of(db: Connection, mails: Iterable[str]) -> dict[str, str]:
    """The language of whoever has each of these addresses; of several persons the first's."""
    lowered = func.lower(person.c.mail)
    query = select(lowered.label("mail"), person.c.lang).where(
        lowered.in_(sorted(set(mails))), person.c.disabled_at.is_(None)
    )
    found: dict[str, str] = {}
    for row in db.execute(query.order_by(person.c.id)):
        found.setdefault(row.mail, row.lang)
    return found
