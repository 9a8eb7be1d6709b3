"""How many living units of each kind selectors mean on a day: one statement for all of them.

Refuses to know agreements: a selector is asked as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from workflow.store.scopes import is_meant
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from workflow.domain.units import Selector


def selected_by_kind(
    db: Connection, selectors: Sequence[Selector], *, on: date
) -> list[dict[str, int]]:
    """For each selector, how many units that live on the day it means, by kind."""
    if not selectors:
        return []
    counts = [func.sum(case((is_meant(one, on), 1), else_=0)) for one in selectors]
    query = select(unit.c.kind, *counts).where(unit.c.closed_on > on).group_by(unit.c.kind)
    found: list[dict[str, int]] = [{} for _ in selectors]
    for kind, *numbers in db.execute(query):
        for one, number in zip(found, numbers, strict=True):
            if number:
                one[kind] = int(number)
    return found


def selecting(db: Connection, selectors: Sequence[Selector], unit_id: int, *, on: date) -> set[int]:
    """Which of the selectors mean a living unit on the day, by their places in the sequence."""
    if not selectors:
        return set()
    marks = [case((is_meant(one, on), 1), else_=0) for one in selectors]
    query = select(*marks).where(unit.c.id == unit_id, unit.c.closed_on > on)
    row = db.execute(query).one_or_none()
    return set() if row is None else {place for place, is_one in enumerate(row) if is_one}
