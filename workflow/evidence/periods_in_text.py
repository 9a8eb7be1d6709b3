"""Periods as invoices, tables and letters write them.

Knows ``quý I/2024``, ``Q1.2024``, ``tháng 3/2024``, ``3 tháng đầu năm 2024``,
``tháng 1-3/2024``, ``cả năm 2024`` and spans between two days. Refuses to
guess: what it does not read with certainty it does not give, and a missing
year is said to be missing. Periods in words are calendar ones, which is how
papers are sold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from workflow.domain.folding import tidied
from workflow.evidence.days_in_text import blanked, days_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST: Final = 50_000
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_YEAR: Final = r"(?:\s?[/.,(–-]?\s?(?:n[ăa]m\s?)?(?P<year>20[0-9]{2})(?![0-9]))"
_QUARTER: Final = r"(?:iv|iii|ii|i|0?[1-4])(?![0-9a-zà-ỹ])"
_MONTH: Final = r"(?:1[0-2]|0?[1-9])(?![0-9])"
_JOIN: Final = r"\s?(?:-|–|\+|,|&|và|va|đến|den)\s?"
_QUARTERS: Final = re.compile(
    rf"(?<!\w)(?:qu[ýyíi]|q)\s?[.:]?\s?(?P<list>{_QUARTER}(?:{_JOIN}(?:qu[ýyíi]\s?|q\.?\s?)?{_QUARTER})*){_YEAR}?"
)
_MONTHS: Final = re.compile(
    rf"(?<!\w)(?:th[áa]ng|t)\s?[.:]?\s?(?P<list>{_MONTH}(?:{_JOIN}(?:th[áa]ng\s?|t\.?\s?)?{_MONTH})*){_YEAR}?"
)
_MONTH_TO_MONTH: Final = re.compile(
    r"(?<![\w/])(?:th[áa]ng\s?|t)?(?P<from>1[0-2]|0?[1-9])\s?[/.]\s?(?P<from_year>20[0-9]{2})"
    r"\s?(?:-|–|đến|den|->)\s?(?:hết\s?)?(?:th[áa]ng\s?|t)?(?P<to>1[0-2]|0?[1-9])\s?[/.]\s?(?P<year>20[0-9]{2})(?![0-9/])"
)
_PART_OF_YEAR: Final = re.compile(
    rf"(?<![0-9])0?(?P<count>[369])\s?th[áa]ng\s?(?P<end>đầu|dau|cuối|cuoi)(?:{_YEAR}|\s?n[ăa]m)?"
)
_HALF: Final = re.compile(rf"(?<!\w)n[ửu]a\s?(?P<end>đầu|dau|cuối|cuoi){_YEAR}")
_WHOLE_YEAR: Final = re.compile(r"(?<!\w)n[ăa]m\s?:?\s?(?P<year>20[0-9]{2})(?![0-9])")
_BETWEEN: Final = re.compile(r"\s?(?:-|–|đến|den|tới|->)\s?(?:hết\s?)?")
# ``01/01 - 31/03/2024``: the first day borrows the year of the second.
_BORROWED_YEAR: Final = re.compile(
    r"(?<![0-9/.])(?P<first>[0-3]?[0-9]/[01]?[0-9])(?=\s?(?:-|–|đến|den|->)\s?(?:hết\s?)?(?:ngày\s?)?"
    r"[0-3]?[0-9]/[01]?[0-9]/(?P<year>20[0-9]{2}))"
)
# ``6 tháng`` without first or last is some half of a year; nobody can say which.
_SOME_MONTHS: Final = re.compile(r"(?<![0-9])(?:0?[1-9]|1[01])\s?th[áa]ng(?!\s?(?:[0-9]|đầu|cuối))")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Half-open days that a text names as a period."""

    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """The periods of a text; ``is_year_assumed`` where the year came from elsewhere."""

    spans: tuple[Span, ...] = ()
    is_year_assumed: bool = False


def periods_in(text: str, *, near: date | None = None) -> Periods:
    """Every period that the text names, without doubles, in the order of days.

    ``near`` is the day of the document: a period without a year is taken to be
    the one nearest to it and marked as assumed; without ``near`` it is left out.
    The whole year counts only where nothing finer is named.
    """
    rest = _BORROWED_YEAR.sub(r"\g<first>/\g<year>", tidied(text[:_LONGEST]).lower())
    spans: list[Span] = []
    assumed = False
    for reader in (_day_spans, _month_spans, _parts_of_year):
        found, rest = reader(rest)
        spans += found
    year = _year_in(rest)
    for pattern, length in ((_QUARTERS, 3), (_MONTHS, 1)):
        for match in pattern.finditer(rest):
            stated = int(match["year"]) if match["year"] else year
            numbers = list(_numbers(match["list"]))
            if stated is None and near is not None and numbers:
                stated, assumed = _nearest_year(numbers[0], length, near), True
            if stated is not None:
                spans += (_months(stated, (number - 1) * length, length) for number in numbers)
        rest = pattern.sub(" ", rest)
    if not spans and year is not None and not _SOME_MONTHS.search(rest):
        spans.append(_months(year, 0, 12))
    return Periods(spans=tuple(sorted(set(spans))), is_year_assumed=assumed)


