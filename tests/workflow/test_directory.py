"""Who finds which units: each role within its limits, and never less than its tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.factories import GRANTS, by, duty, living, offices, statements
from tests.worlds import activated, agreement, at, day, obligation, planned, unit
from workflow.access import scope_of
from workflow.accounts import add_user, disable_user
from workflow.directory import units_seen
from workflow.domain.agreement import Party
from workflow.domain.roles import Grant, Role
from workflow.domain.units import Selector
from workflow.store.tasks import task
from workflow.store.units import unit as unit_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

ON = "2024-03-01"
CITY = {"thanh-pho", "phuong-a", "phuong-b"}
ALL = CITY | {"bao", "truong", "hoi", "tinh"}
#: What somebody with one grant finds, of the units of two agreements and two of none.
FOUND = [
    (Grant(role=Role.ADMINISTRATOR), ALL),
    (Grant(role=Role.REVIEWER), ALL),
    (Grant(role=Role.AUDITOR), ALL),
    (Grant(role=Role.UNIT_OFFICER, unit="phuong-a"), {"phuong-a"}),
    (Grant(role=Role.HEAD_OF_UNIT, unit="thanh-pho"), CITY),
    (Grant(role=Role.AUDITOR, unit="thanh-pho"), CITY),
    (Grant(role=Role.REVIEWER, agreement="ct-01"), CITY | {"bao"}),
    (Grant(role=Role.ADMINISTRATOR, agreement="ct-02"), {"hoi", "truong"}),
    (Grant(role=Role.REVIEWER, agreement="ct-01", party="bao"), CITY | {"bao"}),
    (Grant(role=Role.LEADER, party="tp"), CITY | {"bao"}),
    (Grant(role=Role.ADMINISTRATOR, agreement="ct-01", party="tp"), CITY),
    (Grant(role=Role.ADMINISTRATOR, party="bao"), {"bao"}),
    (Grant(role=Role.LEADER, agreement="ct-02", party="bao"), set()),
]


@pytest.fixture
def city(db: Connection) -> Connection:
    """Two agreements: a city with its newspaper, and a society whose duty a school bears."""
    others = [unit("truong", kind="truong"), unit("hoi", kind="hoi"), unit("tinh", kind="tinh")]
    living(db, duty(), units=[*offices(), *others])
    bearer = Selector(keys=frozenset({"truong"}))
    says = agreement(
        obligation("day-hoc", bearer=bearer),
        code="ct-02",
        parties=(Party(code="hoi", name="Hội", members=Selector(kinds=frozenset({"hoi"}))),),
    )
    activated(db, says, [])
    planned(db, code="ct-02", until="2024-07-01")
    return db


def found(db: Connection, *grants: Grant) -> set[str]:
    return {one.key for one in units_seen(db, grants, on=day(ON))}


def test_each_grant_gives_its_own(city: Connection) -> None:
    assert {grant: found(city, grant) for grant, _ in FOUND} == dict(FOUND)


def test_several_grants_give_what_each_gives(city: Connection) -> None:
    officer = Grant(role=Role.UNIT_OFFICER, unit="phuong-a")
    assert found(city, officer, Grant(role=Role.LEADER, agreement="ct-02")) == {
        "phuong-a",
        "hoi",
        "truong",
    }
    assert found(city) == set()


def test_whoever_may_read_a_task_finds_its_unit(city: Connection) -> None:
    """A law over every grant above, and over the whole cast."""
    # The last one cannot be given: no such party stands in that agreement.
    casts = [*((grant,) for grant, _ in FOUND[:-1]), *GRANTS.values()]
    for number, grants in enumerate(casts):
        key = f"ai-{number}"
        add_user(city, key, name=key, grants=grants, act=by("quan-tri", "2024-01-03"))
        query = select(unit_table.c.key).join(task, task.c.answerable_id == unit_table.c.id)
        read = set(city.scalars(query.where(scope_of(city, key, at=at(ON)))))
        assert read <= found(city, *grants), grants
        disable_user(city, key, act=by("quan-tri", "2024-01-03"))


def test_it_asks_no_more_for_more_grants(city: Connection) -> None:
    few = [Grant(role=Role.LEADER, agreement="ct-01")]
    many = [*few, *(grant for grant, _ in FOUND if grant.agreement or grant.unit)]
    found(city, *many)
    with statements(city) as first:
        found(city, *few)
    with statements(city) as second:
        found(city, *many)
    assert len(second) == len(first) <= 5
