"""One check on one file by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.evidence.specimens import codes, facts, invoice, text_pdf
from workflow.domain.errors import Refusal
from workflow.evidence.check import Outcome
from workflow.evidence.trying import run_check

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "hd.xml"
    path.write_bytes(invoice())
    return path


def test_a_file_is_judged_as_a_worker_would(paper: Path) -> None:
    verdict = run_check("invoice", paper, '{"at_least": "quota"}', facts().to_json())
    answer = verdict.to_json()
    assert answer["verdict"] == "passed"
    assert answer["read"]["quantity"] == 2
    assert answer["reasons"] == [{"code": "invoice.no_seller_signature"}]
    json.dumps(answer, allow_nan=False)


def test_a_heavy_check_runs_in_a_child_and_needs_no_task(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(text_pdf(["a"]))
    assert run_check("attachment", path).outcome is Outcome.PASSED


def test_a_figure_needs_no_file() -> None:
    params, figures = '{"minimum": 3}', '{"copies": 2}'
    verdict = run_check("quantity", None, params, figures_json=figures)
    assert codes(verdict) == {"quantity.short"}


@pytest.mark.parametrize(
    ("typed", "code", "names"),
    [
        (("telepathy",), "check.unknown", "telepathy"),
        (("invoice", '{"x": 1}'), "check.params_invalid", "x"),
        (("invoice", "{"), "check.json_invalid", "--params"),
        (("invoice", "[]"), "check.json_invalid", "--params"),
        (("invoice", "[" * 100_000), "check.json_invalid", "--params"),
        (("invoice", "{}", "x"), "check.json_invalid", "--facts"),
        (("invoice", "{}", "{}"), "facts.invalid", "unit"),
    ],
)
def test_wrong_input_is_refused_and_named(
    paper: Path, typed: tuple[str, ...], code: str, names: str
) -> None:
    with pytest.raises(Refusal) as refused:
        run_check(typed[0], paper, *typed[1:])
    assert refused.value.code == code
    assert names in str(refused.value.facts)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.xml", tmp_path):
        with pytest.raises(Refusal) as refused:
            run_check("invoice", path)
        assert refused.value.code == "file.cannot_be_read"
