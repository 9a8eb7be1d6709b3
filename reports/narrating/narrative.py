"""The sentences of a report, composed by rules from its value, in both languages at once.

Knows which sentences there are and in what order. Whatever the figures, each is a whole
sentence and each of its numbers is a figure of the value. Refuses to know what people write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.narrating.ahead import plans, proposals
from reports.narrating.direction import direction
from reports.narrating.judgement import causes, shortcomings, strengths
from reports.narrating.phrases import Phrases
from reports.narrating.results import results
from reports.narrating.sentences import Sentence
from workflow.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.narrating.phrases import Said
    from reports.quarterly import Report
    from workflow.domain.periods import Period


def narrated(report: Report, *, following: Period) -> tuple[Sentence, ...]:
    """Every sentence of a report, in the order of its chapters.

    ``following`` is the period that comes next. A report without circumstances has none.
    """
    told = [list(_said(Phrases(report, lang), following)) for lang in LANGUAGES]
    return tuple(
        Sentence(
            key=ones[0].key,
            place=str(ones[0].place),
            part=ones[0].part,
            texts={lang: one.text for lang, one in zip(LANGUAGES, ones, strict=True)},
            figures=ones[0].figures,
        )
        for ones in zip(*told, strict=True)
    )


def _said(say: Phrases, following: Period) -> Iterator[Said]:
    known = say.report.circumstances
    if known is None:
        return
    yield from direction(say, known)
    yield from results(say, known)
    yield from strengths(say, known)
    yield from shortcomings(say, known)
    yield from causes(say)
    yield from plans(say, known, following=following)
    yield from proposals(say, known)
