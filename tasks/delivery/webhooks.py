"""The jobs that tell other systems: what was sealed becomes messages, messages are sent.

Knows how a message looks on the wire and when a receiver is let be. A webhook is one piece
of work, so that one that hangs costs its own time and nobody else's. Refuses to know what
is told, and to connect by itself: ``outgoing`` is the only door.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tasks.delivery.outgoing import WITHIN_S, post
from tasks.job import Job, each
from workflow.domain.errors import Refusal
from workflow.domain.webhooks import signature
from workflow.store.work import put_work
from workflow.webhooks import Attempt, note_attempts, packets, tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from tasks.workplace import Workplace
    from workflow.webhooks import Message, Packet

# So long one webhook is sent to in a row; then others have their turn.
_IN_A_ROW_S: Final = 5.0
#: Resolving a name may take the system's resolver this long, beside the request itself.
_RESOLVING_S: Final = 30.0


def _tell(_place: Workplace, db: Connection, _subject: int, at: datetime) -> None:
    if tell(db, at=at):
        put_work(db, kind="tell_webhooks", subjects=[0], due_at=at)


def _gather(
    place: Workplace, db: Connection, webhooks: Sequence[int], at: datetime
) -> dict[int, Packet]:
    return packets(db, webhooks, at=at, key=place.settings.session_secret)


def _send(place: Workplace, packet: Packet) -> list[Attempt]:
    """Send one message after another, until one is not taken or it is others' turn."""
    until = time.monotonic() + _IN_A_ROW_S
    attempts: list[Attempt] = []
    for message in packet.messages:
        attempts.append(_attempt(place, packet, message))
        if not attempts[-1].is_taken or time.monotonic() >= until:
            break
    return attempts


def _attempt(place: Workplace, packet: Packet, message: Message) -> Attempt:
    at = place.clock.now()
    if packet.fault is not None:
        return Attempt(message_id=message.id, at=at, fault=packet.fault)
    try:
        reply = post(
            packet.address,
            message.body,
            headers=headers(packet, message, at=at),
            allowed=place.settings.outgoing,
        )
    except Refusal as refusal:
        return Attempt(message_id=message.id, at=at, fault=refusal.code)
    return Attempt(message_id=message.id, at=at, status=reply.status)


def headers(packet: Packet, message: Message, *, at: datetime) -> dict[str, str]:
    """What stands before the body: who is told what, when, and the proof of it."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "camket",
        "Camket-Delivery": message.name,
        "Camket-Event": message.event,
        "Camket-Timestamp": str(int(at.timestamp())),
        "Camket-Signature": signature(packet.secrets, message.body, at=at),
    }


def _keep(
    _place: Workplace, db: Connection, sent: Mapping[int, Sequence[Attempt]], at: datetime
) -> None:
    note_attempts(db, sent, at=at)


JOBS: Final = (
    Job(kind="tell_webhooks", name="webhooks.tell_webhooks", keep=each(_tell), slowest_s=60.0),
    Job(
        kind="send_webhook",
        name="webhooks.send_webhooks",
        gather=_gather,
        perform=_send,
        keep=_keep,
        # One that hangs takes no other's turn.
        largest=1,
        slowest_s=_IN_A_ROW_S + WITHIN_S + _RESOLVING_S,
        is_slow=True,
    ),
)
