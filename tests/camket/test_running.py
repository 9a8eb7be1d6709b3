"""Running the product from the command line, alone and in parts, and looking after it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx2
import pytest
from sqlalchemy import insert

from camket.__main__ import main
from camket.doctor import doctor  # noqa: F401 - loaded here, so that its time is not measured
from tests.camket.conftest import Shell, task_number
from tests.sources import ROOT
from workflow.store.engine import make_engine
from workflow.store.heartbeats import beat
from workflow.store.work import work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

WITHIN_S = 90.0


@contextmanager
def started(*words: str, log: Path) -> Iterator[subprocess.Popen[str]]:
    """A command that runs by itself, and is told to end; what it says goes to a file."""
    said = log.open("w", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "camket", *words, "--lang", "en"],
        cwd=ROOT,
        stdout=said,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said.close()
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=60)
        finally:
            process.kill()
            process.wait()


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.2)


def findings(shell: Shell, code: int | None = 0) -> dict[str, str]:
    """What the doctor found: health by code."""
    said = shell.plain(f"doctor --json --data {shell.folder}", code=code or 0)
    return {one["code"]: one["health"] for one in said.data}


def test_up_runs_everything_until_it_is_told_to_stop(tmp_path: Path, files: Path) -> None:
    shell = Shell(folder=tmp_path / "data")
    log = tmp_path / "log"
    with started("up", "--data", str(shell.folder), log=log) as process:
        eventually(lambda: "is running on" in log.read_text(encoding="utf-8"))
        shell(f"units import {files / 'units.csv'}", at="")
        shell(f"agreement import {files / 'agreement.yaml'}", at="")
        shell("user add quan-tri --name Q --role administrator --no-password", at="")
        shell("agreement activate ct-01 --as quan-tri", at="")
        number = shell("task list --json --history", at="").data[0]["task_id"]
        shell(f"task evidence add {number} {files / 'paper.txt'}", at="")

        def is_checked() -> bool:
            (item,) = shell(f"task show {number} --json", at="").data["items"]
            return item["verdict"] is not None

        eventually(is_checked)
        eventually(lambda: findings(shell).get("doctor.evidence_shared") == "good")
        eventually(lambda: "doctor.not_up" not in findings(shell))
    assert process.returncode == 0
    assert "has ended" in log.read_text(encoding="utf-8")
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.fixture
def scaled(clone: Engine, valkey: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of an installation on a database and a broker of its own."""
    for name, value in {
        "CAMKET_DATABASE_URL": clone.url.render_as_string(hide_password=False),
        "CAMKET_BROKER_URL": valkey,
        "CAMKET_SECRET_KEY": "s" * 32,
        "CAMKET_JOURNAL_KEY": "1:" + "j" * 32,
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("scaled")
@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)
def test_worker_and_scheduler_serve_as_processes_of_their_own(tmp_path: Path) -> None:
    shell = Shell(folder=tmp_path)
    assert "postgresql" in shell.plain(f"doctor --data {tmp_path}").out
    assert findings(shell)["doctor.silent"] == "doubtful"
    with started("worker", "--data", str(tmp_path), log=tmp_path / "worker.log") as worker:
        with started(
            "scheduler", "--data", str(tmp_path), log=tmp_path / "scheduler.log"
        ) as scheduler:
            eventually(lambda: findings(shell).get("doctor.evidence_shared") == "good")
            found = findings(shell)
            assert (found["doctor.broker"], found["doctor.alive"]) == ("good", "good")
        assert scheduler.returncode == 0
    assert worker.returncode == 0


