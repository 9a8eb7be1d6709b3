"""Reports as they are drafted, approved and frozen, with their files' hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    update,
)

from workflow.store.agreements import agreement
from workflow.store.engine import BigId, Json, UTCDateTime, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection

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
# What was issued is never changed: that it no longer holds stands beside it.
report_withdrawal = Table(
    "report_withdrawal",
    metadata,
    Column("report_id", ForeignKey("report.id"), primary_key=True),
    Column("withdrawn_by", String(64), nullable=False),
    Column("withdrawn_at", UTCDateTime, nullable=False),
    Column("withdrawn_for", Text, nullable=False),
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


_WITHDRAWAL = tuple(one for one in report_withdrawal.c if one.name != "report_id")


def add_report(db: Connection, columns: Mapping[str, object]) -> int:
    """Write a report's row and give its number there."""
    return int(db.execute(insert(report).values(**columns).returning(report.c.id)).scalar_one())


def change_report(db: Connection, report_id: int, columns: Mapping[str, object]) -> None:
    """Change what a report's row says."""
    db.execute(update(report).where(report.c.id == report_id).values(**columns))


def report_by_id(db: Connection, report_id: int, *, lock: bool = False) -> Row[Any] | None:
    """A report with the code of its agreement and its withdrawal, locked with ``lock``."""
    query = (
        select(report, agreement.c.code.label("agreement"), *_WITHDRAWAL)
        .join(agreement, agreement.c.id == report.c.agreement_id)
        .outerjoin(report_withdrawal)
        .where(report.c.id == report_id)
    )
    return db.execute(query.with_for_update(of=report) if lock else query).one_or_none()


def reports_among(db: Connection, ids: Iterable[int]) -> list[Row[Any]]:
    """These reports, each with the code of its agreement and its withdrawal."""
    query = (
        select(report, agreement.c.code.label("agreement"), *_WITHDRAWAL)
        .join(agreement, agreement.c.id == report.c.agreement_id)
        .outerjoin(report_withdrawal)
        .where(report.c.id.in_(sorted(set(ids))))
    )
    return list(db.execute(query))


def editions_of(db: Connection, agreement_id: int, period: str) -> list[Row[Any]]:
    """Every edition of the report on a period, the first first."""
    query = (
        select(report, *_WITHDRAWAL)
        .outerjoin(report_withdrawal)
        .where(report.c.agreement_id == agreement_id, report.c.period == period)
        .order_by(report.c.edition)
    )
    return list(db.execute(query))


def reports_listed(db: Connection, *, within: ColumnElement[bool]) -> list[Row[Any]]:
    """The reports of the agreements that ``within`` holds for, without their content."""
    columns = [column for column in report.c if column.name not in {"content", "paragraphs"}]
    query = (
        select(*columns, agreement.c.code.label("agreement"), *_WITHDRAWAL)
        .join(agreement, agreement.c.id == report.c.agreement_id)
        .outerjoin(report_withdrawal)
        .where(within)
        .order_by(agreement.c.code, report.c.period, report.c.edition)
    )
    return list(db.execute(query))


def add_files(db: Connection, report_id: int, files: Iterable[Mapping[str, object]]) -> None:
    """Note the files of an issued report, with their hashes."""
    db.execute(insert(report_file), [{"report_id": report_id, **file} for file in files])


def files_of(db: Connection, report_id: int) -> list[Row[Any]]:
    """The files of an issued report, by format."""
    query = (
        select(report_file)
        .where(report_file.c.report_id == report_id)
        .order_by(report_file.c.format)
    )
    return list(db.execute(query))
