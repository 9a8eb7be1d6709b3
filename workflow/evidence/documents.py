"""The text and tables of a document, whatever its form, within bounds.

Knows which reader serves which kind of file and the bounds that all keep.
Refuses to know what the words mean. A document whose text cannot be read
(scanned, an image, an old form) is left to a person, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workflow.evidence.check import EvidenceFile, Outcome, Unreadable
from workflow.evidence.file_kinds import Kind, decoded, kind_checked

if TYPE_CHECKING:
    from collections.abc import Collection

#: The largest document that any check reads; attachments may be larger.
MOST_BYTES: Final = 30_000_000
#: Text beyond this is not read: no letter, record or list is longer.
MOST_TEXT: Final = 400_000

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What was read: lines of text in reading order, and rows of tables and sheets.

    ``rows`` are the table rows of all tables one after another, cells as text;
    their words are in ``text`` too. ``pages`` is known of PDF files only.
    """

    kind: Kind
    text: str
    rows: tuple[Row, ...] = ()
    pages: int | None = None


def read_document(file: EvidenceFile, kinds: Collection[Kind]) -> Document:
    """Read a stored document of one of these kinds, which must be kinds that have text.

    Raises Unreadable: what ``EvidenceFile.read`` and ``kind_checked`` raise,
    ``file.kind_not_read`` (undecided), ``file.no_text`` (undecided: scanned),
    ``file.broken``, ``file.encrypted``, ``file.bomb``, ``file.xml_forbidden``,
    ``file.xml_too_complex``.
    """
    data = file.read(MOST_BYTES)
    kind = kind_checked(file, data)
    if kind not in kinds:
        raise Unreadable("file.kind_not_read", outcome=Outcome.UNDECIDED, kind=kind.value)
    document = _read(data, kind)
    if not document.text.strip():
        raise Unreadable("file.no_text", outcome=Outcome.UNDECIDED, pages=document.pages)
    return document


def _read(data: bytes, kind: Kind) -> Document:
    """Read with the reader of the kind; each is imported when it is first needed."""
    rows: tuple[Row, ...] = ()
    pages = None
    if kind is Kind.PDF:
        from workflow.evidence.pdf_reading import read_pdf

        text, pages = read_pdf(data, most_text=MOST_TEXT)
    elif kind is Kind.DOCX:
        from workflow.evidence.word_reading import read_word

        text, rows = read_word(data, most_text=MOST_TEXT)
    elif kind is Kind.XLSX:
        from workflow.evidence.sheet_reading import read_workbook

        rows = read_workbook(data)
        text = _joined(rows)
    elif kind is Kind.CSV:
        from workflow.evidence.sheet_reading import read_csv

        text = decoded(data)[:MOST_TEXT]
        rows = read_csv(text)
    elif kind is Kind.HTML:
        from workflow.evidence.page_reading import page_text

        text = page_text(data, most_text=MOST_TEXT)
    else:
        text = decoded(data)[:MOST_TEXT]
    return Document(kind=kind, text=text, rows=rows, pages=pages)


def _joined(rows: tuple[Row, ...]) -> str:
    return "\n".join("\t".join(cell for cell in row if cell) for row in rows)[:MOST_TEXT]
