"""One obligation written by itself: in a draft, as an amendment, and what is wrong at its lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.worlds import agreement, day, obligation
from workflow.domain.agreement import Clause, Due
from workflow.domain.amendment import amended
from workflow.domain.errors import InvalidFile, Refusal
from workflow.domain.triggers import Every, Length
from workflow.intake.agreement_file import write_agreement
from workflow.intake.kept_form import keep_agreement, kept_agreement
from workflow.intake.one_obligation import (
    amendment_of,
    amendment_text,
    obligation_text,
    with_version,
)
from workflow.intake.places import document

WITHIN = agreement(obligation("mua-bao"), obligation("doc-bao"))
FIRST = WITHIN.obligations[0]


def problems(refused: InvalidFile) -> set[tuple[str, str]]:
    return {(one.code, one.path) for one in refused.problems}


def test_a_version_takes_the_place_of_the_one_that_it_replaces() -> None:
    changed = replace(FIRST, title="Tên mới", due=Due(offset=3))
    text = obligation_text(changed, within=WITHIN)
    whole = with_version(document(text), within=WITHIN, instead_of=FIRST)
    assert whole == replace(WITHIN, obligations=(changed, WITHIN.obligations[1]))


def test_a_new_one_stands_at_the_end_and_may_bring_its_clause() -> None:
    added = replace(FIRST, code="them", clause="moi")
    clause = {"code": "moi", "text": "Việc mới", "place": "Đoạn 3"}
    text = obligation_text(added, within=WITHIN)
    whole = with_version(document(text), within=WITHIN, clause=clause)
    assert whole.obligations == (*WITHIN.obligations, added)
    assert whole.clauses[-1] == Clause(code="moi", text="Việc mới", place="Đoạn 3")


def test_what_is_wrong_is_said_at_its_line_and_path() -> None:
    text = obligation_text(FIRST, within=WITHIN)
    text = text.replace("clause: d1", "clause: la").replace("code: mua-bao", "code: moi")
    with pytest.raises(InvalidFile) as caught:
        with_version(document(text + "\nweight: 0\n"), within=WITHIN)
    assert problems(caught.value) == {
        ("agreement.unknown_clause", "clause"),
        ("form.too_small", "weight"),
    }
    assert all(one.line for one in caught.value.problems)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("versions: [{from: 2024-05-01, title: x}]", ("editor.one_version", "versions")),
        ("through: 2020-01-01", ("obligation.ends_before_start", "through")),
    ],
)
def test_what_does_not_belong_to_one_version_is_refused(
    change: str, problem: tuple[str, str]
) -> None:
    text = obligation_text(FIRST, within=WITHIN) + f"\n{change}\n"
    with pytest.raises(InvalidFile) as caught:
        with_version(document(text), within=WITHIN, instead_of=FIRST)
    assert problems(caught.value) == {problem}


def test_a_code_is_permanent_and_borne_once() -> None:
    other = obligation_text(replace(FIRST, code="doc-bao"), within=WITHIN)
    with pytest.raises(InvalidFile) as caught:
        with_version(document(other), within=WITHIN)
    assert problems(caught.value) == {("editor.code_taken", "code")}
    with pytest.raises(InvalidFile) as caught:
        with_version(document(other), within=WITHIN, instead_of=FIRST)
    assert ("editor.code_fixed", "code") in problems(caught.value)


def test_a_clause_that_is_wrong_is_said_as_the_clauses() -> None:
    text = document(obligation_text(replace(FIRST, code="them"), within=WITHIN))
    taken = {"code": WITHIN.clauses[0].code, "text": "x"}
    for clause, problem in (
        ({"code": "m", "text": ""}, ("form.empty_text", "clause.text")),
        (taken, ("agreement.code_twice", "clause.code")),
    ):
        with pytest.raises(InvalidFile) as caught:
            with_version(text, within=WITHIN, clause=clause)
        assert problem in problems(caught.value)


def test_one_of_several_versions_changes_and_the_others_stay() -> None:
    later = replace(FIRST, effective_from=day("2024-04-01"), title="Sau")
    first = replace(FIRST, effective_until=day("2024-04-01"))
    within = replace(WITHIN, obligations=(first, later, WITHIN.obligations[1]))
    changed = replace(later, title="Sau nữa")
    text = obligation_text(changed, within=within)
    whole = with_version(document(text), within=within, instead_of=later)
    assert whole.obligations == (first, changed, WITHIN.obligations[1])
    overlapping = document(obligation_text(replace(first, effective_until=None), within=within))
    again = with_version(overlapping, within=within, instead_of=first)
    assert [one.title for one in again.obligations if one.code == "mua-bao"] == [first.title, "Sau"]
    half = replace(later, trigger=Every(period=Length.YEAR), effective_from=day("2024-05-01"))
    with pytest.raises(InvalidFile) as caught:
        with_version(
            document(obligation_text(half, within=within)), within=within, instead_of=later
        )
    assert ("obligation.length_changes_within", "trigger") in problems(caught.value)


def test_an_amendment_says_only_what_changes() -> None:
    before = replace(FIRST, topic=None, due=Due(offset=3))
    within = replace(WITHIN, obligations=(before, WITHIN.obligations[1]))
    now = replace(before, title="Tên mới", due=Due())
    source = document(obligation_text(now, within=within))
    text = amendment_text(
        source, within=within, from_on="2024-06-01", ground="QĐ 5", instead_of=before
    )
    amendment = amendment_of(text, source=source, within=within)
    assert {one.code: dict(one.fields) for one in amendment.changes} == {
        "mua-bao": {"title": "Tên mới", "due": Due()}
    }
    after = amended(within, amendment)
    assert after.obligations[1] == replace(now, effective_from=day("2024-06-01"))


def test_an_amendment_adds_an_obligation_with_its_clause() -> None:
    source = document(
        obligation_text(
            replace(FIRST, code="them", clause="moi", effective_from=day("2024-06-01")),
            within=WITHIN,
        )
    )
    text = amendment_text(
        source,
        within=WITHIN,
        from_on="2024-06-01",
        ground="QĐ 5",
        clause={"code": "moi", "text": "Việc mới"},
    )
    amendment = amendment_of(text, source=source, within=WITHIN)
    assert [one.code for one in amendment.adds] == ["them"]
    assert [one.code for one in amendment.clauses] == ["moi"]


def test_an_amendment_is_refused_where_it_says_nothing_or_wrong_things() -> None:
    source = document(obligation_text(FIRST, within=WITHIN))
    with pytest.raises(Refusal) as refused:
        amendment_text(source, within=WITHIN, from_on="2024-06-01", ground="x", instead_of=FIRST)
    assert refused.value.code == "editor.nothing_changed"
    changed = document(obligation_text(replace(FIRST, clause="la", weight=2), within=WITHIN))
    text = amendment_text(changed, within=WITHIN, from_on="1/6/2024", ground="", instead_of=FIRST)
    with pytest.raises(InvalidFile) as caught:
        amendment_of(text, source=changed, within=WITHIN)
    assert problems(caught.value) >= {
        ("agreement.unknown_clause", "clause"),
        ("form.day_written_otherwise", "amendment.from"),
        ("form.empty_text", "amendment.ground"),
    }
    with pytest.raises(InvalidFile) as caught:
        amendment_text(
            document("code: x\ntitle: y\n"), within=WITHIN, from_on="", ground="", instead_of=FIRST
        )
    assert ("form.missing_key", "trigger") in problems(caught.value)
    taken = {"code": WITHIN.clauses[0].code, "text": "x"}
    text = amendment_text(
        changed, within=WITHIN, from_on="2024-06-01", ground="x", instead_of=FIRST, clause=taken
    )
    with pytest.raises(InvalidFile) as caught:
        amendment_of(text, source=changed, within=WITHIN)
    assert ("amendment.code_taken", "clause.code") in problems(caught.value)


def test_a_draft_that_is_being_written_is_kept_and_read_back() -> None:
    unfinished = replace(WITHIN, clauses=(), obligations=())
    assert kept_agreement(keep_agreement(unfinished)) == unfinished
    assert write_agreement(unfinished).rstrip().endswith("obligations: []")
