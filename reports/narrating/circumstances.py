"""What stands around a report's figures: directions given, meetings held, what falls due next.

Values only. A report's sentences on direction, on the coming period and on what is
missing are made of these. Refuses to know where they are read and how they are said.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - a report is read back by its types
from dataclasses import dataclass, field
from datetime import date  # noqa: TC003 - pydantic reads it at run time


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An instruction that a leader gave in the period, and how many units it named."""

    code: str
    title: str
    given_on: date
    due_on: date
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A meeting of the period that made something owed; its title may be empty."""

    title: str
    happens_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What of one obligation falls due in the next period: tasks, units and the days, in order."""

    code: str
    title: str
    tasks: int
    units: int
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Of so many units that owed something, so many had done all of it."""

    met: int
    owing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a report tells besides its figures.

    ``met_before`` is the previous period's, by obligation and under the empty code for all
    together; it is empty where the agreement was not yet in force. ``unreachable`` are the
    keys of units that owe something and have no officer with an account. Submissions that
    came in between the period's first day and its cut-off are counted as ``received``,
    decisions on them as ``confirmed`` and ``returned``.
    """

    instructions: tuple[Given, ...] = ()
    meetings: tuple[Held, ...] = ()
    requests: int = 0
    received: int = 0
    confirmed: int = 0
    returned: int = 0
    coming: tuple[Coming, ...] = ()
    unreachable: tuple[str, ...] = ()
    met_before: Mapping[str, Met] = field(default_factory=dict)
