"""What answers are made of: every field of the API that more than one resource shows.

A field is named as in the database and on the command line. Instants are UTC, days those
of the agreement's zone, and each reason says its sentence in the caller's language.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - read at run time, as a field
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from workflow.labels import sentence_for

MEDIA_OF_PROBLEMS: Final = "application/problem+json"
#: Any text but one with a character that PostgreSQL cannot keep.
TEXT: Final = r"^[^\x00]*$"
#: A code or key as it is typed.
Word = Annotated[str, StringConstraints(max_length=64, pattern=TEXT)]
#: What people write: a reason, a ground, a title.
Words = Annotated[str, StringConstraints(max_length=2000, pattern=TEXT)]
#: The number of a task or an item, of which there may be more than two thousand million.
Number = Annotated[int, Path(ge=1, le=2**53 - 1)]
#: The number of a meeting, a report or a token.
Small = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Shape(BaseModel):
    """Something that is shown; made of a row or a value with the same names."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")


class FileProblem(BaseModel):
    """One thing wrong in a file that was sent."""

    code: str
    line: int | None
    path: str = Field(description="Such as “obligations[3].due.roll”.")
    text: str


class Problem(BaseModel):
    """Why something was not done (RFC 9457). ``code`` is permanent, words may change."""

    type: str = Field(description="Always “about:blank”: the code tells problems apart.")
    title: str
    status: int
    detail: str = Field(description="A sentence in the caller's language.")
    code: str = Field(description="Permanent and dotted, such as “task.four_eyes”.")
    facts: dict[str, str] = Field(description="What the sentence is about.")
    problems: list[FileProblem] = Field(
        default=[], description="Of a file, everything that is wrong in it, at its lines."
    )


class Reason(Shape):
    """Why a check, a reviewer or a rule said so."""

    code: str
    facts: dict[str, Any]
    text: str = Field(description="The sentence of the code, in the caller's language.")


class Progress(Shape):
    """How far a proof is: 7 of 12."""

    done: int
    needed: int


class Shortfall(Shape):
    """What one requirement still lacks."""

    requirement: str
    items: int
    quantity: int


class Clause(Shape):
    """A duty as it was agreed, and where the source document says it."""

    code: str
    text: str
    place: str


class Event(Shape):
    """A meeting, or a request of the other party that one unit must answer."""

    id: int
    nature: str = Field(description="“meeting” or “request”.")
    kind: str
    convener: str
    addressed: str | None
    happens_on: date
    first_on: date = Field(description="The day for which it was first recorded.")
    number: str
    title: str
    place: str
    state: str = Field(description="“held” or “cancelled”.")
    recorded_at: datetime
    changed_at: datetime


def reason_told(said: Mapping[str, Any], lang: str) -> Reason:
    """A stored reason with its sentence."""
    facts = {name: value for name, value in said.items() if name != "code"}
    code = str(said["code"])
    return Reason(code=code, facts=facts, text=sentence_for(code, facts, lang))


def reasons_told(said: list[Mapping[str, Any]] | None, lang: str) -> list[Reason]:
    """Stored reasons with their sentences."""
    return [reason_told(one, lang) for one in said or ()]
