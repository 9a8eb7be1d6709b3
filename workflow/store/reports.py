"""Reports as they are drafted, approved and frozen, with their files' hashes."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from workflow.store.engine import BigId, Json, UTCDateTime, metadata

report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agreement_id", ForeignKey("agreement.id"), nullable=False),
    Column("period", String(16), nullable=False),
    # 1 is the report; each later one is an addendum to what was issued before.
    Column("edition", Integer, nullable=False),
    Column("state", String(9), nullable=False),
    Column("cut_off", UTCDateTime, nullable=False),
    Column("as_of", UTCDateTime, nullable=False),
    # Judgement paragraphs by section, written by people; a refresh keeps them.
    Column("paragraphs", Json, nullable=False),
    # The canonical JSON text of the report value, and its hash.
    Column("content", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("drafted_by", String(64), nullable=False),
    Column("drafted_at", UTCDateTime, nullable=False),
    Column("approved_by", String(64)),
    Column("approved_at", UTCDateTime),
    Column("number", String(64)),
    Column("issued_by", String(64)),
    Column("issued_at", UTCDateTime),
    # The journal's head when it was issued.
    Column("journal_head", String(64)),
    UniqueConstraint("agreement_id", "period", "edition"),
    CheckConstraint("state IN ('draft', 'approved', 'issued')", name="state"),
    CheckConstraint("state = 'draft' OR approved_by IS NOT NULL", name="approved"),
    CheckConstraint("state <> 'issued' OR number IS NOT NULL", name="numbered"),
)
# One number per issued report of an agreement.
Index(
    "uq_report_number",
    report.c.agreement_id,
    report.c.number,
    unique=True,
    sqlite_where=text("number IS NOT NULL"),
    postgresql_where=text("number IS NOT NULL"),
)

report_file = Table(
    "report_file",
    metadata,
    Column("report_id", ForeignKey("report.id"), primary_key=True),
    Column("format", String(8), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigId, nullable=False),
)
