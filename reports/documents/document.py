"""A report's pages as blocks: headings, paragraphs, tables, in one language, without a format.

Knows what every format has to show, so that all show the same. Refuses to know paper,
markup and figures: texts come written, and whoever renders changes no word.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.documents.profiles import Profile


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
    """A heading of a level, 1 the highest below the title.

    ``mark`` is what it is counted by, in the form of the document's profile. An annex's
    stands on a line of its own, with ``note`` below, which says what it belongs to.
    """

    text: str
    level: int = 1
    mark: str = ""
    is_annex: bool = False
    note: str = ""


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
class Table:
    """A table; ``is_small`` sets it in small type because it has many columns."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    is_small: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture as SVG with its size in millimetres; ``said`` tells the same in words."""

    caption: str
    svg: str
    width: float
    height: float
    said: str


Block = Heading | Text | Written | Facts | Table | Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Blocks on pages of one orientation."""

    blocks: tuple[Block, ...]
    is_wide: bool = False
    begins_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands above the title: whose it is, its number, place and day."""

    superior: str
    body: str
    number: str
    motto: tuple[str, ...]
    place_and_day: str
    #: What a letter is about, under its number; a report says it below its title.
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What stands below the text: who signs, in lines, and who gets it."""

    authority: tuple[str, ...]
    post: str
    signer: str
    recipients_title: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All of a report in one language, ready to be set by the rules of its profile.

    ``mark`` is printed across what is no final report; ``footer`` stands small on every
    page. The first section is the report itself, the others are its annexes. A letter has no
    ``title``; it names whom it is written to: ``address``, after ``address_title``.
    """

    lang: str
    profile: Profile
    head: Head
    title: str
    subtitle: str
    mark: str
    footer: str
    sections: tuple[Section, ...]
    closing: Closing
    address_title: str = ""
    address: str = ""
