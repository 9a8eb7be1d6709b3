"""Where the figures of a board lead: to itself looked at otherwise, and to the tasks behind it.

Knows the names under which filters stand in addresses. Refuses to know what is there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The filters of a board, kept in every address that leads on from it."""

    agreement: str = ""
    period: str = ""
    obligation: str = ""
    party: str = ""

    def chosen(self, *, agreement: str, period: str) -> Addresses:
        """The same with what was left open chosen."""
        return replace(self, agreement=agreement, period=period)

    def board(self, **more: str | int) -> str:
        """The board with these filters; what is given is added, or changed."""
        return _address("/board", self._filters() | more)

    def matrix(self, **more: str | int) -> str:
        """The matrix with these filters."""
        return _address("/board/matrix", self._filters() | more)

    def summary(self) -> str:
        """The one page; it has no filter by obligation."""
        return _address("/board/summary", self._filters() | {"obligation": ""})

    def tasks(self, **more: str) -> str:
        """The tasks that a figure counts."""
        return _address("/board/tasks", self._filters() | more)

    def narrowed(self, obligation: str) -> str:
        """What an address of tasks is continued with to be of one obligation alone."""
        return "" if self.obligation else f"&obligation={_quoted(obligation)}"

    def task_list(self, *, unit: str = "") -> str:
        """The list of tasks, where more can be looked for and done; it knows no side."""
        return _address("/tasks", self._filters() | {"party": "", "unit": unit})

    def sorted_by(self, column: str, present: str, *, descends: bool = True) -> str:
        """The board by a column; by the present one in the other direction."""
        first, second = (f"-{column}", column) if descends else (column, f"-{column}")
        return f"{self.board(sort=second if present == first else first)}#units"

    def instruct(self, **more: str) -> str:
        """The form of an instruction on a line of the board."""
        return _address("/instructions/new", self._filters() | {"party": ""} | more)

    def _filters(self) -> dict[str, str | int]:
        return {
            "agreement": self.agreement,
            "period": self.period,
            "obligation": self.obligation,
            "party": self.party,
        }


def _address(path: str, filters: Mapping[str, str | int]) -> str:
    parts = [f"{name}={_quoted(str(value))}" for name, value in filters.items() if value]
    return f"{path}?{'&'.join(parts)}"


@lru_cache(maxsize=16_384)
def _quoted(value: str) -> str:
    """A value as it stands in an address; a board has the same few in a thousand cells."""
    return quote_plus(value)
