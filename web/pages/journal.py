"""The journal: who did what when, and whether anybody changed it afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import Response

from web.cursors import GREATEST, address
from web.journal_words import RULES, VERBS
from web.typed import day_typed
from web.visit import Visit, reads
from workflow import labels, sealing
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.i18n import N_
from workflow.refusals import DENIED, THROTTLED
from workflow.store import people
from workflow.store.journal_pages import entries_page, last_sealed_at

if TYPE_CHECKING:
    from sqlalchemy import Row

router: Final = APIRouter(include_in_schema=False)
_PAGE: Final = 100
#: Where what an entry is about has a page of its own.
_PLACES: Final = {"task": "/tasks/{}", "event": "/meetings/{}", "report": "/reports/{}"}
_SUBJECTS: Final = ("task", "event", "report", "agreement", "unit", "person", "succession")
#: A value of an entry is shown up to so many letters; the whole is in the exported journal.
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One entry as it is shown; ``before`` and ``after`` are pairs of names and values."""

    row: Row[Any]
    what: str
    who: str
    on_behalf: str | None
    reason: str | None
    before: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]
    address: str | None


@router.get("/journal")
@reads
def journal_page(
    visit: Visit,
    *,
    verb: str = "",
    by: str = "",
    day: str = "",
    subject: str = "",
    number: str = "",
    before: str = "",
) -> Response:
    """Entries of the journal, the newest first."""
    visit.ensure_may(Deed.READ_JOURNAL)
    since = until = None
    if day:
        zone = ZoneInfo(visit.premises.settings.timezone)
        on = day_typed(day, name=visit.say("Day"))
        since = datetime.combine(on, time(), tzinfo=zone).astimezone(UTC)
        until = datetime.combine(on + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
    rows = entries_page(
        visit.db,
        before=_number(before),
        at_most=_PAGE + 1,
        verb=verb,
        by=by.strip(),
        since=since,
        until=until,
        subject=(subject, _number(number)) if subject else None,
    )
    shown = rows[:_PAGE]
    more = None
    if len(rows) > _PAGE:
        asked = {"verb": verb, "by": by, "day": day, "subject": subject, "number": number}
        more = address("/journal", {**asked, "before": shown[-1].id})
    return visit.page(
        "admin/journal.html.j2",
        told=_told(visit, shown),
        verbs=sorted((visit.say(text), code) for code, text in VERBS.items()),
        subjects=_SUBJECTS,
        verb=verb,
        by=by,
        day_=day,
        subject=subject,
        number_=number,
        more=more,
        sealed_at=last_sealed_at(visit.db),
    )


@router.get("/journal/verify")
@reads
def verify(visit: Visit) -> Response:
    """Verify the journal against its seals, and say in words what was found."""
    visit.ensure_may(Deed.READ_JOURNAL)
    settings = visit.premises.settings
    try:
        heads = sealing.exported_heads(settings)
    except (ValueError, KeyError, TypeError, RecursionError):
        name = str(sealing.heads_file(settings))
        raise Refusal("journal.heads_unreadable", file=name) from None
    found = sealing.verify(visit.db, settings.journal_keys, at=visit.at, heads=heads)
    return visit.page(
        "admin/journal_verify.html.j2",
        found=found,
        heads=len(heads),
        problems=[labels.describe(one, visit.lang) for one in found.problems],
    )


def _told(visit: Visit, rows: list[Row[Any]]) -> list[Told]:
    said = [json.loads(row.body) for row in rows]
    keys = {row.by for row in rows} | {one["on_behalf"] for one in said if one.get("on_behalf")}
    names = people.names_of(visit.db, keys) | {
        rule: visit.say(words) for rule, words in RULES.items()
    }
    return [
        Told(
            row=row,
            what=_what(visit, row.verb, one.get("after") or {}),
            who=names.get(row.by, row.by),
            on_behalf=names.get(one.get("on_behalf"), one.get("on_behalf")),
            reason=one.get("reason"),
            before=_pairs(one.get("before")),
            after=_pairs(one.get("after")),
            address=_address(row),
        )
        for row, one in zip(rows, said, strict=True)
    ]


def _what(visit: Visit, verb: str, after: dict[str, Any]) -> str:
    """An entry's verb in words; where it stands for several, how many."""
    words = visit.say(VERBS[verb]) if verb in VERBS else verb
    deed, times = after.get("deed"), after.get("times")
    if verb == DENIED and deed:
        words = visit.say(N_("{what}: {deed:word}"), what=words, deed=deed)
    if verb in {DENIED, THROTTLED} and isinstance(times, int) and times > 1:
        words = visit.say(N_("{what} ({times:number} times)"), what=words, times=times)
    return words


def _pairs(facts: dict[str, Any] | None) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, _written(value)) for name, value in (facts or {}).items() if value not in (None, "")
    )


def _written(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _address(row: Row[Any]) -> str | None:
    place = _PLACES.get(row.subject)
    return place.format(row.subject_id) if place and row.subject_id is not None else None


def _number(text: str) -> int | None:
    is_one = text.isascii() and text.isdecimal() and int(text[:17]) <= GREATEST
    return int(text[:17]) if is_one else None
