"""What may happen to a task, written as the use cases would have left it.

Knows the rows of a change: the task's columns and its dated row. Refuses to know rules: a
test says what happened, and on which day, at nine in the morning.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from tests import worlds
from workflow.store.agreements import obligation
from workflow.store.evidence import doubt, evidence_file, evidence_item, evidence_verdict
from workflow.store.occasions import occasion
from workflow.store.submissions import concession, submission
from workflow.store.tasks import GIVEN, task, task_change
from workflow.store.units import unit

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_CARRIED = (
    *GIVEN,
    "due_on",
    "answerable_id",
    "submitted_at",
    "submitted_on",
    "done_at",
    "done_on",
    "correction_on",
)


def tasks_planned(db: Connection) -> list[Row[Any]]:
    """Every task with the keys of what it is: unit_key, duty, occasion."""
    return list(
        db.execute(
            select(
                task,
                occasion.c.key.label("occasion"),
                unit.c.key.label("unit_key"),
                obligation.c.code.label("duty"),
            )
            .join(occasion, occasion.c.id == task.c.occasion_id)
            .join(unit, unit.c.id == task.c.unit_id)
            .join(obligation, obligation.c.id == task.c.obligation_id)
            .order_by(task.c.id)
        )
    )


def the_task(db: Connection, duty: str, unit_key: str, key: str) -> Row[Any]:
    """One task by what it is."""
    (found,) = (
        row
        for row in tasks_planned(db)
        if (row.duty, row.unit_key, row.occasion) == (duty, unit_key, key)
    )
    return found


def change(db: Connection, task_id: int, state: str, on: str, **facts: Any) -> None:
    """Give a task a state and facts on a day."""
    row = db.execute(select(task).where(task.c.id == task_id)).one()
    before = row._mapping
    after = {name: facts.get(name, before[name]) for name in _CARRIED}
    db.execute(
        insert(task_change).values(
            task_id=task_id,
            at=worlds.at(on),
            act="act",
            by="can-bo",
            state_from=row.state,
            state=state,
            due_on_from=row.due_on,
            **after,
            **{f"{name}_from": before[name] for name in GIVEN},
        )
    )
    db.execute(
        update(task)
        .where(task.c.id == task_id)
        .values(
            state=state,
            changed_at=worlds.at(on),
            is_touched=True,
            cancel_cause="person" if state == "cancelled" else None,
            **after,
        )
    )


def hand_in(db: Connection, task_id: int, on: str, *, accepted: str | None = None) -> None:
    """Hand a task in on a day and accept it on another."""
    change(db, task_id, "submitted", on, submitted_at=worlds.at(on), submitted_on=worlds.day(on))
    if accepted is not None:
        change(db, task_id, "accepted", accepted, done_at=worlds.at(on), done_on=worlds.day(on))


def ask(
    db: Connection,
    task_id: int,
    kind: str,
    on: str,
    *,
    until: str | None = None,
    reason: str = "Đơn vị đang kiện toàn cấp ủy.",
    decided: str | None = None,
    decision: str = "granted",
) -> None:
    """Ask for an extension or a waiver, and decide on it; a task that gains by it changes."""
    db.execute(
        insert(concession).values(
            task_id=task_id,
            kind=kind,
            asked_by="can-bo",
            asked_at=worlds.at(on),
            reason=reason,
            until_on=until and worlds.day(until),
            decided_by=decided and "quan-tri",
            decided_at=decided and worlds.at(decided),
            decision=decided and decision,
        )
    )
    if decided is None or decision != "granted":
        return
    if kind == "waiver":
        change(db, task_id, "waived", decided)
    elif until is not None:
        change(db, task_id, "open", decided, due_on=worlds.day(until))


def give_back(db: Connection, task_id: int, on: str, text: str) -> None:
    """Return what was handed in, for a reason in a reviewer's words."""
    number = 1 + len(
        db.execute(select(submission.c.id).where(submission.c.task_id == task_id)).all()
    )
    db.execute(
        insert(submission).values(
            task_id=task_id,
            number=number,
            submitted_at=worlds.at(on),
            submitted_by="can-bo",
            counted_at=worlds.at(on),
            settled_at=worlds.at(on),
            settled_by="ra-soat",
            outcome="returned",
            reasons=[{"code": "review.said", "by": "ra-soat", "text": text}],
        )
    )
    change(db, task_id, "returned", on)


def offer(db: Connection, task_id: int, on: str, *, name: str = "bien-ban.pdf") -> str:
    """Add a file that passes its check, and give its hash."""
    content = hashlib.sha256(f"{name} {on}".encode()).hexdigest()
    known = db.scalar(select(evidence_file.c.size).where(evidence_file.c.sha256 == content))
    if known is None:
        db.execute(insert(evidence_file).values(sha256=content, size=1000, stored_at=worlds.at(on)))
    item = db.execute(
        insert(evidence_item)
        .values(
            task_id=task_id,
            requirement="minh-chung",
            sha256=content,
            name=name,
            figures={},
            added_by="can-bo",
            added_at=worlds.at(on),
            outcome="passed",
            outcome_at=worlds.at(on),
        )
        .returning(evidence_item.c.id)
    ).scalar_one()
    db.execute(
        insert(evidence_verdict).values(
            item_id=item,
            check="attachment",
            version="1",
            sha256=content,
            outcome="passed",
            reasons=[],
            read={},
            decided_at=worlds.at(on),
        )
    )
    return content


def raise_doubt(db: Connection, task_id: int, on: str, *, text: str = "Ảnh bị mờ.") -> None:
    """Speak against an accepted task."""
    db.execute(
        insert(doubt).values(
            task_id=task_id,
            kind="raised",
            reason={"code": "doubt.said", "by": "ra-soat", "text": text},
            raised_by="ra-soat",
            raised_at=worlds.at(on),
        )
    )
