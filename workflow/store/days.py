"""The editable overlay on a country's days off."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Integer, String, Table, UniqueConstraint

from workflow.store.engine import UTCDateTime, metadata

day_overlay = Table(
    "day_overlay",
    metadata,
    Column("id", Integer, primary_key=True),
    # A calendar's name, or '*' for every calendar.
    Column("calendar", String(32), nullable=False),
    Column("day_on", Date, nullable=False),
    Column("is_off", Boolean, nullable=False),
    Column("name", String, nullable=False, server_default=""),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    UniqueConstraint("calendar", "day_on"),
)
