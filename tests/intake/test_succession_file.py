# A table is read by its rows.
# ruff: noqa: E501

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.agreements import codes, days, texts
from workflow.domain.errors import InvalidFile, Problem
from workflow.domain.succession import Copies, Decision, Fate, Succession, Successor
from workflow.domain.units import Dated, Roster, Span, Unit
from workflow.intake.succession_file import read_succession, succession_schema, write_succession
from workflow.labels import describe

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
date: 2025-07-01
ground: Nghị quyết số 00/NQ về sắp xếp đơn vị
successors:
  - key: p-tu-son
    replaces: [dong-ngan, tan-hong]
    kind: phuong
    name: Phường Từ Sơn
    code: '09367'
    quotas: [{title: bbn, copies: 20, mandatory: false, funds: ngân sách}]
    tax_code: '9900001115'
  - {key: bao, name: Báo và đài}
dissolved: thanh-uy
decisions:
  - {fate: cancel, units: thanh-uy, agreement: A, obligations: [moi], reason: Hết cấp thành phố}
  - {fate: transfer, units: [dong-ngan, tan-hong], to: p-tu-son}
"""
LONG = Span(from_on=date(2020, 1, 1))


def unit(key: str) -> Unit:
    return Unit(key=key, kind="phuong", life=LONG, names=(Dated(value=key, span=LONG),))


ROSTER = Roster([unit(key) for key in ("dong-ngan", "tan-hong", "thanh-uy", "bao")])


def problems(text: str, roster: Roster | None = ROSTER) -> dict[tuple[str, str], Problem]:
    with pytest.raises(InvalidFile) as refused:
        read_succession(text, roster=roster)
    for each in refused.value.problems:
        assert describe(each, "en") != describe(each, "vi")
    return {(each.code, each.path): each for each in refused.value.problems}


def test_a_file_says_what_a_succession_is() -> None:
    assert read_succession(TEXT, roster=ROSTER) == Succession(
        happens_on=date(2025, 7, 1),
        ground="Nghị quyết số 00/NQ về sắp xếp đơn vị",
        successors=(
            Successor(
                key="p-tu-son",
                replaces=("dong-ngan", "tan-hong"),
                kind="phuong",
                name="Phường Từ Sơn",
                code="09367",
                quotas=(Copies(title="bbn", copies=20, is_mandatory=False, funds="ngân sách"),),
                tax_code="9900001115",
            ),
            Successor(key="bao", name="Báo và đài"),
        ),
        dissolved=("thanh-uy",),
        decisions=(
            Decision(
                fate=Fate.CANCEL,
                units=("thanh-uy",),
                agreement="A",
                obligations=("moi",),
                reason="Hết cấp thành phố",
            ),
            Decision(fate=Fate.TRANSFER, units=("dong-ngan", "tan-hong"), to=("p-tu-son",)),
        ),
    )


@pytest.mark.parametrize(
    ("there", "instead", "code", "path", "line"),
    [
        ("date: 2025-07-01", "date: 1/7/2025", "form.day_written_otherwise", "date", 1),
        ("ground: Ngh", "grounds: Ngh", "form.unknown_key_near", "grounds", 2),
        ("replaces:", "replace:", "form.unknown_key_near", "successors[0].replace", 5),
        ("'09367'", "9367", "form.expected_text", "successors[0].code", 8),
        ("copies: 20", "copies: 0", "form.too_small", "successors[0].quotas[0].copies", 9),
        ("'9900001115'", "'99'", "form.bad_code", "successors[0].tax_code", 10),
        ("fate: transfer", "fate: keep", "form.unknown_word", "decisions[1].fate", 15),
        (", reason: Hết", ", reasons: Hết", "form.unknown_key_near", "decisions[0].reasons", 14),
        (", reason: Hết cấp thành phố", "", "succession.reason_missing", "decisions[0]", 14),
        ("dong-ngan, tan-hong]\n    kind", "dong-ngan, x]\n    kind", "unit.unknown", "successors[0].replaces[1]", 5),
        ("name: Phường Từ Sơn", "mail: a@b", "succession.name_missing", "successors[0].name", 4),
        ("dissolved: thanh-uy", "dissolved: [bao]", "succession.dissolved_and_going_on", "dissolved[0]", 12),
        ("to: p-tu-son", "to: thanh-uy", "succession.not_there", "decisions[1].to[0]", 15),
    ],
)  # fmt: skip
def test_each_mistake_is_named_where_it_stands(
    there: str, instead: str, code: str, path: str, line: int
) -> None:
    found = problems(TEXT.replace(there, instead, 1))
    assert (code, path) in found, found
    assert found[code, path].line == line


def test_without_units_only_the_form_is_judged(tmp_path: Path) -> None:
    text = TEXT.replace("[dong-ngan, tan-hong]\n    kind", "[x, y]\n    kind")
    path = tmp_path / "succession.yaml"
    path.write_text(text, encoding="utf-8")
    assert read_succession(path).successors[0].replaces == ("x", "y")
    assert set(problems(text)) == {
        ("unit.unknown", "successors[0].replaces[0]"),
        ("unit.unknown", "successors[0].replaces[1]"),
        ("succession.does_not_end", "decisions[1].units[0]"),
        ("succession.does_not_end", "decisions[1].units[1]"),
    }


few_keys = st.lists(codes, max_size=3).map(tuple)
copies = st.builds(
    Copies,
    title=codes,
    copies=st.integers(1, 500),
    is_mandatory=st.booleans(),
    funds=st.just("") | texts,
)
successors = st.builds(
    Successor,
    key=codes,
    replaces=few_keys,
    kind=st.none() | codes,
    name=st.none() | texts,
    code=st.none() | texts,
    parent=st.none() | codes,
    tags=st.none() | few_keys,
    quotas=st.none() | st.lists(copies, max_size=2).map(tuple),
    tax_code=st.none() | st.just("9900001115"),
    budget_code=st.none() | st.just("9900101"),
    paid_by=st.none() | codes,
    mail=st.none() | st.just("a@example.invalid"),
)
decisions = st.builds(
    Decision,
    fate=st.sampled_from(Fate),
    units=few_keys,
    agreement=st.none() | codes,
    obligations=few_keys,
    to=few_keys,
    reason=texts,
)


@settings(max_examples=60, deadline=None)
@given(
    st.builds(
        Succession,
        happens_on=days,
        ground=texts,
        successors=st.lists(successors, max_size=3).map(tuple),
        dissolved=few_keys,
        decisions=st.lists(decisions, max_size=3).map(tuple),
    )
)
def test_writing_and_reading_again_gives_the_same_succession(succession: Succession) -> None:
    assert read_succession(write_succession(succession)) == succession


def test_the_schema_is_valid_and_describes_every_key() -> None:
    schema = succession_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for form in (schema, *schema["$defs"].values()):
        for key, value in form.get("properties", {}).items():
            assert "description" in value, key
