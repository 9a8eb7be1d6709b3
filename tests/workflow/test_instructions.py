"""Instructions: given, found as tasks, pressed, confirmed, proved, taken back, kept in files."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from reports.documents.document import Table
from reports.documents.results import results
from reports.documents.telling import Teller
from reports.drafting import Basis, draft_report
from reports.reading import report_read
from tests.factories import (
    accepted,
    by,
    conclude,
    duty,
    judged,
    living,
    offered,
    offices,
    refused,
    state_of,
    task_of,
    who_may,
)
from tests.worlds import at, day
from workflow import catalogue
from workflow.access import units_in_reach
from workflow.concessions import Kind, ask_extension, grant
from workflow.coverage import prove_coverage
from workflow.definitions import amend_agreement, end_agreement
from workflow.domain import roles
from workflow.domain.agreement import Clause
from workflow.domain.amendment import Amendment, amended
from workflow.domain.errors import InvalidFile
from workflow.domain.instructing import MOST, About, Instruction, instructed, paper, titled
from workflow.domain.lifecycle import State
from workflow.domain.next_term import next_term
from workflow.domain.roles import Deed, Grant, Place, Role
from workflow.domain.succession import Succession, Successor
from workflow.instructions import (
    Stage,
    Standing,
    Wanted,
    instruct,
    instruction_given,
    instructions_given,
    may_instruct,
    withdraw_instruction,
)
from workflow.intake.agreement_file import read_agreement, write_agreement
from workflow.notices import make_digests
from workflow.owing import bring_up_to_date, instruct_units
from workflow.pressing import press
from workflow.review import confirm_submission, return_submission
from workflow.store.agreements import obligation_version
from workflow.store.journal import journal_entry
from workflow.store.notices import notice
from workflow.store.tasks import task
from workflow.store.units import unit as unit_table
from workflow.submission import submit_task
from workflow.succession import record_succession
from workflow.why import explain
from workflow.worklist import list_tasks, own_work

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workflow.domain.agreement import Agreement
    from workflow.owing import BroughtUp

LEADER = "lanh-dao-tp"
ON = "2024-03-05"


def wanted(*units: str, due: str = "2024-03-20", **more: Any) -> Wanted:
    return Wanted(
        text=more.pop("text", "Chấn chỉnh ngay việc đặt mua báo quý II"),
        units=frozenset(units or ("phuong-a", "phuong-b")),
        due_on=day(due),
        **more,
    )


def up_to_date(db: Connection, *, on: str = ON) -> BroughtUp:
    return bring_up_to_date(db, "ct-01", act=by("system:planner", on))


def given(db: Connection, said: Wanted | None = None, *, who: str = LEADER, on: str = ON) -> str:
    one, _ = instruct_units(db, said or wanted(), agreement="ct-01", act=by(who, on))
    return one.code


def whole(db: Connection, *, on: str = ON) -> None:
    proof = prove_coverage(db, agreement="ct-01", at=at(on))
    assert proof.is_whole, proof.gaps


def says(db: Connection) -> Agreement:
    return catalogue.kept(db, "ct-01").says


def tasks_of(db: Connection, code: str) -> dict[str, str]:
    """The states of an instruction's tasks by unit."""
    page = list_tasks(db, by="quan-tri", at=at(ON), obligation_code=code)
    return {line.unit: line.state.value for line in page.lines}


def test_an_instruction_becomes_a_task_of_each_unit_with_its_due_day(db: Connection) -> None:
    living(db)
    code = given(db, wanted(text="  Báo cáo   ngay ", due="2024-03-17"))
    assert code == "YK-2024-001"
    assert tasks_of(db, code) == {"phuong-a": "open", "phuong-b": "open"}
    row = db.execute(select(task).where(task.c.id == task_of(db, duty=code, occasion_key=ON))).one()
    # A Sunday stays the day that the leader said; the page warns, the rule does not move it.
    assert (row.opens_on, row.original_due_on, row.due_on) == (day(ON), *[day("2024-03-17")] * 2)
    assert says(db).instructions[0].text == "Báo cáo ngay"
    work = own_work(
        db, by="can-bo-a", at=at(ON), done_from=day("2024-01-01"), done_until=day("2024-02-01")
    )
    assert code in {line.obligation for part in work.parts.values() for line in part}
    whole(db)


def test_planning_again_neither_adds_nor_takes(db: Connection) -> None:
    living(db)
    given(db)
    assert up_to_date(db).planned.by_obligation == {}
    assert up_to_date(db, on="2024-06-01").planned.cancelled == 0
    whole(db, on="2024-06-01")


