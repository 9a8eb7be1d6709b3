"""What an office sets around the reports of an agreement: its letterhead and its template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ForeignKey, Row, String, Table, insert, select, update

from workflow.store.agreements import agreement
from workflow.store.engine import BigId, Json, UTCDateTime, metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

letterhead = Table(
    "letterhead",
    metadata,
    Column("agreement_id", ForeignKey("agreement.id"), primary_key=True),
    # The words of the letterhead; None where only a template was set.
    Column("words", Json),
    # The office's own Word template: its name, and where its bytes lie.
    Column("template_name", String(255)),
    Column("template_sha256", String(64)),
    Column("template_size", BigId),
    Column("changed_by", String(64), nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
)


def letterhead_of(db: Connection, agreement_id: int) -> Row[Any] | None:
    """What is set for an agreement."""
    return db.execute(
        select(letterhead).where(letterhead.c.agreement_id == agreement_id)
    ).one_or_none()


def letterhead_of_code(db: Connection, code: str) -> Row[Any] | None:
    """The same by the agreement's code."""
    return db.execute(
        select(letterhead)
        .join(agreement, agreement.c.id == letterhead.c.agreement_id)
        .where(agreement.c.code == code)
    ).one_or_none()


def set_letterhead(db: Connection, agreement_id: int, columns: Mapping[str, object]) -> None:
    """Write what is set for an agreement; whoever calls holds the agreement's row."""
    if letterhead_of(db, agreement_id) is None:
        db.execute(insert(letterhead).values(agreement_id=agreement_id, **columns))
    else:
        db.execute(
            update(letterhead).where(letterhead.c.agreement_id == agreement_id).values(**columns)
        )
