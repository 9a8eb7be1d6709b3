"""Verdicts are kept as they were given, proofs are divided, and submissions settled by them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from tests.factories import (
    CHECKS,
    PARTIES,
    accepted,
    by,
    conclude,
    copies,
    duty,
    handed_in,
    item_row,
    judged,
    living,
    offered,
    offices,
    paper,
    people,
    row_of,
    says,
    state_of,
    statements,
    submission_of,
    task_of,
    work_of,
)
from tests.worlds import act, activated, agreement, day, planned
from workflow.concessions import cancel_task
from workflow.domain.agreement import (
    AllOf,
    AnyOf,
    Due,
    DueFrom,
    JudgedBy,
    Quota,
    Requirement,
    Title,
    Topic,
)
from workflow.domain.announced import Happening
from workflow.domain.evidence import Outcome
from workflow.domain.triggers import After, Day, Event, Every, Length
from workflow.evidence.verdict import Identity
from workflow.files import FileStore
from workflow.meetings import record_event
from workflow.store.evidence import allocation, doubt, evidence_item, evidence_verdict, proof
from workflow.store.journal import journal_entry
from workflow.store.tasks import task
from workflow.store.units import unit as unit_table
from workflow.store.work import work
from workflow.submission import remove_evidence, submit_task, withdraw_submission
from workflow.verification import (
    Judged,
    ask_again,
    facts_for,
    items_to_verify,
    record_unverifiable,
    record_verdict,
    record_verdicts,
    settle_submission,
    settle_submissions,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection


def verdicts_of(db: Connection, item: int) -> list[tuple[str, list[str]]]:
    """Outcome and reasons of every verdict on an item, in order."""
    query = select(evidence_verdict).where(evidence_verdict.c.item_id == item)
    return [
        (row.outcome, [reason["code"] for reason in row.reasons])
        for row in db.execute(query.order_by(evidence_verdict.c.id))
    ]


def reasons_of(db: Connection, task_id: int) -> list[str]:
    return [reason["code"] for reason in submission_of(db, task_id).reasons or []]


def shares(db: Connection) -> list[tuple[int, int]]:
    """(item, quantity) of every allocation."""
    query = select(allocation.c.item_id, allocation.c.quantity).order_by(allocation.c.id)
    return [(row.item_id, row.quantity) for row in db.execute(query)]


def doubts(db: Connection, task_id: int) -> list[str]:
    return list(db.scalars(select(doubt.c.kind).where(doubt.c.task_id == task_id)))


# --- what a check is told ---------------------------------------------------------------


def test_a_check_is_told_all_of_the_task(db: Connection, tmp_path: Path) -> None:
    said = agreement(
        duty(
            proof=Requirement(code="giay", check="invoice", params={"title": "bbn"}),
            topic="nong-thon",
        ),
        parties=PARTIES,
        titles=(Title(code="bbn", name="Báo Bắc Ninh", aliases=("BBN",), sellers=("Bưu điện",)),),
        topics=(Topic(code="nong-thon", title="Nông thôn mới", words=("nâng cao",)),),
    )
    activated(db, said, offices(phuong_a=7))
    people(db)
    planned(db)
    files = FileStore(root=tmp_path)
    item = offered(db, task_of(db), act=by("can-bo-a", "2024-02-01", "00:30"))
    (found,) = items_to_verify(db, [item], files=files)
    assert (found.item_id, found.check, found.params) == (item, "invoice", {"title": "bbn"})
    assert found.file is not None
    assert found.file.path == files.path_of(item_row(db, item).sha256)
    assert (found.file.name, found.sha256) == ("giay.pdf", item_row(db, item).sha256)
    facts = found.facts
    assert facts == facts_for(db, item)
    assert (facts.unit.key, facts.unit.name) == ("phuong-a", "Đơn vị phuong-a")
    assert (facts.agreement, facts.obligation, facts.occasion) == ("ct-01", "mua-bao", "2024-Q1")
    assert facts.beneficiary is not None
    assert facts.beneficiary.name == "Báo"
    (title,) = facts.publications
    assert (title.names, title.sellers, title.quota) == (
        ("Báo Bắc Ninh", "BBN"),
        ("Bưu điện",),
        7,
    )
    assert facts.topic_words == ("Nông thôn mới", "nâng cao")
    assert (facts.period_from, facts.period_until) == (day("2024-01-01"), day("2024-04-01"))
    assert (facts.opens_on, facts.due_on) == (day("2024-01-01"), day("2024-03-31"))
    assert (facts.event_on, facts.received_on) == (None, day("2024-02-01"))
    assert facts.weekly_off == (6, 7)
    assert day("2024-02-09") in facts.days_off
    assert day("2024-05-04") in facts.days_worked


def test_who_pays_and_who_answers_by_now_may_stand_as_buyer(db: Connection) -> None:
    units = [
        replace(one, paid_by="thanh-pho", tax_code="0100109106") if one.key == "phuong-a" else one
        for one in offices()
    ]
    living(db, units=units)
    item = offered(db, task_of(db))
    facts = facts_for(db, item)
    assert (facts.unit.tax_code, [one.key for one in facts.paid_by]) == (
        "0100109106",
        ["thanh-pho"],
    )
    successor = row_of(db, task_of(db, "phuong-b")).unit_id
    db.execute(update(task).where(task.c.id == task_of(db)).values(answerable_id=successor))
    facts = facts_for(db, item)
    assert facts.unit.key == "phuong-a"
    assert facts.unit.aliases == ("Đơn vị phuong-b",)
    assert [one.key for one in facts.paid_by] == ["phuong-b", "thanh-pho"]


def test_a_day_of_the_year_is_told_as_the_event(db: Connection) -> None:
    living(db, duty(trigger=Day(month=2, day=3, before=7, after=1)), until="2025-01-01")
    item = offered(db, task_of(db, occasion_key="2024-02-03"))
    facts = facts_for(db, item)
    assert facts.event_on == day("2024-02-03")
    assert (facts.period_from, facts.period_until) == (day("2024-01-27"), day("2024-02-05"))


def test_what_a_reviewer_gets_to_see_is_only_opened(db: Connection, tmp_path: Path) -> None:
    living(db, duty(proof=None))
    item = offered(db, task_of(db), requirement="")
    (found,) = items_to_verify(db, [item], files=FileStore(root=tmp_path))
    assert (found.check, found.params) == ("attachment", {})


def test_a_removed_item_is_not_checked(db: Connection, tmp_path: Path) -> None:
    living(db)
    item = offered(db, task_of(db))
    remove_evidence(db, item, act=by("can-bo-a", "2024-02-01"))
    assert items_to_verify(db, [item], files=FileStore(root=tmp_path)) == []


def test_an_item_past_every_use_case_is_a_fault(db: Connection, tmp_path: Path) -> None:
    living(db)
    item = offered(db, task_of(db))
    db.execute(update(evidence_item).values(requirement="lạ"))
    with pytest.raises(LookupError, match="lạ"):
        items_to_verify(db, [item], files=FileStore(root=tmp_path))


# --- keeping verdicts -------------------------------------------------------------------


def test_a_verdict_is_pinned_cached_and_journaled(db: Connection) -> None:
    living(db)
    one = task_of(db)
    item = offered(db, one)
    judged(
        db,
        item,
        says(
            identity="bài báo",
            quantity=2,
            performed_on=day("2024-01-20"),
            check="article",
            version="3",
        ),
    )
    row = item_row(db, item)
    assert (row.outcome, row.quantity, row.performed_on) == ("passed", 2, day("2024-01-20"))
    assert (row.identity, row.outcome_at) == ("test:bài báo", by(CHECKS, "2024-02-01", "10:00").at)
    kept = db.execute(select(evidence_verdict)).one()
    assert (kept.check, kept.version, kept.sha256) == ("article", "3", row.sha256)
    assert kept.read["quantity"] == 2
    assert "evidence.judged" in db.scalars(select(journal_entry.c.verb)).all()
    assert state_of(db, one) == "open"


def test_every_verdict_stays_on_record(db: Connection) -> None:
    living(db)
    item = offered(db, task_of(db))
    for outcome in (Outcome.UNDECIDED, Outcome.FAILED, Outcome.PASSED):
        judged(db, item, says(outcome, identity="x"))
    assert [outcome for outcome, _ in verdicts_of(db, item)] == ["undecided", "failed", "passed"]
    assert item_row(db, item).outcome == "passed"


def test_a_verdict_on_other_bytes_or_a_removed_item_is_passed_over(db: Connection) -> None:
    living(db)
    item = offered(db, task_of(db))
    record_verdict(db, item, says(), sha256="0" * 64, act=by(CHECKS, "2024-02-01"))
    assert item_row(db, item).outcome is None
    remove_evidence(db, item, act=by("can-bo-a", "2024-02-01"))
    judged(db, item)
    assert item_row(db, item).outcome is None
    assert verdicts_of(db, item) == []


def test_nothing_to_record_is_no_fault(db: Connection) -> None:
    living(db)
    record_verdicts(db, [], act=by(CHECKS, "2024-02-01"))
    settle_submissions(db, [], act=by(CHECKS, "2024-02-01"))


def test_the_number_of_statements_does_not_grow_with_the_batch(
    db: Connection, tmp_path: Path
) -> None:
    """A worker with ten thousand items waiting pays by the batch, not by the item."""
    counts = {}
    living(db, duty(trigger=Every(period=Length.MONTH)), until="2025-01-01")
    query = select(task.c.id).order_by(task.c.id)
    all_tasks = list(db.scalars(query))
    for size, tasks in ((2, all_tasks[:2]), (20, all_tasks[2:22])):
        items = [offered(db, one, act=by("quan-tri", "2024-02-01")) for one in tasks]
        for one in tasks:
            submit_task(db, one, act=by("quan-tri", "2024-02-01", reason="Thay"))
        with statements(db) as sent:
            found = items_to_verify(db, items, files=FileStore(root=tmp_path))
            results = [
                Judged(
                    item_id=one.item_id,
                    sha256=one.sha256,
                    verdict=says(identity=Identity(kind="file", key=str(one.sha256))),
                )
                for one in found
            ]
            record_verdicts(db, results, act=by(CHECKS, "2024-02-01"))
            settle_submissions(db, work_of(db, "settle_submission"), act=by(CHECKS, "2024-02-01"))
        assert {state_of(db, one) for one in tasks} == {"in_review"}
        counts[size] = len(sent)
    assert 10 < counts[20] == counts[2]


# --- settling ---------------------------------------------------------------------------


def test_what_passed_whole_is_accepted(db: Connection) -> None:
    living(db)
    one = task_of(db)
    handed_in(db, one)
    row, kept = row_of(db, one), submission_of(db, one)
    assert (row.state, row.done_on) == ("accepted", day("2024-02-01"))
    assert (kept.outcome, kept.settled_by, kept.reasons) == ("accepted", CHECKS, None)


def test_what_failed_goes_back_with_the_reasons_and_no_term(db: Connection) -> None:
    living(db)
    one = task_of(db)
    item = handed_in(db, one, verdict=says(Outcome.FAILED, code="letter.number_missing"))
    row, kept = row_of(db, one), submission_of(db, one)
    assert (row.state, row.correction_on, kept.outcome) == ("returned", None, "returned")
    (reason,) = kept.reasons
    assert (reason["code"], reason["item"], reason["requirement"]) == (
        "evidence.failed",
        item,
        "giay",
    )
    assert reason["because"] == [{"code": "letter.number_missing"}]


def test_what_is_not_enough_goes_back_naming_what_is_missing(db: Connection) -> None:
    living(db, duty(proof=paper(minimum=2)))
    one = task_of(db)
    handed_in(db, one)
    assert state_of(db, one) == "returned"
    assert submission_of(db, one).reasons == [
        {"code": "evidence.missing", "requirement": "giay", "items": 1, "quantity": 0}
    ]


def test_nothing_offered_goes_back(db: Connection) -> None:
    living(db)
    one = task_of(db)
    submit_task(db, one, act=by("can-bo-a", "2024-02-01"))
    conclude(db, day="2024-02-01")
    assert (state_of(db, one), reasons_of(db, one)) == ("returned", ["evidence.missing"])


def test_what_is_undecided_goes_to_a_person_with_a_due_day(db: Connection) -> None:
    living(db)
    one = task_of(db)
    # Thursday; five working days later is the 17th: Tết takes the 8th to the 14th.
    handed_in(db, one, day="2024-02-01", verdict=says(Outcome.UNDECIDED))
    kept = submission_of(db, one)
    assert (state_of(db, one), kept.outcome) == ("in_review", None)
    assert kept.review_due_on == day("2024-02-15")
    assert reasons_of(db, one) == ["evidence.undecided"]


def test_a_failure_is_told_at_once_and_never_waits_for_a_person(db: Connection) -> None:
    living(db, duty(needs_person=True, proof=AllOf(parts=(paper(), paper("anh")))))
    one = task_of(db)
    judged(db, offered(db, one), says(Outcome.UNDECIDED))
    judged(db, offered(db, one, requirement="anh", text="ảnh"), says(Outcome.FAILED))
    submit_task(db, one, act=by("can-bo-a", "2024-02-01"))
    conclude(db, day="2024-02-01")
    assert state_of(db, one) == "returned"


def test_a_person_confirms_where_the_obligation_says_so(db: Connection) -> None:
    living(db, duty(needs_person=True))
    one = task_of(db)
    handed_in(db, one)
    assert (state_of(db, one), reasons_of(db, one)) == ("in_review", ["submission.needs_person"])


def test_without_requirements_a_person_always_confirms(db: Connection) -> None:
    living(db, duty(proof=None))
    one = task_of(db)
    submit_task(db, one, act=by("can-bo-a", "2024-02-01"))
    conclude(db, day="2024-02-01")
    assert (state_of(db, one), reasons_of(db, one)) == ("in_review", ["submission.needs_person"])


def test_a_quota_that_nobody_recorded_goes_to_a_person(db: Connection) -> None:
    living(db, duty(proof=Requirement(code="giay", check="invoice", quantity=Quota(title="bbn"))))
    one = task_of(db)
    handed_in(db, one)
    assert (state_of(db, one), reasons_of(db, one)) == ("in_review", ["evidence.quota_unknown"])


def test_the_quota_decides_how_much_is_enough(db: Connection) -> None:
    asks = Requirement(code="giay", check="invoice", quantity=Quota(title="bbn"))
    living(db, duty(proof=asks), units=offices(phuong_a=10))
    one = task_of(db)
    handed_in(db, one, verdict=says(identity="hd-1", quantity=7, capacity=7))
    assert submission_of(db, one).reasons == [
        {"code": "evidence.missing", "requirement": "giay", "items": 0, "quantity": 3}
    ]
    item = offered(db, one, text="thêm", act=by("can-bo-a", "2024-02-02"))
    judged(db, item, says(identity="hd-2", quantity=3, capacity=3))
    submit_task(db, one, act=by("can-bo-a", "2024-02-02"))
    conclude(db, day="2024-02-02")
    assert state_of(db, one) == "accepted"


def test_a_submission_waits_for_the_last_verdict(db: Connection) -> None:
    living(db)
    one = task_of(db)
    judged(db, offered(db, one, text="một"))
    late = offered(db, one, text="hai")
    number = submit_task(db, one, act=by("can-bo-a", "2024-02-01"))
    conclude(db, day="2024-02-01")
    assert state_of(db, one) == "submitted"
    judged(db, late, day="2024-02-02")
    assert work_of(db, "settle_submission") == [number]
    conclude(db, day="2024-02-02")
    assert state_of(db, one) == "accepted"


def test_settling_again_or_what_was_withdrawn_changes_nothing(db: Connection) -> None:
    living(db)
    one = task_of(db)
    handed_in(db, one)
    before = row_of(db, one)
    settle_submission(db, submission_of(db, one).id, act=by(CHECKS, "2024-02-03"))
    settle_submission(db, 10**9, act=by(CHECKS, "2024-02-03"))
    assert row_of(db, one) == before


def test_what_cannot_be_checked_goes_to_a_person(db: Connection) -> None:
    living(db)
    one = task_of(db)
    item = offered(db, one)
    submit_task(db, one, act=by("can-bo-a", "2024-02-01"))
    record_unverifiable(db, [item], error="killed at its limit", act=by(CHECKS, "2024-02-01"))
    conclude(db, day="2024-02-01")
    assert state_of(db, one) == "in_review"
    assert verdicts_of(db, item) == [("undecided", ["check.gave_up"])]


def test_alternatives_accept_whichever_is_proved(db: Connection) -> None:
    living(db, duty(proof=AnyOf(parts=(paper(), paper("bang-ke")))))
    one = task_of(db)
    judged(db, offered(db, one, requirement="bang-ke"))
    submit_task(db, one, act=by("can-bo-a", "2024-02-01"))
    conclude(db, day="2024-02-01")
    assert state_of(db, one) == "accepted"


# --- when it was done -------------------------------------------------------------------


def done_on(db: Connection, *performed: str | None, submitted: str, **more: Any) -> str:
    """The day done of a task with an item for each of these days, submitted on a day."""
    living(db, duty(proof=paper(minimum=more.pop("minimum", 1)), **more))
    one = task_of(db)
    for index, text in enumerate(performed):
        on = None if text is None else day(text)
        item = offered(db, one, text=f"bài {index}", act=by("can-bo-a", submitted))
        judged(db, item, says(identity=f"bài {index}", performed_on=on), day=submitted)
    submit_task(db, one, act=by("can-bo-a", submitted, "09:30"))
    conclude(db, day=submitted)
    row = row_of(db, one)
    assert row.state == "accepted"
    return str(row.done_on)


def test_done_is_the_latest_day_of_the_evidence_needed(db: Connection) -> None:
    found = done_on(db, "2024-01-10", "2024-01-20", "2024-03-05", minimum=2, submitted="2024-04-20")
    assert found == "2024-01-20"


def test_done_is_never_after_the_submission(db: Connection) -> None:
    assert done_on(db, "2024-03-05", submitted="2024-02-01") == "2024-02-01"


def test_evidence_without_a_date_leaves_the_submission_to_decide(db: Connection) -> None:
    assert done_on(db, None, submitted="2024-02-01") == "2024-02-01"


def test_where_the_submission_is_judged_the_evidence_does_not_count(db: Connection) -> None:
    found = done_on(db, "2024-01-10", submitted="2024-02-01", judged_by=JudgedBy.SUBMITTED)
    assert found == "2024-02-01"


# --- one proof serves once --------------------------------------------------------------


def monthly(db: Connection, **more: Any) -> dict[str, int]:
    """The monthly tasks of the first ward by month."""
    living(db, duty(trigger=Every(period=Length.MONTH), **more))
    return {
        key: task_of(db, occasion_key=key) for key in ("2024-01", "2024-02", "2024-03", "2024-04")
    }


def test_one_january_proof_does_not_satisfy_the_other_months(db: Connection) -> None:
    """Seen: one proof of January satisfied all twelve months."""
    months = monthly(db)
    items = {}
    for key, one in months.items():
        items[key] = offered(db, one, text="biên bản tháng Giêng")
        judged(db, items[key])
        submit_task(db, one, act=by("can-bo-a", "2024-02-01"))
    conclude(db, day="2024-02-01")
    states = {key: state_of(db, one) for key, one in months.items()}
    assert states == {
        "2024-01": "accepted",
        "2024-02": "returned",
        "2024-03": "returned",
        "2024-04": "returned",
    }
    ((outcome, codes),) = verdicts_of(db, items["2024-02"])
    assert (outcome, codes) == ("failed", ["evidence.used_elsewhere"])
    reason = db.execute(
        select(evidence_verdict.c.reasons).where(evidence_verdict.c.item_id == items["2024-02"])
    ).scalar_one()
    assert reason == [{"code": "evidence.used_elsewhere", "task": months["2024-01"]}]


def test_a_revision_for_one_month_never_disturbs_another(db: Connection) -> None:
    """Seen: a new revision for the second quarter disturbed the first."""
    months = monthly(db)
    accepted(db, months["2024-01"])
    before = row_of(db, months["2024-01"])
    handed_in(db, months["2024-02"], verdict=says(Outcome.FAILED))
    item = offered(db, months["2024-02"], text="bản mới", act=by("can-bo-a", "2024-02-02"))
    judged(db, item, day="2024-02-02")
    assert row_of(db, months["2024-01"]) == before


def test_another_duty_may_use_the_same_article(db: Connection) -> None:
    living(db, duty("nong-thon"), duty("nguoi-tot"))
    for code in ("nong-thon", "nguoi-tot"):
        judged(db, offered(db, task_of(db, duty=code), text="bài"), says(identity="bài"))
    assert [quantity for _, quantity in shares(db)] == [1, 1]


def test_another_unit_with_the_same_paper_for_the_same_occasion_is_for_a_person(
    db: Connection,
) -> None:
    """Minutes that two sides signed are rightly offered twice; a copied paper is not."""
    living(db)
    first, second = task_of(db), task_of(db, "phuong-b")
    judged(db, offered(db, first, text="biên bản chung"))
    item = offered(db, second, text="biên bản chung", act=by("can-bo-b", "2024-02-01"))
    judged(db, item)
    assert verdicts_of(db, item) == [("undecided", ["evidence.used_elsewhere"])]
    submit_task(db, second, act=by("can-bo-b", "2024-02-01"))
    conclude(db, day="2024-02-01")
    assert state_of(db, second) == "in_review"


def test_another_unit_in_another_period_is_refused(db: Connection) -> None:
    living(db)
    judged(db, offered(db, task_of(db), text="bài"))
    item = offered(
        db,
        task_of(db, "phuong-b", occasion_key="2024-Q2"),
        text="bài",
        act=by("can-bo-b", "2024-02-01"),
    )
    judged(db, item)
    assert verdicts_of(db, item) == [("failed", ["evidence.used_elsewhere"])]


def test_an_invoice_is_divided_among_units_up_to_its_quantity(db: Connection) -> None:
    living(db, duty(proof=copies(6)))
    items = []
    for unit, who in (("phuong-a", "can-bo-a"), ("phuong-b", "can-bo-b")):
        item = offered(
            db,
            task_of(db, unit),
            requirement="hoa-don",
            text=f"bản của {unit}",
            act=by(who, "2024-02-01"),
        )
        judged(db, item, says(identity="hd-1", quantity=6, capacity=10))
        items.append(item)
    assert shares(db) == [(items[0], 6), (items[1], 4)]
    assert [item_row(db, item).quantity for item in items] == [6, 4]
    assert verdicts_of(db, items[1]) == [("passed", ["evidence.partly_used"])]
    third = offered(db, task_of(db, occasion_key="2024-Q2"), requirement="hoa-don", text="lần ba")
    judged(db, third, says(identity="hd-1", quantity=6, capacity=10))
    assert verdicts_of(db, third) == [("failed", ["evidence.used_elsewhere"])]
    assert sum(quantity for _, quantity in shares(db)) == 10


def test_in_one_batch_whoever_arrived_first_comes_first(db: Connection) -> None:
    living(db, duty(proof=copies(6)))
    items = [
        offered(db, task_of(db, unit), requirement="hoa-don", text=unit, act=by(who, "2024-02-01"))
        for unit, who in (("phuong-a", "can-bo-a"), ("phuong-b", "can-bo-b"))
    ]
    verdict = says(identity="hd-1", quantity=6, capacity=8)
    results = [
        Judged(item_id=item, sha256=item_row(db, item).sha256, verdict=verdict)
        for item in reversed(items)
    ]
    record_verdicts(db, results, act=by(CHECKS, "2024-02-01"))
    assert shares(db) == [(items[0], 6), (items[1], 2)]


def test_what_is_removed_is_free_for_whoever_came_too_late(db: Connection) -> None:
    months = monthly(db)
    first = offered(db, months["2024-01"], text="bài")
    second = offered(db, months["2024-02"], text="bài")
    for item in (first, second):
        judged(db, item)
    assert item_row(db, second).outcome == "failed"
    db.execute(work.delete())
    remove_evidence(db, first, act=by("can-bo-a", "2024-02-02"))
    assert shares(db) == []
    assert work_of(db, "verify_item") == [second]
    judged(db, second, day="2024-02-02")
    assert (item_row(db, second).outcome, shares(db)) == ("passed", [(second, 1)])


def test_what_fails_later_is_free_for_whoever_came_too_late(db: Connection) -> None:
    months = monthly(db)
    first = offered(db, months["2024-01"], text="bài")
    second = offered(db, months["2024-02"], text="bài")
    for item in (first, second):
        judged(db, item)
    db.execute(work.delete())
    judged(db, first, says(Outcome.FAILED, identity="x"))
    assert shares(db) == []
    assert work_of(db, "verify_item") == [second]


def test_the_same_thing_twice_in_one_task_counts_once(db: Connection) -> None:
    living(db, duty(proof=paper(minimum=2)))
    one = task_of(db)
    items = [offered(db, one, text=text) for text in ("bản chụp", "bản quét")]
    for item in items:
        judged(db, item, says(identity="bài"))
    assert verdicts_of(db, items[1]) == [("passed", ["evidence.offered_twice"])]
    assert shares(db) == [(items[0], 1)]
    submit_task(db, one, act=by("can-bo-a", "2024-02-01"))
    conclude(db, day="2024-02-01")
    assert reasons_of(db, one) == ["evidence.missing"]
    db.execute(work.delete())
    remove_evidence(db, items[0], act=by("can-bo-a", "2024-02-02"))
    assert work_of(db, "verify_item") == [items[1]]
    judged(db, items[1], says(identity="bài"))
    assert shares(db) == [(items[1], 1)]


def test_what_is_undecided_takes_nothing_but_is_told_what_is_left(db: Connection) -> None:
    months = monthly(db)
    item = offered(db, months["2024-01"], text="bài")
    judged(db, item, says(Outcome.UNDECIDED, identity="bài"))
    assert shares(db) == []
    judged(db, offered(db, months["2024-02"], text="bài"), says(identity="bài"))
    judged(db, item, says(Outcome.UNDECIDED, identity="bài"))
    assert verdicts_of(db, item)[-1] == ("failed", ["evidence.used_elsewhere", "test.reason"])


def test_a_paper_attached_for_a_reviewer_may_be_attached_every_time(db: Connection) -> None:
    living(db, duty(proof=None))
    for key in ("2024-Q1", "2024-Q2"):
        item = offered(db, task_of(db, occasion_key=key), requirement="", text="kế hoạch năm")
        judged(db, item)
        assert item_row(db, item).outcome == "passed"


def test_a_replaced_invoice_counts_no_more(db: Connection) -> None:
    months = monthly(db, proof=copies(1))
    old = Identity(kind="invoice", key="0100109106:1:C24TAA:14", part="bbn@2024-01")
    new = Identity(kind="invoice", key="0100109106:1:C24TAA:15", part="bbn@2024-01")
    first = offered(db, months["2024-01"], requirement="hoa-don", text="cũ")
    other = offered(db, months["2024-02"], requirement="hoa-don", text="cũ nữa")
    judged(db, first, says(identity=old, quantity=5, capacity=10))
    db.execute(work.delete())
    item = offered(db, months["2024-01"], requirement="hoa-don", text="mới")
    db.execute(work.delete())
    replaces = Identity(kind="invoice", key=old.key)
    judged(db, item, says(identity=new, quantity=5, capacity=10, replaces=replaces))
    assert work_of(db, "verify_item") == [first]
    for late in (first, other):
        judged(db, late, says(identity=old, quantity=5, capacity=10))
        assert verdicts_of(db, late)[-1] == ("failed", ["evidence.replaced"])
    assert shares(db) == [(item, 5)]


def test_a_proof_that_did_not_pass_replaces_nothing(db: Connection) -> None:
    living(db)
    old = Identity(kind="invoice", key="x")
    item = offered(db, task_of(db))
    judged(db, item, says(Outcome.FAILED, identity="giả", replaces=old))
    judged(db, item, says(identity="tự thay", replaces=Identity(kind="test", key="tự thay")))
    assert (
        db.execute(select(proof.c.replaced_by).where(proof.c.replaced_by.is_not(None))).all() == []
    )


def test_a_capacity_that_is_read_better_later_counts(db: Connection) -> None:
    living(db, duty(proof=copies(1)))
    item = offered(db, task_of(db), requirement="hoa-don")
    judged(db, item, says(identity="hd", quantity=5, capacity=5))
    judged(db, item, says(identity="hd", quantity=8, capacity=8))
    assert shares(db) == [(item, 8)]
    assert db.execute(select(proof.c.capacity)).scalar_one() == 8


# --- after the acceptance ---------------------------------------------------------------


def test_a_worse_re_check_opens_a_doubt_and_changes_nothing(db: Connection) -> None:
    living(db)
    one = task_of(db)
    item = accepted(db, one)
    before, share = row_of(db, one), shares(db)
    judged(db, item, says(Outcome.FAILED, version="2"), day="2024-05-01")
    assert row_of(db, one) == before
    assert shares(db) == share
    assert doubts(db, one) == ["recheck"]
    assert [outcome for outcome, _ in verdicts_of(db, item)] == ["passed", "failed"]
    assert item_row(db, item).identity is not None


def test_the_same_doubt_is_opened_once(db: Connection) -> None:
    living(db)
    one = task_of(db)
    item = accepted(db, one)
    for outcome in (Outcome.UNDECIDED, Outcome.FAILED, Outcome.FAILED):
        judged(db, item, says(outcome), day="2024-05-01")
    assert doubts(db, one) == ["recheck"]


def test_an_equal_or_better_re_check_opens_none(db: Connection) -> None:
    living(db)
    one = task_of(db)
    item = accepted(db, one)
    judged(db, item, day="2024-05-01")
    assert doubts(db, one) == []
    assert shares(db) == [(item, 1)]


def test_a_duplicate_found_later_is_a_doubt_about_the_later_one(db: Connection) -> None:
    """A new version of a check recognises two files as one article."""
    months = monthly(db)
    first = accepted(db, months["2024-01"])
    second = accepted(db, months["2024-02"])
    for item in (first, second):
        judged(db, item, says(identity="một bài", version="2"), day="2024-05-01")
    assert doubts(db, months["2024-01"]) == []
    assert doubts(db, months["2024-02"]) == ["duplicate"]
    assert state_of(db, months["2024-02"]) == "accepted"


def test_a_replaced_invoice_of_an_accepted_task_is_a_doubt(db: Connection) -> None:
    months = monthly(db)
    old = Identity(kind="invoice", key="14")
    item = handed_in(db, months["2024-01"], verdict=says(identity=old))
    later = offered(db, months["2024-02"], text="mới")
    judged(db, later, says(identity=Identity(kind="invoice", key="15"), replaces=old))
    assert item in work_of(db, "verify_item")
    judged(db, item, says(identity=old))
    assert doubts(db, months["2024-01"]) == ["replaced"]


def test_a_verdict_on_a_cancelled_task_takes_no_share(db: Connection) -> None:
    living(db)
    one = task_of(db)
    item = offered(db, one)
    cancel_task(db, one, act=by("quan-tri", "2024-02-01", reason="Trùng"))
    judged(db, item)
    assert (item_row(db, item).outcome, shares(db)) == ("passed", [])


def test_what_a_cancelled_meeting_took_with_it_comes_back_and_is_settled(db: Connection) -> None:
    meeting = Happening(kind="bch", convener="thanh-pho", happens_on=day("2024-03-12"), uid="m-1")
    living(db, duty(trigger=Event(kind="bch"), due=Due(reckoned=DueFrom.DAY)))
    record_event(db, meeting, act=act("2024-03-01"))
    planned(db, on="2024-03-01")
    one = db.execute(select(task.c.id).where(task.c.agreement_id.is_not(None))).scalars().first()
    assert one is not None
    item = offered(db, one, act=by("quan-tri", "2024-03-02"))
    number = submit_task(db, one, act=by("quan-tri", "2024-03-02", reason="Thay"))
    record_event(db, replace(meeting, sequence=1, is_cancelled=True), act=act("2024-03-03"))
    planned(db, on="2024-03-03")
    assert state_of(db, one) == "cancelled"
    judged(db, item, day="2024-03-03")
    conclude(db, day="2024-03-03")
    assert state_of(db, one) == "cancelled"
    record_event(db, replace(meeting, sequence=2), act=act("2024-03-04"))
    planned(db, on="2024-03-04")
    assert (state_of(db, one), work_of(db, "settle_submission")) == ("submitted", [number])
    assert shares(db) == [(item, 1)]
    conclude(db, day="2024-03-04")
    assert state_of(db, one) == "in_review"


def test_what_was_reinstated_is_withdrawn_to_what_it_was_before(db: Connection) -> None:
    """The planner keeps one state only; the dated rows know the rest."""
    meeting = Happening(kind="bch", convener="thanh-pho", happens_on=day("2024-03-12"), uid="m-1")
    living(db, duty(trigger=Event(kind="bch"), due=Due(reckoned=DueFrom.DAY)))
    record_event(db, meeting, act=act("2024-03-01"))
    planned(db, on="2024-03-01")
    answerable = select(unit_table.c.id).where(unit_table.c.key == "phuong-a").scalar_subquery()
    one = db.execute(select(task.c.id).where(task.c.answerable_id == answerable)).scalar_one()
    submit_task(db, one, act=by("can-bo-a", "2024-03-02"))
    conclude(db, day="2024-03-02")
    assert state_of(db, one) == "returned"
    submit_task(db, one, act=by("can-bo-a", "2024-03-02", "11:00"))
    for sequence, is_cancelled in ((1, True), (2, False)):
        said = replace(meeting, sequence=sequence, is_cancelled=is_cancelled)
        record_event(db, said, act=act("2024-03-04"))
        planned(db, on="2024-03-04")
    assert state_of(db, one) == "submitted"
    withdraw_submission(db, one, act=by("can-bo-a", "2024-03-04"))
    assert state_of(db, one) == "returned"


def test_asking_again_finds_the_items_of_a_check(db: Connection) -> None:
    living(db)
    first, second = task_of(db), task_of(db, occasion_key="2024-Q2")
    old = offered(db, first)
    judged(db, old, says(identity="a", check="article"))
    other = offered(db, second)
    judged(db, other, says(identity="b", check="letter"))
    agreement_id = row_of(db, first).agreement_id
    db.execute(work.delete())
    ask_again(db, agreement_id, check="article", act=by("quan-tri", "2024-05-01"))
    assert work_of(db, "verify_item") == [old]
    ask_again(db, agreement_id, act=by("quan-tri", "2024-05-01"))
    assert work_of(db, "verify_item") == [old, other]


# --- what follows -----------------------------------------------------------------------


def test_a_fulfilment_that_is_followed_asks_for_its_follow_on(db: Connection) -> None:
    follows = duty("dang-tin", trigger=After(obligation="cu-phong-vien", days=2))
    living(db, duty("cu-phong-vien"), follows, duty("khac"))
    one, other = task_of(db, duty="cu-phong-vien"), task_of(db, duty="khac")
    accepted(db, one)
    accepted(db, other)
    assert work_of(db, "follow_on") == [one]
