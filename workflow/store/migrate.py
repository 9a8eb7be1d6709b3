"""Bring a database to the shape that this release expects, and say whether it is there.

Knows how a migration is run safely on SQLite and PostgreSQL. Refuses to know what the
migrations do: each is a dated file in ``migrations/versions``.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from workflow.domain.errors import Refusal
from workflow.store.engine import reading
from workflow.store.triggers import ensure_triggers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine

MIGRATIONS: Final = Path(__file__).parent / "migrations"

# What a migration may lose without a word (batch mode on SQLite rebuilds a table without
# its triggers) is made again after every upgrade, in the same transaction.
AFTER_UPGRADE: Final[tuple[Callable[[Connection], None], ...]] = (ensure_triggers,)

# Two processes that start together must not both upgrade; any constant of our own will do.
_LOCK: Final = 0x0CA3_3E70


def upgrade(engine: Engine, *, to: str = "head") -> str:
    """Run what is missing up to a revision, and give the revision reached.

    One transaction: all of it or nothing. Safe to call from several processes at once and
    again when there is nothing to do. Raises ``Refusal("database.newer")`` when the
    database was made by a later release.
    """
    with engine.connect() as db, _without_foreign_keys(db), db.begin():
        _serialise(db)
        _refuse_unknown(db)
        command.upgrade(_configuration(db), to)
        for hook in AFTER_UPGRADE:
            hook(db)
        _check_foreign_keys(db)
        return _revision(db) or ""


def current(engine: Engine) -> str | None:
    """The revision that the database is at, or None when it was never migrated."""
    with reading(engine).connect() as db:
        return _revision(db)


def newest() -> str | None:
    """The revision that this release expects, or None while there is none."""
    return _scripts().get_current_head()


def is_current(engine: Engine) -> bool:
    """Whether the database is at the revision that this release expects."""
    return current(engine) == newest()


def _configuration(db: Connection | None = None) -> Config:
    config = Config()
    # A percent sign in a path would be read as interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = db
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_configuration())


def _revision(db: Connection) -> str | None:
    return MigrationContext.configure(db).get_current_revision()


def _refuse_unknown(db: Connection) -> None:
    found = _revision(db)
    known = {script.revision for script in _scripts().walk_revisions()}
    if found is not None and found not in known:
        raise Refusal("database.newer", found=found, newest=newest())


def _serialise(db: Connection) -> None:
    """Let one process upgrade at a time; SQLite's BEGIN IMMEDIATE has done so already."""
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        # Waiting long for a table would queue every reader behind the migration.
        db.execute(text("SET LOCAL lock_timeout = '5s'"))


@contextmanager
def _without_foreign_keys(db: Connection) -> Iterator[None]:
    """Suspend SQLite's foreign keys around a transaction that may rebuild tables.

    Dropping the old copy of a rebuilt table would delete the rows that refer to it; the
    setting cannot change within a transaction, so it is made on the driver's connection.
    """
    if db.dialect.name != "sqlite":
        yield
        return
    driver: Any = db.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _check_foreign_keys(db: Connection) -> None:
    if db.dialect.name == "sqlite":
        broken = db.execute(text("PRAGMA foreign_key_check")).mappings().first()
        if broken is not None:
            raise Refusal("database.reference_broken", table=broken["table"], to=broken["parent"])
