"""Doubts about accepted tasks: people raise them, and only a person reopens.

Knows who may speak against what was accepted and the two ways to settle it. A
re-check raises doubts by itself (``verification``); it never changes a task.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import select

from workflow import journal
from workflow.access import capacity, ensure_may, scope_of
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import Action, State, Who
from workflow.domain.roles import Deed
from workflow.moves import Move, asked, ensure_person, move, take, view_of
from workflow.outcomes import correction_on
from workflow.store import doubts as stored
from workflow.store import worklist
from workflow.store.agreements import agreement
from workflow.store.evidence import doubt

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from workflow.journal import Act
    from workflow.moves import Taken

#: A contest is the other party's; anybody of the review desk may raise a doubt.
_DEEDS: Final = {"contested": Deed.CONTEST, "raised": Deed.RAISE_DOUBT}


def raise_doubt(
    db: Connection,
    task_id: int,
    *,
    act: Act,
    kind: Literal["raised", "contested"] = "raised",
) -> int:
    """Speak against an accepted task, with a reason (``act.reason``); gives the doubt's number.

    ``contested`` is for a reviewer of the party that receives. Raises ``Refusal``:
    ``task.unknown``, ``access.denied``, ``doubt.not_accepted``,
    ``doubt.reason_missing``, ``doubt.raised_already``.
    """
    ensure_person(act)
    taken = take(db, task_id)
    ensure_may(db, _DEEDS[kind], act=act, task_row=taken.row)
    if taken.state is not State.ACCEPTED:
        raise Refusal("doubt.not_accepted", task=task_id, state=taken.state.value)
    if not (act.reason and act.reason.strip()):
        raise Refusal("doubt.reason_missing", task=task_id)
    reason = json.dumps({"code": "doubt.said", "by": act.by, "text": act.reason})
    opened = stored.raise_doubts(db, [(task_id, None, kind, reason)], by=act.by, at=act.at)
    if not opened:
        raise Refusal("doubt.raised_already", task=task_id)
    _journal(db, taken, "doubt.raised", act=act, doubt=opened[0].id, kind=kind)
    return int(opened[0].id)


def keep_accepted(db: Connection, doubt_id: int, *, act: Act) -> None:
    """Settle a doubt: the task stays accepted, for a reason (``act.reason``).

    Raises ``Refusal``: ``doubt.unknown``, ``doubt.settled_already``,
    ``doubt.reason_missing``, ``access.denied``.
    """
    ensure_person(act)
    taken, row = _open_doubt(db, doubt_id)
    ensure_may(db, Deed.SETTLE_DOUBT, act=act, task_row=taken.row)
    if not (act.reason and act.reason.strip()):
        raise Refusal("doubt.reason_missing", task=taken.id)
    stored.settle_doubts(db, [row.id], settlement="kept", by=act.by, at=act.at)
    _journal(db, taken, "doubt.settled", act=act, doubt=row.id, settlement="kept")


def reopen_for(db: Connection, doubt_id: int, *, act: Act, grants_correction: bool = False) -> None:
    """Settle a doubt by reopening its task; see ``reopen_task``.

    Raises ``Refusal``: ``doubt.unknown``, ``doubt.settled_already`` and as
    ``reopen_task`` does.
    """
    taken, _ = _open_doubt(db, doubt_id)
    reopen_task(db, taken.id, act=act, grants_correction=grants_correction)


def reopen_task(
    db: Connection, task_id: int, *, act: Act, grants_correction: bool = False
) -> date | None:
    """Give an accepted task back to its unit, with a reason; this settles every doubt about it.

    It is undone again, hence overdue where its due day has passed, unless a reviewer
    grants the correction term, whose last day is given then. Raises ``Refusal``:
    ``task.unknown``, ``access.denied``, ``task.reason_missing``,
    ``task.correction_already_given``, ``task.correction_of_late_submission`` and what
    else the table says.
    """
    ensure_person(act)
    taken = take(db, task_id)
    actor = capacity(db, Action.REOPEN, task_row=taken.row, act=act)
    state = asked(db, taken, Action.REOPEN, view=view_of(db, taken), by=actor, act=act)
    changes: dict[str, object] = {"done_at": None, "done_on": None}
    last_on = None
    if grants_correction:
        # Only a reviewer grants it, whatever else the person is.
        capacity(db, Action.CONFIRM, task_row=taken.row, act=act)
        last_on = correction_on(
            db,
            taken,
            action=Action.REOPEN,
            by=Who.REVIEWER,
            counted_at=taken.row.submitted_at,
            act=act,
            is_granted=True,
        )
        changes["correction_on"] = last_on
    move(db, [Move(taken=taken, action=Action.REOPEN, state=state, changes=changes)], act=act)
    about = [row.id for row in stored.doubts_open(db, task_id)]
    stored.settle_doubts(db, about, settlement="reopened", by=act.by, at=act.at)
    for one in about:
        _journal(db, taken, "doubt.settled", act=act, doubt=one, settlement="reopened")
    return last_on


def open_doubts(
    db: Connection, *, by: str, at: datetime, agreement_code: str | None = None, at_most: int = 200
) -> list[Row[Any]]:
    """The doubts that nobody has settled, about tasks that this person may read, oldest first."""
    where = [scope_of(db, by, at=at)]
    if agreement_code is not None:
        where.append(agreement.c.code == agreement_code)
    return worklist.doubts_listed(db, *where, at_most=at_most)


def _open_doubt(db: Connection, doubt_id: int) -> tuple[Taken, Row[Any]]:
    """The doubt under the lock of its task."""
    task_id = db.scalar(select(doubt.c.task_id).where(doubt.c.id == doubt_id))
    if task_id is None:
        raise Refusal("doubt.unknown", doubt=doubt_id)
    taken = take(db, task_id)
    row = db.execute(select(doubt).where(doubt.c.id == doubt_id)).one()
    if row.settled_at is not None:
        raise Refusal(
            "doubt.settled_already", doubt=doubt_id, by=row.settled_by, settlement=row.settlement
        )
    return taken, row


def _journal(db: Connection, taken: Taken, verb: str, *, act: Act, **facts: Any) -> None:
    journal.record(
        db,
        act=act,
        verb=verb,
        agreement=taken.row.agreement_id,
        subject=("task", taken.id),
        after=facts,
    )
