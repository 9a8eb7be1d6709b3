from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.agreement import JudgedBy
from workflow.domain.lifecycle import State
from workflow.domain.timeliness import (
    Terms,
    Timeliness,
    day_of,
    done_at,
    due_until,
    first_instant,
    timeliness,
)

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
A_SECOND = timedelta(seconds=1)

# 31 March 2024 ends at 17:00 UTC in Vietnam.
DUE = datetime(2024, 3, 31, 17, tzinfo=UTC)


def judged(
    as_of: datetime,
    *,
    state: State = State.OPEN,
    done: datetime | None = None,
    opens_at: datetime | None = None,
    **terms: datetime | None,
) -> Timeliness:
    return timeliness(
        Terms(**{"due_until": DUE, **terms}),
        state=state,
        as_of=as_of,
        done_at=done,
        opens_at=opens_at,
    )


def days(count: float) -> timedelta:
    return timedelta(days=count)


def test_a_day_ends_where_the_next_begins_in_the_zone() -> None:
    assert due_until(date(2024, 3, 31), HANOI) == DUE
    assert due_until(date(2024, 3, 31), HANOI).tzinfo is UTC
    assert first_instant(date(2024, 4, 1), HANOI) == DUE
    assert day_of(DUE, HANOI) == date(2024, 4, 1)
    assert day_of(DUE - A_SECOND, HANOI) == date(2024, 3, 31)


def test_a_day_begins_at_the_change_where_clocks_skip_midnight() -> None:
    # In São Paulo 4 November 2018 began at 01:00, three hours behind UTC until then.
    start = first_instant(date(2018, 11, 4), ZoneInfo("America/Sao_Paulo"))
    assert start == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_on_time_is_before_the_day_after_the_due_day() -> None:
    later = DUE + days(100)
    accepted = State.ACCEPTED
    assert judged(later, state=accepted, done=DUE - A_SECOND) is Timeliness.ON_TIME
    assert judged(later, state=accepted, done=DUE) is Timeliness.LATE
    with pytest.raises(ValueError, match="done at some instant"):
        judged(later, state=accepted)


def test_an_undone_task_passes_through_its_standings() -> None:
    def at(as_of: datetime) -> Timeliness:
        return judged(
            as_of,
            state=State.RETURNED,
            opens_at=DUE - days(20),
            report_until=DUE + days(5),
            correction_until=DUE + days(8),
        )

    assert at(DUE - days(20) - A_SECOND) is Timeliness.UPCOMING
    assert at(DUE - days(20)) is Timeliness.IN_TIME
    assert at(DUE - days(3) - A_SECOND) is Timeliness.IN_TIME
    assert at(DUE - days(3)) is Timeliness.DUE_SOON
    assert at(DUE - A_SECOND) is Timeliness.DUE_SOON
    assert at(DUE) is Timeliness.REPORTING
    assert at(DUE + days(5) - A_SECOND) is Timeliness.REPORTING
    assert at(DUE + days(5)) is Timeliness.WITHIN_CORRECTION
    assert at(DUE + days(8) - A_SECOND) is Timeliness.WITHIN_CORRECTION
    assert at(DUE + days(8)) is Timeliness.OVERDUE


def test_without_a_report_by_day_a_task_is_overdue_from_the_day_after_its_due_day() -> None:
    assert judged(DUE - A_SECOND) is Timeliness.DUE_SOON
    assert judged(DUE) is Timeliness.OVERDUE


def test_a_correction_term_that_ends_before_the_due_day_takes_nothing_away() -> None:
    assert judged(DUE - A_SECOND, correction_until=DUE - days(5)) is Timeliness.DUE_SOON
    assert judged(DUE, correction_until=DUE - days(5)) is Timeliness.OVERDUE


def test_a_task_that_waits_for_a_verdict_is_never_overdue() -> None:
    for state in (State.SUBMITTED, State.IN_REVIEW):
        assert judged(DUE + days(900), state=state) is Timeliness.AWAITING


@pytest.mark.parametrize("state", [State.WAIVED, State.SUSPENDED, State.CANCELLED])
def test_what_is_set_aside_is_not_judged(state: State) -> None:
    assert judged(DUE + days(900), state=state) is Timeliness.SET_ASIDE


def test_a_task_without_a_due_day_is_never_late_and_never_overdue() -> None:
    later = DUE + days(9000)
    assert judged(later, due_until=None) is Timeliness.NO_DUE_DAY
    assert judged(DUE, due_until=None, opens_at=later) is Timeliness.UPCOMING
    assert judged(later, due_until=None, state=State.ACCEPTED, done=later) is Timeliness.ON_TIME
    # Terms that hang on a due day mean nothing without one.
    terms = Terms(due_until=None, report_until=DUE, notice_until=DUE, correction_until=DUE)
    assert terms.judged_until is None
    assert terms.overdue_from is None
    assert not terms.is_reported_late(later)
    assert not terms.is_past_due(later)


