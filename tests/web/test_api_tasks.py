"""Tasks by a program: listed, shown, explained, proved, handed in, decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from tests.factories import (
    accepted,
    by,
    conclude,
    duty,
    handed_in,
    item_row,
    judged,
    living,
    offered,
    paper,
    says,
    state_of,
    task_of,
)
from tests.web.api import program
from tests.worlds import at, planned
from workflow.accounts import grant_role
from workflow.domain.agreement import AllOf
from workflow.domain.evidence import Outcome
from workflow.domain.roles import Grant, Role
from workflow.journal import Act
from workflow.store.evidence import evidence_item
from workflow.store.tokens import api_answer
from workflow.submission import submit_task
from workflow.tokens import forget_answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.conftest import Web

FILE = {"files": ("giay.txt", "Văn bản xác nhận".encode())}


@pytest.fixture
def town(web: Web) -> Web:
    """A web on a city with two duties: the second needs two papers."""
    two = duty("hai-giay", proof=AllOf(parts=(paper("mot"), paper("hai"))))
    for db in web.founding(f"{__name__}.town"):
        living(db, duty(), two)
    return web


def number(web: Web, unit: str = "phuong-a", **more: Any) -> int:
    with web.engine.begin() as db:
        return task_of(db, unit, **more)


def count(web: Web) -> int:
    with web.engine.begin() as db:
        return int(db.scalar(select(func.count()).select_from(evidence_item)) or 0)


def keys(rows: Iterator[dict[str, Any]]) -> list[str]:
    return [row["key"] for row in rows]


def test_pages_give_every_row_exactly_once(town: Web) -> None:
    client = program(town, "kiem-toan")
    whole = [one["key"] for one in client.get("/tasks?limit=200").json()["items"]]
    assert len(whole) == len(set(whole)) == 8
    for limit in (1, 3, 7, 8, 9):
        assert keys(client.walk("/tasks", limit=limit)) == whole
        assert keys(client.walk("/tasks?sort=-due_on", limit=limit)) == whole[::-1]


def test_what_was_planned_meanwhile_changes_nothing_of_the_pages_that_follow(town: Web) -> None:
    client = program(town, "kiem-toan")
    first = client.get("/tasks?limit=4").json()
    with town.engine.begin() as db:
        planned(db, until="2025-01-01")
    rest = client.get(f"/tasks?limit=200&cursor={first['next']}").json()["items"]
    seen = [one["key"] for one in (*first["items"], *rest)]
    assert len(seen) == len(set(seen)) == 16


NARROWED = {
    "": 8,
    "agreement=ct-01": 8,
    "agreement=ct-02": 0,
    "obligation=hai-giay": 4,
    "unit=phuong-a": 4,
    "unit=khong-co": 0,
    "state=open&state=returned": 8,
    "state=accepted": 0,
    "period=2024-Q1": 4,
    "period=2024-Q1&agreement=ct-01&unit=phuong-b": 2,
    "period=2024": 8,
    "due_from=2024-04-01": 4,
    "due_until=2024-04-01": 4,
    "words=hai+giay": 4,
    "overdue=true": 0,
    "history=true": 8,
}


def test_a_list_is_narrowed(town: Web) -> None:
    client = program(town, "kiem-toan")
    for asked, expected in NARROWED.items():
        assert len(client.get(f"/tasks?{asked}").json()["items"]) == expected, asked


def test_what_is_overdue_is_told_on_the_day_after(town: Web) -> None:
    town.clock.move_to(at("2024-04-01", "00:30"))
    found = program(town, "can-bo-a").get("/tasks?overdue=true").json()["items"]
    assert [one["timeliness"] for one in found] == ["overdue", "overdue"]


UNREADABLE = (
    "limit=0",
    "limit=201",
    "sort=unit",
    "state=gone",
    "due_from=31/03/2024",
    "unit=a%00b",
    f"unit={'x' * 65}",
    "cursor=",
    "cursor=x",
    "cursor=W10",  # []
    "cursor=WyJkdWVfb24iLCIyMDI0LTAzLTMxIl0",  # a number is missing
    "cursor=WyJkdWVfb24iLCIyMDI0LTEzLTMxIiwxXQ",  # the thirteenth month
    "cursor=WyJkdWVfb24iLDEsMV0",  # a number for the day
    "cursor=WyJkdWVfb24iLG51bGwsdHJ1ZV0",  # no number
    "cursor=WyJkdWVfb24iLG51bGwsLTFd",  # -1
)


def test_what_cannot_be_read_is_said(town: Web) -> None:
    client = program(town, "kiem-toan")
    for asked in UNREADABLE:
        answer = client.get(f"/tasks?{asked}")
        assert answer.status_code == 422, asked
        assert answer.json()["code"] in {"request.unreadable", "request.bad_cursor"}, asked


def test_a_cursor_belongs_to_its_order(town: Web) -> None:
    client = program(town, "kiem-toan")
    cursor = client.get("/tasks?limit=1").json()["next"]
    answer = client.get(f"/tasks?sort=-due_on&cursor={cursor}")
    assert answer.json()["code"] == "request.bad_cursor"


def test_a_period_that_is_none_is_refused(town: Web) -> None:
    client = program(town, "kiem-toan")
    assert client.get("/tasks?period=2024-Q5").json()["code"] == "period.bad_key"
    assert client.get("/tasks?period=2024-Q1&agreement=x").json()["code"] == "agreement.unknown"


def test_an_officer_sees_what_his_unit_owes(town: Web) -> None:
    assert {one["unit"] for one in program(town, "can-bo-a").walk("/tasks", limit=3)} == {
        "phuong-a"
    }
    assert len(list(program(town, "cap-tren").walk("/tasks", limit=3))) == 8


def test_one_task_is_shown_whole(town: Web) -> None:
    task_id = number(town)
    with town.engine.begin() as db:
        handed_in(db, task_id, verdict=says(Outcome.FAILED, code="evidence.nothing_given"))
    said = program(town, "can-bo-a").get(f"/tasks/{task_id}").json()
    assert (said["task"]["task_id"], said["task"]["state"]) == (task_id, "returned")
    (item,) = said["items"]
    assert (item["name"], item["verdict"]["outcome"]) == ("giay.pdf", "failed")
    assert [one["outcome"] for one in said["submissions"]] == ["returned"]
    assert said["shortfalls"] == [{"requirement": "giay", "items": 1, "quantity": 0}]
    assert {"add_evidence", "submit"} <= set(said["allowed"])
    assert [one["act"] for one in said["changes"]]


def test_why_leads_back_to_the_clause(town: Web) -> None:
    said = program(town, "can-bo-a").get(f"/tasks/{number(town)}/why").json()
    assert said["clause"] == {"code": "d1", "text": "Điều một", "place": ""}
    assert (said["cause"]["key"], said["cause"]["source"]) == ("2024-Q1", "schedule")
    assert said["is_as_reckoned"] is True


# --- evidence ----------------------------------------------------------------------


def test_evidence_is_added_and_taken_back(town: Web) -> None:
    client, task_id = program(town, "can-bo-a"), number(town)
    said = client.post(f"/tasks/{task_id}/evidence", files=FILE)
    assert said.status_code == 201
    (item,) = said.json()["items"]
    assert said.json() == {"task_id": task_id, "requirement": "giay", "items": [item]}
    with town.engine.begin() as db:
        row = item_row(db, item)
    assert (row.name, row.added_by, row.figures) == ("giay.txt", "can-bo-a", {})
    kept = town.settings.evidence_dir / row.sha256[:2] / row.sha256[2:4] / row.sha256
    assert kept.read_bytes() == FILE["files"][1]
    shown = client.get(f"/tasks/{task_id}").json()["items"]
    assert [(one["id"], one["verdict"]) for one in shown] == [(item, None)]
    assert client.delete(f"/evidence/{item}").json()["task_id"] == task_id
    assert client.get(f"/tasks/{task_id}").json()["items"] == []
    assert client.delete(f"/evidence/{item}").json()["code"] == "evidence.removed_already"


def test_several_files_are_several_items(town: Web) -> None:
    client, task_id = program(town, "can-bo-a"), number(town)
    files = [("files", ("a.txt", b"a")), ("files", ("b\x00.txt", b"b"))]
    data = {"requirement": "giay", "figures": json.dumps({"số": 7})}
    said = client.post(f"/tasks/{task_id}/evidence", files=files, data=data).json()
    with town.engine.begin() as db:
        rows = [item_row(db, item) for item in said["items"]]
    assert [row.figures for row in rows] == [{"số": 7}, {"số": 7}]
    assert "\x00" not in rows[1].name


def test_figures_alone_are_an_item(town: Web) -> None:
    client, task_id = program(town, "can-bo-a"), number(town)
    said = client.post(f"/tasks/{task_id}/evidence", data={"figures": '{"count": 3}'})
    assert len(said.json()["items"]) == 1
    empty = client.post(f"/tasks/{task_id}/evidence")
    assert (empty.status_code, empty.json()["code"]) == (422, "evidence.nothing_given")


@pytest.mark.parametrize(
    "typed", ["x", "[1]", '"a"', '{"a": "\\u0000"}', '{"a": "\\ud800"}', '{"a": NaN}']
)
def test_figures_that_cannot_be_kept_are_refused(town: Web, typed: str) -> None:
    answer = program(town, "can-bo-a").post(
        f"/tasks/{number(town)}/evidence", data={"figures": typed}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "request.unreadable")
    assert count(town) == 0


def test_what_it_proves_is_said_where_several_are_asked(town: Web) -> None:
    client, task_id = program(town, "can-bo-a"), number(town, duty="hai-giay")
    answer = client.post(f"/tasks/{task_id}/evidence", files=FILE)
    assert answer.json()["code"] == "evidence.requirement_unsaid"
    answer = client.post(f"/tasks/{task_id}/evidence", files=FILE, data={"requirement": "ba"})
    assert answer.json()["code"] == "evidence.requirement_unknown"
    assert count(town) == 0
    answer = client.post(f"/tasks/{task_id}/evidence", files=FILE, data={"requirement": "hai"})
    assert answer.status_code == 201


def test_nobody_takes_back_what_another_unit_added(town: Web) -> None:
    item = program(town, "can-bo-a").post(f"/tasks/{number(town)}/evidence", files=FILE).json()
    (item_id,) = item["items"]
    other = program(town, "can-bo-b")
    for wanted in (item_id, 9_999_999):
        answer = other.delete(f"/evidence/{wanted}")
        assert (answer.status_code, answer.json()["code"]) == (404, "evidence.unknown")
    reader = program(town, "kiem-toan")
    assert reader.delete(f"/evidence/{item_id}").json()["code"] == "access.denied"


# --- a request that is sent again --------------------------------------------------


def test_the_same_request_sent_again_is_done_once(town: Web) -> None:
    client, task_id = program(town, "can-bo-a"), number(town)
    first = client.post(f"/tasks/{task_id}/evidence", files=FILE, key="k1")
    again = client.post(f"/tasks/{task_id}/evidence", files=FILE, key="k1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert count(town) == 1


def test_one_name_for_two_requests_is_refused(town: Web) -> None:
    client, task_id = program(town, "can-bo-a"), number(town)
    client.post(f"/tasks/{task_id}/evidence", files=FILE, key="k1")
    other = {"files": ("giay.txt", b"khac")}
    for address, given in (
        (f"/tasks/{task_id}/evidence", {"files": other}),
        (f"/tasks/{number(town, duty='hai-giay')}/evidence", {"files": FILE}),
        (f"/tasks/{task_id}/evidence", {"files": FILE, "data": {"requirement": "giay"}}),
    ):
        answer = client.post(address, key="k1", **given)
        assert (answer.status_code, answer.json()["code"]) == (422, "request.key_reused")
    assert count(town) == 1


def test_a_refused_request_may_be_sent_again_under_its_name(town: Web) -> None:
    client, task_id = program(town, "can-bo-a"), number(town)
    assert client.post(f"/tasks/{task_id}/withdraw", key="k").status_code == 422
    client.post(f"/tasks/{task_id}/evidence", files=FILE)
    client.post(f"/tasks/{task_id}/submit")
    assert client.post(f"/tasks/{task_id}/withdraw", key="k").json()["state"] == "open"


def test_names_of_one_token_are_nothing_to_another(town: Web) -> None:
    task_id = number(town)
    for _ in range(2):
        client = program(town, "can-bo-a")
        said = client.post(f"/tasks/{task_id}/requests", {"kind": "waiver", "reason": "x"}, key="k")
    assert said.json()["code"] == "concession.asked_already"


def test_answers_are_forgotten_after_a_day(town: Web) -> None:
    client, task_id = program(town, "can-bo-a"), number(town)
    client.post(f"/tasks/{task_id}/evidence", files=FILE, key="k1")
    with town.engine.begin() as db:
        assert forget_answers(db, at=by("x", "2024-01-03", "09:00").at) == 0
        assert forget_answers(db, at=by("x", "2024-01-03", "09:01").at) == 1
        assert db.execute(select(api_answer)).all() == []


# --- handing in and deciding -------------------------------------------------------


def test_a_task_is_handed_in_and_taken_back(town: Web) -> None:
    client, task_id = program(town, "can-bo-a"), number(town)
    client.post(f"/tasks/{task_id}/evidence", files=FILE)
    assert client.post(f"/tasks/{task_id}/submit").json()["state"] == "submitted"
    assert client.post(f"/tasks/{task_id}/withdraw").json()["state"] == "open"
    answer = client.post(f"/tasks/{task_id}/submit", {"nothing": True})
    assert (answer.status_code, answer.json()["code"]) == (422, "task.nothing_not_allowed")


def test_a_superior_hands_in_on_behalf_with_a_ground(town: Web) -> None:
    client, task_id = program(town, "cap-tren"), number(town)
    client.post(f"/tasks/{task_id}/evidence", files=FILE)
    assert client.post(f"/tasks/{task_id}/submit").json()["code"] == "task.reason_missing"
    wrong = {"on_behalf_of": "phuong-b", "ground": "Công văn 15"}
    assert client.post(f"/tasks/{task_id}/submit", wrong).json()["code"] == "submission.wrong_unit"
    right = {"on_behalf_of": "phuong-a", "ground": "Công văn 15"}
    assert client.post(f"/tasks/{task_id}/submit", right).json()["state"] == "submitted"
    (said,) = client.get(f"/tasks/{task_id}").json()["submissions"]
    assert (said["on_behalf_of"], said["ground"]) == ("phuong-a", "Công văn 15")


def waiting(web: Web, unit: str = "phuong-a", *, who: str = "can-bo-a") -> int:
    """A task whose checks left it to a person."""
    task_id = number(web, unit)
    with web.engine.begin() as db:
        handed_in(
            db, task_id, who=who, verdict=says(Outcome.UNDECIDED, code="evidence.nothing_given")
        )
        assert state_of(db, task_id) == "in_review"
    return task_id


def test_a_reviewer_confirms_or_returns(town: Web) -> None:
    first, second = waiting(town), waiting(town, "phuong-b", who="can-bo-b")
    reviewer = program(town, "tham-dinh")
    listed = list(reviewer.walk("/reviews", limit=1))
    assert [one["task_id"] for one in listed] == [first, second]
    assert not any(one["is_own"] for one in listed)
    assert len(listed) == len(list(reviewer.walk("/reviews?agreement=ct-01", limit=2)))
    assert list(reviewer.walk("/reviews?overdue=true", limit=2)) == []
    assert reviewer.post(f"/tasks/{first}/confirm").json()["state"] == "accepted"
    assert reviewer.post(f"/tasks/{second}/return").status_code == 422
    blank = reviewer.post(f"/tasks/{second}/return", {"reason": "  "})
    assert blank.json()["code"] == "task.reason_missing"
    said = reviewer.post(f"/tasks/{second}/return", {"reason": "Thiếu chữ ký"})
    assert said.json()["state"] == "returned"
    assert reviewer.get("/reviews").json()["items"] == []
    reasons = reviewer.get(f"/tasks/{second}").json()["submissions"][0]["reasons"]
    assert reasons[0]["facts"]["text"] == "Thiếu chữ ký"
    assert "Thiếu chữ ký" in reasons[0]["text"]


def test_whoever_handed_in_decides_nothing(town: Web) -> None:
    task_id = number(town)
    with town.engine.begin() as db:
        act = Act(by="quan-tri", at=by("x", "2024-02-01").at, reason="Công văn 15")
        grant_role(db, "quan-tri", Grant(role=Role.REVIEWER), act=act)
        judged(db, offered(db, task_id, act=act))
        submit_task(db, task_id, act=act)
        conclude(db, day="2024-02-01")
    answer = program(town, "quan-tri").post(f"/tasks/{task_id}/confirm", {"reason": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "task.four_eyes")
    officer = program(town, "can-bo-a").post(f"/tasks/{task_id}/confirm")
    assert (officer.status_code, officer.json()["code"]) == (403, "access.denied")


def test_more_time_is_asked_and_granted_by_another(town: Web) -> None:
    client, task_id = program(town, "can-bo-a"), number(town)
    address = f"/tasks/{task_id}/requests"
    asked = {"kind": "extension", "reason": "Chờ Bưu điện"}
    assert client.post(address, asked).json()["code"] == "request.unreadable"
    early = client.post(address, {**asked, "until_on": "2024-03-01"})
    assert early.json()["code"] == "task.extension_not_later"
    said = client.post(address, {**asked, "until_on": "2024-04-15"}, key="k")
    assert said.status_code == 201
    (row,) = client.get("/requests?kind=extension").json()["items"]
    assert (row["request_id"], row["until_on"]) == (said.json()["request_id"], "2024-04-15")
    assert client.get("/requests?kind=waiver").json()["items"] == []
    assert client.post(f"{address}/extension/grant").json()["code"] == "access.denied"
    chief = program(town, "quan-tri")
    granted = chief.post(f"{address}/extension/grant", {"until_on": "2024-04-10"}).json()
    assert (granted["due_on"], granted["original_due_on"]) == ("2024-04-10", "2024-03-31")
    assert granted["marks"] == ["extended"]
    assert client.get("/requests").json()["items"] == []


def test_a_waiver_is_refused_or_granted(town: Web) -> None:
    client, chief, task_id = program(town, "can-bo-a"), program(town, "quan-tri"), number(town)
    address = f"/tasks/{task_id}/requests"
    early = chief.post(f"{address}/waiver/grant", {"reason": "Đã xét"})
    assert early.json()["code"] == "task.not_asked"
    for decision, state in (("refuse", "open"), ("grant", "waived")):
        client.post(address, {"kind": "waiver", "reason": "Không phát hành"})
        said = chief.post(f"{address}/waiver/{decision}", {"reason": "Đã xét"})
        assert said.json()["state"] == state
    assert chief.post(f"{address}/gift/grant").status_code == 422


def test_a_rest_is_asked_for(town: Web) -> None:
    client, task_id = program(town, "can-bo-a"), number(town)
    said = client.post(f"/tasks/{task_id}/requests", {"kind": "suspension", "reason": "Chờ"})
    assert said.status_code == 201
    chief = program(town, "quan-tri")
    granted = chief.post(f"/tasks/{task_id}/requests/suspension/grant")
    assert granted.json()["state"] == "suspended"


def test_requests_are_paged(town: Web) -> None:
    for unit, who in (("phuong-a", "can-bo-a"), ("phuong-b", "can-bo-b")):
        for duty_code in ("mua-bao", "hai-giay"):
            task_id = number(town, unit, duty=duty_code)
            client = program(town, who)
            client.post(f"/tasks/{task_id}/requests", {"kind": "waiver", "reason": "x"})
    listed = [one["request_id"] for one in program(town, "quan-tri").walk("/requests", limit=3)]
    assert len(listed) == len(set(listed)) == 4
    assert len(list(program(town, "can-bo-a").walk("/requests", limit=1))) == 2


def test_what_is_accepted_is_told_with_its_figures(town: Web) -> None:
    with town.engine.begin() as db:
        accepted(db, task_of(db, "phuong-a"))
    town.clock.move_to(at("2024-04-02"))
    said = program(town, "kiem-toan").get("/agreements/ct-01/figures?period=2024-Q1").json()
    assert (said["total"]["total"], said["total"]["done_on_time"]) == (4, 1)
    assert said["total"]["not_done_overdue"] == 3
    assert said["total"]["rate_on_due"] == said["total"]["rate_on_all"] == 0.25
    assert said["is_running"] is False
    by_unit = {one["unit"]: one["figures"]["done_on_time"] for one in said["units"]}
    assert by_unit == {"phuong-a": 1, "phuong-b": 0}
    by_duty = {one["obligation"]: one["figures"]["rate_on_due"] for one in said["obligations"]}
    assert by_duty == {"mua-bao": 0.5, "hai-giay": 0.0}
    own = program(town, "can-bo-b").get("/agreements/ct-01/figures?period=2024-Q1").json()
    assert (own["total"]["total"], [one["unit"] for one in own["units"]]) == (2, ["phuong-b"])
