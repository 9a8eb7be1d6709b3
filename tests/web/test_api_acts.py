"""What is done to tasks by a program: doubted, settled, given back, rested, cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import accepted, by, handed_in, living, says, state_of, task_of
from tests.web.api import program
from tests.worlds import at
from workflow.domain.evidence import Outcome
from workflow.review import return_submission

if TYPE_CHECKING:
    from tests.web.conftest import Web

REASON = {"reason": "xem lại hồ sơ"}


@pytest.fixture
def town(web: Web) -> Web:
    """A city in which one task is accepted and another was returned, on 1/4/2024."""
    for db in web.founding(f"{__name__}.town"):
        living(db)
        accepted(db, task_of(db), day="2024-03-01")
        unsure = says(Outcome.UNDECIDED, code="evidence.nothing_given")
        other = task_of(db, "phuong-b")
        handed_in(db, other, verdict=unsure, day="2024-03-01", who="can-bo-b")
        return_submission(db, other, act=by("tham-dinh", "2024-03-04", reason="thiếu dấu"))
    web.clock.move_to(at("2024-03-05"))
    return web


def number(web: Web, unit: str = "phuong-a", **more: Any) -> int:
    with web.engine.begin() as db:
        return task_of(db, unit, **more)


def state(web: Web, task: int) -> str:
    with web.engine.begin() as db:
        return state_of(db, task)


def test_a_doubt_is_raised_listed_and_settled(town: Web) -> None:
    task = number(town)
    reviewer, other = program(town, "tham-dinh"), program(town, "tham-dinh-2")
    raised = reviewer.post(f"/tasks/{task}/doubts", REASON, key="first")
    assert raised.status_code == 201
    again = reviewer.post(f"/tasks/{task}/doubts", REASON, key="first")
    assert again.json() == raised.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    doubt = raised.json()["doubt_id"]
    (one,) = reviewer.walk("/doubts?agreement=ct-01", limit=1)
    assert (one["doubt_id"], one["task_id"], one["kind"]) == (doubt, task, "raised")
    assert one["reason"]["facts"]["text"] == "xem lại hồ sơ"
    assert list(reviewer.walk("/doubts?agreement=khac", limit=5)) == []
    assert list(reviewer.walk(f"/doubts?task_id={task + 1}", limit=5)) == []
    kept = other.post(f"/doubts/{doubt}/settle", {**REASON, "outcome": "kept"})
    assert (kept.status_code, kept.json()["state"]) == (200, "accepted")
    late = other.post(f"/doubts/{doubt}/settle", {**REASON, "outcome": "kept"})
    assert (late.status_code, late.json()["code"]) == (422, "doubt.settled_already")


def test_the_other_party_contests_and_the_task_goes_back(town: Web) -> None:
    task = number(town)
    theirs = program(town, "bao-tham-dinh")
    said = {**REASON, "kind": "contested"}
    doubt = theirs.post(f"/tasks/{task}/doubts", said).json()["doubt_id"]
    settled = program(town, "tham-dinh").post(
        f"/doubts/{doubt}/settle", {**REASON, "outcome": "reopened", "correction": True}
    )
    assert settled.status_code == 200, settled.text
    assert state(town, task) == "returned"
    assert settled.json()["timeliness"] != "overdue"
    assert list(theirs.walk("/doubts", limit=5)) == []


def test_an_accepted_task_is_reopened_and_one_is_cancelled(town: Web) -> None:
    task, chief = number(town), program(town, "quan-tri")
    assert chief.post(f"/tasks/{task}/reopen", {"reason": ""}).status_code == 422
    assert chief.post(f"/tasks/{task}/reopen", REASON).json()["state"] == "returned"
    again = chief.post(f"/tasks/{task}/reopen", REASON)
    assert (again.status_code, again.json()["code"]) == (422, "task.action_not_allowed")
    assert chief.post(f"/tasks/{task}/cancel", REASON).json()["state"] == "cancelled"


def test_a_rest_takes_two_people_and_ends(town: Web) -> None:
    task = number(town, occasion_key="2024-Q2")
    first, second = program(town, "quan-tri"), program(town, "quan-tri-2")
    assert first.post(f"/tasks/{task}/suspend", REASON).json()["state"] == "open"
    assert first.post(f"/tasks/{task}/suspend", REASON).status_code == 422
    assert second.post(f"/tasks/{task}/suspend", REASON).json()["state"] == "suspended"
    assert second.post(f"/tasks/{task}/resume").json()["state"] == "open"
    assert second.post(f"/tasks/{task}/resume", {"reason": "x"}).status_code == 422


def test_a_correction_term_is_given_once(town: Web) -> None:
    task, reviewer = number(town, "phuong-b"), program(town, "tham-dinh")
    answer = reviewer.post(f"/tasks/{task}/correction")
    assert (answer.status_code, answer.json()["code"]) == (422, "task.correction_already_given")


ACTS = ("doubts", "resume", "reopen", "cancel", "correction")


def test_who_may_not_is_refused_and_nothing_changes(town: Web) -> None:
    task = number(town)
    doubt = program(town, "tham-dinh").post(f"/tasks/{task}/doubts", REASON).json()["doubt_id"]
    # Outside the scope it is not there; within it, it is not theirs to do.
    for who, status in (
        ("can-bo-b", 404),
        ("nguoi-la", 404),
        ("can-bo-a", 403),
        ("kiem-toan", 403),
    ):
        person = program(town, who)
        for act in ACTS:
            answer = person.post(f"/tasks/{task}/{act}", REASON)
            assert answer.status_code == status, (who, act, answer.text)
        settled = person.post(f"/doubts/{doubt}/settle", {**REASON, "outcome": "kept"})
        assert settled.status_code == status, (who, settled.text)
    assert program(town, "can-bo-b").get("/doubts").json()["items"] == []
    assert state(town, task) == "accepted"
    missing = program(town, "quan-tri").post("/doubts/999/settle", {**REASON, "outcome": "kept"})
    assert (missing.status_code, missing.json()["code"]) == (404, "doubt.unknown")
