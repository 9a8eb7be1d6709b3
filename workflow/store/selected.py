"""How many living units selectors mean on a day, by kind, and which; and the words in use.

Refuses to know agreements: a selector is asked as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, false, func, literal, or_, select, true, union

from workflow.store.occasions import event
from workflow.store.scopes import is_meant, units_under
from workflow.store.units import unit, unit_fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, Select

    from workflow.domain.units import Selector


def selected_by_kind(
    db: Connection, selectors: Sequence[Selector], *, on: date
) -> list[dict[str, int]]:
    """For each selector, how many units that live on the day it means, by kind."""
    if not selectors:
        return []
    counts = [func.sum(case((_living_meant(one, on), 1), else_=0)) for one in selectors]
    query = select(unit.c.kind, *counts).where(unit.c.closed_on > on).group_by(unit.c.kind)
    found: list[dict[str, int]] = [{} for _ in selectors]
    for kind, *numbers in db.execute(query):
        for one, number in zip(found, numbers, strict=True):
            if number:
                one[kind] = int(number)
    return found


def _living_meant(selector: Selector, on: date) -> ColumnElement[bool]:
    """The same as ``is_meant`` of a unit that lives, asked of all units at once.

    Each list of units is made once instead of being looked into for every unit.
    """
    has = [unit.c.opened_on <= on, unit.c.key.not_in(sorted(selector.except_keys))]
    if selector.except_tags:
        has.append(unit.c.id.not_in(_bearing(selector.except_tags, on)))
    described: list[ColumnElement[bool]] = [true() if selector.has_conditions else false()]
    if selector.kinds:
        described.append(unit.c.kind.in_(sorted(selector.kinds)))
    described += [unit.c.id.in_(_bearing({tag}, on)) for tag in sorted(selector.tags)]
    if selector.under:
        described.append(unit.c.id.in_(units_under(selector.under, on=on)))
    return and_(*has, or_(unit.c.key.in_(sorted(selector.keys)), and_(*described)))


def _bearing(tags: Iterable[str], on: date) -> Select[int]:
    return select(unit_fact.c.unit_id).where(
        unit_fact.c.fact == "tag",
        unit_fact.c.value.in_(sorted(tags)),
        unit_fact.c.from_on <= on,
        unit_fact.c.until_on > on,
    )


def selecting(db: Connection, selectors: Sequence[Selector], unit_id: int, *, on: date) -> set[int]:
    """Which of the selectors mean a living unit on the day, by their places in the sequence."""
    if not selectors:
        return set()
    marks = [case((is_meant(one, on), 1), else_=0) for one in selectors]
    query = select(*marks).where(unit.c.id == unit_id, unit.c.closed_on > on)
    row = db.execute(query).one_or_none()
    return set() if row is None else {place for place, is_one in enumerate(row) if is_one}


def selected_units(db: Connection, selector: Selector, *, on: date, most: int) -> list[str]:
    """The keys of the first so many living units that a selector means on a day."""
    query = (
        select(unit.c.key)
        .where(unit.c.closed_on > on, _living_meant(selector, on))
        .order_by(unit.c.key)
        .limit(most)
    )
    return list(db.scalars(query))


def words_in_use(db: Connection, *, on: date) -> tuple[list[str], list[str]]:
    """Every tag that some unit bears on a day, and every kind of event recorded: one statement."""
    tags = select(literal("tag"), unit_fact.c.value).where(
        unit_fact.c.fact == "tag", unit_fact.c.from_on <= on, unit_fact.c.until_on > on
    )
    words: dict[str, list[str]] = {"tag": [], "event": []}
    for what, word in db.execute(union(tags, select(literal("event"), event.c.kind))):
        words[what].append(word)
    return sorted(words["tag"]), sorted(words["event"])
