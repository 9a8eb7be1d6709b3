"""The real time, read in one place.

Knows the system's clock. Refuses to know what is done with the instant.
"""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The clock of this machine, in UTC."""

    def now(self) -> datetime:
        """The instant at which this is called."""
        return datetime.now(UTC)
