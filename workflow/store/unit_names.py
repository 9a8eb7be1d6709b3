"""How every unit is called on a day, what stands above it, and whom it replaced.

Knows dated facts; a closed unit keeps its last ones. Refuses to know the rest of a unit's
history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, literal, or_, select, union_all

from workflow.domain.folding import fold
from workflow.store.unchanged import read_while_unchanged
from workflow.store.units import succession, succession_link, unit, unit_fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, FromClause, Row


def units_named(db: Connection, *, on: date, among: Iterable[str] | None = None) -> list[Row[Any]]:
    """Each unit opened by a day with its name, code and parent's key then, by key.

    ``among`` are the keys of the only units that are asked for.
    """
    name, code, parent = (unit_fact.alias(kind) for kind in ("name", "code", "parent"))
    query = (
        select(
            unit.c.id,
            unit.c.key,
            unit.c.kind,
            unit.c.opened_on,
            unit.c.closed_on,
            name.c.value.label("name"),
            code.c.value.label("code"),
            parent.c.value.label("parent"),
        )
        .outerjoin(name, _holds(name, "name", on))
        .outerjoin(code, _holds(code, "code", on))
        .outerjoin(parent, _holds(parent, "parent", on))
        .where(unit.c.opened_on <= on)
        .order_by(unit.c.key)
    )
    if among is not None:
        query = query.where(unit.c.key.in_(sorted(set(among))))
    return list(db.execute(query))


def names_borne(db: Connection) -> Sequence[tuple[int, str]]:
    """Every name that a unit has borne, with its key, folded: read once while none changes."""
    return read_while_unchanged(db, "names", _names_borne)


def _names_borne(db: Connection) -> list[tuple[int, str]]:
    query = select(unit.c.id, unit.c.key, unit_fact.c.value).join(unit_fact)
    rows = db.execute(query.where(unit_fact.c.fact == "name"))
    return [(row.id, fold(f"{row.value} {row.key}")) for row in rows]


def _holds(fact: FromClause, kind: str, on: date) -> ColumnElement[bool]:
    return and_(
        fact.c.unit_id == unit.c.id,
        fact.c.fact == kind,
        fact.c.from_on <= on,
        or_(
            fact.c.until_on > on,
            and_(unit.c.closed_on <= on, fact.c.until_on >= unit.c.closed_on),
        ),
    )


def successions_of(db: Connection, unit_id: int) -> list[Row[Any]]:
    """The successions that a unit took part in, the latest first.

    A row for each other unit: ``other_id``, and ``is_before`` where that one was replaced.
    """
    before = (
        select(
            succession.c.happens_on,
            succession.c.ground,
            succession_link.c.predecessor_id.label("other_id"),
            literal(1).label("is_before"),
        )
        .join(succession_link)
        .where(succession_link.c.successor_id == unit_id)
    )
    after = (
        select(
            succession.c.happens_on,
            succession.c.ground,
            succession_link.c.successor_id.label("other_id"),
            literal(0).label("is_before"),
        )
        .join(succession_link)
        .where(succession_link.c.predecessor_id == unit_id)
    )
    both = union_all(before, after).subquery()
    query = select(both).where(both.c.other_id != unit_id)
    return list(db.execute(query.order_by(both.c.happens_on.desc(), both.c.other_id)))
