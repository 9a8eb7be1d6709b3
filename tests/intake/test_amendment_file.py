# A table is read by its rows.
# ruff: noqa: E501

from __future__ import annotations

from datetime import date

import pytest

from tests.intake.test_agreement_file import TEXT, by_code
from workflow.domain.amendment import amended
from workflow.domain.errors import InvalidFile, Problem
from workflow.domain.triggers import After, Every, Length
from workflow.intake.agreement_file import read_agreement, write_agreement
from workflow.intake.amendment_file import read_amendment
from workflow.labels import describe

AGREEMENT = read_agreement(TEXT)
GOOD = """\
agreement: TS-BN
from: 2025-02-01
ground: Biên bản làm việc số 3, ngày 20/1/2025
clauses:
  - {code: doc, text: Các đơn vị đọc báo.}
ladders:
  gap: [{code: nhac, days: -1, to: unit}]
obligations:
  - {code: le-hoi, weight: 2, ladder: gap, topic: null}
end: [tin]
add:
  - code: doc-bao
    title: Đọc báo
    clause: doc
    bearer: {kinds: [chi-bo]}
    trigger: {every: month}
"""


def problems(text: str) -> dict[tuple[str, str], Problem]:
    with pytest.raises(InvalidFile) as refused:
        read_amendment(text, agreement=AGREEMENT)
    for each in refused.value.problems:
        assert describe(each, "en") != describe(each, "vi")
    return {(each.code, each.path): each for each in refused.value.problems}


def test_an_amendment_changes_ends_and_adds() -> None:
    amendment = read_amendment(GOOD, agreement=AGREEMENT)
    assert amendment.ground == "Biên bản làm việc số 3, ngày 20/1/2025"
    result = amended(AGREEMENT, amendment)
    before, after = by_code(result, "le-hoi")
    assert (before.weight, before.topic, before.effective_until) == (1, "le", date(2025, 2, 1))
    assert (after.weight, after.topic, len(after.ladder)) == (2, None, 1)
    assert after.trigger == before.trigger
    assert by_code(result, "tin").effective_until == date(2025, 2, 1)
    assert by_code(result, "doc-bao").trigger == Every(period=Length.MONTH)
    assert by_code(result, "doc-bao").effective_from == date(2025, 2, 1)
    assert read_agreement(write_agreement(result)) == result


def test_it_may_say_less() -> None:
    amendment = read_amendment(
        "agreement: TS-BN\nfrom: 2025-02-01\nground: g\nend: [tin]", agreement=AGREEMENT
    )
    assert (amendment.changes, amendment.adds, amendment.ends) == ((), (), ("tin",))


WRONG = [
    ("agreement: TS-BN", "agreement: TS", "amendment.other_agreement", "agreement", 1),
    ("from: 2025-02-01", "from: 2026-02-01", "amendment.outside_agreement", "from", 2),
    ("from: 2025-02-01", "from: tomorrow", "form.expected_day", "from", 2),
    ("ground: Bi", "grund: Bi", "form.unknown_key_near", "grund", 3),
    ("ground: Bi", "grund: Bi", "form.missing_key", "ground", 1),
    ("code: doc,", "code: mua,", "amendment.code_taken", "clauses[0].code", 5),
    ("code: le-hoi", "code: le-hoii", "amendment.unknown_obligation", "obligations[0].code", 9),
    ("ladder: gap", "ladder: gaap", "agreement.unknown_ladder", "obligations[0].ladder", 9),
    ("topic: null", "topic: xxx", "agreement.unknown_topic", "obligations[0].topic", 9),
    ("topic: null", "title: null", "obligation.cannot_be_null", "obligations[0]", 9),
    ("end: [tin]", "end: [tin, tin]", "amendment.named_twice", "end[1]", 10),
    ("clause: doc\n", "clause: dooc\n", "agreement.unknown_clause", "add[0].clause", 14),
    ("days: -1", "days: x", "form.expected_whole_number", "ladders.gap[0].days", 7),
    (
        "    trigger",
        "    from: 2025-01-31\n    trigger",
        "amendment.begins_earlier",
        "add[0].from",
        16,
    ),
    ("code: doc-bao", "code: le-hoi", "amendment.code_taken", "add[0].code", 12),
    (
        "topic: null",
        "topic: null, trigger: {every: {rule: X, starts: 2025-01-01}}",
        "recurrence.unknown_part",
        "obligations[0].trigger.every.rule",
        9,
    ),
]


@pytest.mark.parametrize(("there", "instead", "code", "path", "line"), WRONG)
def test_each_mistake_is_named_where_the_amendment_makes_it(
    there: str, instead: str, code: str, path: str, line: int
) -> None:
    found = problems(GOOD.replace(there, instead, 1))
    assert (code, path) in found, found
    assert found[code, path].line == line


def test_what_the_agreement_says_itself_is_not_held_against_the_amendment() -> None:
    found = problems(GOOD.replace("code: le-hoi", "code: unknown"))
    assert {path.partition("[")[0] for _, path in found} == {"obligations"}


@pytest.mark.parametrize(
    ("there", "instead", "code"),
    [
        ("topic: null", "trigger: {every: year}", None),
        ("{code: le-hoi", "{code: mua-bao, trigger: {every: month}}\n  - {code: le-hoi", "obligation.length_changes_within"),
        ("from: 2025-02-01", "from: 2027-02-01", "amendment.outside_agreement"),
        ("from: 2025-02-01", "from: 2023-04-11", "amendment.outside_agreement"),
        ("code: doc,", "code: mua,", "amendment.code_taken"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_once_and_in_the_better_words(
    there: str, instead: str, code: str | None
) -> None:
    text = GOOD.replace(there, instead, 1)
    if code is None:
        assert len(read_amendment(text, agreement=AGREEMENT).changes) == 1
        return
    found = [each for each, path in problems(text) if not path.startswith("add[0].clause")]
    assert set(found) <= {code, "amendment.later_version"}
    assert found.count(code) == 1


def test_a_circle_that_an_amendment_closes_is_refused() -> None:
    sau = by_code(AGREEMENT, "sau")
    assert isinstance(sau.trigger, After)
    text = GOOD.replace("end: [tin]", "").replace(
        "{code: le-hoi, weight: 2",
        "{code: tin, trigger: {after: {obligation: sau}}}\n  - {code: le-hoi, weight: 2",
    )
    found = problems(text)
    path = "obligations[0].trigger.after.obligation"
    assert ("obligation.waits_for_itself", path) in found


def test_text_that_is_no_mapping_is_refused() -> None:
    assert ("form.expected_mapping", "") in problems("- a")


def test_checks_judge_their_parameters_in_an_amendment_too() -> None:
    text = GOOD.replace("topic: null", "proof: {check: letter, params: {lead: 2}}")
    with pytest.raises(InvalidFile) as refused:
        read_amendment(
            text,
            agreement=AGREEMENT,
            check_params=lambda _check, _params: [
                Problem(code="check.params_invalid", path="lead")
            ],
        )
    (problem,) = refused.value.problems
    assert problem.path == "obligations[0].proof.params.lead"
