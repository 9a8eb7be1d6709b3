"""How an obligation is written: whom it binds, when it is due, how it is pressed.

Knows the shape of each part and its value in the domain, both ways. Refuses to know
whether the parts make sense together: that is ``workflow.intake.agreement_sense``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Final, Self

from pydantic import (
    Discriminator,
    Field,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

from workflow.domain.agreement import (
    Addressee,
    AllOf,
    AnyOf,
    Channel,
    Count,
    Due,
    DueFrom,
    FixedDay,
    Joiners,
    JudgedBy,
    LadderStep,
    Obligation,
    Requirement,
    Roll,
)
from workflow.domain.triggers import After, Day, Event, Every, Once, When
from workflow.domain.units import Selector
from workflow.intake.form import (
    Code,
    Date,
    Days,
    DaysOnward,
    Form,
    Text,
    Truth,
    Whole,
    attributes,
    day_after,
    day_before,
)
from workflow.intake.proof_form import (
    AllForm,
    AnyForm,
    ProofForm,
    RequirementForm,
    proof_form,
    proof_value,
)
from workflow.intake.selector_form import SelectorForm, Units
from workflow.intake.trigger_form import TriggerForm

if TYPE_CHECKING:
    from datetime import date


# --- due -----------------------------------------------------------------------------


class FixedDayForm(Form):
    """A day of a month of the period."""

    day: Annotated[Whole, Field(ge=1, le=31)] = Field(
        description="Day of the month; past its end means its last day."
    )
    month: Annotated[Whole, Field(ge=-12, le=12)] = Field(
        default=-1,
        description="Month of the period from 1, or from -1 backwards; 0 is the one before it.",
    )


class DueForm(Form):
    """When a task opens, is due and must be reported."""

    reckoned: DueFrom = Field(
        default=DueFrom.END,
        alias="from",
        description="Start or end of the period, or the day itself (of the event, the fulfilment).",
    )
    offset: Days = Field(
        default=0, alias="days", description="Days after it, or before it when negative."
    )
    count: Count = Field(
        default=Count.CALENDAR, description="Whether days are calendar or working days."
    )
    fixed: FixedDayForm | None = Field(
        default=None, description="A fixed day, instead of an offset."
    )
    roll: Roll = Field(default=Roll.NONE, description="Where a due day on a day off goes.")
    opens: DaysOnward | None = Field(
        default=None, description="Calendar days before the due day; else its period's first day."
    )
    report_by: DaysOnward | None = Field(
        default=None, description="Days after the due day by which the proof must be in."
    )

    def value(self) -> Due:
        """Give the due rule that is written."""
        fixed = self.fixed and FixedDay(day=self.fixed.day, month=self.fixed.month)
        return Due(**{**dict(self), "fixed": fixed})

    @classmethod
    def of(cls, due: Due) -> Self:
        """Write a due rule."""
        fixed = due.fixed and FixedDayForm.saying(**attributes(due.fixed))
        return cls.saying(**{**attributes(due), "fixed": fixed})


# --- pressing ------------------------------------------------------------------------


class LadderStepForm(Form):
    """One step of pressing."""

    code: Code = Field(description="Permanent within the ladder.")
    days: Days = Field(description="Calendar days from the due day; negative before it.")
    to: Addressee = Field(description="Whom it addresses.")
    channel: Channel = Field(default=Channel.MAIL, description="How it reaches them.")

    def value(self) -> LadderStep:
        """Give the step that is written."""
        return LadderStep(**dict(self))

    @classmethod
    def of(cls, step: LadderStep) -> Self:
        """Write a step."""
        return cls.saying(**attributes(step))


def _ladder_tag(value: object) -> str:
    return "<name>" if isinstance(value, str) else "<steps>"


LadderForm = Annotated[
    Annotated[Code, Tag("<name>")]
    | Annotated[list[LadderStepForm], Field(max_length=20), Tag("<steps>")],
    Discriminator(_ladder_tag),
]

#: The steps of each ladder that the file names.
Ladders = Mapping[str, tuple[LadderStep, ...]]

# --- the obligation ------------------------------------------------------------------

#: What a version says when a key is missing or ``null``.
_DEFAULTS: Final[dict[str, object]] = {
    "topic": None,
    "weight": 1,
    "cooperating": None,
    "beneficiary": None,
    "due": Due(),
    "judged_by": JudgedBy.PERFORMED,
    "proof": None,
    "needs_person": False,
    "auto_submit": False,
    "allows_nothing": False,
    "ladder": (),
    "joiners": Joiners.FROM_NEXT_PERIOD,
}
_NEVER_NULL: Final = ("title", "clause", "bearer", "trigger")


class Changes(Form):
    """What one version of an obligation says; ``null`` takes a value back to its default."""

    title: Text | None = Field(default=None, description="What is owed, in a few words.")
    clause: Code | None = Field(default=None, description="Code of the clause that says so.")
    topic: Code | None = Field(default=None, description="Code of its topic.")
    weight: Annotated[Whole, Field(ge=1, le=1000)] | None = Field(
        default=None, description="How much it weighs beside others; 1 by default."
    )
    bearer: Units | None = Field(default=None, description="Who owes it.")
    cooperating: Units | None = Field(default=None, description="Who helps the bearer.")
    beneficiary: Code | None = Field(
        default=None, description="Party that may confirm or contest it."
    )
    trigger: TriggerForm | None = Field(default=None, description="What makes it owed.")
    due: DueForm | None = Field(default=None, description="When it is due; the period's end.")
    judged_by: JudgedBy | None = Field(
        default=None, description="On time by when it was performed, or submitted."
    )
    proof: ProofForm | None = Field(default=None, description="What proves it.")
    needs_person: Truth | None = Field(
        default=None, description="A person confirms even when every check passed."
    )
    auto_submit: Truth | None = Field(
        default=None, description="Handed in by itself once everything is proved."
    )
    allows_nothing: Truth | None = Field(
        default=None, description="The unit may declare that there is nothing to report."
    )
    ladder: LadderForm | None = Field(default=None, description="Steps of pressing, or their name.")
    joiners: Joiners | None = Field(
        default=None, description="What a unit owes that joins within a period."
    )

    @model_validator(mode="after")
    def _keeps_what_it_needs(self) -> Self:
        for name in _NEVER_NULL:
            if name in self.model_fields_set and getattr(self, name) is None:
                raise PydanticCustomError("obligation.cannot_be_null", "null", {"key": name})
        return self

    def fields(self, ladders: Ladders) -> dict[str, Any]:
        """Give what is said, under the names and with the values of the domain."""
        values: dict[str, Any] = {}
        for name in Changes.model_fields:
            if name in self.model_fields_set:
                value = getattr(self, name)
                values[name] = (
                    _DEFAULTS[name] if value is None else _value(value, name=name, ladders=ladders)
                )
        return values


def _value(written: object, *, name: str, ladders: Ladders) -> object:
    match written:
        case SelectorForm() | TriggerForm() | DueForm():
            return written.value()
        case AllForm() | AnyForm() | RequirementForm():
            return proof_value(written)
        case list():
            return tuple(step.value() for step in written)
    # A name that leads nowhere is said by whoever judges the sense of the file.
    return ladders.get(str(written), ()) if name == "ladder" else written


def _said(obligation: Obligation) -> dict[str, Any]:
    """Give what a version says that is not its default, as forms."""
    said: dict[str, Any] = {}
    for name in Changes.model_fields:
        value = getattr(obligation, name)
        if name in _NEVER_NULL or value != _DEFAULTS[name]:
            said[name] = _form(value)
    return said


def _form(value: object) -> object:
    match value:
        case Selector():
            return SelectorForm.of(value)
        case Due():
            return DueForm.of(value)
        case tuple():
            return [LadderStepForm.of(step) for step in value]
        case Requirement() | AllOf() | AnyOf():
            return proof_form(value)
        case Once() | Every() | Day() | Event() | After() | When():
            return TriggerForm.of(value)
    return value


class Dated(Form):
    """Days on which something holds."""

    from_day: Date | None = Field(
        default=None, alias="from", description="First day; the agreement's by default."
    )
    through: Date | None = Field(
        default=None, description="Last day; until the next version, or the agreement's end."
    )


class Coded(Form):
    """What has a permanent code, which stands first."""

    code: Code = Field(description="Permanent within the agreement.")


class VersionForm(Changes, Dated):
    """A later version: what changes from a day on; the rest stays."""

    from_day: Date = Field(alias="from", description="First day of this version.")


class ObligationForm(Changes, Dated, Coded):
    """An obligation with its versions over time."""

    title: Text = Field(description="What is owed, in a few words.")
    clause: Code = Field(description="Code of the clause that says so.")
    bearer: Units = Field(description="Who owes it.")
    trigger: TriggerForm = Field(description="What makes it owed.")
    versions: Annotated[list[VersionForm], Field(max_length=100)] = Field(
        default=[], description="Later versions, in the order of their days."
    )

    def versions_from(self, starts_on: date, *, ladders: Ladders) -> list[Obligation]:
        """Give every version; each ends where the next begins unless it says otherwise."""
        fields = {"due": Due(), **self.fields(ladders)}
        last = Obligation(
            code=self.code,
            effective_from=self.from_day or starts_on,
            effective_until=_until(self.through),
            **fields,
        )
        versions = [last]
        for version in self.versions:
            if last.effective_until is None:
                versions[-1] = replace(last, effective_until=version.from_day)
            last = replace(
                last,
                effective_from=version.from_day,
                effective_until=_until(version.through),
                **version.fields(ladders),
            )
            versions.append(last)
        return versions

    @classmethod
    def of(cls, versions: list[Obligation], *, starts_on: date) -> Self:
        """Write all versions of one obligation, in the order of their days."""
        ends = [
            None if version.effective_until == following.effective_from else version.effective_until
            for version, following in pairwise(versions)
        ]
        ends.append(versions[-1].effective_until)
        first = versions[0]
        return cls.saying(
            code=first.code,
            **_said(first),
            from_day=first.effective_from if first.effective_from != starts_on else None,
            through=_through(ends[0]),
            versions=[
                VersionForm.naming(
                    from_day=later.effective_from,
                    **_changed(_said(earlier), _said(later)),
                    **({} if end is None else {"through": day_before(end)}),
                )
                for (earlier, later), end in zip(pairwise(versions), ends[1:], strict=True)
            ],
        )


def _until(through: date | None) -> date | None:
    return None if through is None else day_after(through)


def _through(until: date | None) -> date | None:
    return None if until is None else day_before(until)


def _changed(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Give what a later version must say: what is new, and ``None`` for what is no more."""
    gone = dict.fromkeys(name for name in before if name not in now)
    return {name: now[name] for name in now if before.get(name) != now[name]} | gone
