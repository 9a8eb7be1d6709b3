"""Instructions (ý kiến chỉ đạo): what a leader asks of units on top of what was agreed.

Knows that an instruction is a clause and an obligation at once: the clause says who gave
it, when, and on which line; the obligation is owed once by the units that it names, and is
planned, pressed, proved and reported like any other. Refuses to know who may give one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from workflow.domain.agreement import (
    Addressee,
    Clause,
    Due,
    DueFrom,
    LadderStep,
    Obligation,
    Requirement,
)
from workflow.domain.errors import Refusal
from workflow.domain.triggers import Once
from workflow.domain.units import Selector

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from workflow.domain.agreement import Agreement, Proof

#: So many days ahead at most is a day set: the longest term that a file can write.
LONGEST_TERM: Final = 366
#: So many instructions an agreement holds at most.
MOST: Final = 5000
#: The kinds of evidence that may be asked for; anything else is for a person's eye.
PAPERS: Final = ("attachment", "letter", "minutes", "statement", "article")
#: How codes of instructions are written; lists and reports know them by it.
CODE_PATTERN: Final = "^YK-([0-9]{4})-([0-9]{1,9})$"
_CODE: Final = re.compile(CODE_PATTERN)
_TITLE: Final = 120
#: What a task of an instruction is reminded of and pressed by, besides its being given.
_PRESSED: Final = (
    ("two-days-before", -2, Addressee.UNIT),
    ("on-the-day", 0, Addressee.UNIT),
    ("one-day-over", 1, Addressee.HEAD),
    ("three-days-over", 3, Addressee.SUPERIOR),
    ("seven-days-over", 7, Addressee.LEADER),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The line on which an instruction was given; whatever is None did not narrow it.

    Obligation, occasion and unit together name one task. ``period`` is the key of a
    reporting period, where it was a figure of a board or a report.
    """

    obligation: str | None = None
    occasion: str | None = None
    unit: str | None = None
    period: str | None = None

    @property
    def is_task(self) -> bool:
        """Whether it names one task."""
        return None not in {self.obligation, self.occasion, self.unit}


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """Who took an instruction back, when and why."""

    by: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """What is to be done, by which units, until when, and what proves it.

    ``code`` is permanent within the agreement, among its obligations. ``by`` is a
    person's key, ``ground`` the document or meeting at which it was said, if any. Without
    proof a person confirms; with proof one does as well, since the checks cannot say that
    a leader's wish was met.
    """

    code: str
    title: str
    text: str
    by: str
    given_on: date
    due_on: date
    units: frozenset[str]
    proof: Proof | None = None
    ground: str = ""
    about: About | None = None
    withdrawn: Withdrawal | None = None

    @property
    def clause(self) -> Clause:
        """The instruction itself as what the duty goes back to."""
        return Clause(code=self.code, text=self.text, place=self.ground)

    @property
    def obligation(self) -> Obligation:
        """The duty: owed once, open from the day it was given until its due day."""
        term = (self.due_on - self.given_on).days
        return Obligation(
            code=self.code,
            title=self.title,
            clause=self.code,
            bearer=Selector(keys=self.units),
            trigger=Once(on=self.given_on),
            due=Due(reckoned=DueFrom.DAY, offset=term),
            effective_from=self.given_on,
            proof=self.proof,
            needs_person=True,
            ladder=_ladder(term),
        )


def _ladder(term: int) -> tuple[LadderStep, ...]:
    """The steps of pressing; the first of them falls on the day it was given and tells of it."""
    given = LadderStep(code="given", days=-term, to=Addressee.UNIT)
    steps = (LadderStep(code=code, days=days, to=to) for code, days, to in _PRESSED)
    return (given, *(step for step in steps if step.days > -term))


def paper(check: str) -> Requirement:
    """What proves an instruction, by one kind of evidence that is dated since it was given."""
    params = {} if check in _UNDATED else {"dated": "from_period"}
    return Requirement(code=check, check=check, params=params)


#: Kinds of evidence that are proof enough as they are, and bear no day to be looked at.
_UNDATED: Final = frozenset({"attachment"})


def is_instruction(*, code: str, clause: str) -> bool:
    """Whether a duty is one that a leader asked: it is its own clause, by a code of theirs."""
    return code == clause and _CODE.fullmatch(code) is not None


def next_code(agreement: Agreement, *, on: date) -> str:
    """The next permanent code: ``YK-`` with the year and a number that is counted within it."""
    taken = [one.code for one in agreement.obligations]
    taken += [one.code for one in agreement.instructions]
    numbers = [
        int(found[2])
        for found in map(_CODE.fullmatch, taken)
        if found is not None and int(found[1]) == on.year
    ]
    return f"YK-{on.year}-{max(numbers, default=0) + 1:03d}"


def titled(text: str) -> str:
    """A title for a text that has none: its beginning, cut between words."""
    if len(text) <= _TITLE:
        return text
    return text[:_TITLE].rsplit(" ", 1)[0].rstrip(",;.:") + "…"


def instructed(agreement: Agreement, instruction: Instruction) -> Agreement:
    """Give the agreement with one instruction more.

    Raises ``Refusal``: ``instruction.due_past`` before the day it is given,
    ``instruction.due_too_far``, ``instruction.outside_agreement``,
    ``instruction.full``.
    """
    given_on, due_on = instruction.given_on, instruction.due_on
    if due_on < given_on:
        raise Refusal("instruction.due_past", due_on=due_on.isoformat())
    if (due_on - given_on).days > LONGEST_TERM:
        raise Refusal("instruction.due_too_far", due_on=due_on.isoformat(), days=LONGEST_TERM)
    if not agreement.starts_on <= given_on <= due_on < agreement.ends_on:
        raise Refusal("instruction.outside_agreement", agreement=agreement.code)
    if len(agreement.instructions) >= MOST:
        raise Refusal("instruction.full", agreement=agreement.code, most=MOST)
    return replace(agreement, instructions=(*agreement.instructions, instruction))


def withdrawn(agreement: Agreement, code: str, withdrawal: Withdrawal) -> Agreement:
    """Give the agreement with an instruction taken back; it stays on record and is owed no more.

    Raises ``Refusal``: ``instruction.unknown``, ``instruction.withdrawn_already``.
    """
    found = instruction_of(agreement, code)
    if found.withdrawn is not None:
        raise Refusal("instruction.withdrawn_already", code=code, on=found.withdrawn.on.isoformat())
    after = replace(found, withdrawn=withdrawal)
    return replace(
        agreement,
        instructions=tuple(after if one is found else one for one in agreement.instructions),
    )


def instruction_of(agreement: Agreement, code: str) -> Instruction:
    """The instruction of a code. Raises ``Refusal("instruction.unknown")``."""
    for one in agreement.instructions:
        if one.code == code:
            return one
    raise Refusal("instruction.unknown", code=code)


def on_task(
    instructions: Iterable[Instruction], *, obligation: str, occasion: str, unit: str
) -> tuple[Instruction, ...]:
    """The instructions that were given on one task, in the order in which they were given."""
    line = (obligation, occasion, unit)
    return tuple(
        one
        for one in instructions
        if one.about and (one.about.obligation, one.about.occasion, one.about.unit) == line
    )
