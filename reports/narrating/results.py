"""Sentences on results: units and tasks together, then what each side did of each duty.

Refuses to reckon: every figure comes from the value, or is the share of two that do.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from reports.narrating.papers import bought, published
from reports.narrating.phrases import Earlier, Said, exact, rate_of
from reports.narrating.sentences import Figure
from reports.quarterly import Compared, Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reports.narrating.circumstances import Circumstances
    from reports.narrating.phrases import Phrases
    from reports.quarterly import Comparison, Duty, Side


#: So many duties that every unit has done are named; of more fewer, so that the rest are several.
_DUTIES: Final = 8
_DUTIES_OF_MORE: Final = 6


def results(say: Phrases, known: Circumstances) -> Iterator[Said]:
    """Units and tasks together, then each side's duties."""
    if not say.report.total.boxes.total:
        return
    yield from _units(say, known)
    yield from _tasks(say)
    yield from _programme(say)
    times = Counter(duty.code for side in say.report.sides for duty in side.duties)
    for side in say.report.sides:
        # Of a duty that both sides have, the period before is known only as a whole.
        alone = {duty.code for duty in side.duties if times[duty.code] == 1}
        yield from _side(say, side, known, alone)
    yield from bought(say)
    yield from published(say)


def _units(say: Phrases, known: Circumstances) -> Iterator[Said]:
    _ = say.gettext
    report = say.report
    owing = [unit for unit in report.units if unit.line.is_met is not None]
    met = sum(unit.line.is_met is True for unit in owing)
    overdue = [unit.key for unit in owing if unit.line.boxes.not_done_overdue]
    rate = rate_of(met, len(owing))
    period = say.period_within(report.period)
    if rate is None:
        text = _("In {period} every task was waived or suspended", period=period)
        yield Said(
            key="results.units", place=Paragraph.RESULTS, text=say.sentence(text), figures=()
        )
        return
    if met == len(owing):
        # Not a plural: Vietnamese tells one unit in other words than all of them, too.
        head = (
            _(
                "In {period} the one unit that owed something, {unit}, has done all of it",
                period=period,
                unit=say.unit(owing[0].key),
            )
            if met == 1
            else _(
                "In {period} all {count:number} units have done everything that they owed",
                period=period,
                count=met,
            )
        )
    elif not met:
        head = (
            _(
                "In {period} the one unit that owed something, {unit}, has not yet done all of it",
                period=period,
                unit=say.unit(owing[0].key),
            )
            if len(owing) == 1
            else _(
                "In {period} none of the {count:number} units has yet done everything that it owed",
                period=period,
                count=len(owing),
            )
        )
    else:
        head = _(
            "In {period} {met:number}/{owing:number} units have done everything that they owed"
            " ({rate:percent})",
            period=period,
            met=met,
            owing=len(owing),
            rate=rate,
        )
    earlier = _before(say, known, "", len(owing))
    clauses = [head, *(say.compared(rate, one) for one in earlier)]
    clauses += _not_done(say, met, len(owing), overdue)
    yield Said(
        key="results.units",
        place=Paragraph.RESULTS,
        text=say.sentence(*clauses),
        figures=(
            *_shares("total", "", met, len(owing), rate),
            *_figures_before("", rate, earlier),
            Figure(of="total", key="", name="units_overdue", value=len(overdue)),
            *say.units_figured(overdue, "is_overdue"),
        ),
    )


def _not_done(say: Phrases, met: int, owing: int, overdue: Sequence[str]) -> Iterator[str]:
    """How many have not done all, and of them by name who is overdue."""
    _ = say.gettext
    left = owing - met
    names, number = say.units_named(overdue), len(overdue)
    if met and left and not overdue:
        yield "; " + say.say.ngettext(
            "{count:number} unit has not, and is not overdue",
            "{count:number} units have not, and none is overdue",
            left,
            count=left,
        )
    elif met and overdue and left == number:
        yield "; " + say.say.ngettext(
            "{count:number} unit is overdue: {names}",
            "{count:number} units are overdue: {names}",
            left,
            count=left,
            names=names,
        )
    elif met and overdue:
        yield "; " + _(
            "{left:number} units have not, of which {overdue} overdue: {names}",
            left=left,
            overdue=say.say.ngettext(
                "{count:number} is", "{count:number} are", number, count=number
            ),
            names=names,
        )
    elif overdue and owing == 1:
        yield _("and is overdue")
    elif overdue:
        yield "; " + say.say.ngettext(
            "{count:number} of them is overdue: {names}",
            "{count:number} of them are overdue: {names}",
            number,
            count=number,
            names=names,
        )


