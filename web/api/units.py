"""Units for programs: how each is called on a day, and under which other it stands."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Query
from sqlalchemy import select

from web.api.calling import Call, reads
from web.api.paging import USUAL, Cursor, Limit, Listed, page_of
from web.api.shapes import Shape, Word, Words
from workflow.access import day_of
from workflow.directory import Listed as Called
from workflow.directory import listed_units, matching
from workflow.domain import roles
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.store import scopes

if TYPE_CHECKING:
    from workflow.domain.roles import Grant

router: Final = APIRouter(tags=["units"])


class Unit(Shape):
    """A unit as it is called on a day; a closed one as it was called last."""

    key: str
    kind: str
    name: str
    code: str | None
    parent: str | None
    is_closed: bool


@router.get("/units")
@reads
def listed(
    call: Call,
    *,
    on: Annotated[date | None, Query(description="The day; otherwise today.")] = None,
    words: Annotated[Words, Query(description="Words of its names, without marks.")] = "",
    kind: Word | None = None,
    under: Annotated[Word | None, Query(description="Only what stands directly under.")] = None,
    closed: Annotated[bool, Query(description="Also those that were closed by then.")] = False,
    sort: Literal["key", "-key"] = "key",
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Listed[Unit]:
    """The units that this person may see, by key."""
    found = [
        one
        for one in _readable(call, on or day_of(call.at))
        if (closed or not one.is_closed)
        and (kind is None or one.kind == kind)
        and (under is None or one.parent == under)
    ]
    items, more = page_of(
        matching(found, words) if words else found,
        Unit.model_validate,
        key=lambda one: one.key,
        sort=sort,
        cursor=cursor,
        limit=limit,
    )
    return Listed[Unit](items=items, next=more)


@router.get("/units/{key}")
@reads
def shown(
    call: Call,
    key: Word,
    on: Annotated[date | None, Query(description="The day; otherwise today.")] = None,
) -> Unit:
    """One unit as it is called on a day."""
    for one in _readable(call, on or day_of(call.at)):
        if one.key == key:
            return Unit.model_validate(one)
    raise Refusal("unit.unknown", unit=key)


def _readable(call: Call, on: date) -> list[Called]:
    """All units for whoever stands for none; else the own ones and those below."""
    held = roles.conferring(call.grants, Deed.READ)
    units = listed_units(call.db, on=on) if held else []
    if all(grant.unit is not None for grant in held):
        ids = _own(call, held, on)
        return [one for one in units if one.id in ids]
    return units


def _own(call: Call, held: tuple[Grant, ...], on: date) -> set[int]:
    keys = [grant.unit for grant in held if grant.unit is not None]
    below = scopes.units_under(keys, on=on).subquery()
    return set(call.db.scalars(select(below.c.id)))
