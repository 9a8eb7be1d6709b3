"""Names and phrases, found as offices type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.vn import mst

from workflow.domain.tax_codes import is_tax_code
from workflow.evidence.wordings import Wording, is_name_of


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Kính gửi: Báo Bắc Ninh;", "báo bắc ninh"),
        ("UBND phường Đông Ngàn", "Ủy ban nhân dân phường Đông Ngàn"),
        ("Uỷ ban nhân dân P. Đông Ngàn", "UBND phường Đông Ngàn"),
        ("UBND PHUONG DONG NGAN", "Ủy ban nhân dân phường Đông Ngàn"),
        ("Trường THCS Từ Sơn", "Trường Trung học cơ sở Từ Sơn"),
        ("đọc và làm theo\nbáo Đảng", "đọc và làm theo báo Đảng"),
        ("theo Chỉ thị số 11-CT/TW", "11-CT/TW"),
    ],
)
def test_a_phrase_is_found_as_offices_type_it(text: str, phrase: str) -> None:
    assert Wording(text).mentions(phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Trường Tiểu học Đình Bảng 10", "Trường Tiểu học Đình Bảng 1"),
        ("phường Phù Khê", "phường Phú Khê"),
        ("Báo Bắc Giang", "Báo Bắc Ninh"),
        ("dự báo Bắc", "Báo Bắc Ninh"),
        ("anything", ""),
        ("anything", "…"),
    ],
)
def test_another_phrase_is_not(text: str, phrase: str) -> None:
    assert not Wording(text).mentions(phrase)


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("Trường Tiểu học Đình Bảng 1", True),
        ("TRƯỜNG TIỂU HỌC ĐÌNH BẢNG 1 - TP. TỪ SƠN", True),
        ("TRUONG TIEU HOC DINH BANG 1, THANH PHO TU SON", True),
        ("Trường Tiểu học Đình Bảng 1 phường Đình Bảng", True),
        ("Trường Tiểu học Đình Bảng 1 2", False),
        ("Chi bộ Trường Tiểu học Đình Bảng 1", False),
        ("Trường Tiểu học Đình Bảng 11", False),
        ("Trường Tiểu học Đình Bảng 1 quân sự", False),
        ("", False),
    ],
)
def test_a_name_may_be_followed_by_its_place_only(text: str, is_it: bool) -> None:
    assert is_name_of(text, ["Trường Tiểu học Đình Bảng 1"]) is is_it


def test_the_words_before_each_mention_are_told() -> None:
    wording = Wording("Chi bộ chưa đọc báo. Nay đọc báo.")
    assert [words[-1] for words in wording.words_before("đọc báo", 2)] == ["chưa", "nay"]


@given(st.from_regex(r"[0-9]{9,12}(-[0-9]{3})?", fullmatch=True))
def test_the_check_digit_is_the_one_that_others_compute(code: str) -> None:
    if len(code) != 12:
        assert is_tax_code(code) == (mst.is_valid(code) and mst.format(code) == code)


@pytest.mark.parametrize("code", ["0100109106", "0106324653", "0314409058-002", "027123456789"])
def test_real_tax_codes_are_known_as_such(code: str) -> None:
    assert is_tax_code(code)


@pytest.mark.parametrize("code", ["0101234567", "", "010010910", "0100109106-000", "x100109106"])
def test_others_are_not(code: str) -> None:
    assert not is_tax_code(code)
