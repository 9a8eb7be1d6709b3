"""What is worked out from all units is kept in the process until one of them changes.

Knows by a stamp of one statement whether anything was recorded about units since. Refuses
to keep anything for a transaction that writes: what it has changed must be seen.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, func, select

from workflow.store.journal import journal_entry
from workflow.store.read_once import read_once
from workflow.store.units import unit, unit_fact

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from sqlalchemy import Connection

T = TypeVar("T")
#: By database, and by what was asked: the stamp, and what was worked out at it.
_KEPT: Final[WeakKeyDictionary[Pool, dict[Hashable, tuple[object, Any]]]] = WeakKeyDictionary()
_LOCK: Final = Lock()
#: So many answers are kept for one database; days come and go.
_MOST: Final = 8


def read_while_unchanged(db: Connection, what: Hashable, read: Callable[[Connection], T]) -> T:
    """What ``read`` gives of all units, read anew only once something was recorded about any.

    Whoever gets it must not change it. What commits between the stamp and the reading is
    seen early, never late.
    """
    if not db.get_execution_options().get("read_only", False):
        return read(db)
    stamp = read_once(db, "units_stamp", [0], lambda _: {0: _stamp(db)})[0]
    with _LOCK:
        kept = _KEPT.setdefault(db.engine.pool, {})
        known = kept.get(what)
    if known is not None and known[0] == stamp:
        found: T = known[1]
        return found
    found = read(db)
    with _LOCK:
        if what not in kept and len(kept) >= _MOST:
            kept.pop(next(iter(kept)))
        kept[what] = (stamp, found)
    return found


def _stamp(db: Connection) -> tuple[object, ...]:
    """Differs once a unit is recorded, or a fact of one is written without a record."""
    of_units = journal_entry.c.subject.in_(["unit", "succession"])
    counted = select(
        select(func.count()).where(of_units).scalar_subquery(),
        select(func.max(journal_entry.c.id)).where(of_units).scalar_subquery(),
        select(func.count()).select_from(unit).scalar_subquery(),
        select(func.max(unit_fact.c.id)).scalar_subquery(),
        select(func.count()).select_from(unit_fact).scalar_subquery(),
    )
    return tuple(db.execute(counted).one())
