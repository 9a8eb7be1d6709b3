"""The words of jobs: why a worker does not start, and what keeps work from being done."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "broker.memory_alone": N_(
        "The broker memory:// serves one process only. Set CAMKET_BROKER_URL to a Redis or"
        " Valkey that all processes reach, or start everything together with: camket up"
    ),
    "work.unsettled": N_("After {seconds:number} seconds there is still work that is due."),
}
