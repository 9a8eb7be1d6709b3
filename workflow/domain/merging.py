"""How open tasks of units that ended go on with their successors.

Knows into which task of a successor an open one merges, what the joined task
looks like, and when it stays as it is with the successor answerable. Refuses
to know which decisions there are (``succession``), and tables. A task never
changes its unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workflow.domain.lifecycle import Action, Actor, State, TaskView, Who, next_state
from workflow.domain.succession import Fate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from workflow.domain.succession import Decision
    from workflow.domain.units import Unit

#: States of a task that a succession decides on; what waits or is settled keeps its unit.
DECIDED: Final = frozenset({State.OPEN, State.RETURNED, State.SUSPENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a task stands: the part of it that its successor's task takes on.

    ``state_before`` is set while it is suspended. Null days are unknown terms.
    """

    state: State
    opens_on: date
    belongs_on: date
    original_due_on: date | None = None
    due_on: date | None = None
    report_by_on: date | None = None
    late_notice_on: date | None = None
    correction_on: date | None = None
    submitted_at: datetime | None = None
    submitted_on: date | None = None
    is_history: bool = False
    state_before: State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Falling:
    """An open task of a unit that ended, with what was decided for it.

    ``decision.to`` names the units that take it over, complete.
    """

    id: int
    occasion: int
    course: Course
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The task that a successor already has for an occasion.

    ``unit`` is its unit: another than the successor where the successor's own
    has been merged on. ``is_unowed``: the planner cancelled it, since the
    successor did not owe it by itself; no person and no decision stands
    against reviving it.
    """

    id: int
    unit: str
    course: Course
    is_unowed: bool = False

    @property
    def takes_over(self) -> bool:
        """Whether others can merge into it: neither waiting nor settled."""
        return self.course.state in DECIDED or self.is_unowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """A task of a successor that goes on for others.

    ``task`` None: it is yet to be made. ``merged`` are joined whole, ``split``
    in part; ``evidence_of`` are those whose items are carried over.
    """

    occasion: int
    unit: str
    task: int | None
    course: Course
    merged: tuple[int, ...]
    split: tuple[int, ...]
    evidence_of: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of open tasks of ended units; each is in exactly one of the parts.

    ``kept`` stay as they are, with the unit that answers for them now. What is
    split is in the taking of each of its successors and in ``split``.
    """

    takings: tuple[Taking, ...]
    kept: tuple[tuple[int, str], ...]
    split: tuple[int, ...]
    cancelled: tuple[int, ...]


def decided_outcome(
    falling: Iterable[Falling], standing: Mapping[tuple[int, str], Standing]
) -> Outcome:
    """Apply the decisions: one task of a successor for each occasion, in the order of numbers.

    ``standing`` has the tasks of the successors by occasion and unit.
    """
    own = {(occasion, there.unit): there for (occasion, _), there in standing.items()}
    groups: dict[tuple[int, str], list[tuple[Falling, bool]]] = {}
    kept: list[tuple[int, str]] = []
    split: list[int] = []
    cancelled: list[int] = []
    for one in sorted(falling, key=lambda one: one.id):
        if one.decision.fate is Fate.CANCEL:
            cancelled.append(one.id)
            continue
        heirs = [_heir(standing, one.occasion, unit) for unit in one.decision.to]
        takers = [unit for unit, takes_over in dict(heirs).items() if takes_over]
        if not takers:
            kept.append((one.id, heirs[0][0]))
        elif one.decision.fate is Fate.SPLIT:
            split.append(one.id)
        for unit in takers:
            groups.setdefault((one.occasion, unit), []).append((one, unit == takers[0]))
    return Outcome(
        takings=tuple(_taking(key, group, own.get(key)) for key, group in sorted(groups.items())),
        kept=tuple(kept),
        split=tuple(split),
        cancelled=tuple(cancelled),
    )


