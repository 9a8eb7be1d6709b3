"""The units as a succession leaves them.

Knows how dated facts end and begin on the day: nothing about the past is ever
rewritten, so old names and codes stay what they were. Refuses to know tasks,
and to judge a succession (``succession_sense``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from workflow.domain.units import Dated, Span, Unit, UnitQuota, value_on

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from workflow.domain.succession import Copies, Succession, Successor
    from workflow.domain.units import Roster

_A_DAY = timedelta(days=1)


def succeeded(succession: Succession, roster: Roster) -> tuple[Unit, ...]:
    """The units that a succession changes, as they are known once it is recorded; by key.

    Ended units close, successors open or take on what is new, and what stood
    below an ended unit stands below its only successor, or else below the unit
    above it. Only for a succession without problems.
    """
    found = _Succeeding(succession, roster).units()
    return tuple(found[key] for key in sorted(found) if roster.units.get(key) != found[key])


class _Succeeding:
    def __init__(self, succession: Succession, roster: Roster) -> None:
        self._says = succession
        self._roster = roster
        self._on = succession.happens_on
        self._eve = succession.happens_on - _A_DAY
        self._ended = frozenset(succession.ended)

    def units(self) -> dict[str, Unit]:
        known = self._roster.units
        found = {key: _closed(known[key], self._on) for key in self._ended}
        for successor in self._says.successors:
            found[successor.key] = self._successor(successor)
        for key, unit in known.items():
            below = value_on(unit.parents, self._on)
            if key not in found and unit.life.covers(self._on) and below in self._ended:
                found[key] = replace(
                    unit, parents=_from(unit.parents, self._seat(below), self._on, unit.life)
                )
        return found

    def _successor(self, says: Successor) -> Unit:
        unit = self._roster.units.get(says.key) or self._opened(says)
        on, life = self._on, unit.life
        owed = self._copies(unit, says)
        return replace(
            unit,
            names=_from(unit.names, says.name, on, life) if says.name else unit.names,
            codes=_from(unit.codes, says.code, on, life) if says.code else unit.codes,
            tags=unit.tags if says.tags is None else _all_from(unit.tags, says.tags, on, life),
            parents=self._parents(unit, says),
            quotas=unit.quotas if owed is None else _quotas_from(unit.quotas, owed, on, life),
            tax_code=says.tax_code or unit.tax_code,
            budget_code=says.budget_code or unit.budget_code,
            paid_by=says.paid_by or unit.paid_by,
            mail=says.mail or unit.mail,
        )

    def _opened(self, says: Successor) -> Unit:
        life = Span(from_on=self._on)
        replaced = [self._roster.units[key] for key in says.replaces]
        tags = {tag.value for unit in replaced for tag in unit.tags if tag.span.covers(self._eve)}
        above = {self._seat(value_on(unit.parents, self._eve)) for unit in replaced}
        seats = {key for key in above if key is not None}
        return Unit(
            key=says.key,
            kind=says.kind or "",
            life=life,
            names=(),
            tags=_all_from((), tags, self._on, life),
            # Where those replaced stood below different units, the file has to say it.
            parents=_all_from((), seats if len(seats) == 1 else (), self._on, life),
        )

    def _parents(self, unit: Unit, says: Successor) -> tuple[Dated, ...]:
        if says.parent:
            return _from(unit.parents, says.parent, self._on, unit.life)
        standing = value_on(unit.parents, self._on)
        if standing in self._ended:
            return _from(unit.parents, self._seat(standing), self._on, unit.life)
        return unit.parents

    def _seat(self, key: str | None) -> str | None:
        """Who takes the place of a unit that stands above others: itself where it goes on."""
        seen: set[str] = set()
        while key in self._ended and key not in seen:
            seen.add(key)
            heirs = self._says.successors_of(key)
            if len(heirs) > 1:
                return None
            key = heirs[0] if heirs else value_on(self._roster.units[key].parents, self._eve)
        return None if key in seen else key

    def _copies(self, unit: Unit, says: Successor) -> tuple[UnitQuota, ...] | None:
        """What the unit owes from the day on, or None where that does not change."""
        if says.quotas is not None:
            return tuple(_quota(one, self._on) for one in says.quotas)
        if not says.replaces:
            return None
        keys = {says.key, *says.replaces} & self._roster.units.keys()
        added: dict[str, UnitQuota] = {}
        for key in sorted(keys):
            for quota in self._roster.units[key].quotas:
                if quota.span.covers(self._eve):
                    before = added.get(quota.title)
                    added[quota.title] = quota if before is None else _sum(before, quota)
        return tuple(added[title] for title in sorted(added)) or (() if unit.quotas else None)


def _closed(unit: Unit, on: date) -> Unit:
    return replace(
        unit,
        life=Span(from_on=unit.life.from_on, until_on=on),
        names=_until(unit.names, on),
        codes=_until(unit.codes, on),
        tags=_until(unit.tags, on),
        parents=_until(unit.parents, on),
        quotas=_quotas_from(unit.quotas, (), on, unit.life),
    )


def _until(facts: Iterable[Dated], on: date) -> tuple[Dated, ...]:
    """The facts as far as they reach before the day."""
    return tuple(
        replace(fact, span=Span(from_on=fact.span.from_on, until_on=min(fact.span.until_on, on)))
        for fact in facts
        if fact.span.from_on < on
    )


def _from(facts: Iterable[Dated], value: str | None, on: date, life: Span) -> tuple[Dated, ...]:
    """The facts with one value from the day on, or none; a value that stands already goes on."""
    return _all_from(facts, () if value is None else (value,), on, life)


def _all_from(
    facts: Iterable[Dated], values: Iterable[str], on: date, life: Span
) -> tuple[Dated, ...]:
    known = tuple(facts)
    wanted = set(values)
    kept = [fact for fact in known if fact.value in wanted and fact.span.covers(on)]
    ended = _until((fact for fact in known if fact not in kept), on)
    going_on = [
        replace(fact, span=Span(from_on=fact.span.from_on, until_on=life.until_on)) for fact in kept
    ]
    new = [
        Dated(value=value, span=Span(from_on=on, until_on=life.until_on))
        for value in sorted(wanted - {fact.value for fact in kept})
    ]
    return tuple(sorted((*ended, *going_on, *new), key=lambda one: (one.span.from_on, one.value)))


def _quotas_from(
    quotas: Iterable[UnitQuota], owed: Iterable[UnitQuota], on: date, life: Span
) -> tuple[UnitQuota, ...]:
    ended = [
        replace(quota, span=Span(from_on=quota.span.from_on, until_on=min(quota.span.until_on, on)))
        for quota in quotas
        if quota.span.from_on < on
    ]
    new = [replace(one, span=Span(from_on=on, until_on=life.until_on)) for one in owed]
    return tuple(sorted((*ended, *new), key=lambda one: (one.span.from_on, one.title)))


def _quota(says: Copies, on: date) -> UnitQuota:
    return UnitQuota(
        title=says.title,
        copies=says.copies,
        span=Span(from_on=on),
        is_mandatory=says.is_mandatory,
        funds=says.funds,
    )


def _sum(one: UnitQuota, other: UnitQuota) -> UnitQuota:
    return replace(
        one,
        copies=one.copies + other.copies,
        is_mandatory=one.is_mandatory or other.is_mandatory,
        funds=one.funds or other.funds,
    )
