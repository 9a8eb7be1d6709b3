"""How tasks stood at an instant: from their own columns, or from their dated rows.

Knows that a task's columns hold its latest change, that an earlier instant is asked of
the latest dated row up to it, and that before the first one a task is open with its
first due day. Refuses to judge: what it gives are facts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, func, literal, select

from workflow.store.tasks import GIVEN, task, task_change

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, FromClause

#: What a task has only once somebody acted on it.
_ACTED: Final = ("submitted_at", "submitted_on", "done_at", "done_on", "correction_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Tasks at an instant: where they are read from, which they are, and their facts.

    ``facts`` has the columns of a task that change with time, under their names;
    ``since`` is the instant of the change that led there.
    """

    source: FromClause
    within: ColumnElement[bool]
    facts: Mapping[str, ColumnElement[Any]]
    since: ColumnElement[datetime]


def standings(agreement_id: int, *, as_of: datetime) -> tuple[Standing, Standing]:
    """The tasks of an agreement that were planned by the instant, each in one of the two.

    First those that nothing has happened to since, which is nearly all of them where
    the instant is recent; then the others, found through their dated rows.
    """
    return _unchanged(agreement_id, as_of), _changed(agreement_id, as_of)


def present(agreement_id: int) -> Standing:
    """The tasks of an agreement as they stand, whenever that came about."""
    names = ("state", "due_on", "answerable_id", *GIVEN, *_ACTED)
    return Standing(
        source=task,
        within=task.c.agreement_id == agreement_id,
        facts={name: task.c[name] for name in names},
        since=task.c.changed_at,
    )


def _unchanged(agreement_id: int, as_of: datetime) -> Standing:
    now = present(agreement_id)
    return replace(now, within=and_(now.within, task.c.changed_at <= as_of))


def _changed(agreement_id: int, as_of: datetime) -> Standing:
    later = task_change.alias("later")
    was, first = task_change.alias("was"), task_change.alias("first")
    change = task_change.alias("change")
    of_task = select(change.c.id).where(change.c.task_id == task.c.id).limit(1)
    latest = of_task.where(change.c.at <= as_of).order_by(change.c.at.desc(), change.c.id.desc())
    earliest = of_task.order_by(change.c.at, change.c.id)
    is_dated = was.c.id.is_not(None)
    given: dict[str, ColumnElement[Any]] = {
        name: case((is_dated, was.c[name]), else_=first.c[f"{name}_from"]) for name in GIVEN
    }
    # Rows that were written before this was kept say nothing of it.
    for name in ("is_history", "version_id"):
        given[name] = func.coalesce(given[name], task.c[name])
    facts = {
        "state": func.coalesce(was.c.state, literal("open")),
        "due_on": case((is_dated, was.c.due_on), else_=task.c.first_due_on),
        "answerable_id": func.coalesce(was.c.answerable_id, task.c.unit_id),
        **given,
        **{name: was.c[name] for name in _ACTED},
    }
    return Standing(
        source=task.join(first, first.c.id == earliest.scalar_subquery()).outerjoin(
            was, was.c.id == latest.scalar_subquery()
        ),
        within=and_(
            task.c.agreement_id == agreement_id,
            task.c.planned_at <= as_of,
            task.c.changed_at > as_of,
            task.c.id.in_(select(later.c.task_id).where(later.c.at > as_of)),
        ),
        facts=facts,
        since=func.coalesce(was.c.at, task.c.planned_at),
    )
