"""A process of the product, started by a test that is going to hurt it.

Usage: ``python -m tests.faults.running PART DATA_DIR DATABASE_URL BROKER_URL``, PART being
``embedded``, ``worker`` or ``scheduler``. When it can be told to stop it says so by a file
``ready-<pid>``. Its one job does what files in the folder say of
its subjects: ``hold-7`` makes the first who performs 7 wait until the file is gone (and say
so by ``held-7``), ``die-7`` kills whoever performs 7.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

from celery.signals import worker_ready

from tasks.clock import SystemClock
from tasks.embedded import Embedded
from tasks.processes import run_scheduler, run_worker
from tests.tasks.jobs import probe
from workflow.settings import Settings
from workflow.store.engine import make_engine

LEASE_S = 1.5
LOST_AFTER_S = 1.0


def settings_for(folder: Path, database_url: str, broker_url: str) -> Settings:
    return Settings.model_validate(
        {
            "data_dir": folder,
            "database_url": database_url,
            "broker_url": broker_url,
            "secret_key": "s" * 32,
            "journal_key": "1:" + "j" * 32,
        }
    )


def main() -> int:
    part, folder, database_url, broker_url = sys.argv[1:]
    there = Path(folder)

    def perform(subject: int) -> None:
        if (there / f"die-{subject}").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        if (there / f"hold-{subject}").exists():
            try:
                (there / f"held-{subject}").touch(exist_ok=False)
            except FileExistsError:
                return
            while (there / f"hold-{subject}").exists():
                time.sleep(0.01)
        time.sleep(0.001)

    jobs = [
        probe(
            perform=perform,
            budget_s=LEASE_S / 3,
            slowest_s=LEASE_S / 3,
            margin_s=LEASE_S / 3,
            tries=3,
        )
    ]
    settings = settings_for(there, database_url, broker_url)
    ready = there / f"ready-{os.getpid()}"
    if part == "worker":
        worker_ready.connect(lambda **_: ready.touch(), weak=False)
        return run_worker(settings, jobs)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    ready.touch()
    if part == "scheduler":
        run_scheduler(settings, jobs, [], stop=stop, lost_after_s=LOST_AFTER_S)
        return 0
    engine = make_engine(database_url)
    with Embedded(
        engine,
        settings,
        jobs,
        [],
        clock=SystemClock(),
        is_serving=True,
        lost_after_s=LOST_AFTER_S,
    ):
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
