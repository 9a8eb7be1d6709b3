"""The formats in which a report is given out.

Knows which there are and which are still to come. Each renders the same value, so all
agree in every figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from reports.render_html import render_html
from reports.render_json import render_json
from reports.render_pdf import render_pdf
from workflow.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.quarterly import Report


class Rendering(Protocol):
    """What makes a file of a report."""

    def __call__(self, report: Report, *, lang: str) -> bytes:
        """The bytes of the file."""


FORMATS: Final[Mapping[str, Rendering]] = {
    "json": render_json,
    "html": render_html,
    "pdf": render_pdf,
}
#: Asked for, and promised, and not made yet.
NOT_YET: Final = ("docx", "xlsx")


def rendering(name: str) -> Rendering:
    """What makes files of a format.

    Raises ``Refusal``: ``report.format_not_yet`` for one that is still to come,
    ``report.format_unknown`` for any other.
    """
    if name in FORMATS:
        return FORMATS[name]
    code = "report.format_not_yet" if name in NOT_YET else "report.format_unknown"
    raise Refusal(code, format=name, offered=list(FORMATS))
