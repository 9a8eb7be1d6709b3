"""Work that takes its time, done before the one transaction of a request begins.

A file that is sent is hashed, written and read back, which may take seconds; meanwhile
nobody else may wait for the database. Knows that whoever may not do the deed has nothing
done for them: a look into the database comes first. Refuses to decide: the transaction that
follows asks everything again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from sqlalchemy import select

from workflow.access import scope_of
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import IN_HAND, Action
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from sqlalchemy import Connection

T = TypeVar("T")
#: The name under which an endpoint gets what was done.
READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready(Generic[T]):
    """What came of the work: its outcome, or the refusal that it ended in."""

    outcome: T | None = None
    refusal: Refusal | None = None

    def taken(self) -> T | None:
        """The outcome; None where nothing was done. Raises the refusal that it ended in."""
        if self.refusal is not None:
            raise self.refusal
        return self.outcome


def done(work: Callable[[], T] | None) -> Ready[T]:
    """Do the work that was asked for, if any, and keep a refusal for whoever shows it."""
    if work is None:
        return Ready()
    try:
        return Ready(outcome=work())
    except Refusal as refusal:
        return Ready(refusal=refusal)


def may_add_evidence(db: Connection, task_ids: Collection[int], *, by: str, at: datetime) -> bool:
    """Whether somebody may add evidence to every one of these tasks: one statement."""
    wanted = sorted(set(task_ids))
    mine = scope_of(db, by, at=at, action=Action.ADD_EVIDENCE)
    in_hand = task.c.state.in_([one.value for one in IN_HAND])
    found = select(task.c.id).where(task.c.id.in_(wanted), in_hand, mine)
    return list(db.scalars(found.order_by(task.c.id))) == wanted
