"""How an office behaves, decided by its key and never by chance.

Knows five temperaments and what each does with one task: on which day it acts, what is wrong
with its first paper, how long it takes to put it right. Refuses to know papers and tables.
The same city gives the same days on every machine: draws are hashes, not random numbers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Temperament(StrEnum):
    """What sort of office it is."""

    PROMPT = "prompt"
    STEADY = "steady"
    SLOPPY = "sloppy"
    LATE = "late"
    FORGETFUL = "forgetful"


class Flaw(StrEnum):
    """What is wrong with the first paper that an office hands in."""

    NONE = "none"
    WRONG_PERIOD = "wrong_period"
    ANOTHERS = "anothers"
    TOO_LITTLE = "too_little"
    UNREADABLE = "unreadable"
    OFF_TOPIC = "off_topic"
    #: The invoice of who pays for the unit, which has used it up already.
    SHARED = "shared"
    #: No flaw: what was missing before.
    THE_REST = "the_rest"


#: Of a hundred offices: so many of each temperament.
SHARES: Final[Mapping[Temperament, int]] = {
    Temperament.PROMPT: 46,
    Temperament.STEADY: 26,
    Temperament.SLOPPY: 14,
    Temperament.LATE: 8,
    Temperament.FORGETFUL: 6,
}
_SEED: Final = "tu-son-2023"


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What an office does with one task.

    ``days_from_due`` is when it hands in, in calendar days from the due day; ``never`` where
    it forgets the task for good. ``corrects_after`` is in days.
    """

    days_from_due: int
    flaw: Flaw = Flaw.NONE
    corrects_after: int = 3
    never: bool = False


def drawn(*about: object, of: int) -> int:
    """A number from 0 to ``of`` - 1 that depends on what it is about and on nothing else."""
    text = "|".join([_SEED, *map(str, about)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % of


def temperament_of(unit: str) -> Temperament:
    """The temperament of an office."""
    lot = drawn("temperament", unit, of=sum(SHARES.values()))
    for temperament, share in SHARES.items():
        if lot < share:
            return temperament
        lot -= share
    raise AssertionError("the shares cover every lot")


def habit_of(
    unit: str, duty: str, occasion: str, *, temperament: Temperament, slack: int = 0
) -> Habit:
    """What an office does with one of its tasks.

    ``slack`` is how many days after the due day it may still hand in what it did in time.
    """
    about = (unit, duty, occasion)
    match temperament:
        case Temperament.PROMPT:
            return Habit(days_from_due=-2 - drawn("day", *about, of=8))
        case Temperament.STEADY:
            return Habit(days_from_due=min(slack, 2) - drawn("day", *about, of=5))
        case Temperament.SLOPPY:
            is_flawed = drawn("flaw", *about, of=100) < 60  # noqa: PLR2004 - six of ten
            return Habit(
                days_from_due=-drawn("day", *about, of=5),
                flaw=_flaw(*about) if is_flawed else Flaw.NONE,
                corrects_after=1 + drawn("correction", *about, of=6),
            )
        case Temperament.LATE:
            is_late = drawn("late", *about, of=100) < 45  # noqa: PLR2004 - nearly every other
            days = slack + 2 + drawn("day", *about, of=12) if is_late else 0
            return Habit(days_from_due=days, corrects_after=6)
        case Temperament.FORGETFUL:
            is_forgotten = drawn("forgotten", *about, of=100) < 30  # noqa: PLR2004 - three of ten
            return Habit(
                days_from_due=drawn("day", *about, of=6),
                never=is_forgotten,
                corrects_after=9,
            )


def _flaw(*about: object) -> Flaw:
    flaws = [flaw for flaw in Flaw if flaw not in {Flaw.NONE, Flaw.SHARED, Flaw.THE_REST}]
    return flaws[drawn("which flaw", *about, of=len(flaws))]
