"""The reporting periods that lists can be narrowed to, as people choose them.

Knows calendar months, quarters and years by their keys. Refuses to know which tasks
belong to one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from workflow.domain.errors import Refusal
from workflow.domain.periods import reporting_year
from workflow.domain.triggers import Length
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


def choices_of(visit: Visit) -> list[tuple[str, str]]:
    """The years and quarters that agreements run in, newest first, as keys with their words."""
    first, last = visit.db.execute(
        select(func.min(agreement.c.starts_on), func.max(agreement.c.ends_on))
    ).one()
    if first is None:
        return []
    year = reporting_year("calendar")
    found = [
        *year.periods_between(first.replace(month=1, day=1), last, Length.YEAR),
        *year.periods_between(first.replace(month=1, day=1), last, Length.QUARTER),
    ]
    found.sort(key=lambda one: (one.year, one.length is Length.YEAR, one.number), reverse=True)
    return [(one.key, sentence_for(*one.label, visit.lang)) for one in found]
