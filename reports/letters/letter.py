"""A letter that presses a unit for what it owes, as a value in no language.

Knows what stands in such a letter and how it is written down for good: the same value
gives the same text. Refuses to know the database, and the words and pages made of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003 - read at run time, by pydantic
from functools import cache
from typing import Final

from pydantic import TypeAdapter

from reports.letterhead import Letterhead  # noqa: TC001 - pydantic reads it at run time
from reports.quarterly import Reason, plain
from workflow.domain.lifecycle import State  # noqa: TC001 - pydantic reads it at run time
from workflow.journal import canonical

#: The form of the written value; it changes when a reader has to know of a change.
FORM: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """The agreement under which something is owed."""

    code: str
    title: str
    number: str
    signed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """What of one kind of proof is missing: so many items, and so many copies.

    ``title`` are the agreement's own words; where it has none, ``check`` names the kind.
    """

    title: str
    check: str
    items: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One task that is overdue: the duty with its clause, for what, since when, what is missing.

    ``days`` are those since ``due_on``, the last day on which it was on time. ``event`` is
    the meeting or request that made it owed. ``lacks`` is empty where all proof is there;
    ``is_free`` where none in particular is asked for. ``returned`` is why it was given back.
    """

    task: int
    obligation: str
    title: str
    clause: str
    clause_place: str
    occasion: str
    event: str
    event_on: date | None
    due_on: date
    days: int
    state: State
    is_free: bool
    lacks: tuple[Lack, ...]
    returned: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A whole letter: to whom, what is owed as of an instant, and by when it is asked for.

    ``number`` and ``issued_on`` are None until the clerk has entered them. ``copies`` get it
    besides the unit, ``signer`` may be left open.
    """

    form: int
    agreement: Under
    zone: str
    lang: str
    as_of: datetime
    is_simulated: bool
    unit: str
    unit_name: str
    owed: tuple[Owed, ...]
    answer_by: date
    letterhead: Letterhead
    copies: tuple[str, ...]
    signer: str = ""
    number: str | None = None
    issued_on: date | None = None


def written(letter: Letter) -> str:
    """The one text of a letter: canonical JSON."""
    return canonical(plain(letter))


def digest(value: Letter | Owed) -> str:
    """The hash by which a letter, or what it says of a task, is known."""
    return hashlib.sha256(canonical(plain(value)).encode()).hexdigest()


def read(text: str) -> Letter:
    """A letter from its text; ``written(read(text)) == text``. Raises ``ValueError``."""
    return _reader().validate_json(text)


@cache
def _reader() -> TypeAdapter[Letter]:
    return TypeAdapter(Letter)
