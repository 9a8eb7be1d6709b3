"""What people chose for themselves: a row each, for whoever ever chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ForeignKey, Row, String, Table, func, insert, select, update

from workflow.store.engine import metadata
from workflow.store.people import person

if TYPE_CHECKING:
    from sqlalchemy import Connection

preference = Table(
    "preference",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("keys", String(8), nullable=False),
    Column("reminders", String(8), nullable=False),
)


def preference_of(db: Connection, person_id: int) -> Row[Any] | None:
    """What a person chose, if ever."""
    return db.execute(select(preference).where(preference.c.person_id == person_id)).one_or_none()


def put_preference(db: Connection, person_id: int, *, keys: str, reminders: str) -> None:
    """Keep what a person chooses in place of what they chose before."""
    values = {"keys": keys, "reminders": reminders}
    mine = preference.c.person_id == person_id
    if not db.execute(update(preference).where(mine).values(**values)).rowcount:
        db.execute(insert(preference).values(person_id=person_id, **values))


def reminders_by_mail(db: Connection, *, usual: str) -> dict[str, set[str]]:
    """What those who share an address chose, for the addresses where anybody chose unusually.

    Addresses in small letters; disabled accounts count for nothing.
    """
    lowered = func.lower(person.c.mail)
    unusual = (
        select(lowered)
        .join(preference, preference.c.person_id == person.c.id)
        .where(preference.c.reminders != usual, person.c.mail.is_not(None))
    )
    query = (
        select(lowered, func.coalesce(preference.c.reminders, usual))
        .select_from(person)
        .outerjoin(preference, preference.c.person_id == person.c.id)
        .where(lowered.in_(unusual), person.c.disabled_at.is_(None))
    )
    found: dict[str, set[str]] = {}
    for mail, chosen in db.execute(query):
        found.setdefault(mail, set()).add(chosen)
    return found
