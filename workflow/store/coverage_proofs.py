"""Proofs of coverage as reports stood on them, each with the instant that it was asked for.

A proof compares everything that is there; of a past instant it cannot be made again, so
what a report said of it is kept beside the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ForeignKey, Index, Table, insert, select

from workflow.store.engine import BigId, Json, UTCDateTime, metadata

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

coverage_proof = Table(
    "coverage_proof",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("agreement_id", ForeignKey("agreement.id"), nullable=False),
    # The instant as of which the report that stands on it was drawn up.
    Column("as_of", UTCDateTime, nullable=False),
    Column("proved_at", UTCDateTime, nullable=False),
    # What a report says of it.
    Column("said", Json, nullable=False),
)
Index("ix_coverage_proof_agreement", coverage_proof.c.agreement_id, coverage_proof.c.as_of)


def keep_proof(
    db: Connection, agreement_id: int, said: Mapping[str, Any], *, as_of: datetime, at: datetime
) -> None:
    """Keep what was proved for a report as of an instant."""
    db.execute(
        insert(coverage_proof).values(
            agreement_id=agreement_id, as_of=as_of, proved_at=at, said=said
        )
    )


def proof_at(db: Connection, agreement_id: int, *, as_of: datetime) -> dict[str, Any] | None:
    """What was proved last for a report as of this instant or an earlier one, or None."""
    query = (
        select(coverage_proof.c.said)
        .where(coverage_proof.c.agreement_id == agreement_id, coverage_proof.c.as_of <= as_of)
        .order_by(coverage_proof.c.as_of.desc(), coverage_proof.c.id.desc())
        .limit(1)
    )
    found: dict[str, Any] | None = db.scalar(query)
    return found
