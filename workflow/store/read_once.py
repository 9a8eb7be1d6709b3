"""What a transaction that only reads has read once is not asked again.

Knows that such a transaction is of one page or one job, and ends with its connection. A
transaction that writes reads anew each time: what it has changed must be seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import Connection

K = TypeVar("K", int, str)
T = TypeVar("T")
_READ: Final[WeakKeyDictionary[Connection, dict[str, dict[Any, Any]]]] = WeakKeyDictionary()


def read_once(
    db: Connection,
    what: str,
    keys: Iterable[K],
    read: Callable[[list[K]], Mapping[K, T]],
) -> dict[K, T]:
    """Rows of a kind by their keys; ``read`` is asked for those that were not read before."""
    wanted = set(keys)
    if not db.get_execution_options().get("read_only", False):
        return dict(read(sorted(wanted)))
    known: dict[K, T] = _READ.setdefault(db, {}).setdefault(what, {})
    missing = sorted(wanted - known.keys())
    if missing:
        known.update(read(missing))
    return {key: known[key] for key in wanted if key in known}


def note_read(db: Connection, what: str, rows: Mapping[K, T]) -> None:
    """Rows of a kind that were read on the way, by their keys."""
    if db.get_execution_options().get("read_only", False):
        _READ.setdefault(db, {}).setdefault(what, {}).update(rows)
