"""The tables of ``docs/agreement-file.md``, made from the forms that read the files.

``python -m tests.intake.agreement_page`` writes them into the page; a test holds the page
to them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from workflow.intake.agreement_file import amendment_schema, schema
from workflow.intake.succession_file import succession_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE: Final = Path(__file__).parents[2] / "docs" / "agreement-file.md"
_BLOCK: Final = re.compile(r"<!-- keys: (?P<form>\w+) -->\n.*?<!-- end -->", re.DOTALL)


def forms() -> dict[str, Mapping[str, Any]]:
    """Every form by its name, the three files themselves included."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, each in (
        ("Agreement", schema()),
        ("Amendment", amendment_schema()),
        ("Succession", succession_schema()),
    ):
        found |= {key.removesuffix("Form"): form for key, form in each["$defs"].items()}
        found[name] = each
    return found


def with_tables(page: str) -> str:
    """Give the page with each marked table as the forms have it now."""
    known = forms()
    return _BLOCK.sub(lambda block: _block(block["form"], known[block["form"]], known), page)


def _block(name: str, form: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> str:
    needed = set(form.get("required", ()))
    rows = [
        f"| `{key}`{' *' if key in needed else ''} | {_kind(value, known)} | {_text(value)} |"
        for key, value in form["properties"].items()
    ]
    head = ["| Key | Written as | Says |", "|---|---|---|"]
    return "\n".join([f"<!-- keys: {name} -->", *head, *rows, "<!-- end -->"])


def _text(value: Mapping[str, Any]) -> str:
    default = value.get("default")
    plain = isinstance(default, int | str) and not isinstance(default, bool) and default != ""
    return str(value["description"]) + (f" Default: `{default}`." if plain else "")


def _kind(value: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> str:
    """Say how a value is written, in a few words."""
    alternatives = value.get("anyOf") or value.get("oneOf")
    if alternatives:
        kinds = [_kind(each, known) for each in alternatives]
        return ", or ".join(dict.fromkeys(kind for kind in kinds if kind))
    if "$ref" in value:
        name = str(value["$ref"]).rpartition("/")[2].removesuffix("Form")
        return _words(known[name]["enum"]) if "enum" in known.get(name, {}) else _link(name)
    match str(value["type"]):
        case "array":
            kind = f"list of: {_kind(value['items'], known)}"
        case "integer":
            bounds = (value.get("minimum"), value.get("maximum"))
            kind = "whole number" + (f" {bounds[0]}…{bounds[1]}" if None not in bounds else "")
        case "string":
            kind = _string(value)
        case other:
            kind = _OTHERS[other]
    return kind


_OTHERS: Final = {
    "boolean": "`true` or `false`",
    "number": "number",
    "null": "",
    "object": "keys and values",
}
# What stands under the heading of something else.
_UNDER: Final = {"All": "Proof", "Any": "Proof", "Requirement": "Proof", "Change": "Version"}


def _link(name: str) -> str:
    shown = _spaced(_UNDER.get(name, name))
    return f"[{shown}](#{shown.replace(' ', '-')})"


def _string(value: Mapping[str, Any]) -> str:
    if value.get("format") == "date":
        return "day"
    pattern = str(value.get("pattern", ""))
    return "code" if pattern.startswith("^[A-Za-z0-9]") else "text"


def _words(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
