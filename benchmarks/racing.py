"""Two contestants in alternation on fresh databases, and the ratio of their medians.

Knows how to run a race fairly: same process, same server, turn by turn, the
median of the rounds. Refuses to judge: it prints.
"""

from __future__ import annotations

import statistics
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import URL, text

from tests import servers
from tests.databases import Databases
from workflow.store import migrate
from workflow.store.engine import make_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

KINDS = ("sqlite", "postgresql")


@dataclass(slots=True)
class Race:
    """The seconds that each contestant took, round by round."""

    name: str
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median of ours over the median of the baseline."""
        return statistics.median(self.ours) / statistics.median(self.bare)

    def report(self, *, at_most: float | None = None) -> str:
        """One line: the ratio, what it should be, and the medians it comes from."""
        wanted = "" if at_most is None else f" (wanted ≤ {at_most})"
        ours, bare = statistics.median(self.ours), statistics.median(self.bare)
        rounds = len(self.ours)
        return (
            f"{self.name}: {self.ratio:.2f}× of the baseline{wanted}; "
            f"median of {rounds}: {ours:.3f} s against {bare:.3f} s"
        )


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes, by the wall."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@contextmanager
def databases() -> Iterator[Databases]:
    """Both kinds of database, gone when the process ends."""
    made = Databases(servers.join_run())
    try:
        yield made
    finally:
        made.close()


@contextmanager
def fresh(made: Databases, kind: str) -> Iterator[Engine]:
    """An engine on a migrated database of its own."""
    url = made.copy(kind)
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
        made.drop(url)


@contextmanager
def kept(folder: Path, kind: str) -> Iterator[Engine]:
    """An engine on the database that a folder keeps, made where it has none and upgraded."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    url = URL.create("sqlite", database=str(folder / "camket.db"))
    if kind == "postgresql":
        url = servers.postgresql(folder, is_kept=True)
    engine = make_engine(url)
    try:
        migrate.upgrade(engine)
        yield engine
    finally:
        engine.dispose()


def analyse(engine: Engine) -> None:
    """Let the database count what it holds, as it does by itself in daily use."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.begin() as db:
        db.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
