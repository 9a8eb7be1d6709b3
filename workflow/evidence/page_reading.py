"""Web pages that were saved: their text, and what an article says of itself.

Knows HTML as it is found, its declared metadata, and how to ask trafilatura
and htmldate for the rest. Refuses to know which article would be right.
Nothing here fetches anything.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml import etree, html

from workflow.evidence.check import Unreadable
from workflow.evidence.days_in_text import days_in
from workflow.evidence.file_kinds import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNSEEN: Final = ("script", "style", "noscript", "template")
_CHARSET: Final = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_\-]{3,20})", re.IGNORECASE
)
_DAY_KEYS: Final = ("datePublished", "dateCreated", "uploadDate")
_LATEST: Final = "2100-12-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a saved page says: empty text or None where it says nothing."""

    title: str = ""
    text: str = ""
    published_on: date | None = None
    address: str = ""
    site: str = ""

    @property
    def host(self) -> str:
        """The host of its address, without ``www.``."""
        return (urlsplit(self.address).hostname or "").removeprefix("www.")


def _tree(data: bytes) -> html.HtmlElement:
    text = _decoded_page(data)
    # The parser refuses text that still declares an encoding.
    text = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text.replace("\x00", ""))
    parser = html.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        tree = html.document_fromstring(text, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise Unreadable("file.broken", error=type(error).__name__) from error
    return tree


def _decoded_page(data: bytes) -> str:
    stated = _CHARSET.search(data[:4096])
    if stated and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(stated[1].decode("ascii"), errors="replace")
        except LookupError:
            pass
    return decoded(data)


def page_text(data: bytes, *, most_text: int) -> str:
    """The words of a page, a line for each block. Raises Unreadable: ``file.broken``."""
    tree = _tree(data)
    for element in list(tree.iter(*_UNSEEN)):
        element.drop_tree()
    lines = (" ".join(text.split()) for text in tree.itertext())
    return unicodedata.normalize("NFC", "\n".join(line for line in lines if line))[:most_text]


def read_article(data: bytes, *, zone: str, most_text: int) -> Article:
    """The article of a saved page; its day is the one of publication, in ``zone``.

    Declared metadata go first, then what the page shows. Day-first dates are
    read day first. Raises Unreadable: ``file.broken``.
    """
    import trafilatura
    from htmldate import find_date

    tree = _tree(data)
    metas = _metas(tree)
    linked = list(_linked_data(tree))
    source = html.tostring(tree, encoding="unicode")
    text = (
        trafilatura.extract(source, include_comments=False, favor_recall=True, deduplicate=False)
        or ""
    )
    if not text.strip():
        text = page_text(data, most_text=most_text)
    published = _declared_day(metas, linked, ZoneInfo(zone))
    if published is None:
        found = find_date(source, original_date=True, max_date=_LATEST, min_date="1990-01-01")
        published = date.fromisoformat(found) if found else _shown_day(tree)
    return Article(
        title=_clean(metas.get("og:title") or _first(linked, "headline") or _heading(tree)),
        text=unicodedata.normalize("NFC", text)[:most_text],
        published_on=published,
        address=_address(tree, metas),
        site=_clean(
            metas.get("og:site_name") or metas.get("application-name") or _publisher(linked)
        ),
    )


def _metas(tree: html.HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        content = meta.get("content")
        if name and content:
            found.setdefault(name.strip().lower(), content.strip())
    return found


def _linked_data(tree: html.HtmlElement) -> Iterator[dict[str, Any]]:
    """Objects of JSON-LD that say something of an article."""
    for script in tree.iter("script"):
        if script.get("type", "").strip().lower() != "application/ld+json":
            continue
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        todo = [data]
        while todo:
            item = todo.pop()
            if isinstance(item, list):
                todo += item
            elif isinstance(item, dict):
                todo += [item["@graph"]] if "@graph" in item else []
                if "headline" in item or any(key in item for key in _DAY_KEYS):
                    yield item


def _declared_day(
    metas: dict[str, str], linked: list[dict[str, Any]], zone: ZoneInfo
) -> date | None:
    names = (
        "article:published_time",
        "og:published_time",
        "pubdate",
        "datepublished",
        "dc.date",
        "date",
    )
    stated = [metas[name] for name in names if name in metas]
    stated += [item[key] for item in linked for key in _DAY_KEYS if isinstance(item.get(key), str)]
    return next((day for text in stated if (day := _day(text, zone))), None)


def _day(text: str, zone: ZoneInfo) -> date | None:
    """A declared day: an instant is taken to the zone, other forms are read day first."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        days = days_in(text)
        return days[0].on if days else None
    try:
        return (instant.astimezone(zone) if instant.tzinfo else instant).date()
    except (OverflowError, ValueError):
        return None


def _shown_day(tree: html.HtmlElement) -> date | None:
    days = days_in(tree.text_content()[:20_000])
    return days[0].on if days else None


def _heading(tree: html.HtmlElement) -> str:
    for name in ("h1", "title"):
        for element in tree.iter(name):
            if text := " ".join(element.text_content().split()):
                return text
    return ""


def _address(tree: html.HtmlElement, metas: dict[str, str]) -> str:
    """The page's own address: canonical link, else og:url; only http(s)."""
    links = [
        link.get("href", "")
        for link in tree.iter("link")
        if link.get("rel", "").strip().lower() == "canonical"
    ]
    for address in (*links, metas.get("og:url", "")):
        try:
            parts = urlsplit(address.strip())
        except ValueError:
            continue
        if parts.scheme in {"http", "https"} and parts.hostname:
            return str(parts._replace(fragment="").geturl())
    return ""


def _publisher(linked: list[dict[str, Any]]) -> str:
    for item in linked:
        publisher = item.get("publisher")
        if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
            return str(publisher["name"])
    return ""


def _first(linked: list[dict[str, Any]], key: str) -> str:
    return next((str(item[key]) for item in linked if isinstance(item.get(key), str)), "")


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))
