"""Everybody gets in and out, in both languages, also without a script and on a phone."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from tests.browser.auditing import faults
from tests.browser.conftest import PHONE, Visitor

pytestmark = pytest.mark.browser

ways = pytest.mark.parametrize(
    "visitor",
    [
        {},
        {"width": PHONE},
        {"script": False},
        {"lang": "en", "mode": "dark"},
    ],
    ids=["wide", "phone", "no script", "English at night"],
    indirect=True,
)


@ways
def test_signing_in_and_out(visitor: Visitor) -> None:
    page = visitor.sign_in("dieu-phoi")
    page.goto(f"{visitor.city.address}/account")
    assert page.locator("main h1").count() == 1
    page.locator("form[action='/signout'] button").click()
    page.wait_for_url("**/signin")
    page.goto(f"{visitor.city.address}/account")
    assert "/signin" in page.url
    assert visitor.complaints == []


@pytest.mark.parametrize(
    "visitor",
    [{"width": PHONE}, {"mode": "dark"}, {"lang": "en"}],
    ids=["phone", "night", "English"],
    indirect=True,
)
def test_the_first_page_is_easy_to_use(visitor: Visitor) -> None:
    assert faults(visitor.open("/signin")) == []
    visitor.sign_in("dieu-phoi")
    for path in ("/account", "/account/password"):
        assert faults(visitor.open(path)) == [], path


def test_the_keyboard_alone_is_enough(visitor: Visitor) -> None:
    page = visitor.open("/signin")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("#f-key")
    page.keyboard.type("dieu-phoi")
    page.keyboard.press("Tab")
    page.keyboard.type(visitor.city.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/signin" not in address)


@pytest.mark.parametrize(
    "visitor", [{"width": PHONE, "script": False}], ids=["phone without script"], indirect=True
)
def test_two_step_sign_in_from_set_up_to_lost_telephone(visitor: Visitor) -> None:
    """Set up by the secret in words, signed in by a code and by a recovery code, switched off."""
    key, place = "kiem-tra", "/account/second-factor"
    page = visitor.sign_in(key)
    visitor.open(place)
    assert faults(page) == []
    page.fill("#f-password-begin", visitor.city.password)
    page.click("form[action$='/begin'] button")
    assert faults(page) == []
    assert page.locator("img.qr").evaluate("one => one.naturalWidth") > 100
    codes = pyotp.TOTP(page.inner_text("code.secret").replace(" ", ""))
    # The one shown a step ago is right as well, and leaves the next one for the sign-in.
    before = visitor.city.clock.now() - timedelta(seconds=30)
    page.fill("#f-code-confirm", codes.at(before))
    page.click("form[action$='/confirm'] button")
    assert faults(page) == []
    recovery = page.locator(".codes code").all_inner_texts()
    assert len(recovery) == 10

    def give_password() -> None:
        page.click("form[action='/signout'] button")
        page.fill("#f-key", key)
        page.fill("#f-password", visitor.city.password)
        page.click("main button")
        assert page.url.endswith("/signin/code?next=/")

    give_password()
    assert faults(page) == []
    page.fill("#f-code", codes.at(visitor.city.clock.now()))
    page.click("main button")
    assert "/signin" not in page.url
    give_password()
    page.fill("#f-code", recovery[0])
    page.click("main button")
    assert "/signin" not in page.url
    visitor.open(place)
    page.fill("#f-password-off", visitor.city.password)
    page.fill("#f-code-off", recovery[1])
    page.click("form[action$='/off'] button")
    visitor.sign_in(key)
    assert visitor.complaints == []


def test_the_pages_for_whoever_forgot_are_easy_to_use(visitor: Visitor) -> None:
    page = visitor.open("/signin")
    page.click("text=Quên mật khẩu")
    assert page.url.endswith("/signin/forgotten")
    assert faults(page) == []
