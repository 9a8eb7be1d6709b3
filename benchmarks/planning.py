"""Planning against bare statements that write the same rows.

    python -m benchmarks.planning [--tasks 1000000] [--rounds 3] [--kind sqlite]

Four races: all tasks at once against one INSERT … SELECT … ON CONFLICT DO
NOTHING; planning with nothing to do against a bare anti-join over the same
keys; a twentieth more into what is there against inserting those alone; and how
statements and memory grow from 10⁴ to the wanted number of tasks.
"""

from __future__ import annotations

import argparse
import gc
import resource
from typing import TYPE_CHECKING

from sqlalchemy import event, text

from benchmarks import city
from benchmarks.racing import KINDS, Race, analyse, databases, fresh, seconds

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table

    from tests.databases import Databases

_OBLIGATIONS = 25
_QUARTERS = 8


def main() -> None:
    """Run the races and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kind", choices=KINDS, action="append")
    chosen = parser.parse_args()
    with databases() as made:
        for kind in chosen.kind or KINDS:
            _race(made, kind, tasks=chosen.tasks, rounds=chosen.rounds)


def _race(made: Databases, kind: str, *, tasks: int, rounds: int) -> None:
    units = max(tasks // (_OBLIGATIONS * _QUARTERS), 1)
    growth = [_grown(made, kind, 10_000)]  # also loads what a process loads once
    whole = Race(f"{kind}: plan {tasks:,} tasks")
    again = Race(f"{kind}: plan again with nothing to do")
    more = Race(f"{kind}: plan {tasks // 20:,} more into the rest")
    for _ in range(rounds):
        with fresh(made, kind) as engine:
            city.found(engine, units=units, obligations=_OBLIGATIONS)
            whole.ours.append(seconds(lambda: city.plan(engine)))
            _keep_rows(engine)
            whole.bare.append(_insert_bare(engine, "bare_all", "TRUE"))
            analyse(engine)
            before = _written(engine)
            again.ours.append(seconds(lambda: city.plan(engine)))
            again.bare.append(seconds(lambda: _anti_join(engine)))
            if _written(engine) != before:
                raise SystemExit("planning with nothing to do wrote rows")
            gc.collect()
        with fresh(made, kind) as engine:
            city.found(engine, units=units * 19 // 20, obligations=_OBLIGATIONS)
            city.plan(engine)
            _keep_rows(engine)
            bare = city.bare_copy(engine, "bare_more")
            _insert_into(engine, bare, "TRUE")
            analyse(engine)
            with engine.begin() as db:
                city.add_units(db, units * 19 // 20, units)
                db.execute(text("UPDATE selection SET members_of = NULL"))
            more.ours.append(seconds(lambda: city.plan(engine)))
            _keep_rows(engine)
            is_new = f"unit_id > {units * 19 // 20}"
            more.bare.append(seconds(lambda: _insert_into(engine, bare, is_new)))  # noqa: B023 - called at once
    print(whole.report(at_most=1.3))
    print(again.report(at_most=1.3))
    print(more.report(at_most=2.0))
    growth.append(_grown(made, kind, tasks))
    print(*growth, sep="\n")


def _keep_rows(engine: Engine) -> None:
    with engine.begin() as db:
        db.execute(text("DROP TABLE IF EXISTS kept_rows"))
        db.execute(text("CREATE TABLE kept_rows AS SELECT * FROM task ORDER BY id"))


def _insert_bare(engine: Engine, name: str, where: str) -> float:
    table = city.bare_copy(engine, name)
    return seconds(lambda: _insert_into(engine, table, where))


def _insert_into(engine: Engine, table: Table, where: str) -> None:
    columns = ", ".join(column.name for column in table.columns if column.name != "id")
    with engine.begin() as db:
        db.execute(
            text(
                f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM kept_rows"
                f" WHERE {where} ON CONFLICT DO NOTHING"
            )
        )


def _anti_join(engine: Engine) -> None:
    with engine.begin() as db:
        missing = db.execute(
            text(
                "SELECT count(*) FROM kept_rows k WHERE NOT EXISTS (SELECT 1 FROM task t"
                " WHERE t.occasion_id = k.occasion_id AND t.unit_id = k.unit_id)"
            )
        ).scalar_one()
    if missing:
        raise SystemExit(f"{missing} keys are missing")


def _written(engine: Engine) -> tuple[int, ...]:
    """Rows of tasks, changes and the journal, and how many ids were drawn."""
    with engine.begin() as db:
        counts = [
            db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("task", "task_change", "journal_entry", "occasion")
        ]
        if engine.dialect.name == "postgresql":
            drawn = "SELECT last_value FROM task_id_seq"
            counts.append(db.execute(text(drawn)).scalar_one())
    return tuple(counts)


def _grown(made: Databases, kind: str, tasks: int) -> str:
    """How many statements a run takes at this size, and this process's peak of memory so far."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    with fresh(made, kind) as engine:
        units = max(tasks // (_OBLIGATIONS * _QUARTERS), 1)
        city.found(engine, units=units, obligations=_OBLIGATIONS)
        event.listen(engine, "before_cursor_execute", counted)
        city.plan(engine)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return f"{kind}: {tasks:,} tasks: {count} statements, peak {peak} MB so far"


if __name__ == "__main__":
    main()
