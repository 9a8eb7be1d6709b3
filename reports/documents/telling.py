"""How a report's values are told in one language: names, days, numbers, rates, reasons.

Knows the words for a line's boxes and the cells of a table of them. Refuses to know
which tables there are.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from reports.documents.document import Align, Cell, Column, Tone
from workflow import labels
from workflow.domain.errors import Refusal
from workflow.domain.periods import reporting_year
from workflow.domain.tally import BANDS, Box
from workflow.i18n import translator

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from reports.figures import Line
    from reports.quarterly import Duty, Period, Reason, Report, Side, UnitLine
    from workflow.domain.tally import Boxes

NONE: Final = "–"
_EVENT: Final = re.compile(r"(meeting|request):(\d+)", re.ASCII)
_AFTER: Final = re.compile(r"after:([^:]+):(.+):[^:]+", re.ASCII)

#: What each box is about, and the sign that stands for it where there is no room for words.
TONES: Final = {
    Box.DONE_ON_TIME: Tone.DONE,
    Box.DONE_LATE: Tone.LATE,
    Box.AWAITING: Tone.RUNNING,
    Box.NOT_DONE_IN_TIME: Tone.RUNNING,
    Box.NOT_DONE_OVERDUE: Tone.OVERDUE,
    Box.NO_DUE_DAY: Tone.IDLE,
    Box.SUSPENDED: Tone.IDLE,
    Box.WAIVED: Tone.IDLE,
}
SIGNS: Final = {
    Box.DONE_ON_TIME: "✓",
    Box.DONE_LATE: "△",
    Box.AWAITING: "…",
    Box.NOT_DONE_IN_TIME: "○",
    Box.NOT_DONE_OVERDUE: "✕",
    Box.NO_DUE_DAY: "–",
    Box.SUSPENDED: "–",
    Box.WAIVED: "–",
}


class Speaker:
    """A language, and how periods, occasions, reasons, days and numbers are told in it."""

    def __init__(self, *, zone: str, lang: str) -> None:
        self.say = translator(lang).in_zone(zone)
        self.gettext = self.say.gettext
        self._periods: dict[str, str] = {}

    def period(self, period: Period) -> str:
        """A period by its name, as it begins a line."""
        return labels.sentence_for(period.label, period.facts, self.say.lang)

    def period_within(self, period: Period) -> str:
        """The same within a sentence: Vietnamese has no capital there."""
        name = self.period(period)
        return name[:1].lower() + name[1:] if self.say.lang == "vi" else name

    def occasion(self, key: str) -> str:
        """What made a task owed, as people call it."""
        if found := _EVENT.fullmatch(key):
            if found[1] == "meeting":
                return self.gettext("meeting no. {number}", number=found[2])
            return self.gettext("request no. {number}", number=found[2])
        if found := _AFTER.fullmatch(key):
            return self.gettext(
                "following {code}, {occasion}", code=found[1], occasion=self.occasion(found[2])
            )
        key = key.partition("@")[0]
        try:
            return self.say.day(date.fromisoformat(key))
        except ValueError:
            return self._period_named(key)

    def _period_named(self, key: str) -> str:
        # Thousands of tasks share a handful of periods.
        if key not in self._periods:
            try:
                code, facts = reporting_year("calendar").period_by_key(key).label
            except Refusal:
                self._periods[key] = key
            else:
                self._periods[key] = labels.sentence_for(code, facts, self.say.lang)
        return self._periods[key]

    def reason(self, reason: Reason) -> str:
        """Somebody's words, or the sentence for a code."""
        if reason.text:
            return reason.text
        if reason.code in labels.messages():
            return labels.sentence_for(reason.code, reason.facts, self.say.lang)
        return reason.code

    # --- days and numbers --------------------------------------------------------

    def day(self, on: date | None) -> str:
        """A day, or a dash."""
        return NONE if on is None else self.say.day(on)

    def number(self, number: int) -> str:
        """A number, or a dash for none: a table full of zeros hides what is there."""
        return self.say.number(number) if number else NONE

    def rate(self, rate: Fraction | None) -> str:
        """A rate, or a dash: where nothing counts there is none."""
        return NONE if rate is None else self.say.percent(rate)

    def fraction(self, part: int, whole: int) -> str:
        """Two numbers as a fraction, or a dash where there is nothing."""
        if not whole:
            return NONE
        return f"{self.say.number(part)}/{self.say.number(whole)}"

    def box(self, box: Box) -> str:
        """A box by its name, as it begins a line."""
        return capital(self.say.word(box))

    def band(self, band: int) -> str:
        """How long something is overdue."""
        if band == 0:
            return self.gettext("less than {until} days", until=BANDS[0])
        if band == len(BANDS):
            return self.gettext("{since} days or more", since=BANDS[-1])
        return self.gettext("{since} to {last} days", since=BANDS[band - 1], last=BANDS[band] - 1)


