"""Notices: a row per (task, step, addressee), gathered into one digest a person and day.

Knows what waits for whom. Refuses to know ladders and words; how a step is
claimed for many tasks at once is ``store.pressing``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    insert,
    literal,
    not_,
    select,
    text,
    update,
)

from workflow.store.agreements import agreement
from workflow.store.engine import BigId, Json, UTCDateTime, affected_rows, metadata
from workflow.store.given_rows import given_rows
from workflow.store.occasions import occasion
from workflow.store.tasks import JUDGED_ON, task

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection
    from sqlalchemy.types import TypeEngine

digest = Table(
    "digest",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("mail", String(254), nullable=False),
    Column("day_on", Date, nullable=False),
    # The same on each attempt, so that a mail delivered twice is seen as one.
    Column("message_id", String(255), nullable=False, unique=True),
    Column("created_at", UTCDateTime, nullable=False),
    Column("sent_at", UTCDateTime),
    UniqueConstraint("mail", "day_on"),
)

notice = Table(
    "notice",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("step", String(64), nullable=False),
    Column("addressee", String(254), nullable=False),
    # The due day that it speaks of: a moved due day makes its steps due anew.
    Column("for_due_on", Date, nullable=False),
    Column("channel", String(8), nullable=False),
    Column("facts", Json, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("digest_id", ForeignKey("digest.id")),
    # Settled before it was sent: kept, never delivered.
    Column("dropped_at", UTCDateTime),
    UniqueConstraint("task_id", "step", "addressee", "for_due_on"),
)
# What the next digest gathers.
Index(
    "ix_notice_waiting",
    notice.c.addressee,
    sqlite_where=text("digest_id IS NULL AND dropped_at IS NULL"),
    postgresql_where=text("digest_id IS NULL AND dropped_at IS NULL"),
)

pressed = Table(
    "pressed",
    metadata,
    Column("agreement_id", ForeignKey("agreement.id"), primary_key=True),
    # Every step that fell up to this day is served, but for tasks after these numbers.
    Column("pressed_on", Date, nullable=False),
    Column("task_id", BigId, nullable=False),
    Column("change_id", BigId, nullable=False),
)

#: Written out, as the index has it.
_WAITING: Final = text("notice.digest_id IS NULL AND notice.dropped_at IS NULL")


def drop_settled(db: Connection, *, at: datetime) -> int:
    """Drop the waiting notices whose task has been settled, or moved to another day, meanwhile."""
    stands = (
        select(literal(1))
        .select_from(task)
        .where(
            task.c.id == notice.c.task_id,
            task.c.state.in_(["open", "returned"]),
            notice.c.for_due_on == JUDGED_ON,
        )
        .exists()
    )
    return affected_rows(db, update(notice).where(_WAITING, not_(stands)).values(dropped_at=at))


def addressees_waiting(db: Connection, *, day_on: date) -> list[str]:
    """Who has notices waiting that go by mail, and no digest of the day yet, in order."""
    has_digest = (
        select(literal(1))
        .select_from(digest)
        .where(digest.c.mail == notice.c.addressee, digest.c.day_on == day_on)
        .exists()
    )
    query = select(notice.c.addressee).distinct()
    query = query.where(
        _WAITING, notice.c.channel == "mail", notice.c.addressee != "", not_(has_digest)
    )
    return list(db.scalars(query.order_by(notice.c.addressee)))


def add_digests(
    db: Connection, message_ids: Mapping[str, str], *, day_on: date, at: datetime
) -> list[int]:
    """Make a digest of a day for each of these addresses, and gather what waits for them."""
    kinds: Mapping[str, TypeEngine[Any]] = {"mail": String(), "message_id": String()}
    given = given_rows(db, "addresses", kinds, sorted(message_ids.items()))
    rows = select(
        given.c.mail,
        literal(day_on, Date()),
        given.c.message_id,
        literal(at, digest.c.created_at.type),
    )
    columns = ["mail", "day_on", "message_id", "created_at"]
    made = insert(digest).from_select(columns, rows).returning(digest.c.id)
    ids = sorted(db.scalars(made))
    among = given_rows(db, "made", {"id": Integer()}, [(one,) for one in ids])
    db.execute(
        update(notice)
        .where(
            _WAITING,
            notice.c.channel == "mail",
            notice.c.addressee == digest.c.mail,
            digest.c.id.in_(select(among.c.id)),
        )
        .values(digest_id=digest.c.id)
    )
    return ids


def digest_by_id(db: Connection, digest_id: int) -> Row[Any] | None:
    """A digest's row."""
    return db.execute(select(digest).where(digest.c.id == digest_id)).one_or_none()


def notices_in(db: Connection, digest_id: int) -> list[Row[Any]]:
    """What a digest reminds of: each notice whose task is still in hand, with the task's facts."""
    query = (
        select(
            notice.c.step,
            notice.c.facts,
            notice.c.for_due_on,
            task.c.id.label("task_id"),
            task.c.state,
            task.c.agreement_id,
            task.c.version_id,
            task.c.answerable_id,
            task.c.report_by_on,
            task.c.correction_on,
            occasion.c.key.label("occasion"),
            agreement.c.zone,
        )
        .select_from(notice)
        .join(task, task.c.id == notice.c.task_id)
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .join(agreement, agreement.c.id == task.c.agreement_id)
        .where(
            notice.c.digest_id == digest_id,
            task.c.state.in_(["open", "returned"]),
            notice.c.for_due_on == JUDGED_ON,
        )
    )
    return list(db.execute(query.order_by(notice.c.for_due_on, task.c.id, notice.c.id)))


def note_sent(db: Connection, digest_ids: Iterable[int], *, at: datetime) -> None:
    """Note that digests were handed to the mail server; the first instant stays."""
    db.execute(
        update(digest)
        .where(digest.c.id.in_(sorted(set(digest_ids))), digest.c.sent_at.is_(None))
        .values(sent_at=at)
    )
