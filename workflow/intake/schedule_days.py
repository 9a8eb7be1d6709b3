"""The days of a weekly schedule: which week its heading names, and which day a cell means.

Knows how offices write both: ``từ 11/3/2024 đến 17/3/2024``, ``(11 - 17/3/2024)``, ``tuần 11
năm 2024``; ``Thứ Hai 11/3``, ``Thứ 2``, ``CN 17/3``. A year that is not written comes from the
heading, else from the day near which the file is read, and is said to be guessed. Refuses to
choose between a date and a weekday that contradict it: the date counts, with a doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from workflow.domain.errors import Problem
from workflow.domain.folding import fold

_D: Final = r"(?P<{0}d>[0-3]?[0-9])"
_M: Final = r"\s?[/.-]\s?(?P<{0}m>1[0-2]|0?[1-9])(?![0-9])"
_Y: Final = r"(?:\s?[/.-]\s?(?P<{0}y>20[0-9]{{2}})(?![0-9]))"
_JOIN: Final = r"\s?(?:-|–|—|->|den het|den|toi)\s?(?:het )?(?:ngay )?"
_SPELLED: Final = re.compile(r"([0-3]?[0-9]) thang ([01]?[0-9])(?: nam (20[0-9]{2}))?")
_SPAN: Final = re.compile(
    rf"(?<![0-9/.-]){_D}(?:{_M}{_Y}?)?{_JOIN}{_D.replace('{0}', '{1}')}"
    rf"{_M.replace('{0}', '{1}')}{_Y.replace('{0}', '{1}')}?".format("a", "b")
)
_DATE: Final = re.compile((rf"(?<![0-9/.]){_D}{_M}{_Y}?").format(""))
_YEAR: Final = re.compile(r"\bnam (20[0-9]{2})\b|\b[0-3]?[0-9]/[01]?[0-9]/(20[0-9]{2})\b")
_WEEK: Final = re.compile(r"\btuan(?: thu)? ?(?:so )?:?\s?([0-5]?[0-9])\b")
_WEEKDAY: Final = re.compile(
    r"\b(?:thu ?|t\.? ?)(?P<n>[2-7])\b|\bthu (?P<w>hai|ba|tu|nam|sau|bay)\b"
    r"|(?P<s>\bchu nhat\b|\bcn\b)"
)
_WORDS: Final = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5}
_ONLY_WORD: Final = re.compile(r"^(hai|ba|tu|nam|sau|bay)\b")
_BEFORE: Final = re.compile(r"^[\W_]*(?:(?:sang|chieu|toi|ngay)[\s,:]+)*")
_LONGEST_NAME: Final = 60
_SUNDAY: Final = 6
_LONGEST_WEEK: Final = 14


@dataclass(frozen=True, slots=True)
class Week:
    """Half-open days that a heading names; ``year`` where only that is known."""

    from_on: date | None = None
    until_on: date | None = None
    year: int | None = None

    def __contains__(self, day: date) -> bool:
        return bool(self.from_on and self.until_on and self.from_on <= day < self.until_on)


@dataclass(frozen=True, slots=True)
class Meant:
    """The day that a cell means, if it can be told, and what is doubtful about it."""

    on: date | None
    doubts: tuple[Problem, ...] = ()


def week_of(heading: str) -> Week:
    """The week that the lines above a table name.

    A span of up to two weeks in days; else the ISO week of a number and a year.
    """
    text = _plain(heading)
    years = [int(one or other) for one, other in _YEAR.findall(text)]
    year = years[-1] if years else None
    for found in _SPAN.finditer(text):
        span = _span(found, year)
        if span is not None:
            from_on, last_on = span
            return Week(from_on, last_on + timedelta(days=1), from_on.year)
    number = _WEEK.search(text)
    if number and year:
        try:
            monday = date.fromisocalendar(year, int(number.group(1)), 1)
        except ValueError:
            return Week(year=year)
        return Week(monday, monday + timedelta(days=7), year)
    return Week(year=year)


def names_a_day(text: str) -> bool:
    """Whether a short text begins with a weekday or a date."""
    folded = _BEFORE.sub("", _plain(text))
    is_short = len(folded) <= _LONGEST_NAME
    return is_short and any(one.match(folded) for one in (_WEEKDAY, _DATE, _ONLY_WORD))


def names_a_weekday(text: str) -> bool:
    """Whether a text names a day of the week."""
    return _WEEKDAY.search(_plain(text)) is not None


def day_meant(text: str, *, week: Week, near: date) -> Meant:
    """The day that a cell means within a week; without a week, the nearest to ``near``."""
    folded = _plain(text)
    weekday = _weekday(folded)
    found = _DATE.search(folded)
    if found is None:
        return _by_weekday(weekday, week, text)
    number, month = int(found["d"]), int(found["m"])
    doubts: list[Problem] = []
    if found["y"]:
        on = _day(int(found["y"]), month, number)
    else:
        on = _in_week(number, month, week)
        if on is None and week.year is not None:
            on = _day(week.year, month, number)
        elif on is None:
            on = _nearest(number, month, weekday, near)
            if on is not None:
                doubts.append(_problem("schedule.year_guessed", year=on.year))
    if on is None:
        return Meant(None, (_problem("schedule.day_unknown", given=text[:40]),))
    if week.from_on and on not in week:
        doubts.append(_problem("schedule.day_outside_week", on=on.isoformat()))
    if weekday is not None and on.weekday() != weekday:
        doubts.append(_problem("schedule.weekday_differs", given=text[:40], on=on.isoformat()))
    return Meant(on, tuple(doubts))


def _plain(text: str) -> str:
    """Folded, on one line, days in words written as figures."""

    def figures(found: re.Match[str]) -> str:
        return "/".join(part for part in found.groups() if part)

    return _SPELLED.sub(figures, fold(text))


def _span(found: re.Match[str], year: int | None) -> tuple[date, date] | None:
    last_year = int(found["by"]) if found["by"] else year
    if last_year is None:
        return None
    month = int(found["am"]) if found["am"] else int(found["bm"])
    first_year = int(found["ay"]) if found["ay"] else last_year - (month > int(found["bm"]))
    from_on = _day(first_year, month, int(found["ad"]))
    last_on = _day(last_year, int(found["bm"]), int(found["bd"]))
    if from_on is None or last_on is None:
        return None
    is_sane = from_on <= last_on < from_on + timedelta(days=_LONGEST_WEEK)
    return (from_on, last_on) if is_sane else None


def _by_weekday(weekday: int | None, week: Week, text: str) -> Meant:
    if weekday is not None and week.from_on and week.until_on:
        days = (week.until_on - week.from_on).days
        on = week.from_on + timedelta(days=(weekday - week.from_on.weekday()) % 7)
        if on in week and on + timedelta(days=7) not in week and days:
            return Meant(on)
    return Meant(None, (_problem("schedule.day_unknown", given=text[:40]),))


def _weekday(folded: str) -> int | None:
    found = _WEEKDAY.search(folded)
    if found is None:
        word = _ONLY_WORD.match(folded)
        return _WORDS[word.group(1)] if word else None
    if found["s"]:
        return _SUNDAY
    return int(found["n"]) - 2 if found["n"] else _WORDS[found["w"]]


def _in_week(number: int, month: int, week: Week) -> date | None:
    years = sorted({day.year for day in (week.from_on, week.until_on) if day is not None})
    days = [_day(year, month, number) for year in years]
    return next((day for day in days if day is not None and day in week), None)


def _nearest(number: int, month: int, weekday: int | None, near: date) -> date | None:
    days = [_day(near.year + more, month, number) for more in (-1, 0, 1)]
    known = [day for day in days if day is not None]
    fitting = [day for day in known if weekday is None or day.weekday() == weekday]
    return min(fitting or known, key=lambda day: abs(day - near), default=None)


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _problem(code: str, **facts: Any) -> Problem:
    return Problem(code=code, facts=facts)
