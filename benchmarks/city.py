"""Large worlds for the races: many units and obligations, made in bulk.

Knows how to make a database of a wanted size in seconds. Refuses to measure.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import MetaData, Table, insert, quoted_name, select, text

from tests import worlds
from workflow.definitions import activate_agreement, import_agreement
from workflow.domain.units import FOREVER
from workflow.planning import plan_tasks
from workflow.store.tasks import task
from workflow.store.units import unit, unit_fact

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from workflow.planning import Planned

CODE = "ct-01"


def found(engine: Engine, *, units: int, obligations: int, first: int = 0) -> None:
    """Make units and an active agreement with quarterly obligations, eight quarters long."""
    with engine.begin() as db:
        add_units(db, first, first + units)
        duties = [worlds.obligation(f"d{number:03}") for number in range(obligations)]
        import_agreement(db, worlds.agreement(*duties), act=worlds.act())
        activate_agreement(db, CODE, act=worlds.act(by="lanh-dao"))


def add_units(db: Connection, first: int, until: int, *, since: date = date(2020, 1, 1)) -> None:
    """Add units by number, in two statements."""
    life = {"opened_on": since, "closed_on": FOREVER}
    keys = [f"u{number:06}" for number in range(first, until)]
    db.execute(insert(unit), [{"key": key, "kind": "phuong", **life} for key in keys])
    db.execute(
        insert(unit_fact).from_select(
            ["unit_id", "fact", "value", "from_on", "until_on"],
            select(unit.c.id, text("'name'"), unit.c.key, unit.c.opened_on, unit.c.closed_on).where(
                unit.c.key.in_(select(unit.c.key).where(unit.c.key.between(keys[0], keys[-1])))
            ),
        )
    )


def plan(engine: Engine, *, until: str = "2026-01-01", on: str = "2024-01-02") -> Planned:
    """Plan the agreement up to a day, as the edge does: one transaction."""
    with engine.begin() as db:
        return plan_tasks(
            db, agreement=CODE, until=worlds.day(until), act=worlds.act(on, by="system:planner")
        )


def bare_copy(engine: Engine, name: str) -> Table:
    """An empty table with the columns, constraints and indexes of the tasks."""
    copy = task.to_metadata(MetaData(), name=name)
    for index in copy.indexes:
        index.name = quoted_name(f"{name}_{index.name}", quote=None)
    for constraint in copy.constraints:
        if constraint.name is not None:
            constraint.name = f"{name}_{constraint.name}"
    copy.create(engine)
    return copy
