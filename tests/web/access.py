"""Who gets where: every address of the web and the API, tried by each of the cast.

    python -m tests.web.access > tests/web/access.txt

``+`` is served (or misunderstood: an empty form is nobody's wish), ``-`` is refused as
forbidden or as not there, ``>`` is sent to sign in. The file is read by people before it is
committed, and a route that it does not hold fails the suite.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from argon2 import PasswordHasher
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr
from sqlalchemy import event, update
from starlette.testclient import TestClient

from reports.boards.keeping import keep_figures
from reports.delivering.recipients import add_role
from reports.drafting import Basis, draft_report
from reports.letters.drawing import Drawing, draw_letters
from reports.letters.due import Choice, Wording
from tests import worlds
from tests.factories import GRANTS, accepted, by, duty, handed_in, living, says, task_of
from web.app import make_app
from web.form_tokens import form_token
from workflow import sessions
from workflow.accounts import add_user
from workflow.coverage import prove_coverage
from workflow.domain.announced import Happening
from workflow.domain.clock import SteppedClock
from workflow.domain.reachable import Allowed
from workflow.domain.roles import Grant, Role
from workflow.domain.triggers import Event
from workflow.doubts import raise_doubt
from workflow.evidence.check import Outcome
from workflow.files import FileStore
from workflow.instructions import Wanted, instruct
from workflow.meetings import record_event
from workflow.owing import bring_up_to_date
from workflow.settings import load
from workflow.sourcing import add_source
from workflow.store.engine import make_engine
from workflow.store.evidence import evidence_item, remember_file
from workflow.store.migrate import upgrade
from workflow.store.people import person
from workflow.tokens import Scope, make_token
from workflow.webhooks import register_webhook, send_test

if TYPE_CHECKING:
    from fastapi import FastAPI
    from httpx2 import Response
    from sqlalchemy import Connection, Engine

    from workflow.settings import Settings

TABLE: Final = Path(__file__).parent / "access.txt"
_NOT_OURS: Final = frozenset({"/static"})
_ON: Final = "2024-04-02"
_HASHER: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_PASSWORD: Final = "một câu đủ dài để nhớ"

#: The columns of the table: the cast (``factories.GRANTS``), each kind once, before them somebody
#: without an account, and after them an officer of the other party.
CAST: Final = (
    "stranger",
    *(key for key in GRANTS if not key.endswith("-2")),
    "can-bo-bao",
)


#: What is sent along, so that whoever may do something is not merely misunderstood: to pages as
#: a form, to the API as JSON, to both as a query.
_SAID: Final = {
    "reason": "lý do",
    "kind": "hop",
    "convener": "thanh-pho",
    "happens_on": "2024-05-20",
    "on": "2024-05-20",
    "to": "2024-05-21",
    "until_on": "2024-06-01",
    "until": "2024-06-01",
    "period": "2024-Q1",
    "agreement": "ct-01",
    "name": "thử",
    "key": "moi",
    "role": "auditor",
    "ground": "căn cứ",
    "outcome": "kept",
    "year": "2024",
    "address": "https://receiver.example/",
    "events": ["task.accepted"],
    "event": "task.accepted",
    "days": [{"day_on": "2024-05-20", "kind": "off"}],
}
#: Of these a reader says something as well.
_ASKED: Final = ("period", "year")
#: What some readers say besides.
_QUERIES: Final[dict[str, dict[str, str]]] = {
    "/records/": {"agreement": "ct-01"},
    "/letters/preview": {"agreement": "ct-01", "unit": "phuong-b"},
}
#: Where a word of the address or of the request means something else.
_OTHERWISE: Final[dict[str, dict[str, Any]]] = {
    "/api/v1/": {"text": "x", "seen": "x", "paragraphs": {}},
    "/instructions": {
        "code": "YK-2024-001",
        "text": "việc phải làm",
        "units": ["phuong-a"],
        "due": "2024-05-20",
        "due_on": "2024-05-20",
    },
    "/people/": {"key": "can-bo-a"},
    "/files/": {"kind": "html"},
    "/letters": {
        "kind": "pdf",
        "format": "pdf",
        "units": ["phuong-b"],
        "days": 1,
        "answer_by": "2024-04-20",
        "number": "45",
        "issued_on": "2024-04-02",
    },
    "/letters/runs": {"kind": "zip"},
    "/duty": {"of": "mua-bao"},
    "/requests": {"kind": "extension"},
    "/doubts": {"kind": "raised"},
    "/me/settings": {"lang": "vi", "keys": "off", "reminders": "daily"},
    "/paragraphs": {"strengths": "ngắn gọn"},
    "/delivery": {
        "role": "leader",
        "moment": "issue",
        "starts_on": "2023-10-01",
        "issuer": "state",
        "first": 1,
    },
    "/sentences": {"key": "results.units", "use": "left_out"},
    "/reports/{report_id}/confirm": {"place": "causes"},
}


class Trial:
    """One world of everything, and an answer for each address and person."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._settings: Settings = load(
            data_dir=folder,
            database_url=f"sqlite:///{folder / 'camket.db'}",
            secret_key=SecretStr("s" * 40),
            journal_key=SecretStr("1:" + "j" * 40),
        )
        self._clock = SteppedClock(worlds.at(_ON))
        engine = make_engine(self._settings.database_url)
        upgrade(engine)
        with engine.begin() as db:
            self._known = _found(db)
            _with_files(db, FileStore(root=self._settings.evidence_dir), self._known)
            self._known |= _pressed(db, folder)
            self._tokens = {key: _signed_in(db, key) for key in CAST if key != "stranger"}
            self._bearers = {
                key: make_token(db, name="thử", scope=Scope.WRITE, days=30, act=by(key, _ON))
                for key in self._tokens
            }
        engine.dispose()
        self.seen = make_engine(
            f"sqlite:///{shutil.copy(folder / 'camket.db', folder / 'seen.db')}"
        )
        #: How often the database was asked at most, by address, for whoever looked there.
        self.asked: Counter[str] = Counter()
        self._tried = _Tried(folder)
        self.app: FastAPI = make_app(
            self._settings, engine=make_engine("sqlite://"), clock=self._clock
        )
        self._client = TestClient(
            self.app, base_url="http://testserver", follow_redirects=False
        ).__enter__()

    def close(self) -> None:
        """Let go of what every request shared."""
        self._client.__exit__(None, None, None)
        self._tried.engine.dispose()
        self.seen.dispose()

    def routes(self) -> list[tuple[str, str]]:
        """Every method and address of the application, in order."""
        return sorted(
            (method, str(route.path))
            for route in iter_route_contexts(self.app.routes)
            if route.path not in _NOT_OURS
            for method in (route.methods or set()) - {"HEAD"}
        )

    def row(self, method: str, path: str) -> str:
        """What each of the cast gets there, a sign each."""
        return "".join(self._sign(method, path, key) for key in CAST)

    def _sign(self, method: str, path: str, key: str) -> str:
        # Whoever only looks leaves the world as it is, and needs none of their own.
        if method == "GET":
            answer = self._look(path, key)
        else:
            engine = self._tried.anew()
            self.app.state.premises = replace(self.app.state.premises, engine=engine)
            said = _said(path)
            if path.startswith("/api/"):
                answer = self._ask(method, path, key, json=said)
            else:
                token = form_token(self._settings, self._tokens.get(key, ""))
                answer = self._ask(method, path, key, data={"form_token": token, **said})
        if answer.headers.get("location", "").startswith("/signin"):
            return ">"
        if answer.status_code >= 500:
            raise AssertionError(f"{method} {path} as {key}: {answer.status_code}")
        return "-" if answer.status_code in {401, 403, 404} else "+"

    def _look(self, path: str, key: str) -> Response:
        self.app.state.premises = replace(self.app.state.premises, engine=self.seen)
        params = {name: _said(path)[name] for name in _ASKED}
        params |= next((one for part, one in _QUERIES.items() if part in path), {})
        asked = 0

        def count(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            nonlocal asked
            asked += not statement.startswith(("BEGIN", "PRAGMA"))

        event.listen(self.seen, "before_cursor_execute", count)
        answer = self._ask("GET", path, key, params=params)
        event.remove(self.seen, "before_cursor_execute", count)
        self.asked[path] = max(self.asked[path], asked)
        return answer

    def _ask(self, method: str, path: str, key: str, **given: Any) -> Response:
        """One request of somebody, who brings nothing but what shows who it is."""
        headers = {}
        self._client.cookies.clear()
        if path.startswith("/api/") and key in self._bearers:
            headers["authorization"] = f"Bearer {self._bearers[key]}"
        elif key in self._tokens:
            self._client.cookies.set("camket", self._tokens[key])
        return self._client.request(method, self._address(path), headers=headers, **given)

    def _address(self, path: str) -> str:
        known = {**self._known, **_meant(path)}
        return re.sub(r"{(\w+)(:\w+)?}", lambda found: known[found[1]], path)


def _meant(path: str) -> dict[str, Any]:
    """The words that mean something else in an address."""
    return {
        name: one for part, some in _OTHERWISE.items() if part in path for name, one in some.items()
    }


def _said(path: str) -> dict[str, Any]:
    return {**_SAID, **_meant(path)}


def written(trial: Trial) -> str:
    """The whole table as it stands in the file."""
    names = " ".join(CAST)
    rows = [f"{trial.row(method, path)}  {method:6} {path}" for method, path in trial.routes()]
    return "\n".join([f"# {names}", *rows, ""])


class _Tried:
    """A copy of the world that one request may change, and that is made anew for the next."""

    def __init__(self, folder: Path) -> None:
        self._whole, self._path = folder / "camket.db", folder / "tried.db"
        # One engine for all copies: with a new one, each statement would be put together anew.
        self.engine = make_engine(f"sqlite:///{self._path}")

    def anew(self) -> Engine:
        self.engine.dispose()
        for one in self._path.parent.glob("tried.db*"):
            one.unlink()
        shutil.copy(self._whole, self._path)
        return self.engine


def _found(db: Connection) -> dict[str, str]:
    """A city with something of everything, and what the names in addresses stand for in it."""
    living(db, duty(), duty("hop", trigger=Event(kind="hop")))
    add_user(
        db,
        "can-bo-bao",
        name="Cán bộ báo",
        act=by("quan-tri", "2024-01-02"),
        grants=[Grant(role=Role.UNIT_OFFICER, unit="bao")],
    )
    happening = Happening(kind="hop", convener="thanh-pho", happens_on=worlds.day("2024-03-20"))
    meeting = record_event(db, happening, act=by("quan-tri", "2024-03-01"))
    waiting, settled = task_of(db, "phuong-a"), task_of(db, "phuong-a", occasion_key="2024-Q2")
    unsure = says(Outcome.UNDECIDED, code="evidence.nothing_given")
    item = handed_in(db, waiting, verdict=unsure, day="2024-03-01")
    accepted(db, settled, day="2024-04-01")
    doubt = raise_doubt(db, settled, act=by("tham-dinh", _ON, "07:00", reason="xem lại"))
    report = draft_report(
        db,
        agreement="ct-01",
        period="2024-Q1",
        basis=Basis(
            coverage=prove_coverage(db, agreement="ct-01", at=worlds.at(_ON, "07:00")),
            is_simulated=False,
        ),
        act=by("quan-tri", _ON, "08:00"),
    )
    add_role(db, agreement="ct-01", role="leader", act=by("quan-tri", _ON, "08:00"))
    webhook, _ = register_webhook(
        db,
        name="Thử",
        address="https://receiver.example/",
        events=["task.accepted"],
        act=by("quan-tri", _ON, "08:00"),
        key=b"s" * 40,
        allowed=Allowed(),
    )
    send_test(db, webhook, act=by("quan-tri", _ON, "08:00"))
    asked = Wanted(text="việc", units=frozenset({"phuong-a"}), due_on=worlds.day("2024-05-20"))
    instruct(db, asked, agreement="ct-01", act=by("lanh-dao-tp", _ON, "08:00"))
    bring_up_to_date(db, "ct-01", act=by("system:planner", _ON, "08:00"))
    keep_figures(db, at=worlds.at(_ON, "08:00"))
    db.execute(update(person).values(password_hash=_HASHER.hash(_PASSWORD)))
    return {
        "task_id": str(waiting),
        "item_id": str(item),
        "doubt_id": str(doubt),
        "event_id": str(meeting.id),
        "report_id": str(report),
        "code": "ct-01",
        "key": "phuong-a",
        "kind": "extension",
        "format": "html",
        "group": "topics",
        "number": "1",
        "session_id": "1",
        "token_id": "1",
        "token": "camket-none",
        "agreement": "ct-01",
        "webhook_id": str(webhook),
        "message_id": "1",
        "day_on": "2024-05-20",
    }


def _pressed(db: Connection, folder: Path) -> dict[str, str]:
    """Press the one ward that owes something in writing."""
    wording = Wording(answer_by=worlds.day("2024-04-20"))
    act = by("quan-tri", _ON, "08:00")
    how = Drawing(wording=wording, data_dir=folder)
    choice = Choice(obligation="mua-bao")
    (letter,) = draw_letters(db, agreement="ct-01", choice=choice, how=how, act=act)
    return {"letter_id": str(letter), "run_id": str(letter), "about": "unit"}


def _with_files(db: Connection, files: FileStore, known: dict[str, str]) -> None:
    """Give the agreement its source document, and the evidence item a file that is there."""
    stored = files.store(BytesIO("Điều 1. Mua báo.".encode()))
    remember_file(db, stored.sha256, size=stored.size, at=worlds.at(_ON, "07:00"))
    item = evidence_item.c.id == int(known["item_id"])
    db.execute(update(evidence_item).where(item).values(sha256=stored.sha256))
    add_source(
        db,
        "ct-01",
        stored=stored,
        name="chuong-trinh.txt",
        text="Điều 1. Mua báo.",
        act=by("quan-tri", _ON, "08:00"),
    )


def _signed_in(db: Connection, key: str) -> str:
    token = sessions.sign_in(
        db, key, password=_PASSWORD, at=worlds.at(_ON), address="x", hasher=_HASHER
    )
    assert token is not None
    return token


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, closing(Trial(Path(folder))) as trial:
        sys.stdout.write(written(trial))


if __name__ == "__main__":
    main()
