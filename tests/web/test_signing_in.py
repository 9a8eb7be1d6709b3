"""Who gets in, who does not, and that nobody locks anybody else out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests import worlds
from tests.web.conftest import PASSWORD, Web, with_password
from workflow.accounts import add_user, ensure_local_administrator
from workflow.domain.roles import Grant, Role
from workflow.sessions import IDLE, LASTS

if TYPE_CHECKING:
    from workflow.journal import Act


def setup_act() -> Act:
    return worlds.act(by="local")


@pytest.fixture
def staffed(web: Web) -> Web:
    """A web with an auditor and an administrator."""
    for db in web.founding(f"{__name__}.staffed"):
        ensure_local_administrator(db, name="Quản trị", at=worlds.at("2024-01-02"))
        add_user(
            db,
            "thanh-tra",
            name="Thanh tra",
            act=setup_act(),
            grants=[Grant(role=Role.AUDITOR)],
        )
        with_password(db, "thanh-tra")
    return web


def test_a_stranger_is_asked_to_sign_in_and_comes_back_to_where_he_wanted(staffed: Web) -> None:
    browser = staffed.stranger()
    answer = browser.get("/account")
    assert answer.url.path == "/signin"
    answer = browser.post("/signin", {"key": "thanh-tra", "password": PASSWORD, "next": "/account"})
    assert answer.url.path == "/account"
    assert "Thanh tra" in answer.text


@pytest.mark.parametrize(("key", "password"), [("thanh-tra", "sai"), ("ai-do", PASSWORD)])
def test_a_wrong_password_and_an_unknown_account_are_answered_alike(
    staffed: Web, key: str, password: str
) -> None:
    browser = staffed.stranger()
    browser.get("/signin")
    answer = browser.post("/signin", {"key": key, "password": password})
    assert answer.status_code == 401
    assert "Tài khoản hoặc mật khẩu không đúng." in answer.text
    assert browser.get("/account").url.path == "/signin"


def test_after_five_failures_an_address_must_wait_even_with_the_right_password(
    staffed: Web,
) -> None:
    browser = staffed.stranger()
    browser.get("/signin")
    for _ in range(5):
        browser.post("/signin", {"key": "thanh-tra", "password": "sai"})
    answer = browser.post("/signin", {"key": "thanh-tra", "password": PASSWORD})
    assert answer.status_code == 429
    staffed.clock.advance(timedelta(minutes=16))
    answer = browser.post("/signin", {"key": "thanh-tra", "password": PASSWORD})
    assert answer.status_code == 404 or answer.url.path == "/board"


@pytest.mark.parametrize("passed", [LASTS, IDLE])
def test_a_session_ends_by_itself(staffed: Web, passed: timedelta) -> None:
    browser = staffed.signed_in("thanh-tra")
    assert browser.get("/account").url.path == "/account"
    staffed.clock.advance(passed)
    assert browser.get("/account").url.path == "/signin"


def test_a_session_in_use_outlives_the_idle_time(staffed: Web) -> None:
    browser = staffed.signed_in("thanh-tra")
    for _ in range(3):
        staffed.clock.advance(timedelta(hours=1))
        assert browser.get("/account").url.path == "/account"


def test_signing_out_ends_the_session_in_the_database_too(staffed: Web) -> None:
    browser = staffed.signed_in("thanh-tra")
    browser.get("/account")
    kept = dict(browser.client.cookies)
    browser.post("/signout")
    browser.client.cookies.update(kept)
    assert browser.get("/account").url.path == "/signin"


def test_another_device_can_be_signed_out(staffed: Web) -> None:
    first, second = staffed.signed_in("thanh-tra"), staffed.signed_in("thanh-tra")
    page = second.get("/account")
    end = page.text.split('action="/account/sessions/')[1].split('"')[0]
    assert "Đã kết thúc phiên" in second.post(f"/account/sessions/{end}").text
    assert first.get("/account").url.path == "/signin"
    assert second.get("/account").url.path == "/account"


def test_nobody_ends_the_session_of_somebody_else(staffed: Web) -> None:
    browser = staffed.signed_in("thanh-tra")
    browser.get("/account")
    assert browser.post("/account/sessions/999/end").status_code == 404


def test_a_form_without_its_token_is_refused(staffed: Web) -> None:
    browser = staffed.signed_in("thanh-tra")
    browser.get("/account")
    browser.token = "0" * 64
    assert browser.post("/signout").status_code == 403
    assert browser.get("/account").url.path == "/account"


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}]
)
def test_another_site_cannot_send_a_form(staffed: Web, headers: dict[str, str]) -> None:
    browser = staffed.signed_in("thanh-tra")
    browser.get("/account")
    assert browser.post("/signout", headers=headers).status_code == 403


def test_a_given_password_must_be_changed_before_anything_else(staffed: Web) -> None:
    from workflow.accounts import reset_password

    with staffed.engine.begin() as db:
        given = reset_password(db, "thanh-tra", act=setup_act())
    browser = staffed.stranger()
    browser.get("/signin")
    answer = browser.post("/signin", {"key": "thanh-tra", "password": given})
    assert answer.url.path == "/account/password"
    assert browser.get("/account").url.path == "/account/password"
    again = browser.post(
        "/account/password", {"present": given, "password": PASSWORD, "again": PASSWORD + "!"}
    )
    assert (again.status_code, "không giống nhau" in again.text) == (422, True)
    browser.post("/account/password", {"present": given, "password": PASSWORD, "again": PASSWORD})
    assert browser.get("/account").url.path == "/account"


def test_a_changed_password_ends_every_other_session(staffed: Web) -> None:
    first, second = staffed.signed_in("thanh-tra"), staffed.signed_in("thanh-tra")
    second.get("/account/password")
    new = "một câu khác cũng dài"
    second.post("/account/password", {"present": PASSWORD, "password": new, "again": new})
    assert first.get("/account").url.path == "/signin"
    assert second.get("/account").url.path == "/account"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\e"])
def test_signing_in_leads_nowhere_else(staffed: Web, elsewhere: str) -> None:
    browser = staffed.stranger()
    browser.get("/signin")
    answer = browser.client.post(
        "/signin",
        data={
            "form_token": browser.token,
            "key": "thanh-tra",
            "password": PASSWORD,
            "next": elsewhere,
        },
        follow_redirects=False,
    )
    assert answer.headers["location"] == "/"


def test_the_language_is_kept_on_the_device(staffed: Web) -> None:
    browser = staffed.stranger()
    assert 'lang="vi"' in browser.get("/signin").text
    answer = browser.post("/language", {"lang": "en", "back": "/signin"})
    assert '<html lang="en">' in answer.text
    assert "Sign in" in answer.text


def test_every_answer_carries_the_headers(staffed: Web) -> None:
    answer = staffed.stranger().get("/signin")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    cookie = staffed.signed_in("thanh-tra").client.cookies.jar
    assert all(one.has_nonstandard_attr("HttpOnly") for one in cookie)


def test_what_is_kept_is_not_the_token(staffed: Web) -> None:
    from sqlalchemy import text

    browser = staffed.signed_in("thanh-tra")
    token = browser.client.cookies["camket"]
    with staffed.engine.begin() as db:
        assert token not in str(db.execute(text("SELECT * FROM session")).all())


def test_an_unknown_address_is_answered_in_words(staffed: Web) -> None:
    answer = staffed.stranger().get("/khong-co")
    assert (answer.status_code, "Không tìm thấy" in answer.text) == (404, True)
