"""Doubts about accepted tasks: raising them once, and finding what is open.

The table stands with the evidence that most doubts are about. Refuses to say
what a doubt leads to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, String, and_, insert, literal, not_, select, update

from workflow.store.engine import UTCDateTime
from workflow.store.evidence import doubt
from workflow.store.given_rows import as_json, given_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row
    from sqlalchemy.types import TypeEngine

_RAISED: Final[Mapping[str, TypeEngine[Any]]] = {
    "task_id": BigInteger(),
    "item_id": BigInteger(),
    "kind": String(),
    "reason": String(),
}


def raise_doubts(
    db: Connection, rows: Iterable[Sequence[object]], *, by: str, at: datetime
) -> list[Row[Any]]:
    """Open doubts: (task, item or None, kind, reason as JSON text); the rows that are new.

    What is open already for the same task, item and kind is not opened again.
    """
    given = given_rows(db, "raised", _RAISED, rows)
    is_open = (
        select(literal(1))
        .select_from(doubt)
        .where(
            doubt.c.task_id == given.c.task_id,
            doubt.c.kind == given.c.kind,
            doubt.c.item_id.is_not_distinct_from(given.c.item_id),
            doubt.c.settled_at.is_(None),
        )
        .exists()
    )
    new = select(
        given.c.task_id,
        given.c.item_id,
        given.c.kind,
        as_json(db, given.c.reason),
        literal(by),
        literal(at, UTCDateTime),
    ).where(not_(is_open))
    columns = ["task_id", "item_id", "kind", "reason", "raised_by", "raised_at"]
    opened = insert(doubt).from_select(columns, new).returning(doubt.c.id, doubt.c.task_id)
    return list(db.execute(opened))


def doubts_open(db: Connection, task_id: int) -> list[Row[Any]]:
    """The doubts about a task that nobody has settled, in order."""
    query = select(doubt).where(doubt.c.task_id == task_id, doubt.c.settled_at.is_(None))
    return list(db.execute(query.order_by(doubt.c.id)))


def settle_doubts(
    db: Connection, ids: Iterable[int], *, settlement: str, by: str, at: datetime
) -> None:
    """Close open doubts: ``kept`` or ``reopened``."""
    db.execute(
        update(doubt)
        .where(and_(doubt.c.id.in_(sorted(ids)), doubt.c.settled_at.is_(None)))
        .values(settlement=settlement, settled_by=by, settled_at=at)
    )
