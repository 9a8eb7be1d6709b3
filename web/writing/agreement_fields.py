"""The heading of an agreement and its lists (parties, clauses, topics, titles) as fields.

Knows each both ways; what a form does not show stays as it is kept. Refuses to judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from web.writing.fields import Fields, Said, present, rows, stated
from web.writing.selector_fields import said_selector, shown_selector

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The lists that a draft is written in, by their key in the file.
GROUPS: Final = ("parties", "clauses", "topics", "titles")
_WORDS: Final = ("code", "title", "number", "source", "illustrative")
_DAYS: Final = ("signed_on", "from", "through", "tracked_from")
_REPORTING: Final = ("reporting", "cut_off_days")
_TERMS: Final = ("correction_days", "review_days")
#: Of each list: what is a word, and what is a line each.
_COLUMNS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "parties": (("code", "name"), ()),
    "clauses": (("code", "text", "place"), ()),
    "topics": (("code", "title"), ("words",)),
    "titles": (("code", "name"), ("aliases", "sellers")),
}


def shown_heading(data: Mapping[str, Any]) -> Fields:
    """The heading of a kept agreement as fields."""
    settings: Mapping[str, Any] = data.get("settings") or {}
    calendars: Mapping[str, str] = settings.get("calendars") or {}
    days = settings.get("cut_off_days")
    return {
        **present([(name, data.get(name)) for name in (*_WORDS, *_DAYS)]),
        **present(
            [
                ("settings.reporting", "own" if days else settings.get("reporting", "calendar")),
                ("settings.cut_off_days", _listed(days)),
                ("settings.correction_days", settings.get("correction_days", 3)),
                ("settings.review_days", settings.get("review_days", 5)),
                (
                    "settings.calendars",
                    "\n".join(f"{kind}: {name}" for kind, name in sorted(calendars.items())),
                ),
            ]
        ),
    }


def said_heading(said: Said, before: Mapping[str, Any]) -> dict[str, Any]:
    """The kept agreement with the heading that the fields say."""
    settings = dict(before.get("settings") or {})
    calendars: dict[str, str] = {}
    for line in said.lines("settings.calendars", "settings", "calendars"):
        kind, _, name = line.partition(":")
        calendars[kind.strip()] = name.strip()
    settings |= {"calendars": calendars}
    settings = {name: value for name, value in settings.items() if name not in _REPORTING}
    settings |= _said_reporting(said)
    for name in _TERMS:
        settings |= stated(**{name: said.whole(f"settings.{name}", "settings", name)})
    heading: dict[str, Any] = {name: said.text(name, name) or None for name in _WORDS}
    heading |= {name: said.day(name, name) for name in _DAYS}
    kept = {name: value for name, value in before.items() if name not in heading}
    return {**kept, **stated(**heading), "settings": settings}


def _listed(days: object) -> str | None:
    if isinstance(days, list):
        return ", ".join(map(str, days))
    return None if days is None else str(days)


def _said_reporting(said: Said) -> dict[str, Any]:
    """The reporting year: a name, or one day or twelve that cut its months off."""
    name = said.text("settings.reporting", "settings", "reporting")
    if name != "own":
        return stated(reporting=name)
    typed = said.text("settings.cut_off_days", "settings", "cut_off_days")
    days = [int(one) if one.isdecimal() else one for one in typed.replace(",", " ").split()]
    return {"cut_off_days": days[0] if len(days) == 1 else days}


def shown_rows(group: str, data: Mapping[str, Any]) -> Fields:
    """A list of a kept agreement as rows."""
    words, lines = _COLUMNS[group]
    fields: Fields = {}
    for number, one in enumerate(data.get(group, ())):
        prefix = f"{group}.{number}"
        fields |= present([(f"{prefix}.{name}", one.get(name)) for name in words])
        fields |= present([(f"{prefix}.{name}", "\n".join(one.get(name, ()))) for name in lines])
        if group == "parties":
            fields |= shown_selector(one.get("members"), prefix=f"{prefix}.members")
    return fields


def said_rows(said: Said, group: str) -> list[dict[str, Any]]:
    """A list as its rows say it; a row without a word is none."""
    words, lines = _COLUMNS[group]
    listed: list[dict[str, Any]] = []
    for number in rows(said.fields, group):
        prefix, place = f"{group}.{number}", (group, len(listed))
        row: dict[str, Any] = {
            **{name: said.text(f"{prefix}.{name}", *place, name) for name in words},
            **{name: said.lines(f"{prefix}.{name}", *place, name) for name in lines},
        }
        if not any(row.values()):
            continue
        said.remember(f"{prefix}.code", place)
        row = stated(**row)
        if group == "parties":
            row["members"] = said_selector(said, f"{prefix}.members", *place, "members")
        listed.append(row)
    return listed
