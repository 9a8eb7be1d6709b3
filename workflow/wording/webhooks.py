"""The words of webhooks, and of secrets that are kept to be read again."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "secret.unreadable": N_(
        "A kept secret ({place}) cannot be read: CAMKET_SECRET_KEY is not the one under which"
        " it was kept."
    ),
}
