"""Units as they were known at an instant: their facts, and what had replaced what by then.

A unit's facts carry the days on which they hold, and are written over when a file or a
decision says them otherwise, also of days gone by. Knows how a unit's former facts are kept
and read back. Refuses to know what is owed.
"""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from workflow.store.past import UNIT, keep_past, said_then
from workflow.store.units import every_unit, succession, succession_link, unit, unit_fact, unit_from

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from workflow.domain.units import Unit

_ROW: Final = (
    "key",
    "kind",
    "opened_on",
    "closed_on",
    "tax_code",
    "budget_code",
    "paid_by",
    "mail",
)
_FACT: Final = (
    "fact", "value", "copies", "is_mandatory", "funds", "from_on", "until_on",
)  # fmt: skip


def keep_past_units(db: Connection, keys: Iterable[str], *, at: datetime) -> None:
    """Keep what is known of these units before it is written over; new ones have no past."""
    wanted = sorted(set(keys))
    if not wanted:
        return
    rows = db.execute(select(unit).where(unit.c.key.in_(wanted))).all()
    facts: dict[int, list[dict[str, Any]]] = {row.id: [] for row in rows}
    history = (
        select(unit_fact)
        .where(unit_fact.c.unit_id.in_(sorted(facts)))
        .order_by(unit_fact.c.unit_id, unit_fact.c.from_on, unit_fact.c.id)
    )
    for fact in db.execute(history):
        facts[fact.unit_id].append(_kept(fact, _FACT))
    said = {row.id: {**_kept(row, _ROW), "facts": facts[row.id]} for row in rows}
    keep_past(db, UNIT, said, at=at)


def units_known_at(db: Connection, *, as_of: datetime) -> dict[int, Unit]:
    """Every unit with what was known of it at an instant, by id: three statements.

    What was entered only since then is among them: nothing of that time can name it.
    """
    known = every_unit(db)
    for unit_id, said in said_then(db, UNIT, as_of=as_of).items():
        known[unit_id] = _unit(said)
    return known


def successors_known_at(db: Connection, *, as_of: datetime) -> list[Row[Any]]:
    """What replaced what, as it was recorded by an instant: ids and the day, the earliest first."""
    query = (
        select(
            succession_link.c.predecessor_id,
            succession_link.c.successor_id,
            succession.c.happens_on,
        )
        .join(succession)
        .where(succession.c.recorded_at <= as_of)
        .order_by(
            succession.c.happens_on,
            succession_link.c.predecessor_id,
            succession_link.c.successor_id,
        )
    )
    return list(db.execute(query))


def _kept(row: Row[Any], names: Iterable[str]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in names}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in found.items()
    }


def _unit(said: dict[str, Any]) -> Unit:
    return unit_from(_read(said), [_read(fact) for fact in said["facts"]])


def _read(said: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(
        **{
            name: date.fromisoformat(value) if name.endswith("_on") else value
            for name, value in said.items()
        }
    )
