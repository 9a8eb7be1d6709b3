"""Meetings by a program: what they make owed, who may record them, and who knows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from tests.factories import GRANTS, PARTIES, by, duty, living
from tests.web.api import program
from tests.worlds import activated, agreement, obligation
from workflow.accounts import add_user
from workflow.domain.roles import Grant, Role
from workflow.domain.triggers import Event as OnEvent
from workflow.domain.units import Selector
from workflow.store.occasions import event

if TYPE_CHECKING:
    from tests.web.conftest import Web

WARDS = Selector(kinds=frozenset({"phuong"}))
MEETING = {"kind": "hop", "convener": "thanh-pho", "happens_on": "2024-02-15", "number": "12"}
REQUEST = {
    "kind": "de-nghi",
    "convener": "bao",
    "addressed": "phuong-a",
    "happens_on": "2024-02-16",
}


@pytest.fixture
def town(web: Web) -> Web:
    """A web on a city whose wards attend meetings and answer the newspaper's requests."""
    for db in web.founding(f"{__name__}.town"):
        living(
            db,
            duty(),
            obligation("du-hop", trigger=OnEvent(kind="hop"), bearer=WARDS),
            obligation("tra-loi", trigger=OnEvent(kind="de-nghi"), bearer=WARDS, beneficiary="bao"),
            until="2026-01-01",
        )
    return web


def count(web: Web) -> int:
    with web.engine.begin() as db:
        return int(db.scalar(select(func.count()).select_from(event)) or 0)


def test_a_meeting_is_added_once_moved_and_cancelled(town: Web) -> None:
    chief = program(town, "quan-tri")
    added = chief.post("/meetings", MEETING)
    said = added.json()
    assert (added.status_code, said["outcome"], said["created"]) == (201, "added", 2)
    number = said["event"]["id"]
    assert (said["event"]["convener"], said["event"]["addressed"]) == ("thanh-pho", None)
    again = chief.post("/meetings", MEETING).json()
    assert (again["event"]["id"], again["outcome"], again["created"]) == (number, "unchanged", 0)
    moved = chief.post(f"/meetings/{number}/move", {"to": "2024-02-20", "reason": "Thông báo 45"})
    assert (moved.json()["outcome"], moved.json()["shifted"]) == ("moved", 2)
    due = {one["due_on"] for one in chief.walk("/tasks?obligation=du-hop", limit=50)}
    assert due == {"2024-02-20"}
    cancelled = chief.post(f"/meetings/{number}/cancel").json()
    assert (cancelled["event"]["state"], cancelled["cancelled"]) == ("cancelled", 2)
    again = chief.post(f"/meetings/{number}/cancel", {"reason": "x"}).json()
    assert (again["outcome"], again["cancelled"]) == ("unchanged", 0)
    assert count(town) == 1


def test_a_meeting_added_twice_under_one_name_is_added_once(town: Web) -> None:
    chief = program(town, "quan-tri")
    first = chief.post("/meetings", MEETING, key="k")
    again = chief.post("/meetings", MEETING, key="k")
    assert first.json() == again.json()
    assert again.json()["outcome"] == "added"


def test_a_request_is_filed_for_the_party_that_receives(town: Web) -> None:
    said = program(town, "bao-tham-dinh").post("/meetings", REQUEST)
    assert (said.status_code, said.json()["created"]) == (201, 1)
    assert said.json()["event"]["nature"] == "request"
    (owed,) = program(town, "can-bo-a").walk("/tasks?obligation=tra-loi", limit=9)
    assert owed["unit"] == "phuong-a"


@pytest.mark.parametrize("who", sorted(set(GRANTS) - {"quan-tri", "quan-tri-2"}))
def test_meetings_are_recorded_by_administrators(town: Web, who: str) -> None:
    answer = program(town, who).post("/meetings", MEETING)
    assert (answer.status_code, answer.json()["code"]) == (403, "access.denied")
    assert count(town) == 0


def test_an_administrator_of_one_agreement_records_what_it_waits_for(town: Web) -> None:
    own = Grant(role=Role.ADMINISTRATOR, agreement="ct-01")
    with town.engine.begin() as db:
        add_user(db, "quan-tri-ct", name="Q", act=by("quan-tri", "2024-01-02"), grants=[own])
    chief = program(town, "quan-tri-ct")
    assert chief.post("/meetings", MEETING).status_code == 201
    other = chief.post("/meetings", {**MEETING, "kind": "khac"})
    assert (other.status_code, other.json()["code"]) == (403, "access.denied")


