"""An obligation and the fields of its form are the same thing, both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.agreements import codes, obligations, texts
from tests.worlds import obligation
from web.writing import check_fields, duty_fields
from web.writing.duty_fields import form_of, suggested_code
from web.writing.fields import Said, fields_of, rows, with_row, without_row
from web.writing.selector_fields import found_units
from workflow.directory import Listed
from workflow.domain.agreement import AllOf, AnyOf, Fixed, Quota, Requirement
from workflow.domain.periods import reporting_year
from workflow.domain.triggers import After, Every, FollowsFrom, Once
from workflow.evidence.registry import checks
from workflow.intake.agreement_file import read_agreement
from workflow.intake.kept_form import kept_obligation

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from workflow.domain.agreement import Obligation, Proof
    from workflow.domain.triggers import Trigger

TU_SON = Path(__file__).parents[2] / "workflow" / "examples" / "tu-son" / "agreement.yaml"


def again(version: Obligation) -> Obligation:
    """What the form of a version says."""
    fields = form_of(version)
    assert fields is not None, version
    return kept_obligation(duty_fields.said(Said(fields)))


def test_every_obligation_of_the_example_is_said_again_by_its_form() -> None:
    versions = read_agreement(TU_SON).obligations
    assert len(versions) > 50
    assert [again(one) for one in versions] == list(versions)


def value_of(asked: check_fields.Parameter) -> SearchStrategy[Any]:
    """Anything that a parameter of a kind may be told."""
    by_kind: dict[str, SearchStrategy[Any]] = {
        "truth": st.booleans(),
        "whole": st.integers(0, 10**6),
        "text": texts,
        "lines": st.lists(texts, min_size=1, max_size=3),
    }
    some = st.sampled_from(asked.options) if asked.options else st.nothing()
    by_kind |= {"choice": some, "choices": st.lists(some, min_size=1, max_size=3, unique=True)}
    return by_kind[asked.asks]


@st.composite
def leaves(draw: DrawFn) -> Requirement:
    check = draw(st.sampled_from(sorted(checks())))
    asked = {one.name: value_of(one) for one in check_fields.parameters(check)}
    told = draw(st.fixed_dictionaries({}, optional=asked))
    quantity = st.none() | st.builds(Fixed, amount=st.integers(1, 99))
    return Requirement(
        code=draw(codes),
        check=check,
        params=told,
        minimum=draw(st.integers(1, 9)),
        quantity=draw(quantity | st.builds(Quota, title=codes)),
        title=draw(st.just("") | texts),
    )


@st.composite
def proofs(draw: DrawFn) -> Proof:
    """Proofs as deep as the form goes: groups within all, or within alternatives."""
    top, inner = draw(st.sampled_from([(AllOf, AnyOf), (AnyOf, AllOf)]))
    some = st.lists(leaves(), min_size=1, max_size=2).map(tuple)
    part: SearchStrategy[Any] = leaves() | some.map(lambda found: inner(parts=found))
    whole: SearchStrategy[Any] = st.lists(part, min_size=1, max_size=3).map(
        lambda found: top(parts=tuple(found))
    )
    found: Proof = draw(st.one_of(leaves(), whole))
    return found


@st.composite
def versions(draw: DrawFn) -> Obligation:
    year = reporting_year("calendar")
    found = draw(obligations("ma", clauses=("d1",), topics=("t1",), titles=(), year=year))[-1]
    more: SearchStrategy[Trigger] = st.one_of(
        st.builds(Once, on=st.dates(date(2024, 1, 1), date(2025, 1, 1))),
        st.just(Every(rule="FREQ=WEEKLY;BYDAY=MO", starts=date(2024, 1, 1))),
        st.builds(
            After,
            obligation=codes,
            days=st.integers(0, 30),
            reckoned=st.sampled_from(FollowsFrom),
            same_unit=st.booleans(),
        ),
    )
    return replace(
        found,
        trigger=draw(more) if draw(st.booleans()) else found.trigger,
        proof=draw(st.none() | proofs()),
        beneficiary=draw(st.none() | codes),
        auto_submit=draw(st.booleans()),
    )


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(versions())
def test_any_obligation_is_said_again_by_its_form(version: Obligation) -> None:
    assert again(version) == version


@pytest.mark.parametrize(
    "proof",
    [
        Requirement(code="a", check="la-cua-ai", params={"x": 1}),
        Requirement(code="a", check="letter", params={"mentions_all": []}),
        Requirement(code="a", check="letter", params={"mentions_all": ["hai\ndòng"]}),
        AllOf(parts=(AllOf(parts=(Requirement(code="a", check="letter"),)),)),
        AnyOf(
            parts=(
                AllOf(
                    parts=(
                        AnyOf(parts=(Requirement(code="a", check="letter"),)),
                        Requirement(code="b", check="letter"),
                    )
                ),
            )
        ),
    ],
    ids=["unknown check", "empty list", "two lines in one", "same word twice", "too deep"],
)
def test_what_no_field_can_hold_is_not_shown_as_a_form(proof: Proof) -> None:
    assert form_of(obligation(proof=proof)) is None


def test_a_check_from_elsewhere_is_asked_by_what_its_model_holds() -> None:
    for name in checks():
        asked = check_fields.parameters(name)
        known = checks()[name].params.model_fields
        assert {one.name for one in asked} == set(known), name
        assert all(one.label != one.name for one in asked), name
    assert check_fields.parameters("khong-co") == []
    assert check_fields._asked(dict[str, int]) is None
    assert check_fields._asked(tuple[int, ...]) is None
    assert check_fields._asked(int | str) is None


def test_rows_come_and_go_and_keep_their_numbers() -> None:
    fields = with_row(with_row({}, "ladder", {"code": ["a"]}), "ladder", {"code": ["b"]})
    assert rows(fields, "ladder") == [0, 1]
    fields = with_row(without_row(fields, "ladder", 0), "ladder", {"code": ["c"]})
    assert {name: some for name, some in fields.items() if name.endswith("code")} == {
        "ladder.1.code": ["b"],
        "ladder.2.code": ["c"],
    }
    assert rows({"ladder.x.code": ["a"], "ladders.1.code": ["b"]}, "ladder") == []


def test_what_is_typed_is_read_and_what_is_not_stays_as_it_was_typed() -> None:
    said = Said({"n": [" 7 "], "bad": ["bảy"], "d": ["31/12/2024"], "x": ["mai"], "none": [" "]})
    assert (said.whole("n"), said.whole("bad"), said.whole("none")) == (7, "bảy", None)
    assert (said.day("d"), said.day("x"), said.day("none")) == ("2024-12-31", "mai", None)
    assert said.field_at(("due",)) is None


def test_a_form_s_texts_are_kept_and_its_files_left_out() -> None:
    from starlette.datastructures import FormData, UploadFile

    upload = UploadFile(filename="x", file=BytesIO())
    sent = FormData([("a", "1\r\n2\x00"), ("a", "3"), ("f", upload)])
    assert fields_of(sent) == {"a": ["1\n2", "3"]}


def test_units_are_found_by_name_or_key_and_the_others_stay_typed() -> None:
    def listed(key: str, name: str) -> Listed:
        return Listed(id=1, key=key, kind="k", name=name, code=None, parent=None, is_closed=False)

    units = [listed("phuong-a", "Phường A"), listed("hai-1", "Trùng"), listed("hai-2", "Trùng")]
    fields = {"bearer.keys.typed": ["phuong a; lạ; Trùng"], "bearer.keys": ["cu"]}
    found, problems = found_units(fields, units, prefixes=("bearer",))
    assert found == {"bearer.keys": ["cu", "phuong-a"], "bearer.keys.typed": ["lạ; Trùng"]}
    assert [one.code for one in problems] == ["unit.unknown", "unit.name_ambiguous"]
    assert {one.path for one in problems} == {"bearer.keys.typed"}


def test_codes_are_made_of_words_and_taken_by_nobody() -> None:
    assert suggested_code("Đặt mua Báo Bắc Ninh!", taken=()) == "dat-mua-bao-bac-ninh"
    taken = {"dat-mua", "dat-mua-2"}
    assert suggested_code("Đặt mua", taken=taken) == "dat-mua-3"
    assert suggested_code("…", taken=()) == "nghia-vu"
    long = suggested_code(
        "Tuyên truyền kết quả phát triển kinh tế - xã hội của địa phương", taken=()
    )
    assert len(long) <= 40
    assert not long.endswith("-")
