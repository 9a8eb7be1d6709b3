"""The words of what administrators are refused on the pages."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "unit.name_ambiguous": N_("Several units are called “{name}”. Type the key of one: {keys}."),
    "event.kind_missing": N_("Choose which kind of event it is."),
    "reason.missing": N_("A reason is needed; the journal keeps it."),
    "upload.not_text": N_("{file} is not a text in UTF-8."),
    "upload.too_large": N_("{file} is larger than {most:number} MB."),
    "upload.missing": N_("Choose a file first."),
}
