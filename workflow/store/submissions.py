"""Submissions with their settlement, and the concessions that people ask for and decide."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from workflow.store.engine import BigId, Json, UTCDateTime, metadata

submission = Table(
    "submission",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    # 1, 2, 3 … within the task.
    Column("number", Integer, nullable=False),
    Column("submitted_at", UTCDateTime, nullable=False),
    Column("submitted_by", String(64), nullable=False),
    # Set when an administrator or superior hands it in for the unit.
    Column("on_behalf_of", String(64)),
    Column("ground", String),
    Column("is_automatic", Boolean, nullable=False, server_default=text("false")),
    Column("says_nothing", Boolean, nullable=False, server_default=text("false")),
    # The instant it counts at: the first submission's, within a correction term.
    Column("counted_at", UTCDateTime, nullable=False),
    Column("referred_at", UTCDateTime),
    # The day by which a reviewer should have decided.
    Column("review_due_on", Date),
    Column("settled_at", UTCDateTime),
    Column("settled_by", String(64)),
    Column("outcome", String(9)),
    Column("reasons", Json),
    CheckConstraint(
        "outcome IN ('accepted', 'returned', 'withdrawn', 'cancelled')", name="outcome"
    ),
    UniqueConstraint("task_id", "number"),
)
# At most one submission of a task waits at a time, whoever hands in at once.
Index(
    "uq_submission_waiting",
    submission.c.task_id,
    unique=True,
    sqlite_where=text("settled_at IS NULL"),
    postgresql_where=text("settled_at IS NULL"),
)
# The review desk, the most urgent first.
Index(
    "ix_submission_review",
    submission.c.review_due_on,
    sqlite_where=text("settled_at IS NULL AND referred_at IS NOT NULL"),
    postgresql_where=text("settled_at IS NULL AND referred_at IS NOT NULL"),
)

concession = Table(
    "concession",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("reason", String, nullable=False),
    # An extension's wished due day.
    Column("until_on", Date),
    # Asked when the due day had passed.
    Column("is_late", Boolean, nullable=False, server_default=text("false")),
    Column("decided_by", String(64)),
    Column("decided_at", UTCDateTime),
    Column("decision", String(7)),
    Column("answer", String),
    CheckConstraint("kind IN ('extension', 'waiver', 'suspension')", name="kind"),
    CheckConstraint("decision IN ('granted', 'refused')", name="decision"),
    CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="another_person"),
)
Index(
    "uq_concession_open",
    concession.c.task_id,
    concession.c.kind,
    unique=True,
    sqlite_where=text("decided_at IS NULL"),
    postgresql_where=text("decided_at IS NULL"),
)
Index("ix_concession_task", concession.c.task_id)
