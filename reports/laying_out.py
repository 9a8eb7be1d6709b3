"""A document as plain lists and texts, the form in which templates take it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reports.document import Document


def plain_sections(document: Document) -> list[dict[str, Any]]:
    """The sections of a document; each block says its ``kind``."""
    return [
        {
            "is_wide": section.is_wide,
            "begins_page": section.begins_page,
            "blocks": [
                {"kind": type(block).__name__.lower(), **asdict(block)} for block in section.blocks
            ],
        }
        for section in document.sections
    ]
