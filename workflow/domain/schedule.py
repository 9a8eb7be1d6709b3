"""A weekly schedule of work as it was read, and what recording a row of it would do.

Knows values only. Refuses to know files, and which rows count.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from workflow.domain.errors import Problem


class PartOfDay(StrEnum):
    """When on a day, where no hour is told."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRow:
    """One entry of a schedule.

    ``index`` counts the entries from 0; ``line`` is the row of the sheet, or the line of the
    document, from 1. ``happens_on`` is None where the day cannot be told: such an entry is
    shown, never recorded. ``hour`` is written ``08h00``. ``is_off`` says that the entry itself
    calls the meeting off.
    """

    index: int
    line: int
    happens_on: date | None
    content: str
    part: PartOfDay | None = None
    hour: str = ""
    chair: str = ""
    participants: str = ""
    place: str = ""
    prepared_by: str = ""
    is_off: bool = False
    doubts: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklySchedule:
    """The entries of a file, and the half-open days that its heading names, if it names any."""

    title: str
    from_on: date | None
    until_on: date | None
    rows: tuple[ScheduleRow, ...]


class Likeness(StrEnum):
    """How sure it is that an entry is a meeting of a kind."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    NONE = "none"


class Effect(StrEnum):
    """What recording an entry would do."""

    ADDED = "added"
    MOVED = "moved"
    CANCELLED = "cancelled"
    HELD_AGAIN = "held_again"
    KNOWN = "known"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an entry would be recorded as, and what that would do.

    ``why`` is the phrase, or the title of an earlier meeting, that made it alike.
    ``event`` is the meeting on record that it concerns, ``was_on`` its day.
    ``convener`` is a unit's key, or "" where none is known.
    """

    row: ScheduleRow
    likeness: Likeness = Likeness.NONE
    kind: str = ""
    why: str = ""
    convener: str = ""
    effect: Effect = Effect.NOTHING
    event: int | None = None
    was_on: date | None = None
    number: str = ""
    doubts: tuple[Problem, ...] = ()
