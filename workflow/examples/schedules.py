"""Weekly schedules of work (lịch công tác tuần) as offices lay them out, in Excel and in Word.

Knows the headings, and that the cells of a day are merged. Refuses to know which entries
are meetings that anybody waits for. All bytes are reproducible.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from workflow.examples.office_files import Cell, Grid, Paragraph, sheet_file, word_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

_WEEKDAYS: Final = ("Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy")
_SCHEDULE_HEADINGS: Final = (
    "Thứ, ngày", "Buổi", "Thời gian", "Nội dung", "Chủ trì", "Thành phần", "Địa điểm",
    "Đơn vị chuẩn bị",
)  # fmt: skip
_NOON: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEntry:
    """One line of an office's weekly schedule; it is in the afternoon from 12 o'clock."""

    on: date
    hour: int
    content: str
    chair: str = ""
    participants: str = ""
    place: str = ""
    prepared_by: str = ""
    minute: int = 0

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as the table writes it, day and part of the day in each."""
        weekday = self.on.weekday()
        name = "Chủ nhật" if weekday == len(_WEEKDAYS) else f"Thứ {_WEEKDAYS[weekday]}"
        return (
            f"{name} {self.on.day}/{self.on.month}",
            "Sáng" if self.hour < _NOON else "Chiều",
            f"{self.hour}h{self.minute:02d}",
            self.content,
            self.chair,
            self.participants,
            self.place,
            self.prepared_by,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePaper:
    """The schedule of work of an office for one week (lịch công tác tuần), by day and hour."""

    office: str
    number: int
    from_on: date
    last_on: date
    entries: tuple[ScheduleEntry, ...]

    @property
    def title(self) -> str:
        """``LỊCH CÔNG TÁC TUẦN 11 (từ 11/3/2024 đến 17/3/2024)``."""
        days = (f"{day.day}/{day.month}/{day.year}" for day in (self.from_on, self.last_on))
        return f"LỊCH CÔNG TÁC TUẦN {self.number} (từ {' đến '.join(days)})"

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The lines below the headings, in the order of days and hours."""
        ordered = sorted(self.entries, key=lambda one: (one.on, one.hour, one.minute))
        return tuple(entry.cells for entry in ordered)

    @property
    def joined(self) -> frozenset[tuple[int, int]]:
        """Which cells are one with those above: the day, and within a day its morning."""
        pairs = enumerate(pairwise(self.rows), start=1)
        return frozenset(
            (at, column)
            for at, (before, after) in pairs
            for column in (0, 1)
            if before[: column + 1] == after[: column + 1]
        )


def schedule_xlsx(paper: SchedulePaper) -> bytes:
    """The schedule as a workbook, the cells of a day merged."""
    above: list[Sequence[Cell]] = [(paper.office.upper(),), (paper.title,), _SCHEDULE_HEADINGS]
    rows = [
        ["" if (at, column) in paper.joined else cell for column, cell in enumerate(cells)]
        for at, cells in enumerate(paper.rows)
    ]
    merged = ["A1:H1", "A2:H2"]
    for column, letter in enumerate("AB"):
        starts = [at for at in range(len(rows)) if (at, column) not in paper.joined]
        for first, after in pairwise([*starts, len(rows)]):
            if after - first > 1:
                offset = len(above) + 1
                merged.append(f"{letter}{first + offset}:{letter}{after - 1 + offset}")
    return sheet_file([*above, *rows], name=f"Tuần {paper.number}", merged=merged)


def schedule_docx(paper: SchedulePaper) -> bytes:
    """The schedule as a Word file, the cells of a day merged."""
    rows = (_SCHEDULE_HEADINGS, *paper.rows)
    joined = frozenset((at + 1, column) for at, column in paper.joined)
    grid = Grid(
        rows=tuple(
            tuple(
                () if (at, column) in joined else (Paragraph(text=cell, align="left"),)
                for column, cell in enumerate(cells)
            )
            for at, cells in enumerate(rows)
        ),
        joined=joined,
    )
    return word_file(
        [
            Paragraph(text=paper.office.upper(), align="center"),
            Paragraph(text=paper.title, align="center", is_bold=True),
            grid,
            Paragraph(text="Ghi chú: lịch có thể thay đổi theo yêu cầu công việc.", align="left"),
        ]
    )
