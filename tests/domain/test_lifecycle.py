from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import (
    CAUSES,
    IN_HAND,
    PARENTHESES,
    TABLE,
    WAITING,
    Action,
    Actor,
    Guard,
    State,
    Target,
    TaskView,
    Who,
    allowed_actions,
    capacities_for,
    ensure_askable,
    next_state,
    state_before,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

UNIT = Actor(who=Who.UNIT, user="officer")
REVIEWER = Actor(who=Who.REVIEWER, user="reviewer")
ADMINISTRATOR = Actor(who=Who.ADMINISTRATOR, user="administrator")
CHECKS = Actor(who=Who.CHECKS)


def view(
    state: State = State.OPEN,
    *,
    state_before: State | None = None,
    submitters: frozenset[str] = frozenset({"officer"}),
    asked_by: str | None = "officer",
    cancelled_by: Who | None = Who.MEETING,
    **facts: bool,
) -> TaskView:
    """A task in which every guard holds, unless said otherwise."""
    holding: Mapping[str, bool] = {
        "is_proved": True,
        "needs_person": False,
        "submits_itself": True,
        "allows_nothing": True,
    }
    return TaskView(
        state=state,
        state_before=state_before or (State.OPEN if state in PARENTHESES else None),
        submitters=submitters,
        asked_by=asked_by,
        cancelled_by=cancelled_by,
        **{**holding, **facts},
    )


def refused(task: TaskView, action: Action, by: Actor, reason: str | None = "why") -> Refusal:
    with pytest.raises(Refusal) as caught:
        next_state(task, action, by=by, reason=reason)
    return caught.value


# The table of engine.md §4, written by hand a second time: from, action, to, who.
SPECIFIED = [
    ("open returned", "add_evidence", None, "unit superior administrator"),
    ("open returned", "remove_evidence", None, "unit superior administrator"),
    ("open returned", "submit", "submitted", "unit checks superior administrator"),
    ("open returned", "declare_nothing", "submitted", "unit"),
    ("submitted", "withdraw", "before", "unit"),
    ("submitted", "accept", "accepted", "checks"),
    ("submitted", "refer", "in_review", "checks"),
    ("submitted in_review", "return", "returned", "checks reviewer"),
    ("in_review", "confirm", "accepted", "reviewer"),
    ("open returned", "waive", "waived", "administrator reviewer assigner"),
    ("open returned", "suspend", "suspended", "administrator reviewer assigner"),
    ("open returned", "extend", None, "administrator reviewer assigner"),
    ("suspended", "resume", "before", "administrator"),
    (
        "open returned suspended submitted in_review",
        "cancel",
        "cancelled",
        "meeting amendment agreement_end administrator",
    ),
    ("open returned suspended", "cancel", "cancelled", "succession"),
    ("cancelled", "reinstate", "before", "planner"),
    ("accepted", "reopen", "returned", "administrator reviewer"),
]


def specified() -> dict[tuple[State, Action, Who], str | None]:
    return {
        (State(state), Action(action), Who(who)): after
        for states, action, after, whos in SPECIFIED
        for state in states.split()
        for who in whos.split()
    }


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_each_act_moves_as_specified_or_is_refused(state: State, action: Action) -> None:
    allowed = specified()
    before = State.RETURNED if state in PARENTHESES else None
    task = view(state, state_before=before)
    for who in Who:
        by = Actor(who=who, user="somebody else")
        if (state, action, who) in allowed:
            after = allowed[state, action, who]
            expected = {None: state, "before": before}.get(after) or State(str(after))
            assert next_state(task, action, by=by, reason="why") is expected
            assert action in allowed_actions(task, by=by)
            continue
        said = refused(task, action, by)
        facts = {"action": action.value, "state": state.value}
        if any((state, action, other) in allowed for other in Who):
            assert said.code == "task.actor_not_allowed"
            assert said.facts == {**facts, "who": who.value}
        else:
            assert said.code == "task.action_not_allowed"
            assert said.facts == facts
        assert action not in allowed_actions(task, by=by)


def test_one_line_decides_each_act() -> None:
    acts = [(state, row.action, who) for row in TABLE for state in row.before for who in row.who]
    assert len(acts) == len(set(acts))


def test_every_state_can_be_reached_and_only_a_waived_task_cannot_be_left() -> None:
    reached = {row.after for row in TABLE if isinstance(row.after, State)} | {State.OPEN}
    assert reached == set(State)
    assert set(State) - {state for row in TABLE for state in row.before} == {State.WAIVED}


def test_states_left_backwards_are_those_of_the_table() -> None:
    backwards = {state for row in TABLE if row.after is Target.BEFORE for state in row.before}
    assert backwards == PARENTHESES
    for state in PARENTHESES:
        with pytest.raises(ValueError, match="came from some state"):
            TaskView(state=state, submitters=frozenset())


@pytest.mark.parametrize("before", [State.OPEN, State.RETURNED])
def test_withdrawing_resuming_and_reinstating_go_back_to_the_state_before(before: State) -> None:
    submitted = view(State.SUBMITTED, state_before=before)
    assert next_state(submitted, Action.WITHDRAW, by=UNIT) is before
    suspended = view(State.SUSPENDED, state_before=before)
    assert next_state(suspended, Action.RESUME, by=ADMINISTRATOR) is before
    cancelled = view(State.CANCELLED, state_before=State.IN_REVIEW)
    by = Actor(who=Who.PLANNER)
    assert next_state(cancelled, Action.REINSTATE, by=by) is State.IN_REVIEW


def test_nobody_confirms_what_they_submitted() -> None:
    task = view(State.IN_REVIEW, submitters=frozenset({"reviewer", "officer"}))
    assert refused(task, Action.CONFIRM, REVIEWER).code == "task.four_eyes"
    other = Actor(who=Who.REVIEWER, user="another reviewer")
    assert next_state(task, Action.CONFIRM, by=other) is State.ACCEPTED


def test_a_nameless_actor_is_not_a_second_pair_of_eyes() -> None:
    task = view(State.IN_REVIEW, submitters=frozenset())
    assert refused(task, Action.CONFIRM, Actor(who=Who.REVIEWER)).code == "task.four_eyes"
    assert next_state(task, Action.CONFIRM, by=REVIEWER) is State.ACCEPTED


@pytest.mark.parametrize("action", [Action.WAIVE, Action.SUSPEND, Action.EXTEND])
def test_a_concession_is_asked_by_one_and_decided_by_another(action: Action) -> None:
    own = view(asked_by="administrator")
    assert refused(own, action, ADMINISTRATOR).code == "task.four_eyes"
    assert refused(view(asked_by=None), action, ADMINISTRATOR).code == "task.not_asked"
    # Who submitted before plays no part: a returned task's submitter may be anybody.
    returned = view(State.RETURNED, submitters=frozenset({"administrator"}))
    next_state(returned, action, by=ADMINISTRATOR, reason="why")


def test_the_checks_accept_only_what_is_proved_and_needs_no_person() -> None:
    def code(task: TaskView) -> str:
        return refused(task, Action.ACCEPT, CHECKS).code

    assert code(view(State.SUBMITTED, is_proved=False)) == "task.not_proved"
    for task in (
        view(State.SUBMITTED, needs_person=True),
        view(State.SUBMITTED, is_on_behalf=True),
        view(State.SUBMITTED, says_nothing=True),
    ):
        assert code(task) == "task.person_must_confirm"


def test_a_task_is_handed_in_by_itself_only_where_the_obligation_says_so_and_all_is_proved() -> (
    None
):
    assert next_state(view(), Action.SUBMIT, by=CHECKS) is State.SUBMITTED
    not_itself = view(submits_itself=False)
    assert refused(not_itself, Action.SUBMIT, CHECKS).code == "task.not_automatic"
    assert refused(view(is_proved=False), Action.SUBMIT, CHECKS).code == "task.not_proved"
    # The unit declares it complete whatever is proved: the checks will say.
    assert next_state(view(is_proved=False), Action.SUBMIT, by=UNIT) is State.SUBMITTED


def test_nothing_to_report_is_declared_only_where_it_is_allowed() -> None:
    said = refused(view(allows_nothing=False), Action.DECLARE_NOTHING, UNIT)
    assert said.code == "task.nothing_not_allowed"


@pytest.mark.parametrize(
    ("state", "action", "by"),
    [
        (State.OPEN, Action.SUBMIT, ADMINISTRATOR),
        (State.OPEN, Action.SUBMIT, Actor(who=Who.SUPERIOR, user="head")),
        (State.SUBMITTED, Action.RETURN, CHECKS),
        (State.IN_REVIEW, Action.RETURN, REVIEWER),
        (State.OPEN, Action.WAIVE, REVIEWER),
        (State.OPEN, Action.CANCEL, Actor(who=Who.AMENDMENT)),
        (State.OPEN, Action.CANCEL, Actor(who=Who.SUCCESSION)),
        (State.ACCEPTED, Action.REOPEN, REVIEWER),
    ],
)
@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_what_is_done_to_others_needs_a_reason(
    state: State, action: Action, by: Actor, reason: str | None
) -> None:
    assert refused(view(state), action, by, reason).code == "task.reason_missing"


@pytest.mark.parametrize("cancelled_by", [None, Who.ADMINISTRATOR, Who.SUCCESSION])
def test_the_planner_brings_back_only_what_a_cause_cancelled(cancelled_by: Who | None) -> None:
    task = view(State.CANCELLED, cancelled_by=cancelled_by)
    assert refused(task, Action.REINSTATE, Actor(who=Who.PLANNER)).code == "task.cause_not_back"
    for cause in CAUSES:
        back = view(State.CANCELLED, cancelled_by=cause)
        assert next_state(back, Action.REINSTATE, by=Actor(who=Who.PLANNER)) is State.OPEN


@pytest.mark.parametrize("state", sorted(WAITING))
def test_items_are_frozen_and_a_succession_cancels_nothing_while_a_task_waits(state: State) -> None:
    for action in (Action.ADD_EVIDENCE, Action.REMOVE_EVIDENCE):
        assert refused(view(state), action, UNIT).code == "task.action_not_allowed"
    said = refused(view(state), Action.CANCEL, Actor(who=Who.SUCCESSION))
    assert said.code == "task.actor_not_allowed"


def test_buttons_are_shown_only_for_what_the_guards_let_through() -> None:
    by = REVIEWER
    assert allowed_actions(view(asked_by=None), by=by) == frozenset()
    assert allowed_actions(view(), by=by) == {Action.WAIVE, Action.SUSPEND, Action.EXTEND}
    own = view(State.IN_REVIEW, submitters=frozenset({"reviewer"}))
    assert allowed_actions(own, by=by) == {Action.RETURN}


def test_the_defaults_of_a_view_refuse() -> None:
    bare = TaskView(state=State.OPEN, submitters=frozenset())
    assert allowed_actions(bare, by=CHECKS) == frozenset()
    assert allowed_actions(bare, by=ADMINISTRATOR) == {
        Action.ADD_EVIDENCE,
        Action.REMOVE_EVIDENCE,
        Action.SUBMIT,
        Action.CANCEL,
    }
    waiting = TaskView(
        state=State.SUBMITTED, submitters=frozenset(), state_before=State.OPEN, is_proved=True
    )
    assert refused(waiting, Action.ACCEPT, CHECKS).code == "task.person_must_confirm"


def test_a_concession_can_be_asked_for_only_where_it_could_be_granted() -> None:
    for state in IN_HAND:
        ensure_askable(state, Action.EXTEND)
    with pytest.raises(Refusal) as caught:
        ensure_askable(State.SUBMITTED, Action.EXTEND)
    assert caught.value.code == "task.action_not_allowed"
    assert caught.value.facts == {"action": "extend", "state": "submitted"}


def test_the_table_says_who_may_do_an_action_at_all() -> None:
    assert capacities_for(Action.CONFIRM) == {Who.REVIEWER}
    assert capacities_for(Action.SUBMIT) == {
        Who.UNIT,
        Who.SUPERIOR,
        Who.ADMINISTRATOR,
        Who.CHECKS,
    }


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("open", None),
        ("open submitted", "open"),
        ("open submitted in_review", None),
        ("open submitted returned submitted", "returned"),
        ("open submitted cancelled", "submitted"),
        # Reinstated: what a withdrawal goes back to is not the cancellation.
        ("open submitted cancelled submitted", "open"),
        ("open submitted returned suspended cancelled suspended", "returned"),
        ("open suspended open submitted accepted returned suspended", "returned"),
    ],
)
def test_the_state_before_is_told_from_the_whole_history(
    history: str, expected: str | None
) -> None:
    found = state_before([State(state) for state in history.split()])
    assert found == (None if expected is None else State(expected))


