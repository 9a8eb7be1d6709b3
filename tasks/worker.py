"""Workers: a process of its own beside others, or threads in the process that embeds them.

Knows how Celery's worker is started, kept alive and stopped in both ways. Refuses to know
what the jobs do and when they are due.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from typing import TYPE_CHECKING, Any, Final

from celery.signals import worker_process_init
from celery.worker import WorkController
from celery.worker import state as worker_state

from tasks.app import make_app, queues_of
from tasks.clock import SystemClock
from tasks.workplace import Workplaces
from workflow.domain.errors import Refusal
from workflow.store.heartbeats import beat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from celery import Celery

    from tasks.job import Job
    from workflow.settings import Settings

BEAT_EVERY_S: Final = 10.0
_READY_WITHIN_S: Final = 30.0

_log = logging.getLogger(__name__)


def run_worker(settings: Settings, jobs: Iterable[Job], *, concurrency: int = 1) -> int:
    """Work until the process is told to stop, and give its exit code.

    Several workers of one child beat one worker of several: measured, and each can be
    stopped alone. Raises ``Refusal("broker.memory_alone")`` where the broker is this
    process's own memory, from which no other process gets anything.
    """
    if settings.is_embedded:
        raise Refusal("broker.memory_alone")
    workplaces = Workplaces(settings, SystemClock())
    app = make_app(workplaces, jobs, broker_url=settings.broker_url)

    def begin_child(**_: object) -> None:
        name = f"worker:{socket.gethostname()}:{os.getpid()}"
        threading.Thread(
            target=keep_beating, args=(workplaces, name, threading.Event()), daemon=True
        ).start()

    worker_process_init.connect(begin_child, weak=False)
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


def keep_beating(workplaces: Workplaces, name: str, stop: threading.Event) -> None:
    """Write a sign of life every ten seconds until told to stop."""
    while True:
        try:
            with workplaces.here().engine.begin() as db:
                beat(db, name)
        except Exception:  # noqa: BLE001 - a sign that is not written says enough
            _log.warning("a sign of life could not be written", exc_info=True)
        if stop.wait(BEAT_EVERY_S):
            return


class ThreadWorker:
    """Celery's worker on threads of this process, over its memory; one at a time."""

    def __init__(self, app: Celery, *, concurrency: int) -> None:
        self._app = app
        self._ready = threading.Event()
        self._worker = WorkController(
            app=app,
            hostname=f"camket-{os.getpid()}@embedded",
            pool_cls="threads",
            concurrency=concurrency,
            queues=queues_of(app),
            ready_callback=lambda _consumer: self._ready.set(),
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self._thread = threading.Thread(target=self._worker.start, name="worker", daemon=True)

    def start(self) -> None:
        """Start, and return when messages are being taken."""
        # Celery's pool threads look their jobs up in the process's default application.
        self._app.set_default()
        self._thread.start()
        if not self._ready.wait(_READY_WITHIN_S):
            raise RuntimeError("the embedded worker did not start")

    def stop(self) -> None:
        """Finish what was begun, take nothing more, and return when all threads ended."""
        worker_state.should_stop = 0
        try:
            # The worker looks up when a message comes, or after two seconds, and goes
            # round once more when it is told to stop.
            wake = next(name for name in self._app.tasks if not name.startswith("celery."))
            for _ in range(2):
                self._app.send_task(wake, args=([],), queue=queues_of(self._app)[0])
            self._thread.join()
        finally:
            worker_state.should_stop = None
            self._app.close()
