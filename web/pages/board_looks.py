"""How a board's figures look: the sign and colour of each box, and the bars of the quarters.

Knows shapes in the units of a drawing. Refuses to know words and colours: a class names
each, and the sign says the same without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workflow.domain.tally import Box

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from reports.boards.board import Quarter


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The class of a box and its sign, the same as of a task in that standing."""

    tone: str
    sign: str


LOOKS: Final = {
    Box.DONE_ON_TIME: Look(tone="done", sign="✓"),
    Box.DONE_LATE: Look(tone="late", sign="◷"),
    Box.AWAITING: Look(tone="awaiting", sign="…"),
    Box.NOT_DONE_IN_TIME: Look(tone="open", sign="○"),
    Box.NOT_DONE_OVERDUE: Look(tone="overdue", sign="!"),
    Box.NO_DUE_DAY: Look(tone="open", sign="–"),
    Box.SUSPENDED: Look(tone="paused", sign="‖"),
    Box.WAIVED: Look(tone="void", sign="×"),
}


#: The drawing's measures.
_WIDTH: Final = 640
_LEFT: Final = 44
_TOP: Final = 24
_HEIGHT: Final = 160
_WIDEST: Final = 34
_APART: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: where it stands, how high, and the rate that it is of; None has no bar."""

    x: float
    y: float
    height: float
    rate: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A quarter's two bars, on tasks due and on all assigned, over the quarter's name."""

    quarter: Quarter
    middle: float
    on_due: Bar
    on_all: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The bars of the quarters on a drawing of ``width`` by ``height``; ``rules`` are its lines."""

    width: int
    height: int
    left: int
    bar: float
    groups: tuple[Group, ...]
    rules: tuple[tuple[float, int], ...]

    @property
    def bottom(self) -> int:
        """Where the bars stand."""
        return _TOP + _HEIGHT


def chart(quarters: Sequence[Quarter]) -> Chart:
    """The drawing of both rates by quarter."""
    room = (_WIDTH - _LEFT) / max(1, len(quarters))
    bar = min(_WIDEST, room / 3)
    groups = []
    for place, quarter in enumerate(quarters):
        middle = _LEFT + room * (place + 0.5)
        boxes = quarter.line.boxes
        groups.append(
            Group(
                quarter=quarter,
                middle=round(middle, 1),
                on_due=_bar(middle - bar - _APART, boxes.rate_on_due),
                on_all=_bar(middle + _APART, boxes.rate_on_all),
            )
        )
    return Chart(
        width=_WIDTH,
        height=_TOP + _HEIGHT + 30,
        left=_LEFT,
        bar=round(bar, 1),
        groups=tuple(groups),
        rules=tuple((_TOP + _HEIGHT * (1 - share / 100), share) for share in (0, 25, 50, 75, 100)),
    )


def _bar(x: float, rate: Fraction | None) -> Bar:
    height = round(_HEIGHT * float(rate or 0), 1)
    return Bar(x=round(x, 1), y=round(_TOP + _HEIGHT - height, 1), height=height, rate=rate)
