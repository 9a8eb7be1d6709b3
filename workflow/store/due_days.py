"""Which due days a change of the calendar, or of anything else, moved: from which to which.

Refuses to know why. What it counts are the dated rows that were written after a moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from workflow.store.agreements import agreement, obligation
from workflow.store.tasks import task, task_change

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_MOST: Final = 200


def last_change(db: Connection) -> int:
    """The number of the latest dated row of any task; 0 where there is none."""
    return int(db.scalar(select(func.max(task_change.c.id))) or 0)


def due_days_moved(db: Connection, *, after: int) -> list[Row[Any]]:
    """Days that were moved by rows after a number: agreement, obligation, from, to, how many.

    At most 200 of them, the earliest first.
    """
    days = (task_change.c.due_on_from, task_change.c.due_on)
    query = (
        select(
            agreement.c.code.label("agreement"),
            obligation.c.code.label("obligation"),
            *days,
            func.count().label("count"),
        )
        .join(task, task.c.id == task_change.c.task_id)
        .join(obligation, obligation.c.id == task.c.obligation_id)
        .join(agreement, agreement.c.id == task.c.agreement_id)
        .where(task_change.c.id > after, task_change.c.due_on_from != task_change.c.due_on)
        .group_by(agreement.c.code, obligation.c.code, *days)
        .order_by(task_change.c.due_on_from, agreement.c.code, obligation.c.code)
        .limit(_MOST)
    )
    return list(db.execute(query))
