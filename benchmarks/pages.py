"""How long pages and lists of the API take, at the size of a city and with visitors arriving.

    python -m benchmarks.pages [--tasks 1000000] [--seconds 60] [--rate 10] [--kind postgresql]
        [--folder FOLDER]

The real server in a process of its own, on the database that holds these tasks, each kept
figure of a board counted before. Visitors arrive at a rate whatever the server does (an open
model), in turns at every main page and list, as four people; the generator shares the two
cores. Printed is the server's own time from the request's arrival to the answer, waiting for a
thread included, as the median and the 95th of a hundred, and the size of a first visit.
A folder keeps the databases: the next run with it begins with what the first one made.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import re
import socket
import statistics
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from pydantic import SecretStr
from sqlalchemy import bindparam, text

from benchmarks.figures import AS_OF, OBLIGATIONS, QUARTERS, lived
from benchmarks.racing import KINDS, analyse, databases, fresh, kept, seconds
from reports.boards.keeping import keep_figures
from web.app import make_app
from web.serving import Server
from workflow import sessions
from workflow.accounts import add_user, ensure_local_administrator
from workflow.domain.clock import SteppedClock
from workflow.domain.roles import Grant, Role
from workflow.journal import Act
from workflow.settings import Settings, load
from workflow.store.engine import UTCDateTime, make_engine
from workflow.store.people import person_by_key
from workflow.tokens import Scope, make_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Engine
    from starlette.types import Message, Receive, Send
    from starlette.types import Scope as Asked

BOUND_MS: Final = 150.0
FIRST_LOAD_KB: Final = 100.0
_CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_PASSWORD: Final = "một câu đủ dài để nhớ"  # noqa: S105 - of accounts that live as long as the race
_NOW: Final = AS_OF + timedelta(minutes=1)

_PEOPLE: Final = {
    "lanh-dao": Grant(role=Role.LEADER),
    "can-bo": Grant(role=Role.UNIT_OFFICER, unit="u000007"),
    "tham-dinh": Grant(role=Role.REVIEWER),
    "quan-tri": Grant(role=Role.ADMINISTRATOR),
}
_BOARD: Final = (
    "/board",
    "/board?period=2025-Q4&sort=-overdue",
    "/board?period=2025&obligation=d003",
    "/board/matrix?period=2025-Q4",
    "/board/summary?period=2025-H2",
    "/board/tasks?period=2025-Q4&state=not_done_overdue",
)
_EVERYBODY: Final = ("/", "/tasks", "/agreements", "/reports", "/meetings", "/account")
_API: Final = (
    "/api/v1/me",
    "/api/v1/tasks",
    "/api/v1/agreements",
    "/api/v1/agreements/ct-01/figures?period=2025-Q4",
    "/api/v1/units",
    "/api/v1/reports",
    "/api/v1/meetings",
)
_PAGES: Final = {
    "lanh-dao": (*_EVERYBODY, *_BOARD, *_API),
    "can-bo": (*_EVERYBODY, *_BOARD, "/work", "/tasks/{task}", "/units/u000007", *_API),
    "tham-dinh": (
        *_EVERYBODY,
        "/review",
        "/review/concessions",
        "/review/doubts",
        "/tasks/{task}",
        "/tasks?state=in_review",
        "/api/v1/reviews",
        *_API,
    ),
    "quan-tri": (
        *_EVERYBODY,
        "/units",
        "/people",
        "/journal",
        "/jobs",
        "/calendar",
        "/people/can-bo",
        "/agreements/ct-01",
        "/tasks?q=u000005",
        "/units/u000005",
        "/api/v1/people",
        "/api/v1/journal",
        "/api/v1/jobs",
        "/api/v1/tasks/{task}",
        *_API,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """One arrival: who, where, and with what to be known by."""

    who: str
    path: str
    headers: dict[str, str]


def main() -> None:
    """Measure on each database and print a line for each page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=float, default=10.0)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="camket-pages-") as folder:
        for kind in chosen.kind or ["postgresql"]:
            name = f"{kind}, {chosen.tasks:,} tasks"
            with _database(kind, chosen.folder) as engine:
                visits = world(engine, name, tasks=chosen.tasks)
                _measure(engine, visits, Path(folder), name, chosen=chosen)


@contextmanager
def _database(kind: str, folder: Path | None) -> Iterator[Engine]:
    if folder is None:
        with databases() as made, fresh(made, kind) as engine:
            yield engine
    else:
        with kept(folder, kind) as engine:
            yield engine


