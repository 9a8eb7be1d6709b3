"""Webhooks for programs: registered, tried, renewed, paused, ended, and what was delivered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from web.api.calling import Call, reads, writes
from web.api.paging import USUAL, Cursor, Limit, Listed, cursor_of, page_of, place_of
from web.api.shapes import TEXT, Number, Shape, Small, Word
from workflow import webhooks
from workflow.domain.reachable import LONGEST_URL
from workflow.domain.webhooks import OFFERED
from workflow.store.webhooks import messages_listed

if TYPE_CHECKING:
    from sqlalchemy import Row

router: Final = APIRouter(tags=["webhooks"])
Told = Literal[
    "task.submitted",
    "task.accepted",
    "task.returned",
    "task.reopened",
    "tasks.pressed",
    "doubt.raised",
    "doubt.settled",
    "instruction.given",
    "report.issued",
    "coverage.broken",
]


class Registering(BaseModel):
    """An address that is to be told."""

    name: str = Field(min_length=1, max_length=80, pattern=TEXT)
    address: str = Field(max_length=LONGEST_URL, pattern=TEXT, description="Beginning https://.")
    events: list[Told] = Field(min_length=1, max_length=len(OFFERED))
    agreement: Word | None = Field(default=None, description="Left out, it is all of them.")


class Webhook(BaseModel):
    """A webhook without its secret."""

    id: int
    name: str
    address: str
    events: list[str]
    agreement: str | None
    owner: str = Field(description="As whose it is told; without their role it is paused.")
    created_at: datetime
    paused_at: datetime | None
    failing_since: datetime | None = Field(description="Null where the last message was taken.")
    rests_until: datetime | None = Field(description="Nothing is sent before this instant.")
    old_secret_until: datetime | None = Field(description="Until then two secrets sign.")


class Registered(Webhook):
    """A webhook that was just registered."""

    secret: str = Field(description="Told this once; keep it like a password.")


class Renewing(BaseModel):
    """How long the old secret stays valid beside the new one."""

    grace_hours: int = Field(default=webhooks.GRACE_HOURS, ge=0, le=webhooks.LONGEST_GRACE_HOURS)


class Secret(BaseModel):
    """A new secret."""

    secret: str = Field(description="Told this once; keep it like a password.")


class Resuming(BaseModel):
    """From where a paused webhook is told again."""

    leaves_out: bool = Field(default=False, description="Leave out what happened meanwhile.")


class Tested(BaseModel):
    """A test that is on its way."""

    delivery: str = Field(description="The Camket-Delivery that it bears.")


class Delivery(Shape):
    """A message and what became of it; what it says is only in what is sent."""

    id: int
    delivery: str = Field(description="The same on each attempt.")
    event: str
    entry: int | None = Field(description="The journal's entry; null for a test.")
    state: Literal["waiting", "delivered", "parked"]
    created_at: datetime
    attempts: int
    tried_at: datetime | None
    next_at: datetime | None
    status: int | None = Field(description="What the receiver answered last.")
    fault: str | None = Field(description="Or the code of what kept it from answering.")


@router.get("/webhooks")
@reads
def listed(
    call: Call, sort: Literal["id"] = "id", cursor: Cursor = None, limit: Limit = USUAL
) -> Listed[Webhook]:
    """The webhooks that this person may keep."""
    items, more = page_of(
        webhooks.manageable(call.db, act=call.act()),
        _webhook,
        key=lambda row: f"{row.id:010}",
        sort=sort,
        cursor=cursor,
        limit=limit,
    )
    return Listed[Webhook](items=items, next=more)


@router.post("/webhooks", status_code=201)
@writes
def register(call: Call, said: Registering) -> Registered:
    """Register an address; it is told what is journaled from now on."""
    settings = call.premises.settings
    number, secret = webhooks.register_webhook(
        call.db,
        name=said.name,
        address=said.address,
        events=said.events,
        agreement=said.agreement,
        act=call.act(),
        key=settings.session_secret,
        allowed=settings.outgoing,
    )
    return Registered(**_now(call, number).model_dump(), secret=secret)


@router.get("/webhooks/{webhook_id}")
@reads
def shown(call: Call, webhook_id: Small) -> Webhook:
    """One webhook."""
    return _now(call, webhook_id)


@router.delete("/webhooks/{webhook_id}")
@writes
def end(call: Call, webhook_id: Small) -> Webhook:
    """End a webhook for good; its secret is forgotten."""
    was = _now(call, webhook_id)
    webhooks.end_webhook(call.db, webhook_id, act=call.act())
    return was


@router.post("/webhooks/{webhook_id}/secret")
@writes
def renew(call: Call, webhook_id: Small, said: Renewing | None = None) -> Secret:
    """Give a new secret; the old one stays valid for a while, or not."""
    secret = webhooks.rotate_secret(
        call.db,
        webhook_id,
        act=call.act(),
        key=call.premises.settings.session_secret,
        grace_hours=(said or Renewing()).grace_hours,
    )
    return Secret(secret=secret)


@router.post("/webhooks/{webhook_id}/pause")
@writes
def pause(call: Call, webhook_id: Small) -> Webhook:
    """Tell it nothing more for now; what happens meanwhile is kept for it."""
    webhooks.pause_webhook(call.db, webhook_id, act=call.act())
    return _now(call, webhook_id)


@router.post("/webhooks/{webhook_id}/resume")
@writes
def resume(call: Call, webhook_id: Small, said: Resuming | None = None) -> Webhook:
    """Tell it again; whoever resumes it is its owner from then on."""
    leaves_out = (said or Resuming()).leaves_out
    webhooks.resume_webhook(call.db, webhook_id, act=call.act(), leaves_out=leaves_out)
    return _now(call, webhook_id)


@router.post("/webhooks/{webhook_id}/test")
@writes
def test(call: Call, webhook_id: Small) -> Tested:
    """Send a message that tells of nothing."""
    return Tested(delivery=webhooks.send_test(call.db, webhook_id, act=call.act()))


@router.get("/webhooks/{webhook_id}/deliveries")
@reads
def deliveries(
    call: Call,
    webhook_id: Small,
    sort: Annotated[Literal["-id"], Query()] = "-id",
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Listed[Delivery]:
    """A webhook's messages, the latest first."""
    webhooks.webhook_managed(call.db, webhook_id, act=call.act())
    before = place_of(cursor, sort, int)
    rows = messages_listed(
        call.db, webhook_id, before=None if before is None else before[0], at_most=limit + 1
    )
    page = rows[:limit]
    more = cursor_of(sort, page[-1].id) if len(rows) > limit else None
    return Listed[Delivery](items=[_delivery(row) for row in page], next=more)


