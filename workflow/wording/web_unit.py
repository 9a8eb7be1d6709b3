"""The words of what the pages of tasks and of the review desk refuse by themselves."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "evidence.over_limit": N_(
        "At once at most {files:number} files can be added, to at most {tasks:number} tasks."
    ),
    "evidence_file.not_found": N_(
        "The file {name} is on record, but its bytes are missing. Please tell your administrator."
    ),
    "concession.unknown": N_("One of the requests does not exist, or is not within your reach."),
}
