"""Reading what was published for a report's tasks, as it was known at an instant.

Knows which duties ask for articles and what a check read of each. An article counts in one
report only: with the tasks of the period what came in by the cut-off, with those carried over
what came in since the cut-off before. Refuses to judge whether it is one: checks and people have.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from reports.contents.articles import Article, Articles, Medium, TopicArticles
from reports.contents.offered import UNDECIDED, counted, offers_read
from workflow.domain.agreement import Fixed, requirements_of
from workflow.domain.tally import Box, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from reports.cast import Cast
    from reports.contents.offered import Offer
    from reports.quarterly import TaskLine
    from workflow.domain.agreement import Agreement, Obligation
    from workflow.store.tallies import Window

_CHECK: Final = "article"
#: What the check says of a file that is no page of the web, such as a page of the paper.
_NO_PAGE: Final = "article.not_a_page"
_DONE: Final = frozenset({Box.DONE_ON_TIME, Box.DONE_LATE})
_NOT_OWED: Final = frozenset({Box.WAIVED, Box.SUSPENDED})


def articles_of(
    db: Connection,
    says: Agreement,
    cast: Cast,
    *,
    tasks: Iterable[TaskLine],
    window: Window,
    as_of: datetime,
) -> Articles | None:
    """The articles of a report's tasks; None where no duty asks for any. One statement."""
    duties = {duty.code: duty for duty in cast.duties.values() if _asked(duty)}
    if not duties:
        return None
    owing = [task for task in tasks if task.obligation in duties and _is_owed(task)]
    offers = offers_read(db, (task.id for task in owing), as_of=as_of)
    found: list[Article] = []
    identities: set[str] = set()
    agreed: defaultdict[str, int] = defaultdict(int)
    lacking: defaultdict[str, int] = defaultdict(int)
    for task in owing:
        duty = duties[task.obligation]
        asked = _asked(duty)
        own = [one for one in offers.get(task.id, ()) if one.requirement in asked]
        is_earlier = task.share is Share.CARRIED_OVER
        good = counted(own, cut_off=window.cut_off, is_accepted=task.box in _DONE)
        if is_earlier:
            good = [one for one in good if one.added_at > window.previous_cut_off]
        else:
            agreed[duty.topic or ""] += sum(asked.values())
            lacking[duty.topic or ""] += sum(
                max(number - sum(one.requirement == code for one in good), 0)
                for code, number in asked.items()
            )
        identities |= {one.identity for one in good}
        waiting = [
            one
            for one in own
            if one.added_at <= window.cut_off and one.outcome in {None, UNDECIDED}
            if task.box not in _DONE
        ]
        found += [_article(one, task, duty, is_counted=True) for one in good]
        found += [_article(one, task, duty, is_counted=False) for one in waiting]
    return Articles(
        topics=_by_topic(says, found, agreed, lacking),
        articles=tuple(sorted(found, key=lambda one: _place(says, one))),
        distinct=len(identities),
    )


def _asked(duty: Obligation) -> dict[str, int]:
    """How many articles each requirement of a duty asks for."""
    return {
        leaf.code: leaf.quantity.amount if isinstance(leaf.quantity, Fixed) else leaf.minimum
        for leaf in requirements_of(duty.proof)
        if leaf.check == _CHECK
    }


def _is_owed(task: TaskLine) -> bool:
    return task.box not in _NOT_OWED and task.box not in {Box.CANCELLED, Box.HISTORY}


def _article(offer: Offer, task: TaskLine, duty: Obligation, *, is_counted: bool) -> Article:
    address = str(offer.read.get("address") or "")
    is_link = urlsplit(address).scheme in {"http", "https"}
    medium = Medium.OTHER
    if is_link:
        medium = Medium.ONLINE
    elif _NO_PAGE in offer.codes:
        medium = Medium.PRINT
    return Article(
        title=str(offer.read.get("title") or "") or offer.name,
        published_on=offer.performed_on,
        medium=medium,
        address=address if is_link else "",
        topic=duty.topic or "",
        obligation=duty.code,
        unit=task.unit,
        occasion=task.occasion,
        task=task.id,
        is_counted=is_counted,
        is_earlier=task.share is Share.CARRIED_OVER,
    )


def _by_topic(
    says: Agreement,
    found: Iterable[Article],
    agreed: Mapping[str, int],
    lacking: Mapping[str, int],
) -> tuple[TopicArticles, ...]:
    by_topic: defaultdict[str, list[Article]] = defaultdict(list)
    for one in found:
        by_topic[one.topic].append(one)
    titles = {topic.code: topic.title for topic in says.topics}
    codes = {*by_topic, *agreed}
    in_order = [code for code in titles if code in codes]
    in_order += sorted(codes - titles.keys())
    return tuple(
        _topic(
            code, titles.get(code, ""), by_topic[code], agreed.get(code, 0), lacking.get(code, 0)
        )
        for code in in_order
    )


def _topic(
    code: str, title: str, found: Iterable[Article], agreed: int, lacking: int
) -> TopicArticles:
    every = list(found)
    good = [one for one in every if one.is_counted]
    media = {medium: sum(one.medium is medium for one in good) for medium in Medium}
    return TopicArticles(
        code=code,
        title=title,
        agreed=agreed,
        lacking=lacking,
        printed=media[Medium.PRINT],
        online=media[Medium.ONLINE],
        other=media[Medium.OTHER],
        earlier=sum(one.is_earlier for one in good),
        waiting=len(every) - len(good),
    )


def _place(says: Agreement, one: Article) -> tuple[object, ...]:
    """By topic in the agreement's order, then by day."""
    codes = [topic.code for topic in says.topics]
    place = codes.index(one.topic) if one.topic in codes else len(codes)
    on = one.published_on
    return (place, one.topic, on is None, on.toordinal() if on else 0, one.title, one.task)
