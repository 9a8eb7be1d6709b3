"""From rows to messages: what is due is offered to the broker, and what was lost again.

Knows how long the broker may take and what is done when it does not answer. Refuses to
know what the work is. The database stays the truth: a message lost, doubled or late
changes nothing but the time.
"""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING, Final

from tasks.app import queue_of
from tasks.job import Job, by_kind, give_up
from workflow.store import offers
from workflow.store.heartbeats import beat

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from celery import Celery
    from sqlalchemy import Connection, Engine

    from tasks.waking import Waking
    from workflow.domain.clock import Clock
    from workflow.store.offers import Offered

# Little that waits is spread over the workers, much of it travels in large messages.
_SHARES: Final = 8
# How many rows of a kind may stand before the workers; the rest waits in the database.
STANDING: Final = 1_000
# How long a message may stay unclaimed until it counts as lost.
LOST_AFTER_S: Final = 30.0
_BEAT_EVERY_S: Final = 10.0
_LONGEST_SILENCE_S: Final = 5.0

_log = logging.getLogger(__name__)


class Relay:
    """One sweep after another; one relay is enough, and more do no harm."""

    def __init__(
        self,
        engine: Engine,
        app: Celery,
        jobs: Iterable[Job],
        *,
        clock: Clock,
        lost_after_s: float = LOST_AFTER_S,
        shares: int = _SHARES,
    ) -> None:
        self._engine = engine
        self._app = app
        self._jobs = by_kind(jobs)
        self._clock = clock
        self._lost_after_s = lost_after_s
        self._shares = shares
        self._look_for_lost_every_s = lost_after_s / 6
        self._looked_for_lost = -math.inf
        self._beaten = -math.inf

    def run(self, stop: threading.Event, waking: Waking) -> None:
        """Sweep whenever something may be due, until told to stop; faults only delay."""
        silence = 0.0
        while not stop.is_set():
            try:
                self.sweep()
                silence = 0.0
            except Exception as fault:  # noqa: BLE001 - whatever is down comes back
                # Until then nothing is lost, only late; how it began is told once in full.
                _log.warning("the relay's sweep failed: %s", fault, exc_info=not silence)
                silence = min(_LONGEST_SILENCE_S, silence * 2 or 0.2)
            if silence:
                stop.wait(silence)
            else:
                waking.wait(stop)

    def sweep(self) -> int:
        """Offer all that is due now, and say how many rows that were.

        Raises the broker's fault when it takes nothing; what it did not take is found by
        the next sweep.
        """
        now = self._clock.now()
        offered: list[Offered] = []
        with self._engine.begin() as db:
            for kind in offers.kinds_due(db, self._jobs, now=now):
                offered += offers.offer(db, kind=kind, now=now, at_most=STANDING)
            offered += self._lost(db, now)
        left = self._messages(offered)
        try:
            while left:
                self._publish(*left[0])
                del left[0]
            self._beat()
        except Exception as fault:
            with self._engine.begin() as db:
                offers.take_back_offer(db, [one for _, ids in left for one in ids])
                beat(db, "relay")
                beat(db, "broker", detail=f"down: {type(fault).__name__}")
            raise
        return len(offered)

    def close(self) -> None:
        """Let go of the connection to the broker."""
        self._app.close()

    def _lost(self, db: Connection, now: datetime) -> list[Offered]:
        """What was offered and never claimed, or held by a worker that is gone."""
        if time.monotonic() - self._looked_for_lost < self._look_for_lost_every_s:
            return []
        self._looked_for_lost = time.monotonic()
        tries = {kind: job.tries for kind, job in self._jobs.items()}
        for one in offers.park_lost(db, tries):
            _log.error("parked, since it took its worker down each time: %s", one)
            give_up(db, self._jobs[one.kind], [one.subject_id], one.last_error or "", now)
        return offers.offer_again(
            db, list(self._jobs), now=now, after_s=self._lost_after_s, at_most=STANDING
        )

    def _publish(self, kind: str, ids: list[int]) -> None:
        job = self._jobs[kind]
        self._app.send_task(
            job.name, args=(ids,), queue=queue_of(self._app, job), ignore_result=True
        )

    def _beat(self) -> None:
        if time.monotonic() - self._beaten < _BEAT_EVERY_S:
            return
        self._beaten = time.monotonic()
        with self._app.connection_for_write() as connection:
            # Nothing may have been published for hours: ask whether it still answers.
            connection.ensure_connection(max_retries=1, timeout=5)
        with self._engine.begin() as db:
            beat(db, "broker", detail="up")
            beat(db, "relay")

    def _messages(self, offered: Sequence[Offered]) -> list[tuple[str, list[int]]]:
        """Who travels with whom: of what takes time a share at most; who failed before, alone.

        What took its worker down must not take ninety-nine others with it again and again.
        """
        fresh: dict[str, list[int]] = {}
        messages: list[tuple[str, list[int]]] = []
        for one in offered:
            if one.attempts:
                messages.append((one.kind, [one.id]))
            else:
                fresh.setdefault(one.kind, []).append(one.id)
        for kind, ids in fresh.items():
            job = self._jobs[kind]
            # What is only written needs the one database, where many at once cost least.
            shares = self._shares if job.perform is not None else 1
            size = min(job.largest, math.ceil(len(ids) / shares))
            messages += [(kind, ids[start : start + size]) for start in range(0, len(ids), size)]
        return messages
