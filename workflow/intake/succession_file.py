"""The succession file: units that merge, split, are renamed or end, and their open tasks.

Knows how a decision about units is written and what it means as a value. Refuses to judge
it: ``workflow.domain.succession_sense`` does that, and its findings get their lines here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from workflow.domain.errors import InvalidFile
from workflow.domain.succession import Copies, Decision, Fate, Succession, Successor
from workflow.domain.succession_sense import problems as sense_problems
from workflow.intake.agreement_file import checked, file_name
from workflow.intake.form import (
    Code,
    Date,
    Form,
    Kind,
    LongText,
    Text,
    Truth,
    Whole,
    attributes,
    schema_of,
)
from workflow.intake.places import document, in_reading_order, node_path
from workflow.intake.yaml_text import yaml_text

if TYPE_CHECKING:
    from pathlib import Path

    from workflow.domain.units import Roster

_MOST: Final = 2000


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


#: Keys of units, or the key of one.
Keys = Annotated[
    list[Code],
    BeforeValidator(_one_or_more, json_schema_input_type=Code | list[Code]),
    Field(max_length=_MOST),
]


class CopiesForm(Form):
    """Copies per issue of a title that a unit owes from the day on."""

    title: Code = Field(description="Code of the title.")
    copies: Annotated[Whole, Field(ge=1, le=1_000_000)] = Field(description="Copies per issue.")
    is_mandatory: Truth = Field(
        default=True, alias="mandatory", description="Whether it must, or is merely encouraged to."
    )
    funds: Text | None = Field(default=None, description="Where the money comes from.")


class SuccessorForm(Form):
    """A unit that is there from the day on; what is not said of it stays as it was."""

    key: Code = Field(description="A unit that goes on, or one that opens on the day.")
    replaces: Keys = Field(default=[], description="Units that it takes over from.")
    kind: Kind | None = Field(default=None, description="Its kind, if it opens.")
    name: Text | None = Field(default=None, description="Its name from the day on.")
    code: Annotated[Text, Field(max_length=64)] | None = Field(
        default=None, description="Its official code from the day on, in quotation marks."
    )
    parent: Code | None = Field(default=None, description="The unit above it from the day on.")
    tags: list[Code] | None = Field(
        default=None, description="Its tags; those of all that it replaces by default."
    )
    quotas: Annotated[list[CopiesForm], Field(max_length=200)] | None = Field(
        default=None, description="Copies that it owes; those of all that it replaces, added."
    )
    tax_code: Annotated[str, Field(pattern=r"^(\d{10}(-\d{3})?|\d{12})$")] | None = Field(
        default=None, description="Tax code, in quotation marks."
    )
    budget_code: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{7}$")] | None = Field(
        default=None, description="Budget unit code, in quotation marks."
    )
    paid_by: Code | None = Field(default=None, description="Unit that may stand as its buyer.")
    mail: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = Field(
        default=None, description="Mail address."
    )

    def value(self) -> Successor:
        """Give the successor that is written."""
        said: dict[str, Any] = {
            **dict(self),
            "replaces": tuple(self.replaces),
            "tags": None if self.tags is None else tuple(self.tags),
            "quotas": None
            if self.quotas is None
            else tuple(Copies(**{**dict(one), "funds": one.funds or ""}) for one in self.quotas),
        }
        return Successor(**said)

    @classmethod
    def of(cls, successor: Successor) -> Self:
        """Write a successor."""
        said = attributes(successor)
        said["replaces"] = list(successor.replaces)
        if successor.tags is not None:
            said["tags"] = list(successor.tags)
        if successor.quotas is not None:
            said["quotas"] = [
                CopiesForm.saying(**{**attributes(one), "funds": one.funds or None})
                for one in successor.quotas
            ]
        return cls.saying(**said)


class DecisionForm(Form):
    """What becomes of open tasks of units that end; the first decision about a task holds."""

    units: Keys = Field(default=[], description="Units that end; all of them by default.")
    agreement: Code | None = Field(
        default=None, description="Agreement that is meant; every one by default."
    )
    obligations: Keys = Field(
        default=[], description="Obligations that are meant; every one by default."
    )
    fate: Fate = Field(description="transfer to one successor, split among several, or cancel.")
    to: Keys = Field(
        default=[], description="Successors that take over; by default those of the unit."
    )
    reason: Text | None = Field(default=None, description="Said beside the ground; why it ends.")

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.fate is Fate.CANCEL and self.reason is None:
            raise PydanticCustomError("succession.reason_missing", "why")
        return self

    def value(self) -> Decision:
        """Give the decision that is written."""
        return Decision(
            fate=self.fate,
            units=tuple(self.units),
            agreement=self.agreement,
            obligations=tuple(self.obligations),
            to=tuple(self.to),
            reason=self.reason or "",
        )

    @classmethod
    def of(cls, decision: Decision) -> Self:
        """Write a decision."""
        said = attributes(decision)
        for name in ("units", "obligations", "to"):
            said[name] = list(said[name])
        return cls.saying(**{**said, "reason": decision.reason or None})


class SuccessionForm(Form):
    """One decision about units, taking effect on one day."""

    happens_on: Date = Field(alias="date", description="Day on which it takes effect.")
    ground: LongText = Field(description="The deciding document, with its number and day.")
    successors: Annotated[list[SuccessorForm], Field(max_length=_MOST)] = Field(
        default=[], description="Units that open or go on."
    )
    dissolved: Keys = Field(default=[], description="Units that end without a successor.")
    decisions: Annotated[list[DecisionForm], Field(max_length=_MOST)] = Field(
        default=[], description="What becomes of open tasks."
    )

    def value(self) -> Succession:
        """Give the succession that is written."""
        return Succession(
            happens_on=self.happens_on,
            ground=self.ground,
            successors=tuple(one.value() for one in self.successors),
            dissolved=tuple(self.dissolved),
            decisions=tuple(one.value() for one in self.decisions),
        )


def read_succession(source: str | bytes | Path, *, roster: Roster | None = None) -> Succession:
    """Read a succession from YAML text, bytes or a file; units are named by key.

    ``roster`` has the units that there are: with it the succession is judged as well.
    Raises ``InvalidFile`` with every problem at its line.
    """
    text = document(source)
    form, problems = checked(SuccessionForm, text)
    if form is not None and roster is not None:
        problems += [
            text.problem(found.code, node_path(found.path), **found.facts)
            for found in sense_problems(form.value(), roster)
        ]
    if form is None or problems:
        raise InvalidFile(in_reading_order(problems), file=file_name(source))
    return form.value()


def write_succession(succession: Succession) -> str:
    """Write a succession as YAML; reading it again gives an equal one."""
    form = SuccessionForm.saying(
        happens_on=succession.happens_on,
        ground=succession.ground,
        successors=[SuccessorForm.of(one) for one in succession.successors],
        dissolved=list(succession.dissolved),
        decisions=[DecisionForm.of(one) for one in succession.decisions],
    )
    return yaml_text(form.written(), spaced="successors")


def succession_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of the succession file."""
    return schema_of(SuccessionForm, title="Cam Kết succession")
