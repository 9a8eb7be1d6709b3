"""The check ``attendance``: the organisation's people were at the meeting.

Knows delegate lists as tables and as lines, with a column of presence or
without. Refuses to keep names: it counts persons and tells the rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from pydantic import Field

from workflow.domain.folding import tone_key
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
from workflow.evidence.documents import Document, Row, read_document
from workflow.evidence.file_kinds import Kind
from workflow.evidence.tables import cell_of, find_header, naming
from workflow.evidence.wordings import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

_KINDS: Final = (Kind.DOCX, Kind.XLSX, Kind.CSV, Kind.PDF, Kind.TEXT, Kind.HTML)
_NAME_HEADINGS: Final = ("họ và tên", "họ tên", "họ, tên", "đại biểu", "tên")
_ABSENT_HEADINGS: Final = ("vắng", "vắng mặt")
_PRESENT_HEADINGS: Final = ("có mặt", "điểm danh", "dự họp")
_ABSENT: Final = ("vắng", "vắng mặt", "không dự", "xin vắng")
_TITLES: Final = re.compile(
    r"^(?:\d+\s?[.)]?\s+|[-–+*]\s*"
    r"|(?:đ/c|đồng chí|ông|bà|anh|chị|pv\.?|phóng viên|nhà báo)\s+)+",
    re.IGNORECASE,
)
_BETWEEN_PERSONS: Final = re.compile(r"[,;\t:–]|\s-\s|\s{2,}|\svà\s")
_SHORTEST_NAME, _LONGEST_NAME = 2, 6
# Capitalised words that begin a body or a post, and hardly ever a surname.
_NO_SURNAMES: Final = frozenset(
    map(
        tone_key,
        (
            "báo",
            "phòng",
            "ban",
            "ủy",
            "văn",
            "phóng",
            "đài",
            "trường",
            "hội",
            "đảng",
            "chi",
            "tòa",
            "phó",
            "trưởng",
            "chủ",
            "bí",
            "giám",
            "tổng",
            "biên",
            "nhà",
            "thành",
            "tỉnh",
            "danh",
            "cộng",
            "mặt",
            "ubnd",
            "hđnd",
            "bch",
            "công",
            "cơ",
            "khối",
            "đại",
            "họ",
        ),
    )
)


class Whose(StrEnum):
    """Whose people must have been there."""

    BENEFICIARY = "beneficiary"
    UNIT = "unit"


class AttendanceParams(DatedParams, frozen=True, strict=True, extra="forbid"):
    """Whose people are counted (``of``, besides ``also_named``) and the least number of them."""

    of: Whose = Whose.BENEFICIARY
    also_named: tuple[str, ...] = ()
    minimum: int = Field(default=1, ge=1, le=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Roll:
    """What a list says of the organisation: persons present and absent, in which rows."""

    present: frozenset[str]
    absent: frozenset[str]
    rows: tuple[int, ...]


class AttendanceCheck:
    """A delegate list as DOCX, XLSX, CSV or PDF.

    ``read``: ``organisation`` found, ``present``, ``absent`` (numbers) and
    ``rows`` (their places in the list, from 1).
    """

    name: Final = "attendance"
    version: Final = "1"
    light: Final = False
    params: Final = AttendanceParams

    def run(
        self,
        params: AttendanceParams,
        file: EvidenceFile | None,
        *,
        figures: Figures,  # noqa: ARG002 - every check takes them
        facts: TaskFacts,
    ) -> Verdict:
        """Judge one list."""
        file = present(file)
        document = read_document(file, _KINDS)
        judgement = Judgement(self.name, self.version)
        body = facts.unit if params.of is Whose.UNIT else facts.beneficiary
        names = (*params.also_named, *(body.names if body else ()))
        roll = _Roll(present=frozenset(), absent=frozenset(), rows=())
        found = Wording(document.text).first_of(names)
        if not names:
            judgement.doubt("facts.organisation_missing")
        elif found is None:
            judgement.fail("attendance.organisation_not_found", organisation=names[0])
        else:
            roll = _roll(document, names)
            _judge_roll(roll, params, organisation=found, judgement=judgement)
        on = _held_on(document.text, facts.event_on)
        otherwise = Dated.IN_PERIOD if facts.event_on is None else Dated.AROUND_EVENT
        judge_day(on, params, facts=facts, otherwise=otherwise, judgement=judgement)
        return judgement.verdict(
            Findings(performed_on=on, identity=file.identity, quantity=len(roll.present) or None),
            organisation=found,
            present=len(roll.present),
            absent=len(roll.absent),
            rows=roll.rows,
        )


def _judge_roll(
    roll: _Roll, params: AttendanceParams, *, organisation: str, judgement: Judgement
) -> None:
    told = {
        "organisation": organisation,
        "present": len(roll.present),
        "minimum": params.minimum,
    }
    if roll.absent and len(roll.present) < params.minimum:
        judgement.fail("attendance.absent", absent=len(roll.absent), **told)
    elif not roll.present:
        # Named somewhere, but in no row that shows a person.
        judgement.doubt("attendance.no_person_found", **told)
    elif len(roll.present) < params.minimum:
        judgement.fail("attendance.too_few", **told)


def _held_on(text: str, event_on: date | None) -> date | None:
    """The event's day where the list names it, else the first day that it names."""
    days = [day.on for day in days_in(text, year=event_on.year if event_on else None)]
    if event_on in days:
        return event_on
    return days[0] if days else None


