"""What an agreement says: parties, clauses and obligations, as immutable values.

Knows the vocabulary of obligations (engine terms: trigger, due rule, proof,
ladder). Refuses to know how they are written in a file, stored, or planned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from workflow.domain.instructing import Instruction
    from workflow.domain.triggers import Trigger
    from workflow.domain.units import Selector


class Roll(StrEnum):
    """Where a day that falls on a day off goes (the usual business-day conventions)."""

    NONE = "none"
    FOLLOWING = "following"
    PRECEDING = "preceding"
    MODIFIED_FOLLOWING = "modified-following"


class Count(StrEnum):
    """What an offset counts; the first day is never counted."""

    CALENDAR = "calendar"
    WORKING = "working"


class DueFrom(StrEnum):
    """What a due day is reckoned from.

    ``start`` and ``end`` are the first and the last day of the occasion's
    period; ``day`` is its anchor: the event's day, the calendar day, the day
    of the fulfilment that it follows, the evaluation's day.
    """

    START = "start"
    END = "end"
    DAY = "day"


class JudgedBy(StrEnum):
    """Which instant decides "on time"."""

    PERFORMED = "performed"
    SUBMITTED = "submitted"


class Joiners(StrEnum):
    """What a unit that joins in the middle of a period owes for it."""

    WHOLE = "whole"
    FROM_NEXT_PERIOD = "from_next_period"


#: The working calendar of a kind of unit for which an agreement names none.
DEFAULT_CALENDAR: Final = "office"


# --- due rules ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedDay:
    """A day of a month of the period: ``day`` 15 of ``month`` -1 is the 15th of its last month.

    ``month`` counts from 1, or from -1 backwards; 0 is the month before the
    period. ``day`` past the month's end means its last day.
    """

    day: int
    month: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a task opens, is due and must be reported.

    The due day is ``fixed`` if set, else ``offset`` days (``count``) from
    ``reckoned``; then ``roll`` applies. It opens ``opens`` calendar days
    before the due day, or, when None, on the first day of its period (an
    event's or request's task: when it is recorded). ``report_by`` is days
    (``count``) after the due day by which the proof must be handed in.
    """

    reckoned: DueFrom = DueFrom.END
    offset: int = 0
    count: Count = Count.CALENDAR
    fixed: FixedDay | None = None
    roll: Roll = Roll.NONE
    opens: int | None = None
    report_by: int | None = None


# --- proof -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A stated quantity, at least 1."""

    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """The copies that the unit owes of a title (its quota on the occasion's day)."""

    title: str


Quantity = Fixed | Quota


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Proof of one kind: at least ``minimum`` items that pass ``check``.

    With ``quantity``, the items' allocated quantities must reach it as well.
    ``code`` is permanent within the obligation; ``params`` go to the check.
    """

    code: str
    check: str
    params: Mapping[str, object] = field(default_factory=dict)
    minimum: int = 1
    quantity: Quantity | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every part is needed. Never empty."""

    parts: tuple[Proof, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """One part is enough. Never empty."""

    parts: tuple[Proof, ...]


Proof = Requirement | AllOf | AnyOf


def requirements_of(proof: Proof | None) -> Iterator[Requirement]:
    """The leaves of a proof, in the order in which they are written."""
    if proof is None:
        return
    if isinstance(proof, Requirement):
        yield proof
        return
    for part in proof.parts:
        yield from requirements_of(part)


# --- pressing ----------------------------------------------------------------


class Channel(StrEnum):
    """How a step of the ladder reaches its addressee."""

    MAIL = "mail"
    LETTER = "letter"


class Addressee(StrEnum):
    """Whom a step of the ladder addresses."""

    UNIT = "unit"
    HEAD = "head"
    SUPERIOR = "superior"
    REVIEWER = "reviewer"
    LEADER = "leader"


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """One step of pressing: ``days`` calendar days from the due day, negative before it."""

    code: str
    days: int
    to: str
    channel: str = Channel.MAIL


# --- obligations and the agreement -------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One version of an obligation, in force on ``[effective_from, effective_until)``.

    ``needs_person``: a person confirms even when every check passed (an
    obligation without proof always needs one). ``auto_submit``: the task is
    handed in by itself once everything is proved.
    """

    code: str
    title: str
    clause: str
    bearer: Selector
    trigger: Trigger
    due: Due
    effective_from: date
    effective_until: date | None = None
    topic: str | None = None
    weight: int = 1
    cooperating: Selector | None = None
    beneficiary: str | None = None
    judged_by: JudgedBy = JudgedBy.PERFORMED
    proof: Proof | None = None
    needs_person: bool = False
    auto_submit: bool = False
    allows_nothing: bool = False
    ladder: tuple[LadderStep, ...] = ()
    joiners: Joiners = Joiners.FROM_NEXT_PERIOD

    @property
    def is_confirmed_by_person(self) -> bool:
        """Whether a submission of this obligation waits for a person in any case."""
        return self.needs_person or self.proof is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A duty in our own words, and where the source document says it."""

    code: str
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject that obligations and articles are grouped by."""

    code: str
    title: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side of the agreement. ``members`` says which units answer for it."""

    code: str
    name: str
    members: Selector


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A publication that units subscribe to, with the names it goes by on invoices."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    sellers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an agreement settles for itself.

    ``reporting`` names the reporting year (``calendar``, ``nd09`` or a custom
    one of ``workflow.domain.periods``); ``calendars`` maps a kind of unit to
    its working calendar; ``correction_days`` and ``review_days`` are working
    days.
    """

    zone: str = "Asia/Ho_Chi_Minh"
    country: str = "VN"
    reporting: str = "calendar"
    calendars: Mapping[str, str] = field(default_factory=dict)
    correction_days: int = 3
    review_days: int = 5

    def calendar_of(self, kind: str) -> str:
        """The name of the working calendar that a kind of unit keeps."""
        return self.calendars.get(kind, DEFAULT_CALENDAR)

    @property
    def calendar_names(self) -> list[str]:
        """Every working calendar that some unit may keep, sorted."""
        return sorted({DEFAULT_CALENDAR, *self.calendars.values()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A whole agreement as it is written: ``[starts_on, ends_on)`` bounds what is owed.

    Occasions before ``tracked_from`` are history. ``obligations`` holds every
    version; versions of one code never overlap. ``instructions`` are what leaders
    asked on top of what was agreed, the withdrawn ones too.
    """

    code: str
    title: str
    starts_on: date
    ends_on: date
    tracked_from: date
    parties: tuple[Party, ...]
    clauses: tuple[Clause, ...]
    obligations: tuple[Obligation, ...]
    topics: tuple[Topic, ...] = ()
    titles: tuple[Title, ...] = ()
    settings: Settings = Settings()
    signed_on: date | None = None
    number: str = ""
    source: str = ""
    illustrative: str = ""
    instructions: tuple[Instruction, ...] = ()

    @property
    def every_duty(self) -> tuple[Obligation, ...]:
        """Everything that is owed: what was agreed, and what leaders ask."""
        asked = (one.obligation for one in self.instructions if one.withdrawn is None)
        return (*self.obligations, *asked)

    @property
    def every_clause(self) -> tuple[Clause, ...]:
        """What duties go back to: the clauses as they stand, then each instruction."""
        return (*self.clauses, *(one.clause for one in self.instructions))

    def clause_of(self, code: str) -> Clause | None:
        """The clause of a code, or the instruction; None where a later file no longer has it."""
        return next((one for one in self.every_clause if one.code == code), None)
