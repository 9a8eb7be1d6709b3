"""Evidence: files and figures added to one task or to several, taken back, and read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import Response
from sqlalchemy import select

from web.beforehand import Ready, may_add_evidence
from web.evidence_files import evidence_file
from web.pages.tasks import Number
from web.task_sheet import attempted, ensure_readable, figure_of
from web.telling import CHECKS, teller
from web.visit import Visit, reads, writes, writes_after
from workflow.access import capacity, scope_of
from workflow.domain.agreement import Requirement, requirements_of
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import IN_HAND, Action, ensure_askable
from workflow.files import FileStore, Stored
from workflow.i18n import N_
from workflow.moves import look_at_each
from workflow.proving import FREE
from workflow.store.evidence import evidence_item
from workflow.store.tasks import task
from workflow.submission import add_evidence, remove_evidence
from workflow.worklist import lines_of, show_task

if TYPE_CHECKING:
    from collections.abc import Callable

router: Final = APIRouter(include_in_schema=False)

#: More is sent in several goes: each file is read, hashed and written within the request.
_MOST_FILES: Final = 20
_MOST_TASKS: Final = 60


@router.get("/tasks/{task_id}/evidence")
@reads
def many(visit: Visit, task_id: Number) -> Response:
    """The form for one file that proves several tasks of the same duty."""
    return _many(visit, task_id)


def _stored_before(
    visit: Visit,
    *,
    task_id: int,
    also: list[int] | None = None,
    files: list[UploadFile] | None = None,
    **_: object,
) -> Callable[[], list[tuple[Stored | None, str]]] | None:
    """Have the files of whoever may add them written while nobody waits for the database."""
    sent, tasks = _chosen(files), {task_id, *(also or ())}
    if len(sent) > _MOST_FILES or len(tasks) > _MOST_TASKS:
        return None
    if not sent or not may_add_evidence(visit.db, tasks, by=visit.by, at=visit.at):
        return None
    store = visit.files
    return lambda: _stored(store, sent)


@router.post("/tasks/{task_id}/evidence")
@writes_after(_stored_before)
def add(
    visit: Visit,
    *,
    task_id: Number,
    requirement: Annotated[str, Form(max_length=64)] = "",
    figure: Annotated[str, Form(max_length=40)] = "",
    also: Annotated[list[int] | None, Form()] = None,
    files: Annotated[list[UploadFile] | None, File()] = None,
    ready: Ready[list[tuple[Stored | None, str]]],
) -> Response:
    """Add what was sent to a task and to the others that were chosen, all of it or nothing."""
    sent = _chosen(files)
    others = sorted(set(also or ()) - {task_id})
    form = f"add:{requirement}"
    refused = attempted(
        visit,
        task_id,
        form,
        lambda: _add(
            visit,
            task_ids=[task_id, *others],
            requirement=requirement,
            figure=figure,
            sent=sent,
            ready=ready,
        ),
        typed={f"figure:{requirement}": figure},
    )
    if refused is not None:
        return refused
    if others:
        visit.tell(N_("Added to {count:number} tasks; it is being checked."), count=len(others) + 1)
    else:
        visit.tell(N_("Added; it is being checked."))
    return visit.go(f"/tasks/{task_id}")


@router.post("/tasks/{task_id}/items/{item_id}/remove")
@writes
def remove(visit: Visit, task_id: Number, item_id: Number) -> Response:
    """Take an item back; it stays on record as removed."""

    def act() -> None:
        if _task_of(visit, item_id) != task_id:
            raise Refusal("evidence.unknown", item=item_id)
        remove_evidence(visit.db, item_id, act=visit.act())

    refused = attempted(visit, task_id, f"item:{item_id}", act)
    if refused is not None:
        return refused
    visit.tell(N_("The evidence was removed; it stays on record."))
    return visit.go(f"/tasks/{task_id}")


@router.get("/evidence/{item_id}")
@reads
def download(visit: Visit, item_id: Number) -> Response:
    """The file of an item, as it was handed in; never shown by the browser itself."""
    return evidence_file(
        visit.db, item_id, files=visit.files, by=visit.by, at=visit.at, grants=visit.grants
    )


def _chosen(files: list[UploadFile] | None) -> list[UploadFile]:
    return [one for one in files or () if one.filename]


def _stored(store: FileStore, sent: list[UploadFile]) -> list[tuple[Stored | None, str]]:
    return [(store.store(one.file), (one.filename or "").replace("\x00", "")) for one in sent]


def _add(
    visit: Visit,
    *,
    task_ids: list[int],
    requirement: str,
    figure: str,
    sent: list[UploadFile],
    ready: Ready[list[tuple[Stored | None, str]]],
) -> None:
    if len(sent) > _MOST_FILES or len(task_ids) > _MOST_TASKS:
        raise Refusal("evidence.over_limit", files=_MOST_FILES, tasks=_MOST_TASKS)
    act = visit.act()
    taken = look_at_each(visit.db, task_ids)
    for task_id in task_ids:
        ensure_readable(visit, task_id)
        capacity(visit.db, Action.ADD_EVIDENCE, task_row=taken[task_id].row, act=act)
        ensure_askable(taken[task_id].state, Action.ADD_EVIDENCE)
    given = _figures(requirement, figure, list(requirements_of(taken[task_ids[0]].says.proof)))
    stored = ready.taken()
    if stored is None:
        # What may be added to only now, or nothing at all: the files are written here.
        stored = _stored(visit.files, sent)
    for file, name in stored or [(None, "")]:
        for task_id in task_ids:
            add_evidence(
                visit.db,
                task_id,
                requirement=requirement,
                file=file,
                name=name,
                figures=given,
                act=act,
            )


def _figures(requirement: str, typed: str, known: list[Requirement]) -> dict[str, object]:
    """What was typed, under the name by which the check asks for it; a number as a number."""
    text = typed.replace("\x00", "").strip()
    name = next((figure_of(one) for one in known if one.code == requirement), None)
    if not text or name is None:
        return {}
    return {name: int(text) if text.isascii() and text.isdecimal() else text}


def _many(visit: Visit, task_id: int) -> Response:
    shown = show_task(visit.db, task_id, by=visit.by, at=visit.at, grants=visit.grants)
    if Action.ADD_EVIDENCE not in shown.allowed:
        facts = {"action": Action.ADD_EVIDENCE.value, "state": shown.line.state.value}
        raise Refusal("task.action_not_allowed", **facts)
    row = shown.held.taken.row
    alike = visit.db.scalars(
        select(task.c.id)
        .where(
            task.c.obligation_id == row.obligation_id,
            task.c.id != task_id,
            task.c.is_history.is_(False),
            task.c.state.in_([one.value for one in IN_HAND]),
            scope_of(visit.db, visit.by, at=visit.at, action=Action.ADD_EVIDENCE),
        )
        .order_by(task.c.due_on, task.c.id)
        .limit(_MOST_TASKS - 1)
    ).all()
    others = lines_of(visit.db, alike, by=visit.by, at=visit.at, grants=visit.grants)
    return visit.page(
        "unit/many.html.j2",
        line=shown.line,
        others=[others[one] for one in alike if one in others],
        requirements=_named(visit, shown.held.taken.says.proof),
        tell=teller(visit, occasions=[one.occasion for one in (shown.line, *others.values())]),
    )


def _named(visit: Visit, proof: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - a tree or None
    found = [
        (one.code, one.title or visit.say(CHECKS.get(one.check, one.check)))
        for one in requirements_of(proof)
    ]
    return found or [(FREE, visit.say(N_("For the reviewer")))]


def _task_of(visit: Visit, item_id: int) -> int | None:
    found: int | None = visit.db.scalar(
        select(evidence_item.c.task_id).where(evidence_item.c.id == item_id)
    )
    return found
