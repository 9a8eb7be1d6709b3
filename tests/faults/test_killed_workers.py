"""Whatever is killed, however it ends: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import DISTRIBUTED_FIRST, EMBEDDED_FIRST
from workflow.store import offers

if TYPE_CHECKING:
    from tests.faults.conftest import Installation


def test_what_a_killed_worker_had_in_hand_is_done_by_the_next(installation: Installation) -> None:
    hold = installation.tell("hold-7")
    installation.ask(range(1, 21))
    installation.start()
    installation.wait_for((installation.folder / "held-7").exists)
    installation.kill(installation.working)
    hold.unlink()
    installation.start(installation.working)
    installation.wait_until_idle()
    assert installation.done() == dict.fromkeys(range(1, 21), 1)
    installation.wait_for(lambda: installation.queued() == 0)
    installation.stop()


@pytest.mark.parametrize("mode", EMBEDDED_FIRST)
def test_a_result_that_comes_after_the_lease_is_refused(installation: Installation) -> None:
    hold = installation.tell("hold-1")
    installation.start()
    if installation.mode == "distributed":
        # Another worker, since the first is held up; embedded, a second thread is there.
        first = installation.running.pop("worker")
        installation.start("worker")
        installation.running["first"] = first
    installation.ask([1])
    installation.wait_for(lambda: installation.done()[1])
    hold.unlink()
    installation.stop()
    assert installation.done() == {1: 1}
    assert installation.is_idle()


@pytest.mark.parametrize("mode", DISTRIBUTED_FIRST)
def test_what_kills_every_worker_is_parked_and_blocks_nobody(installation: Installation) -> None:
    installation.tell("die-5")
    installation.ask(range(1, 11))
    installation.start()

    def is_parked() -> bool:
        if installation.running[installation.working].poll() is not None:
            # Embedded, all of it dies, and whoever supervises it starts it again.
            installation.start(installation.working)
        with installation.engine.connect() as db:
            return bool(offers.parked(db))

    installation.wait_for(is_parked)
    installation.wait_until_idle()
    assert installation.done() == dict.fromkeys({*range(1, 11)} - {5}, 1)
    with installation.engine.connect() as db:
        [parked] = offers.parked(db)
    assert (parked.subject_id, parked.attempts, parked.last_error) == (5, 3, "lease ran out")
    installation.stop()


def test_told_to_stop_a_worker_finishes_what_it_began(installation: Installation) -> None:
    installation.ask(range(1, 2_001))
    installation.start()
    installation.wait_for(lambda: len(installation.done()) > 20)
    installation.stop()
    counts = installation.done()
    assert set(counts.values()) == {1}
    # What it had not begun is free for the next at once, and nothing is held.
    assert len(counts) + sum(one.due for one in installation.waiting()) == 2_000
    assert sum(one.leased for one in installation.waiting()) == 0


def has_done(installation: Installation, goal: int) -> bool:
    return len(installation.done()) >= goal


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
def test_many_kills_under_load(installation: Installation, seed: int) -> None:
    chance = random.Random(seed)
    installation.ask(range(1, 2_001))
    installation.start()
    for _ in range(8):
        reached = len(installation.done())
        goal = min(reached + chance.randrange(1, 100), 2_000)
        installation.wait_for(partial(has_done, installation, goal))
        victim = chance.choice(installation.parts)
        installation.kill(victim)
        installation.start(victim)
    installation.wait_until_idle()
    assert installation.done() == dict.fromkeys(range(1, 2_001), 1)
    installation.stop()
