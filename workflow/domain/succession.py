"""What a succession says: which units end, which go on or open, what becomes of open tasks.

Knows a decision about units as one value and answers from it alone. Refuses to
know files, tables and tasks: ``succeeding`` makes the units that it leads to,
``merging`` says how tasks are joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Fate(StrEnum):
    """What becomes of an open task of a unit that ended.

    ``transfer``: one successor takes it over. ``split``: several take it over,
    each its own. ``cancel``: nobody owes it any more.
    """

    TRANSFER = "transfer"
    SPLIT = "split"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """Copies per issue of a title that a unit owes from the day of the succession on."""

    title: str
    copies: int
    is_mandatory: bool = True
    funds: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """A unit that is there from the day on, with what is new about it.

    ``key`` names a unit that goes on, or one that opens on the day; the latter
    needs ``name`` and ``kind``. ``replaces`` are the keys of the units that it
    takes over from; those not named as successors themselves end on the day. A
    rename replaces nobody.

    None leaves a fact as it was. Of a unit that opens, ``tags`` None means the
    tags of all that it replaces, and ``parent`` None the unit above them.
    ``quotas`` None means that the copies of all that it replaces are added, to
    its own where it goes on. An empty tuple means none.
    """

    key: str
    replaces: tuple[str, ...] = ()
    kind: str | None = None
    name: str | None = None
    code: str | None = None
    parent: str | None = None
    tags: tuple[str, ...] | None = None
    quotas: tuple[Copies, ...] | None = None
    tax_code: str | None = None
    budget_code: str | None = None
    paid_by: str | None = None
    mail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of the open tasks of some ended units.

    Empty ``units`` means every unit that ends, ``agreement`` None every
    agreement, empty ``obligations`` every obligation (codes). ``to`` names one
    successor for a transfer, two or more for a split, none for a cancellation
    and for a transfer to the only successor. What was handed in for a task that
    is split goes to the first. ``reason`` is said beside the ground.
    """

    fate: Fate
    units: tuple[str, ...] = ()
    agreement: str | None = None
    obligations: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_general(self) -> bool:
        """Whether it holds for every task of its units."""
        return self.agreement is None and not self.obligations

    def concerns(self, unit: str, *, agreement: str, obligation: str) -> bool:
        """Whether it is about the task of a unit for an obligation."""
        return (
            (not self.units or unit in self.units)
            and self.agreement in {None, agreement}
            and (not self.obligations or obligation in self.obligations)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """A merge, split, rename or dissolution of units: one decision, taking effect on one day.

    ``ground`` is the deciding document with its number, for every act that
    follows. ``dissolved`` end without a successor. Of several decisions that
    concern a task the first holds.
    """

    happens_on: date
    ground: str
    successors: tuple[Successor, ...] = ()
    dissolved: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """(predecessor, successor) by key, in the order in which successors are named."""
        return tuple(
            (before, successor.key)
            for successor in self.successors
            for before in successor.replaces
            if before != successor.key
        )

    @property
    def ended(self) -> tuple[str, ...]:
        """The keys of the units that end on the day, sorted."""
        going_on = {successor.key for successor in self.successors}
        return tuple(sorted(({before for before, _ in self.links} - going_on) | {*self.dissolved}))

    def successors_of(self, unit: str) -> tuple[str, ...]:
        """The keys of the units that replace a unit, in the order in which they are named."""
        return tuple(dict.fromkeys(after for before, after in self.links if before == unit))

    def decided(self, unit: str, *, agreement: str, obligation: str) -> Decision:
        """What becomes of an open task of a unit that ended; ``to`` is complete.

        Without a decision the only successor takes it over, and where there is
        none it is cancelled. Several successors need a decision
        (``succession_sense.problems``); ``LookupError`` where it is missing.
        """
        heirs = self.successors_of(unit)
        for decision in self.decisions:
            if decision.concerns(unit, agreement=agreement, obligation=obligation):
                found = decision
                break
        else:
            if len(heirs) > 1:
                raise LookupError(f"nobody decided between the successors of {unit}")
            found = Decision(fate=Fate.TRANSFER if heirs else Fate.CANCEL)
        if found.fate is Fate.CANCEL:
            to: tuple[str, ...] = ()
        else:
            to = found.to or heirs
        return Decision(fate=found.fate, units=(unit,), to=to, reason=found.reason)

    def answering(self, unit: str) -> str | None:
        """Who answers from the day on for what an ended unit handed in; None for nobody.

        With several successors the one that a general decision names first,
        else the one named first.
        """
        heirs = self.successors_of(unit)
        for decision in self.decisions:
            if decision.is_general and decision.concerns(unit, agreement="", obligation=""):
                return next(iter(decision.to or heirs), None)
        return next(iter(heirs), None)
