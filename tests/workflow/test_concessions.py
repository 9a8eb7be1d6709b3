"""One person asks with a reason, another decides; the original due day stays on record."""

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
    judged,
    living,
    offered,
    refused,
    row_of,
    says,
    state_of,
    submission_of,
    task_of,
    who_may,
)
from tests.worlds import day, planned
from workflow.accounts import grant_role
from workflow.concessions import (
    Kind,
    ask_extension,
    ask_suspension,
    ask_waiver,
    cancel_task,
    grant,
    open_requests,
    refuse,
    resume_task,
    suspend,
)
from workflow.domain.agreement import Due
from workflow.domain.evidence import Outcome
from workflow.domain.roles import Grant, Role
from workflow.store.journal import journal_entry
from workflow.store.submissions import concession
from workflow.store.tasks import task, task_change
from workflow.submission import submit_task

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Row

ASK: dict[Kind, Callable[..., int]] = {
    Kind.WAIVER: ask_waiver,
    Kind.SUSPENSION: ask_suspension,
}
DECIDERS = {"quan-tri", "quan-tri-2", "tham-dinh", "tham-dinh-2", "bao-tham-dinh"}


def asked(db: Connection, one: int, *, on: str = "2024-03-01", until: str = "2024-04-15") -> int:
    """An extension that the unit asked for."""
    act = by("can-bo-a", on, reason="Máy in hỏng")
    return ask_extension(db, one, until_on=day(until), act=act)


def request(db: Connection, number: int) -> Row[Any]:
    return db.execute(select(concession).where(concession.c.id == number)).one()


def last_change(db: Connection, one: int) -> Row[Any] | None:
    query = select(task_change).where(task_change.c.task_id == one)
    return db.execute(query.order_by(task_change.c.id.desc())).first()


# --- extension --------------------------------------------------------------------------


def test_an_extension_moves_the_due_day_and_keeps_the_original(db: Connection) -> None:
    living(db)
    one = task_of(db)
    number = asked(db, one)
    assert row_of(db, one).due_on == day("2024-03-31")
    assert row_of(db, one).is_touched
    act = by("quan-tri", "2024-03-04", reason="Đồng ý")
    grant(db, one, Kind.EXTENSION, act=act)
    row = row_of(db, one)
    assert (row.state, row.due_on) == ("open", day("2024-04-15"))
    assert (row.original_due_on, row.first_due_on) == (day("2024-03-31"), day("2024-03-31"))
    assert row.belongs_on == day("2024-03-31")
    kept = request(db, number)
    assert (kept.decision, kept.decided_by, kept.answer) == ("granted", "quan-tri", "Đồng ý")
    change = last_change(db, one)
    assert change is not None
    assert (change.act, change.due_on_from, change.due_on) == (
        "extend",
        day("2024-03-31"),
        day("2024-04-15"),
    )


def test_whoever_grants_may_give_another_day(db: Connection) -> None:
    living(db)
    one = task_of(db)
    asked(db, one)
    act = by("quan-tri", "2024-03-04")
    refused(
        "task.extension_not_later",
        lambda: grant(db, one, Kind.EXTENSION, until_on=day("2024-03-31"), act=act),
    )
    grant(db, one, Kind.EXTENSION, until_on=day("2024-04-05"), act=act)
    assert row_of(db, one).due_on == day("2024-04-05")


def test_an_extension_can_be_extended(db: Connection) -> None:
    living(db)
    one = task_of(db)
    for until in ("2024-04-15", "2024-05-15"):
        asked(db, one, until=until)
        grant(db, one, Kind.EXTENSION, act=by("quan-tri", "2024-03-04"))
    row = row_of(db, one)
    assert (row.due_on, row.original_due_on) == (day("2024-05-15"), day("2024-03-31"))


@pytest.mark.parametrize(
    ("on", "is_late"), [("2024-03-30", False), ("2024-03-31", True), ("2024-04-10", True)]
)
def test_asked_on_the_due_day_or_later_it_is_marked_late(
    db: Connection,
    on: str,
    is_late: bool,
) -> None:
    living(db)
    number = asked(db, task_of(db), on=on)
    assert request(db, number).is_late is is_late


