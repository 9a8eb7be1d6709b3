"""What pages tell of tasks in words: who did it, for which occasion, why, and what a check read.

Knows names in the place of keys, and how the facts that a check read are written. Refuses
to know any page and to decide anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from workflow import labels
from workflow.access import SYSTEM
from workflow.domain.errors import Refusal
from workflow.domain.periods import reporting_year
from workflow.i18n import N_
from workflow.store.occasions import events_named
from workflow.store.people import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Row

    from web.visit import Visit
    from workflow.i18n import Translator

#: What the kinds of checks ask for, where an agreement gives a requirement no title.
CHECKS: Final = {
    "article": N_("Published article"),
    "attachment": N_("File"),
    "attendance": N_("Attendance list"),
    "invoice": N_("E-invoice (XML file)"),
    "letter": N_("Official letter"),
    "minutes": N_("Minutes"),
    "quantity": N_("Number or table of copies"),
    "statement": N_("Written statement"),
}
#: Where a doubt comes from.
DOUBTS: Final = {
    "raised": N_("raised by a person"),
    "contested": N_("contested by the party that receives"),
    "moved": N_("the day was moved"),
    "duplicate": N_("the same proof is used twice"),
    "replaced": N_("the proof was replaced"),
    "recheck": N_("a later check differs"),
}
#: What is told of what a check read, in this order; the rest is for programs.
_READ: Final = {
    "title": N_("Title"),
    "site": N_("Site"),
    "address": N_("Address"),
    "number": N_("Number"),
    "series": N_("Series"),
    "seller": N_("Seller"),
    "buyer": N_("Buyer"),
    "titles": N_("Publications"),
    "addressee": N_("Addressee"),
    "lead_working_days": N_("Working days ahead"),
    "organisation": N_("Body"),
    "present": N_("Present"),
    "absent": N_("Absent"),
    "publication": N_("Publication"),
    "phrase": N_("Wording found"),
    "topics": N_("Topics"),
    "words": N_("Words"),
    "pages": N_("Number of pages"),
    "figure": N_("Figure typed"),
    "counted": N_("Counted in the table"),
    "owed": N_("Owed"),
    "quantity": N_("Quantity proved"),
    "period": N_("Period"),
    "performed_on": N_("Day of the proof"),
}
#: The meeting or request that an occasion's key names (``meeting:12``, ``after:…:meeting:12:…``).
_EVENT: Final = re.compile(r"(?:^|:)(meeting|request):(\d{1,15})")
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """The words of one page: its language, and the names of those who are spoken of."""

    say: Translator
    lang: str
    names: Mapping[str, str]
    events: Mapping[int, Row[Any]]

    def who(self, key: str | None) -> str:
        """The name of a person, or the word for a rule of the product."""
        if not key:
            return ""
        if key.startswith(SYSTEM):
            return self.say.word(key.removeprefix(SYSTEM))
        return self.names.get(key, key)

    def reason(self, said: Mapping[str, Any]) -> str:
        """A kept reason of a verdict, a submission or a doubt, as a sentence."""
        facts = {name: value for name, value in said.items() if name != "code"}
        return labels.sentence_for(str(said["code"]), self._named(facts), self.lang)

    def refusal(self, refusal: Refusal) -> str:
        """Why something was refused, with names in the place of keys."""
        named = Refusal(refusal.code, **self._named(refusal.facts))
        return labels.describe(named, self.lang)

    def occasion(self, key: str) -> str:
        """An occasion as people call it: a meeting, a period or a day; else its key."""
        caused = _EVENT.search(key)
        event = self.events.get(int(caused[2])) if caused else None
        if event is not None:
            title = event.title or self.say.word(event.nature)
            return f"{title} ({self.say.day(event.happens_on)})"
        try:
            code, facts = reporting_year("calendar").period_by_key(key).label
        except Refusal:
            day = _day(key)
            return key if day is None else self.say.day(day)
        return labels.sentence_for(code, facts, self.lang)

    def doubt(self, kind: str) -> str:
        """Where a doubt comes from."""
        return self.say(DOUBTS.get(kind, kind))

    def read(self, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """What a check read, as pairs of a heading and a text."""
        for name, heading in _READ.items():
            text = self._written(name, found.get(name))
            if text:
                yield self.say(heading), text

    def _named(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {**facts, **({"by": self.who(str(facts["by"]))} if facts.get("by") else {})}

    def _written(self, name: str, value: object) -> str:
        if value is None or value in ("", [], {}):
            return ""
        if isinstance(value, dict):
            return self._whole(name, value)
        if isinstance(value, list):
            return ", ".join(str(one) for one in value)
        if isinstance(value, int):
            return self.say.number(value)
        day = _day(str(value)) if name == "performed_on" else None
        return str(value) if day is None else self.say.day(day)

    def _whole(self, name: str, value: Mapping[str, Any]) -> str:
        if name == "period":
            first, after = _day(str(value.get("from"))), _day(str(value.get("until")))
            if first is None or after is None:
                return ""
            return f"{self.say.day(first)} – {self.say.day(after - _A_DAY)}"
        if name in {"seller", "buyer"}:
            code = value.get("tax_code") or value.get("budget_code")
            return f"{value.get('name', '')} ({code})" if code else str(value.get("name", ""))
        return ", ".join(f"{key}: {one}" for key, one in value.items())


def teller(
    visit: Visit, people: Iterable[str | None] = (), occasions: Iterable[str] = ()
) -> Teller:
    """The words of a page that speaks of these people and these occasions."""
    known = {key for key in people if key and not key.startswith(SYSTEM)}
    caused = {int(found[2]) for found in map(_EVENT.search, occasions) if found}
    return Teller(
        say=visit.say,
        lang=visit.lang,
        names=names_of(visit.db, known) if known else {},
        events=events_named(visit.db, caused) if caused else {},
    )


def spoken_of(reasons: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The people whom kept reasons name."""
    for one in reasons:
        if one.get("by"):
            yield str(one["by"])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
