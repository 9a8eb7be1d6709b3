from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.event_words import bare, likened, phrases_in, phrases_of, spelled_out
from workflow.domain.schedule import Likeness

BOARD = phrases_of("Mời phóng viên dự phiên họp, hội thảo của Ủy ban nhân dân")


def test_a_duty_names_its_occasions_and_whose_they_are() -> None:
    assert BOARD == ("phiên họp … Ủy ban nhân dân", "hội thảo … Ủy ban nhân dân")
    assert phrases_of("Cử phóng viên dự kỳ họp của Hội đồng nhân dân trước 2 ngày") == (
        "kỳ họp … Hội đồng nhân dân",
    )


@pytest.mark.parametrize(
    "title", ["Tuyên truyền sự kiện lớn của tỉnh", "Dự hội nghị", "Báo cáo của Ủy ban nhân dân"]
)
def test_a_title_that_names_neither_gives_no_phrase(title: str) -> None:
    assert phrases_of(title) == ()


def test_letters_that_fold_into_several_still_give_a_phrase() -> None:
    assert phrases_of("Dự họp ß của Ủy ban nhân dân") == ("hop … uy ban nhan dan",)


@pytest.mark.parametrize(
    ("content", "likeness"),
    [
        ("Phiên họp thường kỳ tháng 3 của UBND thành phố", Likeness.LIKELY),
        ("PHIEN HOP UBND TP", Likeness.LIKELY),
        ("Hội thảo khoa học do Uỷ ban nhân dân thành phố tổ chức", Likeness.LIKELY),
        ("Họp UBND thành phố", Likeness.POSSIBLE),
        ("UBND thành phố tổ chức phiên họp", Likeness.POSSIBLE),
        ("Lãnh đạo UBND tiếp công dân", Likeness.NONE),
        ("Phiên họp Ban Chấp hành", Likeness.NONE),
        ("", Likeness.NONE),
    ],
)
def test_how_alike_an_announcement_is(content: str, likeness: Likeness) -> None:
    assert likened(content, phrases=BOARD).likeness is likeness


def test_an_earlier_title_says_it_too() -> None:
    titles = ["Kỷ niệm ngày thành lập thành phố năm 2023"]
    same = likened("Kỷ niệm ngày thành lập thành phố năm 2024", phrases=(), titles=titles)
    assert (same.likeness, same.why) == (Likeness.LIKELY, titles[0])
    near = likened("Lễ kỷ niệm ngày thành lập thành phố", phrases=("…",), titles=titles)
    assert near.likeness is Likeness.POSSIBLE
    far = likened("Kỷ niệm ngày thầy thuốc", phrases=(), titles=titles)
    assert far.likeness is Likeness.NONE
    assert likened("12", phrases=(), titles=["13"]).likeness is Likeness.NONE


def test_what_was_typed_is_taken_apart() -> None:
    assert phrases_in(" họp giao ban ;khánh  thành\n;…; họp giao ban") == (
        "họp giao ban",
        "khánh thành",
    )


@given(text=st.text(max_size=60))
def test_spelling_out_is_stable_and_forgets_marks_and_signs(text: str) -> None:
    once = spelled_out(text)
    assert spelled_out(once) == once
    assert set(once) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert set(bare(text).split()) <= set(once.split())


@given(content=st.sampled_from(["Phiên họp UBND", "Họp UBND", "Tiếp dân"]), loud=st.booleans())
def test_case_and_abbreviation_change_nothing(content: str, loud: bool) -> None:
    other = content.replace("UBND", "Ủy ban nhân dân")
    other = other.upper() if loud else other.lower()
    assert likened(content, phrases=BOARD) == likened(other, phrases=BOARD)
