"""The formats in which a report is given out.

Each renders the same value, so all agree in every figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, Protocol

from reports.render_docx import render_docx
from reports.render_html import render_html
from reports.render_json import render_json
from reports.render_pdf import render_pdf
from reports.render_xlsx import render_xlsx
from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.quarterly import Report


class Rendering(Protocol):
    """What makes a file of a report."""

    def __call__(self, report: Report, *, lang: str, template: bytes | None = None) -> bytes:
        """The bytes of the file; ``template`` is the office's own for Word."""


Kind = Literal["json", "html", "pdf", "docx", "xlsx"]
FORMATS: Final[Mapping[str, Rendering]] = {
    "json": render_json,
    "html": render_html,
    "pdf": render_pdf,
    "docx": render_docx,
    "xlsx": render_xlsx,
}
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
#: What each format is called where files are sent.
TYPES: Final[Mapping[str, str]] = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
}


def rendering(name: str) -> Rendering:
    """What makes files of a format.

    Raises ``Refusal("report.format_unknown")``.
    """
    if name in FORMATS:
        return FORMATS[name]
    raise Refusal("report.format_unknown", format=name, offered=list(FORMATS))
