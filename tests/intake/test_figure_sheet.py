from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from workflow.domain.announced import SaidFigure
from workflow.domain.errors import InvalidFile
from workflow.intake.figure_sheet import read_figures

if TYPE_CHECKING:
    from pathlib import Path


def read(tmp_path: Path, content: str) -> tuple[SaidFigure, ...]:
    path = tmp_path / "so-lieu.csv"
    path.write_text(content, encoding="utf-8")
    return read_figures(path)


def problems(tmp_path: Path, content: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(InvalidFile) as refused:
        read(tmp_path, content)
    assert refused.value.facts["file"] == "so-lieu.csv"
    return [(each.code, each.line, each.path) for each in refused.value.problems]


def test_counts_are_read_as_a_post_office_writes_them(tmp_path: Path) -> None:
    content = (
        "BẢNG TỔNG HỢP QUÝ I;;;\n"
        "Chỉ tiêu;Kỳ;Đơn vị;Số lượng\n"
        "bbn;2024-Q1;phuong-dong-ngan;1.234\n"
        "bbn;2024-Q1;phuong-tan-hong;12,5\n"
        "ty-le;2024-Q1;;95.7\n"
    )
    assert read(tmp_path, content) == (
        SaidFigure(key="bbn", period="2024-Q1", unit="phuong-dong-ngan", value=Decimal(1234)),
        SaidFigure(key="bbn", period="2024-Q1", unit="phuong-tan-hong", value=Decimal("12.5")),
        SaidFigure(key="ty-le", period="2024-Q1", value=Decimal("95.7")),
    )


def test_the_same_figure_may_stand_for_several_units_and_periods(tmp_path: Path) -> None:
    content = (
        "figure,period,unit,value\nf,2024-Q1,a,1\nf,2024-Q2,a,1\nf,2024-Q1,b,1\nf,2024-Q1,,2\n"
    )
    assert len(read(tmp_path, content)) == 4


def test_mistakes_are_named_by_row_and_column(tmp_path: Path) -> None:
    content = (
        "figure,period,unit,value\n"
        ",2024-Q1,,1\n"
        "f,2024-Q5,,1\n"
        "f,,,1\n"
        "f,2024-Q1,đơn vị,1\n"
        "f,2024-Q1,,nhiều\n"
        "f,2024-Q1,,-1\n"
        "f,2024-Q1,,\n"
        "f,2024-Q1,,1\n"
        "f,2024-Q1,,2\n"
    )
    assert problems(tmp_path, content) == [
        ("sheet.needed", 2, "figure"),
        ("period.bad_key", 3, "period"),
        ("sheet.needed", 4, "period"),
        ("form.bad_code", 5, "unit"),
        ("form.expected_number", 6, "value"),
        ("form.expected_number", 7, "value"),
        ("sheet.needed", 8, "value"),
        ("figures.twice", 10, "figure"),
    ]


def test_what_has_no_such_columns_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, "a,b\n1,2\n") == [
        ("sheet.column_missing", 1, "figure"),
        ("sheet.column_missing", 1, "period"),
        ("sheet.column_missing", 1, "value"),
    ]
