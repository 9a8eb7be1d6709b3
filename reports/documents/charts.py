"""Drawing: stacked bars, columns of rates and a matrix of signs, as SVG.

Knows lines, surfaces, patterns and where a label has room; the same input gives the same
text. Every surface has a pattern besides its colour, and a number or sign where it has room,
so that a grey print says the same. Refuses to know figures and words: both come told.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from reports.documents.document import Chart, Tone
from reports.documents.inks import INKS, RULE
from reports.documents.profiles import FONTS, PAPER, Margins

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reports.documents.inks import Ink

#: Points in a millimetre, and the width of a chart: that of a text between its margins.
_POINTS: Final = 72 / 25.4
_WIDE: Final = PAPER[0] - Margins().left - Margins().right
_WIDTH: Final = _WIDE * _POINTS
_TEXT: Final = 9.0
#: How wide a letter is at most, on the average of a line, as a part of its size.
_LETTER: Final = 0.52
#: The same of a capital, as codes are written in.
_CAPITAL: Final = 0.75
_LABELS: Final = 150.0
_BAR: Final = 19.0
_GAP: Final = 9.0
_SOLID: Final = "solid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """How a surface is filled and what that means; without a pattern, with that of its tone."""

    tone: Tone
    label: str
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a bar: how much, the number that is written on it, and how it is filled."""

    amount: int
    number: str
    fill: Fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar with its name; its pieces are its whole."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A column's name, its height from 0 to 1 (None where there is none) and how that is said."""

    label: str
    rate: float | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """A field of a matrix: its sign and how it is filled."""

    sign: str
    fill: Fill


def stacked(
    name: str, bars: Sequence[Bar], *, caption: str, said: str, legend: Sequence[Fill]
) -> Chart:
    """Bars below one another, each as long as the others and divided into its pieces."""
    sheet = _Sheet(name)
    top = 0.0
    room = _WIDTH - _LABELS
    for bar in bars:
        sheet.text(bar.label, _LABELS - 8, top + _BAR / 2 + 3, anchor="end", room=_LABELS - 8)
        whole = sum(piece.amount for piece in bar.pieces)
        left = _LABELS
        for piece in bar.pieces:
            width = room * piece.amount / whole if whole else 0
            if not width:
                continue
            sheet.surface(left, top, width, _BAR, piece.fill)
            sheet.number(piece.number, left, top, width, _BAR)
            left += width
        if not whole:
            sheet.surface(_LABELS, top, room, _BAR, None)
        top += _BAR + _GAP
    top = sheet.legend(legend, top + 2)
    return sheet.chart(caption, said, top)


def columns(name: str, series: Sequence[tuple[str, Sequence[Point]]], *, caption: str,
            said: str) -> Chart:  # fmt: skip
    """Columns beside one another, a group for each name; every height is written above it."""
    sheet = _Sheet(name)
    left, top, height = 34.0, 14.0, 120.0
    room = _WIDTH - left
    for part in range(5):
        level = top + height * (1 - part / 4)
        sheet.line(left, level, _WIDTH, level, is_strong=part == 0)
        sheet.text(f"{part * 25}%", left - 5, level + 3, anchor="end")
    fills = [
        Fill(tone=tone, label=label)
        for tone, (label, _) in zip((Tone.DONE, Tone.RUNNING), series, strict=True)
    ]
    groups = len(series[0][1]) if series else 0
    for place in range(groups):
        group = room / groups
        width = min(34.0, group * 0.8 / len(series))
        begins = left + group * place + (group - width * len(series)) / 2
        for number, (_, points) in enumerate(series):
            point = points[place]
            x = begins + width * number
            tall = height * (point.rate or 0.0)
            if point.rate is not None:
                sheet.surface(x + 1, top + height - tall, width - 2, tall, fills[number])
            sheet.text(point.said, x + width / 2, top + height - tall - 3, anchor="middle", size=8)
        middle = left + group * (place + 0.5)
        sheet.text(
            series[0][1][place].label, middle, top + height + 13, anchor="middle", room=group
        )
    return sheet.chart(caption, said, sheet.legend(fills, top + height + 22))


def matrix(
    name: str,
    rows: Sequence[tuple[str, Sequence[Square | None]]],
    *,
    heads: Sequence[str],
    caption: str,
    said: str,
    legend: Sequence[Fill],
) -> Chart:
    """Fields with a sign each: a row for each name, a column for each head."""
    sheet = _Sheet(name)
    labels = _LABELS + 20
    side = min(22.0, (_WIDTH - labels) / max(1, len(heads)))
    tall = 11.0
    longest = max((len(head) for head in heads), default=0)
    top = min(110.0, longest * _TEXT * _CAPITAL + 8)
    for place, head in enumerate(heads):
        sheet.upright(head, labels + side * (place + 0.5) + 3, top - 4, room=top - 8)
    for label, squares in rows:
        sheet.text(label, labels - 6, top + tall - 3, anchor="end", room=labels - 8, size=8)
        for place, square in enumerate(squares):
            x = labels + side * place
            if square is None:
                sheet.surface(x, top, side, tall, None)
            else:
                sheet.surface(x, top, side, tall, square.fill)
                sheet.number(square.sign, x, top, side, tall)
        top += tall
    return sheet.chart(caption, said, sheet.legend(legend, top + 10))


