"""The work that waits: one row a piece, claimed under a lease, parked when it keeps failing.

The database is the queue of truth; messages carry ids and may be lost. Leases
run on the database's clock, due instants on the business clock.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, UniqueConstraint, text

from workflow.store.engine import BigId, UTCDateTime, metadata

work = Table(
    "work",
    metadata,
    Column("id", BigId, primary_key=True),
    # verify_item, settle_submission, submit_automatically, follow_on, send_notice, ...
    Column("kind", String(24), nullable=False),
    Column("subject_id", BigId, nullable=False),
    # Not before this business instant.
    Column("due_at", UTCDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_token", String(32)),
    # On the database's clock.
    Column("leased_until", UTCDateTime),
    # The relay offered it to the broker; offered again when nobody has claimed it for long.
    Column("offered_at", UTCDateTime),
    Column("parked_at", UTCDateTime),
    Column("last_error", String),
    # Asking twice for the same work is asking once.
    UniqueConstraint("kind", "subject_id"),
)
Index(
    "ix_work_pending",
    work.c.kind,
    work.c.due_at,
    sqlite_where=text("parked_at IS NULL"),
    postgresql_where=text("parked_at IS NULL"),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    # worker:<host>:<pid>, relay, broker, tick:<job>
    Column("name", String(128), primary_key=True),
    Column("beat_at", UTCDateTime, nullable=False),
    Column("detail", String, nullable=False, server_default=""),
)

tick = Table(
    "tick",
    metadata,
    Column("job", String(64), primary_key=True),
    # However many schedulers run, an instant of a job is served once.
    Column("scheduled_for", UTCDateTime, primary_key=True),
    Column("served_at", UTCDateTime, nullable=False),
)
