"""Every way to write an agreement wrongly that we know of: its code, its place, its words."""

# A table is read by its rows.
# ruff: noqa: E501

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.intake.test_agreement_file import TEXT
from workflow.domain.errors import InvalidFile, Problem
from workflow.intake.agreement_file import read_agreement
from workflow.intake.places import MAX_BYTES, MAX_DEPTH
from workflow.labels import describe

if TYPE_CHECKING:
    from pathlib import Path


def problems(source: str | bytes | Path) -> tuple[Problem, ...]:
    """What is wrong with a file; each is also said in both languages."""
    with pytest.raises(InvalidFile) as refused:
        read_agreement(source)
    for each in refused.value.problems:
        english, vietnamese = describe(each, "en"), describe(each, "vi")
        assert english != vietnamese
    return refused.value.problems


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


# What is written, what stands there instead, the code, the path, and what stands at the place.
WRONG = [
    ("code: TS-BN\n", "", "form.missing_key", "code", "title:"),
    ("code: TS-BN", "code: 2023", "form.expected_text", "code", "2023"),
    ("code: TS-BN", "code: Từ Sơn", "form.bad_code", "code", "Từ Sơn"),
    ("code: TS-BN", f"code: {'x' * 65}", "form.text_too_long", "code", "xxx"),
    ("title: Chương trình phối hợp", "title: '  '", "form.empty_text", "title", "'  '"),
    ("title: Chương trình phối hợp", "title:", "form.expected_text", "title", "number"),
    ("title: Chương trình phối hợp", 'title: "a\\u0007b"', "form.control_character", "title", '"a'),
    ("through: 2025-12-31", "through: 2025-02-30", "form.no_such_day", "through", "2025-02-30"),
    ("through: 2025-12-31", "through: 31/12/2025", "form.day_written_otherwise", "through", "31/12"),
    ("through: 2025-12-31", "through: 2025-12-1", "form.day_written_otherwise", "through", "2025-12"),
    ("through: 2025-12-31", "through: 31/02/2025", "form.expected_day", "through", "31/02"),
    ("through: 2025-12-31", "through: 20251231", "form.expected_day", "through", "20251231"),
    ("through: 2025-12-31", "through: soon-ish", "form.expected_day", "through", "soon"),
    ("through: 2025-12-31", "through: 2525-12-31", "form.day_out_of_range", "through", "2525"),
    ("through: 2025-12-31", "through: 2022-12-31", "agreement.ends_before_start", "through", "2022"),
    ("tracked_from: 2024-01-01", "tracked_from: 2026-01-02", "agreement.tracked_outside", "tracked_from", "2026"),
    ("reporting: nd09", "reporting: nd10", "reporting_year.unknown", "settings.reporting", "nd10"),
    ("reporting: nd09", "cut_off_days: 32", "form.too_large_number", "settings.cut_off_days", "32"),
    ("reporting: nd09", "cut_off_days: [20, 20]", "settings.days_of_months", "settings.cut_off_days", "[20"),
    ("reporting: nd09", "cut_off_days: 20, reporting: nd09", "reporting_year.said_twice", "settings.cut_off_days", "20"),
    ("reporting: nd09", "zone: Asia/Saigo", "agreement.unknown_zone", "settings.zone", "Asia"),
    ("reporting: nd09", "zone: ../etc", "agreement.unknown_zone", "settings.zone", "../etc"),
    ("reporting: nd09", "country: Vietnam", "form.bad_code", "settings.country", "Vietnam"),
    ("reporting: nd09", "correction_days: 61", "form.too_large_number", "settings.correction_days", "61"),
    ("calendars: {truong: truong-hoc}", "calendars: [truong]", "form.expected_mapping", "settings.calendars", "[truong]"),
    ("parties:\n", "parties: []\nparties2:\n", "form.list_too_short", "parties", "[]"),
    ("parties:\n", "parties: {}\nparties2:\n", "form.expected_list", "parties", "{}"),
    ("{under: [tu-son]}", "{}", "selector.means_nobody", "parties[0].members", "{}"),
    ("{under: [tu-son]}", "{except_keys: [a]}", "selector.means_nobody", "parties[0].members", "{except"),
    ("{under: [tu-son]}", "7", "form.expected_mapping", "parties[0].members", "7"),
    ("{under: [tu-son]}", "[a, 7]", "form.expected_text", "parties[0].members[1]", "7"),
    ("{under: [tu-son]}", "{everyone: yes}", "form.truth_written_otherwise", "parties[0].members.everyone", "yes"),
    ("{under: [tu-son]}", "{everyone: 1}", "form.expected_truth", "parties[0].members.everyone", "1"),
    ("code: bao, name", "code: tu-son, name", "agreement.code_twice", "parties[1].code", "tu-son, name: Báo"),
    ("words: [lễ hội, kỷ niệm]", "word: [lễ]", "form.unknown_key_near", "topics[0].word", "word:"),
    ("words: [lễ hội, kỷ niệm]", "zzz: 1", "form.unknown_key", "topics[0].zzz", "zzz:"),
    ("text: Các đơn vị mua báo.", "text: &a Các", "form.anchor_not_allowed", "clauses[0].text", "&a"),
    ("text: Các đơn vị mua báo.", "text: !!str 5", "form.tag_not_allowed", "clauses[0].text", "!!str"),
    ("- {code: nhac, days: -3", "- {code: don-doc, days: -3", "ladder.code_twice", "ladders.thuong-le[1].code", "don-doc, days: 1"),
    ("days: -3, to: unit", "days: 3, to: unit", "ladder.out_of_order", "ladders.thuong-le[1].days", "1, to"),
    ("days: -3, to: unit", "days: -3, to: boss", "form.unknown_word", "ladders.thuong-le[0].to", "boss"),
    ("days: -3, to: unit", "days: -400, to: unit", "form.too_small", "ladders.thuong-le[0].days", "-400"),
    ("    clause: mua\n    bearer: {kinds", "    clause: mau\n    bearer: {kinds", "agreement.unknown_clause", "obligations[0].clause", "mau"),
    ("    clause: mua\n    bearer: {kinds", "    clause:\n    bearer: {kinds", "form.expected_text", "obligations[0].clause", "bearer: {kinds"),
    ("    topic: le", "    topic: hoi", "agreement.unknown_topic", "obligations[1].topic", "hoi"),
    ("    topic: le", "    beneficiary: bo", "agreement.unknown_party", "obligations[1].beneficiary", "bo"),
    ("    ladder: thuong-le\n    proof", "    ladder: x\n    proof", "agreement.unknown_ladder", "obligations[0].ladder", "x\n    proof"),
    ("{quota: bbn}", "{quota: nhan-dan}", "agreement.unknown_title", "obligations[0].proof[0].quantity.quota", "nhan-dan"),
    ("{quota: bbn}", "0", "form.too_small", "obligations[0].proof[0].quantity", "0}"),
    ("{quota: bbn}", "many", "form.expected_whole_number", "obligations[0].proof[0].quantity", "many"),
    ("check: minutes, minimum: 3", "check: letter, code: cong-van", "proof.code_twice", "obligations[0].proof[1].any[1].code", "cong-van}"),
    ("check: minutes, minimum: 3", "check: invoice", "proof.code_twice", "obligations[0].proof[1].any[1]", "{check: invoice}"),
    ("      - any:", "      - any: []\n      - any:", "form.list_too_short", "obligations[0].proof[1].any", "[]"),
    ("minimum: 3", "minimum: 2.5", "form.expected_whole_number", "obligations[0].proof[1].any[1].minimum", "2.5"),
    ("params: {lead: 2, on: 2024-01-01, share: 99.5}", "params: 5", "form.expected_mapping", "obligations[0].proof[1].any[0].params", "5"),
    ("trigger: {every: quarter}", "trigger: {every: week}", "form.unknown_word", "obligations[0].trigger.every", "week"),
    ("trigger: {every: quarter}", "trigger: {}", "trigger.not_one", "obligations[0].trigger", "{}"),
    ("trigger: {every: quarter}", "trigger: {every: null}", "trigger.not_one", "obligations[0].trigger", "{every: null}"),
    ("trigger: {every: quarter}", "trigger: {every: quarter, event: x}", "trigger.not_one", "obligations[0].trigger", "{every: quarter, event"),
    ("trigger: {every: quarter}", "trigger: quarterly", "form.expected_mapping", "obligations[0].trigger", "quarterly"),
    ("FREQ=WEEKLY;BYDAY=MO", "FREQ=HOURLY", "recurrence.frequency", "obligations[6].trigger.every.rule", "FREQ=HOURLY"),
    ("FREQ=WEEKLY;BYDAY=MO", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "recurrence.never", "obligations[6].trigger.every.rule", "FREQ=YEARLY"),
    ("FREQ=WEEKLY;BYDAY=MO", "FREQ=YEARLY;UNTIL=20230101", "trigger.rule_gives_nothing", "obligations[6].trigger.every.rule", "FREQ=YEARLY"),
    (", starts: 2024-01-01}", "}", "form.missing_key", "obligations[6].trigger.every.starts", "{rule"),
    ("lunar: 15/3", "lunar: 31/3", "day.no_such_lunar_day", "obligations[1].trigger.day", "{lunar"),
    ("lunar: 15/3", "lunar: rằm", "form.bad_code", "obligations[1].trigger.day.lunar", "rằm"),
    ("lunar: 15/3", "lunar: 15/3, day: 2", "day.solar_and_lunar", "obligations[1].trigger.day", "{lunar"),
    ("{month: 9, day: 2}", "{month: 9}", "day.incomplete", "obligations[7].trigger.day", "{month"),
    ("{month: 9, day: 2}", "{month: 9, day: 31}", "day.no_such_solar_day", "obligations[7].trigger.day", "{month"),
    ("before: 7", "before: 367", "form.too_large_number", "obligations[1].trigger.day.before", "367"),
    ("once: 2025-12-31", "once: 2026-01-01", "trigger.day_outside", "obligations[5].trigger.once", "2026"),
    ("obligation: tin", "obligation: tini", "agreement.unknown_obligation", "obligations[3].trigger.after.obligation", "tini"),
    ("obligation: tin", "obligation: sau", "obligation.waits_for_itself", "obligations[3].trigger.after.obligation", "sau, days"),
    ("below: 100", "below: nhiều", "form.expected_number", "obligations[4].trigger.when.below", "nhiều"),
    ("below: 100", "below: .inf", "form.expected_number", "obligations[4].trigger.when.below", ".inf"),
    ("below: 100", "below: true", "form.expected_number", "obligations[4].trigger.when.below", "true"),
    ("below: 100", "below: [1]", "form.expected_number", "obligations[4].trigger.when.below", "[1]"),
    ("below: 100", "below: 0", "form.must_be_over", "obligations[4].trigger.when.below", "0,"),
    ("roll: preceding", "roll: back", "form.unknown_word", "obligations[0].due.roll", "back"),
    ("due: {fixed: {day: 25}}", "due: {fixed: {day: 25}, days: 3}", "due.fixed_and_offset", "obligations[0].versions[0].due.fixed", "{day: 25}, days"),
    ("weight: 3", "auto_submit: true, proof: null", "obligation.nothing_to_submit", "obligations[0].versions[0].auto_submit", "true, proof"),
    ("weight: 3", "title: null", "obligation.cannot_be_null", "obligations[0].versions[0]", "{from: 2024-01-01, due"),
    ("- {from: 2024-01-01, due", "- {from: 2022-01-01, due", "obligation.outside_agreement", "obligations[0].versions[0].from", "2022"),
    ("through: 2025-06-30", "through: 2026-06-30", "obligation.outside_agreement", "obligations[0].versions[1].through", "2026"),
    ("through: 2025-06-30", "through: 2024-06-30", "obligation.ends_before_start", "obligations[0].versions[1].through", "2024-06-30"),
    ("- {from: 2024-12-15, trigger", "- {from: 2024-01-01, trigger", "obligation.versions_out_of_order", "obligations[0].versions[1].from", "2024-01-01, trigger"),
    ("due: {fixed: {day: 25}}", "through: 2024-12-15", "obligation.versions_overlap", "obligations[0].versions[1].from", "2024-12-15, trigger"),
    ("- {from: 2024-12-15, trigger", "- {from: 2025-01-01, trigger", "obligation.length_changes_within", "obligations[0].versions[1].trigger", "{every: year}"),
    ("code: le-hoi", "code: mua-bao", "agreement.code_twice", "obligations[1].code", "mua-bao\n    title: Tuyên"),
    ("signed_on: 2023-04-11", "title: Khác", "form.repeated_key", "title", "title: Khác"),
    ("signed_on: 2023-04-11", "? [a]\n: b", "form.key_not_text", "", "[a]"),
    ("signed_on: 2023-04-11", "source: |\n" + "  dài dòng\n" * 600, "form.text_too_long", "source", "|"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("there", "instead", "code", "path", "at"),
    WRONG,
    ids=[f"{each[2]}-{n}" for n, each in enumerate(WRONG)],
)
def test_each_mistake_is_named_where_it_stands(
    there: str, instead: str, code: str, path: str, at: str
) -> None:
    text = TEXT.replace(there, instead, 1)
    assert text != TEXT
    found = {(each.code, each.path): each for each in problems(text)}
    assert (code, path) in found, found
    problem = found[code, path]
    assert problem.line is not None
    assert problem.column is not None
    standing = "\n".join(text.split("\n")[problem.line - 1 :])[problem.column - 1 :]
    assert standing.startswith(at)


SYNTAX = [
    ("code: a\n\ttitle: b", "form.tab", 2, 1),
    ("code: a: b", "form.stray_colon", 1, 8),
    ("code: a\ntitle\nfrom: 2024-01-01", "form.colon_missing", 2, 1),
    ("code: 'a", "form.quote_open", 1, 7),
    ("parties: [a, b", "form.bracket_open", 1, 15),
    ("parties:\n  - a\n b: c", "form.indentation", 3, 2),
    ('code: "\\q"', "form.bad_escape", 1, 9),
    ("code: @x", "form.needs_quotes", 1, 7),
    ("code: }", "form.syntax", 1, 7),
    ("code: !x!y z", "form.tag_not_allowed", 1, 7),
    ("code: a\nx: \x07", "form.control_character", 2, 4),
    ("", "form.empty", 1, 1),
    ("# only a remark\n", "form.empty", 1, 1),
    ("- a\n- b", "form.expected_mapping", 1, 1),
    ("code: a\n---\ncode: b", "form.several_documents", 2, 1),
    ("a: " + "[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), "form.too_deep", 1, MAX_DEPTH + 4),
    ("a: [" + "1," * 60_000 + "]", "form.too_many_values", 1, None),
    ("a: &x [1, 1]\nb: &y [*x, *x]\nc: [*y, *y]", "form.anchor_not_allowed", 1, 4),
    ("&k code: a", "form.anchor_not_allowed", 1, 1),
]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"), SYNTAX, ids=[f"{each[1]}" for each in SYNTAX]
)
def test_text_that_is_no_agreement_is_refused_with_its_place(
    text: str, code: str, line: int, column: int | None
) -> None:
    found = [each for each in problems(text) if each.code == code]
    assert found, problems(text)
    assert found[0].line == line
    assert column is None or found[0].column == column


def test_all_mistakes_are_named_at_once_and_in_reading_order() -> None:
    text = (
        TEXT.replace("through: 2025-12-31", "through: 31/12/2025")
        .replace("roll: preceding", "roll: back", 1)
        .replace("clause: mua", "clause: mau")
        .replace("lunar: 15/3", "lunar: 40/3")
    )
    found = problems(text)
    assert [(each.line, each.column) for each in found] == sorted(
        (each.line or 0, each.column or 0) for each in found
    )
    codes = [each.code for each in found]
    assert codes.count("agreement.unknown_clause") == 8
    assert {"form.day_written_otherwise", "form.unknown_word", "day.no_such_lunar_day"} < set(codes)


def test_one_mistake_is_named_once() -> None:
    (problem,) = problems(TEXT.replace("topic: le", "topic: hoi"))
    assert problem.facts == {"given": "hoi", "known": ["le"]}


def test_a_day_must_lie_within_its_own_version() -> None:
    text = TEXT.replace("trigger: {every: quarter}", "trigger: {once: 2024-01-01}").replace(
        "{from: 2024-01-01, due", "{from: 2024-01-01, trigger: {once: 2024-01-01}, due"
    )
    (problem,) = problems(text)
    path = "obligations[0].trigger.once"
    assert (problem.code, problem.path) == ("trigger.day_outside", path)


def test_a_circle_names_everyone_in_it() -> None:
    text = TEXT.replace("trigger: {event: hoi-nghi}", "trigger: {after: {obligation: sau}}")
    found = [each for each in problems(text) if each.code == "obligation.waits_for_itself"]
    assert [each.path for each in found] == [
        "obligations[2].trigger.after.obligation",
        "obligations[3].trigger.after.obligation",
    ]


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    (problem,) = problems("code: a\ntitle: Từ Sơn".encode("utf-16"))
    assert problem.code == "form.not_utf8"
    (problem,) = problems(b"code: a\ntitle: T" + b"\xfd")
    assert (problem.code, problem.line) == ("form.not_utf8", 2)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    for source in (path, path.read_bytes(), path.read_text()):
        (problem,) = problems(source)
        assert problem.code == "form.too_large"


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        (problem,) = problems(path)
        assert problem.code == "form.unreadable"


def test_the_name_of_the_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "thoa-thuan.yaml"
    path.write_text("code: a: b")
    with pytest.raises(InvalidFile) as refused:
        read_agreement(path)
    assert refused.value.facts["file"] == "thoa-thuan.yaml"
    path.write_text("code: a")
    with pytest.raises(InvalidFile) as refused:
        read_agreement(path)
    assert refused.value.facts["file"] == "thoa-thuan.yaml"
