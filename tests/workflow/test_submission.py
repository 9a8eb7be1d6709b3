"""A unit answers: who may add evidence and hand in, what is written, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from tests.factories import (
    by,
    conclude,
    duty,
    handed_in,
    item_row,
    judged,
    living,
    offered,
    refused,
    row_of,
    says,
    state_of,
    stored,
    submission_of,
    task_of,
    who_may,
    work_of,
)
from tests.worlds import day
from workflow.accounts import disable_user
from workflow.domain.agreement import Due, JudgedBy
from workflow.domain.evidence import Outcome
from workflow.review import return_submission
from workflow.store.evidence import evidence_item
from workflow.store.journal import journal_entry
from workflow.store.submissions import submission
from workflow.store.tasks import task, task_change
from workflow.store.work import put_work
from workflow.submission import (
    add_evidence,
    declare_nothing,
    remove_evidence,
    submit_task,
    withdraw_submission,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from workflow.journal import Act


def changes_of(db: Connection, task_id: int) -> list[Row[tuple[object, ...]]]:
    query = select(task_change).where(task_change.c.task_id == task_id)
    return list(db.execute(query.order_by(task_change.c.id)))


def journaled(db: Connection, task_id: int) -> list[str]:
    query = select(journal_entry.c.verb).where(
        journal_entry.c.subject == "task", journal_entry.c.subject_id == task_id
    )
    return list(db.scalars(query.order_by(journal_entry.c.id)))


def everything(db: Connection) -> tuple[int, ...]:
    """How many rows there are of all that a refused act must not write."""
    return tuple(
        db.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (task_change, journal_entry, evidence_item, submission)
    )


# --- evidence ---------------------------------------------------------------------------


def test_an_item_is_kept_checked_on_arrival_and_journaled(db: Connection) -> None:
    living(db)
    one = task_of(db)
    assert not row_of(db, one).is_touched
    item = add_evidence(
        db,
        one,
        requirement="giay",
        file=stored("giấy mời"),
        name="C:\\Hồ sơ\\giấy mời.pdf",
        figures={"copies": 3},
        act=by("can-bo-a", "2024-02-01"),
    )
    row = item_row(db, item)
    assert (row.task_id, row.sha256, row.name) == (one, stored("giấy mời").sha256, "giấy mời.pdf")
    assert (row.figures, row.added_by, row.is_on_behalf) == ({"copies": 3}, "can-bo-a", False)
    assert row.outcome is None
    assert work_of(db, "verify_item") == [item]
    assert row_of(db, one).is_touched
    assert state_of(db, one) == "open"
    assert changes_of(db, one) == []
    assert journaled(db, one) == ["evidence.added"]


def test_figures_alone_are_evidence(db: Connection) -> None:
    living(db)
    item = add_evidence(
        db,
        task_of(db),
        requirement="giay",
        figures={"copies": 3},
        act=by("can-bo-a", "2024-02-01"),
    )
    assert item_row(db, item).sha256 is None


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("evidence.requirement_unknown", {"requirement": "khác", "file": stored()}),
        ("evidence.requirement_unknown", {"requirement": "", "file": stored()}),
        ("evidence.nothing_given", {"requirement": "giay"}),
        ("evidence.nothing_given", {"requirement": "giay", "figures": {}}),
    ],
)
def test_what_is_no_evidence_for_the_task_is_refused(
    db: Connection, code: str, given: dict[str, object]
) -> None:
    living(db)
    before = everything(db)
    act = by("can-bo-a", "2024-02-01")
    refused(code, lambda: add_evidence(db, task_of(db), act=act, **given))  # type: ignore[arg-type] # keywords by name
    assert everything(db) == before


def test_the_same_file_is_offered_once_for_a_requirement(db: Connection) -> None:
    living(db)
    one = task_of(db)
    item = offered(db, one)
    refusal = refused("evidence.offered_already", lambda: offered(db, one))
    assert refusal.facts["item"] == item
    remove_evidence(db, item, act=by("can-bo-a", "2024-02-01"))
    assert offered(db, one) != item


def test_without_requirements_a_paper_may_be_attached_for_the_reviewer(db: Connection) -> None:
    living(db, duty(proof=None))
    one = task_of(db)
    item = offered(db, one, requirement="")
    assert item_row(db, item).requirement == ""
    refused("evidence.requirement_unknown", lambda: offered(db, one, requirement="giay"))


def test_an_unknown_task_is_refused(db: Connection) -> None:
    living(db)
    refused("task.unknown", lambda: offered(db, 10**9))


UNIT = {"can-bo-a", "truong-a"}
ON_BEHALF = {"cap-tren", "quan-tri", "quan-tri-2"}


def test_who_may_add_and_remove_evidence(db: Connection) -> None:
    living(db)
    one = task_of(db)
    theirs = offered(db, one)

    def add(who: str) -> None:
        item = offered(db, one, text="khác", act=by(who, "2024-02-02"))
        assert item_row(db, item).is_on_behalf is (who in ON_BEHALF)

    before = everything(db)
    assert who_may(db, add) == UNIT | ON_BEHALF
    assert (
        who_may(db, lambda who: remove_evidence(db, theirs, act=by(who, "2024-02-02")))
        == UNIT | ON_BEHALF
    )
    assert everything(db) == before


def test_a_disabled_account_does_nothing_more(db: Connection) -> None:
    living(db)
    disable_user(db, "can-bo-a", act=by("quan-tri", "2024-01-31"))
    refused("access.disabled", lambda: offered(db, task_of(db)))


def test_items_are_frozen_while_submitted(db: Connection) -> None:
    living(db)
    one = task_of(db)
    item = offered(db, one)
    submit_task(db, one, act=by("can-bo-a", "2024-02-01"))
    refused("task.action_not_allowed", lambda: offered(db, one, text="khác"))
    refused(
        "task.action_not_allowed",
        lambda: remove_evidence(db, item, act=by("can-bo-a", "2024-02-01")),
    )
    withdraw_submission(db, one, act=by("can-bo-a", "2024-02-01"))
    remove_evidence(db, item, act=by("can-bo-a", "2024-02-01"))


def test_an_item_is_removed_once_and_stays_on_record(db: Connection) -> None:
    living(db)
    one = task_of(db)
    item = offered(db, one)
    act = by("can-bo-a", "2024-02-02")
    remove_evidence(db, item, act=act)
    assert item_row(db, item).removed_at == act.at
    refused("evidence.removed_already", lambda: remove_evidence(db, item, act=act))
    refused("evidence.unknown", lambda: remove_evidence(db, 10**9, act=act))
    assert journaled(db, one) == ["evidence.added", "evidence.removed"]


# --- submission -------------------------------------------------------------------------


def test_submitting_writes_state_dated_row_submission_work_and_journal(db: Connection) -> None:
    living(db)
    one = task_of(db)
    offered(db, one)
    act = by("can-bo-a", "2024-02-01", "23:30")
    number = submit_task(db, one, act=act)
    row = row_of(db, one)
    assert (row.state, row.state_before, row.is_touched) == ("submitted", "open", True)
    # 23:30 in Hà Nội is still 16:30 of the same day in UTC; the day is the agreement's.
    assert (row.submitted_at, row.submitted_on) == (act.at, day("2024-02-01"))
    (change,) = changes_of(db, one)
    assert (change.act, change.by, change.at) == ("submit", "can-bo-a", act.at)
    assert (change.state_from, change.state) == ("open", "submitted")
    assert (change.due_on, change.submitted_on) == (row.due_on, row.submitted_on)
    kept = submission_of(db, one)
    assert (kept.id, kept.number, kept.submitted_by) == (number, 1, "can-bo-a")
    assert (kept.counted_at, kept.on_behalf_of, kept.outcome) == (act.at, None, None)
    assert work_of(db, "settle_submission") == [number]
    assert journaled(db, one) == ["evidence.added", "task.submitted"]


def test_the_day_is_the_zones_not_utcs(db: Connection) -> None:
    living(db)
    one = task_of(db)
    act = by("can-bo-a", "2024-02-01", "00:30")
    submit_task(db, one, act=act)
    assert act.at.date() == day("2024-01-31")
    assert row_of(db, one).submitted_on == day("2024-02-01")


def test_who_may_submit(db: Connection) -> None:
    living(db)
    one = task_of(db)

    def submit(who: str) -> None:
        submit_task(db, one, act=by(who, "2024-02-01", reason="Đơn vị mất mạng"))
        expected = "phuong-a" if who in ON_BEHALF else None
        assert submission_of(db, one).on_behalf_of == expected

    before = everything(db)
    assert who_may(db, submit) == UNIT | ON_BEHALF
    assert everything(db) == before


@pytest.mark.parametrize("who", ["cap-tren", "quan-tri"])
def test_on_behalf_needs_a_ground_and_is_marked(db: Connection, who: str) -> None:
    living(db)
    one = task_of(db)
    refused("task.reason_missing", lambda: submit_task(db, one, act=by(who, "2024-02-01")))
    act = by(who, "2024-02-01", on_behalf="phuong-a", reason="Công văn 12")
    submit_task(db, one, act=act)
    kept = submission_of(db, one)
    assert (kept.on_behalf_of, kept.ground, kept.submitted_by) == ("phuong-a", "Công văn 12", who)
    entry = db.execute(
        select(journal_entry.c.body).where(journal_entry.c.verb == "task.submitted")
    ).scalar_one()
    assert json.loads(entry)["on_behalf"] == "phuong-a"


def test_on_behalf_of_another_unit_is_refused(db: Connection) -> None:
    living(db)
    act = by("quan-tri", "2024-02-01", on_behalf="phuong-b", reason="Công văn 12")
    refusal = refused("submission.wrong_unit", lambda: submit_task(db, task_of(db), act=act))
    assert refusal.facts == {"unit": "phuong-b", "answerable": "phuong-a"}


def test_on_behalf_a_person_confirms_even_what_is_proved(db: Connection) -> None:
    living(db)
    one = task_of(db)
    judged(db, offered(db, one))
    submit_task(db, one, act=by("quan-tri", "2024-02-01", reason="Công văn 12"))
    conclude(db, day="2024-02-01")
    assert state_of(db, one) == "in_review"
    assert submission_of(db, one).reasons == [{"code": "submission.on_behalf", "unit": "phuong-a"}]


def test_submitting_twice_is_refused(db: Connection) -> None:
    living(db)
    one = task_of(db)
    submit_task(db, one, act=by("can-bo-a", "2024-02-01"))
    act = by("can-bo-a", "2024-02-02")
    refusal = refused("task.action_not_allowed", lambda: submit_task(db, one, act=act))
    assert refusal.facts == {"action": "submit", "state": "submitted"}


def test_whoever_comes_second_is_told_what_happened(db: Connection) -> None:
    living(db)
    one = task_of(db)
    first = by("can-bo-a", "2024-02-01")
    submit_task(db, one, act=first)
    before = everything(db)
    refusal = refused(
        "task.changed_meanwhile", lambda: submit_task(db, one, act=by("truong-a", "2024-02-01"))
    )
    assert refusal.facts == {
        "action": "submit",
        "state": "submitted",
        "did": "submit",
        "by": "can-bo-a",
        "at": first.at.isoformat(),
    }
    assert everything(db) == before


def test_a_withdrawn_submission_leaves_the_task_as_it_was(db: Connection) -> None:
    living(db)
    one = task_of(db)
    before = row_of(db, one)
    offered(db, one)
    submit_task(db, one, act=by("can-bo-a", "2024-02-01"))
    withdraw_submission(db, one, act=by("truong-a", "2024-02-02"))
    row = row_of(db, one)
    kept = ("state", "due_on", "submitted_at", "submitted_on", "done_at", "correction_on")
    assert [getattr(row, name) for name in kept] == [getattr(before, name) for name in kept]
    ended = submission_of(db, one)
    assert (ended.outcome, ended.settled_by) == ("withdrawn", "truong-a")
    submit_task(db, one, act=by("can-bo-a", "2024-02-03"))
    assert submission_of(db, one).number == 2


def test_only_the_unit_withdraws(db: Connection) -> None:
    living(db)
    one = task_of(db)
    submit_task(db, one, act=by("can-bo-a", "2024-02-01"))
    assert (
        who_may(
            db, lambda who: withdraw_submission(db, one, act=by(who, "2024-02-01", reason="Nhầm"))
        )
        == UNIT
    )


def test_nothing_is_withdrawn_after_a_verdict(db: Connection) -> None:
    living(db)
    one = task_of(db)
    handed_in(db, one)
    act = by("can-bo-a", "2024-02-02")
    refusal = refused("task.changed_meanwhile", lambda: withdraw_submission(db, one, act=act))
    assert (refusal.facts["state"], refusal.facts["by"]) == ("accepted", "system:checks")


def test_a_withdrawal_within_a_correction_keeps_the_first_instant(db: Connection) -> None:
    living(db, duty(needs_person=True, judged_by=JudgedBy.SUBMITTED))
    one = task_of(db)
    handed_in(db, one, day="2024-03-29")
    return_submission(db, one, act=by("tham-dinh", "2024-04-01", reason="Thiếu dấu"))
    submit_task(db, one, act=by("can-bo-a", "2024-04-02"))
    withdraw_submission(db, one, act=by("can-bo-a", "2024-04-02"))
    row = row_of(db, one)
    assert (row.state, row.submitted_on) == ("returned", day("2024-03-29"))
    submit_task(db, one, act=by("can-bo-a", "2024-04-03"))
    assert row_of(db, one).submitted_on == day("2024-03-29")


# --- nothing to report ------------------------------------------------------------------


def test_nothing_is_declared_only_where_allowed(db: Connection) -> None:
    living(db)
    act = by("can-bo-a", "2024-02-01")
    refused("task.nothing_not_allowed", lambda: declare_nothing(db, task_of(db), act=act))


def test_a_declaration_of_nothing_waits_for_a_person(db: Connection) -> None:
    living(db, duty(allows_nothing=True))
    one = task_of(db)
    declare_nothing(db, one, act=by("can-bo-a", "2024-02-01"))
    assert submission_of(db, one).says_nothing
    conclude(db, day="2024-02-01")
    assert state_of(db, one) == "in_review"
    assert submission_of(db, one).reasons == [{"code": "submission.says_nothing"}]


def test_only_the_unit_declares_nothing(db: Connection) -> None:
    living(db, duty(allows_nothing=True))
    one = task_of(db)
    assert (
        who_may(db, lambda who: declare_nothing(db, one, act=by(who, "2024-02-01", reason="Không")))
        == UNIT
    )


# --- by itself --------------------------------------------------------------------------


def auto(db: Connection, **more: Any) -> int:
    """A task of a duty that hands itself in."""
    living(db, duty(auto_submit=True, **more))
    return task_of(db)


def test_what_is_proved_hands_itself_in_at_the_instant_of_its_last_item(db: Connection) -> None:
    one = auto(db, judged_by=JudgedBy.SUBMITTED)
    act = by("can-bo-a", "2024-02-01", "08:15")
    judged(db, offered(db, one, act=act), day="2024-02-05")
    conclude(db, day="2024-02-05")
    row, kept = row_of(db, one), submission_of(db, one)
    assert (row.state, row.submitted_at, row.done_at) == ("accepted", act.at, act.at)
    assert (kept.is_automatic, kept.submitted_by) == (True, "system:checks")
    assert (kept.submitted_at, kept.settled_at) == (act.at, by("x", "2024-02-05", "10:00").at)


def test_a_late_verdict_does_not_make_an_automatic_submission_late(db: Connection) -> None:
    one = auto(db, judged_by=JudgedBy.SUBMITTED)
    judged(db, offered(db, one, act=by("can-bo-a", "2024-03-31", "23:59")), day="2024-04-10")
    conclude(db, day="2024-04-10")
    assert row_of(db, one).done_on == day("2024-03-31")


def test_nothing_hands_itself_in_that_is_not_wholly_proved(db: Connection) -> None:
    one = auto(db)
    judged(db, offered(db, one, text="tốt"))
    judged(db, offered(db, one, text="hỏng"), says(Outcome.FAILED, identity="hỏng"))
    conclude(db, day="2024-02-01")
    assert state_of(db, one) == "open"
    bad = db.execute(
        select(evidence_item.c.id).where(evidence_item.c.outcome == "failed")
    ).scalar_one()
    remove_evidence(db, bad, act=by("can-bo-a", "2024-02-02"))
    conclude(db, day="2024-02-02")
    assert state_of(db, one) == "accepted"


def test_nothing_hands_itself_in_unless_the_obligation_says_so(db: Connection) -> None:
    living(db)
    one = task_of(db)
    judged(db, offered(db, one))
    assert work_of(db, "submit_automatically") == []
    conclude(db, day="2024-02-01")
    assert state_of(db, one) == "open"


def test_what_was_withdrawn_hands_itself_in_again_only_with_something_new(db: Connection) -> None:
    one = auto(db, needs_person=True)
    judged(db, offered(db, one))
    conclude(db, day="2024-02-01")
    assert state_of(db, one) == "in_review"
    act = by("tham-dinh", "2024-02-02", reason="Xem lại")
    return_submission(db, one, act=act)
    put_work(db, kind="submit_automatically", subjects=[one], due_at=act.at)
    conclude(db, day="2024-02-02")
    assert state_of(db, one) == "returned"
    old = db.execute(select(evidence_item.c.id).where(evidence_item.c.task_id == one)).scalar_one()
    remove_evidence(db, old, act=by("can-bo-a", "2024-02-03"))
    judged(db, offered(db, one, text="mới", act=by("can-bo-a", "2024-02-03")), day="2024-02-03")
    conclude(db, day="2024-02-03")
    assert state_of(db, one) == "in_review"
    assert submission_of(db, one).number == 2


def test_what_an_administrator_added_hands_itself_in_on_behalf(db: Connection) -> None:
    one = auto(db)
    judged(db, offered(db, one, act=by("quan-tri", "2024-02-01")))
    conclude(db, day="2024-02-01")
    assert state_of(db, one) == "in_review"
    assert submission_of(db, one).on_behalf_of == "phuong-a"


def test_history_never_hands_itself_in(db: Connection) -> None:
    living(db, duty(auto_submit=True), tracked_from=day("2024-06-01"))
    one = task_of(db)
    assert row_of(db, one).is_history
    judged(db, offered(db, one))
    conclude(db, day="2024-02-01")
    assert state_of(db, one) == "open"


def test_a_task_may_be_answered_before_it_opens_and_without_a_due_day(db: Connection) -> None:
    living(db, duty(due=Due(opens=5)))
    one = task_of(db)
    assert row_of(db, one).opens_on == day("2024-03-26")
    handed_in(db, one)
    assert state_of(db, one) == "accepted"


def test_acting_on_one_task_leaves_the_others_alone(db: Connection) -> None:
    living(db)
    others = db.execute(select(task).where(task.c.id != task_of(db)).order_by(task.c.id)).all()
    handed_in(db, task_of(db))
    again = db.execute(select(task).where(task.c.id != task_of(db)).order_by(task.c.id)).all()
    assert again == others


def test_an_act_is_by_whom_it_says(db: Connection) -> None:
    living(db)
    act: Act = by("system:weather", "2024-02-01")
    refused("access.unknown", lambda: submit_task(db, task_of(db), act=act))
