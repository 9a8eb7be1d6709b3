"""The formats in which a report is given out.

Each renders the same value, so all agree in every figure.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Literal, Protocol

from reports.documents.render_docx import render_docx
from reports.documents.render_html import render_html
from reports.documents.render_json import render_json
from reports.documents.render_pdf import render_pdf
from reports.documents.render_xlsx import render_xlsx
from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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


def rendered(
    report: Report, names: Iterable[str], *, lang: str, template: bytes | None = None
) -> dict[str, bytes]:
    """The files of several formats by their names; typst sets its pages beside the others.

    Raises ``Refusal``: ``report.format_unknown`` before any is made, ``template.*``.
    """
    renderings = {name: rendering(name) for name in dict.fromkeys(names)}
    # Whatever takes longest begins first; only typst leaves the interpreter to others.
    first = sorted(renderings, key=lambda name: name != "pdf")
    with ThreadPoolExecutor(max_workers=2) as pool:
        made = {
            name: pool.submit(renderings[name], report, lang=lang, template=template)
            for name in first
        }
        return {name: made[name].result() for name in renderings}
