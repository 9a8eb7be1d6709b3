"""Who and what stands in a report: the units and the obligations of an agreement.

Knows the name, the side and the order in which each is told on a period's last day.
Refuses to know figures.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from reports import queries
from workflow.domain.collation import vi_sort_key
from workflow.domain.units import Roster
from workflow.intake.kept_form import kept_obligation
from workflow.store.past_units import units_known_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

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
        known = units_known_at(db, as_of=as_of) if known is None else known
        #: Every unit with its history, by the number of its row.
        self.units = known
        # Membership on a day asks nothing of what a unit replaced.
        self._roster = Roster(known.values())
        self._sides: dict[str, str] = {}
        self.unit_keys = {unit_id: one.key for unit_id, one in known.items()}
        rows = queries.versions_known(db, kept.id, as_of=as_of)
        self.duties = _duties_on(rows, on=on)
        self._versions = {row.id: row.definition for row in rows}
        self._said: dict[int, Obligation] = {}

    def duty(self, of: Row[Any]) -> Obligation:
        """What the obligation of a task's row says in the version that the task goes by."""
        if of.version_id not in self._versions:
            return self.duties[of.obligation_id]
        if of.version_id not in self._said:
            self._said[of.version_id] = kept_obligation(self._versions[of.version_id])
        return self._said[of.version_id]

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
    return _duties_on(queries.versions_known(db, kept.id, as_of=as_of), on=on)


def _duties_on(rows: Sequence[Row[Any]], *, on: date) -> dict[int, Obligation]:
    """What is owed no more is told as it was when it was last owed."""
    live = {row.obligation_id for row in rows if row.is_live}
    found: dict[int, Obligation] = {}
    for row in rows:
        if bool(row.is_live) is not (row.obligation_id in live):
            continue
        if row.effective_from <= on or row.obligation_id not in found:
            found[row.obligation_id] = kept_obligation(row.definition)
    return found
