"""Whether an announcement is one of a kind of meeting, judged by words.

Knows phrases, the abbreviations that offices write, and titles of earlier meetings. Marks
and case do not count. Refuses to decide: it says how alike, and because of what.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from workflow.domain.folding import fold, tidied
from workflow.domain.schedule import Likeness

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: What stands between two pieces of a phrase: anything, but not more than so many words.
GAP: Final = "…"
_WIDEST_GAP: Final = 8
_OTHER_SIGNS: Final = re.compile(r"[^0-9a-z ]+")
_NUMBERS: Final = re.compile(r"\b[0-9]+\b|\b(?:thang|quy|nam|lan thu|khoa) [ivxl]+\b")
_GAPS: Final = re.compile(r"…|\.\.\.+")
_APART: Final = re.compile(r"[;\n]+")
#: Below this share of common words two titles are not alike; equal ones have all in common.
_ALIKE: Final = 0.7
_ABBREVIATIONS: Final = {
    "bch": "ban chap hanh",
    "btv": "ban thuong vu",
    "bcs": "ban can su",
    "hdnd": "hoi dong nhan dan",
    "mttq": "mat tran to quoc",
    "tp": "thanh pho",
    "tx": "thi xa",
    "ubmttq": "uy ban mat tran to quoc",
    "ubnd": "uy ban nhan dan",
    "vp": "van phong",
}
#: Words by which a text says that people come together, longest first.
_OCCASIONS: Final = (
    "hoi nghi", "hoi thao", "phien hop", "ky hop", "cuoc hop", "dai hoi", "toa dam", "giao ban",
    "hop bao", "le khai mac", "le hoi", "le", "hop",
)  # fmt: skip
_OF: Final = re.compile(r"\bcua\b")
# Where the name of whose meeting it is ends.
_ENDS: Final = re.compile(r"\b(?:toi|cho|truoc|trong|de|theo|ve|gui|va|tai|voi|khi|sau)\b|[,;:(]")


@dataclass(frozen=True, slots=True)
class Likened:
    """How alike, and the phrase or title that says so."""

    likeness: Likeness
    why: str = ""


@lru_cache(maxsize=8_192)
def spelled_out(text: str) -> str:
    """Words without marks and signs, abbreviations written in full, single spaces."""
    words = _OTHER_SIGNS.sub(" ", fold(text)).split()
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)


def bare(title: str) -> str:
    """A title without what differs from one meeting to the next: numbers, months, quarters."""
    return " ".join(_NUMBERS.sub(" ", spelled_out(title)).split())


def phrases_in(text: str) -> tuple[str, ...]:
    """The phrases that a person typed, apart by semicolons or lines; each once."""
    found = (tidied(part) for part in _APART.split(text))
    return tuple(dict.fromkeys(part for part in found if spelled_out(part)))


def phrases_of(title: str) -> tuple[str, ...]:
    """The phrases that the title of a duty holds: each kind of occasion, with whose it is.

    ``Mời phóng viên dự phiên họp, hội thảo của Ủy ban nhân dân`` gives ``phiên họp … Ủy ban
    nhân dân`` and ``hội thảo … Ủy ban nhân dân``. A title without ``của`` gives nothing: one
    word such as ``hội nghị`` would be in half the rows of any week.
    """
    told = tidied(title)
    folded = fold(told)
    if len(folded) != len(told):
        told = folded
    of = _OF.search(folded)
    if of is None:
        return ()
    end = _ENDS.search(folded, of.end())
    whose = told[of.end() : end.start() if end else len(told)].strip()
    if len(whose.split()) < 2:  # noqa: PLR2004 - one word names no office
        return ()
    found: dict[int, str] = {}
    rest = folded[: of.start()]
    for occasion in _OCCASIONS:
        for one in re.finditer(rf"\b{occasion}\b", rest):
            found[one.start()] = f"{told[one.start() : one.end()]} {GAP} {whose}"
        rest = re.sub(rf"\b{occasion}\b", lambda one: "|" * len(one.group()), rest)
    return tuple(found[at] for at in sorted(found))


def likened(content: str, *, phrases: Sequence[str], titles: Iterable[str] = ()) -> Likened:
    """Say how alike an announcement is to a kind.

    Likely: a phrase stands in it, its pieces in order and near each other; or an earlier
    title but for its numbers. Possible: the pieces of a phrase in any order, or whose
    meeting it is beside any word for one; or an earlier title in most of its words.
    """
    text = spelled_out(content)
    near = Likened(Likeness.NONE)
    for phrase in phrases:
        pieces = [spelled_out(piece) for piece in _GAPS.split(phrase)]
        pieces = [piece for piece in pieces if piece]
        if not pieces:
            continue
        if _in_order(text, pieces):
            return Likened(Likeness.LIKELY, phrase)
        has_all = all(_stands(text, piece) for piece in pieces)
        is_theirs = len(pieces) > 1 and _stands(text, pieces[-1]) and _is_occasion(text)
        if near.likeness is Likeness.NONE and (has_all or is_theirs):
            near = Likened(Likeness.POSSIBLE, phrase)
    words = set(bare(content).split())
    for title in titles:
        theirs = set(bare(title).split())
        if words == theirs and words:
            return Likened(Likeness.LIKELY, title)
        if len(words & theirs) > _ALIKE * len(words | theirs):
            near = Likened(Likeness.POSSIBLE, title)
    return near


def _in_order(text: str, pieces: Sequence[str]) -> bool:
    gap = rf"(?:(?: \S+){{0,{_WIDEST_GAP}}}) "
    return re.search(rf"(?:^| ){gap.join(map(re.escape, pieces))}(?: |$)", text) is not None


def _stands(text: str, words: str) -> bool:
    return f" {words} " in f" {text} "


def _is_occasion(text: str) -> bool:
    return any(_stands(text, occasion) for occasion in _OCCASIONS)
