"""How the relay learns that rows were written: by looking often, or by being told.

Knows both databases' way. Refuses to know what was written: being woken for nothing costs
one look, and not being woken costs a second.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, Protocol

from workflow.store.triggers import WORK_CHANNEL

if TYPE_CHECKING:
    import threading

    from sqlalchemy import Connection, Engine

# In one process with SQLite a look costs less than half a millisecond.
LOOK_EVERY_S: Final = 0.2
# On PostgreSQL a notification comes at once; this finds what came due by itself, or was
# written while nobody listened.
POLL_EVERY_S: Final = 1.0
# A thousand commits a second need not be a thousand sweeps.
_GATHER_S: Final = 0.02

_log = logging.getLogger(__name__)


class Waking(Protocol):
    """Waits until a look may be worth it."""

    def wait(self, stop: threading.Event) -> None:
        """Return when rows may have been written, or after a while; soon when told to stop."""
        ...

    def close(self) -> None:
        """Let go of what was held for listening."""
        ...


def waking_for(engine: Engine) -> Waking:
    """The way of waking that this database has."""
    return Listening(engine) if engine.dialect.name == "postgresql" else Looking()


class Looking:
    """Look every 0.2 s."""

    def wait(self, stop: threading.Event) -> None:
        """Wait for the next look."""
        stop.wait(LOOK_EVERY_S)

    def close(self) -> None:
        """Nothing is held."""


class Listening:
    """Be told by PostgreSQL's NOTIFY, and look every second all the same."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None

    def wait(self, stop: threading.Event) -> None:
        """Wait for a notification; a connection that is lost is made anew."""
        try:
            if self._connection is None:
                self._listen()
                # What was written before this instant was not told: look once now.
                return
            driver: Any = self._connection.connection.driver_connection
            if list(driver.notifies(timeout=POLL_EVERY_S, stop_after=1)):
                stop.wait(_GATHER_S)
        except Exception:  # noqa: BLE001 - whatever it was, the poll goes on without it
            _log.warning("listening to the database failed", exc_info=True)
            self.close()
            stop.wait(POLL_EVERY_S)

    def close(self) -> None:
        """Close the connection that listens; it goes back to no pool."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _listen(self) -> None:
        self._connection = self._engine.connect()
        self._connection.exec_driver_sql(f"LISTEN {WORK_CHANNEL}")
