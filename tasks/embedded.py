"""Everything in one process: worker threads, relay and scheduler over the memory transport.

Knows how they are put together, and when nothing is left to do. Refuses to know the web:
whoever composes it with this is a floor above.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Final, Self

from tasks.app import make_app
from tasks.jobs import JOBS, TICKS
from tasks.relay import LOST_AFTER_S, Relay
from tasks.schedule import Scheduler, Tick
from tasks.waking import waking_for
from tasks.worker import ThreadWorker, keep_beating
from tasks.workplace import Workplaces
from workflow.domain.errors import Refusal
from workflow.store import offers
from workflow.store.engine import reading

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from sqlalchemy import Engine

    from tasks.job import Job
    from workflow.domain.clock import Clock
    from workflow.settings import Settings

_LOOK_AGAIN_S: Final = 0.1
# Whoever waits until nothing is left also waits for what a killed process held.
_LOST_AFTER_WAITING_S: Final = 6.0


class Embedded:
    """The embedded way of running, as a context: started when entered, ended when left.

    ``serve`` lets relay and scheduler run by themselves; ``until_idle`` drives them step
    by step. Failed work rests before it is tried again only where it serves.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        jobs: Iterable[Job] = JOBS,
        ticks: Iterable[Tick] = TICKS,
        *,
        clock: Clock,
        concurrency: int = 2,
        is_serving: bool = False,
        lost_after_s: float | None = None,
    ) -> None:
        self._engine = engine
        self._jobs = tuple(jobs)
        self._kinds = [job.kind for job in self._jobs]
        self._clock = clock
        self._is_serving = is_serving
        self._batch_ended = threading.Event()
        self._workplaces = Workplaces(
            settings,
            clock,
            engine=engine,
            concurrency=concurrency,
            is_patient=is_serving,
            after_batch=self._batch_ended.set,
        )
        self._app = make_app(self._workplaces, self._jobs, broker_url="memory://")
        self._worker = ThreadWorker(self._app, concurrency=concurrency)
        self._relay = Relay(
            engine,
            self._app,
            self._jobs,
            clock=clock,
            lost_after_s=lost_after_s or (LOST_AFTER_S if is_serving else _LOST_AFTER_WAITING_S),
            shares=2 * concurrency,
        )
        self._scheduler = Scheduler(engine, ticks, clock=clock, timezone=settings.timezone)
        self._waking = waking_for(engine)
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        with self._engine.begin() as db:
            # The queue of a process that ended was its memory.
            offers.take_back_offers(db)
        self._worker.start()
        if self._is_serving:
            # Whoever hands in the first proof should not wait for children to start.
            self._workplaces.here().warm_up()
            name = f"worker:{socket.gethostname()}:{os.getpid()}"
            for target, arguments in (
                (self._relay.run, (self._stop, self._waking)),
                (self._scheduler.run, (self._stop,)),
                (keep_beating, (self._workplaces, name, self._stop)),
            ):
                self._threads.append(threading.Thread(target=target, args=arguments, daemon=True))
            for thread in self._threads:
                thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._waking.close()
        self._worker.stop()
        self._workplaces.close()

    def until_idle(self, *, limit_s: float = 600.0) -> None:
        """Serve what has passed and work until nothing that is due is left, or only parked.

        Raises ``Refusal("work.unsettled")`` when that takes longer than ``limit_s``.
        """
        until = time.monotonic() + limit_s
        while True:
            self._batch_ended.clear()
            self._scheduler.serve()
            self._relay.sweep()
            with reading(self._engine).connect() as db:
                if not offers.is_pending(db, self._kinds, now=self._clock.now()):
                    return
            if time.monotonic() >= until:
                raise Refusal("work.unsettled", seconds=limit_s)
            self._batch_ended.wait(_LOOK_AGAIN_S)


def run_until_idle(
    engine: Engine, settings: Settings, clock: Clock, *, concurrency: int = 2, limit_s: float = 600
) -> None:
    """Relay, ticks and checks in this process, until nothing that is due is left, or only parked.

    Whatever the broker is set to, this process works alone over its own memory; others may
    work beside it. Raises ``Refusal("work.unsettled")`` when it takes longer than ``limit_s``.
    """
    with Embedded(engine, settings, clock=clock, concurrency=concurrency) as everything:
        everything.until_idle(limit_s=limit_s)
