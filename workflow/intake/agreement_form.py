"""How an agreement and an amendment are written, and the values they mean.

Knows the top of the file: parties, titles, topics, clauses, settings, ladders and the
list of obligations. Refuses to know text, lines and whether the parts fit together.
"""

from __future__ import annotations

from itertools import groupby
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, field_serializer
from pydantic_core import PydanticCustomError

from workflow.domain.agreement import Agreement, Clause, Party, Settings, Title, Topic
from workflow.domain.amendment import Amendment, Change
from workflow.domain.instructing import MOST
from workflow.domain.periods import reporting_days, reporting_name
from workflow.intake.form import (
    Code,
    Date,
    Form,
    Kind,
    LongText,
    Text,
    Whole,
    attributes,
    day_after,
    day_before,
)
from workflow.intake.instruction_form import InstructionForm, written
from workflow.intake.obligation_form import (
    Changes,
    Ladders,
    LadderStepForm,
    ObligationForm,
)
from workflow.intake.selector_form import SelectorForm, Units

Words = Annotated[list[Text], Field(max_length=100)]
Steps = Annotated[list[LadderStepForm], Field(max_length=20)]
_MONTHS_A_YEAR: Final = 12


class PartyForm(Form):
    """One side of the agreement."""

    code: Code = Field(description="Permanent within the agreement.")
    name: Text = Field(description="Its name.")
    members: Units = Field(description="Units that answer for it.")

    def value(self) -> Party:
        """Give the party that is written."""
        return Party(code=self.code, name=self.name, members=self.members.value())


class TitleForm(Form):
    """A publication that units subscribe to."""

    code: Code = Field(description="Permanent within the agreement; unit sheets use it.")
    name: Text = Field(description="Its name.")
    aliases: Words = Field(default=[], description="Other names that it goes by on invoices.")
    sellers: Annotated[list[Text], Field(max_length=100)] = Field(
        default=[], description="Who may sell it: tax codes or names."
    )

    def value(self) -> Title:
        """Give the title that is written."""
        return Title(
            code=self.code,
            name=self.name,
            aliases=tuple(self.aliases),
            sellers=tuple(self.sellers),
        )


class TopicForm(Form):
    """A subject that obligations and articles are grouped by."""

    code: Code = Field(description="Permanent within the agreement.")
    title: Text = Field(description="Its name.")
    words: Words = Field(default=[], description="Words by which an article is recognised.")

    def value(self) -> Topic:
        """Give the topic that is written."""
        return Topic(code=self.code, title=self.title, words=tuple(self.words))


class ClauseForm(Form):
    """A duty in our own words, and where the source document says it."""

    code: Code = Field(description="Permanent within the agreement.")
    text: LongText = Field(description="The duty in our own words.")
    place: Text | None = Field(default=None, description="Its place in the source document.")

    def value(self) -> Clause:
        """Give the clause that is written."""
        return Clause(code=self.code, text=self.text, place=self.place or "")


def _one_day(value: object) -> object:
    return [value] if isinstance(value, int) else value


def _one_or_twelve(days: list[int]) -> list[int]:
    if len(days) not in {1, _MONTHS_A_YEAR}:
        raise PydanticCustomError("settings.days_of_months", "{given}", {"given": len(days)})
    return days


DayOfMonth = Annotated[Whole, Field(ge=1, le=31)]
#: The last day of every reporting month, or of January to December; 31 is the month's last.
CutOffDays = Annotated[
    list[DayOfMonth],
    AfterValidator(_one_or_twelve),
    BeforeValidator(_one_day, json_schema_input_type=DayOfMonth | list[DayOfMonth]),
]


