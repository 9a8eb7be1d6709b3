"""What a check is told about the task that a file is offered for.

Knows the shape of these facts and their JSON, which crosses to child
processes and comes from the command line. Refuses to know where they come
from: whoever judges gathers them from the task.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationError, model_validator

from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Body(BaseModel, frozen=True, strict=True, extra="forbid"):
    """A unit or organisation as documents name it.

    ``name`` is the present one, ``aliases`` former names and other spellings;
    ``tax_code`` is its MST, ``budget_code`` its MDVQHNSach.
    """

    key: str = ""
    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    tax_code: str | None = None
    budget_code: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it goes by, the present one first."""
        return (self.name, *self.aliases)


class Publication(BaseModel, frozen=True, strict=True, extra="forbid"):
    """A title that the unit may owe copies of.

    ``quota`` is copies per issue owed on the occasion's day, None where none
    is owed; ``sellers`` lists who may sell it, by MST or by name, and empty
    means anyone.
    """

    code: str
    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    sellers: tuple[str, ...] = ()
    quota: int | None = Field(default=None, ge=0)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it goes by, its own first."""
        return (self.name, *self.aliases)


class TaskFacts(BaseModel, frozen=True, strict=True, extra="forbid"):
    """The task as a check sees it; every field but ``unit`` may be missing.

    ``occasion`` is its key (``2024-Q1``, ``2024-03``, ``meeting:12``).
    ``period_from`` and ``period_until`` are the half-open days that evidence
    must belong to; ``event_on`` is the day of the meeting or anniversary;
    ``opens_on`` and ``due_on`` are the task's own; ``received_on`` is the day on
    which the file was handed in, after which nothing in it can have happened.
    All days are in ``zone``. ``paid_by`` are bodies that may stand as buyer in the
    unit's place, ``beneficiary`` is the other party. The working calendar:
    ``weekly_off`` are ISO weekdays (6 Saturday, 7 Sunday), ``days_off`` further
    days off, ``days_worked`` days worked in exchange.
    """

    unit: Body
    agreement: str = ""
    obligation: str = ""
    occasion: str = ""
    paid_by: tuple[Body, ...] = ()
    beneficiary: Body | None = None
    publications: tuple[Publication, ...] = ()
    topic_words: tuple[str, ...] = ()
    period_from: date | None = None
    period_until: date | None = None
    event_on: date | None = None
    opens_on: date | None = None
    due_on: date | None = None
    received_on: date | None = None
    zone: str = "Asia/Ho_Chi_Minh"
    weekly_off: tuple[int, ...] = (6, 7)
    days_off: tuple[date, ...] = ()
    days_worked: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if (self.period_from is None) != (self.period_until is None):
            raise ValueError("period_from and period_until go together")
        if self.period_from and self.period_until and self.period_from >= self.period_until:
            raise ValueError("period_from must lie before period_until")
        if not all(1 <= weekday <= 7 for weekday in self.weekly_off):  # noqa: PLR2004 - ISO weekdays
            raise ValueError("weekly_off holds ISO weekdays, 1 to 7")
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError) as unknown:
            raise ValueError("zone is not known") from unknown
        return self

    def to_json(self) -> str:
        """JSON text that ``from_json`` reads back to an equal value."""
        return self.model_dump_json(exclude_defaults=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> TaskFacts:
        """Read facts from JSON text; refuses ``facts.invalid`` with every error and its place."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as errors:
            problems = problems_of(errors)
            raise Refusal("facts.invalid", problems=problems, detail=told(problems)) from errors

    def is_working_day(self, day: date) -> bool:
        """Whether the unit works on that day."""
        if day in self.days_worked:
            return True
        return day.isoweekday() not in self.weekly_off and day not in self.days_off

    def working_days_before(self, day: date, event: date) -> int:
        """Working days from ``day`` up to the eve of ``event``; 0 when ``day`` is not before it.

        A letter of Friday for a meeting on Tuesday comes 2 working days before.
        """
        days = (event - day).days
        return sum(self.is_working_day(day + timedelta(days=n)) for n in range(max(days, 0)))


def problems_of(errors: ValidationError) -> list[Mapping[str, Any]]:
    """Every error of a pydantic model as plain facts: ``path``, ``kind`` and English ``detail``."""
    return [
        {
            "path": ".".join(str(step) for step in error["loc"]),
            "kind": error["type"],
            "detail": error["msg"],
        }
        for error in errors.errors(include_url=False, include_context=False, include_input=False)
    ]


def told(problems: Iterable[Mapping[str, Any]]) -> str:
    """The problems in one line, for a sentence."""
    return "; ".join(
        f"{problem['path']}: {problem['detail']}" if problem["path"] else problem["detail"]
        for problem in problems
    )
