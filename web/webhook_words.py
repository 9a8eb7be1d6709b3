"""The events of webhooks and what kept one from being told, as people say them.

Knows every event and every fault that a message may have. Refuses to know any message.
"""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

EVENTS: Final = {
    "task.submitted": N_("a task was handed in"),
    "task.accepted": N_("a task was accepted"),
    "task.returned": N_("a task was returned"),
    "task.reopened": N_("an accepted task was reopened"),
    "tasks.pressed": N_("tasks fall due or are overdue: somebody was reminded or pressed"),
    "doubt.raised": N_("a doubt was raised"),
    "doubt.settled": N_("a doubt was settled"),
    "instruction.given": N_("an instruction was given"),
    "report.issued": N_("a report was issued"),
    "coverage.broken": N_("the proof of coverage found gaps"),
    "test": N_("test"),
}
FAULTS: Final = {
    "outgoing.address_refused": N_("the address leads into a private network"),
    "outgoing.bad_address": N_("the address is not valid"),
    "outgoing.credentials": N_("the address carries a name or a password"),
    "outgoing.name_unknown": N_("the name is unknown"),
    "outgoing.not_https": N_("the address is not https"),
    "outgoing.port_refused": N_("the port is not open to us"),
    "outgoing.too_large": N_("the answer was too large"),
    "outgoing.too_slow": N_("no answer in time"),
    "outgoing.unreachable": N_("not reached"),
    "outgoing.untrusted": N_("the certificate does not hold"),
    "secret.unreadable": N_("the secret cannot be read; renew it"),
}
