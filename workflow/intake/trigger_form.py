"""How it is written what makes an obligation owed: one of six keys.

Knows the six trigger forms of the file and their values in the domain, both ways.
Refuses to know which dates they give: that is the domain's recurrence.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from workflow.domain.triggers import (
    After,
    CalendarKind,
    Day,
    Event,
    Every,
    FollowsFrom,
    Length,
    Once,
    Trigger,
    When,
)
from workflow.intake.form import (
    Code,
    Date,
    DaysOnward,
    Form,
    NotTruth,
    Text,
    Truth,
    Whole,
    attributes,
)

Amount = Annotated[Decimal, NotTruth, Field(gt=0, le=10**12)]


class RuleForm(Form):
    """An RFC 5545 rule; its dates and COUNT are reckoned from ``starts``."""

    rule: Text = Field(description="RRULE, for example FREQ=WEEKLY;BYDAY=MO.")
    starts: Date = Field(description="The rule's first day (DTSTART).")


class YearlyDayForm(Form):
    """A day of each year with a window around it; a lunar day is written "15/3" in ``lunar``."""

    month: Annotated[Whole, Field(ge=1, le=12)] | None = Field(
        default=None, description="Solar month."
    )
    day: Annotated[Whole, Field(ge=1, le=31)] | None = Field(
        default=None, description="Day of the solar month; 29 February only in leap years."
    )
    lunar: Annotated[str, Field(pattern=r"^[0-9]{1,2}/[0-9]{1,2}$")] | None = Field(
        default=None, description="Vietnamese lunar day/month of the ordinary month."
    )
    before: DaysOnward = Field(default=0, description="Calendar days of the window before it.")
    after: DaysOnward = Field(default=0, description="Calendar days of the window after it.")

    @model_validator(mode="after")
    def _is_one_day(self) -> Self:
        if self.lunar is not None:
            if self.month is not None or self.day is not None:
                raise PydanticCustomError("day.solar_and_lunar", "both")
            day, month = (int(part) for part in self.lunar.split("/"))
            if not (1 <= month <= 12 and 1 <= day <= 30):  # noqa: PLR2004 - a year's months
                raise PydanticCustomError("day.no_such_lunar_day", "no", {"given": self.lunar})
        elif self.month is None or self.day is None:
            raise PydanticCustomError("day.incomplete", "incomplete")
        else:
            try:
                date(2024, self.month, self.day)  # A leap year: 29 February is a day.
            except ValueError as error:
                facts = {"given": f"{self.day}/{self.month}"}
                raise PydanticCustomError("day.no_such_solar_day", "no", facts) from error
        return self

    def value(self) -> Day:
        """Give the yearly day that is written."""
        if self.lunar is None:
            return Day(
                month=self.month or 0, day=self.day or 0, before=self.before, after=self.after
            )
        day, month = (int(part) for part in self.lunar.split("/"))
        return Day(
            month=month,
            day=day,
            calendar=CalendarKind.LUNAR,
            before=self.before,
            after=self.after,
        )

    @classmethod
    def of(cls, day: Day) -> Self:
        """Write a yearly day."""
        if day.calendar is CalendarKind.LUNAR:
            lunar = f"{day.day}/{day.month}"
            return cls.saying(lunar=lunar, before=day.before, after=day.after)
        return cls.saying(month=day.month, day=day.day, before=day.before, after=day.after)


class AfterForm(Form):
    """Follows the fulfilment of another obligation."""

    obligation: Code = Field(description="Code of the obligation whose fulfilment starts this one.")
    days: DaysOnward = Field(default=0, description="Calendar days after the fulfilment.")
    reckoned: FollowsFrom = Field(
        default=FollowsFrom.ACCEPTED,
        description="From the day it was done, or from its original due day (sequence).",
    )
    same_unit: Truth = Field(
        default=True, description="Only the unit that fulfilled it owes the follow-on."
    )


class WhenForm(Form):
    """Owed when a period's figure falls short."""

    figure: Code = Field(description="Key of the recorded figure.")
    period: Length = Field(description="Length of the periods that are evaluated.")
    below: Amount = Field(description="The figure falls short when it is below this.")
    evaluated_after: DaysOnward = Field(
        default=0, description="Calendar days after the period's last day."
    )
    per_unit: Truth = Field(default=False, description="A figure of each unit; the short ones owe.")
    missing_is_short: Truth = Field(
        default=False, description="Whether a figure that is missing by then falls short."
    )


def _every_tag(value: object) -> str:
    return "<rule>" if isinstance(value, dict | RuleForm) else "<period>"


EveryForm = Annotated[
    Annotated[Length, Tag("<period>")] | Annotated[RuleForm, Tag("<rule>")],
    Discriminator(_every_tag),
]


class TriggerForm(Form):
    """What makes it owed: exactly one of six keys."""

    once: Date | None = Field(default=None, description="Once, on this day.")
    every: EveryForm | None = Field(
        default=None, description="Every month, quarter, half-year or year, or a rule."
    )
    day: YearlyDayForm | None = Field(default=None, description="A day of each year.")
    event: Code | None = Field(default=None, description="Each meeting or request of this kind.")
    after: AfterForm | None = Field(default=None, description="Follows another obligation.")
    when: WhenForm | None = Field(default=None, description="When a figure falls short.")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        given = sorted(self.model_fields_set)
        if len(given) != 1 or getattr(self, given[0]) is None:
            facts = {"given": given, "keys": list(self.known_keys())}
            raise PydanticCustomError("trigger.not_one", "one", facts)
        return self

    def value(self) -> Trigger:
        """Give the trigger that is written."""
        trigger: Trigger
        match next(value for value in dict(self).values() if value is not None):
            case date() as day:
                trigger = Once(on=day)
            case Length() as period:
                trigger = Every(period=period)
            case RuleForm() as written:
                trigger = Every(rule=written.rule, starts=written.starts)
            case YearlyDayForm() as written:
                trigger = written.value()
            case AfterForm() as written:
                trigger = After(**dict(written))
            case WhenForm() as written:
                trigger = When(**dict(written))
            case kind:
                trigger = Event(kind=kind)
        return trigger

    @classmethod
    def of(cls, trigger: Trigger) -> Self:
        """Write a trigger."""
        return cls.model_validate(_written(trigger))


def _written(trigger: Trigger) -> dict[str, object]:
    written: dict[str, object]
    match trigger:
        case Once():
            written = {"once": trigger.on}
        case Every(rule=None):
            written = {"every": trigger.period}
        case Every():
            written = {"every": {"rule": trigger.rule, "starts": trigger.starts}}
        case Day():
            written = {"day": YearlyDayForm.of(trigger)}
        case Event():
            written = {"event": trigger.kind}
        case After():
            written = {"after": AfterForm.saying(**attributes(trigger))}
        case When():
            written = {"when": WhenForm.saying(**attributes(trigger))}
    return written
