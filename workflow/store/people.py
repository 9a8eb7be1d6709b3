"""Accounts and what each may do where. Accounts are offices' users, known by a permanent key."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    text,
)

from workflow.store.engine import UTCDateTime, metadata

person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("mail", String(254)),
    Column("lang", String(2), nullable=False, server_default="vi"),
    Column("password_hash", String),
    # Given by an administrator: the first sign-in asks for another.
    Column("is_password_temporary", Boolean, nullable=False, server_default=text("false")),
    Column("created_by", String(64), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("disabled_at", UTCDateTime),
)

role_grant = Table(
    "role_grant",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("role", String(16), nullable=False),
    # Each null means "everywhere"; a unit means its subtree.
    Column("agreement_id", ForeignKey("agreement.id")),
    Column("party", String(64)),
    Column("unit_id", ForeignKey("unit.id")),
    Column("granted_at", UTCDateTime, nullable=False),
    Column("revoked_at", UTCDateTime),
    CheckConstraint(
        "role IN ('administrator', 'reviewer', 'unit_officer', 'head_of_unit',"
        " 'leader', 'auditor')",
        name="role",
    ),
)
Index("ix_role_grant_person", role_grant.c.person_id)
