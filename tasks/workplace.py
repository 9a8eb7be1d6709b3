"""What a process needs to do jobs: its database, its clock, its settings.

Knows that each process has its own, whatever it was forked from. Refuses to know the jobs.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.store.engine import make_engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from workflow.domain.clock import Clock
    from workflow.settings import Settings


def _nothing() -> None:
    """What follows a batch where nobody waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """One process's means of doing jobs."""

    engine: Engine
    clock: Clock
    settings: Settings
    # Whether failed work rests before it is tried again; a run until idle does not wait.
    is_patient: bool = True
    # Called when a batch ended, whatever came of it.
    after_batch: Callable[[], None] = _nothing


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
        is_patient: bool = True,
        after_batch: Callable[[], None] = _nothing,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._is_patient = is_patient
        self._after_batch = after_batch
        self._lock = threading.Lock()
        self._by_process: dict[int, Workplace] = {}
        if engine is not None:
            self._by_process[os.getpid()] = self._make(engine)

    def here(self) -> Workplace:
        """The workplace of this process."""
        place = self._by_process.get(os.getpid())
        if place is None:
            with self._lock:
                place = self._by_process.get(os.getpid())
                if place is None:
                    place = self._make(make_engine(self._settings.database_url))
                    self._by_process[os.getpid()] = place
        return place

    def _make(self, engine: Engine) -> Workplace:
        return Workplace(
            engine=engine,
            clock=self._clock,
            settings=self._settings,
            is_patient=self._is_patient,
            after_batch=self._after_batch,
        )
