"""A database that lives in simulated time says so from the beginning and for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from tests.worlds import act
from workflow import journal
from workflow.domain.errors import Refusal
from workflow.simulation import begin_simulation, is_simulated
from workflow.store.journal import journal_entry

if TYPE_CHECKING:
    from sqlalchemy import Connection


def test_it_is_said_once(db: Connection) -> None:
    assert not is_simulated(db)
    begin_simulation(db, act=act())
    begin_simulation(db, act=act("2024-02-01"))
    assert is_simulated(db)
    assert db.scalar(select(func.count()).select_from(journal_entry)) == 1


def test_it_cannot_be_said_later(db: Connection) -> None:
    journal.record(db, act=act(), verb="unit.added", subject=("unit", 1))
    with pytest.raises(Refusal) as refused:
        begin_simulation(db, act=act())
    assert refused.value.code == "simulation.too_late"
    assert not is_simulated(db)
