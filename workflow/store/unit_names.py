"""How every unit is called on a day: its name, its code and the unit above it.

Knows dated facts; a closed unit keeps its last ones. Refuses to know the rest of a unit's
history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from workflow.store.units import unit, unit_fact

if TYPE_CHECKING:
    from collections.abc import Iterable
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
