"""Doubts never change a task; people settle them, and only a person reopens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from tests.factories import (
    CHECKS,
    accepted,
    by,
    conclude,
    judged,
    living,
    refused,
    row_of,
    says,
    state_of,
    task_of,
    who_may,
)
from tests.worlds import day
from workflow.domain.evidence import Outcome
from workflow.doubts import keep_accepted, open_doubts, raise_doubt, reopen_for, reopen_task
from workflow.store.evidence import doubt
from workflow.store.journal import journal_entry
from workflow.submission import submit_task

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


def doubt_row(db: Connection, number: int) -> Row[Any]:
    return db.execute(select(doubt).where(doubt.c.id == number)).one()


def doubted(db: Connection) -> tuple[int, int]:
    """An accepted task and a doubt about it that a re-check raised."""
    living(db)
    one = task_of(db)
    item = accepted(db, one)
    judged(db, item, says(Outcome.FAILED), day="2024-03-20")
    return one, db.execute(select(doubt.c.id)).scalar_one()


def test_a_doubt_is_raised_with_a_reason_and_changes_nothing(db: Connection) -> None:
    living(db)
    one = task_of(db)
    accepted(db, one)
    before = row_of(db, one)
    number = raise_doubt(db, one, act=by("tham-dinh", "2024-03-20", reason="Ảnh cũ"))
    row = doubt_row(db, number)
    assert (row.task_id, row.kind, row.raised_by) == (one, "raised", "tham-dinh")
    assert row.reason == {"code": "doubt.said", "by": "tham-dinh", "text": "Ảnh cũ"}
    assert row_of(db, one) == before
    verbs = db.scalars(select(journal_entry.c.verb).order_by(journal_entry.c.id)).all()
    assert verbs[-1] == "doubt.raised"


def test_who_may_raise_and_who_may_contest(db: Connection) -> None:
    living(db)
    one = task_of(db)
    accepted(db, one)

    def doubts(who: str) -> None:
        raise_doubt(db, one, act=by(who, "2024-03-20", reason="Ảnh cũ"))

    def contests(who: str) -> None:
        raise_doubt(db, one, kind="contested", act=by(who, "2024-03-20", reason="Chưa nhận"))

    assert who_may(db, doubts) == {
        "quan-tri",
        "quan-tri-2",
        "tham-dinh",
        "tham-dinh-2",
        "bao-tham-dinh",
    }
    assert who_may(db, contests) == {"bao-tham-dinh"}


def test_only_what_is_accepted_is_doubted_and_once(db: Connection) -> None:
    living(db)
    one = task_of(db)
    act = by("tham-dinh", "2024-03-20", reason="Ảnh cũ")
    refused("doubt.not_accepted", lambda: raise_doubt(db, one, act=act))
    accepted(db, one)
    refused("doubt.reason_missing", lambda: raise_doubt(db, one, act=by("tham-dinh", "2024-03-20")))
    raise_doubt(db, one, act=act)
    refused("doubt.raised_already", lambda: raise_doubt(db, one, act=act))
    raise_doubt(db, one, kind="contested", act=by("bao-tham-dinh", "2024-03-20", reason="Khác"))


def test_a_doubt_is_settled_by_keeping_what_was_accepted(db: Connection) -> None:
    one, number = doubted(db)
    before = row_of(db, one)
    refused(
        "doubt.reason_missing", lambda: keep_accepted(db, number, act=by("tham-dinh", "2024-03-21"))
    )
    act = by("tham-dinh", "2024-03-21", reason="Bản gốc đã đối chiếu")
    keep_accepted(db, number, act=act)
    row = doubt_row(db, number)
    assert (row.settlement, row.settled_by, row.settled_at) == ("kept", "tham-dinh", act.at)
    assert row_of(db, one) == before
    refusal = refused("doubt.settled_already", lambda: keep_accepted(db, number, act=act))
    assert refusal.facts["by"] == "tham-dinh"
    refused("doubt.unknown", lambda: keep_accepted(db, 10**9, act=act))


def test_who_may_settle(db: Connection) -> None:
    _, number = doubted(db)
    everyone = {"quan-tri", "quan-tri-2", "tham-dinh", "tham-dinh-2", "bao-tham-dinh"}

    def keeps(who: str) -> None:
        keep_accepted(db, number, act=by(who, "2024-03-21", reason="Đã đối chiếu"))

    def reopens(who: str) -> None:
        reopen_for(db, number, act=by(who, "2024-03-21", reason="Sai"))

    assert who_may(db, keeps) == everyone
    assert who_may(db, reopens) == everyone


def test_reopening_undoes_the_task_and_settles_every_doubt(db: Connection) -> None:
    one, number = doubted(db)
    other = raise_doubt(db, one, act=by("tham-dinh", "2024-03-20", reason="Ảnh cũ"))
    reopen_for(db, number, act=by("quan-tri", "2024-03-21", reason="Sai"))
    row = row_of(db, one)
    assert (row.state, row.done_at, row.done_on, row.correction_on) == (
        "returned",
        None,
        None,
        None,
    )
    assert [doubt_row(db, each).settlement for each in (number, other)] == ["reopened"] * 2
    refused(
        "doubt.settled_already",
        lambda: reopen_for(db, other, act=by("quan-tri", "2024-03-22", reason="x")),
    )
    # Its item failed the re-check, so handing it in again as it is brings it back.
    submit_task(db, one, act=by("can-bo-a", "2024-03-22"))
    conclude(db, day="2024-03-22")
    assert state_of(db, one) == "returned"


def test_only_a_person_reopens_and_with_a_reason(db: Connection) -> None:
    one, _ = doubted(db)
    refused(
        "access.person_only", lambda: reopen_task(db, one, act=by(CHECKS, "2024-03-21", reason="x"))
    )
    refused("task.reason_missing", lambda: reopen_task(db, one, act=by("quan-tri", "2024-03-21")))
    assert who_may(
        db, lambda who: reopen_task(db, one, act=by(who, "2024-03-21", reason="Sai"))
    ) == {"quan-tri", "quan-tri-2", "tham-dinh", "tham-dinh-2", "bao-tham-dinh"}


def test_a_reviewer_who_reopens_may_grant_the_term(db: Connection) -> None:
    one, _ = doubted(db)
    act = by("quan-tri", "2024-04-05", reason="Sai")
    refused("access.denied", lambda: reopen_task(db, one, act=act, grants_correction=True))
    last_on = reopen_task(
        db, one, act=by("tham-dinh", "2024-04-05", reason="Sai"), grants_correction=True
    )
    assert last_on == row_of(db, one).correction_on == day("2024-04-10")
    assert row_of(db, one).submitted_on == day("2024-02-01")


@pytest.mark.parametrize("grants", [True, False])
def test_only_what_is_accepted_is_reopened(db: Connection, grants: bool) -> None:
    living(db)
    act = by("tham-dinh", "2024-03-21", reason="Sai")
    refused(
        "task.action_not_allowed",
        lambda: reopen_task(db, task_of(db), act=act, grants_correction=grants),
    )


def test_open_doubts_are_listed_within_ones_reach(db: Connection) -> None:
    one, number = doubted(db)
    at = by("x", "2024-03-21").at
    (row,) = open_doubts(db, by="tham-dinh", at=at, agreement_code="ct-01")
    assert (row.doubt_id, row.task_id, row.kind, row.unit) == (number, one, "recheck", "phuong-a")
    assert row.reason["code"] == "doubt.judged_worse"
    assert open_doubts(db, by="can-bo-b", at=at) == []
    assert [each.doubt_id for each in open_doubts(db, by="can-bo-a", at=at)] == [number]
    keep_accepted(db, number, act=by("tham-dinh", "2024-03-21", reason="Đã đối chiếu"))
    assert open_doubts(db, by="tham-dinh", at=at) == []
