"""Working calendars of a country: its public holidays, what they miss, and our overlay.

Knows which calendars there are and where their days come from, in three layers: the
``holidays`` library, the shipped corrections to it, and the overlay that an administrator
edits; the later holds. Refuses to know who keeps which calendar, and what a due day is:
whoever changes the overlay plans anew in the same transaction.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from workflow import journal
from workflow.domain.errors import Refusal
from workflow.domain.working_days import EVERY_CALENDAR, DayChange, WorkingCalendar
from workflow.intake.day_sheet import read_days
from workflow.store.days import lay_over, overlaid_days, take_off

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from holidays import HolidayBase
    from sqlalchemy import Connection, Row

    from workflow.journal import Act

#: Weekdays off by calendar. Only who has both days off swaps them (hoán đổi).
WEEKENDS: Final[Mapping[str, frozenset[int]]] = {
    "office": frozenset({5, 6}),
    "six_day": frozenset({6}),
    "every_day": frozenset(),
}
SWAPPING: Final = "office"
#: Swaps that the library does not know, by country.
CORRECTIONS: Final = {"VN": Path(__file__).parent / "examples" / "vn-days-off.csv"}
_LANGUAGES: Final = {"VN": "vi"}


class Source(StrEnum):
    """Why a day stands in the list of a calendar."""

    COUNTRY = "country"
    OVERLAY = "overlay"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDay:
    """A day that is off, or worked although it lies on the weekend."""

    day_on: date
    is_off: bool
    name: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many days of an import were new, said something else before, or said the same."""

    added: int
    changed: int
    same: int


# --- asked ---------------------------------------------------------------------


def working_calendars(
    db: Connection, *, country: str, years: range, names: Iterable[str]
) -> dict[str, WorkingCalendar]:
    """The working calendars of these names for these years, overlay included.

    Raises ``Refusal("calendar.unknown")`` and ``Refusal("calendar.country_unknown")``.
    """
    return changed_calendars(_overlay(db), country=country, years=years, names=names)


def changed_calendars(
    changes: Iterable[DayChange], *, country: str, years: range, names: Iterable[str]
) -> dict[str, WorkingCalendar]:
    """The same with these changes instead of the stored overlay, for what has no database."""
    laid = list(changes)
    return {
        name: plain_calendar(name, country=country, years=years).changed(laid) for name in names
    }


def listed_days(db: Connection, *, country: str, year: int, calendar: str) -> list[ListedDay]:
    """The days of a year on which a calendar departs from its week, in order."""
    years = range(year, year + 1)
    found = working_calendars(db, country=country, years=years, names=[calendar])[calendar]
    laid = {
        change.day_on for change in _overlay(db) if change.calendar in {EVERY_CALENDAR, calendar}
    }
    return [
        ListedDay(
            day_on=day,
            is_off=day in found.days_off,
            name=found.names.get(day, ""),
            source=Source.OVERLAY if day in laid else Source.COUNTRY,
        )
        for day in sorted(found.days_off | found.extra_working)
        if day.year == year
    ]


@lru_cache(maxsize=64)
def plain_calendar(name: str, *, country: str, years: range) -> WorkingCalendar:
    """A country's calendar without the overlay. Raises as ``working_calendars`` does."""
    if name not in WEEKENDS:
        raise Refusal("calendar.unknown", calendar=name, known=sorted(WEEKENDS))
    weekend = WEEKENDS[name]
    if name == SWAPPING:
        known = _holidays(country, years, is_observed=True)
        # The library also lists the worked days of years that were not asked for.
        worked = frozenset(day for day in known.weekend_workdays if day.year in years)
        names = {day: known[day] for day in known if day not in worked}
    else:
        worked = frozenset()
        names = _unswapped(_holidays(country, years, is_observed=False), country, weekend)
    plain = WorkingCalendar(
        name=name,
        weekend=weekend,
        days_off=frozenset(names),
        extra_working=worked,
        names=names,
    )
    return plain.changed(one for one in _corrections(country) if one.day_on.year in years)


@lru_cache(maxsize=8)
def _corrections(country: str) -> tuple[DayChange, ...]:
    file = CORRECTIONS.get(country)
    return read_days(file, calendars=WEEKENDS) if file else ()


def _holidays(country: str, years: range, *, is_observed: bool) -> HolidayBase:
    import holidays

    try:
        return holidays.country_holidays(
            country, years=years, language=_LANGUAGES.get(country), observed=is_observed
        )
    except NotImplementedError:
        raise Refusal("calendar.country_unknown", country=country) from None


def _unswapped(known: HolidayBase, country: str, weekend: frozenset[int]) -> dict[date, str]:
    """The statutory days alone, each made up for where it lies on the weekly day of rest.

    In Vietnam that is the next day worked (Bộ luật Lao động 2019, điều 111); of other
    countries' rules nothing is assumed.
    """
    label = getattr(known, "substituted_label", None) or "%s"
    swap = label.partition("%s")[0]
    names = {
        day: known[day]
        for day in known
        if not (swap and all(name.startswith(swap) for name in known.get_list(day)))
    }
    if country == "VN":
        for day in sorted(names):
            made_up = day
            while day.weekday() in weekend and (made_up.weekday() in weekend or made_up in names):
                made_up += timedelta(days=1)
            names.setdefault(made_up, known.observed_label % names[day])
    return names


# --- changed -------------------------------------------------------------------


def import_overlay(db: Connection, changes: Iterable[DayChange], *, act: Act) -> Imported:
    """Lay days over the calendars; a day that was laid over before gives way.

    Importing the same again writes nothing. Raises ``Refusal("calendar.unknown")`` and
    then writes nothing either.
    """
    wanted = {(change.calendar, change.day_on): change for change in changes}
    for change in wanted.values():
        if change.calendar not in {EVERY_CALENDAR, *WEEKENDS}:
            raise Refusal("calendar.unknown", calendar=change.calendar, known=sorted(WEEKENDS))
    known = {(one.calendar, one.day_on): one for one in _overlay(db)}
    new = [change for place, change in wanted.items() if known.get(place) != change]
    replaced = [
        known[change.calendar, change.day_on]
        for change in new
        if (change.calendar, change.day_on) in known
    ]
    if new:
        stamp = {"recorded_by": act.by, "recorded_at": act.at}
        lay_over(db, [asdict(change) | stamp for change in new])
        _journal(db, "calendar.changed", act, before=replaced, after=new)
    return Imported(
        added=len(new) - len(replaced), changed=len(replaced), same=len(wanted) - len(new)
    )


def remove_overlay(db: Connection, *, calendar: str, day_on: date, act: Act) -> None:
    """Let a day be again what the country has. Raises ``Refusal("calendar.day_not_laid")``."""
    row = take_off(db, calendar, day_on)
    if row is None:
        raise Refusal("calendar.day_not_laid", calendar=calendar, day_on=day_on.isoformat())
    _journal(db, "calendar.changed", act, before=[_change(row)], after=[])


def _overlay(db: Connection) -> list[DayChange]:
    return [_change(row) for row in overlaid_days(db)]


def _change(row: Row[Any]) -> DayChange:
    return DayChange(calendar=row.calendar, day_on=row.day_on, is_off=row.is_off, name=row.name)


def _journal(
    db: Connection, verb: str, act: Act, *, before: list[DayChange], after: list[DayChange]
) -> None:
    journal.record(
        db,
        act=act,
        verb=verb,
        subject=("day_overlay", None),
        before={"days": [asdict(change) for change in before]},
        after={"days": [asdict(change) for change in after]},
    )
