"""The checks ``letter`` and ``statement``: an official letter, and a declaration without number.

Knows the form of State and Party documents (Nghị định 30/2020, Hướng dẫn
36/2018): where number, day and addressee stand. Refuses to know whether the
signature is real, and leaves to a person what a scan does not show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import Field

from workflow.domain.folding import fold
from workflow.evidence.attachment import present
from workflow.evidence.check import (
    EvidenceFile,
    Figures,
    Findings,
    Judgement,
    TaskFacts,
    Verdict,
)
from workflow.evidence.days_in_text import (
    Dated,
    DatedParams,
    FoundDay,
    days_in,
    judge_day,
    written_span,
)
from workflow.evidence.documents import Document, read_document
from workflow.evidence.file_kinds import Kind
from workflow.evidence.wordings import Wording

if TYPE_CHECKING:
    from datetime import date

_LETTER_KINDS: Final = (Kind.PDF, Kind.DOCX, Kind.HTML, Kind.TEXT, Kind.CSV)
#: Number, day, issuer and addressee stand within the first lines of a letter.
_HEAD_LINES: Final = 40
_NUMBER: Final = re.compile(
    r"(?:(?:^|\n|\t|\s{2})[^\S\n]{0,20}S(?:ố|ô|Ố|O|o)[^\S\n]{0,6}:?|\sS[ốỐ][^\S\n]?:)[^\S\n]{0,20}"
    r"(?P<number>[0-9]{1,5}[a-zA-Z]?)[^\S\n]{0,4}(?P<code>(?:[/-][^\S\n]{0,2}[0-9A-ZĐƯƠÂÊÔĂ&.][0-9A-Za-zĐđƯưƠơÂâÊêÔôĂă&.]{0,19}[^\S\n]{0,1}){1,4})"
)
_BLANK_NUMBER: Final = re.compile(
    r"(?:^|\n|\t|\s{2})[^\S\n]{0,20}Số[^\S\n]{0,6}:?[\s.…_]{0,40}[/-][^\S\n]{0,2}[A-ZĐ]{2,}"
)
_PLACE_BEFORE: Final = re.compile(r"[^0-9]{0,45}")
# A day after these words is that of another document or of an event.
_REFERENCE: Final = re.compile(
    r"(?<!\w)(?:căn cứ|thực hiện|theo|kèm)(?!\w)"
    r"|(?<!\w)(?:hồi|vào|từ|trong|đến|tới|trước|sau|sinh|của)\s*$",
    re.IGNORECASE,
)
_BLANK_DAY: Final = re.compile(r"ngày[\s.…_]{1,30}tháng[\s.…_0-9]{1,30}năm", re.IGNORECASE)
_SIGNED_AT: Final = re.compile(
    r"(?:thời gian ký|ngày ký|signed? (?:date|on)?)\s{0,3}:", re.IGNORECASE
)
# Where a letter says to whom it goes; each zone ends at a blank line or after some lines.
_ADDRESS_MARKS: Final = re.compile(r"kinh ?gui|kinh ?moi|trong moi|moi ?:|noi ?nhan")
_ADDRESS_LINES: Final = 12
_INVITATION: Final = re.compile(r"giấy\s{0,3}mời|/GM|-GM", re.IGNORECASE)
# Any Vietnamese letter has some of these; a text without them was read wrongly.
_COMMON: Final = ("ngày", "năm", "và", "của", "các", "ngay", "nam", "va", "cua", "cac")


class LetterParams(DatedParams, frozen=True, strict=True, extra="forbid"):
    """What a letter must show besides its number and day.

    ``addressees``: names of which one must be addressed; empty means the other
    party of the agreement, where the task has one. ``mentions_all`` and
    ``mentions_any``: phrases. ``issued_by_unit``: the unit's name must stand in
    the head. ``lead_working_days``: fails a letter dated fewer working days
    before the event; without it lateness is left to the task's due day.
    ``names_event_day``: where the task has an event, the letter must name its day.
    """

    addressees: tuple[str, ...] = ()
    mentions_all: tuple[str, ...] = ()
    mentions_any: tuple[str, ...] = ()
    issued_by_unit: bool = False
    lead_working_days: int | None = Field(default=None, ge=0, le=60)
    names_event_day: bool = True


class StatementParams(DatedParams, frozen=True, strict=True, extra="forbid"):
    """What a declaration must show: phrases, and the name of the unit that makes it."""

    mentions_all: tuple[str, ...] = ()
    mentions_any: tuple[str, ...] = ()
    names_unit: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterHead:
    """Number as written without spaces (``45/BC-UBND``) or None, and the day of issue."""

    number: str | None
    day: FoundDay | None

    @property
    def on(self) -> date | None:
        """The day of issue."""
        return self.day.on if self.day else None


def letter_head(text: str) -> LetterHead:
    """Read number and day from the head of a letter; a later reference is not its own."""
    head = "\n".join(text.split("\n")[:_HEAD_LINES])
    found = _NUMBER.search(head)
    number = None
    if found:
        number = found["number"] + re.sub(r"\s", "", found["code"]).rstrip(".")
    days = [
        day
        for day in days_in(head)
        if day.has_year
        and (_is_at_its_place(head, day) or (found and _on_one_line(head, found, day)))
    ]
    blank = _BLANK_DAY.search(head)
    if blank and (not days or blank.start() < days[0].start):
        # The place for the day was left empty: a later day is that of something else.
        days = []
    if not days and (signed := _SIGNED_AT.search(text)):
        days = days_in(text[signed.end() : signed.end() + 40])
    return LetterHead(number=number, day=days[0] if days else None)


def _is_at_its_place(head: str, day: FoundDay) -> bool:
    """Whether only a place name stands before the day on its line, as in ``Bắc Ninh, ngày …``."""
    before = re.split(r"[\n\t]|\s{3}", head[: day.start])[-1]
    return bool(_PLACE_BEFORE.fullmatch(before)) and not _REFERENCE.search(before)


def _on_one_line(head: str, number: re.Match[str], day: FoundDay) -> bool:
    return number.end() <= day.start and "\n" not in head[number.end() : day.start]


class LetterCheck:
    """An official letter as PDF or DOCX: number, day, addressee, lead time.

    ``read``: ``number``, ``addressee`` found, ``is_invitation``,
    ``lead_working_days`` before the event, ``pages``.
    """

    name: Final = "letter"
    version: Final = "1"
    light: Final = False
    params: Final = LetterParams

    def run(
        self,
        params: LetterParams,
        file: EvidenceFile | None,
        *,
        figures: Figures,  # noqa: ARG002 - every check takes them
        facts: TaskFacts,
    ) -> Verdict:
        """Judge one letter."""
        file = present(file)
        document = read_document(file, _LETTER_KINDS)
        judgement = Judgement(self.name, self.version)
        head = letter_head(document.text)
        wording = Wording(document.text)
        _judge_number(head, document, wording, judgement)
        otherwise = Dated.IN_PERIOD if facts.event_on is None else Dated.BEFORE_EVENT
        judge_day(
            head.on, params, facts=written_span(facts), otherwise=otherwise, judgement=judgement
        )
        lead = _judge_lead(head.on, params, facts=facts, judgement=judgement)
        if (
            facts.event_on
            and params.names_event_day
            and (params.dated or otherwise) is Dated.BEFORE_EVENT
        ):
            _judge_event_day(document.text, head, facts.event_on, judgement)
        addressee = _judge_addressee(
            document.text, wording, params, facts=facts, judgement=judgement
        )
        if params.issued_by_unit:
            top = Wording("\n".join(document.text.split("\n")[:_HEAD_LINES]))
            if top.first_of(facts.unit.names) is None:
                judgement.doubt("letter.issuer_not_found", unit=facts.unit.name)
        judge_mentions(wording, params.mentions_all, params.mentions_any, judgement)
        return judgement.verdict(
            Findings(performed_on=head.on, identity=file.identity),
            number=head.number,
            addressee=addressee,
            is_invitation=bool(_INVITATION.search(document.text[:4000])),
            lead_working_days=lead,
            pages=document.pages,
        )


class StatementCheck:
    """A short declaration: its day, its unit, and the phrases asked for; no number needed.

    ``read``: ``number`` where it has one, ``pages``.
    """

    name: Final = "statement"
    version: Final = "1"
    light: Final = False
    params: Final = StatementParams

    def run(
        self,
        params: StatementParams,
        file: EvidenceFile | None,
        *,
        figures: Figures,  # noqa: ARG002 - every check takes them
        facts: TaskFacts,
    ) -> Verdict:
        """Judge one declaration."""
        file = present(file)
        document = read_document(file, _LETTER_KINDS)
        judgement = Judgement(self.name, self.version)
        days = [day for day in days_in(document.text) if day.has_year]
        on = letter_head(document.text).on or (days[-1].on if days else None)
        otherwise = Dated.IN_PERIOD if facts.event_on is None else Dated.AROUND_EVENT
        judge_day(on, params, facts=written_span(facts), otherwise=otherwise, judgement=judgement)
        wording = Wording(document.text)
        if params.names_unit and wording.first_of(facts.unit.names) is None:
            judgement.fail("statement.unit_not_found", unit=facts.unit.name)
        judge_mentions(wording, params.mentions_all, params.mentions_any, judgement)
        return judgement.verdict(
            Findings(performed_on=on, identity=file.identity),
            number=letter_head(document.text).number,
            pages=document.pages,
        )


def judge_mentions(
    wording: Wording, every: tuple[str, ...], some: tuple[str, ...], judgement: Judgement
) -> None:
    """Fail a text that leaves out a phrase of ``every``, or all phrases of ``some``."""
    missing = [phrase for phrase in every if not wording.mentions(phrase)]
    if missing:
        judgement.fail("text.phrases_missing", phrases=missing)
    if some and wording.first_of(some) is None:
        judgement.fail("text.no_phrase_found", phrases=some)


def _judge_number(
    head: LetterHead, document: Document, wording: Wording, judgement: Judgement
) -> None:
    if head.number is not None:
        return
    if _BLANK_NUMBER.search("\n".join(document.text.split("\n")[:_HEAD_LINES])):
        judgement.fail("letter.number_blank")
    elif wording.first_of(_COMMON) is None:
        # No word of Vietnamese: an old font or a poor scan, not a letter without number.
        judgement.doubt("file.text_unclear")
    else:
        judgement.fail("letter.number_not_found")


def _judge_lead(
    on: date | None, params: LetterParams, *, facts: TaskFacts, judgement: Judgement
) -> int | None:
    if on is None or facts.event_on is None:
        return None
    lead = facts.working_days_before(on, facts.event_on)
    if params.lead_working_days is not None and lead < params.lead_working_days:
        judgement.fail(
            "letter.lead_time_short",
            working_days=lead,
            required=params.lead_working_days,
            on=on,
            event_on=facts.event_on,
        )
    return lead


def _judge_event_day(text: str, head: LetterHead, event_on: date, judgement: Judgement) -> None:
    """A letter that names other days but not the event's may be about another meeting."""
    named = {
        day.on
        for day in days_in(text, year=event_on.year)
        if head.day is None or day.start != head.day.start
    }
    if event_on not in named:
        judgement.doubt("letter.event_day_not_found", event_on=event_on, days=sorted(named)[:10])


def _judge_addressee(
    text: str, wording: Wording, params: LetterParams, *, facts: TaskFacts, judgement: Judgement
) -> str | None:
    names = params.addressees or (facts.beneficiary.names if facts.beneficiary else ())
    if not names:
        return None
    lines = text.split("\n")
    zones = [
        Wording("\n".join(lines[number : number + _ADDRESS_LINES]))
        for number, line in enumerate(lines)
        if _ADDRESS_MARKS.search(fold(line))
    ][:20]
    for zone in zones:
        if (addressed := zone.first_of(names)) is not None:
            return addressed
    if (mentioned := wording.first_of(names)) is not None:
        judgement.doubt("letter.addressee_only_mentioned", addressee=mentioned)
    else:
        judgement.fail("letter.addressee_not_found", addressees=names)
    return None