def _before(say: Phrases, known: Circumstances, code: str, owing: int) -> list[Earlier]:
    """The share of units in the previous period: none where the agreement was not in force.

    One unit alone has no share that rises or falls.
    """
    previous = _beside(say, Compared.PREVIOUS)
    if previous is None or previous.period is None or not known.met_before or owing == 1:
        return []
    before = known.met_before.get(code)
    rate = None if before is None else rate_of(before.met, before.owing)
    return [Earlier(name=say.period_within(previous.period), rate=rate)]


def _figures_before(code: str, rate: Fraction, earlier: Iterable[Earlier]) -> Iterator[Figure]:
    for one in earlier:
        if one.rate is not None:
            yield Figure(of="previous", key=code, name="rate_met", value=exact(one.rate))
            points = exact(rate - one.rate)
            yield Figure(of="previous", key=code, name="points_met", value=points)


def _shares(
    of: str, key: str, met: int, owing: int, rate: Fraction
) -> tuple[Figure, Figure, Figure]:
    return (
        Figure(of=of, key=key, name="units_met", value=met),
        Figure(of=of, key=key, name="units_owing", value=owing),
        Figure(of=of, key=key, name="rate_met", value=exact(rate)),
    )


def _beside(say: Phrases, to: Compared) -> Comparison | None:
    """What the period is compared with, where the agreement was in force."""
    return next(
        (one for one in say.report.comparisons if one.to is to and one.line is not None), None
    )


def _tasks(say: Phrases) -> Iterator[Said]:
    _ = say.gettext
    boxes = say.report.total.boxes
    rate = boxes.rate_on_due
    if rate is None:
        return
    clauses = [
        _(
            "The rate on tasks due is {rate:percent} ({done:number}/{due:number})",
            rate=rate,
            done=boxes.done,
            due=boxes.due,
        )
    ]
    figures = [
        Figure(of="total", key="", name="done", value=boxes.done),
        Figure(of="total", key="", name="due", value=boxes.due),
        Figure(of="total", key="", name="rate_on_due", value=exact(rate)),
    ]
    for to in (Compared.PREVIOUS, Compared.SAME_LAST_YEAR):
        one = _beside(say, to)
        if one is None or one.line is None or one.period is None:
            continue
        earlier = one.line.boxes.rate_on_due
        clauses.append(
            say.compared(rate, Earlier(name=say.period_within(one.period), rate=earlier))
        )
        if earlier is not None:
            points = exact(rate - earlier)
            figures.append(Figure(of=str(to), key="", name="rate_on_due", value=exact(earlier)))
            figures.append(Figure(of=str(to), key="", name="points_on_due", value=points))
    yield Said(
        key="results.tasks",
        place=Paragraph.RESULTS,
        text=say.sentence(*clauses),
        figures=tuple(figures),
    )


def _programme(say: Phrases) -> Iterator[Said]:
    """All of the programme, where that is more than this period."""
    _ = say.gettext
    one = _beside(say, Compared.PROGRAMME)
    if one is None or one.line is None or one.line == say.report.total:
        return
    boxes = one.line.boxes
    rate = boxes.rate_on_due
    if rate is None:
        return
    yield Said(
        key="results.programme",
        place=Paragraph.RESULTS,
        text=say.sentence(
            _(
                "Since {from_on:day}, {done:number}/{due:number} tasks due have been done"
                " ({rate:percent})",
                from_on=one.from_on,
                done=boxes.done,
                due=boxes.due,
                rate=rate,
            )
        ),
        figures=(
            Figure(of="programme", key="", name="done", value=boxes.done),
            Figure(of="programme", key="", name="due", value=boxes.due),
            Figure(of="programme", key="", name="rate_on_due", value=exact(rate)),
        ),
    )