def test_an_extension_gives_more_time_or_is_refused(db: Connection) -> None:
    living(db)
    one = task_of(db)
    refusal = refused("task.extension_not_later", lambda: asked(db, one, until="2024-03-31"))
    assert refusal.facts == {"due_on": "2024-03-31", "new_on": "2024-03-31"}


def test_what_has_no_due_day_is_not_extended(db: Connection) -> None:
    living(db)
    one = task_of(db)
    db.execute(task.update().where(task.c.id == one).values(due_on=None))
    refused("task.extension_without_due_day", lambda: asked(db, one))


def test_an_extension_does_not_touch_the_day_to_report(db: Connection) -> None:
    living(db, duty(due=Due(report_by=10)))
    one = task_of(db)
    asked(db, one, until="2024-04-05")
    grant(db, one, Kind.EXTENSION, act=by("quan-tri", "2024-03-04"))
    row = row_of(db, one)
    assert (row.due_on, row.report_by_on) == (day("2024-04-05"), day("2024-04-10"))


def test_the_same_is_asked_for_once_at_a_time(db: Connection) -> None:
    living(db)
    one = task_of(db)
    asked(db, one)
    refusal = refused("concession.asked_already", lambda: asked(db, one))
    assert refusal.facts == {"kind": "extension", "by": "can-bo-a"}
    ask_waiver(db, one, act=by("can-bo-a", "2024-03-01", reason="Không còn đơn vị"))


# --- who asks and who decides -----------------------------------------------------------


def test_who_may_ask(db: Connection) -> None:
    living(db)
    one = task_of(db)
    expected = {"can-bo-a", "truong-a", "cap-tren", "quan-tri", "quan-tri-2"}

    def ask(who: str) -> None:
        act = by(who, "2024-03-01", reason="Máy in hỏng")
        ask_extension(db, one, until_on=day("2024-04-15"), act=act)

    assert who_may(db, ask) == expected
    for call in ASK.values():

        def ask_this(who: str, call: Callable[..., int] = call) -> None:
            call(db, one, act=by(who, "2024-03-01", reason="Lý do"))

        assert who_may(db, ask_this) == expected


def test_who_may_grant_and_refuse(db: Connection) -> None:
    living(db)
    one = task_of(db)
    asked(db, one)
    for call in ASK.values():
        call(db, one, act=by("can-bo-a", "2024-03-01", reason="Lý do"))
    for kind in Kind:

        def say_yes(who: str, kind: Kind = kind) -> None:
            grant(db, one, kind, act=by(who, "2024-03-04", reason="Trả lời"))

        def say_no(who: str, kind: Kind = kind) -> None:
            refuse(db, one, kind, act=by(who, "2024-03-04", reason="Trả lời"))

        assert who_may(db, say_yes) == DECIDERS
        assert who_may(db, say_no) == DECIDERS


@pytest.mark.parametrize("kind", [Kind.WAIVER, Kind.SUSPENSION])
def test_nobody_decides_what_they_asked_for(db: Connection, kind: Kind) -> None:
    living(db)
    one = task_of(db)
    ASK[kind](db, one, act=by("quan-tri", "2024-03-01", reason="Lý do"))
    act = by("quan-tri", "2024-03-04", reason="Đồng ý")
    refused("task.four_eyes", lambda: grant(db, one, kind, act=act))
    refused("task.four_eyes", lambda: refuse(db, one, kind, act=act))
    grant(db, one, kind, act=by("quan-tri-2", "2024-03-04"))
    assert state_of(db, one) == {"waiver": "waived", "suspension": "suspended"}[kind]


def test_nothing_is_granted_or_refused_that_nobody_asked_for(db: Connection) -> None:
    living(db)
    one = task_of(db)
    act = by("quan-tri", "2024-03-04", reason="Đồng ý")
    for kind in Kind:
        refused("task.not_asked", lambda kind=kind: grant(db, one, kind, act=act))  # type: ignore[misc] # a default binds the loop's name
        refused("task.not_asked", lambda kind=kind: refuse(db, one, kind, act=act))  # type: ignore[misc] # the same


