"""A document as plain lists and texts, the form in which templates take it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from reports.documents.colophon import FONT
from reports.documents.document import Facts
from reports.documents.inks import GROUP, HEAD, INKS, RULE
from reports.documents.profiles import FONTS

if TYPE_CHECKING:
    from reports.documents.document import Block, Document


def plain_document(document: Document, *, font: str) -> dict[str, Any]:
    """All of a document and how it is set; each block says its ``kind``.

    ``font`` is what the colophon names.
    """
    profile = asdict(document.profile)
    profile["from_on"] = profile["from_on"].isoformat()
    return {
        "lang": document.lang,
        "title": document.title,
        "subtitle": document.subtitle,
        "mark": document.mark,
        "footer": document.footer,
        "head": asdict(document.head),
        "closing": asdict(document.closing),
        "address_title": document.address_title,
        "address": document.address,
        "profile": profile,
        "fonts": list(FONTS),
        "inks": {str(tone): {"ink": ink.ink, "soft": ink.soft} for tone, ink in INKS.items()},
        "grounds": {"rule": RULE, "head": HEAD, "group": GROUP},
        "sections": [
            {
                "is_wide": section.is_wide,
                "begins_page": section.begins_page,
                "blocks": [_plain_block(block, font) for block in section.blocks],
            }
            for section in document.sections
        ],
    }


def _plain_block(block: Block, font: str) -> dict[str, Any]:
    plain = {"kind": type(block).__name__.lower(), **asdict(block)}
    if isinstance(block, Facts):
        plain["pairs"] = [(label, said.replace(FONT, font)) for label, said in block.pairs]
    return plain
