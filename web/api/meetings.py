"""Meetings and requests for programs: what makes duties owed, listed, added, moved, cancelled.

A change and what it makes owed are one transaction.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from web.api.calling import Call, reads, writes
from web.api.paging import USUAL, Cursor, Limit, Listed, cursor_of, place_of
from web.api.shapes import Event, Small, Word, Words
from workflow import catalogue, meetings
from workflow.access import scope_of
from workflow.domain import roles
from workflow.domain.announced import Happening
from workflow.domain.errors import Refusal
from workflow.domain.roles import EVERYWHERE, Deed, Place
from workflow.domain.triggers import Event as OnEvent
from workflow.owing import bring_each_up_to_date
from workflow.store import happenings

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from workflow.meetings import Recorded

router: Final = APIRouter(tags=["meetings"])
#: The greatest number that a meeting can have.
_LAST: Final = 2**31 - 1


class Announcing(BaseModel):
    """A meeting that is announced; with ``addressed``, a request that one unit must answer."""

    kind: Word = Field(min_length=1, description="As the agreement names it.")
    convener: Word = Field(min_length=1, description="The key of the unit that convenes or asks.")
    happens_on: date
    addressed: Word | None = Field(
        default=None, min_length=1, description="The unit that must answer."
    )
    number: Word = ""
    title: Words = ""
    place: Words = ""


class Moving(BaseModel):
    """Where a meeting is moved to."""

    to: date
    reason: Words | None = None


class Cancelling(BaseModel):
    """Why a meeting is cancelled."""

    reason: Words | None = None


class Outcome(BaseModel):
    """What a change did: to the event, and to what is owed because of it."""

    event: Event
    outcome: str = Field(description="“added”, “moved”, “cancelled”, “held_again” or “unchanged”.")
    created: int = Field(description="How many tasks were created.")
    shifted: int = Field(description="How many have another due day.")
    cancelled: int = Field(description="How many were cancelled.")


@router.get("/meetings")
@reads
def listed(
    call: Call,
    *,
    from_on: Annotated[date | None, Query(description="The first day.")] = None,
    until_on: Annotated[date | None, Query(description="The first day after.")] = None,
    kind: Word | None = None,
    nature: Literal["meeting", "request"] | None = None,
    state: Literal["held", "cancelled"] | None = None,
    sort: Literal["happens_on", "-happens_on"] = "happens_on",
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Listed[Event]:
    """The meetings and requests that concern what this person may read, by day."""
    after = place_of(cursor, sort, date, int)
    rows = happenings.events_listed(
        call.db,
        within=_within(call),
        from_on=from_on,
        until_on=until_on,
        kind=kind,
        nature=nature,
        state=state,
        is_latest_first=sort.startswith("-"),
        after=None if after is None else (after[0] or date.min, min(after[1], _LAST)),
        at_most=limit + 1,
    )
    page = rows[:limit]
    more = cursor_of(sort, page[-1].happens_on, page[-1].id) if len(rows) > limit else None
    return Listed[Event](items=[Event.model_validate(row) for row in page], next=more)


@router.get("/meetings/{event_id}")
@reads
def shown(call: Call, event_id: Small) -> Event:
    """One meeting or request."""
    return _read(call, event_id)


@router.post("/meetings", status_code=201)
@writes
def add(call: Call, said: Announcing) -> Outcome:
    """Record a meeting or request, and create what it makes owed; the same one again is one."""
    ensure_may_record(call, said.kind, Deed.FILE_REQUEST if said.addressed else Deed.RECORD_EVENT)
    happening = Happening(**said.model_dump())
    return _followed(call, meetings.record_event(call.db, happening, act=call.act()), said.kind)


@router.post("/meetings/{event_id}/move")
@writes
def move(call: Call, event_id: Small, said: Moving) -> Outcome:
    """Move a meeting to another day; due days that nobody met yet move with it."""
    kind = _read(call, event_id).kind
    ensure_may_record(call, kind, Deed.RECORD_EVENT)
    act = call.act(reason=said.reason)
    return _followed(call, meetings.move_event(call.db, event_id, to=said.to, act=act), kind)


@router.post("/meetings/{event_id}/cancel")
@writes
def cancel(call: Call, event_id: Small, said: Cancelling | None = None) -> Outcome:
    """Cancel a meeting: what it made owed and nobody fulfilled yet is cancelled."""
    kind = _read(call, event_id).kind
    ensure_may_record(call, kind, Deed.RECORD_EVENT)
    act = call.act(reason=None if said is None else said.reason)
    return _followed(call, meetings.cancel_event(call.db, event_id, act=act), kind)


def _followed(call: Call, done: Recorded, kind: str) -> Outcome:
    """Plan what the event makes owed."""
    codes = [] if done.outcome == "unchanged" else meetings.concerned(call.db, [kind])
    planned = [one.planned for one in bring_each_up_to_date(call.db, codes, act=call.act())]
    (row,) = happenings.events_listed(call.db, only=done.id, at_most=1)
    return Outcome(
        event=Event.model_validate(row),
        outcome=done.outcome,
        created=sum(one.created for one in planned),
        shifted=sum(one.shifted for one in planned),
        cancelled=sum(one.cancelled for one in planned),
    )


def _read(call: Call, event_id: int) -> Event:
    """An event. Raises ``Refusal("event.unknown")``, also where it is not theirs to know."""
    rows = happenings.events_listed(call.db, only=event_id, within=_within(call), at_most=1)
    if not rows:
        raise Refusal("event.unknown", event=event_id)
    return Event.model_validate(rows[0])


def _within(call: Call) -> ColumnElement[bool] | None:
    """What limits the events: none for whoever reads everything, else the tasks they read."""
    if roles.may(call.grants, Deed.READ, place=EVERYWHERE):
        return None
    awaited = [
        version.says.trigger.kind
        for grant in roles.conferring(call.grants, Deed.READ)
        if grant.agreement is not None and grant.unit is None
        for version in catalogue.kept(call.db, grant.agreement).versions
        if isinstance(version.says.trigger, OnEvent)
    ]
    return happenings.concerns(scope_of(call.db, call.by, at=call.at), kinds=awaited)


def ensure_may_record(call: Call, kind: str, deed: Deed) -> None:
    """Refuse who may do so neither everywhere nor in an agreement that waits for these events.

    A request is made for the party that receives, hence by a reviewer of it.
    """
    places = [
        Place(agreement=code, beneficiary=version.says.beneficiary)
        for code in meetings.concerned(call.db, [kind])
        for version in catalogue.kept(call.db, code).versions
        if isinstance(version.says.trigger, OnEvent) and version.says.trigger.kind == kind
    ]
    if not any(roles.may(call.grants, deed, place=place) for place in places):
        call.ensure_may(deed)
