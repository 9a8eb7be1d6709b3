from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.agreement import Addressee, Channel, LadderStep
from workflow.domain.lifecycle import State
from workflow.domain.pressing import (
    Reminder,
    Rung,
    digests,
    is_pressed,
    next_instant,
    passed_unserved,
    rungs,
)
from workflow.domain.timeliness import Terms, due_until, first_instant

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DUE_ON = date(2024, 3, 31)
A_SECOND = timedelta(seconds=1)


def step(code: str, days: int, channel: Channel = Channel.MAIL) -> LadderStep:
    return LadderStep(code=code, days=days, to=Addressee.UNIT, channel=channel)


LADDER = (step("urge", 10), step("remind", -7), step("today", 0), step("press", 1))


def terms(**days: date) -> Terms:
    return Terms.of_days(zone=HANOI, **{"due_on": DUE_ON, **days})


def start_of(month: int, day: int) -> datetime:
    return first_instant(date(2024, month, day), HANOI)


def falls(when: Terms) -> list[tuple[str, datetime]]:
    return [(rung.step.code, rung.at) for rung in rungs(LADDER, when, zone=HANOI)]


def test_each_step_falls_at_the_start_of_its_day_in_the_order_of_time() -> None:
    assert falls(terms()) == [
        ("remind", start_of(3, 24)),
        ("today", start_of(3, 31)),
        ("press", start_of(4, 1)),
        ("urge", start_of(4, 10)),
    ]


def test_a_day_is_a_day_where_clocks_change_as_well() -> None:
    # In London the clocks went forward on 31 March 2024: six days before 1 April was still GMT.
    london = ZoneInfo("Europe/London")
    when = Terms(due_until=due_until(date(2024, 4, 1), london))
    (rung,) = rungs((step("remind", -6),), when, zone=london)
    assert rung.at == datetime(2024, 3, 26, 0, tzinfo=UTC)
    assert rung.for_due_on == date(2024, 4, 1)


def test_nobody_is_pressed_for_what_can_still_be_reported_or_corrected() -> None:
    assert falls(terms(report_by_on=date(2024, 4, 5))) == [
        ("remind", start_of(3, 24)),
        ("today", start_of(3, 31)),
        ("press", start_of(4, 6)),
        ("urge", start_of(4, 10)),
    ]
    assert falls(terms(correction_on=date(2024, 4, 20)))[2:] == [
        ("press", start_of(4, 21)),
        ("urge", start_of(4, 21)),
    ]
    assert falls(terms(correction_on=date(2024, 3, 1))) == falls(terms())


def test_an_extension_or_a_late_notice_makes_the_steps_due_anew() -> None:
    as_of = start_of(4, 15)
    before = passed_unserved(LADDER, terms(), zone=HANOI, as_of=start_of(4, 1), served=())
    served = {rung.key for rung in before}
    assert len(served) == 3
    for later in (terms(due_on=date(2024, 4, 20)), terms(late_notice_on=date(2024, 4, 20))):
        anew = passed_unserved(LADDER, later, zone=HANOI, as_of=as_of, served=served)
        assert [rung.key for rung in anew] == [("remind", date(2024, 4, 20))]


def test_without_a_due_day_nothing_falls() -> None:
    assert rungs(LADDER, Terms(due_until=None), zone=HANOI) == ()
    assert next_instant(LADDER, Terms(due_until=None), zone=HANOI, after=start_of(1, 1)) is None


def test_a_step_has_passed_from_its_instant_on() -> None:
    def passed(as_of: datetime) -> int:
        return len(passed_unserved(LADDER, terms(), zone=HANOI, as_of=as_of, served=()))

    assert passed(start_of(3, 24) - A_SECOND) == 0
    assert passed(start_of(3, 24)) == 1
    assert next_instant(LADDER, terms(), zone=HANOI, after=start_of(3, 24)) == start_of(3, 31)
    assert next_instant(LADDER, terms(), zone=HANOI, after=start_of(4, 10)) is None


@pytest.mark.parametrize("state", State)
def test_only_what_the_unit_has_in_hand_is_pressed_and_never_history(state: State) -> None:
    assert is_pressed(state, is_history=False) == (state in {State.OPEN, State.RETURNED})
    assert not is_pressed(state, is_history=True)


def test_a_digest_gathers_by_channel_and_addressee_the_longest_overdue_and_gravest_first() -> None:
    def reminder(task: int, addressee: str, what: LadderStep, due_on: date = DUE_ON) -> Reminder:
        rung = Rung(step=what, at=start_of(3, 1), for_due_on=due_on)
        return Reminder(task=task, addressee=addressee, rung=rung)

    remind, press = step("remind", -7), step("press", 1)
    letter = step("letter", 30, Channel.LETTER)
    first = reminder(2, "school", remind)
    graver = reminder(2, "school", press)
    older = reminder(9, "school", remind, date(2024, 1, 31))
    written = reminder(2, "school", letter)
    other = reminder(2, "office", press)
    assert digests([first, graver, written, other, older]) == {
        ("letter", "school"): (written,),
        ("mail", "office"): (other,),
        ("mail", "school"): (older, graver, first),
    }
    assert digests([]) == {}


days = st.dates(date(2024, 3, 1), date(2024, 4, 30))
ladders = st.lists(
    st.builds(step, st.sampled_from("abcdefgh"), st.integers(-20, 40)),
    max_size=6,
    unique_by=lambda one: one.code,
)


@given(
    ladder=ladders,
    due_on=days,
    report_by_on=st.none() | days,
    correction_on=st.none() | days,
    wakes=st.lists(st.integers(-30, 120), max_size=8),
)
def test_no_step_is_lost_however_long_nothing_ran_and_none_is_served_twice(
    *,
    ladder: list[LadderStep],
    due_on: date,
    report_by_on: date | None,
    correction_on: date | None,
    wakes: list[int],
) -> None:
    """Whenever the worker wakes, in the end each step was served once, and none too early."""
    when = Terms.of_days(
        zone=HANOI, due_on=due_on, report_by_on=report_by_on, correction_on=correction_on
    )
    served: dict[tuple[str, date], datetime] = {}
    for wake in [*sorted(wakes), 200]:
        as_of = first_instant(due_on, HANOI) + timedelta(days=wake)
        for rung in passed_unserved(ladder, when, zone=HANOI, as_of=as_of, served=served):
            assert rung.key not in served
            assert rung.at <= as_of
            assert rung.step.days <= 0 or when.is_overdue(as_of)
            served[rung.key] = as_of
    assert {code for code, _ in served} == {one.code for one in ladder}
    gathered = digests(
        Reminder(task=1, addressee="unit", rung=rung) for rung in rungs(ladder, when, zone=HANOI)
    )
    assert sum(len(reminders) for reminders in gathered.values()) == len(ladder)
