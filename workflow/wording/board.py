"""The words of what a board refuses, and names that only boards show."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "overview.unknown": N_("There is no “{what}” in this agreement."),
}
#: Lengths of periods, over those that are offered.
WORDS: Final = (N_("quarter"), N_("half-year"), N_("year"))