def _measure(
    engine: Engine,
    visits: list[_Visit],
    folder: Path,
    name: str,
    *,
    chosen: argparse.Namespace,
) -> None:
    port = _free_port()
    url = engine.url.render_as_string(hide_password=False)
    spawning = multiprocessing.get_context("spawn")
    server = spawning.Process(target=_serve, args=(url, port, folder), daemon=True)
    server.start()
    try:
        _await(port)
        # Once each before the clock runs: compiled statements and templates are kept.
        for visit in visits:
            _ask(port, visit)
        _report(_arrive(port, visits, seconds_=chosen.seconds, rate=chosen.rate), name)
        size = _first_load(port)
        print(f"{name}: first load {size / 1000:.0f} kB (wanted < {FIRST_LOAD_KB:.0f})")
    finally:
        server.terminate()
        server.join()


def _arrive(
    port: int, visits: list[_Visit], *, seconds_: int, rate: float
) -> list[tuple[_Visit, int, float]]:
    """Visitors at a rate, in turns, whether or not those before them were served."""
    number = int(seconds_ * rate)
    begun = time.perf_counter()
    with ThreadPoolExecutor(max_workers=64) as crowd:
        coming = []
        for one in range(number):
            time.sleep(max(0.0, begun + one / rate - time.perf_counter()))
            visit = visits[one % len(visits)]
            coming.append((visit, crowd.submit(_ask, port, visit)))
        return [(visit, *answer.result()) for visit, answer in coming]