def _roll(document: Document, names: Sequence[str]) -> _Roll:
    here: set[str] = set()
    away: set[str] = set()
    rows: list[int] = []
    # A letterhead is a table too, so the lines are read where no table has the persons.
    read = list(_table_rows(document.rows, names)) or _line_rows(document.text, names)
    for number, person, is_present in read:
        (here if is_present else away).add(person)
        rows.append(number)
    return _Roll(present=frozenset(here), absent=frozenset(away - here), rows=tuple(rows))


def _table_rows(rows: Sequence[Row], names: Sequence[str]) -> Iterator[tuple[int, str, bool]]:
    """Row number, person and presence of each row of the organisation.

    A row with one text is a heading: the rows below it belong to the
    organisation that it names, until the next heading.
    """
    header = find_header(
        rows,
        {
            "name": naming(*_NAME_HEADINGS),
            "absent": naming(*_ABSENT_HEADINGS),
            "present": naming(*_PRESENT_HEADINGS),
        },
        needed="name",
    )
    columns = header.columns if header else {}
    body = list(enumerate(rows, start=1))[header.row + 1 if header else 0 :]
    marks_present = any(cell_of(row, columns.get("present")) for _, row in body)
    is_under_heading = False
    for number, row in body:
        texts = [cell for cell in row if cell and not re.fullmatch(r"[IVX\d.)]+", cell)]
        named = Wording("\n".join(texts)).first_of(names) is not None
        if len(set(texts)) == 1 and _person(texts[0]) is None:
            is_under_heading = named
            continue
        # A column of names holds names, even where a post stands for the person.
        person = tone_key(cell_of(row, columns.get("name")))
        if not any(map(str.isalpha, person)):
            person = next(filter(None, map(_person, texts)), "")
        if not person or not (named or is_under_heading):
            continue
        is_absent = bool(cell_of(row, columns.get("absent"))) or _says_absent(texts)
        is_marked = not marks_present or bool(cell_of(row, columns.get("present")))
        yield number, person, is_marked and not is_absent


def _line_rows(text: str, names: Sequence[str]) -> Iterator[tuple[int, str, bool]]:
    """The same of a list in lines, where organisation and persons share a line."""
    for number, line in enumerate(text.split("\n"), start=1):
        wording = Wording(line)
        organisation = wording.first_of(names)
        if organisation is None:
            continue
        without = re.sub(re.escape(organisation), ",", wording.text, flags=re.IGNORECASE)
        for person in filter(None, map(_person, _BETWEEN_PERSONS.split(without))):
            yield number, person, not _says_absent([line])


def _person(text: str) -> str | None:
    """The key of the person whose name (two or more capitalised words) begins the text, or None."""
    words = _TITLES.sub("", text.strip()).split()
    name = list(takewhile(lambda word: word[:1].isupper() and word.isalpha(), words))[
        :_LONGEST_NAME
    ]
    if len(name) < _SHORTEST_NAME or tone_key(name[0]) in _NO_SURNAMES:
        return None
    return tone_key(" ".join(name))


def _says_absent(texts: Sequence[str]) -> bool:
    return Wording("\n".join(texts)).first_of(_ABSENT) is not None
