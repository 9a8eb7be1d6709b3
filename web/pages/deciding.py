"""Decisions of the review desk: confirmed, returned, granted, refused, settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response
from sqlalchemy import select

from web.pages.reviewing import concessions_page, doubts_page, ensure_desk
from web.pages.tasks import Number
from web.refusing import status_of
from web.task_sheet import LONGEST, acted, ensure_readable, tidied
from web.telling import teller
from web.typed import day_typed
from web.visit import Visit, writes
from workflow import concessions, doubts
from workflow.concessions import Kind
from workflow.domain.errors import Refusal
from workflow.i18n import N_
from workflow.review import confirm_submission, grant_correction, return_submission
from workflow.store.evidence import doubt
from workflow.store.submissions import concession

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Row

router: Final = APIRouter(include_in_schema=False)

Reason = Annotated[str, Form(max_length=LONGEST)]
_FORBIDDEN: Final = 403
#: Where a decision was begun, and people go on when it is made.
_BACK: Final = {"review": "/review"}


@router.post("/tasks/{task_id}/confirm")
@writes
def confirm(
    visit: Visit, task_id: Number, reason: Reason = "", back: Annotated[str, Form()] = ""
) -> Response:
    """Accept a submission that waits for a person."""
    act = visit.act(reason=tidied(reason))
    return acted(
        visit,
        task_id,
        "confirm",
        lambda: confirm_submission(visit.db, task_id, act=act),
        reason=reason,
        said=N_("Confirmed."),
        then=_BACK.get(back, ""),
    )


@router.post("/tasks/{task_id}/return")
@writes
def give_back(
    visit: Visit, task_id: Number, reason: Reason = "", back: Annotated[str, Form()] = ""
) -> Response:
    """Give a submission back to its unit with a reason."""
    act = visit.act(reason=tidied(reason))
    return acted(
        visit,
        task_id,
        "return",
        lambda: return_submission(visit.db, task_id, act=act),
        reason=reason,
        said=N_("Returned to the unit with your reason."),
        then=_BACK.get(back, ""),
    )


@router.post("/tasks/{task_id}/correction")
@writes
def correct(visit: Visit, task_id: Number) -> Response:
    """Grant the correction term of a returned task."""
    return acted(
        visit,
        task_id,
        "correction",
        lambda: grant_correction(visit.db, task_id, act=visit.act()),
        said=N_("The correction term is granted."),
    )


@router.post("/tasks/{task_id}/requests/{kind}/grant")
@writes
def grant(
    visit: Visit,
    *,
    task_id: Number,
    kind: Kind,
    reason: Reason = "",
    until: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Grant what was asked for about one task, an extension to another day where one is typed."""
    act = visit.act(reason=tidied(reason))

    def grants() -> None:
        until_on: date | None = None
        if until.strip() and kind is Kind.EXTENSION:
            until_on = day_typed(until, name=visit.say(N_("New due day")))
        concessions.grant(visit.db, task_id, kind, act=act, until_on=until_on)

    said = N_("Granted.")
    return acted(visit, task_id, f"request:{kind.value}", grants, reason=reason, said=said)


@router.post("/tasks/{task_id}/requests/{kind}/refuse")
@writes
def refuse(visit: Visit, task_id: Number, kind: Kind, reason: Reason = "") -> Response:
    """Refuse what was asked for about one task."""
    act = visit.act(reason=tidied(reason))
    return acted(
        visit,
        task_id,
        f"request:{kind.value}",
        lambda: concessions.refuse(visit.db, task_id, kind, act=act),
        reason=reason,
        said=N_("The request is refused."),
    )


@router.post("/review/concessions")
@writes
def decide_many(
    visit: Visit,
    *,
    decision: Annotated[str, Form(max_length=8)] = "",
    reason: Reason = "",
    chosen: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """Grant or refuse every request that was ticked: all of them, or none."""
    ensure_desk(visit)
    ids = sorted(set(chosen or ()))
    if decision not in {"grant", "refuse"}:
        raise Refusal("request.unreadable", names="decision")
    if not ids:
        wrong = visit.say(N_("Tick at least one request."))
        return concessions_page(visit, wrong=wrong, typed=reason, status=422)
    act = visit.act(reason=tidied(reason))
    decide = concessions.grant if decision == "grant" else concessions.refuse
    try:
        with visit.db.begin_nested():
            for row in _requests(visit, ids):
                decide(visit.db, row.task_id, Kind(row.kind), act=act)
    except Refusal as refusal:
        if status_of(refusal.code) in {_FORBIDDEN, 404}:
            raise
        visit.refused = refusal
        wrong = visit.say(N_("Nothing was decided: {why}"), why=_told(visit, refusal))
        return concessions_page(visit, wrong=wrong, typed=reason, status=422)
    text = N_("Granted: {count:number}.") if decision == "grant" else N_("Refused: {count:number}.")
    visit.tell(text, count=len(ids))
    return visit.go("/review/concessions")


@router.post("/review/doubts/{doubt_id}/settle")
@writes
def settle(
    visit: Visit,
    *,
    doubt_id: Number,
    outcome: Annotated[str, Form(max_length=8)] = "",
    reason: Reason = "",
    correction: Annotated[bool, Form()] = False,
) -> Response:
    """Settle a doubt: the task stays accepted, or goes back to its unit."""
    ensure_desk(visit)
    task_id = visit.db.scalar(select(doubt.c.task_id).where(doubt.c.id == doubt_id))
    if task_id is None:
        raise Refusal("doubt.unknown", doubt=doubt_id)
    ensure_readable(visit, task_id)
    if outcome not in {"kept", "reopened"}:
        raise Refusal("request.unreadable", names="outcome")
    act = visit.act(reason=tidied(reason))
    try:
        with visit.db.begin_nested():
            if outcome == "kept":
                doubts.keep_accepted(visit.db, doubt_id, act=act)
            else:
                doubts.reopen_for(visit.db, doubt_id, act=act, grants_correction=correction)
    except Refusal as refusal:
        if status_of(refusal.code) == _FORBIDDEN:
            raise
        visit.refused = refusal
        wrong = (doubt_id, _told(visit, refusal))
        return doubts_page(visit, wrong=wrong, typed=reason, status=422)
    visit.tell(
        N_("Settled: the task stays accepted.")
        if outcome == "kept"
        else N_("Settled: the task is given back to its unit.")
    )
    return visit.go("/review/doubts")


def _requests(visit: Visit, ids: list[int]) -> list[Row[Any]]:
    """The requests of these numbers, each within the person's reach, in the order of the tasks.

    Raises ``Refusal("concession.unknown")``.
    """
    query = select(concession.c.task_id, concession.c.kind).where(concession.c.id.in_(ids))
    found: list[Row[Any]] = list(visit.db.execute(query.order_by(concession.c.task_id)))
    if len(found) != len(ids):
        raise Refusal("concession.unknown")
    for row in found:
        ensure_readable(visit, row.task_id)
    return found


def _told(visit: Visit, refusal: Refusal) -> str:
    named = [str(refusal.facts["by"])] if refusal.facts.get("by") else []
    return teller(visit, named).refusal(refusal)
