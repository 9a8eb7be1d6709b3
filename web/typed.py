"""What people type into forms and choose as files, read: days, units, texts of files.

Knows what to say about each that is wrong. Refuses to know what it is for.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from fastapi import File, Form, UploadFile

from workflow.directory import listed_units, meant
from workflow.domain.errors import Refusal
from workflow.intake.form import suggested_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web.visit import Visit
    from workflow.directory import Listed

#: What a form may hold several of: files that were chosen, rows that were ticked or named.
Chosen = Annotated[list[UploadFile], File(default_factory=list)]
Numbers = Annotated[list[int], Form(default_factory=list)]
Texts = Annotated[list[str], Form(default_factory=list)]


def day_typed(text: str, *, name: str) -> date:
    """A day as a browser sends it, or as offices write it. Raises ``command.day_wrong``."""
    written = text.strip()
    try:
        return date.fromisoformat(written)
    except ValueError:
        found = suggested_day(written)
    if found is None:
        raise Refusal("command.day_wrong", name=name, given=written[:40])
    return found


def unit_typed(visit: Visit, text: str) -> Listed:
    """The unit whose key or name was typed. Raises ``Refusal`` as ``directory.meant`` does."""
    return meant(listed_units(visit.db, on=visit.today), text)


def file_sent(files: Sequence[UploadFile], *, largest: int) -> tuple[str, bytes] | None:
    """The name and bytes of the first file that was chosen; None where none was.

    Raises ``Refusal("upload.too_large")``.
    """
    for one in files:
        if one.filename:
            content = one.file.read(largest + 1)
            if len(content) > largest:
                raise Refusal("upload.too_large", file=one.filename[:80], most=largest // 1_000_000)
            return one.filename[:80], content
    return None
