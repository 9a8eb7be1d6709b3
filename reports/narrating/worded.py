"""What stands in the places where people write: composed sentences, and people's own words.

Composed sentences stand first, or where somebody's words say so by a line of ``[…]``; those of
results stand with the figures that they tell. Refuses to compose and to change a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from reports.documents.document import Text, Written
from reports.narrating.sentences import around, outdated, standing
from reports.quarterly import Paragraph
from workflow.i18n import translator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reports.documents.document import Block
    from reports.documents.telling import Teller
    from reports.narrating.sentences import Figure, Outdated, Sentence, Use
    from reports.quarterly import Report


def people(tell: Teller, place: Paragraph) -> list[Block]:
    """What people wrote in a place around what was composed for it, or what stands there until."""
    _ = tell.gettext
    before, after = around(tell.report.paragraphs.get(place, ""))
    composed: list[Block] = []
    if place is not Paragraph.RESULTS:
        composed = [Text(text=text) for text in _told(tell, place)]
    if not (before or after or composed):
        missing = _("Nothing to add.") if tell.report.issue else _("[To be written by the drafter]")
        return [Written(text="", missing=missing)]
    return [
        *([Written(text=before, missing="")] if before else []),
        *composed,
        *([Written(text=after, missing="")] if after else []),
    ]


def results_told(tell: Teller, part: str | None = None) -> list[Block]:
    """The sentences on a part of the results, a side's or another, or on all together."""
    return [Text(text=text) for text in _told(tell, Paragraph.RESULTS, part=part)]


def below_heading(blocks: Iterable[Block], told: Iterable[Block]) -> list[Block]:
    """Blocks with what is told below the heading that they begin with; none without a heading."""
    every = list(blocks)
    return [*every[:1], *told, *every[1:]] if every else []


def place_text(report: Report, place: Paragraph, *, lang: str) -> str:
    """All that stands in a place, a line for each paragraph."""
    before, after = around(report.paragraphs.get(place, ""))
    composed = [told(one, lang) for one in _standing(report, place)]
    return "\n".join(text for text in (before, *composed, after) if text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A composed sentence as whoever drafts is shown it.

    ``text`` is None where the figures give no such sentence any more. ``use`` is None where it
    stands by itself. Where it is outdated, ``was`` is the sentence of then and ``changes``
    are the numbers that differ, then and now; otherwise ``was`` is None.
    """

    key: str
    place: str
    text: str | None
    use: Use | None
    was: str | None
    changes: tuple[tuple[str, str], ...]


def offered(report: Report, *, lang: str) -> list[Offered]:
    """Every sentence, with what people made of it and whether that still holds."""
    uses = {one.sentence.key: one.use for one in report.footings}
    stale = {one.footing.sentence.key: one for one in outdated(report.sentences, report.footings)}
    today = {one.key: one for one in report.sentences}
    gone = [one.footing.sentence for key, one in stale.items() if key not in today]
    return [
        Offered(
            key=one.key,
            place=one.place,
            text=one.texts[lang] if one.key in today else None,
            use=uses.get(one.key),
            was=stale[one.key].footing.sentence.texts[lang] if one.key in stale else None,
            changes=tuple(_changed(stale[one.key], lang)) if one.key in stale else (),
        )
        for one in (*report.sentences, *gone)
    ]


def _changed(one: Outdated, lang: str) -> Iterator[tuple[str, str]]:
    """The numbers that differ; that a unit came or went, and points, are read in the words."""
    for before, after in one.changes:
        if before and after and not before.name.startswith("points"):
            yield _number(before, lang), _number(after, lang)


def _number(figure: Figure, lang: str) -> str:
    say = translator(lang)
    if isinstance(figure.value, int):
        return say.number(figure.value)
    if "/" in figure.value:
        return say.percent(Fraction(figure.value))
    return say.day(date.fromisoformat(figure.value))


def told(sentence: Sentence, lang: str) -> str:
    """A sentence as a paragraph: one of many, of a duty or a side, stands in a list."""
    text = sentence.texts[lang]
    return f"- {text}" if ":" in sentence.key else text


def _told(tell: Teller, place: Paragraph, *, part: str | None = None) -> list[str]:
    lang = tell.say.lang
    return [told(one, lang) for one in _standing(tell.report, place) if one.part == part]


def _standing(report: Report, place: Paragraph) -> list[Sentence]:
    return standing(report.sentences, report.footings, place=place)
