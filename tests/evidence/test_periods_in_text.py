"""Periods as people write them, and what is not certain enough to be one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.evidence.periods_in_text import Span, covered, occasion_span, periods_in

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = ["2024-01/2024-04"]


def written(spans: Sequence[Span]) -> list[str]:
    return [f"{span.from_on:%Y-%m}/{span.until_on:%Y-%m}" for span in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Báo Bắc Ninh quý I/2024", FIRST),
        ("BÁO BẮC NINH QUÝ I/2024", FIRST),
        ("Báo Bắc Ninh Q1.2024", FIRST),
        ("BBN quý 1 năm 2024", FIRST),
        ("bao BN Quy 1 nam 2024", FIRST),
        ("báo quí I - 2024", FIRST),
        ("quý 1 (2024)", FIRST),
        ("Báo quý I - đặt mua năm 2024", FIRST),
        ("3 tháng đầu năm 2024", FIRST),
        ("3 tháng đầu năm, năm 2024", FIRST),
        ("Tháng 01/2024 đến tháng 03/2024", FIRST),
        ("T1-T3/2024", ["2024-01/2024-02", "2024-02/2024-03", "2024-03/2024-04"]),
        ("tháng 1-3/2024", ["2024-01/2024-02", "2024-02/2024-03", "2024-03/2024-04"]),
        ("tháng 1, 2, 3 năm 2024", ["2024-01/2024-02", "2024-02/2024-03", "2024-03/2024-04"]),
        ("từ 01/01/2024 đến hết ngày 31/03/2024", FIRST),
        ("01/01-31/03/2024", FIRST),
        ("từ 01/01 đến 31/03/2024", FIRST),
        ("12/2023-02/2024", ["2023-12/2024-03"]),
        ("quý I+II/2024", ["2024-01/2024-04", "2024-04/2024-07"]),
        ("quý I và quý II năm 2024", ["2024-01/2024-04", "2024-04/2024-07"]),
        ("quý IV/2024", ["2024-10/2025-01"]),
        ("tháng 3/2024", ["2024-03/2024-04"]),
        ("6 tháng đầu năm 2024", ["2024-01/2024-07"]),
        ("06 tháng cuối năm 2024", ["2024-07/2025-01"]),
        ("nửa cuối năm 2024", ["2024-07/2025-01"]),
        ("9 tháng đầu năm 2024", ["2024-01/2024-10"]),
        ("cả năm 2024", ["2024-01/2025-01"]),
        ("12 tháng năm 2024", ["2024-01/2025-01"]),
        ("ký ngày 05/01/2024, quý II/2024", ["2024-04/2024-07"]),
    ],
)
def test_a_period_is_read_as_it_is_written(text: str, expected: list[str]) -> None:
    assert written(periods_in(text).spans) == expected


@pytest.mark.parametrize(
    "text",
    [
        "6 tháng năm 2024",
        "6 tháng",
        "6 tháng đầu năm",
        "Quy định 5",
        "Báo Bắc Ninh 2024",
        "báo tết 2024",
        "quý V/2024",
        "tháng 13/2024",
        "03/2024 - 01/2024",
        "ngày 05/01/2024",
        "",
    ],
)
def test_what_is_not_certain_is_no_period(text: str) -> None:
    assert periods_in(text).spans == ()


@pytest.mark.parametrize(
    ("text", "near", "expected"),
    [
        ("quý I", date(2023, 12, 18), "2024-01/2024-04"),
        ("quý I", date(2024, 3, 18), "2024-01/2024-04"),
        ("quý IV", date(2024, 1, 10), "2023-10/2024-01"),
        ("tháng 12", date(2024, 1, 10), "2023-12/2024-01"),
    ],
)
def test_a_missing_year_is_taken_from_the_day_of_the_document_and_told(
    text: str, near: date, expected: str
) -> None:
    found = periods_in(text, near=near)
    assert written(found.spans) == [expected]
    assert found.is_year_assumed
    assert periods_in(text).spans == ()


@pytest.mark.parametrize(
    ("occasion", "expected"),
    [
        ("2024-Q1", "2024-01/2024-04"),
        ("2024-H2", "2024-07/2025-01"),
        ("2024-03", "2024-03/2024-04"),
        ("2024", "2024-01/2025-01"),
    ],
)
def test_an_occasion_key_names_its_calendar_days(occasion: str, expected: str) -> None:
    span = occasion_span(occasion)
    assert span is not None
    assert written([span]) == [expected]


@pytest.mark.parametrize("occasion", ["meeting:12", "2024-09-02", "2024-Q5", "", "2024-13"])
def test_other_occasion_keys_name_no_period(occasion: str) -> None:
    assert occasion_span(occasion) is None


def test_three_months_of_two_copies_are_two_copies_of_the_quarter() -> None:
    quarter = Span(from_on=date(2024, 1, 1), until_on=date(2024, 4, 1))
    months = [Span(from_on=date(2024, n, 1), until_on=date(2024, n + 1, 1)) for n in (1, 2, 3)]
    assert covered(dict.fromkeys(months, 2), whole=quarter) == 2
    assert covered(dict.fromkeys(months[:2], 2), whole=quarter) == 0
    assert covered({**dict.fromkeys(months, 2), quarter: 1}, whole=quarter) == 3


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 400), st.integers(1, 400)).map(
            lambda pair: Span(
                from_on=date.fromordinal(738_000 + pair[0]),
                until_on=date.fromordinal(738_000 + pair[0] + pair[1]),
            )
        ),
        st.integers(0, 9),
        max_size=6,
    )
)
def test_the_cover_is_what_the_poorest_day_has(amounts: dict[Span, int]) -> None:
    whole = Span(from_on=date.fromordinal(738_100), until_on=date.fromordinal(738_200))
    by_day = [
        sum(
            amount
            for span, amount in amounts.items()
            if span.from_on.toordinal() <= day < span.until_on.toordinal()
        )
        for day in range(738_100, 738_200)
    ]
    assert covered(amounts, whole=whole) == min(by_day)


@given(st.text(alphabet="quýtháng năm đầucối1234/-.,IVQT02 ", max_size=60))
def test_any_wording_gives_whole_periods_or_none(text: str) -> None:
    for span in periods_in(text, near=date(2024, 2, 29)).spans:
        assert span.from_on < span.until_on