def _ask(port: int, visit: _Visit) -> tuple[int, float]:
    """The status, and the server's own milliseconds."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    line.request("GET", visit.path, headers=visit.headers)
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status, float(answer.headers["x-took-ms"])


def _report(answers: list[tuple[_Visit, int, float]], name: str) -> None:
    took: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for visit, status, milliseconds in answers:
        if status >= HTTPStatus.BAD_REQUEST:
            raise SystemExit(f"{visit.path} as {visit.who}: {status}")
        took[visit.path, visit.who].append(milliseconds)
    for (path, who), times in sorted(took.items(), key=lambda one: -_p95(one[1])):
        print(
            f"{_p95(times):8.1f} ms p95 {statistics.median(times):8.1f} ms p50"
            f" of {len(times):3}  {path} as {who}"
        )
    every = [milliseconds for _, _, milliseconds in answers]
    slow = sum(_p95(times) > BOUND_MS for times in took.values())
    print(
        f"{name}: all pages p50 {statistics.median(every):.1f} ms, p95 {_p95(every):.1f} ms"
        f" (wanted ≤ {BOUND_MS:.0f}); {slow} of {len(took)} pages above it"
    )


def _p95(times: Iterable[float]) -> float:
    ordered = sorted(times)
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


def _first_load(port: int) -> int:
    """What a browser without anything fetches to show the first page, as it travels."""
    page, size = _fetched(port, "/signin")
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.decode())
    return size + sum(_fetched(port, one)[1] for one in sorted(set(found)))


def _fetched(port: int, path: str) -> tuple[bytes, int]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("GET", path)
    body = line.getresponse().read()
    line.close()
    return body, len(body)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _await(port: int) -> None:
    for _ in range(600):
        try:
            _fetched(port, "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server does not answer")


# --- the server's process ---------------------------------------------------------------


def _serve(url: str, port: int, folder: Path) -> None:
    import uvicorn

    app = make_app(_settings(url, folder), engine=make_engine(url), clock=SteppedClock(_NOW))

    async def timed(scope: Asked, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                took = f"{1000 * (time.perf_counter() - begun):.2f}".encode()
                message["headers"] = [*message["headers"], (b"x-took-ms", took)]
            await send(message)

        await app(scope, receive, told)

    config = uvicorn.Config(timed, host="127.0.0.1", port=port, log_level="warning")
    Server(config).run()


def _settings(url: str, folder: Path) -> Settings:
    return load(
        data_dir=folder,
        database_url=url,
        secret_key=SecretStr("s" * 40),
        journal_key=SecretStr("1:" + "j" * 40),
    )


# --- the world --------------------------------------------------------------------------


def world(engine: Engine, name: str, *, tasks: int) -> list[_Visit]:
    """Make the city, unless the database has it, and give every visit that is paid to it."""
    with engine.begin() as db:
        agreement_id = db.execute(text("SELECT id FROM agreement")).scalar_one_or_none()
        if agreement_id is not None:
            return _visits(db, agreement_id)
    city = lived(engine, units=max(8, tasks // (OBLIGATIONS * len(QUARTERS))))
    with engine.begin() as db:
        db.execute(text("DELETE FROM kept_touch"))
        for statement in _BESIDE:
            at = [bindparam("at", AS_OF, UTCDateTime())] if ":at" in statement else []
            db.execute(text(statement).bindparams(*at))
        took = seconds(lambda: keep_figures(db, at=AS_OF))
        print(f"{name}: every figure counted in {took:.1f} s")
    analyse(engine)
    with engine.begin() as db:
        db.execute(text("UPDATE task SET changed_at = changed_at WHERE id IN (1, 2, 3)"))
        took = seconds(lambda: keep_figures(db, at=_NOW))
        print(f"{name}: three tasks later brought up to date in {took:.2f} s")
        return _visits(db, city.agreement)


#: What hangs on tasks besides: submissions that wait for a person, those of the last quarter
#: only, requests and doubts of them, and a journal. Beside tasks: meetings, and an officer of
#: each unit.
_BESIDE: Final = (
    """UPDATE task SET state = 'accepted' WHERE state = 'in_review' AND due_on < '2025-10-01'""",
    """INSERT INTO submission (task_id, number, submitted_at, submitted_by, counted_at,
     referred_at, review_due_on, is_automatic, says_nothing)
     SELECT id, 1, submitted_at, 'can-bo', submitted_at, submitted_at, due_on, false, false
     FROM task WHERE state = 'in_review' AND submitted_at IS NOT NULL""",
    """INSERT INTO journal_entry (at, by, verb, agreement_id, subject, subject_id, body,
     transaction_id)
     SELECT planned_at, 'can-bo', 'task.submitted', agreement_id, 'task', id, '{}', 0
     FROM task WHERE id % 4 = 0""",
    """INSERT INTO concession (task_id, kind, asked_by, asked_at, reason, until_on, is_late)
     SELECT id, 'extension', 'can-bo', changed_at, 'Chờ văn bản của đơn vị bạn', '2026-02-28',
      false
     FROM task WHERE state = 'open' AND due_on > '2025-10-01' AND id % 7 = 0""",
    """INSERT INTO event (nature, kind, convener_id, happens_on, first_on, title, state,
     recorded_by, recorded_at, changed_at)
     SELECT 'meeting', 'giao-ban', id, '2025-12-15', '2025-12-15', 'Giao ban tháng', 'held',
      'can-bo', :at, :at
     FROM unit WHERE id % 4 = 0""",
    """INSERT INTO person (key, name, created_by, created_at)
     SELECT 'cb-' || key, 'Cán bộ ' || key, 'can-bo', :at FROM unit""",
    """INSERT INTO role_grant (person_id, role, unit_id, granted_at)
     SELECT p.id, 'unit_officer', u.id, p.created_at
     FROM person p JOIN unit u ON p.key = 'cb-' || u.key""",
)


def _visits(db: Connection, agreement_id: int) -> list[_Visit]:
    chief = ensure_local_administrator(db, name="Quản trị", at=AS_OF)
    task_id = db.execute(
        text(
            "SELECT t.id FROM task t JOIN unit u ON u.id = t.unit_id"
            " WHERE u.key = 'u000007' AND t.agreement_id = :agreement ORDER BY t.id LIMIT 1"
        ),
        {"agreement": agreement_id},
    ).scalar_one()
    found: list[list[_Visit]] = []
    for key, grant in _PEOPLE.items():
        if person_by_key(db, key) is None:
            add_user(db, key, name=key, grants=[grant], act=Act(by=chief, at=AS_OF))
        db.execute(
            text(
                "UPDATE person SET password_hash = :hash, is_password_temporary = :no"
                " WHERE key = :key"
            ),
            {"hash": _CHEAP.hash(_PASSWORD), "no": False, "key": key},
        )
        session = sessions.sign_in(
            db, key, password=_PASSWORD, at=_NOW, address="127.0.0.1", hasher=_CHEAP
        )
        token = make_token(db, name="x", scope=Scope.READ, days=30, act=Act(by=key, at=_NOW))
        found.append(
            [
                _Visit(
                    who=key,
                    path=path.format(task=task_id),
                    headers={"authorization": f"Bearer {token}"}
                    if path.startswith("/api/")
                    else {"cookie": f"camket={session}"},
                )
                for path in _PAGES[key]
            ]
        )
    # In turns, so that no kind of page comes in a row.
    longest = max(map(len, found))
    return [some[place] for place in range(longest) for some in found if place < len(some)]


if __name__ == "__main__":
    main()
