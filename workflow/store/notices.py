"""Notices: a row per (task, step, addressee), gathered into one digest a person and day."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, String, Table, UniqueConstraint, text

from workflow.store.engine import BigId, Json, UTCDateTime, metadata

digest = Table(
    "digest",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("mail", String(254), nullable=False),
    Column("day_on", Date, nullable=False),
    # The same on each attempt, so that a mail delivered twice is seen as one.
    Column("message_id", String(255), nullable=False, unique=True),
    Column("created_at", UTCDateTime, nullable=False),
    Column("sent_at", UTCDateTime),
    UniqueConstraint("mail", "day_on"),
)

notice = Table(
    "notice",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("step", String(64), nullable=False),
    Column("addressee", String(254), nullable=False),
    # The due day that it speaks of: a moved due day makes its steps due anew.
    Column("for_due_on", Date, nullable=False),
    Column("channel", String(8), nullable=False),
    Column("facts", Json, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("digest_id", ForeignKey("digest.id")),
    # Settled before it was sent: kept, never delivered.
    Column("dropped_at", UTCDateTime),
    UniqueConstraint("task_id", "step", "addressee", "for_due_on"),
)
# What the next digest gathers.
Index(
    "ix_notice_waiting",
    notice.c.addressee,
    sqlite_where=text("digest_id IS NULL AND dropped_at IS NULL"),
    postgresql_where=text("digest_id IS NULL AND dropped_at IS NULL"),
)
