"""What a worker spends on an item outside its check, against a Celery no-op with one id.

    python -m benchmarks.jobs [--items 10000] [--rounds 3] [--kind sqlite]

Ten thousand items wait; the embedded worker takes them over the memory transport, gathers
what their checks need and keeps their verdicts; the check itself answers at once. The
baseline of the same run is a message a piece that does nothing. Both are CPU seconds of
this process, since the machine may be busy with other things; the wall's seconds are told
beside them.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, literal, select

from benchmarks.racing import KINDS, databases, fresh
from tasks import verification
from tasks.app import make_app
from tasks.clock import SystemClock
from tasks.embedded import Embedded
from tasks.job import Job
from tasks.worker import ThreadWorker
from tasks.workplace import Workplaces
from tests import worlds
from tests.factories import says
from workflow.domain.agreement import Fixed, Requirement
from workflow.settings import Settings
from workflow.store.evidence import evidence_item
from workflow.store.tasks import task
from workflow.store.work import put_work, work
from workflow.verification import Judged

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.databases import Databases
    from workflow.verification import ToVerify

_WANTED_MS = 1.0
_NO_OPS = 2_000
_PASSED = says(quantity=1)
_NOW = worlds.at("2024-02-01")


def main() -> None:
    """Measure each kind of database and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kind", choices=KINDS, action="append")
    chosen = parser.parse_args()
    with databases() as made, tempfile.TemporaryDirectory(prefix="camket-jobs-") as folder:
        for kind in chosen.kind or KINDS:
            _race(made, kind, Path(folder), items=chosen.items, rounds=chosen.rounds)


def _race(made: Databases, kind: str, folder: Path, *, items: int, rounds: int) -> None:
    ours: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    with fresh(made, kind) as engine:
        settings = _settings(folder, engine)
        _found(engine, items)
        for _ in range(rounds):
            ours.append(_verify(engine, settings, items))
            bare.append(_do_nothing(engine, settings))
    (cpu, wall), (bare_cpu, bare_wall) = (
        [statistics.median(one[at] for one in some) * 1000 for at in (0, 1)]
        for some in (ours, bare)
    )
    print(
        f"{kind}: {cpu:.2f} ms CPU an item outside the check (wanted ≤ {_WANTED_MS}),"
        f" {cpu / bare_cpu:.2f}× of a one-id Celery no-op ({bare_cpu:.2f} ms CPU);"
        f" by the wall {wall:.2f} ms against {bare_wall:.2f} ms;"
        f" median of {rounds} rounds of {items:,} items"
    )


def _settings(folder: Path, engine: Engine) -> Settings:
    return Settings.model_validate(
        {
            "data_dir": folder,
            "database_url": engine.url.render_as_string(hide_password=False),
            "secret_key": "s" * 32,
            "journal_key": "1:" + "j" * 32,
        }
    )


def _found(engine: Engine, items: int) -> None:
    """As many units, each with a task of which figures are the proof, and an item in it."""
    duty = worlds.obligation(
        "so-luong",
        proof=Requirement(code="so", check="quantity", quantity=Fixed(amount=1)),
    )
    with engine.begin() as db:
        worlds.activated(
            db, worlds.agreement(duty), [worlds.unit(f"u{n:05}") for n in range(items)]
        )
        worlds.planned(db, until="2024-02-01")
        db.execute(
            insert(evidence_item).from_select(
                ["task_id", "requirement", "figures", "added_by", "added_at", "is_on_behalf"],
                select(
                    task.c.id,
                    literal("so"),
                    literal({"quantity": 1}, evidence_item.c.figures.type),
                    literal("van-phong"),
                    literal(_NOW, evidence_item.c.added_at.type),
                    literal(value=False),
                ),
            )
        )


def _at_once(_place: object, item: ToVerify) -> Judged:
    """A check that takes no time: what is measured is everything else."""
    return Judged(item_id=item.item_id, sha256=item.sha256, verdict=_PASSED)


def _verify(engine: Engine, settings: Settings, items: int) -> tuple[float, float]:
    verifying = next(job for job in verification.JOBS if job.kind == "verify_item")
    job = replace(verifying, perform=_at_once)
    with engine.begin() as db:
        put_work(db, kind="verify_item", subjects=select(evidence_item.c.id), due_at=_NOW)
    with Embedded(engine, settings, [job], [], clock=SystemClock(), concurrency=1) as everything:
        cpu, wall = time.process_time(), time.perf_counter()
        everything.until_idle()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    with engine.connect() as db:
        left = db.execute(select(work.c.last_error).where(work.c.kind == "verify_item")).all()
        if left:
            raise SystemExit(f"{len(left)} items were not verified: {left[0]}")
    return cpu / items, wall / items


def _do_nothing(engine: Engine, settings: Settings) -> tuple[float, float]:
    workplaces = Workplaces(settings, SystemClock(), engine=engine)
    nothing = Job(kind="nothing", name="nothing.do", keep=lambda *_: None)
    app = make_app(workplaces, [nothing], broker_url="memory://")
    done: list[int] = []

    def no_op(ids: list[int]) -> None:
        done.extend(ids)

    app.task(no_op, name="nothing.with_one_id", shared=False)
    worker = ThreadWorker(app, concurrency=1)
    worker.start()
    cpu, wall = time.process_time(), time.perf_counter()
    for number in range(_NO_OPS):
        app.send_task("nothing.with_one_id", args=([number],), ignore_result=True)
    while len(done) < _NO_OPS:
        time.sleep(0.01)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    worker.stop()
    return cpu / _NO_OPS, wall / _NO_OPS


if __name__ == "__main__":
    main()
