"""The periodic report as a value: every figure, list and paragraph, in no language.

Knows what stands in a report and how it is written down for good: the same value gives
the same text, whatever the order of rows, the hash seed, the zone or the locale.
Refuses to know the database, and the words and pages that are made of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from reports.contents.articles import Articles  # noqa: TC001 - pydantic reads it at run time
from reports.contents.subscriptions import TitleOrders  # noqa: TC001 - pydantic reads it at run time
from reports.figures import Line
from reports.issuing.signing import Signature  # noqa: TC001 - pydantic reads it at run time
from reports.letterhead import Letterhead  # noqa: TC001 - pydantic reads it at run time
from reports.narrating.circumstances import Circumstances  # noqa: TC001 - pydantic reads it at run time
from reports.narrating.sentences import Footing, Sentence  # noqa: TC001 - pydantic reads it at run time
from reports.unit_groups import Grouping  # noqa: TC001 - pydantic reads it at run time
from workflow.domain.lifecycle import State  # noqa: TC001 - pydantic reads it at run time
from workflow.domain.tally import Box, Share  # noqa: TC001 - pydantic reads it at run time
from workflow.journal import canonical

if TYPE_CHECKING:
    from pydantic import TypeAdapter

#: The form of the written value; it changes when a reader has to know of a change.
FORM: Final = 3
#: What came with a later form than the first: an older value is written as it always was.
_SINCE: Final = {"letterhead": 2, "course": 2, "subscriptions": 3, "articles": 3,
    "circumstances": 3, "sentences": 3, "footings": 3, "grouping": 3, "signature": 3}  # fmt: skip


class Paragraph(StrEnum):
    """The places where people write; what stands there survives every refresh."""

    DIRECTION = "direction"
    RESULTS = "results"
    STRENGTHS = "strengths"
    SHORTCOMINGS = "shortcomings"
    CAUSES = "causes"
    PLANS = "plans"
    PROPOSALS = "proposals"


class Compared(StrEnum):
    """What the period is compared with."""

    PREVIOUS = "previous"
    SAME_LAST_YEAR = "same_last_year"
    YEAR_TO_DATE = "year_to_date"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The agreement that is reported on."""

    code: str
    title: str
    number: str
    signed_on: date | None
    starts_on: date
    ends_on: date
    parties: tuple[str, ...]
    #: Set where the numbers of the agreement's duties are no more than examples.
    illustrative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days ``[from_on, until_on)``: their key, and the code and facts of their name."""

    key: str
    label: str
    facts: Mapping[str, int | str]
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """An obligation's line, with the clause that it comes from.

    Of ``units_owing``, which had something to do that was neither waived nor suspended,
    ``units_met`` have done all of it; ``defaulters`` are the keys of those with something overdue.
    """

    code: str
    title: str
    clause: str
    clause_text: str
    clause_place: str
    topic: str | None
    line: Line
    units_owing: int
    units_met: int
    defaulters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What the units of one party owe; without a code, units of no party."""

    code: str
    name: str
    line: Line
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """A unit's line, under the name that it bore in the period; ``party`` is a side's code."""

    key: str
    name: str
    party: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLine:
    """The line of what serves one topic; without a code, of none."""

    code: str
    title: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The line of one obligation and one unit."""

    obligation: str
    unit: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Another span beside the period, judged at its own cut-off as of the same instant.

    ``line`` is None where the agreement was not yet in force.
    """

    to: Compared
    period: Period | None
    from_on: date
    until_on: date
    cut_off: datetime
    line: Line | None
    by_obligation: Mapping[str, Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A period of the same length before this one, judged as comparisons are."""

    period: Period
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why, in somebody's words or as a code with its facts."""

    code: str
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concession:
    """An extension or waiver that was asked for; ``decision`` is None while it waits."""

    kind: str
    asked_on: date
    until_on: date | None
    is_late: bool
    reason: str
    decision: str | None
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a unit offered; ``sha256`` names the bytes, None where it is no file."""

    requirement: str
    name: str
    sha256: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One task of the period's table: from here a reader walks to its proof."""

    id: int
    obligation: str
    unit: str
    #: Who answers for it where that is no longer the unit itself.
    answerable: str | None
    occasion: str
    state: State
    share: Share
    box: Box
    is_past_due: bool
    original_due_on: date | None
    due_on: date | None
    report_by_on: date | None
    correction_on: date | None
    late_notice_on: date | None
    submitted_on: date | None
    done_on: date | None
    is_reported_late: bool
    days_late: int
    concessions: tuple[Concession, ...]
    returned: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A doubt that stands open about an accepted task, of this period or an earlier one."""

    task: int
    obligation: str
    unit: str
    occasion: str
    kind: str
    reason: Reason
    raised_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLine:
    """One difference that the proof of coverage found."""

    code: str
    obligation: str
    occasion: str
    unit: str | None
    expected: str | None
    found: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageLine:
    """Whether every duty has its tasks and no task lacks its duty; ``gaps`` are the first ones."""

    until: date | None
    occasions: int
    tasks: int
    gap_count: int
    gaps: tuple[GapLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What is known only once the report is issued."""

    number: str
    issued_on: date
    approved_by: str
    approved_on: date
    lang: str
    journal_head: str
    #: The hash of what the leader approved: the same value before this was added.
    approved_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure that an addendum changes against the edition issued before."""

    place: str
    key: str
    figure: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Addendum:
    """Which issued edition this one corrects, why, and every figure that differs."""

    corrects: int
    number: str
    sha256: str
    ground: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report. Submissions and days are judged at ``cut_off``, verdicts at ``as_of``.

    ``duties`` hold every obligation, ``units`` every unit and ``pairs`` both; each adds up
    to ``total``, as do the sides and the topics. ``course`` are the periods before this
    one, the earliest first; ``letterhead`` is None where the office has set none.
    ``subscriptions`` hold each title, ``articles`` is None where no duty asks for any.
    ``sentences`` are composed of all these; ``footings`` are those that people's words stand on.
    """

    form: int
    edition: int
    agreement: Ground
    period: Period
    zone: str
    cut_off: datetime
    as_of: datetime
    previous_cut_off: datetime
    is_simulated: bool
    total: Line
    sides: tuple[Side, ...]
    topics: tuple[TopicLine, ...]
    duties: tuple[Duty, ...]
    units: tuple[UnitLine, ...]
    pairs: tuple[Pair, ...]
    comparisons: tuple[Comparison, ...]
    tasks: tuple[TaskLine, ...]
    doubts: tuple[Doubt, ...]
    coverage: CoverageLine
    paragraphs: Mapping[Paragraph, str]
    addendum: Addendum | None = None
    issue: Issue | None = None
    course: tuple[Step, ...] = ()
    letterhead: Letterhead | None = None
    subscriptions: tuple[TitleOrders, ...] = ()
    articles: Articles | None = None
    circumstances: Circumstances | None = None
    sentences: tuple[Sentence, ...] = ()
    footings: tuple[Footing, ...] = ()
    grouping: Grouping | None = None
    signature: Signature | None = None


def written(report: Report) -> str:
    """The one text of a report: canonical JSON, each line with both of its rates."""
    said = {
        one.name: plain(getattr(report, one.name))
        for one in fields(report)
        if _SINCE.get(one.name, 1) <= report.form
    }
    return canonical(said)


def sha256(text: str) -> str:
    """The hash by which a written report is known."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> Report:
    """A report from its text; ``written(read(text)) == text``. Raises ``ValueError``."""
    return _reader().validate_json(text)


def before_issue(report: Report) -> Report:
    """The same report as it was approved."""
    return replace(report, issue=None, signature=None)


@cache
def _reader() -> TypeAdapter[Report]:
    from pydantic import TypeAdapter

    return TypeAdapter(Report)


def plain(value: object) -> object:
    """A value of ours as JSON has it: objects, lists, texts and numbers."""
    kind: type = type(value)
    if names := _names(kind):
        said = {name: plain(getattr(value, name)) for name in names}
        if isinstance(value, Line):
            boxes = value.boxes
            # For readers of the file: numerator and denominator, or null where nothing counts.
            said["rate_on_due"] = [boxes.done, boxes.due] if boxes.due else None
            said["rate_on_all"] = [boxes.done, boxes.total] if boxes.total else None
        return said
    if isinstance(value, str | int | date | None):
        return str(value) if isinstance(value, StrEnum) else value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


@cache
def _names(of: type) -> tuple[str, ...]:
    """The fields of a value's class; none where it is not one of ours."""
    return tuple(one.name for one in fields(of)) if is_dataclass(of) else ()
