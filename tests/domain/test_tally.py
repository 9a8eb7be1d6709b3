from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.lifecycle import WAITING, State
from workflow.domain.tally import (
    OUTSIDE,
    Box,
    Boxes,
    Share,
    TaskFacts,
    box_of,
    count,
    is_outstanding,
    overdue_band,
    share_of,
)
from workflow.domain.timeliness import Terms, day_of, due_until

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DUE_ON = date(2024, 3, 31)
CUT_OFF = datetime(2024, 4, 14, 17, tzinfo=UTC)  # the night after 14 April in Vietnam
A_DAY = timedelta(days=1)
A_SECOND = timedelta(seconds=1)


def task(
    state: State = State.OPEN,
    *,
    due_on: date | None = DUE_ON,
    report_by_on: date | None = None,
    late_notice_on: date | None = None,
    correction_on: date | None = None,
    submitted_at: datetime | None = None,
    done_at: datetime | None = None,
    **more: Any,
) -> TaskFacts:
    """A task due on 31 March; where it was submitted, on 30 March."""
    in_march = datetime(2024, 3, 30, 3, tzinfo=UTC)
    was_submitted = state in WAITING | {State.ACCEPTED}
    default = in_march if was_submitted else None
    long_ago = datetime(2024, 1, 1, tzinfo=UTC)
    facts = {
        "belongs_on": due_on or DUE_ON,
        "state_since": long_ago,
        "caused_at": long_ago,
        **more,
    }
    return TaskFacts(
        state=state,
        terms=Terms.of_days(
            zone=HANOI,
            due_on=due_on,
            report_by_on=report_by_on,
            late_notice_on=late_notice_on,
            correction_on=correction_on,
        ),
        submitted_at=submitted_at or default,
        done_at=done_at or (submitted_at or default if state is State.ACCEPTED else None),
        **facts,
    )


def boxed(**facts: Any) -> Box:
    return box_of(task(**facts), cut_off=CUT_OFF)


ACCEPTED = State.ACCEPTED
END = due_until(DUE_ON, HANOI)


@pytest.mark.parametrize(
    ("facts", "box"),
    [
        ({"state": ACCEPTED}, Box.DONE_ON_TIME),
        ({"state": ACCEPTED, "done_at": END - A_SECOND}, Box.DONE_ON_TIME),
        ({"state": ACCEPTED, "done_at": END}, Box.DONE_LATE),
        ({"state": ACCEPTED, "submitted_at": CUT_OFF}, Box.DONE_LATE),
        ({"state": ACCEPTED, "submitted_at": CUT_OFF + A_SECOND}, Box.NOT_DONE_OVERDUE),
        # Reported after the cut-off, however early it was done.
        (
            {"state": ACCEPTED, "submitted_at": CUT_OFF + A_SECOND, "done_at": END - A_DAY},
            Box.NOT_DONE_OVERDUE,
        ),
        (
            {"state": ACCEPTED, "submitted_at": CUT_OFF + A_SECOND, "due_on": date(2024, 6, 30)},
            Box.NOT_DONE_IN_TIME,
        ),
        ({"state": State.SUBMITTED}, Box.AWAITING),
        ({"state": State.IN_REVIEW}, Box.AWAITING),
        ({"state": State.IN_REVIEW, "submitted_at": CUT_OFF + A_SECOND}, Box.NOT_DONE_OVERDUE),
        ({"state": State.OPEN}, Box.NOT_DONE_OVERDUE),
        ({"state": State.RETURNED}, Box.NOT_DONE_OVERDUE),
        ({"due_on": date(2024, 4, 14)}, Box.NOT_DONE_OVERDUE),
        ({"due_on": date(2024, 4, 15)}, Box.NOT_DONE_IN_TIME),
        ({"report_by_on": date(2024, 4, 14)}, Box.NOT_DONE_OVERDUE),
        ({"report_by_on": date(2024, 4, 15)}, Box.NOT_DONE_IN_TIME),
        ({"late_notice_on": date(2024, 4, 15)}, Box.NOT_DONE_IN_TIME),
        ({"state": State.RETURNED, "correction_on": date(2024, 4, 14)}, Box.NOT_DONE_OVERDUE),
        ({"state": State.RETURNED, "correction_on": date(2024, 4, 15)}, Box.NOT_DONE_IN_TIME),
        ({"due_on": None}, Box.NO_DUE_DAY),
        ({"due_on": None, "state": State.IN_REVIEW}, Box.AWAITING),
        ({"due_on": None, "state": ACCEPTED}, Box.DONE_ON_TIME),
        ({"due_on": None, "state": ACCEPTED, "submitted_at": CUT_OFF + A_SECOND}, Box.NO_DUE_DAY),
        ({"state": State.SUSPENDED}, Box.SUSPENDED),
        ({"state": State.SUSPENDED, "due_on": None}, Box.SUSPENDED),
        ({"state": State.WAIVED}, Box.WAIVED),
        ({"state": State.CANCELLED}, Box.CANCELLED),
        ({"state": State.CANCELLED, "is_history": True}, Box.HISTORY),
        ({"state": ACCEPTED, "is_history": True}, Box.HISTORY),
    ],
)
def test_each_task_stands_in_the_box_that_the_table_says(facts: dict[str, Any], box: Box) -> None:
    assert boxed(**facts) is box


