"""Into which task of a successor an open one goes on, and what it looks like then."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import unit
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import State
from workflow.domain.merging import (
    DECIDED,
    Course,
    Falling,
    Standing,
    copies_owed,
    decided_outcome,
    ensure_ends,
    joined,
)
from workflow.domain.succession import Decision, Fate
from workflow.domain.units import Span, UnitQuota

if TYPE_CHECKING:
    from random import Random

    from workflow.domain.units import Unit

DUE = date(2025, 6, 30)
ON = date(2025, 7, 1)


def course(state: State = State.OPEN, **more: Any) -> Course:
    values: dict[str, Any] = {
        "state": state,
        "opens_on": date(2025, 4, 1),
        "belongs_on": DUE,
        "original_due_on": DUE,
        "due_on": DUE,
    }
    if state is State.SUSPENDED:
        values["state_before"] = State.OPEN
    return Course(**{**values, **more})


def falling(id_: int, fate: Fate, *to: str, occasion: int = 1, **more: Any) -> Falling:
    decision = Decision(fate=fate, to=to)
    return Falling(id=id_, occasion=occasion, course=course(**more), decision=decision)


def standing(id_: int, unit_key: str, state: State = State.OPEN, **more: Any) -> Standing:
    return Standing(id=id_, unit=unit_key, course=course(state), **more)


class TestOutcome:
    def test_one_task_of_the_successor_for_each_occasion(self) -> None:
        found = decided_outcome(
            [
                falling(3, Fate.TRANSFER, "x"),
                falling(1, Fate.TRANSFER, "x"),
                falling(2, Fate.TRANSFER, "x", occasion=2),
            ],
            {},
        )
        assert [(one.occasion, one.unit, one.task, one.merged) for one in found.takings] == [
            (1, "x", None, (1, 3)),
            (2, "x", None, (2,)),
        ]
        assert [one.evidence_of for one in found.takings] == [(1, 3), (2,)]
        assert (found.kept, found.split, found.cancelled) == ((), (), ())

    @pytest.mark.parametrize("state", sorted(DECIDED))
    def test_it_merges_into_the_task_that_the_successor_has_in_hand(self, state: State) -> None:
        there = {(1, "x"): standing(9, "x", state)}
        (taking,) = decided_outcome([falling(1, Fate.TRANSFER, "x")], there).takings
        assert taking.task == 9
        assert taking.course == joined([there[1, "x"].course, course()])

    @pytest.mark.parametrize("state", sorted(set(State) - DECIDED))
    def test_beside_one_that_waits_or_is_settled_it_stays_as_it_is(self, state: State) -> None:
        there = {(1, "x"): standing(9, "x", state)}
        found = decided_outcome([falling(1, Fate.TRANSFER, "x")], there)
        assert (found.kept, found.takings) == (((1, "x"),), ())

    def test_one_that_only_the_planner_took_away_is_revived(self) -> None:
        there = {(1, "x"): standing(9, "x", State.CANCELLED, is_unowed=True)}
        (taking,) = decided_outcome([falling(1, Fate.TRANSFER, "x", due_on=ON)], there).takings
        assert (taking.task, taking.course.due_on) == (9, ON)

    def test_it_follows_where_the_successors_own_has_gone_on(self) -> None:
        there = {(1, "x"): standing(9, "y")}
        found = decided_outcome(
            [falling(1, Fate.TRANSFER, "x"), falling(2, Fate.TRANSFER, "y")],
            {**there, (1, "y"): standing(9, "y")},
        )
        assert [(one.unit, one.task, one.merged) for one in found.takings] == [("y", 9, (1, 2))]
        settled = {(1, "x"): standing(9, "y", State.ACCEPTED)}
        assert decided_outcome([falling(1, Fate.TRANSFER, "x")], settled).kept == ((1, "y"),)

    def test_a_split_one_goes_on_in_each_and_its_evidence_in_the_first(self) -> None:
        found = decided_outcome([falling(1, Fate.SPLIT, "y", "x")], {})
        assert [(one.unit, one.split, one.merged, one.evidence_of) for one in found.takings] == [
            ("x", (1,), (), ()),
            ("y", (1,), (), (1,)),
        ]
        assert found.split == (1,)

    def test_a_split_one_passes_over_whoever_has_settled_it(self) -> None:
        there = {(1, "y"): standing(9, "y", State.ACCEPTED)}
        (taking,) = decided_outcome([falling(1, Fate.SPLIT, "y", "x")], there).takings
        assert (taking.unit, taking.evidence_of) == ("x", (1,))
        both = {**there, (1, "x"): standing(8, "x", State.SUBMITTED)}
        found = decided_outcome([falling(1, Fate.SPLIT, "y", "x")], both)
        assert (found.kept, found.split, found.takings) == (((1, "y"),), (), ())

    def test_what_is_cancelled_goes_nowhere(self) -> None:
        found = decided_outcome([falling(1, Fate.CANCEL)], {})
        assert (found.cancelled, found.takings) == ((1,), ())


fates = st.sampled_from(
    [
        (Fate.CANCEL, ()),
        (Fate.TRANSFER, ("x",)),
        (Fate.TRANSFER, ("y",)),
        (Fate.SPLIT, ("x", "y")),
        (Fate.SPLIT, ("z", "x", "y")),
    ]
)
falls = st.lists(st.tuples(fates, st.integers(1, 3)), max_size=8).map(
    lambda drawn: [
        falling(id_, fate, *to, occasion=occasion)
        for id_, ((fate, to), occasion) in enumerate(drawn)
    ]
)
stands = st.dictionaries(
    st.tuples(st.integers(1, 3), st.sampled_from("xyz")), st.sampled_from(State), max_size=6
).map(
    lambda drawn: {
        key: standing(100 + index, key[1], state)
        for index, (key, state) in enumerate(sorted(drawn.items()))
    }
)


@given(falls, stands)
def test_nothing_is_lost_and_nothing_goes_on_twice(
    some: list[Falling], there: dict[tuple[int, str], Standing]
) -> None:
    found = decided_outcome(some, there)
    merged = [id_ for one in found.takings for id_ in one.merged]
    kept = [id_ for id_, _ in found.kept]
    assert sorted([*merged, *kept, *found.split, *found.cancelled]) == [one.id for one in some]
    places = [(one.occasion, one.unit) for one in found.takings]
    assert places == sorted(set(places))
    carried = [id_ for one in found.takings for id_ in one.evidence_of]
    assert sorted(carried) == sorted({*merged, *found.split})
    for one in found.takings:
        assert one.task is None or there[one.occasion, one.unit].takes_over


class TestJoined:
    def test_a_single_one_goes_on_as_it_is(self) -> None:
        alone = course(
            State.RETURNED,
            correction_on=ON,
            submitted_at=datetime(2025, 6, 20, tzinfo=UTC),
            submitted_on=date(2025, 6, 20),
        )
        assert joined([alone]) == alone

    def test_one_that_is_still_open_makes_all_open(self) -> None:
        returned = course(
            State.RETURNED, correction_on=ON, submitted_at=datetime(2025, 6, 20, tzinfo=UTC)
        )
        found = joined([returned, course()])
        assert (found.state, found.correction_on, found.submitted_at) == (State.OPEN, None, None)

    def test_correction_terms_go_on_where_each_has_one(self) -> None:
        def returned(day: int, until: date | None) -> Course:
            at = datetime(2025, 6, day, tzinfo=UTC)
            return course(
                State.RETURNED, correction_on=until, submitted_at=at, submitted_on=at.date()
            )

        found = joined([returned(20, ON), returned(25, ON - timedelta(days=1))])
        assert found.state is State.RETURNED
        assert (found.correction_on, found.submitted_on) == (ON, date(2025, 6, 25))
        assert found.submitted_at == datetime(2025, 6, 25, tzinfo=UTC)
        without = joined([returned(20, ON), returned(25, None)])
        assert (without.state, without.correction_on) == (State.RETURNED, None)
        assert (without.submitted_at, without.submitted_on) == (None, None)

    def test_a_term_without_a_submission_is_a_fault(self) -> None:
        torn = course(State.RETURNED, correction_on=ON)
        with pytest.raises(ValueError, match="without a first submission"):
            joined([torn, torn])

    def test_it_is_suspended_only_where_all_are(self) -> None:
        asleep = course(State.SUSPENDED)
        assert joined([asleep, asleep]).state is State.SUSPENDED
        assert joined([asleep, asleep]).state_before is State.OPEN
        assert joined([asleep, course()]).state is State.OPEN
        assert joined([asleep, course()]).state_before is None
        was_returned = course(State.SUSPENDED, state_before=State.RETURNED)
        assert joined([was_returned, was_returned]).state_before is State.RETURNED
        assert joined([was_returned, course(State.RETURNED)]).state is State.RETURNED

    def test_an_extension_of_one_is_lost_to_none(self) -> None:
        extended = course(due_on=date(2025, 8, 10), late_notice_on=ON, report_by_on=DUE)
        found = joined([course(), extended, course(due_on=None)])
        assert (found.due_on, found.original_due_on) == (date(2025, 8, 10), DUE)
        assert (found.late_notice_on, found.report_by_on) == (ON, DUE)

    def test_it_is_history_only_where_all_are(self) -> None:
        assert joined([course(is_history=True), course(is_history=True)]).is_history
        assert not joined([course(is_history=True), course()]).is_history


days = st.none() | st.dates(date(2025, 1, 1), date(2025, 12, 31))
courses = st.builds(
    course,
    state=st.sampled_from([State.OPEN, State.SUSPENDED]),
    due_on=days,
    original_due_on=days,
    report_by_on=days,
    late_notice_on=days,
    is_history=st.booleans(),
)


@given(st.lists(courses, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_in_which_order_and_in_how_many_steps_does_not_matter(
    some: list[Course], order: Random
) -> None:
    whole = joined(some)
    mixed = list(some)
    order.shuffle(mixed)
    assert joined(mixed) == whole
    cut = order.randint(0, len(some) - 1)
    if cut:
        assert joined([joined(mixed[:cut]), joined(mixed[cut:])]) == whole
    for day in ("due_on", "original_due_on", "report_by_on", "late_notice_on"):
        assert all(
            getattr(one, day) is None or getattr(one, day) <= getattr(whole, day) for one in some
        )


def test_every_part_of_a_course_is_joined() -> None:
    """A part that is added later must not be forgotten where several are joined."""
    at = datetime(2025, 6, 1, tzinfo=UTC)
    full = Course(
        state=State.SUSPENDED,
        state_before=State.RETURNED,
        opens_on=DUE,
        belongs_on=DUE,
        original_due_on=DUE,
        due_on=DUE,
        report_by_on=DUE,
        late_notice_on=DUE,
        correction_on=DUE,
        submitted_at=at,
        submitted_on=at.date(),
        is_history=True,
    )
    assert all(getattr(full, one.name) is not None for one in fields(full))
    assert joined([full, full]) == full


def test_the_table_of_a_tasks_life_is_asked() -> None:
    for state in DECIDED:
        ensure_ends(course(state), reason="Nghị quyết 1")
    for state, reason, code in (
        (State.OPEN, " ", "task.reason_missing"),
        (State.IN_REVIEW, "Nghị quyết 1", "task.actor_not_allowed"),
        (State.ACCEPTED, "Nghị quyết 1", "task.action_not_allowed"),
    ):
        with pytest.raises(Refusal) as refused:
            ensure_ends(course(state), reason=reason)
        assert refused.value.code == code


class TestCopies:
    """The quarter III of Nghị định 09 runs from 15/6 to 14/9 and straddles 1/7/2025."""

    Q2, Q3 = (date(2025, 3, 15), date(2025, 6, 14)), (date(2025, 6, 15), date(2025, 9, 14))

    def ward(self, key: str, copies: int, *, since: str = "2020-01-01", until: str) -> Unit:
        one = unit(key, since=since, until=until)
        return replace(one, quotas=(UnitQuota(title="bbn", copies=copies, span=one.life),))

    def owed(self, quarter: tuple[date, date], own: Unit, *merged: Unit) -> int | None:
        on, due_on = quarter
        return copies_owed("bbn", own=own, merged=merged, on=on, due_on=due_on, took_over_on=[ON])

    def test_what_was_merged_is_added_and_counted_once(self) -> None:
        a, b = (self.ward(key, 10, until="2025-07-01") for key in "ab")
        ab = self.ward("ab", 20, since="2025-07-01", until="9999-12-31")
        assert self.owed(self.Q2, ab, a, b) == 20
        assert self.owed(self.Q2, ab, a) == 10
        # Its own copies include theirs, whether or not their tasks had been touched.
        assert self.owed(self.Q3, ab, a) == 20
        assert self.owed(self.Q3, ab) == 20

    def test_one_that_went_on_owes_for_those_it_took_over_from_that_day_on(self) -> None:
        b = self.ward("b", 5, until="2025-07-01")
        life = Span(from_on=date(2020, 1, 1))
        a = replace(
            unit("a"),
            quotas=(
                UnitQuota(title="bbn", copies=10, span=Span(from_on=life.from_on, until_on=ON)),
                UnitQuota(title="bbn", copies=15, span=Span(from_on=ON)),
            ),
        )
        assert self.owed(self.Q2, a, b) == 15
        assert self.owed(self.Q2, a) == 10
        assert self.owed(self.Q3, a, b) == self.owed(self.Q3, a) == 15

    def test_a_part_of_a_split_one_owes_the_copies_of_its_first_day(self) -> None:
        part = self.ward("c1", 6, since="2025-07-01", until="9999-12-31")
        assert self.owed(self.Q2, part) == 6

    def test_nobody_owes_what_is_nowhere_on_record(self) -> None:
        assert self.owed(self.Q2, unit("a")) is None
        assert self.owed(self.Q2, unit("a"), unit("b", until="2025-07-01")) is None
