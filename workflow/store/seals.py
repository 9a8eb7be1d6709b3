"""The seals over the journal: what is settled and not sealed, and both sides side by side.

Knows which database lets a row appear late, and how to look for it. Refuses to know how
anything is hashed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, func, insert, literal_column, or_, select, text, true

from workflow.store.engine import streamed
from workflow.store.journal import journal_entry, journal_seal, journal_sealed
from workflow.store.reports import report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

# Any constant of our own; held to the end of the transaction.
_LOCK: Final = 0x0CA3_5EA1
_AT_ONCE: Final = 1_000


def lock(db: Connection) -> None:
    """Let nobody else seal until the transaction ends.

    On SQLite a writer has the database for itself, and a reader sees one state of it.
    """
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def last_seal(db: Connection) -> Row[Any] | None:
    """The newest seal."""
    return db.execute(select(journal_seal).order_by(journal_seal.c.id.desc()).limit(1)).first()


def last_entry_of(db: Connection, seal_id: int) -> int | None:
    """The highest entry that a seal covers; None where there is no such seal."""
    highest = select(func.max(journal_sealed.c.entry_id)).where(journal_sealed.c.seal_id == seal_id)
    found: int | None = db.scalar(highest)
    return found


def settled_unsealed(db: Connection, *, above: int | None, at_most: int) -> Sequence[Row[Any, Any]]:
    """Entries above an id without a seal, among which no other can appear any more."""
    query = (
        select(journal_entry.c.id, journal_entry.c.body)
        .outerjoin(journal_sealed, journal_sealed.c.entry_id == journal_entry.c.id)
        .where(journal_sealed.c.entry_id.is_(None), _is_settled(db))
        .order_by(journal_entry.c.id)
        .limit(at_most)
    )
    if above is not None:
        query = query.where(journal_entry.c.id > above)
    return db.execute(query).all()


def add_seal(
    db: Connection,
    *,
    seal_id: int,
    sealed_at: datetime,
    digest: str,
    head: str,
    key_version: int,
    entries: Sequence[tuple[int, str]],
) -> None:
    """Write a seal over entries with their keyed hashes, in their order."""
    db.execute(
        insert(journal_seal).values(
            id=seal_id,
            sealed_at=sealed_at,
            entries=len(entries),
            digest=digest,
            head=head,
            key_version=key_version,
        )
    )
    db.execute(
        insert(journal_sealed),
        [
            {"entry_id": entry_id, "seal_id": seal_id, "position": position, "mac": mac}
            for position, (entry_id, mac) in enumerate(entries, start=1)
        ],
    )


def all_seals(db: Connection) -> Iterator[Any]:
    """Every seal in its order, a few at a time."""
    return streamed(
        db,
        select(journal_seal).order_by(journal_seal.c.id),
        at_once=_AT_ONCE,
    )


def sealed_entries(db: Connection) -> Iterator[Any]:
    """Every place of every seal with the entry that stands there, or none, in their order."""
    return streamed(
        db,
        select(
            journal_sealed.c.seal_id,
            journal_sealed.c.position,
            journal_sealed.c.entry_id,
            journal_sealed.c.mac,
            journal_entry,
        )
        .outerjoin(journal_entry, journal_entry.c.id == journal_sealed.c.entry_id)
        .order_by(journal_sealed.c.seal_id, journal_sealed.c.position),
        at_once=_AT_ONCE,
    )


def unsealed_entries(db: Connection) -> Iterator[Any]:
    """Every entry without a seal, in their order."""
    return streamed(
        db,
        select(journal_entry)
        .outerjoin(journal_sealed, journal_sealed.c.entry_id == journal_entry.c.id)
        .where(journal_sealed.c.entry_id.is_(None))
        .order_by(journal_entry.c.id),
        at_once=_AT_ONCE,
    )


def reports_with_unknown_head(db: Connection) -> Sequence[Row[Any, Any, Any]]:
    """Issued reports that print a head which no seal has (any more)."""
    return db.execute(
        select(report.c.id, report.c.number, report.c.journal_head)
        .outerjoin(journal_seal, journal_seal.c.head == report.c.journal_head)
        .where(report.c.journal_head.is_not(None), journal_seal.c.id.is_(None))
        .order_by(report.c.id)
    ).all()


def _is_settled(db: Connection) -> ColumnElement[bool]:
    if db.dialect.name != "postgresql":
        # One writer at a time: whoever reads sees only finished transactions, and no later
        # row gets a lower id.
        return true()
    # Both are taken from the very snapshot that this statement reads. Of transactions
    # below the first number none runs any more. A visible row at or above the second was
    # written before the database was moved here from another server, whose numbers ran
    # ahead: it is as settled as the rest.
    oldest_running: ColumnElement[int] = literal_column(
        "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    )
    next_to_come: ColumnElement[int] = literal_column(
        "pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    )
    return or_(
        journal_entry.c.transaction_id < oldest_running,
        journal_entry.c.transaction_id >= next_to_come,
    )
