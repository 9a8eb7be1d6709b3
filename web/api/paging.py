"""Lists page by page: a limit, and where the next page begins.

Knows that a cursor is the last row's place in the order, written so that nobody needs to
read it. Refuses to know any list. A row that is there the whole time is given exactly
once, whatever is added meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")
_MOST: Final = 200
#: No row has a greater number.
_GREATEST: Final = 2**53 - 1

Limit = Annotated[int, Query(ge=1, le=_MOST, description="At most so many rows a page.")]
Cursor = Annotated[
    str | None, Query(max_length=1000, description="“next” of the page before; else the first.")
]
USUAL: Final = 50


class Listed(BaseModel, Generic[T]):
    """A page of a list."""

    items: list[T]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


def cursor_of(sort: str, *place: date | int | str | None) -> str:
    """A cursor for whoever continues after a row at this place of an order."""
    said = [sort, *(one.isoformat() if isinstance(one, date) else one for one in place)]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(cursor: str | None, sort: str, *kinds: type[Any]) -> tuple[Any, ...] | None:
    """The place at which a page begins; None for the first page.

    ``kinds`` are ``date`` (or None), ``int`` and ``str``. Raises
    ``Refusal("request.bad_cursor")`` for anything that ``cursor_of`` did not write for
    this order.
    """
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        said = json.loads(base64.b64decode(padded.encode(), altchars=b"-_", validate=True))
        return tuple(
            _read(one, kind) for one, kind in zip(_in_order(said, sort), kinds, strict=True)
        )
    except (binascii.Error, ValueError, TypeError) as fault:
        raise Refusal("request.bad_cursor") from fault


def page_of(
    rows: Sequence[R],
    told: Callable[[R], T],
    *,
    key: Callable[[R], str],
    sort: str,
    cursor: str | None,
    limit: int,
) -> tuple[list[T], str | None]:
    """A page of rows that are all at hand; ``sort`` is a name, with ``-`` before it backwards.

    ``key`` is different for each row, and what they are ordered by.
    """
    is_backwards = sort.startswith("-")
    ordered = sorted(rows, key=key, reverse=is_backwards)
    after = place_of(cursor, sort, str)
    if after is not None:
        last = after[0]
        ordered = [row for row in ordered if (key(row) < last if is_backwards else key(row) > last)]
    page = ordered[:limit]
    more = cursor_of(sort, key(page[-1])) if len(ordered) > limit else None
    return [told(row) for row in page], more


def _in_order(said: list[object], sort: str) -> list[object]:
    order, *place = said
    if order != sort:
        raise ValueError(order)
    return place


def _read(value: object, kind: type[Any]) -> date | int | str | None:
    if kind is date:
        return None if value is None else date.fromisoformat(_text(value))
    if isinstance(value, bool) or not isinstance(value, kind):
        raise TypeError(value)
    if isinstance(value, int) and not 0 <= value <= _GREATEST:
        raise ValueError(value)
    return value if isinstance(value, int) else _text(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
