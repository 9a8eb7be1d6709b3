"""Officers change: roles pass on, nothing of the old account opens anything, drafts stay."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.factories import by, living, offered, row_of, task_of
from tests.web.conftest import PASSWORD, Browser, Web, with_password
from tests.worlds import act
from workflow import accounts
from workflow.accounts import add_user, disable_user
from workflow.store.journal import journal_entry
from workflow.store.people import person, role_grant
from workflow.tokens import Scope, make_token

_SECRET = re.compile(r'slip__secret">([a-z0-9]{4}(?:-[a-z0-9]{4}){3})<')
PLACE = "/people/can-bo-a/handover"


@pytest.fixture
def city(web: Web) -> Web:
    for db in web.founding(f"{__name__}.city"):
        living(db)
        for key in ("quan-tri", "tham-dinh", "can-bo-a", "can-bo-b"):
            with_password(db, key)
    return web


@pytest.fixture
def admin(city: Web) -> Browser:
    browser = city.signed_in("quan-tri")
    browser.get(PLACE)
    return browser


def held(web: Web, key: str) -> list[tuple[str, int | None]]:
    query = select(role_grant.c.role, role_grant.c.unit_id).join(person)
    live = query.where(person.c.key == key, role_grant.c.revoked_at.is_(None))
    with web.engine.begin() as db:
        return [(row.role, row.unit_id) for row in db.execute(live)]


def last_entry(web: Web, verb: str) -> tuple[str, str]:
    query = select(journal_entry.c.by, journal_entry.c.body).where(journal_entry.c.verb == verb)
    with web.engine.begin() as db:
        row = db.execute(query.order_by(journal_entry.c.id.desc()).limit(1)).one()
    return row.by, row.body


def test_everything_passes_to_a_new_account_with_a_first_password(
    city: Web, admin: Browser
) -> None:
    roles = held(city, "can-bo-a")
    officer = city.signed_in("can-bo-a")
    with city.engine.begin() as db:
        token = make_token(db, name="thử", scope=Scope.READ, days=30, act=act(by="can-bo-a"))
        task = task_of(db)
        offered(db, task, act=by("can-bo-a", "2024-01-02", "08:00"))
    form = {"new_key": "nguoi-moi", "name": "Nguyễn Mới", "mail": "m@example.org"}
    answer = admin.post(PLACE, {**form, "reason": "Quyết định số 12-QĐ/ĐU"})
    password = _SECRET.search(answer.text)
    assert password
    assert (held(city, "can-bo-a"), held(city, "nguoi-moi")) == ([], roles)
    # Nothing of the old account opens anything.
    assert officer.get("/account").url.path == "/signin"
    officer.get("/signin")
    gone = officer.post("/signin", {"key": "can-bo-a", "password": PASSWORD})
    assert gone.status_code == 401
    bearer = {"authorization": f"Bearer {token}"}
    assert city.stranger().client.get("/api/v1/me", headers=bearer).status_code == 401
    # The draft is the unit's: the successor finds it, and hands it in.
    newcomer = city.stranger()
    newcomer.get("/signin")
    newcomer.post("/signin", {"key": "nguoi-moi", "password": password.group(1)})
    newcomer.get("/account/password")
    present = password.group(1)
    newcomer.post(
        "/account/password", {"present": present, "password": PASSWORD, "again": PASSWORD}
    )
    assert "giay.pdf" in newcomer.get(f"/tasks/{task}").text
    assert newcomer.post(f"/tasks/{task}/submit").status_code == 200
    with city.engine.begin() as db:
        assert row_of(db, task).state == "submitted"
    who, body = last_entry(city, "account.handed_over")
    assert who == "quan-tri"
    for said in ("Quyết định số 12-QĐ/ĐU", '"to":"nguoi-moi"', '"sessions":1', '"tokens":1'):
        assert said in body


def test_everything_passes_to_an_account_that_is_there(city: Web, admin: Browser) -> None:
    roles = held(city, "can-bo-a") + held(city, "can-bo-b")
    answer = admin.post(PLACE, {"to": "can-bo-b"})
    assert answer.url.path == "/people/can-bo-b"
    assert "Đã bàn giao 1 vai trò" in answer.text
    assert sorted(held(city, "can-bo-b")) == sorted(roles)
    assert "đã khóa" in admin.get("/people/can-bo-a").text.lower()


def test_a_wrong_successor_is_said_and_nothing_changes(city: Web, admin: Browser) -> None:
    with city.engine.begin() as db:
        disable_user(db, "nguoi-la", act=act(by="quan-tri"))
    wrong: list[tuple[dict[str, str], str]] = [
        ({"to": "can-bo-a"}, "cho chính nó"),
        ({"to": "khong-co"}, "khong-co"),
        ({"to": "nguoi-la"}, "đang bị khóa"),
        ({"new_key": "can-bo-b", "name": "X"}, "đã tồn tại"),
        ({"new_key": "moi", "name": " "}, "phải có tên"),
        ({"new_key": "moi", "name": "X", "mail": "không phải"}, "không hợp lệ"),
    ]
    for form, sentence in wrong:
        answer = admin.post(PLACE, form)
        assert (answer.status_code, sentence in answer.text) == (422, True), form
    assert [role for role, _ in held(city, "can-bo-a")] == ["unit_officer"]
    assert held(city, "moi") == []
    assert city.signed_in("can-bo-a").get("/account").status_code == 200


def test_who_holds_nothing_has_nothing_to_hand_over(admin: Browser) -> None:
    assert "không có gì để bàn giao" in admin.get("/people/nguoi-la/handover").text
    answer = admin.post("/people/nguoi-la/handover", {"to": "can-bo-b"})
    assert answer.status_code == 422
    assert admin.get("/people/khong-co/handover").status_code == 404


def test_the_last_administrator_hands_over_only_to_another_one(city: Web, admin: Browser) -> None:
    with city.engine.begin() as db:
        for key in ("local", "quan-tri-2"):
            disable_user(db, key, act=act(by="quan-tri"))
    assert admin.post("/people/quan-tri/handover", {"to": "can-bo-b"}).status_code == 200
    assert ("administrator", None) in held(city, "can-bo-b")


@pytest.mark.parametrize("key", ["tham-dinh", "can-bo-b"])
def test_only_administrators_hand_over_and_change_accounts(city: Web, key: str) -> None:
    browser = city.signed_in(key)
    browser.get("/account")
    assert browser.client.get(PLACE).status_code == 403
    for address, form in (
        (PLACE, {"to": key}),
        ("/people/can-bo-a/change", {"name": "X", "mail": "x@example.org"}),
        ("/people/-/slips", {}),
    ):
        assert browser.post(address, form).status_code == 403
    assert [role for role, _ in held(city, "can-bo-a")] == ["unit_officer"]


def test_an_account_is_called_otherwise_and_the_journal_says_how_before(
    city: Web, admin: Browser
) -> None:
    form = {"name": "Tên mới", "mail": "moi@example.org", "lang": "en"}
    answer = admin.post("/people/can-bo-a/change", form)
    assert ("Tên mới" in answer.text, "moi@example.org" in answer.text) == (True, True)
    _, body = last_entry(city, "account.changed")
    assert ("Người can-bo-a" in body, "Tên mới" in body) == (True, True)
    answer = admin.post("/people/can-bo-a/change", {**form, "mail": "không phải"})
    assert (answer.status_code, 'value="không phải"' in answer.text) == (422, True)
    assert admin.post("/people/khong-co/change", form).status_code == 404


def test_lost_slips_are_printed_anew_for_whoever_never_signed_in(city: Web, admin: Browser) -> None:
    with city.engine.begin() as db:
        for key in ("chua-vao-1", "chua-vao-2", "khong-mat-khau"):
            add_user(db, key, name=f"Người {key}", act=act(by="quan-tri"))
        before = {
            key: accounts.reset_password(db, key, act=act(by="quan-tri"))
            for key in ("chua-vao-1", "chua-vao-2")
        }
    city.signed_in("can-bo-b")
    page = admin.get("/people", params={"show": "new", "q": "chua-vao"})
    assert "In lại phiếu" in page.text
    answer = admin.post("/people/-/slips", {"q": "chua-vao"})
    drawn = _SECRET.findall(answer.text)
    assert (len(drawn), set(drawn) & set(before.values())) == (2, set())
    newcomer = city.stranger()
    newcomer.get("/signin")
    landed = newcomer.post("/signin", {"key": "chua-vao-1", "password": drawn[0]})
    assert landed.url.path == "/account/password"
    everybody = admin.post("/people/-/slips").text
    assert ("khong-mat-khau" in everybody, ">can-bo-b<" in everybody) == (False, False)


def test_any_key_has_a_page_of_its_own(city: Web, admin: Browser) -> None:
    for key in ("new", "bulk", "slips", "handover"):
        with city.engine.begin() as db:
            add_user(db, key, name=f"Người tên {key}", act=act(by="quan-tri"))
        assert f"<h1>Người tên {key}</h1>" in admin.get(f"/people/{key}").text
