"""The pool of child processes: limits, crashes, threads, forks, and what it costs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.evidence import misbehaving
from tests.evidence.specimens import codes, facts, invoice, judge, stored, text_pdf, zip_bomb
from tests.sources import ROOT
from workflow.evidence.check import Outcome, TaskFacts, Verdict
from workflow.evidence.registry import ENTRY_POINTS, checks
from workflow.evidence.sandbox import Limits, Pool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMITS = Limits(cpu_seconds=1, wall_seconds=8.0, memory_bytes=1 << 30)


@pytest.fixture(scope="module", autouse=True)
def _offered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The misbehaving checks, offered as an installed distribution would offer its own."""
    folder = tmp_path_factory.mktemp("offered")
    info = folder / "misbehaving-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: misbehaving\nVersion: 1.0\n")
    lines = [f"{name} = tests.evidence.misbehaving:check_{name}" for name in misbehaving.ALL]
    (info / "entry_points.txt").write_text("\n".join([f"[{ENTRY_POINTS}]", *lines, ""]))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        patch.setenv("MISBEHAVING_FILE", str(folder / "written"))
        patch.setenv("CAMKET_SECRET_KEY", "s")
        checks.cache_clear()
        yield
    checks.cache_clear()


@pytest.fixture(scope="module")
def pool(_offered: None) -> Iterator[Pool]:
    with Pool(size=1, limits=LIMITS) as made:
        yield made


def ask(pool: Pool, check: str, *, told: TaskFacts | None = None) -> Verdict:
    return pool.run(check, params={}, file=None, figures={}, facts=told or facts())


def came(verdict: Verdict) -> object:
    assert verdict.outcome is Outcome.PASSED, verdict.reasons
    return verdict.read["came"]


@pytest.mark.parametrize(
    ("check", "code"),
    [
        ("spin", "check.timed_out"),
        ("eat", "check.out_of_memory"),
        ("fall", "check.crashed"),
        ("leave", "check.crashed"),
        ("stop", "check.crashed"),
        ("killed", "check.out_of_memory"),
        ("call", "check.crashed"),
        ("ask_name", "check.crashed"),
        ("spawn", "check.crashed"),
        ("write", "check.crashed"),
        ("forge", "check.crashed"),
        ("babble", "check.crashed"),
        ("boast", "check.crashed"),
        ("repeat", "check.crashed"),
        ("deafen", "check.crashed"),
    ],
)
def test_what_no_check_may_do_is_an_undecided_verdict_and_the_pool_goes_on(
    pool: Pool, check: str, code: str
) -> None:
    verdict = ask(pool, check)
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {code})
    assert (verdict.check, verdict.version) == (check, "1")
    assert came(ask(pool, "process"))


def test_a_check_that_waits_is_killed_at_the_wall(tmp_path: Path) -> None:
    limits = Limits(cpu_seconds=5, wall_seconds=0.3)
    with Pool(size=1, limits=limits) as pool:
        assert codes(ask(pool, "sleep")) == {"check.timed_out"}
        file = stored(tmp_path, text_pdf(["Số"]), "a.pdf")
        verdict = pool.run("attachment", params={}, file=file, figures={}, facts=facts())
        assert verdict.outcome is Outcome.PASSED


def test_a_crash_says_what_ended_it(pool: Pool) -> None:
    (fell,) = ask(pool, "fall").reasons
    (left,) = ask(pool, "leave").reasons
    (called,) = ask(pool, "call").reasons
    assert fell.facts["error"] == "SIGSEGV"
    assert left.facts["error"] == "exit 3"
    assert called.facts["error"] == "PermissionError"


def test_what_a_check_prints_goes_nowhere(pool: Pool) -> None:
    assert came(ask(pool, "chatter")) == "said"


def test_a_check_does_not_see_secrets(pool: Pool) -> None:
    assert came(ask(pool, "secrets")) == []


def test_a_child_serves_again_until_it_is_old() -> None:
    with Pool(size=1, limits=Limits(checks=2)) as pool:
        served = [came(ask(pool, "process")) for _ in range(4)]
    assert served[0] == served[1] != served[2] == served[3]
    assert os.getpid() not in served


def test_the_verdict_is_the_one_that_the_check_gives_here(pool: Pool, tmp_path: Path) -> None:
    for check, data, name in (
        ("letter", text_pdf(["So: 45/BC-UBND", "Bac Ninh, ngay 05 thang 01 nam 2024"]), "a.pdf"),
        ("attachment", zip_bomb(), "a.docx"),
        ("quantity", b"MZ", "a.xlsx"),
    ):
        file = stored(tmp_path, data, name)
        there = [
            pool.run(check, params={}, file=file, figures={"copies": float("nan")}, facts=facts())
            for _ in range(2)
        ]
        assert there[0] == there[1] == judge(check, file, figures={"copies": float("nan")})


def test_a_light_check_needs_no_child(tmp_path: Path) -> None:
    pool = Pool(size=1)
    file = stored(tmp_path, invoice(), "hd.xml")
    verdict = pool.run("invoice", params={}, file=file, figures={}, facts=facts())
    assert verdict.outcome is Outcome.PASSED
    pool.close()
    with pytest.raises(RuntimeError):
        pool.run("invoice", params={}, file=file, figures={}, facts=facts())
    pool.close()


