"""A report as one HTML file: own style, no script, nothing fetched, fit for print.

Knows markup and style. Refuses to know any word and figure: both come in the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.documents.chapters import document
from reports.documents.laying_out import plain_document
from reports.documents.profiles import FONTS

if TYPE_CHECKING:
    from reports.documents.document import Document
    from reports.quarterly import Report


def render_html(report: Report, *, lang: str, template: bytes | None = None) -> bytes:
    """The report as a self-contained page; the same value gives the same bytes."""
    del template
    return page_of(document(report, lang=lang))


def page_of(told: Document) -> bytes:
    """A document as a self-contained page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    plain = plain_document(told, font=", ".join(FONTS))
    page = environment.get_template("report.html.j2")
    # Pictures are our own drawing, in which every text was escaped.
    return page.render(document=plain, sections=_anchored(plain["sections"]), svg=Markup).encode()


def _anchored(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Number the headings, so that the list of contents reaches them."""
    number = 0
    for section in sections:
        for block in section["blocks"]:
            if block["kind"] == "heading":
                number += 1
                block["anchor"] = f"h{number}"
            elif block["kind"] == "table":
                block["width"] = sum(column["width"] for column in block["columns"])
    return sections