class Namer(Speaker):
    """A language, and the names of the units and duties that are told of in it."""

    def __init__(
        self, *, zone: str, lang: str, units: Iterable[UnitLine], duties: Iterable[Duty]
    ) -> None:
        super().__init__(zone=zone, lang=lang)
        self._names = {unit.key: unit.name for unit in units}
        self._duties = {duty.code: duty for duty in duties}

    # --- names -----------------------------------------------------------------

    def unit(self, key: str) -> str:
        """A unit's name; its key where the report has no line for it."""
        return self._names.get(key, key)

    def units(self, keys: Iterable[str]) -> str:
        """Several names, in the order given."""
        return "; ".join(self.unit(key) for key in keys)

    def side(self, side: Side) -> str:
        """A party's name, or what its place is called where there is none."""
        return side.name or self.gettext("Units of no party")

    def duty(self, code: str) -> str:
        """An obligation's title: its code is a handle of those who define, not of readers."""
        duty = self._duties.get(code)
        return code if duty is None else duty.title

    def clause(self, duty: Duty) -> str:
        """Where an obligation stands in the agreement."""
        if duty.clause_place:
            return self.gettext(
                "clause {clause} ({place})", clause=duty.clause, place=duty.clause_place
            )
        return self.gettext("clause {clause}", clause=duty.clause)

    # --- cells of a line -----------------------------------------------------------

    def whole_columns(self) -> tuple[Column, ...]:
        """The columns in which a line stands with all its boxes."""
        _ = self.gettext
        boxes = tuple(self.box(box) for box in TONES)
        titles = (
            _("Total"),
            capital(self.say.word("carried_over")),
            capital(self.say.word("assigned")),
            *boxes,
            _("Rate on tasks due"),
            _("Rate on all assigned"),
        )
        return tuple(Column(title=title, align=Align.RIGHT) for title in titles)

    def whole_cells(self, line: Line) -> tuple[Cell, ...]:
        """A line under ``whole_columns``."""
        boxes = line.boxes
        numbers = (
            (boxes.total, Tone.PLAIN),
            (line.carried_over, Tone.PLAIN),
            (line.assigned, Tone.PLAIN),
            *((in_box(boxes, box), TONES[box]) for box in TONES),
        )
        return (*(self.count(number, tone) for number, tone in numbers), *self.rates(boxes))

    def short_columns(self) -> tuple[Column, ...]:
        """The columns in which a line stands where there is less room; they add up as well."""
        _ = self.gettext
        titles = (
            _("Total"),
            self.box(Box.DONE_ON_TIME),
            self.box(Box.DONE_LATE),
            self.box(Box.AWAITING),
            self.box(Box.NOT_DONE_IN_TIME),
            self.box(Box.NOT_DONE_OVERDUE),
            _("Others"),
            _("Rate on tasks due"),
            _("Rate on all assigned"),
        )
        return tuple(Column(title=title, align=Align.RIGHT) for title in titles)

    def short_cells(self, line: Line) -> tuple[Cell, ...]:
        """A line under ``short_columns``."""
        boxes = line.boxes
        return (
            self.count(boxes.total),
            self.count(boxes.done_on_time, Tone.DONE),
            self.count(boxes.done_late, Tone.LATE),
            self.count(boxes.awaiting, Tone.RUNNING),
            self.count(boxes.not_done_in_time, Tone.RUNNING),
            self.count(boxes.not_done_overdue, Tone.OVERDUE),
            self.count(boxes.no_due_day + boxes.suspended + boxes.waived, Tone.IDLE),
            *self.rates(boxes),
        )

    def rates(self, boxes: Boxes) -> tuple[Cell, Cell]:
        """Both rates, in the order of the columns."""
        return Cell(text=self.rate(boxes.rate_on_due)), Cell(text=self.rate(boxes.rate_on_all))

    def count(self, number: int, tone: Tone = Tone.PLAIN) -> Cell:
        """A number that takes the tone only where it is one."""
        return Cell(text=self.number(number), tone=tone if number else Tone.PLAIN)


class Teller(Namer):
    """A report and the language in which it is told."""

    def __init__(self, report: Report, lang: str) -> None:
        super().__init__(zone=report.zone, lang=lang, units=report.units, duties=report.duties)
        self.report = report


def in_box(boxes: Boxes, box: Box) -> int:
    """How many tasks a box holds."""
    number: int = getattr(boxes, box.value)
    return number


def capital(text: str) -> str:
    """The same text as it begins a line."""
    return text[:1].upper() + text[1:]
