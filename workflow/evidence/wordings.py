"""Looking for names and phrases in Vietnamese text as offices type it.

Knows that marks may be missing, tones may stand elsewhere, and which
abbreviations stand for which words. Refuses to know what any name means: the
names to look for are given.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from workflow.domain.folding import fold, is_unmarked, tidied, tone_key

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOKEN: Final = re.compile(r"[^\W_]+")

#: Abbreviations that offices write without a thought; both sides of a comparison are expanded.
_ABBREVIATIONS: Final = {
    "ubnd": "ủy ban nhân dân",
    "hđnd": "hội đồng nhân dân",
    "ubmttq": "ủy ban mặt trận tổ quốc",
    "mttq": "mặt trận tổ quốc",
    "bch": "ban chấp hành",
    "btv": "ban thường vụ",
    "bgh": "ban giám hiệu",
    "lđlđ": "liên đoàn lao động",
    "thcs": "trung học cơ sở",
    "thpt": "trung học phổ thông",
    "th": "tiểu học",
    "mn": "mầm non",
    "tp": "thành phố",
    "tx": "thị xã",
    "p": "phường",
    "vp": "văn phòng",
    "bđ": "bưu điện",
}
_MARKED: Final = {
    short: " ".join(map(tone_key, full.split())) for short, full in _ABBREVIATIONS.items()
}
_UNMARKED: Final = {fold(short): fold(full) for short, full in _ABBREVIATIONS.items()}


@lru_cache(maxsize=16_384)
def _marked(word: str) -> str:
    key = tone_key(word)
    return _MARKED.get(key) or _UNMARKED.get(key) or key


@lru_cache(maxsize=16_384)
def _unmarked(word: str) -> str:
    key = fold(word)
    return _UNMARKED.get(key) or key


class Wording:
    """A text made ready for looking things up in, word by word.

    A phrase is found where its words stand one after another, whatever the
    punctuation. With marks if the text has any; a text typed without marks is
    searched without them, because there nothing else can be known.
    """

    def __init__(self, text: str) -> None:
        self.text = tidied(text)
        self._words = _TOKEN.findall(self.text)
        self._is_unmarked = is_unmarked(self.text)
        self._key = self._joined(self._words)

    def _joined(self, words: Iterable[str]) -> str:
        return f" {' '.join(map(_unmarked if self._is_unmarked else _marked, words))} "

    def mentions(self, phrase: str) -> bool:
        """Whether the words of the phrase stand in the text, whole and in order."""
        key = self._sought(phrase)
        return bool(key.strip()) and key in self._key

    def first_of(self, phrases: Iterable[str]) -> str | None:
        """The first phrase that the text mentions, or None."""
        return next((phrase for phrase in phrases if self.mentions(phrase)), None)

    def rest_after(self, phrase: str) -> str | None:
        """The words after the phrase where the text begins with it, else None."""
        key = self._sought(phrase)
        return self._key[len(key) :].strip() if self._key.startswith(key) else None

    def words_before(self, phrase: str, count: int) -> list[list[str]]:
        """The ``count`` words before each mention of the phrase."""
        key = self._sought(phrase)
        found, start = [], self._key.find(key)
        while start >= 0:
            found.append(self._key[:start].split()[-count:])
            start = self._key.find(key, start + 1)
        return found

    def _sought(self, phrase: str) -> str:
        return self._joined(_TOKEN.findall(tidied(phrase)))

    def goes_on_with_place(self, rest: str) -> bool:
        """Whether the words after a name begin with the kind of a place."""
        return rest.split(maxsplit=1)[0] in (_PLACES_UNMARKED if self._is_unmarked else _PLACES)


#: Words that continue a unit's name with its place, so that the name before them is whole.
_PLACES: Final = frozenset(map(tone_key, ("phường", "xã", "thị", "thành", "huyện", "quận", "tỉnh")))
_PLACES_UNMARKED: Final = frozenset(map(fold, _PLACES))


def is_name_of(text: str, names: Iterable[str]) -> bool:
    """Whether a text that should be one name is one of these names.

    A place may follow (``Trường Tiểu học A - thành phố B``); a number or other
    words may not (``Trường Tiểu học A 2``, ``Chi bộ Trường Tiểu học A``).
    """
    wording = Wording(text)
    rests = (wording.rest_after(name) for name in names)
    return any(
        rest is not None and (not rest or wording.goes_on_with_place(rest)) for rest in rests
    )