acts = st.lists(
    st.tuples(st.sampled_from(Action), st.sampled_from(Who), st.sampled_from("abc")), max_size=40
)


@given(acts=acts, needs_person=st.booleans(), submits_itself=st.booleans())
def test_a_life_of_any_acts_keeps_its_promises(
    acts: list[tuple[Action, Who, str]], *, needs_person: bool, submits_itself: bool
) -> None:
    """Whatever is tried in whatever order, what the promises forbid never comes about."""
    history = [State.OPEN]
    submitter, cancelled_by, is_on_behalf = "", None, False
    for action, who, user in acts:
        task = TaskView(
            state=history[-1],
            state_before=state_before(history),
            submitters=frozenset({submitter}),
            is_proved=True,
            needs_person=needs_person,
            is_on_behalf=is_on_behalf,
            submits_itself=submits_itself,
            asked_by="a",
            cancelled_by=cancelled_by,
        )
        try:
            after = next_state(task, action, by=Actor(who=who, user=user), reason="why")
        except Refusal:
            continue
        if after is State.ACCEPTED:
            assert task.state in WAITING
            assert who is Who.CHECKS or user != submitter
            assert who is not Who.CHECKS or not (needs_person or is_on_behalf)
        if task.state is State.CANCELLED:
            assert cancelled_by in CAUSES
            assert after is history[-2]
        if action is Action.WITHDRAW:
            assert after in IN_HAND
        if action is Action.SUBMIT:
            submitter = user
            is_on_behalf = who in {Who.SUPERIOR, Who.ADMINISTRATOR}
        if action is Action.CANCEL:
            cancelled_by = who
        assert task.state is not State.WAIVED
        if after is not history[-1]:
            history.append(after)


def test_every_guard_stands_in_the_table() -> None:
    assert {guard for row in TABLE for guard in row.guards} == set(Guard)


def test_every_action_and_capacity_stands_in_the_table() -> None:
    assert {row.action for row in TABLE} == set(Action)
    assert {who for row in TABLE for who in row.who} == set(Who)
