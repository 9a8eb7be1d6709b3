"""Tasks taken in hand: locked, asked of the table, moved, and written down.

Knows how one act, or one batch of them, changes tasks: the row is locked, the
pure table says where the act leads, and the new state, its dated row and the
journal's entry are written together. Refuses to know why anybody acts, and what
else an act changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from workflow import journal
from workflow.access import is_rule
from workflow.catalogue import agreements_said, obligations_said
from workflow.domain.errors import Refusal
from workflow.domain.grace import Correction
from workflow.domain.lifecycle import (
    PARENTHESES,
    Action,
    Actor,
    State,
    TaskView,
    Who,
    next_state,
    state_before,
)
from workflow.domain.timeliness import Terms, day_of, due_until
from workflow.journal import Entry
from workflow.store import submissions, tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from workflow.domain.agreement import Agreement, Obligation
    from workflow.journal import Act

#: How the journal calls an action that was done.
_VERBS: Final = {
    Action.SUBMIT: "task.submitted",
    Action.DECLARE_NOTHING: "task.nothing_declared",
    Action.WITHDRAW: "task.withdrawn",
    Action.ACCEPT: "task.accepted",
    Action.REFER: "task.referred",
    Action.RETURN: "task.returned",
    Action.CONFIRM: "task.confirmed",
    Action.WAIVE: "task.waived",
    Action.SUSPEND: "task.suspended",
    Action.EXTEND: "task.extended",
    Action.RESUME: "task.resumed",
    Action.CANCEL: "task.cancelled",
    Action.REOPEN: "task.reopened",
}
#: The capacities in which somebody hands in for another.
ON_BEHALF: Final = frozenset({Who.SUPERIOR, Who.ADMINISTRATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A task whose row is locked, with the definition that it began with.

    ``submission`` is the one that waits for a verdict, if any.
    """

    row: Row[Any]
    says: Obligation
    agreement: Agreement
    submission: Row[Any] | None

    @property
    def id(self) -> int:
        """The task's number."""
        return int(self.row.id)

    @property
    def state(self) -> State:
        """What someone last did to it."""
        return State(self.row.state)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its days lie."""
        return ZoneInfo(self.agreement.settings.zone)

    @property
    def terms(self) -> Terms:
        """What it is judged by."""
        return Terms.of_days(
            zone=self.zone,
            due_on=self.row.due_on,
            report_by_on=self.row.report_by_on,
            late_notice_on=self.row.late_notice_on,
            correction_on=self.row.correction_on,
        )

    @property
    def correction(self) -> Correction | None:
        """The correction term that it was given, over or not."""
        if self.row.correction_on is None:
            return None
        return Correction(
            first_submitted_at=self.row.submitted_at,
            until=due_until(self.row.correction_on, self.zone),
        )

    def day_of(self, at: datetime) -> date:
        """The day of an instant in the agreement's zone."""
        return day_of(at, self.zone)

    def waiting(self) -> Row[Any]:
        """The submission that waits. Raises ``Refusal("task.nothing_waits")``."""
        if self.submission is None:
            raise Refusal("task.nothing_waits", task=self.id)
        return self.submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A change of one task: where the table leads, and what else of its cache differs then.

    ``verb`` is the journal's where it is not the action's own; ``facts`` go there too.
    """

    taken: Taken
    action: Action
    state: State
    changes: Mapping[str, object] = field(default_factory=dict)
    cancel_cause: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    verb: str | None = None


def take(db: Connection, task_id: int) -> Taken:
    """Lock a task and read it. Raises ``Refusal("task.unknown")``."""
    found = take_each(db, [task_id])
    if not found:
        raise Refusal("task.unknown", task=task_id)
    return found[task_id]


def take_each(db: Connection, task_ids: Iterable[int]) -> dict[int, Taken]:
    """Lock tasks in the order of their numbers and read them; what does not exist is left out."""
    return _taken(db, tasks.locked_tasks(db, task_ids))


def look_at_each(db: Connection, task_ids: Iterable[int]) -> dict[int, Taken]:
    """The same without any lock: only to be shown."""
    return _taken(db, tasks.tasks_by_id(db, task_ids))


def look_at_rows(
    db: Connection, rows: Sequence[Row[Any]], *, waiting: Mapping[int, Row[Any]]
) -> dict[int, Taken]:
    """The same of rows that bear every column of their tasks, with the submissions that wait."""
    return _taken(db, rows, waiting)


def _taken(
    db: Connection, rows: Sequence[Row[Any]], waiting: Mapping[int, Row[Any]] | None = None
) -> dict[int, Taken]:
    said = agreements_said(db, {row.agreement_id for row in rows})
    duties = obligations_said(db, {row.version_id for row in rows})
    if waiting is None:
        waiting = submissions.waiting_submissions(db, [row.id for row in rows])
    return {
        row.id: Taken(
            row=row,
            says=duties[row.version_id],
            agreement=said[row.agreement_id],
            submission=waiting.get(row.id),
        )
        for row in rows
    }


def view_of(
    db: Connection,
    taken: Taken,
    *,
    is_proved: bool = False,
    added_by: Iterable[str] = (),
    asked_by: str | None = None,
) -> TaskView:
    """The task as the table sees it.

    ``added_by`` are those who added its items: of an automatic submission theirs are
    the hands that made it.
    """
    before = taken.row.state_before
    if taken.state in PARENTHESES and before is None:
        # Reinstated by the planner, which does not keep what was two states ago.
        before = state_before([State(state) for state in tasks.states_of(db, taken.id)])
    waits = taken.submission
    hands = set() if waits is None else {waits.submitted_by}
    if waits is not None and waits.is_automatic:
        hands |= set(added_by)
    return TaskView(
        state=taken.state,
        state_before=None if before is None else State(before),
        submitters=frozenset(hands),
        is_proved=is_proved,
        needs_person=taken.says.is_confirmed_by_person,
        is_on_behalf=waits is not None and waits.on_behalf_of is not None,
        says_nothing=waits is not None and waits.says_nothing,
        submits_itself=taken.says.auto_submit,
        allows_nothing=taken.says.allows_nothing,
        asked_by=asked_by,
    )


def asked(
    db: Connection, taken: Taken, action: Action, *, view: TaskView, by: Actor, act: Act
) -> State:
    """Where the table leads.

    Raises what ``lifecycle.next_state`` raises. But where the state does not allow
    the action and another has moved the task last, ``Refusal("task.changed_meanwhile")``
    says who did what and when: of two who act at once, the second learns what happened.
    """
    try:
        return next_state(view, action, by=by, reason=act.reason)
    except Refusal as refusal:
        last = tasks.latest_change(db, taken.id)
        if refusal.code != "task.action_not_allowed" or last is None or last.by == act.by:
            raise
        raise Refusal(
            "task.changed_meanwhile",
            action=action.value,
            state=taken.state.value,
            did=last.act,
            by=last.by,
            at=last.at.isoformat(),
        ) from refusal


def move(db: Connection, moves: Sequence[Move], *, act: Act) -> None:
    """Write what these moves change: the tasks, a dated row each, and the journal."""
    if not moves:
        return
    moved = tasks.change_tasks(db, [_change(one) for one in moves], act=act)
    if moved != len(moves):
        # Nobody else can have moved a locked row: the caller took it under no lock.
        raise RuntimeError(f"{len(moves) - moved} of {len(moves)} tasks were not as they were read")
    journal.record_each(db, [_entry(one) for one in moves], act=act)


def ensure_person(act: Act) -> None:
    """Refuse a rule what only a person decides. Raises ``Refusal("access.person_only")``."""
    if is_rule(act.by):
        raise Refusal("access.person_only", by=act.by)


def _change(one: Move) -> dict[str, object]:
    row = one.taken.row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row's columns
    before = one.taken.state.value if one.state in PARENTHESES else None
    return {
        **row,
        **one.changes,
        "task_id": one.taken.id,
        "act": one.action.value,
        "state_from": one.taken.state.value,
        "state": one.state.value,
        "state_before": before,
        "cancel_cause": one.cancel_cause,
        "due_on_from": row["due_on"],
    }


def _entry(one: Move) -> Entry:
    row = one.taken.row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row's columns
    before = {name: row[name] for name, value in one.changes.items() if row[name] != value}
    after = {name: one.changes[name] for name in before}
    return Entry(
        verb=one.verb or _VERBS[one.action],
        subject=("task", one.taken.id),
        agreement=one.taken.row.agreement_id,
        before={"state": one.taken.state.value, **before},
        after={"state": one.state.value, **after, **one.facts},
    )
