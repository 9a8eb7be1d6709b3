"""A report as data: the very text whose hash names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.quarterly import written

if TYPE_CHECKING:
    from reports.quarterly import Report


def render_json(report: Report, *, lang: str, template: bytes | None = None) -> bytes:
    """The canonical JSON of a report; it is in no language, so ``lang`` changes nothing."""
    del lang, template
    return written(report).encode()
