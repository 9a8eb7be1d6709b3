"""A report as PDF, set by typst from our own template.

Knows how the document gets into the template, and that the same value gives the same
bytes with the same release and fonts. Refuses to know any word and figure.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from reports.documents.chapters import document
from reports.documents.laying_out import plain_document
from reports.documents.profiles import FONTS

if TYPE_CHECKING:
    from datetime import datetime

    from reports.documents.document import Document
    from reports.quarterly import Report


def render_pdf(report: Report, *, lang: str, template: bytes | None = None) -> bytes:
    """The report on A4 pages; it bears the report's own instant, never the clock's."""
    del template
    return pdf_of(document(report, lang=lang), at=report.as_of)


def pdf_of(told: Document, *, at: datetime) -> bytes:
    """A document on A4 pages that bears an instant."""
    import typst

    data = plain_document(told, font=font_used())
    made = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=at,
    )
    if not isinstance(made, bytes):  # typst gives a list where a format makes a file a page
        raise TypeError(f"typst gave {type(made).__name__} for a PDF")
    return made


@cache
def font_used() -> str:
    """The font in which typst sets documents here: the first of ``FONTS`` that it finds."""
    import typst

    known = set(typst.Fonts().families())
    return next((one for one in FONTS if one in known), FONTS[-1])


@cache
def _template() -> bytes:
    return files("reports").joinpath("templates", "report.typ").read_bytes()
