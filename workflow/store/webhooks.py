"""Webhooks and the messages for each: what was asked for, what is due, what became of it.

A message is a row before it is sent, and one for each journal entry and webhook, however
often the journal is looked through. Secrets are kept encrypted (``workflow.secrets_kept``).
Refuses to know who may do what, and how anything is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from workflow.store.agreements import agreement
from workflow.store.engine import BigId, UTCDateTime, metadata
from workflow.store.journal import journal_entry, journal_sealed
from workflow.store.people import person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

webhook = Table(
    "webhook",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False),
    # Null where it is told of every agreement.
    Column("agreement_id", ForeignKey("agreement.id")),
    Column("address", String(2000), nullable=False),
    # Names of events with a space between them.
    Column("events", String(500), nullable=False),
    Column("secret", Text, nullable=False),
    # The one before, valid until then.
    Column("old_secret", Text),
    Column("old_until", UTCDateTime),
    # Whose webhook it is: it is told what this person may read.
    Column("owner_id", ForeignKey("person.id"), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("paused_at", UTCDateTime),
    Column("ended_at", UTCDateTime),
    # Every seal of the journal up to this one has been looked through for it.
    Column("told_seal", Integer, nullable=False),
    # How often in a row its receiver failed, since when, and until when it is let be.
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_since", UTCDateTime),
    Column("rests_until", UTCDateTime),
)

webhook_message = Table(
    "webhook_message",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("webhook_id", ForeignKey("webhook.id"), nullable=False),
    # The same on each attempt, so that what arrives twice is seen as one.
    Column("name", String(36), nullable=False, unique=True),
    # Null where it is a test.
    Column("entry_id", BigId),
    Column("event", String(32), nullable=False),
    # Written once, so that each attempt says the same.
    Column("body", Text, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    # Null once it was taken, or is parked.
    Column("next_at", UTCDateTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("tried_at", UTCDateTime),
    # What the receiver answered, or the code of what kept it from answering.
    Column("status", Integer),
    Column("fault", String(48)),
    Column("delivered_at", UTCDateTime),
    Column("parked_at", UTCDateTime),
    # Looking through the journal again tells nothing twice.
    UniqueConstraint("webhook_id", "entry_id"),
)
# What is due of a webhook, and its latest messages.
Index(
    "ix_webhook_message_due",
    webhook_message.c.webhook_id,
    webhook_message.c.next_at,
    sqlite_where=text("next_at IS NOT NULL"),
    postgresql_where=text("next_at IS NOT NULL"),
)
Index("ix_webhook_message_latest", webhook_message.c.webhook_id, webhook_message.c.id)

_IS_LIVE: Final = and_(webhook.c.paused_at.is_(None), webhook.c.ended_at.is_(None))
_SHOWN: Final = (
    *(column for column in webhook.c if column.name not in {"secret", "old_secret"}),
    agreement.c.code.label("agreement"),
    person.c.key.label("owner"),
    person.c.name.label("owner_name"),
)


def add_webhook(db: Connection, values: Mapping[str, object]) -> int:
    """Write a webhook and give its number."""
    return int(db.execute(insert(webhook).values(values).returning(webhook.c.id)).scalar_one())


def change_webhook(db: Connection, webhook_id: int, values: Mapping[str, object]) -> None:
    """Change columns of a webhook."""
    db.execute(update(webhook).where(webhook.c.id == webhook_id).values(values))


def webhooks_listed(db: Connection) -> list[Row[Any]]:
    """Every webhook that was not ended, with its agreement's code and its owner, in order."""
    return list(db.execute(_listing().where(webhook.c.ended_at.is_(None)).order_by(webhook.c.id)))


def webhook_listed(db: Connection, webhook_id: int) -> Row[Any] | None:
    """One of them."""
    one = _listing().where(webhook.c.id == webhook_id, webhook.c.ended_at.is_(None))
    return db.execute(one).first()


def sent_to(db: Connection, webhook_ids: Sequence[int]) -> list[Row[Any]]:
    """Where live webhooks are sent, with their secrets as they are kept."""
    return list(db.execute(select(webhook).where(webhook.c.id.in_(webhook_ids), _IS_LIVE)))


def kept_secret(db: Connection, webhook_id: int) -> str:
    """A webhook's secret as it is kept."""
    return str(db.execute(select(webhook.c.secret).where(webhook.c.id == webhook_id)).scalar_one())


def is_any_live(db: Connection) -> bool:
    """Whether there is anybody to tell."""
    return db.execute(select(webhook.c.id).where(_IS_LIVE).limit(1)).first() is not None


def live_locked(db: Connection) -> list[Row[Any]]:
    """Every live webhook with its owner's key and agreement's code, held until the end."""
    query = _listing().where(_IS_LIVE).order_by(webhook.c.id)
    return list(db.execute(query.with_for_update(of=webhook)))


