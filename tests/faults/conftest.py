"""An installation whose processes a test may kill, in both ways of running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import redis

from tests.sources import ROOT
from tests.tasks.jobs import ask, done
from workflow.store import offers
from workflow.store.engine import make_engine
from workflow.store.heartbeats import Heartbeat, heartbeats

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tests.databases import Databases

# Starting a process costs seconds of the machine: what one way of running shows is shown in
# the other by the long suite.
MODES = ("embedded", "distributed")
EMBEDDED_FIRST = ("embedded", pytest.param("distributed", marks=pytest.mark.long))
DISTRIBUTED_FIRST = (pytest.param("embedded", marks=pytest.mark.long), "distributed")
PATIENCE_S = 60.0
_NOW = datetime(2100, 1, 1, tzinfo=UTC)


class Installation:
    """Processes that do one test's work; see ``tests.faults.running``."""

    def __init__(self, mode: str, folder: Path, database_url: str, broker_url: str) -> None:
        self.mode = mode
        self.folder = folder
        self.engine = make_engine(database_url)
        self.broker_url = broker_url
        self._arguments = [str(folder), database_url, broker_url]
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def parts(self) -> tuple[str, ...]:
        return ("embedded",) if self.mode == "embedded" else ("worker", "scheduler")

    @property
    def working(self) -> str:
        """The part whose death loses work under way."""
        return self.parts[0]

    def start(self, *parts: str) -> None:
        for part in parts or self.parts:
            with (self.folder / f"{part}.log").open("ab") as log:
                self.running[part] = subprocess.Popen(
                    [sys.executable, "-m", "tests.faults.running", part, *self._arguments],
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def kill(self, part: str) -> None:
        """End a part and its children at once, as the kernel does when memory runs out."""
        os.killpg(self.running[part].pid, signal.SIGKILL)
        self.running[part].wait()

    def stop(self) -> None:
        """Ask all parts to end; each must, and well."""
        pids = [process.pid for process in self.running.values()]
        self.wait_for(lambda: all((self.folder / f"ready-{pid}").exists() for pid in pids))
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        ended = {part: process.wait(PATIENCE_S) for part, process in self.running.items()}
        self.running = {}
        assert set(ended.values()) <= {0}, ended

    def end(self) -> None:
        for part in list(self.running):
            if self.running[part].poll() is None:
                self.kill(part)
        self.engine.dispose()

    def ask(self, subjects: Iterable[int]) -> None:
        ask(self.engine, subjects)

    def done(self) -> Counter[int]:
        return done(self.engine)

    def tell(self, name: str) -> Path:
        """Put up a file that the job looks for."""
        path = self.folder / name
        path.touch()
        return path

    def wait_for(self, what: Callable[[], object]) -> None:
        """Wait until something is so; a part that ended by itself is an error."""
        until = time.monotonic() + PATIENCE_S
        while not what():
            for part, process in self.running.items():
                assert process.poll() is None, f"{part}: {self.log(part)}"
            assert time.monotonic() < until, {part: self.log(part) for part in self.running}
            time.sleep(0.02)

    def wait_until_idle(self) -> None:
        self.wait_for(self.is_idle)

    def is_idle(self) -> bool:
        return not any(one.due or one.leased for one in self.waiting())

    def waiting(self) -> list[offers.Waiting]:
        with self.engine.connect() as db:
            return offers.waiting(db, now=_NOW)

    def heartbeats(self) -> dict[str, Heartbeat]:
        with self.engine.connect() as db:
            return {one.name: one for one in heartbeats(db)}

    def log(self, part: str) -> str:
        return (self.folder / f"{part}.log").read_text("utf-8")[-3000:]

    def queued(self) -> int:
        """How many messages the broker holds, where it is no process's memory."""
        if self.mode == "embedded":
            return 0
        with redis.Redis.from_url(self.broker_url) as broker:
            return sum(int(broker.llen(name)) for name in ("camket", "camket-slow"))


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """The way of running; every test that asks is run in both."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def installation(
    mode: str, databases: Databases, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Installation]:
    kind, broker_url = "sqlite", "memory://"
    if mode == "distributed":
        kind, broker_url = "postgresql", request.getfixturevalue("valkey")
    url = databases.copy(kind)
    made = Installation(mode, tmp_path, url.render_as_string(hide_password=False), broker_url)
    yield made
    made.end()
    databases.drop(url)