def joined(courses: Sequence[Course]) -> Course:
    """One task in the place of several of the same occasion; a single one goes on as it is.

    It is suspended only where all are, and returned only where all were; a
    correction term goes on where each had one, counted from the last that was
    first handed in. Of each day the latest holds, so that an extension of one
    is lost to none.
    """
    if len(courses) == 1:
        return courses[0]
    moving = [one for one in courses if one.state is not State.SUSPENDED]
    hands = {one.state_before or one.state for one in moving or courses}
    state = State.RETURNED if hands == {State.RETURNED} else State.OPEN
    has_term = state is State.RETURNED and all(one.correction_on for one in courses)
    first = max(courses, key=_handed_in) if has_term else None
    return Course(
        state=state if moving else State.SUSPENDED,
        state_before=None if moving else state,
        opens_on=min(one.opens_on for one in courses),
        belongs_on=max(one.belongs_on for one in courses),
        original_due_on=_latest(one.original_due_on for one in courses),
        due_on=_latest(one.due_on for one in courses),
        report_by_on=_latest(one.report_by_on for one in courses),
        late_notice_on=_latest(one.late_notice_on for one in courses),
        correction_on=_latest(one.correction_on for one in courses) if has_term else None,
        submitted_at=first.submitted_at if first else None,
        submitted_on=first.submitted_on if first else None,
        is_history=all(one.is_history for one in courses),
    )


def ensure_ends(course: Course, *, reason: str) -> None:
    """Ask the table of a task's life whether a succession may end it.

    Raises ``Refusal`` as ``lifecycle.next_state`` does: without a ground, or
    for what waits for a verdict.
    """
    view = TaskView(state=course.state, state_before=course.state_before, submitters=frozenset())
    next_state(view, Action.CANCEL, by=Actor(who=Who.SUCCESSION), reason=reason)


def copies_owed(
    title: str,
    *,
    own: Unit,
    merged: Iterable[Unit],
    on: date,
    due_on: date,
    took_over_on: Iterable[date] = (),
) -> int | None:
    """Copies of a title that a task asks for: those of its unit and of what was merged into it.

    Whoever was there on the due day owes its copies of the occasion's day
    ``on``; the unit itself, where it took over from others in between
    (``took_over_on``), those of that day, for they include the others'. A unit
    that was not there on the due day owes by itself only where nothing was
    merged: then the copies of its first day. None where nobody owes any.
    """
    days = [day for day in took_over_on if day <= due_on]
    amounts = [own.quota_on(title, max([on, *days]))] if own.life.covers(due_on) else []
    amounts += [unit.quota_on(title, on) for unit in merged if unit.life.covers(due_on)]
    known = [amount for amount in amounts if amount is not None]
    if known:
        return sum(known)
    return own.quota_on(title, max(on, own.life.from_on))


def _heir(
    standing: Mapping[tuple[int, str], Standing], occasion: int, unit: str
) -> tuple[str, bool]:
    """The unit in whose task an open one would go on, and whether that still takes others over."""
    there = standing.get((occasion, unit))
    return (unit, True) if there is None else (there.unit, there.takes_over)


def _taking(
    key: tuple[int, str], group: Sequence[tuple[Falling, bool]], there: Standing | None
) -> Taking:
    courses = [one.course for one, _ in group]
    if there is not None and not there.is_unowed:
        courses.insert(0, there.course)
    return Taking(
        occasion=key[0],
        unit=key[1],
        task=None if there is None else there.id,
        course=joined(courses),
        merged=tuple(one.id for one, _ in group if one.decision.fate is Fate.TRANSFER),
        split=tuple(one.id for one, _ in group if one.decision.fate is Fate.SPLIT),
        evidence_of=tuple(one.id for one, is_first in group if is_first),
    )


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _handed_in(course: Course) -> datetime:
    if course.submitted_at is None:
        raise ValueError("a correction term without a first submission")
    return course.submitted_at
