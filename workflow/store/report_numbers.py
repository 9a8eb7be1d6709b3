"""The numbers that reports bear, each bound to one report within its register.

A register is an agreement's, under one kind of rules of form, over one span: a calendar
year or a term. Its row is what takers of a number wait for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from workflow.store.engine import UTCDateTime, metadata
from workflow.store.reports import report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

#: Which register: agreement, issuer's kind, span.
Register = tuple[int, str, str]

report_series = Table(
    "report_series",
    metadata,
    Column("agreement_id", ForeignKey("agreement.id"), primary_key=True),
    Column("issuer", String(8), primary_key=True),
    Column("span", String(16), primary_key=True),
    # Where the own series begins: what an office gave before on paper comes before it.
    Column("first", Integer, nullable=False),
)

report_number = Table(
    "report_number",
    metadata,
    Column("report_id", ForeignKey("report.id"), primary_key=True),
    Column("agreement_id", ForeignKey("agreement.id"), nullable=False),
    Column("issuer", String(8), nullable=False),
    Column("span", String(16), nullable=False),
    # What makes two numbers the same, however they are typed.
    Column("key", String(64), nullable=False),
    Column("number", String(64), nullable=False),
    # The day that the report bears, or would bear if it were issued when the number was taken.
    Column("dated_on", Date, nullable=False),
    # Of the own series, or entered from the office's register.
    Column("is_own", Boolean, nullable=False),
    Column("taken_by", String(64), nullable=False),
    Column("taken_at", UTCDateTime, nullable=False),
    UniqueConstraint("agreement_id", "issuer", "span", "key"),
)

report_term = Table(
    "report_term",
    metadata,
    Column("agreement_id", ForeignKey("agreement.id"), primary_key=True),
    # The first day of a term, from which a Party body numbers anew.
    Column("starts_on", Date, primary_key=True),
    Column("set_by", String(64), nullable=False),
    Column("set_at", UTCDateTime, nullable=False),
)


def lock_series(db: Connection, register: Register) -> int:
    """Wait for a register's row, made where there is none, and give where its series begins.

    Nobody else gets past here until the transaction ends.
    """
    kind = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    agreement_id, issuer, span = register
    db.execute(
        kind(report_series)
        .values(agreement_id=agreement_id, issuer=issuer, span=span, first=1)
        .on_conflict_do_nothing()
    )
    query = select(report_series.c.first).where(*_is(report_series, register)).with_for_update()
    return int(db.execute(query).scalar_one())


def begin_series(db: Connection, register: Register, *, first: int) -> None:
    """Let a register's own series begin at a number."""
    lock_series(db, register)
    db.execute(update(report_series).where(*_is(report_series, register)).values(first=first))


def keys_taken(db: Connection, register: Register) -> set[str]:
    """What the numbers of a register are the same by."""
    return set(db.scalars(select(report_number.c.key).where(*_is(report_number, register))))


def unregistered(db: Connection, agreement_id: int) -> list[Row[Any]]:
    """The reports that were issued before numbers were bound: their numbers and instants."""
    query = (
        select(report.c.id, report.c.number, report.c.issued_at)
        .outerjoin(report_number, report_number.c.report_id == report.c.id)
        .where(
            report.c.agreement_id == agreement_id,
            report.c.number.is_not(None),
            report_number.c.report_id.is_(None),
        )
    )
    return list(db.execute(query))


def number_of(db: Connection, report_id: int) -> Row[Any] | None:
    """The number that a report is bound to."""
    query = select(report_number).where(report_number.c.report_id == report_id)
    return db.execute(query).one_or_none()


def bind_number(db: Connection, columns: Mapping[str, object]) -> None:
    """Bind a number to a report."""
    db.execute(insert(report_number).values(**columns))


def change_number(db: Connection, report_id: int, columns: Mapping[str, object]) -> None:
    """Change the register or the day of a number that is bound."""
    mine = report_number.c.report_id == report_id
    db.execute(update(report_number).where(mine).values(**columns))


def numbers_of(db: Connection, agreement_id: int, issuer: str) -> list[Row[Any]]:
    """Every number that reports of an agreement are bound to under one kind of rules."""
    query = select(report_number).where(
        report_number.c.agreement_id == agreement_id, report_number.c.issuer == issuer
    )
    return list(db.execute(query.order_by(report_number.c.report_id)))


def release_number(db: Connection, report_id: int) -> None:
    """Take a report's number back, for whoever comes next."""
    db.execute(delete(report_number).where(report_number.c.report_id == report_id))


def terms_of(db: Connection, agreement_id: int) -> list[date]:
    """The first days of the terms of an agreement's issuer, the earliest first."""
    query = select(report_term.c.starts_on).where(report_term.c.agreement_id == agreement_id)
    return list(db.scalars(query.order_by(report_term.c.starts_on)))


def add_term(db: Connection, columns: Mapping[str, object]) -> None:
    """Write that a term begins on a day."""
    db.execute(insert(report_term).values(**columns))


def _is(table: Table, register: Register) -> tuple[ColumnElement[bool], ...]:
    agreement_id, issuer, span = register
    return (
        table.c.agreement_id == agreement_id,
        table.c.issuer == issuer,
        table.c.span == span,
    )
