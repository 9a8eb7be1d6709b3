"""The check ``minutes``: the record of a meeting at which the paper was read.

Knows how the record of a cell's monthly meeting (biên bản sinh hoạt chi bộ)
tells when it was held and that papers were read. Refuses to judge how well.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from workflow.evidence.attachment import present
from workflow.evidence.check import (
    EvidenceFile,
    Figures,
    Findings,
    Judgement,
    TaskFacts,
    Verdict,
)
from workflow.evidence.days_in_text import Dated, DatedParams, days_in, judge_day
from workflow.evidence.documents import read_document
from workflow.evidence.file_kinds import Kind
from workflow.evidence.wordings import Wording

if TYPE_CHECKING:
    from datetime import date

_KINDS: Final = (Kind.DOCX, Kind.PDF, Kind.TEXT, Kind.CSV, Kind.HTML)
#: How records word it, where an agreement does not say.
READING_PHRASES: Final = (
    "đọc báo",
    "đọc và làm theo báo",
    "đọc các ấn phẩm",
    "đọc ấn phẩm",
    "đọc các bài",
    "đọc bài",
    "đọc tin, bài",
    "điểm báo",
    "nghiên cứu báo",
    "giới thiệu bài báo",
    "thông tin báo chí",
)
_RECORD_WORDS: Final = ("biên bản", "nghị quyết", "sổ ghi", "trích biên bản")
_DENIALS: Final = frozenset({"chưa", "không", "chua", "khong"})
_DENIAL_REACH: Final = 3
# Where a record says when it was held.
_HELD: Final = re.compile(
    r"hôm\s{0,3}nay|thời\s{1,3}gian|bắt\s{1,3}đầu|khai\s{1,3}mạc|vào\s{1,3}hồi|hồi\s{0,3}[0-9]",
    re.IGNORECASE,
)
_HELD_REACH: Final = 120
_MOST_MARKS: Final = 50


class MinutesParams(DatedParams, frozen=True, strict=True, extra="forbid"):
    """What a record must tell.

    ``phrases``: wordings of reading, one of which must stand in it undenied;
    ``names_publication``: one of the task's publications must be named;
    ``names_unit``: the unit must be named; ``mentions_all``: further phrases.
    """

    phrases: tuple[str, ...] = READING_PHRASES
    names_publication: bool = True
    names_unit: bool = True
    mentions_all: tuple[str, ...] = ()


class MinutesCheck:
    """The record of a meeting as DOCX, PDF or text.

    ``read``: ``phrase`` and ``publication`` found, ``unit_named``.
    """

    name: Final = "minutes"
    version: Final = "1"
    light: Final = False
    params: Final = MinutesParams

    def run(
        self,
        params: MinutesParams,
        file: EvidenceFile | None,
        *,
        figures: Figures,  # noqa: ARG002 - every check takes them
        facts: TaskFacts,
    ) -> Verdict:
        """Judge one record."""
        file = present(file)
        document = read_document(file, _KINDS)
        judgement = Judgement(self.name, self.version)
        wording = Wording(document.text)
        if wording.first_of(_RECORD_WORDS) is None:
            judgement.doubt("minutes.not_a_record")
        on = _held_on(document.text)
        judge_day(on, params, facts=facts, otherwise=Dated.IN_PERIOD, judgement=judgement)
        phrase = _judge_reading(wording, params.phrases, judgement)
        names = [name for publication in facts.publications for name in publication.names]
        publication = wording.first_of(names)
        if params.names_publication and names and publication is None:
            judgement.doubt("minutes.publication_not_found", titles=names[:5])
        is_named = wording.first_of(facts.unit.names) is not None
        if params.names_unit and not is_named:
            judgement.fail("minutes.unit_not_found", unit=facts.unit.name)
        missing = [phrase for phrase in params.mentions_all if not wording.mentions(phrase)]
        if missing:
            judgement.fail("text.phrases_missing", phrases=missing)
        return judgement.verdict(
            Findings(performed_on=on, identity=file.identity),
            phrase=phrase,
            publication=publication,
            unit_named=is_named,
        )


def _held_on(text: str) -> date | None:
    """The day near words such as ``Hôm nay`` or ``Thời gian``, else the first day named."""
    days = [day for day in days_in(text) if day.has_year]
    for mark in islice(_HELD.finditer(text), _MOST_MARKS):
        for day in days:
            if mark.start() <= day.start <= mark.end() + _HELD_REACH:
                return day.on
    return days[0].on if days else None


def _judge_reading(wording: Wording, phrases: tuple[str, ...], judgement: Judgement) -> str | None:
    """The phrase that tells of reading; one that only stands denied is left to a person."""
    denied = None
    for phrase in phrases:
        before = wording.words_before(phrase, _DENIAL_REACH)
        if any(not _DENIALS & set(words) for words in before):
            return phrase
        denied = denied or (phrase if before else None)
    if denied is not None:
        judgement.doubt("minutes.reading_denied", phrase=denied)
    else:
        judgement.fail("minutes.reading_not_found")
    return None
