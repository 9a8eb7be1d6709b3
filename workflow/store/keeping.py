"""How kept figures are brought up to date: cells from tasks, and sums from cells.

Each step is one statement however many units and tasks there are. Cells are counted by the
predicates of the reports (``store/tallies.py``), and sums are read back from the cells, so
that the two cannot part. Refuses to know which periods there are and how units are named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Integer,
    String,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from workflow.domain.tally import BANDS
from workflow.store.agreements import agreement
from workflow.store.engine import affected_rows
from workflow.store.given_rows import given_rows
from workflow.store.kept_figures import (
    COUNTED,
    figures_kept,
    kept_cell,
    kept_duty,
    kept_period,
    kept_touch,
    kept_unit,
)
from workflow.store.kept_sums import done_of, owed_of, paired
from workflow.store.reports import report
from workflow.store.standing import present
from workflow.store.tallies import Window, is_held, place_in
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Row, Select, Table
    from sqlalchemy.types import TypeEngine

_KEYS: Final = ("unit_id", "obligation_id", "answerable_id", "version_id")
_TOUCHED: Final = ("obligation_id", "unit_id", "answerable_id")
_NAMED: Final[dict[str, TypeEngine[Any]]] = {
    "unit_id": Integer(),
    "name": String(),
    "key": String(),
    "kind": String(),
    "party": String(),
    "place": Integer(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """One period to be counted: its window, and whether wholly or only where it was touched."""

    period_id: int
    agreement_id: int
    window: Window
    as_of: datetime
    is_whole: bool


def to_keep(db: Connection, *, code: str | None) -> list[Row[Any]]:
    """Agreements that were ever in force: code, zone, how far each is kept, what happened since."""
    touched = (
        select(literal(1))
        .select_from(kept_touch)
        .where(kept_touch.c.agreement_id == agreement.c.id)
        .exists()
    )
    query = (
        select(
            agreement.c.id,
            agreement.c.code,
            agreement.c.zone,
            figures_kept.c.kept_at,
            figures_kept.c.kept_on,
            figures_kept.c.told_from,
            figures_kept.c.reports_at,
            case((touched, 1), else_=0).label("is_touched"),
            select(func.max(report.c.as_of))
            .where(report.c.agreement_id == agreement.c.id)
            .scalar_subquery()
            .label("newest_report"),
        )
        .outerjoin(figures_kept, figures_kept.c.agreement_id == agreement.c.id)
        .where(agreement.c.state != "draft")
    )
    if code is not None:
        query = query.where(agreement.c.code == code)
    return list(db.execute(query.order_by(agreement.c.id)))


def take_kept(db: Connection, agreement_id: int, *, at: datetime, on: date) -> Row[Any] | None:
    """How far an agreement is kept, locked until the transaction ends; None where it never was.

    Two who keep at once wait in line here.
    """
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    made = dialect.insert(figures_kept).values(agreement_id=agreement_id, kept_at=at, kept_on=on)
    if affected_rows(db, made.on_conflict_do_nothing()):
        return None
    query = select(figures_kept).where(figures_kept.c.agreement_id == agreement_id)
    return db.execute(query.with_for_update()).one()


def note_kept(db: Connection, agreements: Collection[int], *, at: datetime, **more: object) -> None:
    """Note as of when everything of these agreements is kept."""
    db.execute(
        update(figures_kept)
        .where(figures_kept.c.agreement_id.in_(sorted(agreements)))
        .values(kept_at=at, **more)
    )


def periods_kept(db: Connection, agreement_id: int) -> dict[str, Row[Any]]:
    """The periods of an agreement that are kept, by key."""
    query = select(kept_period).where(kept_period.c.agreement_id == agreement_id)
    return {row.key: row for row in db.execute(query)}


def keep_periods(db: Connection, agreement_id: int, lags: dict[str, timedelta]) -> None:
    """Note that these periods are kept, each with how long after it its cut-off comes."""
    rows = [
        {"agreement_id": agreement_id, "key": key, "lag_us": lag // timedelta(microseconds=1)}
        for key, lag in lags.items()
    ]
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    made = dialect.insert(kept_period)
    db.execute(
        made.on_conflict_do_update(
            index_elements=["agreement_id", "key"], set_={"lag_us": made.excluded.lag_us}
        ),
        rows,
    )


# --- what no longer holds -----------------------------------------------------------------


def newest_task(db: Connection) -> int:
    """The highest number of a task there is: what is made from now on has a higher one."""
    return db.scalar(select(func.max(task.c.id))) or 0


def note_new_tasks(db: Connection, agreement_id: int, *, since: int) -> None:
    """Note where the tasks of an agreement are counted that were made after ``newest_task``.

    A change of a task is noted by a trigger. Of new ones there may be a million at once, so
    whoever makes them notes them all in one statement, in the same transaction and under the
    agreement's lock: nobody else makes tasks of it meanwhile.
    """
    columns = ("agreement_id", *_TOUCHED, "belongs_on")
    rows = select(*(task.c[name] for name in columns)).where(
        # Not by the agreement's index, which leads through all of its tasks.
        task.c.agreement_id + 0 == agreement_id,
        task.c.id > since,
    )
    db.execute(insert(kept_touch).from_select(list(columns), rows.distinct()))


def note_made(db: Connection, task_ids: Iterable[int]) -> None:
    """Note where these new tasks are counted: as ``note_new_tasks``, of a few."""
    columns = ("agreement_id", *_TOUCHED, "belongs_on")
    given = given_rows(db, "fresh", {"id": BigInteger()}, ((one,) for one in task_ids))
    rows = select(*(task.c[name] for name in columns)).where(task.c.id.in_(select(given.c.id)))
    db.execute(insert(kept_touch).from_select(list(columns), rows.distinct()))


def take_touched(db: Connection, agreement_id: int) -> int:
    """Take what was touched so far for this count, and give how many rows that were."""
    is_its = and_(kept_touch.c.agreement_id == agreement_id, kept_touch.c.is_taken.is_(False))
    return affected_rows(db, update(kept_touch).where(is_its).values(is_taken=True))


def touch_turned(db: Connection, agreement_id: int, *, since: date, on: date) -> int:
    """Take also what is judged otherwise because the day turned since it was last counted."""
    terms = [task.c[name] for name in ("due_on", "late_notice_on", "report_by_on", "correction_on")]
    # Past due on the day after, and in the next band so many days later.
    turned = [
        and_(term >= since - timedelta(days=days), term < on - timedelta(days=days))
        for term in terms
        for days in (0, *BANDS)
    ]
    columns = ("agreement_id", *_TOUCHED, "belongs_on")
    rows = select(*(task.c[name] for name in columns), true()).where(
        task.c.agreement_id == agreement_id,
        task.c.state.in_(["open", "returned", "submitted", "in_review"]),
        or_(*turned),
    )
    return affected_rows(
        db, insert(kept_touch).from_select([*columns, "is_taken"], rows.distinct())
    )


def first_taken(db: Connection, agreement_id: int) -> date | None:
    """The first day to which anything that was taken belongs; no period before it holds any."""
    is_its = and_(kept_touch.c.agreement_id == agreement_id, kept_touch.c.is_taken)
    first: date | None = db.scalar(select(func.min(kept_touch.c.belongs_on)).where(is_its))
    return first


def forget_taken(db: Connection, agreement_id: int) -> None:
    """What was taken is counted."""
    is_its = and_(kept_touch.c.agreement_id == agreement_id, kept_touch.c.is_taken)
    db.execute(delete(kept_touch).where(is_its))


# --- cells --------------------------------------------------------------------------------


def count_cells(db: Connection, counting: Counting) -> int:
    """Bring the cells of a period up to date, and give how many differed.

    What counts nothing any more stays as a cell of noughts until ``forget_empty``.
    """
    standing = present(counting.agreement_id)
    held = (
        select(
            *(task.c[name] for name in _KEYS),
            place_in(standing, counting.window).label("place"),
        )
        .select_from(standing.source)
        .where(standing.within, is_held(standing, counting.window, as_of=counting.as_of))
    )
    known = select(
        *(kept_cell.c[name] for name in _KEYS), literal_column("NULL", Integer).label("place")
    ).where(kept_cell.c.period_id == counting.period_id)
    if not counting.is_whole:
        held, known = (
            _where_touched(held, counting, task),
            _where_touched(known, counting, kept_cell),
        )
    found = union_all(held, known).subquery("found")
    numbers = {
        name: func.sum(case((found.c.place.in_(keys), 1), else_=0))
        for name, keys in COUNTED.items()
    }
    keys = [found.c[name] for name in _KEYS]
    rows = select(
        literal(counting.period_id), literal(counting.agreement_id), *keys, *numbers.values()
    ).group_by(*keys)
    columns = ["period_id", "agreement_id", *_KEYS, *COUNTED]
    return _written(db, kept_cell, columns, rows, keys=("period_id", *_KEYS))


def forget_empty(db: Connection, agreement_id: int) -> None:
    """Drop the cells that count nothing any more, and the sums of units without a cell."""
    nothing = and_(*(kept_cell.c[name] == 0 for name in COUNTED))
    periods = select(kept_period.c.id).where(kept_period.c.agreement_id == agreement_id)
    db.execute(delete(kept_cell).where(kept_cell.c.period_id.in_(periods), nothing))
    summed = select(literal(1)).where(
        kept_cell.c.period_id == kept_unit.c.period_id, kept_cell.c.unit_id == kept_unit.c.unit_id
    )
    is_summed = summed.correlate(kept_unit).exists()
    db.execute(delete(kept_unit).where(kept_unit.c.period_id.in_(periods), not_(is_summed)))


def _where_touched(query: Select[Any], counting: Counting, among: Table) -> Select[Any]:
    touched = (
        select(*(kept_touch.c[name] for name in _TOUCHED))
        .where(kept_touch.c.agreement_id == counting.agreement_id, kept_touch.c.is_taken)
        .distinct()
        .subquery("touched")
    )
    return query.join(touched, and_(*(among.c[name] == touched.c[name] for name in _TOUCHED)))


# --- sums ---------------------------------------------------------------------------------


def sum_units(db: Connection, counting: Counting) -> None:
    """Bring the sums by unit up to date from the cells."""
    query = select(
        kept_cell.c.period_id,
        kept_cell.c.unit_id,
        *(func.sum(kept_cell.c[name]) for name in COUNTED),
    ).where(kept_cell.c.period_id == counting.period_id)
    if not counting.is_whole:
        query = query.where(kept_cell.c.unit_id.in_(_touched(counting, "unit_id")))
    rows = query.group_by(kept_cell.c.period_id, kept_cell.c.unit_id)
    columns = ["period_id", "unit_id", *COUNTED]
    _written(db, kept_unit, columns, rows, keys=("period_id", "unit_id"))


def sum_duties(db: Connection, counting: Counting) -> None:
    """Bring the sums by obligation and side up to date from the cells.

    Counted down to units, since of those it is asked whether each has done everything.
    """
    is_asked = kept_cell.c.period_id == counting.period_id
    was = kept_duty.c.period_id == counting.period_id
    if not counting.is_whole:
        touched = _touched(counting, "obligation_id")
        is_asked = and_(is_asked, kept_cell.c.obligation_id.in_(touched))
        was = and_(was, kept_duty.c.obligation_id.in_(touched))
    pair = paired(is_asked)
    party = func.coalesce(kept_unit.c.party, "")
    rows = (
        select(
            literal(counting.period_id),
            pair.c.obligation_id,
            party,
            func.sum(case((owed_of(pair) > 0, 1), else_=0)),
            func.sum(case((and_(owed_of(pair) > 0, owed_of(pair) == done_of(pair)), 1), else_=0)),
            *(func.sum(pair.c[name]) for name in COUNTED),
        )
        .select_from(
            pair.outerjoin(
                kept_unit,
                and_(
                    kept_unit.c.period_id == counting.period_id,
                    kept_unit.c.unit_id == pair.c.unit_id,
                ),
            )
        )
        .group_by(pair.c.obligation_id, party)
    )
    db.execute(delete(kept_duty).where(was))
    columns = ["period_id", "obligation_id", "party", "units_owing", "units_met", *COUNTED]
    db.execute(insert(kept_duty).from_select(columns, rows))


# --- names --------------------------------------------------------------------------------


def untold_periods(db: Connection, agreement_id: int) -> list[int]:
    """The periods in which some unit has figures and no name yet."""
    query = select(kept_period.c.id).where(
        kept_period.c.agreement_id == agreement_id,
        kept_period.c.id.in_(select(kept_unit.c.period_id).where(kept_unit.c.place.is_(None))),
    )
    return list(db.scalars(query))


def units_counted(db: Connection, period_id: int) -> list[int]:
    """The units that have figures in a period."""
    return list(db.scalars(select(kept_unit.c.unit_id).where(kept_unit.c.period_id == period_id)))


def tell_units(db: Connection, period_id: int, rows: Iterable[Sequence[object]]) -> None:
    """Write what units are called in a period, and in which order: ``_NAMED``, a row each."""
    given = given_rows(db, "told", _NAMED, rows)
    db.execute(
        update(kept_unit)
        .where(kept_unit.c.period_id == period_id, kept_unit.c.unit_id == given.c.unit_id)
        .values({name: given.c[name] for name in _NAMED if name != "unit_id"})
    )


def _touched(counting: Counting, column: str) -> Select[Any]:
    return select(kept_touch.c[column]).where(
        kept_touch.c.agreement_id == counting.agreement_id, kept_touch.c.is_taken
    )


def _written(
    db: Connection,
    table: Table,
    columns: list[str],
    rows: Select[Any],
    *,
    keys: Sequence[str],
) -> int:
    """Write rows of numbers where they differ from what is there, and give how many did."""
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    made = dialect.insert(table).from_select(columns, rows)
    differs = or_(*(table.c[name] != made.excluded[name] for name in COUNTED))
    return affected_rows(
        db,
        made.on_conflict_do_update(
            index_elements=list(keys),
            set_={name: made.excluded[name] for name in COUNTED},
            where=differs,
        ),
    )
