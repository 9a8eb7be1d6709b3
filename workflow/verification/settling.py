"""What the verdicts on its items make of a submission: accepted, returned, or for a person.

Knows the three conclusions that the checks may draw, and when a task hands itself
in. Refuses to judge items. Whatever is not ripe is left as it is: the next verdict
asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from workflow.domain.errors import Refusal
from workflow.domain.evidence import Outcome
from workflow.domain.grace import counted_at
from workflow.domain.lifecycle import IN_HAND, Action, Actor, State, Who, next_state
from workflow.moves import Move, Taken, move, take_each, view_of
from workflow.outcomes import (
    Accepted,
    Reasons,
    Returned,
    accept_each,
    reasons_of,
    return_each,
    review_due_on,
)
from workflow.proving import held_by
from workflow.store import submissions
from workflow.store.evidence import among, latest_verdicts
from workflow.store.submissions import submission
from workflow.store.units import unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from workflow.journal import Act
    from workflow.proving import Held

_CHECKS = Actor(who=Who.CHECKS)


def settle_submission(db: Connection, submission_id: int, *, act: Act) -> None:
    """Draw the conclusion on one submission; see ``settle_submissions``."""
    settle_submissions(db, [submission_id], act=act)


def settle_submissions(db: Connection, ids: Iterable[int], *, act: Act) -> None:
    """Accept, return or refer submissions all of whose items have their verdict.

    Accepted where every item passed, nothing is missing and no person must confirm;
    returned with the reasons where an item failed or something is missing; else a
    reviewer decides. What is settled already, or still waits for a verdict, is passed
    over. At most 100 at a time; statements do not depend on how many.
    """
    query = select(submission.c.task_id).where(
        submission.c.id.in_(among(db, ids)), submission.c.settled_at.is_(None)
    )
    taken = take_each(db, db.scalars(query))
    ripe = {one.id: one for one in taken.values() if one.state is State.SUBMITTED}
    _settle(db, held_by(db, ripe.values()), act=act)


def submit_automatically(db: Connection, task_ids: Iterable[int], *, act: Act) -> None:
    """Hand in tasks that are wholly proved, where their obligation says so, and settle them.

    The submission bears the instant at which its last needed item was added. What
    was returned or withdrawn is handed in again only once more was added. Where
    somebody added items on behalf of the unit, the submission is on its behalf.
    """
    taken = take_each(db, task_ids)
    ready = {
        one.id: one
        for one in taken.values()
        if one.state in IN_HAND and one.says.auto_submit and not one.row.is_history
    }
    held = held_by(db, ready.values())
    latest = submissions.latest_submissions(db, ready)
    proved: dict[int, datetime] = {}
    for task_id, own in held.items():
        at = _proved_at(own)
        before = latest.get(task_id)
        if at is not None and (before is None or before.settled_at < at):
            proved[task_id] = at
    if not proved:
        return
    keys = _unit_keys(db, [held[one].taken.row.answerable_id for one in proved])
    moves, rows = [], []
    for task_id, at in proved.items():
        one = held[task_id].taken
        state = next_state(view_of(db, one, is_proved=True), Action.SUBMIT, by=_CHECKS)
        counts_at = counted_at(at, one.correction)
        changes = {"submitted_at": counts_at, "submitted_on": one.day_of(counts_at)}
        moves.append(Move(taken=one, action=Action.SUBMIT, state=state, changes=changes))
        is_on_behalf = any(row.is_on_behalf for row in held[task_id].rows)
        rows.append(
            {
                "task_id": task_id,
                "submitted_at": at,
                "submitted_by": act.by,
                "on_behalf_of": keys[one.row.answerable_id] if is_on_behalf else None,
                "ground": None,
                "is_automatic": True,
                "says_nothing": False,
                "counted_at": counts_at,
            }
        )
    added = submissions.add_submissions(db, rows)
    move(db, moves, act=act)
    settle_submissions(db, added.values(), act=act)


# --- conclusions ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conclusion:
    """What the checks do with a submission, and why."""

    action: Action
    reasons: Reasons


def _settle(db: Connection, held: Mapping[int, Held], *, act: Act) -> None:
    to_tell = [row.id for one in held.values() for row in one.rows if row.outcome != "passed"]
    verdicts = latest_verdicts(db, to_tell) if to_tell else {}
    accepted, returned, referred = [], [], []
    for one in held.values():
        found = _conclusion(one, verdicts)
        if found is None:
            continue
        view = view_of(db, one.taken, is_proved=found.action is Action.ACCEPT)
        state = next_state(view, found.action, by=_CHECKS, reason=reasons_of(found.reasons))
        if found.action is Action.ACCEPT:
            accepted.append(Accepted(held=one, state=state))
        elif found.action is Action.RETURN:
            returned.append(Returned(taken=one.taken, state=state, reasons=found.reasons))
        else:
            referred.append((one.taken, state, found.reasons))
    accept_each(db, accepted, action=Action.ACCEPT, act=act)
    return_each(db, returned, act=act)
    _refer(db, referred, act=act)


def _conclusion(held: Held, verdicts: Mapping[int, Row[Any]]) -> _Conclusion | None:
    waits = held.taken.waiting()
    outcomes = {item.id: item.outcome for item in held.items}
    if None in outcomes.values():
        return None
    failed = [row for row in held.rows if outcomes[row.id] is Outcome.FAILED]
    if failed:
        reasons = [_because("evidence.failed", row, verdicts) for row in failed]
        return _Conclusion(action=Action.RETURN, reasons=reasons)
    if waits.says_nothing:
        return _Conclusion(action=Action.REFER, reasons=[{"code": "submission.says_nothing"}])
    try:
        missing = held.as_confirmed().shortfalls()
    except Refusal as unknown:
        reason = {"code": unknown.code, **unknown.facts}
        return _Conclusion(action=Action.REFER, reasons=[reason])
    if missing:
        short: Reasons = [
            {
                "code": "evidence.missing",
                "requirement": one.requirement,
                "items": one.items,
                "quantity": one.quantity,
            }
            for one in missing
        ]
        return _Conclusion(action=Action.RETURN, reasons=short)
    reasons = _for_a_person(held, waits, verdicts)
    return _Conclusion(action=Action.REFER if reasons else Action.ACCEPT, reasons=reasons)


def _for_a_person(held: Held, waits: Row[Any], verdicts: Mapping[int, Row[Any]]) -> Reasons:
    """Why a person must look at a submission that holds all that is asked for."""
    outcomes = {item.id: item.outcome for item in held.items}
    reasons = [
        _because("evidence.undecided", row, verdicts)
        for row in held.rows
        if outcomes[row.id] is Outcome.UNDECIDED
    ]
    if waits.on_behalf_of is not None:
        reasons.append({"code": "submission.on_behalf", "unit": waits.on_behalf_of})
    if held.taken.says.is_confirmed_by_person:
        reasons.append({"code": "submission.needs_person"})
    return reasons


def _because(code: str, row: Row[Any], verdicts: Mapping[int, Row[Any]]) -> dict[str, Any]:
    verdict = verdicts.get(row.id)
    return {
        "code": code,
        "item": row.id,
        "name": row.name,
        "requirement": row.requirement,
        "because": [] if verdict is None else verdict.reasons,
    }


def _refer(db: Connection, referred: list[tuple[Taken, State, Reasons]], *, act: Act) -> None:
    """Lay submissions before a reviewer, with the day by which to decide."""
    if not referred:
        return
    due = review_due_on(db, [taken for taken, _, _ in referred], act=act)
    moves = [
        Move(
            taken=taken,
            action=Action.REFER,
            state=state,
            facts={"reasons": [reason["code"] for reason in reasons], "due_on": due[taken.id]},
        )
        for taken, state, reasons in referred
    ]
    move(db, moves, act=act)
    submissions.refer_submissions(
        db,
        {taken.waiting().id: (due[taken.id], reasons) for taken, _, reasons in referred},
        at=act.at,
    )


def _proved_at(held: Held) -> datetime | None:
    """When a task was wholly proved; None where it is not, or nobody knows how much it takes."""
    try:
        return held.proved_at() if held.is_proved() else None
    except Refusal:
        return None


def _unit_keys(db: Connection, ids: Iterable[int]) -> dict[int, str]:
    rows = db.execute(select(unit.c.id, unit.c.key).where(unit.c.id.in_(sorted(set(ids)))))
    return {row.id: row.key for row in rows}
