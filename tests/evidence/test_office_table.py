"""The post office's table of a city: what is read, what is left out, and why."""

from __future__ import annotations

import pytest

from workflow.domain.errors import Refusal
from workflow.evidence.check import Body, Publication
from workflow.evidence.office_table import OfficeTable, read_office_table
from workflow.examples.specimens import post_office_xlsx

TITLES = (
    Publication(code="bbn", name="Báo Bắc Ninh", aliases=("Bắc Ninh",)),
    Publication(code="ct", name="Báo Bắc Ninh cuối tuần"),
)
UNITS = (
    Body(key="a", name="Phường An", budget_code="9900001"),
    Body(key="b", name="Trường Tiểu học Bình Minh", tax_code="9900000016"),
    Body(key="c", name="Phường Hòa Sơn", aliases=("Phường Cũ",)),
    Body(key="d1", name="Chi bộ Một"),
    Body(key="d2", name="Chi bộ Một"),
)


def read(content: bytes, *, name: str = "bang.xlsx", period: str = "2024-Q1") -> OfficeTable:
    return read_office_table(content, name=name, period=period, titles=TITLES, units=UNITS)


def table(*lines: str, head: str = "TỔNG HỢP QUÝ I/2024;;;") -> bytes:
    heading = "STT;Tên đơn vị;Báo Bắc Ninh;Báo Bắc Ninh cuối tuần"
    return "\n".join((head, heading, *lines)).encode()


def test_a_workbook_of_the_whole_city_is_read_by_code_and_by_name() -> None:
    content = post_office_xlsx(
        period="quý I/2024",
        titles=[one.name for one in TITLES],
        rows=[("9900001", "An", (5, 2)), ("", "Phường Hoà Sơn", (1_234, 0))],
    )
    found = read(content)
    assert found.titles == ("bbn", "ct")
    # The tone of a name may stand on either vowel, and the sum below is no unit.
    assert found.copies == {("a", "bbn"): 5, ("a", "ct"): 2, ("c", "bbn"): 1234, ("c", "ct"): 0}
    assert found.left_out == ()


def test_rows_that_name_no_unit_or_no_number_are_told_and_left_out() -> None:
    found = read(
        table(
            "1;Phường An;5;-",
            "2;Phường An;6;1",
            "3;Phường Lạ;3;",
            "4;Chi bộ Một;1;",
            "5;Trường Tiểu học Bình Minh - thành phố Từ Sơn;2,5;",
            "6;;7;",
            "7;Phường Cũ;2;1",
            ";Tổng cộng;19;2",
        ),
        name="bang.csv",
    )
    assert found.copies == {("a", "bbn"): 5, ("a", "ct"): 0, ("c", "bbn"): 2, ("c", "ct"): 1}
    assert [(one.row, one.cause) for one in found.left_out] == [
        (4, "twice"),
        (5, "unknown"),
        (6, "ambiguous"),
        (7, "no_number"),
        (8, "unknown"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (table(head="TỔNG HỢP QUÝ IV/2023;;;"), "office_table.other_period"),
        (table(head="TỔNG HỢP;;;"), "office_table.no_period"),
        ("QUÝ I/2024;\nTên đơn vị;Số lượng".encode(), "office_table.no_heading"),
        ("QUÝ I/2024;\nBáo Bắc Ninh;Số lượng".encode(), "office_table.no_heading"),
        (b"PK\x03\x04 nothing", "file.broken"),
    ],
)
def test_what_cannot_be_taken_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read(content, name="bang")
    assert refusal.value.code == code


def test_a_year_covers_its_quarters_and_a_period_without_days_is_not_compared() -> None:
    assert read(table("1;Phường An;5;", head="NĂM 2024;;;"), name="x").copies
    assert read(table("1;Phường An;5;"), name="x", period="2024-9M").copies
