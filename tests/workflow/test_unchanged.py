"""What is kept in the process of all units is never older than the last unit that changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, event, insert, select

from tests.worlds import day
from workflow.directory import listed_units
from workflow.domain.units import FOREVER
from workflow.store.engine import reading
from workflow.store.unchanged import read_while_unchanged
from workflow.store.unit_names import names_borne
from workflow.store.units import unit, unit_fact

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

pytestmark = pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
ON = day("2024-02-01")


def add(db: Connection, key: str, name: str) -> None:
    life = {"opened_on": day("2020-01-01"), "closed_on": FOREVER}
    db.execute(insert(unit).values(key=key, kind="phuong", **life))
    number = select(unit.c.id).where(unit.c.key == key).scalar_subquery()
    span = {"from_on": day("2020-01-01"), "until_on": FOREVER}
    db.execute(insert(unit_fact).values(unit_id=number, fact="name", value=name, **span))


def names(engine: Engine) -> list[str]:
    with reading(engine).connect() as db:
        return [one.name for one in listed_units(db, on=ON)]


def test_units_are_read_anew_once_one_is_added_or_taken_away(clone: Engine) -> None:
    with clone.begin() as db:
        add(db, "a", "Phường Ấp Bắc")
    asked: list[str] = []
    event.listen(clone, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert names(clone) == names(clone) == ["Phường Ấp Bắc"]
    # The first look reads the units, each a stamp.
    assert sum("unit_fact" in text and "count" not in text for text in asked) == 1
    with clone.begin() as db:
        add(db, "b", "Phường Ân Thịnh")
    assert names(clone) == ["Phường Ân Thịnh", "Phường Ấp Bắc"]
    with clone.begin() as db:
        db.execute(delete(unit_fact))
    assert names(clone) == ["a", "b"]


def test_whoever_writes_sees_what_it_wrote(clone: Engine) -> None:
    with clone.begin() as db:
        add(db, "a", "Phường Ấp Bắc")
    assert len(names(clone)) == 1
    with clone.begin() as db:
        add(db, "b", "Phường Ân Thịnh")
        assert [one.key for one in listed_units(db, on=ON)] == ["b", "a"]
        assert [name for _, name in names_borne(db)] == ["phuong ap bac a", "phuong an thinh b"]
        db.rollback()
    assert names(clone) == ["Phường Ấp Bắc"]


def test_what_one_is_given_does_not_change_what_another_gets(clone: Engine) -> None:
    with clone.begin() as db:
        add(db, "a", "Phường Ấp Bắc")
    with reading(clone).connect() as db:
        listed_units(db, on=ON).clear()
    assert names(clone) == ["Phường Ấp Bắc"]


def test_of_many_questions_the_oldest_is_forgotten(clone: Engine) -> None:
    read: list[int] = []

    def look(number: int, _: Connection) -> int:
        read.append(number)
        return number

    for number in (*range(12), 11, 0):
        with reading(clone).connect() as db:
            assert read_while_unchanged(db, number, partial(look, number)) == number
    assert read == [*range(12), 0]
