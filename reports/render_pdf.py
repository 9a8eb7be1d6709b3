"""A report as PDF, set by typst from our own template.

Knows how the document gets into the template, and that the same value gives the same
bytes with the same release and fonts. Refuses to know any word and figure.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from reports.chapters import document
from reports.laying_out import plain_sections

if TYPE_CHECKING:
    from reports.quarterly import Report


def render_pdf(report: Report, *, lang: str) -> bytes:
    """The report on A4 pages; it bears the report's own instant, never the clock's."""
    import typst

    told = document(report, lang=lang)
    data = {
        "lang": told.lang,
        "title": told.title,
        "subtitle": told.subtitle,
        "mark": told.mark,
        "footer": told.footer,
        "page_of": told.page_of,
        "sections": plain_sections(told),
    }
    made = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=report.as_of,
    )
    if not isinstance(made, bytes):  # typst gives a list where a format makes a file a page
        raise TypeError(f"typst gave {type(made).__name__} for a PDF")
    return made


@cache
def _template() -> bytes:
    return files("reports").joinpath("templates", "report.typ").read_bytes()
