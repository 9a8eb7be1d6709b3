"""A report's pages as blocks: headings, paragraphs, tables, in one language, without a format.

Knows what every format has to show, so that all show the same. Refuses to know paper,
markup and figures: texts come written, and whoever renders changes no word.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a cell is about, told by colour **and** by its sign, never by colour alone."""

    PLAIN = "plain"
    DONE = "done"
    RUNNING = "running"
    LATE = "late"
    OVERDUE = "overdue"
    IDLE = "idle"


class Align(StrEnum):
    """Where a column's cells stand."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Weight(StrEnum):
    """What kind of row or text it is."""

    BODY = "body"
    TOTAL = "total"
    GROUP = "group"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One text, with its tone."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its heading, how wide it is beside the others, and whether it reads upwards."""

    title: str
    width: float = 1.0
    align: Align = Align.LEFT
    is_upright: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """As many cells as there are columns; a group row has one, over all of them."""

    cells: tuple[Cell, ...]
    weight: Weight = Weight.BODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of a level, 1 the highest below the title."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph; a note is set smaller."""

    text: str
    weight: Weight = Weight.BODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A paragraph that people write; empty where they have not."""

    text: str
    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Labels with their values, a line each."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a bar."""

    label: str
    number: str
    share: float
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A whole divided into parts, with a legend; empty parts are left out."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; ``is_small`` sets it in small type because it has many columns."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    is_small: bool = False


Block = Heading | Text | Written | Facts | Bar | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Blocks on pages of one orientation."""

    blocks: tuple[Block, ...]
    is_wide: bool = False
    begins_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All of a report in one language, ready to be set.

    ``mark`` is printed across what is no final report; ``footer`` stands on every page.
    """

    lang: str
    title: str
    subtitle: str
    mark: str
    footer: str
    page_of: str
    sections: tuple[Section, ...]
