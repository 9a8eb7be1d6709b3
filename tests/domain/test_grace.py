from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflow.domain.agreement import JudgedBy
from workflow.domain.errors import Refusal
from workflow.domain.grace import (
    Correction,
    correction,
    counted_at,
    ensure_extends,
    is_late_notice,
    is_late_request,
    made_in_time,
    recorder_delay,
)
from workflow.domain.lifecycle import Action, State, Who
from workflow.domain.timeliness import Terms, Timeliness, done_at, timeliness

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DUE = datetime(2024, 3, 31, 17, tzinfo=UTC)
A_DAY = timedelta(days=1)
A_SECOND = timedelta(seconds=1)
TERMS = Terms(due_until=DUE)
REPORTED = Terms(due_until=DUE, report_until=DUE + 5 * A_DAY)
UNTIL = DUE + 7 * A_DAY


def after_return(
    terms: Terms = TERMS,
    *,
    action: Action = Action.RETURN,
    by: Who = Who.REVIEWER,
    judged_by: JudgedBy = JudgedBy.SUBMITTED,
    submitted_at: datetime = DUE - A_SECOND,
    given: Correction | None = None,
    is_granted: bool = False,
) -> Correction | None:
    return correction(
        terms,
        action=action,
        by=by,
        judged_by=judged_by,
        submitted_at=submitted_at,
        until=UNTIL,
        given=given,
        is_granted=is_granted,
    )


def test_a_persons_return_of_a_submission_made_in_time_gives_a_term() -> None:
    assert after_return() == Correction(first_submitted_at=DUE - A_SECOND, until=UNTIL)
    assert after_return(submitted_at=DUE) is None


def test_what_is_judged_by_performance_is_in_time_up_to_its_report_by_day() -> None:
    in_time = DUE + 5 * A_DAY - A_SECOND
    assert made_in_time(REPORTED, judged_by=JudgedBy.PERFORMED, submitted_at=in_time)
    assert not made_in_time(REPORTED, judged_by=JudgedBy.PERFORMED, submitted_at=in_time + A_SECOND)
    # Judged by submission it is late already, and no term could make it otherwise.
    assert not made_in_time(REPORTED, judged_by=JudgedBy.SUBMITTED, submitted_at=in_time)


def test_the_checks_and_a_reopening_give_no_term_unless_a_reviewer_grants_it() -> None:
    for action, by in (
        (Action.RETURN, Who.CHECKS),
        (Action.REOPEN, Who.REVIEWER),
        (Action.REOPEN, Who.ADMINISTRATOR),
    ):
        assert after_return(action=action, by=by) is None
        assert after_return(action=action, by=by, is_granted=True) is not None


def test_there_is_one_term_a_task() -> None:
    first = Correction(first_submitted_at=DUE - 2 * A_DAY, until=DUE + A_DAY)
    assert after_return(given=first) is first
    assert after_return(given=first, by=Who.CHECKS) is first
    with pytest.raises(Refusal) as caught:
        after_return(given=first, is_granted=True)
    assert caught.value.code == "task.correction_already_given"
    assert caught.value.facts == {"until": first.until.isoformat()}


def test_a_term_cannot_be_granted_for_a_late_submission() -> None:
    with pytest.raises(Refusal) as caught:
        after_return(submitted_at=DUE, is_granted=True)
    assert caught.value.code == "task.correction_of_late_submission"
    assert caught.value.facts == {"submitted_at": DUE.isoformat()}


def test_a_resubmission_within_the_term_counts_at_the_first_submission() -> None:
    given = Correction(first_submitted_at=DUE - A_DAY, until=UNTIL)
    assert counted_at(UNTIL - A_SECOND, given) == DUE - A_DAY
    assert counted_at(UNTIL, given) == UNTIL
    assert counted_at(UNTIL, None) == UNTIL


def test_proof_replaced_within_the_term_counts_as_performed_by_the_first_submission() -> None:
    given = Correction(first_submitted_at=DUE - A_DAY, until=UNTIL)
    done = done_at(
        judged_by=JudgedBy.PERFORMED,
        submitted_at=counted_at(DUE + 2 * A_DAY, given),
        performed=[DUE + A_DAY],
    )
    assert TERMS.is_on_time(done)


def test_within_the_term_a_task_is_in_time_and_unanswered_it_is_overdue_from_its_due_day() -> None:
    terms = Terms(due_until=DUE, correction_until=UNTIL)

    def at(as_of: datetime) -> Timeliness:
        return timeliness(terms, state=State.RETURNED, as_of=as_of)

    assert at(UNTIL - A_SECOND) is Timeliness.WITHIN_CORRECTION
    assert at(UNTIL) is Timeliness.OVERDUE
    assert terms.overdue_from == DUE


def test_an_extension_is_asked_before_the_due_day_or_it_is_a_late_request() -> None:
    due_on = date(2024, 3, 31)
    starts = DUE - A_DAY
    assert not is_late_request(starts - A_SECOND, due_on=due_on, zone=HANOI)
    assert is_late_request(starts, due_on=due_on, zone=HANOI)
    assert is_late_request(DUE + 9 * A_DAY, due_on=due_on, zone=HANOI)


def test_an_extension_ends_after_the_present_due_day() -> None:
    due_on = date(2024, 3, 31)
    ensure_extends(date(2024, 4, 1), due_on=due_on)
    for new_on in (due_on, date(2024, 3, 1)):
        with pytest.raises(Refusal) as caught:
            ensure_extends(new_on, due_on=due_on)
        assert caught.value.code == "task.extension_not_later"
        assert caught.value.facts == {"due_on": "2024-03-31", "new_on": new_on.isoformat()}
    with pytest.raises(Refusal) as caught:
        ensure_extends(due_on, due_on=None)
    assert caught.value.code == "task.extension_without_due_day"


def test_notice_is_late_where_the_due_day_had_passed_when_the_cause_was_recorded() -> None:
    assert not is_late_notice(DUE, caused_at=DUE - A_SECOND)
    assert is_late_notice(DUE, caused_at=DUE)
    assert not is_late_notice(None, caused_at=DUE)


def test_the_recorders_delay_is_told_in_whole_days() -> None:
    due_on = date(2024, 3, 31)
    assert recorder_delay(due_on=due_on, caused_at=DUE, zone=HANOI) == A_DAY
    assert recorder_delay(due_on=due_on, caused_at=DUE + 6 * A_DAY, zone=HANOI) == 7 * A_DAY
    assert recorder_delay(due_on=due_on, caused_at=DUE - A_SECOND, zone=HANOI) == timedelta()