class _Sheet:
    """What has been drawn so far; ``name`` keeps its patterns apart from those of others."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._drawn: list[str] = []
        self._patterns: dict[str, str] = {}

    def surface(self, x: float, y: float, width: float, height: float, fill: Fill | None) -> None:
        """A rectangle with its pattern, or an empty one with a faint rim."""
        paint, rim, wide = "none", RULE, 0.3
        if fill is not None:
            ink = INKS[fill.tone]
            pattern = fill.pattern or ink.pattern
            paint, rim, wide = ink.ink, ink.ink, 0.8
            if pattern != _SOLID:
                key = f"{self._name}-{fill.tone}-{pattern}"
                self._patterns[key] = _pattern(key, ink, pattern)
                paint = f"url(#{key})"
        self._drawn.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}"'
            f' fill="{paint}" stroke="{rim}" stroke-width="{wide}"/>'
        )

    def number(self, said: str, x: float, y: float, width: float, height: float) -> None:
        """A number in the middle of a surface, on white; left out where it has no room."""
        wide = len(said) * _TEXT * 0.5 + 4
        if wide > width:
            return
        middle, level = x + width / 2, y + height / 2
        tall = min(12.0, height - 2)
        self._drawn.append(
            f'<rect x="{middle - wide / 2:.2f}" y="{level - tall / 2:.2f}" width="{wide:.2f}"'
            f' height="{tall:.2f}" rx="2" fill="#ffffff"/>'
        )
        self.text(said, middle, level + 3, anchor="middle")

    def line(self, x: float, y: float, until_x: float, until_y: float, *, is_strong: bool) -> None:
        """A rule."""
        self._drawn.append(
            f'<line x1="{x:.2f}" y1="{y:.2f}" x2="{until_x:.2f}" y2="{until_y:.2f}"'
            f' stroke="{RULE}" stroke-width="{0.9 if is_strong else 0.35}"/>'
        )

    def text(self, said: str, x: float, y: float, *, anchor: str = "start",
             room: float | None = None, size: float = _TEXT) -> None:  # fmt: skip
        """A line of text, cut with an ellipsis where it is longer than its room."""
        if room is not None:
            said = _cut(said, room / size)
        self._drawn.append(
            f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" text-anchor="{anchor}">'
            f"{escape(said)}</text>"
        )

    def upright(self, said: str, x: float, y: float, *, room: float) -> None:
        """A line of text that reads upwards from a point, cut where it is longer than its room."""
        said = _cut(said, room / _TEXT)
        self._drawn.append(
            f'<text x="0" y="0" font-size="{_TEXT:g}" transform="translate({x:.2f} {y:.2f})'
            f' rotate(-90)">{escape(said)}</text>'
        )

    def legend(self, fills: Iterable[Fill], top: float) -> float:
        """What each pattern means, in as many lines as it takes; gives where it ends."""
        x, y = 0.0, top
        for fill in fills:
            wide = 17 + len(fill.label) * _TEXT * _LETTER + 12
            if x and x + wide > _WIDTH:
                x, y = 0.0, y + 15
            self.surface(x, y, 12, 9, fill)
            self.text(fill.label, x + 17, y + 8)
            x += wide
        return y + 13

    def chart(self, caption: str, said: str, height: float) -> Chart:
        """Everything drawn, as a chart that says the same in words."""
        patterns = "".join(drawn for _key, drawn in sorted(self._patterns.items()))
        faces = ", ".join(FONTS)
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.2f} {height:.2f}"'
            f' width="{_WIDTH:.2f}pt" height="{height:.2f}pt" role="img"'
            f' aria-labelledby="{self._name}-title {self._name}-said">'
            f'<title id="{self._name}-title">{escape(caption)}</title>'
            f'<desc id="{self._name}-said">{escape(said)}</desc>'
            f"<defs>{patterns}</defs>"
            f'<rect width="{_WIDTH:.2f}" height="{height:.2f}" fill="#ffffff"/>'
            f'<g font-family="{faces}, serif" fill="#000000">{"".join(self._drawn)}</g></svg>'
        )
        return Chart(caption=caption, svg=svg, width=_WIDE, height=height / _POINTS, said=said)


def _cut(said: str, room: float) -> str:
    """A text that fits into so many times its size."""
    most = int(room / _LETTER)
    return said if len(said) <= most else said[: max(1, most - 1)].rstrip() + "…"


def _pattern(key: str, ink: Ink, pattern: str) -> str:
    thick = f'stroke="{ink.ink}" stroke-width="1.3"'
    drawn = {
        "stripes": f'<path d="M-1 1L1 -1M-1 7L7 -1M5 7L7 5" {thick}/>',
        "dots": f'<circle cx="3" cy="3" r="1.2" fill="{ink.ink}"/>',
        "lines": f'<path d="M0 3H6" {thick}/>',
        "crossed": f'<path d="M-1 -1L7 7M7 -1L-1 7" {thick}/>',
        "empty": "",
    }[pattern]
    return (
        f'<pattern id="{key}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="{ink.soft}"/>{drawn}</pattern>'
    )
