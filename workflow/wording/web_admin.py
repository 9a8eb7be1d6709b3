"""The words of what administrators are refused on the pages."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "unit.name_ambiguous": N_("Several units are called “{name}”. Type the key of one: {keys}."),
    "upload.too_large": N_("{file} is larger than {most:number} MB."),
    "upload.missing": N_("Choose a file first."),
}
