"""Reports as they are drafted, approved and frozen, with their files' hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    text,
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
# One number per issued report of an agreement.
Index(
    "uq_report_number",
    report.c.agreement_id,
    report.c.number,
    unique=True,
    sqlite_where=text("number IS NOT NULL"),
    postgresql_where=text("number IS NOT NULL"),
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


def add_report(db: Connection, columns: Mapping[str, object]) -> int:
    """Write a report's row and give its number there."""
    return int(db.execute(insert(report).values(**columns).returning(report.c.id)).scalar_one())


def change_report(db: Connection, report_id: int, columns: Mapping[str, object]) -> None:
    """Change what a report's row says."""
    db.execute(update(report).where(report.c.id == report_id).values(**columns))


def report_by_id(db: Connection, report_id: int, *, lock: bool = False) -> Row[Any] | None:
    """A report with the code of its agreement; with ``lock``, until the transaction ends."""
    query = (
        select(report, agreement.c.code.label("agreement"))
        .join(agreement, agreement.c.id == report.c.agreement_id)
        .where(report.c.id == report_id)
    )
    return db.execute(query.with_for_update(of=report) if lock else query).one_or_none()


def editions_of(db: Connection, agreement_id: int, period: str) -> list[Row[Any]]:
    """Every edition of the report on a period, the first first."""
    query = (
        select(report)
        .where(report.c.agreement_id == agreement_id, report.c.period == period)
        .order_by(report.c.edition)
    )
    return list(db.execute(query))


def numbers_given(db: Connection, agreement_id: int) -> list[str]:
    """The numbers that reports of an agreement bear."""
    query = select(report.c.number).where(
        report.c.agreement_id == agreement_id, report.c.number.is_not(None)
    )
    return [number for number in db.scalars(query) if number is not None]


def reports_listed(db: Connection, *, within: ColumnElement[bool]) -> list[Row[Any]]:
    """The reports of the agreements that ``within`` holds for, without their content."""
    columns = [column for column in report.c if column.name not in {"content", "paragraphs"}]
    query = (
        select(*columns, agreement.c.code.label("agreement"))
        .join(agreement, agreement.c.id == report.c.agreement_id)
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
