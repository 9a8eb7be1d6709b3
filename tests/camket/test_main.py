"""From what is typed to a verb, help in two languages, and exit codes."""

from __future__ import annotations

import errno
import sqlite3
import subprocess
import sys

import click
import pytest
from sqlalchemy.exc import OperationalError

from camket import __main__ as command
from camket.__main__ import main
from camket.speaking import Verb, Verbs, language, speak
from tests.sources import ROOT
from workflow.domain.errors import Refusal
from workflow.i18n import N_

FAULTS: dict[str, BaseException] = {
    "abort": click.Abort(),
    "interrupt": KeyboardInterrupt(),
    "refuse": Refusal("settings.file_missing", file="x.toml"),
    "pipe": BrokenPipeError(),
    "disk": OSError(errno.ENOSPC, "No space left on device", "evidence/ab"),
    "database": OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked")),
    "bug": ZeroDivisionError("a fault of ours"),
}


@click.command("greet", cls=Verb, help=N_("Options"), example="camket greet Lan --times 2")
@click.argument("name")
@click.option("--times", type=int, default=1, help=N_("Example"))
@click.option("--end", type=click.Choice(["no", *FAULTS]))
def greet(name: str, times: int, end: str | None) -> None:
    click.echo(f"{speak()(N_('Commands'))} {name}" * times)
    if end == "no":
        click.get_current_context().exit(1)
    if end in FAULTS:
        raise FAULTS[end]


@click.group("people", cls=Verbs, help=N_("Example"))
def people() -> None:
    """A group within the group."""


people.add_command(greet)


@pytest.fixture(autouse=True)
def _verbs(monkeypatch: pytest.MonkeyPatch) -> None:
    verbs = {
        "greet": (f"{__name__}:greet", N_("Options")),
        "people": (f"{__name__}:people", N_("Example")),
        "absent": ("camket.absent:absent", N_("Commands")),
    }
    monkeypatch.setattr(command, "VERBS", verbs)


def test_help_lists_every_verb_without_loading_one(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capfd.readouterr().out
    assert "Cách dùng: camket" in shown
    assert "greet   Tùy chọn" in shown
    assert "absent  Các lệnh" in shown  # its module does not even exist


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        (["greet", "Lan"], "", "Các lệnh Lan"),
        (["greet", "Lan"], "en", "Commands Lan"),
        (["greet", "Lan"], "fr", "Các lệnh Lan"),
        (["greet", "Lan", "--lang", "en"], "vi", "Commands Lan"),
        (["--lang=en", "greet", "Lan"], "", "Commands Lan"),
        (["--lang", "vi", "greet", "Lan"], "en", "Các lệnh Lan"),
        (["people", "greet", "Lan", "--lang", "en"], "", "Commands Lan"),
    ],
)
def test_the_language_is_asked_for_anywhere_in_the_line(
    arguments: list[str],
    environment: str,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CAMKET_LANG", environment)
    assert main(arguments) == 0
    assert capfd.readouterr().out.strip() == expected


def test_the_language_of_one_call_is_forgotten_after_it() -> None:
    main(["greet", "Lan", "--lang", "en"])
    assert language() == "vi"


def test_help_of_a_verb_is_in_the_language_with_its_example(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main(["people", "greet", "--help", "--lang", "en"]) == 0
    english = capfd.readouterr().out
    assert main(["people", "greet", "--help"]) == 0
    vietnamese = capfd.readouterr().out
    assert "Usage: camket people greet [OPTIONS] NAME" in english
    assert "--times INTEGER" in english
    for text in ("Language of what is printed.", "Show this page.", "Example"):
        assert text in english
        assert text not in vietnamese
    for text in ("Cách dùng: ", "Tùy chọn", "Ví dụ", "Hiện trang trợ giúp này."):
        assert text in vietnamese
        assert text not in english
    for shown in (english, vietnamese):
        assert "camket greet Lan --times 2" in shown


def test_help_of_a_group_lists_its_verbs(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["people", "--help"]) == 0
    assert "greet  Tùy chọn" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["greet", "Lan"], 0),
        (["greet", "Lan", "--end", "no"], 1),
        (["greet", "Lan", "--end", "refuse"], 2),
        (["greet", "Lan", "--end", "abort"], 130),
        (["greet", "Lan", "--end", "interrupt"], 130),
        ([], 2),
    ],
)
def test_exit_codes(arguments: list[str], code: int) -> None:
    assert main(arguments) == code


@pytest.mark.parametrize(
    ("arguments", "vietnamese"),
    [
        (["gret"], "Không có lệnh gret. Có thể bạn muốn dùng: greet."),
        (["xyz"], "Không có lệnh xyz; dùng --help để xem các lệnh."),
        (["people", "gret"], "Không có lệnh gret. Có thể bạn muốn dùng: greet."),
        (["greet"], "Thiếu giá trị: NAME."),
        (["greet", "Lan", "--time", "2"], "Không có tùy chọn --time"),
        (["greet", "Lan", "--times", "two"], "Giá trị của --times không hợp lệ: "),
        (["--lang", "fr", "greet", "Lan"], "Giá trị của --lang không hợp lệ: "),
        (["greet", "Lan", "Hoa"], "Không hiểu dòng lệnh: "),
        (["greet", "Lan", "--end", "refuse"], "x.toml nhưng tệp này không tồn tại."),
        (["greet", "Lan", "--end", "disk"], "evidence/ab: No space left on device."),
        (
            ["greet", "Lan", "--end", "database"],
            "không thực hiện được việc này: database is locked",
        ),
    ],
)
def test_a_mistake_is_said_on_standard_error_without_a_traceback(
    arguments: list[str], vietnamese: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capfd.readouterr().err
    assert vietnamese in said
    assert "Traceback" not in said


def test_a_mistake_before_the_language_is_said_in_that_language(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main(["gret", "--lang", "en"]) == 2
    assert "There is no command gret." in capfd.readouterr().err


def test_a_fault_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        main(["greet", "Lan", "--end", "bug"])


def run(*arguments: str, program: str = "") -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", program] if program else [sys.executable, "-m", "camket"]
    return subprocess.run(
        [*line, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_module_runs_as_a_program() -> None:
    assert run("--help").returncode == 0
    assert run("no-such-verb").returncode == 2


def test_who_stops_reading_gets_no_traceback() -> None:
    program = (
        "import sys; from camket import __main__ as c; import tests.camket.test_main as t;"
        "c.VERBS = {'greet': ('tests.camket.test_main:greet', '')};"
        "sys.exit(c.main(['greet', 'Lan', '--end', 'pipe']))"
    )
    done = run(program=program)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_needs_nothing_heavy() -> None:
    program = (
        "import sys; from camket.__main__ import main; main(['--help']);"
        "heavy = {'babel', 'pydantic', 'sqlalchemy', 'celery', 'rich', 'lxml', 'typst'};"
        "sys.exit(str(sorted(heavy & sys.modules.keys())) if heavy & sys.modules.keys() else 0)"
    )
    done = run(program=program)
    assert (done.returncode, done.stderr) == (0, "")
