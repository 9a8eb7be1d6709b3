"""The work list, one task whole, and why it is owed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from tests.factories import (
    PARTIES,
    accepted,
    by,
    copies,
    duty,
    handed_in,
    judged,
    living,
    offered,
    offices,
    paper,
    refused,
    row_of,
    says,
    statements,
    task_of,
)
from tests.worlds import act, agreement, at, day, planned
from workflow.concessions import Kind, ask_extension, grant
from workflow.definitions import amend_agreement
from workflow.domain.agreement import (
    AllOf,
    Clause,
    Count,
    Due,
    DueFrom,
    Quota,
    Requirement,
    Roll,
)
from workflow.domain.announced import Happening
from workflow.domain.evidence import Outcome, Progress, Shortfall
from workflow.domain.lifecycle import Action, State
from workflow.domain.timeliness import Timeliness
from workflow.domain.triggers import After, Event, Every, Length
from workflow.doubts import raise_doubt
from workflow.meetings import record_event
from workflow.store import naming
from workflow.store.journal import journal_entry
from workflow.store.tasks import task
from workflow.store.units import unit
from workflow.submission import submit_task
from workflow.why import explain
from workflow.worklist import Line, list_tasks, show_task

if TYPE_CHECKING:
    from sqlalchemy import Connection


def lines(
    db: Connection, who: str = "quan-tri", on: str = "2024-02-01", **more: object
) -> list[Line]:
    page = list_tasks(db, by=who, at=at(on), **more)  # type: ignore[arg-type] # filters by name
    assert page.next_after is None
    return list(page.lines)


def the_line(found: list[Line], task_id: int) -> Line:
    return next(line for line in found if line.task_id == task_id)


def named(found: list[Line]) -> list[tuple[str, str]]:
    return [(line.unit, line.occasion) for line in found]


# --- the list ---------------------------------------------------------------------------


def test_the_list_is_by_due_day_and_says_how_each_task_stands(db: Connection) -> None:
    living(db)
    found = lines(db, on="2024-03-30")
    assert [line.due_on for line in found] == [day("2024-03-31")] * 2 + [day("2024-06-30")] * 2
    assert sorted(named(found[:2])) == [("phuong-a", "2024-Q1"), ("phuong-b", "2024-Q1")]
    first = the_line(found, task_of(db))
    third = the_line(found, task_of(db, occasion_key="2024-Q2"))
    assert (first.title, first.unit_name) == ("Nghĩa vụ mua-bao", "Đơn vị phuong-a")
    assert (first.state, first.timeliness) == (State.OPEN, Timeliness.DUE_SOON)
    assert (third.timeliness, third.due_on) == (Timeliness.UPCOMING, day("2024-06-30"))
    assert first.progress == Progress(done=0, needed=1)
    assert first.marks == ()


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("quan-tri", 4),
        ("lanh-dao-tp", 4),
        ("kiem-toan", 4),
        ("bao-tham-dinh", 4),
        ("cap-tren", 4),
        ("can-bo-a", 2),
        ("can-bo-b", 2),
        ("nguoi-la", 0),
    ],
)
def test_each_sees_what_lies_within_their_scope(db: Connection, who: str, sees: int) -> None:
    living(db)
    assert len(lines(db, who)) == sees


def test_the_list_is_limited_by_what_is_asked(db: Connection) -> None:
    living(db, duty(), duty("doc-bao"))
    accepted(db, task_of(db))
    assert len(lines(db)) == 8
    assert len(lines(db, agreement_code="ct-01")) == 8
    assert lines(db, agreement_code="ct-02") == []
    assert {line.obligation for line in lines(db, obligation_code="doc-bao")} == {"doc-bao"}
    assert {line.unit for line in lines(db, unit_key="phuong-b")} == {"phuong-b"}
    assert lines(db, unit_key="không có") == []
    assert named(lines(db, states=[State.ACCEPTED])) == [("phuong-a", "2024-Q1")]
    due = lines(db, due_from=date(2024, 6, 30), due_until=date(2024, 7, 1))
    assert {line.occasion for line in due} == {"2024-Q2"}
    assert {line.occasion for line in lines(db, due_until=date(2024, 6, 30))} == {"2024-Q1"}


def test_overdue_is_what_no_term_saves(db: Connection) -> None:
    living(db, duty(due=Due(report_by=10)))
    one = task_of(db)
    assert lines(db, on="2024-04-10", only_overdue=True) == []
    assert sorted(named(lines(db, on="2024-04-11", only_overdue=True))) == [
        ("phuong-a", "2024-Q1"),
        ("phuong-b", "2024-Q1"),
    ]
    db.execute(update(task).where(task.c.id == one).values(correction_on=date(2024, 4, 20)))
    assert named(lines(db, on="2024-04-11", only_overdue=True)) == [("phuong-b", "2024-Q1")]
    for line in lines(db, on="2024-04-11"):
        listed = line in lines(db, on="2024-04-11", only_overdue=True)
        assert listed is (line.timeliness is Timeliness.OVERDUE)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    "asked",
    [{}, {"states": [State.OPEN, State.WAIVED]}, {"belongs_from": date(2024, 2, 1)}],
    ids=["all", "some states", "of a period"],
)
def test_pages_follow_one_another_without_gap_or_repetition(
    db: Connection, asked: dict[str, Any], *, backwards: bool
) -> None:
    living(db, duty(trigger=Every(period=Length.MONTH)))
    for changes in ({"due_on": None}, {"state": "waived"}):
        some = task_of(db, occasion_key="2024-03" if "due_on" in changes else "2024-05")
        db.execute(update(task).where(task.c.id == some).values(**changes))
    whole = [line.task_id for line in lines(db, **asked, is_latest_first=backwards)]
    assert len(whole) == (10 if "belongs_from" in asked else 12)
    assert whole[0 if backwards else -1] == task_of(db, occasion_key="2024-03")
    found: list[int] = []
    after = None
    while True:
        page = list_tasks(
            db,
            by="quan-tri",
            at=at("2024-02-01"),
            after=after,
            at_most=5,
            is_latest_first=backwards,
            **asked,
        )
        found += [line.task_id for line in page.lines]
        after = page.next_after
        if after is None:
            break
    assert found == whole
    undated = (None, task_of(db, occasion_key="2024-03"))
    beyond = list_tasks(
        db,
        by="quan-tri",
        at=at("2024-02-01"),
        after=undated,
        at_most=20,
        is_latest_first=backwards,
        **asked,
    )
    assert [line.task_id for line in beyond.lines] == (whole[1:] if backwards else [])


def test_words_find_what_is_named_so_and_what_was_handed_on(db: Connection) -> None:
    living(db, duty(), duty("doc-bao"))
    one, two = task_of(db), task_of(db, occasion_key="2024-Q2")
    ids = {row.key: row.id for row in db.execute(select(unit))}
    db.execute(update(task).where(task.c.id == one).values(answerable_id=ids["phuong-b"]))
    for few in (20, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(naming, "_FEW", few)
            a, b = lines(db, words="phuong-a"), lines(db, words="phuong-b")
            assert {line.unit for line in a} == {"phuong-a"}
            # Handed on, it is found by whose it was and by whose it is.
            assert one in {line.task_id for line in a}
            assert one in {line.task_id for line in b}
            assert (len(a), len(b)) == (4, 5)
            both = lines(db, words="đơn phuong-a phuong-b")
            assert [line.task_id for line in both] == [one]
            assert len(lines(db, words="doc-bao phuong-a")) == 2
            assert {line.occasion for line in lines(db, words="phuong-a q2")} == {"2024-Q2"}
            assert [line.task_id for line in lines(db, words=str(two))] == [two]
            assert lines(db, words="phuong-a nơi-khác") == []
            assert lines(db, words=str(10**14)) == []
            assert len(lines(db, unit_key="phuong-b")) == 5
            assert len(lines(db, obligation_code="doc-bao")) == 4
    assert lines(db, only_overdue=True, states=[State.ACCEPTED]) == []


def test_history_is_shown_only_when_asked_for(db: Connection) -> None:
    living(db, tracked_from=day("2024-06-01"))
    assert {line.occasion for line in lines(db)} == {"2024-Q2"}
    assert len(lines(db, with_history=True)) == 4


def test_the_marks_of_a_task(db: Connection) -> None:
    living(
        db,
        duty(
            trigger=Event(kind="bch"), due=Due(reckoned=DueFrom.DAY, offset=-2, count=Count.WORKING)
        ),
    )
    record_event(
        db,
        Happening(kind="bch", convener="thanh-pho", happens_on=day("2024-03-12")),
        act=act("2024-03-15"),
    )
    planned(db, on="2024-03-15")
    mine = next(line.task_id for line in lines(db, "can-bo-a", on="2024-03-16"))
    one = the_line(lines(db, on="2024-03-16"), mine)
    assert one.marks == ("late_notice",)
    assert (one.original_due_on, one.due_on) == (day("2024-03-08"), day("2024-03-20"))
    ask_extension(
        db,
        one.task_id,
        until_on=day("2024-03-25"),
        act=by("can-bo-a", "2024-03-18", reason="Bận"),
    )
    grant(db, one.task_id, Kind.EXTENSION, act=by("quan-tri", "2024-03-19"))
    handed_in(db, one.task_id, day="2024-03-26")
    one = the_line(lines(db, on="2024-04-01"), mine)
    assert one.marks == ("late_notice", "extended", "reported_late")
    assert one.timeliness is Timeliness.LATE


def test_a_page_takes_a_handful_of_statements(db: Connection) -> None:
    living(db, duty(trigger=Every(period=Length.MONTH)))
    counts = set()
    for at_most in (1, 10):
        with statements(db) as sent:
            list_tasks(db, by="quan-tri", at=at("2024-02-01"), at_most=at_most)
        counts.add(len(sent))
    assert len(counts) == 1
    assert counts.pop() < 15


# --- one task ---------------------------------------------------------------------------


def test_one_task_is_shown_whole(db: Connection) -> None:
    living(db, duty(proof=AllOf(parts=(paper(), copies(6)))))
    one = task_of(db)
    item = offered(db, one)
    judged(db, item)
    other = offered(db, one, requirement="hoa-don", text="hóa đơn")
    ask_extension(
        db, one, until_on=day("2024-04-15"), act=by("can-bo-a", "2024-02-02", reason="Bận")
    )
    shown = show_task(db, one, by="can-bo-a", at=at("2024-02-02"))
    assert shown.line.progress == Progress(done=1, needed=7)
    assert shown.shortfalls == (Shortfall(requirement="hoa-don", items=0, quantity=6),)
    (first, verdict), (second, none) = shown.items
    assert (first.id, second.id, none) == (item, other, None)
    assert verdict is not None
    assert verdict.outcome == "passed"
    assert [row.kind for row in shown.concessions] == ["extension"]
    assert (shown.submissions, shown.changes, shown.doubts) == ((), (), ())
    assert shown.allowed == {Action.ADD_EVIDENCE, Action.REMOVE_EVIDENCE, Action.SUBMIT}


def test_what_was_done_about_a_task_is_shown_in_order(db: Connection) -> None:
    living(db)
    one = task_of(db)
    handed_in(db, one, verdict=says(Outcome.FAILED))
    accepted_again = offered(db, one, text="mới", act=by("can-bo-a", "2024-02-02"))
    judged(db, accepted_again)
    shown = show_task(db, one, by="quan-tri", at=at("2024-02-03"))
    assert [row.act for row in shown.changes] == ["submit", "return"]
    assert [row.outcome for row in shown.submissions] == ["returned"]


def test_the_doubts_of_a_task_are_shown(db: Connection) -> None:
    living(db)
    one = task_of(db)
    accepted(db, one)
    raise_doubt(db, one, act=by("tham-dinh", "2024-02-03", reason="Ảnh cũ"))
    shown = show_task(db, one, by="tham-dinh", at=at("2024-02-03"))
    assert [row.kind for row in shown.doubts] == ["raised"]
    assert shown.allowed == {Action.REOPEN}


def test_a_quota_that_is_not_on_record_shows_no_progress(db: Connection) -> None:
    living(db, duty(proof=Requirement(code="giay", check="invoice", quantity=Quota(title="bbn"))))
    shown = show_task(db, task_of(db), by="quan-tri", at=at("2024-02-03"))
    assert (shown.line.progress, shown.shortfalls) == (None, ())


def test_what_each_could_do_is_what_the_table_gives_them(db: Connection) -> None:
    living(db, duty(needs_person=True))
    one = task_of(db)
    handed_in(db, one)

    def allowed(who: str) -> frozenset[Action]:
        return show_task(db, one, by=who, at=at("2024-02-03")).allowed

    assert allowed("tham-dinh") == {Action.CONFIRM, Action.RETURN}
    assert allowed("quan-tri") == {Action.CANCEL}
    assert allowed("can-bo-a") == frozenset()
    assert allowed("kiem-toan") == frozenset()
    assert allowed("system:checks") == frozenset()


@pytest.mark.parametrize("who", ["can-bo-b", "nguoi-la"])
def test_out_of_ones_scope_a_task_is_not_there(db: Connection, who: str) -> None:
    living(db)
    one = task_of(db)
    refused("task.unknown", lambda: show_task(db, one, by=who, at=at("2024-02-03")))
    refused("task.unknown", lambda: explain(db, one, by=who, at=at("2024-02-03")))
    refused("task.unknown", lambda: show_task(db, 10**9, by="quan-tri", at=at("2024-02-03")))


def test_looking_writes_nothing(db: Connection) -> None:
    living(db)
    one = task_of(db)
    before = db.scalar(select(func.count()).select_from(journal_entry))
    list_tasks(db, by="quan-tri", at=at("2024-02-03"))
    show_task(db, one, by="quan-tri", at=at("2024-02-03"))
    explain(db, one, by="quan-tri", at=at("2024-02-03"))
    assert db.scalar(select(func.count()).select_from(journal_entry)) == before


# --- why --------------------------------------------------------------------------------


def test_from_a_task_one_walks_back_to_the_clause(db: Connection) -> None:
    clauses = (
        Clause(code="d1", text="Các cơ quan mua báo hằng quý", place="đoạn 4"),
        Clause(code="d2", text="Khác"),
    )
    living(
        db,
        duty(due=Due(roll=Roll.PRECEDING)),
        clauses=clauses,
        number="01-CT/TU",
        source="Báo Bắc Ninh 14/04/2023",
    )
    why = explain(db, task_of(db), by="can-bo-a", at=at("2024-02-03"))
    assert (why.unit, why.unit_name, why.answerable) == (
        "phuong-a",
        "Đơn vị phuong-a",
        "phuong-a",
    )
    assert (why.agreement, why.number, why.source) == (
        "ct-01",
        "01-CT/TU",
        "Báo Bắc Ninh 14/04/2023",
    )
    assert (why.obligation, why.title) == ("mua-bao", "Nghĩa vụ mua-bao")
    assert why.clause == clauses[0]
    assert (why.version_from, why.version_until, why.superseded_at) == (
        day("2024-01-01"),
        None,
        None,
    )
    assert (why.cause.key, why.cause.source) == ("2024-Q1", "schedule")
    assert (why.cause.from_on, why.cause.until_on) == (day("2024-01-01"), day("2024-04-01"))
    assert (why.cause.event, why.cause.follows) == (None, None)
    # The quarter ends on a Sunday.
    assert why.due_on == why.reckoned.due_on == day("2024-03-29")
    assert [reason.code for reason in why.reckoned.reasons] == ["roll.sunday"]
    assert why.is_as_reckoned
    assert why.extensions == ()


def test_a_meeting_is_told_as_the_cause(db: Connection) -> None:
    living(db, duty(trigger=Event(kind="bch"), due=Due(reckoned=DueFrom.DAY)))
    record_event(
        db,
        Happening(
            kind="bch",
            convener="thanh-pho",
            happens_on=day("2024-03-12"),
            title="Hội nghị lần thứ 12",
        ),
        act=act("2024-03-01"),
    )
    planned(db, on="2024-03-01")
    one = db.execute(select(task.c.id).order_by(task.c.id)).scalars().first()
    assert one is not None
    why = explain(db, one, by="quan-tri", at=at("2024-03-02"))
    assert why.cause.source == "event"
    assert why.cause.event is not None
    assert why.cause.event.title == "Hội nghị lần thứ 12"
    assert why.is_as_reckoned


def test_a_follow_on_names_the_task_that_it_follows(db: Connection) -> None:
    follows = duty(
        "dang-tin",
        trigger=After(obligation="cu-phong-vien", days=2),
        due=Due(reckoned=DueFrom.DAY),
    )
    living(db, duty("cu-phong-vien"), follows)
    one = task_of(db, duty="cu-phong-vien")
    accepted(db, one)
    planned(db, on="2024-02-02")
    following = db.execute(
        select(task.c.id).where(task.c.obligation_id != row_of(db, one).obligation_id)
    ).scalar_one()
    why = explain(db, following, by="quan-tri", at=at("2024-02-03"))
    assert (why.cause.source, why.cause.follows) == ("acceptance", one)


def test_a_task_keeps_its_version_and_days_and_both_are_told(db: Connection) -> None:
    living(db)
    one = task_of(db)
    offered(db, one)
    amended = agreement(
        duty(due=Due(offset=-10), clause="khac"),
        parties=PARTIES,
        clauses=(Clause(code="khac", text="Điều khác"),),
    )
    amend_agreement(db, amended, ground="QĐ 12", act=act("2024-02-02"))
    planned(db, on="2024-02-02")
    why = explain(db, one, by="quan-tri", at=at("2024-02-03"))
    assert why.due_on == day("2024-03-31")
    assert why.superseded_at == act("2024-02-02").at
    # The clause of the old version is no longer in the amended file.
    assert why.clause is None
    assert why.is_as_reckoned
    fresh = explain(db, task_of(db, "phuong-b"), by="quan-tri", at=at("2024-02-03"))
    assert fresh.due_on == day("2024-03-21")


def test_an_extension_explains_the_later_day(db: Connection) -> None:
    living(db, units=offices(phuong_a=3))
    one = task_of(db)
    for until in ("2024-04-15", "2024-05-01"):
        act_ = by("can-bo-a", "2024-02-02", reason="Bận")
        ask_extension(db, one, until_on=day(until), act=act_)
        grant(db, one, Kind.EXTENSION, act=by("quan-tri", "2024-02-03"))
    why = explain(db, one, by="quan-tri", at=at("2024-02-04"))
    assert (why.original_due_on, why.due_on) == (day("2024-03-31"), day("2024-05-01"))
    assert [row.until_on for row in why.extensions] == [day("2024-04-15"), day("2024-05-01")]
    assert why.is_as_reckoned


def test_submitting_does_not_change_why(db: Connection) -> None:
    living(db)
    one = task_of(db)
    before = explain(db, one, by="quan-tri", at=at("2024-02-04"))
    submit_task(db, one, act=by("can-bo-a", "2024-02-02"))
    assert explain(db, one, by="quan-tri", at=at("2024-02-04")) == before
