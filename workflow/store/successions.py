"""Successions as they are kept, and the statements by which tasks go on with successors.

Knows how a decision is kept with its links, and how rows of tasks, evidence and
requests are carried over, each in one statement however many there are. Refuses
to know which task goes where.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Integer,
    func,
    insert,
    literal,
    select,
    true,
    update,
)

from workflow.domain.succession import Copies, Decision, Fate, Succession, Successor
from workflow.store.agreements import obligation
from workflow.store.engine import affected_rows
from workflow.store.given_rows import given_rows
from workflow.store.keeping import note_made
from workflow.store.tasks import task, write_changes
from workflow.store.units import succession, succession_link, unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row
    from sqlalchemy.types import TypeEngine

    from workflow.domain.acts import Act


def succession_like(db: Connection, says: Succession) -> tuple[int, Succession] | None:
    """The succession recorded for the same day on the same ground, if any."""
    row = db.execute(
        select(succession).where(
            succession.c.happens_on == says.happens_on, succession.c.ground == says.ground
        )
    ).one_or_none()
    return None if row is None else (row.id, _succession(row))


def add_succession(db: Connection, says: Succession, *, ids: Mapping[str, int], act: Act) -> int:
    """Keep a decision about units with its links, and give its number.

    ``ids`` has the units by key.
    """
    definition = asdict(says)
    definition["happens_on"] = says.happens_on.isoformat()
    added: int = db.execute(
        insert(succession)
        .values(
            happens_on=says.happens_on,
            ground=says.ground,
            definition=definition,
            recorded_by=act.by,
            recorded_at=act.at,
        )
        .returning(succession.c.id)
    ).scalar_one()
    links = [
        {"succession_id": added, "predecessor_id": ids[before], "successor_id": ids[after]}
        for before, after in dict.fromkeys(says.links)
    ]
    if links:
        db.execute(insert(succession_link), links)
    return added


def happened(db: Connection, *, until: date) -> list[Succession]:
    """The successions that have taken effect by a day, in the order in which they did."""
    query = select(succession).where(succession.c.happens_on <= until)
    rows = db.execute(query.order_by(succession.c.happens_on, succession.c.id))
    return [_succession(row) for row in rows]


def takeover_days(
    db: Connection, unit_ids: Iterable[int], *, as_of: datetime | None = None
) -> dict[int, list[date]]:
    """The days on which these units took over from others, by unit, as far as known by then."""
    query = (
        select(succession_link.c.successor_id, succession.c.happens_on)
        .join(succession)
        .where(succession_link.c.successor_id.in_(sorted(set(unit_ids))))
        .distinct()
    )
    if as_of is not None:
        query = query.where(succession.c.recorded_at <= as_of)
    found: dict[int, list[date]] = {}
    for row in db.execute(query.order_by(succession.c.happens_on)):
        found.setdefault(row.successor_id, []).append(row.happens_on)
    return found


def predecessors(db: Connection, unit_ids: Iterable[int]) -> dict[int, list[tuple[int, date]]]:
    """Whom these units replaced, and whom those did, each with its last day's morrow; by unit."""
    linked = select(
        succession_link.c.successor_id,
        succession_link.c.predecessor_id,
        succession.c.happens_on,
    ).join(succession)
    found = linked.where(succession_link.c.successor_id.in_(sorted(set(unit_ids)))).cte(
        "found", recursive=True
    )
    earlier = linked.subquery("earlier")
    # UNION, not UNION ALL: units that replaced one another end the walk.
    found = found.union(
        select(found.c.successor_id, earlier.c.predecessor_id, earlier.c.happens_on).join(
            earlier, earlier.c.successor_id == found.c.predecessor_id
        )
    )
    replaced: dict[int, list[tuple[int, date]]] = {}
    for row in db.execute(select(found).order_by(found.c.happens_on, found.c.predecessor_id)):
        replaced.setdefault(row.successor_id, []).append((row.predecessor_id, row.happens_on))
    return replaced


def only_heirs(db: Connection) -> dict[int, tuple[date, int]]:
    """The units that ended with one successor only: the day, and the successor; by unit."""
    query = (
        select(unit.c.id, unit.c.closed_on, func.min(succession_link.c.successor_id).label("heir"))
        .join(succession_link, succession_link.c.predecessor_id == unit.c.id)
        .join(succession, succession.c.id == succession_link.c.succession_id)
        .where(succession.c.happens_on == unit.c.closed_on)
        .group_by(unit.c.id, unit.c.closed_on)
        .having(func.count() == 1)
    )
    return {row.id: (row.closed_on, row.heir) for row in db.execute(query)}


def _succession(row: Row[Any]) -> Succession:
    """The value again; JSON keeps tuples as lists."""
    says = row.definition
    return Succession(
        happens_on=date.fromisoformat(says["happens_on"]),
        ground=says["ground"],
        successors=tuple(
            Successor(
                **{
                    **one,
                    "replaces": tuple(one["replaces"]),
                    "tags": None if one["tags"] is None else tuple(one["tags"]),
                    "quotas": None
                    if one["quotas"] is None
                    else tuple(Copies(**copies) for copies in one["quotas"]),
                }
            )
            for one in says["successors"]
        ),
        dissolved=tuple(says["dissolved"]),
        decisions=tuple(
            Decision(
                fate=Fate(one["fate"]),
                units=tuple(one["units"]),
                agreement=one["agreement"],
                obligations=tuple(one["obligations"]),
                to=tuple(one["to"]),
                reason=one["reason"],
            )
            for one in says["decisions"]
        ),
    )


