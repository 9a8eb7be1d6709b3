"""The review desk: what waits, who may decide it, and what a decision changes."""

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
    row_of,
    says,
    state_of,
)
from tests.web.city import counted, it_is, number_of, peopled
from tests.worlds import day
from web.pages import reviewing
from workflow.concessions import ask_extension, ask_suspension, ask_waiver
from workflow.domain.evidence import Outcome
from workflow.doubts import raise_doubt, reopen_task
from workflow.store.evidence import doubt
from workflow.store.submissions import concession
from workflow.submission import submit_task

if TYPE_CHECKING:
    from collections.abc import Iterable

    from httpx2 import Response
    from sqlalchemy import Connection

    from tests.web.conftest import Browser, Web


@pytest.fixture
def city(web: Web) -> Web:
    """A duty that a person always confirms."""
    return peopled(web, duty(needs_person=True))


def waiting(city: Web, unit: str = "phuong-a", *, on: str = "2024-02-01", **more: str) -> int:
    """A submission that waits for a person."""
    task_id = number_of(city, unit, **more)
    who = {"phuong-a": "can-bo-a", "phuong-b": "can-bo-b"}[unit]
    with city.engine.begin() as db:
        handed_in(db, task_id, day=on, who=who)
        assert state_of(db, task_id) == "in_review"
    return task_id


def does(browser: Browser, address: str, **form: object) -> Response:
    browser.get("/account")
    return browser.post(address, form)


def listed(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'data-row href="/tasks/(\d+)"', page)]


def state(city: Web, task_id: int) -> str:
    with city.engine.begin() as db:
        return state_of(db, task_id)


def decisions(city: Web) -> dict[int, str | None]:
    with city.engine.begin() as db:
        rows = db.execute(select(concession.c.task_id, concession.c.decision))
        return {row.task_id: row.decision for row in rows}


def request_numbers(city: Web, tasks: Iterable[int]) -> list[str]:
    with city.engine.begin() as db:
        query = select(concession.c.id).where(concession.c.task_id.in_(list(tasks)))
        return [str(one) for one in db.scalars(query.order_by(concession.c.id))]


# --- the queue --------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/review", "/review/concessions", "/review/doubts"])
def test_the_desk_is_for_reviewers_and_administrators(city: Web, address: str) -> None:
    assert city.stranger().get(address).url.path == "/signin"
    for who in ("can-bo-a", "cap-tren", "kiem-toan", "lanh-dao-tp", "nguoi-la"):
        assert city.signed_in(who).get(address).status_code == 403, who
    for who in ("tham-dinh", "quan-tri", "bao-tham-dinh"):
        assert city.signed_in(who).get(address).status_code == 200, who


def test_what_waits_stands_in_the_order_of_its_due_day(city: Web) -> None:
    late = waiting(city, "phuong-b", on="2024-02-05")
    early = waiting(city, on="2024-02-01")
    it_is(city, "2024-02-06")
    page = city.signed_in("tham-dinh").get("/review").text
    assert listed(page) == [early, late]
    assert "Đơn vị phuong-a" in page
    assert "Người can-bo-a" in page
    assert "1 đạt" in page
    assert "<li>Nghĩa vụ này" in page
    assert "data-keys" in page
    assert listed(city.signed_in("tham-dinh").get("/review?overdue=true").text) == []
    it_is(city, "2024-02-19")
    assert listed(city.signed_in("tham-dinh").get("/review?overdue=true").text) == [early]


