"""When the task of an occasion opens, is due and must be reported, and why a day was moved.

Knows the due rule, the days of one occasion and one working calendar. Refuses to know units,
extensions and the hour: a due day becomes an instant in ``workflow.domain.timeliness``.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import TYPE_CHECKING, Final

from workflow.domain.agreement import Count, DueFrom
from workflow.domain.errors import Refusal
from workflow.domain.working_days import RollReason

if TYPE_CHECKING:
    from workflow.domain.agreement import Due, FixedDay
    from workflow.domain.working_days import WorkingCalendar

__all__ = ["Deadline", "RollReason", "deadline"]

_MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The days of one occasion: ``opens_on <= due_on``; ``unrolled_on`` is what the rule says.

    ``reasons`` tells why ``due_on`` differs from ``unrolled_on``, and is empty where it does
    not.
    """

    opens_on: date
    due_on: date
    report_by_on: date | None
    unrolled_on: date
    reasons: tuple[RollReason, ...]


def deadline(
    due: Due,
    *,
    anchor_on: date,
    from_on: date,
    until_on: date,
    calendar: WorkingCalendar,
    recorded_on: date | None = None,
) -> Deadline:
    """The days of an occasion whose period is ``[from_on, until_on)``.

    ``recorded_on`` is the day on which a meeting or request was written down. The order is:
    the fixed day, or the offset from its base; then the roll; ``opens`` and ``report_by``
    are counted from the rolled day, and neither is rolled itself. A task never opens after
    it is due: where the rule or a late record would have it so, it opens on its due day.

    Raises ``Refusal("deadline.out_of_range")`` or ``calendar.out_of_range`` for a day outside
    the years 1 to 9999.
    """
    try:
        unrolled_on = _unrolled(due, anchor_on, from_on, until_on, calendar)
        rolled = calendar.rolled(unrolled_on, due.roll)
        opens_on = recorded_on or from_on
        if due.opens is not None:
            opens_on = rolled.day - timedelta(days=due.opens)
        report_by_on = None
        if due.report_by is not None:
            report_by_on = _counted(rolled.day, due.report_by, due.count, calendar)
    except OverflowError:
        raise Refusal("deadline.out_of_range", anchor_on=anchor_on.isoformat()) from None
    return Deadline(
        opens_on=min(opens_on, rolled.day),
        due_on=rolled.day,
        report_by_on=report_by_on,
        unrolled_on=unrolled_on,
        reasons=rolled.reasons,
    )


def _unrolled(
    due: Due, anchor_on: date, from_on: date, until_on: date, calendar: WorkingCalendar
) -> date:
    last_on = until_on - timedelta(days=1)
    if due.fixed is not None:
        return _fixed_day(due.fixed, from_on=from_on, until_on=until_on, last_on=last_on)
    base = {DueFrom.START: from_on, DueFrom.END: last_on, DueFrom.DAY: anchor_on}[due.reckoned]
    return _counted(base, due.offset, due.count, calendar)


def _counted(day: date, days: int, count: Count, calendar: WorkingCalendar) -> date:
    if count is Count.WORKING:
        return calendar.add(day, days)
    return day + timedelta(days=days)


def _fixed_day(fixed: FixedDay, *, from_on: date, until_on: date, last_on: date) -> date:
    """A day of a month of the period.

    A period has as many months as lie from its first day to the day after its last, at
    least one, and they end with the month of its last day. So the first quarter of ``nd09``
    (15/12 to 14/3) has January, February and March, and "the 25th of its last month" is the
    25th of March (Nghị định 09/2019/NĐ-CP, article 13). Months go on past both ends: month
    0 is the one before the period, month 4 of a quarter the one after.
    """
    last_month = _month_number(last_on)
    months = max(_month_number(until_on) - _month_number(from_on), 1)
    # From the front, month 1 is the first; from the back, month -1 is the last.
    from_last = fixed.month + 1 if fixed.month < 0 else fixed.month - months
    year, before = divmod(last_month + from_last, _MONTHS_A_YEAR)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError
    _, length = monthrange(year, before + 1)
    return date(year, before + 1, min(fixed.day, length))


def _month_number(day: date) -> int:
    return day.year * _MONTHS_A_YEAR + day.month - 1