def test_asking_and_refusing_need_a_reason(db: Connection) -> None:
    living(db)
    one = task_of(db)
    for reason in (None, "", "  "):
        act = by("can-bo-a", "2024-03-01", reason=reason)
        refused("task.reason_missing", lambda act=act: ask_waiver(db, one, act=act))  # type: ignore[misc] # a default binds the loop's name
    ask_waiver(db, one, act=by("can-bo-a", "2024-03-01", reason="Giải thể"))
    act = by("quan-tri", "2024-03-04")
    refused("task.reason_missing", lambda: refuse(db, one, Kind.WAIVER, act=act))


def test_a_rule_asks_for_nothing_and_decides_nothing(db: Connection) -> None:
    living(db)
    one = task_of(db)
    act = by(CHECKS, "2024-03-01", reason="x")
    calls = (
        lambda: ask_waiver(db, one, act=act),
        lambda: grant(db, one, Kind.WAIVER, act=act),
        lambda: refuse(db, one, Kind.WAIVER, act=act),
        lambda: cancel_task(db, one, act=act),
    )
    for call in calls:
        refused("access.person_only", call)


def test_what_is_refused_stays_as_it_was_and_may_be_asked_again(db: Connection) -> None:
    living(db)
    one = task_of(db)
    number = asked(db, one)
    before = row_of(db, one)
    refuse(db, one, Kind.EXTENSION, act=by("quan-tri", "2024-03-04", reason="Không đủ căn cứ"))
    assert row_of(db, one) == before
    assert (request(db, number).decision, request(db, number).answer) == (
        "refused",
        "Không đủ căn cứ",
    )
    verbs = db.scalars(select(journal_entry.c.verb).order_by(journal_entry.c.id)).all()
    assert verbs[-2:] == ["concession.asked", "concession.refused"]
    assert asked(db, one) != number


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_what_is_not_in_hand_is_not_conceded(db: Connection, state: str) -> None:
    living(db)
    one = task_of(db)
    asked(db, one)
    item = offered(db, one)
    submit_task(db, one, act=by("can-bo-a", "2024-03-01"))
    if state == "accepted":
        judged(db, item)
        conclude(db, day="2024-03-02")
    assert state_of(db, one) == state
    act = by("quan-tri", "2024-03-04")
    refused("task.changed_meanwhile", lambda: grant(db, one, Kind.EXTENSION, act=act))
    refused(
        "task.action_not_allowed",
        lambda: ask_waiver(db, one, act=by("can-bo-a", "2024-03-04", reason="x")),
    )
    assert open_requests(db, by="quan-tri", at=act.at) == []


# --- waiver, suspension, cancellation ---------------------------------------------------


def test_a_returned_task_can_be_waived(db: Connection) -> None:
    living(db)
    one = task_of(db)
    handed_in(db, one, verdict=says(Outcome.FAILED))
    ask_waiver(db, one, act=by("truong-a", "2024-03-01", reason="Giải thể"))
    grant(db, one, Kind.WAIVER, act=by("tham-dinh", "2024-03-04"))
    assert state_of(db, one) == "waived"
    refused("task.changed_meanwhile", lambda: offered(db, one, text="muộn"))


@pytest.mark.parametrize("before", ["open", "returned"])
def test_a_suspended_task_is_resumed_as_it_was(db: Connection, before: str) -> None:
    living(db)
    one = task_of(db)
    if before == "returned":
        handed_in(db, one, verdict=says(Outcome.FAILED))
    assert not suspend(db, one, act=by("can-bo-a", "2024-03-01", reason="Sáp nhập"))
    assert state_of(db, one) == before
    assert suspend(db, one, act=by("quan-tri", "2024-03-04"))
    assert (state_of(db, one), row_of(db, one).state_before) == ("suspended", before)
    resume_task(db, one, act=by("quan-tri", "2024-03-10"))
    assert (state_of(db, one), row_of(db, one).state_before) == (before, None)


