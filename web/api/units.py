"""Units for programs: how each is called on a day, and under which other it stands."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query

from web.api.calling import Call, reads
from web.api.paging import USUAL, Cursor, Limit, Listed, page_of
from web.api.shapes import Shape, Word, Words
from workflow.access import day_of
from workflow.directory import Listed as Called
from workflow.directory import matching, units_seen
from workflow.domain.errors import Refusal

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
    return units_seen(call.db, call.grants, on=on)
