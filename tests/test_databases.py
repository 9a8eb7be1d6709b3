"""What the fixtures promise to every other test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import redis
from sqlalchemy import text

from workflow.store.engine import make_engine

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from tests.databases import Databases

MAKE = text("CREATE TABLE left_behind (id INTEGER)")


@pytest.mark.parametrize("turn", [1, 2])
def test_nothing_is_left_behind_in_db(db: Connection, turn: int) -> None:
    db.execute(MAKE)  # would fail in the second turn
    assert turn


def test_copies_are_independent_of_one_another(clone: Engine, databases: Databases) -> None:
    with clone.begin() as db:
        db.execute(MAKE)
    url = databases.copy(clone.dialect.name)
    other = make_engine(url)
    with other.begin() as db:
        db.execute(MAKE)
    other.dispose()
    databases.drop(url)


@pytest.mark.parametrize("turn", [1, 2])
def test_a_broker_is_empty(valkey: str, turn: int) -> None:
    with redis.Redis.from_url(valkey) as broker:
        assert broker.dbsize() == 0
        broker.set("turn", turn)
