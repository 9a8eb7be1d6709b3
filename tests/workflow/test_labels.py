"""Codes become sentences at the edge, and a missing one is noticed."""

from __future__ import annotations

import pkgutil
import sys
import types

import pytest

from workflow import labels
from workflow.domain.errors import InvalidFile, Problem, Refusal
from workflow.labels import MissingWordsWarning, describe, sentence_for


def test_a_refusal_is_said_in_both_languages() -> None:
    refusal = Refusal("settings.secret_short", name="CAMKET_SECRET_KEY", least=32)
    assert describe(refusal, "vi") == "CAMKET_SECRET_KEY phải có ít nhất 32 ký tự."
    assert describe(refusal, "en") == "CAMKET_SECRET_KEY must have at least 32 characters."


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (
            Problem(
                code="settings.not_toml", line=3, column=5, path="a[1].b", facts={"detail": "x"}
            ),
            "dòng 3, cột 5, a[1].b: Tệp không đúng cú pháp TOML: x.",
        ),
        (
            Problem(code="settings.not_toml", line=3, facts={"detail": "x"}),
            "dòng 3: Tệp không đúng cú pháp TOML: x.",
        ),
        (
            Problem(code="settings.not_toml", facts={"detail": "x"}),
            "Tệp không đúng cú pháp TOML: x.",
        ),
    ],
)
def test_a_problem_is_said_with_its_place(problem: Problem, said: str) -> None:
    assert describe(problem, "vi") == said


def test_a_refused_file_is_said_line_by_line_in_their_order() -> None:
    problems = [
        Problem(code="settings.not_toml", line=line, facts={"detail": str(line)})
        for line in (30, 4)
    ]
    assert describe(InvalidFile(problems, file="camket.toml"), "en").splitlines() == [
        "camket.toml: nothing was loaded; problems found: 2.",
        "  line 4: The file is not valid TOML: 4.",
        "  line 30: The file is not valid TOML: 30.",
    ]


def test_a_code_without_a_sentence_is_noticed_and_still_said() -> None:
    with pytest.warns(MissingWordsWarning, match="nothing.known has no sentence"):
        assert sentence_for("nothing.known", {"a": 1, "b": "x"}, "vi") == "nothing.known (a=1, b=x)"


def test_a_missing_fact_is_noticed_and_the_code_still_said() -> None:
    with pytest.warns(MissingWordsWarning, match="cannot be written"):
        said = sentence_for("settings.secret_short", {"name": "X"}, "en")
    assert said == "settings.secret_short (name=X)"


@pytest.mark.parametrize("count", ["many", None, [1], object])
def test_a_fact_of_the_wrong_kind_is_noticed_and_the_code_still_said(count: object) -> None:
    with pytest.warns(MissingWordsWarning, match="cannot be written"):
        said = sentence_for("file.invalid", {"file": "x", "count": count}, "en")
    assert said == f"file.invalid (file=x, count={count})"


def test_two_sentences_for_one_code_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rival = types.ModuleType("workflow.wording.house")
    rival.MESSAGES = {"file.invalid": "one thing", "file.other": "x"}  # type: ignore[attr-defined] # made here
    monkeypatch.setitem(sys.modules, "workflow.wording.house", rival)
    twin = types.ModuleType("workflow.wording.twin")
    twin.MESSAGES = {"file.invalid": "another thing"}  # type: ignore[attr-defined] # made here
    monkeypatch.setitem(sys.modules, "workflow.wording.twin", twin)
    names = [types.SimpleNamespace(name=name) for name in ("house", "twin")]
    monkeypatch.setattr(pkgutil, "iter_modules", lambda _path: names)
    with pytest.raises(ValueError, match=r"file\.invalid has two sentences"):
        labels.messages.__wrapped__()
