"""Days off and days worked, from a sheet with the columns date, kind, name, calendar.

Knows how a row is written, in English or Vietnamese. Refuses to know which calendars there
are: they are an argument. A sheet with a problem gives nothing, and names every problem.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from workflow.domain.errors import InvalidFile, Problem
from workflow.domain.folding import fold
from workflow.domain.working_days import EVERY_CALENDAR, DayChange
from workflow.intake.form import suggested_day
from workflow.intake.sheet import naming, read_sheet

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from workflow.intake.sheet import Row

_COLUMNS: Final = {
    "date": "date", "ngay": "date",
    "kind": "kind", "loai": "kind",
    "name": "name", "ten": "name", "ten ngay": "name",
    "calendar": "calendar", "lich": "calendar", "lich lam viec": "calendar",
}  # fmt: skip
# Whether the day is off.
_KINDS: Final = {
    "off": True, "nghi": True, "ngay nghi": True,
    "work": False, "lam": False, "lam viec": False, "lam bu": False,
}  # fmt: skip
_LONGEST_NAME: Final = 200


def read_days(
    source: Path | bytes, *, calendars: Collection[str], file: str = ""
) -> tuple[DayChange, ...]:
    """Read a sheet of changed days (.csv or .xlsx), in the order of its rows.

    ``kind`` is ``off`` or ``work`` (``nghỉ``, ``làm việc``); a day is written 2026-01-02 or
    02/01/2026; an empty ``calendar`` means every one. Raises ``InvalidFile``.
    """
    days: dict[tuple[str, date], DayChange] = {}
    problems: list[Problem] = []
    named = naming(_COLUMNS)
    for row in read_sheet(source, named=named, needed=("date", "kind"), file=file):
        found = _change(row, calendars)
        if not isinstance(found, DayChange):
            problems.extend(found)
        elif (found.calendar, found.day_on) in days:
            day = found.day_on.isoformat()
            problems.append(row.problem("date", "days.twice", day_on=day, calendar=found.calendar))
        else:
            days[found.calendar, found.day_on] = found
    if problems:
        raise InvalidFile(problems, file=file or (source.name if isinstance(source, Path) else ""))
    return tuple(days.values())


def _change(row: Row, calendars: Collection[str]) -> DayChange | list[Problem]:
    problems: list[Problem] = []
    written, kind, name = row.text("date"), row.text("kind"), row.text("name")
    calendar = row.text("calendar") or EVERY_CALENDAR
    day, is_off = suggested_day(written), _KINDS.get(fold(kind))
    if day is None:
        problems.append(row.problem("date", "days.bad_date", given=written[:40]))
    if is_off is None:
        problems.append(row.problem("kind", "days.bad_kind", given=kind[:40]))
    if calendar not in {EVERY_CALENDAR, *calendars}:
        facts = {"calendar": calendar[:40], "known": sorted(calendars)}
        problems.append(row.problem("calendar", "calendar.unknown", **facts))
    if len(name) > _LONGEST_NAME:
        problems.append(row.problem("name", "days.name_too_long", limit=_LONGEST_NAME))
    if problems or day is None or is_off is None:
        return problems
    return DayChange(calendar=calendar, day_on=day, is_off=is_off, name=name)
