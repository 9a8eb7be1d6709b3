"""What is told to the engine from outside: meetings, requests, and figures of a period.

Knows what belongs to each. Refuses to know in which file or form it came, and what it
makes anybody owe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A meeting or request as it is announced.

    ``convener`` is the key of the unit that convenes the meeting or files the
    request; ``addressed`` the one unit that must answer a request. ``uid`` and
    ``sequence`` are those of a calendar file.
    """

    kind: str
    convener: str
    happens_on: date
    number: str = ""
    title: str = ""
    place: str = ""
    uid: str | None = None
    sequence: int = 0
    addressed: str | None = None
    is_cancelled: bool = False

    @property
    def nature(self) -> str:
        """``request`` where one unit is addressed, else ``meeting``."""
        return "request" if self.addressed else "meeting"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidFigure:
    """A figure's value for a period, of one unit or (``unit`` None) of all together."""

    key: str
    period: str
    value: Decimal
    unit: str | None = None
