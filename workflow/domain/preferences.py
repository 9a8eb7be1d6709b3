"""What a person may choose for themselves: how keys act, and when letters remind.

Knows the choices and what each means for a day. Refuses to know where they are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class Keys(StrEnum):
    """How the review desk listens to the keyboard (WCAG 2.2, 2.1.4): by letters alone or not."""

    LETTERS = "letters"
    ALT = "alt"
    OFF = "off"


class Reminders(StrEnum):
    """When the letter comes that reminds of what is due."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a person chose; what a person finds who chose nothing."""

    keys: Keys = Keys.LETTERS
    reminders: Reminders = Reminders.DAILY


def is_reminded(choices: Iterable[Reminders], day_on: date) -> bool:
    """Whether an address is written to on a day: where any of those who share it wants that.

    An address that is nobody's account is written to every day.
    """
    chosen = set(choices) or {Reminders.DAILY}
    is_monday = day_on.weekday() == 0
    return Reminders.DAILY in chosen or (is_monday and Reminders.WEEKLY in chosen)
