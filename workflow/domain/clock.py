"""What a clock is, and one that stands still until it is moved.

Knows the shape and the clock of simulations. Refuses to know the real time: the system's
clock lives at the edge, where alone it may be read.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Gives the business instant; the edge asks it once for each act."""

    def now(self) -> datetime:
        """The instant, aware and in UTC; never earlier than one given before."""
        ...


class SteppedClock:
    """A clock that moves only when told to, and never backwards; for simulations and tests."""

    def __init__(self, at: datetime) -> None:
        self._at = _aware(at)

    def now(self) -> datetime:
        """The instant that the clock was last set to."""
        return self._at

    def advance(self, by: timedelta) -> datetime:
        """Move on by a duration and give the new instant; a negative one raises ``ValueError``."""
        return self.move_to(self._at + by)

    def move_to(self, at: datetime) -> datetime:
        """Move on to an instant and give it; an earlier one raises ``ValueError``."""
        later = _aware(at)
        if later < self._at:
            raise ValueError(f"a clock does not run backwards: {self._at} to {later}")
        self._at = later
        return later


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"an instant without its zone: {at.isoformat()}")
    return at.astimezone(UTC)
