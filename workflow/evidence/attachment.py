"""The check ``attachment``: a file that is what it says, of a fair size, and opens.

Knows how to open each kind far enough to trust that a person can. Refuses to
know what the file says.
"""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, Field

from workflow.evidence.check import (
    EvidenceFile,
    Figures,
    Findings,
    Judgement,
    Outcome,
    TaskFacts,
    Unreadable,
    Verdict,
)
from workflow.evidence.file_kinds import Kind, extension, kind_checked

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 200_000_000
# A page scanned at 600 dots per inch is 35 million; a bomb is billions.
_MOST_PIXELS: Final = 120_000_000
_LEAST_PIXELS: Final = 10_000

#: What ``camket`` accepts where an agreement does not say.
USUAL_KINDS: Final = (
    Kind.PDF,
    Kind.DOCX,
    Kind.XLSX,
    Kind.IMAGE,
    Kind.XML,
    Kind.HTML,
    Kind.CSV,
    Kind.TEXT,
)


class AttachmentParams(BaseModel, frozen=True, strict=True, extra="forbid"):
    """``kinds`` that are accepted, ``most_bytes``, and ``least_pages`` of a PDF."""

    kinds: tuple[Kind, ...] = USUAL_KINDS
    most_bytes: int = Field(default=25_000_000, ge=1, le=_MOST)
    least_pages: int = Field(default=1, ge=1, le=1000)


class AttachmentCheck:
    """Any file: true type by content, size, and that it opens.

    ``read``: ``kind``, ``size``, ``extension``, ``media_type`` as declared, and
    what opening showed (``pages``; ``width``, ``height``; ``parts``).
    """

    name: Final = "attachment"
    version: Final = "1"
    light: Final = False
    params: Final = AttachmentParams

    def run(
        self,
        params: AttachmentParams,
        file: EvidenceFile | None,
        *,
        figures: Figures,  # noqa: ARG002 - every check takes them
        facts: TaskFacts,  # noqa: ARG002 - every check takes them
    ) -> Verdict:
        """Judge one file."""
        file = present(file)
        judgement = Judgement(self.name, self.version)
        data = file.read(params.most_bytes)
        kind = kind_checked(file, data)
        shown: Mapping[str, int] = {}
        if kind not in params.kinds:
            judgement.fail("attachment.kind_not_accepted", kind=kind, accepted=params.kinds)
        else:
            shown = opened(data, kind)
        pages = shown.get("pages")
        if pages is not None and pages < params.least_pages:
            judgement.fail("attachment.too_few_pages", pages=pages, least=params.least_pages)
        return judgement.verdict(
            Findings(identity=file.identity),
            kind=kind,
            size=len(data),
            extension=extension(file.name),
            media_type=file.media_type,
            **shown,
        )


def present(file: EvidenceFile | None) -> EvidenceFile:
    """The file, where one was handed in. Raises Unreadable: ``file.required``."""
    if file is None:
        raise Unreadable("file.required")
    return file


def opened(data: bytes, kind: Kind) -> Mapping[str, int]:
    """Open a file as its kind is opened, and tell the little that this shows.

    Raises Unreadable as the readers do.
    """
    if kind is Kind.PDF:
        from workflow.evidence.pdf_reading import page_count

        return {"pages": page_count(data)}
    if kind is Kind.IMAGE:
        return _image_size(data)
    if kind in {Kind.DOCX, Kind.XLSX}:
        return _office_parts(data, "word/document.xml" if kind is Kind.DOCX else "xl/workbook.xml")
    if kind is Kind.ZIP:
        from workflow.evidence.packages import Package

        package = Package(data)
        for name in package.names:
            package.part(name)
        return {"parts": len(package.names)}
    if kind is Kind.XML:
        from workflow.evidence.xml_reading import xml_root

        xml_root(data)
    if kind is Kind.HTML:
        from workflow.evidence.page_reading import page_text

        page_text(data, most_text=1)
    return {}


def _office_parts(data: bytes, main: str) -> Mapping[str, int]:
    from workflow.evidence.packages import Package
    from workflow.evidence.xml_reading import xml_root

    package = Package(data)
    for name in ("[Content_Types].xml", main):
        xml_root(package.part(name))
    return {"parts": len(package.names)}


def _image_size(data: bytes) -> Mapping[str, int]:
    from PIL import Image

    with warnings.catch_warnings():
        # Pillow warns of large images; the bound below decides.
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
                if width * height <= _MOST_PIXELS:
                    image.load()
        except Image.DecompressionBombError:
            width = height = _MOST_PIXELS
        except MemoryError:
            raise
        except Exception as error:
            # Pillow's decoders raise whatever a broken image makes them stumble over.
            raise Unreadable("file.broken", error=type(error).__name__) from error
    if width * height > _MOST_PIXELS:
        raise Unreadable("file.bomb", parts=1, unpacked=width * height)
    if width * height < _LEAST_PIXELS:
        raise Unreadable(
            "file.image_too_small", outcome=Outcome.UNDECIDED, width=width, height=height
        )
    return {"width": width, "height": height}
