"""Databases for the tests: a template made once by the migrations, and copies of it.

Knows how to copy fast on each kind of database. Refuses to know what is in the tables.
"""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Engine, create_engine, text

from tests import servers
from workflow.store import migrate
from workflow.store.engine import make_engine

KINDS: Final = ("sqlite", "postgresql")
_TEMPLATE: Final = "camket_template"


class Databases:
    """Both kinds of database, for one process of a test run; started when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._templates: dict[str, URL] = {}
        self._standing: dict[str, Engine] = {}
        self._admin: Engine | None = None

    def empty(self, kind: str) -> URL:
        """A database in which nothing was made yet."""
        template, name = self._template(kind), self._next_name()
        if kind == "sqlite":
            return template.set(database=str(self._folder / f"{name}.db"))
        self._administrate(f"CREATE DATABASE {name}")
        return template.set(database=name)

    def copy(self, kind: str) -> URL:
        """A fresh migrated database: about 2 ms on SQLite, 100 ms on PostgreSQL."""
        template, name = self._template(kind), self._next_name()
        if kind == "sqlite":
            path = self._folder / f"{name}.db"
            shutil.copyfile(str(template.database), path)
            return template.set(database=str(path))
        self._administrate(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return template.set(database=name)

    def drop(self, url: URL) -> None:
        """Delete a copy, also one to which something is still connected."""
        if url.get_backend_name() == "sqlite":
            for suffix in ("", "-wal", "-shm"):
                Path(f"{url.database}{suffix}").unlink(missing_ok=True)
        else:
            self._administrate(f"DROP DATABASE {url.database} WITH (FORCE)")

    def standing(self, kind: str) -> Engine:
        """One copy for this process, for tests that leave nothing behind."""
        if kind not in self._standing:
            self._standing[kind] = make_engine(self.copy(kind))
        return self._standing[kind]

    def close(self) -> None:
        """Let go of every connection; the server and its files end with the run."""
        for engine in self._standing.values():
            engine.dispose()
        if self._admin is not None:
            self._admin.dispose()

    def _next_name(self) -> str:
        return f"camket_{os.getpid()}_{next(self._numbers)}"

    def _template(self, kind: str) -> URL:
        if kind not in self._templates:
            make = self._sqlite_template if kind == "sqlite" else self._postgresql_template
            self._templates[kind] = make()
        return self._templates[kind]

    def _sqlite_template(self) -> URL:
        path = self._folder / f"{_TEMPLATE}.db"
        url = URL.create("sqlite", database=str(path))
        with servers.alone(self._folder):
            if not path.exists():
                _migrate(url)
        return url

    def _postgresql_template(self) -> URL:
        server = servers.postgresql(self._folder)
        self._admin = create_engine(server, isolation_level="AUTOCOMMIT")
        url = server.set(database=_TEMPLATE)
        with servers.alone(self._folder):
            query = text("SELECT count(*) FROM pg_database WHERE datname = :name")
            with self._admin.connect() as db:
                exists = bool(db.scalar(query, {"name": _TEMPLATE}))
            if not exists:
                self._administrate(f"CREATE DATABASE {_TEMPLATE}")
                _migrate(url)
                # A session ends a moment after its connection, and none may be left: a
                # database that is in use cannot be copied.
                self._administrate(
                    "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity"
                    " WHERE datname = :name",
                    name=_TEMPLATE,
                )
                self._administrate(f"ALTER DATABASE {_TEMPLATE} ALLOW_CONNECTIONS false")
        return url

    def _administrate(self, statement: str, **values: str) -> None:
        assert self._admin is not None
        with self._admin.connect() as db:
            db.execute(text(statement), values)


def _migrate(url: URL) -> None:
    engine = make_engine(url)
    migrate.upgrade(engine)
    engine.dispose()
