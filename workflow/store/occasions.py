"""Events (meetings and requests), external figures, and the occasions that make tasks owed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Row,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    literal,
    not_,
    select,
    text,
    update,
)

from workflow.store.agreements import agreement, obligation, obligation_version
from workflow.store.engine import UTCDateTime, metadata
from workflow.store.given_rows import given_rows
from workflow.store.tasks import task
from workflow.store.units import member, unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from sqlalchemy import Connection
    from sqlalchemy.types import TypeEngine

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("nature", String(8), nullable=False),
    Column("kind", String(64), nullable=False),
    # Who convenes the meeting, or files the request.
    Column("convener_id", ForeignKey("unit.id"), nullable=False),
    # Only a request names the one unit that must answer it.
    Column("addressed_id", ForeignKey("unit.id")),
    Column("happens_on", Date, nullable=False),
    # The day for which it was first recorded: a move changes neither version nor units.
    Column("first_on", Date, nullable=False),
    Column("number", String(64), nullable=False, server_default=""),
    Column("uid", String(255)),
    Column("sequence", Integer, nullable=False, server_default="0"),
    Column("title", String, nullable=False, server_default=""),
    Column("place", String, nullable=False, server_default=""),
    Column("state", String(9), nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    # The last move, cancellation or correction; equals recorded_at until then.
    Column("changed_at", UTCDateTime, nullable=False),
    CheckConstraint("nature IN ('meeting', 'request')", name="nature"),
    CheckConstraint("state IN ('held', 'cancelled')", name="state"),
)

# The same meeting entered twice is one meeting: by its calendar UID, or by its natural key.
Index(
    "uq_event_uid",
    event.c.uid,
    unique=True,
    sqlite_where=text("uid IS NOT NULL"),
    postgresql_where=text("uid IS NOT NULL"),
)
Index(
    "uq_event_meeting",
    event.c.convener_id,
    event.c.happens_on,
    event.c.kind,
    event.c.number,
    unique=True,
    sqlite_where=text("uid IS NULL AND nature = 'meeting' AND state = 'held'"),
    postgresql_where=text("uid IS NULL AND nature = 'meeting' AND state = 'held'"),
)

# By which words a kind is known in a weekly schedule, where a person chose them.
event_words = Table(
    "event_words",
    metadata,
    Column("kind", String(64), primary_key=True),
    Column("words", String, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
)

figure = Table(
    "figure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False),
    Column("period", String(16), nullable=False),
    Column("unit_id", ForeignKey("unit.id")),
    Column("value", Numeric(18, 4), nullable=False),
    Column("source_sha256", String(64)),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    # A correction supersedes; what a report once used stays on record.
    Column("superseded_at", UTCDateTime),
)
Index("ix_figure_key_period", figure.c.key, figure.c.period, figure.c.unit_id)

occasion = Table(
    "occasion",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agreement_id", ForeignKey("agreement.id"), nullable=False),
    Column("obligation_id", ForeignKey("obligation.id"), nullable=False),
    # The version in force on the anchor day when the occasion was recorded or re-planned.
    Column("version_id", ForeignKey("obligation_version.id"), nullable=False),
    Column("key", String(160), nullable=False),
    Column("source", String(10), nullable=False),
    Column("anchor_on", Date, nullable=False),
    # The anchor day when it was first recorded: a move changes neither version nor units.
    Column("judged_on", Date, nullable=False),
    # The half-open days that evidence must belong to.
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("status", String(9), nullable=False),
    # Set where one unit alone owes: an addressed request, a follow-on, a unit's figure.
    Column("only_unit_id", ForeignKey("unit.id")),
    Column("event_id", ForeignKey("event.id")),
    Column("source_task_id", Integer),
    Column("recorded_at", UTCDateTime, nullable=False),
    # The last move or correction of the cause; equals recorded_at until then.
    Column("caused_at", UTCDateTime, nullable=False),
    # What its tasks were last planned from; null while they never were.
    Column("planned_digest", String(64)),
    # Half of a task's identity: (obligation, occasion key), then (occasion, unit).
    UniqueConstraint("obligation_id", "key"),
    CheckConstraint("source IN ('schedule', 'event', 'acceptance', 'evaluation')", name="source"),
    CheckConstraint("status IN ('owed', 'not_owed', 'cancelled')", name="status"),
)
Index("ix_occasion_version", occasion.c.version_id, occasion.c.anchor_on)
Index("ix_occasion_agreement", occasion.c.agreement_id, occasion.c.status)
Index("ix_occasion_event", occasion.c.event_id)
# Which fulfilments are followed already?
Index("ix_occasion_source_task", occasion.c.source_task_id)


#: What a new occasion says, in the order of its row.
_ADDED: Final[Mapping[str, TypeEngine[Any]]] = {
    "agreement_id": Integer(),
    "obligation_id": Integer(),
    "version_id": Integer(),
    "key": String(),
    "source": String(),
    "anchor_on": Date(),
    "judged_on": Date(),
    "from_on": Date(),
    "until_on": Date(),
    "status": String(),
    "only_unit_id": Integer(),
    "event_id": Integer(),
    "source_task_id": Integer(),
    "recorded_at": UTCDateTime(),
    "caused_at": UTCDateTime(),
}
_CHANGED: Final[Mapping[str, TypeEngine[Any]]] = {
    "id": Integer(),
    "version_id": Integer(),
    "anchor_on": Date(),
    "from_on": Date(),
    "until_on": Date(),
    "caused_at": UTCDateTime(),
}


def events_named(db: Connection, ids: Iterable[int]) -> dict[int, Row[Any]]:
    """What names these meetings and requests, by id: nature, title and day."""
    query = select(event.c.id, event.c.nature, event.c.title, event.c.happens_on)
    found: list[Row[Any]] = list(db.execute(query.where(event.c.id.in_(sorted(set(ids))))))
    return {row.id: row for row in found}


def occasions_of(db: Connection, agreement_id: int) -> Sequence[Row[Any]]:
    """Every occasion of an agreement that tasks may hang on.

    A served fulfilment is left out: there is one for each accepted task, and
    nothing about it can change any more.
    """
    is_served = (occasion.c.source == "acceptance") & occasion.c.planned_digest.is_not(None)
    return db.execute(
        select(occasion)
        .where(occasion.c.agreement_id == agreement_id, not_(is_served))
        .order_by(occasion.c.obligation_id, occasion.c.anchor_on, occasion.c.id)
    ).all()


def add_occasions(db: Connection, rows: Iterable[Sequence[object]]) -> None:
    """Write new occasions, one statement for all."""
    rows = list(rows)
    if rows:
        given = given_rows(db, "added", _ADDED, rows)
        db.execute(insert(occasion).from_select(list(_ADDED), select(*given.c)))


def change_occasions(db: Connection, rows: Iterable[Sequence[object]]) -> None:
    """Give occasions a new version and days, and owe them again; one statement for all."""
    rows = list(rows)
    if rows:
        given = given_rows(db, "changed", _CHANGED, rows)
        db.execute(
            update(occasion)
            .where(occasion.c.id == given.c.id)
            .values(
                version_id=given.c.version_id,
                anchor_on=given.c.anchor_on,
                from_on=given.c.from_on,
                until_on=given.c.until_on,
                caused_at=func.coalesce(given.c.caused_at, occasion.c.caused_at),
                status="owed",
            )
        )


def cancel_occasions(db: Connection, ids: Sequence[int], *, at: datetime) -> None:
    """Mark occasions whose cause is gone; they and their tasks stay on record."""
    if ids:
        given = given_rows(db, "gone", {"id": Integer()}, ((one,) for one in ids))
        db.execute(
            update(occasion)
            .where(occasion.c.id.in_(select(given.c.id)))
            .values(status="cancelled", caused_at=at, planned_digest="")
        )


def remember_planned(db: Connection, digests: Mapping[int, str]) -> None:
    """Note what the tasks of each occasion were planned from; one statement for all."""
    if digests:
        kinds: Mapping[str, TypeEngine[Any]] = {"id": Integer(), "digest": String()}
        given = given_rows(db, "planned", kinds, digests.items())
        db.execute(
            update(occasion)
            .where(occasion.c.id == given.c.id)
            .values(planned_digest=given.c.digest)
        )


def unit_keys(db: Connection) -> dict[int, str]:
    """The keys of the units that alone owe some occasion, by id."""
    query = select(unit.c.id, unit.c.key).where(
        unit.c.id.in_(select(occasion.c.only_unit_id).where(occasion.c.only_unit_id.is_not(None)))
    )
    return {row.id: row.key for row in db.execute(query)}


def events_held(db: Connection, *, kind: str) -> Sequence[Row[Any]]:
    """The events of a kind that take place, with the key of the unit addressed, if any."""
    return db.execute(
        select(event, unit.c.key.label("addressed_key"))
        .outerjoin(unit, unit.c.id == event.c.addressed_id)
        .where(event.c.kind == kind, event.c.state == "held")
        .order_by(event.c.happens_on, event.c.id)
    ).all()


def fulfilments_unserved(
    db: Connection, agreement_id: int, *, followed: str, obligation_id: int
) -> list[Row[Any]]:
    """Accepted tasks of the followed obligation that no occasion of this one follows yet."""
    served = occasion.alias("served")
    is_served = (
        select(literal(1))
        .select_from(served)
        .where(served.c.obligation_id == obligation_id, served.c.source_task_id == task.c.id)
        .exists()
    )
    query = (
        select(
            task.c.id,
            task.c.unit_id,
            task.c.original_due_on,
            task.c.done_on,
            occasion.c.key.label("occasion_key"),
            unit.c.key.label("unit_key"),
        )
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .join(unit, unit.c.id == task.c.unit_id)
        .join(obligation, obligation.c.id == task.c.obligation_id)
        .where(
            task.c.agreement_id == agreement_id,
            task.c.state == "accepted",
            obligation.c.code == followed,
            not_(is_served),
        )
        .order_by(task.c.id)
    )
    return list(db.execute(query))


def figures_of(db: Connection, *, key: str, period: str) -> dict[int | None, Decimal]:
    """The standing figures of a period by unit; under None, the one for all."""
    query = select(figure.c.unit_id, figure.c.value).where(
        figure.c.key == key, figure.c.period == period, figure.c.superseded_at.is_(None)
    )
    return {row.unit_id: row.value for row in db.execute(query)}


def member_units(db: Connection, selection_id: int, *, on: date) -> list[tuple[str, int]]:
    """The members of a selection on a day: key and id, by key."""
    query = (
        select(unit.c.key, unit.c.id)
        .join(member, member.c.unit_id == unit.c.id)
        .where(
            member.c.selection_id == selection_id,
            member.c.since_on == member.c.from_on,
            member.c.from_on <= on,
            member.c.until_on > on,
        )
        .order_by(unit.c.key)
    )
    return [(row.key, row.id) for row in db.execute(query)]


def event_like(
    db: Connection,
    *,
    uid: str | None,
    convener_id: int,
    happens_on: date,
    kind: str,
    number: str,
    nature: str,
) -> Row[Any] | None:
    """The event that is the same: by calendar UID, else a meeting by its natural key.

    Where a meeting was cancelled and announced anew, the one that takes place
    comes first. Requests without a UID are never the same.
    """
    if uid is not None:
        return db.execute(select(event).where(event.c.uid == uid)).one_or_none()
    if nature == "request":
        return None
    return db.execute(
        select(event)
        .where(
            event.c.uid.is_(None),
            event.c.nature == nature,
            event.c.convener_id == convener_id,
            event.c.happens_on == happens_on,
            event.c.kind == kind,
            event.c.number == number,
        )
        .order_by(event.c.state.desc(), event.c.id)
        .limit(1)
    ).one_or_none()


def agreements_awaiting(db: Connection, *, trigger: str, awaits: Sequence[str]) -> list[str]:
    """Codes of active agreements with a live version that waits for one of these, sorted."""
    query = (
        select(agreement.c.code)
        .join(obligation, obligation.c.agreement_id == agreement.c.id)
        .join(obligation_version, obligation_version.c.obligation_id == obligation.c.id)
        .where(
            agreement.c.state == "active",
            obligation_version.c.superseded_at.is_(None),
            obligation_version.c.trigger == trigger,
            obligation_version.c.awaits.in_(awaits),
        )
        .distinct()
        .order_by(agreement.c.code)
    )
    return list(db.execute(query).scalars())