def test_the_queue_has_pages(city: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    every = {
        waiting(city, unit, on="2024-02-01", occasion_key=key)
        for unit in ("phuong-a", "phuong-b")
        for key in ("2024-Q1", "2024-Q2")
    }
    monkeypatch.setattr(reviewing, "AT_ONCE", 3)
    browser = city.signed_in("tham-dinh")
    first = browser.get("/review").text
    more = re.search(r'href="(/review\?after=[^"]*)"', first)
    assert more is not None
    second = browser.get(more.group(1)).text
    assert (len(listed(first)), len(listed(second))) == (3, 1)
    assert {*listed(first), *listed(second)} == every
    assert "Không còn nội dung nào nữa" in browser.get("/review?after=2030-01-01_1").text


def test_an_empty_queue_says_what_comes_there(city: Web) -> None:
    assert "Không có hồ sơ chờ" in city.signed_in("tham-dinh").get("/review").text
    assert "Không có đề nghị nào" in city.signed_in("tham-dinh").get("/review/concessions").text
    assert "Không có nghi vấn nào" in city.signed_in("tham-dinh").get("/review/doubts").text


def test_the_desk_of_another_party_or_agreement_sees_nothing_of_it(web: Web) -> None:
    from tests.web.conftest import with_password
    from tests.worlds import act
    from workflow.accounts import add_user
    from workflow.domain.roles import Grant, Role

    city = peopled(web, duty(needs_person=True))
    task_id = waiting(city)
    with city.engine.begin() as db:
        grant = Grant(role=Role.REVIEWER, agreement="ct-01", party="tp")
        add_user(db, "ben-tp", name="Bên TP", grants=[grant], act=act(by="quan-tri"))
        from tests.worlds import agreement
        from workflow.definitions import import_agreement

        import_agreement(db, agreement(code="ct-02"), act=act(by="quan-tri"))
        other = Grant(role=Role.REVIEWER, agreement="ct-02")
        add_user(db, "ben-khac", name="Bên khác", grants=[other], act=act(by="quan-tri"))
        for key in ("ben-tp", "ben-khac"):
            with_password(db, key)
    assert listed(city.signed_in("ben-tp").get("/review").text) == [task_id]
    outsider = city.signed_in("ben-khac")
    assert listed(outsider.get("/review").text) == []
    assert outsider.get(f"/tasks/{task_id}").status_code == 404
    assert does(outsider, f"/tasks/{task_id}/confirm").status_code == 404
    assert state(city, task_id) == "in_review"


def test_the_number_of_statements_does_not_grow_with_the_queue(city: Web) -> None:
    waiting(city)
    browser = city.signed_in("tham-dinh")
    counts = []
    for _ in range(2):
        browser.get("/review")
        with counted(city.engine) as sent:
            browser.get("/review")
        counts.append(len(sent))
        waiting(city, "phuong-b", occasion_key="2024-Q2" if len(counts) == 1 else "2024-Q1")
    assert counts[0] == counts[1] <= 16, counts


# --- confirmed and returned -------------------------------------------------------------


def test_a_reviewer_confirms_and_comes_back_to_the_queue(city: Web) -> None:
    task_id = waiting(city)
    browser = city.signed_in("tham-dinh")
    page = browser.get(f"/tasks/{task_id}").text
    assert f'action="/tasks/{task_id}/confirm"' in page
    assert "Vì sao cần người xác nhận" in page
    answer = does(browser, f"/tasks/{task_id}/confirm", back="review")
    assert answer.url.path == "/review"
    assert "Đã xác nhận." in answer.text
    assert state(city, task_id) == "accepted"


def test_a_reviewer_returns_with_a_reason_that_the_unit_reads(city: Web) -> None:
    task_id = waiting(city)
    browser = city.signed_in("tham-dinh")
    empty = does(browser, f"/tasks/{task_id}/return", reason=" ")
    assert (empty.status_code, state(city, task_id)) == (422, "in_review")
    assert "Cần nêu rõ lý do" in empty.text
    answer = does(browser, f"/tasks/{task_id}/return", reason="Thiếu chữ ký")
    assert answer.url.path == f"/tasks/{task_id}"
    assert state(city, task_id) == "returned"
    page = city.signed_in("can-bo-a").get(f"/tasks/{task_id}").text
    assert "Người tham-dinh: Thiếu chữ ký" in page


def test_nobody_confirms_what_they_handed_in(city: Web) -> None:
    from tests.worlds import act
    from workflow.accounts import grant_role
    from workflow.domain.roles import Grant, Role

    with city.engine.begin() as db:
        grant_role(db, "can-bo-a", Grant(role=Role.REVIEWER), act=act(by="quan-tri"))
    task_id = waiting(city)
    browser = city.signed_in("can-bo-a")
    assert "Do anh/chị nộp" in browser.get("/review").text
    page = browser.get(f"/tasks/{task_id}").text
    assert f'action="/tasks/{task_id}/confirm"' not in page
    assert "phải do người khác xác nhận" in page
    answer = does(browser, f"/tasks/{task_id}/confirm")
    assert answer.status_code == 422
    assert "Thao tác này phải do người khác thực hiện: xác nhận." in answer.text
    assert state(city, task_id) == "in_review"


def test_a_correction_term_is_granted_after_a_return_by_the_checks(web: Web) -> None:
    city = peopled(web)
    task_id = number_of(city)
    with city.engine.begin() as db:
        handed_in(db, task_id, verdict=says(Outcome.FAILED, code="minutes.reading_not_found"))
    assert "/correction" not in city.signed_in("can-bo-a").get(f"/tasks/{task_id}").text
    browser = city.signed_in("tham-dinh")
    assert f'action="/tasks/{task_id}/correction"' in browser.get(f"/tasks/{task_id}").text
    does(browser, f"/tasks/{task_id}/correction")
    with city.engine.begin() as db:
        assert row_of(db, task_id).correction_on is not None
    again = does(browser, f"/tasks/{task_id}/correction")
    assert again.status_code == 422
    assert "mỗi nhiệm vụ chỉ có một lần" in again.text


# --- requests ---------------------------------------------------------------------------


@pytest.fixture
def asked(web: Web) -> Web:
    """An extension and a waiver asked for by the unit, and one that an administrator asked for."""
    city = peopled(web)
    ward = by("can-bo-a", "2024-02-01", reason="Chờ Bưu điện")
    first, second = number_of(city), number_of(city, occasion_key="2024-Q2")
    third = number_of(city, "phuong-b")
    with city.engine.begin() as db:
        ask_extension(db, first, until_on=day("2024-04-15"), act=ward)
        ask_waiver(db, second, act=ward)
        chief = by("quan-tri", "2024-02-02", reason="Sắp xếp")
        ask_suspension(db, third, act=chief)
    return city


def test_requests_stand_with_who_asked_and_why(asked: Web) -> None:
    page = asked.signed_in("quan-tri").get("/review/concessions").text
    assert listed(page) == [
        number_of(asked),
        number_of(asked, occasion_key="2024-Q2"),
        number_of(asked, "phuong-b"),
    ]
    assert "Chờ Bưu điện" in page
    assert "đến ngày 15/04/2024" in page
    assert "Người can-bo-a" in page
    assert page.count('name="chosen"') == 2, "one's own cannot be ticked"


def test_many_are_granted_at_once(asked: Web) -> None:
    tasks = [number_of(asked), number_of(asked, occasion_key="2024-Q2")]
    answer = does(
        asked.signed_in("quan-tri"),
        "/review/concessions",
        decision="grant",
        chosen=request_numbers(asked, tasks),
    )
    assert "Đã đồng ý: 2 đề nghị." in answer.text
    with asked.engine.begin() as db:
        assert row_of(db, tasks[0]).due_on == day("2024-04-15")
        assert row_of(db, tasks[1]).state == "waived"


def test_many_are_refused_at_once_with_a_reason(asked: Web) -> None:
    tasks = [number_of(asked), number_of(asked, occasion_key="2024-Q2")]
    browser = asked.signed_in("tham-dinh")
    chosen = request_numbers(asked, tasks)
    without = does(browser, "/review/concessions", decision="refuse", chosen=chosen)
    assert without.status_code == 422
    assert "Chưa quyết định đề nghị nào: Cần nêu rõ lý do" in without.text
    assert set(decisions(asked).values()) == {None}
    does(browser, "/review/concessions", decision="refuse", chosen=chosen, reason="Không đủ")
    assert [decisions(asked)[one] for one in tasks] == ["refused", "refused"]


def test_one_of_ones_own_among_them_stops_all(asked: Web) -> None:
    tasks = [number_of(asked), number_of(asked, "phuong-b")]
    answer = does(
        asked.signed_in("quan-tri"),
        "/review/concessions",
        decision="grant",
        chosen=request_numbers(asked, tasks),
        reason="Đồng ý cả",
    )
    assert answer.status_code == 422
    assert "phải do người khác thực hiện" in answer.text
    assert ">Đồng ý cả</textarea>" in answer.text
    assert set(decisions(asked).values()) == {None}


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"decision": "grant"}, 422),
        ({"decision": "nod", "chosen": ["1"]}, 422),
        ({"decision": "grant", "chosen": ["999999"]}, 404),
    ],
)
def test_a_decision_on_nothing_is_refused(asked: Web, form: dict[str, object], status: int) -> None:
    assert does(asked.signed_in("quan-tri"), "/review/concessions", **form).status_code == status
    assert set(decisions(asked).values()) == {None}


