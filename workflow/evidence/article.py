"""The check ``article``: a published article on the topic, saved as a web page.

Knows what makes an article of the publisher, on the topic, from the right
days. Refuses to fetch anything or to judge how good it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import Field

from workflow.domain.folding import fold
from workflow.evidence.attachment import present
from workflow.evidence.check import (
    EvidenceFile,
    Figures,
    Findings,
    Identity,
    Judgement,
    Outcome,
    TaskFacts,
    Unreadable,
    Verdict,
)
from workflow.evidence.days_in_text import Dated, DatedParams, judge_day
from workflow.evidence.documents import MOST_TEXT
from workflow.evidence.file_kinds import Kind, kind_checked
from workflow.evidence.wordings import Wording

if TYPE_CHECKING:
    from workflow.evidence.page_reading import Article

#: A saved page of an article with its pictures inlined is far smaller.
_MOST_BYTES: Final = 8_000_000
#: Parts of an address that say how a reader came, not which article it is.
_TRACKING: Final = ("utm_", "fbclid", "gclid", "zarsrc", "ref")


class ArticleParams(DatedParams, frozen=True, strict=True, extra="forbid"):
    """What an article must be.

    ``topics``: phrases, besides the task's own topic words, of which
    ``least_topics`` must stand in title or text; ``publishers``: names or hosts
    of which the page's must be one, besides the task's publications (empty and
    no publications: anyone); ``least_words`` of text; ``mentions_all``: phrases.
    """

    topics: tuple[str, ...] = ()
    least_topics: int = Field(default=1, ge=0, le=50)
    publishers: tuple[str, ...] = ()
    least_words: int = Field(default=80, ge=0, le=100_000)
    mentions_all: tuple[str, ...] = ()


class ArticleCheck:
    """A saved HTML page.

    ``read``: ``title``, ``address``, ``site``, ``words`` (number), ``topics`` found.
    """

    name: Final = "article"
    version: Final = "1"
    light: Final = False
    params: Final = ArticleParams

    def run(
        self,
        params: ArticleParams,
        file: EvidenceFile | None,
        *,
        figures: Figures,  # noqa: ARG002 - every check takes them
        facts: TaskFacts,
    ) -> Verdict:
        """Judge one article."""
        file = present(file)
        article = _article(file, facts.zone)
        judgement = Judgement(self.name, self.version)
        otherwise = Dated.IN_PERIOD if facts.period_from else Dated.AROUND_EVENT
        judge_day(
            article.published_on, params, facts=facts, otherwise=otherwise, judgement=judgement
        )
        if not article.title:
            judgement.doubt("article.title_not_found")
        words = len(article.text.split())
        if words < params.least_words:
            judgement.fail("article.too_short", words=words, least=params.least_words)
        wording = Wording(f"{article.title}\n{article.text}")
        topics = _judge_topics(wording, params, facts=facts, judgement=judgement)
        _judge_publisher(article, params, facts=facts, judgement=judgement)
        missing = [phrase for phrase in params.mentions_all if not wording.mentions(phrase)]
        if missing:
            judgement.fail("text.phrases_missing", phrases=missing)
        return judgement.verdict(
            Findings(
                performed_on=article.published_on,
                identity=_identity(article) or file.identity,
                quantity=1,
            ),
            title=article.title,
            address=article.address,
            site=article.site,
            words=words,
            topics=topics,
        )


def _article(file: EvidenceFile, zone: str) -> Article:
    from workflow.evidence.page_reading import read_article

    data = file.read(_MOST_BYTES)
    kind = kind_checked(file, data)
    if kind not in {Kind.HTML, Kind.XML}:
        raise Unreadable("article.not_a_page", outcome=Outcome.UNDECIDED, kind=kind.value)
    return read_article(data, zone=zone, most_text=MOST_TEXT)


def _judge_topics(
    wording: Wording, params: ArticleParams, *, facts: TaskFacts, judgement: Judgement
) -> list[str]:
    asked = list(dict.fromkeys((*params.topics, *facts.topic_words)))
    found = [topic for topic in asked if wording.mentions(topic)]
    if asked and len(found) < min(params.least_topics, len(asked)):
        judgement.fail("article.off_topic", topics=asked, found=found, least=params.least_topics)
    return found


def _judge_publisher(
    article: Article, params: ArticleParams, *, facts: TaskFacts, judgement: Judgement
) -> None:
    """By host or by the site's name; a page that names neither is left to a person."""
    names = [*params.publishers, *(name for p in facts.publications for name in p.names)]
    if not names:
        return
    hosts = {name.lower().removeprefix("www.") for name in names if "." in name}
    if article.host and any(
        article.host == host or article.host.endswith(f".{host}") for host in hosts
    ):
        return
    if article.site and Wording(article.site).first_of(names) is not None:
        return
    told = {"publisher": article.site or article.host, "expected": names[:10]}
    if not article.site and not (article.host and hosts):
        judgement.doubt("article.publisher_unclear", **told)
    else:
        judgement.fail("article.publisher_other", **told)


def _identity(article: Article) -> Identity | None:
    """The address without tracking and scheme, else title and day; None where there is neither."""
    if article.address:
        parts = urlsplit(article.address)
        query = [
            (key, value) for key, value in parse_qsl(parts.query) if not key.startswith(_TRACKING)
        ]
        key = f"{article.host}{parts.path.rstrip('/')}"
        return Identity(kind="article", key=f"{key}?{urlencode(query)}" if query else key)
    if article.title and article.published_on:
        return Identity(kind="article", key=f"{fold(article.title)}|{article.published_on}")
    return None
