"""What a task takes along from the tasks that go on in it: evidence, its uses, open requests.

Knows rows that are carried from one task to another, each kind in one
statement. Refuses to know why. Whatever is carried stays on record where it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, and_, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from workflow.store.engine import UTCDateTime, affected_rows
from workflow.store.evidence import (
    allocation,
    among,
    evidence_item,
    items_offering,
    locked_proofs,
)
from workflow.store.given_rows import given_rows
from workflow.store.past import keep_past_requests
from workflow.store.submissions import concession

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Select
    from sqlalchemy.types import TypeEngine

_PAIRS: Final[Mapping[str, TypeEngine[Any]]] = {"from_id": BigInteger(), "into_id": BigInteger()}
_GOING: Final[Mapping[str, TypeEngine[Any]]] = {"id": BigInteger(), "into_id": BigInteger()}


def carry_items(db: Connection, into: Mapping[int, int], *, at: datetime) -> int:
    """Carry the items of tasks over as new items with their verdicts; give how many.

    What they have used up of a proof is used up by the new ones from now on. Each was
    added when it was, and is with the new task only from ``at`` on.
    """
    given = given_rows(db, "carried", _PAIRS, sorted(into.items()))
    same = (
        "requirement",
        "sha256",
        "name",
        "figures",
        "added_by",
        "added_at",
        "is_on_behalf",
        "outcome",
        "outcome_at",
        "quantity",
        "performed_on",
        "identity",
    )
    old = (
        select(
            given.c.into_id,
            evidence_item.c.id,
            literal(at, UTCDateTime),
            *(evidence_item.c[name] for name in same),
        )
        .join(given, evidence_item.c.task_id == given.c.from_id)
        .where(evidence_item.c.removed_at.is_(None))
        .order_by(evidence_item.c.id)
    )
    columns = ["task_id", "carried_from_id", "carried_at", *same]
    carried = insert(evidence_item).from_select(columns, old)
    count = affected_rows(db, carried)
    if count:
        _carry_allocations(db, into)
    return count


def _carry_allocations(db: Connection, into: Mapping[int, int]) -> None:
    given = given_rows(db, "carried", _PAIRS, sorted(into.items()))
    new = evidence_item.alias("new")
    amount = func.sum(allocation.c.quantity)
    used = (
        select(
            allocation.c.identity,
            given.c.into_id,
            allocation.c.requirement,
            func.min(new.c.id),
            amount,
            func.min(allocation.c.allocated_at),
        )
        .select_from(
            given.join(allocation, allocation.c.task_id == given.c.from_id).join(
                new,
                and_(
                    new.c.task_id == given.c.into_id, new.c.carried_from_id == allocation.c.item_id
                ),
            )
        )
        # SQLite reads ON CONFLICT after a SELECT only where that has a WHERE.
        .where(allocation.c.quantity > 0)
        .group_by(allocation.c.identity, given.c.into_id, allocation.c.requirement)
    )
    columns = ["identity", "task_id", "requirement", "item_id", "quantity", "allocated_at"]
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    moved = dialect.insert(allocation).from_select(columns, used)
    db.execute(
        # The same invoice offered for two of the tasks that are one task now.
        moved.on_conflict_do_update(
            index_elements=["identity", "task_id", "requirement"],
            set_={"quantity": allocation.c.quantity + moved.excluded.quantity},
        )
    )
    db.execute(delete(allocation).where(allocation.c.task_id.in_(among(db, into))))


def unchecked_items(db: Connection, task_ids: Iterable[int]) -> Select[tuple[int]]:
    """The items of these tasks on which no check has spoken."""
    return select(evidence_item.c.id).where(
        evidence_item.c.task_id.in_(among(db, task_ids)),
        evidence_item.c.removed_at.is_(None),
        evidence_item.c.outcome.is_(None),
    )


def release_proofs(db: Connection, task_ids: Iterable[int]) -> Select[tuple[int]] | None:
    """Free what cancelled tasks have used up; the items that may want it now, if any was used."""
    ids = sorted(set(task_ids))
    used = select(allocation.c.identity).where(allocation.c.task_id.in_(among(db, ids)))
    identities = sorted(set(db.scalars(used)))
    if not identities:
        return None
    locked_proofs(db, identities)
    db.execute(delete(allocation).where(allocation.c.task_id.in_(among(db, ids))))
    return items_offering(db, identities)


def carry_requests(db: Connection, into: Mapping[int, int], *, at: datetime) -> int:
    """Carry undecided requests over, of each kind the first where none waits; give how many."""
    given = given_rows(db, "carried", _PAIRS, sorted(into.items()))
    other = concession.alias("other")
    waits = (
        select(literal(1))
        .select_from(other)
        .where(
            other.c.task_id == given.c.into_id,
            other.c.kind == concession.c.kind,
            other.c.decided_at.is_(None),
        )
        .exists()
    )
    first = (
        select(func.min(concession.c.id).label("id"), given.c.into_id)
        .join(given, concession.c.task_id == given.c.from_id)
        .where(concession.c.decided_at.is_(None), ~waits)
        .group_by(given.c.into_id, concession.c.kind)
    )
    chosen = {row.id: row.into_id for row in db.execute(first)}
    if not chosen:
        return 0
    keep_past_requests(db, chosen, at=at)
    going = given_rows(db, "going", _GOING, sorted(chosen.items()))
    return affected_rows(
        db,
        update(concession).where(concession.c.id == going.c.id).values(task_id=going.c.into_id),
    )


def refuse_requests(
    db: Connection, task_ids: Iterable[int], *, by: str, at: datetime, answer: str
) -> int:
    """Refuse what is still asked for tasks that have ended; give how many requests."""
    return affected_rows(
        db,
        update(concession)
        .where(
            concession.c.task_id.in_(among(db, task_ids)),
            concession.c.decided_at.is_(None),
        )
        .values(decided_by=by, decided_at=at, decision="refused", answer=answer),
    )