def test_requests_are_decided_only_by_the_desk(asked: Web) -> None:
    chosen = request_numbers(asked, [number_of(asked)])
    for who in ("can-bo-a", "kiem-toan", "nguoi-la"):
        form = {"decision": "grant", "chosen": chosen}
        assert does(asked.signed_in(who), "/review/concessions", **form).status_code == 403
    assert set(decisions(asked).values()) == {None}


def test_a_request_is_decided_on_the_page_of_its_task(asked: Web) -> None:
    task_id, other = number_of(asked), number_of(asked, occasion_key="2024-Q2")
    browser = asked.signed_in("tham-dinh")
    assert "requests/extension/grant" in browser.get(f"/tasks/{task_id}").text
    assert "requests/" not in asked.signed_in("can-bo-a").get(f"/tasks/{task_id}").text
    bad = does(browser, f"/tasks/{task_id}/requests/extension/grant", until="2024-01-05")
    assert bad.status_code == 422
    does(browser, f"/tasks/{task_id}/requests/extension/grant", until="20/04/2024")
    with asked.engine.begin() as db:
        assert row_of(db, task_id).due_on == day("2024-04-20")
    does(browser, f"/tasks/{other}/requests/waiver/refuse", reason="Phải làm")
    assert decisions(asked)[other] == "refused"
    page = asked.signed_in("can-bo-a").get(f"/tasks/{other}").text
    assert "Phải làm" in page


