"""Whether this database lives in simulated time, as its journal says from the beginning.

Knows the one entry that says so. It is written before anything else and can neither be
added later nor taken away, so that no report can hide that its instants were set by hand.
Refuses to know what the instants are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import exists, func, select

from workflow import journal
from workflow.domain.errors import Refusal
from workflow.store.journal import journal_entry

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from workflow.journal import Act

_SUBJECT: Final = "simulation"


def begin_simulation(db: Connection, *, act: Act) -> None:
    """Let the business clock of this database be set by hand, for good.

    Again changes nothing. Raises ``Refusal("simulation.too_late")`` where something has
    been written in real time already.
    """
    if is_simulated(db):
        return
    if db.scalar(select(exists().where(journal_entry.c.id.is_not(None)))):
        raise Refusal("simulation.too_late")
    journal.record(db, act=act, verb="simulation.begun", subject=(_SUBJECT, None))


def is_simulated(db: Connection) -> bool:
    """Whether the business clock of this database may be set by hand."""
    return bool(db.scalar(select(exists().where(journal_entry.c.subject == _SUBJECT))))


def latest_instant(db: Connection) -> datetime | None:
    """The latest business instant that the journal tells of; None where it is empty."""
    latest: datetime | None = db.scalar(select(func.max(journal_entry.c.at)))
    return latest
