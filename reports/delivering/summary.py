"""A report on one page of a letter: the figures that are asked for first, and who owes.

Knows which they are. Refuses to know how a letter is set, and works no figure out anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reports.documents.telling import SIGNS, TONES, Teller, in_box
from reports.quarterly import Compared

if TYPE_CHECKING:
    from reports.quarterly import Change, Report

#: So many names and changed figures stand in a letter; the report has all of them.
_NAMED: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Who or what something is said about, and what is said."""

    name: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a letter says of a report, in one language; every text is written.

    ``boxes`` are name and number of each box that holds something, ``rates`` both rates
    with their formula, ``owing`` the units with something overdue, ``changes`` the figures
    that an addendum corrects; ``more_owing`` and ``more_changes`` are not named here.
    """

    period: str
    agreement: str
    number: str
    issued_on: str
    signer: str
    total: str
    boxes: tuple[Named, ...]
    rates: tuple[Named, ...]
    course: str
    owing: tuple[Named, ...]
    more_owing: int
    ground: str
    corrects: str
    changes: tuple[Named, ...]
    more_changes: int
    is_simulated: bool


def summary(report: Report, *, lang: str) -> Summary:
    """Put an issued report on one page. Its number and day are empty for a draft."""
    tell = Teller(report, lang)
    say, issue, addendum = tell.say, report.issue, report.addendum
    owing = [
        Named(name=tell.unit(one.key), said=say.number(one.line.boxes.not_done_overdue))
        for one in sorted(
            report.units, key=lambda one: (-one.line.boxes.not_done_overdue, one.name, one.key)
        )
        if one.line.boxes.not_done_overdue
    ]
    changes = () if addendum is None else addendum.changes
    return Summary(
        period=tell.period_within(report.period),
        agreement=report.agreement.title,
        number=issue.number if issue else "",
        issued_on=say.day(issue.issued_on) if issue else "",
        signer=_signer(report),
        total=say.number(report.total.boxes.total),
        boxes=tuple(
            Named(name=f"{SIGNS[box]} {tell.box(box)}", said=say.number(many))
            for box in TONES
            if (many := in_box(report.total.boxes, box))
        ),
        rates=_rates(tell),
        course=_course(tell),
        owing=tuple(owing[:_NAMED]),
        more_owing=max(0, len(owing) - _NAMED),
        ground=addendum.ground if addendum else "",
        corrects=addendum.number if addendum else "",
        changes=tuple(_change(tell, one) for one in changes[:_NAMED]),
        more_changes=max(0, len(changes) - _NAMED),
        is_simulated=report.is_simulated,
    )


def _signer(report: Report) -> str:
    if report.signature is not None:
        return report.signature.name
    return report.issue.approved_by if report.issue else ""


def _rates(tell: Teller) -> tuple[Named, ...]:
    boxes, _ = tell.report.total.boxes, tell.gettext
    rates = (
        (_("Rate on tasks due"), boxes.rate_on_due, boxes.due),
        (_("Rate on all assigned"), boxes.rate_on_all, boxes.total),
    )
    return tuple(
        Named(name=name, said=f"{tell.rate(rate)} ({tell.fraction(boxes.done, whole)})")
        for name, rate, whole in rates
        if whole
    )


def _course(tell: Teller) -> str:
    """The rate on tasks due of the period before; empty where there was none."""
    for one in tell.report.comparisons:
        if one.to is Compared.PREVIOUS and one.period is not None and one.line is not None:
            rate = one.line.boxes.rate_on_due
            if rate is not None:
                return tell.gettext(
                    "{period}: {rate:percent}", period=tell.period_within(one.period), rate=rate
                )
    return ""


def _change(tell: Teller, change: Change) -> Named:
    names = {"total": tell.gettext("Total"), "duty": tell.duty(change.key)}
    name = names.get(change.place, tell.unit(change.key))
    figure = tell.say.word(change.figure)
    numbers = f"{tell.say.number(change.before)} → {tell.say.number(change.after)}"
    return Named(name=f"{name}, {figure}", said=numbers)