def test_codes_count_within_the_year_and_skip_what_the_document_took(db: Connection) -> None:
    living(db, duty(), duty("YK-2024-002"))
    assert given(db) == "YK-2024-003"
    assert given(db, on="2024-03-06") == "YK-2024-004"
    assert given(db, wanted(due="2025-02-01"), on="2025-01-10") == "YK-2025-001"


WRONG = (
    (wanted(due="2024-03-04"), "instruction.due_past"),
    (wanted(due="2025-03-07"), "instruction.due_too_far"),
    (wanted(text=" \n "), "instruction.text_missing"),
    (wanted(text="a" * 5001), "instruction.text_too_long"),
    (wanted(title="a" * 501), "instruction.text_too_long"),
    (replace(wanted(), units=frozenset()), "instruction.units_missing"),
    (wanted("phuong-a", "ai-do"), "unit.unknown"),
    (wanted("bao"), "access.denied"),
    (wanted("phuong-a", "bao"), "access.denied"),
    (wanted(about=About(obligation="khong-co")), "instruction.about_unknown"),
    (wanted(about=About(occasion="2024-Q1")), "instruction.about_unknown"),
    (
        wanted(about=About(obligation="mua-bao", occasion="2031-Q1")),
        "instruction.about_unknown",
    ),
    (wanted(about=About(unit="bao")), "access.denied"),
)


def test_what_cannot_be_asked_is_refused_and_leaves_nothing(db: Connection) -> None:
    living(db)
    before = says(db)
    for said, code in WRONG:
        asking = partial(instruct, db, said, agreement="ct-01", act=by(LEADER, ON))
        refused(code, asking)
    assert says(db) == before


def test_on_the_day_itself_and_the_last_day_it_can_be_due(db: Connection) -> None:
    living(db)
    assert given(db, wanted(due=ON)) == "YK-2024-001"
    far = wanted(due="2025-03-06")
    assert given(db, far) == "YK-2024-002"
    whole(db)


def test_only_while_the_agreement_runs(db: Connection) -> None:
    living(db)
    late = wanted(due="2026-01-01")

    def call() -> object:
        return instruct(db, late, agreement="ct-01", act=by(LEADER, "2025-12-01"))

    refused("instruction.outside_agreement", call)
    end_agreement(db, "ct-01", on=day("2024-04-01"), act=by("quan-tri", ON))
    refused("agreement.not_active", call)


def test_a_unit_that_closes_before_the_due_day_is_not_asked(db: Connection) -> None:
    units = [
        *(one for one in offices() if one.key != "phuong-b"),
        replace(
            next(one for one in offices() if one.key == "phuong-b"),
            life=replace(offices()[0].life, until_on=day("2024-03-15")),
        ),
    ]
    living(db, units=units)
    refused(
        "instruction.unit_closed",
        lambda: instruct(db, wanted(), agreement="ct-01", act=by(LEADER, ON)),
    )
    given(db, wanted(due="2024-03-14"))
    whole(db)


def test_leaders_of_the_party_and_administrators_instruct_and_nobody_else(db: Connection) -> None:
    living(db)
    allowed = who_may(db, lambda who: instruct(db, wanted(), agreement="ct-01", act=by(who, ON)))
    assert allowed == {LEADER, "quan-tri", "quan-tri-2"}
    refused(
        "access.person_only",
        lambda: instruct(db, wanted(), agreement="ct-01", act=by("system:planner", ON)),
    )


SCOPES = (
    Grant(role=Role.LEADER),
    Grant(role=Role.LEADER, agreement="ct-02"),
    Grant(role=Role.LEADER, party="bao"),
    Grant(role=Role.LEADER, party="tp"),
    Grant(role=Role.LEADER, unit="phuong-a"),
    Grant(role=Role.LEADER, unit="thanh-pho", party="tp"),
    Grant(role=Role.ADMINISTRATOR, unit="phuong-b"),
    Grant(role=Role.REVIEWER, party="tp"),
    Grant(role=Role.HEAD_OF_UNIT, unit="thanh-pho"),
    Grant(role=Role.AUDITOR),
)


