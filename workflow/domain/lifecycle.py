"""The life of a task: which act moves it from which state to which, and who may act.

Knows one table; what the table does not say is refused. Refuses to know time
(``timeliness`` derives what time did), what evidence is worth, which person
holds which role, and how a state is stored. ``docs/lifecycle.md`` and the
tests read this same table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


class State(StrEnum):
    """What someone last did to a task."""

    OPEN = "open"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WAIVED = "waived"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


#: The unit has the task in hand: it may add evidence, submit and ask for concessions.
IN_HAND: Final = frozenset({State.OPEN, State.RETURNED})
#: A submission waits for a verdict; its items are frozen.
WAITING: Final = frozenset({State.SUBMITTED, State.IN_REVIEW})
#: States that are left backwards, so that what was before must be known.
PARENTHESES: Final = frozenset({State.SUBMITTED, State.SUSPENDED, State.CANCELLED})


class Action(StrEnum):
    """What can be done to a task."""

    ADD_EVIDENCE = "add_evidence"
    REMOVE_EVIDENCE = "remove_evidence"
    SUBMIT = "submit"
    DECLARE_NOTHING = "declare_nothing"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    REFER = "refer"
    RETURN = "return"
    CONFIRM = "confirm"
    WAIVE = "waive"
    SUSPEND = "suspend"
    EXTEND = "extend"
    RESUME = "resume"
    CANCEL = "cancel"
    REINSTATE = "reinstate"
    REOPEN = "reopen"


class Who(StrEnum):
    """In which capacity someone, or something, acts.

    ``unit`` is a person of the answerable unit, ``superior`` one of a unit
    above it, ``assigner`` who instructed the unit, where the task is of an instruction.
    ``checks``, ``planner`` and the four causes are no persons.
    """

    UNIT = "unit"
    SUPERIOR = "superior"
    ADMINISTRATOR = "administrator"
    REVIEWER = "reviewer"
    ASSIGNER = "assigner"
    CHECKS = "checks"
    PLANNER = "planner"
    MEETING = "meeting"
    AMENDMENT = "amendment"
    AGREEMENT_END = "agreement_end"
    SUCCESSION = "succession"


#: What made a task owed may go away, and come back.
CAUSES: Final = frozenset({Who.MEETING, Who.AMENDMENT, Who.AGREEMENT_END})


class Target(StrEnum):
    """Where an act leads when it is not to one fixed state."""

    SAME = "same"
    BEFORE = "before"


class Guard(StrEnum):
    """What must hold besides state and capacity; ``task.<guard>`` is the refusal's code."""

    REASON_MISSING = "reason_missing"
    FOUR_EYES = "four_eyes"
    NOT_ASKED = "not_asked"
    NOT_PROVED = "not_proved"
    PERSON_MUST_CONFIRM = "person_must_confirm"
    NOT_AUTOMATIC = "not_automatic"
    NOTHING_NOT_ALLOWED = "nothing_not_allowed"
    CAUSE_NOT_BACK = "cause_not_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """What the table needs to know of a task.

    ``state_before`` is what withdraw, resume and reinstate go back to; it is
    required in the states that are left backwards (``ValueError``).
    ``submitters`` are the users whose hands made the waiting submission: who
    declared it and, where it was automatic, who added its items. The defaults
    of the rest refuse rather than allow. ``asked_by`` is who asked for the
    concession under decision; ``cancelled_by`` is in which capacity it was
    cancelled.
    """

    state: State
    submitters: frozenset[str]
    state_before: State | None = None
    is_proved: bool = False
    needs_person: bool = True
    is_on_behalf: bool = False
    says_nothing: bool = False
    submits_itself: bool = False
    allows_nothing: bool = False
    asked_by: str | None = None
    cancelled_by: Who | None = None

    def __post_init__(self) -> None:
        if self.state in PARENTHESES and self.state_before is None:
            raise ValueError(f"a task that is {self.state} came from some state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, in which capacity; ``user`` is None for what is no person."""

    who: Who
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: in these states these may do this, if every guard holds."""

    before: tuple[State, ...]
    action: Action
    after: State | Target
    who: tuple[Who, ...]
    guards: tuple[Guard, ...] = ()


_HAND: Final = (State.OPEN, State.RETURNED)
_SUBMITTED: Final = (State.SUBMITTED,)
_WAITING: Final = (State.SUBMITTED, State.IN_REVIEW)

_UNIT: Final = (Who.UNIT,)
_CHECKS: Final = (Who.CHECKS,)
_ON_BEHALF: Final = (Who.SUPERIOR, Who.ADMINISTRATOR)
_ANY_HAND: Final = (*_UNIT, *_ON_BEHALF)
_DECIDERS: Final = (Who.ADMINISTRATOR, Who.REVIEWER)
_CONCEDING: Final = (*_DECIDERS, Who.ASSIGNER)
_CANCELLERS: Final = (Who.MEETING, Who.AMENDMENT, Who.AGREEMENT_END, Who.ADMINISTRATOR)

_REASON: Final = (Guard.REASON_MISSING,)
_ITSELF: Final = (Guard.NOT_AUTOMATIC, Guard.NOT_PROVED)
_SETTLED: Final = (Guard.NOT_PROVED, Guard.PERSON_MUST_CONFIRM)
_CONCESSION: Final = (Guard.REASON_MISSING, Guard.NOT_ASKED, Guard.FOUR_EYES)

# Columns instead of keywords, so that it reads as the table that it is.
TABLE: Final = (
    Row(_HAND, Action.ADD_EVIDENCE, Target.SAME, _ANY_HAND),
    Row(_HAND, Action.REMOVE_EVIDENCE, Target.SAME, _ANY_HAND),
    Row(_HAND, Action.SUBMIT, State.SUBMITTED, _UNIT),
    Row(_HAND, Action.SUBMIT, State.SUBMITTED, _ON_BEHALF, _REASON),
    Row(_HAND, Action.SUBMIT, State.SUBMITTED, _CHECKS, _ITSELF),
    Row(_HAND, Action.DECLARE_NOTHING, State.SUBMITTED, _UNIT, (Guard.NOTHING_NOT_ALLOWED,)),
    Row(_SUBMITTED, Action.WITHDRAW, Target.BEFORE, _UNIT),
    Row(_SUBMITTED, Action.ACCEPT, State.ACCEPTED, _CHECKS, _SETTLED),
    Row(_SUBMITTED, Action.REFER, State.IN_REVIEW, _CHECKS),
    Row(_WAITING, Action.RETURN, State.RETURNED, (Who.CHECKS, Who.REVIEWER), _REASON),
    Row((State.IN_REVIEW,), Action.CONFIRM, State.ACCEPTED, (Who.REVIEWER,), (Guard.FOUR_EYES,)),
    Row(_HAND, Action.WAIVE, State.WAIVED, _CONCEDING, _CONCESSION),
    Row(_HAND, Action.SUSPEND, State.SUSPENDED, _CONCEDING, _CONCESSION),
    Row(_HAND, Action.EXTEND, Target.SAME, _CONCEDING, _CONCESSION),
    Row((State.SUSPENDED,), Action.RESUME, Target.BEFORE, (Who.ADMINISTRATOR,)),
    # A succession never cancels what waits for a verdict: it names an answerable unit instead.
    Row((*_HAND, State.SUSPENDED, *_WAITING), Action.CANCEL, State.CANCELLED, _CANCELLERS, _REASON),
    Row((*_HAND, State.SUSPENDED), Action.CANCEL, State.CANCELLED, (Who.SUCCESSION,), _REASON),
    Row(
        (State.CANCELLED,),
        Action.REINSTATE,
        Target.BEFORE,
        (Who.PLANNER,),
        (Guard.CAUSE_NOT_BACK,),
    ),
    Row((State.ACCEPTED,), Action.REOPEN, State.RETURNED, _DECIDERS, _REASON),
)


def next_state(task: TaskView, action: Action, *, by: Actor, reason: str | None = None) -> State:
    """The state that an act leads to.

    Raises ``Refusal``: ``task.action_not_allowed`` where the state does not
    know the action, ``task.actor_not_allowed`` where it is another's to do,
    else ``task.<guard>`` of the first guard that does not hold. The facts
    always name action and state.
    """
    rows = [row for row in TABLE if row.action is action and task.state in row.before]
    if not rows:
        raise Refusal("task.action_not_allowed", action=action.value, state=task.state.value)
    mine = [row for row in rows if by.who in row.who]
    if not mine:
        raise Refusal(
            "task.actor_not_allowed",
            action=action.value,
            state=task.state.value,
            who=by.who.value,
        )
    row = mine[0]
    for guard in row.guards:
        if not _HOLDS[guard](task, by, reason):
            raise Refusal(f"task.{guard}", action=action.value, state=task.state.value)
    return _reached(task, row.after)


def allowed_actions(task: TaskView, *, by: Actor) -> frozenset[Action]:
    """What this actor could do now, given a reason where one is needed: the buttons to show."""
    return frozenset(
        row.action
        for row in TABLE
        if task.state in row.before
        and by.who in row.who
        and all(_HOLDS[guard](task, by, "given") for guard in row.guards)
    )


def ensure_askable(state: State, action: Action) -> None:
    """Refuse a request for a concession that could not be granted in this state.

    Raises ``Refusal("task.action_not_allowed")``.
    """
    if not any(row.action is action and state in row.before for row in TABLE):
        raise Refusal("task.action_not_allowed", action=action.value, state=state.value)


def state_before(history: Sequence[State]) -> State | None:
    """What withdraw, resume or reinstate would go back to, from all states in order.

    The last of ``history`` is the present state. A submitted or suspended task
    goes back to where the unit had it in hand, however often it was cancelled
    and reinstated since; a cancelled one to the state that was cancelled; every
    other state is not left backwards, which gives None.
    """
    *past, now = history
    if now not in PARENTHESES:
        return None
    if now is State.CANCELLED:
        return past[-1]
    return next(state for state in reversed(past) if state in IN_HAND)


def capacities_for(action: Action) -> frozenset[Who]:
    """Everyone to whom the table gives an action, in whatever state."""
    return frozenset(who for row in TABLE if row.action is action for who in row.who)


def differs(user: str | None, others: Iterable[str]) -> bool:
    """Whether a named person decides what none of ``others`` prepared (four eyes)."""
    return user is not None and user not in others


def _reached(task: TaskView, after: State | Target) -> State:
    if isinstance(after, State):
        return after
    # Only states in PARENTHESES lead back, and the view was not made without what was before.
    return (after is Target.BEFORE and task.state_before) or task.state


def _is_another(task: TaskView, by: Actor, _reason: str | None) -> bool:
    asked = frozenset() if task.asked_by is None else frozenset({task.asked_by})
    return differs(by.user, asked if task.state in IN_HAND else task.submitters)


def _needs_no_person(task: TaskView, _by: Actor, _reason: str | None) -> bool:
    return not (task.needs_person or task.is_on_behalf or task.says_nothing)


_HOLDS: Final[Mapping[Guard, Callable[[TaskView, Actor, str | None], bool]]] = {
    Guard.REASON_MISSING: lambda _task, _by, reason: bool(reason and reason.strip()),
    Guard.FOUR_EYES: _is_another,
    Guard.NOT_ASKED: lambda task, _by, _reason: task.asked_by is not None,
    Guard.NOT_PROVED: lambda task, _by, _reason: task.is_proved,
    Guard.PERSON_MUST_CONFIRM: _needs_no_person,
    Guard.NOT_AUTOMATIC: lambda task, _by, _reason: task.submits_itself,
    Guard.NOTHING_NOT_ALLOWED: lambda task, _by, _reason: task.allows_nothing,
    Guard.CAUSE_NOT_BACK: lambda task, _by, _reason: task.cancelled_by in CAUSES,
}
