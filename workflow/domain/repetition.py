"""The days that a recurrence rule gives: RFC 5545's RRULE, for whole days.

Knows how a rule is written, checked and expanded. Refuses to know agreements and periods.
Every day is reckoned from the rule's start, whatever window is looked at, so no drift and
no window can lose or move one. Two departures from the RFC, on purpose:

* Where a monthly or yearly rule leaves the day of the month to its start, a start past a
  month's end means the month's last day: monthly from 31 January gives 29 February 2024,
  31 March; yearly from 29 February gives 28 February, and 29 February again in 2028. A
  duty is owed every month or year that it says. A rule that **writes** BYMONTHDAY=31
  follows the RFC and skips the shorter months.
* Only days are given: no hours, and UNTIL is a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import MAXYEAR, date, datetime, timedelta
from functools import lru_cache
from heapq import merge
from itertools import dropwhile, islice, pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

from dateutil import rrule

from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FREQUENCIES: Final[Mapping[str, Literal[0, 1, 2, 3]]] = {
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
    "YEARLY": rrule.YEARLY,
}
_WEEKDAYS: Final = dict(
    zip(
        ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
        (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU),
        strict=True,
    )
)
# Each numeric part: its name for dateutil, its greatest number, whether it may count from
# the end, and the frequencies that RFC 5545 (3.3.10) allows it with.
_NUMBERS: Final = {
    "BYMONTH": ("bymonth", 12, False, frozenset(_FREQUENCIES)),
    "BYMONTHDAY": ("bymonthday", 31, True, frozenset({"DAILY", "MONTHLY", "YEARLY"})),
    "BYYEARDAY": ("byyearday", 366, True, frozenset({"YEARLY"})),
    "BYWEEKNO": ("byweekno", 53, True, frozenset({"YEARLY"})),
    "BYSETPOS": ("bysetpos", 366, True, frozenset(_FREQUENCIES)),
}
_BYDAY: Final = re.compile(r"(?P<nth>[+-]?\d{1,2})?(?P<day>[A-Z]{2})", re.ASCII)
_DIGITS: Final = re.compile(r"\d{8}", re.ASCII)
_MOST: Final = 10_000  # dates of a COUNT, or units of an INTERVAL
_SINGLE: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
_PARTS: Final = _SINGLE | _NUMBERS.keys() | {"BYDAY"}
# The Gregorian calendar repeats itself, weekdays and all, after this many years.
_CYCLE: Final = 400
_PROBED_YEARS: Final = 40
_DAYS_THAT_EVERY_MONTH_HAS: Final = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that was read. ``by`` holds the BY parts, as dateutil's arguments."""

    text: str
    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    week_start: str = "MO"
    by: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@lru_cache(maxsize=1024)
def parsed_rule(text: str) -> Rule:
    """Read a rule such as ``FREQ=MONTHLY;BYDAY=-1FR``.

    Raises ``Refusal`` with a code ``recurrence.…`` and the ``rule`` among its facts: for a
    part that is unknown, twice or malformed, for a frequency finer than a day, for COUNT
    beside UNTIL, for a part that its frequency does not take, and for BYSETPOS where each
    period has but one day to choose from.
    """
    parts = _parts(text)
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise Refusal("recurrence.frequency", rule=text, frequency=frequency)
    if "COUNT" in parts and "UNTIL" in parts:
        raise Refusal("recurrence.count_and_until", rule=text)
    by: dict[str, tuple[Any, ...]] = {}
    for part, (name, greatest, from_end, allowed) in _NUMBERS.items():
        if part in parts:
            if frequency not in allowed:
                raise Refusal(
                    "recurrence.part_not_allowed", rule=text, part=part, frequency=frequency
                )
            by[name] = tuple(
                _number(text, part, value, least=-greatest if from_end else 1, greatest=greatest)
                for value in parts[part].split(",")
            )
    if "BYDAY" in parts:
        takes_nth = frequency in {"MONTHLY", "YEARLY"} and "byweekno" not in by
        by["byweekday"] = tuple(
            _weekday(text, value, takes_nth=takes_nth) for value in parts["BYDAY"].split(",")
        )
    if "bysetpos" in by and by.keys() <= {"bysetpos", "bymonth"}:
        raise Refusal("recurrence.position_of_nothing", rule=text)
    week_start = parts.get("WKST", "MO")
    if week_start not in _WEEKDAYS:
        raise Refusal("recurrence.bad_value", rule=text, part="WKST", value=week_start)
    count, interval = parts.get("COUNT"), parts.get("INTERVAL", "1")
    return Rule(
        text=text,
        frequency=frequency,
        interval=_number(text, "INTERVAL", interval, least=1, greatest=_MOST),
        count=None if count is None else _number(text, "COUNT", count, least=1, greatest=_MOST),
        until=_until(text, parts["UNTIL"]) if "UNTIL" in parts else None,
        week_start=week_start,
        by=by,
    )


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for piece in text.upper().removeprefix("RRULE:").split(";"):
        part, _, value = piece.strip().partition("=")
        if part not in _PARTS:
            raise Refusal("recurrence.unknown_part", rule=text, part=part)
        if part in parts:
            raise Refusal("recurrence.part_twice", rule=text, part=part)
        parts[part] = value
    return parts


