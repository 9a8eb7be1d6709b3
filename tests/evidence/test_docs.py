"""The page about checks says what the code does."""

from __future__ import annotations

import re

import pytest

from tests.sources import ROOT
from workflow.evidence.registry import BUILT_IN
from workflow.wording.evidence import MESSAGES

PAGE = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
QUOTED = set(re.findall(r"`([a-z_.]+)`", PAGE))
SHARED = {"dated", "days_before", "days_after"}


def section(name: str) -> str:
    start = PAGE.index(f"**`{name}`**")
    return PAGE[start : PAGE.find("\n\n", start)]


@pytest.mark.parametrize("check", BUILT_IN, ids=lambda check: str(check.name))
def test_every_check_and_parameter_is_told(check: object) -> None:
    name, params = getattr(check, "name", ""), getattr(check, "params", None)
    told = set(re.findall(r"`([a-z_]+)`", section(name)))
    assert params is not None
    assert set(params.model_fields) - SHARED <= told
    assert SHARED & set(params.model_fields) in (set(), SHARED)


def test_every_code_is_told_and_no_other() -> None:
    assert set(MESSAGES) <= QUOTED, sorted(set(MESSAGES) - QUOTED)
    families = {code.split(".")[0] for code in MESSAGES}
    told = {code for code in QUOTED if re.fullmatch(r"[a-z]+\.[a-z_]+", code)}
    codes = {code for code in told if code.split(".")[0] in families}
    assert codes <= set(MESSAGES), sorted(codes - set(MESSAGES))


def test_the_example_facts_are_facts() -> None:
    from workflow.evidence.check import TaskFacts

    start = PAGE.index('    {"unit"')
    example = PAGE[start : PAGE.index("\n\n", start)]
    assert TaskFacts.from_json(example).publications[0].quota == 2
