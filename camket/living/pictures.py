"""Papers that a machine cannot read: a letter put on a scanner, a photograph.

Knows how to turn a letter into a picture of it. Refuses to know what it says.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from workflow.examples.specimens import letter_pdf

if TYPE_CHECKING:
    from workflow.examples.specimens import Letter

#: Files say when they were made; these always say the same, so that equal papers are equal bytes.
_MOMENT: Final = datetime(2024, 1, 1, tzinfo=UTC).timetuple()
_SCALE: Final = 1.2


def scanned(letter: Letter) -> bytes:
    """A PDF file of one picture, as a scanner without text recognition makes it."""
    import pypdfium2

    document = pypdfium2.PdfDocument(letter_pdf(letter))
    try:
        page = document[0].render(scale=_SCALE, grayscale=True).to_pil()
    finally:
        document.close()
    kept = io.BytesIO()
    page.save(kept, "PDF", resolution=86.0, creationDate=_MOMENT, modDate=_MOMENT)
    return kept.getvalue()


@lru_cache(maxsize=64)
def photograph(subject: str) -> bytes:
    """A small JPEG picture; another subject gives another picture."""
    from PIL import Image

    tones = [60 + byte % 150 for byte in subject.encode()][:48] or [128]
    strip = Image.new("L", (len(tones), 1))
    strip.putdata(tones)
    kept = io.BytesIO()
    strip.resize((640, 400), Image.Resampling.BICUBIC).convert("RGB").save(kept, "JPEG", quality=70)
    return kept.getvalue()