def test_ones_own_request_is_for_another_to_decide(asked: Web) -> None:
    task_id = number_of(asked, "phuong-b")
    page = asked.signed_in("quan-tri").get(f"/tasks/{task_id}").text
    assert "do người khác quyết định" in page
    assert "requests/suspension/grant" not in page
    answer = does(asked.signed_in("quan-tri"), f"/tasks/{task_id}/requests/suspension/grant")
    assert answer.status_code == 422
    assert "phải do người khác thực hiện" in answer.text


# --- doubts -----------------------------------------------------------------------------


@pytest.fixture
def doubted(web: Web) -> Web:
    city = peopled(web)
    task_id = number_of(city)
    with city.engine.begin() as db:
        accepted(db, task_id)
        raise_doubt(db, task_id, act=by("tham-dinh-2", "2024-02-05", reason="Trùng hóa đơn"))
    return city


def doubt_of(city: Web, task_id: int) -> tuple[int, str | None]:
    with city.engine.begin() as db:
        query = select(doubt.c.id, doubt.c.settlement).where(doubt.c.task_id == task_id)
        row = db.execute(query).one()
    return row.id, row.settlement


@pytest.mark.parametrize(
    ("outcome", "state_after"), [("kept", "accepted"), ("reopened", "returned")]
)
def test_a_doubt_is_settled_either_way_with_a_reason(
    doubted: Web, outcome: str, state_after: str
) -> None:
    task_id = number_of(doubted)
    number, _ = doubt_of(doubted, task_id)
    browser = doubted.signed_in("tham-dinh")
    assert "Người tham-dinh-2: Trùng hóa đơn" in browser.get("/review/doubts").text
    address = f"/review/doubts/{number}/settle"
    bare = does(browser, address, outcome=outcome)
    assert (bare.status_code, doubt_of(doubted, task_id)[1]) == (422, None)
    answer = does(browser, address, outcome=outcome, reason="Đã đối chiếu")
    assert answer.url.path == "/review/doubts"
    assert doubt_of(doubted, task_id)[1] == outcome
    assert state(doubted, task_id) == state_after
    again = does(browser, address, outcome=outcome, reason="Lần nữa")
    assert again.status_code == 422


def test_what_was_typed_about_a_doubt_is_kept(doubted: Web) -> None:
    task_id = number_of(doubted)
    number, _ = doubt_of(doubted, task_id)
    with doubted.engine.begin() as db:
        reopen_task(
            db,
            task_id,
            act=by("tham-dinh", "2024-02-06", reason="Sai"),
            grants_correction=True,
        )
        conclude_again(db, task_id)
        raise_doubt(db, task_id, act=by("tham-dinh-2", "2024-02-08", reason="Vẫn trùng"))
        number = db.scalars(select(doubt.c.id).order_by(doubt.c.id.desc())).first() or 0
    answer = does(
        doubted.signed_in("tham-dinh"),
        f"/review/doubts/{number}/settle",
        outcome="reopened",
        reason="Đã xem hồ sơ",
        correction="true",
    )
    assert answer.status_code == 422
    assert "Đã xem hồ sơ</textarea>" in answer.text
    assert "mỗi nhiệm vụ chỉ có một lần" in answer.text
    assert state(doubted, task_id) == "accepted"


def conclude_again(db: Connection, task_id: int) -> None:
    """Hand a returned task in anew and let the checks accept it."""
    submit_task(db, task_id, act=by("can-bo-a", "2024-02-07"))
    conclude(db, day="2024-02-07")


def test_a_correction_term_is_for_reviewers_to_grant(doubted: Web) -> None:
    number, _ = doubt_of(doubted, number_of(doubted))
    browser = doubted.signed_in("quan-tri")
    assert 'name="correction"' not in browser.get("/review/doubts").text
    form = {"outcome": "reopened", "reason": "Sai", "correction": "true"}
    assert does(browser, f"/review/doubts/{number}/settle", **form).status_code == 403
    assert doubt_of(doubted, number_of(doubted))[1] is None


def test_doubts_are_settled_only_by_the_desk_and_within_its_reach(doubted: Web) -> None:
    number, _ = doubt_of(doubted, number_of(doubted))
    form = {"outcome": "kept", "reason": "Thôi"}
    address = f"/review/doubts/{number}/settle"
    for who in ("can-bo-a", "kiem-toan", "nguoi-la"):
        assert does(doubted.signed_in(who), address, **form).status_code == 403
    browser = doubted.signed_in("tham-dinh")
    assert does(browser, "/review/doubts/999999/settle", **form).status_code == 404
    assert does(browser, address, outcome="perhaps", reason="x").status_code == 422
    assert doubt_of(doubted, number_of(doubted))[1] is None
