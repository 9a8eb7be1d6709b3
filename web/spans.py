"""The reporting periods that lists can be narrowed to, as people choose them.

Knows the periods of calendar years by their keys, and a reporting year in words. Refuses
to know which tasks belong to one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from web.writing.choices import REPORTING
from workflow.domain.errors import Refusal
from workflow.domain.periods import NINE_MONTHS, reporting_days, reporting_year
from workflow.domain.triggers import Length
from workflow.i18n import N_
from workflow.labels import sentence_for
from workflow.store.agreements import agreement

if TYPE_CHECKING:
    from web.visit import Visit
    from workflow.domain.periods import Period


def span_of(key: str, *, reporting: str = "calendar") -> Period | None:
    """The period of a key such as ``2024-Q1``; None for none and for what names no period."""
    try:
        return reporting_year(reporting).period_by_key(key) if key else None
    except Refusal:
        return None


def reporting_said(visit: Visit, name: str) -> str:
    """A reporting year in words, as its agreement names it."""
    days = reporting_days(name)
    if len(days) == 1:
        return visit.say(N_("each month through its day {day}"), day=days[0])
    if days:
        listed = ", ".join(map(str, days))
        return visit.say(N_("months through the days {days}, from January on"), days=listed)
    said = dict(REPORTING).get(name)
    return visit.say(said) if said else name


#: The lengths that lists are narrowed to, in the order in which they are offered.
LENGTHS: Final = (Length.QUARTER, Length.MONTH, Length.HALF_YEAR, Length.YEAR)


def choices_of(visit: Visit) -> list[tuple[str, list[tuple[str, str]]]]:
    """The periods of the years that agreements run in, as keys with their words.

    By length, newest first; the nine months stand with the half-years, being cumulative too.
    """
    first, last = visit.db.execute(
        select(func.min(agreement.c.starts_on), func.max(agreement.c.ends_on))
    ).one()
    if first is None:
        return []
    year = reporting_year("calendar")
    begins = first.replace(month=1, day=1)
    found = {length: list(year.periods_between(begins, last, length)) for length in LENGTHS}
    found[Length.HALF_YEAR] += [
        year.first_months(one.year, NINE_MONTHS)
        for one in found[Length.YEAR]
        if year.first_months(one.year, NINE_MONTHS).from_on < last
    ]
    return [
        (
            visit.say.word(length),
            [
                (one.key, sentence_for(*one.label, visit.lang))
                for one in sorted(ones, key=lambda one: (one.until_on, one.from_on), reverse=True)
            ],
        )
        for length, ones in found.items()
    ]
