"""The words of starting the web."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "web.address_taken": N_("Cannot listen on {host}, port {port}: {detail}."),
}