def test_facts_that_contradict_themselves_cannot_be_made() -> None:
    terms = Terms(due_until=END)
    rest: dict[str, Any] = {"belongs_on": DUE_ON, "state_since": END, "caused_at": END}
    for state in (State.SUBMITTED, State.IN_REVIEW, State.ACCEPTED):
        with pytest.raises(ValueError, match="was submitted"):
            TaskFacts(state=state, terms=terms, **rest)
    with pytest.raises(ValueError, match="done at some instant"):
        TaskFacts(state=State.ACCEPTED, terms=terms, submitted_at=END, **rest)


# --- boxes and rates -----------------------------------------------------------


def test_the_identity_holds_or_the_value_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        Boxes(total=3, done_on_time=1, waived=1)
    with pytest.raises(ValueError, match="below zero"):
        Boxes(total=0, done_on_time=1, waived=-1)
    with pytest.raises(ValueError, match="past their due day"):
        Boxes(total=1, awaiting=1, awaiting_past_due=2)


def test_the_two_rates_of_one_table() -> None:
    boxes = Boxes(
        total=100,
        done_on_time=40,
        done_late=10,
        awaiting=12,
        awaiting_past_due=5,
        not_done_in_time=20,
        not_done_overdue=8,
        no_due_day=4,
        suspended=3,
        waived=3,
        cancelled=7,
        history=50,
    )
    assert boxes.done == 50
    assert boxes.not_done == 28
    assert boxes.rate_on_due == Fraction(50, 50 + 8 + 5)
    assert boxes.rate_on_all == Fraction(50, 100)


def test_nothing_due_gives_no_rate() -> None:
    idle = Boxes(total=6, awaiting=1, not_done_in_time=2, no_due_day=1, suspended=1, waived=1)
    assert idle.rate_on_due is None
    assert idle.rate_on_all == 0
    assert Boxes(cancelled=3, history=9).rate_on_all is None
    assert Boxes(total=1, not_done_overdue=1).rate_on_due == 0
    # Done early is due as well, so that it cannot push the rate above one.
    assert Boxes(total=2, done_on_time=1, not_done_in_time=1).rate_on_due == 1


def test_counting_puts_each_task_in_its_box_and_the_total_beside() -> None:
    found = count(
        [
            task(ACCEPTED),
            task(State.IN_REVIEW),
            task(State.IN_REVIEW, due_on=date(2024, 5, 1)),
            task(State.CANCELLED),
            task(is_history=True),
        ],
        cut_off=CUT_OFF,
    )
    assert found == Boxes(
        total=3, done_on_time=1, awaiting=2, awaiting_past_due=1, cancelled=1, history=1
    )


# --- which tasks ----------------------------------------------------------------

QUARTER = {"from_on": date(2024, 4, 1), "until_on": date(2024, 7, 1)}
BEFORE = datetime(2024, 3, 31, 17, tzinfo=UTC)


def share(**facts: Any) -> Share | None:
    return share_of(task(**facts), previous_cut_off=BEFORE, **QUARTER)


def test_a_task_belongs_to_the_period_of_its_original_due_day() -> None:
    assert share(belongs_on=date(2024, 4, 1)) is Share.ASSIGNED
    assert share(belongs_on=date(2024, 6, 30)) is Share.ASSIGNED
    assert share(belongs_on=date(2024, 7, 1)) is None
    # Extended into a later period, it stays where it was first due.
    assert share(belongs_on=date(2024, 5, 1), due_on=date(2024, 8, 1)) is Share.ASSIGNED
    # Done early in the period before, it is still of this one.
    early = {"belongs_on": date(2024, 4, 30), "submitted_at": BEFORE - A_DAY}
    assert share(state=ACCEPTED, **early) is Share.ASSIGNED


def test_carried_over_is_what_was_not_done_at_the_previous_cut_off() -> None:
    assert share(state=State.OPEN) is Share.CARRIED_OVER
    assert share(state=State.SUSPENDED) is Share.CARRIED_OVER
    assert share(state=ACCEPTED, submitted_at=BEFORE) is None
    assert share(state=ACCEPTED, submitted_at=BEFORE + A_SECOND) is Share.CARRIED_OVER
    # Handed in before, and still without a verdict.
    assert share(state=State.IN_REVIEW, submitted_at=BEFORE) is Share.CARRIED_OVER


