"""Units, the selectors that name them, and who is a member on which day.

Knows dated facts about units and how a selector turns them into spans of
membership. Refuses to know obligations, tasks and tables. A unit is known by
a permanent key of our own: codes are reused and names repeat, so both are
facts with dates (domain: the reform of 1/7/2025).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

#: A span that has no end yet ends here (exclusive).
FOREVER = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Which units are meant: any of the conditions, minus the exceptions.

    A unit matches when its kind is in ``kinds`` or ``kinds`` is empty, and it
    bears every tag of ``tags``, and it lies in the subtree of a key of
    ``under`` (the key itself included) or ``under`` is empty. ``keys`` adds
    units by name; ``except_keys`` and ``except_tags`` take units away. A
    selector with nothing but exceptions means nobody, never everybody:
    ``everyone`` says so on purpose.
    """

    kinds: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    under: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    except_keys: frozenset[str] = frozenset()
    except_tags: frozenset[str] = frozenset()
    everyone: bool = False

    @property
    def has_conditions(self) -> bool:
        """Whether anything but explicit keys selects units."""
        return self.everyone or bool(self.kinds or self.tags or self.under)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Half-open days ``[from_on, until_on)``; never empty."""

    from_on: date
    until_on: date = FOREVER

    def covers(self, day: date) -> bool:
        """Whether the day lies within."""
        return self.from_on <= day < self.until_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A value that holds on a span of days."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitQuota:
    """Copies per issue of a title that a unit owes on a span of days."""

    title: str
    copies: int
    span: Span
    is_mandatory: bool = True
    funds: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit with its history; ``life`` is from its opening to its closing.

    ``tax_code`` is the MST, ``budget_code`` the MDVQHNSach, ``paid_by`` the key
    of the unit that may stand as buyer on its invoices.
    """

    key: str
    kind: str
    life: Span
    names: tuple[Dated, ...]
    codes: tuple[Dated, ...] = ()
    tags: tuple[Dated, ...] = ()
    parents: tuple[Dated, ...] = ()
    quotas: tuple[UnitQuota, ...] = ()
    tax_code: str | None = None
    budget_code: str | None = None
    paid_by: str | None = None
    mail: str | None = None

    def name_on(self, day: date) -> str:
        """Its name on a day; the nearest one where the day lies outside its life."""
        for dated in self.names:
            if dated.span.covers(day):
                return dated.value
        before = [dated for dated in self.names if dated.span.until_on <= day]
        return (before[-1] if before else self.names[0]).value

    def quota_on(self, title: str, day: date) -> int | None:
        """Copies owed of a title on a day, or None when it owes none."""
        for quota in self.quotas:
            if quota.title == title and quota.span.covers(day):
                return quota.copies
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A unit counts as a member on ``span`` for whoever looks from ``since`` or later.

    Its own membership is seen from its own first day on; what it inherits from
    the units that it replaced, from the day of the succession.
    """

    unit: str
    span: Span
    since: date

    @property
    def is_own(self) -> bool:
        """Whether the unit was a member itself."""
        return self.since == self.span.from_on


def value_on(facts: Iterable[Dated], day: date) -> str | None:
    """The value of a dated fact on a day, or None."""
    for fact in facts:
        if fact.span.covers(day):
            return fact.value
    return None


class Roster:
    """All units at hand, asked who matches a selector on a day.

    Built once from immutable units; answers are pure. ``predecessors`` maps a
    unit's key to the keys that it replaced, each with the day of the succession.
    """

    def __init__(
        self,
        units: Iterable[Unit],
        predecessors: Mapping[str, frozenset[tuple[str, date]]] | None = None,
    ) -> None:
        self.units: dict[str, Unit] = {unit.key: unit for unit in units}
        self._predecessors = dict(predecessors or {})
        self._days: dict[str, list[date]] = {}

    def is_under(self, key: str, roots: frozenset[str], day: date) -> bool:
        """Whether a unit lies in the subtree of a root on a day; a loop ends the walk."""
        seen: set[str] = set()
        current: str | None = key
        while current is not None and current not in seen:
            if current in roots:
                return True
            seen.add(current)
            unit = self.units.get(current)
            current = value_on(unit.parents, day) if unit else None
        return False

    def is_member(self, selector: Selector, key: str, day: date) -> bool:
        """Whether the unit is alive and meant by the selector on that day."""
        unit = self.units[key]
        if not unit.life.covers(day) or key in selector.except_keys:
            return False
        tags = {tag.value for tag in unit.tags if tag.span.covers(day)}
        if tags & selector.except_tags:
            return False
        if key in selector.keys:
            return True
        return (
            selector.has_conditions
            and (not selector.kinds or unit.kind in selector.kinds)
            and selector.tags <= tags
            and (not selector.under or self.is_under(key, selector.under, day))
        )

    def counts_on(self, selector: Selector, key: str, day: date, *, since: date) -> bool:
        """Whether the unit counts as a member on a day, seen from a later day ``since``.

        It does when it is one, or when it joined by a succession up to
        ``since`` and a unit that it replaced counts as one.
        """
        if self.is_member(selector, key, day):
            return True
        for before, on in self._predecessors.get(key, frozenset()):
            eve = on - timedelta(days=1)
            if (
                day < on <= since
                and self.is_member(selector, key, on)
                and not self.is_member(selector, key, eve)
                and self.is_member(selector, before, eve)
                and self.counts_on(selector, before, day, since=eve)
            ):
                return True
        return False

    def heir(self, key: str, day: date) -> str:
        """The unit that stands in for one on a day: itself until it ends, then its only successor.

        Where several replaced it, or none, it is itself.
        """
        seen: set[str] = set()
        while key in self.units and key not in seen and self.units[key].life.until_on <= day:
            seen.add(key)
            ended_on = self.units[key].life.until_on
            heirs = [
                after
                for after, replaced in self._predecessors.items()
                if (key, ended_on) in replaced
            ]
            if len(heirs) == 1:
                key = heirs[0]
        return key

    def members(self, selector: Selector) -> list[Membership]:
        """Every span on which a unit counts for the selector, by key, first day and ``since``."""
        own = {key: self._spans(selector, key) for key in self.units}
        found = [
            Membership(unit=key, span=span, since=span.from_on)
            for key, spans in own.items()
            for span in spans
        ]
        for key in self._predecessors:
            for span in own.get(key, ()):
                found += (
                    Membership(unit=key, span=past, since=span.from_on)
                    for past in _joined(self._inherited(key, span.from_on, own))
                )
        return sorted(found, key=lambda one: (one.unit, one.span.from_on, one.since))

    def _spans(self, selector: Selector, key: str) -> list[Span]:
        return _merged(
            self._change_days(key),
            until=self.units[key].life.until_on,
            holds=lambda day: self.is_member(selector, key, day),
        )

    def _change_days(self, key: str) -> list[date]:
        """Days on which an answer about the unit can change: its own facts' and its ancestors'."""
        known = self._days.get(key)
        if known is not None:
            return known
        days: set[date] = set()
        todo, seen = [key], {key}
        while todo:
            unit = self.units.get(todo.pop())
            if unit is None:
                continue
            days.update((unit.life.from_on, unit.life.until_on))
            for fact in (*unit.tags, *unit.parents):
                days.update((fact.span.from_on, fact.span.until_on))
            for parent in unit.parents:
                if parent.value not in seen:
                    seen.add(parent.value)
                    todo.append(parent.value)
        self._days[key] = sorted(days)
        return self._days[key]

    def _inherited(self, key: str, on: date, own: Mapping[str, Sequence[Span]]) -> list[Span]:
        """The spans before a day of those that the unit replaced on it, and of theirs in turn."""
        eve = on - timedelta(days=1)
        past: list[Span] = []
        for before, day in self._predecessors.get(key, frozenset()):
            # What it was split off from may live on, and is inherited all the same.
            if day == on and any(span.covers(eve) for span in own.get(before, ())):
                for span in own[before]:
                    if span.from_on < on:
                        until = min(span.until_on, on)
                        past.append(Span(from_on=span.from_on, until_on=until))
                        past += self._inherited(before, span.from_on, own)
        return past


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The same days in as few spans as can be."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: one.from_on):
        if joined and span.from_on <= joined[-1].until_on:
            until = max(span.until_on, joined[-1].until_on)
            joined[-1] = Span(from_on=joined[-1].from_on, until_on=until)
        else:
            joined.append(span)
    return joined


def _merged(days: Sequence[date], *, until: date, holds: Callable[[date], bool]) -> list[Span]:
    spans: list[Span] = []
    start: date | None = None
    for day in takewhile(lambda day: day < until, days):
        if holds(day):
            start = start or day
        elif start is not None:
            spans.append(Span(from_on=start, until_on=day))
            start = None
    if start is not None:
        spans.append(Span(from_on=start, until_on=until))
    return spans