def _number(text: str, part: str, value: str, *, least: int, greatest: int) -> int:
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number == 0 or not least <= number <= greatest:
        raise Refusal("recurrence.bad_value", rule=text, part=part, value=value)
    return number


def _weekday(text: str, value: str, *, takes_nth: bool) -> rrule.weekday:
    found = _BYDAY.fullmatch(value)
    if found is None or found["day"] not in _WEEKDAYS:
        raise Refusal("recurrence.bad_value", rule=text, part="BYDAY", value=value)
    weekday = _WEEKDAYS[found["day"]]
    if found["nth"] is None:
        return weekday
    if not takes_nth:
        raise Refusal("recurrence.bad_value", rule=text, part="BYDAY", value=value)
    return weekday(_number(text, "BYDAY", found["nth"], least=-53, greatest=53))


def _until(text: str, value: str) -> date:
    try:
        # Longer ISO forms are dates as well, but not RFC 5545's.
        return date.fromisoformat(value if _DIGITS.fullmatch(value) else "")
    except ValueError:
        raise Refusal("recurrence.bad_value", rule=text, part="UNTIL", value=value) from None


def check_rule(text: str, starts: date) -> None:
    """Refuse a rule that cannot be read, or that gives no day within forty years of its start.

    The latter raises ``Refusal("recurrence.never")``, as 30 February does.
    """
    _check(text, starts)


@lru_cache(maxsize=1024)
def _check(text: str, starts: date) -> None:
    rule = parsed_rule(text)
    # Looked for at the calendar's end, where the search for a day that never comes ends soon.
    cycles = max((MAXYEAR - _PROBED_YEARS - starts.year) // _CYCLE, 0)
    late = starts.replace(year=starts.year + cycles * _CYCLE)
    if next(_unlimited(rule, late, late), None) is None:
        raise Refusal("recurrence.never", rule=text)


def rule_days(text: str, starts: date, *, from_on: date, until_on: date) -> list[tuple[date, date]]:
    """The rule's days within ``[from_on, until_on)``, each with the day that follows it.

    The following day is the one that the rule would give without COUNT and UNTIL; after
    its very last, the end of the calendar. Raises as ``check_rule`` does.
    """
    check_rule(text, starts)
    rule = parsed_rule(text)
    last_on = _last_on(rule.text, starts)
    found: list[tuple[date, date]] = []
    for day, following in pairwise(_with_end(_unlimited(rule, starts, max(from_on, starts)))):
        if day >= until_on or day > last_on:
            break
        found.append((day, following))
    return found


@lru_cache(maxsize=1024)
def _last_on(text: str, starts: date) -> date:
    """The last day that COUNT or UNTIL allows: COUNT counts from the rule's start."""
    rule = parsed_rule(text)
    if rule.count is not None:
        days = islice(_unlimited(rule, starts, starts), rule.count - 1, None)
        return next(days, date.max)
    return rule.until or date.max


def _with_end(days: Iterator[date]) -> Iterator[date]:
    yield from days
    yield date.max


def _unlimited(rule: Rule, starts: date, from_on: date) -> Iterator[date]:
    """The rule's days from a day on, without COUNT and UNTIL, up to the year 9999."""
    days = merge(
        *(
            rrule.rrule(
                _FREQUENCIES[rule.frequency],
                interval=rule.interval,
                dtstart=_midnight(_near(rule, starts, from_on)),
                wkst=_WEEKDAYS[rule.week_start],
                **by,
            )
            for by in _explicit(rule, starts)
        )
    )
    return dropwhile(lambda day: day < from_on, (instant.date() for instant in days))


def _explicit(rule: Rule, starts: date) -> list[dict[str, Any]]:
    """The BY parts with what the start implies, for one or more rules that are merged.

    Writing them out frees the rule from its start, which may then be moved.
    """
    by = dict(rule.by)
    if by.keys() - {"bymonth"} or rule.frequency == "DAILY":
        return [by]
    if rule.frequency == "WEEKLY":
        return [by | {"byweekday": (starts.weekday(),)}]
    # The last of the days 28 to 31 that the month has, and that the start does not exceed.
    last_of = range(min(starts.day, _DAYS_THAT_EVERY_MONTH_HAS), starts.day + 1)
    by |= {"bymonthday": tuple(last_of), "bysetpos": (-1,)}
    if rule.frequency == "MONTHLY":
        return [by]
    # A position counts within the year there, so each month needs a rule of its own.
    return [by | {"bymonth": (month,)} for month in {*rule.by.get("bymonth", (starts.month,))}]


def _near(rule: Rule, starts: date, from_on: date) -> date:
    """A start in the same phase, at least one interval before a day (or the start itself).

    Without it a window far in the future would be reached only step by step.
    """
    if rule.frequency in {"DAILY", "WEEKLY"}:
        step = rule.interval * (7 if rule.frequency == "WEEKLY" else 1)
        steps = (from_on - starts).days // step - 1
        return starts + timedelta(days=max(steps, 0) * step)
    months = rule.interval * (12 if rule.frequency == "YEARLY" else 1)
    first = starts.year * 12 + (starts.month - 1 if rule.frequency == "MONTHLY" else 0)
    steps = (from_on.year * 12 + from_on.month - 1 - first) // months - 1
    if steps <= 0:
        return starts
    year, month = divmod(first + steps * months, 12)
    return date(year, month + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - dateutil expands naive days
