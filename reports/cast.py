"""Who and what stands in a report: the units and the obligations of an agreement.

Knows the name, the side and the order in which each is told on a period's last day.
Refuses to know figures.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reports import queries
from workflow.domain.collation import vi_sort_key
from workflow.domain.units import Roster
from workflow.intake.kept_form import kept_obligation
from workflow.store import units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection

    from workflow.catalogue import Kept
    from workflow.domain.agreement import Obligation
    from workflow.domain.units import Unit


class Cast:
    """The units and obligations of an agreement, as they were on a day.

    What did not exist on that day is told as on the nearest one. ``duties`` and
    ``unit_keys`` are by the numbers of their rows; ``known`` is every unit, where the
    caller has read them already.
    """

    def __init__(
        self,
        db: Connection,
        kept: Kept,
        *,
        on: date,
        as_of: datetime,
        known: Mapping[int, Unit] | None = None,
    ) -> None:
        self._on = on
        self._parties = kept.says.parties
        known = units.every_unit(db) if known is None else known
        # Membership on a day asks nothing of what a unit replaced.
        self._roster = Roster(known.values())
        self._sides: dict[str, str] = {}
        self.unit_keys = {unit_id: one.key for unit_id, one in known.items()}
        self.duties = duties_on(db, kept, on=on, as_of=as_of)

    def name(self, key: str) -> str:
        """The name that a unit bore."""
        return self._roster.units[key].name_on(self._day_of(key))

    def kind(self, key: str) -> str:
        """What kind of unit it is."""
        return self._roster.units[key].kind

    def side(self, key: str) -> str:
        """The code of the party that a unit answers for; empty where it is of none."""
        if key not in self._sides:
            day = self._day_of(key)
            self._sides[key] = next(
                (
                    party.code
                    for party in self._parties
                    if self._roster.is_member(party.members, key, day)
                ),
                "",
            )
        return self._sides[key]

    def in_order(self, keys: Iterable[str]) -> list[str]:
        """By party in the agreement's order, then by name as the dictionary has it."""
        places = {party.code: place for place, party in enumerate(self._parties)}
        return sorted(
            keys,
            key=lambda key: (
                places.get(self.side(key), len(places)),
                vi_sort_key(self.name(key)),
                key,
            ),
        )

    def _day_of(self, key: str) -> date:
        life = self._roster.units[key].life
        return max(life.from_on, min(self._on, life.until_on - timedelta(days=1)))


def duties_on(db: Connection, kept: Kept, *, on: date, as_of: datetime) -> dict[int, Obligation]:
    """What each obligation said on a day, or else before it, or else first."""
    found: dict[int, Obligation] = {}
    for row in queries.versions_known(db, kept.id, as_of=as_of):
        if row.effective_from <= on or row.obligation_id not in found:
            found[row.obligation_id] = kept_obligation(row.definition)
    return found
