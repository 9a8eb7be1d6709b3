from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from tests.intake.agreements import agreements
from workflow.domain.agreement import (
    Agreement,
    AllOf,
    AnyOf,
    Due,
    DueFrom,
    FixedDay,
    Quota,
    Requirement,
    requirements_of,
)
from workflow.domain.errors import InvalidFile, Problem
from workflow.domain.triggers import After, CalendarKind, Day, Event, Every, Length, Once, When
from workflow.domain.units import Selector
from workflow.intake.agreement_file import (
    agreement_from_data,
    amendment_schema,
    read_agreement,
    schema,
    write_agreement,
)
from workflow.intake.kept_form import keep_agreement, kept_agreement

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TEXT = """\
code: TS-BN
title: Chương trình phối hợp
number: 09-CTr/TU
signed_on: 2023-04-11
from: 2023-04-11
through: 2025-12-31
tracked_from: 2024-01-01
settings: {reporting: nd09, calendars: {truong: truong-hoc}}
parties:
  - {code: tu-son, name: Thành ủy, members: {under: [tu-son]}}
  - {code: bao, name: Báo, members: bao-bac-ninh}
titles:
  - {code: bbn, name: Báo Bắc Ninh, aliases: [BBN]}
topics:
  - {code: le, title: Ngày lễ, words: [lễ hội, kỷ niệm]}
clauses:
  - {code: mua, text: Các đơn vị mua báo., place: 'đoạn 3, câu 3'}
ladders:
  thuong-le:
    - {code: nhac, days: -3, to: unit}
    - {code: don-doc, days: 1, to: head, channel: letter}
obligations:
  - code: mua-bao
    title: Đặt mua báo
    clause: mua
    bearer: {kinds: [co-quan, truong], except_keys: [buu-dien]}
    trigger: {every: quarter}
    due: {from: start, days: -11, roll: preceding}
    ladder: thuong-le
    proof:
      - {check: invoice, quantity: {quota: bbn}}
      - any:
          - {check: letter, code: cong-van, params: {lead: 2, on: 2024-01-01, share: 99.5}}
          - {check: minutes, minimum: 3}
    versions:
      - {from: 2024-01-01, due: {fixed: {day: 25}}, weight: 3}
      - {from: 2024-12-15, trigger: {every: year}, weight: null, ladder: null, through: 2025-06-30}
  - code: le-hoi
    title: Tuyên truyền lễ hội
    clause: mua
    topic: le
    bearer: bao-bac-ninh
    trigger: {day: {lunar: 15/3, before: 7, after: 1}}
    ladder: thuong-le
  - {code: tin, title: Tin, clause: mua, bearer: [a, b], trigger: {event: hoi-nghi}}
  - {code: sau, title: Bài, clause: mua, bearer: a, trigger: {after: {obligation: tin, days: 2}}}
  - {code: cv, title: CV, clause: mua, bearer: a,
     trigger: {when: {figure: f, period: quarter, below: 100, evaluated_after: 15}}}
  - {code: tk, title: TK, clause: mua, bearer: a, trigger: {once: 2025-12-31}}
  - {code: tuan, title: T, clause: mua, bearer: a,
     trigger: {every: {rule: FREQ=WEEKLY;BYDAY=MO, starts: 2024-01-01}}}
  - {code: qk, title: QK, clause: mua, bearer: {everyone: true}, trigger: {day: {month: 9, day: 2}}}
"""


def read(text: str = TEXT) -> Agreement:
    return read_agreement(text)


def by_code(agreement: Agreement, code: str) -> Any:  # noqa: ANN401 - tests look into any part
    versions = [each for each in agreement.obligations if each.code == code]
    return versions[0] if len(versions) == 1 else versions


def test_a_file_says_what_an_agreement_is() -> None:
    agreement = read()
    assert agreement.code == "TS-BN"
    assert (agreement.starts_on, agreement.ends_on) == (date(2023, 4, 11), date(2026, 1, 1))
    assert agreement.tracked_from == date(2024, 1, 1)
    assert agreement.settings.reporting == "nd09"
    assert agreement.settings.calendars == {"truong": "truong-hoc"}
    assert agreement.settings.correction_days == 3
    assert agreement.parties[1].members == Selector(keys=frozenset({"bao-bac-ninh"}))
    assert agreement.titles[0].aliases == ("BBN",)
    assert agreement.clauses[0].place == "đoạn 3, câu 3"


def test_each_trigger_has_its_own_key() -> None:
    agreement = read()
    assert by_code(agreement, "tin").trigger == Event(kind="hoi-nghi")
    assert by_code(agreement, "sau").trigger == After(obligation="tin", days=2)
    assert by_code(agreement, "tk").trigger == Once(on=date(2025, 12, 31))
    assert by_code(agreement, "cv").trigger == When(
        figure="f", period=Length.QUARTER, below=Decimal(100), evaluated_after=15
    )
    assert by_code(agreement, "tuan").trigger == Every(
        rule="FREQ=WEEKLY;BYDAY=MO", starts=date(2024, 1, 1)
    )
    assert by_code(agreement, "qk").trigger == Day(month=9, day=2)
    assert by_code(agreement, "le-hoi").trigger == Day(
        month=3, day=15, calendar=CalendarKind.LUNAR, before=7, after=1
    )


