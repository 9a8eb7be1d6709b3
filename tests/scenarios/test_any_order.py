"""Planning, amending, moving, joining, leaving and crashing in any order: the same tasks, no gap.

Facts are given to two databases in the same order at the same instants. One
plans whenever it likes, at times with a crash in the middle; the other plans
once, at the end. Both then owe the same, and the proof finds no gap in either.
"""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Engine, event, func, literal, or_, select, update

from tests import worlds
from tests.worlds import agreement, obligation, unit
from workflow.coverage import prove_coverage
from workflow.definitions import activate_agreement, amend_agreement, import_agreement
from workflow.domain.agreement import Due, DueFrom, Roll
from workflow.domain.announced import Happening
from workflow.domain.errors import Refusal
from workflow.domain.triggers import Event, Every, Length
from workflow.domain.units import Selector
from workflow.meetings import cancel_event, move_event, record_event
from workflow.planning import plan_tasks
from workflow.registry import load_units
from workflow.store.engine import make_engine
from workflow.store.occasions import event as event_table
from workflow.store.occasions import occasion
from workflow.store.tasks import task
from workflow.store.units import unit as unit_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import Connection

    from tests.databases import Databases
    from workflow.domain.agreement import Agreement
    from workflow.journal import Act

DAYS = st.integers(0, 700)
UNITS = ("a", "b", "c", "d")
TAGGED = Selector(kinds=frozenset({"phuong", "truong"}), except_tags=frozenset({"mien"}))


class Crash(Exception):
    """The process is gone in the middle of a transaction."""


