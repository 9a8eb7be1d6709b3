"""Days as Vietnamese documents write them, and whether a day suits the task.

Knows the written forms (``ngày 05 tháng 01 năm 2026``, ``05/01/2026``, day
first) and the spans of days that proof may come from. Refuses to know the
clock: a day without a year takes the year that it is given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflow.evidence.check import TaskFacts
    from workflow.evidence.verdict import Judgement

_EARLIEST, _LATEST = 1990, 2100
_CENTURY: Final = 2000
_TWO_DIGITS: Final = 100

# A document names a few days; a flood of them is an attack on whoever reads on.
_MOST_DAYS: Final = 2_000

# Runs of spaces are bounded so that no text makes the search slow.
_S: Final = r"\s{0,6}"
_DAY: Final = r"(?<![0-9])(?P<day>[0-3]?[0-9])"
_ALSO: Final = rf"(?:(?P<also>[0-3]?[0-9]){_S}(?:-|–|,|và|đến){_S})?"
# Without the word ``ngày`` before it, a number and a comma are rather an hour's.
_ALSO_PLAIN: Final = _ALSO.replace(",|", "")
_MONTH: Final = r"(?P<month>[01]?[0-9])"
_WRITTEN: Final = re.compile(
    rf"(?<!\w)ng[àa]y{_S}(?:mùng|mồng)?{_S}{_ALSO}{_DAY}{_S}"
    rf"(?:th[áa]ng{_S}{_MONTH}(?:{_S},?{_S}n[ăa]m{_S}(?P<year>[0-9]{{4}}))?(?![0-9])"
    rf"|[/.\-]{_S}(?P<month2>[01]?[0-9])(?:{_S}[/.\-]{_S}(?P<year2>[0-9]{{4}}|[0-9]{{2}}))?(?![0-9]))",
    re.IGNORECASE,
)
_NUMERIC: Final = re.compile(
    rf"(?<![\w/.:]){_ALSO_PLAIN}{_DAY}{_S}(?P<sep>[/.\-]){_S}{_MONTH}{_S}(?P=sep){_S}(?P<year>[0-9]{{4}})(?![0-9])"
)
_ISO: Final = re.compile(
    r"(?<![0-9/.\-])(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?![0-9])"
)
_LUNAR: Final = re.compile(rf"{_S}(?:\(|,)?{_S}(?:âm{_S}lịch|al\b|a\.l\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDay:
    """A day in a text: where it begins and ends, and whether the text itself says its year."""

    on: date
    start: int
    end: int
    has_year: bool


def days_in(text: str, *, year: int | None = None) -> list[FoundDay]:
    """Every day that the text names, in its order; lunar days and impossible ones are left out.

    A day without a year is given in ``year``, or left out where that is None.
    ``ngày 12-13/3/2024`` gives both days.
    """
    found: list[FoundDay] = []
    for pattern in (_WRITTEN, _NUMERIC, _ISO):
        taken = []
        for match in islice(pattern.finditer(text), _MOST_DAYS):
            days = _days_of(match, year)
            if days and not _LUNAR.match(text, match.end()):
                found += days
            taken.append(match.span())
        text = blanked(text, taken)
    return sorted(found, key=lambda day: day.start)


def blanked(text: str, cuts: Iterable[tuple[int, int]]) -> str:
    """The text with spaces in the place of the cuts, which do not overlap; places stay the same."""
    pieces, at = [], 0
    for start, end in sorted(cuts):
        pieces += [text[at:start], " " * (end - start)]
        at = end
    return "".join((*pieces, text[at:]))


def _days_of(match: re.Match[str], year: int | None) -> list[FoundDay]:
    parts = match.groupdict()
    month = int(parts["month"] or parts["month2"])
    written = parts["year"] or parts.get("year2")
    in_year = int(written) if written else year
    if in_year is None:
        return []
    if in_year < _TWO_DIGITS:
        in_year += _CENTURY
    return [
        FoundDay(on=on, start=match.start(), end=match.end(), has_year=bool(written))
        for text in (parts.get("also"), parts["day"])
        if text and (on := _day(in_year, month, int(text)))
    ]


def _day(year: int, month: int, day: int) -> date | None:
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


class Dated(StrEnum):
    """Which days a proof may be from, relative to its task."""

    IN_PERIOD = "in_period"
    FROM_PERIOD = "from_period"
    BEFORE_EVENT = "before_event"
    AROUND_EVENT = "around_event"
    ANY = "any"


class DatedParams(BaseModel, frozen=True, strict=True, extra="forbid"):
    """When the proof may be from; every check that reads a day takes these.

    ``dated``: ``in_period`` (the task's own period), ``from_period`` (its first
    day or later, so that a late proof still counts), ``before_event`` (up to
    the event's day, 90 days back unless ``days_before`` says otherwise),
    ``around_event``, ``any``; unset, each check has its own. ``days_before`` and
    ``days_after`` widen the span, in calendar days.
    """

    dated: Dated | None = None
    days_before: int | None = Field(default=None, ge=0, le=3660)
    days_after: int = Field(default=0, ge=0, le=3660)


_EVENT_REACH: Final = 90


def judge_day(
    day: date | None,
    params: DatedParams,
    *,
    facts: TaskFacts,
    otherwise: Dated,
    judgement: Judgement,
) -> None:
    """Hold a day that was read against the task's own span; ``otherwise`` is the check's default.

    Reasons given: ``date.not_found``, ``date.after_receipt``,
    ``date.outside_period``, ``date.after_event``, ``date.too_early``,
    ``facts.period_missing``, ``facts.event_missing``.
    """
    if day is None:
        judgement.fail("date.not_found")
        return
    if facts.received_on is not None and day > facts.received_on:
        judgement.doubt("date.after_receipt", on=day, received_on=facts.received_on)
    dated = params.dated or otherwise
    if dated in {Dated.BEFORE_EVENT, Dated.AROUND_EVENT}:
        _judge_by_event(day, params, dated=dated, event_on=facts.event_on, judgement=judgement)
    elif dated is not Dated.ANY:
        _judge_by_period(day, params, dated=dated, facts=facts, judgement=judgement)


def _judge_by_event(
    day: date, params: DatedParams, *, dated: Dated, event_on: date | None, judgement: Judgement
) -> None:
    if event_on is None:
        judgement.doubt("facts.event_missing")
        return
    after = params.days_after if dated is Dated.AROUND_EVENT else 0
    before = params.days_before
    if before is None:
        before = _EVENT_REACH if dated is Dated.BEFORE_EVENT else 0
    if day > event_on + timedelta(days=after):
        judgement.fail("date.after_event", on=day, event_on=event_on)
    elif day < event_on - timedelta(days=before):
        judgement.fail("date.too_early", on=day, event_on=event_on)


def _judge_by_period(
    day: date, params: DatedParams, *, dated: Dated, facts: TaskFacts, judgement: Judgement
) -> None:
    if facts.period_from is None or facts.period_until is None:
        judgement.doubt("facts.period_missing")
        return
    first = facts.period_from - timedelta(days=params.days_before or 0)
    until = facts.period_until + timedelta(days=params.days_after)
    if day < first or (day >= until and dated is Dated.IN_PERIOD):
        judgement.fail("date.outside_period", on=day, period_from=first, period_until=until)


def written_span(facts: TaskFacts) -> TaskFacts:
    """The facts with the period widened to the task's own days, for what is written *about* it.

    It may be written from the day on which the task opens to the day on which it is
    due: a letter due as its quarter begins is written before it, a report due after
    its month is written after it. An act within the period is not.
    """
    if facts.period_from is None or facts.period_until is None or facts.due_on is None:
        return facts
    first, until = facts.period_from, facts.period_until
    first = min(first, facts.opens_on or facts.due_on, facts.due_on)
    return facts.model_copy(
        update={"period_from": first, "period_until": max(until, facts.due_on + timedelta(days=1))}
    )
