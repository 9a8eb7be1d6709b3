"""Agreements, their obligations and the versions of each over time.

Definitions are kept in the file's own form, so that what was loaded can be
written back; columns repeat only what queries select by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    case,
    func,
    or_,
    select,
    text,
)

from workflow.domain.errors import Refusal
from workflow.store.engine import Json, UTCDateTime, metadata

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

agreement = Table(
    "agreement",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("title", String, nullable=False),
    Column("state", String(8), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("tracked_from", Date, nullable=False),
    # Everything of the file but its obligations, in the file's form.
    Column("definition", Json, nullable=False),
    Column("imported_by", String(64), nullable=False),
    Column("imported_at", UTCDateTime, nullable=False),
    Column("activated_by", String(64)),
    Column("activated_at", UTCDateTime),
    Column("ended_on", Date),
    Column("ended_at", UTCDateTime),
    # The last day (exclusive) up to which occasions have been planned.
    Column("planned_until", Date),
    CheckConstraint("state IN ('draft', 'active', 'ended')", name="state"),
    CheckConstraint("activated_by IS NULL OR activated_by <> imported_by", name="second_person"),
)

obligation = Table(
    "obligation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agreement_id", ForeignKey("agreement.id"), nullable=False),
    Column("code", String(64), nullable=False),
    # The code is permanent within the agreement.
    UniqueConstraint("agreement_id", "code"),
)

obligation_version = Table(
    "obligation_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("obligation_id", ForeignKey("obligation.id"), nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("effective_until", Date),
    Column("title", String, nullable=False),
    Column("clause", String(64), nullable=False),
    Column("trigger", String(8), nullable=False),
    # The kind of event, the followed obligation or the figure that makes it owed.
    Column("awaits", String(64)),
    Column("definition", Json, nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    Column("superseded_at", UTCDateTime),
    CheckConstraint(
        "trigger IN ('once', 'every', 'day', 'event', 'after', 'when')", name="trigger"
    ),
    CheckConstraint("effective_until IS NULL OR effective_until > effective_from", name="span"),
)

Index(
    "uq_obligation_version_live",
    obligation_version.c.obligation_id,
    obligation_version.c.effective_from,
    unique=True,
    sqlite_where=text("superseded_at IS NULL"),
    postgresql_where=text("superseded_at IS NULL"),
)
# Which obligations does an event of a kind, an acceptance or a figure concern?
Index("ix_obligation_version_awaits", obligation_version.c.awaits, obligation_version.c.trigger)


def obligations_named(db: Connection, *where: ColumnElement[bool]) -> list[Row[Any]]:
    """The obligations of which these conditions hold: ``code`` and ``title``, by title.

    One code stands once, with the title of its newest version.
    """
    newest = (
        select(func.max(obligation_version.c.id))
        .select_from(obligation_version.join(obligation).join(agreement))
        .where(obligation_version.c.superseded_at.is_(None), *where)
        .group_by(obligation.c.code)
    )
    query = (
        select(obligation.c.code, obligation_version.c.title)
        .join(obligation_version)
        .where(obligation_version.c.id.in_(newest))
    )
    return list(db.execute(query.order_by(obligation_version.c.title, obligation.c.code)))


def locked_agreement(db: Connection, code: str) -> Row[Any]:
    """The agreement's row, locked until the transaction ends (engine rule 3.9).

    On SQLite the transaction has held the only write lock since it began.
    Raises ``Refusal("agreement.unknown")``.
    """
    return _one(db, code, lock=True)


def agreement_by_code(db: Connection, code: str) -> Row[Any]:
    """The agreement's row. Raises ``Refusal("agreement.unknown")``."""
    return _one(db, code, lock=False)


def _one(db: Connection, code: str, *, lock: bool) -> Row[Any]:
    query = select(agreement).where(agreement.c.code == code)
    row = db.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise Refusal("agreement.unknown", code=code)
    return row


def live_versions(db: Connection, agreement_id: int) -> list[Row[Any]]:
    """Every version in force at some time, with its obligation's code; by code and day."""
    return list(
        db.execute(
            select(obligation_version, obligation.c.code.label("code"))
            .join(obligation)
            .where(
                obligation.c.agreement_id == agreement_id,
                obligation_version.c.superseded_at.is_(None),
            )
            .order_by(obligation.c.code, obligation_version.c.effective_from)
        )
    )


def versions_at(db: Connection, agreement_id: int, *, as_of: datetime) -> list[Row[Any]]:
    """The same as they were recorded at an instant."""
    query = (
        select(obligation_version, obligation.c.code.label("code"))
        .join(obligation)
        .where(
            obligation.c.agreement_id == agreement_id,
            obligation_version.c.recorded_at <= as_of,
            or_(
                obligation_version.c.superseded_at.is_(None),
                obligation_version.c.superseded_at > as_of,
            ),
        )
        .order_by(obligation.c.code, obligation_version.c.effective_from)
    )
    return list(db.execute(query))


def agreement_ids(db: Connection) -> list[int]:
    """The ids of all agreements."""
    return list(db.scalars(select(agreement.c.id).order_by(agreement.c.code)))


def agreement_titles(db: Connection) -> list[Row[Any]]:
    """Every agreement's code, title and state, by code."""
    query = select(agreement.c.code, agreement.c.title, agreement.c.state)
    return list(db.execute(query.order_by(agreement.c.code)))


def agreements_listed(db: Connection) -> list[Row[Any]]:
    """Every agreement with its state and days, the active ones first, then by title."""
    order = case({"active": 0, "draft": 1, "ended": 2}, value=agreement.c.state, else_=3)
    query = select(
        agreement.c.id,
        agreement.c.code,
        agreement.c.title,
        agreement.c.state,
        agreement.c.starts_on,
        agreement.c.ends_on,
        agreement.c.ended_on,
        agreement.c.planned_until,
    )
    return list(db.execute(query.order_by(order, agreement.c.title, agreement.c.code)))
