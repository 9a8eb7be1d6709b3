"""The units that exist, with their history: loading them and changing what is known.

Knows that a unit is its permanent key. Refuses to know what units owe: planning
asks the roster afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow import journal
from workflow.store import units
from workflow.store.past_units import keep_past_units

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from workflow.domain.units import Unit
    from workflow.journal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a load did, or would do: keys in their order."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def compare_units(db: Connection, said: Iterable[Unit]) -> Loaded:
    """Say what loading these units would change; nothing is written."""
    known = units.roster(db).units
    added: list[str] = []
    changed: list[str] = []
    unchanged: list[str] = []
    for unit in sorted(said, key=lambda one: one.key):
        before = known.get(unit.key)
        pile = added if before is None else unchanged if _same(before, unit) else changed
        pile.append(unit.key)
    return Loaded(added=tuple(added), changed=tuple(changed), unchanged=tuple(unchanged))


def load_units(db: Connection, said: Iterable[Unit], *, act: Act) -> Loaded:
    """Make each unit named what is said of it; units not named stay as they are.

    Loading the same again writes nothing. Each changed unit is journaled.
    """
    by_key = {unit.key: unit for unit in said}
    outcome = compare_units(db, by_key.values())
    keep_past_units(db, outcome.changed, at=act.at)
    for key in (*outcome.added, *outcome.changed):
        unit_id = units.write_unit(db, by_key[key])
        journal.record(
            db,
            act=act,
            verb="unit.added" if key in outcome.added else "unit.changed",
            subject=("unit", unit_id),
            after={"key": key, "name": by_key[key].names[-1].value},
        )
    return outcome


def _same(one: Unit, other: Unit) -> bool:
    def settled(unit: Unit) -> tuple[object, ...]:
        return (
            unit.kind,
            unit.life,
            unit.tax_code,
            unit.budget_code,
            unit.paid_by,
            unit.mail,
            *(
                tuple(sorted((fact.span.from_on, fact.span.until_on, fact.value) for fact in facts))
                for facts in (unit.names, unit.codes, unit.tags, unit.parents)
            ),
            tuple(
                sorted(
                    (
                        quota.title,
                        quota.span.from_on,
                        quota.span.until_on,
                        quota.copies,
                        quota.is_mandatory,
                        quota.funds,
                    )
                    for quota in unit.quotas
                )
            ),
        )

    return settled(one) == settled(other)