def test_the_units_in_reach_are_those_at_whose_place_the_deed_may_be_done(
    db: Connection,
) -> None:
    living(db)
    sides = {"thanh-pho": "tp", "phuong-a": "tp", "phuong-b": "tp", "bao": "bao"}
    above = {"phuong-a": {"thanh-pho"}, "phuong-b": {"thanh-pho"}}
    places = {
        key: Place(agreement="ct-01", party=side, unit=key, above=frozenset(above.get(key, ())))
        for key, side in sides.items()
    }
    for held in SCOPES:
        reach = units_in_reach(db, "x", Deed.INSTRUCT, says=says(db), at=at(ON), grants=[held])
        found = set(db.scalars(select(unit_table.c.key).where(reach)))
        meant = {key for key, one in places.items() if roles.may([held], Deed.INSTRUCT, place=one)}
        assert found == meant, held
        numbers = may_instruct(db, says(db), by="x", at=at(ON), grants=[held])
        assert len(numbers) == len(found)


def test_a_leader_of_the_receiving_party_does_not_instruct_who_owes() -> None:
    place = Place(agreement="ct-01", party="tp", beneficiary="bao", unit="phuong-a")
    assert roles.may([Grant(role=Role.LEADER, party="bao")], Deed.READ, place=place)
    assert not roles.may([Grant(role=Role.LEADER, party="bao")], Deed.INSTRUCT, place=place)


def test_the_unit_is_told_in_the_next_digest_and_pressed_afterwards(db: Connection) -> None:
    living(db)
    press(db, at=at(ON, "06:00"))
    code = given(db)
    mine = task_of(db, duty=code, occasion_key=ON)

    def steps() -> list[str]:
        rows = select(notice.c.step).where(notice.c.task_id == mine).distinct()
        return sorted(db.scalars(rows))

    press(db, at=at(ON, "10:00"))
    assert steps() == ["given"]
    press(db, at=at("2024-03-21"))
    assert steps() == ["given", "on-the-day", "one-day-over", "two-days-before"]
    press(db, at=at("2024-03-28"))
    assert "seven-days-over" in steps()
    assert make_digests(db, day_on=day("2024-03-28"), at=at("2024-03-28", "07:00")) is not None


def test_done_it_is_confirmed_by_somebody_else_even_when_the_checks_passed(
    db: Connection,
) -> None:
    living(db)
    code = given(db, wanted(proof=paper("attachment")))
    mine = task_of(db, duty=code, occasion_key=ON)
    item = offered(db, mine, requirement="attachment", act=by("can-bo-a", "2024-03-10"))
    judged(db, item, day="2024-03-10")
    submit_task(db, mine, act=by("can-bo-a", "2024-03-10", "09:30"))
    conclude(db, day="2024-03-10")
    assert state_of(db, mine) == "in_review"
    refused("access.denied", lambda: confirm_submission(db, mine, act=by(LEADER, "2024-03-11")))
    confirm_submission(db, mine, act=by("tham-dinh", "2024-03-11"))
    assert state_of(db, mine) == "accepted"
    one = instruction_given(db, "ct-01", code, by=LEADER, at=at("2024-03-12"))
    assert (one.done, one.tasks, one.stage) == (1, 2, Stage.RUNNING)
    whole(db, on="2024-03-12")


def test_without_proof_a_person_confirms_and_the_other_party_sees_nothing(db: Connection) -> None:
    living(db)
    code = given(db)
    mine = task_of(db, duty=code, occasion_key=ON)
    submit_task(db, mine, act=by("can-bo-a", "2024-03-10"))
    conclude(db, day="2024-03-10")
    assert state_of(db, mine) == "in_review"
    assert who_may(db, lambda who: confirm_submission(db, mine, act=by(who, "2024-03-11"))) == {
        "tham-dinh",
        "tham-dinh-2",
    }
    refused("instruction.unknown", lambda: seen(db, code, "bao-tham-dinh"))
    assert seen(db, code, "can-bo-b").tasks == 1


def seen(db: Connection, code: str, who: str) -> Standing:
    return instruction_given(db, "ct-01", code, by=who, at=at(ON))


def test_why_leads_from_the_task_to_the_instruction_and_the_line_it_came_from(
    db: Connection,
) -> None:
    living(db)
    origin = task_of(db)
    about = About(obligation="mua-bao", occasion="2024-Q1", unit="phuong-a")
    code = given(db, wanted("phuong-a", about=about, ground="Kết luận 15-KL/TU"))
    why = explain(db, task_of(db, duty=code, occasion_key=ON), by=LEADER, at=at(ON))
    assert why.clause == Clause(
        code=code, text="Chấn chỉnh ngay việc đặt mua báo quý II", place="Kết luận 15-KL/TU"
    )
    assert why.instruction is not None
    assert (why.instruction.by, why.instruction.given_on) == (LEADER, day(ON))
    assert why.instruction.about == about
    assert why.about_task == origin
    assert why.is_as_reckoned
    plain = explain(db, origin, by=LEADER, at=at(ON))
    assert (plain.instruction, plain.about_task) == (None, None)


