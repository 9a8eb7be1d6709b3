"""Hostile input, in a process of its own: exit code 2, a sentence, and never a traceback."""

from __future__ import annotations

import os
import shlex
import sqlite3
import subprocess
import sys
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING

import pytest

from tests.camket.conftest import Shell
from tests.sources import ROOT
from workflow.store.engine import make_engine

if TYPE_CHECKING:
    from pathlib import Path


def camket(*words: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "camket", *words],
        cwd=ROOT,
        env={**os.environ, "CAMKET_LANG": lang},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def hostile(files: Path) -> Path:
    (files / "folder").mkdir()
    (files / "binary").write_bytes(bytes(range(256)) * 64)
    (files / "empty").write_bytes(b"")
    (files / "deep.yaml").write_text("[" * 20_000)
    (files / "bomb.yaml").write_text(
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b]\n"
    )
    (files / "list.yaml").write_text("- 1\n- 2\n")
    return files


THINGS = ("missing", "folder", "binary", "empty", "deep.yaml", "bomb.yaml", "list.yaml")
READERS = (
    "agreement check {}",
    "agreement import {}",
    "agreement amend {}",
    "units import {}",
    "units import {} --dry-run",
    "units succeed {}",
    "calendar import {}",
    "meeting import {} --kind hop --convener thanh-pho",
    "figure import {}",
    "preview {} --from 2024-01-01 --until 2024-02-01",
    "preview agreement.yaml --units {} --from 2024-01-01 --until 2024-02-01",
    "preview agreement.yaml --meetings {} --from 2024-01-01 --until 2024-02-01",
    "preview agreement.yaml --calendar {} --from 2024-01-01 --until 2024-02-01",
    "journal verify --heads {}",
)


#: An empty file of heads is sound: no head is none that differs.
CASES = [
    (line, thing)
    for line in READERS
    for thing in THINGS
    if (line, thing) != ("journal verify --heads {}", "empty")
]


@pytest.mark.parametrize(("line", "thing"), CASES)
def test_what_cannot_be_read_is_refused_and_loads_nothing(
    line: str, thing: str, shell: Shell, hostile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(hostile)
    before = (shell.folder / "camket.db").read_bytes()
    words = shlex.split(line.format(thing))
    refused = (
        shell.plain(words, code=2)
        if words[0] == "preview" or words[:2] == ["agreement", "check"]
        else shell(words, code=2)
    )
    assert refused.err.strip()
    assert refused.out == ""
    assert (shell.folder / "camket.db").read_bytes() == before


#: What is typed, and what is answered in English and in Vietnamese.
SENTENCES = [
    ("agreement check no-such.yaml", "no-such.yaml", "no-such.yaml"),
    ("task show x", "is no number", "không phải là một số thứ tự"),
    ("plan --at 2024-01-01T00:00 --data {new}", "--simulated", "migrate --simulated"),
    ("plan --until 2024-02-30", "is no day", "không phải là ngày"),
    ("agreement export x --data {new}", "There is no agreement x", "chương trình"),
    ("task list --as ghost --data {new}", "ghost", "ghost"),
    ("plan --data /dev/null/x", "cannot be used", "Không dùng được thư mục"),
    ("plan --data {file}", "cannot be used", "Không dùng được thư mục"),
    ("check nonsense x", "nonsense", "nonsense"),
    ("check attachment x --params [", "--params", "--params"),
    ("check attachment x --params @/no/such", "/no/such", "/no/such"),
    ("report show --agreement x --period 2024-Q9 --data {new}", "no agreement x", "chương"),
    ("user grant local king --data {new}", "is no role", "không phải là vai trò"),
]


# A process each, in one of the languages by turns: starting one is what takes time.
@pytest.mark.parametrize(
    ("words", "lang", "sentence"),
    [
        (words, lang, {"en": english, "vi": vietnamese}[lang])
        for (words, english, vietnamese), lang in zip(SENTENCES, cycle(["vi", "en"]), strict=False)
    ],
)
def test_a_process_ends_with_a_sentence_in_the_users_language(
    words: str, lang: str, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    line = shlex.split(words.format(new=tmp_path / "data", file=tmp_path / "file"))
    done = camket(*line, lang=lang)
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    assert sentence.lower() in done.stderr.lower()
    assert done.stdout == ""


def test_a_locked_database_is_waited_for_and_then_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "workflow.store.engine.make_engine", partial(make_engine, lock_timeout_s=0.2)
    )
    with sqlite3.connect(shell.folder / "camket.db", isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        refused = shell("meeting add --kind hop --convener bao --on 2024-02-02", code=2)
        assert "locked" in refused.err
        # Whoever only reads is not kept waiting.
        assert shell("task list --json").data
        db.execute("ROLLBACK")
    assert shell("meeting list --json").data == []


def test_a_file_that_is_no_database_is_told(shell: Shell) -> None:
    (shell.folder / "camket.db").write_bytes(b"no database at all" * 500)
    for wal in shell.folder.glob("camket.db-*"):
        wal.unlink()
    assert "cannot do this now" in shell("task list", code=2).err


def test_lost_keys_stop_the_start(shell: Shell) -> None:
    (shell.folder / "keys.toml").unlink()
    assert "is missing although the database" in shell("task list", code=2).err


def test_a_database_of_another_release_is_left_alone(shell: Shell) -> None:
    with sqlite3.connect(shell.folder / "camket.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '2099'")
    assert "Run camket migrate first" in shell("task list", code=2).err
    assert "does not know" in shell.plain(f"migrate --data {shell.folder}", code=2).err


def test_a_full_disk_keeps_nothing(shell: Shell, files: Path) -> None:
    import resource

    from tests.camket.conftest import task_number

    number = task_number(shell, "mua-bao/2024-Q1/phuong-a")
    (files / "large").write_bytes(os.urandom(3_000_000))
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_500_000, 2_500_000));"
        "from camket.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    assert resource.RLIMIT_FSIZE is not None
    done = subprocess.run(
        [
            *(sys.executable, "-c", program, "task", "evidence", "add", number),
            *(str(files / "large"), "--data", str(shell.folder), "--lang", "en"),
            *("--at", "2024-01-02T09:00"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, ""), done
    assert "space left" in done.stderr
    assert shell(f"task show {number} --json").data["items"] == []
    assert [one for one in (shell.folder / "evidence").rglob("*") if one.is_file()] == []


def test_one_check_by_hand(files: Path) -> None:
    shell = Shell(folder=files)
    passed = shell.plain(f"check attachment {files / 'paper.txt'} --json").data
    assert passed["verdict"] == "passed"
    assert "attachment: passed" in shell.plain(f"check attachment {files / 'paper.txt'}").out
    (files / "empty").write_bytes(b"")
    failed = shell.plain(f"check attachment {files / 'empty'} --json", code=1).data
    assert failed["verdict"] == "failed"
    assert failed["reasons"]
    (files / "params.json").write_text('{"nonsense": 1}')
    params = f"--params @{files / 'params.json'}"
    assert "nonsense" in shell.plain(f"check attachment {files / 'paper.txt'} {params}", code=2).err
    (files / "binary.json").write_bytes(b"\xff\xfe\xff")
    params = f"--facts @{files / 'binary.json'}"
    assert "not text" in shell.plain(f"check attachment {files / 'paper.txt'} {params}", code=2).err
