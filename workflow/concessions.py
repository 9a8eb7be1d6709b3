"""What is conceded about a task: more time, a waiver, a suspension, or its cancellation.

Knows that one person asks with a reason and another decides, and what a grant
changes. Refuses to know evidence. A due day that is moved leaves the original one on
record, and both are reported.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, update

from workflow import journal
from workflow.access import capacity, ensure_may, scope_of
from workflow.domain import grace
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import Action, ensure_askable
from workflow.domain.roles import Deed
from workflow.moves import Move, asked, ensure_person, move, take, view_of
from workflow.store import submissions, worklist
from workflow.store.submissions import concession
from workflow.store.tasks import touch_task

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from workflow.journal import Act
    from workflow.moves import Taken


class Kind(StrEnum):
    """What can be asked for."""

    EXTENSION = "extension"
    WAIVER = "waiver"
    SUSPENSION = "suspension"


_ACTIONS: Final = {
    Kind.EXTENSION: Action.EXTEND,
    Kind.WAIVER: Action.WAIVE,
    Kind.SUSPENSION: Action.SUSPEND,
}


def ask_extension(db: Connection, task_id: int, *, until_on: date, act: Act) -> int:
    """Ask for more time, with a reason, and give the request's number.

    Asked on the due day or later it is marked late. Raises ``Refusal``:
    ``task.extension_without_due_day``, ``task.extension_not_later``, and as
    ``ask_waiver`` does.
    """
    taken = _askable(db, task_id, Kind.EXTENSION, act=act)
    due_on = taken.row.due_on
    grace.ensure_extends(until_on, due_on=due_on)
    is_late = grace.is_late_request(act.at, due_on=due_on, zone=taken.zone)
    return _ask(db, taken, Kind.EXTENSION, act=act, until_on=until_on, is_late=is_late)


def ask_waiver(db: Connection, task_id: int, *, act: Act) -> int:
    """Ask that a task need not be done, with a reason, and give the request's number.

    Raises ``Refusal``: ``task.unknown``, ``access.denied``, ``task.reason_missing``,
    ``concession.asked_already``, and ``task.action_not_allowed`` where it could not be
    granted in this state.
    """
    return _ask(db, _askable(db, task_id, Kind.WAIVER, act=act), Kind.WAIVER, act=act)


def ask_suspension(db: Connection, task_id: int, *, act: Act) -> int:
    """Ask that a task rest, with a reason, and give the request's number.

    Raises ``Refusal`` as ``ask_waiver`` does.
    """
    return _ask(db, _askable(db, task_id, Kind.SUSPENSION, act=act), Kind.SUSPENSION, act=act)


def grant(
    db: Connection, task_id: int, kind: Kind, *, act: Act, until_on: date | None = None
) -> None:
    """Grant what somebody else asked for; ``act.reason`` is the answer, else theirs.

    ``until_on`` grants an extension to another day than the one asked for. Raises
    ``Refusal``: ``task.not_asked``, ``task.four_eyes``, ``access.denied``,
    ``task.extension_not_later`` and what else the table says.
    """
    ensure_person(act)
    taken = take(db, task_id)
    action = _ACTIONS[kind]
    actor = capacity(db, action, task_row=taken.row, act=act)
    request = _open_request(db, taken, kind)
    by = None if request is None else request.asked_by
    reason = act.reason or (None if request is None else request.reason)
    ground = replace(act, reason=reason)
    state = asked(db, taken, action, view=view_of(db, taken, asked_by=by), by=actor, act=ground)
    assert request is not None  # noqa: S101 - the table refuses what nobody asked for
    changes: dict[str, object] = {}
    if kind is Kind.EXTENSION:
        changes["due_on"] = until_on or request.until_on
        grace.ensure_extends(until_on or request.until_on, due_on=taken.row.due_on)
    _decide(db, request, "granted", act=act)
    facts = {"request": request.id, "asked_by": request.asked_by, "is_late": request.is_late}
    one = Move(taken=taken, action=action, state=state, changes=changes, facts=facts)
    move(db, [one], act=ground)


def refuse(db: Connection, task_id: int, kind: Kind, *, act: Act) -> None:
    """Refuse what somebody else asked for, with a reason; the task stays as it is.

    Raises ``Refusal``: ``task.not_asked``, ``task.four_eyes``, ``task.reason_missing``,
    ``access.denied``.
    """
    ensure_person(act)
    taken = take(db, task_id)
    action = _ACTIONS[kind]
    capacity(db, action, task_row=taken.row, act=act)
    request = _open_request(db, taken, kind)
    facts = {"action": action.value, "state": taken.state.value}
    if request is None:
        raise Refusal("task.not_asked", **facts)
    if request.asked_by == act.by:
        raise Refusal("task.four_eyes", **facts)
    _ensure_reason(act, action, taken)
    _decide(db, request, "refused", act=act)
    _journal(db, taken, "concession.refused", act=act, request=request.id, kind=kind.value)


def suspend(db: Connection, task_id: int, *, act: Act) -> bool:
    """Ask for a suspension, or grant what another asked for; whether the task rests now.

    The one verb of the command line for both. Raises ``Refusal`` as
    ``ask_suspension`` and ``grant`` do.
    """
    taken = take(db, task_id)
    request = _open_request(db, taken, Kind.SUSPENSION)
    if request is None:
        ask_suspension(db, task_id, act=act)
        return False
    grant(db, task_id, Kind.SUSPENSION, act=act)
    return True


def resume_task(db: Connection, task_id: int, *, act: Act) -> None:
    """Take a suspended task up again, as it was before.

    Raises ``Refusal``: ``task.unknown``, ``access.denied`` and what the table says.
    """
    _do(db, task_id, Action.RESUME, act=act)


def cancel_task(db: Connection, task_id: int, *, act: Act) -> None:
    """Cancel a task for good, with a reason; a submission that waits goes with it.

    No rule brings it back. Raises ``Refusal``: ``task.unknown``, ``access.denied``,
    ``task.reason_missing`` and what else the table says.
    """
    ensure_person(act)
    taken = _do(db, task_id, Action.CANCEL, act=act, cancel_cause="person")
    if taken.submission is not None:
        settled = {taken.submission.id: ("cancelled", None)}
        submissions.settle_submissions(db, settled, by=act.by, at=act.at)


def open_requests(
    db: Connection,
    *,
    by: str,
    at: datetime,
    kind: Kind | None = None,
    after: int = 0,
    at_most: int = 200,
) -> list[Row[Any]]:
    """What was asked for and not decided, of the tasks that this person may read, oldest first.

    ``after`` is the number of the last request seen.
    """
    where = [scope_of(db, by, at=at)]
    if kind is not None:
        where.append(concession.c.kind == kind.value)
    return worklist.requests_open(db, *where, at_most=at_most, after=after)


def _askable(db: Connection, task_id: int, kind: Kind, *, act: Act) -> Taken:
    """The task, where this person may ask for this now."""
    ensure_person(act)
    taken = take(db, task_id)
    ensure_may(db, Deed.ASK_CONCESSION, act=act, task_row=taken.row)
    ensure_askable(taken.state, _ACTIONS[kind])
    _ensure_reason(act, _ACTIONS[kind], taken)
    waiting = _open_request(db, taken, kind)
    if waiting is not None:
        raise Refusal("concession.asked_already", kind=kind.value, by=waiting.asked_by)
    return taken


def _ask(
    db: Connection,
    taken: Taken,
    kind: Kind,
    *,
    act: Act,
    until_on: date | None = None,
    is_late: bool = False,
) -> int:
    request_id = db.execute(
        insert(concession)
        .values(
            task_id=taken.id,
            kind=kind.value,
            asked_by=act.by,
            asked_at=act.at,
            reason=act.reason,
            until_on=until_on,
            is_late=is_late,
        )
        .returning(concession.c.id)
    ).scalar_one()
    touch_task(db, taken.id)
    facts = {"request": request_id, "kind": kind.value, "until_on": until_on, "is_late": is_late}
    _journal(db, taken, "concession.asked", act=act, **facts)
    return int(request_id)


def _do(
    db: Connection,
    task_id: int,
    action: Action,
    *,
    act: Act,
    cancel_cause: str | None = None,
) -> Taken:
    taken = take(db, task_id)
    actor = capacity(db, action, task_row=taken.row, act=act)
    state = asked(db, taken, action, view=view_of(db, taken), by=actor, act=act)
    move(db, [Move(taken=taken, action=action, state=state, cancel_cause=cancel_cause)], act=act)
    return taken


def _open_request(db: Connection, taken: Taken, kind: Kind) -> Row[Any] | None:
    return db.execute(
        select(concession).where(
            concession.c.task_id == taken.id,
            concession.c.kind == kind.value,
            concession.c.decided_at.is_(None),
        )
    ).one_or_none()


def _decide(db: Connection, request: Row[Any], decision: str, *, act: Act) -> None:
    db.execute(
        update(concession)
        .where(concession.c.id == request.id)
        .values(decided_by=act.by, decided_at=act.at, decision=decision, answer=act.reason)
    )


def _ensure_reason(act: Act, action: Action, taken: Taken) -> None:
    if not (act.reason and act.reason.strip()):
        raise Refusal("task.reason_missing", action=action.value, state=taken.state.value)


def _journal(db: Connection, taken: Taken, verb: str, *, act: Act, **facts: Any) -> None:
    journal.record(
        db,
        act=act,
        verb=verb,
        agreement=taken.row.agreement_id,
        subject=("task", taken.id),
        after=facts,
    )
