"""The words from which an obligation's form lets people choose, with what each is called.

Knows the order in which they are offered. Refuses to know which may be combined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workflow.evidence.registry import checks
from workflow.i18n import N_

if TYPE_CHECKING:
    from workflow.i18n import Translator

Choices = tuple[tuple[str, str], ...]

TRIGGERS: Final[Choices] = (
    ("every", N_("regularly: every month, quarter, half-year or year, or by a rule")),
    ("day", N_("a day of each year, solar or lunar")),
    ("once", N_("once, on a day")),
    ("event", N_("at each meeting or request of a kind")),
    ("after", N_("once another obligation is fulfilled")),
    ("when", N_("when a figure falls short")),
)
EVERY: Final[Choices] = (
    ("month", N_("every month")),
    ("quarter", N_("every quarter")),
    ("half-year", N_("every half-year")),
    ("year", N_("every year")),
    ("rule", N_("by a rule of repetition (RRULE)")),
)
LENGTHS: Final[Choices] = EVERY[:4]
CALENDARS: Final[Choices] = (("solar", N_("solar calendar")), ("lunar", N_("lunar calendar")))
FOLLOWS: Final[Choices] = (
    ("accepted", N_("from the day it was done")),
    ("sequence", N_("from its original due day")),
)
DUES: Final[Choices] = (
    ("offset", N_("so many days from a day")),
    ("fixed", N_("a fixed day of a month")),
)
BASES: Final[Choices] = (
    ("end", N_("the last day of the period")),
    ("start", N_("the first day of the period")),
    ("day", N_("the day itself")),
)
SIDES: Final[Choices] = (("after", N_("days after")), ("before", N_("days before")))
COUNTS: Final[Choices] = (("calendar", N_("calendar days")), ("working", N_("working days")))
ROLLS: Final[Choices] = (
    ("none", N_("stays on that day")),
    ("following", N_("goes to the next working day")),
    ("preceding", N_("goes to the working day before")),
    ("modified-following", N_("goes to the next working day of the same month, else before")),
)
JUDGED: Final[Choices] = (
    ("performed", N_("the day on which it was done")),
    ("submitted", N_("the day on which it was handed in")),
)
JOINERS: Final[Choices] = (
    ("from_next_period", N_("from its next period on")),
    ("whole", N_("the whole of the period in which it joins")),
)
PROOFS: Final[Choices] = (
    ("none", N_("no file: a person confirms")),
    ("one", N_("one requirement")),
    ("all", N_("all of the requirements below")),
    ("any", N_("one of the requirements below is enough")),
)
ADDRESSEES: Final[Choices] = (
    ("unit", N_("unit")),
    ("head", N_("head of unit")),
    ("superior", N_("superior")),
    ("reviewer", N_("reviewer")),
    ("leader", N_("leader")),
)
CHANNELS: Final[Choices] = (("mail", N_("by mail")), ("letter", N_("by letter")))
REPORTING: Final[Choices] = (
    ("calendar", N_("by the calendar")),
    ("nd09", N_("from the 15th to the 14th (Decree 09/2019)")),
    ("own", N_("with cut-off days of its own")),
)
TRUTH: Final[Choices] = (("yes", N_("yes")), ("no", N_("no")))
_CHECKS: Final[Choices] = (
    ("attachment", N_("a document")),
    ("letter", N_("an official letter")),
    ("statement", N_("a figure")),
    ("invoice", N_("an e-invoice")),
    ("quantity", N_("a quantity")),
    ("attendance", N_("a list of attendance")),
    ("minutes", N_("minutes of a meeting")),
    ("article", N_("a published article")),
)
#: What the words of the checks' own parameters are called.
WORDS: Final = {
    "in_period": N_("within the task's period"),
    "from_period": N_("from the first day of the period on"),
    "before_event": N_("before the event"),
    "around_event": N_("around the event"),
    "any": N_("on any day"),
    "one": N_("at least one"),
    "quota": N_("the whole quota"),
    "beneficiary": N_("of the beneficiary"),
    "unit": N_("of the unit itself"),
    "yes": N_("yes"),
    "no": N_("no"),
}


def check_choices() -> Choices:
    """Every check that there is, those of the house by their names for people."""
    known = dict(_CHECKS)
    return tuple((name, known.get(name, name)) for name in checks())


def months(say: Translator) -> Choices:
    """Which month of the period a fixed day lies in."""
    before, last = N_("the month before the period"), N_("the last month of the period")
    later = N_("month {number} of the period")
    earlier = N_("month {number} from the end of the period")
    return (
        ("-1", say(last)),
        ("0", say(before)),
        *((str(n), say(later, number=n)) for n in range(1, 13)),
        *((str(-n), say(earlier, number=n)) for n in range(2, 13)),
    )
