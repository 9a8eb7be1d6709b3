"""The review desk: people confirm or return what the checks could not settle alone.

Knows four eyes, the one correction term of a task, and that the review itself has a
due day. Refuses to judge evidence: what a reviewer says counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from workflow.access import capacity, day_of, scope_of
from workflow.dividing import claim_confirmed
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import Action, State
from workflow.moves import Move, asked, ensure_person, move, take, view_of
from workflow.outcomes import Accepted, Returned, accept_each, correction_on, return_each
from workflow.proving import held_by
from workflow.store import worklist
from workflow.store.agreements import agreement
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from workflow.journal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What became of one task in a decision on many; ``refusal`` says why it was left."""

    task_id: int
    refusal: Refusal | None = None


def confirm_submission(db: Connection, task_id: int, *, act: Act) -> None:
    """Accept a submission that waits for a person; nobody confirms what they handed in.

    What the checks left undecided counts as proved from then on. Raises
    ``Refusal``: ``task.unknown``, ``access.denied``, ``task.four_eyes`` and what else
    the table says.
    """
    ensure_person(act)
    taken = take(db, task_id)
    actor = capacity(db, Action.CONFIRM, task_row=taken.row, act=act)
    held = held_by(db, [taken])[task_id]
    view = view_of(db, taken, added_by=[row.added_by for row in held.rows])
    state = asked(db, taken, Action.CONFIRM, view=view, by=actor, act=act)
    accept_each(db, [Accepted(held=held, state=state)], action=Action.CONFIRM, act=act)
    claim_confirmed(db, held, at=act.at)


def return_submission(db: Connection, task_id: int, *, act: Act) -> None:
    """Give a submission back to its unit with a reason (``act.reason``).

    Once a task, where the submission was made in time, this gives the unit a
    correction term: what it hands in again within it counts at the first instant.
    Raises ``Refusal``: ``task.unknown``, ``access.denied``, ``task.reason_missing``
    and what else the table says.
    """
    ensure_person(act)
    taken = take(db, task_id)
    actor = capacity(db, Action.RETURN, task_row=taken.row, act=act)
    state = asked(db, taken, Action.RETURN, view=view_of(db, taken), by=actor, act=act)
    waits = taken.waiting()
    returned = Returned(
        taken=taken,
        state=state,
        reasons=[{"code": "review.said", "by": act.by, "text": act.reason}],
        correction_on=correction_on(
            db,
            taken,
            action=Action.RETURN,
            by=actor.who,
            counted_at=waits.counted_at,
            act=act,
        ),
    )
    return_each(db, [returned], act=act)


def grant_correction(db: Connection, task_id: int, *, act: Act) -> date:
    """Give the correction term to a task that the checks returned or that was reopened.

    Gives its last day. Only who may return may grant it. Raises ``Refusal``:
    ``task.unknown``, ``access.denied``, ``task.not_returned``,
    ``task.correction_already_given``, ``task.correction_of_late_submission``.
    """
    ensure_person(act)
    taken = take(db, task_id)
    actor = capacity(db, Action.RETURN, task_row=taken.row, act=act)
    if taken.state is not State.RETURNED or taken.row.submitted_at is None:
        raise Refusal("task.not_returned", task=task_id, state=taken.state.value)
    last_on = correction_on(
        db,
        taken,
        action=Action.RETURN,
        by=actor.who,
        counted_at=taken.row.submitted_at,
        act=act,
        is_granted=True,
    )
    assert last_on is not None  # noqa: S101 - a grant gives a term or raises; this tells mypy
    one = Move(
        taken=taken,
        action=Action.RETURN,
        state=taken.state,
        changes={"correction_on": last_on},
        verb="task.correction_granted",
    )
    move(db, [one], act=act)
    return last_on


def decide_each(
    db: Connection,
    task_ids: Iterable[int],
    decide: Callable[..., object],
    *,
    act: Act,
) -> list[Decided]:
    """Confirm or return many submissions, each for itself; who may not is told for each.

    ``decide`` is ``confirm_submission`` or ``return_submission``. What is refused leaves
    the others as they were decided. In the order of the tasks' numbers, so that two
    who decide at once wait in line.
    """
    decided = []
    for task_id in sorted(set(task_ids)):
        try:
            decide(db, task_id, act=act)
        except Refusal as refusal:
            # A refusal comes before anything is written, so there is nothing to take back.
            decided.append(Decided(task_id=task_id, refusal=refusal))
        else:
            decided.append(Decided(task_id=task_id))
    return decided


def waiting_reviews(
    db: Connection,
    *,
    by: str,
    at: datetime,
    only_overdue: bool = False,
    agreement_code: str | None = None,
    after: tuple[date, int] | None = None,
    at_most: int = 200,
) -> list[Row[Any]]:
    """What waits for a decision that this person may take, the most urgent first.

    ``after`` are the review's due day and the submission's number of the last row seen.

    Each row says ``is_overdue`` (the review's own due day has passed),
    ``is_on_behalf``, ``says_nothing`` and how many ``doubts`` are open. A person's
    own submissions are listed with ``is_own``: another has to decide them.
    """
    on = day_of(at)
    where = [scope_of(db, by, at=at, action=Action.CONFIRM)]
    if only_overdue:
        where.append(worklist.is_review_overdue(on))
    if agreement_code is not None:
        ids = select(agreement.c.id).where(agreement.c.code == agreement_code)
        where.append(task.c.agreement_id == ids.scalar_subquery())
    return worklist.reviews_waiting(db, *where, by=by, on=on, at_most=at_most, after=after)
