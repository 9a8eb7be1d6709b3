"""Plant each kind of fault behind the planner's back, and see it named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from tests import worlds
from tests.worlds import activated, agreement, obligation, planned, unit
from workflow.coverage import Coverage, prove_coverage
from workflow.definitions import end_agreement
from workflow.domain.announced import Happening
from workflow.domain.triggers import Event
from workflow.meetings import record_event
from workflow.planning import plan_tasks
from workflow.store.occasions import occasion
from workflow.store.tasks import task
from workflow.store.units import member

if TYPE_CHECKING:
    from sqlalchemy import Connection


@pytest.fixture
def world(db: Connection) -> Connection:
    """Two units, a quarterly duty and one of each meeting, planned for a year."""
    duties = obligation(), obligation("moi-pv", trigger=Event(kind="hop"))
    activated(db, agreement(*duties), [unit("a"), unit("b")])
    record_event(
        db,
        Happening(kind="hop", convener="a", happens_on=worlds.day("2024-03-20")),
        act=worlds.act("2024-03-01"),
    )
    planned(db, until="2025-01-01", on="2024-03-01")
    return db


def proof(db: Connection) -> Coverage:
    return prove_coverage(db, agreement="ct-01", at=worlds.at("2024-03-01"))


def found(db: Connection) -> list[tuple[str, str, str, str | None]]:
    return [(gap.code, gap.obligation, gap.occasion, gap.unit) for gap in proof(db).gaps]


def a_task(db: Connection, key: str = "2024-Q2", of: str = "b") -> int:
    return int(
        db.execute(
            text(
                "SELECT task.id FROM task JOIN occasion ON occasion.id = task.occasion_id"
                " JOIN unit ON unit.id = task.unit_id WHERE occasion.key = :key AND unit.key = :of"
            ),
            {"key": key, "of": of},
        ).scalar_one()
    )


def test_what_was_planned_is_whole(world: Connection) -> None:
    outcome = proof(world)
    assert outcome.is_whole
    assert (outcome.occasions, outcome.tasks) == (5, 10)
    assert outcome.until == worlds.day("2025-01-01")


def test_an_agreement_that_was_never_planned_is_compared_up_to_no_day(db: Connection) -> None:
    activated(db, agreement(), [unit("a")])
    assert (proof(db).until, proof(db).gaps) == (None, ())


def test_a_lost_task(world: Connection) -> None:
    world.execute(delete(task).where(task.c.id == a_task(world)))
    assert found(world) == [("coverage.task_missing", "mua-bao", "2024-Q2", "b")]


def test_all_tasks_of_an_occasion_lost(world: Connection) -> None:
    ids = [a_task(world, of="a"), a_task(world, of="b")]
    world.execute(delete(task).where(task.c.id.in_(ids)))
    assert [row[3] for row in found(world)] == ["a", "b"]


def test_a_task_cancelled_although_it_is_owed(world: Connection) -> None:
    world.execute(
        update(task)
        .where(task.c.id == a_task(world))
        .values(state="cancelled", cancel_cause="unowed")
    )
    assert found(world) == [("coverage.task_missing", "mua-bao", "2024-Q2", "b")]


def test_a_task_of_a_unit_that_does_not_owe_it(world: Connection) -> None:
    from workflow.registry import load_units

    load_units(world, [unit("c", since="2026-01-01")], act=worlds.act())
    stranger = world.execute(text("SELECT id FROM unit WHERE key = 'c'")).scalar_one()
    columns = [column for column in task.c if column.name not in {"id", "unit_id"}]
    copied = select(*columns, text(str(stranger))).where(task.c.id == a_task(world))
    world.execute(insert(task).from_select([*(one.name for one in columns), "unit_id"], copied))
    assert found(world) == [("coverage.task_superfluous", "mua-bao", "2024-Q2", "c")]


def test_a_wrong_due_day(world: Connection) -> None:
    world.execute(
        update(task)
        .where(task.c.id == a_task(world))
        .values(original_due_on=worlds.day("2024-07-01"))
    )
    assert found(world) == [("coverage.task_wrong_due", "mua-bao", "2024-Q2", "b")]


def test_a_lost_occasion(world: Connection) -> None:
    world.execute(update(occasion).where(occasion.c.key == "2024-Q2").values(status="cancelled"))
    assert ("coverage.occasion_missing", "mua-bao", "2024-Q2", None) in found(world)


def test_a_meeting_without_its_occasion(world: Connection) -> None:
    record_event(
        world,
        Happening(kind="hop", convener="a", happens_on=worlds.day("2024-05-20")),
        act=worlds.act("2024-03-02"),
    )
    assert [row[:2] for row in found(world)] == [("coverage.occasion_missing", "moi-pv")]


def test_an_occasion_without_a_cause(world: Connection) -> None:
    world.execute(text("UPDATE event SET state = 'cancelled'"))
    assert "coverage.occasion_superfluous" in {row[0] for row in found(world)}


def test_an_occasion_on_the_wrong_day(world: Connection) -> None:
    world.execute(
        update(occasion)
        .where(occasion.c.key == "2024-Q2")
        .values(anchor_on=worlds.day("2024-04-02"))
    )
    assert "coverage.occasion_wrong" in {row[0] for row in found(world)}


def test_wrong_member_rows_do_not_mislead_the_proof(world: Connection) -> None:
    """The proof works members out anew: what planning misread, it sees."""
    world.execute(delete(member))
    plan_tasks(
        world,
        agreement="ct-01",
        until=worlds.day("2025-07-01"),
        act=worlds.act("2024-03-02", by="system:planner"),
    )
    assert {row[0] for row in found(world)} == {"coverage.task_missing"}


def test_planning_the_whole_again_repairs_what_was_lost(world: Connection) -> None:
    world.execute(delete(task).where(task.c.id == a_task(world)))
    outcome = plan_tasks(
        world,
        agreement="ct-01",
        until=worlds.day("2025-01-01"),
        act=worlds.act("2024-03-02", by="system:planner"),
        whole=True,
    )
    assert outcome.created == 1
    assert proof(world).is_whole
    assert world.execute(select(func.count()).select_from(task)).scalar_one() == 10


@pytest.mark.parametrize("on", ["2024-04-01", "2024-05-15", "2024-06-30", "2024-07-01"])
def test_what_an_ended_agreement_no_longer_asks_for_is_not_superfluous(
    world: Connection, on: str
) -> None:
    record_event(
        world,
        Happening(kind="hop", convener="a", happens_on=worlds.day("2024-08-20")),
        act=worlds.act("2024-03-02"),
    )
    planned(world, until="2025-01-01", on="2024-03-02")
    assert found(world) == []
    assert end_agreement(world, "ct-01", on=worlds.day(on), act=worlds.act("2024-03-03")) > 0
    for seen_on in ("2024-03-04", "2025-03-01"):
        assert prove_coverage(world, agreement="ct-01", at=worlds.at(seen_on)).gaps == ()
    # What is still owed is missed as before, and what comes too late is seen.
    world.execute(delete(task).where(task.c.id == a_task(world, key="2024-Q1")))
    assert found(world) == [("coverage.task_missing", "mua-bao", "2024-Q1", "b")]


def test_a_task_that_an_ended_agreement_forgot_to_cancel_is_superfluous(
    world: Connection,
) -> None:
    forgotten = a_task(world, key="2024-Q4")
    end_agreement(world, "ct-01", on=worlds.day("2024-05-15"), act=worlds.act("2024-03-03"))
    open_again = {"state": "open", "cancel_cause": None}
    world.execute(update(task).where(task.c.id == forgotten).values(**open_again))
    assert ("coverage.task_superfluous", "mua-bao", "2024-Q4", "b") in found(world)
