"""What a program may look at: a task within its person's scope, an agreement, a period.

A thing outside one's scope is answered as one that there is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from web.api.task_shapes import Task, task_told
from workflow import catalogue
from workflow.access import scope_of
from workflow.domain.errors import Refusal
from workflow.domain.periods import PROGRAMME, reporting_year
from workflow.store.tasks import task
from workflow.worklist import show_task

if TYPE_CHECKING:
    from datetime import date

    from web.api.calling import Call
    from workflow.catalogue import Kept


def ensure_task(call: Call, task_id: int, *, otherwise: Refusal | None = None) -> None:
    """Refuse a task that this person may not read: ``task.unknown``, or as said."""
    within = scope_of(call.db, call.by, at=call.at)
    if call.db.scalar(select(task.c.id).where(task.c.id == task_id, within)) is None:
        raise otherwise or Refusal("task.unknown", task=task_id)


def task_now(call: Call, task_id: int) -> Task:
    """How a task stands after what was done."""
    return task_told(show_task(call.db, task_id, by=call.by, at=call.at).line)


def is_readable(call: Call, code: str) -> bool:
    """Whether this person has some grant in an agreement."""
    return any(grant.agreement in {None, code} for grant in call.grants)


def agreement_read(call: Call, code: str) -> Kept:
    """An agreement. Raises ``Refusal("agreement.unknown")``, also where it is not theirs."""
    if not is_readable(call, code):
        raise Refusal("agreement.unknown", code=code)
    return catalogue.kept(call.db, code)


def periods_of(
    call: Call, period: str | None, *, agreement: str | None
) -> tuple[date | None, date | None]:
    """The days ``[from, until)`` of a reporting period, or none at all: the programme has any.

    Raises ``Refusal``: ``period.bad_key``, ``agreement.unknown``.
    """
    if period is None:
        return None, None
    name = "calendar"
    if agreement is not None:
        name = agreement_read(call, agreement).says.settings.reporting
        if period == PROGRAMME:
            return None, None
    found = reporting_year(name).period_by_key(period)
    return found.from_on, found.until_on