def test_taken_back_the_open_is_cancelled_and_what_was_handed_in_or_done_is_kept(
    db: Connection,
) -> None:
    living(db)
    code = given(db)
    done, touched = (
        task_of(db, duty=code, occasion_key=ON),
        task_of(db, "phuong-b", duty=code, occasion_key=ON),
    )
    submit_task(db, done, act=by("can-bo-a", "2024-03-10"))
    conclude(db, day="2024-03-10")
    ask_extension(
        db, touched, until_on=day("2024-03-25"), act=by("can-bo-b", "2024-03-11", reason="bận")
    )
    act = by(LEADER, "2024-03-12", reason="Đã giao việc khác")
    assert withdraw_instruction(db, "ct-01", code, act=act) == 1
    up_to_date(db, on="2024-03-12")
    assert tasks_of(db, code) == {"phuong-a": "in_review", "phuong-b": "cancelled"}
    confirm_submission(db, done, act=by("tham-dinh", "2024-03-13"))
    assert state_of(db, done) == "accepted"
    up_to_date(db, on="2024-06-01")
    assert tasks_of(db, code) == {"phuong-a": "accepted", "phuong-b": "cancelled"}
    whole(db, on="2024-06-01")
    one = seen(db, code, LEADER)
    assert one.stage is Stage.TAKEN_BACK
    assert one.says.withdrawn is not None
    assert one.says.withdrawn.reason == "Đã giao việc khác"
    assert explain(db, done, by=LEADER, at=at("2024-06-01")).clause is not None
    verbs = db.scalars(
        select(journal_entry.c.verb).where(journal_entry.c.verb.like("instruction.%"))
    ).all()
    assert verbs == ["instruction.given", "instruction.withdrawn"]
    assert given(db, on="2024-03-14") == "YK-2024-002"


def test_taking_back_needs_a_reason_and_the_right_and_happens_once(db: Connection) -> None:
    living(db)
    code = given(db)
    refused(
        "instruction.reason_missing",
        lambda: withdraw_instruction(db, "ct-01", code, act=by(LEADER, ON)),
    )
    refused(
        "instruction.unknown",
        lambda: withdraw_instruction(db, "ct-01", "YK-2024-9", act=by(LEADER, ON, reason="x")),
    )

    def back(who: str) -> object:
        return withdraw_instruction(db, "ct-01", code, act=by(who, ON, reason="x"))

    assert who_may(db, back) == {LEADER, "quan-tri", "quan-tri-2"}
    back(LEADER)
    refused("instruction.withdrawn_already", lambda: back(LEADER))


def test_more_time_is_asked_and_granted_as_with_others(db: Connection) -> None:
    living(db)
    code = given(db)
    mine = task_of(db, duty=code, occasion_key=ON)
    ask_extension(
        db, mine, until_on=day("2024-03-25"), act=by("can-bo-a", "2024-03-11", reason="bận")
    )

    def grants(who: str) -> None:
        grant(db, mine, Kind.EXTENSION, act=by(who, "2024-03-12"))

    # Whoever gave the task may give it more time, beside those who decide on any task.
    allowed = who_may(db, grants)
    assert {"quan-tri", "tham-dinh", LEADER} <= allowed
    assert not allowed & {"can-bo-a", "can-bo-b", "bao-tham-dinh", "kiem-toan"}
    grants(LEADER)
    row = db.execute(select(task).where(task.c.id == mine)).one()
    assert (row.due_on, row.original_due_on) == (day("2024-03-25"), day("2024-03-20"))


def test_of_what_was_agreed_a_leader_gives_no_more_time(db: Connection) -> None:
    living(db)
    mine = task_of(db)
    ask_extension(
        db, mine, until_on=day("2024-04-25"), act=by("can-bo-a", "2024-03-11", reason="bận")
    )
    refused("access.denied", lambda: grant(db, mine, Kind.EXTENSION, act=by(LEADER, "2024-03-12")))


