"""What docs/security.md promises and no page's own test holds."""

from __future__ import annotations

import csv
import io
import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.testclient import TestClient

from tests.factories import living
from tests.sources import ROOT
from tests.web.conftest import PASSWORD, Web, with_password
from tests.worlds import act, day, unit
from web.app import make_app
from web.guarding import LARGEST_FORM, LARGEST_UPLOAD
from workflow import second_factor
from workflow.domain.folding import tidied
from workflow.domain.units import FOREVER, Dated, Span
from workflow.intake.unit_sheet import read_units
from workflow.intake.unit_sheet_writing import write_units
from workflow.registry import load_units
from workflow.settings import load
from workflow.tokens import Scope, make_token

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Message

_FORMULA = re.compile(r"[=+@\t\r]|-.")
HOSTILE = ('+84 222|cmd!"A1"', "@SUM(1+1)*cmd|' /C calc'!A0", "-2+3", "'-2+3", "'@x")


def called(name: str) -> tuple[Dated, ...]:
    return (Dated(value=name, span=Span(from_on=day("2020-01-01"), until_on=FOREVER)),)


@pytest.fixture
def city(web: Web) -> Web:
    for db in web.founding(f"{__name__}.city"):
        living(db)
        with_password(db, "quan-tri")
    return web


def test_the_session_is_bound_to_this_host_and_to_https(web: Web, tmp_path: Path) -> None:
    with web.engine.begin() as db:
        living(db)
        with_password(db, "quan-tri")
    settings = load(
        data_dir=tmp_path,
        database_url=web.settings.database_url,
        secret_key=SecretStr("s" * 40),
        journal_key=SecretStr("1:" + "j" * 40),
        base_url="https://camket.example.vn",
    )
    app = make_app(settings, engine=web.engine, clock=web.clock)
    client = TestClient(app, base_url="https://camket.example.vn", follow_redirects=False)
    token = client.get("/signin").text.split('name="form_token" value="')[1].split('"')[0]
    form = {"form_token": token, "key": "quan-tri", "password": PASSWORD}
    said = client.post("/signin", data=form).headers["set-cookie"]
    name, _, flags = said.partition("=")
    assert name == "__Host-camket"
    assert {part.strip().lower() for part in flags.split(";")[1:]} == {
        "httponly",
        "path=/",
        "samesite=lax",
        "secure",
    }


def test_without_https_nothing_is_promised_to_the_browser(web: Web) -> None:
    answer = web.stranger().get("/signin")
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    ("address", "bound"),
    [
        ("/tasks/1/evidence", LARGEST_UPLOAD),
        ("/api/v1/tasks/1/evidence", LARGEST_UPLOAD),
        ("/units/import", LARGEST_UPLOAD),
        ("/people/-/new", LARGEST_FORM),
        ("/api/v1/meetings", LARGEST_FORM),
    ],
)
def test_more_than_is_taken_is_refused_before_a_byte_of_it_is_read(
    web: Web, address: str, bound: int
) -> None:
    read: list[int] = []

    async def receive() -> Message:
        read.append(1)
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": address,
        "headers": [(b"content-length", str(bound + 1).encode())],
    }
    anyio.run(web.app.middleware_stack or web.app.build_middleware_stack(), scope, receive, send)
    assert (sent[0]["status"], read) == (413, [])


def test_no_spreadsheet_reckons_what_is_exported_and_it_reads_back(city: Web) -> None:
    names = {f"la-{number}": name for number, name in enumerate(HOSTILE)}
    with city.engine.begin() as db:
        load_units(
            db, [unit(key, names=called(name)) for key, name in names.items()], act=act(by="local")
        )
    text = city.signed_in("quan-tri").get("/units/file").content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert [cell for cell in cells if _FORMULA.match(cell)] == []
    back = {one.key: one.names[0].value for one in read_units(text.encode()).units}
    assert {key: back[key] for key in names} == names


@given(st.text(st.sampled_from("'=+-@a "), min_size=1, max_size=6).map(tidied))
def test_what_is_kept_from_spreadsheets_reads_back_as_it_was(name: str) -> None:
    if not name or name == "-" or name.startswith("="):
        return  # nothing, the sign of an end, and what sheets never hold
    (back,) = read_units(write_units([unit("la", names=called(name))]).encode()).units
    assert back.names[0].value == name


def test_nothing_secret_is_written_to_the_log(city: Web, caplog: pytest.LogCaptureFixture) -> None:
    """Sign-ins, codes, tokens, links and a failure, with every logger as loud as it goes."""
    caplog.set_level(logging.DEBUG)
    # What the test's own client says is not ours.
    caplog.set_level(logging.WARNING, logger="httpx2")
    key = city.settings.session_secret
    with city.engine.begin() as db:
        token = make_token(db, name="t", scope=Scope.WRITE, days=9, act=act(by="quan-tri"))
        second_factor.begin(db, act=act(by="quan-tri"), key=key)
        secret = second_factor.offered(db, act=act(by="quan-tri"), key=key).secret
        code = pyotp.TOTP(secret).at(city.clock.now())
        codes = second_factor.confirm(db, code=code, act=act(by="quan-tri"), key=key)
    premises = city.app.state.premises
    settings = premises.settings.model_copy(update={"smtp_url": "smtp://u:gui-thu-bi-mat@h"})
    city.app.state.premises = replace(premises, settings=settings)
    browser = city.stranger()
    browser.get("/signin")
    browser.post("/signin", {"key": "quan-tri", "password": PASSWORD})
    session = browser.client.cookies["camket"]
    browser.post("/signin/code", {"code": "000000"})
    browser.post("/signin/code", {"code": codes[0]})
    browser.get("/signin/forgotten")
    browser.post("/signin/forgotten", {"key": "quan-tri"})
    browser.get("/signin/new-password", params={"k": "duong-dan-bi-mat"})
    bearer = {"authorization": f"Bearer {token}"}
    browser.client.get("/api/v1/me", headers=bearer)
    browser.client.post("/api/v1/meetings", json={"kind": "?"}, headers=bearer)
    loud = TestClient(city.app, raise_server_exceptions=False)
    city.app.state.premises = replace(premises, engine=None)
    loud.cookies.set("camket", session)
    loud.get("/account", headers=bearer)
    city.app.state.premises = premises
    assert "failed" in caplog.text, "the failure is in the log"
    for said in (PASSWORD, session, token, secret, *codes, "gui-thu", "duong-dan", "s" * 40):
        assert said not in caplog.text


def test_settings_show_no_secret_however_they_are_printed(city: Web) -> None:
    settings = city.settings.model_copy(
        update={
            "smtp_url": "smtp://u:gui-thu-bi-mat@h",
            "broker_url": "redis://:hang-doi-bi-mat@h",
            "database_url": "postgresql://u:du-lieu-bi-mat@h/d",
        }
    )
    printed = f"{settings!r} {settings}"
    assert "bi-mat" not in printed
    assert "s" * 40 not in printed


def test_every_row_of_the_list_names_a_test_that_is_there() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").partition("\n## ")[0]
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 25
    for row in rows:
        rule, shown_by = row[1].strip(), row[-2]
        named_tests = re.findall(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`", shown_by)
        assert named_tests or "make check" in shown_by, rule
        for path, function in named_tests:
            found = ROOT / path
            assert found.exists(), f"{rule}: {path}"
            if function:
                assert f"def {function}(" in found.read_text(encoding="utf-8"), (
                    f"{rule}: {function}"
                )
