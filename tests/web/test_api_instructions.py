"""Instructions by a program: what they make owed, what came of them, and who may give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import GRANTS, living
from tests.web.api import program
from tests.web.city import it_is

if TYPE_CHECKING:
    from tests.web.conftest import Web

LEADER = "lanh-dao-tp"
SAID: dict[str, Any] = {
    "agreement": "ct-01",
    "text": "Chấn chỉnh việc đặt mua báo",
    "units": ["phuong-a", "phuong-b"],
    "due_on": "2024-03-20",
}


@pytest.fixture
def town(web: Web) -> Web:
    for db in web.founding(f"{__name__}.town"):
        living(db)
    it_is(web, "2024-03-05")
    return web


def test_given_listed_found_as_tasks_and_taken_back(town: Web) -> None:
    leader = program(town, LEADER)
    line = {"obligation": "mua-bao", "period": "2024-Q1"}
    answer = leader.post("/instructions", {**SAID, "about": line, "proof": "letter"})
    given = answer.json()
    assert (answer.status_code, given["created"], given["next_working_day"]) == (201, 2, None)
    one = given["instruction"]
    assert (one["code"], one["stage"], one["states"]) == ("YK-2024-001", "running", {"open": 2})
    assert one["about"] == {"occasion": None, "unit": None, **line}
    rows = list(leader.walk("/tasks?agreement=ct-01&obligation=YK-2024-001", limit=50))
    assert {row["due_on"] for row in rows} == {"2024-03-20"}
    again = leader.post("/instructions", {**SAID, "title": "Lần hai", "due_on": "2024-03-16"})
    assert again.json()["next_working_day"] == "2024-03-18"
    codes = [row["code"] for row in leader.walk("/instructions", limit=1)]
    assert codes == ["YK-2024-002", "YK-2024-001"]
    back = "/instructions/ct-01/YK-2024-002/withdraw"
    assert leader.post(back, {"reason": " "}).json()["code"] == "instruction.reason_missing"
    done = leader.post(back, {"reason": "Trùng việc"}).json()
    assert (done["cancelled"], done["instruction"]["stage"]) == (2, "taken_back")
    assert done["instruction"]["withdrawn"]["reason"] == "Trùng việc"
    running = list(leader.walk("/instructions?stage=running&sort=given_on", limit=5))
    assert [row["code"] for row in running] == ["YK-2024-001"]
    assert leader.get("/instructions/ct-01/YK-2024-001").json()["tasks"] == 2


def test_a_write_sent_again_is_done_once(town: Web) -> None:
    leader = program(town, LEADER)
    first = leader.post("/instructions", SAID, key="k")
    assert leader.post("/instructions", SAID, key="k").json() == first.json()
    assert len(list(leader.walk("/instructions", limit=5))) == 1


def test_who_may_give_read_and_take_back(town: Web) -> None:
    one_unit = {**SAID, "units": ["phuong-a"]}
    assert program(town, LEADER).post("/instructions", one_unit).status_code == 201
    path = "/instructions/ct-01/YK-2024-001"
    reads = {"can-bo-a", "truong-a", "cap-tren", "tham-dinh", "tham-dinh-2", "kiem-toan"}
    for who in GRANTS.keys() - {LEADER, "quan-tri", "quan-tri-2"}:
        caller = program(town, who)
        assert caller.post("/instructions", SAID).status_code == 403, who
        assert caller.get(path).status_code == (200 if who in reads else 404), who
        back = caller.post(f"{path}/withdraw", {"reason": "x"})
        assert back.status_code == (403 if who in reads else 404), who
    chief = program(town, "quan-tri")
    assert chief.post("/instructions", {**SAID, "units": ["bao"]}).status_code == 201
    leader = program(town, LEADER)
    assert leader.post("/instructions", {**SAID, "units": ["bao"]}).status_code == 403
    assert leader.post("/instructions", {**SAID, "agreement": "khong"}).status_code == 404
    assert leader.post("/instructions", {**SAID, "due_on": "2024-03-04"}).json()["code"] == (
        "instruction.due_past"
    )
    assert leader.get("/instructions/ct-01/YK-2024-009").status_code == 404
    assert [row["code"] for row in program(town, "can-bo-b").walk("/instructions", limit=5)] == []