def test_an_unknown_check_or_wrong_parameter_is_undecided(pool: Pool) -> None:
    assert codes(ask(pool, "telepathy")) == {"check.unknown"}
    verdict = pool.run("letter", params={"x": 1}, file=None, figures={}, facts=facts())
    assert codes(verdict) == {"check.params_invalid"}


def test_where_no_child_can_be_started_a_person_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Pool(size=1) as pool:
        assert codes(ask(pool, "process")) == {"check.unavailable"}
    monkeypatch.undo()


def test_a_child_that_cannot_read_its_code_is_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    checks()
    monkeypatch.setattr(sys, "path", ["/nowhere"])
    with Pool(size=1) as pool:
        monkeypatch.undo()
        assert codes(ask(pool, "process")) == {"check.crashed"}
        assert came(ask(pool, "process"))


def test_threads_share_the_children(tmp_path: Path) -> None:
    file = stored(tmp_path, text_pdf(["Số"]), "a.pdf")
    with Pool(size=2) as pool, ThreadPoolExecutor(8) as threads:
        jobs = [threads.submit(ask, pool, "process") for _ in range(40)]
        files = [
            threads.submit(pool.run, "attachment", params={}, file=file, figures={}, facts=facts())
            for _ in range(10)
        ]
        assert len({came(job.result()) for job in jobs}) == 2
        assert {job.result().outcome for job in files} == {Outcome.PASSED}


def test_one_check_at_a_time_in_a_child(pool: Pool) -> None:
    ends: list[str] = []

    def run(check: str) -> None:
        ask(pool, check)
        ends.append(check)

    slow = threading.Thread(target=run, args=("spin",))
    slow.start()
    while pool._idle.qsize():
        pass
    run("process")
    slow.join()
    assert ends == ["spin", "process"]


def test_closing_waits_for_the_work_and_leaves_no_child() -> None:
    pool = Pool(size=1)
    child = came(ask(pool, "process"))
    assert isinstance(child, int)
    pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_who_waits_when_the_pool_closes_is_refused_and_not_judged() -> None:
    pool = Pool(size=1, limits=Limits(cpu_seconds=1))
    with ThreadPoolExecutor(3) as threads:
        jobs = [threads.submit(ask, pool, "spin") for _ in range(3)]
        while pool._idle.qsize():
            pass
        pool.close()
    refused = [job for job in jobs if isinstance(job.exception(), RuntimeError)]
    judged_ones = [job for job in jobs if job not in refused]
    assert refused
    assert {code for job in judged_ones for code in codes(job.result())} <= {"check.timed_out"}


class _Interrupted(Exception):
    pass


def _interrupt(*_: object) -> None:
    raise _Interrupted


def test_a_caller_that_is_interrupted_leaves_no_answer_behind() -> None:
    before = signal.signal(signal.SIGALRM, _interrupt)
    try:
        with Pool(size=1) as pool:
            child = came(ask(pool, "process"))
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with pytest.raises(_Interrupted):
                ask(pool, "sleep")
            assert came(ask(pool, "process")) != child
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_child_that_died_idle_is_replaced() -> None:
    with Pool(size=1) as pool:
        child = came(ask(pool, "process"))
        assert isinstance(child, int)
        os.kill(child, 9)
        while _is_running(child):
            pass
        assert came(ask(pool, "process")) != child


def _is_running(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as stat:  # noqa: PTH123 - not a file
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


FORKING = """
import json, os, sys
from workflow.evidence.check import Body, TaskFacts
from workflow.evidence.sandbox import Pool

facts = TaskFacts(unit=Body(name="A"))

def served(pool):
    return pool.run("process", params={}, file=None, figures={}, facts=facts).read["came"]

pool = Pool(size=1)
parents = served(pool)
reader, writer = os.pipe()
if os.fork() == 0:
    os.write(writer, json.dumps(served(pool)).encode())
    pool.close()
    os._exit(0)
os.wait()
forks = json.loads(os.read(reader, 100))
again = served(pool)
idle_reader, idle_writer = os.pipe()
idle = os.fork()
if idle == 0:
    # A fork that never uses the pool must not hold its pipes open either.
    os.close(idle_writer)
    os.read(idle_reader, 1)
    os._exit(0)
child = pool._idle.queue[0]
pool.close()
os.close(idle_writer)
os.wait()
print(json.dumps([parents, forks, again, child._process.returncode]))
"""

DAEMONIC = """
import json
import billiard

from workflow.evidence.check import Body, TaskFacts
from workflow.evidence.sandbox import Pool

def work(answers):
    with Pool(size=1) as pool:
        verdict = pool.run("process", params={}, file=None, figures={},
                           facts=TaskFacts(unit=Body(name="A")))
    answers.send(verdict.to_json())

here, there = billiard.Pipe()
worker = billiard.Process(target=work, args=(there,))
worker.daemon = True
worker.start()
verdict = here.recv()
worker.join()
print(json.dumps(verdict))
"""


def run_python(code: str) -> object:
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return json.loads(done.stdout)


def test_a_forked_process_has_children_of_its_own() -> None:
    served = run_python(FORKING)
    assert isinstance(served, list)
    parents, forks, again, status = served
    assert parents == again != forks
    assert status == 0


def test_a_daemonic_worker_may_use_it() -> None:
    verdict = run_python(DAEMONIC)
    assert isinstance(verdict, dict)
    assert verdict["verdict"] == "passed"
