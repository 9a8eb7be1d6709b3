"""Evidence items with their verdicts, and what of each proof is used up where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from workflow.store.engine import BigId, Json, UTCDateTime, metadata
from workflow.store.given_rows import given_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

evidence_file = Table(
    "evidence_file",
    metadata,
    # Content-addressed: the bytes lie under the data folder by this name.
    Column("sha256", String(64), primary_key=True),
    Column("size", BigId, nullable=False),
    Column("stored_at", UTCDateTime, nullable=False),
)

evidence_item = Table(
    "evidence_item",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    # The code of the requirement that it is offered for.
    Column("requirement", String(64), nullable=False),
    Column("sha256", ForeignKey("evidence_file.sha256")),
    Column("name", String(255), nullable=False, server_default=""),
    Column("figures", Json, nullable=False),
    Column("added_by", String(64), nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
    # Added for the unit by an administrator or superior: then a person confirms.
    Column("is_on_behalf", Boolean, nullable=False, server_default=text("false")),
    Column("removed_by", String(64)),
    Column("removed_at", UTCDateTime),
    # The item of a merged task that this one carries on.
    Column("carried_from_id", BigId),
    # The latest verdict, as a cache: null while none is in.
    Column("outcome", String(9)),
    Column("outcome_at", UTCDateTime),
    Column("quantity", Integer),
    Column("performed_on", Date),
    # What the proof is, wherever it turns up: an invoice's number, an article, else the file.
    Column("identity", String(255)),
    CheckConstraint("outcome IN ('passed', 'failed', 'undecided')", name="outcome"),
)
Index("ix_evidence_item_task", evidence_item.c.task_id)
# The same file, invoice or article offered twice, in another period or by another unit.
Index("ix_evidence_item_identity", evidence_item.c.identity)
Index("ix_evidence_item_sha256", evidence_item.c.sha256)

evidence_verdict = Table(
    "evidence_verdict",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("item_id", ForeignKey("evidence_item.id"), nullable=False),
    Column("check", String(64), nullable=False),
    Column("version", String(32), nullable=False),
    # Pinned to the bytes that were judged.
    Column("sha256", String(64)),
    Column("outcome", String(9), nullable=False),
    Column("reasons", Json, nullable=False),
    Column("read", Json, nullable=False),
    Column("decided_at", UTCDateTime, nullable=False),
    CheckConstraint("outcome IN ('passed', 'failed', 'undecided')", name="outcome"),
)
Index("ix_evidence_verdict_item", evidence_verdict.c.item_id, evidence_verdict.c.id)

proof = Table(
    "proof",
    metadata,
    # One row per thing in the world that proves something; locked while it is divided.
    Column("identity", String(255), primary_key=True),
    # How much it can prove in all; null where each use needs the whole of it.
    Column("capacity", Integer),
    Column("recorded_at", UTCDateTime, nullable=False),
    # The proof that makes this one void, whatever its part: a replaced invoice counts no more.
    Column("replaced_by", String(255)),
)

allocation = Table(
    "allocation",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("identity", ForeignKey("proof.identity"), nullable=False),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("requirement", String(64), nullable=False),
    Column("item_id", ForeignKey("evidence_item.id"), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("allocated_at", UTCDateTime, nullable=False),
    # A proof counts once per requirement of a task.
    UniqueConstraint("identity", "task_id", "requirement"),
    CheckConstraint("quantity >= 1", name="quantity"),
)
# A proof whose use needs the whole of it serves each kind of duty once, whoever offers it.
Index("ix_allocation_task", allocation.c.task_id)
Index("ix_allocation_item", allocation.c.item_id)

doubt = Table(
    "doubt",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("item_id", ForeignKey("evidence_item.id")),
    # recheck, moved, duplicate, replaced, contested, ...
    Column("kind", String(16), nullable=False),
    Column("reason", Json, nullable=False),
    Column("raised_by", String(64), nullable=False),
    Column("raised_at", UTCDateTime, nullable=False),
    Column("settled_by", String(64)),
    Column("settled_at", UTCDateTime),
    Column("settlement", String(8)),
    CheckConstraint("settlement IN ('kept', 'reopened')", name="settlement"),
)
# The review desk lists the open ones; the same doubt is not raised twice while it is open.
Index(
    "uq_doubt_open",
    doubt.c.task_id,
    doubt.c.kind,
    doubt.c.item_id,
    unique=True,
    sqlite_where=text("settled_at IS NULL AND item_id IS NOT NULL"),
    postgresql_where=text("settled_at IS NULL AND item_id IS NOT NULL"),
)
Index("ix_doubt_task", doubt.c.task_id)


def items_held(db: Connection, task_ids: Iterable[int]) -> list[Row[Any]]:
    """The items of these tasks that were not removed, in the order in which they were added."""
    query = select(evidence_item).where(
        evidence_item.c.task_id.in_(among(db, task_ids)), evidence_item.c.removed_at.is_(None)
    )
    return list(db.execute(query.order_by(evidence_item.c.added_at, evidence_item.c.id)))


def latest_verdicts(db: Connection, item_ids: Iterable[int]) -> dict[int, Row[Any]]:
    """The latest verdict on each of these items, by item."""
    latest = (
        select(func.max(evidence_verdict.c.id))
        .where(evidence_verdict.c.item_id.in_(among(db, item_ids)))
        .group_by(evidence_verdict.c.item_id)
    )
    query = select(evidence_verdict).where(evidence_verdict.c.id.in_(latest))
    return {row.item_id: row for row in db.execute(query)}


def remember_file(db: Connection, sha256: str, *, size: int, at: datetime) -> None:
    """Note that a file is stored; the second time changes nothing."""
    insert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    row = insert(evidence_file).values(sha256=sha256, size=size, stored_at=at)
    db.execute(row.on_conflict_do_nothing())


def among(db: Connection, ids: Iterable[int]) -> Select[tuple[int]]:
    """These ids as a query of one parameter, whatever their number."""
    return select(given_rows(db, "ids", {"id": BigInteger()}, [(one,) for one in set(ids)]).c.id)