def _day_spans(text: str) -> tuple[list[Span], str]:
    """Spans between two days: ``từ 01/01/2024 đến hết 31/03/2024``, ``01/01 - 31/03/2024``."""
    days = days_in(text)
    spans: list[Span] = []
    for first, last in pairwise(days):
        between = text[first.end : last.start]
        if first.on < last.on and _BETWEEN.fullmatch(between):
            spans.append(Span(from_on=first.on, until_on=last.on + timedelta(days=1)))
    # A single day is no period, and its month and year must not be taken for one.
    cuts = [(day.start, day.end) for day in days]
    return spans, blanked(text, cuts)


def _month_spans(text: str) -> tuple[list[Span], str]:
    spans = []
    for match in _MONTH_TO_MONTH.finditer(text):
        first = date(int(match["from_year"]), int(match["from"]), 1)
        last = _months(int(match["year"]), int(match["to"]) - 1, 1)
        if first < last.until_on:
            spans.append(Span(from_on=first, until_on=last.until_on))
    return spans, _MONTH_TO_MONTH.sub(" ", text)


def _parts_of_year(text: str) -> tuple[list[Span], str]:
    """``6 tháng đầu năm 2024``, ``nửa cuối năm 2024``; without a year they are no period."""
    spans = []
    for pattern in (_PART_OF_YEAR, _HALF):
        for match in pattern.finditer(text):
            count = int(match.groupdict().get("count") or 6)
            stated = match["year"] or (str(year) if (year := _year_in(text)) else None)
            if stated:
                is_first = match["end"] in {"đầu", "dau"}
                spans.append(_months(int(stated), 0 if is_first else 12 - count, count))
        text = pattern.sub(" ", text)
    return spans, text


def _year_in(text: str) -> int | None:
    """The one year that the text names as such, or None."""
    years = {int(match["year"]) for match in _WHOLE_YEAR.finditer(text)}
    return years.pop() if len(years) == 1 else None


def _numbers(listed: str) -> Iterator[int]:
    """Numbers of a list such as ``i, ii`` or ``1-3``: a dash or ``đến`` is a range."""
    tokens = re.findall(
        r"iv|iii|ii|i|[0-9]+|-|–|đến|den", re.sub(r"th[áa]ng|qu[ýyíi]|[tq]", " ", listed)
    )
    previous, is_range = 0, False
    for token in tokens:
        if token in {"-", "–", "đến", "den"}:
            is_range = True
            continue
        number = _ROMAN.get(token) or int(token)
        yield from range(previous + 1, number) if is_range else ()
        yield number
        previous, is_range = number, False


def _months(year: int, months_in: int, count: int) -> Span:
    """``count`` whole months from ``months_in`` months into the year."""
    last = months_in + count
    return Span(
        from_on=date(year + months_in // 12, months_in % 12 + 1, 1),
        until_on=date(year + last // 12, last % 12 + 1, 1),
    )


def _nearest_year(number: int, length: int, near: date) -> int:
    def distance(year: int) -> int:
        return abs((_months(year, (number - 1) * length, length).from_on - near).days)

    return min((near.year - 1, near.year, near.year + 1), key=distance)


def occasion_span(occasion: str) -> Span | None:
    """The calendar days of an occasion key that names a period (``2024-Q1``), else None."""
    match = re.fullmatch(
        r"(?P<year>20[0-9]{2})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>0[1-9]|1[0-2])))?",
        occasion,
    )
    if match is None:
        return None
    year = int(match["year"])
    for name, length in (("quarter", 3), ("half", 6), ("month", 1)):
        if match[name]:
            return _months(year, (int(match[name]) - 1) * length, length)
    return _months(year, 0, 12)


def covered(amounts: Mapping[Span, int], *, whole: Span) -> int:
    """How much the amounts prove for every day of ``whole``: the least over its days.

    Three months of 2 copies each prove 2 copies of the quarter; two of three
    months prove none.
    """
    marks = {whole.from_on}
    for span in amounts:
        marks.update(
            day for day in (span.from_on, span.until_on) if whole.from_on < day < whole.until_on
        )
    return min(
        sum(amount for span, amount in amounts.items() if span.from_on <= mark < span.until_on)
        for mark in marks
    )
