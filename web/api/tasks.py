"""Tasks for programs: the list, one task whole, why it is owed, and what its unit does."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from sqlalchemy import select

from web.api.calling import Call, reads, writes, writes_after
from web.api.paging import USUAL, Cursor, Limit, Listed, cursor_of, place_of
from web.api.reading import ensure_task, periods_of, task_now
from web.api.shapes import Number, Word, Words
from web.api.task_shapes import Ground, Task, TaskWhole, task_told, whole_told, why_told
from web.beforehand import Ready, may_add_evidence
from web.evidence_files import BYTES, KNOWN_KINDS, evidence_file
from workflow import submission
from workflow.domain.agreement import requirements_of
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import State
from workflow.moves import look_at_each
from workflow.store.evidence import evidence_item
from workflow.why import explain
from workflow.worklist import list_tasks, show_task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workflow.files import FileStore

router: Final = APIRouter(tags=["tasks"])
_SORT: Final = "due_on"
_MOST_FILES: Final = 20


class Submitting(BaseModel):
    """How a task is handed in."""

    nothing: bool = Field(default=False, description="Declare that there is nothing to report.")
    on_behalf_of: Word | None = Field(
        default=None, description="The unit, where its superior hands it in."
    )
    ground: Words | None = Field(default=None, description="The ground for that.")


class Added(BaseModel):
    """The items that were added; each is being checked now."""

    task_id: int
    requirement: str
    items: list[int]


@router.get("/tasks")
@reads
def listed(
    call: Call,
    *,
    agreement: Word | None = None,
    obligation: Word | None = None,
    unit: Word | None = None,
    state: Annotated[list[State] | None, Query()] = None,
    period: Annotated[
        Word | None,
        Query(
            description="A reporting period such as 2024-Q1: of the agreement's reporting year,"
            " else of the calendar.",
        ),
    ] = None,
    due_from: date | None = None,
    due_until: Annotated[date | None, Query(description="The first day after.")] = None,
    words: Annotated[
        Words, Query(max_length=200, description="Words of its names, without marks.")
    ] = "",
    overdue: Annotated[bool, Query(description="Only overdue ones.")] = False,
    history: Annotated[bool, Query(description="Also from before tracking began.")] = False,
    sort: Literal["due_on", "-due_on"] = "due_on",
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Listed[Task]:
    """The tasks that this person may read, by due day; those without one come last."""
    belongs_from, belongs_until = periods_of(call, period, agreement=agreement)
    after = place_of(cursor, sort, date, int)
    page = list_tasks(
        call.db,
        by=call.by,
        at=call.at,
        agreement_code=agreement,
        obligation_code=obligation,
        unit_key=unit,
        states=state or (),
        due_from=due_from,
        due_until=due_until,
        belongs_from=belongs_from,
        belongs_until=belongs_until,
        words=words,
        only_overdue=overdue,
        with_history=history,
        is_latest_first=sort.startswith("-"),
        after=None if after is None else (after[0], after[1]),
        at_most=limit,
    )
    more = None if page.next_after is None else cursor_of(sort, *page.next_after)
    return Listed[Task](items=[task_told(line) for line in page.lines], next=more)


@router.get("/tasks/{task_id}")
@reads
def shown(call: Call, task_id: Number) -> TaskWhole:
    """One task whole: how it stands, its evidence and verdicts, what was done about it."""
    return whole_told(show_task(call.db, task_id, by=call.by, at=call.at), call.lang)


@router.get("/tasks/{task_id}/why")
@reads
def why(call: Call, task_id: Number) -> Ground:
    """Why a unit has to do this: from the task back to the clause and its source."""
    return why_told(explain(call.db, task_id, by=call.by, at=call.at), call.lang)


@router.get(
    "/evidence/{item_id}/file",
    response_class=FileResponse,
    responses={
        200: {
            "description": "The file as it was handed in.",
            "content": {one: {} for one in sorted({*KNOWN_KINDS.values(), BYTES})},
        }
    },
)
@reads
def evidence(call: Call, item_id: Number) -> FileResponse:
    """The file of an evidence item, of a task that this person may read."""
    return evidence_file(
        call.db, item_id, files=call.files, by=call.by, at=call.at, grants=call.grants
    )


def _stored_before(
    call: Call, *, task_id: int, files: list[UploadFile] | None = None, **_: object
) -> Callable[[], list[dict[str, Any]]] | None:
    """Have the files of whoever may add them written while nobody waits for the database."""
    if not files or not may_add_evidence(call.db, [task_id], by=call.by, at=call.at):
        return None
    store = call.files
    return lambda: _stored(store, files)


def _stored(store: FileStore, files: list[UploadFile]) -> list[dict[str, Any]]:
    return [
        {"file": store.store(one.file), "name": (one.filename or "").replace("\0", "")}
        for one in files
    ]


@router.post("/tasks/{task_id}/evidence", status_code=201)
@writes_after(_stored_before)
def add_evidence(
    call: Call,
    *,
    task_id: Number,
    files: Annotated[
        list[UploadFile] | None, File(max_length=_MOST_FILES, description="Any number of files.")
    ] = None,
    requirement: Annotated[
        Word | None,
        Form(description="What it proves; may be left out if only one is asked."),
    ] = None,
    figures: Annotated[
        str, Form(max_length=20_000, description="A JSON object: what is typed beside the file.")
    ] = "{}",
    ready: Ready[list[dict[str, Any]]],
) -> Added:
    """Add evidence to an open or returned task; each item is checked on arrival."""
    ensure_task(call, task_id)
    typed = _object(figures)
    code = _only_requirement(call, task_id) if requirement is None else requirement
    given = ready.taken()
    if given is None:
        given = _stored(call.files, files or [])
    items = [
        submission.add_evidence(
            call.db, task_id, requirement=code, act=call.act(), figures=typed, **one
        )
        for one in given or [{}]
    ]
    return Added(task_id=task_id, requirement=code, items=items)


@router.delete("/evidence/{item_id}")
@writes
def remove_evidence(call: Call, item_id: Number) -> Task:
    """Take an evidence item back; it stays on record as removed."""
    query = select(evidence_item.c.task_id).where(evidence_item.c.id == item_id)
    task_id = call.db.scalar(query)
    if task_id is None:
        raise Refusal("evidence.unknown", item=item_id)
    ensure_task(call, task_id, otherwise=Refusal("evidence.unknown", item=item_id))
    submission.remove_evidence(call.db, item_id, act=call.act())
    return task_now(call, task_id)


@router.post("/tasks/{task_id}/submit")
@writes
def submit(call: Call, task_id: Number, how: Submitting | None = None) -> Task:
    """Declare a task complete, for the own unit or, with a ground, on behalf of another."""
    ensure_task(call, task_id)
    said = how or Submitting()
    act = call.act(reason=said.ground, on_behalf=said.on_behalf_of)
    do = submission.declare_nothing if said.nothing else submission.submit_task
    do(call.db, task_id, act=act)
    return task_now(call, task_id)


@router.post("/tasks/{task_id}/withdraw")
@writes
def withdraw(call: Call, task_id: Number) -> Task:
    """Take a submission back before its verdict."""
    ensure_task(call, task_id)
    submission.withdraw_submission(call.db, task_id, act=call.act())
    return task_now(call, task_id)


def _only_requirement(call: Call, task_id: Number) -> str:
    """The only requirement of a task. Raises ``Refusal("evidence.requirement_unsaid")``."""
    says = look_at_each(call.db, [task_id])[task_id].says
    known = [leaf.code for leaf in requirements_of(says.proof)]
    if len(known) > 1:
        raise Refusal("evidence.requirement_unsaid", known=known)
    return known[0] if known else ""


def _object(text: str) -> Mapping[str, object]:
    """What was typed beside a file. Raises ``Refusal("request.unreadable")``."""
    try:
        said = json.loads(text)
        # What cannot be written as it is cannot be kept either.
        is_kept = "\\u0000" not in json.dumps(said, allow_nan=False)
        json.dumps(said, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        said, is_kept = None, False
    if not is_kept or not isinstance(said, dict):
        raise Refusal("request.unreadable", names="figures")
    return said
