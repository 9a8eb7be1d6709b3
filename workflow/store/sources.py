"""The documents that agreements were taken from: the file's hash, and its text as it was read.

Refuses to know where in it a clause stands: the agreement says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ForeignKey, Index, Integer, Row, String, Table, Text, select

from workflow.store.agreements import agreement
from workflow.store.engine import UTCDateTime, metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

agreement_source = Table(
    "agreement_source",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agreement_id", ForeignKey("agreement.id"), nullable=False),
    Column("sha256", ForeignKey("evidence_file.sha256"), nullable=False),
    # What its sender called it; never used to open anything.
    Column("name", String(255), nullable=False),
    # Lines of plain text; markup never gets here.
    Column("text", Text, nullable=False),
    Column("added_by", String(64), nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
)
Index("ix_agreement_source_agreement_id", agreement_source.c.agreement_id)


def source_row(db: Connection, agreement_id: int) -> Row[Any] | None:
    """The newest source document of an agreement, or None."""
    query = (
        select(agreement_source)
        .where(agreement_source.c.agreement_id == agreement_id)
        .order_by(agreement_source.c.id.desc())
        .limit(1)
    )
    return db.execute(query).one_or_none()


def has_source(db: Connection, code: str) -> bool:
    """Whether the agreement of a code has a source document."""
    query = select(agreement_source.c.id).join(agreement).where(agreement.c.code == code).limit(1)
    return db.scalar(query) is not None
