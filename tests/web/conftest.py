"""A web over a fresh migrated database, and a browser-like client for each of the cast."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr
from starlette.testclient import TestClient

from tests import worlds
from web.app import make_app
from web.visit import Premises
from workflow import accounts, passwords, sessions
from workflow.domain.clock import SteppedClock
from workflow.settings import load
from workflow.store.engine import make_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI
    from httpx2 import Response
    from sqlalchemy import Connection, Engine

    from workflow.settings import Settings

PASSWORD = "một câu đủ dài để nhớ"
_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]*)"')
#: Files of SQLite by the name of the world that was written into them.
_WORLDS: dict[str, bytes] = {}
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class Browser:
    """A client that keeps cookies, follows redirects and fills in the form's token."""

    client: TestClient
    token: str = ""
    last: Response | None = field(default=None)

    def get(self, address: str, **given: Any) -> Response:
        return self._seen(self.client.get(address, **given))

    def post(self, address: str, data: dict[str, Any] | None = None, **given: Any) -> Response:
        filled = {"form_token": self.token, **(data or {})}
        return self._seen(self.client.post(address, data=filled, **given))

    def _seen(self, response: Response) -> Response:
        found = _TOKEN.search(response.text)
        if found:
            self.token = found.group(1)
        self.last = response
        return response


@dataclass
class Web:
    """The application with its database, its clock and a browser for whoever asks."""

    app: FastAPI
    engine: Engine
    clock: SteppedClock
    settings: Settings

    def founding(self, world: str) -> Iterator[Connection]:
        """Give the empty database to write a world into, unless it was written before.

        To be looped over: what stands in the loop is done once for all tests of a process
        that name the same world, and the others begin with a copy of what came of it.
        """
        place = Path(self.engine.url.database or "")
        if self.engine.dialect.name == "sqlite" and world in _WORLDS:
            self.engine.dispose()
            place.write_bytes(_WORLDS[world])
            return
        with self.engine.begin() as db:
            yield db
        if self.engine.dialect.name == "sqlite":
            # The last one to leave puts everything into the one file.
            self.engine.dispose()
            _WORLDS[world] = place.read_bytes()

    def stranger(self) -> Browser:
        return Browser(TestClient(self.app, base_url="http://testserver"))

    def signed_in(self, key: str) -> Browser:
        browser = self.stranger()
        browser.get("/signin")
        answer = browser.post("/signin", {"key": key, "password": PASSWORD})
        assert answer.url.path != "/signin", answer.text
        return browser


def with_password(db: Connection, key: str) -> None:
    """Give an account the password that every test account has."""
    from sqlalchemy import update

    from workflow.store.people import person

    db.execute(
        update(person).where(person.c.key == key).values(password_hash=_CHEAP.hash(PASSWORD))
    )


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost what tests can afford; that the real ones cost more is a test of its own."""
    for function in (sessions.sign_in, passwords.verified, accounts.change_password):
        defaults = function.__kwdefaults__ or {}
        assert "hasher" in defaults
        monkeypatch.setitem(defaults, "hasher", _CHEAP)


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application, put together once: what a test changes is on whose premises it runs."""
    settings = _settings(tmp_path_factory.mktemp("web"), "sqlite://")
    clock = SteppedClock(worlds.at("2024-01-02"))
    return make_app(settings, engine=make_engine("sqlite://"), clock=clock)


@pytest.fixture
def web(application: FastAPI, clone: Engine, tmp_path: Path) -> Web:
    """A web on an empty database, at 9:00 on 2/1/2024."""
    settings = _settings(tmp_path, clone.url.render_as_string(hide_password=False))
    clock = SteppedClock(worlds.at("2024-01-02"))
    application.state.premises = Premises(settings=settings, engine=clone, clock=clock)
    return Web(app=application, engine=clone, clock=clock, settings=settings)


def _settings(folder: Path, database_url: str) -> Settings:
    return load(
        data_dir=folder,
        database_url=database_url,
        secret_key=SecretStr("s" * 40),
        journal_key=SecretStr("1:" + "j" * 40),
    )


def _write_drafts(db: Connection) -> None:
    """A living city with an agreement in force and a draft of another; some may sign in."""
    from tests.factories import PARTIES, duty, living
    from workflow.definitions import import_agreement

    living(db)
    said = worlds.agreement(duty("doc-bao"), parties=PARTIES, code="du-thao", title="Dự thảo")
    import_agreement(db, said, act=worlds.act(by="quan-tri-2"))
    for key in ("quan-tri", "quan-tri-2", "tham-dinh", "can-bo-a"):
        with_password(db, key)


@pytest.fixture
def drafted(web: Web) -> Web:
    """A web over a city in which agreements are being written."""
    for db in web.founding(f"{__name__}.drafted"):
        _write_drafts(db)
    return web
