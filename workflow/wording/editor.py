"""What is said where agreements are written in the browser."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "agreement.nothing_owed": N_(
        "The draft holds no obligation yet. Add at least one, then have it activated."
    ),
    "editor.code_fixed": N_("The code “{code}” is permanent. End the obligation and add another."),
    "editor.code_taken": N_("Another obligation bears the code “{code}”."),
    "editor.nothing_changed": N_("Nothing differs from what is in force."),
    "editor.one_version": N_("Only one version is written here; the others stay as they are."),
}
