"""The turns of phrase that composed sentences are built of, in one language.

Knows how a report counts, lists, compares and joins: long lists are cut with the number of
the rest, a difference is told in percentage points, and where there is nothing to compare
with, that is said. Refuses to know which sentences there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from reports.documents.telling import Teller
from reports.narrating.sentences import Figure
from workflow.domain.folding import tidied

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from reports.quarterly import Paragraph

#: So many of a list are named at most; of a longer one fewer are, so that the rest are several.
_NAMED: Final = 8
_NAMED_OF_MORE: Final = 6
#: So many days are told one by one.
_DAYS: Final = 4
#: A difference below it reads as none.
_LEAST_POINT: Final = Fraction(1, 2000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence in one language, with where it belongs and the figures that it tells."""

    key: str
    place: Paragraph
    text: str
    figures: tuple[Figure, ...]
    part: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A rate of an earlier period: None where nothing counted; ``name`` is the period's."""

    name: str
    rate: Fraction | None


class Phrases(Teller):
    """A report's language with the turns of phrase that sentences need."""

    # --- counting ------------------------------------------------------------

    def units_counted(self, number: int) -> str:
        """``1 unit``, ``5 units``."""
        return self.say.ngettext(
            "{count:number} unit", "{count:number} units", number, count=number
        )

    def tasks_counted(self, number: int) -> str:
        """``1 task``, ``5 tasks``."""
        return self.say.ngettext(
            "{count:number} task", "{count:number} tasks", number, count=number
        )

    def within(self, name: str) -> str:
        """A period's name within a sentence: Vietnamese has no capital there."""
        return name[:1].lower() + name[1:] if self.say.lang == "vi" else name

    # --- lists ---------------------------------------------------------------

    def listed(self, items: Sequence[str]) -> str:
        """``A``, ``A and B``, ``A, B and C``; set apart by semicolons where items hold commas."""
        _ = self.gettext
        if any("," in item or ";" in item for item in items):
            return "; ".join(items)
        if len(items) < 2:  # noqa: PLR2004 - one item, or none, is a list by itself
            return "".join(items)
        return _("{some} and {last}", some=", ".join(items[:-1]), last=items[-1])

    def units_named(self, keys: Sequence[str], *, told: Sequence[str] = ()) -> str:
        """Units by name, in the order given; of many the first, and how many others there are.

        ``told`` says something of each, in the same order.
        """
        _ = self.gettext
        names = [
            f"{self.unit(key)} ({told[place]})" if told else self.unit(key)
            for place, key in enumerate(keys)
        ]
        if len(names) <= _NAMED:
            return self.listed(names)
        others = self.units_counted(len(names) - _NAMED_OF_MORE)
        # Named apart by commas throughout: the last one named is not the last there is.
        some = ("; " if any("," in name for name in names) else ", ").join(names[:_NAMED_OF_MORE])
        return _("{some} and {others} more (see the annex by unit)", some=some, others=others)

    def units_figured(self, keys: Iterable[str], name: str) -> tuple[Figure, ...]:
        """That each of these units is among those told of: a change of names is a change."""
        return tuple(Figure(of="unit", key=key, name=name, value=1) for key in keys)

    def duty_titled(self, code: str, title: str = "") -> str:
        """A duty by its title, as it stands within a sentence; of a code that has none the code."""
        known = self._duties.get(code)
        return tidied(title or (known.title if known else "")).rstrip(".") or code

    def days_told(self, days: Sequence[date]) -> str:
        """Due days one by one, or of many the first and the last."""
        _ = self.gettext
        if len(days) == 1:
            return _("due on {day:day}", day=days[0])
        if len(days) <= _DAYS:
            return _("due on {days}", days=self.listed([self.say.day(day) for day in days]))
        return _(
            "due on {count:number} days from {first:day} to {last:day}",
            count=len(days),
            first=days[0],
            last=days[-1],
        )

    # --- comparing -----------------------------------------------------------

    def compared(self, rate: Fraction, earlier: Earlier) -> str:
        """How a rate stands to an earlier one."""
        _ = self.gettext
        if earlier.rate is None:
            return _("no comparison with {name}, which had nothing of the kind", name=earlier.name)
        difference = rate - earlier.rate
        if not difference:
            return _("the same as in {name}", name=earlier.name)
        if rate in {0, 1}:
            # The sentence says "all" or "none": a number of points would have none to stand on.
            return _("against {rate:percent} in {name}", rate=earlier.rate, name=earlier.name)
        if abs(difference) < _LEAST_POINT:
            return _("nearly the same as in {name}", name=earlier.name)
        points = self.points(difference)
        if difference > 0:
            return _("up {points} percentage points on {name}", points=points, name=earlier.name)
        return _("down {points} percentage points on {name}", points=points, name=earlier.name)

    def points(self, difference: Fraction) -> str:
        """A difference of rates in percentage points, without its sign."""
        return self.say.number(abs(difference) * 100, digits=1)

    # --- sentences -----------------------------------------------------------

    def sentence(self, *clauses: str) -> str:
        """Clauses as one sentence: set apart by commas, those that begin with ``;`` by that."""
        text = ""
        for clause in clauses:
            if clause.startswith(";"):
                text += clause
            elif clause:
                text += f", {clause}" if text else clause
        text = text[:1].upper() + text[1:]
        return text if text.endswith((".", "…")) else f"{text}."


def rate_of(part: int, whole: int) -> Fraction | None:
    """A share, or None of nothing."""
    return Fraction(part, whole) if whole else None


def exact(rate: Fraction) -> str:
    """A rate as a figure keeps it: nothing is cut."""
    return f"{rate.numerator}/{rate.denominator}"