def test_a_late_notice_is_judged_by_its_own_day() -> None:
    noticed = Terms(due_until=DUE, notice_until=DUE + days(9))
    assert noticed.is_on_time(DUE + days(9) - A_SECOND)
    assert not noticed.is_on_time(DUE + days(9))
    assert noticed.overdue_from == DUE + days(9)
    # An extension beyond it is not cut short by it.
    extended = Terms(due_until=DUE + days(20), notice_until=DUE + days(9))
    assert extended.judged_until == DUE + days(20)


def test_reported_late_is_after_the_report_by_day_or_the_due_day_where_there_is_none() -> None:
    with_report = Terms(due_until=DUE, report_until=DUE + days(5))
    assert not with_report.is_reported_late(DUE + days(5) - A_SECOND)
    assert with_report.is_reported_late(DUE + days(5))
    assert Terms(due_until=DUE).is_reported_late(DUE)
    # An extension past the report-by day moves it along.
    extended = Terms(due_until=DUE + days(9), report_until=DUE + days(5))
    assert not extended.is_reported_late(DUE + days(9) - A_SECOND)


def test_done_is_the_latest_date_among_the_evidence_needed_but_never_after_the_submission() -> None:
    early, middle = DUE - days(9), DUE - days(5)

    def performed(*instants: datetime, submitted_at: datetime = DUE) -> datetime:
        return done_at(judged_by=JudgedBy.PERFORMED, submitted_at=submitted_at, performed=instants)

    assert performed(middle, early) == middle
    assert performed(early, DUE + days(2)) == DUE
    assert performed() == DUE
    by_submission = done_at(
        judged_by=JudgedBy.SUBMITTED, submitted_at=DUE, performed=[early, middle]
    )
    assert by_submission == DUE


def test_a_date_read_on_the_due_day_is_on_time_however_late_it_is_reported() -> None:
    performed = first_instant(date(2024, 3, 31), HANOI)
    done = done_at(judged_by=JudgedBy.PERFORMED, submitted_at=DUE + days(30), performed=[performed])
    assert judged(DUE + days(40), state=State.ACCEPTED, done=done) is Timeliness.ON_TIME
    assert Terms(due_until=DUE).is_reported_late(DUE + days(30))


some_days = st.dates(date(2024, 1, 1), date(2024, 12, 31))
instants = st.datetimes(datetime(2023, 12, 1), datetime(2025, 2, 1), timezones=st.just(UTC))
maybe = st.none() | instants


@given(
    due=maybe,
    report=maybe,
    notice=maybe,
    correction=maybe,
    opens_at=maybe,
    state=st.sampled_from(State),
    done=instants,
    moments=st.lists(instants, min_size=2, max_size=6),
)
def test_time_never_moves_a_task_backwards(
    *,
    due: datetime | None,
    report: datetime | None,
    notice: datetime | None,
    correction: datetime | None,
    opens_at: datetime | None,
    state: State,
    done: datetime,
    moments: list[datetime],
) -> None:
    order = list(Timeliness)
    terms = Terms(
        due_until=due, report_until=report, notice_until=notice, correction_until=correction
    )
    standings = [
        order.index(timeliness(terms, state=state, as_of=as_of, done_at=done, opens_at=opens_at))
        for as_of in sorted(moments)
    ]
    assert standings == sorted(standings)


@given(
    zone=st.sampled_from([HANOI, ZoneInfo("Europe/London"), ZoneInfo("America/Sao_Paulo")]),
    due_on=some_days,
    report_by_on=st.none() | some_days,
    late_notice_on=st.none() | some_days,
    correction_on=st.none() | some_days,
    at=instants,
)
def test_judging_by_instants_is_comparing_days_in_the_zone(
    *,
    zone: ZoneInfo,
    due_on: date,
    report_by_on: date | None,
    late_notice_on: date | None,
    correction_on: date | None,
    at: datetime,
) -> None:
    terms = Terms.of_days(
        zone=zone,
        due_on=due_on,
        report_by_on=report_by_on,
        late_notice_on=late_notice_on,
        correction_on=correction_on,
    )
    on = day_of(at, zone)
    judged_on = max(due_on, late_notice_on or due_on)
    overdue_on = max(judged_on, report_by_on or judged_on)
    assert terms.is_on_time(at) == (on <= judged_on)
    assert terms.is_past_due(at) == (judged_on < on)
    assert terms.is_reported_late(at) == (overdue_on < on)
    is_saved = correction_on is not None and on <= correction_on
    assert terms.is_overdue(at) == (overdue_on < on and not is_saved)


def test_terms_without_days_have_no_instants() -> None:
    assert Terms.of_days(zone=HANOI, due_on=None) == Terms(due_until=None)
