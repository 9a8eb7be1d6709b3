"""Living through the example, one working day after the other.

Knows the order of a day: by night what has passed is served; in the morning the calendar, the
desk and the offices act, each in its turn, in one transaction; by evening the workers have
read everything. Refuses to know what each of them does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from camket.living.agenda import Agenda
from camket.living.desk import Desk
from camket.living.founding import STARTS_ON, ZONE, City, instant
from camket.living.offices import Offices
from workflow.calendars import plain_calendar
from workflow.domain.periods import reporting_year
from workflow.domain.triggers import Length
from workflow.files import FileStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Engine

    from tasks.embedded import Embedded
    from workflow.domain.clock import SteppedClock
    from workflow.domain.periods import Period
    from workflow.domain.working_days import WorkingCalendar

#: Days after a quarter's end on which submissions are cut off, and on which it is reported:
#: what may be handed in five working days later is in by then, and has been looked at.
CUT_OFF_AFTER: Final = 8
REPORTED_AFTER: Final = 13
_CALENDAR: Final = "07:45"
_DESK: Final = "08:15"
_OFFICES: Final = "09:00"
_EVENING: Final = "17:00"
#: Wednesday and Friday: the evenings by which what came in since the last one has been read.
#: Every evening would be truer to life, and twice as long to watch.
_EVENINGS: Final = frozenset({2, 4})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A day that has been lived: the quarter that is reported on it, if one is."""

    on: date
    reports: Period | None


class Life:
    """The city at work under a clock that only this moves."""

    def __init__(
        self, engine: Engine, embedded: Embedded, clock: SteppedClock, city: City, folder: Path
    ) -> None:
        self._engine = engine
        self._embedded = embedded
        self._clock = clock
        self._city = city
        files = FileStore(root=folder / "evidence")
        calendar = _calendar(city)
        self.agenda = Agenda(city=city, files=files, scratch=folder)
        kinds = {key: unit.kind for key, unit in city.world.units.items()}
        self.desk = Desk(agreement_id=city.agreement_id, zone=ZONE, kinds=kinds)
        self.offices = Offices(
            world=city.world, agreement_id=city.agreement_id, files=files, calendar=calendar
        )
        self._is_working_day = calendar.is_working

    def days(self, quarters: int) -> Iterator[Ended]:
        """Live until the report on so many quarters is due; each day is given when it has ended.

        At its end everything that was due has been served and read.
        """
        waiting = list(self.quarters(quarters))
        today, lived = STARTS_ON, list[date]()
        while waiting:
            if self._is_working_day(today):
                lived.append(today)
            is_reported = today >= waiting[0].until_on + timedelta(days=REPORTED_AFTER - 1)
            if lived and (is_reported or today.weekday() in _EVENINGS):
                self._live(lived)
                lived.clear()
                yield Ended(on=today, reports=waiting.pop(0) if is_reported else None)
            today += timedelta(days=1)

    def quarters(self, count: int) -> list[Period]:
        """The first quarters that are tracked."""
        says = self._city.world.says
        year = reporting_year(says.settings.reporting)
        found = [year.period_containing(says.tracked_from, Length.QUARTER)]
        while len(found) < count:
            found.append(year.following(found[-1]))
        return found

    def _live(self, days: Sequence[date]) -> None:
        with self._engine.begin() as db:
            for day in days:
                self.agenda.work(db, day, at=instant(day, _CALENDAR))
                self.desk.work(db, day, at=instant(day, _DESK))
                self.offices.work(db, day, at=instant(day, _OFFICES))
        self._clock.move_to(instant(days[-1], _EVENING))
        self._embedded.until_idle()


def _calendar(city: City) -> WorkingCalendar:
    says = city.world.says
    years = range(says.tracked_from.year - 1, says.ends_on.year + 1)
    return plain_calendar("office", country=says.settings.country, years=years)
