"""What the demonstration refuses."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "demo.folder_in_use": N_(
        "{folder} holds something that is no earlier demo, and nothing there is touched; name"
        " another folder."
    ),
}
