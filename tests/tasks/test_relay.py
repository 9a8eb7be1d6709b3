"""From rows to messages: who travels with whom, what is told again, what a fault costs."""

from __future__ import annotations

import json
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from tasks.app import make_app, queues_of
from tasks.clock import SystemClock
from tasks.relay import STANDING, Relay
from tasks.waking import LOOK_EVERY_S, Looking, waking_for
from tasks.workplace import Workplaces
from tests.tasks.jobs import ask, done, note, probe
from workflow.store import offers
from workflow.store.heartbeats import heartbeats
from workflow.store.work import database_later, work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from celery import Celery
    from sqlalchemy import Connection, Engine

    from tasks.job import Job
    from workflow.settings import Settings


class Desk:
    """A relay without a worker: what it told the broker can be looked at."""

    def __init__(self, engine: Engine, settings: Settings, jobs: Sequence[Job]) -> None:
        self.engine = engine
        workplaces = Workplaces(settings, SystemClock(), engine=engine)
        self.app: Celery = make_app(workplaces, jobs, broker_url="memory://")
        self.relay = Relay(engine, self.app, jobs, clock=SystemClock(), lost_after_s=30)

    def told(self) -> list[tuple[str, list[int]]]:
        """Take every message out of the queues: the job's name and its ids."""
        found: list[tuple[str, list[int]]] = []
        with self.app.connection_for_read() as connection:
            for queue in queues_of(self.app):
                while (message := connection.default_channel.basic_get(queue)) is not None:
                    arguments: Any = json.loads(message.body)
                    found.append((message.headers["task"], arguments[0][0]))
        return found

    def sizes(self) -> list[int]:
        return [len(ids) for _, ids in self.told()]


@pytest.fixture
def desk(clone: Engine, settings: Settings) -> Desk:
    probes = [probe(perform=str), probe(kind="slow", name="probes.slow", is_slow=True)]
    return Desk(clone, settings, probes)


def age(engine: Engine) -> None:
    """Let every offer and lease have been made long ago."""
    with engine.begin() as db:
        db.execute(update(work).values(offered_at=database_later(-60)))
        db.execute(
            update(work)
            .where(work.c.lease_token.is_not(None))
            .values(leased_until=database_later(-1))
        )


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(1, [1]), (8, [1] * 8), (20, [3] * 6 + [2]), (1_000, [100] * 10)],
)
def test_little_that_takes_time_is_spread_and_much_travels_together(
    desk: Desk, count: int, sizes: list[int]
) -> None:
    ask(desk.engine, range(1, count + 1))
    assert desk.relay.sweep() == count
    assert desk.sizes() == sizes
    assert desk.relay.sweep() == 0
    assert desk.sizes() == []


@pytest.mark.parametrize(("count", "sizes"), [(8, [8]), (250, [100, 100, 50])])
def test_what_is_only_written_travels_together(
    clone: Engine, settings: Settings, count: int, sizes: list[int]
) -> None:
    desk = Desk(clone, settings, [probe()])
    ask(desk.engine, range(1, count + 1))
    assert desk.relay.sweep() == count
    assert desk.sizes() == sizes


def test_a_long_backlog_stays_in_the_database(desk: Desk) -> None:
    ask(desk.engine, range(1, 2 * STANDING + 1))
    assert desk.relay.sweep() == STANDING
    assert desk.relay.sweep() == 0


def test_slow_work_waits_in_a_queue_of_its_own(desk: Desk) -> None:
    ask(desk.engine, [1], kind="slow")
    ask(desk.engine, [1])
    desk.relay.sweep()
    with desk.app.connection_for_read() as connection:
        for queue, name in zip(
            queues_of(desk.app), ["probes.do_probe", "probes.slow"], strict=True
        ):
            message = connection.default_channel.basic_get(queue)
            assert message.headers["task"] == name


def test_a_job_may_ask_for_small_messages(clone: Engine, settings: Settings) -> None:
    desk = Desk(clone, settings, [probe(largest=1)])
    ask(clone, range(1, 101))
    desk.relay.sweep()
    assert desk.sizes() == [1] * 100


