"""What was said before it was said otherwise: each earlier word, until the instant of its change.

Most rows carry their own dates. What is written over in its place (an agreement's text, the
facts of a unit, a letterhead, an occasion's days, the task that a request hangs on) leaves
its former word here, in the same transaction. So whatever is asked as of an instant takes
the first former word that ended after it, and the present one where none did. Rows are only
ever added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    func,
    insert,
    literal,
    select,
)

from workflow.store.engine import BigId, Json, UTCDateTime, metadata
from workflow.store.given_rows import given_rows
from workflow.store.occasions import event, occasion
from workflow.store.submissions import concession

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

#: What is kept whole: the definition of an agreement, of a version of a duty, a unit with its
#: facts, and a letterhead with its template.
AGREEMENT: Final = "agreement"
VERSION: Final = "version"
UNIT: Final = "unit"
LETTERHEAD: Final = "letterhead"
#: Since when an account was closed that has been opened again.
PERSON: Final = "person"

past = Table(
    "past",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("subject_id", Integer, nullable=False),
    # It held before this instant, and no longer from it on.
    Column("until_at", UTCDateTime, nullable=False),
    # Null where nothing was said at all.
    Column("said", Json),
)
Index("ix_past_kind_until", past.c.kind, past.c.until_at)

past_occasion = Table(
    "past_occasion",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("occasion_id", ForeignKey("occasion.id"), nullable=False),
    Column("until_at", UTCDateTime, nullable=False),
    Column("anchor_on", Date, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("caused_at", UTCDateTime, nullable=False),
)
Index("ix_past_occasion", past_occasion.c.occasion_id, past_occasion.c.until_at)

past_event = Table(
    "past_event",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("event_id", ForeignKey("event.id"), nullable=False),
    Column("until_at", UTCDateTime, nullable=False),
    Column("happens_on", Date, nullable=False),
    Column("state", String(9), nullable=False),
)
Index("ix_past_event", past_event.c.event_id, past_event.c.until_at)

past_concession = Table(
    "past_concession",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("concession_id", ForeignKey("concession.id"), nullable=False),
    Column("until_at", UTCDateTime, nullable=False),
    # The task that it was asked for, before it went on with a successor's.
    Column("task_id", ForeignKey("task.id"), nullable=False),
)
Index("ix_past_concession_task", past_concession.c.task_id)
Index("ix_past_concession", past_concession.c.concession_id, past_concession.c.until_at)


# --- kept whole -------------------------------------------------------------------------


def keep_past(db: Connection, kind: str, said: Mapping[int, object], *, at: datetime) -> None:
    """Keep what was said of these, by number, before it is written over at an instant."""
    if said:
        db.execute(
            insert(past),
            [
                {"kind": kind, "subject_id": id_, "until_at": at, "said": what}
                for id_, what in sorted(said.items())
            ],
        )


def said_then(
    db: Connection, kind: str, *, as_of: datetime, ids: Iterable[int] | None = None
) -> dict[int, Any]:
    """What was said at an instant of those that have been told otherwise since, by number.

    ``ids`` are the only ones that are asked for. Who is not here still says the same.
    """
    query = select(past.c.subject_id, past.c.said).where(
        past.c.kind == kind, past.c.until_at > as_of
    )
    if ids is not None:
        query = query.where(past.c.subject_id.in_(sorted(set(ids))))
    found: dict[int, Any] = {}
    for row in db.execute(query.order_by(past.c.until_at, past.c.id)):
        found.setdefault(row.subject_id, row.said)
    return found


# --- occasions --------------------------------------------------------------------------


def keep_past_occasions(db: Connection, ids: Iterable[int], *, at: datetime) -> None:
    """Keep the days of these occasions before they are moved or cancelled at an instant."""
    wanted = sorted(set(ids))
    if not wanted:
        return
    given = given_rows(db, "moved", {"id": Integer()}, ((one,) for one in wanted))
    facts = ("anchor_on", "from_on", "until_on", "caused_at")
    rows = select(
        occasion.c.id, literal(at, UTCDateTime), *(occasion.c[name] for name in facts)
    ).where(occasion.c.id.in_(select(given.c.id)))
    columns = ["occasion_id", "until_at", *facts]
    db.execute(insert(past_occasion).from_select(columns, rows))


def occasion_then(column: str, *, as_of: datetime) -> ColumnElement[Any]:
    """A fact of ``occasion`` as it was at an instant; null where it has not changed since."""
    return (
        select(past_occasion.c[column])
        .where(past_occasion.c.occasion_id == occasion.c.id, past_occasion.c.until_at > as_of)
        .order_by(past_occasion.c.until_at, past_occasion.c.id)
        .limit(1)
        .scalar_subquery()
    )


def day_then(column: str, *, as_of: datetime) -> ColumnElement[Any]:
    """A day of ``occasion`` as it was at an instant: its anchor, or its first or last one."""
    return func.coalesce(occasion_then(column, as_of=as_of), occasion.c[column])


# --- meetings ---------------------------------------------------------------------------


def keep_past_event(db: Connection, row: Row[Any], *, at: datetime) -> None:
    """Keep on which day an event was to be, and whether, before that is changed."""
    db.execute(
        insert(past_event).values(
            event_id=row.id, until_at=at, happens_on=row.happens_on, state=row.state
        )
    )


def event_then(column: str, *, as_of: datetime) -> ColumnElement[Any]:
    """The day (``happens_on``) or the state of ``event`` as it was at an instant."""
    then = (
        select(past_event.c[column])
        .where(past_event.c.event_id == event.c.id, past_event.c.until_at > as_of)
        .order_by(past_event.c.until_at, past_event.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(then, event.c[column])


# --- requests ---------------------------------------------------------------------------


def keep_past_requests(db: Connection, ids: Iterable[int], *, at: datetime) -> None:
    """Keep for which tasks these requests were made, before they go on with others."""
    wanted = sorted(set(ids))
    if not wanted:
        return
    given = given_rows(db, "taken", {"id": BigInteger()}, ((one,) for one in wanted))
    rows = select(concession.c.id, literal(at, UTCDateTime), concession.c.task_id).where(
        concession.c.id.in_(select(given.c.id))
    )
    columns = ["concession_id", "until_at", "task_id"]
    db.execute(insert(past_concession).from_select(columns, rows))


def asked_of_then(*, as_of: datetime) -> ColumnElement[Any]:
    """The task that ``concession`` was about at an instant."""
    then = (
        select(past_concession.c.task_id)
        .where(
            past_concession.c.concession_id == concession.c.id, past_concession.c.until_at > as_of
        )
        .order_by(past_concession.c.until_at, past_concession.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(then, concession.c.task_id)
