"""In which order Vietnamese names stand in a list.

Knows the order of the letters, of the tones after them and of case after those, as the
dictionary and the Unicode collation for Vietnamese (CLDR ``vi``) have it. Refuses to know
what a name means: numbers in names are read digit by digit.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

_LETTERS: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# Before the digits, as in the root of the Unicode collation.
_SIGNS: Final = " _-–—,;:!?.'‘’\"“”()[]{}§@*/\\&#%‰†•`´^°©®+±÷×<=>|~$£¥₫€"
_RANKS: Final = {sign: rank for rank, sign in enumerate(f"{_SIGNS}0123456789{_LETTERS}")}
_FOREIGN: Final = len(_RANKS)
# Breve, circumflex and horn make another letter; what else is put on one is a tone.
_LETTER_MARKS: Final = frozenset("\u0306\u0302\u031b")
# None, huyền, hỏi, ngã, sắc, nặng.
_TONES: Final = {mark: rank for rank, mark in enumerate("\u0300\u0309\u0303\u0301\u0323", start=1)}

Key = tuple[tuple[int, ...], tuple[int, ...], tuple[bool, ...]]


@lru_cache(maxsize=16_384)
def vi_sort_key(text: str) -> Key:
    """Key that sorts as Vietnamese dictionaries do: by letters, then tones, then case.

    ``Áp`` stands before ``Ăn`` and that before ``Ấp``; ``ma`` before ``mà`` before ``mả``.
    Runs of white space count as one space and the Unicode form does not matter.
    """
    letters: list[int] = []
    tones: list[int] = []
    cases: list[bool] = []
    for base, marks in _characters(" ".join(text.split())):
        lower = base.lower()
        letters.append(_rank(lower, [mark for mark in marks if mark in _LETTER_MARKS]))
        tones.append(0)
        tones.extend(_TONES.get(mark, ord(mark)) for mark in marks if mark not in _LETTER_MARKS)
        cases.append(base != lower)
    return tuple(letters), tuple(tones), tuple(cases)


def _characters(text: str) -> list[tuple[str, list[str]]]:
    """Each letter or sign with the marks that are put on it."""
    found: list[tuple[str, list[str]]] = []
    for character in unicodedata.normalize("NFD", text):
        if unicodedata.combining(character) and found:
            found[-1][1].append(character)
        else:
            found.append((character, []))
    return found


def _rank(base: str, marks: list[str]) -> int:
    letter = unicodedata.normalize("NFC", base + "".join(marks))
    # A letter of another language stands after ours, in the order of its code.
    return _RANKS.get(letter, _RANKS.get(base, _FOREIGN + ord(base[0])))
