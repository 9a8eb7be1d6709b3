"""Working calendars of a country: its public holidays, its swapped days, and our overlay.

Knows which calendars there are and where their days come from. Refuses to know
who keeps which calendar, and what a due day is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from workflow.domain.errors import Refusal
from workflow.domain.working_days import WorkingCalendar
from workflow.store.days import day_overlay

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

#: Weekdays off by calendar. Only who has both days off swaps them (hoán đổi).
WEEKENDS: Final[Mapping[str, frozenset[int]]] = {
    "office": frozenset({5, 6}),
    "six_day": frozenset({6}),
    "every_day": frozenset(),
}
_SWAPPING: Final = "office"
#: An overlay row of this calendar concerns every calendar.
EVERY_CALENDAR: Final = "*"


def working_calendars(
    db: Connection, *, country: str, years: range, names: Iterable[str]
) -> dict[str, WorkingCalendar]:
    """The working calendars of these names for these years, overlay included.

    An overlay row wins over the country's holidays. Raises
    ``Refusal("calendar.unknown")`` and ``Refusal("calendar.country_unknown")``.
    """
    overlay = db.execute(select(day_overlay).order_by(day_overlay.c.id)).all()
    calendars = {}
    for name in names:
        plain = plain_calendar(name, country=country, years=years)
        off, on, words = set(plain.days_off), set(plain.extra_working), dict(plain.names)
        for row in overlay:
            if row.calendar in {EVERY_CALENDAR, name}:
                (off if row.is_off else on).add(row.day_on)
                (on if row.is_off else off).discard(row.day_on)
                words[row.day_on] = row.name
        calendars[name] = WorkingCalendar(
            name=name,
            weekend=plain.weekend,
            days_off=frozenset(off),
            extra_working=frozenset(on),
            names=words,
        )
    return calendars


@lru_cache(maxsize=64)
def plain_calendar(name: str, *, country: str, years: range) -> WorkingCalendar:
    """A country's calendar without any overlay, as the ``holidays`` library knows it."""
    import holidays

    if name not in WEEKENDS:
        raise Refusal("calendar.unknown", calendar=name, known=sorted(WEEKENDS))
    language = {"VN": "vi"}.get(country)
    try:
        known = holidays.country_holidays(country, years=years, language=language)
    except NotImplementedError:
        raise Refusal("calendar.country_unknown", country=country) from None
    swapped = frozenset(known.weekend_workdays) if name == _SWAPPING else frozenset()
    off = {day for day in known if name == _SWAPPING or not _is_swap(known[day])}
    return WorkingCalendar(
        name=name,
        weekend=WEEKENDS[name],
        days_off=frozenset(off) - swapped,
        extra_working=swapped,
        names={day: known[day] for day in off},
    )


def _is_swap(words: str) -> bool:
    return "thay cho ngày" in words