class AnyOrder(RuleBasedStateMachine):
    """Two databases that learn the same; only one plans on the way."""

    databases: Databases
    kind: str

    @initialize()
    def found(self) -> None:
        self.urls = [self.databases.copy(self.kind) for _ in range(2)]
        self.eager, self.lazy = (make_engine(url) for url in self.urls)
        self.clock = 0
        self.duty = obligation("mua-bao", bearer=TAGGED, due=Due(roll=Roll.PRECEDING))
        self.meeting_duty = obligation(
            "moi-pv", trigger=Event(kind="hop"), bearer=TAGGED, due=Due(reckoned=DueFrom.DAY)
        )
        self.versions = [self.duty]
        said = self.said()

        def begin(db: Connection) -> None:
            load_units(db, [unit("a"), unit("b", kind="truong")], act=worlds.act())
            import_agreement(db, said, act=worlds.act())
            activate_agreement(db, said.code, act=worlds.act(by="lanh-dao"))

        self.both(begin)

    def teardown(self) -> None:
        if not hasattr(self, "eager"):
            return
        self.plan(self.lazy)
        self.plan(self.eager)
        touched = self.touched()
        assert self.owed(self.eager, without=touched) == self.owed(self.lazy, without=touched)
        for engine in (self.eager, self.lazy):
            self.prove(engine)
            engine.dispose()
        for url in self.urls:
            self.databases.drop(url)

    # --- facts, learnt by both ---------------------------------------------

    @rule(
        key=st.sampled_from(UNITS),
        since=DAYS,
        lasts=DAYS,
        kind=st.sampled_from(["phuong", "truong"]),
    )
    def a_unit_is_loaded(self, key: str, since: int, lasts: int, kind: str) -> None:
        life = worlds.days_later("2023-06-01", since)
        until = worlds.days_later(life, lasts + 1)
        self.both(
            lambda db: load_units(
                db, [unit(key, kind=kind, since=life, until=until)], act=self.act()
            )
        )

    @rule(key=st.sampled_from(UNITS))
    def a_unit_is_excepted(self, key: str) -> None:
        self.both(lambda db: load_units(db, [unit(key, tags=("mien",))], act=self.act()))

    @rule(on=DAYS, number=st.sampled_from(["1", "2"]))
    def a_meeting_is_called(self, on: int, number: str) -> None:
        said = Happening(
            kind="hop",
            convener="a",
            number=number,
            happens_on=worlds.day(worlds.days_later("2024-01-01", on)),
        )
        self.both(lambda db: record_event(db, said, act=self.act()))

    @rule(which=st.integers(0, 9), to=DAYS)
    def a_meeting_is_moved(self, which: int, to: int) -> None:
        day = worlds.day(worlds.days_later("2024-01-01", to))

        def move(db: Connection) -> None:
            ids = db.execute(select(event_table.c.id).order_by(event_table.c.id)).scalars().all()
            if ids:
                # The same meeting may stand on that day already; then neither moves.
                with suppress(Refusal):
                    move_event(db, ids[which % len(ids)], to=day, act=self.act())

        self.both(move)

    @rule(which=st.integers(0, 9))
    def a_meeting_is_cancelled(self, which: int) -> None:
        def cancel(db: Connection) -> None:
            ids = db.execute(select(event_table.c.id).order_by(event_table.c.id)).scalars().all()
            if ids:
                cancel_event(db, ids[which % len(ids)], act=self.act())

        self.both(cancel)

    @rule(
        quarter=st.sampled_from(["2024-04-01", "2024-07-01", "2025-01-01"]),
        offset=st.integers(0, 20),
        length=st.sampled_from([Length.QUARTER, Length.MONTH, Length.HALF_YEAR]),
    )
    def the_agreement_is_amended(self, quarter: str, offset: int, length: Length) -> None:
        day = worlds.day(quarter)
        kept = [each for each in self.versions if each.effective_from < day]
        kept[-1] = replace(kept[-1], effective_until=day)
        boundary = length is not Length.HALF_YEAR or day.month in {1, 7}
        trigger = Every(period=length) if boundary else kept[-1].trigger
        later = replace(self.duty, trigger=trigger, due=Due(offset=offset), effective_from=day)
        self.versions = [*kept, later]
        said = self.said()
        self.both(lambda db: amend_agreement(db, said, ground="Phụ lục", act=self.act()))

    # --- what only the eager one does ----------------------------------------

    @rule(until=st.sampled_from(["2024-02-01", "2024-08-15", "2025-06-01", "2026-01-01"]))
    def it_plans(self, until: str) -> None:
        self.plan(self.eager, until=until)

    @rule(after=st.integers(1, 25))
    def it_crashes_while_planning(self, after: int) -> None:
        left = after

        def crash(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Crash

        before = self.rows()
        event.listen(self.eager, "after_cursor_execute", crash)
        try:
            self.plan(self.eager)
        except Crash:
            assert self.rows() == before
        finally:
            event.remove(self.eager, "after_cursor_execute", crash)

    @rule(seed=st.integers(0, 1000))
    def a_unit_touches_some_tasks(self, seed: int) -> None:
        with self.eager.begin() as db:
            ids = db.execute(select(task.c.id).where(task.c.state == "open")).scalars().all()
            some = random.Random(seed).sample(list(ids), k=min(2, len(ids)))
            db.execute(update(task).where(task.c.id.in_(some)).values(is_touched=True))

    @invariant()
    def repeating_changes_nothing(self) -> None:
        if hasattr(self, "eager") and random.Random(self.clock).random() < 0.2:
            self.plan(self.eager)
            before = self.rows()
            self.plan(self.eager)
            assert self.rows() == before
            self.prove(self.eager)

    # --- how -------------------------------------------------------------------

    def said(self) -> Agreement:
        return agreement(*self.versions, self.meeting_duty)

    def act(self) -> Act:
        return worlds.act(worlds.days_later("2024-01-02", self.clock))

    def both(self, do: Callable[[Connection], object]) -> None:
        self.clock += 1
        for engine in (self.eager, self.lazy):
            with engine.begin() as db:
                do(db)

    def plan(self, engine: Engine, *, until: str = "2026-01-01") -> None:
        with engine.begin() as db:
            plan_tasks(db, agreement="ct-01", until=worlds.day(until), act=self.act())

    def prove(self, engine: Engine) -> None:
        with engine.begin() as db:
            assert prove_coverage(db, agreement="ct-01", at=self.act().at).gaps == ()

    def rows(self) -> tuple[int, ...]:
        with self.eager.begin() as db:
            return tuple(
                db.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (task, occasion)
            )

    def touched(self) -> set[tuple[str, str]]:
        return {row[:2] for row in self.owed(self.eager, only_touched=True)}

    def owed(
        self,
        engine: Engine,
        *,
        without: Collection[tuple[str, str]] = (),
        only_touched: bool = False,
    ) -> set[tuple[str, str, str, str]]:
        with engine.begin() as db:
            rows = db.execute(
                select(
                    occasion.c.key,
                    unit_table.c.key.label("unit"),
                    task.c.original_due_on,
                    task.c.due_on,
                )
                .select_from(task)
                .join(occasion, occasion.c.id == task.c.occasion_id)
                .join(unit_table, unit_table.c.id == task.c.unit_id)
                .where(
                    task.c.state != "cancelled", or_(task.c.is_touched, literal(not only_touched))
                )
            ).all()
        return {
            (row.key, row.unit, str(row.original_due_on), str(row.due_on))
            for row in rows
            if (row.key, row.unit) not in without
        }


def run(databases: Databases, kind: str, *, examples: int, steps: int) -> None:
    class Machine(AnyOrder):
        pass

    Machine.databases, Machine.kind = databases, kind
    case = Machine.TestCase
    case.settings = settings(
        max_examples=examples,
        stateful_step_count=steps,
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    case("runTest").runTest()


def test_any_order_gives_the_same_tasks_and_no_gap(engine_kind: str, databases: Databases) -> None:
    run(databases, engine_kind, examples=15 if engine_kind == "sqlite" else 6, steps=15)


@pytest.mark.long
def test_any_order_at_length(engine_kind: str, databases: Databases) -> None:
    run(databases, engine_kind, examples=150, steps=40)