def test_only_an_administrator_resumes(db: Connection) -> None:
    living(db)
    one = task_of(db)
    suspend(db, one, act=by("can-bo-a", "2024-03-01", reason="Sáp nhập"))
    suspend(db, one, act=by("quan-tri", "2024-03-04"))
    assert who_may(db, lambda who: resume_task(db, one, act=by(who, "2024-03-10"))) == {
        "quan-tri",
        "quan-tri-2",
    }


def test_what_is_not_suspended_is_not_resumed(db: Connection) -> None:
    living(db)
    act = by("quan-tri", "2024-03-10")
    refused("task.action_not_allowed", lambda: resume_task(db, task_of(db), act=act))


def test_only_an_administrator_cancels_and_with_a_reason(db: Connection) -> None:
    living(db)
    one = task_of(db)
    refused("task.reason_missing", lambda: cancel_task(db, one, act=by("quan-tri", "2024-03-01")))
    assert who_may(
        db, lambda who: cancel_task(db, one, act=by(who, "2024-03-01", reason="Trùng"))
    ) == {"quan-tri", "quan-tri-2"}


def test_a_cancelled_task_takes_its_submission_with_it(db: Connection) -> None:
    living(db)
    one = task_of(db)
    handed_in(db, one, verdict=says(Outcome.UNDECIDED))
    cancel_task(db, one, act=by("quan-tri", "2024-03-01", reason="Trùng"))
    row = row_of(db, one)
    assert (row.state, row.state_before, row.cancel_cause) == ("cancelled", "in_review", "person")
    assert submission_of(db, one).outcome == "cancelled"
    act = by("quan-tri-2", "2024-03-02", reason="Trùng")
    refused("task.changed_meanwhile", lambda: cancel_task(db, one, act=act))


def test_what_a_person_cancelled_no_plan_brings_back(db: Connection) -> None:
    living(db)
    one = task_of(db)
    cancel_task(db, one, act=by("quan-tri", "2024-03-01", reason="Trùng"))
    assert planned(db, on="2024-03-02").reinstated == 0
    assert state_of(db, one) == "cancelled"


def test_a_suspended_task_can_be_cancelled(db: Connection) -> None:
    living(db)
    one = task_of(db)
    suspend(db, one, act=by("can-bo-a", "2024-03-01", reason="Sáp nhập"))
    suspend(db, one, act=by("quan-tri", "2024-03-04"))
    cancel_task(db, one, act=by("quan-tri", "2024-03-05", reason="Giải thể"))
    assert state_of(db, one) == "cancelled"


# --- the list ---------------------------------------------------------------------------


def test_open_requests_are_listed_within_ones_reach(db: Connection) -> None:
    living(db)
    one, other = task_of(db), task_of(db, "phuong-b")
    asked(db, one)
    ask_waiver(db, other, act=by("can-bo-b", "2024-03-02", reason="Giải thể"))
    at = by("x", "2024-03-04").at
    assert [row.task_id for row in open_requests(db, by="quan-tri", at=at)] == [one, other]
    (row,) = open_requests(db, by="quan-tri", at=at, kind=Kind.WAIVER)
    assert (row.kind, row.asked_by, row.unit) == ("waiver", "can-bo-b", "phuong-b")
    assert [row.task_id for row in open_requests(db, by="can-bo-a", at=at)] == [one]
    assert open_requests(db, by="nguoi-la", at=at) == []


def test_someone_of_two_offices_still_needs_another_to_decide(db: Connection) -> None:
    living(db)
    grant_role(db, "can-bo-a", Grant(role=Role.REVIEWER), act=by("quan-tri", "2024-01-02"))
    one = task_of(db)
    asked(db, one)
    act = by("can-bo-a", "2024-03-04")
    refused("task.four_eyes", lambda: grant(db, one, Kind.EXTENSION, act=act))
