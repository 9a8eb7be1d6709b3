"""Whatever a check does, there is a verdict; and what checks there are."""

from __future__ import annotations

import json
import sys
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from tests.evidence.specimens import codes, facts, invoice, judge, stored
from workflow.domain.errors import Refusal
from workflow.evidence.check import (
    EvidenceFile,
    Figures,
    Findings,
    Identity,
    Judgement,
    Outcome,
    Reason,
    TaskFacts,
    Unreadable,
    Verdict,
    judged,
    params_for,
)
from workflow.evidence.registry import ENTRY_POINTS, check_named, checks, params_problems
from workflow.evidence.verdict import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Params(BaseModel, frozen=True, strict=True, extra="forbid"):
    on: date | None = None
    words: tuple[str, ...] = ()


class Broken:
    """A check that does what it is told."""

    name = "broken"
    version = "7"
    light = True
    params = Params

    def __init__(self, does: object) -> None:
        self._does = does

    def run(
        self,
        params: Params,  # noqa: ARG002 - a check's shape
        file: EvidenceFile | None,  # noqa: ARG002 - the protocol's signature
        *,
        figures: Figures,  # noqa: ARG002 - the protocol's signature
        facts: TaskFacts,  # noqa: ARG002 - the protocol's signature
    ) -> Verdict:
        if isinstance(self._does, BaseException):
            raise self._does
        return cast("Verdict", self._does)


def run(does: object, params: dict[str, object] | None = None) -> Verdict:
    return judged(Broken(does), params or {}, None, figures={}, facts=facts())


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (ValueError("x"), "check.crashed"),
        (RecursionError(), "check.crashed"),
        (SystemExit(1), "check.crashed"),
        (MemoryError(), "check.out_of_memory"),
        (Refusal("facts.invalid", detail="x"), "facts.invalid"),
    ],
)
def test_a_fault_is_an_undecided_verdict(fault: BaseException, code: str) -> None:
    verdict = run(fault)
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {code})
    assert (verdict.check, verdict.version) == ("broken", "7")
    assert verdict.findings == Findings()


def test_an_interrupt_is_not_a_verdict() -> None:
    with pytest.raises(KeyboardInterrupt):
        run(KeyboardInterrupt())


def test_what_a_file_does_to_its_reader_is_the_reason() -> None:
    verdict = run(Unreadable("file.empty"))
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"file.empty"})


def test_wrong_parameters_are_undecided_when_they_come_this_far() -> None:
    assert codes(run(None, {"unknown": 1})) == {"check.params_invalid"}


def verdict_with(read: dict[str, object], reasons: tuple[Reason, ...] = ()) -> Verdict:
    return Verdict(outcome=Outcome.PASSED, check="other", version="0", reasons=reasons, read=read)


@pytest.mark.parametrize(
    "read",
    [
        {"performed_on": "gần đây"},
        {"performed_on": 5},
        {"quantity": "two"},
        {"quantity": True},
        {"identity": {"kind": "x"}},
        {"identity": "x"},
        {"period": "2024"},
    ],
)
def test_findings_of_a_wrong_form_are_a_crash(read: dict[str, object]) -> None:
    assert codes(run(verdict_with(read))) == {"check.crashed"}


def test_a_check_cannot_sign_as_another() -> None:
    verdict = run(verdict_with({"quantity": 2, "own": "x"}))
    assert (verdict.check, verdict.version) == ("broken", "7")
    assert (verdict.findings.quantity, verdict.read["own"]) == (2, "x")


def test_no_verdict_at_all_is_a_crash() -> None:
    assert codes(run(None)) == {"check.crashed"}
    assert codes(run("passed")) == {"check.crashed"}


def test_a_flood_of_what_was_read_is_cut() -> None:
    deep: dict[str, object] = {}
    for _ in range(50):
        deep = {"in": deep}
    read = {
        "long": "x" * 10_000,
        "many": list(range(10_000)),
        "nul": "a\x00b\ud800c\x1b",
        "nan": float("nan"),
        "day": date(2024, 1, 5),
        "set": {"x"},
        "flag": True,
        "half": 0.5,
        "deep": deep,
        "object": object,
    }
    seen = run(verdict_with(read, (Reason(code="file.empty", facts={"x": "\x00" * 9}),)))
    text = json.dumps(seen.to_json(), allow_nan=False)
    assert len(text) < 5_000
    assert "\\u0000" not in text
    assert "\\ud800" not in text
    assert seen.read["nul"] == "abc"
    assert seen.read["nan"] is None
    assert (seen.read["day"], seen.read["half"], seen.read["flag"]) == ("2024-01-05", 0.5, True)


def test_a_verdict_wider_than_any_is_a_crash() -> None:
    wide = {str(n): {str(m): "x" * 400 for m in range(200)} for n in range(200)}
    assert codes(run(verdict_with(dict(wide)))) == {"check.crashed"}