def test_a_later_version_changes_what_it_says_and_keeps_the_rest() -> None:
    first, second, third = by_code(read(), "mua-bao")
    assert first.due == Due(reckoned=DueFrom.START, offset=-11, roll=first.due.roll)
    assert (first.effective_from, first.effective_until) == (date(2023, 4, 11), date(2024, 1, 1))
    assert second.due == Due(fixed=FixedDay(day=25))
    assert (second.weight, second.trigger) == (3, Every(period=Length.QUARTER))
    assert (second.proof, second.ladder, second.bearer) == (first.proof, first.ladder, first.bearer)
    assert (third.weight, third.ladder, third.trigger) == (1, (), Every(period=Length.YEAR))
    assert third.effective_until == date(2025, 7, 1)


def test_an_obligation_may_pause_between_versions() -> None:
    text = TEXT.replace(
        "    ladder: thuong-le\n    proof",
        "    through: 2023-09-30\n    ladder: thuong-le\n    proof",
    )
    first, second, _ = by_code(read(text), "mua-bao")
    assert first.effective_until == date(2023, 10, 1)
    assert second.effective_from == date(2024, 1, 1)


def test_a_number_with_a_leading_zero_is_text() -> None:
    assert read(TEXT.replace("number: 09-CTr/TU", "number: 09367")).number == "09367"


def test_proof_is_a_list_of_what_is_needed_with_alternatives() -> None:
    proof = by_code(read(), "mua-bao")[0].proof
    invoice, letter, minutes = requirements_of(proof)
    assert proof == AllOf(parts=(invoice, AnyOf(parts=(letter, minutes))))
    assert invoice == Requirement(code="invoice", check="invoice", quantity=Quota(title="bbn"))
    assert letter.code == "cong-van"
    assert letter.params == {"lead": 2, "on": "2024-01-01", "share": 99.5}
    assert minutes.minimum == 3


def test_obligations_may_share_a_ladder_by_name() -> None:
    agreement = read()
    ladder = by_code(agreement, "le-hoi").ladder
    assert [step.days for step in ladder] == [-3, 1]
    assert by_code(agreement, "mua-bao")[0].ladder == ladder
    assert write_agreement(agreement).count("code: nhac") == 1


def test_it_is_the_same_from_text_bytes_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "agreement.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert read_agreement(path) == read_agreement(TEXT.encode()) == read_agreement("\ufeff" + TEXT)


def test_json_is_yaml_too() -> None:
    assert read_agreement(json.dumps(keep_agreement(read()))) == read()


UNHURRIED = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(agreements())
def test_writing_and_reading_again_gives_the_same_agreement(agreement: Agreement) -> None:
    assert read_agreement(write_agreement(agreement)) == agreement


@pytest.mark.long
@settings(UNHURRIED, max_examples=2000)
@given(agreements())
def test_writing_and_reading_again_gives_the_same_agreement_many_times(
    agreement: Agreement,
) -> None:
    assert read_agreement(write_agreement(agreement)) == agreement


@UNHURRIED
@given(agreements())
def test_what_is_kept_as_json_is_the_same_agreement(agreement: Agreement) -> None:
    kept = json.loads(json.dumps(keep_agreement(agreement)))
    assert kept_agreement(kept) == agreement
    assert agreement_from_data(kept) == agreement


@UNHURRIED
@given(agreements())
def test_every_agreement_that_is_kept_fits_the_schema(agreement: Agreement) -> None:
    validator = jsonschema.Draft202012Validator(
        schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    validator.validate(json.loads(json.dumps(keep_agreement(agreement))))


def test_the_schemas_are_valid_and_describe_every_key() -> None:
    for each in (schema(), amendment_schema()):
        jsonschema.Draft202012Validator.check_schema(each)
        forms = [each, *each["$defs"].values()]
        undescribed = [
            f"{form.get('title')}.{key}"
            for form in forms
            for key, value in form.get("properties", {}).items()
            if "description" not in value
        ]
        assert undescribed == []
        assert all(form["additionalProperties"] is False for form in forms if "properties" in form)


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    data = keep_agreement(read())
    data["obligations"][0]["trigger"] = {"evry": "quarter"}
    assert not validator.is_valid(data)


def test_plain_data_is_refused_with_paths_and_without_lines() -> None:
    data = keep_agreement(read())
    data["obligations"][0]["clause"] = "mau"
    with pytest.raises(InvalidFile) as refused:
        agreement_from_data(data)
    (problem,) = refused.value.problems
    assert (problem.code, problem.path) == ("agreement.unknown_clause", "obligations[0].clause")
    assert problem.line is None


def test_whoever_knows_the_checks_judges_their_parameters() -> None:
    def params(check: str, given: Mapping[str, object]) -> list[Problem]:
        if check == "minutes":
            return [Problem(code="check.unknown", facts={"check": check})]
        return [Problem(code="check.params_invalid", path="lead")] if "lead" in given else []

    with pytest.raises(InvalidFile) as refused:
        read_agreement(TEXT, check_params=params)
    found = [(each.code, each.path, each.line) for each in refused.value.problems]
    lines = TEXT.splitlines()
    assert found == [
        (
            "check.params_invalid",
            "obligations[0].proof[1].any[0].params.lead",
            1 + next(n for n, line in enumerate(lines) if "lead: 2" in line),
        ),
        (
            "check.unknown",
            "obligations[0].proof[1].any[1].check",
            1 + next(n for n, line in enumerate(lines) if "check: minutes" in line),
        ),
    ]