@router.post("/webhooks/{webhook_id}/deliveries/{message_id}/redeliver")
@writes
def redeliver(call: Call, webhook_id: Small, message_id: Number) -> Webhook:
    """Send a message once more, under the same name."""
    webhooks.redeliver(call.db, webhook_id, message_id, act=call.act())
    return _now(call, webhook_id)


def _now(call: Call, webhook_id: int) -> Webhook:
    return _webhook(webhooks.webhook_managed(call.db, webhook_id, act=call.act()))


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        name=row.name,
        address=row.address,
        events=row.events.split(),
        agreement=row.agreement,
        owner=row.owner,
        created_at=row.created_at,
        paused_at=row.paused_at,
        failing_since=row.failing_since,
        rests_until=row.rests_until,
        old_secret_until=row.old_until,
    )


def _delivery(row: Row[Any]) -> Delivery:
    state: Literal["waiting", "delivered", "parked"] = "waiting"
    if row.delivered_at is not None:
        state = "delivered"
    elif row.parked_at is not None:
        state = "parked"
    return Delivery(
        id=row.id,
        delivery=row.name,
        event=row.event,
        entry=row.entry_id,
        state=state,
        created_at=row.created_at,
        attempts=row.attempts,
        tried_at=row.tried_at,
        next_at=row.next_at,
        status=row.status,
        fault=row.fault,
    )