def test_a_meeting_is_known_to_those_whom_it_concerns(town: Web) -> None:
    with town.engine.begin() as db:
        far = agreement(
            obligation("xa", trigger=OnEvent(kind="xa"), bearer=WARDS),
            code="ct-02",
            parties=PARTIES,
        )
        activated(db, far, [])
    chief = program(town, "quan-tri")
    request = chief.post("/meetings", REQUEST).json()["event"]["id"]
    meeting = chief.post("/meetings", MEETING).json()["event"]["id"]
    other = chief.post("/meetings", {**MEETING, "kind": "xa"}).json()["event"]["id"]
    seen = {
        "kiem-toan": {request, meeting, other},
        "can-bo-a": {request, meeting, other},
        "can-bo-b": {meeting, other},
        "bao-tham-dinh": {request, meeting},
        "lanh-dao-tp": {request, meeting},
        "nguoi-la": set(),
    }
    for who, expected in seen.items():
        client = program(town, who)
        assert {one["id"] for one in client.walk("/meetings", limit=1)} == expected, who
        for number in (request, meeting, other):
            status = client.get(f"/meetings/{number}").status_code
            assert status == (200 if number in expected else 404), (who, number)


def test_what_is_not_known_can_be_neither_moved_nor_cancelled(town: Web) -> None:
    number = program(town, "quan-tri").post("/meetings", REQUEST).json()["event"]["id"]
    for who, code in (("can-bo-b", "event.unknown"), ("can-bo-a", "access.denied")):
        client = program(town, who)
        moved = client.post(f"/meetings/{number}/move", {"to": "2024-03-01"})
        cancelled = client.post(f"/meetings/{number}/cancel", {})
        assert (moved.json()["code"], cancelled.json()["code"]) == (code, code)
    missing = program(town, "quan-tri").post("/meetings/99999/cancel")
    assert (missing.status_code, missing.json()["code"]) == (404, "event.unknown")


def test_the_list_is_narrowed_ordered_and_paged(town: Web) -> None:
    chief = program(town, "quan-tri")
    for day in ("2024-02-01", "2024-02-03", "2024-02-03", "2024-02-05"):
        number = str(count(town))
        chief.post("/meetings", {**MEETING, "happens_on": day, "number": number})
    chief.post("/meetings", REQUEST)
    first = chief.get("/meetings?limit=1").json()["items"][0]["id"]
    chief.post(f"/meetings/{first}/cancel")
    whole = [one["id"] for one in chief.get("/meetings?limit=200").json()["items"]]
    assert len(whole) == len(set(whole)) == 5
    for limit in (1, 2, 4):
        assert [one["id"] for one in chief.walk("/meetings", limit=limit)] == whole
        backwards = chief.walk("/meetings?sort=-happens_on", limit=limit)
        assert [one["id"] for one in backwards] == whole[::-1]
    for asked, expected in {
        "from_on=2024-02-03": 4,
        "until_on=2024-02-03": 1,
        "kind=hop": 4,
        "nature=request": 1,
        "state=cancelled": 1,
        "state=held": 4,
    }.items():
        assert len(chief.get(f"/meetings?{asked}").json()["items"]) == expected, asked


@pytest.mark.parametrize(
    "wrong",
    [
        {"convener": "khong-co"},
        {"convener": ""},
        {"addressed": ""},
        {"happens_on": "15/02/2024"},
        {"kind": ""},
        {"title": "\x00"},
    ],
)
def test_a_meeting_that_cannot_be_is_refused(town: Web, wrong: dict[str, str]) -> None:
    answer = program(town, "quan-tri").post("/meetings", {**MEETING, **wrong})
    assert answer.status_code in {404, 422}
    assert count(town) == 0


def test_a_meeting_cannot_be_moved_onto_its_twin(town: Web) -> None:
    chief = program(town, "quan-tri")
    number = chief.post("/meetings", MEETING).json()["event"]["id"]
    chief.post("/meetings", {**MEETING, "happens_on": "2024-02-20"})
    answer = chief.post(f"/meetings/{number}/move", {"to": "2024-02-20"})
    assert (answer.status_code, answer.json()["code"]) == (422, "event.already_there")
