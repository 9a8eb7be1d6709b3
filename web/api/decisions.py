"""Decisions for programs: reviews, and what is asked for and granted or refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from web.api.calling import Call, reads, writes
from web.api.paging import USUAL, Cursor, Limit, Listed, cursor_of, place_of
from web.api.reading import ensure_task, task_now
from web.api.shapes import Number, Reason, Shape, Word, Words, reasons_told
from web.api.task_shapes import Task
from workflow import concessions, review
from workflow.concessions import Kind
from workflow.domain.errors import Refusal

router: Final = APIRouter(tags=["decisions"])


class Saying(BaseModel):
    """What is said with a decision that needs no reason."""

    reason: Words | None = None


class Reasoned(BaseModel):
    """What is said with an act that needs a reason."""

    reason: Words = Field(min_length=1)


class Asking(Reasoned):
    """What is asked for about a task."""

    kind: Kind
    until_on: date | None = Field(
        default=None, description="The new due day; of an extension only, and needed for it."
    )


class Granting(Saying):
    """How a request is granted."""

    until_on: date | None = Field(
        default=None, description="Another day than the one that was asked for."
    )


class Asked(BaseModel):
    """A request that now waits for another person."""

    task_id: int
    request_id: int


class Waiting(Shape):
    """A submission that waits for a decision of this person."""

    task_id: int
    agreement: str
    obligation: str
    occasion: str
    unit: str
    answerable: str
    due_on: date | None
    submission_id: int
    number: int
    submitted_at: datetime
    submitted_by: str
    counted_at: datetime
    review_due_on: date
    reasons: list[Reason]
    is_on_behalf: bool
    says_nothing: bool
    is_overdue: bool
    is_own: bool = Field(description="Handed in by this person: another has to decide.")
    doubts: int


class Request(Shape):
    """What was asked for about a task and is not decided."""

    request_id: int
    task_id: int
    agreement: str
    obligation: str
    occasion: str
    unit: str
    answerable: str
    due_on: date | None
    original_due_on: date | None
    kind: Kind
    asked_by: str
    asked_at: datetime
    reason: str
    until_on: date | None
    is_late: bool


@router.get("/reviews")
@reads
def waiting(
    call: Call,
    *,
    agreement: Word | None = None,
    overdue: Annotated[bool, Query(description="Past the review's own due day.")] = False,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Listed[Waiting]:
    """The submissions that wait for a decision of this person, the most urgent first."""
    after = place_of(cursor, "review_due_on", date, int)
    rows = review.waiting_reviews(
        call.db,
        by=call.by,
        at=call.at,
        only_overdue=overdue,
        agreement_code=agreement,
        after=None if after is None else (after[0] or date.min, after[1]),
        at_most=limit + 1,
    )
    page = rows[:limit]
    more = None
    if len(rows) > limit:
        more = cursor_of("review_due_on", page[-1].review_due_on, page[-1].submission_id)
    items = [
        Waiting.model_validate({**row._asdict(), "reasons": reasons_told(row.reasons, call.lang)})
        for row in page
    ]
    return Listed[Waiting](items=items, next=more)


@router.post("/tasks/{task_id}/confirm")
@writes
def confirm(call: Call, task_id: Number, said: Saying | None = None) -> Task:
    """Accept a submission that waits for a person; nobody confirms what they handed in."""
    ensure_task(call, task_id)
    reason = None if said is None else said.reason
    review.confirm_submission(call.db, task_id, act=call.act(reason=reason))
    return task_now(call, task_id)


@router.post("/tasks/{task_id}/return")
@writes
def give_back(call: Call, task_id: Number, said: Reasoned) -> Task:
    """Give a submission back to its unit with a reason."""
    ensure_task(call, task_id)
    review.return_submission(call.db, task_id, act=call.act(reason=said.reason))
    return task_now(call, task_id)


@router.get("/requests")
@reads
def requested(
    call: Call, kind: Kind | None = None, cursor: Cursor = None, limit: Limit = USUAL
) -> Listed[Request]:
    """What was asked for and not decided, of the tasks that this person may read."""
    after = place_of(cursor, "request_id", int)
    rows = concessions.open_requests(
        call.db,
        by=call.by,
        at=call.at,
        kind=kind,
        after=0 if after is None else after[0],
        at_most=limit + 1,
    )
    page = rows[:limit]
    more = cursor_of("request_id", page[-1].request_id) if len(rows) > limit else None
    return Listed[Request](items=[Request.model_validate(row) for row in page], next=more)


@router.post("/tasks/{task_id}/requests", status_code=201)
@writes
def ask(call: Call, task_id: Number, said: Asking) -> Asked:
    """Ask for more time, a waiver or a rest; another person decides."""
    ensure_task(call, task_id)
    act = call.act(reason=said.reason)
    match said.kind:
        case Kind.EXTENSION:
            if said.until_on is None:
                raise Refusal("request.unreadable", names="until_on")
            number = concessions.ask_extension(call.db, task_id, until_on=said.until_on, act=act)
        case Kind.WAIVER:
            number = concessions.ask_waiver(call.db, task_id, act=act)
        case Kind.SUSPENSION:
            number = concessions.ask_suspension(call.db, task_id, act=act)
    return Asked(task_id=task_id, request_id=number)


@router.post("/tasks/{task_id}/requests/{kind}/grant")
@writes
def grant(call: Call, task_id: Number, kind: Kind, said: Granting | None = None) -> Task:
    """Grant what somebody else asked for; of an extension also until another day."""
    ensure_task(call, task_id)
    how = said or Granting()
    act = call.act(reason=how.reason)
    concessions.grant(call.db, task_id, kind, act=act, until_on=how.until_on)
    return task_now(call, task_id)


@router.post("/tasks/{task_id}/requests/{kind}/refuse")
@writes
def refuse(call: Call, task_id: Number, kind: Kind, said: Reasoned) -> Task:
    """Refuse what somebody else asked for, with a reason; the task stays as it is."""
    ensure_task(call, task_id)
    concessions.refuse(call.db, task_id, kind, act=call.act(reason=said.reason))
    return task_now(call, task_id)
