"""Who subscribes to what: for each title the units that owe copies, how they stand, and the sums.

Pure: what was proved comes as numbers, and what stands in a report is a value whose units
add up to its figures. Refuses to know files, checks and the database.
"""

from __future__ import annotations

from collections.abc import Iterable  # noqa: TC003 - read at run time, as below
from dataclasses import dataclass
from datetime import date  # noqa: TC003 - a written value is read by its types
from enum import StrEnum
from fractions import Fraction
from typing import Final

from workflow.domain.tally import Box


class Order(StrEnum):
    """How a unit stands to the copies of a title that it owes.

    ``full``: handed in and accepted. ``awaiting``: enough is proved, or something was handed
    in, and nobody has confirmed it. ``short``: proved is less than owed. ``none``: nothing is
    proved. ``pending``: not enough, and not due yet. ``excused``: waived or suspended; it is
    no part of what is owed.
    """

    FULL = "full"
    AWAITING = "awaiting"
    SHORT = "short"
    NONE = "none"
    PENDING = "pending"
    EXCUSED = "excused"


#: Those whose names a leader asks for.
DEFAULTING: Final = frozenset({Order.SHORT, Order.NONE})
#: From best to worst: of several orders within a period the worst tells how a unit stands.
_RANKS: Final = (
    Order.EXCUSED,
    Order.FULL,
    Order.AWAITING,
    Order.PENDING,
    Order.SHORT,
    Order.NONE,
)
_DONE: Final = frozenset({Box.DONE_ON_TIME, Box.DONE_LATE})
_EXCUSED: Final = frozenset({Box.WAIVED, Box.SUSPENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A unit that owes copies of a title: how many an issue, and how many are proved.

    ``owed`` is None where no number is on record. ``counted`` is what the post office counted;
    None where its table does not name the unit, or there is no table. ``occasion`` and
    ``task`` say for which days, and where the proof is found.
    """

    unit: str
    name: str
    order: Order
    owed: int | None
    proved: int
    counted: int | None
    occasion: str
    task: int

    @property
    def is_behind(self) -> bool:
        """Whether it has ordered too few or none although that was due."""
        return self.order in DEFAULTING

    @property
    def lacking(self) -> int:
        """How many copies are missing."""
        return max((self.owed or 0) - self.proved, 0)

    @property
    def differs(self) -> bool:
        """Whether the post office counted another number than was proved."""
        return self.counted is not None and self.counted != self.proved


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides:
    """A unit of which the post office counted copies that it does not owe."""

    unit: str
    name: str
    counted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """Sums over the units of a title; copies are those of one issue.

    ``copies_lacking`` is added up unit by unit: what one orders too many helps no other.
    ``owing = full + awaiting + short + none + pending``; who is excused is beside it, with
    its copies.
    """

    owing: int
    full: int
    awaiting: int
    short: int
    none: int
    pending: int
    excused: int
    copies_owed: int
    copies_proved: int
    copies_lacking: int

    @property
    def rate(self) -> Fraction | None:
        """The share of the units owing that have ordered in full; None where none owes."""
        return Fraction(self.full, self.owing) if self.owing else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """The same title in an earlier period, judged as this one is; None where nobody owed any."""

    period: str
    figures: Subscribed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleOrders:
    """A title in the period that its issues appear in.

    ``is_ahead``: issues of the next period, ordered in the one that is reported on.
    ``counted_on`` is the day on which the post office's table came in, None where none did;
    ``copies_counted`` is its sum.
    """

    title: str
    name: str
    period: str
    from_on: date
    until_on: date
    is_ahead: bool
    figures: Subscribed
    previous: Then
    same_last_year: Then
    units: tuple[Subscriber, ...]
    besides: tuple[Besides, ...]
    counted_on: date | None
    copies_counted: int | None

    def standing(self, order: Order) -> tuple[Subscriber, ...]:
        """The units that stand so, in the order of the report."""
        return tuple(one for one in self.units if one.order is order)

    @property
    def differing(self) -> tuple[Subscriber, ...]:
        """The units of which the post office counted another number than was proved."""
        return tuple(one for one in self.units if one.differs)

    @property
    def uncounted(self) -> tuple[Subscriber, ...]:
        """The units with copies proved that the post office's table leaves out."""
        if self.counted_on is None:
            return ()
        return tuple(one for one in self.units if one.counted is None and one.proved)


def standing(box: Box, *, owed: int | None, proved: int) -> Order:
    """How a unit stands, by where its task is counted and by the copies that are proved."""
    if box in _EXCUSED:
        return Order.EXCUSED
    if box in _DONE:
        return Order.FULL
    if box is Box.AWAITING or (proved and proved >= (owed or 1)):
        return Order.AWAITING
    if box is not Box.NOT_DONE_OVERDUE:
        return Order.PENDING
    return Order.SHORT if proved else Order.NONE


def worst(orders: Iterable[Subscriber]) -> Subscriber:
    """Of a unit's orders for one period the one that lacks most; among equals the last."""
    return max(
        enumerate(orders),
        key=lambda pair: (
            _RANKS.index(pair[1].order),
            pair[1].lacking,
            pair[0],
        ),
    )[1]


def summed(units: Iterable[Subscriber]) -> Subscribed:
    """The figures of some units."""
    every = list(units)
    owing = [one for one in every if one.order is not Order.EXCUSED]

    def number(order: Order) -> int:
        return sum(one.order is order for one in every)

    return Subscribed(
        owing=len(owing),
        full=number(Order.FULL),
        awaiting=number(Order.AWAITING),
        short=number(Order.SHORT),
        none=number(Order.NONE),
        pending=number(Order.PENDING),
        excused=number(Order.EXCUSED),
        copies_owed=sum(one.owed or 0 for one in owing),
        copies_proved=sum(one.proved for one in owing),
        copies_lacking=sum(one.lacking for one in owing),
    )
