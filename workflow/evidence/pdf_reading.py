"""The text of a PDF file.

Knows pdfium's ways of saying that a file is broken or locked. Refuses to know
images of text: a scanned page has no text here, and whoever asked says so.
"""

from __future__ import annotations

import unicodedata
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from workflow.evidence.check import Unreadable

#: No letter, record or list needs more pages; further ones are not read.
_MOST_PAGES: Final = 60
_NO_PDF: Final = b"-"


def read_pdf(data: bytes, *, most_text: int) -> tuple[str, int]:
    """The text, lines as they stand on the pages, and the number of pages.

    Raises Unreadable: ``file.encrypted``, ``file.broken``.
    """
    document = _opened(data)
    try:
        count = len(document)
        return _text(document, min(count, _MOST_PAGES), most_text), count
    except pypdfium2.PdfiumError as error:
        raise Unreadable("file.broken", error=type(error).__name__) from error
    finally:
        document.close()


def page_count(data: bytes) -> int:
    """The number of pages, of which the first opens. Raises as ``read_pdf`` does."""
    return read_pdf(data, most_text=1)[1]


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    # pdfium keeps its last error and does not set one for every failure: without this, a broken
    # file would be called locked whenever a locked one was read before it.
    pdfium.FPDF_LoadMemDocument(_NO_PDF, len(_NO_PDF), None)
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
        raise Unreadable("file.encrypted" if locked else "file.broken") from error


def _text(document: pypdfium2.PdfDocument, pages: int, most: int) -> str:
    parts: list[str] = []
    left = most
    for number in range(pages):
        page = document[number]
        words = page.get_textpage()
        part = words.get_text_bounded().replace("\r\n", "\n")[:left]
        words.close()
        page.close()
        parts.append(part)
        left -= len(part)
        if left <= 0:
            break
    # Some writers store marks apart from their letters.
    return unicodedata.normalize("NFC", "\n".join(parts))
