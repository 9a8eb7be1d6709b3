"""The city's calendar: meetings are announced, moved, called off, or written down too late.

Knows how many days ahead an office announces, and what the post office reports when a quarter
has ended. Refuses to know what any of it makes owed: planning does, in the same transaction.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from camket.living import story
from camket.living.founding import COORDINATOR, PAPERS_DESK
from workflow import figures, meetings
from workflow.domain.announced import Happening
from workflow.examples.office_files import sheet_file
from workflow.figures import record_figures
from workflow.intake.figure_sheet import read_figures
from workflow.journal import Act
from workflow.meetings import cancel_event, move_event, record_event
from workflow.owing import bring_each_up_to_date
from workflow.store.agreements import obligation
from workflow.store.evidence import remember_file
from workflow.store.occasions import occasion
from workflow.store.tasks import task

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from camket.living.founding import City
    from workflow.domain.announced import Happening
    from workflow.files import FileStore

_DAYS_AHEAD: Final = 9
#: Requests come on their day: the term to answer runs from then.
_SHARE_OF_ORDERS: Final = "ty-le-dat-mua-bbn"
_ORDERS: Final = "mua-bbn"
#: Days after the end of a quarter on which the post office's share is entered.
_COUNTED_AFTER: Final = 11


@dataclass(slots=True, kw_only=True)
class Agenda:
    """What has been announced so far, and what became of it."""

    city: City
    files: FileStore
    scratch: Path
    recorded: int = 0
    moved: int = 0
    cancelled: int = 0
    figures: dict[str, Decimal] = field(default_factory=dict)
    _ids: dict[str, int] = field(default_factory=dict)

    def work(self, db: Connection, today: date, *, at: datetime) -> None:
        """Announce, move and call off what is to be told by today, and plan what follows."""
        changed: set[str] = set()
        for event in self.city.events:
            changed |= self._tell(db, event, today, at)
        codes = set(meetings.concerned(db, changed)) if changed else set()
        codes |= self._count_orders(db, today, at)
        bring_each_up_to_date(db, codes, act=Act(by="system:planner", at=at))

    def _tell(self, db: Connection, event: Happening, today: date, at: datetime) -> set[str]:
        number, on = event.number, event.happens_on
        by = PAPERS_DESK if event.addressed else COORDINATOR
        known = self._ids.get(number)
        if known is None:
            if today < _told_on(event):
                return set()
            happening = event
            self._ids[number] = record_event(db, happening, act=Act(by=by, at=at)).id
            self.recorded += 1
            return {event.kind}
        if number in story.MOVED:
            to, days = story.MOVED[number]
            if today >= on - timedelta(days=days):
                act = Act(by=by, at=at, reason="Dời lịch theo thông báo của văn phòng.")
                if move_event(db, known, to=to, act=act).outcome != "unchanged":
                    self.moved += 1
                    return {event.kind}
        if number in story.CANCELLED and today >= on - timedelta(days=story.CANCELLED[number]):
            act = Act(by=by, at=at, reason="Không tổ chức phiên họp trong tháng.")
            if cancel_event(db, known, act=act).outcome != "unchanged":
                self.cancelled += 1
                return {event.kind}
        return set()

    def _count_orders(self, db: Connection, today: date, at: datetime) -> set[str]:
        """Enter the share of units that ordered all their copies, from the post office's count."""
        quarter = _quarter_ended(today)
        if quarter is None or quarter in self.figures:
            return set()
        rows = db.execute(
            select(task.c.state)
            .join(obligation, obligation.c.id == task.c.obligation_id)
            .join(occasion, occasion.c.id == task.c.occasion_id)
            .where(
                task.c.agreement_id == self.city.agreement_id,
                task.c.is_history.is_(False),
                task.c.state.not_in(["cancelled", "waived"]),
                obligation.c.code == _ORDERS,
                occasion.c.key == quarter,
            )
        ).all()
        if quarter in story.COUNTED_BEFORE:
            self.figures[quarter] = story.COUNTED_BEFORE[quarter]
        elif rows:
            share = Decimal(100 * sum(row.state == "accepted" for row in rows)) / len(rows)
            self.figures[quarter] = share.quantize(Decimal("0.1"))
        else:
            return set()
        sheet = self.scratch / f"buu-dien-{quarter.lower()}.xlsx"
        sheet.write_bytes(
            sheet_file(
                [
                    ("figure", "period", "unit", "value"),
                    (_SHARE_OF_ORDERS, quarter, "", str(self.figures[quarter])),
                ],
                name="Bưu điện",
            )
        )
        act = Act(by=COORDINATOR, at=at)
        stored = self.files.store(io.BytesIO(sheet.read_bytes()))
        remember_file(db, stored.sha256, size=stored.size, at=at)
        said = list(read_figures(sheet))
        record_figures(db, said, source_sha256=stored.sha256, act=act)
        return set(figures.concerned(db, [_SHARE_OF_ORDERS]))


def _told_on(event: Happening) -> date:
    """The day on which an event is written down."""
    if event.addressed:
        return event.happens_on
    if event.number in story.RECORDED_LATE:
        return event.happens_on + timedelta(days=story.RECORDED_LATE[event.number])
    return event.happens_on - timedelta(days=_DAYS_AHEAD)


def _quarter_ended(today: date) -> str | None:
    """The quarter of which the post office's count is in by today, for a month from then on."""
    first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    if not timedelta(days=_COUNTED_AFTER - 1) <= today - first < timedelta(days=31):
        return None
    last = first - timedelta(days=1)
    return f"{last.year}-Q{(last.month - 1) // 3 + 1}"