def test_work_of_a_kind_that_is_not_known_here_is_left_for_others(desk: Desk) -> None:
    ask(desk.engine, [1], kind="of_a_later_release")
    assert desk.relay.sweep() == 0


def test_what_was_told_and_not_taken_is_told_again(desk: Desk) -> None:
    ask(desk.engine, [1, 2])
    desk.relay.sweep()
    assert desk.sizes() == [1, 1]
    age(desk.engine)
    assert desk.relay.sweep() == 0, "it looks for what was lost only now and then"
    desk.relay._looked_for_lost = 0.0
    assert desk.relay.sweep() == 2


def test_whoever_failed_before_travels_alone(desk: Desk) -> None:
    ask(desk.engine, range(1, 101))
    with desk.engine.begin() as db:
        db.execute(update(work).where(work.c.subject_id <= 3).values(attempts=1))
    desk.relay.sweep()
    assert Counter(desk.sizes()) == {1: 3, 13: 7, 6: 1}


def test_what_took_its_worker_down_each_time_is_parked_and_given_up(
    clone: Engine, settings: Settings
) -> None:
    def give_up(db: Connection, subjects: Sequence[int], _error: str, at: datetime) -> None:
        note(None, db, subjects[0], at)  # type: ignore[arg-type]  # the probe uses no workplace

    desk = Desk(clone, settings, [probe(give_up=give_up, tries=3)])
    ask(clone, [1])
    desk.relay.sweep()
    with clone.begin() as db:
        db.execute(update(work).values(attempts=3, lease_token="gone"))
    age(clone)
    desk.relay._looked_for_lost = 0.0
    desk.relay.sweep()
    with clone.connect() as db:
        assert [one.subject_id for one in offers.parked(db)] == [1]
    assert done(clone) == {1: 1}


def test_what_the_broker_did_not_take_is_found_by_the_next_sweep(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(desk.engine, range(1, 101))
    taken: list[int] = []

    def send(_name: str, *, args: tuple[list[int]], **_: object) -> None:
        if taken:
            raise OSError("the broker is away")
        taken.extend(args[0])

    monkeypatch.setattr(desk.app, "send_task", send)
    with pytest.raises(OSError, match="away"):
        desk.relay.sweep()
    with desk.engine.connect() as db:
        offered = select(work.c.id).where(work.c.offered_at.is_not(None)).order_by(work.c.id)
        assert list(db.scalars(offered)) == taken
        beats = {one.name: one.detail for one in heartbeats(db)}
    assert beats == {"relay": "", "broker": "down: OSError"}
    monkeypatch.undo()
    assert desk.relay.sweep() == 100 - len(taken)
    with desk.engine.connect() as db:
        assert {one.name: one.detail for one in heartbeats(db)}["broker"] == "up"


def test_running_it_sweeps_and_outlives_faults_until_told_to_stop(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    outcomes = [OSError("away"), None, None]

    def sweep() -> int:
        outcome = outcomes.pop(0)
        if not outcomes:
            stop.set()
        if outcome:
            raise outcome
        return 0

    monkeypatch.setattr(desk.relay, "sweep", sweep)
    waking = waking_for(desk.engine)
    desk.relay.run(stop, waking)
    waking.close()
    desk.relay.close()
    assert outcomes == []


# ── waking ───────────────────────────────────────────────────────────────────────────────


def test_without_notifications_one_looks_often() -> None:
    assert LOOK_EVERY_S <= 0.2
    stop = threading.Event()
    stop.set()
    looking = Looking()
    looking.wait(stop)
    looking.close()


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_on_postgresql_work_that_is_asked_for_wakes_the_relay(clone: Engine) -> None:
    stop = threading.Event()
    waking = waking_for(clone)
    waking.wait(stop)  # listens from here on, and lets look once
    ask(clone, [1])
    waking.wait(stop)
    with clone.connect() as db:
        # Somebody ends its connection, as a restart of the server does.
        db.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%%'"
        )
        db.commit()
    stop.set()
    waking.wait(stop)
    waking.wait(stop)
    waking.wait(stop)
    waking.close()
    waking.close()
