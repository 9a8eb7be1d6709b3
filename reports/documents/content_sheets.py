"""The sheets of what was bought and what was published, unit by unit and article by article.

Knows their columns; numbers are numbers, so that an office can go on reckoning with them.
Refuses to reckon itself, beyond the sums of a table that has a filter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.contents.subscriptions import Order
from reports.documents.articles_told import (
    article_columns,
    article_figures,
    article_standing,
    article_totals,
    medium_name,
    topic_name,
)
from reports.documents.subscriptions_told import issues_of, order_name
from reports.documents.telling import NONE
from reports.documents.workbook import Heads, table_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.contents.subscriptions import Then, TitleOrders
    from reports.documents.telling import Teller
    from reports.documents.workbook import Value, Workbook


def subscriptions_sheet(book: Workbook, tell: Teller) -> None:
    """Each title with its figures, then each unit with its copies of each title."""
    titles = tell.report.subscriptions
    if not titles:
        return
    _ = tell.gettext
    heads = [
        Heads(title=_("Publication title"), width=26),
        Heads(title=_("Issues of"), width=24),
        Heads(title=_("Units that owe copies")),
        *(Heads(title=order_name(tell, order), width=11) for order in Order),
        Heads(title=_("Rate")),
        Heads(title=_("Copies owed an issue")),
        Heads(title=_("Copies proved")),
        Heads(title=_("Copies lacking")),
        Heads(title=_("Counted by the post office")),
        Heads(title=_("Copies against the previous period"), width=12),
        Heads(title=_("Units against the previous period"), width=12),
        Heads(title=_("Copies against the same period last year"), width=12),
        Heads(title=_("Units against the same period last year"), width=12),
    ]
    table_sheet(
        book,
        tell,
        (_("Subscriptions"), _("Subscriptions by title")),
        heads,
        (
            (
                one.name,
                issues_of(tell, one.period),
                one.figures.owing,
                *(len(one.standing(order)) for order in Order),
                NONE if one.figures.rate is None else one.figures.rate,
                one.figures.copies_owed,
                one.figures.copies_proved,
                one.figures.copies_lacking,
                NONE if one.copies_counted is None else one.copies_counted,
                *_changes(one, one.previous),
                *_changes(one, one.same_last_year),
            )
            for one in titles
        ),
    )
    _subscribers_sheet(book, tell)


def _changes(one: TitleOrders, then: Then) -> tuple[Value, Value]:
    if then.figures is None:
        return NONE, NONE
    return (
        one.figures.copies_proved - then.figures.copies_proved,
        one.figures.full - then.figures.full,
    )


def _subscribers_sheet(book: Workbook, tell: Teller) -> None:
    _ = tell.gettext
    heads = [
        Heads(title=_("Unit"), width=40),
        Heads(title=_("Publication title"), width=26),
        Heads(title=_("Issues of"), width=24),
        Heads(title=_("Standing"), width=20),
        Heads(title=_("Copies owed an issue"), width=12),
        Heads(title=_("Copies proved"), width=12),
        Heads(title=_("Counted by the post office"), width=12),
    ]
    table_sheet(
        book,
        tell,
        (_("Subscribers"), _("Copies of each unit, by publication")),
        heads,
        _subscribers(tell),
    )


def _subscribers(tell: Teller) -> Iterator[tuple[Value, ...]]:
    _ = tell.gettext
    for one in tell.report.subscriptions:
        issues = issues_of(tell, one.period)
        for unit in one.units:
            yield (
                unit.name,
                one.name,
                issues,
                order_name(tell, unit.order),
                NONE if unit.owed is None else unit.owed,
                unit.proved,
                NONE if unit.counted is None else unit.counted,
            )
        for beside in one.besides:
            yield (beside.name, one.name, issues, _("Owes no copies"), NONE, 0, beside.counted)


def articles_sheet(book: Workbook, tell: Teller) -> None:
    """The topics with their figures, then every article with its day and address."""
    told = tell.report.articles
    if told is None or not told.topics:
        return
    _ = tell.gettext
    table_sheet(
        book,
        tell,
        (_("Topics and media"), _("Articles by topic and medium")),
        [
            Heads(title=_("Topic"), width=40),
            *(Heads(title=title, width=12) for title in article_columns(tell)),
        ],
        ((topic_name(tell, line), *article_figures(line)) for line in told.topics),
        total=(_("Total"), *article_totals(told.topics)),
    )
    names = {line.code: topic_name(tell, line) for line in told.topics}
    table_sheet(
        book,
        tell,
        (_("Articles"), _("Articles by topic")),
        [
            Heads(title=_("Title of the article"), width=60),
            Heads(title=_("Topic"), width=30),
            Heads(title=_("Published on"), width=13),
            Heads(title=_("Medium"), width=16),
            Heads(title=_("Obligation"), width=20),
            Heads(title=_("Unit"), width=28),
            Heads(title=_("For"), width=16),
            Heads(title=_("Standing"), width=22),
            Heads(title=_("Address"), width=60),
        ],
        (
            (
                one.title,
                names[one.topic],
                one.published_on,
                medium_name(tell, one.medium),
                one.obligation,
                tell.unit(one.unit),
                tell.occasion(one.occasion),
                article_standing(tell, one),
                one.address or NONE,
            )
            for one in told.articles
        ),
    )
