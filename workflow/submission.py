"""A unit answers: it adds evidence, hands its task in, says that nothing arose, takes it back.

Knows what a unit, or somebody on its behalf, does with an open or returned task.
Refuses to judge: each item and each submission becomes a piece of waiting work.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select, update

from workflow import journal
from workflow.access import capacity
from workflow.domain.agreement import requirements_of
from workflow.domain.errors import Refusal
from workflow.domain.grace import counted_at
from workflow.domain.lifecycle import Action, Who
from workflow.moves import ON_BEHALF, Move, asked, move, take, view_of
from workflow.proving import FREE
from workflow.store import evidence, submissions
from workflow.store.evidence import allocation, evidence_item
from workflow.store.tasks import touch_task
from workflow.store.units import unit
from workflow.store.work import put_work

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from workflow.domain.lifecycle import Actor
    from workflow.files import Stored
    from workflow.journal import Act
    from workflow.moves import Taken

_LONGEST_NAME: Final = 255


def add_evidence(
    db: Connection,
    task_id: int,
    *,
    requirement: str,
    act: Act,
    file: Stored | None = None,
    name: str = "",
    figures: Mapping[str, object] | None = None,
) -> int:
    """Offer an item for a requirement of an open or returned task, and give its number.

    ``file`` has been stored already; ``name`` is what its sender called it;
    ``figures`` are what was typed beside it. A task without requirements takes what
    a reviewer should see under the empty code. The item is checked on arrival.

    Raises ``Refusal``: ``task.unknown``, ``access.denied``, what the table says,
    ``evidence.requirement_unknown``, ``evidence.nothing_given``,
    ``evidence.offered_already`` for the same file twice.
    """
    taken = take(db, task_id)
    actor = _asked(db, taken, Action.ADD_EVIDENCE, act=act)
    _ensure_offerable(taken, requirement)
    if file is None and not figures:
        raise Refusal("evidence.nothing_given", requirement=requirement)
    if file is not None:
        _ensure_new(db, taken, requirement, file)
        evidence.remember_file(db, file.sha256, size=file.size, at=act.at)
    said = PurePath(name.replace("\\", "/")).name[-_LONGEST_NAME:]
    sha256 = None if file is None else file.sha256
    item_id = db.execute(
        insert(evidence_item)
        .values(
            task_id=task_id,
            requirement=requirement,
            sha256=sha256,
            name=said,
            figures=dict(figures or {}),
            added_by=act.by,
            added_at=act.at,
            is_on_behalf=actor.who in ON_BEHALF,
        )
        .returning(evidence_item.c.id)
    ).scalar_one()
    touch_task(db, task_id)
    put_work(db, kind="verify_item", subjects=[item_id], due_at=act.at)
    _journal(
        db,
        taken,
        "evidence.added",
        act=act,
        after={"item": item_id, "requirement": requirement, "sha256": sha256, "name": said},
    )
    return int(item_id)


def remove_evidence(db: Connection, item_id: int, *, act: Act) -> None:
    """Take an item back from an open or returned task; it stays on record as removed.

    What it proved is free for others again: items that came too late for the same
    thing are checked anew. Raises ``Refusal``: ``evidence.unknown``,
    ``evidence.removed_already``, ``access.denied`` and what the table says.
    """
    task_id = db.scalar(select(evidence_item.c.task_id).where(evidence_item.c.id == item_id))
    if task_id is None:
        raise Refusal("evidence.unknown", item=item_id)
    taken = take(db, task_id)
    item = db.execute(select(evidence_item).where(evidence_item.c.id == item_id)).one()
    _asked(db, taken, Action.REMOVE_EVIDENCE, act=act)
    if item.removed_at is not None:
        raise Refusal("evidence.removed_already", item=item_id, by=item.removed_by)
    db.execute(
        update(evidence_item)
        .where(evidence_item.c.id == item_id)
        .values(removed_by=act.by, removed_at=act.at)
    )
    if item.identity is not None:
        evidence.locked_proofs(db, [item.identity])
        db.execute(delete(allocation).where(allocation.c.item_id == item_id))
        contenders = evidence.items_offering(db, [item.identity])
        put_work(db, kind="verify_item", subjects=contenders, due_at=act.at)
    if taken.says.auto_submit:
        put_work(db, kind="submit_automatically", subjects=[task_id], due_at=act.at)
    _journal(
        db,
        taken,
        "evidence.removed",
        act=act,
        before={"item": item_id, "requirement": item.requirement, "sha256": item.sha256},
    )


def submit_task(db: Connection, task_id: int, *, act: Act) -> int:
    """Declare an open or returned task complete, and give the submission's number.

    An administrator or a superior does so on behalf of the unit, with a ground
    (``act.reason``); such a submission is marked and waits for another person.
    Within a correction term it counts at the instant of the first submission.

    Raises ``Refusal``: ``task.unknown``, ``access.denied``,
    ``submission.wrong_unit`` and what the table says.
    """
    return _submit(db, take(db, task_id), Action.SUBMIT, act=act)


def declare_nothing(db: Connection, task_id: int, *, act: Act) -> int:
    """Say that nothing arose which had to be reported, where the obligation allows it.

    A person always confirms it. Raises ``Refusal`` as ``submit_task`` does.
    """
    return _submit(db, take(db, task_id), Action.DECLARE_NOTHING, act=act)


def withdraw_submission(db: Connection, task_id: int, *, act: Act) -> None:
    """Take a submission back before its verdict; the task is as it was before it.

    Raises ``Refusal``: ``task.unknown``, ``access.denied`` and what the table says.
    """
    taken = take(db, task_id)
    actor = capacity(db, Action.WITHDRAW, task_row=taken.row, act=act)
    state = asked(db, taken, Action.WITHDRAW, view=view_of(db, taken), by=actor, act=act)
    waits = taken.waiting()
    before = _counted_before(db, taken, waits)
    changes = {
        "submitted_at": before,
        "submitted_on": None if before is None else taken.day_of(before),
    }
    move(db, [Move(taken=taken, action=Action.WITHDRAW, state=state, changes=changes)], act=act)
    submissions.settle_submissions(db, {waits.id: ("withdrawn", None)}, by=act.by, at=act.at)


def _submit(db: Connection, taken: Taken, action: Action, *, act: Act) -> int:
    actor = capacity(db, action, task_row=taken.row, act=act)
    unit_key = db.execute(
        select(unit.c.key).where(unit.c.id == taken.row.answerable_id)
    ).scalar_one()
    if act.on_behalf not in {None, unit_key}:
        raise Refusal("submission.wrong_unit", unit=act.on_behalf, answerable=unit_key)
    on_behalf_of = None if actor.who is Who.UNIT else unit_key
    done = replace(act, on_behalf=on_behalf_of)
    state = asked(db, taken, action, view=view_of(db, taken), by=actor, act=done)
    counts_at = counted_at(act.at, taken.correction)
    added = submissions.add_submissions(
        db,
        [
            {
                "task_id": taken.id,
                "submitted_at": act.at,
                "submitted_by": act.by,
                "on_behalf_of": on_behalf_of,
                "ground": act.reason,
                "is_automatic": False,
                "says_nothing": action is Action.DECLARE_NOTHING,
                "counted_at": counts_at,
            }
        ],
    )
    changes = {"submitted_at": counts_at, "submitted_on": taken.day_of(counts_at)}
    facts = {"submission": added[taken.id]}
    one = Move(taken=taken, action=action, state=state, changes=changes, facts=facts)
    move(db, [one], act=done)
    put_work(db, kind="settle_submission", subjects=added.values(), due_at=act.at)
    return added[taken.id]


def _asked(db: Connection, taken: Taken, action: Action, *, act: Act) -> Actor:
    """The capacity in which somebody does what leaves the state as it is."""
    actor = capacity(db, action, task_row=taken.row, act=act)
    asked(db, taken, action, view=view_of(db, taken), by=actor, act=act)
    return actor


def _ensure_offerable(taken: Taken, requirement: str) -> None:
    known = [leaf.code for leaf in requirements_of(taken.says.proof)] or [FREE]
    if requirement not in known:
        raise Refusal("evidence.requirement_unknown", requirement=requirement, known=known)


def _ensure_new(db: Connection, taken: Taken, requirement: str, file: Stored) -> None:
    for row in evidence.items_held(db, [taken.id]):
        if (row.requirement, row.sha256) == (requirement, file.sha256):
            raise Refusal("evidence.offered_already", item=row.id, name=row.name)


def _counted_before(db: Connection, taken: Taken, waits: Row[Any]) -> datetime | None:
    """The instant at which the submission before this one counted, if there was one."""
    counted = [
        row.counted_at
        for row in submissions.submissions_of(db, taken.id)
        if row.id != waits.id and row.outcome != "withdrawn"
    ]
    return counted[-1] if counted else None


def _journal(
    db: Connection,
    taken: Taken,
    verb: str,
    *,
    act: Act,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    journal.record(
        db,
        act=act,
        verb=verb,
        agreement=taken.row.agreement_id,
        subject=("task", taken.id),
        before=before,
        after=after,
    )
