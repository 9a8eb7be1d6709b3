"""Accounts on the pages: listed, made one by one and by the hundred, let in and out."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.factories import living
from tests.web.asking import statements_of
from tests.web.conftest import PASSWORD, Browser, Web, with_password
from tests.worlds import act
from workflow.accounts import add_user, disable_user
from workflow.domain.roles import Grant, Role
from workflow.store.people import person, role_grant

_SECRET = re.compile(r'slip__secret">([a-z0-9]{4}(?:-[a-z0-9]{4}){3})<')
PAGES = ("/people", "/people/-/new", "/people/-/bulk", "/people/can-bo-a")
FORMS = (
    "/people/-/new",
    "/people/-/bulk",
    "/people/can-bo-a/grants",
    "/people/can-bo-a/grants/1/revoke",
    "/people/can-bo-a/disable",
    "/people/can-bo-a/reset",
)


@pytest.fixture
def city(web: Web) -> Web:
    """A living city; the administrator, a reviewer and an officer may sign in."""
    for db in web.founding(f"{__name__}.city"):
        living(db)
        for key in ("quan-tri", "tham-dinh", "can-bo-a"):
            with_password(db, key)
    return web


@pytest.fixture
def admin(city: Web) -> Browser:
    return city.signed_in("quan-tri")


def grants_of(web: Web, key: str) -> list[tuple[str, str | None]]:
    query = (
        select(role_grant.c.role, role_grant.c.party)
        .join(person)
        .where(person.c.key == key, role_grant.c.revoked_at.is_(None))
    )
    with web.engine.begin() as db:
        return [(row.role, row.party) for row in db.execute(query)]


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_is_asked_to_sign_in(city: Web, address: str) -> None:
    assert city.stranger().get(address).url.path == "/signin"


@pytest.mark.parametrize("key", ["tham-dinh", "can-bo-a"])
@pytest.mark.parametrize("address", PAGES)
def test_only_administrators_see_accounts(city: Web, key: str, address: str) -> None:
    assert city.signed_in(key).get(address).status_code == 403


@pytest.mark.parametrize("address", FORMS)
def test_only_administrators_change_accounts(city: Web, address: str) -> None:
    browser = city.signed_in("tham-dinh")
    browser.get("/account")
    answer = browser.post(address, {"role": "administrator", "key": "x", "name": "X"})
    assert answer.status_code == 403
    assert grants_of(city, "can-bo-a") == [("unit_officer", None)]


def test_an_administrator_of_one_agreement_manages_nobody(city: Web) -> None:
    with city.engine.begin() as db:
        grant = Grant(role=Role.ADMINISTRATOR, agreement="ct-01")
        add_user(db, "rieng", name="Riêng", grants=[grant], act=act(by="local"))
        with_password(db, "rieng")
    assert city.signed_in("rieng").get("/people").status_code == 403


def test_the_list_says_roles_in_words_and_who_never_signed_in(admin: Browser) -> None:
    text = admin.get("/people").text
    assert "người xác nhận – Báo – Chương trình phối hợp" in text
    assert "cán bộ đơn vị – Đơn vị phuong-a" in text
    row = text.split("Người can-bo-b")[1].split("</tr>")[0]
    assert "chưa đăng nhập lần nào" in row
    row = text.split("Người quan-tri</a></th>")[1].split("</tr>")[0]
    assert "09:00 02/01/2024" in row


def test_the_list_is_searched_without_marks_and_filtered(admin: Browser) -> None:
    text = admin.get("/people", params={"q": "nguoi can-bo"}).text
    assert ("Người can-bo-a" in text, "Người quan-tri<" in text.split("<main")[1]) == (True, False)
    text = admin.get("/people", params={"role": "leader"}).text.split("<main")[1]
    assert ("Người lanh-dao-tp" in text, "Người can-bo-a" in text) == (True, False)
    text = admin.get("/people", params={"show": "new"}).text.split("<main")[1]
    assert ("Người can-bo-a" in text, "Người quan-tri<" in text) == (True, False)
    assert "Không có tài khoản nào" in admin.get("/people", params={"q": "không ai"}).text


def test_the_list_is_paged(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.pages.people._PAGE", 5)
    text = admin.get("/people").text
    more = re.search(r'href="(/people\?[^"]+)"', text.split('class="pages')[1])
    assert more
    second = admin.get(more.group(1).replace("&amp;", "&")).text
    assert "Người quan-tri<" in second.split("<main")[1]
    assert "Người bao-tham-dinh" not in second


def test_an_account_is_made_with_a_role_and_its_password_is_shown_once(
    city: Web, admin: Browser
) -> None:
    admin.get("/people/-/new")
    sent = {"key": "moi", "name": "Nguyễn <b>Mới</b>", "lang": "vi", "role": "unit_officer"}
    answer = admin.post("/people/-/new", {**sent, "unit": "đơn vị PHUONG-B"})
    password = _SECRET.search(answer.text)
    assert password
    assert "<b>Mới" not in answer.text
    assert grants_of(city, "moi") == [("unit_officer", None)]
    newcomer = city.stranger()
    newcomer.get("/signin")
    newcomer.post("/signin", {"key": "moi", "password": password.group(1)})
    assert newcomer.get("/account").url.path == "/account/password"
    assert password.group(1) not in admin.get("/people/moi").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"key": "Có dấu"}, "tối đa 64"),
        ({"key": "can-bo-a"}, "đã tồn tại"),
        ({"name": " "}, "phải có tên"),
        ({"role": "unit_officer"}, "phải"),
        ({"role": "unit_officer", "unit": "khong-co"}, "khong-co"),
        ({"role": "king"}, "role"),
        ({"role": "leader", "party": "khong-co"}, "khong-co"),
    ],
)
def test_a_wrong_account_is_said_with_what_was_typed(
    city: Web, admin: Browser, wrong: dict[str, str], sentence: str
) -> None:
    admin.get("/people/-/new")
    sent = {"key": "moi", "name": "Người mới", "mail": "m@example.org", **wrong}
    answer = admin.post("/people/-/new", sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "m@example.org" in answer.text
    with city.engine.begin() as db:
        assert db.scalar(select(person.c.id).where(person.c.key == "moi")) is None


def test_a_name_that_several_units_bear_is_not_guessed(city: Web, admin: Browser) -> None:
    from tests.worlds import unit
    from workflow.registry import load_units

    with city.engine.begin() as db:
        names = unit("phuong-a").names
        load_units(db, [unit("phuong-x", names=names)], act=act())
    admin.get("/people/can-bo-a")
    answer = admin.post(
        "/people/can-bo-a/grants", {"role": "unit_officer", "unit": "Đơn vị phuong-a"}
    )
    assert (answer.status_code, "phuong-x" in answer.text) == (422, True)


def test_roles_are_given_and_taken(city: Web, admin: Browser) -> None:
    admin.get("/people/can-bo-a")
    answer = admin.post(
        "/people/can-bo-a/grants", {"role": "reviewer", "agreement": "ct-01", "party": "bao"}
    )
    assert "Đã giao vai trò" in answer.text
    assert ("reviewer", "bao") in grants_of(city, "can-bo-a")
    revoke = re.findall(r'action="(/people/can-bo-a/grants/\d+/revoke)"', answer.text)[-1]
    assert "Đã thu hồi" in admin.post(revoke).text
    assert grants_of(city, "can-bo-a") == [("unit_officer", None)]


def test_the_last_administrator_stays(city: Web, admin: Browser) -> None:
    with city.engine.begin() as db:
        for key in ("local", "quan-tri-2"):
            disable_user(db, key, act=act(by="quan-tri"))
    admin.get("/people/quan-tri")
    answer = admin.post("/people/quan-tri/disable")
    assert (answer.status_code, "quản trị" in answer.text) == (422, True)
    assert admin.get("/people/quan-tri").status_code == 200


def test_a_disabled_account_is_out_at_once_and_in_again_with_a_new_password(
    city: Web, admin: Browser
) -> None:
    officer = city.signed_in("can-bo-a")
    admin.get("/people/can-bo-a")
    assert "đã khóa" in admin.post("/people/can-bo-a/disable").text.lower()
    assert officer.get("/account").url.path == "/signin"
    answer = admin.post("/people/can-bo-a/reset")
    password = _SECRET.search(answer.text)
    assert password
    again = city.stranger()
    again.get("/signin")
    again.post("/signin", {"key": "can-bo-a", "password": password.group(1)})
    again.get("/account/password")
    present = password.group(1)
    again.post("/account/password", {"present": present, "password": PASSWORD, "again": PASSWORD})
    assert again.get("/account").url.path == "/account"


def test_an_account_that_is_not_there(admin: Browser) -> None:
    assert admin.get("/people/khong-co").status_code == 404


def test_every_unit_without_an_officer_gets_one(city: Web, admin: Browser) -> None:
    page = admin.get("/people/-/bulk", params={"agreement": "ct-01"}).text.split("<main")[1]
    assert "Mọi đơn vị" in page, "both wards of the agreement have their officer"
    page = admin.get("/people/-/bulk", params={"kind": "bao"}).text.split("<main")[1]
    assert ("Đơn vị bao" in page, "Đơn vị phuong-a" in page) == (True, False)
    answer = admin.post("/people/-/bulk", {"kind": "bao"})
    slips = re.findall(r'slip__secret">([^<]+)<', answer.text)
    assert "bao" in slips
    assert "Cán bộ Đơn vị bao" in answer.text
    assert grants_of(city, "bao") == [("unit_officer", None)]
    again = admin.post("/people/-/bulk", {"kind": "bao"})
    assert "Không lập tài khoản nào" in again.text


def test_an_officer_who_left_frees_the_unit_and_the_key_is_not_taken_twice(
    city: Web, admin: Browser
) -> None:
    with city.engine.begin() as db:
        disable_user(db, "can-bo-a", act=act(by="quan-tri"))
        add_user(db, "phuong-a", name="Ai đó", act=act(by="quan-tri"))
    admin.get("/people/-/bulk")
    answer = admin.post("/people/-/bulk", {"agreement": "ct-01"})
    assert re.findall(r'slip__secret">([^<]+)<', answer.text)[0] == "phuong-a-2"
    password = _SECRET.search(answer.text)
    assert password
    officer = city.stranger()
    officer.get("/signin")
    sent = officer.post("/signin", {"key": "phuong-a-2", "password": password.group(1)})
    assert sent.url.path == "/account/password"


def test_a_page_asks_the_database_no_more_for_more_accounts(city: Web, admin: Browser) -> None:
    before = statements_of(city, lambda: admin.get("/people"))
    with city.engine.begin() as db:
        for number in range(20):
            add_user(db, f"them-{number}", name="Thêm", act=act(by="quan-tri"))
    assert statements_of(city, lambda: admin.get("/people")) == before <= 12