def test_an_amendment_keeps_every_instruction_and_cannot_take_its_code(db: Connection) -> None:
    living(db)
    code = given(db)
    before = tasks_of(db, code)
    change = Amendment(
        agreement="ct-01", from_on=day("2024-04-01"), ground="Phụ lục 1", ends=("mua-bao",)
    )
    amend_agreement(
        db, amended(says(db), change), ground="Phụ lục 1", act=by("quan-tri", "2024-03-06")
    )
    up_to_date(db, on="2024-03-06")
    assert tasks_of(db, code) == before
    assert [one.code for one in says(db).instructions] == [code]
    whole(db, on="2024-03-06")
    live = select(obligation_version.c.id).where(
        obligation_version.c.clause == code, obligation_version.c.superseded_at.is_(None)
    )
    assert len(db.scalars(live).all()) == 1
    taking = replace(change, ends=(), adds=(duty(code, effective_from=day("2024-05-01")),))
    with pytest.raises(InvalidFile) as caught:
        amended(says(db), taking)
    assert [one.code for one in caught.value.problems] == ["amendment.code_taken"]


def test_the_end_of_the_agreement_cancels_what_is_not_yet_due(db: Connection) -> None:
    living(db)
    code = given(db, wanted(due="2024-05-20"))
    end_agreement(db, "ct-01", on=day("2024-04-01"), act=by("quan-tri", "2024-03-30"))
    assert set(tasks_of(db, code).values()) == {"cancelled"}
    proof = prove_coverage(db, agreement="ct-01", at=at("2024-04-02"))
    assert code not in {gap.obligation for gap in proof.gaps}


def test_the_file_holds_each_instruction_once_and_the_next_term_none(db: Connection) -> None:
    living(db)
    about = About(obligation="mua-bao", occasion="2024-Q1", unit="phuong-a", period="2024-Q1")
    given(db, wanted("phuong-a", about=about, proof=paper("letter"), ground="Kết luận 15"))
    back = given(db, wanted(title="Rà soát"))
    withdraw_instruction(db, "ct-01", back, act=by(LEADER, "2024-03-06", reason="Trùng việc"))
    text = write_agreement(says(db))
    assert read_agreement(text) == says(db)
    assert text.count("YK-2024-001") == 1
    moved = next_term(says(db), code="ct-02")
    assert moved.instructions == ()
    assert "YK-" not in write_agreement(moved)


def test_loaded_elsewhere_what_was_taken_back_is_owed_no_more(db: Connection) -> None:
    living(db)
    given(db)
    back = given(db, wanted(title="Rà soát"))
    withdraw_instruction(db, "ct-01", back, act=by(LEADER, "2024-03-06", reason="Trùng việc"))
    assert {one.code for one in says(db).every_duty} == {"mua-bao", "YK-2024-001"}
    assert says(db).clause_of(back) is not None


def test_a_file_with_a_wrong_instruction_is_refused_at_its_place(db: Connection) -> None:
    living(db, duty(), duty("YK-2024-007"))
    given(db)
    text = write_agreement(says(db))

    def found(*replaced: tuple[str, str]) -> list[tuple[str, str]]:
        wrong = text
        for old, new in replaced:
            assert old in wrong
            wrong = wrong.replace(old, new)
        with pytest.raises(InvalidFile) as caught:
            read_agreement(wrong)
        return [(one.code, one.path) for one in caught.value.problems]

    assert found(("YK-2024-008", "YK-2024-007")) == [
        ("agreement.code_twice", "instructions[0].code")
    ]
    assert found(("YK-2024-008", "chi-dao")) == [("form.bad_code", "instructions[0].code")]
    assert found(("due: 2024-03-20", "due: 2024-03-04")) == [
        ("instruction.due_past", "instructions[0]")
    ]
    assert found(("due: 2024-03-20", "due: 2025-03-20")) == [
        ("instruction.due_too_far", "instructions[0]")
    ]
    assert found(("given: 2024-03-05", "given: 2023-12-31")) == [
        ("instruction.outside_agreement", "instructions[0].given")
    ]


