"""The ticks: has it passed and not been served? Never: is it now?"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tasks.jobs import JOBS, TICKS
from tasks.schedule import Scheduler, Tick, daily, every
from tests.worlds import activated, agreement, at, unit
from workflow.domain.clock import SteppedClock
from workflow.store.heartbeats import forget_ticks, heartbeats, served_ticks
from workflow.store.work import put_work, tick, work

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = at("2024-03-05", "06:59")


@pytest.mark.parametrize(
    ("now", "instant"),
    [
        (at("2024-03-05", "06:59"), at("2024-03-04", "07:00")),
        (at("2024-03-05", "07:00"), at("2024-03-05", "07:00")),
        (at("2024-03-05", "23:59"), at("2024-03-05", "07:00")),
        (at("2024-03-01", "00:00"), at("2024-02-29", "07:00")),
    ],
)
def test_the_latest_morning(now: datetime, instant: datetime) -> None:
    assert daily(7)(now, ZONE) == instant


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Paris", "UTC"]),
)
def test_the_latest_instant_is_less_than_a_day_or_so_ago(
    now: datetime, hour: int, zone: str
) -> None:
    instant = daily(hour)(now, ZoneInfo(zone))
    assert timedelta() <= now - instant <= timedelta(hours=25)
    assert daily(hour)(instant, ZoneInfo(zone)) == instant


def test_every_minute_begins_at_the_full_minute() -> None:
    now = datetime(2024, 3, 5, 1, 2, 3, 456, tzinfo=UTC)
    assert every(60)(now, ZONE) == datetime(2024, 3, 5, 1, 2, tzinfo=UTC)
    assert every(3600)(now, ZONE) == datetime(2024, 3, 5, 1, tzinfo=UTC)


def asking(kind: str = "probe") -> Callable[[Connection, datetime], None]:
    def ask(db: Connection, now: datetime) -> None:
        put_work(db, kind=kind, subjects=[0], due_at=now)

    return ask


def scheduler(engine: Engine, clock: SteppedClock, *ticks: Tick) -> Scheduler:
    return Scheduler(engine, ticks, clock=clock, timezone="Asia/Ho_Chi_Minh")


def ticked(engine: Engine) -> list[datetime]:
    with engine.connect() as db:
        return list(db.scalars(select(tick.c.scheduled_for).order_by(tick.c.scheduled_for)))


LETTERS = Tick(job="letters", latest=daily(7), ask=asking())


def test_an_instant_is_served_once_however_often_one_looks(clone: Engine) -> None:
    clock = SteppedClock(MORNING)
    one = scheduler(clone, clock, LETTERS)
    assert one.serve() == ["letters"], "yesterday's had passed and was not served"
    assert one.serve() == []
    clock.advance(timedelta(minutes=1))
    assert one.serve() == ["letters"]
    assert one.serve() == []
    assert scheduler(clone, clock, LETTERS).serve() == [], "started anew, it reads what was served"
    assert ticked(clone) == [at("2024-03-04", "07:00"), at("2024-03-05", "07:00")]


def test_a_month_of_silence_is_caught_up_in_one_go(clone: Engine) -> None:
    clock = SteppedClock(MORNING)
    scheduler(clone, clock, LETTERS).serve()
    clock.advance(timedelta(days=30))
    assert scheduler(clone, clock, LETTERS).serve() == ["letters"]
    assert len(ticked(clone)) == 2
    with clone.connect() as db:
        assert db.scalar(select(func.count()).select_from(work)) == 1


def test_of_two_schedulers_one_serves(clone: Engine) -> None:
    clock = SteppedClock(MORNING)
    both = [scheduler(clone, clock, LETTERS) for _ in range(2)]
    served: list[str] = []
    start = threading.Barrier(2)

    def serve(one: Scheduler) -> None:
        start.wait()
        served.extend(one.serve())

    threads = [threading.Thread(target=serve, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert served == ["letters"]


def test_a_tick_that_fails_is_served_later_and_keeps_no_other_from_it(clone: Engine) -> None:
    faults = [OSError("the database is away")]

    def ask(db: Connection, now: datetime) -> None:
        put_work(db, kind="lost", subjects=[1], due_at=now)
        if faults:
            raise faults.pop()

    clock = SteppedClock(MORNING)
    one = scheduler(clone, clock, Tick(job="a", latest=daily(7), ask=ask), LETTERS)
    with pytest.raises(OSError, match="away"):
        one.serve()
    with clone.connect() as db:
        assert list(served_ticks(db)) == ["letters"]
        assert list(db.scalars(select(work.c.kind))) == ["probe"], "nothing half-done"
    assert one.serve() == ["a"]


def test_old_ticks_are_forgotten_but_never_the_latest(clone: Engine) -> None:
    clock = SteppedClock(MORNING)
    one = scheduler(clone, clock, LETTERS)
    for _ in range(3):
        one.serve()
        clock.advance(timedelta(days=1))
    with clone.begin() as db:
        forget_ticks(db, before=at("2030-01-01"))
    assert ticked(clone) == [at("2024-03-06", "07:00")]


@pytest.mark.parametrize("fault", [None, OSError("the database is away")])
def test_running_it_looks_and_shows_that_it_lives_until_told_to_stop(
    clone: Engine, fault: OSError | None
) -> None:
    stop = threading.Event()

    def ask(_db: Connection, _now: datetime) -> None:
        stop.set()
        if fault:
            raise fault

    scheduler(clone, SteppedClock(MORNING), Tick(job="a", latest=daily(7), ask=ask)).run(stop)
    with clone.connect() as db:
        assert list(served_ticks(db)) == ([] if fault else ["a"])
        assert [one.name for one in heartbeats(db)] == ([] if fault else ["scheduler"])


def test_every_tick_asks_for_work_that_a_job_does(clone: Engine) -> None:
    with clone.begin() as db:
        activated(db, agreement(), [unit("a")])
    assert len(scheduler(clone, SteppedClock(MORNING), *TICKS).serve()) == len(TICKS)
    with clone.connect() as db:
        asked = set(db.scalars(select(work.c.kind)))
    assert asked <= {job.kind for job in JOBS}
    assert len(asked) == len(TICKS)
