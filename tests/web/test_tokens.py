"""The page of one's own tokens: made and shown once, listed, revoked, and refused in words."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.factories import living
from tests.web.api import V1, token_of
from tests.web.conftest import Browser, with_password
from workflow.store.journal import journal_entry
from workflow.store.tokens import api_token

if TYPE_CHECKING:
    from tests.web.conftest import Web

TOKEN = re.compile(r"camket_[\w-]{43}")
PAGE = "/account/tokens"


@pytest.fixture
def town(web: Web) -> Web:
    for db in web.founding(f"{__name__}.town"):
        living(db)
        for key in ("can-bo-a", "can-bo-b"):
            with_password(db, key)
    return web


def officer(web: Web) -> Browser:
    browser = web.signed_in("can-bo-a")
    browser.get(PAGE)
    return browser


def made(browser: Browser, **typed: str) -> str:
    answer = browser.post(PAGE, {"name": "Bảng tính", "scope": "read", "days": "90", **typed})
    assert answer.status_code == 200
    (token,) = set(TOKEN.findall(answer.text))
    return str(token)


def test_a_stranger_is_asked_to_sign_in(town: Web) -> None:
    assert town.stranger().get(PAGE).url.path == "/signin"


def test_a_token_is_shown_once_and_works(town: Web) -> None:
    browser = officer(town)
    token = made(browser)
    page = browser.get(PAGE).text
    assert token not in page
    assert "Bảng tính" in page
    assert "chưa dùng" in page
    answer = browser.client.get(f"{V1}/me", headers={"Authorization": f"Bearer {token}"})
    assert (answer.json()["key"], answer.json()["scope"]) == ("can-bo-a", "read")
    assert answer.json()["expires_at"] == "2024-04-01T02:00:00Z"
    with town.engine.begin() as db:
        said = db.execute(select(journal_entry).where(journal_entry.c.verb == "token.made")).one()
    assert token not in str(said)


def test_a_calendar_is_shown_as_its_address(town: Web) -> None:
    browser = officer(town)
    answer = browser.post(PAGE, {"name": "Điện thoại", "scope": "calendar"})
    found = re.search(
        r"http://127\.0\.0\.1:8000(/calendar/[\w-]+\.ics)", html.unescape(answer.text)
    )
    assert found
    assert browser.client.get(found.group(1)).text.startswith("BEGIN:VCALENDAR")
    assert "khi bị thu hồi" in browser.get(PAGE).text


def test_a_token_is_revoked(town: Web) -> None:
    browser = officer(town)
    token = made(browser)
    action = re.search(r'action="(/account/tokens/\d+/revoke)"', browser.get(PAGE).text)
    assert action
    assert "Đã thu hồi mã truy cập" in browser.post(action.group(1)).text
    assert "Chưa có chương trình" in browser.get(PAGE).text
    answer = browser.client.get(f"{V1}/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert browser.post(action.group(1)).status_code == 404


def test_nobody_revokes_the_token_of_somebody_else(town: Web) -> None:
    token_of(town, "can-bo-b")
    with town.engine.begin() as db:
        number = db.scalar(select(api_token.c.id))
    assert officer(town).post(f"{PAGE}/{number}/revoke").status_code == 404
    with town.engine.begin() as db:
        assert db.scalar(select(api_token.c.revoked_at)) is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "  "}, "cần có tên"),
        ({"days": "9999"}, "từ 1 đến 366 ngày"),
        ({"days": ""}, "từ 1 đến 366 ngày"),
        ({"days": "x"}, "từ 1 đến 366 ngày"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    town: Web, typed: dict[str, str], words: str
) -> None:
    given = {"name": "<b>Tên</b>", "scope": "write", "days": "30", **typed}
    answer = officer(town).post(PAGE, given)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert "<b>" not in answer.text
    assert re.search(r'value="write" checked', answer.text)
    with town.engine.begin() as db:
        assert db.execute(select(api_token)).all() == []


def test_a_kind_that_there_is_not_only_reads(town: Web) -> None:
    token = made(officer(town), scope="everything")
    answer = town.stranger().client.get(f"{V1}/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["scope"] == "read"


def test_nobody_keeps_more_than_fifty(town: Web) -> None:
    for _ in range(50):
        token_of(town, "can-bo-a")
    answer = officer(town).post(PAGE, {"name": "x", "scope": "read", "days": "30"})
    assert (answer.status_code, "50 mã truy cập" in answer.text) == (422, True)
    town.clock.advance(timedelta(days=366))
    assert made(officer(town))


def test_a_long_name_is_cut(town: Web) -> None:
    made(officer(town), name="x" * 200)
    with town.engine.begin() as db:
        assert db.scalar(select(api_token.c.name)) == "x" * 80


def test_a_form_of_another_session_makes_nothing(town: Web) -> None:
    browser = officer(town)
    browser.token = "0" * 64
    assert browser.post(PAGE, {"name": "x", "scope": "read", "days": "30"}).status_code == 403


def test_the_account_page_leads_here(town: Web) -> None:
    assert f'href="{PAGE}"' in officer(town).get("/account").text


def test_the_page_speaks_english(town: Web) -> None:
    browser = officer(town)
    browser.post("/language", {"lang": "en", "back": PAGE})
    assert "No program and no calendar has access in your name." in browser.get(PAGE).text