identities = st.builds(
    Identity, kind=st.sampled_from(["file", "invoice"]), key=st.text(max_size=400), part=st.text()
)


@given(
    st.builds(
        Findings,
        performed_on=st.none() | st.dates(),
        identity=st.none() | identities,
        quantity=st.none() | st.integers(),
        capacity=st.none() | st.integers(),
        replaces=st.none() | identities,
    )
)
def test_findings_survive_json(findings: Findings) -> None:
    assert Findings.from_json(json.loads(json.dumps(findings.to_json()))) == findings


@given(identities, identities)
def test_the_text_of_an_identity_is_short_and_its_own(one: Identity, other: Identity) -> None:
    assert len(one.text) <= 255
    if (one.kind, one.key, one.part) == (other.kind, other.key, other.part):
        assert one.text == other.text


def test_long_identities_stay_apart() -> None:
    one = Identity(kind="article", key="a" * 400)
    other = Identity(kind="article", key="a" * 401)
    assert one.text != other.text
    assert len(one.text) <= 255


def test_a_verdict_survives_json(tmp_path: Path) -> None:
    verdict = judge("invoice", stored(tmp_path, invoice(), "hd.xml"))
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict
    assert printable(verdict) == verdict


def test_the_weightiest_reasons_come_first() -> None:
    judgement = Judgement("x", "1")
    judgement.note("a.note")
    judgement.doubt("a.doubt")
    judgement.fail("a.fail")
    verdict = judgement.verdict(Findings())
    assert [reason.code for reason in verdict.reasons] == ["a.fail", "a.doubt", "a.note"]
    assert verdict.outcome is Outcome.FAILED


def test_the_same_input_gives_the_same_verdict(tmp_path: Path) -> None:
    file = stored(tmp_path, invoice(), "hd.xml")
    assert len({json.dumps(judge("invoice", file).to_json()) for _ in range(5)}) == 1


def test_an_unknown_check_is_refused_and_those_known_are_named() -> None:
    with pytest.raises(Refusal) as refused:
        check_named("telepathy")
    assert refused.value.code == "check.unknown"
    assert "invoice" in refused.value.facts["known"]


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({"unknown": 1}, "unknown"),
        ({"at_least": "some"}, "at_least"),
        ({"titles": "bbn"}, "titles"),
        ({"issues": "78"}, "issues"),
        ({"issues": 0}, "issues"),
    ],
)
def test_wrong_parameters_are_refused_with_their_place(
    params: dict[str, object], path: str
) -> None:
    with pytest.raises(Refusal) as refused:
        params_for(check_named("invoice"), params)
    assert refused.value.facts["problems"][0]["path"] == path
    (problem,) = params_problems("invoice", params)
    assert (problem.code, problem.path) == ("check.params_invalid", path)
    assert problem.facts["check"] == "invoice"


def test_right_parameters_have_no_problem() -> None:
    assert params_problems("invoice", {"titles": ["bbn"], "issues": 78}) == ()
    assert params_problems("telepathy", {})[0].code == "check.unknown"


def test_parameters_are_read_as_json_is() -> None:
    told = MappingProxyType({"on": date(2024, 1, 5), "words": {"b", "a"}})
    read = params_for(Broken(None), told)
    assert read == Params(on=date(2024, 1, 5), words=("a", "b"))


@pytest.mark.parametrize("name", ["attachment", "letter", "statement", "invoice", "quantity"])
def test_every_check_has_its_defaults(name: str) -> None:
    assert params_problems(name, {}) == ()


PLUGIN = """
from workflow.evidence.check import Findings, Judgement
from pydantic import BaseModel

class Params(BaseModel):
    pass

class Nod:
    name = "nod"
    version = "1"
    light = False
    params = Params

    def run(self, params, file, *, figures, facts):
        return Judgement("nod", "1").verdict(Findings(quantity=len(facts.unit.name)))

nod = Nod()
letter = Nod()
letter.name = "letter"
nothing = object()
"""


@pytest.fixture
def plugged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[None]:
    """An installed distribution that offers the entry point of the test's parameter."""
    (tmp_path / "nodding.py").write_text(PLUGIN)
    info = tmp_path / "nodding-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: nodding\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{ENTRY_POINTS}]\nnod = nodding:{request.param}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    checks.cache_clear()
    yield
    checks.cache_clear()
    sys.modules.pop("nodding", None)


@pytest.mark.parametrize("plugged", ["nod"], indirect=True)
@pytest.mark.usefixtures("plugged")
def test_others_add_checks_by_an_entry_point() -> None:
    assert list(checks())[-1] == "nod"
    assert judge("nod", None).findings.quantity == len(facts().unit.name)


@pytest.mark.parametrize("plugged", ["nothing", "letter", "missing"], indirect=True)
@pytest.mark.usefixtures("plugged")
def test_an_entry_point_that_is_no_check_of_its_own_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        checks()
    assert refused.value.code == "check.entry_point_invalid"
    assert refused.value.facts["entry"] == "nod"
