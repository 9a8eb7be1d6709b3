"""Celery's worker on threads of the process that embeds it, and the signs of life of any.

Knows how it is started and stopped from within. Refuses to know what the jobs do and when
they are due.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING, Final

from celery.worker import WorkController
from celery.worker import state as worker_state

from tasks.app import queues_of
from workflow.store.heartbeats import beat

if TYPE_CHECKING:
    from celery import Celery

    from tasks.workplace import Workplaces

BEAT_EVERY_S: Final = 10.0
_READY_WITHIN_S: Final = 30.0

_log = logging.getLogger(__name__)


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
