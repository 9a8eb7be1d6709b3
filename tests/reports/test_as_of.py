"""A past report can be made again: whatever has happened since, it is the same text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reports.comparing import differing
from reports.composing import Instants, compose
from reports.quarterly import CoverageLine, written
from reports.unit_groups import Tree
from tests.reports.random_life import CODE, Life
from tests.worlds import at
from workflow import catalogue

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

CUT_OFF = at("2024-04-01", "00:00")
#: Of a proof it is another test that tells.
PROVED = CoverageLine(until=None, occasions=0, tasks=0, gap_count=0, gaps=())
SEEDS = [pytest.param(seed, marks=[] if seed < 2 else pytest.mark.long) for seed in range(60)]


def frozen(db: Connection, as_of: datetime, tree: Tree) -> str:
    report = compose(
        db,
        catalogue.kept(db, CODE),
        period="2024-Q1",
        at=Instants(cut_off=CUT_OFF, as_of=as_of),
        coverage=PROVED,
        is_simulated=True,
        tree=tree,
    )
    return written(report)


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_reported_is_reported_again_whatever_happened_since(
    db: Connection, seed: int
) -> None:
    life = Life(db, seed)
    then: dict[tuple[datetime, Tree], str] = {}
    for day in ("2024-04-02", "2024-04-20", "2024-05-06"):
        life.lives(at(day))
        for tree in Tree:
            then[life.now, tree] = frozen(db, life.now, tree)
    life.lives(at("2024-05-20"))
    for (as_of, tree), text in then.items():
        again = frozen(db, as_of, tree)
        found = [*differing(json.loads(text), json.loads(again))]
        assert found == [], (as_of, life.done[-40:])
        assert again == text
    assert len(set(then.values())) == len(then)
    assert len(set(life.done)) > 7
