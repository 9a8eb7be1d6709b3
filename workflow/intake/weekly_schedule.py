"""An office's weekly schedule of work (lịch công tác tuần), read from its .xlsx or .docx table.

Finds the table by its headings whatever stands above and below, lets merged and empty day
cells go on, and takes several entries of one cell apart by their hours. Days are read by
``schedule_days``. Refuses to judge which entries are meetings that anybody cares about: that
is ``workflow.schedules``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from workflow.domain.errors import InvalidFile, Problem
from workflow.domain.folding import fold, tidied
from workflow.domain.schedule import PartOfDay, ScheduleRow, WeeklySchedule
from workflow.intake.office_tables import office_pages
from workflow.intake.schedule_days import (
    Week,
    day_meant,
    names_a_day,
    names_a_weekday,
    week_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from workflow.intake.office_tables import Line, OfficePage

#: More entries than these are no week of one office.
MOST_ROWS: Final = 250
_HEADING_WITHIN: Final = 40
_LONGEST: Final = 300
_SIGNS: Final = re.compile(r"[^a-z0-9]+")
_HEADINGS: Final = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"^(?:don vi|co quan|phong)?\s?(?:tham muu|chuan bi|phu trach|phuc vu)", "prepared_by"),
        (r"^(?:thu|ngay)(?: |$)", "day"),
        (r"^buoi$", "part"),
        (r"^(?:gio|thoi gian|thoi diem)(?: |$)", "hour"),
        (r"^(?:buoi )?sang$", "morning"),
        (r"^(?:buoi )?chieu$", "afternoon"),
        (r"^(?:noi dung|cong viec)", "content"),
        (r"chu tri|chu toa|^lanh dao", "chair"),
        (r"^(?:thanh phan|du hop|nguoi du)", "participants"),
        (r"^(?:dia diem|noi hop|noi lam viec)", "place"),
    )
)  # fmt: skip
_HOUR: Final = re.compile(
    r"^\W*(?:(?P<part>sáng|chiều|tối)\W{0,3})?(?:lúc |từ |vào )?"
    r"(?P<h>[01]?[0-9]|2[0-3])\s?(?:h|giờ|g|:)\s?(?P<m>[0-5][0-9])?(?![0-9])"
    r"(?:\s?[-–]\s?[0-2]?[0-9]\s?(?:h|giờ|g|:)\s?(?:[0-5][0-9])?)?(?:\s?phút)?\W*",
    re.IGNORECASE,
)
_OFF: Final = re.compile(
    r"^\W*(?:tạm )?(?:hoãn|hủy|huỷ)\b|\((?:tạm |đã )?(?:hoãn|hủy|huỷ)\b", re.IGNORECASE
)
_PARTS: Final = {
    "sang": PartOfDay.MORNING,
    "chieu": PartOfDay.AFTERNOON,
    "toi": PartOfDay.EVENING,
}
_WITHIN: Final = tuple(
    (re.compile(rf"^\W*(?:{pattern})\s?:\s?", re.IGNORECASE), name)
    for pattern, name in (
        (r"(?:đồng chí |người |đơn vị )?chủ trì", "chair"),
        (r"thành phần(?: dự| tham dự| tham gia)?", "participants"),
        (r"địa điểm|tại", "place"),
        (r"(?:đơn vị |cơ quan )?chuẩn bị(?: nội dung)?", "prepared_by"),
    )
)
_IS_SCHEDULE: Final = re.compile(r"\blich (?:cong tac|lam viec|hop|tuan|cua)\b")
_NOON: Final = 12
_EVENING: Final = 18


@dataclass(slots=True)
class _Now:
    """Where in the week reading has come to."""

    day: str = ""
    part: PartOfDay | None = None


def read_schedule(content: bytes, *, near: date, file: str = "") -> WeeklySchedule:
    """Read the entries of a weekly schedule.

    ``near`` is the day that gives the year where the file names none. An entry whose day
    cannot be told is given with its doubt. Raises ``InvalidFile``: what ``office_pages``
    raises, ``schedule.no_table``, ``schedule.empty``, ``schedule.too_long``.
    """
    title, week = "", Week()
    rows: list[ScheduleRow] = []
    is_found = False
    for page in office_pages(content, file=file):
        heading = _heading(page)
        if heading is None:
            continue
        at, columns = heading
        above = [cell for line in page.lines[:at] for cell in dict.fromkeys(line.cells) if cell]
        named = week_of("\n".join([page.name, *above]))
        if not is_found or named.from_on:
            week = named
        if not is_found:
            title = next((tidied(one) for one in above if _IS_SCHEDULE.search(fold(one))), "")
        is_found = True
        # Where each day has a table of its own, its name stands above the headings.
        day = next((one for one in reversed(above) if names_a_weekday(one)), "")
        now = _Now(day=day if names_a_day(day) else "")
        rows += _rows(page.lines[at + 1 :], columns, week=week, near=near, now=now, count=len(rows))
    if not is_found:
        raise _refused("schedule.no_table", file)
    if not rows:
        raise _refused("schedule.empty", file)
    if len(rows) > MOST_ROWS:
        raise _refused("schedule.too_long", file, limit=MOST_ROWS)
    return WeeklySchedule(
        title=title[:_LONGEST], from_on=week.from_on, until_on=week.until_on, rows=tuple(rows)
    )


def is_schedule(content: bytes) -> bool:
    """Whether a file is a schedule for people, and no sheet of meetings with our columns.

    It is where it has the columns of one and says so above them, or names days of the week. A
    Word document can be nothing else that is read here.
    """
    try:
        pages = office_pages(content)
    except InvalidFile:
        return False
    for page in pages:
        if page.is_document:
            return True
        heading = _heading(page)
        if heading is None:
            continue
        at, columns = heading
        above = (fold(cell) for line in page.lines[:at] for cell in line.cells)
        if any(_IS_SCHEDULE.search(text) for text in above):
            return True
        days = (line.cell(columns.get("day", 0)) for line in page.lines[at + 1 :])
        if any(names_a_weekday(day) for day in days):
            return True
    return False


def _heading(page: OfficePage) -> tuple[int, dict[str, int]] | None:
    """Where the headings stand, and which column is what.

    The fullest line counts, the first of equal ones; but headings of two lines end with the
    second.
    """
    best: tuple[int, dict[str, int]] | None = None
    for at, line in enumerate(page.lines[:_HEADING_WITHIN]):
        columns = _columns(line)
        has_content = "content" in columns or {"morning", "afternoon"} <= columns.keys()
        if not has_content or len(columns) < 2:  # noqa: PLR2004 - one word is no row of headings
            continue
        if (
            best is None
            or len(columns) > len(best[1])
            or (at == best[0] + 1 and len(columns) == len(best[1]))
        ):
            best = at, columns
    if best is not None and "day" not in best[1] and "hour" in best[1]:
        # "Thời gian" alone holds the day, and often the hour with it.
        best[1]["day"] = best[1]["hour"]
    return best


def _columns(line: Line) -> dict[str, int]:
    columns: dict[str, int] = {}
    for column, cell in enumerate(line.cells):
        text = _SIGNS.sub(" ", fold(cell)).strip()
        for pattern, name in _HEADINGS:
            if len(text) <= 60 and pattern.search(text):  # noqa: PLR2004 - a heading is short
                columns.setdefault(name, column)
                break
    return columns


def _rows(
    lines: Sequence[Line],
    columns: Mapping[str, int],
    *,
    week: Week,
    near: date,
    now: _Now,
    count: int,
) -> Iterator[ScheduleRow]:
    for line in lines:
        if len(_columns(line)) > 1 and not names_a_day(line.cell(columns.get("day"))):
            continue  # The headings once more, on a new page or for a new day.
        said = {cell for cell in line.cells if cell}
        if len(said) == 1:
            (only,) = said
            if names_a_day(only):
                now.day, now.part = only, _part(only)
                continue
            if fold(only) in _PARTS or fold(only).removeprefix("buoi ") in _PARTS:
                now.part = _part(only)
                continue
            if len(line.cells) == 1:
                continue  # A paragraph between tables: a greeting, a note, a signature.
        for row in _entries(line, columns, now):
            meant = day_meant(now.day, week=week, near=near)
            doubts = (*meant.doubts, *row.doubts)
            yield replace(row, index=count, happens_on=meant.on, doubts=doubts)
            count += 1


def _entries(line: Line, columns: Mapping[str, int], now: _Now) -> Iterator[ScheduleRow]:
    day = line.cell(columns.get("day"))
    if day and day != now.day and (names_a_day(day) or columns["day"] != columns.get("hour")):
        now.day, now.part = day, None
    part = _part(line.cell(columns.get("part"))) or _part(day)
    now.part = part or now.part
    hour = line.cell(columns.get("hour"))
    for name in ("content", "morning", "afternoon"):
        text = line.cell(columns.get(name))
        is_half = name != "content" and name in columns
        half = PartOfDay(name) if is_half else now.part
        for entry in _apart(text):
            row = _entry(entry, "" if is_half else hour, half, line, columns)
            if row is not None:
                yield row


def _apart(text: str) -> Iterator[list[str]]:
    """The entries of one cell: each begins with an hour; without any, the cell is one."""
    entry: list[str] = []
    for line in text.split("\n"):
        if entry and _HOUR.match(line):
            yield entry
            entry = []
        if line.strip():
            entry.append(line)
    if entry:
        yield entry


def _entry(
    lines: list[str],
    hour: str,
    part: PartOfDay | None,
    line: Line,
    columns: Mapping[str, int],
) -> ScheduleRow | None:
    found = _HOUR.match(lines[0])
    if found:
        lines = [lines[0][found.end() :], *lines[1:]]
    found = found or _hour_in(hour)
    said: dict[str, str] = {}
    rest: list[str] = []
    for one in lines:
        for pattern, name in _WITHIN:
            if pattern.match(one):
                said[name] = pattern.sub("", one)
                break
        else:
            rest.append(one)
    content = tidied(" ".join(rest)).lstrip("-–+•* ")
    if not content:
        return None
    told = f"{int(found['h']):02d}h{found['m'] or '00'}" if found else ""

    def text(name: str) -> str:
        return tidied(line.cell(columns.get(name)) or said.get(name, ""))[:_LONGEST]

    if found:
        part = _part(found["part"] or "") or _part_at(int(found["h"]))
    return ScheduleRow(
        index=0,
        line=line.number,
        happens_on=None,
        content=content[:_LONGEST],
        part=part,
        hour=told,
        chair=text("chair"),
        participants=text("participants"),
        place=text("place"),
        prepared_by=text("prepared_by"),
        is_off=any(_OFF.search(cell) for cell in (content, *line.cells)),
    )


def _hour_in(text: str) -> re.Match[str] | None:
    """The hour in a cell of its own, which may begin with the day or the part of it."""
    found = (_HOUR.match(part) for part in re.split(r"[\n,;]|(?<=\d) (?=\d{1,2}\s?[hg:])", text))
    return next((one for one in found if one), None)


def _part(text: str) -> PartOfDay | None:
    words = fold(text).split()
    return next(
        (_PARTS[word.strip(".,:()-")] for word in words if word.strip(".,:()-") in _PARTS), None
    )


def _part_at(hour: int) -> PartOfDay:
    if hour < _NOON:
        return PartOfDay.MORNING
    return PartOfDay.AFTERNOON if hour < _EVENING else PartOfDay.EVENING


def _refused(code: str, file: str, **facts: object) -> InvalidFile:
    return InvalidFile([Problem(code=code, facts=facts)], file=file)
