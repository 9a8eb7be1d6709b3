"""The daily letter as people read it: a digest's facts in words, as plain text and as HTML.

Knows the tone and the layout. Refuses to decide whom or when, and to send.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from workflow.i18n import N_, translator
from workflow.notices import digest_contents

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from workflow.i18n import Translator
    from workflow.notices import Digest

_TEMPLATES: Final = Path(__file__).parent / "templates"
_QUARTERS: Final = ("I", "II", "III", "IV")
_PERIOD: Final = re.compile(r"(?P<year>\d{4})(-(?P<kind>[QH]?)(?P<number>\d{1,2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter to one address; ``message_id`` is the same on each attempt."""

    to: str
    message_id: str
    subject: str
    text: str
    html: str


def digest_letter(
    db: Connection, digest_id: int, *, at: datetime, base_url: str = ""
) -> Letter | None:
    """Write a digest's letter in its reader's language, or None where nothing is left to say.

    ``base_url`` leads to the pages of the tasks; without it there are no links.
    """
    digest = digest_contents(db, digest_id, at=at)
    return None if digest is None else written(digest, base_url=base_url)


def written(digest: Digest, *, base_url: str = "") -> Letter:
    """Put a digest into words."""
    say = translator(digest.lang)
    facts = {
        "digest": digest,
        "base_url": base_url.rstrip("/"),
        "period": lambda key: _period(key, say),
        "lang": digest.lang,
        "_": say.gettext,
        "ngettext": say.ngettext,
    }
    return Letter(
        to=digest.mail,
        message_id=digest.message_id,
        subject=_subject(digest, say),
        text=environment().get_template("digest.txt.j2").render(facts),
        html=environment().get_template("digest.html.j2").render(facts),
    )


def _subject(digest: Digest, say: Translator) -> str:
    overdue, due = len(digest.overdue), len(digest.due)
    if overdue and due:
        text = N_("[Cam Kết] {overdue:number} overdue, {due:number} falling due ({day:day})")
    elif overdue:
        text = N_("[Cam Kết] {overdue:number} overdue ({day:day})")
    else:
        text = N_("[Cam Kết] {due:number} falling due ({day:day})")
    known = {"overdue": overdue, "due": due, "day": digest.written_on}
    return say(text, **{name: value for name, value in known.items() if f"{{{name}:" in text})


def _period(key: str, say: Translator) -> str:
    """The period of an occasion as offices write it; empty for a day, a meeting and the like."""
    found = _PERIOD.fullmatch(key)
    if found is None:
        return ""
    year, kind = found["year"], found["kind"]
    if kind is None:
        return say(N_("year {year}"), year=year)
    number = int(found["number"])
    if kind == "Q":
        return say(N_("quarter {number}/{year}"), number=_QUARTERS[number - 1], year=year)
    if kind == "H":
        half = N_("first half of {year}") if number == 1 else N_("second half of {year}")
        return say(half, year=year)
    return say(N_("month {number}/{year}"), number=number, year=year)


@cache
def environment() -> Environment:
    """The templates of letters."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
