"""What a process needs to do jobs: its database, its clock, its files, its children.

Knows that each process has its own, whatever it was forked from. Refuses to know the jobs.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from workflow.evidence.sandbox import Pool
from workflow.files import FileStore
from workflow.store.engine import make_engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from workflow.domain.clock import Clock
    from workflow.settings import Settings


def _nothing() -> None:
    """What follows a batch where nobody waits for it."""


@dataclass(kw_only=True)
class Workplace:
    """One process's means of doing jobs."""

    engine: Engine
    clock: Clock
    settings: Settings
    # How many batches it works on at once.
    concurrency: int = 1
    # Whether failed work rests before it is tried again; a run until idle does not wait.
    is_patient: bool = True
    # Called when a batch ended, whatever came of it.
    after_batch: Callable[[], None] = _nothing
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _checks: Pool | None = field(default=None, repr=False)

    @cached_property
    def files(self) -> FileStore:
        """The evidence files, which all processes share."""
        return FileStore(root=self.settings.evidence_dir)

    @property
    def checks(self) -> Pool:
        """The child processes in which checks run; started when first asked for."""
        with self._lock:
            if self._checks is None:
                self._checks = Pool(size=self.concurrency)
            return self._checks

    def warm_up(self) -> None:
        """Start the children now; nobody waits for it."""
        _ = self.checks

    def close(self) -> None:
        """End the children; the engine belongs to whoever made it."""
        with self._lock:
            if self._checks is not None:
                self._checks.close()
                self._checks = None


class Workplaces:
    """The workplace of whichever process asks, made when it first asks.

    A connection that was opened before a fork must not be used after it, so a forked
    child never gets its parent's workplace.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        engine: Engine | None = None,
        concurrency: int = 1,
        is_patient: bool = True,
        after_batch: Callable[[], None] = _nothing,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._concurrency = concurrency
        self._is_patient = is_patient
        self._after_batch = after_batch
        self._lock = threading.Lock()
        self._by_process: dict[int, Workplace] = {}
        if engine is not None:
            self._by_process[os.getpid()] = self._make(engine)

    def here(self) -> Workplace:
        """The workplace of this process."""
        with self._lock:
            place = self._by_process.get(os.getpid())
            if place is None:
                place = self._make(make_engine(self._settings.database_url))
                self._by_process[os.getpid()] = place
            return place

    def close(self) -> None:
        """Close the workplace of this process, if it has one."""
        place = self._by_process.pop(os.getpid(), None)
        if place is not None:
            place.close()

    def _make(self, engine: Engine) -> Workplace:
        return Workplace(
            engine=engine,
            clock=self._clock,
            settings=self._settings,
            concurrency=self._concurrency,
            is_patient=self._is_patient,
            after_batch=self._after_batch,
        )
