"""Spellings that are the same words, and those that are not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.folding import fold, is_unmarked, tidied, tone_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ủy ban", "uỷ ban"),
        ("Hòa bình", "HOÀ BÌNH"),
        ("khỏe", "khoẻ"),
        ("thủy  lợi", "thuỷ\tlợi"),
        (unicodedata.normalize("NFD", "Đồng Kỵ"), "đồng kỵ"),
    ],
)
def test_the_same_words_have_one_tone_key(one: str, other: str) -> None:
    """Case, tone position, Unicode form and spaces do not make another word."""
    assert tone_key(one) == tone_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Phù Khê", "Phú Khê"), ("Tam Sơn", "Tâm Sơn"), ("Đông", "Đồng"), ("đ", "d")]
)
def test_other_words_keep_another_tone_key_though_they_fold_alike(one: str, other: str) -> None:
    """A mark that makes another word is kept by the strict key and dropped by the loose one."""
    assert tone_key(one) != tone_key(other)
    assert fold(one) == fold(other)


def test_folding_drops_every_mark() -> None:
    """The loose key is what a telegram would have said."""
    assert fold(" UBND  phường Đông Ngàn ") == "ubnd phuong dong ngan"


def test_unmarked_text_is_recognised() -> None:
    """Only a text without any Vietnamese mark counts as typed without them."""
    assert is_unmarked("UBND PHUONG DONG NGAN")
    assert not is_unmarked("UBND phường")
    assert not is_unmarked("Dinh Bang, Đ")


def test_tidying_keeps_what_was_entered() -> None:
    """Stored text loses only surplus spaces and its Unicode form."""
    assert tidied("  Thành  uỷ\nTừ Sơn ") == "Thành uỷ Từ Sơn"


@given(st.text())
def test_keys_do_not_depend_on_the_unicode_form(text: str) -> None:
    """NFC and NFD of a text have the same keys, whatever the text."""
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert fold(composed) == fold(decomposed)
    assert tone_key(composed) == tone_key(decomposed)


@given(st.text())
def test_equal_tone_keys_fold_alike(text: str) -> None:
    """Whatever the strict key holds equal, the loose key does too."""
    assert fold(tone_key(text)) == fold(text)
