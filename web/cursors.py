"""Where the next page of a list begins, as it stands in an address.

Knows a day and a number. What cannot be read begins the list anew: a cursor is nobody's
secret and nobody's right, each list is scoped by itself.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The greatest number that every database and every browser can hold.
GREATEST: Final = 2**53 - 1
_NO_DAY: Final = "none"


def written(day: date | None, number: int) -> str:
    """A cursor as text: ``2024-03-31_12``, or ``none_12`` where the row has no day."""
    return f"{_NO_DAY if day is None else day.isoformat()}_{number}"


def read(text: str) -> tuple[date | None, int] | None:
    """The cursor that a text stands for, or None."""
    day, _, number = text.partition("_")
    if not (number.isascii() and number.isdecimal()) or int(number) > GREATEST:
        return None
    try:
        return (None if day == _NO_DAY else date.fromisoformat(day)), int(number)
    except ValueError:
        return None


def address(path: str, given: Mapping[str, object]) -> str:
    """An address with what is given after it; what is empty is left out."""
    query = urlencode({name: str(value) for name, value in given.items() if value}, doseq=False)
    return f"{path}?{query}" if query else path
