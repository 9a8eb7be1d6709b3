"""Events (meetings and requests), external figures, and the occasions that make tasks owed."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Table,
    UniqueConstraint,
    text,
)

from workflow.store.engine import UTCDateTime, metadata

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("nature", String(8), nullable=False),
    Column("kind", String(64), nullable=False),
    # Who convenes the meeting, or files the request.
    Column("convener_id", ForeignKey("unit.id"), nullable=False),
    # Only a request names the one unit that must answer it.
    Column("addressed_id", ForeignKey("unit.id")),
    Column("happens_on", Date, nullable=False),
    Column("number", String(64), nullable=False, server_default=""),
    Column("uid", String(255)),
    Column("sequence", Integer, nullable=False, server_default="0"),
    Column("title", String, nullable=False, server_default=""),
    Column("place", String, nullable=False, server_default=""),
    Column("state", String(9), nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    # The last move, cancellation or correction; equals recorded_at until then.
    Column("changed_at", UTCDateTime, nullable=False),
    CheckConstraint("nature IN ('meeting', 'request')", name="nature"),
    CheckConstraint("state IN ('held', 'cancelled')", name="state"),
)

# The same meeting entered twice is one meeting: by its calendar UID, or by its natural key.
Index(
    "uq_event_uid",
    event.c.uid,
    unique=True,
    sqlite_where=text("uid IS NOT NULL"),
    postgresql_where=text("uid IS NOT NULL"),
)
Index(
    "uq_event_meeting",
    event.c.convener_id,
    event.c.happens_on,
    event.c.kind,
    event.c.number,
    unique=True,
    sqlite_where=text("uid IS NULL AND nature = 'meeting' AND state = 'held'"),
    postgresql_where=text("uid IS NULL AND nature = 'meeting' AND state = 'held'"),
)

figure = Table(
    "figure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False),
    Column("period", String(16), nullable=False),
    Column("unit_id", ForeignKey("unit.id")),
    Column("value", Numeric(18, 4), nullable=False),
    Column("source_sha256", String(64)),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    # A correction supersedes; what a report once used stays on record.
    Column("superseded_at", UTCDateTime),
)
Index("ix_figure_key_period", figure.c.key, figure.c.period, figure.c.unit_id)

occasion = Table(
    "occasion",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agreement_id", ForeignKey("agreement.id"), nullable=False),
    Column("obligation_id", ForeignKey("obligation.id"), nullable=False),
    # The version in force on the anchor day when the occasion was recorded or re-planned.
    Column("version_id", ForeignKey("obligation_version.id"), nullable=False),
    Column("key", String(160), nullable=False),
    Column("source", String(10), nullable=False),
    Column("anchor_on", Date, nullable=False),
    # The anchor day when it was first recorded: a move changes neither version nor units.
    Column("judged_on", Date, nullable=False),
    # The half-open days that evidence must belong to.
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("status", String(9), nullable=False),
    # Set where one unit alone owes: an addressed request, a follow-on, a unit's figure.
    Column("only_unit_id", ForeignKey("unit.id")),
    Column("event_id", ForeignKey("event.id")),
    Column("source_task_id", Integer),
    Column("recorded_at", UTCDateTime, nullable=False),
    # The last move or correction of the cause; equals recorded_at until then.
    Column("caused_at", UTCDateTime, nullable=False),
    # What its tasks were last planned from; null while they never were.
    Column("planned_digest", String(64)),
    # Half of a task's identity: (obligation, occasion key), then (occasion, unit).
    UniqueConstraint("obligation_id", "key"),
    CheckConstraint("source IN ('schedule', 'event', 'acceptance', 'evaluation')", name="source"),
    CheckConstraint("status IN ('owed', 'not_owed', 'cancelled')", name="status"),
)
Index("ix_occasion_version", occasion.c.version_id, occasion.c.anchor_on)
Index("ix_occasion_agreement", occasion.c.agreement_id, occasion.c.status)
Index("ix_occasion_event", occasion.c.event_id)
