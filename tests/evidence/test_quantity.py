"""Figures and tables against what is owed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.specimens import codes, docx_of, facts, judge, stored
from workflow.evidence.check import Identity, Outcome, Verdict
from workflow.evidence.tables import count_in, is_total
from workflow.examples.office_files import Cell, sheet_file
from workflow.examples.specimens import post_office_xlsx

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

UNITS = [
    ("DN", "UBND phường Đông Ngàn", (3, 1)),
    ("DK", "UBND phường Đồng Kỵ", (5, 2)),
]


def table(period: str = "quý I/2024", rows: Sequence[Any] = UNITS) -> bytes:
    return post_office_xlsx(period=period, titles=["Báo Bắc Ninh", "Báo Nhân Dân"], rows=rows)


def judged_as(
    folder: Path,
    data: bytes,
    params: dict[str, Any] | None = None,
    name: str = "bang.xlsx",
    **more: Any,
) -> Verdict:
    return judge("quantity", stored(folder, data, name), params, **more)


def test_the_units_row_of_the_post_offices_table_passes(tmp_path: Path) -> None:
    file = stored(tmp_path, table(), "bang.xlsx")
    verdict = judge("quantity", file)
    assert (verdict.outcome, verdict.reasons) == (Outcome.PASSED, ())
    assert verdict.findings.quantity == 3
    assert verdict.findings.capacity == 3
    assert verdict.findings.identity == Identity(
        kind="file", key=file.sha256, part="dong-ngan:copies@2024-Q1"
    )
    assert verdict.findings.period_from == date(2024, 1, 1)
    assert verdict.read["in_units_row"] is True


def test_the_row_may_be_found_by_a_code(tmp_path: Path) -> None:
    rows = [("1057123", "P. ĐN", (4, 1)), ("DK", "UBND phường Đồng Kỵ", (5, 2))]
    assert judged_as(tmp_path, table(rows=rows)).findings.quantity == 4


def test_a_table_without_the_unit_fails(tmp_path: Path) -> None:
    rows = [("DK", "UBND phường Đồng Kỵ", (5, 2)), ("TH", "UBND phường Trang Hạ", (5, 2))]
    verdict = judged_as(tmp_path, table(rows=rows))
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"quantity.unit_not_found"})


@pytest.mark.parametrize(
    ("period", "code", "outcome"),
    [
        ("quý II/2024", "quantity.period_other", Outcome.FAILED),
        ("tháng 1/2024", "quantity.period_other", Outcome.FAILED),
        ("", "quantity.period_not_found", Outcome.UNDECIDED),
    ],
)
def test_a_table_of_another_period_does_not_pass(
    tmp_path: Path, period: str, code: str, outcome: Outcome
) -> None:
    verdict = judged_as(tmp_path, table(period))
    assert (verdict.outcome, codes(verdict)) == (outcome, {code})
    assert judged_as(tmp_path, table(period), {"names_period": False}).outcome is Outcome.PASSED


def test_the_period_may_stand_in_the_files_name(tmp_path: Path) -> None:
    assert judged_as(tmp_path, table(""), name="Báo quý I-2024.xlsx").outcome is Outcome.PASSED


OWN = [("SỐ LƯỢNG BÁO QUÝ I/2024",), ("STT", "Chi bộ", "Số lượng")]


def own(*rows: Sequence[Cell]) -> bytes:
    return sheet_file([*OWN, *rows])


def test_a_units_own_list_counts_by_its_total(tmp_path: Path) -> None:
    data = own((1, "A", 1), (2, "B", 2), ("", "Tổng cộng", 3))
    verdict = judged_as(tmp_path, data)
    assert (verdict.outcome, verdict.findings.quantity) == (Outcome.PASSED, 3)
    assert verdict.read["in_units_row"] is False
    identity = verdict.findings.identity
    assert identity is not None
    assert identity.part == ""


def test_a_list_without_total_is_added_up(tmp_path: Path) -> None:
    assert judged_as(tmp_path, own((1, "A", 1), (2, "B", 2))).findings.quantity == 3


def test_a_total_that_does_not_add_up_is_left_to_a_person(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, own((1, "A", 1), (2, "B", 2), ("", "Cộng", 9)))
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {"quantity.total_differs"})


def test_a_cell_that_is_no_number_is_left_to_a_person(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, own((1, "A", 2), (2, "B", "hai"), (3, "C", "-")))
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {"quantity.cell_unclear"})


def test_a_table_without_counts_is_left_to_a_person(tmp_path: Path) -> None:
    data = sheet_file([("quý I/2024",), ("STT", "Tên"), (1, "A")])
    verdict = judged_as(tmp_path, data)
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {"quantity.column_not_found"})


def test_a_column_may_be_named(tmp_path: Path) -> None:
    data = sheet_file([("quý I/2024",), ("STT", "Đợt 1", "Đợt 2"), (1, 2, 7)])
    assert judged_as(tmp_path, data, {"column": "Đợt 2"}).findings.quantity == 7


def test_too_few_fail_or_add_up(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, own((1, "A", 1)))
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"quantity.short"})
    part = judged_as(tmp_path, own((1, "A", 1)), {"at_least": "one"})
    assert (part.outcome, codes(part)) == (Outcome.PASSED, {"quantity.below_quota"})
    assert codes(judged_as(tmp_path, own((1, "A", 0)), {"at_least": "one"})) == {"quantity.short"}


def test_a_csv_and_a_table_in_a_document_are_read(tmp_path: Path) -> None:
    text = "quý I/2024;;\nSTT;Chi bộ;Số lượng\n1;A;1.234\n"
    assert judged_as(tmp_path, text.encode(), name="b.csv").findings.quantity == 1234

    def cell(words: str) -> str:
        return f"<w:tc><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>"

    rows = "".join(
        f"<w:tr>{cell(name)}{cell(count)}</w:tr>" for name, count in (("Tên", "SL"), ("A", "2"))
    )
    data = docx_of(f"<w:p><w:r><w:t>quý I/2024</w:t></w:r></w:p><w:tbl>{rows}</w:tbl>")
    assert judged_as(tmp_path, data, name="b.docx").findings.quantity == 2


def test_a_typed_figure_alone_is_judged() -> None:
    verdict = judge("quantity", None, figures={"copies": 2})
    assert (verdict.outcome, verdict.findings.quantity) == (Outcome.PASSED, 2)
    assert verdict.findings.identity is None
    assert codes(judge("quantity", None, figures={"copies": 1})) == {"quantity.short"}
    assert judge("quantity", None, {"minimum": 1}, figures={"copies": "1"}).read["owed"] == 1
    assert judge("quantity", None, figures={"copies": "1.234"}).findings.quantity == 1234
    assert codes(judge("quantity", None, figures={"copies": "0"})) == {"quantity.short"}


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        -1,
        10**20,
        "hai",
        "",
        True,
        None,
        [2],
        {"a": 1},
        "1e400",
        "sNaN",
        "9" * 5_000,
    ],
)
def test_a_figure_that_is_no_number_fails(value: object) -> None:
    verdict = judge("quantity", None, figures={"copies": value})
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"quantity.not_a_number"})
    assert verdict.findings.quantity is None


def test_figure_and_table_must_agree(tmp_path: Path) -> None:
    file = stored(tmp_path, table(), "bang.xlsx")
    assert judge("quantity", file, figures={"copies": 3}).outcome is Outcome.PASSED
    verdict = judge("quantity", file, figures={"copies": 5})
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"quantity.figure_differs"})
    assert verdict.findings.quantity == 3


def test_nothing_given_fails() -> None:
    verdict = judge("quantity", None)
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"quantity.nothing_given"})


def test_without_a_quota_a_person_decides() -> None:
    verdict = judge("quantity", None, figures={"copies": 2}, task=facts(publications=()))
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {"facts.quota_missing"})


def test_the_units_row_without_a_count_fails(tmp_path: Path) -> None:
    rows: list[Sequence[Cell]] = [
        ("quý I/2024",),
        ("STT", "Đơn vị", "Số lượng"),
        (1, "UBND phường Đồng Kỵ", 3),
        (2, "UBND phường Đông Ngàn", ""),
    ]
    verdict = judged_as(tmp_path, sheet_file(rows))
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"quantity.not_found"})


def test_an_empty_table_has_no_quantity(tmp_path: Path) -> None:
    data = sheet_file([*OWN, (1, "A", "-"), (2, "B", 0)])
    assert codes(judged_as(tmp_path, data)) == {"quantity.short"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.234", "1234"),
        ("1,234", "1234"),
        ("1 234", "1234"),
        ("1.234.567", "1234567"),
        ("2,5", "2.5"),
        ("12", "12"),
        ("-3", "-3"),
        ("1.2.3", None),
        ("12a", None),
        ("", None),
        ("١٢", None),
    ],
)
def test_counts_are_read_as_vietnamese_tables_write_them(text: str, expected: str | None) -> None:
    found = count_in(text)
    assert (None if found is None else str(found)) == expected


@given(st.integers(0, 10**9))
def test_a_count_is_read_back_with_its_dots(count: int) -> None:
    assert count_in(f"{count:,}".replace(",", ".")) == count


def test_a_total_is_known_by_its_words() -> None:
    assert is_total(("", "Tổng cộng", "5"))
    assert is_total(("12", "CỘNG", "5"))
    assert is_total(("", "Tổng số toàn phường", "5"))
    assert not is_total(("1", "Cộng đồng A", "5"))
    assert not is_total(("1", "UBND phường", "5"))
