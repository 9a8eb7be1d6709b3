"""Pages of the journal, the newest entry first.

Refuses to know who may read it, and never changes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from workflow.store.journal import journal_entry, journal_seal

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row


def entries_page(
    db: Connection,
    *,
    before: int | None,
    at_most: int,
    verb: str = "",
    by: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    subject: tuple[str, int | None] | None = None,
) -> list[Row[Any]]:
    """Entries with smaller numbers than ``before``, from ``since`` to before ``until``."""
    query = select(journal_entry)
    if before is not None:
        query = query.where(journal_entry.c.id < before)
    if verb:
        query = query.where(journal_entry.c.verb == verb)
    if by:
        query = query.where(journal_entry.c.by == by)
    if since is not None:
        query = query.where(journal_entry.c.at >= since)
    if until is not None:
        query = query.where(journal_entry.c.at < until)
    if subject is not None:
        query = query.where(journal_entry.c.subject == subject[0])
        if subject[1] is not None:
            query = query.where(journal_entry.c.subject_id == subject[1])
    return list(db.execute(query.order_by(journal_entry.c.id.desc()).limit(at_most)))


def last_sealed_at(db: Connection) -> datetime | None:
    """When the journal was last sealed."""
    found: datetime | None = db.scalar(select(func.max(journal_seal.c.sealed_at)))
    return found
