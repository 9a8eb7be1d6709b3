"""What people add to a report beside its content: comments, signed copies, its withdrawal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ForeignKey, Index, Integer, Row, String, Table, Text, insert, select

from workflow.store.engine import BigId, UTCDateTime, metadata
from workflow.store.reports import report_withdrawal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

report_comment = Table(
    "report_comment",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("report_id", ForeignKey("report.id"), nullable=False),
    # The draft that it speaks of, by the hash of its content.
    Column("sha256", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_report_comment_report", report_comment.c.report_id)

report_scan = Table(
    "report_scan",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report_id", ForeignKey("report.id"), nullable=False),
    Column("name", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigId, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("attached_by", String(64), nullable=False),
    Column("attached_at", UTCDateTime, nullable=False),
)
Index("ix_report_scan_report", report_scan.c.report_id)


def add_comment(db: Connection, columns: Mapping[str, object]) -> int:
    """Write a comment and give its number."""
    made = insert(report_comment).values(**columns).returning(report_comment.c.id)
    return int(db.execute(made).scalar_one())


def comments_of(db: Connection, report_id: int) -> list[Row[Any]]:
    """The comments on a report, the first first."""
    query = select(report_comment).where(report_comment.c.report_id == report_id)
    return list(db.execute(query.order_by(report_comment.c.id)))


def add_scan(db: Connection, columns: Mapping[str, object]) -> int:
    """Write that a signed copy was attached, and give its number."""
    made = insert(report_scan).values(**columns).returning(report_scan.c.id)
    return int(db.execute(made).scalar_one())


def scans_of(db: Connection, report_id: int) -> list[Row[Any]]:
    """The signed copies of a report, the latest first: it is the one that holds."""
    query = select(report_scan).where(report_scan.c.report_id == report_id)
    return list(db.execute(query.order_by(report_scan.c.id.desc())))


def add_withdrawal(db: Connection, columns: Mapping[str, object]) -> None:
    """Write that a report was withdrawn."""
    db.execute(insert(report_withdrawal).values(**columns))
