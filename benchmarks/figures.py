"""The figures of a quarterly report against bare queries that return the same groups and boxes.

    python -m benchmarks.figures [--tasks 1000000] [--rounds 5] [--kind sqlite]

Two races over the same tasks, two years of them: the quarter's table, by obligation, unit
and box; and all five tables of a report (with the previous quarter, the same one last
year, the year and the programme), added up. The baselines read the tasks' own columns and
know neither earlier instants nor causes nor terms beside the due day; both must agree.
"""

from __future__ import annotations

import argparse
import statistics
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, bindparam, text

from benchmarks import city
from benchmarks.racing import KINDS, Race, analyse, databases, fresh, seconds
from reports.figures import Table, tables
from workflow.domain.timeliness import first_instant
from workflow.store.engine import UTCDateTime, reading
from workflow.store.tallies import Window, tallied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Engine, TextClause

    from workflow.store.tallies import Tally

OBLIGATIONS = 25
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
QUARTERS = tuple(date(year, month, 1) for year in (2024, 2025) for month in (1, 4, 7, 10))
_END = date(2026, 1, 1)
AS_OF = datetime(2026, 1, 5, 2, tzinfo=UTC)
#: How tasks fare, in twentieths: state, and days from the due day to handing in.
_FATES = (
    *(("accepted", -days) for days in (1, 2, 2, 3, 5, 5, 8, 8, 13, 13, 21, 21, 34)),
    ("accepted", 4),
    ("accepted", 40),
    ("in_review", -1),
    ("suspended", None),
    ("waived", None),
    ("open", None),
    ("returned", None),
)

# By hand, with small numbers for boxes, as ours has: the fairest to fetch.
_BOX = """CASE
 WHEN is_history THEN 9
 WHEN state = 'accepted' AND submitted_at <= {cut_off}
  THEN CASE WHEN due_on IS NULL OR done_on <= due_on THEN 0 ELSE 1 END
 WHEN state = 'cancelled' THEN 8
 WHEN state = 'waived' THEN 7
 WHEN state = 'suspended' THEN 6
 WHEN state IN ('submitted', 'in_review') AND submitted_at <= {cut_off}
  THEN CASE WHEN due_on < {day} THEN 10 ELSE 2 END
 WHEN due_on IS NULL THEN 5
 WHEN due_on < {day}
  THEN CASE WHEN due_on >= {week} THEN 11 WHEN due_on >= {month} THEN 12
   WHEN due_on >= {season} THEN 13 ELSE 14 END
 ELSE 3 END"""
_TABLE = """SELECT obligation_id, {unit}, count(*),
 CASE WHEN belongs_on >= {begin} THEN 0 ELSE 100 END + {box}
FROM task
WHERE agreement_id = :agreement AND belongs_on < {end}
 AND (belongs_on >= {begin}
  OR NOT (state = 'accepted' AND submitted_at <= {before}
   OR state IN ('waived', 'cancelled') AND changed_at <= {before}))
GROUP BY obligation_id, {group} 4"""


@dataclass(frozen=True, slots=True)
class World:
    """A database full of tasks: its engine, the agreement, and the five windows of a report."""

    engine: Engine
    agreement: int
    windows: tuple[Window, ...]


