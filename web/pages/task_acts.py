"""What is done to a task by its unit and by who administers: handed in, asked for, set aside."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from web.pages.tasks import Number
from web.task_sheet import LONGEST, acted, tidied
from web.typed import day_typed
from web.visit import Visit, writes
from workflow import concessions, doubts
from workflow.concessions import Kind
from workflow.domain.errors import Refusal
from workflow.i18n import N_
from workflow.submission import declare_nothing, submit_task, withdraw_submission

router: Final = APIRouter(include_in_schema=False)

Reason = Annotated[str, Form(max_length=LONGEST)]


@router.post("/tasks/{task_id}/submit")
@writes
def submit(visit: Visit, task_id: Number, reason: Reason = "") -> Response:
    """Declare a task complete; who does so on behalf of its unit says on what ground."""
    act = visit.act(reason=tidied(reason))
    return acted(
        visit,
        task_id,
        "submit",
        lambda: submit_task(visit.db, task_id, act=act),
        reason=reason,
        said=N_("Handed in; the checks conclude within moments."),
    )


@router.post("/tasks/{task_id}/nothing")
@writes
def nothing(visit: Visit, task_id: Number, reason: Reason = "") -> Response:
    """Say that nothing arose."""
    act = visit.act(reason=tidied(reason))
    return acted(
        visit,
        task_id,
        "nothing",
        lambda: declare_nothing(visit.db, task_id, act=act),
        reason=reason,
        said=N_("Declared; a reviewer confirms it."),
    )


@router.post("/tasks/{task_id}/withdraw")
@writes
def withdraw(visit: Visit, task_id: Number) -> Response:
    """Take a submission back before its verdict."""
    return acted(
        visit,
        task_id,
        "withdraw",
        lambda: withdraw_submission(visit.db, task_id, act=visit.act()),
        said=N_("Taken back: the task is as it was before it was handed in."),
    )


@router.post("/tasks/{task_id}/ask/{kind}")
@writes
def ask(
    visit: Visit,
    *,
    task_id: Number,
    kind: Kind,
    reason: Reason = "",
    until: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Ask for more time, a waiver or a suspension."""
    act = visit.act(reason=tidied(reason))

    def asks() -> int:
        if kind is Kind.EXTENSION:
            until_on = day_typed(until, name=visit.say(N_("New due day")))
            return concessions.ask_extension(visit.db, task_id, until_on=until_on, act=act)
        if kind is Kind.WAIVER:
            return concessions.ask_waiver(visit.db, task_id, act=act)
        return concessions.ask_suspension(visit.db, task_id, act=act)

    return acted(
        visit,
        task_id,
        f"ask_{kind.value}",
        asks,
        reason=reason,
        until=until,
        said=N_("Asked; another person decides."),
    )


@router.post("/tasks/{task_id}/resume")
@writes
def resume(visit: Visit, task_id: Number, reason: Reason = "") -> Response:
    """Take a suspended task up again."""
    act = visit.act(reason=tidied(reason))
    return acted(
        visit,
        task_id,
        "resume",
        lambda: concessions.resume_task(visit.db, task_id, act=act),
        reason=reason,
        said=N_("The task is taken up again."),
    )


@router.post("/tasks/{task_id}/cancel")
@writes
def cancel(visit: Visit, task_id: Number, reason: Reason = "") -> Response:
    """Cancel a task for good."""
    act = visit.act(reason=tidied(reason))
    return acted(
        visit,
        task_id,
        "cancel",
        lambda: concessions.cancel_task(visit.db, task_id, act=act),
        reason=reason,
        said=N_("The task is cancelled."),
    )


@router.post("/tasks/{task_id}/reopen")
@writes
def reopen(
    visit: Visit,
    *,
    task_id: Number,
    reason: Reason = "",
    correction: Annotated[bool, Form()] = False,
) -> Response:
    """Give an accepted task back to its unit."""
    act = visit.act(reason=tidied(reason))
    return acted(
        visit,
        task_id,
        "reopen",
        lambda: doubts.reopen_task(visit.db, task_id, act=act, grants_correction=correction),
        reason=reason,
        said=N_("The task is given back to its unit."),
    )


@router.post("/tasks/{task_id}/doubts")
@writes
def raise_doubt(
    visit: Visit,
    *,
    task_id: Number,
    reason: Reason = "",
    kind: Annotated[str, Form(max_length=16)] = "raised",
) -> Response:
    """Speak against an accepted task."""
    act = visit.act(reason=tidied(reason))
    if kind not in {"raised", "contested"}:
        raise Refusal("request.unreadable", names="kind")
    return acted(
        visit,
        task_id,
        f"doubt:{kind}",
        lambda: doubts.raise_doubt(
            visit.db, task_id, act=act, kind="contested" if kind == "contested" else "raised"
        ),
        reason=reason,
        said=N_("Noted; the review desk settles it."),
    )
