"""Seeing a succession through: what ended units left open is decided, what they did answered for.

Knows how decisions become rows. Follows every planning, and asks "has it
happened and not been served?", so that planning before the decision and after
it come to the same. Refuses to know which task merges into which
(``domain.merging``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from workflow import catalogue, journal
from workflow.catalogue import obligations_said
from workflow.domain.lifecycle import State
from workflow.domain.merging import (
    DECIDED,
    Course,
    Falling,
    Standing,
    decided_outcome,
    ensure_ends,
)
from workflow.journal import Entry
from workflow.store import carrying, keeping, successions, tasks, units
from workflow.store.work import put_work

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Row

    from workflow.catalogue import Kept
    from workflow.domain.merging import Outcome, Taking
    from workflow.domain.succession import Decision, Succession
    from workflow.journal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of an open task: ``merged``, ``split``, ``kept`` or ``cancelled``.

    ``kept`` stays as it is, and ``to`` answers for it; a merged or split one goes
    on in tasks of ``to``. Units by key.
    """

    task: int
    unit: str
    obligation: str
    fate: str
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was seen through: each open task, and how many others have a new answerable unit."""

    changes: tuple[Change, ...] = ()
    answered: int = 0


def settle_succession(db: Connection, *, agreement: str, act: Act) -> Settled:
    """Apply every succession that has happened to the tasks of the units that it ended.

    Belongs after each planning, in its transaction; a second run changes
    nothing. Open, returned and suspended tasks go on in one task of the
    successor per occasion, or end, as decided; what waits for a verdict or is
    accepted keeps its unit, and the successor answers for it. Locks the
    agreement, then the tasks.

    Raises ``Refusal("agreement.unknown")``.
    """
    kept = catalogue.locked(db, agreement)
    newest = keeping.newest_task(db)
    changes: list[Change] = []
    answered = 0
    for succession in successions.happened(db, until=kept.day_of(act.at)):
        one = _Settling(db, kept, succession, act=replace(act, reason=succession.ground))
        changes += one.decide()
        answered += one.answer()
    if changes:
        keeping.note_new_tasks(db, kept.id, since=newest)
    return Settled(changes=tuple(changes), answered=answered)


#: What a course is of a task's columns, beside its state.
_DAYS: Final = (
    "opens_on",
    "belongs_on",
    "original_due_on",
    "due_on",
    "report_by_on",
    "late_notice_on",
    "correction_on",
    "submitted_at",
    "submitted_on",
    "is_history",
)


class _Settling:
    """One succession and one agreement; statements do not depend on the number of tasks."""

    def __init__(self, db: Connection, kept: Kept, says: Succession, *, act: Act) -> None:
        self._db = db
        self._kept = kept
        self._says = says
        self._act = act
        self._ids = units.unit_ids(db)
        self._keys = {id_: key for key, id_ in self._ids.items()}
        self._rows: dict[int, Row[Any]] = {}
        self._entries: list[Entry] = []
        self._changes: list[dict[str, object]] = []

    def decide(self) -> list[Change]:
        """Decide what is open, and say what became of it."""
        ended = [self._ids[unit] for unit in self._says.ended]
        found = successions.left_open(self._db, self._kept.id, ended)
        if not found:
            return []
        codes = successions.obligation_codes(self._db, self._kept.id)
        decisions = {row.id: self._decision(row, codes) for row in found}
        held = successions.tasks_held(
            self._db,
            [(row.occasion_id, self._ids[unit]) for row in found for unit in decisions[row.id].to],
        )
        locked = tasks.locked_tasks(self._db, [*decisions, *held.values()])
        self._rows = {row.id: row for row in locked}
        # Whatever was handed in while the lock was waited for is answered for instead.
        falling = [
            Falling(
                id=id_,
                occasion=self._rows[id_].occasion_id,
                course=_course(self._rows[id_]),
                decision=decision,
            )
            for id_, decision in decisions.items()
            if self._rows[id_].state in DECIDED
        ]
        outcome = decided_outcome(
            falling,
            {
                (occasion, self._keys[unit_id]): self._standing(self._rows[id_])
                for (occasion, unit_id), id_ in held.items()
            },
        )
        self._apply(outcome)
        return [self._said(one, outcome, codes) for one in falling]

    def answer(self) -> int:
        """Name who answers for what waits or is accepted."""
        heirs = {
            self._ids[unit]: self._ids[heir]
            for unit in self._says.ended
            if (heir := self._says.answering(unit)) is not None
        }
        count = successions.answer_for(self._db, self._kept.id, heirs, act=self._act)
        if count:
            journal.record(
                self._db,
                act=self._act,
                verb="tasks.answerable_changed",
                agreement=self._kept.id,
                subject=("agreement", self._kept.id),
                after={"count": count, "on": self._says.happens_on},
            )
        return count

    # --- from rows to values ---------------------------------------------------

    def _decision(self, row: Row[Any], codes: Mapping[int, str]) -> Decision:
        return self._says.decided(
            self._keys[row.answerable_id],
            agreement=self._kept.says.code,
            obligation=codes[row.obligation_id],
        )

    def _standing(self, row: Row[Any]) -> Standing:
        return Standing(
            id=row.id,
            unit=self._keys[row.unit_id],
            course=_course(row),
            is_unowed=row.cancel_cause == "unowed",
        )

    # --- from values to rows ---------------------------------------------------

    def _apply(self, outcome: Outcome) -> None:
        targets = self._targets(outcome.takings)
        merged = {id_: targets[one] for one in outcome.takings for id_ in one.merged}
        carried = {id_: targets[one] for one in outcome.takings for id_ in one.evidence_of}
        for one in outcome.takings:
            self._take_over(targets[one], one)
        for id_, target in merged.items():
            self._end(id_, "merged", verb="task.merged", into=target)
        for id_ in outcome.split:
            parts = [targets[one] for one in outcome.takings if id_ in one.split]
            self._end(id_, "succession", verb="task.split", into=parts)
        for id_ in outcome.cancelled:
            self._end(id_, "succession", verb="task.cancelled")
        for id_, unit in outcome.kept:
            self._keep(id_, unit)
        tasks.change_tasks(self._db, self._changes, act=self._act)
        if merged:
            successions.note_merged(self._db, merged)
        self._carry(carried, ended=[*merged, *outcome.split, *outcome.cancelled])
        self._release(outcome.cancelled)
        journal.record_each(self._db, self._entries, act=self._act)

    def _targets(self, takings: Iterable[Taking]) -> dict[Taking, int]:
        """The task of each taking, made where there was none."""
        missing = [one for one in takings if one.task is None]
        if not missing:
            return {one: one.task for one in takings if one.task is not None}
        made = successions.make_tasks(
            self._db,
            [
                (
                    min((*one.merged, *one.split)),
                    self._ids[one.unit],
                    *(getattr(one.course, name) for name in successions.MADE_DAYS),
                )
                for one in missing
            ],
            act=self._act,
        )
        self._rows |= {row.id: row for row in tasks.locked_tasks(self._db, made.values())}
        return {one: one.task or made[one.occasion, self._ids[one.unit]] for one in takings}

    def _take_over(self, id_: int, taking: Taking) -> None:
        row, course = self._rows[id_], taking.course
        self._entries.append(
            Entry(
                verb="task.taken_over",
                subject=("task", id_),
                agreement=self._kept.id,
                before=None if taking.task is None else {"state": row.state, "due_on": row.due_on},
                after={
                    "state": course.state.value,
                    "due_on": course.due_on,
                    "unit": taking.unit,
                    "from": [*taking.merged, *taking.split],
                },
            )
        )
        if taking.task is None and _course(row) == course:
            # It was made as it is: there is no change to write down.
            return
        self._changes.append(
            _changed(
                row,
                "take_over",
                state=course.state.value,
                state_before=course.state_before and course.state_before.value,
                cancel_cause=None,
                **{name: getattr(course, name) for name in _DAYS},
            )
        )

    def _end(self, id_: int, cause: str, *, verb: str, into: object = None) -> None:
        row = self._rows[id_]
        ensure_ends(_course(row), reason=self._says.ground)
        self._changes.append(
            _changed(row, "cancel", state="cancelled", state_before=row.state, cancel_cause=cause)
        )
        self._entries.append(
            Entry(
                verb=verb,
                subject=("task", id_),
                agreement=self._kept.id,
                before={"state": row.state},
                after={"state": "cancelled", "cause": cause, "into": into},
            )
        )

    def _keep(self, id_: int, unit: str) -> None:
        row = self._rows[id_]
        self._changes.append(_changed(row, "answer", answerable_id=self._ids[unit]))
        self._entries.append(
            Entry(
                verb="task.answerable_changed",
                subject=("task", id_),
                agreement=self._kept.id,
                before={"answerable": self._keys[row.answerable_id]},
                after={"answerable": unit},
            )
        )

    def _carry(self, carried: Mapping[int, int], *, ended: Iterable[int]) -> None:
        into = set(carried.values())
        carrying.carry_items(self._db, carried, at=self._act.at)
        carrying.carry_requests(self._db, carried, at=self._act.at)
        carrying.refuse_requests(
            self._db, ended, by="system:succession", at=self._act.at, answer=self._says.ground
        )
        unchecked = carrying.unchecked_items(self._db, into)
        put_work(self._db, kind="verify_item", subjects=unchecked, due_at=self._act.at)
        versions = {id_: self._rows[id_].version_id for id_ in into}
        said = obligations_said(self._db, versions.values())
        automatic = [id_ for id_, version in versions.items() if said[version].auto_submit]
        put_work(self._db, kind="submit_automatically", subjects=automatic, due_at=self._act.at)

    def _release(self, ended: Iterable[int]) -> None:
        """What a task that ended has used up of a proof is free for others."""
        contenders = carrying.release_proofs(self._db, ended)
        if contenders is not None:
            put_work(self._db, kind="verify_item", subjects=contenders, due_at=self._act.at)

    def _said(self, one: Falling, outcome: Outcome, codes: Mapping[int, str]) -> Change:
        row = self._rows[one.id]
        fate, to = "cancelled", list[str]()
        for taking in outcome.takings:
            if one.id in taking.merged:
                fate, to = "merged", [taking.unit]
            elif one.id in taking.split:
                fate = "split"
                to.append(taking.unit)
        for id_, unit in outcome.kept:
            if id_ == one.id:
                fate, to = "kept", [unit]
        return Change(
            task=one.id,
            unit=self._keys[row.unit_id],
            obligation=codes[row.obligation_id],
            fate=fate,
            to=tuple(to),
        )


def _course(row: Row[Any]) -> Course:
    return Course(
        state=State(row.state),
        state_before=State(row.state_before) if row.state == State.SUSPENDED else None,
        **{name: getattr(row, name) for name in _DAYS},
    )


def _changed(row: Row[Any], act: str, **changes: object) -> dict[str, object]:
    known = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row's columns
    return {
        **known,
        "task_id": row.id,
        "act": act,
        "state_from": row.state,
        "due_on_from": row.due_on,
        # What goes on with a task may give it other days than its own rule did.
        **{f"{name}_from": known[name] for name in tasks.GIVEN},
        **changes,
    }
