"""Everybody gets in and out, in both languages, also without a script and on a phone."""

from __future__ import annotations

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