@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)
def test_a_server_database_is_migrated_by_hand(
    tmp_path: Path, clone: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import text

    with clone.begin() as db:
        db.execute(text("DROP SCHEMA public CASCADE"))
        db.execute(text("CREATE SCHEMA public"))
    monkeypatch.setenv("CAMKET_DATABASE_URL", clone.url.render_as_string(hide_password=False))
    shell = Shell(folder=tmp_path)
    assert "Not set:" in shell.plain(f"plan --data {tmp_path}", code=2).err
    monkeypatch.setenv("CAMKET_SECRET_KEY", "s" * 32)
    monkeypatch.setenv("CAMKET_JOURNAL_KEY", "1:" + "j" * 32)
    assert "camket migrate" in shell.plain(f"plan --data {tmp_path}", code=2).err
    assert "camket migrate" in shell.plain(f"doctor --data {tmp_path}", code=1).out
    shell.plain(f"migrate --data {tmp_path}")
    assert shell("user list --json", at="").data[0]["key"] == "local"


@pytest.mark.parametrize("verb", ["worker", "scheduler"])
def test_parts_do_not_start_where_they_could_not_reach_each_other(
    verb: str, tmp_path: Path
) -> None:
    refused = Shell(folder=tmp_path).plain(f"{verb} --data {tmp_path / 'data'}", code=2)
    assert "memory" in refused.err


def test_a_first_start_makes_all_that_it_needs(tmp_path: Path) -> None:
    shell = Shell(folder=tmp_path / "new" / "data")
    assert shell("agreement list --json", at="").data == []
    assert {one.name for one in shell.folder.iterdir()} >= {"camket.db", "keys.toml"}
    assert (
        "not simulated" in shell("plan", code=2).err or "--simulated" in shell("plan", code=2).err
    )


def test_a_folder_in_use_cannot_be_simulated_any_more(tmp_path: Path) -> None:
    shell = Shell(folder=tmp_path / "data")
    shell("agreement list", at="")
    migrate = f"migrate --simulated --data {shell.folder}"
    assert "real time" in shell.plain(migrate, code=2).err
    assert "revision" in shell.plain(f"migrate --data {shell.folder}").out


def test_a_simulated_folder_stays_simulated(new: Shell) -> None:
    assert "revision" in new.plain(f"migrate --simulated --data {new.folder}").out
    assert findings(new)["doctor.simulated"] == "doubtful"
    assert '"is_simulated":true' in new("journal export").out.splitlines()[0]


def test_parked_rows_are_listed_and_tried_again(shell: Shell) -> None:
    assert shell("jobs list --json").data == []
    engine = make_engine(f"sqlite:///{shell.folder / 'camket.db'}")
    with engine.begin() as db:
        number = db.execute(
            insert(work)
            .values(
                kind="verify_item",
                subject_id=1,
                due_at=_instant(),
                attempts=5,
                parked_at=_instant(),
                last_error="no such thing",
            )
            .returning(work.c.id)
        ).scalar_one()
    engine.dispose()
    assert f"{number}\tverify_item\t1\t5\t" in shell("jobs list").out
    assert findings(shell)["doctor.parked"] == "doubtful"
    assert "not parked: 9999" in shell("jobs retry 9999", code=2).err
    assert "Waiting again: 1." in shell("jobs retry").out
    assert shell("jobs retry --json").data == {"retried": []}
    assert shell("work --until-idle --json").data["later"] == 0


def _instant() -> object:
    from datetime import UTC, datetime

    return datetime(2024, 1, 1, tzinfo=UTC)


def test_the_doctor_names_what_is_broken(new: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    found = findings(new)
    assert "broken" not in found.values()
    assert found["doctor.not_up"] == "doubtful"
    with sqlite3.connect(new.folder / "camket.db") as db:
        (name,) = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchone()
        db.execute(f'DROP TRIGGER "{name}"')
    said = new.plain(f"doctor --data {new.folder}", code=1)
    assert name in said.out
    assert "Something is broken." in said.err
    shutil.rmtree(new.folder / "evidence")
    (new.folder / "evidence").write_text("no folder")
    monkeypatch.setenv("CAMKET_BROKER_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("CAMKET_SMTP_URL", "smtp://localhost")
    said = new.plain(f"doctor --json --data {new.folder}", code=1)
    found = {one["code"]: one["health"] for one in said.data}
    assert found["doctor.triggers_missing"] == "broken"
    assert found["doctor.evidence_unwritable"] == "broken"
    assert found["doctor.broker_unreachable"] == "broken"
    assert found["doctor.mail"] == "good"
    assert all(one["message"] for one in said.data)


def test_the_doctor_sees_a_worker_that_reads_elsewhere_or_not_at_all(
    new: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("camket.doctor._READ_WITHIN_S", 0.5)
    engine = make_engine(f"sqlite:///{new.folder / 'camket.db'}")
    with engine.begin() as db:
        beat(db, "worker:elsewhere:1")
        beat(db, "broker", detail="down: TimeoutError")
    engine.dispose()
    found = findings(new)
    assert found["doctor.worker_busy"] == "doubtful"
    assert found["doctor.broker_down"] == "doubtful"
    # A worker that looks into another folder finds nothing there.
    monkeypatch.setattr("tasks.probing.read_by_worker", lambda _db, _number: "")
    said = new.plain(f"doctor --json --data {new.folder}", code=1)
    assert "doctor.evidence_apart" in {one["code"] for one in said.data}


def test_the_doctor_sees_clocks_that_differ(new: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime, timedelta

    late = datetime.now(UTC) - timedelta(minutes=5)
    monkeypatch.setattr("tasks.clock.SystemClock.now", lambda _self: late)
    said = new.plain(f"doctor --json --data {new.folder}", code=1)
    assert {"doctor.clocks_apart"} <= {one["code"] for one in said.data}


def test_the_doctor_survives_a_file_that_is_no_database(new: Shell) -> None:
    (new.folder / "camket.db").write_bytes(b"no database at all" * 500)
    said = new.plain(f"doctor --json --data {new.folder}", code=1)
    found = {one["code"]: one["health"] for one in said.data}
    assert found["doctor.database_unreachable"] == "broken"
    assert found["doctor.evidence"] == "good"


def test_the_journal_is_exported_and_vouched_for(shell: Shell, tmp_path: Path) -> None:
    shell("work --until-idle")
    assert "intact" in shell("journal verify").out
    shell(f"journal export --out {tmp_path / 'j.jsonl'}")
    lines = (tmp_path / "j.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 10
    assert lines == shell("journal export").out.splitlines()
    with sqlite3.connect(shell.folder / "camket.db") as db:
        names = [
            name
            for (name,) in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'journal%'"
            )
        ]
        for name in names:
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("UPDATE journal_entry SET body = replace(body, 'ct-01', 'ct-02')")
    said = shell("journal verify", code=1)
    assert "was changed" in said.out
    assert shell("journal verify --json", code=1).data["problems"]


def test_heads_kept_elsewhere_show_a_chain_cut_off(shell: Shell, tmp_path: Path) -> None:
    heads = tmp_path / "heads.jsonl"
    heads.write_text("not a head\n")
    assert "does not hold" in shell(f"journal verify --heads {heads}", code=2).err
    assert shell(f"journal verify --heads {tmp_path / 'none'}", code=2).err
    shell("work --until-idle")
    head = shell("journal verify --json").data
    heads.write_text(
        '{"seal": 9, "head": "' + head["head"] + '", "sealed_at": "2024-01-02T02:00:00+00:00",'
        ' "exported_at": "2024-01-02T02:00:00+00:00"}\n'
    )
    assert shell(f"journal verify --heads {heads}", code=1).out


def test_a_second_signal_ends_at_once() -> None:
    from camket.running import told_to_stop

    before = signal.getsignal(signal.SIGTERM)
    with told_to_stop() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(5)
        assert signal.getsignal(signal.SIGTERM) is before
    assert signal.getsignal(signal.SIGINT) is not None


class _Terminal:
    """A standard stream that says it is a terminal."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_progress_and_tables(
    shell: Shell, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = task_number(shell, "mua-bao/2024-Q1/phuong-a")
    (files / "more.txt").write_text("Văn bản thứ hai.\n" * 30)
    out, err = _Terminal(), _Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("camket.running._LOOK_EVERY_S", 0.01)
    more = ["--data", str(shell.folder), "--at", "2024-01-02T09:00", "--lang", "en"]
    papers = [str(files / "paper.txt"), str(files / "more.txt")]
    assert main(["task", "evidence", "add", number, *papers, *more]) == 0
    assert main(["work", "--until-idle", *more]) == 0
    assert main(["task", "list", *more]) == 0
    assert "Storing" in err.text
    assert "Working" in err.text
    assert "Obligation" in out.text
    assert "\t" not in out.text


def served(log: Path) -> str:
    """The address that a started web prints."""
    found: list[str] = []

    def is_told() -> bool:
        found[:] = re.findall(r"Open (http://\S+) in", log.read_text(encoding="utf-8"))
        return bool(found)

    eventually(is_told)
    return found[0]


def test_up_serves_the_web_and_gives_a_first_password_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    words = ("up", "--data", str(tmp_path / "data"), "--port", "0")
    with started(*words, log=log):
        address = served(log)
        assert httpx2.get(f"{address}/readyz").text == "ok"
        key, password = re.findall(r"as (\S+) with (\S+);", log.read_text(encoding="utf-8"))[0]
        assert (key, len(password)) == ("local", 19)
    again = tmp_path / "again"
    with started(*words, log=again):
        served(again)
    assert "first time" not in again.read_text(encoding="utf-8")


def test_an_address_that_is_taken_is_told_in_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with started("up", "--data", str(tmp_path), "--port", port, log=log) as process:
            assert process.wait(timeout=WITHIN_S) == 2
    text = log.read_text(encoding="utf-8")
    assert f"port {port}" in text
    assert "Traceback" not in text


def test_the_web_alone_refuses_the_memory_transport(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started("web", "--data", str(tmp_path), log=log) as process:
        assert process.wait(timeout=WITHIN_S) == 2


@pytest.mark.usefixtures("scaled")
@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)
def test_the_web_serves_beside_workers(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started("web", "--data", str(tmp_path), "--port", "0", log=log) as process:
        assert "Đăng nhập" in httpx2.get(f"{served(log)}/signin").text
    assert process.returncode == 0