class SettingsForm(Form):
    """What the agreement settles for itself."""

    zone: Text = Field(default=Settings().zone, description="Time zone of its days.")
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] = Field(
        default=Settings().country, description="Country whose public holidays count."
    )
    reporting: Text = Field(
        default=Settings().reporting,
        description="Reporting year: calendar, nd09 or custom:DAY:SHIFT.",
    )
    cut_off_days: CutOffDays = Field(
        default=[],
        description="Instead: last day of each reporting month, or of January to December.",
    )
    calendars: dict[Kind, Kind] = Field(default={}, description="Working calendar by kind of unit.")
    correction_days: Annotated[Whole, Field(ge=0, le=60)] = Field(
        default=Settings().correction_days, description="Working days to correct what was returned."
    )
    review_days: Annotated[Whole, Field(ge=0, le=60)] = Field(
        default=Settings().review_days, description="Working days that a review may take."
    )

    def value(self) -> Settings:
        """Give the settings that are written."""
        said = dict(self)
        days = said.pop("cut_off_days")
        if days:
            said["reporting"] = reporting_name(days)
        return Settings(**said)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Write settings."""
        said = attributes(settings)
        days = reporting_days(settings.reporting)
        if days:
            said["reporting"] = Settings().reporting
        return cls.saying(
            **{**said, "cut_off_days": list(days), "calendars": dict(settings.calendars)}
        )

    @field_serializer("cut_off_days")
    def _short(self, days: list[int]) -> object:
        return days[0] if len(days) == 1 else days


class AgreementForm(Form):
    """A whole agreement."""

    code: Code = Field(description="Permanent code of the agreement.")
    title: Text = Field(description="Its title.")
    number: Text | None = Field(default=None, description="Number of the signed document.")
    signed_on: Date | None = Field(default=None, description="Day of signing.")
    from_day: Date = Field(alias="from", description="First day on which anything is owed.")
    through: Date = Field(description="Last day on which anything is owed.")
    tracked_from: Date | None = Field(
        default=None, description="What was due before this day is history; `from` by default."
    )
    source: LongText | None = Field(default=None, description="The document it was taken from.")
    illustrative: LongText | None = Field(
        default=None, description="Which numbers are illustrative and not in the source."
    )
    settings: SettingsForm = Field(
        default=SettingsForm(), description="Time zone, reporting year, calendars and terms."
    )
    parties: Annotated[list[PartyForm], Field(min_length=1, max_length=50)] = Field(
        description="The sides of the agreement."
    )
    titles: Annotated[list[TitleForm], Field(max_length=200)] = Field(
        default=[], description="Publications that units subscribe to."
    )
    topics: Annotated[list[TopicForm], Field(max_length=500)] = Field(
        default=[], description="Subjects of obligations and articles."
    )
    clauses: Annotated[list[ClauseForm], Field(min_length=1, max_length=1000)] = Field(
        description="The duties that the source names."
    )
    ladders: dict[Code, Steps] = Field(
        default={}, description="Steps of pressing that obligations call by name."
    )

    obligations: Annotated[list[ObligationForm], Field(min_length=1, max_length=1000)] = Field(
        description="What is owed."
    )
    instructions: Annotated[list[InstructionForm], Field(max_length=MOST)] = Field(
        default=[], description="What leaders asked on top of it, as it was exported."
    )

    def value(self) -> Agreement:
        """Give the agreement that is written; its parts must fit together."""
        ladders = ladder_values(self.ladders)
        return Agreement(
            code=self.code,
            title=self.title,
            number=self.number or "",
            signed_on=self.signed_on,
            starts_on=self.from_day,
            ends_on=day_after(self.through),
            tracked_from=self.tracked_from or self.from_day,
            source=self.source or "",
            illustrative=self.illustrative or "",
            settings=self.settings.value(),
            parties=tuple(each.value() for each in self.parties),
            titles=tuple(each.value() for each in self.titles),
            topics=tuple(each.value() for each in self.topics),
            clauses=tuple(each.value() for each in self.clauses),
            obligations=tuple(
                version
                for each in self.obligations
                for version in each.versions_from(self.from_day, ladders=ladders)
            ),
            instructions=tuple(each.value() for each in self.instructions),
        )

    @classmethod
    def of(cls, agreement: Agreement) -> Self:
        """Write an agreement. Versions of one code stand together."""
        return cls.saying(
            **_heading(agreement),
            obligations=[
                ObligationForm.of(list(versions), starts_on=agreement.starts_on)
                for _, versions in groupby(agreement.obligations, key=lambda each: each.code)
            ],
            instructions=written(agreement.instructions),
        )


def _heading(agreement: Agreement) -> dict[str, Any]:
    tracked = agreement.tracked_from
    return {
        "code": agreement.code,
        "title": agreement.title,
        "number": agreement.number or None,
        "signed_on": agreement.signed_on,
        "from_day": agreement.starts_on,
        "through": day_before(agreement.ends_on),
        "tracked_from": tracked if tracked != agreement.starts_on else None,
        "source": agreement.source or None,
        "illustrative": agreement.illustrative or None,
        "settings": SettingsForm.of(agreement.settings),
        "parties": [
            PartyForm(code=each.code, name=each.name, members=SelectorForm.of(each.members))
            for each in agreement.parties
        ],
        "titles": [
            TitleForm.saying(
                code=each.code,
                name=each.name,
                aliases=list(each.aliases),
                sellers=list(each.sellers),
            )
            for each in agreement.titles
        ],
        "topics": [
            TopicForm.saying(code=each.code, title=each.title, words=list(each.words))
            for each in agreement.topics
        ],
        "clauses": [
            ClauseForm.saying(code=each.code, text=each.text, place=each.place or None)
            for each in agreement.clauses
        ],
    }


class UnfinishedForm(AgreementForm):
    """A draft that is being written: it may still lack clauses and obligations."""

    clauses: Annotated[list[ClauseForm], Field(max_length=1000)] = Field(default=[])
    obligations: Annotated[list[ObligationForm], Field(max_length=1000)] = Field(default=[])


def ladder_values(ladders: dict[str, list[LadderStepForm]]) -> Ladders:
    """Give the steps of each ladder that a file names."""
    return {name: tuple(step.value() for step in steps) for name, steps in ladders.items()}


class ChangeForm(Changes):
    """What changes in an obligation; what is not said stays."""

    code: Code = Field(description="Code of the obligation that changes.")


class AmendmentForm(Form):
    """An amendment: changes, endings and additions from a day on."""

    agreement: Code = Field(description="Code of the agreement.")
    from_day: Date = Field(alias="from", description="First day on which the amendment holds.")
    ground: LongText = Field(description="The document that decides it, with number and day.")
    clauses: Annotated[list[ClauseForm], Field(max_length=1000)] = Field(
        default=[], description="Clauses that are new."
    )
    topics: Annotated[list[TopicForm], Field(max_length=500)] = Field(
        default=[], description="Topics that are new."
    )
    titles: Annotated[list[TitleForm], Field(max_length=200)] = Field(
        default=[], description="Titles that are new."
    )
    ladders: dict[Code, Steps] = Field(
        default={}, description="Ladders that this file calls by name."
    )
    obligations: Annotated[list[ChangeForm], Field(max_length=1000)] = Field(
        default=[], description="Obligations that change."
    )
    end: Annotated[list[Code], Field(max_length=1000)] = Field(
        default=[], description="Codes of obligations that end on the day before."
    )
    add: Annotated[list[ObligationForm], Field(max_length=1000)] = Field(
        default=[], description="Obligations that are new."
    )

    def value(self) -> Amendment:
        """Give the amendment that is written."""
        ladders = ladder_values(self.ladders)
        return Amendment(
            agreement=self.agreement,
            from_on=self.from_day,
            ground=self.ground,
            changes=tuple(
                Change(code=each.code, fields=each.fields(ladders)) for each in self.obligations
            ),
            ends=tuple(self.end),
            adds=tuple(
                version
                for each in self.add
                for version in each.versions_from(self.from_day, ladders=ladders)
            ),
            clauses=tuple(each.value() for each in self.clauses),
            topics=tuple(each.value() for each in self.topics),
            titles=tuple(each.value() for each in self.titles),
        )