def left_open(db: Connection, agreement_id: int, units: Iterable[int]) -> list[Row[Any]]:
    """The tasks, open, returned or suspended, for which these units answer."""
    query = select(task).where(
        task.c.agreement_id == agreement_id,
        task.c.answerable_id.in_(sorted(set(units))),
        task.c.state.in_(["open", "returned", "suspended"]),
    )
    return list(db.execute(query.order_by(task.c.id)))


def tasks_held(db: Connection, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The tasks of these occasions and units, by both.

    Where one was merged itself, it is the one that it went on in.
    """
    kinds: Mapping[str, TypeEngine[Any]] = {"occasion_id": Integer(), "unit_id": Integer()}
    given = given_rows(db, "pairs", kinds, sorted(set(pairs)))
    found = (
        select(given.c.occasion_id, given.c.unit_id, task.c.id, task.c.merged_into_id)
        .join(
            given, (task.c.occasion_id == given.c.occasion_id) & (task.c.unit_id == given.c.unit_id)
        )
        .cte("found", recursive=True)
    )
    later = select(found.c.occasion_id, found.c.unit_id, task.c.id, task.c.merged_into_id).join(
        found, task.c.id == found.c.merged_into_id
    )
    found = found.union_all(later)
    rows = db.execute(select(found).where(found.c.merged_into_id.is_(None)))
    return {(row.occasion_id, row.unit_id): row.id for row in rows}


def obligation_codes(db: Connection, agreement_id: int) -> dict[int, str]:
    """The codes of an agreement's obligations by id, whether or not they are in force."""
    query = select(obligation.c.id, obligation.c.code).where(
        obligation.c.agreement_id == agreement_id
    )
    return {row.id: row.code for row in db.execute(query)}


def answer_for(db: Connection, agreement_id: int, heirs: Mapping[int, int], *, act: Act) -> int:
    """Name who answers for what units handed in before they ended; give how many tasks.

    ``heirs`` has the answering unit by the one that ended.
    """
    kinds: Mapping[str, TypeEngine[Any]] = {"ended_id": Integer(), "heir_id": Integer()}
    given = given_rows(db, "heirs", kinds, sorted(heirs.items()))
    which = (
        (task.c.agreement_id == agreement_id)
        & (task.c.answerable_id == given.c.ended_id)
        & task.c.state.in_(["submitted", "in_review", "accepted"])
    )
    after = {"answerable_id": given.c.heir_id}
    if not write_changes(db, "answer", which, act=act, after=after):
        return 0
    return affected_rows(db, update(task).where(which).values(changed_at=act.at, **after))


#: What a new task of a successor has of its own besides its unit.
MADE_DAYS: Final = (
    "opens_on",
    "original_due_on",
    "due_on",
    "report_by_on",
    "belongs_on",
    "late_notice_on",
    "is_history",
)
_MADE: Final[Mapping[str, TypeEngine[Any]]] = {
    "source_id": BigInteger(),
    "unit_id": Integer(),
    **{name: task.c[name].type for name in MADE_DAYS},
}


def make_tasks(
    db: Connection, rows: Sequence[Sequence[object]], *, act: Act
) -> dict[tuple[int, int], int]:
    """Make a task of a successor from each row, and give its number by occasion and unit.

    A row names the task that it goes on from, its unit, and ``MADE_DAYS``. It is
    open and counts as touched, so that no rule takes it away again.
    """
    given = given_rows(db, "made", _MADE, rows)
    source = task.alias("source")
    columns = {
        **{
            name: source.c[name]
            for name in ("agreement_id", "obligation_id", "version_id", "occasion_id")
        },
        "unit_id": given.c.unit_id,
        "answerable_id": given.c.unit_id,
        "state": literal("open"),
        "first_due_on": given.c.due_on,
        **{name: given.c[name] for name in MADE_DAYS},
        "planned_at": literal(act.at, task.c.planned_at.type),
        "changed_at": literal(act.at, task.c.changed_at.type),
        "is_touched": true(),
    }
    values = select(*(value.label(name) for name, value in columns.items())).select_from(
        given.join(source, source.c.id == given.c.source_id)
    )
    made = insert(task).from_select(list(columns), values)
    rows_made = db.execute(made.returning(task.c.id, task.c.occasion_id, task.c.unit_id))
    numbers = {(row.occasion_id, row.unit_id): row.id for row in rows_made}
    note_made(db, numbers.values())
    return numbers


def note_merged(db: Connection, into: Mapping[int, int]) -> None:
    """Note in which task each of these goes on."""
    given = given_rows(db, "merged", _PAIRS, sorted(into.items()))
    db.execute(
        update(task).where(task.c.id == given.c.from_id).values(merged_into_id=given.c.into_id)
    )


_PAIRS: Final[Mapping[str, TypeEngine[Any]]] = {"from_id": BigInteger(), "into_id": BigInteger()}
