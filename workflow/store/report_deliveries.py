"""Whom the reports of an agreement go to, when, and what became of each letter.

A letter is a row, and its sending a piece of work that is claimed under a lease. The token
of its receipt is made from the row's seed and a key outside the database.
"""

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
    and_,
    func,
    insert,
    or_,
    select,
    update,
)

from workflow.store.engine import BigId, UTCDateTime, metadata
from workflow.store.people import person, role_grant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

report_recipient = Table(
    "report_recipient",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agreement_id", ForeignKey("agreement.id"), nullable=False),
    # Everybody who holds a role when the report is issued, or else one body's address.
    Column("role", String(16)),
    Column("name", String(300)),
    Column("mail", String(254)),
    Column("lang", String(2), nullable=False, server_default="vi"),
    Column("added_by", String(64), nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
    Column("ended_by", String(64)),
    Column("ended_at", UTCDateTime),
    CheckConstraint("(role IS NULL) <> (mail IS NULL)", name="either"),
)
Index("ix_report_recipient_agreement", report_recipient.c.agreement_id)

report_schedule = Table(
    "report_schedule",
    metadata,
    Column("agreement_id", ForeignKey("agreement.id"), primary_key=True),
    # At issue, at the next time of day (of a weekday), or once the signed copy is there.
    Column("moment", String(8), nullable=False),
    Column("weekday", Integer),
    Column("time", String(5)),
    Column("changed_by", String(64), nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
)

report_delivery = Table(
    "report_delivery",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("report_id", ForeignKey("report.id"), nullable=False),
    Column("kind", String(9), nullable=False),
    # Of a signed copy that follows, its number; otherwise 0.
    Column("scan_id", Integer, nullable=False),
    Column("mail", String(254), nullable=False),
    Column("name", String(300), nullable=False),
    Column("lang", String(2), nullable=False),
    # Whose account it is; None for a body's address.
    Column("person", String(64)),
    Column("seed", String(64), nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("sent_at", UTCDateTime),
    # Which file went along, by its hash.
    Column("sent_sha256", String(64)),
    Column("opened_at", UTCDateTime),
    Column("received_at", UTCDateTime),
    Column("received_by", String(300)),
    Column("cancelled_at", UTCDateTime),
    Column("failed_at", UTCDateTime),
    Column("error", Text),
    UniqueConstraint("report_id", "kind", "scan_id", "mail"),
    CheckConstraint("kind IN ('issued', 'signed', 'withdrawn')", name="kind"),
)


# --- whom and when --------------------------------------------------------------------


def recipients_of(db: Connection, agreement_id: int) -> list[Row[Any]]:
    """Whom the reports of an agreement go to now, roles first."""
    query = select(report_recipient).where(
        report_recipient.c.agreement_id == agreement_id, report_recipient.c.ended_at.is_(None)
    )
    return list(db.execute(query.order_by(report_recipient.c.mail.is_(None).desc(), "id")))


def add_recipient(db: Connection, columns: Mapping[str, object]) -> int:
    """Write whom reports go to, and give its number."""
    made = insert(report_recipient).values(**columns).returning(report_recipient.c.id)
    return int(db.execute(made).scalar_one())


def end_recipient(db: Connection, recipient_id: int, *, by: str, at: datetime) -> None:
    """Send nothing more to a recipient."""
    mine = report_recipient.c.id == recipient_id
    db.execute(update(report_recipient).where(mine).values(ended_by=by, ended_at=at))


def schedule_of(db: Connection, agreement_id: int) -> Row[Any] | None:
    """When the reports of an agreement leave; None where nobody has said."""
    query = select(report_schedule).where(report_schedule.c.agreement_id == agreement_id)
    return db.execute(query).one_or_none()


def set_schedule(db: Connection, agreement_id: int, columns: Mapping[str, object]) -> None:
    """Set when the reports of an agreement leave; its row is locked by whoever calls."""
    if schedule_of(db, agreement_id) is None:
        db.execute(insert(report_schedule).values(agreement_id=agreement_id, **columns))
        return
    mine = report_schedule.c.agreement_id == agreement_id
    db.execute(update(report_schedule).where(mine).values(**columns))


def holders(
    db: Connection, roles: Iterable[str], *, agreement_id: int, parties: Iterable[str]
) -> list[Row[Any]]:
    """Who holds one of these roles over a whole agreement or one of its sides, and has a mail."""
    of_it = or_(role_grant.c.agreement_id.is_(None), role_grant.c.agreement_id == agreement_id)
    of_a_side = or_(role_grant.c.party.is_(None), role_grant.c.party.in_(sorted(set(parties))))
    query = (
        select(person.c.key, person.c.name, person.c.mail, person.c.lang)
        .distinct()
        .join(role_grant, role_grant.c.person_id == person.c.id)
        .where(
            role_grant.c.role.in_(sorted(set(roles))),
            role_grant.c.revoked_at.is_(None),
            role_grant.c.unit_id.is_(None),
            and_(of_it, of_a_side),
            person.c.disabled_at.is_(None),
            person.c.mail != "",
        )
        .order_by(person.c.key)
    )
    return list(db.execute(query))


# --- letters --------------------------------------------------------------------------


def add_deliveries(db: Connection, rows: Sequence[Mapping[str, object]]) -> list[int]:
    """Write letters that are to be sent, and give their numbers."""
    return [
        int(
            db.execute(
                insert(report_delivery).values(**one).returning(report_delivery.c.id)
            ).scalar_one()
        )
        for one in rows
    ]


def deliveries_of(db: Connection, report_id: int) -> list[Row[Any]]:
    """The letters of a report, in the order in which they were made."""
    query = select(report_delivery).where(report_delivery.c.report_id == report_id)
    return list(db.execute(query.order_by(report_delivery.c.id)))


def deliveries_among(db: Connection, ids: Iterable[int]) -> list[Row[Any]]:
    """These letters."""
    query = select(report_delivery).where(report_delivery.c.id.in_(sorted(set(ids))))
    return list(db.execute(query.order_by(report_delivery.c.id)))


def unsent(db: Connection, *, since: datetime, at: datetime) -> list[int]:
    """The letters that are due and neither sent nor given up, made since an instant."""
    query = select(report_delivery.c.id).where(
        is_waiting(), report_delivery.c.due_at <= at, report_delivery.c.made_at >= since
    )
    return list(db.scalars(query.order_by(report_delivery.c.id)))


def is_waiting() -> ColumnElement[bool]:
    """A letter is still to be sent."""
    return and_(
        report_delivery.c.sent_at.is_(None),
        report_delivery.c.cancelled_at.is_(None),
        report_delivery.c.failed_at.is_(None),
    )


def change_deliveries(db: Connection, ids: Iterable[int], columns: Mapping[str, object]) -> None:
    """Change what is noted of letters."""
    mine = report_delivery.c.id.in_(sorted(set(ids)))
    db.execute(update(report_delivery).where(mine).values(**columns))


def note_first(db: Connection, delivery_id: int, column: str, *, at: datetime) -> None:
    """Note when something was first done with a letter; a later time changes nothing."""
    mine = report_delivery.c.id == delivery_id
    kept = func.coalesce(report_delivery.c[column], at)
    db.execute(update(report_delivery).where(mine).values({column: kept}))
