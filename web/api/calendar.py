"""The working calendar for programs: which days depart from the week, and days laid over them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from web.api.calling import Call, reads, writes
from web.api.shapes import TEXT, Word
from workflow import catalogue
from workflow.calendars import SWAPPING, Source, import_overlay, listed_days, remove_overlay
from workflow.domain import roles
from workflow.domain.roles import Deed
from workflow.domain.working_days import EVERY_CALENDAR, DayChange
from workflow.owing import bring_each_up_to_date

if TYPE_CHECKING:
    from workflow.owing import BroughtUp

router: Final = APIRouter(tags=["calendar"])
_COUNTRY: Final = "VN"
_MOST_DAYS: Final = 400
#: Of the years before and after, no calendar is known.
_FIRST: Final = date(1990, 1, 1)
_LAST: Final = date(2100, 12, 31)
Year = Annotated[int, Query(ge=_FIRST.year, le=_LAST.year)]


class Day(BaseModel):
    """A day that is not what its weekday says."""

    day_on: date
    name: str
    is_off: bool
    is_laid: bool = Field(description="It was laid over here; otherwise the country has it so.")


class Calendar(BaseModel):
    """The days of a year that depart from the week, in order."""

    year: int
    calendar: str
    days: list[Day]


class Laid(BaseModel):
    """A day that is laid over a calendar."""

    day_on: date = Field(ge=_FIRST, le=_LAST)
    kind: Literal["off", "work"]
    name: str = Field(default="", max_length=200, pattern=TEXT)
    calendar: Word = Field(default=EVERY_CALENDAR, description="“*” is every calendar.")


class Laying(BaseModel):
    """Days that are laid over the calendars; one that was laid before gives way."""

    days: list[Laid] = Field(min_length=1, max_length=_MOST_DAYS)


class Changed(BaseModel):
    """What changed: of the days, and of what is owed because of them."""

    added: int
    changed: int
    same: int
    created: int = Field(description="How many tasks were created.")
    shifted: int = Field(description="How many have another due day.")
    cancelled: int = Field(description="How many were cancelled.")


@router.get("/calendar")
@reads
def shown(call: Call, year: Year, calendar: Word = SWAPPING) -> Calendar:
    """The days of a year that depart from the week; whoever reads anything may read them."""
    if not roles.conferring(call.grants, Deed.READ):
        call.ensure_may(Deed.READ)
    days = listed_days(call.db, country=_COUNTRY, year=year, calendar=calendar)
    return Calendar(
        year=year,
        calendar=calendar,
        days=[
            Day(
                day_on=one.day_on,
                name=one.name,
                is_off=one.is_off,
                is_laid=one.source is Source.OVERLAY,
            )
            for one in days
        ],
    )


@router.post("/calendar/days")
@writes
def lay(call: Call, said: Laying) -> Changed:
    """Lay days over the calendars; due days that nobody met yet move with them."""
    call.ensure_may(Deed.DEFINE)
    changes = [
        DayChange(
            calendar=one.calendar,
            day_on=one.day_on,
            is_off=one.kind == "off",
            name=one.name.strip(),
        )
        for one in said.days
    ]
    outcome = import_overlay(call.db, changes, act=call.act())
    done = _planned(call) if outcome.added or outcome.changed else []
    return _changed(done, added=outcome.added, changed=outcome.changed, same=outcome.same)


@router.delete("/calendar/days/{day_on}")
@writes
def remove(call: Call, day_on: date, calendar: Word = EVERY_CALENDAR) -> Changed:
    """Let a day be again what the country has."""
    call.ensure_may(Deed.DEFINE)
    remove_overlay(call.db, calendar=calendar, day_on=day_on, act=call.act())
    return _changed(_planned(call), added=0, changed=1, same=0)


def _planned(call: Call) -> list[BroughtUp]:
    codes = catalogue.codes_in_state(call.db, "active")
    return bring_each_up_to_date(call.db, codes, act=call.act())


def _changed(done: list[BroughtUp], *, added: int, changed: int, same: int) -> Changed:
    planned = [one.planned for one in done]
    return Changed(
        added=added,
        changed=changed,
        same=same,
        created=sum(one.created for one in planned),
        shifted=sum(one.shifted for one in planned),
        cancelled=sum(one.cancelled for one in planned),
    )
