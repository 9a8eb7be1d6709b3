"""What the list of accounts asks: a page of them, their grants, and when each was last here.

Knows that the journal remembers every sign-in. Refuses to know who may look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, select

from workflow.store.journal import journal_entry
from workflow.store.people import held_grants, person, role_grant
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select


def accounts_named(db: Connection) -> list[Row[Any]]:
    """Every account's id, key and name, by key: what is searched through."""
    return list(db.execute(select(person.c.id, person.c.key, person.c.name).order_by(person.c.key)))


def accounts_page(
    db: Connection,
    *,
    after: str,
    at_most: int,
    among: Iterable[int] | None = None,
    role: str | None = None,
    only_new: bool = False,
) -> list[Row[Any]]:
    """Accounts by key after a key; ``only_new`` are those that never signed in."""
    where: list[ColumnElement[bool]] = [person.c.key > after]
    if among is not None:
        where.append(person.c.id.in_(sorted(set(among))))
    if role is not None:
        holds = role_grant.c.person_id == person.c.id
        is_held = role_grant.c.revoked_at.is_(None)
        where.append(
            select(role_grant.c.id).where(holds, is_held, role_grant.c.role == role).exists()
        )
    if only_new:
        where += [
            person.c.disabled_at.is_(None),
            ~_sign_ins().where(journal_entry.c.subject_id == person.c.id).exists(),
        ]
    query = select(person).where(*where).order_by(person.c.key).limit(at_most)
    return list(db.execute(query))


def grants_of_each(db: Connection, ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """The grants that these accounts hold, by account."""
    held: dict[int, list[Row[Any]]] = {}
    for row in db.execute(held_grants().where(role_grant.c.person_id.in_(sorted(set(ids))))):
        held.setdefault(row.person_id, []).append(row)
    return held


def last_sign_ins(db: Connection, ids: Iterable[int]) -> dict[int, datetime]:
    """When each of these accounts last signed in; who never did is left out."""
    latest = func.max(journal_entry.c.at)
    query = (
        _sign_ins()
        .where(journal_entry.c.subject_id.in_(sorted(set(ids))))
        .with_only_columns(journal_entry.c.subject_id, latest)
        .group_by(journal_entry.c.subject_id)
    )
    return {row[0]: row[1] for row in db.execute(query)}


def units_with_officer(db: Connection) -> set[str]:
    """The keys of the units that some account which is not disabled is officer of."""
    query = (
        select(unit.c.key)
        .join(role_grant, role_grant.c.unit_id == unit.c.id)
        .join(person, person.c.id == role_grant.c.person_id)
        .where(
            role_grant.c.role == "unit_officer",
            role_grant.c.revoked_at.is_(None),
            person.c.disabled_at.is_(None),
        )
    )
    return set(db.scalars(query))


def keys_taken(db: Connection) -> set[str]:
    """The keys of all accounts."""
    return set(db.scalars(select(person.c.key)))


def _sign_ins() -> Select[Any]:
    return select(journal_entry.c.id).where(
        journal_entry.c.subject == "person", journal_entry.c.verb == "session.begun"
    )
