"""The real time, read in one place, and a clock that runs on from another instant.

Knows the system's clock. Refuses to know what is done with the instant.
"""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The clock of this machine, in UTC."""

    def now(self) -> datetime:
        """The instant at which this is called."""
        return datetime.now(UTC)


class RunningOnClock:
    """A clock that runs on from an instant at the pace of the system's, for simulated time."""

    def __init__(self, begins_at: datetime) -> None:
        self._ahead = begins_at - datetime.now(UTC)

    def now(self) -> datetime:
        """The instant at which this is called, in simulated time."""
        return datetime.now(UTC) + self._ahead
