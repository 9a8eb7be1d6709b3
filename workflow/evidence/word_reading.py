"""The text and the table rows of a Word document (.docx).

Knows the few elements of WordprocessingML that carry words. Refuses to know
styles, fields and pictures. Deleted and fallback text is not what a reader
sees, so it is left out.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from workflow.evidence.packages import Package
from workflow.evidence.xml_reading import children, local_name, xml_root

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SIGNS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_UNSEEN: Final = frozenset({"delText", "instrText", "Fallback", "pPr", "rPr", "sectPr", "tblPr"})


def read_word(data: bytes, *, most_text: int) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """Paragraphs as lines (headers first, footers last) and all table rows.

    Raises Unreadable as ``Package`` and ``xml_root`` do.
    """
    package = Package(data)
    headers = sorted(name for name in package.names if name.startswith("word/header"))
    footers = sorted(name for name in package.names if name.startswith("word/footer"))
    lines: list[str] = []
    rows: list[tuple[str, ...]] = []
    for name in (*headers, "word/document.xml", *footers):
        root = xml_root(package.part(name))
        _gather(root, lines, rows)
    text = unicodedata.normalize("NFC", "\n".join(lines))
    return text[:most_text], tuple(rows)


def _gather(element: Element, lines: list[str], rows: list[tuple[str, ...]]) -> None:
    """Walk blocks in reading order; depth is bounded by the XML reader."""
    for part in element:
        name = local_name(part)
        if name == "p":
            words: list[str] = []
            _words(part, words)
            lines.extend(line.rstrip() for line in "".join(words).split("\n"))
        elif name == "tr":
            rows.append(tuple(_cell(cell) for cell in children(part, "tc")))
            _gather(part, lines, rows)
        elif name not in _UNSEEN:
            _gather(part, lines, rows)


def _words(element: Element, words: list[str]) -> None:
    for part in element:
        name = local_name(part)
        if name == "t":
            words.append(part.text or "")
        elif name in _SIGNS:
            words.append(_SIGNS[name])
        elif name not in _UNSEEN:
            _words(part, words)
            if name == "p":
                # A paragraph within one stands in a text box.
                words.append("\n")


def _cell(cell: Element) -> str:
    lines: list[str] = []
    _gather(cell, lines, [])
    return unicodedata.normalize("NFC", " ".join(line.strip() for line in lines if line.strip()))