def test_the_list_tells_how_each_stands_of_what_its_reader_sees(db: Connection) -> None:
    living(db)
    first = given(db)
    second = given(db, wanted("phuong-b"), on="2024-03-06")
    origin = accepted(db, task_of(db))
    assert origin

    def told(who: str, on: str) -> list[tuple[str, int, str]]:
        found = instructions_given(db, by=who, at=at(on))
        return [(one.says.code, one.tasks, one.stage.value) for one in found]

    assert told(LEADER, ON) == [(second, 1, "running"), (first, 2, "running")]
    assert told("can-bo-a", ON) == [(first, 1, "running")]
    assert told("bao-tham-dinh", ON) == []
    assert told("nguoi-la", ON) == []
    assert told(LEADER, "2024-03-21") == [(second, 1, "overdue"), (first, 2, "overdue")]
    mine = task_of(db, "phuong-b", duty=second, occasion_key="2024-03-06")
    submit_task(db, mine, act=by("can-bo-b", "2024-03-10"))
    conclude(db, day="2024-03-10")
    return_submission(db, mine, act=by("tham-dinh", "2024-03-11", reason="thiếu"))
    submit_task(db, mine, act=by("can-bo-b", "2024-03-12"))
    conclude(db, day="2024-03-12")
    confirm_submission(db, mine, act=by("tham-dinh", "2024-03-13"))
    assert (second, 1, "fulfilled") in told(LEADER, "2024-03-21")
    assert instruction_given(db, "ct-01", second, by=LEADER, at=at("2024-03-21")).states == {
        State.ACCEPTED: 1
    }


def test_the_journal_says_who_asked_what_of_whom(db: Connection) -> None:
    living(db)
    code = given(db)
    row = db.execute(select(journal_entry).where(journal_entry.c.verb == "instruction.given")).one()
    after = json.loads(row.body)["after"]
    assert (row.by, after["code"], after["units"]) == (LEADER, code, ["phuong-a", "phuong-b"])


def test_no_more_instructions_than_a_file_holds(db: Connection) -> None:
    living(db)
    agreement = says(db)
    one = Instruction(
        code="YK-2024-001",
        title="a",
        text="a",
        by=LEADER,
        given_on=day(ON),
        due_on=day(ON),
        units=frozenset({"phuong-a"}),
    )
    full = replace(agreement, instructions=(one,) * MOST)
    refused("instruction.full", lambda: instructed(full, one))


def test_a_title_is_cut_between_words() -> None:
    assert titled("ngắn") == "ngắn"
    long = titled("một câu rất dài " * 20)
    assert long.endswith("…")
    assert len(long) <= 121


def test_the_report_names_instructions_under_a_heading_of_their_own(db: Connection) -> None:
    living(db)
    given(db, wanted("phuong-a", ground="Kết luận 15"))
    report = draft_report(
        db,
        agreement="ct-01",
        period="2024-Q1",
        basis=Basis(
            coverage=prove_coverage(db, agreement="ct-01", at=at("2024-04-02")),
            is_simulated=False,
        ),
        act=by("quan-tri", "2024-04-02"),
    )
    value = report_read(db, report, by="quan-tri")
    assert [duty.code for duty in value.duties] == ["mua-bao", "YK-2024-001"]
    assert value.total.boxes.total == sum(duty.line.boxes.total for duty in value.duties)
    (table,) = [
        block
        for block in results(Teller(value, "vi"))
        if isinstance(block, Table) and (block.caption or "").startswith("Nghĩa vụ của Thành ủy")
    ]
    told = [row.cells[0].text for row in table.rows]
    heading = told.index("Ý kiến chỉ đạo của lãnh đạo")
    assert told[heading + 1].startswith("Chấn chỉnh")
    assert told[heading + 1].endswith("(Kết luận 15)")
    assert "mua-bao" in told[heading - 1]


def test_where_a_unit_is_succeeded_its_task_goes_on_with_the_successor(db: Connection) -> None:
    living(db)
    code = given(db, wanted(due="2024-04-20"))
    merged = Successor(
        key="phuong-moi",
        replaces=("phuong-a", "phuong-b"),
        kind="phuong",
        name="Phường mới",
        parent="thanh-pho",
    )
    reform = Succession(
        happens_on=day("2024-04-01"), ground="Nghị quyết 1", successors=(merged,), dissolved=()
    )
    record_succession(db, reform, act=by("quan-tri", "2024-03-10"))
    up_to_date(db, on="2024-03-10")
    assert tasks_of(db, code) == {"phuong-a": "open", "phuong-b": "open"}
    up_to_date(db, on="2024-04-02")
    found = tasks_of(db, code)
    assert found.pop("phuong-moi") == "open"
    assert set(found.values()) == {"cancelled"}
    whole(db, on="2024-04-02")
    due = select(task.c.due_on).where(
        task.c.state == "open", task.c.belongs_on == day("2024-04-20")
    )
    assert db.scalars(due).all() == [day("2024-04-20")]
