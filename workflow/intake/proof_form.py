"""How it is written what proves that an obligation was met.

Knows requirements, lists of which all are needed and alternatives of which one is
enough, and their values in the domain, both ways. Refuses to know any check.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, RootModel, Tag

from workflow.domain.agreement import AllOf, AnyOf, Fixed, Proof, Quantity, Quota, Requirement
from workflow.intake.form import Code, Form, Text, Whole

#: What a check's parameters may hold; the check itself says which it takes.
Params = dict[str, Any]


class QuotaForm(Form):
    """As many copies as the unit owes of a title."""

    quota: Code = Field(description="Code of the title.")


def _quantity_tag(value: object) -> str:
    return "<quota>" if isinstance(value, dict | QuotaForm) else "<amount>"


QuantityForm = Annotated[
    Annotated[Whole, Field(ge=1, le=1_000_000), Tag("<amount>")]
    | Annotated[QuotaForm, Tag("<quota>")],
    Discriminator(_quantity_tag),
]


class RequirementForm(Form):
    """Proof of one kind, judged by a check."""

    check: Code = Field(description="Name of the check that reads the evidence.")
    code: Code | None = Field(
        default=None, description="Permanent within the obligation; the check's name by default."
    )
    title: Text | None = Field(default=None, description="What the unit is asked for.")
    params: Params = Field(default={}, description="What the check is told.")
    minimum: Annotated[Whole, Field(ge=1, le=10_000)] = Field(
        default=1, description="Items that must pass."
    )
    quantity: QuantityForm | None = Field(
        default=None, description="Quantity that the items must reach together."
    )

    def value(self) -> Requirement:
        """Give the requirement that is written."""
        quantity: Quantity | None = None
        if self.quantity is not None:
            quantity = (
                Quota(title=self.quantity.quota)
                if isinstance(self.quantity, QuotaForm)
                else Fixed(amount=self.quantity)
            )
        return Requirement(
            code=self.code or self.check,
            check=self.check,
            params={key: _plain(value) for key, value in self.params.items()},
            minimum=self.minimum,
            quantity=quantity,
            title=self.title or "",
        )

    @classmethod
    def of(cls, requirement: Requirement) -> Self:
        """Write a requirement."""
        match requirement.quantity:
            case Quota(title=title):
                quantity: QuotaForm | int | None = QuotaForm(quota=title)
            case Fixed(amount=amount):
                quantity = amount
            case None:
                quantity = None
        return cls.saying(
            check=requirement.check,
            code=requirement.code if requirement.code != requirement.check else None,
            title=requirement.title or None,
            params=dict(requirement.params),
            minimum=requirement.minimum,
            quantity=quantity,
        )


def _plain(value: object) -> object:
    """Give a parameter as JSON keeps it: days as ISO text, numbers as int or float."""
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
    return value


def _proof_tag(value: object) -> str:
    if isinstance(value, list | AllForm):
        return "<all>"
    return "<any>" if isinstance(value, AnyForm) or _is_any(value) else "<one>"


def _is_any(value: object) -> bool:
    return isinstance(value, dict) and "any" in value


class AllForm(RootModel[Annotated[list["ProofForm"], Field(min_length=1, max_length=20)]]):
    """A list: every part is needed."""


class AnyForm(Form):
    """One part is enough."""

    any: Annotated[list[ProofForm], Field(min_length=1, max_length=20)] = Field(
        description="Parts of which one is enough."
    )


ProofForm = Annotated[
    Annotated[AllForm, Tag("<all>")]
    | Annotated[AnyForm, Tag("<any>")]
    | Annotated[RequirementForm, Tag("<one>")],
    Discriminator(_proof_tag),
]
AllForm.model_rebuild()
AnyForm.model_rebuild()


def proof_value(written: AllForm | AnyForm | RequirementForm) -> Proof:
    """Give the proof that is written."""
    match written:
        case AllForm():
            return AllOf(parts=tuple(proof_value(part) for part in written.root))
        case AnyForm():
            return AnyOf(parts=tuple(proof_value(part) for part in written.any))
        case RequirementForm():
            return written.value()


def proof_form(proof: Proof) -> AllForm | AnyForm | RequirementForm:
    """Write a proof."""
    match proof:
        case AllOf():
            return AllForm([proof_form(part) for part in proof.parts])
        case AnyOf():
            return AnyForm(any=[proof_form(part) for part in proof.parts])
        case Requirement():
            return RequirementForm.of(proof)
