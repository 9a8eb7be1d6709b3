"""Buying and reading as a leader is shown it: titles, units, copies, and who has not ordered.

Knows the tables of the chapter and of the annex. Every table says of which issues it speaks:
those of the period that is reported on, or those of the next one, ordered in it. Refuses to
reckon: every figure comes from the value.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from reports.contents.subscriptions import Order
from reports.documents.document import Align, Cell, Column, Heading, Row, Table, Text, Tone, Weight
from reports.documents.telling import NONE
from workflow import labels
from workflow.domain.periods import label_of
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reports.contents.subscriptions import Subscriber, Then, TitleOrders
    from reports.documents.document import Block
    from reports.documents.telling import Teller

TONES: Final = {
    Order.FULL: Tone.DONE,
    Order.AWAITING: Tone.RUNNING,
    Order.SHORT: Tone.LATE,
    Order.NONE: Tone.OVERDUE,
    Order.PENDING: Tone.RUNNING,
    Order.EXCUSED: Tone.IDLE,
}
_SIGNS: Final = {
    Order.FULL: "✓",
    Order.AWAITING: "…",
    Order.SHORT: "△",
    Order.NONE: "✕",
    Order.PENDING: "○",
    Order.EXCUSED: "–",
}


#: How a unit stands, as it begins a line.
ORDER_NAMES: Final = {
    Order.FULL: N_("Ordered in full"),
    Order.AWAITING: N_("Awaiting confirmation"),
    Order.SHORT: N_("Too few copies"),
    Order.NONE: N_("None ordered"),
    Order.PENDING: N_("Not due yet"),
    Order.EXCUSED: N_("Waived or suspended"),
}


def order_name(tell: Teller, order: Order) -> str:
    """How a unit stands, as it begins a line."""
    return tell.gettext(ORDER_NAMES[order])


def issues_of(tell: Teller, key: str) -> str:
    """The issues of a period, within a sentence."""
    name = labels.sentence_for(*label_of(key), tell.say.lang)
    within = name[:1].lower() + name[1:] if tell.say.lang == "vi" else name
    return tell.gettext("issues of {period}", period=within)


def subscribing(tell: Teller) -> Iterable[Block]:
    """The chapter's part: each title, its copies, and who has not ordered, by name."""
    _ = tell.gettext
    titles = tell.report.subscriptions
    if not titles:
        return
    yield Heading(text=_("Buying the publications"), level=2)
    for key, some in groupby(titles, key=attrgetter("period")):
        group = list(some)
        yield _units_table(tell, key, group)
        yield _copies_table(tell, key, group)
        yield from _defaulters(tell, key, group)
        yield from _post_office(tell, group)


def _caption(tell: Teller, key: str, group: Sequence[TitleOrders]) -> str:
    _ = tell.gettext
    issues = issues_of(tell, key)
    if group[0].is_ahead:
        return _("{issues}, ordered in the period reported on", issues=issues)
    return issues


def _units_table(tell: Teller, key: str, group: Sequence[TitleOrders]) -> Table:
    _ = tell.gettext
    orders = (Order.AWAITING, Order.SHORT, Order.NONE, Order.PENDING)
    titles = (
        _("Units that owe copies"),
        order_name(tell, Order.FULL),
        _("Rate"),
        *(order_name(tell, order) for order in orders),
    )
    return Table(
        caption=_("Units that subscribe: {issues}", issues=_caption(tell, key, group)),
        columns=(
            Column(title=_("Publication title"), width=3),
            *(Column(title=title, align=Align.RIGHT) for title in titles),
        ),
        rows=tuple(
            Row(
                cells=(
                    Cell(text=one.name),
                    tell.count(one.figures.owing),
                    tell.count(one.figures.full, Tone.DONE),
                    Cell(text=tell.rate(one.figures.rate)),
                    *(tell.count(len(one.standing(order)), TONES[order]) for order in orders),
                )
            )
            for one in group
        ),
        is_small=True,
    )


