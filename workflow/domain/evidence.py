"""What the items of a task prove: what is missing, how far it is, which of them were needed.

Knows how a proof's tree is met by items that passed, and how one thing in the
world is divided among the duties that it is offered for. Refuses to know what
a check reads, files, and where items are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from workflow.domain.agreement import AllOf, Fixed, Requirement
from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from workflow.domain.agreement import AnyOf, Proof


class Outcome(StrEnum):
    """What a check said of an item."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of evidence, offered for one requirement.

    ``outcome`` is None until a check has spoken. ``quantity`` is what was
    allocated to it, 1 for a thing that is simply there. ``performed_at`` is the
    first instant of the day that the check read, None where it reads none.
    ``identity`` is what the proof is wherever it turns up (an invoice's number,
    an article, else the file): the same thing counts once a requirement.
    """

    id: int
    requirement: str
    identity: str
    added_at: datetime
    outcome: Outcome | None = None
    quantity: int = 1
    performed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """What one requirement still lacks: ``items`` and ``quantity``, not both 0."""

    requirement: str
    items: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a proof is: ``done`` of ``needed`` (7/12), ``0 <= done <= needed``.

    ``done == needed`` exactly when nothing is missing; a proof that needs
    nothing is 0/0.
    """

    done: int
    needed: int

    def __add__(self, other: Progress) -> Progress:
        """Sum two parts that are both needed."""
        return Progress(done=self.done + other.done, needed=self.needed + other.needed)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.done == self.needed

    @property
    def share(self) -> Fraction:
        """Between 0 and 1; 1 where nothing is needed."""
        return Fraction(self.done, self.needed) if self.needed else Fraction(1)


def counted(items: Iterable[Item]) -> tuple[Item, ...]:
    """The items that count: passed, and of the same thing for the same requirement the first."""
    firsts: dict[tuple[str, str], Item] = {}
    for item in sorted(items, key=lambda item: (item.added_at, item.id)):
        if item.outcome == Outcome.PASSED:
            firsts.setdefault((item.requirement, item.identity), item)
    return tuple(firsts.values())


def quantity_needed(requirement: Requirement, quotas: Mapping[str, int]) -> int | None:
    """How much a requirement asks for, or None where it asks for items only.

    Raises ``Refusal("evidence.quota_unknown")`` where the unit's quota of the
    title is not at hand: a missing figure is an error, never 0.
    """
    asked = requirement.quantity
    if asked is None or isinstance(asked, Fixed):
        return None if asked is None else asked.amount
    if asked.title not in quotas:
        raise Refusal("evidence.quota_unknown", requirement=requirement.code, title=asked.title)
    return quotas[asked.title]


def progress(proof: Proof | None, items: Iterable[Item], *, quotas: Mapping[str, int]) -> Progress:
    """How far the items are towards the proof.

    Everything needed is added up; of alternatives the one that is furthest
    counts, and among equals the one that lacks least, then the first. Raises
    ``Refusal("evidence.quota_unknown")``.
    """
    if proof is None:
        return Progress(done=0, needed=0)
    return _progress(proof, _Tally(items, quotas))


def shortfalls(
    proof: Proof | None, items: Iterable[Item], *, quotas: Mapping[str, int]
) -> tuple[Shortfall, ...]:
    """What is missing, requirement by requirement; empty when everything is proved.

    Of alternatives the one that ``progress`` counts is named. Raises
    ``Refusal("evidence.quota_unknown")``.
    """
    if proof is None:
        return ()
    return tuple(_shortfalls(proof, _Tally(items, quotas)))


def earliest_sufficient(
    proof: Proof | None, items: Iterable[Item], *, quotas: Mapping[str, int]
) -> frozenset[int] | None:
    """The ids of the evidence needed: the passed items that meet the proof earliest performed.

    None where they do not meet it. No other sufficient set has an earlier
    latest date. Items without a date delay nothing, but a set that bears a
    date goes before one that bears none: the latter would leave the submission
    to decide. Raises ``Refusal("evidence.quota_unknown")``.
    """
    if proof is None:
        return frozenset()
    best = _best(proof, _Tally(items, quotas), lambda item: item.performed_at)
    chosen = best.dated or best.least
    return None if chosen is None else chosen.ids


def proved_at(
    proof: Proof | None, items: Iterable[Item], *, quotas: Mapping[str, int]
) -> datetime | None:
    """The instant at which the last item needed was added: what an automatic submission bears.

    None where the proof is not met, or needs no item. Raises
    ``Refusal("evidence.quota_unknown")``.
    """
    if proof is None:
        return None
    best = _best(proof, _Tally(items, quotas), lambda item: item.added_at)
    return None if best.least is None else best.least.latest


def allocation(wanted: Mapping[int, int], *, capacity: int | None) -> dict[int, int]:
    """How one thing is divided among the claims on it, first come, first served.

    ``wanted`` maps each claim to the amount it wants (at least 1), in order of
    arrival; ``capacity`` is how much the thing can prove in all, None where
    each use needs the whole of it. Gives every claim its amount, 0 where
    nothing is left; the amounts never add up to more than the capacity.
    """
    if capacity is None:
        first = next(iter(wanted), None)
        return {claim: amount if claim == first else 0 for claim, amount in wanted.items()}
    shares: dict[int, int] = {}
    left = max(capacity, 0)
    for claim, amount in wanted.items():
        shares[claim] = min(amount, left)
        left -= shares[claim]
    return shares


