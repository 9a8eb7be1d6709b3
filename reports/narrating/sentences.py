"""The sentences that rules make of figures, and what people's words stand on.

A sentence stands in its place by itself until somebody takes it over into words of their
own or leaves it out. What somebody wrote remembers the sentences as they were then; where
a figure differs now, the place is outdated until a person confirms or rewrites it. Pure;
refuses to know how a sentence is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - a report is read back by its types
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from workflow.i18n import LANGUAGES, translator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: The parts of the results that belong to no side; a party's code has no such sign.
BUYING: Final = ":buying"
ARTICLES: Final = ":articles"
#: A line of this alone says where in people's words the composed sentences stand.
HERE: Final = ("[…]", "[...]")
_NUMBER: Final = re.compile(r"(?<!\w)\d+(?:[.,]\d+)*(?!\w)%?")
_FRACTION: Final = re.compile(r"-?\d+/\d+", re.ASCII)
#: Smaller numbers stand in a text for too many reasons to be taken for a figure.
_LEAST_CITED: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure that a sentence tells: of what, of which one, which figure, and how much.

    ``of`` is ``total``, ``side``, ``duty``, ``unit``, ``previous``, …; ``key`` names the one.
    A rate or a difference of rates is an exact fraction, ``58/63``, of which nothing is cut.
    """

    of: str
    key: str
    name: str
    value: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A composed sentence: where it belongs, its words by language, and its figures.

    ``key`` is permanent: the same sentence of another day has the same one. ``place`` is a
    paragraph of the report; ``part`` of the results is the side, or the figures, that it tells.
    """

    key: str
    place: str
    part: str | None
    texts: Mapping[str, str]
    figures: tuple[Figure, ...]


class Use(StrEnum):
    """What somebody's words make of a composed sentence."""

    #: It stands in their words now, perhaps changed, and no more by itself.
    TAKEN = "taken"
    #: It is not to stand in the report.
    LEFT_OUT = "left_out"
    #: It stands by itself, and one of its numbers stands in their words as well.
    CITED = "cited"


#: With which of these a sentence no more stands by itself.
_INSTEAD: Final = frozenset({Use.TAKEN, Use.LEFT_OUT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """A sentence as it was when somebody wrote, and what they made of it.

    Of a cited one only the figures are kept that stand in the words.
    """

    use: Use
    sentence: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """A footing that no longer holds: the sentence of today, or None where there is none.

    ``changes`` pairs each figure of then with that of now; None where it is not told.
    """

    footing: Footing
    now: Sentence | None
    changes: tuple[tuple[Figure | None, Figure | None], ...]


def standing(
    sentences: Iterable[Sentence], footings: Iterable[Footing], *, place: str
) -> list[Sentence]:
    """The sentences that stand in a place by themselves, in order."""
    instead = {one.sentence.key for one in footings if one.use in _INSTEAD}
    return [one for one in sentences if one.place == place and one.key not in instead]


def outdated(sentences: Iterable[Sentence], footings: Iterable[Footing]) -> tuple[Outdated, ...]:
    """The footings whose figures are others today, in the order in which they were written."""
    today = {one.key: one for one in sentences}
    found = []
    for footing in footings:
        now = today.get(footing.sentence.key)
        changes = tuple(_changes(footing, now))
        if changes or now is None:
            found.append(Outdated(footing=footing, now=now, changes=changes))
    return tuple(found)


def _changes(
    footing: Footing, now: Sentence | None
) -> Iterator[tuple[Figure | None, Figure | None]]:
    before = _by_name(footing.sentence.figures)
    after = {} if now is None else _by_name(now.figures)
    for name in before if footing.use is Use.CITED else {**before, **after}:
        if before.get(name) != after.get(name):
            yield before.get(name), after.get(name)


def _by_name(figures: Iterable[Figure]) -> dict[tuple[str, str, str], Figure]:
    return {(one.of, one.key, one.name): one for one in figures}


def written_on(
    sentences: Sequence[Sentence], footings: Sequence[Footing], *, place: str, text: str
) -> tuple[Footing, ...]:
    """The footings once somebody has written a place, or confirmed that it is still right.

    What was taken over or left out stays so, on today's figures; a text that is taken away
    gives back what it had taken over. Whatever else it cites is remembered by its numbers.
    """
    others = tuple(one for one in footings if one.sentence.place != place)
    uses = {one.sentence.key: one.use for one in footings if one.sentence.place == place}
    numbers = frozenset(_NUMBER.findall(text))
    found: list[Footing] = []
    for sentence in sentences:
        if sentence.place != place:
            continue
        use = uses.get(sentence.key)
        if use is Use.LEFT_OUT or (use is Use.TAKEN and text):
            found.append(Footing(use=use, sentence=sentence))
            continue
        cited = tuple(one for one in sentence.figures if _tokens(one.value) & numbers)
        if cited:
            found.append(Footing(use=Use.CITED, sentence=replace(sentence, figures=cited)))
    return (*others, *found)


def used(footings: Iterable[Footing], sentence: Sentence, use: Use | None) -> tuple[Footing, ...]:
    """The footings once a sentence is taken over or left out, or stands by itself again."""
    others = tuple(one for one in footings if one.sentence.key != sentence.key)
    return others if use is None else (*others, Footing(use=use, sentence=sentence))


def _tokens(value: int | str) -> frozenset[str]:
    """How a figure may be written, in either language."""
    if isinstance(value, int):
        if value < _LEAST_CITED:
            return frozenset()
        return frozenset({str(value), *(translator(lang).number(value) for lang in LANGUAGES)})
    if _FRACTION.fullmatch(value):
        rate = abs(Fraction(value))
        return frozenset(translator(lang).percent(rate) for lang in LANGUAGES)
    return frozenset()


def around(text: str) -> tuple[str, str]:
    """People's words before and after the composed sentences, which come first by themselves."""
    before: list[str] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.strip() in HERE:
            return "\n".join(before).strip(), "\n".join(lines[number + 1 :]).strip()
        before.append(line)
    return "", text
