"""Telling other systems what was done: webhooks kept, the journal told to them, messages sent.

Nothing else knows of webhooks: what is told is read from the journal once it is sealed, so
no act can be forgotten and none costs more because somebody listens. Refuses to know
HTTP and words.
"""

from workflow.webhooks.keeping import (
    GRACE_HOURS,
    LONGEST_GRACE_HOURS,
    end_webhook,
    manageable,
    pause_webhook,
    redeliver,
    register_webhook,
    resume_webhook,
    rotate_secret,
    send_test,
    webhook_managed,
)
from workflow.webhooks.sending import Attempt, Message, Packet, note_attempts, packets
from workflow.webhooks.telling import tell

__all__ = [
    "GRACE_HOURS",
    "LONGEST_GRACE_HOURS",
    "Attempt",
    "Message",
    "Packet",
    "end_webhook",
    "manageable",
    "note_attempts",
    "packets",
    "pause_webhook",
    "redeliver",
    "register_webhook",
    "resume_webhook",
    "rotate_secret",
    "send_test",
    "tell",
    "webhook_managed",
]
