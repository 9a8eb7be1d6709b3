"""The parts as processes of their own, for many machines: workers, and the scheduler.

Knows how each is started, kept alive and stopped. Refuses to know what the jobs do and
when they are due, and to start where they could not reach each other.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

from celery.signals import worker_process_init, worker_process_shutdown

from tasks.app import make_app, queues_of
from tasks.clock import SystemClock
from tasks.jobs import JOBS, TICKS
from tasks.relay import LOST_AFTER_S, Relay
from tasks.schedule import Scheduler
from tasks.waking import waking_for
from tasks.worker import keep_beating
from tasks.workplace import Workplaces
from workflow.domain.errors import Refusal
from workflow.store.engine import make_engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.job import Job
    from tasks.schedule import Tick
    from workflow.settings import Settings


def run_worker(settings: Settings, jobs: Iterable[Job] = JOBS, *, concurrency: int = 1) -> int:
    """Work until the process is told to stop, and give its exit code.

    Several workers of one child beat one worker of several: measured, and each can be
    stopped alone. Raises ``Refusal("broker.memory_alone")`` where the broker is this
    process's own memory, from which no other process gets anything.
    """
    _refuse_memory(settings)
    workplaces = Workplaces(settings, SystemClock())
    app = make_app(workplaces, jobs, broker_url=settings.broker_url)

    def begin_child(**_: object) -> None:
        # Whoever hands in the first proof should not wait for children to start.
        workplaces.here().warm_up()
        name = f"worker:{socket.gethostname()}:{os.getpid()}"
        threading.Thread(
            target=keep_beating, args=(workplaces, name, threading.Event()), daemon=True
        ).start()

    def end_child(**_: object) -> None:
        workplaces.close()

    worker_process_init.connect(begin_child, weak=False)
    worker_process_shutdown.connect(end_child, weak=False)
    worker: Any = app.Worker(
        hostname=f"camket-{os.getpid()}@{socket.gethostname()}",
        pool_cls="prefork",
        concurrency=concurrency,
        queues=queues_of(app),
        loglevel=logging.getLevelName(logging.getLogger().getEffectiveLevel()),
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def run_scheduler(
    settings: Settings,
    jobs: Iterable[Job] = JOBS,
    ticks: Iterable[Tick] = TICKS,
    *,
    stop: threading.Event,
    lost_after_s: float = LOST_AFTER_S,
) -> None:
    """Serve the ticks and tell the workers of what is due, until ``stop`` is set.

    One is enough; a second beside it does no harm and takes over when the first ends.
    Raises ``Refusal("broker.memory_alone")`` as ``run_worker``.
    """
    _refuse_memory(settings)
    engine = make_engine(settings.database_url)
    clock = SystemClock()
    known = tuple(jobs)
    app = make_app(
        Workplaces(settings, clock, engine=engine), known, broker_url=settings.broker_url
    )
    relay = Relay(engine, app, known, clock=clock, lost_after_s=lost_after_s)
    scheduler = Scheduler(engine, ticks, clock=clock, timezone=settings.timezone)
    waking = waking_for(engine)
    ticking = threading.Thread(target=scheduler.run, args=(stop,), name="scheduler", daemon=True)
    ticking.start()
    try:
        relay.run(stop, waking)
    finally:
        stop.set()
        ticking.join()
        waking.close()
        app.close()
        engine.dispose()


def _refuse_memory(settings: Settings) -> None:
    if settings.is_embedded:
        raise Refusal("broker.memory_alone")
