"""When two spellings of Vietnamese are the same words.

Knows three keys: one that forgets case and where in a syllable the tone stands
(``hòa`` = ``hoà``, ``ỦY`` = ``uỷ``), one that forgets all marks for texts typed
without them, and a plain tidying for what is stored. Refuses to know
abbreviations, names or any language rule beyond spelling.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
_WORD: Final = re.compile(r"[^\W\d_]+")
_SPACES: Final = re.compile(r"\s+")
_MARKS: Final = re.compile("[\u0300-\u036f]+")


def tidied(text: str) -> str:
    """Give the text in NFC with single spaces, otherwise as entered: what is stored and printed."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


@lru_cache(maxsize=16_384)
def _toneless_end(word: str) -> str:
    """Move the tone of one word to its end, so that its place no longer matters."""
    letters = unicodedata.normalize("NFD", word)
    tones = [mark for mark in letters if mark in _TONES]
    if not tones:
        return word
    rest = "".join(mark for mark in letters if mark not in _TONES)
    return unicodedata.normalize("NFC", rest) + "".join(tones)


def tone_key(text: str) -> str:
    """Key under which ``ủy``/``uỷ`` and ``Hòa``/``hoà`` are equal and other words stay apart.

    Case, tone position, Unicode form and runs of spaces are ignored. Idempotent
    on its meaning: equal texts give equal keys; the key itself is not for people.
    """
    return _WORD.sub(lambda found: _toneless_end(found.group()), tidied(text).casefold())


def fold(text: str) -> str:
    """Key without any mark (``Đông Ngàn`` → ``dong ngan``), for search and for unmarked typing.

    Different words may share it (``Phù Khê``, ``Phú Khê``): never the only
    proof that two names are one.
    """
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return _SPACES.sub(" ", _MARKS.sub("", letters)).strip()


def is_unmarked(text: str) -> bool:
    """Say whether the text was typed without Vietnamese marks (``UBND PHUONG DONG NGAN``)."""
    return fold(text) == tidied(text).casefold()
