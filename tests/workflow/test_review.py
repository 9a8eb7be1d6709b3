"""People confirm and return; four eyes, one correction term, and a due day for the review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from tests.factories import (
    CHECKS,
    by,
    conclude,
    duty,
    handed_in,
    item_row,
    judged,
    living,
    offered,
    paper,
    refused,
    row_of,
    says,
    state_of,
    submission_of,
    task_of,
    who_may,
    work_of,
)
from tests.worlds import day
from workflow.accounts import grant_role
from workflow.domain.agreement import Due, JudgedBy
from workflow.domain.evidence import Outcome
from workflow.domain.roles import Grant, Role
from workflow.domain.triggers import After, Every, Length
from workflow.review import (
    confirm_submission,
    decide_each,
    grant_correction,
    return_submission,
    waiting_reviews,
)
from workflow.store.evidence import allocation
from workflow.store.journal import journal_entry
from workflow.store.work import work
from workflow.submission import declare_nothing, submit_task

if TYPE_CHECKING:
    from sqlalchemy import Connection


def in_review(db: Connection, *, submitted: str = "2024-02-01", **more: Any) -> int:
    """A task whose submission waits for a person."""
    living(db, duty(needs_person=True, **more))
    one = task_of(db)
    handed_in(db, one, day=submitted)
    assert state_of(db, one) == "in_review"
    return one


def resubmitted(db: Connection, one: int, *, on: str) -> None:
    submit_task(db, one, act=by("can-bo-a", on, "11:00"))
    conclude(db, day=on, time="11:30")


# --- confirming -------------------------------------------------------------------------


def test_confirming_accepts_and_closes_the_submission(db: Connection) -> None:
    one = in_review(db)
    act = by("tham-dinh", "2024-02-05")
    confirm_submission(db, one, act=act)
    row, kept = row_of(db, one), submission_of(db, one)
    assert (row.state, row.done_on) == ("accepted", day("2024-02-01"))
    assert (kept.outcome, kept.settled_by, kept.settled_at) == ("accepted", "tham-dinh", act.at)
    verbs = db.scalars(select(journal_entry.c.verb).order_by(journal_entry.c.id)).all()
    assert verbs[-1] == "task.confirmed"


def test_how_fast_a_reviewer_is_does_not_decide_on_time(db: Connection) -> None:
    one = in_review(db, submitted="2024-03-31")
    confirm_submission(db, one, act=by("tham-dinh", "2024-06-01"))
    assert row_of(db, one).done_on == day("2024-03-31")


def test_who_may_confirm(db: Connection) -> None:
    one = in_review(db)
    assert who_may(db, lambda who: confirm_submission(db, one, act=by(who, "2024-02-05"))) == {
        "tham-dinh",
        "tham-dinh-2",
        "bao-tham-dinh",
    }


def test_nobody_confirms_what_they_handed_in(db: Connection) -> None:
    living(db, duty(needs_person=True))
    grant_role(
        db,
        "tham-dinh",
        Grant(role=Role.UNIT_OFFICER, unit="phuong-a"),
        act=by("quan-tri", "2024-01-02"),
    )
    one = task_of(db)
    handed_in(db, one, who="tham-dinh")
    act = by("tham-dinh", "2024-02-05")
    refused("task.four_eyes", lambda: confirm_submission(db, one, act=act))
    confirm_submission(db, one, act=by("tham-dinh-2", "2024-02-05"))


def test_nobody_confirms_what_they_handed_in_on_behalf(db: Connection) -> None:
    living(db)
    grant_role(db, "quan-tri", Grant(role=Role.REVIEWER), act=by("quan-tri-2", "2024-01-02"))
    one = task_of(db)
    judged(db, offered(db, one))
    submit_task(db, one, act=by("quan-tri", "2024-02-01", reason="Công văn 12"))
    conclude(db, day="2024-02-01")
    act = by("quan-tri", "2024-02-05")
    refused("task.four_eyes", lambda: confirm_submission(db, one, act=act))
    confirm_submission(db, one, act=by("tham-dinh", "2024-02-05"))
    assert state_of(db, one) == "accepted"


def test_nobody_confirms_an_automatic_submission_of_their_own_items(db: Connection) -> None:
    living(db, duty(auto_submit=True, needs_person=True))
    grant_role(
        db,
        "tham-dinh",
        Grant(role=Role.UNIT_OFFICER, unit="phuong-a"),
        act=by("quan-tri", "2024-01-02"),
    )
    one = task_of(db)
    judged(db, offered(db, one, act=by("tham-dinh", "2024-02-01")))
    conclude(db, day="2024-02-01")
    act = by("tham-dinh", "2024-02-05")
    refused("task.four_eyes", lambda: confirm_submission(db, one, act=act))
    confirm_submission(db, one, act=by("tham-dinh-2", "2024-02-05"))


def test_adding_an_item_is_no_submission_of_it(db: Connection) -> None:
    """Four eyes are on whoever handed in; another of the unit may have added the papers."""
    living(db, duty(needs_person=True))
    grant_role(
        db,
        "tham-dinh",
        Grant(role=Role.UNIT_OFFICER, unit="phuong-a"),
        act=by("quan-tri", "2024-01-02"),
    )
    one = task_of(db)
    judged(db, offered(db, one, act=by("tham-dinh", "2024-02-01")))
    submit_task(db, one, act=by("can-bo-a", "2024-02-01"))
    conclude(db, day="2024-02-01")
    confirm_submission(db, one, act=by("tham-dinh", "2024-02-05"))


def test_a_rule_decides_nothing_that_is_a_persons(db: Connection) -> None:
    one = in_review(db)
    act = by(CHECKS, "2024-02-05", reason="x")
    for decide in (confirm_submission, return_submission, grant_correction):
        refused("access.person_only", lambda decide=decide: decide(db, one, act=act))  # type: ignore[misc] # a default binds the loop's name


def test_only_what_is_in_review_is_confirmed(db: Connection) -> None:
    living(db)
    one = task_of(db)
    act = by("tham-dinh", "2024-02-05")
    refused("task.action_not_allowed", lambda: confirm_submission(db, one, act=act))
    refused("task.unknown", lambda: confirm_submission(db, 10**9, act=act))


def test_whoever_decides_second_is_told_what_the_first_did(db: Connection) -> None:
    one = in_review(db)
    confirm_submission(db, one, act=by("tham-dinh", "2024-02-05"))
    act = by("tham-dinh-2", "2024-02-05", reason="Thiếu dấu")
    refusal = refused("task.changed_meanwhile", lambda: return_submission(db, one, act=act))
    assert (refusal.facts["by"], refusal.facts["did"]) == ("tham-dinh", "confirm")


def test_what_a_person_confirms_counts_as_performed_on_its_day(db: Connection) -> None:
    living(db)
    one = task_of(db)
    handed_in(db, one, verdict=says(Outcome.UNDECIDED, performed_on=day("2024-01-15")))
    confirm_submission(db, one, act=by("tham-dinh", "2024-02-05"))
    assert row_of(db, one).done_on == day("2024-01-15")


def test_what_a_person_confirms_takes_its_share_of_the_proof(db: Connection) -> None:
    living(db, duty(trigger=Every(period=Length.MONTH)))
    one, other = task_of(db, occasion_key="2024-01"), task_of(db, occasion_key="2024-02")
    item = handed_in(db, one, verdict=says(Outcome.UNDECIDED, identity="bài"))
    confirm_submission(db, one, act=by("tham-dinh", "2024-02-05"))
    assert list(db.scalars(select(allocation.c.item_id))) == [item]
    late = offered(db, other, text="cũng bài ấy")
    judged(db, late, says(identity="bài"))
    assert item_row(db, late).outcome == "failed"


def test_a_person_may_confirm_what_no_share_is_left_of(db: Connection) -> None:
    living(db)
    first, second = task_of(db), task_of(db, "phuong-b")
    judged(db, offered(db, first, text="chung"), says(identity="biên bản"))
    handed_in(db, second, who="can-bo-b", verdict=says(identity="biên bản"))
    assert state_of(db, second) == "in_review"
    confirm_submission(db, second, act=by("tham-dinh", "2024-02-05"))
    assert state_of(db, second) == "accepted"
    assert len(db.scalars(select(allocation.c.id)).all()) == 1


def test_a_quota_that_nobody_recorded_may_be_confirmed(db: Connection) -> None:
    from workflow.domain.agreement import Quota, Requirement

    asks = Requirement(code="giay", check="invoice", quantity=Quota(title="bbn"))
    living(db, duty(proof=asks))
    one = task_of(db)
    handed_in(db, one, verdict=says(identity="hd", performed_on=day("2024-01-15")))
    confirm_submission(db, one, act=by("tham-dinh", "2024-02-05"))
    assert row_of(db, one).done_on == day("2024-02-01")


def test_nothing_to_report_is_confirmed_by_a_person(db: Connection) -> None:
    living(db, duty(allows_nothing=True))
    one = task_of(db)
    declare_nothing(db, one, act=by("can-bo-a", "2024-02-01"))
    conclude(db, day="2024-02-01")
    refused("access.denied", lambda: confirm_submission(db, one, act=by("can-bo-a", "2024-02-05")))
    confirm_submission(db, one, act=by("tham-dinh", "2024-02-05"))
    assert row_of(db, one).done_on == day("2024-02-01")


def test_a_confirmed_fulfilment_is_followed_too(db: Connection) -> None:
    follows = duty("dang-tin", trigger=After(obligation="cu-phong-vien", days=2))
    living(db, duty("cu-phong-vien", needs_person=True), follows)
    one = task_of(db, duty="cu-phong-vien")
    handed_in(db, one)
    assert work_of(db, "follow_on") == []
    confirm_submission(db, one, act=by("tham-dinh", "2024-02-05"))
    assert work_of(db, "follow_on") == [one]


# --- returning and the correction term --------------------------------------------------


def test_returning_needs_a_reason_and_tells_it(db: Connection) -> None:
    one = in_review(db)
    refused(
        "task.reason_missing", lambda: return_submission(db, one, act=by("tham-dinh", "2024-02-05"))
    )
    return_submission(db, one, act=by("tham-dinh", "2024-02-05", reason="Thiếu dấu"))
    kept = submission_of(db, one)
    assert (state_of(db, one), kept.outcome) == ("returned", "returned")
    assert kept.reasons == [{"code": "review.said", "by": "tham-dinh", "text": "Thiếu dấu"}]


def test_who_may_return(db: Connection) -> None:
    one = in_review(db)

    def give_back(who: str) -> None:
        return_submission(db, one, act=by(who, "2024-02-05", reason="Thiếu dấu"))

    assert who_may(db, give_back) == {"tham-dinh", "tham-dinh-2", "bao-tham-dinh"}


def test_a_persons_return_in_time_gives_three_working_days_once(db: Connection) -> None:
    one = in_review(db, submitted="2024-03-29", judged_by=JudgedBy.SUBMITTED)
    # Friday the 5th of April: Monday, Tuesday, Wednesday.
    return_submission(db, one, act=by("tham-dinh", "2024-04-05", reason="Thiếu dấu"))
    assert row_of(db, one).correction_on == day("2024-04-10")
    resubmitted(db, one, on="2024-04-08")
    return_submission(db, one, act=by("tham-dinh", "2024-04-09", reason="Vẫn thiếu"))
    assert row_of(db, one).correction_on == day("2024-04-10")


def test_handed_in_again_within_the_term_it_counts_at_the_first_instant(db: Connection) -> None:
    one = in_review(db, submitted="2024-03-29", judged_by=JudgedBy.SUBMITTED)
    first = submission_of(db, one).submitted_at
    return_submission(db, one, act=by("tham-dinh", "2024-04-05", reason="Thiếu dấu"))
    resubmitted(db, one, on="2024-04-10")
    kept, row = submission_of(db, one), row_of(db, one)
    assert (kept.number, kept.counted_at, row.submitted_at) == (2, first, first)
    assert kept.submitted_at > first
    confirm_submission(db, one, act=by("tham-dinh", "2024-05-01"))
    assert row_of(db, one).done_on == day("2024-03-29")


def test_handed_in_after_the_term_it_counts_when_it_came(db: Connection) -> None:
    one = in_review(db, submitted="2024-03-29", judged_by=JudgedBy.SUBMITTED)
    return_submission(db, one, act=by("tham-dinh", "2024-04-05", reason="Thiếu dấu"))
    resubmitted(db, one, on="2024-04-11")
    confirm_submission(db, one, act=by("tham-dinh", "2024-05-01"))
    assert row_of(db, one).done_on == day("2024-04-11")


def test_proof_replaced_within_the_term_counts_as_performed_then(db: Connection) -> None:
    one = in_review(db, submitted="2024-03-29", proof=paper(minimum=1))
    return_submission(db, one, act=by("tham-dinh", "2024-04-05", reason="Sai bài"))
    item = offered(db, one, text="bài mới", act=by("can-bo-a", "2024-04-08"))
    judged(db, item, says(identity="mới", performed_on=day("2024-04-07")), day="2024-04-08")
    resubmitted(db, one, on="2024-04-08")
    confirm_submission(db, one, act=by("tham-dinh", "2024-05-01"))
    assert row_of(db, one).done_on <= day("2024-03-29")


def test_a_late_submission_is_given_no_term(db: Connection) -> None:
    one = in_review(db, submitted="2024-04-02", judged_by=JudgedBy.SUBMITTED)
    return_submission(db, one, act=by("tham-dinh", "2024-04-05", reason="Thiếu dấu"))
    assert row_of(db, one).correction_on is None


def test_up_to_the_report_day_a_performed_duty_is_handed_in_time(db: Connection) -> None:
    one = in_review(db, submitted="2024-04-04", due=Due(report_by=10))
    return_submission(db, one, act=by("tham-dinh", "2024-04-05", reason="Thiếu dấu"))
    assert row_of(db, one).correction_on == day("2024-04-10")


def test_a_return_by_the_checks_gives_a_term_only_if_a_reviewer_grants_it(db: Connection) -> None:
    living(db)
    one = task_of(db)
    handed_in(db, one, day="2024-03-29", verdict=says(Outcome.FAILED))
    assert row_of(db, one).correction_on is None
    last_on = grant_correction(db, one, act=by("tham-dinh", "2024-04-05"))
    assert last_on == row_of(db, one).correction_on == day("2024-04-10")
    assert state_of(db, one) == "returned"
    act = by("tham-dinh", "2024-04-08")
    refused("task.correction_already_given", lambda: grant_correction(db, one, act=act))


def test_who_may_grant_a_term(db: Connection) -> None:
    living(db)
    one = task_of(db)
    handed_in(db, one, day="2024-03-29", verdict=says(Outcome.FAILED))
    assert who_may(db, lambda who: grant_correction(db, one, act=by(who, "2024-04-05"))) == {
        "tham-dinh",
        "tham-dinh-2",
        "bao-tham-dinh",
    }


def test_a_term_is_for_what_was_returned_in_time(db: Connection) -> None:
    living(db, duty(judged_by=JudgedBy.SUBMITTED))
    one = task_of(db)
    act = by("tham-dinh", "2024-04-05")
    refused("task.not_returned", lambda: grant_correction(db, one, act=act))
    handed_in(db, one, day="2024-04-03", verdict=says(Outcome.FAILED))
    refused("task.correction_of_late_submission", lambda: grant_correction(db, one, act=act))


# --- the desk ---------------------------------------------------------------------------


def test_the_desk_lists_what_waits_the_most_urgent_first(db: Connection) -> None:
    living(db, duty(needs_person=True))
    first, second = task_of(db, occasion_key="2024-Q2"), task_of(db)
    handed_in(db, second, day="2024-02-05")
    handed_in(db, first, day="2024-02-01")
    rows = waiting_reviews(db, by="tham-dinh", at=by("x", "2024-02-16").at)
    assert [row.task_id for row in rows] == [first, second]
    assert [row.is_overdue for row in rows] == [True, False]
    (one,) = waiting_reviews(
        db, by="tham-dinh", at=by("x", "2024-02-16").at, only_overdue=True, agreement_code="ct-01"
    )
    assert (one.task_id, one.unit, one.occasion) == (first, "phuong-a", "2024-Q2")
    assert (one.is_on_behalf, one.says_nothing, one.is_own, one.doubts) == (False, False, False, 0)
    assert (
        waiting_reviews(db, by="tham-dinh", at=by("x", "2024-02-16").at, agreement_code="x") == []
    )


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("tham-dinh", True),
        ("bao-tham-dinh", True),
        ("quan-tri", False),
        ("can-bo-a", False),
        ("lanh-dao-tp", False),
        ("nguoi-la", False),
    ],
)
def test_the_desk_shows_what_one_may_decide(db: Connection, who: str, sees: bool) -> None:
    in_review(db)
    assert bool(waiting_reviews(db, by=who, at=by("x", "2024-02-05").at)) is sees


def test_what_is_decided_leaves_the_desk(db: Connection) -> None:
    one = in_review(db)
    confirm_submission(db, one, act=by("tham-dinh", "2024-02-05"))
    assert waiting_reviews(db, by="tham-dinh", at=by("x", "2024-02-05").at) == []


def test_many_are_decided_each_for_itself(db: Connection) -> None:
    living(db, duty(needs_person=True))
    good, own, idle = task_of(db), task_of(db, "phuong-b"), task_of(db, occasion_key="2024-Q2")
    grant_role(
        db,
        "tham-dinh",
        Grant(role=Role.UNIT_OFFICER, unit="phuong-b"),
        act=by("quan-tri", "2024-01-02"),
    )
    handed_in(db, good)
    handed_in(db, own, who="tham-dinh")
    decided = decide_each(
        db, [idle, own, good, good], confirm_submission, act=by("tham-dinh", "2024-02-05")
    )
    codes = {one.task_id: one.refusal.code if one.refusal else None for one in decided}
    assert codes == {good: None, own: "task.four_eyes", idle: "task.action_not_allowed"}
    assert [one.task_id for one in decided] == sorted([good, own, idle])
    assert [state_of(db, one) for one in (good, own, idle)] == ["accepted", "in_review", "open"]


def test_no_work_is_left_behind(db: Connection) -> None:
    one = in_review(db)
    db.execute(work.delete())
    confirm_submission(db, one, act=by("tham-dinh", "2024-02-05"))
    assert db.execute(select(work)).all() == []
