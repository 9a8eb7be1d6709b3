"""Meetings and requests on the pages: recorded, moved, cancelled, and who may see and do so."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from tests.factories import duty, living
from tests.web.asking import statements_of
from tests.web.conftest import Browser, Web, with_password
from tests.worlds import act, day
from workflow.accounts import add_user
from workflow.domain.agreement import Due, DueFrom
from workflow.domain.announced import Happening
from workflow.domain.roles import Grant, Role
from workflow.domain.triggers import Event
from workflow.domain.units import Selector
from workflow.meetings import record_event
from workflow.store.occasions import event
from workflow.store.tasks import task

HOLD = duty(
    "moi-hop",
    trigger=Event(kind="hop-ubnd"),
    due=Due(reckoned=DueFrom.DAY),
    bearer=Selector(keys=frozenset({"phuong-a"})),
)
ANSWER = duty(
    "tra-loi",
    trigger=Event(kind="di-co-so"),
    due=Due(reckoned=DueFrom.DAY, offset=3),
)
MEETING = {
    "kind": "hop-ubnd",
    "convener": "Đơn vị thanh-pho",
    "on": "2024-02-15",
    "title": "Phiên <họp> tháng 2",
    "number": "02",
    "place": "Hội trường",
}
REQUEST = {
    "kind": "di-co-so",
    "convener": "bao",
    "addressed": "phuong-b",
    "on": "2024-02-15",
    "title": "Viết bài ở cơ sở",
}
CSV = (
    "date,kind,convener,title\n"
    "2024-02-20,hop-ubnd,thanh-pho,Họp A\n"
    "2024-03-20,hop-ubnd,thanh-pho,Họp B\n"
)


@pytest.fixture
def city(web: Web) -> Web:
    """A living city with duties at meetings and at requests."""
    for db in web.founding(f"{__name__}.city"):
        living(db, HOLD, ANSWER)
        grants = [Grant(role=Role.REVIEWER, agreement="ct-01")]
        add_user(db, "xem-ct", name="Xem", grants=grants, act=act(by="local"))
        for key in (
            "quan-tri", "bao-tham-dinh", "tham-dinh", "can-bo-a", "can-bo-b", "nguoi-la", "xem-ct",
        ):  # fmt: skip
            with_password(db, key)
    return web


@pytest.fixture
def admin(city: Web) -> Browser:
    return city.signed_in("quan-tri")


def main_of(text: str) -> str:
    return text.split("<main", 1)[1]


def events_in(web: Web) -> list[tuple[str, str]]:
    with web.engine.begin() as db:
        rows = db.execute(select(event).order_by(event.c.id))
        return [(row.happens_on.isoformat(), row.state) for row in rows]


def tasks_in(web: Web, *states: str) -> int:
    with web.engine.begin() as db:
        query = select(func.count()).select_from(task).where(task.c.state.in_(states or ["open"]))
        return int(db.scalar(query) or 0)


def recorded(web: Web, said: Happening) -> int:
    with web.engine.begin() as db:
        return record_event(db, said, act=act()).id


def added(browser: Browser) -> str:
    browser.get("/meetings/new")
    return browser.post("/meetings/new", MEETING).url.path


@pytest.mark.parametrize("address", ["", "/new", "/request", "/import", "/1"])
def test_a_stranger_is_asked_to_sign_in(city: Web, address: str) -> None:
    assert city.stranger().get(f"/meetings{address}").url.path == "/signin"


@pytest.mark.parametrize("key", ["tham-dinh", "bao-tham-dinh", "can-bo-a", "nguoi-la"])
def test_only_who_records_events_does(city: Web, admin: Browser, key: str) -> None:
    there = added(admin)
    browser = city.signed_in(key)
    browser.get("/account")
    for address in ("/meetings/new", "/meetings/import"):
        assert browser.get(address).status_code == 403
    for address in ("/meetings/new", "/meetings/import", f"{there}/move", f"{there}/cancel"):
        sent = {**MEETING, "number": "9", "to": "2024-05-01", "reason": "x"}
        assert browser.post(address, sent).status_code == 403
    assert events_in(city) == [("2024-02-15", "held")]


@pytest.mark.parametrize("key", ["tham-dinh", "can-bo-b"])
def test_a_request_is_filed_only_for_the_party_that_receives(city: Web, key: str) -> None:
    browser = city.signed_in(key)
    browser.get("/account")
    assert browser.post("/meetings/request", REQUEST).status_code == 403
    assert events_in(city) == []


def test_a_request_of_the_other_party_makes_one_unit_owe(city: Web) -> None:
    browser = city.signed_in("bao-tham-dinh")
    assert "di-co-so" in browser.get("/meetings/request").text
    answer = browser.post("/meetings/request", REQUEST)
    assert "lập mới 1" in answer.text
    assert "Đơn vị phuong-b" in answer.text
    assert tasks_in(city) == 1
    assert "Viết bài ở cơ sở" in city.signed_in("can-bo-b").get("/meetings").text
    assert "Viết bài ở cơ sở" not in city.signed_in("can-bo-a").get("/meetings").text


def test_a_meeting_is_recorded_and_what_it_makes_owed_is_said(city: Web, admin: Browser) -> None:
    admin.get("/meetings/new")
    answer = admin.post("/meetings/new", MEETING)
    assert re.fullmatch(r"/meetings/\d+", answer.url.path)
    assert "lập mới 1" in answer.text
    assert "Phiên &lt;họp&gt; tháng 2" in answer.text
    assert tasks_in(city) == 1
    page = main_of(admin.get("/meetings").text)
    assert "1 nhiệm vụ" in page
    assert "sắp diễn ra" in page
    again = admin.post("/meetings/new", MEETING)
    assert "giữ nguyên: 1" in again.text
    assert len(events_in(city)) == 1


def test_an_event_that_nothing_waits_for_says_so(city: Web, admin: Browser) -> None:
    admin.get("/meetings/new")
    answer = admin.post("/meetings/new", {**MEETING, "kind": "hop-khac"})
    assert "không phát sinh nhiệm vụ" in answer.text
    assert tasks_in(city) == 0


@pytest.mark.parametrize(
    "wrong", [{"kind": " "}, {"convener": "khong-co"}, {"on": "mai"}, {"on": ""}]
)
def test_a_wrong_meeting_is_said_with_what_was_typed(
    city: Web, admin: Browser, wrong: dict[str, str]
) -> None:
    admin.get("/meetings/new")
    answer = admin.post("/meetings/new", {**MEETING, **wrong})
    assert answer.status_code == 422
    assert "Phiên &lt;họp&gt; tháng 2" in answer.text
    assert events_in(city) == []


def test_a_meeting_is_moved_and_the_due_day_with_it(city: Web, admin: Browser) -> None:
    there = added(admin)
    assert admin.post(f"{there}/move", {"to": "bao giờ"}).status_code == 422
    answer = admin.post(f"{there}/move", {"to": "2024-03-01", "reason": "Thông báo 5"})
    assert "dời hạn 1" in answer.text
    assert "dời từ ngày 15/02/2024" in answer.text
    assert events_in(city) == [("2024-03-01", "held")]
    with city.engine.begin() as db:
        assert db.scalar(select(task.c.due_on)) == day("2024-03-01")


def test_a_meeting_is_cancelled_with_a_reason_and_held_again(city: Web, admin: Browser) -> None:
    there = added(admin)
    assert admin.post(f"{there}/cancel", {"reason": " "}).status_code == 422
    assert tasks_in(city) == 1
    answer = admin.post(f"{there}/cancel", {"reason": "Thông báo 6"})
    assert "đã hủy 1" in answer.text
    assert tasks_in(city, "cancelled") == 1
    assert "Tổ chức lại" in answer.text
    answer = admin.post(f"{there}/move", {"to": "2024-03-05"})
    assert tasks_in(city) == 1
    assert "tổ chức lại: 1" in answer.text


def test_what_is_not_there(admin: Browser) -> None:
    assert admin.get("/meetings/999").status_code == 404
    for act_ in ("move", "cancel"):
        sent = {"to": "2024-03-01", "reason": "x"}
        assert admin.post(f"/meetings/999/{act_}", sent).status_code == 404


def test_the_list_is_filtered_and_paged(
    city: Web, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for month in (1, 2, 3):
        said = Happening(
            kind="hop-ubnd",
            convener="thanh-pho",
            happens_on=day(f"2024-0{month}-10"),
            title=f"Họp tháng {month}",
        )
        recorded(city, said)
    page = main_of(admin.get("/meetings", params={"since": "2024-02-01"}).text)
    assert ("Họp tháng 1" in page, "Họp tháng 3" in page) == (False, True)
    page = main_of(admin.get("/meetings", params={"until": "01/02/2024"}).text)
    assert ("Họp tháng 1" in page, "Họp tháng 3" in page) == (True, False)
    page = main_of(admin.get("/meetings", params={"nature": "request"}).text)
    assert "Chưa ghi nhận cuộc họp" in page
    monkeypatch.setattr("web.pages.meetings._PAGE", 2)
    page = main_of(admin.get("/meetings").text)
    more = re.search(r'href="(/meetings\?[^"]+)"', page.split('class="pages')[1])
    assert more
    assert "Họp tháng 1" in main_of(admin.get(more.group(1).replace("&amp;", "&")).text)


def test_each_sees_the_events_of_their_own_scope(city: Web, admin: Browser) -> None:
    added(admin)
    recorded(
        city,
        Happening(
            kind="hop-khac", convener="thanh-pho", happens_on=day("2024-02-01"), title="Việc khác"
        ),
    )
    page = main_of(city.signed_in("can-bo-a").get("/meetings").text)
    assert ("Phiên &lt;họp" in page, "Việc khác" in page) == (True, False)
    assert "Phiên" not in main_of(city.signed_in("can-bo-b").get("/meetings").text)
    page = main_of(city.signed_in("xem-ct").get("/meetings").text)
    assert ("Phiên &lt;họp" in page, "Việc khác" in page) == (True, False)
    assert city.signed_in("nguoi-la").get("/meetings").status_code == 403
    number = events_in(city)
    assert len(number) == 2


def test_an_event_outside_the_scope_is_not_there(city: Web, admin: Browser) -> None:
    there = added(admin)
    assert city.signed_in("can-bo-a").get(there).status_code == 200
    assert city.signed_in("can-bo-b").get(there).status_code == 404


def test_a_file_is_tried_first_and_then_recorded(city: Web, admin: Browser) -> None:
    admin.get("/meetings/import")
    page = main_of(admin.post("/meetings/import", files={"files": ("l.csv", CSV.encode())}).text)
    assert "Họp A" in page
    assert "thêm mới" in page
    assert "lập mới 2" in page
    assert events_in(city) == []
    kept = re.search(r'name="kept" value="([^"]+)"', page)
    assert kept
    answer = admin.post("/meetings/import", {"kept": kept.group(1), "name": "l.csv"})
    assert answer.url.path == "/meetings"
    assert "thêm mới: 2" in answer.text
    assert len(events_in(city)) == 2
    assert tasks_in(city) == 2


def test_what_the_file_leaves_out_is_chosen(city: Web, admin: Browser) -> None:
    admin.get("/meetings/import")
    content = b"date,title\n2024-02-20,X\n"
    files = {"files": ("l.csv", content)}
    assert admin.post("/meetings/import", files=files).status_code == 422
    sent = {"kind": "hop-ubnd", "convener": "Đơn vị thanh-pho"}
    page = admin.post("/meetings/import", sent, files=files)
    assert (page.status_code, "thêm mới" in page.text) == (200, True)
    sent = {"kind": "hop-ubnd", "convener": "khong-co"}
    assert admin.post("/meetings/import", sent, files=files).status_code == 422
    assert events_in(city) == []


@pytest.mark.parametrize(
    "content",
    [
        b"date,kind,convener\nhom nay,hop-ubnd,thanh-pho\n",
        b"x",
        b"date,kind,convener\n2024-01-05,hop-ubnd,khong-co\n",
    ],
)
def test_a_wrong_file_is_told_and_nothing_is_recorded(
    city: Web, admin: Browser, content: bytes
) -> None:
    admin.get("/meetings/import")
    answer = admin.post("/meetings/import", files={"files": ("l.csv", content)})
    assert answer.status_code == 422
    assert admin.post("/meetings/import").status_code == 422
    assert events_in(city) == []


def test_an_administrator_of_one_agreement_records_only_its_kinds(city: Web) -> None:
    with city.engine.begin() as db:
        grant = Grant(role=Role.ADMINISTRATOR, agreement="ct-01")
        add_user(db, "rieng", name="Riêng", grants=[grant], act=act(by="local"))
        with_password(db, "rieng")
    browser = city.signed_in("rieng")
    browser.get("/meetings/new")
    assert browser.post("/meetings/new", MEETING).status_code == 200
    assert browser.post("/meetings/new", {**MEETING, "kind": "hop-khac"}).status_code == 403
    content = CSV.replace("hop-ubnd", "hop-khac").encode()
    answer = browser.post("/meetings/import", files={"files": ("l.csv", content)})
    assert answer.status_code == 403
    assert len(events_in(city)) == 1


def test_the_list_asks_little(city: Web, admin: Browser) -> None:
    added(admin)
    assert statements_of(city, lambda: admin.get("/meetings")) <= 12
    officer = city.signed_in("can-bo-a")
    assert statements_of(city, lambda: officer.get("/meetings")) <= 12