def test_what_was_set_aside_before_is_not_carried_over_again_and_again() -> None:
    for state in (State.WAIVED, State.CANCELLED):
        assert share(state=state, state_since=BEFORE) is None
        assert share(state=state, state_since=BEFORE + A_SECOND) is Share.CARRIED_OVER


def test_a_cause_recorded_since_then_brings_its_task_into_this_period() -> None:
    since = BEFORE + A_SECOND
    assert share(state=ACCEPTED, submitted_at=BEFORE, caused_at=since) is Share.CARRIED_OVER
    assert share(state=State.WAIVED, state_since=BEFORE, caused_at=since) is Share.CARRIED_OVER
    assert share(state=ACCEPTED, submitted_at=BEFORE, caused_at=BEFORE) is None


# --- bands ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_overdue", "band"), [(1, 0), (7, 0), (8, 1), (30, 1), (31, 2), (90, 2), (91, 3)]
)
def test_overdue_tasks_are_banded_by_length(days_overdue: int, band: int) -> None:
    due_on = date(2024, 4, 15) - timedelta(days=days_overdue)
    assert overdue_band(task(due_on=due_on), cut_off=CUT_OFF) == band


def test_only_overdue_tasks_have_a_band_and_it_is_counted_from_the_report_by_day() -> None:
    assert overdue_band(task(ACCEPTED), cut_off=CUT_OFF) is None
    assert overdue_band(task(due_on=None), cut_off=CUT_OFF) is None
    assert overdue_band(task(due_on=date(2024, 4, 15)), cut_off=CUT_OFF) is None
    reported = task(report_by_on=date(2024, 4, 10))
    assert overdue_band(reported, cut_off=CUT_OFF) == 0
    assert overdue_band(task(), cut_off=CUT_OFF) == 1
    # A correction term that ran out counts from the due day, not from its own end.
    unanswered = task(State.RETURNED, correction_on=date(2024, 4, 12))
    assert overdue_band(unanswered, cut_off=CUT_OFF) == 1
    assert overdue_band(task(), cut_off=CUT_OFF, bounds=(3, 5, 14)) == 3


# --- laws ---------------------------------------------------------------------------

# Whole and broken days around the cut-offs, so that equalities are met often.
some_days = st.dates(date(2024, 3, 25), date(2024, 4, 20))
moments = st.builds(
    lambda on, hours: due_until(on, HANOI) + timedelta(hours=hours),
    some_days,
    st.sampled_from([0, 0, 1, 12, 23]),
)


@st.composite
def any_task(draw: st.DrawFn) -> tuple[TaskFacts, dict[str, Any]]:
    """A task of any kind, and the row that would be stored of it."""
    state = draw(st.sampled_from(State))
    submitted_at = draw(moments) if state in WAITING | {ACCEPTED} else None
    done_at = None
    if state is ACCEPTED and submitted_at is not None:
        done_at = min(draw(moments), submitted_at)
    days = {
        name: draw(st.none() | some_days)
        for name in ("due_on", "report_by_on", "late_notice_on", "correction_on")
    }
    row: dict[str, Any] = {
        "state": state,
        **days,
        "submitted_at": submitted_at,
        "done_at": done_at,
        "done_on": done_at and day_of(done_at, HANOI),
        "belongs_on": draw(some_days),
        "state_since": draw(moments),
        "caused_at": draw(moments),
        "is_history": draw(st.booleans()),
    }
    facts = {name: row[name] for name in ("submitted_at", "done_at", "state", "belongs_on")}
    more = {name: row[name] for name in ("state_since", "caused_at", "is_history")}
    terms = Terms.of_days(zone=HANOI, **days)
    return TaskFacts(terms=terms, **facts, **more), row


