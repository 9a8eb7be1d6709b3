"""How long a unit waits from handing in to the verdict, embedded and at scale.

    python -m benchmarks.verdicts [--submissions 60] [--mode embedded] [--mode scaled]

Real papers are handed in one after another, as people do; the wait is from the
commit of the submission to the conclusion of the checks. ``embedded`` is one process on
SQLite over the memory transport; ``scaled`` is a worker and a scheduler of their
own on PostgreSQL and Valkey. The baseline of the same run is the check by itself,
in the same pool of child processes.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from benchmarks.racing import databases, seconds
from tasks.clock import SystemClock
from tasks.embedded import Embedded
from tasks.jobs import JOBS, TICKS
from tests import servers, worlds
from workflow.accounts import ensure_local_administrator
from workflow.domain.agreement import Requirement
from workflow.evidence.sandbox import Pool
from workflow.examples.specimens import minutes_docx
from workflow.files import FileStore
from workflow.journal import Act
from workflow.planning import plan_tasks
from workflow.settings import Settings
from workflow.store.engine import make_engine, reading
from workflow.store.tasks import task
from workflow.store.units import unit
from workflow.store.work import heartbeat
from workflow.submission import add_evidence, submit_task
from workflow.verification import ToVerify, items_to_verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

_PAUSE_S = 0.15
_LOOK_S = 0.002
_LONGEST_S = 60.0


def main() -> None:
    """Measure each mode and print its waits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=60)
    parser.add_argument("--mode", choices=("embedded", "scaled"), action="append")
    chosen = parser.parse_args()
    with databases() as made:
        for mode, kind in (("embedded", "sqlite"), ("scaled", "postgresql")):
            if mode not in (chosen.mode or ("embedded", "scaled")):
                continue
            url = made.copy(kind)
            with tempfile.TemporaryDirectory(prefix="camket-verdicts-") as folder:
                settings = _settings(Path(folder), url.render_as_string(hide_password=False))
                engine = make_engine(settings.database_url)
                _found(engine, units=chosen.submissions)
                with _running(mode, engine, settings):
                    waits = _hand_in(engine, settings, chosen.submissions)
                bare = _bare(engine, settings, chosen.submissions)
                engine.dispose()
            made.drop(url)
            _report(mode, waits, bare)


def _report(mode: str, waits: list[float], bare: list[float]) -> None:
    p95 = statistics.quantiles(waits, n=20)[-1]
    alone = statistics.median(bare)
    wanted = {"embedded": 2.0, "scaled": 1.0}[mode]
    print(
        f"{mode}: submit to verdict p50 {statistics.median(waits):.3f} s, p95 {p95:.3f} s"
        f" (wanted < {wanted} s), {p95 / alone:.1f}× of the check alone ({alone:.3f} s),"
        f" over {len(waits)} submissions"
    )


def _settings(folder: Path, url: str, broker: str = "memory://") -> Settings:
    return Settings.model_validate(
        {
            "data_dir": folder,
            "database_url": url,
            "broker_url": broker,
            "secret_key": "s" * 32,
            "journal_key": "1:" + "j" * 32,
        }
    )


def _found(engine: Engine, *, units: int) -> None:
    """A quarterly duty of many units, proved by the minutes of a meeting."""
    now = datetime.now(UTC)
    year = now.year
    duty = worlds.obligation(
        "doc-bao",
        effective_from=date(year, 1, 1),
        proof=Requirement(
            code="bien-ban",
            check="minutes",
            params={"names_publication": False, "names_unit": False, "dated": "any"},
        ),
    )
    said = worlds.agreement(
        duty,
        starts_on=date(year, 1, 1),
        ends_on=date(year + 2, 1, 1),
        tracked_from=date(year, 1, 1),
    )
    with engine.begin() as db:
        _BY["office"] = ensure_local_administrator(db, name="Quản trị", at=now)
        worlds.activated(db, said, [worlds.unit(f"u{n:04}") for n in range(units)])
        until = now.date() + timedelta(days=1)
        plan_tasks(db, agreement="ct-01", until=until, act=Act(by="system:planner", at=now))


_BY: dict[str, str] = {}


