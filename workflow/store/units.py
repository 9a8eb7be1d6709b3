"""Units with their dated facts, successions, and the members of each obligation version.

``member`` is the selector's answer, spelled out in days, so that planning is a
join; it is rebuilt by rule and never edited.
"""

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
)

from workflow.store.engine import Json, UTCDateTime, metadata

unit = Table(
    "unit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("opened_on", Date, nullable=False),
    # Exclusive; 9999-12-31 while it lives.
    Column("closed_on", Date, nullable=False),
    Column("tax_code", String(16)),
    Column("budget_code", String(16)),
    Column("paid_by", String(64)),
    Column("mail", String(254)),
    CheckConstraint("closed_on > opened_on", name="life"),
)

unit_fact = Table(
    "unit_fact",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    # For a quota, the value is the title's code and ``copies`` the amount.
    Column("fact", String(8), nullable=False),
    Column("value", String, nullable=False),
    Column("copies", Integer),
    Column("is_mandatory", Boolean),
    Column("funds", String),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    CheckConstraint("fact IN ('name', 'code', 'tag', 'parent', 'quota')", name="fact"),
    CheckConstraint("until_on > from_on", name="span"),
    UniqueConstraint("unit_id", "fact", "value", "from_on"),
)

succession = Table(
    "succession",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("happens_on", Date, nullable=False),
    Column("ground", String, nullable=False),
    # The decisions as the file gives them: planning afterwards applies them too.
    Column("definition", Json, nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    UniqueConstraint("happens_on", "ground"),
)

succession_link = Table(
    "succession_link",
    metadata,
    Column("succession_id", ForeignKey("succession.id"), primary_key=True),
    Column("predecessor_id", ForeignKey("unit.id"), primary_key=True),
    Column("successor_id", ForeignKey("unit.id"), primary_key=True),
)

member = Table(
    "member",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version_id", ForeignKey("obligation_version.id"), nullable=False),
    Column("unit_id", ForeignKey("unit.id"), nullable=False),
    Column("calendar", String(32), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    # Reaches back through predecessors: membership on an anchor day is judged from here.
    Column("counts_from", Date, nullable=False),
    UniqueConstraint("version_id", "unit_id", "from_on"),
)

# Planning joins a version's occasions with its members of one calendar.
Index("ix_member_version_calendar", member.c.version_id, member.c.calendar)
