"""Articles as a leader is shown them: by topic and medium, and each by its title.

Refuses to reckon: every figure comes from the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports.contents.articles import Medium
from reports.documents.document import Align, Cell, Column, Heading, Row, Table, Text, Tone, Weight
from reports.documents.telling import NONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.contents.articles import Article, TopicArticles
    from reports.documents.document import Block
    from reports.documents.telling import Teller

_FIGURES: Final = ("agreed", "total", "printed", "online", "other", "earlier", "lacking", "waiting")


def medium_name(tell: Teller, medium: Medium) -> str:
    """Where an article stands, as it begins a line."""
    _ = tell.gettext
    return {
        Medium.PRINT: _("In print"),
        Medium.ONLINE: _("Online"),
        Medium.OTHER: _("Other medium"),
    }[medium]


def article_columns(tell: Teller) -> tuple[str, ...]:
    """The headings of a topic's figures."""
    _ = tell.gettext
    return (
        _("Agreed"),
        _("Published"),
        *(medium_name(tell, medium) for medium in Medium),
        _("Owed earlier"),
        _("Still lacking"),
        _("Awaiting confirmation"),
    )


def article_figures(line: TopicArticles) -> tuple[int, ...]:
    """The figures under ``article_columns``."""
    return tuple(getattr(line, name) for name in _FIGURES)


def topic_name(tell: Teller, line: TopicArticles) -> str:
    """A topic's title, or its code where the agreement does not name it."""
    return line.title or line.code or tell.gettext("Without a topic")


def article_totals(lines: Iterable[TopicArticles]) -> tuple[int, ...]:
    """The sum of every figure."""
    return tuple(map(sum, zip(*map(article_figures, lines), strict=True)))


def published(tell: Teller) -> Iterable[Block]:
    """The chapter's part: topic by medium, against what was agreed."""
    _, told = tell.gettext, tell.report.articles
    if told is None or not told.topics:
        return
    yield Heading(text=_("Articles by topic and medium"), level=2)
    tones = (
        *(Tone.PLAIN,) * 6,
        Tone.OVERDUE,
        Tone.RUNNING,
    )
    rows = [
        Row(
            cells=(
                Cell(text=topic_name(tell, line)),
                *map(tell.count, article_figures(line), tones),
            )
        )
        for line in told.topics
    ]
    rows.append(
        Row(
            cells=(Cell(text=_("Total")), *map(tell.count, article_totals(told.topics))),
            weight=Weight.TOTAL,
        )
    )
    yield Table(
        caption=_("Articles published, by topic and medium"),
        columns=(
            Column(title=_("Topic"), width=3.4),
            *(Column(title=title, align=Align.RIGHT) for title in article_columns(tell)),
        ),
        rows=tuple(rows),
        is_small=True,
    )
    yield Text(
        text=_(
            "Agreed is what the tasks of the period ask for; owed earlier is what was published"
            " for tasks carried over. An article that serves several topics is counted with each:"
            " {distinct:number} different ones in all.",
            distinct=told.distinct,
        ),
        weight=Weight.NOTE,
    )


def articles_annex(tell: Teller) -> Iterable[Block]:
    """Every article by topic: its title, day, medium and address."""
    _, told = tell.gettext, tell.report.articles
    if told is None or not told.articles:
        yield Text(text=_("No article was handed in for the tasks of this period."))
        return
    rows: list[Row] = []
    number = 0
    for line in told.topics:
        own = [one for one in told.articles if one.topic == line.code]
        if own:
            rows.append(Row(cells=(Cell(text=topic_name(tell, line)),), weight=Weight.GROUP))
        for one in own:
            number += 1
            rows.append(_row(tell, one, number))
    yield Table(
        caption=_("Articles by topic"),
        columns=(
            Column(title=_("#"), width=0.5, align=Align.RIGHT),
            Column(title=_("Title of the article"), width=4.4),
            Column(title=_("Published on"), width=1.2, align=Align.RIGHT),
            Column(title=_("Medium"), width=1.1),
            Column(title=_("Obligation"), width=2),
            Column(title=_("For"), width=1.3),
            Column(title=_("Address"), width=4),
            Column(title=_("Standing"), width=1.4),
        ),
        rows=tuple(rows),
        is_small=True,
    )


def _row(tell: Teller, one: Article, number: int) -> Row:
    tone = Tone.DONE if one.is_counted else Tone.RUNNING
    return Row(
        cells=(
            Cell(text=tell.say.number(number)),
            Cell(text=one.title),
            Cell(text=tell.day(one.published_on)),
            Cell(text=medium_name(tell, one.medium)),
            Cell(text=one.obligation),
            Cell(text=tell.occasion(one.occasion)),
            Cell(text=one.address or NONE),
            Cell(text=article_standing(tell, one), tone=tone),
        )
    )


def article_standing(tell: Teller, one: Article) -> str:
    """Whether it counts, and for which period it was owed."""
    _ = tell.gettext
    if not one.is_counted:
        return _("Awaiting confirmation")
    return _("Counts, owed earlier") if one.is_earlier else _("Counts")
