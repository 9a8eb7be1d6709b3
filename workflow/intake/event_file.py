"""Meetings and requests from a sheet or a calendar file (iCalendar, RFC 5545).

Knows how rows and calendar entries name an event. Refuses to know which kinds and units
there are, and to spread a recurring entry out: each meeting that makes a duty owed is
announced by itself. A file with a problem gives nothing, and names every problem.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol
from zoneinfo import ZoneInfo

from workflow.domain.announced import Happening
from workflow.domain.errors import InvalidFile, Problem
from workflow.domain.folding import tidied
from workflow.intake.cells import Cells
from workflow.intake.form import CODE_PATTERN, FIRST_DAY, LAST_DAY
from workflow.intake.places import file_bytes
from workflow.intake.sheet import naming, read_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COLUMNS: Final = {
    "kind": "kind", "loai": "kind", "loai hoi nghi": "kind",
    "convener": "convener", "chu tri": "convener", "don vi chu tri": "convener",
    "date": "date", "ngay": "date", "ngay hop": "date",
    "number": "number", "so": "number", "so hieu": "number",
    "title": "title", "noi dung": "title", "ten": "title",
    "place": "place", "dia diem": "place",
    "addressed": "addressed", "don vi duoc yeu cau": "addressed",
    "uid": "uid",
    "cancelled": "cancelled", "huy": "cancelled",
}  # fmt: skip
_CODE: Final = re.compile(CODE_PATTERN)
_MOST: Final = 5_000_000
_LONGEST_TITLE: Final = 300
_LONGEST_NUMBER: Final = 64


class _Entry(Protocol):
    """What of a calendar entry is asked."""

    def get(self, name: str, default: object = None) -> object: ...

    def decoded(self, name: str) -> object: ...


def read_events(
    source: Path | bytes,
    *,
    kind: str | None = None,
    convener: str | None = None,
    zone: str,
    file: str = "",
) -> tuple[Happening, ...]:
    """Read a sheet (.csv, .xlsx) or a calendar (.ics), whichever its bytes are.

    ``kind`` and ``convener`` stand in where the file names none; a calendar's category is
    its kind where it is a code. Days of a calendar are those of ``zone``. ``file`` names
    bytes that come from elsewhere. Raises ``InvalidFile``.
    """
    content = source if isinstance(source, bytes) else file_bytes(source, limit=_MOST)
    name = file if isinstance(source, bytes) else source.name
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].upper() == b"BEGIN:VCALENDAR":
        return _Calendar(content, name, kind=kind, convener=convener, zone=zone).events()
    return _sheet_events(content, name, kind=kind, convener=convener)


def _sheet_events(
    content: bytes, name: str, *, kind: str | None, convener: str | None
) -> tuple[Happening, ...]:
    needed = ["date", *(column for column, given in _given(kind, convener) if given is None)]
    problems: list[Problem] = []
    found: list[Happening] = []
    for row in read_sheet(content, named=naming(_COLUMNS), needed=needed, file=name):
        cells = Cells(row, problems)
        before = len(problems)
        day = cells.day("date", needed=True)
        said: dict[str, Any] = {
            "kind": cells.code("kind", needed=kind is None) or kind,
            "convener": cells.code("convener", needed=convener is None) or convener,
            "number": cells.text("number", limit=_LONGEST_NUMBER) or "",
            "title": cells.text("title", limit=_LONGEST_TITLE) or "",
            "place": cells.text("place", limit=_LONGEST_TITLE) or "",
            "addressed": cells.code("addressed"),
            "uid": cells.text("uid", limit=255),
            "is_cancelled": cells.truth("cancelled") or False,
        }
        if len(problems) == before and day is not None:
            found.append(Happening(happens_on=day, **said))
    if problems:
        raise InvalidFile(problems, file=name)
    return tuple(found)


def _given(kind: str | None, convener: str | None) -> tuple[tuple[str, str | None], ...]:
    return ("kind", kind), ("convener", convener)


class _Calendar:
    """One calendar file, entry by entry."""

    def __init__(
        self, content: bytes, name: str, *, kind: str | None, convener: str | None, zone: str
    ) -> None:
        self._content = content
        self._name = name
        self._kind = kind
        self._convener = convener
        self._zone = ZoneInfo(zone)
        self._problems: list[Problem] = []

    def events(self) -> tuple[Happening, ...]:
        """Every entry, or ``InvalidFile``."""
        found = [event for event in map(self._event, self._entries()) if event is not None]
        if not found and not self._problems:
            self._problems.append(Problem(code="events.none"))
        if self._problems:
            raise InvalidFile(self._problems, file=self._name)
        return tuple(found)

    def _entries(self) -> Iterator[tuple[str, _Entry]]:
        import icalendar

        try:
            calendars = icalendar.Calendar.from_ical(self._content, multiple=True)
            entries = [entry for calendar in calendars for entry in calendar.walk("VEVENT")]
        except (ValueError, KeyError, IndexError, TypeError) as fault:
            detail = str(fault).splitlines()[0][:120] if str(fault) else type(fault).__name__
            problem = Problem(code="events.not_a_calendar", facts={"detail": detail})
            raise InvalidFile([problem], file=self._name) from None
        for number, entry in enumerate(entries, start=1):
            uid = tidied(str(entry.get("UID", "")))[:80]
            yield f"VEVENT {number} {uid}".strip(), entry

    def _event(self, named: tuple[str, _Entry]) -> Happening | None:
        place, entry = named
        before = len(self._problems)
        if entry.get("RRULE") is not None or entry.get("RDATE") is not None:
            self._refuse(place, "events.recurring")
        kind = self._category(entry) or self._kind
        if kind is None:
            self._refuse(place, "events.kind_missing")
        if self._convener is None:
            self._refuse(place, "events.convener_missing")
        uid = tidied(str(entry.get("UID", "")))
        if not 0 < len(uid) <= 255:  # noqa: PLR2004 - as long as the database keeps
            self._refuse(place, "events.uid_missing")
        day = self._day(entry)
        if day is None:
            self._refuse(place, "events.day_missing")
        if len(self._problems) > before or kind is None or self._convener is None or day is None:
            return None
        return Happening(
            kind=kind,
            convener=self._convener,
            happens_on=day,
            title=tidied(str(entry.get("SUMMARY", "")))[:_LONGEST_TITLE],
            place=tidied(str(entry.get("LOCATION", "")))[:_LONGEST_TITLE],
            uid=uid,
            sequence=self._sequence(entry),
            is_cancelled=str(entry.get("STATUS", "")).upper() == "CANCELLED",
        )

    def _day(self, entry: _Entry) -> date | None:
        try:
            start = entry.decoded("DTSTART")
        except (KeyError, ValueError, TypeError):
            return None
        if isinstance(start, datetime):
            start = (start.astimezone(self._zone) if start.tzinfo else start).date()
        return start if isinstance(start, date) and FIRST_DAY <= start <= LAST_DAY else None

    def _category(self, entry: _Entry) -> str | None:
        found = entry.get("CATEGORIES")
        for one in found if isinstance(found, list) else [found]:
            for word in getattr(one, "cats", ()):
                text = tidied(str(word)).lower()
                if _CODE.search(text):
                    return text
        return None

    def _sequence(self, entry: _Entry) -> int:
        try:
            return max(0, min(int(str(entry.get("SEQUENCE", 0))), 2**31 - 1))
        except ValueError:
            return 0

    def _refuse(self, place: str, code: str) -> None:
        self._problems.append(Problem(code=code, path=place))
