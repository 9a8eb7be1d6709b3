"""Two-step sign-in: set up, asked for after the password, never twice, and lost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from tests import worlds
from tests.web.conftest import PASSWORD, Browser, Web, with_password
from workflow import codes, second_factor
from workflow.accounts import add_user, ensure_local_administrator
from workflow.domain.roles import Grant, Role
from workflow.store import people, schema
from workflow.store.journal import journal_entry

if TYPE_CHECKING:
    from collections.abc import Callable

_SECRET = re.compile(r'<code class="secret">([A-Z2-7 ]+)</code>')
_CODE = re.compile(r'<code class="secret">([a-z2-9]{5}-[a-z2-9]{5})</code>')
PLACE = "/account/second-factor"


@pytest.fixture
def staffed(web: Web) -> Web:
    """An administrator and an auditor who may sign in."""
    for db in web.founding(f"{__name__}.staffed"):
        ensure_local_administrator(db, name="Quản trị", at=worlds.at("2024-01-02"))
        for key, role in (("quan-tri", Role.ADMINISTRATOR), ("thanh-tra", Role.AUDITOR)):
            add_user(db, key, name=key, grants=[Grant(role=role)], act=worlds.act(by="local"))
            with_password(db, key)
    return web


def verbs_of(web: Web, by: str) -> list[str]:
    query = select(journal_entry.c.verb).where(journal_entry.c.by == by)
    with web.engine.begin() as db:
        return list(db.scalars(query.order_by(journal_entry.c.id)))


def code_now(web: Web, secret: str, *, steps: int = 0) -> str:
    at = web.clock.now() + timedelta(seconds=30 * steps)
    return pyotp.TOTP(secret).at(at)


def set_up(web: Web, browser: Browser) -> tuple[str, list[str]]:
    """Switch it on as a person does, and give the secret and the recovery codes."""
    browser.get(PLACE)
    page = browser.post(f"{PLACE}/begin", {"password": PASSWORD}).text
    found = _SECRET.search(page)
    assert found
    secret = found.group(1).replace(" ", "")
    answer = browser.post(f"{PLACE}/confirm", {"code": code_now(web, secret)})
    drawn = _CODE.findall(answer.text)
    assert (answer.status_code, len(set(drawn))) == (200, 10)
    # The code that switched it on is used up with that.
    web.clock.advance(timedelta(seconds=60))
    return secret, drawn


@pytest.fixture
def secured(staffed: Web) -> tuple[Web, str, list[str]]:
    """The auditor has it on: the web, the secret and the recovery codes."""
    act = worlds.act(by="thanh-tra")
    key = staffed.settings.session_secret
    with staffed.engine.begin() as db:
        second_factor.begin(db, act=act, key=key)
        secret = second_factor.offered(db, act=act, key=key).secret
        first = pyotp.TOTP(secret).at(act.at)
        drawn = second_factor.confirm(db, code=first, act=act, key=key)
    # The code that switched it on is used up with that.
    staffed.clock.advance(timedelta(seconds=60))
    return staffed, secret, drawn


def half_way(web: Web, password: str = PASSWORD) -> Browser:
    """A browser that has given the password and is asked for the code."""
    browser = web.stranger()
    browser.get("/signin", params={"next": "/account"})
    answer = browser.post("/signin", {"key": "thanh-tra", "password": password, "next": "/account"})
    assert answer.url.path == "/signin/code"
    return browser


def enter(browser: Browser, code: str) -> str:
    """Where a code leads."""
    return str(browser.post("/signin/code", {"code": code, "next": "/account"}).url.path)


def test_the_code_is_asked_for_after_the_password_and_leads_where_one_wanted(
    secured: tuple[Web, str, list[str]],
) -> None:
    web, secret, _ = secured
    browser = half_way(web)
    half = browser.client.cookies["camket"]
    assert enter(browser, code_now(web, secret)) == "/account"
    # The whole session has a token of its own.
    assert browser.client.cookies["camket"] != half
    assert verbs_of(web, "thanh-tra")[-1] == "session.begun"


def test_half_a_session_opens_nothing(secured: tuple[Web, str, list[str]]) -> None:
    web, *_ = secured
    browser = half_way(web)
    begun = verbs_of(web, "thanh-tra").count("session.begun")
    for address in ("/account", PLACE, "/journal", "/"):
        assert browser.client.get(address).url.path == "/signin"
    for address in ("/signout", f"{PLACE}/off", "/account/password", "/account/tokens"):
        browser.get("/signin/code")
        assert browser.post(address, {"password": PASSWORD}).url.path == "/signin"
    assert verbs_of(web, "thanh-tra").count("session.begun") == begun
    owner = web.signed_in("quan-tri")
    assert owner.get("/account").text.count("/account/sessions/") == 0


def test_a_code_is_taken_once(secured: tuple[Web, str, list[str]]) -> None:
    web, secret, _ = secured
    code = code_now(web, secret)
    assert enter(half_way(web), code) == "/account"
    again = half_way(web)
    answer = again.post("/signin/code", {"code": code})
    assert (answer.status_code, "đã được dùng" in answer.text) == (401, True)
    # Nor one that was shown before it.
    assert enter(again, code_now(web, secret, steps=-1)) == "/signin/code"


def test_a_clock_may_be_half_a_minute_off(secured: tuple[Web, str, list[str]]) -> None:
    web, secret, _ = secured
    person = select(people.person.c.id).where(people.person.c.key == "thanh-tra")
    key, at = web.settings.session_secret, web.clock.now() + timedelta(minutes=5)
    shown = {steps: pyotp.TOTP(secret).at(at + timedelta(seconds=30 * steps)) for steps in (-2, 2)}
    shown |= {-1: pyotp.TOTP(secret).at(at - timedelta(seconds=30))}
    shown |= {1: pyotp.TOTP(secret).at(at + timedelta(seconds=30))}
    with web.engine.begin() as db:
        person_id = db.execute(person).scalar_one()
        taken = {
            steps: codes.is_right(db, person_id, shown[steps], key=key, at=at)
            for steps in (-2, 2, -1, 1)
        }
    assert taken == {-2: False, 2: False, -1: True, 1: True}


def test_what_is_no_code_is_not_right(secured: tuple[Web, str, list[str]]) -> None:
    web, *_ = secured
    browser = half_way(web)
    for code in ("12345", "abcdef", "１２３４５６", "x" * 90):
        assert browser.post("/signin/code", {"code": code}).status_code == 401


def test_a_recovery_code_opens_once_and_is_told_to_the_journal(
    secured: tuple[Web, str, list[str]],
) -> None:
    web, _, given = secured
    assert enter(half_way(web), f" {given[3].upper().replace('-', ' ')} ") == "/account"
    assert verbs_of(web, "thanh-tra")[-2:] == ["factor.recovery_used", "session.begun"]
    assert enter(half_way(web), given[3]) == "/signin/code"


def test_wrong_codes_end_the_half_session_and_then_make_the_address_wait(
    secured: tuple[Web, str, list[str]],
) -> None:
    web, secret, _ = secured
    browser = half_way(web)
    answers = [browser.post("/signin/code", {"code": "000000"}).url.path for _ in range(5)]
    assert answers == ["/signin/code"] * 4 + ["/signin"]
    assert enter(browser, code_now(web, secret)) == "/signin"
    answer = browser.post("/signin", {"key": "thanh-tra", "password": PASSWORD})
    assert answer.status_code == 429
    # The right password alone does not make the failures forgotten.
    web.clock.advance(timedelta(minutes=16))
    assert enter(half_way(web), code_now(web, secret)) == "/account"


def test_guessing_from_everywhere_makes_the_account_wait(
    secured: tuple[Web, str, list[str]],
) -> None:
    from workflow import sessions

    web, secret, _ = secured
    with web.engine.begin() as db:
        for number in range(20):
            given: dict[str, Any] = {
                "at": web.clock.now(),
                "address": f"10.0.0.{number}",
                "agent": "",
            }
            token = sessions.sign_in(db, "thanh-tra", password=PASSWORD, **given)
            assert token is not None
            tried = sessions.enter_code(
                db, token, code="000000", secret=web.settings.session_secret, **given
            )
            assert tried is None
    answer = half_way(web).post("/signin/code", {"code": code_now(web, secret)})
    assert answer.status_code == 429
    web.clock.advance(timedelta(minutes=61))
    assert enter(half_way(web), code_now(web, secret)) == "/account"


def test_half_a_session_is_over_after_ten_minutes(secured: tuple[Web, str, list[str]]) -> None:
    web, secret, _ = secured
    browser = half_way(web)
    web.clock.advance(timedelta(minutes=10))
    answer = browser.post("/signin/code", {"code": code_now(web, secret)})
    assert (answer.url.path, "đăng nhập lại" in answer.text) == ("/signin", True)
    assert browser.get("/signin/code").url.path == "/signin"


def test_a_wrong_password_is_not_asked_for_a_code(secured: tuple[Web, str, list[str]]) -> None:
    web, *_ = secured
    browser = web.stranger()
    browser.get("/signin")
    answer = browser.post("/signin", {"key": "thanh-tra", "password": "sai"})
    assert (answer.status_code, answer.url.path) == (401, "/signin")


def test_the_set_up_takes_the_password_and_the_first_code(staffed: Web) -> None:
    browser = staffed.signed_in("thanh-tra")
    browser.get(PLACE)
    answer = browser.post(f"{PLACE}/begin", {"password": "sai"})
    assert (answer.status_code, "Mật khẩu không đúng" in answer.text) == (422, True)
    assert browser.get(f"{PLACE}/picture").status_code == 422
    browser.get(PLACE)
    browser.post(f"{PLACE}/begin", {"password": PASSWORD})
    picture = browser.get(f"{PLACE}/picture")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert b"<svg" in picture.content
    browser.get(PLACE)
    assert browser.post(f"{PLACE}/confirm", {"code": "000000"}).status_code == 422
    # Until then the password alone is enough.
    assert staffed.signed_in("thanh-tra").get("/account").url.path == "/account"


def test_the_secret_is_told_to_nobody_once_it_is_on(
    secured: tuple[Web, str, list[str]],
) -> None:
    web, secret, given = secured
    browser = half_way(web)
    enter(browser, code_now(web, secret))
    assert _SECRET.search(browser.get(PLACE).text) is None
    assert browser.get(f"{PLACE}/picture").status_code == 422
    browser.get(PLACE)
    assert browser.post(f"{PLACE}/begin", {"password": PASSWORD}).status_code == 422
    with web.engine.begin() as db:
        for table in ("second_factor", "recovery_code", "journal_entry"):
            kept = str(db.execute(schema.metadata.tables[table].select()).all())
            assert secret not in kept
            assert not any(code in kept for code in given)


def test_new_recovery_codes_void_the_old_ones(secured: tuple[Web, str, list[str]]) -> None:
    web, secret, given = secured
    browser = half_way(web)
    enter(browser, code_now(web, secret))
    web.clock.advance(timedelta(seconds=60))
    browser.get(PLACE)
    wrong = browser.post(f"{PLACE}/codes", {"password": PASSWORD, "code": "000000"})
    assert wrong.status_code == 422
    answer = browser.post(f"{PLACE}/codes", {"password": PASSWORD, "code": code_now(web, secret)})
    new = _CODE.findall(answer.text)
    assert (len(new), set(new) & set(given)) == (10, set())
    assert enter(half_way(web), given[0]) == "/signin/code"
    assert enter(half_way(web), new[0]) == "/account"


@pytest.mark.parametrize(
    "given",
    [
        lambda code: {"password": "sai", "code": code},
        lambda _code: {"password": PASSWORD, "code": "000000"},
    ],
    ids=["no password", "no code"],
)
def test_it_is_switched_off_only_with_both(
    secured: tuple[Web, str, list[str]], given: Callable[[str], dict[str, str]]
) -> None:
    web, secret, _ = secured
    browser = half_way(web)
    enter(browser, code_now(web, secret))
    web.clock.advance(timedelta(seconds=60))
    browser.get(PLACE)
    assert browser.post(f"{PLACE}/off", given(code_now(web, secret))).status_code == 422
    assert half_way(web).get("/signin/code").status_code == 200
    # What was tried counts as a failed sign-in does.
    for _ in range(4):
        browser.post(f"{PLACE}/off", given("111111"))
    answer = browser.post(f"{PLACE}/off", {"password": PASSWORD, "code": code_now(web, secret)})
    assert answer.status_code == 429


def test_switched_off_the_password_alone_is_enough_and_other_sessions_end(
    secured: tuple[Web, str, list[str]],
) -> None:
    web, secret, _ = secured
    first, second = half_way(web), half_way(web)
    assert enter(first, code_now(web, secret)) == "/account"
    web.clock.advance(timedelta(seconds=60))
    assert enter(second, code_now(web, secret)) == "/account"
    web.clock.advance(timedelta(seconds=60))
    second.get(PLACE)
    answer = second.post(f"{PLACE}/off", {"password": PASSWORD, "code": code_now(web, secret)})
    assert "Đã tắt xác thực hai bước" in answer.text
    assert first.get("/account").url.path == "/signin"
    assert "factor.switched_off" in verbs_of(web, "thanh-tra")
    web.signed_in("thanh-tra")


def test_an_administrator_resets_it_and_nobody_else(
    secured: tuple[Web, str, list[str]],
) -> None:
    web, secret, _ = secured
    browser = half_way(web)
    enter(browser, code_now(web, secret))
    browser.get("/account")
    assert browser.post("/people/thanh-tra/second-factor/reset").status_code == 403
    admin = web.signed_in("quan-tri")
    assert "Đặt lại xác thực hai bước" in admin.get("/people/thanh-tra").text
    assert admin.post("/people/thanh-tra/second-factor/reset").status_code == 200
    assert verbs_of(web, "quan-tri")[-1] == "factor.reset"
    web.signed_in("thanh-tra")
    admin.get("/people/thanh-tra")
    assert admin.post("/people/thanh-tra/second-factor/reset").status_code == 422


def with_settings(web: Web, **given: object) -> None:
    premises = web.app.state.premises
    web.app.state.premises = replace(premises, settings=web.settings.model_copy(update=given))


def test_an_installation_may_ask_it_of_administrators(staffed: Web) -> None:
    with_settings(staffed, second_factor="administrators")
    admin = staffed.signed_in("quan-tri")
    assert admin.get("/people").url.path == PLACE
    admin.get(PLACE)
    assert admin.post("/people/thanh-tra/disable").url.path == PLACE
    assert admin.get("/account/password").url.path == "/account/password"
    assert staffed.signed_in("thanh-tra").get("/journal").status_code == 200
    secret, _ = set_up(staffed, admin)
    assert admin.get("/people").status_code == 200
    admin.get(PLACE)
    form = {"password": PASSWORD, "code": code_now(staffed, secret)}
    answer = admin.post(f"{PLACE}/off", form)
    assert (answer.status_code, "yêu cầu" in answer.text) == (422, True)


def test_an_installation_may_ask_it_of_everybody(staffed: Web) -> None:
    with_settings(staffed, second_factor="everybody")
    assert staffed.signed_in("thanh-tra").get("/journal").url.path == PLACE


def test_with_another_key_of_the_installation_it_is_said_and_begun_anew(staffed: Web) -> None:
    browser = staffed.signed_in("thanh-tra")
    browser.get(PLACE)
    browser.post(f"{PLACE}/begin", {"password": PASSWORD})
    with_settings(staffed, secret_key=SecretStr("t" * 40))
    answer = browser.get(PLACE)
    assert answer.status_code == 422
    assert browser.post(f"{PLACE}/begin", {"password": PASSWORD}).status_code == 200


def test_a_stranger_gets_nowhere(staffed: Web) -> None:
    browser = staffed.stranger()
    browser.get("/signin")
    for address in ("", "/picture"):
        assert browser.client.get(f"{PLACE}{address}").url.path == "/signin"
    for address in ("/begin", "/confirm", "/codes", "/off"):
        assert browser.post(f"{PLACE}{address}").url.path == "/signin"