def main() -> None:
    """Run both races on each database and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kind", choices=KINDS, action="append")
    chosen = parser.parse_args()
    with databases() as made:
        for kind in chosen.kind or KINDS:
            with fresh(made, kind) as engine:
                world = lived(engine, units=chosen.tasks // (OBLIGATIONS * len(QUARTERS)))
                _race(world, f"{kind}, {chosen.tasks:,} tasks", rounds=chosen.rounds)


def _race(world: World, name: str, *, rounds: int) -> None:
    quarter = Race(f"{name}: the quarter's table")
    report = Race(f"{name}: all five tables")
    adding: list[float] = []
    one = _bare(world, world.windows[:1])
    five = _bare(world, world.windows)
    with reading(world.engine).connect() as db:
        counted = _ours(world, db)
        _agree(_added_up(counted), db, five)
        for _ in range(rounds):
            quarter.ours.append(seconds(lambda: _first(world, db)))
            quarter.bare.append(seconds(lambda: db.execute(one).all()))
            report.ours.append(seconds(lambda: _ours(world, db)))
            report.bare.append(seconds(lambda: db.execute(five).all()))
            adding.append(seconds(lambda: _added_up(counted)))
    print(quarter.report(at_most=1.3))
    print(report.report(at_most=1.3))
    print(f"{name}: adding up {sum(map(len, counted)):,} groups: {statistics.median(adding):.3f} s")


def _first(world: World, db: Connection) -> object:
    return tallied(db, world.agreement, windows=world.windows[:1], as_of=AS_OF)


def _ours(world: World, db: Connection) -> tuple[Sequence[Tally], Sequence[Tally]]:
    """What composing a report asks for: its own table down to units, and the others."""
    first, *rest = world.windows
    return (
        tallied(db, world.agreement, windows=[first], as_of=AS_OF),
        tallied(db, world.agreement, windows=rest, as_of=AS_OF, by_unit=False),
    )


def _added_up(counted: tuple[Sequence[Tally], Sequence[Tally]]) -> list[Table]:
    by_unit, others = counted
    return [*tables(by_unit, windows=1), *tables(others, windows=4)]


def _agree(ours: list[Table], db: Connection, bare: TextClause) -> None:
    """Stop unless both count the same: in all, and whose day is past."""
    theirs: Counter[int] = Counter()
    for _, _, number, place in db.execute(bare):
        theirs[place % 100] += number
    expected = sum(table.total.boxes.total for table in ours)
    overdue = [sum(column) for column in zip(*(t.total.overdue for t in ours), strict=True)]
    if expected != theirs.total() - theirs[8] - theirs[9]:
        raise SystemExit(f"ours counts {expected}, the baseline {theirs}")
    if overdue != [theirs[11 + band] for band in range(4)]:
        raise SystemExit(f"ours has {overdue} overdue, the baseline {theirs}")


def _bare(world: World, windows: tuple[Window, ...]) -> TextClause:
    """One query by hand for all these tables; only the first goes down to units."""
    parts: list[str] = []
    values: dict[str, tuple[object, Any]] = {"agreement": (world.agreement, None)}
    for place, window in enumerate(windows):
        day = window.cut_off.astimezone(_ZONE).date()
        given: dict[str, tuple[object, Any]] = {
            "begin": (window.from_on, Date()),
            "end": (window.until_on, Date()),
            "before": (window.previous_cut_off, UTCDateTime()),
            "cut_off": (window.cut_off, UTCDateTime()),
            "day": (day, Date()),
            "week": (day - timedelta(days=7), Date()),
            "month": (day - timedelta(days=30), Date()),
            "season": (day - timedelta(days=90), Date()),
        }
        values |= {f"{name}_{place}": value for name, value in given.items()}
        names = {name: f":{name}_{place}" for name in given}
        is_first = place == 0
        parts.append(
            _TABLE.format(
                box=_BOX.format(**names),
                unit="unit_id" if is_first else "NULL",
                group="unit_id," if is_first else "",
                **names,
            )
        )
    return text("\nUNION ALL\n".join(parts)).bindparams(
        *(bindparam(name, value, kind) for name, (value, kind) in values.items())
    )


# --- the world --------------------------------------------------------------------------


def lived(engine: Engine, *, units: int) -> World:
    city.found(engine, units=max(units, 1), obligations=OBLIGATIONS)
    with engine.begin() as db:
        agreement: int = db.execute(text("SELECT id FROM agreement")).scalar_one()
        _fill(db, agreement)
    analyse(engine)
    last, previous, last_year = QUARTERS[-1], QUARTERS[-2], QUARTERS[3]
    spans = (
        (last, _END),
        (previous, last),
        (last_year, QUARTERS[4]),
        (QUARTERS[4], _END),
        (date(2000, 1, 1), _END),
    )
    windows = tuple(
        Window(
            from_on=begin,
            until_on=end,
            previous_cut_off=first_instant(begin, _ZONE),
            cut_off=first_instant(end, _ZONE),
            zone=_ZONE,
        )
        for begin, end in spans
    )
    return World(engine, agreement, windows)


def _fill(db: Connection, agreement: int) -> None:
    """Write every task with its fate in two statements, from small tables of days."""
    is_sqlite = db.dialect.name == "sqlite"
    db.execute(text("CREATE TEMPORARY TABLE span (k INTEGER, begins DATE, ends DATE)"))
    db.execute(
        text(
            "CREATE TEMPORARY TABLE fate (n INTEGER, k INTEGER, state VARCHAR,"
            f" done_on DATE, done_at {'VARCHAR' if is_sqlite else 'TIMESTAMPTZ'})"
        )
    )
    ends = [*QUARTERS[1:], _END]
    for place, (begins, end) in enumerate(zip(QUARTERS, ends, strict=True)):
        due_on = end - timedelta(days=1)
        days = {"k": place, "begins": begins, "ends": due_on}
        db.execute(_typed("INSERT INTO span VALUES (:k, :begins, :ends)", days), days)
        for number, (state, lag) in enumerate(_FATES):
            row = {"n": number, "k": place, **_fate(state, lag, due_on)}
            db.execute(
                _typed("INSERT INTO fate VALUES (:n, :k, :state, :done_on, :done_at)", row), row
            )
    planned = {"at": datetime(2024, 1, 2, 2, tzinfo=UTC), "agreement": agreement}
    db.execute(
        _typed(
            """INSERT INTO occasion (agreement_id, obligation_id, version_id, key, source,
             anchor_on, judged_on, from_on, until_on, status, recorded_at, caused_at)
            SELECT :agreement, v.obligation_id, v.id, 'k' || s.k, 'schedule',
             s.begins, s.begins, s.begins, s.ends, 'owed', :at, :at
            FROM obligation_version v CROSS JOIN span s""",
            planned,
        ),
        planned,
    )
    db.execute(
        _typed(
            """INSERT INTO task (agreement_id, obligation_id, version_id, occasion_id, unit_id,
             answerable_id, state, opens_on, first_due_on, original_due_on, due_on, belongs_on,
             planned_at, changed_at, submitted_at, submitted_on, done_at, done_on)
            SELECT :agreement, o.obligation_id, o.version_id, o.id, u.id, u.id, f.state,
             s.begins, s.ends, s.ends, s.ends, s.ends, :at, coalesce(f.done_at, :at),
             f.done_at, f.done_on, f.done_at, f.done_on
            FROM occasion o JOIN span s ON o.key = 'k' || s.k CROSS JOIN unit u
             JOIN fate f ON f.k = s.k AND f.n = (u.id * 7 + o.id * 13) % 20""",
            planned,
        ),
        planned,
    )


def _fate(state: str, lag: int | None, due_on: date) -> dict[str, Any]:
    """What has become of a task; what lies after the report's instant has not happened."""
    if lag is None:
        return {"state": state, "done_on": None, "done_at": None}
    done_on = due_on + timedelta(days=lag)
    done_at = datetime.combine(done_on, time(9), _ZONE)
    if done_at > AS_OF:
        return {"state": "open", "done_on": None, "done_at": None}
    return {"state": state, "done_on": done_on, "done_at": done_at}


def _typed(statement: str, values: dict[str, Any]) -> TextClause:
    kinds = {
        name: UTCDateTime() if isinstance(value, datetime) else Date()
        for name, value in values.items()
        if isinstance(value, date) or name in {"done_on", "done_at"}
    }
    kinds |= {"done_at": UTCDateTime()} if "done_at" in values else {}
    return text(statement).bindparams(
        *(bindparam(name, type_=kind) for name, kind in kinds.items())
    )


if __name__ == "__main__":
    main()
