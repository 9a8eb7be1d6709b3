"""The few ticks: instants of the day at which work is asked for, each served once.

Knows when, and that the question is "has it passed and not been served?", never "is it
now?". Refuses to know how the work is done.

Celery's own scheduler is not used: it keeps in a file of its own what it served, reads
the system's clock instead of the business clock, and sends messages that a broker may
lose. Here an instant served is a row in the same transaction as the work that it asks
for, so that a crash repeats nothing, a silence forgets nothing, and of several schedulers
one serves. Each kind of work does all that is due by then; after a month of silence one
tick is therefore enough, and nobody is flooded.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from workflow.store.engine import reading
from workflow.store.heartbeats import beat, serve_tick, served_ticks

if TYPE_CHECKING:
    import threading

    from sqlalchemy import Connection, Engine

    from workflow.domain.clock import Clock

_LOOK_EVERY_S: Final = 1.0
_BEAT_EVERY_S: Final = 10.0
_NEVER: Final = datetime.min.replace(tzinfo=UTC)

_log = logging.getLogger(__name__)

Latest = Callable[[datetime, ZoneInfo], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A job's instants, and the work that is asked for when one has passed.

    ``latest`` gives the last instant up to a given one; ``ask`` writes the rows.
    """

    job: str
    latest: Latest
    ask: Callable[[Connection, datetime], None]


def daily(hour: int, minute: int = 0) -> Latest:
    """Every day at a time of the installation's zone."""
    at = time_of_day(hour, minute)

    def latest(now: datetime, zone: ZoneInfo) -> datetime:
        today = now.astimezone(zone).date()
        instant = datetime.combine(today, at, tzinfo=zone)
        if instant > now:
            instant = datetime.combine(today - timedelta(days=1), at, tzinfo=zone)
        return instant.astimezone(UTC)

    return latest


def every(seconds: int) -> Latest:
    """At each multiple of so many seconds, counted from the start of time."""

    def latest(now: datetime, _zone: ZoneInfo) -> datetime:
        return datetime.fromtimestamp(now.timestamp() // seconds * seconds, tz=UTC)

    return latest


class Scheduler:
    """Looks which instants have passed; one is enough, and more do no harm."""

    def __init__(
        self, engine: Engine, ticks: Iterable[Tick], *, clock: Clock, timezone: str
    ) -> None:
        self._engine = engine
        self._ticks: Sequence[Tick] = tuple(ticks)
        self._clock = clock
        self._zone = ZoneInfo(timezone)
        # What is known to be served; read from the database once, since it only grows.
        self._served: dict[str, datetime] | None = None

    def run(self, stop: threading.Event) -> None:
        """Serve what has passed, every second, until told to stop; faults only delay."""
        beaten = -math.inf
        while not stop.is_set():
            try:
                self.serve()
                if time.monotonic() - beaten >= _BEAT_EVERY_S:
                    with self._engine.begin() as db:
                        beat(db, "scheduler")
                    beaten = time.monotonic()
            except Exception:  # noqa: BLE001 - whatever is down comes back
                _log.warning("the scheduler's look failed", exc_info=True)
            stop.wait(_LOOK_EVERY_S)

    def serve(self) -> list[str]:
        """Serve each job whose latest instant has passed unserved, and name these.

        One that cannot be served keeps no other from it; its fault is raised at the end.
        """
        now = self._clock.now()
        if self._served is None:
            with reading(self._engine).connect() as db:
                self._served = served_ticks(db)
        served: list[str] = []
        faults: list[Exception] = []
        for tick in self._ticks:
            instant = tick.latest(now, self._zone)
            if instant <= self._served.get(tick.job, _NEVER):
                continue
            try:
                with self._engine.begin() as db:
                    if serve_tick(db, job=tick.job, scheduled_for=instant, served_at=now):
                        tick.ask(db, now)
                        served.append(tick.job)
            except Exception as fault:  # noqa: BLE001 - raised below
                faults.append(fault)
            else:
                self._served[tick.job] = instant
        if faults:
            raise faults[0]
        return served
