"""What stands in the places where people write: composed sentences, and people's own words.

Composed sentences stand first, or where somebody's words say so by a line of ``[…]``; those of
results stand with the figures that they tell. Refuses to compose and to change a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.document import Text, Written
from reports.quarterly import Paragraph
from reports.sentences import around, standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.document import Block
    from reports.quarterly import Report
    from reports.sentences import Sentence
    from reports.telling import Teller


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


def told(sentence: Sentence, lang: str) -> str:
    """A sentence as a paragraph: one of many, of a duty or a side, stands in a list."""
    text = sentence.texts[lang]
    return f"- {text}" if ":" in sentence.key else text


def _told(tell: Teller, place: Paragraph, *, part: str | None = None) -> list[str]:
    lang = tell.say.lang
    return [told(one, lang) for one in _standing(tell.report, place) if one.part == part]


def _standing(report: Report, place: Paragraph) -> list[Sentence]:
    return standing(report.sentences, report.footings, place=place)
