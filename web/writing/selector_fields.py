"""Which units are meant, as fields: boxes for kinds and tags, units chosen by name.

Knows a selector's fields both ways, and how a unit that is typed is found. Refuses to count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from web.writing.fields import Fields, Said, stated
from workflow.directory import Listed, meant
from workflow.domain.errors import Problem, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

_BOXES: Final = ("kinds", "tags", "except_tags")
#: Units that are named: chosen ones are boxes, and more are typed, apart by semicolons.
UNITS: Final = ("under", "keys", "except_keys")
_LISTS: Final = (*_BOXES, *UNITS)


def shown_selector(written: object, *, prefix: str) -> Fields:
    """A selector of the file as fields: a key, a list of keys, or its conditions."""
    if isinstance(written, str):
        return {f"{prefix}.keys": [written]}
    if isinstance(written, list):
        return {f"{prefix}.keys": [str(one) for one in written]}
    data: dict[str, Any] = written if isinstance(written, dict) else {}
    fields = {f"{prefix}.{name}": list(map(str, data[name])) for name in _LISTS if data.get(name)}
    if data.get("everyone"):
        fields[f"{prefix}.everyone"] = ["yes"]
    return fields


def said_selector(said: Said, prefix: str, *path: str | int) -> dict[str, Any]:
    """What the fields say, as the file writes it; an empty mapping where they say nothing."""
    said.remember(f"{prefix}.kinds", path)
    lists = {name: said.many(f"{prefix}.{name}", *path, name) for name in _LISTS}
    return stated(**lists, everyone=said.is_on(f"{prefix}.everyone", *path, "everyone") or None)


def found_units(
    fields: Fields, units: Sequence[Listed], *, prefixes: Sequence[str]
) -> tuple[Fields, list[Problem]]:
    """The same with every unit that was typed by key or name chosen.

    What names no unit, or several, stays typed, with a problem whose path is its field.
    """
    fields = dict(fields)
    problems: list[Problem] = []
    for prefix in prefixes:
        for name in UNITS:
            typed = f"{prefix}.{name}.typed"
            left: list[str] = []
            for text in ";".join(fields.pop(typed, [])).split(";"):
                if not text.strip():
                    continue
                try:
                    key = meant(units, text).key
                except Refusal as refused:
                    left.append(text.strip())
                    problems.append(Problem(code=refused.code, path=typed, facts=refused.facts))
                    continue
                chosen = fields.get(f"{prefix}.{name}", [])
                fields[f"{prefix}.{name}"] = [*(one for one in chosen if one != key), key]
            if left:
                fields[typed] = ["; ".join(left)]
    return fields, problems