class _Tally:
    """The items that count, by requirement, beside the unit's quotas."""

    def __init__(self, items: Iterable[Item], quotas: Mapping[str, int]) -> None:
        self.quotas = quotas
        self._items: dict[str, list[Item]] = {}
        for item in counted(items):
            self._items.setdefault(item.requirement, []).append(item)

    def items(self, leaf: Requirement) -> Sequence[Item]:
        return self._items.get(leaf.code, ())

    def need(self, leaf: Requirement) -> tuple[int, int]:
        """Items and quantity needed. A quantity of its own implies the one item that bears it."""
        quantity = quantity_needed(leaf, self.quotas)
        if quantity is None:
            return leaf.minimum, 0
        return (leaf.minimum if leaf.minimum > 1 else 0), quantity


def _lack(leaf: Requirement, tally: _Tally) -> Shortfall:
    items, quantity = tally.need(leaf)
    offered = tally.items(leaf)
    return Shortfall(
        requirement=leaf.code,
        items=max(items - len(offered), 0),
        quantity=max(quantity - sum(item.quantity for item in offered), 0),
    )


def _progress(proof: Proof, tally: _Tally) -> Progress:
    if isinstance(proof, Requirement):
        needed = sum(tally.need(proof))
        lack = _lack(proof, tally)
        return Progress(done=needed - lack.items - lack.quantity, needed=needed)
    if isinstance(proof, AllOf):
        parts = (_progress(part, tally) for part in proof.parts)
        return sum(parts, start=Progress(done=0, needed=0))
    return _progress(_furthest(proof, tally), tally)


def _furthest(proof: AnyOf, tally: _Tally) -> Proof:
    def standing(part: Proof) -> tuple[Fraction, int]:
        reached = _progress(part, tally)
        return reached.share, reached.done - reached.needed

    return max(proof.parts, key=standing)


def _shortfalls(proof: Proof, tally: _Tally) -> Iterable[Shortfall]:
    if isinstance(proof, Requirement):
        lack = _lack(proof, tally)
        if lack.items or lack.quantity:
            yield lack
        return
    parts = proof.parts if isinstance(proof, AllOf) else (_furthest(proof, tally),)
    for part in parts:
        yield from _shortfalls(part, tally)


@dataclass(frozen=True, slots=True)
class _Set:
    """A sufficient set of items; ``latest`` is None where none bears an instant."""

    ids: frozenset[int] = frozenset()
    latest: datetime | None = None

    def __or__(self, other: _Set) -> _Set:
        instants = [at for at in (self.latest, other.latest) if at is not None]
        return _Set(self.ids | other.ids, max(instants, default=None))


@dataclass(frozen=True, slots=True)
class _Best:
    """The earliest sufficient set, and the earliest of those that bear an instant.

    Both are needed on the way up the tree: beside a dated part, an undated
    alternative costs nothing; alone, it loses to a dated one.
    """

    least: _Set | None
    dated: _Set | None


def _earliest(sets: Iterable[_Set | None]) -> _Set | None:
    """The one that is latest-dated earliest; an undated one before all, then the first."""
    found = [one for one in sets if one is not None]
    undated = [one for one in found if one.latest is None]
    dated = [(one.latest, index) for index, one in enumerate(found) if one.latest is not None]
    if undated:
        return undated[0]
    return found[min(dated)[1]] if dated else None


def _best(proof: Proof, tally: _Tally, instant: Callable[[Item], datetime | None]) -> _Best:
    if isinstance(proof, Requirement):
        return _best_of_leaf(proof, tally, instant)
    parts = [_best(part, tally, instant) for part in proof.parts]
    if isinstance(proof, AllOf):
        return _best_of_all(parts)
    return _Best(_earliest(part.least for part in parts), _earliest(part.dated for part in parts))


def _best_of_all(parts: Sequence[_Best]) -> _Best:
    whole = _Best(_Set(), None)
    for part in parts:
        either = (_joined(whole.dated, part.least), _joined(whole.least, part.dated))
        whole = _Best(_joined(whole.least, part.least), _earliest(either))
    return whole


def _joined(one: _Set | None, other: _Set | None) -> _Set | None:
    return None if one is None or other is None else one | other


def _best_of_leaf(
    leaf: Requirement, tally: _Tally, instant: Callable[[Item], datetime | None]
) -> _Best:
    """Take items, undated ones first and then by instant, until they suffice."""
    at = {item.id: instant(item) for item in tally.items(leaf)}
    undated = [item for item in tally.items(leaf) if at[item.id] is None]
    dated = sorted(
        (item for item in tally.items(leaf) if at[item.id] is not None),
        key=lambda item: (at[item.id], item.added_at, item.id),
    )
    need = tally.need(leaf)
    least = _prefix((*undated, *dated), need, at)
    if least is None or least.latest is not None:
        return _Best(least, least)
    # The undated suffice; the first dated one among them is what bears a date earliest.
    return _Best(least, _prefix((*dated[:1], *undated), need, at) if least.ids and dated else None)


def _prefix(
    items: Sequence[Item], need: tuple[int, int], at: Mapping[int, datetime | None]
) -> _Set | None:
    """The shortest run of the items, from the first on, that meets the need."""
    count, quantity, ids = 0, 0, set[int]()
    latest: datetime | None = None
    wanted_items, wanted_quantity = need
    for item in items:
        if count >= wanted_items and quantity >= wanted_quantity:
            break
        ids.add(item.id)
        count += 1
        quantity += item.quantity
        latest = at[item.id] if at[item.id] is not None else latest
    if count < wanted_items or quantity < wanted_quantity:
        return None
    return _Set(frozenset(ids), latest)