def _copies_table(tell: Teller, key: str, group: Sequence[TitleOrders]) -> Table:
    _ = tell.gettext
    columns = (
        Column(title=_("Publication title"), width=3),
        *(
            Column(title=title, align=Align.RIGHT)
            for title in (
                _("Copies owed an issue"),
                _("Copies proved"),
                _("Copies lacking"),
                _("Copies against the previous period"),
                _("Units against the previous period"),
                _("Copies against the same period last year"),
                _("Units against the same period last year"),
            )
        ),
    )
    rows = [
        Row(
            cells=(
                Cell(text=one.name),
                tell.count(one.figures.copies_owed),
                tell.count(one.figures.copies_proved),
                tell.count(one.figures.copies_lacking, Tone.OVERDUE),
                *_changes(tell, one, one.previous),
                *_changes(tell, one, one.same_last_year),
            )
        )
        for one in group
    ]
    if len(group) > 1:
        sums = [
            sum(getattr(one.figures, name) for one in group)
            for name in ("copies_owed", "copies_proved", "copies_lacking")
        ]
        cells = (Cell(text=_("Total")), *map(tell.count, sums))
        rows.append(Row(cells=(*cells, *(Cell(text="") for _ in range(4))), weight=Weight.TOTAL))
    return Table(
        caption=_("Copies an issue: {issues}", issues=_caption(tell, key, group)),
        columns=columns,
        rows=tuple(rows),
        is_small=True,
    )


def _changes(tell: Teller, one: TitleOrders, then: Then) -> tuple[Cell, Cell]:
    if then.figures is None:
        return Cell(text=NONE), Cell(text=NONE)
    copies = one.figures.copies_proved - then.figures.copies_proved
    units = one.figures.full - then.figures.full
    return Cell(text=change(tell, copies)), Cell(text=change(tell, units))


def change(tell: Teller, by: int) -> str:
    """A difference with its sign; 0 is one as well."""
    said = tell.say.number(abs(by))
    return f"+{said}" if by > 0 else f"−{said}" if by < 0 else said


def named_with_copies(tell: Teller, one: Subscriber) -> str:
    """A unit with what it has ordered of what it owes, where that is some."""
    if one.order is Order.NONE or one.owed is None:
        return one.name
    return tell.gettext(
        "{name} ({proved:number} of {owed:number} copies)",
        name=one.name,
        proved=one.proved,
        owed=one.owed,
    )


def _defaulters(tell: Teller, key: str, group: Sequence[TitleOrders]) -> Iterable[Block]:
    _ = tell.gettext
    rows = tuple(
        Row(
            cells=(
                Cell(text=one.name),
                Cell(text=order_name(tell, order), tone=TONES[order]),
                tell.count(len(units)),
                Cell(text="; ".join(named_with_copies(tell, unit) for unit in units)),
            )
        )
        for one in group
        for order in (Order.SHORT, Order.NONE)
        if (units := one.standing(order))
    )
    if not rows:
        return
    yield Table(
        caption=_(
            "Units that have not ordered what they owe: {issues}", issues=issues_of(tell, key)
        ),
        columns=(
            Column(title=_("Publication title"), width=2.2),
            Column(title=_("Standing"), width=1.5),
            Column(title=_("Units"), align=Align.RIGHT, width=0.7),
            Column(title=_("Names"), width=6),
        ),
        rows=rows,
        is_small=True,
    )


def _post_office(tell: Teller, group: Sequence[TitleOrders]) -> Iterable[Block]:
    _ = tell.gettext
    for one in group:
        if one.counted_on is None or one.copies_counted is None:
            continue
        yield Text(
            text=_(
                "{title}: by the post office's table of {counted_on:day} {counted:number} copies an"
                " issue, by the units' proofs {proved:number}; units that differ:"
                " {differing:number}.",
                title=one.name,
                counted_on=one.counted_on,
                counted=one.copies_counted,
                proved=one.figures.copies_proved,
                differing=len(one.differing) + len(one.uncounted) + len(one.besides),
            ),
            weight=Weight.NOTE,
        )


# --- the annex ------------------------------------------------------------------------


