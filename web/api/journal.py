"""The journal for programs: its entries, and whether they stand as they were written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from web.api.calling import Call, reads
from web.api.paging import USUAL, Cursor, Limit, Listed, cursor_of, place_of
from web.api.shapes import Shape, Word
from workflow import labels, sealing
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.store.journal_pages import entries_page

if TYPE_CHECKING:
    from sqlalchemy import Row

router: Final = APIRouter(tags=["journal"])
#: How many of what is wrong are named; how many there are is said in any case.
_NAMED: Final = 200


class Entry(BaseModel):
    """One act as it was written; values as text, numbers, days and instants."""

    id: int
    at: datetime
    by: str
    on_behalf: str | None
    verb: str = Field(description="“task.submitted” and the like: permanent.")
    agreement_id: int | None
    subject: str
    subject_id: int | None
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Wrong(Shape):
    """Something in the journal that is not as it was sealed."""

    code: str
    text: str


class Verified(BaseModel):
    """What the comparison of the journal with its seals found."""

    is_intact: bool
    entries: int
    seals: int
    unsealed: int = Field(description="Entries of the last minute or so.")
    head: str | None = Field(description="The end of the chain; null while nothing is sealed.")
    problem_count: int
    problems: list[Wrong] = Field(description="The first ones.")


@router.get("/journal")
@reads
def listed(
    call: Call,
    *,
    verb: Annotated[str, Query(max_length=48)] = "",
    by: Word = "",
    since: Annotated[datetime | None, Query(description="From this instant.")] = None,
    until: Annotated[datetime | None, Query(description="Before this instant.")] = None,
    subject: Annotated[str, Query(max_length=24)] = "",
    subject_id: Annotated[int | None, Query(ge=1, le=2**53 - 1)] = None,
    sort: Literal["-id"] = "-id",
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Listed[Entry]:
    """The entries, the newest first."""
    call.ensure_may(Deed.READ_JOURNAL)
    before = place_of(cursor, sort, int)
    rows = entries_page(
        call.db,
        before=None if before is None else before[0],
        at_most=limit + 1,
        verb=verb.replace("\0", ""),
        by=by,
        since=_aware(since),
        until=_aware(until),
        subject=(subject.replace("\0", ""), subject_id) if subject else None,
    )
    page = rows[:limit]
    more = cursor_of(sort, page[-1].id) if len(rows) > limit else None
    return Listed[Entry](items=[_entry(row) for row in page], next=more)


@router.get("/journal/verification")
@reads
def verified(call: Call) -> Verified:
    """Compare every entry with its seal and every seal with the next; it reads all of them."""
    call.ensure_may(Deed.READ_JOURNAL)
    settings = call.premises.settings
    try:
        heads = sealing.exported_heads(settings)
    except (ValueError, KeyError, TypeError, RecursionError):
        name = str(sealing.heads_file(settings))
        raise Refusal("journal.heads_unreadable", file=name) from None
    found = sealing.verify(call.db, settings.journal_keys, at=call.at, heads=heads)
    return Verified(
        is_intact=found.is_intact,
        entries=found.entries,
        seals=found.seals,
        unsealed=found.unsealed,
        head=None if found.head is None else found.head.head,
        problem_count=len(found.problems),
        problems=[
            Wrong(code=one.code, text=labels.describe(one, call.lang))
            for one in found.problems[:_NAMED]
        ],
    )


def _entry(row: Row[Any]) -> Entry:
    said = json.loads(row.body)
    return Entry(
        id=row.id,
        at=row.at,
        by=row.by,
        on_behalf=said.get("on_behalf"),
        verb=row.verb,
        agreement_id=row.agreement_id,
        subject=row.subject,
        subject_id=row.subject_id,
        reason=said.get("reason"),
        before=said.get("before"),
        after=said.get("after"),
    )


def _aware(at: datetime | None) -> datetime | None:
    """An instant in UTC. Raises ``Refusal("request.unreadable")`` where it is none."""
    if at is None:
        return None
    try:
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except OverflowError:
        # Beyond the first or the last instant that there is.
        pass
    raise Refusal("request.unreadable", names="since, until")