def add_messages(db: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Write messages; one for an entry and webhook that is there already is left as it is."""
    if rows:
        dialect = postgresql if db.dialect.name == "postgresql" else sqlite
        kept = dialect.insert(webhook_message).on_conflict_do_nothing(
            index_elements=["webhook_id", "entry_id"]
        )
        db.execute(kept, [dict(row) for row in rows])


def entries_sealed(
    db: Connection, *, above: int, until: int, verbs: Sequence[str]
) -> list[Row[Any]]:
    """The journal's entries with these verbs in the seals ``(above, until]``, in their order."""
    query = (
        select(journal_entry, journal_sealed.c.seal_id)
        .join(journal_sealed, journal_sealed.c.entry_id == journal_entry.c.id)
        .where(
            journal_sealed.c.seal_id > above,
            journal_sealed.c.seal_id <= until,
            journal_entry.c.verb.in_(verbs),
        )
    )
    return list(db.execute(query.order_by(journal_sealed.c.seal_id, journal_sealed.c.position)))


def messages_due(
    db: Connection, webhook_ids: Sequence[int], *, at: datetime, at_most: int
) -> list[Row[Any]]:
    """Messages of these webhooks that are due, at most so many of each.

    Those that were tried least come first: one that its receiver never takes holds up none.
    """
    place = func.row_number().over(
        partition_by=webhook_message.c.webhook_id,
        order_by=(webhook_message.c.attempts, webhook_message.c.id),
    )
    ranked = (
        select(webhook_message, place.label("place"))
        .where(webhook_message.c.webhook_id.in_(webhook_ids), webhook_message.c.next_at <= at)
        .subquery()
    )
    query = select(ranked).where(ranked.c.place <= at_most)
    return list(db.execute(query.order_by(ranked.c.webhook_id, ranked.c.place)))


def webhooks_due(at: datetime, *, only: Sequence[int] | None = None) -> Select[Any]:
    """The numbers of the live webhooks that do not rest and have something due."""
    is_due = and_(webhook_message.c.webhook_id == webhook.c.id, webhook_message.c.next_at <= at)
    rests = webhook.c.rests_until
    query = select(webhook.c.id).where(
        _IS_LIVE,
        or_(rests.is_(None), rests <= at),
        select(webhook_message.c.id).where(is_due).exists(),
    )
    return query if only is None else query.where(webhook.c.id.in_(only))


def change_message(db: Connection, message_id: int, values: Mapping[str, object]) -> None:
    """Change columns of a message."""
    db.execute(update(webhook_message).where(webhook_message.c.id == message_id).values(values))


def bring_forward(db: Connection, webhook_id: int, *, at: datetime) -> None:
    """Make everything that waits for a webhook due at once: its receiver is back."""
    later = _waits_for(webhook_id, webhook_message.c.next_at > at)
    db.execute(update(webhook_message).where(later).values(next_at=at))


def park_older(db: Connection, webhook_id: int, *, before: datetime, at: datetime) -> None:
    """Park what has waited for a webhook since before an instant."""
    older = _waits_for(webhook_id, webhook_message.c.created_at <= before)
    db.execute(update(webhook_message).where(older).values(next_at=None, parked_at=at))


def messages_listed(
    db: Connection, webhook_id: int, *, before: int | None, at_most: int
) -> list[Row[Any]]:
    """A webhook's messages, the latest first; ``before`` is the last number of the page before."""
    query = select(webhook_message).where(webhook_message.c.webhook_id == webhook_id)
    if before is not None:
        query = query.where(webhook_message.c.id < before)
    return list(db.execute(query.order_by(webhook_message.c.id.desc()).limit(at_most)))


def message_of(db: Connection, webhook_id: int, message_id: int) -> Row[Any] | None:
    """One message of a webhook."""
    query = select(webhook_message).where(
        webhook_message.c.id == message_id, webhook_message.c.webhook_id == webhook_id
    )
    return db.execute(query).first()


def messages_counted(db: Connection) -> dict[int, Row[Any]]:
    """By webhook how many messages wait and are parked: ``waiting``, ``parked``."""
    parked = case((webhook_message.c.parked_at.is_not(None), 1))
    query = (
        select(
            webhook_message.c.webhook_id,
            func.count(webhook_message.c.next_at).label("waiting"),
            func.count(parked).label("parked"),
        )
        .where(webhook_message.c.delivered_at.is_(None))
        .group_by(webhook_message.c.webhook_id)
    )
    return {row.webhook_id: row for row in db.execute(query)}


def forget_messages(db: Connection, *, delivered_before: datetime, parked_before: datetime) -> int:
    """Delete what was taken or parked long ago, and give how many."""
    old = or_(
        webhook_message.c.delivered_at <= delivered_before,
        webhook_message.c.parked_at <= parked_before,
    )
    return len(db.scalars(delete(webhook_message).where(old).returning(webhook_message.c.id)).all())


def _waits_for(webhook_id: int, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(
        webhook_message.c.webhook_id == webhook_id,
        webhook_message.c.next_at.is_not(None),
        condition,
    )


def _listing() -> Select[Any]:
    return select(*_SHOWN).select_from(
        webhook.join(person, person.c.id == webhook.c.owner_id).outerjoin(
            agreement, agreement.c.id == webhook.c.agreement_id
        )
    )