def greatest(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def box_by_days(row: dict[str, Any], cut_off: datetime) -> Box:
    """The rule as the module's docstring puts it to a database: stored days only."""
    today = day_of(cut_off, HANOI)
    has_due = row["due_on"] is not None
    due_on = greatest(row["due_on"], row["late_notice_on"]) if has_due else None
    overdue_on = greatest(due_on, row["report_by_on"]) if has_due else None
    correction_on = row["correction_on"]
    counts = row["submitted_at"] is not None and row["submitted_at"] <= cut_off
    is_late = due_on is not None and row["done_on"] is not None and due_on < row["done_on"]
    is_over = overdue_on is not None and overdue_on < today
    is_saved = correction_on is not None and today <= correction_on
    rules = [
        (row["is_history"], Box.HISTORY),
        (row["state"] == "cancelled", Box.CANCELLED),
        (row["state"] == "waived", Box.WAIVED),
        (row["state"] == "suspended", Box.SUSPENDED),
        (row["state"] == "accepted" and counts and not is_late, Box.DONE_ON_TIME),
        (row["state"] == "accepted" and counts, Box.DONE_LATE),
        (row["state"] in {"submitted", "in_review"} and counts, Box.AWAITING),
        (not has_due, Box.NO_DUE_DAY),
        (is_over and not is_saved, Box.NOT_DONE_OVERDUE),
    ]
    return next((box for holds, box in rules if holds), Box.NOT_DONE_IN_TIME)


@given(one=any_task(), cut_off=moments)
def test_judging_by_stored_days_gives_the_same_box(
    one: tuple[TaskFacts, dict[str, Any]], cut_off: datetime
) -> None:
    facts, row = one
    assert box_of(facts, cut_off=cut_off) is box_by_days(row, cut_off)


@given(one=any_task(), cut_off=moments)
def test_judging_by_stored_days_gives_the_same_band(
    one: tuple[TaskFacts, dict[str, Any]], cut_off: datetime
) -> None:
    facts, row = one
    bounds = (2, 5, 9)
    expected = None
    if box_of(facts, cut_off=cut_off) is Box.NOT_DONE_OVERDUE:
        overdue_on = greatest(row["due_on"], row["late_notice_on"], row["report_by_on"])
        assert overdue_on is not None
        today = day_of(cut_off, HANOI)
        bands = [i for i, bound in enumerate(bounds) if today - bound * A_DAY <= overdue_on]
        expected = bands[0] if bands else len(bounds)
    assert overdue_band(facts, cut_off=cut_off, bounds=bounds) == expected


@given(units=st.lists(st.lists(any_task(), max_size=5), max_size=4), cut_off=moments)
def test_boxes_partition_every_task_and_units_add_up_to_the_whole(
    units: list[list[tuple[TaskFacts, dict[str, Any]]]], cut_off: datetime
) -> None:
    groups = [[facts for facts, _ in unit] for unit in units]
    whole = count([facts for group in groups for facts in group], cut_off=cut_off)
    assert sum((count(group, cut_off=cut_off) for group in groups), start=Boxes()) == whole
    everything = sum(len(group) for group in groups)
    assert whole.total + whole.cancelled + whole.history == everything
    inside = [box for box in Box if box not in OUTSIDE]
    assert sum(getattr(whole, box.value) for box in inside) == whole.total
    for rate in (whole.rate_on_due, whole.rate_on_all):
        assert rate is None or 0 <= rate <= 1


@given(one=any_task(), cut_offs=st.lists(moments, min_size=2, max_size=5))
def test_what_is_done_at_a_cut_off_stays_done_at_a_later_one(
    one: tuple[TaskFacts, dict[str, Any]], cut_offs: list[datetime]
) -> None:
    facts, _ = one
    order = [Box.NO_DUE_DAY, Box.NOT_DONE_IN_TIME, Box.NOT_DONE_OVERDUE]
    boxes = [box_of(facts, cut_off=cut_off) for cut_off in sorted(cut_offs)]
    ranks = [order.index(box) if box in order else len(order) for box in boxes]
    assert ranks == sorted(ranks)


@given(
    tasks=st.lists(any_task(), max_size=12),
    bounds=st.lists(some_days, min_size=2, max_size=4, unique=True).map(sorted),
)
def test_a_cumulative_table_counts_each_task_once(
    tasks: list[tuple[TaskFacts, dict[str, Any]]], bounds: list[date]
) -> None:
    """Assigned add up over the periods; what was carried into the first stays carried over."""
    first, last = bounds[0], bounds[-1]
    start = due_until(first - A_DAY, HANOI)
    for facts, _ in tasks:
        whole = share_of(facts, from_on=first, until_on=last, previous_cut_off=start)
        parts = [
            share_of(
                facts,
                from_on=since,
                until_on=until,
                previous_cut_off=due_until(since - A_DAY, HANOI),
            )
            for since, until in pairwise(bounds)
        ]
        assert parts.count(Share.ASSIGNED) == (whole is Share.ASSIGNED)
        if whole is Share.CARRIED_OVER:
            assert parts[0] is Share.CARRIED_OVER
        if whole is None:
            assert parts[0] is None
            # Left behind by then, it comes back only if its cause was moved since.
            assert (
                all(part is None for part in parts)
                or facts.belongs_on >= last
                or (start < facts.caused_at)
            )


@given(one=any_task(), cut_offs=st.tuples(moments, moments))
def test_what_is_settled_is_not_outstanding_later(
    one: tuple[TaskFacts, dict[str, Any]], cut_offs: tuple[datetime, datetime]
) -> None:
    facts, _ = one
    early, later = sorted(cut_offs)
    assert is_outstanding(facts, early) or not is_outstanding(facts, later)
