"""Evidence items with their verdicts, and what of each proof is used up where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from workflow.store.engine import BigId, Json, UTCDateTime, metadata
from workflow.store.given_rows import given_rows
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlalchemy.types import TypeEngine

evidence_file = Table(
    "evidence_file",
    metadata,
    # Content-addressed: the bytes lie under the data folder by this name.
    Column("sha256", String(64), primary_key=True),
    Column("size", BigId, nullable=False),
    Column("stored_at", UTCDateTime, nullable=False),
)

evidence_item = Table(
    "evidence_item",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    # The code of the requirement that it is offered for.
    Column("requirement", String(64), nullable=False),
    Column("sha256", ForeignKey("evidence_file.sha256")),
    Column("name", String(255), nullable=False, server_default=""),
    Column("figures", Json, nullable=False),
    Column("added_by", String(64), nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
    # Added for the unit by an administrator or superior: then a person confirms.
    Column("is_on_behalf", Boolean, nullable=False, server_default=text("false")),
    Column("removed_by", String(64)),
    Column("removed_at", UTCDateTime),
    # The item of a merged task that this one carries on.
    Column("carried_from_id", BigId),
    # Since when it is with this task, where that is later than when it was added.
    Column("carried_at", UTCDateTime),
    # The latest verdict, as a cache: null while none is in.
    Column("outcome", String(9)),
    Column("outcome_at", UTCDateTime),
    Column("quantity", Integer),
    Column("performed_on", Date),
    # What the proof is, wherever it turns up: an invoice's number, an article, else the file.
    Column("identity", String(255)),
    CheckConstraint("outcome IN ('passed', 'failed', 'undecided')", name="outcome"),
)
Index("ix_evidence_item_task", evidence_item.c.task_id)
# The same file, invoice or article offered twice, in another period or by another unit.
Index("ix_evidence_item_identity", evidence_item.c.identity)
Index("ix_evidence_item_sha256", evidence_item.c.sha256)

evidence_verdict = Table(
    "evidence_verdict",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("item_id", ForeignKey("evidence_item.id"), nullable=False),
    Column("check", String(64), nullable=False),
    Column("version", String(32), nullable=False),
    # Pinned to the bytes that were judged.
    Column("sha256", String(64)),
    Column("outcome", String(9), nullable=False),
    Column("reasons", Json, nullable=False),
    Column("read", Json, nullable=False),
    Column("decided_at", UTCDateTime, nullable=False),
    CheckConstraint("outcome IN ('passed', 'failed', 'undecided')", name="outcome"),
)
Index("ix_evidence_verdict_item", evidence_verdict.c.item_id, evidence_verdict.c.id)

proof = Table(
    "proof",
    metadata,
    # One row per thing in the world that proves something; locked while it is divided.
    Column("identity", String(255), primary_key=True),
    # How much it can prove in all; null where each use needs the whole of it.
    Column("capacity", Integer),
    Column("recorded_at", UTCDateTime, nullable=False),
    # The proof that makes this one void, whatever its part: a replaced invoice counts no more.
    Column("replaced_by", String(255)),
)

allocation = Table(
    "allocation",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("identity", ForeignKey("proof.identity"), nullable=False),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("requirement", String(64), nullable=False),
    Column("item_id", ForeignKey("evidence_item.id"), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("allocated_at", UTCDateTime, nullable=False),
    # A proof counts once per requirement of a task.
    UniqueConstraint("identity", "task_id", "requirement"),
    CheckConstraint("quantity >= 1", name="quantity"),
)
# A proof whose use needs the whole of it serves each kind of duty once, whoever offers it.
Index("ix_allocation_task", allocation.c.task_id)
Index("ix_allocation_item", allocation.c.item_id)

doubt = Table(
    "doubt",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("item_id", ForeignKey("evidence_item.id")),
    # recheck, moved, duplicate, replaced, contested, ...
    Column("kind", String(16), nullable=False),
    Column("reason", Json, nullable=False),
    Column("raised_by", String(64), nullable=False),
    Column("raised_at", UTCDateTime, nullable=False),
    Column("settled_by", String(64)),
    Column("settled_at", UTCDateTime),
    Column("settlement", String(8)),
    CheckConstraint("settlement IN ('kept', 'reopened')", name="settlement"),
)
# The review desk lists the open ones; the same doubt is not raised twice while it is open.
Index(
    "uq_doubt_open",
    doubt.c.task_id,
    doubt.c.kind,
    doubt.c.item_id,
    unique=True,
    sqlite_where=text("settled_at IS NULL AND item_id IS NOT NULL"),
    postgresql_where=text("settled_at IS NULL AND item_id IS NOT NULL"),
)
Index("ix_doubt_task", doubt.c.task_id)


def items_held(db: Connection, task_ids: Iterable[int]) -> list[Row[Any]]:
    """The items of these tasks that were not removed, in the order in which they were added."""
    query = select(evidence_item).where(
        evidence_item.c.task_id.in_(among(db, task_ids)), evidence_item.c.removed_at.is_(None)
    )
    return list(db.execute(query.order_by(evidence_item.c.added_at, evidence_item.c.id)))


def latest_verdicts(db: Connection, item_ids: Iterable[int]) -> dict[int, Row[Any]]:
    """The latest verdict on each of these items, by item."""
    latest = (
        select(func.max(evidence_verdict.c.id))
        .where(evidence_verdict.c.item_id.in_(among(db, item_ids)))
        .group_by(evidence_verdict.c.item_id)
    )
    query = select(evidence_verdict).where(evidence_verdict.c.id.in_(latest))
    return {row.item_id: row for row in db.execute(query)}


def outcomes_counted(db: Connection, task_ids: Iterable[int]) -> list[Row[Any]]:
    """How many items of these tasks have which outcome: ``task_id``, ``outcome``, ``items``."""
    query = (
        select(evidence_item.c.task_id, evidence_item.c.outcome, func.count().label("items"))
        .where(
            evidence_item.c.task_id.in_(among(db, task_ids)), evidence_item.c.removed_at.is_(None)
        )
        .group_by(evidence_item.c.task_id, evidence_item.c.outcome)
        .order_by(evidence_item.c.task_id, evidence_item.c.outcome)
    )
    return list(db.execute(query))


def remember_file(db: Connection, sha256: str, *, size: int, at: datetime) -> None:
    """Note that a file is stored; the second time changes nothing."""
    upsert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    row = upsert(evidence_file).values(sha256=sha256, size=size, stored_at=at)
    db.execute(row.on_conflict_do_nothing())


def among(db: Connection, ids: Iterable[int]) -> Select[int]:
    """These ids as a query of one parameter, whatever their number."""
    return select(given_rows(db, "ids", {"id": BigInteger()}, [(one,) for one in set(ids)]).c.id)


def items_offering(db: Connection, identities: Iterable[str]) -> Select[tuple[int]]:
    """The items, not removed, that offer these proofs for tasks that are not settled yet."""
    given = given_rows(db, "offered", {"identity": String()}, [(one,) for one in set(identities)])
    return (
        select(evidence_item.c.id)
        .join(task, task.c.id == evidence_item.c.task_id)
        .where(
            evidence_item.c.identity.in_(select(given.c.identity)),
            evidence_item.c.removed_at.is_(None),
            task.c.state.in_(["open", "returned", "suspended", "submitted", "in_review"]),
        )
    )


def locked_proofs(db: Connection, identities: Iterable[str]) -> dict[str, Row[Any]]:
    """These proofs, locked in the order of their identities until the transaction ends."""
    given = given_rows(db, "proofs", {"identity": String()}, [(one,) for one in set(identities)])
    query = select(proof).where(proof.c.identity.in_(select(given.c.identity)))
    rows = db.execute(query.order_by(proof.c.identity).with_for_update())
    return {row.identity: row for row in rows}


def add_proofs(db: Connection, capacities: Mapping[str, int | None], *, at: datetime) -> None:
    """Note these things with what each can prove in all; what is known takes the new capacity."""
    rows = sorted(capacities.items())
    given = given_rows(db, "added", {"identity": String(), "capacity": Integer()}, rows)
    upsert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    source = (
        select(given.c.identity, given.c.capacity, literal(at, UTCDateTime))
        # SQLite reads ON CONFLICT after a SELECT only where that has a WHERE.
        .where(given.c.identity.is_not(None))
        .order_by(given.c.identity)
    )
    added = upsert(proof).from_select(["identity", "capacity", "recorded_at"], source)
    db.execute(
        added.on_conflict_do_update(
            index_elements=["identity"],
            set_={"capacity": added.excluded.capacity},
            where=proof.c.capacity.is_distinct_from(added.excluded.capacity),
        )
    )


def replace_proofs(db: Connection, replaced_by: Mapping[str, str], *, at: datetime) -> None:
    """Note that these things are void, each with what took its place; the first one stays."""
    upsert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    for identity, by in sorted(replaced_by.items()):
        row = upsert(proof).values(identity=identity, replaced_by=by, recorded_at=at)
        db.execute(
            row.on_conflict_do_update(
                index_elements=["identity"],
                set_={"replaced_by": by},
                where=proof.c.replaced_by.is_(None),
            )
        )


def items_of_replaced(identities: Iterable[str]) -> Select[int]:
    """The items, not removed, that offer these things or a part of one."""
    offers = [
        or_(
            evidence_item.c.identity == one,
            evidence_item.c.identity.startswith(f"{one}#", autoescape=True),
        )
        for one in sorted(set(identities))
    ]
    return select(evidence_item.c.id).where(
        evidence_item.c.removed_at.is_(None), or_(false(), *offers)
    )


def release_items(db: Connection, item_ids: Iterable[int]) -> set[str]:
    """Give back what these items were allocated, and say of which proofs."""
    released = delete(allocation).where(allocation.c.item_id.in_(among(db, item_ids)))
    return set(db.scalars(released.returning(allocation.c.identity)))


def allocations_of(db: Connection, identities: Iterable[str]) -> list[Row[Any]]:
    """What of these proofs is used up where, the first use first."""
    given = given_rows(db, "used", {"identity": String()}, [(one,) for one in set(identities)])
    return list(
        db.execute(
            select(allocation, task.c.obligation_id, task.c.occasion_id)
            .join(task, task.c.id == allocation.c.task_id)
            .where(allocation.c.identity.in_(select(given.c.identity)))
            .order_by(allocation.c.id)
        )
    )


def allocate(
    db: Connection, rows: Sequence[tuple[str, int, str, int, int]], *, at: datetime
) -> None:
    """Write allocations: (identity, task, requirement, item, quantity)."""
    if rows:
        names = ("identity", "task_id", "requirement", "item_id", "quantity")
        db.execute(
            insert(allocation).values(allocated_at=at),
            [dict(zip(names, row, strict=True)) for row in rows],
        )


def add_verdicts(db: Connection, rows: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """Write verdicts; an item keeps every one that it ever had."""
    if rows:
        db.execute(insert(evidence_verdict).values(decided_at=at), rows)


#: What the latest verdict changes of an item, by its columns.
_CACHED: Final[Mapping[str, TypeEngine[Any]]] = {
    "id": BigInteger(),
    "outcome": String(),
    "quantity": Integer(),
    "performed_on": Date(),
    "identity": String(),
}


def cache_verdicts(db: Connection, rows: Iterable[Sequence[object]], *, at: datetime) -> None:
    """Note the latest verdict with each item: (id, outcome, quantity, performed on, identity)."""
    given = given_rows(db, "cached", _CACHED, rows)
    columns = {name: given.c[name] for name in _CACHED if name != "id"}
    db.execute(
        update(evidence_item)
        .where(evidence_item.c.id == given.c.id)
        .values(outcome_at=at, **columns)
    )
