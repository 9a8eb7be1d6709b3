"""Where a command line act takes place: the data folder, the database, the clock, the person.

Knows how these are found from what was typed and from the settings, and prepares a first
start on SQLite. Refuses to know what is done there. One verb, one transaction: whoever
writes does so within ``Desk.writing``, which commits once.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from camket.asking import INSTANT, F
from camket.speaking import language, speak
from workflow.domain.errors import Refusal
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from sqlalchemy import Connection, Engine

    from workflow.domain.clock import Clock
    from workflow.domain.roles import Deed
    from workflow.files import FileStore
    from workflow.journal import Act
    from workflow.settings import Settings

#: The local administrator's name, where nobody has given another.
_LOCAL_NAME: Final = N_("Local administrator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An open database and who works on it."""

    settings: Settings
    engine: Engine
    clock: Clock
    by: str
    is_simulated: bool

    @property
    def now(self) -> datetime:
        """The business instant of this call."""
        return self.clock.now()

    @property
    def today(self) -> date:
        """The day of that instant in the installation's zone."""
        from zoneinfo import ZoneInfo

        return self.now.astimezone(ZoneInfo(self.settings.timezone)).date()

    @property
    def files(self) -> FileStore:
        """The folder of evidence files."""
        from workflow.files import FileStore

        return FileStore(root=self.settings.evidence_dir)

    def act(self, *, reason: str | None = None, on_behalf: str | None = None) -> Act:
        """An act of the person at this desk, now."""
        from workflow.journal import Act

        return Act(by=self.by, at=self.now, reason=reason, on_behalf=on_behalf)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, committed when it ends well."""
        with self.engine.begin() as db:
            yield db

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that cannot write."""
        from workflow.store.engine import reading

        with reading(self.engine).connect() as db:
            yield db

    def ensure_may(self, db: Connection, deed: Deed, *, agreement: str | None = None) -> None:
        """Refuse a deed that is not this person's. Raises ``Refusal("access.denied")``."""
        from workflow.access import ensure_may
        from workflow.domain.roles import Place

        ensure_may(db, deed, act=self.act(), place=Place(agreement=agreement))


def at_desk(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb ``--data``, ``--as`` and ``--at``, and an open ``Desk`` as first argument."""

    @wraps(command)
    def run(
        *args: Any, data: Path | None, by: str | None, at: datetime | None, **given: Any
    ) -> object:
        with open_desk(data=data, by=by, at=at) as desk:
            return command(desk, *args, **given)

    at_option = click.option(
        "--at", type=INSTANT, help=N_("The business instant; simulated folders only.")
    )
    as_option = click.option("--as", "by", metavar="USER", help=N_("The account that acts."))
    return data_option(as_option(at_option(run)))


def data_option(command: F) -> F:
    """``--data``, the data folder."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help=N_("The data folder; otherwise CAMKET_DATA_DIR."),
    )(command)


@contextmanager
def open_desk(*, data: Path | None, by: str | None, at: datetime | None) -> Iterator[Desk]:
    """Open the database of the settings, on a first start with SQLite a new one.

    Raises ``Refusal``: ``database.not_migrated``, ``simulation.not_simulated``,
    ``access.unknown``, ``access.disabled``.
    """
    with open_engine(data) as (settings, engine):
        from workflow.simulation import is_simulated
        from workflow.store.engine import reading

        _ensure_migrated(settings, engine)
        with reading(engine).connect() as db:
            simulated = is_simulated(db)
            if at is not None and not simulated:
                raise Refusal("simulation.not_simulated", folder=str(settings.data_dir))
        clock = _clock(at)
        yield Desk(
            settings=settings,
            engine=engine,
            clock=clock,
            by=_acting(engine, by, at=clock.now()),
            is_simulated=simulated,
        )


@contextmanager
def open_engine(data: Path | None) -> Iterator[tuple[Settings, Engine]]:
    """The settings and the database that they name, whatever is in it."""
    from workflow.settings import load
    from workflow.store.engine import make_engine

    settings = load(data_dir=data)
    engine = make_engine(settings.database_url)
    try:
        yield settings, engine
    finally:
        engine.dispose()


def prepare(engine: Engine, *, at: datetime, is_simulated: bool = False) -> str:
    """Bring a database up to date with its own administrator, and give the revision.

    ``is_simulated`` as ``workflow.simulation.begin_simulation``.
    """
    from workflow.accounts import ensure_local_administrator
    from workflow.journal import Act
    from workflow.simulation import begin_simulation
    from workflow.store.migrate import upgrade

    revision = upgrade(engine)
    with engine.begin() as db:
        if is_simulated:
            begin_simulation(db, act=Act(by="system:setup", at=at))
        ensure_local_administrator(db, name=speak()(_LOCAL_NAME), at=at)
    return revision


def _ensure_migrated(settings: Settings, engine: Engine) -> None:
    from tasks.clock import SystemClock
    from workflow.store.migrate import current, newest

    found = current(engine)
    if found == newest():
        return
    if found is None and settings.uses_sqlite:
        prepare(engine, at=SystemClock().now())
        return
    raise Refusal("database.not_migrated", found=found or "—", newest=newest())


def _clock(at: datetime | None) -> Clock:
    from tasks.clock import SystemClock
    from workflow.domain.clock import SteppedClock

    return SystemClock() if at is None else SteppedClock(at)


def _acting(engine: Engine, by: str | None, *, at: datetime) -> str:
    """Who acts: an account that exists, otherwise this database's own administrator."""
    from workflow.access import grants_of
    from workflow.accounts import LOCAL_ADMINISTRATOR, ensure_local_administrator
    from workflow.store.engine import reading
    from workflow.store.people import person_by_key

    key = by or LOCAL_ADMINISTRATOR
    with reading(engine).connect() as db:
        if by is not None or person_by_key(db, key) is not None:
            grants_of(db, key)
            return key
    with engine.begin() as db:
        return ensure_local_administrator(db, name=speak()(_LOCAL_NAME), at=at)


__all__ = ["Desk", "at_desk", "data_option", "language", "open_desk", "open_engine", "prepare"]
