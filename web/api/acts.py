"""What administrators and reviewers do to tasks, for programs: set aside, given back, doubted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import select

from web.api.calling import Call, reads, writes
from web.api.decisions import Reasoned, Saying
from web.api.paging import USUAL, Cursor, Limit, Listed, cursor_of, place_of
from web.api.reading import ensure_task, task_now
from web.api.shapes import Number, Reason, Shape, Word, reason_told
from web.api.task_shapes import Task
from workflow import concessions, doubts, review
from workflow.access import scope_of
from workflow.domain.errors import Refusal
from workflow.store import worklist
from workflow.store.agreements import agreement as agreement_table
from workflow.store.evidence import doubt

router: Final = APIRouter(tags=["decisions"])


class Reopening(Reasoned):
    """Why an accepted task is given back, and whether it gets a term to correct it."""

    correction: bool = Field(default=False, description="Grant the term: a reviewer does.")


class Doubting(Reasoned):
    """What is said against an accepted task."""

    kind: Literal["raised", "contested"] = Field(
        default="raised",
        description="“contested” is for a reviewer of the party that receives.",
    )


class Settling(Reopening):
    """How a doubt is settled."""

    outcome: Literal["kept", "reopened"] = Field(
        description="The task stays accepted, or goes back to its unit."
    )


class Doubted(BaseModel):
    """A doubt that now waits for the review desk."""

    task_id: int
    doubt_id: int


class Doubt(Shape):
    """What speaks against an accepted task and is not settled."""

    doubt_id: int
    task_id: int
    item_id: int | None
    agreement: str
    obligation: str
    occasion: str
    unit: str
    answerable: str
    state: str
    due_on: date | None
    done_on: date | None
    kind: str = Field(description="“raised”, “contested”, or what a re-check found.")
    reason: Reason
    raised_by: str
    raised_at: datetime


@router.get("/doubts")
@reads
def doubted(
    call: Call,
    *,
    agreement: Word | None = None,
    task_id: Annotated[int | None, Query(ge=1, le=2**53 - 1)] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Listed[Doubt]:
    """The doubts that nobody has settled, of tasks that this person may read, oldest first."""
    after = place_of(cursor, "doubt_id", int)
    where = [scope_of(call.db, call.by, at=call.at, grants=call.grants)]
    if agreement is not None:
        where.append(agreement_table.c.code == agreement)
    if task_id is not None:
        where.append(doubt.c.task_id == task_id)
    rows = worklist.doubts_listed(
        call.db, *where, at_most=limit + 1, after=0 if after is None else after[0]
    )
    page = rows[:limit]
    more = cursor_of("doubt_id", page[-1].doubt_id) if len(rows) > limit else None
    items = [
        Doubt.model_validate({**row._asdict(), "reason": reason_told(row.reason, call.lang)})
        for row in page
    ]
    return Listed[Doubt](items=items, next=more)


@router.post("/tasks/{task_id}/doubts", status_code=201)
@writes
def raise_doubt(call: Call, task_id: Number, said: Doubting) -> Doubted:
    """Speak against an accepted task; the review desk settles it."""
    ensure_task(call, task_id)
    act = call.act(reason=said.reason)
    number = doubts.raise_doubt(call.db, task_id, act=act, kind=said.kind)
    return Doubted(task_id=task_id, doubt_id=number)


@router.post("/doubts/{doubt_id}/settle")
@writes
def settle(call: Call, doubt_id: Number, said: Settling) -> Task:
    """Settle a doubt: the task stays accepted, or goes back to its unit."""
    task_id = call.db.scalar(select(doubt.c.task_id).where(doubt.c.id == doubt_id))
    unknown = Refusal("doubt.unknown", doubt=doubt_id)
    if task_id is None:
        raise unknown
    ensure_task(call, task_id, otherwise=unknown)
    act = call.act(reason=said.reason)
    if said.outcome == "kept":
        doubts.keep_accepted(call.db, doubt_id, act=act)
    else:
        doubts.reopen_for(call.db, doubt_id, act=act, grants_correction=said.correction)
    return task_now(call, task_id)


@router.post("/tasks/{task_id}/correction")
@writes
def correct(call: Call, task_id: Number) -> Task:
    """Grant the correction term of a task that was returned without one."""
    ensure_task(call, task_id)
    review.grant_correction(call.db, task_id, act=call.act())
    return task_now(call, task_id)


@router.post("/tasks/{task_id}/suspend")
@writes
def suspend(call: Call, task_id: Number, said: Reasoned) -> Task:
    """Ask for a rest, or grant the one that another asked for: it takes two people."""
    ensure_task(call, task_id)
    concessions.suspend(call.db, task_id, act=call.act(reason=said.reason))
    return task_now(call, task_id)


@router.post("/tasks/{task_id}/resume")
@writes
def resume(call: Call, task_id: Number, said: Saying | None = None) -> Task:
    """Take a suspended task up again, as it was before."""
    ensure_task(call, task_id)
    reason = None if said is None else said.reason
    concessions.resume_task(call.db, task_id, act=call.act(reason=reason))
    return task_now(call, task_id)


@router.post("/tasks/{task_id}/reopen")
@writes
def reopen(call: Call, task_id: Number, said: Reopening) -> Task:
    """Give an accepted task back to its unit; this settles every doubt about it."""
    ensure_task(call, task_id)
    act = call.act(reason=said.reason)
    doubts.reopen_task(call.db, task_id, act=act, grants_correction=said.correction)
    return task_now(call, task_id)


@router.post("/tasks/{task_id}/cancel")
@writes
def cancel(call: Call, task_id: Number, said: Reasoned) -> Task:
    """Cancel a task for good; no rule brings it back."""
    ensure_task(call, task_id)
    concessions.cancel_task(call.db, task_id, act=call.act(reason=said.reason))
    return task_now(call, task_id)
