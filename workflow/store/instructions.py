"""The tasks of instructions: how many stand how, and which are still to be done.

An instruction stands in its agreement's definition, and what it makes owed are an
obligation, an occasion and tasks like any other; there is no table of its own. Refuses to
know who may read one: whoever asks brings the condition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Integer, String, and_, case, func, select, update

from workflow.store.agreements import obligation
from workflow.store.given_rows import given_rows
from workflow.store.occasions import occasion
from workflow.store.tasks import task
from workflow.store.worklist import is_overdue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, Row
    from sqlalchemy.types import TypeEngine

_NAMED: Final[Mapping[str, TypeEngine[Any]]] = {"agreement_id": Integer(), "code": String()}


def tasks_by_state(
    db: Connection,
    asked: Iterable[tuple[int, str]],
    within: ColumnElement[bool],
    *,
    on: date,
) -> list[Row[Any]]:
    """Of each obligation (agreement's number, code) its tasks by state.

    ``agreement_id``, ``code``, ``state``, ``tasks`` and how many of them are ``overdue``;
    an obligation none of whose tasks lies within is left out.
    """
    named = given_rows(db, "asked", _NAMED, asked)
    query = (
        select(
            named.c.agreement_id,
            named.c.code,
            task.c.state,
            func.count().label("tasks"),
            func.sum(case((is_overdue(on), 1), else_=0)).label("overdue"),
        )
        .select_from(named)
        .join(
            obligation,
            and_(
                obligation.c.agreement_id == named.c.agreement_id,
                obligation.c.code == named.c.code,
            ),
        )
        .join(occasion, occasion.c.obligation_id == obligation.c.id)
        .join(task, task.c.occasion_id == occasion.c.id)
        .where(within)
        .group_by(named.c.agreement_id, named.c.code, task.c.state)
    )
    return list(db.execute(query))


def tasks_in_states(
    db: Connection, *, agreement_id: int, code: str, states: Iterable[str]
) -> list[int]:
    """The numbers of an obligation's tasks that are in one of these states, in order."""
    query = (
        select(task.c.id)
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .join(obligation, obligation.c.id == occasion.c.obligation_id)
        .where(
            obligation.c.agreement_id == agreement_id,
            obligation.c.code == code,
            task.c.state.in_(sorted(states)),
        )
    )
    return list(db.scalars(query.order_by(task.c.id)))


def touch_tasks(db: Connection, *, agreement_id: int, code: str) -> None:
    """Note that somebody acted on an obligation's tasks: rules leave them alone from now on."""
    its = (
        select(occasion.c.id)
        .join(obligation, obligation.c.id == occasion.c.obligation_id)
        .where(obligation.c.agreement_id == agreement_id, obligation.c.code == code)
    )
    db.execute(update(task).where(task.c.occasion_id.in_(its)).values(is_touched=True))


def has_occasion(db: Connection, *, agreement_id: int, code: str, key: str) -> bool:
    """Whether an obligation of the agreement has an occasion of this key."""
    query = (
        select(occasion.c.id)
        .join(obligation, obligation.c.id == occasion.c.obligation_id)
        .where(
            obligation.c.agreement_id == agreement_id,
            obligation.c.code == code,
            occasion.c.key == key,
        )
    )
    return db.scalar(query) is not None


def answerable_overdue(db: Connection, *, agreement_id: int, code: str, on: date) -> frozenset[int]:
    """The numbers of the units that are overdue with an obligation on a day."""
    query = (
        select(task.c.answerable_id)
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .join(obligation, obligation.c.id == occasion.c.obligation_id)
        .where(obligation.c.agreement_id == agreement_id, obligation.c.code == code, is_overdue(on))
    )
    return frozenset(db.scalars(query.distinct()))
