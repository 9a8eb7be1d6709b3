"""The audit trail's rows and the seals over them. Nothing here is ever updated or deleted."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from workflow.store.engine import BigId, UTCDateTime, metadata

journal_entry = Table(
    "journal_entry",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("by", String(64), nullable=False),
    Column("verb", String(48), nullable=False),
    Column("agreement_id", Integer),
    Column("subject", String(24), nullable=False),
    Column("subject_id", BigId),
    # The whole act as canonical text written by Python: what the seal's hash is over.
    Column("body", Text, nullable=False),
    # The database transaction it was written in; the sealer waits for older ones.
    Column("transaction_id", BigId, nullable=False),
)
Index("ix_journal_entry_subject", journal_entry.c.subject, journal_entry.c.subject_id)
Index("ix_journal_entry_agreement_at", journal_entry.c.agreement_id, journal_entry.c.at)

journal_seal = Table(
    "journal_seal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sealed_at", UTCDateTime, nullable=False),
    Column("entries", Integer, nullable=False),
    # SHA-256 over the previous head and the entries' MACs in their order.
    Column("digest", String(64), nullable=False),
    # HMAC of the digest under a key kept outside the database.
    Column("head", String(64), nullable=False),
    Column("key_version", Integer, nullable=False),
)

journal_sealed = Table(
    "journal_sealed",
    metadata,
    Column("entry_id", ForeignKey("journal_entry.id"), primary_key=True),
    Column("seal_id", ForeignKey("journal_seal.id"), nullable=False),
    # 1, 2, 3 … within the seal.
    Column("position", Integer, nullable=False),
    # HMAC of the place and the entry's text: names the very row that was changed.
    Column("mac", String(64), nullable=False),
    UniqueConstraint("seal_id", "position"),
)
