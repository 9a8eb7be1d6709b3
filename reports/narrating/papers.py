"""Sentences on buying the publications, and on what was published.

Refuses to reckon: every figure comes from the value, or is the share of two that do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.contents.subscriptions import Order
from reports.documents.subscriptions_told import issues_of
from reports.narrating.phrases import Earlier, Said, exact
from reports.narrating.sentences import ARTICLES, BUYING, Figure
from reports.quarterly import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from reports.contents.subscriptions import TitleOrders
    from reports.narrating.phrases import Phrases


def bought(say: Phrases) -> Iterator[Said]:
    """Each title: units that ordered in full, copies of an issue, and who has not, by name."""
    for one in say.report.subscriptions:
        if one.figures.rate is not None:
            yield _title(say, one, one.figures.rate)


def _title(say: Phrases, one: TitleOrders, rate: Fraction) -> Said:
    _ = say.gettext
    figures, key = one.figures, f"{one.title}@{one.period}"
    clauses = [_ordered(say, one, rate)]
    told = [
        Figure(of="title", key=key, name="full", value=figures.full),
        Figure(of="title", key=key, name="owing", value=figures.owing),
        Figure(of="title", key=key, name="rate", value=exact(rate)),
    ]
    then = one.previous.figures
    if then is not None and then.rate is not None:
        name = issues_of(say, one.previous.period)
        clauses.append(say.compared(rate, Earlier(name=name, rate=then.rate)))
        told.append(Figure(of="previous", key=key, name="points", value=exact(rate - then.rate)))
        told.append(Figure(of="previous", key=key, name="rate", value=exact(then.rate)))
    if figures.copies_owed:
        clauses.append(
            _(
                "{proved:number} of {owed:number} copies of an issue are proved",
                proved=figures.copies_proved,
                owed=figures.copies_owed,
            )
        )
        told.append(Figure(of="title", key=key, name="copies_proved", value=figures.copies_proved))
        told.append(Figure(of="title", key=key, name="copies_owed", value=figures.copies_owed))
    for order, text in (
        (Order.SHORT, _("with too few copies: {names}")),
        (Order.NONE, _("with none ordered: {names}")),
    ):
        units = [unit.unit for unit in one.standing(order)]
        if units:
            clauses.append("; " + text.format(names=say.units_named(units)))
            told.append(Figure(of="title", key=key, name=str(order), value=len(units)))
            told += say.units_figured(units, f"{one.title}_{order}")
    return Said(
        key=f"results.title:{key}",
        place=Paragraph.RESULTS,
        part=BUYING,
        text=say.sentence(*clauses),
        figures=tuple(told),
    )


def _ordered(say: Phrases, one: TitleOrders, rate: Fraction) -> str:
    _ = say.gettext
    figures = one.figures
    facts = {
        "title": one.name,
        "issues": issues_of(say, one.period),
        "full": figures.full,
        "owing": figures.owing,
        "rate": rate,
    }
    if figures.full == figures.owing == 1:
        return _("{title}, {issues}: the one unit that owes copies has ordered all", **facts)
    if figures.full == figures.owing:
        return _("{title}, {issues}: all {owing:number} units have ordered in full", **facts)
    if not figures.full and figures.owing == 1:
        return _("{title}, {issues}: the one unit that owes copies has not ordered all", **facts)
    if not figures.full:
        return _("{title}, {issues}: none of {owing:number} units has ordered in full", **facts)
    return _(
        "{title}, {issues}: {full:number}/{owing:number} units have ordered in full"
        " ({rate:percent})",
        **facts,
    )


def published(say: Phrases) -> Iterator[Said]:
    """How many articles were published, by medium, against how many were agreed."""
    _ = say.gettext
    told = say.report.articles
    if told is None or not told.topics:
        return
    agreed, lacking, printed, online, other = (
        sum(getattr(one, name) for one in told.topics)
        for name in ("agreed", "lacking", "printed", "online", "other")
    )
    total = printed + online + other
    clauses = [
        say.say.ngettext(
            "{count:number} article was published",
            "{count:number} articles were published",
            total,
            count=total,
        )
        if total
        else _("No article that counts was published")
    ]
    media = [
        text
        for number, text in (
            (printed, _("{count:number} in print", count=printed)),
            (online, _("{count:number} online", count=online)),
            (other, _("{count:number} elsewhere", count=other)),
        )
        if number
    ]
    if media:
        clauses[0] += f" ({', '.join(media)})"
    if agreed:
        clauses.append(_("of {agreed:number} agreed", agreed=agreed))
        clauses.append(
            _("{count:number} are lacking, task by task", count=lacking)
            if lacking
            else _("none is lacking")
        )
    yield Said(
        key="results.articles",
        place=Paragraph.RESULTS,
        part=ARTICLES,
        text=say.sentence(*clauses),
        figures=(
            Figure(of="articles", key="", name="agreed", value=agreed),
            Figure(of="articles", key="", name="lacking", value=lacking),
            Figure(of="articles", key="", name="total", value=total),
            Figure(of="articles", key="", name="printed", value=printed),
            Figure(of="articles", key="", name="online", value=online),
            Figure(of="articles", key="", name="other", value=other),
        ),
    )