def _paper(number: int) -> bytes:
    return minutes_docx(
        unit=f"Chi bộ {number}",
        superior="Đảng bộ",
        place="Từ Sơn",
        held_on=datetime.now(UTC).date(),
        publication="Báo Bắc Ninh",
    )


def _hand_in(engine: Engine, settings: Settings, count: int) -> list[float]:
    """Hand in one paper after another; give the wait of each."""
    files = FileStore(root=settings.evidence_dir)
    with engine.begin() as db:
        newest = (
            select(task.c.id, unit.c.key)
            .join(unit, unit.c.id == task.c.unit_id)
            .order_by(task.c.due_on.desc(), task.c.id)
            .limit(count)
        )
        rows = db.execute(newest).all()
    begun: dict[int, float] = {}
    done: dict[int, float] = {}
    for number, (task_id, key) in enumerate(rows):
        stored = files.store(io.BytesIO(_paper(number)))
        with engine.begin() as db:
            act = Act(
                by=_BY["office"],
                at=datetime.now(UTC),
                on_behalf=key,
                reason="nhập thay",
            )
            add_evidence(
                db, task_id, requirement="bien-ban", file=stored, name="bien-ban.docx", act=act
            )
            submit_task(db, task_id, act=act)
        begun[task_id] = time.perf_counter()
        _look(engine, begun, done, until=time.perf_counter() + _PAUSE_S)
    _look(engine, begun, done, until=time.perf_counter() + _LONGEST_S)
    if len(done) < len(begun):
        raise SystemExit(f"{len(begun) - len(done)} submissions had no verdict")
    return [done[one] - begun[one] for one in begun]


def _look(engine: Engine, begun: dict[int, float], done: dict[int, float], *, until: float) -> None:
    """Note the tasks that have a verdict, until all have or the time is up."""
    while time.perf_counter() < until:
        waiting = [one for one in begun if one not in done]
        if not waiting:
            return
        with reading(engine).connect() as db:
            query = select(task.c.id).where(task.c.id.in_(waiting), task.c.state != "submitted")
            for one in db.execute(query).scalars():
                done[one] = time.perf_counter()
        time.sleep(_LOOK_S)


def _bare(engine: Engine, settings: Settings, count: int) -> list[float]:
    """The check by itself on the same papers, in a warm pool."""
    files = FileStore(root=settings.evidence_dir)
    pool = Pool(size=2)
    with engine.begin() as db:
        items = items_to_verify(db, range(1, count + 1), files=files)

    def run(one: ToVerify) -> float:
        return seconds(
            lambda: pool.run(
                one.check, params=one.params, file=one.file, figures=one.figures, facts=one.facts
            )
        )

    for one in items[:4]:
        run(one)
    took = [run(one) for one in items]
    pool.close()
    return took


@contextmanager
def _running(mode: str, engine: Engine, settings: Settings) -> Iterator[Settings]:
    """The product, running as it does in that mode."""
    if mode == "embedded":
        with Embedded(engine, settings, JOBS, TICKS, clock=SystemClock(), is_serving=True):
            yield settings
        return
    with servers.valkey() as valkey:
        environment = {
            **os.environ,
            "CAMKET_DATA_DIR": str(settings.data_dir),
            "CAMKET_DATABASE_URL": settings.database_url,
            "CAMKET_BROKER_URL": f"{valkey.connection_url}/0",
            "CAMKET_SECRET_KEY": "s" * 32,
            "CAMKET_JOURNAL_KEY": "1:" + "j" * 32,
        }
        parts = [
            subprocess.Popen([sys.executable, "-m", "camket", part], env=environment)
            for part in ("worker", "worker", "scheduler")
        ]
        try:
            _wait_for_workers(engine, 2)
            yield settings
        finally:
            for part in parts:
                part.terminate()
            for part in parts:
                part.wait(timeout=60)


def _wait_for_workers(engine: Engine, count: int) -> None:
    until = time.monotonic() + _LONGEST_S
    while time.monotonic() < until:
        with reading(engine).connect() as db:
            names = db.execute(select(heartbeat.c.name)).scalars().all()
        if sum(name.startswith("worker") for name in names) >= count:
            return
        time.sleep(0.1)
    raise SystemExit("no worker came up")


if __name__ == "__main__":
    main()
