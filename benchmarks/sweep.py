"""The sweep that presses, with nothing due, against a bare look at the same index.

    python -m benchmarks.sweep [--tasks 1000000] [--rounds 9] [--kind sqlite]

Three looks at as many open tasks: a second one on the same day, the first of a
new day on which no step falls, and the first of a new day when a quarter of the
tasks are overdue and every step of theirs is served. The last is told for what it
costs; it happens once a day.
"""

from __future__ import annotations

import argparse
import statistics
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from benchmarks import city
from benchmarks.racing import KINDS, analyse, databases, fresh, seconds
from tests import worlds
from workflow.definitions import activate_agreement, import_agreement
from workflow.domain.agreement import Addressee, LadderStep
from workflow.pressing import press

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from tests.databases import Databases

_OBLIGATIONS = 25
_QUARTERS = 8
_LADDER = (
    LadderStep(code="nhac-truoc", days=-7, to=Addressee.UNIT),
    LadderStep(code="den-han", days=0, to=Addressee.UNIT),
    LadderStep(code="don-doc", days=3, to=Addressee.HEAD),
    LadderStep(code="bao-cao", days=15, to=Addressee.SUPERIOR),
)


def main() -> None:
    """Measure and print a line for each look."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--kind", choices=KINDS, action="append")
    chosen = parser.parse_args()
    with databases() as made:
        for kind in chosen.kind or KINDS:
            _measure(made, kind, tasks=chosen.tasks, rounds=chosen.rounds)


def _measure(made: Databases, kind: str, *, tasks: int, rounds: int) -> None:
    with fresh(made, kind) as engine:
        _found(engine, units=max(tasks // (_OBLIGATIONS * _QUARTERS), 1))
        city.plan(engine)
        analyse(engine)
        _press(engine, worlds.at("2024-01-02"))
        again = [worlds.at("2024-01-02", f"{10 + number % 10}:00") for number in range(rounds)]
        _report(engine, f"{kind}: {tasks:,} open tasks, same day", again)
        days = [worlds.at("2024-01-03") + timedelta(days=number) for number in range(rounds)]
        _report(engine, f"{kind}: {tasks:,} open tasks, new day", days)
        took = seconds(lambda: _press(engine, worlds.at("2024-04-20")))
        print(f"{kind}: first sweep with {tasks // _QUARTERS:,} overdue: {took:.2f} s")
        analyse(engine)
        days = [worlds.at("2024-04-21") + timedelta(days=number) for number in range(3)]
        _report(engine, f"{kind}: new day, all of these served already", days)


def _report(engine: Engine, name: str, instants: list[datetime]) -> None:
    ours, bare = [], []
    for at in instants:
        bare.append(seconds(lambda: _look(engine, at)))  # noqa: B023 - called at once
        ours.append(seconds(lambda: _press(engine, at)))  # noqa: B023 - called at once
    mine, theirs = statistics.median(ours) * 1000, statistics.median(bare) * 1000
    print(
        f"{name}: {mine:.2f} ms (best {min(ours) * 1000:.2f}); "
        f"a bare look {theirs:.2f} ms (best {min(bare) * 1000:.2f}); {mine / theirs:.1f}×"
    )


def _found(engine: Engine, *, units: int) -> None:
    with engine.begin() as db:
        city.add_units(db, 0, units)
        db.execute(text("UPDATE unit SET mail = key || '@x.example'"))
        duties = [
            worlds.obligation(f"d{number:03}", ladder=_LADDER) for number in range(_OBLIGATIONS)
        ]
        import_agreement(db, worlds.agreement(*duties), act=worlds.act())
        activate_agreement(db, city.CODE, act=worlds.act(by="lanh-dao"))


def _press(engine: Engine, at: datetime) -> None:
    with engine.begin() as db:
        press(db, at=at)


def _look(engine: Engine, at: datetime) -> None:
    """What any sweep must do at least: ask the index whether something is due."""
    with engine.begin() as db:
        db.execute(
            text(
                "SELECT id FROM task WHERE state IN ('open', 'returned') AND due_on <= :on LIMIT 1"
            ),
            {"on": (at + timedelta(days=7)).date().isoformat()}
            if engine.dialect.name == "sqlite"
            else {"on": (at + timedelta(days=7)).date()},
        ).all()


if __name__ == "__main__":
    main()
