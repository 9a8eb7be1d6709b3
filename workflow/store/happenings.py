"""Meetings and requests as lists show them: by day, page by page, with their units' keys.

Refuses to know who may see which: a list is limited by whoever asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, or_, select, tuple_

from workflow.store.occasions import event, occasion
from workflow.store.tasks import task
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

_convener: Final = unit.alias("convener")
_addressed: Final = unit.alias("addressed")


def events_listed(
    db: Connection,
    *,
    within: ColumnElement[bool] | None = None,
    only: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    kind: str | None = None,
    nature: str | None = None,
    state: str | None = None,
    is_latest_first: bool = False,
    after: tuple[date, int] | None = None,
    at_most: int,
) -> list[Row[Any]]:
    """A page of events by day and number; ``after`` is where the page before ended.

    ``convener`` and ``addressed`` are keys of units. ``until_on`` is exclusive.
    """
    order = (event.c.happens_on, event.c.id)
    where: list[ColumnElement[bool]] = [] if within is None else [within]
    if only is not None:
        where.append(event.c.id == only)
    if from_on is not None:
        where.append(event.c.happens_on >= from_on)
    if until_on is not None:
        where.append(event.c.happens_on < until_on)
    for column, wanted in (
        (event.c.kind, kind),
        (event.c.nature, nature),
        (event.c.state, state),
    ):
        if wanted is not None:
            where.append(column == wanted)
    if after is not None:
        here, last = tuple_(*order), tuple_(*after)
        where.append(here < last if is_latest_first else here > last)
    query = (
        select(
            event,
            _convener.c.key.label("convener"),
            _addressed.c.key.label("addressed"),
        )
        .join(_convener, _convener.c.id == event.c.convener_id)
        .outerjoin(_addressed, _addressed.c.id == event.c.addressed_id)
        .where(*where)
        .order_by(*(one.desc() if is_latest_first else one for one in order))
        .limit(at_most)
    )
    return list(db.execute(query))


def concerns(tasks: ColumnElement[bool], *, kinds: Iterable[str]) -> ColumnElement[bool]:
    """The condition on ``event`` rows that something of these tasks is owed because of it.

    Events of these kinds concern whoever asks in any case.
    """
    owed = (
        select(occasion.c.event_id)
        .join(task, task.c.occasion_id == occasion.c.id)
        .where(occasion.c.event_id.is_not(None), tasks)
    )
    return or_(event.c.id.in_(owed), event.c.kind.in_(sorted(set(kinds))))