def _side(say: Phrases, side: Side, known: Circumstances, alone: set[str]) -> Iterator[Said]:
    owed = [duty for duty in side.duties if duty.units_owing]
    whole = [duty for duty in owed if duty.units_met == duty.units_owing]
    if whole:
        yield _whole(say, side, whole)
    for duty in owed:
        if duty.units_met < duty.units_owing:
            yield _duty(say, side, duty, known if duty.code in alone else None)


def _whole(say: Phrases, side: Side, duties: list[Duty]) -> Said:
    """The duties that every unit has done, in one sentence."""
    _ = say.gettext
    told = duties if len(duties) <= _DUTIES else duties[:_DUTIES_OF_MORE]
    items = [
        say.duty_titled(duty.code, duty.title)
        if duty.units_owing == 1
        else _(
            "{duty} ({units})",
            duty=say.duty_titled(duty.code, duty.title),
            units=say.units_counted(duty.units_owing),
        )
        for duty in told
    ]
    if len(told) < len(duties):
        rest = len(duties) - len(told)
        items.append(_("and {count:number} duties more (see the annex by obligation)", count=rest))
    return Said(
        key=f"results.whole:{side.code}",
        place=Paragraph.RESULTS,
        part=side.code,
        text=say.sentence(_("Done by every unit: {duties}", duties="; ".join(items))),
        figures=(
            Figure(of="side", key=side.code, name="duties_whole", value=len(duties)),
            *(
                Figure(of="duty", key=_at(side, duty), name="units_owing", value=duty.units_owing)
                for duty in duties
            ),
        ),
    )


def _duty(say: Phrases, side: Side, duty: Duty, known: Circumstances | None) -> Said:
    _ = say.gettext
    rate = Fraction(duty.units_met, duty.units_owing)
    name = say.duty_titled(duty.code, duty.title)
    if duty.units_met:
        head = _(
            "{duty}: {met:number}/{owing:number} units have done it ({rate:percent})",
            duty=name,
            met=duty.units_met,
            owing=duty.units_owing,
            rate=rate,
        )
    else:
        head = (
            _(
                "{duty}: the one unit that owes it, {unit}, has not yet done it",
                duty=name,
                unit=_only(say, side, duty),
            )
            if duty.units_owing == 1
            else _(
                "{duty}: none of {count:number} units has yet done it",
                duty=name,
                count=duty.units_owing,
            )
        )
    earlier = [] if known is None else _before(say, known, duty.code, duty.units_owing)
    # That nothing of the kind fell into the period before is said once, of all together.
    earlier = [one for one in earlier if one.rate is not None]
    clauses = [head, *(say.compared(rate, one) for one in earlier)]
    overdue = duty.defaulters
    clauses += _not_done(say, duty.units_met, duty.units_owing, overdue)
    return Said(
        key=f"results.duty:{_at(side, duty)}",
        place=Paragraph.RESULTS,
        part=side.code,
        text=say.sentence(*clauses),
        figures=(
            *_shares("duty", _at(side, duty), duty.units_met, duty.units_owing, rate),
            *_figures_before(duty.code, rate, earlier),
            Figure(of="duty", key=_at(side, duty), name="units_overdue", value=len(overdue)),
            *say.units_figured(overdue, "is_overdue"),
        ),
    )


def _only(say: Phrases, side: Side, duty: Duty) -> str:
    """The one unit of a side that a duty asks something of."""
    of_side = {unit.key for unit in say.report.units if unit.party == side.code}
    return say.unit(
        next(
            pair.unit
            for pair in say.report.pairs
            if pair.obligation == duty.code
            and pair.unit in of_side
            and pair.line.is_met is not None
        )
    )


def _at(side: Side, duty: Duty) -> str:
    """One side's part of a duty."""
    return f"{side.code}/{duty.code}"
