"""The shipped case of 1/7/2025: twelve phường become four, the city's bodies dissolve."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

import workflow.examples
from tests import worlds
from tests.workflow.test_succession import the_state
from workflow.coverage import prove_coverage
from workflow.definitions import activate_agreement, import_agreement
from workflow.intake.agreement_file import read_agreement
from workflow.intake.succession_file import read_succession
from workflow.intake.unit_sheet import read_units
from workflow.planning import plan_tasks
from workflow.registry import load_units
from workflow.store.tasks import task
from workflow.store.units import roster
from workflow.store.units import unit as unit_table
from workflow.succession import record_succession, settle_succession

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workflow.domain.succession import Succession
    from workflow.succession import Settled

EXAMPLE = Path(workflow.examples.__file__).parent / "tu-son"
AFTER = "2025-07-03"


def founded(db: Connection) -> tuple[str, Succession]:
    """The city of the example with its active agreement; its code, and the reform as written."""
    said = read_agreement(EXAMPLE / "agreement.yaml")
    load_units(db, read_units(EXAMPLE / "units.csv").units, act=worlds.act("2023-01-02"))
    import_agreement(db, said, act=worlds.act("2023-01-02"))
    activate_agreement(db, said.code, act=worlds.act("2023-01-02", by="lanh-dao"))
    return said.code, read_succession(EXAMPLE / "succession-2025-07-01.yaml", roster=roster(db))


def plan(db: Connection, code: str, on: str) -> None:
    until = worlds.day("2026-01-01")
    act = worlds.act(on, by="system:planner")
    plan_tasks(db, agreement=code, until=until, act=act)
    assert prove_coverage(db, agreement=code, at=worlds.at(on)).is_whole


def reform(db: Connection, code: str, says: Succession) -> Settled:
    act = worlds.act(AFTER, by="system:succession")
    record_succession(db, says, act=act)
    plan(db, code, AFTER)
    settled = settle_succession(db, agreement=code, act=act)
    assert prove_coverage(db, agreement=code, at=worlds.at(AFTER)).is_whole
    return settled


def test_planned_before_it_or_after_it_the_city_owes_the_same(db: Connection) -> None:
    code, says = founded(db)
    trial = db.begin_nested()
    plan(db, code, "2023-04-15")
    settled = reform(db, code, says)
    one_way = the_state(db)
    trial.rollback()
    again = reform(db, code, says)
    assert the_state(db) == one_way
    assert Counter(one.fate for one in settled.changes) == Counter(
        one.fate for one in again.changes
    )
    # Nobody who has ended has anything in hand, and every ended phường has gone on somewhere.
    ended = set(says.ended)
    left = db.execute(
        select(unit_table.c.key)
        .join(task, task.c.answerable_id == unit_table.c.id)
        .where(task.c.state.in_(["open", "returned", "suspended"]))
        .distinct()
    ).scalars()
    assert not ended & set(left)
    heirs = {before: after for before, after in says.links if before in ended}
    merged = {(one.unit, *one.to) for one in settled.changes if one.fate == "merged"}
    assert merged == set(heirs.items())
    assert len(heirs) == 12
    assert len(set(heirs.values())) == 4
