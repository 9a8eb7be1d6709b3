"""Every verb explains itself, in both languages, with an example that can be typed."""

from __future__ import annotations

import shlex
import time

import click
import pytest

from camket.__main__ import VERBS, camket, main
from camket.manual import manual, verbs
from camket.speaking import Verb, Verbs
from tests.sources import ROOT
from workflow.domain.errors import Refusal
from workflow.i18n import translator

LEAVES = dict(verbs())
every_verb = pytest.mark.parametrize("path", LEAVES, ids=" ".join)


def test_the_verbs_of_the_contract_are_there() -> None:
    known = {" ".join(path[1:]) for path in LEAVES}
    promised = """
        up; worker; scheduler; migrate; doctor; agreement check; agreement import;
        agreement activate; agreement amend; agreement end; agreement export; agreement schema;
        calendar show; calendar import; request add; figure import; units import; preview; plan;
        coverage; check; task list; task show; task why; task evidence add;
        task evidence remove; task submit; task withdraw; task suspend; task resume;
        task reopen; task cancel; doubt list; doubt raise; doubt settle; jobs list; jobs retry;
        work; review list; review confirm; review return; extension ask; extension grant;
        extension refuse; waiver ask; waiver grant; waiver refuse; meeting add; meeting move;
        meeting cancel; meeting list; meeting import; units succeed; journal verify;
        journal export; user add; user list; user disable; user reset
    """
    assert {" ".join(one.split()) for one in promised.split(";")} <= known


@every_verb
def test_the_example_can_be_typed(path: tuple[str, ...]) -> None:
    verb = LEAVES[path]
    words = shlex.split(verb.example.split(" > ")[0])
    assert tuple(words[: len(path)]) == path
    # Reading a line needs neither a database nor the files that it names.
    assert verb.make_context(" ".join(path), words[len(path) :]).params is not None


@every_verb
def test_help_is_in_both_languages(
    path: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([*path[1:], "--help", "--lang", "en"]) == 0
    english = capfd.readouterr().out
    assert main([*path[1:], "--help", "--lang", "vi"]) == 0
    vietnamese = capfd.readouterr().out
    assert LEAVES[path].example.split()[0] in english
    assert "Ví dụ" in vietnamese
    say = translator("vi")
    for parameter in LEAVES[path].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert say.has(parameter.help), parameter.help


@every_verb
def test_what_prints_data_prints_it_as_json(path: tuple[str, ...]) -> None:
    shows_data = {"list", "show", "why", "preview", "coverage", "plan", "doctor", "verify", "check"}
    if path[-1] in shows_data:
        assert any("--json" in one.opts for one in LEAVES[path].params)


def test_every_group_and_verb_is_one_of_ours() -> None:
    def walk(command: click.Command) -> None:
        assert isinstance(command, (Verb, Verbs))
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                assert inner is not None
                walk(inner)

    walk(camket)


def test_the_list_says_of_each_verb_what_it_does_in_both_languages() -> None:
    say = translator("vi")
    for name, (_, summary) in VERBS.items():
        assert summary.endswith("."), name
        assert say.has(summary), name


def test_the_reference_is_what_the_commands_say() -> None:
    written = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert written == manual(), "python -m camket.manual > docs/command-line.md"


def test_help_is_quick() -> None:
    # In a process that has loaded Python already; what is measured is our own part.
    began = time.process_time()
    assert main(["--help"]) == 0
    assert time.process_time() - began < 0.3


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("agreement end x --on 2024-13-01", "command.day_wrong"),
        ("agreement end x --on yesterday", "command.day_wrong"),
        ("plan --at 2024-01-01", "command.instant_wrong"),
        ("plan --at 99999-01-01T00:00", "command.instant_wrong"),
        ("plan --at 0001-01-01T00:00", "command.instant_wrong"),
        ("task show twelve", "command.number_wrong"),
        ("task show 0", "command.number_wrong"),
        ("task show 99999999999999999999999", "command.number_wrong"),
        ("task list --state done", "command.choice_wrong"),
    ],
)
def test_what_is_typed_wrong_is_named(line: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        camket.main(line.split(), standalone_mode=False)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["31/03/2024", "2024-03-31"])
def test_a_day_is_written_in_both_ways(text: str) -> None:
    verb = LEAVES["camket", "agreement", "end"]
    context = verb.make_context("end", ["x", "--on", text])
    assert context.params["on"].isoformat() == "2024-03-31"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-03-31T17:00", "2024-03-31T10:00:00+00:00"),
        ("2024-03-31 17:00", "2024-03-31T10:00:00+00:00"),
        ("2024-03-31T17:00Z", "2024-03-31T17:00:00+00:00"),
        ("2024-03-31T17:00-05:00", "2024-03-31T22:00:00+00:00"),
    ],
)
def test_an_instant_without_an_offset_is_told_in_the_local_zone(text: str, instant: str) -> None:
    context = LEAVES["camket", "plan"].make_context("plan", ["--at", text])
    assert context.params["at"].isoformat() == instant
