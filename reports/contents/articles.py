"""What was published: articles by topic and medium, against how many were agreed.

Values only, whose lines add up to their articles. Refuses to know tasks, checks and the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - a written value is read by its types
from enum import StrEnum


class Medium(StrEnum):
    """Where an article stands: on paper, at an address of the web, or neither is known."""

    PRINT = "print"
    ONLINE = "online"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article that was offered for a task; ``address`` is empty where it has none.

    ``is_counted``: it passed its check, or a person confirmed it; otherwise it waits for one.
    ``is_earlier``: it was owed for an earlier period.
    """

    title: str
    published_on: date | None
    medium: Medium
    address: str
    topic: str
    obligation: str
    unit: str
    occasion: str
    task: int
    is_counted: bool
    is_earlier: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicArticles:
    """A topic's articles; without a code, those of no topic.

    ``agreed`` is asked for by the tasks of the period, of which ``lacking`` are missing, task
    by task: what one has too many helps no other. ``printed + online + other`` is every
    article that counts; ``earlier`` of them were owed for an earlier period. ``waiting`` are
    beside them.
    """

    code: str
    title: str
    agreed: int
    lacking: int
    printed: int
    online: int
    other: int
    earlier: int
    waiting: int

    @property
    def total(self) -> int:
        """All that count."""
        return self.printed + self.online + self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class Articles:
    """Every article of a report, by topic. ``distinct``: the same one may serve two topics."""

    topics: tuple[TopicArticles, ...]
    articles: tuple[Article, ...]
    distinct: int
