"""A city that has lived through a quarter, served with its workers, and a real Chromium."""

from __future__ import annotations

import shutil
import socket
import threading
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import sync_playwright

from camket.living.entrances import open_entrances
from camket.living.whole import live_through
from tasks.clock import RunningOnClock
from tasks.embedded import Embedded
from web.serving import make_server
from workflow.settings import load
from workflow.simulation import latest_instant
from workflow.store.engine import make_engine, reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page
    from sqlalchemy import Engine

    from workflow.domain.clock import Clock

#: Debian's browser; `.ci/run` installs it where it is missing.
CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
WIDE: Final = 1280
PHONE: Final = 360
WITHIN_MS: Final = 20_000


@dataclass(frozen=True)
class City:
    """Where the city is served, and how to get in."""

    address: str
    engine: Engine
    password: str
    clock: Clock


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder: Path = tmp_path_factory.mktemp("city")
    live_through(
        data=folder / "data",
        out=folder / "out",
        units=None,
        quarters=1,
        lang="vi",
        tell=lambda _day: None,
    )
    settings = load(
        data_dir=folder / "data",
        database_url=f"sqlite:///{folder / 'data' / 'camket.db'}",
        broker_url="memory://",
    )
    engine = make_engine(settings.database_url)
    with reading(engine).connect() as db:
        last = latest_instant(db)
    assert last is not None
    clock = RunningOnClock(last)
    password, _ = open_entrances(engine, at=clock.now())
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        host, port = listener.getsockname()
        server = make_server(
            settings, engine=engine, clock=clock, host=host, port=port, is_simulated=True
        )
        with Embedded(engine, settings, clock=clock, is_serving=True):
            serving = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            serving.start()
            yield City(
                address=f"http://{host}:{port}", engine=engine, password=password, clock=clock
            )
            server.should_exit = True
            serving.join()
    engine.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "these tests need Chromium: apt-get install chromium"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody at a browser: what they see, and everything that the browser complained about."""

    city: City
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def sign_in(self, key: str) -> Page:
        self.page.goto(f"{self.city.address}/signin")
        self.page.fill("#f-key", key)
        self.page.fill("#f-password", self.city.password)
        self.page.click("main button")
        assert "/signin" not in self.page.url
        return self.page

    def open(self, path: str) -> Page:
        answer = self.page.goto(f"{self.city.address}{path}")
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        return self.page


@pytest.fixture
def visitor(city: City, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """A browser of one's own; a test may ask for another width, language, mode or no script."""
    wanted: dict[str, Any] = {"width": WIDE, "lang": "vi", "script": True, "mode": "light"}
    wanted |= getattr(request, "param", {})
    context = chromium.new_context(
        viewport={"width": wanted["width"], "height": 800},
        java_script_enabled=wanted["script"],
        color_scheme=wanted["mode"],
    )
    context.set_default_timeout(WITHIN_MS)
    context.add_cookies([{"name": "lang", "value": wanted["lang"], "url": city.address}])
    page = context.new_page()
    found = Visitor(city=city, context=context, page=page)
    page.on(
        "console",
        lambda said: found.complaints.append(said.text) if said.type == "error" else None,
    )
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    yield found
    context.close()