def subscriptions_annex(tell: Teller) -> Iterable[Block]:
    """Every unit with its copies of each title, and where the post office counts otherwise."""
    _ = tell.gettext
    titles = tell.report.subscriptions
    if not titles:
        yield Text(text=_("No duty of this agreement is about copies of a publication."))
        return
    yield Text(
        text=_(
            "Each cell tells the copies proved of the copies owed an issue: {legend}.",
            legend=", ".join(
                f"{_SIGNS[order]} {order_name(tell, order).lower()}" for order in Order
            ),
        ),
        weight=Weight.NOTE,
    )
    yield _by_unit(tell, titles)
    for one in titles:
        yield from _differences(tell, one)


def _by_unit(tell: Teller, titles: Sequence[TitleOrders]) -> Table:
    _ = tell.gettext
    names: dict[str, str] = {}
    orders: list[dict[str, Subscriber]] = []
    for one in titles:
        orders.append({unit.unit: unit for unit in one.units})
        names |= {unit.unit: unit.name for unit in one.units}
    keys = list(dict.fromkeys(unit.unit for one in titles for unit in one.units))
    return Table(
        caption=_("Copies of each unit, by publication"),
        columns=(
            Column(title=_("#"), width=0.5, align=Align.RIGHT),
            Column(title=_("Unit"), width=4),
            *(
                Column(
                    title=f"{one.name} – {issues_of(tell, one.period)}",
                    width=1.6,
                    align=Align.RIGHT,
                )
                for one in titles
            ),
        ),
        rows=(
            Row(
                cells=(
                    Cell(text=""),
                    Cell(text=_("Total")),
                    *(
                        Cell(text=tell.fraction(one.figures.copies_proved, one.figures.copies_owed))
                        for one in titles
                    ),
                ),
                weight=Weight.TOTAL,
            ),
            *(
                Row(
                    cells=(
                        Cell(text=tell.say.number(place)),
                        Cell(text=names[key]),
                        *(_cell(tell, some.get(key)) for some in orders),
                    )
                )
                for place, key in enumerate(keys, 1)
            ),
        ),
        is_small=True,
    )


def _cell(tell: Teller, one: Subscriber | None) -> Cell:
    if one is None:
        return Cell(text="")
    owed = NONE if one.owed is None else tell.say.number(one.owed)
    text = f"{tell.say.number(one.proved)}/{owed} {_SIGNS[one.order]}"
    return Cell(text=text, tone=TONES[one.order])


def _differences(tell: Teller, one: TitleOrders) -> Iterable[Block]:
    _ = tell.gettext
    if one.counted_on is None:
        return
    rows = [
        (unit.name, unit.owed, unit.proved, unit.counted)
        for unit in (*one.differing, *one.uncounted)
    ]
    rows += [(unit.name, None, 0, unit.counted) for unit in one.besides]
    issues = issues_of(tell, one.period)
    if not rows:
        yield Text(
            text=_(
                "{title}, {issues}: the post office's table of {counted_on:day} counts what the"
                " units proved.",
                title=one.name,
                issues=issues,
                counted_on=one.counted_on,
            )
        )
        return
    yield Table(
        caption=_(
            "{title}, {issues}: where the post office's table of {counted_on:day} differs",
            title=one.name,
            issues=issues,
            counted_on=one.counted_on,
        ),
        columns=(
            Column(title=_("Unit"), width=4),
            *(
                Column(title=title, align=Align.RIGHT)
                for title in (
                    _("Copies owed an issue"),
                    _("Copies proved"),
                    _("Counted by the post office"),
                    _("Difference in copies"),
                )
            ),
        ),
        rows=tuple(
            Row(
                cells=(
                    Cell(text=name),
                    Cell(text=NONE if owed is None else tell.say.number(owed)),
                    tell.count(proved),
                    Cell(text=_("not in the table") if number is None else tell.number(number)),
                    Cell(text=change(tell, (number or 0) - proved)),
                )
            )
            for name, owed, proved, number in rows
        ),
        is_small=True,
    )
