"""What a form that grows holds: fields by name, several values each, and rows by number.

A name is the place in the file that it becomes: ``due.days``, ``proof.2.code``. Knows how
numbers, days and lines are typed. Refuses to judge: what cannot be read stays as it was
typed, and whoever judges the definition says what is wrong with it there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Request
from starlette.datastructures import FormData

from workflow.intake.form import suggested_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflow.intake.places import NodePath

#: Fields by name; a name without values is not there.
Fields = dict[str, list[str]]

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")
_ROW: Final = re.compile(r"[0-9]{1,3}")
#: More rows than any definition may have.
_MOST_ROWS: Final = 200


async def _sent(request: Request) -> FormData:
    return await request.form(max_files=1, max_fields=4000)


#: Everything that a form sent, whatever its fields are called.
Form = Annotated[FormData, Depends(_sent)]


def fields_of(form: FormData) -> Fields:
    """The texts of a form by name, in their order; files are left out."""
    found: Fields = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            text = value.replace("\r\n", "\n").replace("\x00", "")
            found.setdefault(name, []).append(text)
    return found


def rows(fields: Fields, group: str) -> list[int]:
    """The numbers of a group's rows (``proof.2.code``), in order."""
    start = f"{group}."
    numbers = {
        int(number)
        for name in fields
        if name.startswith(start) and _ROW.fullmatch(number := name[len(start) :].split(".")[0])
    }
    return sorted(numbers)[:_MOST_ROWS]


def with_row(fields: Fields, group: str, row: Fields) -> Fields:
    """The same with one more row at the end of a group."""
    number = max(rows(fields, group), default=-1) + 1
    return {**fields, **{f"{group}.{number}.{name}": some for name, some in row.items()}}


def without_row(fields: Fields, group: str, number: int) -> Fields:
    """The same without a row."""
    gone = f"{group}.{number}."
    return {name: some for name, some in fields.items() if not name.startswith(gone)}


@dataclass
class Said:
    """Reads fields into a definition, and remembers which field each of its places came from."""

    fields: Fields
    places: dict[NodePath, str] = field(default_factory=dict)

    def remember(self, name: str, path: NodePath) -> None:
        """Remember where what a field says stands."""
        self.places[path] = name

    def text(self, name: str, *path: str | int) -> str:
        """What was typed, without the spaces around it; nothing where nothing was."""
        if path:
            self.remember(name, path)
        return next(iter(self.fields.get(name, ())), "").strip()

    def whole(self, name: str, *path: str | int) -> int | str | None:
        """A whole number, or what was typed instead of one."""
        typed = self.text(name, *path)
        if not typed:
            return None
        return int(typed) if _WHOLE.fullmatch(typed) else typed

    def day(self, name: str, *path: str | int) -> str | None:
        """A day as the file writes it, also where it was typed as offices write it."""
        typed = self.text(name, *path)
        meant = suggested_day(typed)
        return meant.isoformat() if meant else typed or None

    def many(self, name: str, *path: str | int) -> list[str]:
        """Every value that was chosen."""
        if path:
            self.remember(name, path)
        return [text for value in self.fields.get(name, ()) if (text := value.strip())]

    def lines(self, name: str, *path: str | int) -> list[str]:
        """Every line that was typed."""
        if path:
            self.remember(name, path)
        typed = "\n".join(self.fields.get(name, ()))
        return [text for line in typed.split("\n") if (text := line.strip())]

    def is_on(self, name: str, *path: str | int) -> bool:
        """Whether a box is ticked."""
        return bool(self.text(name, *path))

    def field_at(self, path: NodePath) -> str | None:
        """The field that a place of the definition came from, or the nearest around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return None


def stated(**given: Any) -> dict[str, Any]:
    """What is said: nothing, empty text and empty lists are left out; zero and no are said."""
    return {
        name.rstrip("_"): value
        for name, value in given.items()
        if value is not None and value not in ("", [], {})
    }


def shown_side(days: object, *, prefix: str) -> Fields:
    """A number of days with its sign as people say it: so many before, so many after."""
    number = days if isinstance(days, int) else 0
    side = "before" if number < 0 else "after"
    return {f"{prefix}.days": [str(abs(number))], f"{prefix}.side": [side]}


def said_side(said: Said, prefix: str, *path: str | int) -> int | str:
    """Days before as a negative number; what is no number stays as it was typed."""
    days = said.whole(f"{prefix}.days", *path)
    if not isinstance(days, int):
        return days or 0
    return -days if said.text(f"{prefix}.side") == "before" else days


def present(fields: Iterable[tuple[str, object]]) -> Fields:
    """Fields of single values; what is nothing is left out."""
    return {name: [str(value)] for name, value in fields if value is not None and value != ""}
