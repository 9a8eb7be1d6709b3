"""What is done to a task through its page: by whom it may be done, and what it changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.factories import (
    accepted,
    by,
    conclude,
    duty,
    handed_in,
    judged,
    offered,
    row_of,
    says,
    state_of,
    submission_of,
)
from tests.web.city import number_of, peopled
from tests.worlds import day
from workflow.domain.evidence import Outcome
from workflow.store.evidence import doubt
from workflow.store.submissions import concession
from workflow.submission import submit_task

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.web.conftest import Browser, Web


@pytest.fixture
def city(web: Web) -> Web:
    return peopled(web, duty(allows_nothing=True))


def does(browser: Browser, task_id: int, what: str, **form: str) -> Response:
    browser.get("/account")
    return browser.post(f"/tasks/{task_id}/{what}", form)


def state(city: Web, task_id: int) -> str:
    with city.engine.begin() as db:
        return state_of(db, task_id)


def requests(city: Web, task_id: int) -> list[tuple[str, str, str | None]]:
    query = select(concession.c.kind, concession.c.reason, concession.c.decision)
    with city.engine.begin() as db:
        rows = db.execute(query.where(concession.c.task_id == task_id).order_by(concession.c.id))
        return [(row.kind, row.reason, row.decision) for row in rows]


def offered_forms(page: str, task_id: int) -> set[str]:
    """The acts for which the page has a form."""
    return set(re.findall(rf'action="/tasks/{task_id}/([^"]*)"', page))


# --- what is offered --------------------------------------------------------------------


def test_each_person_is_offered_what_they_may_do(city: Web) -> None:
    task_id = number_of(city)
    asking = {"ask/extension", "ask/waiver", "ask/suspension"}
    unit = {"evidence", "submit", "nothing", *asking}
    expected = {
        "can-bo-a": unit,
        "truong-a": unit,
        "cap-tren": {"evidence", "submit", *asking},
        "quan-tri": {"evidence", "submit", *asking, "cancel"},
        "tham-dinh": set(),
        "kiem-toan": set(),
        "lanh-dao-tp": set(),
    }
    for who, forms in expected.items():
        page = city.signed_in(who).get(f"/tasks/{task_id}").text
        assert offered_forms(page, task_id) == forms, who


def test_a_settled_task_is_offered_other_acts(city: Web) -> None:
    task_id = number_of(city)
    with city.engine.begin() as db:
        accepted(db, task_id)
    expected = {
        "can-bo-a": set(),
        "quan-tri": {"doubts", "reopen"},
        "tham-dinh": {"doubts", "reopen"},
        "bao-tham-dinh": {"doubts", "reopen"},
        "kiem-toan": set(),
    }
    for who, forms in expected.items():
        page = city.signed_in(who).get(f"/tasks/{task_id}").text
        assert offered_forms(page, task_id) == forms, who
        assert ('value="contested"' in page) == (who == "bao-tham-dinh")
        assert ('name="correction"' in page) == (who in {"tham-dinh", "bao-tham-dinh"})


# --- handed in and taken back -----------------------------------------------------------


def test_a_unit_hands_in_and_takes_back(city: Web) -> None:
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    answer = does(browser, task_id, "submit")
    assert answer.url.path == f"/tasks/{task_id}"
    assert "Đã nộp" in answer.text
    assert state(city, task_id) == "submitted"
    assert offered_forms(answer.text, task_id) == {"withdraw"}
    assert "Đã rút lại" in does(browser, task_id, "withdraw").text
    assert state(city, task_id) == "open"


def test_who_hands_in_for_another_needs_a_ground(city: Web) -> None:
    task_id = number_of(city)
    browser = city.signed_in("cap-tren")
    assert "Anh/chị nộp thay Đơn vị phuong-a" in browser.get(f"/tasks/{task_id}").text
    answer = does(browser, task_id, "submit", reason="  ")
    assert answer.status_code == 422
    assert "Cần nêu rõ lý do: nộp." in answer.text
    assert state(city, task_id) == "open"
    does(browser, task_id, "submit", reason="Công văn 15/CV")
    with city.engine.begin() as db:
        row = submission_of(db, task_id)
    assert (row.on_behalf_of, row.ground) == ("phuong-a", "Công văn 15/CV")


def test_nothing_arose(city: Web) -> None:
    task_id = number_of(city)
    answer = does(city.signed_in("can-bo-a"), task_id, "nothing", reason="Không có cuộc họp")
    assert "Đã báo không phát sinh" in answer.text
    with city.engine.begin() as db:
        assert submission_of(db, task_id).says_nothing


def test_nothing_is_refused_where_the_duty_does_not_allow_it(web: Web) -> None:
    city = peopled(web)
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    assert "nothing" not in offered_forms(browser.get(f"/tasks/{task_id}").text, task_id)
    answer = does(browser, task_id, "nothing", reason="Không có")
    assert answer.status_code == 422
    assert "không cho phép báo không phát sinh" in answer.text


def test_why_the_checks_returned_it_is_told_and_it_is_handed_in_anew(city: Web) -> None:
    task_id = number_of(city)
    with city.engine.begin() as db:
        handed_in(db, task_id, verdict=says(Outcome.FAILED, code="minutes.reading_not_found"))
    page = city.signed_in("can-bo-a").get(f"/tasks/{task_id}").text
    assert "Lý do bị trả lại" in page
    assert "giay.pdf" in page
    assert {"submit", "evidence"} <= offered_forms(page, task_id)


# --- asked for --------------------------------------------------------------------------


def test_more_time_is_asked_for(city: Web) -> None:
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    answer = does(browser, task_id, "ask/extension", reason="Chờ Bưu điện", until="2024-04-15")
    assert "Đã gửi đề nghị" in answer.text
    assert requests(city, task_id) == [("extension", "Chờ Bưu điện", None)]
    assert "ask/extension" not in offered_forms(answer.text, task_id)
    again = does(browser, task_id, "ask/extension", reason="Nữa", until="2024-04-16")
    assert again.status_code == 422
    assert "Người can-bo-a" in again.text


@pytest.mark.parametrize(
    ("reason", "until"), [("Chờ", "2024-03-01"), ("Chờ", "mai"), ("", "2024-04-15"), ("Chờ", "")]
)
def test_a_request_that_cannot_be_is_shown_again_with_what_was_typed(
    city: Web, reason: str, until: str
) -> None:
    task_id = number_of(city)
    answer = does(city.signed_in("can-bo-a"), task_id, "ask/extension", reason=reason, until=until)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert f">{reason}</textarea>" in answer.text
    assert f'type="date" required value="{until}"' in answer.text
    assert "<details open>" in answer.text
    assert requests(city, task_id) == []


@pytest.mark.parametrize("kind", ["waiver", "suspension"])
def test_a_waiver_and_a_suspension_are_asked_for(city: Web, kind: str) -> None:
    task_id = number_of(city)
    does(city.signed_in("can-bo-a"), task_id, f"ask/{kind}", reason="Nghỉ hè")
    assert requests(city, task_id) == [(kind, "Nghỉ hè", None)]


def test_nothing_else_can_be_asked_for(city: Web) -> None:
    answer = does(city.signed_in("can-bo-a"), number_of(city), "ask/mercy", reason="x")
    assert answer.status_code == 422


# --- what administrators do -------------------------------------------------------------


def test_an_administrator_cancels_with_a_reason(city: Web) -> None:
    task_id = number_of(city)
    browser = city.signed_in("quan-tri")
    assert does(browser, task_id, "cancel").status_code == 422
    assert state(city, task_id) == "open"
    answer = does(browser, task_id, "cancel", reason="Giao nhầm đơn vị")
    assert state(city, task_id) == "cancelled"
    assert "Giao nhầm đơn vị" in answer.text, "the reason stands in the history"


def test_a_suspended_task_is_resumed(city: Web) -> None:
    task_id = number_of(city)
    does(city.signed_in("can-bo-a"), task_id, "ask/suspension", reason="Sắp xếp đơn vị")
    chief = city.signed_in("quan-tri")
    answer = does(chief, task_id, "requests/suspension/grant")
    assert state(city, task_id) == "suspended"
    assert offered_forms(answer.text, task_id) == {"resume", "cancel"}
    does(chief, task_id, "resume")
    assert state(city, task_id) == "open"


def test_an_accepted_task_is_given_back_with_a_correction_term(city: Web) -> None:
    task_id = number_of(city)
    with city.engine.begin() as db:
        accepted(db, task_id)
    browser = city.signed_in("tham-dinh")
    assert does(browser, task_id, "reopen").status_code == 422
    does(browser, task_id, "reopen", reason="Hóa đơn bị thay thế", correction="true")
    with city.engine.begin() as db:
        row = row_of(db, task_id)
    assert (row.state, row.correction_on is not None) == ("returned", True)
    page = city.signed_in("can-bo-a").get(f"/tasks/{task_id}").text
    assert "được tính theo lần nộp đầu" in page


def test_doubts_are_raised_and_contested_each_by_their_own(city: Web) -> None:
    task_id = number_of(city)
    with city.engine.begin() as db:
        accepted(db, task_id)
    assert does(city.signed_in("tham-dinh"), task_id, "doubts").status_code == 422
    does(city.signed_in("tham-dinh"), task_id, "doubts", reason="Trùng")
    does(city.signed_in("bao-tham-dinh"), task_id, "doubts", reason="Sai", kind="contested")
    refused = does(city.signed_in("tham-dinh"), task_id, "doubts", reason="x", kind="contested")
    assert refused.status_code == 403
    odd = does(city.signed_in("tham-dinh"), task_id, "doubts", reason="x", kind="moved")
    assert odd.status_code == 422
    with city.engine.begin() as db:
        kinds = db.scalars(select(doubt.c.kind).where(doubt.c.task_id == task_id)).all()
    assert sorted(kinds) == ["contested", "raised"]


# --- refused ----------------------------------------------------------------------------

ACTS = (
    "submit",
    "nothing",
    "withdraw",
    "ask/extension",
    "ask/waiver",
    "resume",
    "cancel",
    "reopen",
    "doubts",
    "confirm",
    "return",
    "correction",
    "requests/extension/grant",
    "requests/waiver/refuse",
)
FORM = {"reason": "Vì vậy", "until": "2024-04-15"}


@pytest.mark.parametrize("act", ACTS)
def test_each_form_is_refused_to_those_who_only_read_and_hidden_from_others(
    city: Web, act: str
) -> None:
    task_id = number_of(city)
    stranger = city.stranger()
    stranger.get("/signin")
    assert stranger.post(f"/tasks/{task_id}/{act}", FORM).url.path == "/signin"
    assert does(city.signed_in("kiem-toan"), task_id, act, **FORM).status_code == 403
    assert does(city.signed_in("can-bo-b"), task_id, act, **FORM).status_code == 404
    assert does(city.signed_in("quan-tri"), 999_999, act, **FORM).status_code == 404
    forged = city.signed_in("quan-tri")
    forged.token = "0" * 64
    assert forged.post(f"/tasks/{task_id}/{act}", FORM).status_code == 403
    assert state(city, task_id) == "open"
    assert requests(city, task_id) == []


def test_a_reason_has_an_end(city: Web) -> None:
    answer = does(city.signed_in("quan-tri"), number_of(city), "cancel", reason="x" * 4001)
    assert answer.status_code == 422
    assert state(city, number_of(city)) == "open"


def test_of_two_who_act_the_second_learns_what_the_first_did(city: Web) -> None:
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    with city.engine.begin() as db:
        judged(db, offered(db, task_id))
        submit_task(db, task_id, act=by("truong-a", "2024-02-01"))
        conclude(db, day="2024-02-01")
    answer = does(browser, task_id, "submit")
    assert answer.status_code == 422
    assert "hệ thống kiểm tra" in answer.text
    assert row_due(city, task_id) == day("2024-03-31")


def row_due(city: Web, task_id: int) -> object:
    with city.engine.begin() as db:
        return row_of(db, task_id).due_on
