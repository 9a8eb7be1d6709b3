"""Parts that could not reach each other refuse to start; each process has its own means."""

from __future__ import annotations

import multiprocessing
import threading
from typing import TYPE_CHECKING

import pytest

from tasks.app import make_app, queue_of, queues_of
from tasks.clock import SystemClock
from tasks.jobs import JOBS
from tasks.processes import run_scheduler, run_worker
from tasks.workplace import Workplaces
from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from tasks.workplace import Workplace
    from workflow.settings import Settings


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_with_memory_no_part_starts_alone(settings: Settings) -> None:
    with pytest.raises(Refusal) as worker:
        run_worker(settings)
    with pytest.raises(Refusal) as scheduler:
        run_scheduler(settings, stop=threading.Event())
    assert worker.value.code == scheduler.value.code == "broker.memory_alone"


def _engine_of(workplaces: Workplaces, answer: Connection) -> None:
    place = workplaces.here()
    answer.send((id(place), place is workplaces.here()))
    workplaces.close()
    place.engine.dispose()


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a_forked_process_never_uses_its_parent_s_connections(
    settings: Settings, place: Workplace
) -> None:
    workplaces = Workplaces(settings, SystemClock(), engine=place.engine)
    here = workplaces.here()
    assert here.engine is place.engine
    assert workplaces.here() is here
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(
        target=_engine_of, args=(workplaces, theirs)
    )
    child.start()
    other, is_kept = ours.recv()
    child.join()
    assert other != id(here)
    assert is_kept
    assert workplaces.here() is here
    workplaces.close()
    workplaces.close()


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_the_children_that_check_are_started_once_and_ended(place: Workplace) -> None:
    place.warm_up()
    pool = place.checks
    assert place.checks is pool
    place.close()
    place.close()
    assert place.checks is not pool
    place.close()


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_jobs_have_permanent_names_and_the_settings_that_were_measured(
    settings: Settings,
) -> None:
    workplaces = Workplaces(settings, SystemClock())
    app = make_app(workplaces, JOBS, broker_url="redis://127.0.0.1:1/0")
    names = {name for name in app.tasks if not name.startswith("celery.")}
    assert names == {job.name for job in JOBS}
    assert len({job.kind for job in JOBS}) == len(JOBS)
    assert all(len(job.kind) <= 24 for job in JOBS), "the column holds no more"
    assert {queue_of(app, job) for job in JOBS} == set(queues_of(app))
    conf = app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost) == (True, True)
    assert conf.worker_prefetch_multiplier == 1
    transport = conf.broker_transport_options
    assert conf.task_time_limit * 2 < transport["visibility_timeout"]
    assert (transport["socket_timeout"], transport["socket_connect_timeout"]) == (5, 5)
    assert (transport["unacked_restore_interval"], transport["unacked_restore_throttle"]) == (10, 1)
    assert conf.task_publish_retry_policy["max_retries"] == 1
    assert all(job.lease_s < conf.task_time_limit for job in JOBS)
