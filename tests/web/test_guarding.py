"""Before any page is asked: how much may come, and what every answer says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from web.app import make_app
from web.guarding import LARGEST_FORM
from workflow.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.web.conftest import Web


def test_a_request_that_says_it_is_too_large_is_refused_unread(web: Web) -> None:
    answer = web.stranger().client.post("/signin", content=b"x" * (LARGEST_FORM + 1))
    assert answer.status_code == 413


def test_a_request_that_hides_its_size_is_cut_off(web: Web) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(LARGEST_FORM // 65_536 + 2):
            yield b"x" * 65_536

    client = TestClient(web.app, raise_server_exceptions=False)
    answer = client.post(
        "/signin",
        content=endless(),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code >= 400


def test_a_failure_is_told_by_a_number_and_nothing_else(
    web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("mật khẩu của cơ sở dữ liệu")

    monkeypatch.setattr("web.pages.signing_in.own_address", broken)
    client = TestClient(web.app, raise_server_exceptions=False)
    answer = client.get("/signin")
    assert answer.status_code == 500
    assert "RuntimeError" not in answer.text
    assert "cơ sở dữ liệu" not in answer.text
    (record,) = [one for one in caplog.records if one.name == "camket.web"]
    assert str(record.args[0] if isinstance(record.args, tuple) else "") in answer.text


def test_static_files_are_kept_and_pages_are_not(web: Web) -> None:
    browser = web.stranger()
    page = browser.get("/signin")
    sheet = page.text.split('href="/static/house.css')[1].split('"')[0]
    kept = browser.client.get(f"/static/house.css{sheet}")
    assert "immutable" in kept.headers["cache-control"]
    assert page.headers["cache-control"] == "no-store"


def test_everything_that_a_first_page_loads_is_small(web: Web) -> None:
    browser = web.stranger()
    page = browser.get("/signin")
    names = ("tokens.css", "house.css", "house.js", "icon.svg")
    size = len(page.content) + sum(
        len(browser.client.get(f"/static/{name}").content) for name in names
    )
    assert size < 100_000


def test_pages_are_sent_small_and_files_that_are_small_already_as_they_are(web: Web) -> None:
    client = web.stranger().client
    page = client.get("/signin")
    assert page.headers["content-encoding"] == "gzip"
    assert int(page.headers["content-length"]) < 0.6 * len(page.content)
    assert "accept-encoding" in page.headers["vary"].lower()
    plain = client.get("/signin", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in client.get("/healthz").headers


def test_the_secret_of_a_form_never_stands_in_a_page_as_it_was(web: Web) -> None:
    browser = web.stranger()
    tokens = {browser.get("/signin").text and browser.token for _ in range(3)}
    assert len(tokens) == 3
    for token in tokens:
        assert browser.client.post("/language", data={"form_token": token}).status_code != 403
    for wrong in ("", "xy", "00", "0" * 128, "ab" * 64, min(tokens)[:-2], f"{min(tokens)}00"):
        answer = browser.client.post("/language", data={"form_token": wrong})
        assert answer.status_code == 403, wrong


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_over_https_cookies_and_headers_say_so(web: Web, tmp_path: Path) -> None:
    settings = load(
        data_dir=tmp_path,
        database_url=web.settings.database_url,
        secret_key=SecretStr("s" * 40),
        journal_key=SecretStr("1:" + "j" * 40),
        base_url="https://camket.example.vn",
    )
    app = make_app(settings, engine=web.engine, clock=web.clock)
    client = TestClient(app, base_url="https://camket.example.vn")
    answer = client.get("/signin")
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    token = answer.text.split('name="form_token" value="')[1].split('"')[0]
    answer = client.post("/language", data={"form_token": token, "lang": "en"})
    cookies = [one for one in client.cookies.jar if one.name == "lang"]
    assert [one.secure for one in cookies] == [True]


def test_the_web_is_alive_and_ready(web: Web) -> None:
    client = web.stranger().client
    assert [client.get(path).text for path in ("/healthz", "/readyz")] == ["ok", "ok"]
