"""Counting tasks by box in the database, as ``domain/tally.py`` counts them one by one.

Knows the predicates of boxes and shares over stored days. Refuses to know clauses,
names and rates: it gives numbers by obligation and unit, and everything else is a sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import (
    Integer,
    and_,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)

from workflow.domain.tally import BANDS, Box, Share
from workflow.domain.timeliness import day_of
from workflow.store.occasions import occasion
from workflow.store.past import occasion_then
from workflow.store.standing import standings
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime, tzinfo

    from sqlalchemy import ColumnElement, Connection, Select

    from workflow.store.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a table covers: the days ``[from_on, until_on)``, judged at its cut-off.

    What belongs to an earlier day is carried over where it was outstanding at
    ``previous_cut_off``. Days and cut-offs are those of one zone.
    """

    from_on: date
    until_on: date
    previous_cut_off: datetime
    cut_off: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a table counts a task: how it came there, its box, and what time did to it.

    ``band`` is set for what is overdue; ``is_past_due`` for what waits for a
    verdict although its due day has passed.
    """

    share: Share
    box: Box
    band: int | None = None
    is_past_due: bool = False


#: How many tasks of an obligation, and of a unit where asked, stand at the same places:
#: ``(obligation_id, unit_id, number, *places)`` with a key of ``PLACES`` for each window
#: asked for, in their order; None where the window does not hold these tasks. As the
#: database gives it: there may be hundreds of thousands.
Tally: TypeAlias = tuple[int, int | None, int, *tuple[int | None, ...]]


def tallied(
    db: Connection,
    agreement_id: int,
    *,
    windows: Sequence[Window],
    as_of: datetime,
    within: ColumnElement[bool] | None = None,
    by_unit: bool = True,
) -> Sequence[Tally]:
    """Count the tasks of an agreement in every window at once, in one statement.

    Verdicts, extensions and concessions are those of ``as_of``, whatever has
    happened since. ``within`` limits the tasks to somebody's scope. Tallies of
    the same obligation, unit and places are to be added.
    """
    counting = [
        _counting(standing, windows, as_of=as_of, within=within, by_unit=by_unit)
        for standing in standings(agreement_id, as_of=as_of)
    ]
    return db.execute(union_all(*counting)).all()


def _counting(
    standing: Standing,
    windows: Sequence[Window],
    *,
    as_of: datetime,
    within: ColumnElement[bool] | None,
    by_unit: bool,
) -> Select[Any]:
    held = [is_held(standing, window, as_of=as_of) for window in windows]
    places = [place_in(standing, window) for window in windows]
    if len(windows) > 1:
        places = [
            case((is_in, place), else_=null()) for is_in, place in zip(held, places, strict=True)
        ]
    unit_id = task.c.unit_id if by_unit else null()
    # Grouped by ordinals: parameters written twice are different to PostgreSQL.
    keys = [1, *([2] if by_unit else []), *range(4, 4 + len(places))]
    counting = (
        select(task.c.obligation_id, unit_id, func.count(), *places)
        .select_from(standing.source)
        .where(standing.within, or_(*held))
        .group_by(*(literal_column(str(key)) for key in keys))
    )
    return counting if within is None else counting.where(within)


def is_held(standing: Standing, window: Window, *, as_of: datetime) -> ColumnElement[bool]:
    """Whether a window holds a task: it belongs there, or is carried over into it."""
    belongs_on = standing.facts["belongs_on"]
    state, submitted_at = standing.facts["state"], standing.facts["submitted_at"]
    before = window.previous_cut_off
    caused_at = func.coalesce(
        occasion_then("caused_at", as_of=as_of),
        # A cause moved before past days were kept had, as far as can be told, not been moved.
        case((occasion.c.caused_at <= as_of, occasion.c.caused_at), else_=occasion.c.recorded_at),
    )
    is_outstanding = or_(
        case(
            (state == "accepted", submitted_at > before),
            (state.in_(["waived", "cancelled"]), standing.since > before),
            else_=true(),
        ),
        task.c.occasion_id.in_(select(occasion.c.id).where(caused_at > before)),
    )
    return and_(belongs_on < window.until_on, or_(belongs_on >= window.from_on, is_outstanding))


def place_in(standing: Standing, window: Window) -> ColumnElement[int]:
    """Where a window that holds a task counts it: a key of ``PLACES``."""
    is_assigned = standing.facts["belongs_on"] >= window.from_on
    return _box(standing.facts, window.cut_off, window.zone) + case(
        (is_assigned, _ASSIGNED), else_=_CARRIED
    )


def _box(
    facts: Mapping[str, ColumnElement[Any]], cut_off: datetime, zone: tzinfo
) -> ColumnElement[int]:
    """The box at a cut-off, in the order of the lines that ``domain/tally.py`` gives."""
    day = day_of(cut_off, zone)
    state, due_on, done_on = facts["state"], facts["due_on"], facts["done_on"]
    is_submitted = facts["submitted_at"] <= cut_off
    has_passed = {
        name: or_(facts[name].is_(None), facts[name] < day)
        for name in ("late_notice_on", "report_by_on", "correction_on")
    }
    is_on_time = or_(due_on.is_(None), done_on <= due_on, done_on <= facts["late_notice_on"])
    is_past_due = and_(due_on < day, has_passed["late_notice_on"])
    is_overdue = and_(is_past_due, has_passed["report_by_on"], has_passed["correction_on"])
    terms = [facts[name] for name in ("due_on", "late_notice_on", "report_by_on")]
    bands = [
        (
            or_(*(term >= day - timedelta(days=bound) for term in terms)),
            _key(Box.NOT_DONE_OVERDUE, band),
        )
        for band, bound in enumerate(BANDS)
    ]
    return case(
        (facts["is_history"], _key(Box.HISTORY)),
        (
            and_(state == "accepted", is_submitted),
            case((is_on_time, _key(Box.DONE_ON_TIME)), else_=_key(Box.DONE_LATE)),
        ),
        (state == "cancelled", _key(Box.CANCELLED)),
        (state == "waived", _key(Box.WAIVED)),
        (state == "suspended", _key(Box.SUSPENDED)),
        (
            and_(state.in_(["submitted", "in_review"]), is_submitted),
            case((is_past_due, _key(Box.AWAITING, is_past_due=True)), else_=_key(Box.AWAITING)),
        ),
        (due_on.is_(None), _key(Box.NO_DUE_DAY)),
        (is_overdue, case(*bands, else_=_key(Box.NOT_DONE_OVERDUE, len(BANDS)))),
        else_=_key(Box.NOT_DONE_IN_TIME),
    )


def _key(box: Box, band: int | None = None, *, is_past_due: bool = False) -> ColumnElement[int]:
    return literal_column(str(_BOXES.index((box, band, is_past_due))), Integer)


#: What a box can be divided into.
_BOXES: Final = (
    *((box, None, False) for box in Box if box is not Box.NOT_DONE_OVERDUE),
    (Box.AWAITING, None, True),
    *((Box.NOT_DONE_OVERDUE, band, False) for band in range(len(BANDS) + 1)),
)
_ASSIGNED: Final = 0
_CARRIED: Final = 100

#: Every place that a table has, by the number that the database gives it.
PLACES: Final[Mapping[int, Place]] = {
    offset + index: Place(share=share, box=box, band=band, is_past_due=is_past_due)
    for offset, share in ((_ASSIGNED, Share.ASSIGNED), (_CARRIED, Share.CARRIED_OVER))
    for index, (box, band, is_past_due) in enumerate(_BOXES)
}
