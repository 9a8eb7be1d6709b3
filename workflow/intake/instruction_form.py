"""How an instruction is written in an agreement file, and whether it fits the agreement.

Knows the list ``instructions``, both ways: what leaders asked on top of what was agreed
travels with the agreement when it is exported and loaded elsewhere. Refuses to know who
may give one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from workflow.domain.instructing import (
    CODE_PATTERN,
    LONGEST_TERM,
    About,
    Instruction,
    Withdrawal,
)
from workflow.intake.form import Code, Date, Form, LongText, Text
from workflow.intake.proof_form import ProofForm, proof_form, proof_value

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The key of a person, or of what an instruction was given on.
Key = Annotated[str, Field(min_length=1, max_length=255)]

#: By their codes lists and reports tell instructions from what was agreed.
InstructionCode = Annotated[str, Field(pattern=CODE_PATTERN, max_length=64)]


class AboutForm(Form):
    """The line on which an instruction was given."""

    obligation: Code | None = Field(default=None, description="Code of the obligation.")
    occasion: Key | None = Field(default=None, description="Key of the occasion.")
    unit: Code | None = Field(default=None, description="Key of the unit.")
    period: Key | None = Field(default=None, description="Key of the reporting period.")

    def value(self) -> About:
        """Give the line that is written."""
        return About(**dict(self))

    @classmethod
    def of(cls, about: About) -> Self:
        """Write a line."""
        return cls.saying(
            obligation=about.obligation,
            occasion=about.occasion,
            unit=about.unit,
            period=about.period,
        )


class WithdrawalForm(Form):
    """Who took an instruction back, when and why."""

    by: Key = Field(description="Key of the person.")
    on: Date = Field(description="The day.")
    reason: LongText = Field(description="Why.")

    def value(self) -> Withdrawal:
        """Give the withdrawal that is written."""
        return Withdrawal(**dict(self))


class InstructionForm(Form):
    """What a leader asked of units on top of what was agreed."""

    code: InstructionCode = Field(
        description="Permanent within the agreement: YK, the year, a number, as in YK-2024-007."
    )
    title: Text = Field(description="What is to be done, in a few words.")
    text: LongText = Field(description="What is to be done.")
    by: Key = Field(description="Key of the person who gave it.")
    given: Date = Field(description="The day on which it was given.")
    due: Date = Field(description="The last day on which it is done in time.")
    units: Annotated[list[Code], Field(min_length=1, max_length=10_000)] = Field(
        description="Keys of the units that owe it."
    )
    proof: ProofForm | None = Field(
        default=None, description="What proves it; a person confirms in any case."
    )
    ground: Text | None = Field(
        default=None, description="The document or meeting at which it was said."
    )
    about: AboutForm | None = Field(default=None, description="The line on which it was given.")
    withdrawn: WithdrawalForm | None = Field(default=None, description="That it was taken back.")

    @model_validator(mode="after")
    def _is_due_after_it_was_given(self) -> Self:
        if self.due < self.given:
            facts = {"due_on": self.due.isoformat()}
            raise PydanticCustomError("instruction.due_past", "past", facts)
        if (self.due - self.given).days > LONGEST_TERM:
            far = {"due_on": self.due.isoformat(), "days": LONGEST_TERM}
            raise PydanticCustomError("instruction.due_too_far", "far", far)
        return self

    def value(self) -> Instruction:
        """Give the instruction that is written."""
        return Instruction(
            code=self.code,
            title=self.title,
            text=self.text,
            by=self.by,
            given_on=self.given,
            due_on=self.due,
            units=frozenset(self.units),
            proof=None if self.proof is None else proof_value(self.proof),
            ground=self.ground or "",
            about=None if self.about is None else self.about.value(),
            withdrawn=None if self.withdrawn is None else self.withdrawn.value(),
        )

    @classmethod
    def of(cls, one: Instruction) -> Self:
        """Write an instruction."""
        back = one.withdrawn
        return cls.saying(
            code=one.code,
            title=one.title,
            text=one.text,
            by=one.by,
            given=one.given_on,
            due=one.due_on,
            units=sorted(one.units),
            proof=None if one.proof is None else proof_form(one.proof),
            ground=one.ground or None,
            about=one.about and AboutForm.of(one.about),
            withdrawn=back and WithdrawalForm(by=back.by, on=back.on, reason=back.reason),
        )


def written(instructions: Iterable[Instruction]) -> list[Any]:
    """Write every instruction, in the order in which they were given."""
    return [InstructionForm.of(one) for one in instructions]
