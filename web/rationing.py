"""How many requests a token may send: a bucket each, that fills again as time passes.

Knows that each process counts by itself, so that no request costs a write: with so many
processes, a token may send so many times as much. Refuses to know who asks for what.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: Full buckets say nothing: they are thrown away when there are more than these.
_MOST: Final = 10_000
_MINUTE_S: Final = 60.0


@dataclass(kw_only=True)
class Ration:
    """So many requests a minute for each token; as many at once after a minute's rest."""

    per_minute: int
    now: Callable[[], float] = time.monotonic
    _left: dict[int, tuple[float, float]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def take(self, token_id: int) -> float:
        """Count a request of a token: 0 where it may be served, else after how many seconds."""
        now, rate = self.now(), self.per_minute / _MINUTE_S
        with self._lock:
            left, at = self._left.get(token_id, (float(self.per_minute), now))
            left = min(float(self.per_minute), left + (now - at) * rate)
            if left < 1.0:
                self._left[token_id] = (left, now)
                return (1.0 - left) / rate
            self._left[token_id] = (left - 1.0, now)
            if len(self._left) > _MOST:
                self._forget_full(now, rate)
        return 0.0

    def _forget_full(self, now: float, rate: float) -> None:
        self._left = {
            token_id: (left, at)
            for token_id, (left, at) in self._left.items()
            if left + (now - at) * rate < self.per_minute
        }
