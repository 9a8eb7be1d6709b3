"""What makes an obligation owed: the six forms of trigger, as immutable values.

Knows when a duty falls due to arise. Refuses to know the days that come of it:
``workflow.domain.recurrence`` reckons them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


class Length(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"


class CalendarKind(StrEnum):
    """Which calendar a yearly day is written in."""

    SOLAR = "solar"
    LUNAR = "lunar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """Owed once, on a stated day. Occasion key: the day, ``2025-12-31``."""

    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """Owed every period, or at every date of an RFC 5545 rule.

    Exactly one of ``period`` and ``rule`` is set. ``starts`` is the rule's
    DTSTART: dates and COUNT are always reckoned from it. Keys: ``2024-03``,
    ``2024-Q1``, ``2024-H1``, ``2024``; for a rule, the day.
    """

    period: Length | None = None
    rule: str | None = None
    starts: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Owed around a day of each year, with a window around it.

    A lunar day is the Vietnamese one, in the ordinary (not the leap) month.
    ``before`` and ``after`` are calendar days: the occasion's period is
    ``[day - before, day + after]``. A 29 February is skipped in other years.
    Key: the solar day.
    """

    month: int
    day: int
    calendar: CalendarKind = CalendarKind.SOLAR
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Owed at each meeting or request of a kind. Keys: ``meeting:12``, ``request:7``."""

    kind: str


class FollowsFrom(StrEnum):
    """Which day of the fulfilled task a follow-on is reckoned from."""

    ACCEPTED = "accepted"  # the day the task was done
    SEQUENCE = "sequence"  # its original due day: a fixed chain of dates


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """Owed once another obligation's task is fulfilled, ``days`` after it.

    ``same_unit``: only the unit that fulfilled it owes the follow-on;
    otherwise every bearer does. Key: ``after:<code>:<occasion key>:<unit key>``.
    """

    obligation: str
    days: int = 0
    reckoned: FollowsFrom = FollowsFrom.ACCEPTED
    same_unit: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Owed when a period's figure falls short of ``below``.

    Evaluated once per period, ``evaluated_after`` calendar days after its last
    day; a figure that is missing then counts as short only if
    ``missing_is_short``. ``per_unit`` reads a figure for each unit and makes
    the short ones owe; otherwise one figure decides for all bearers.
    """

    figure: str
    period: Length
    below: Decimal
    evaluated_after: int = 0
    per_unit: bool = False
    missing_is_short: bool = False


Trigger = Once | Every | Day | Event | After | When
