"""Webhooks: which acts are told to other systems, how a message is signed, when it is tried again.

Knows the events, the signature and the back-off. Refuses to know who may be told, where
the messages are kept and how they travel.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Event(StrEnum):
    """What may be told; ``test`` only because somebody asked for it."""

    TASK_SUBMITTED = "task.submitted"
    TASK_ACCEPTED = "task.accepted"
    TASK_RETURNED = "task.returned"
    TASK_REOPENED = "task.reopened"
    TASKS_PRESSED = "tasks.pressed"
    DOUBT_RAISED = "doubt.raised"
    DOUBT_SETTLED = "doubt.settled"
    INSTRUCTION_GIVEN = "instruction.given"
    REPORT_ISSUED = "report.issued"
    COVERAGE_BROKEN = "coverage.broken"
    TEST = "test"


#: What a webhook may ask for.
OFFERED: Final = tuple(event for event in Event if event is not Event.TEST)

#: Which verb of the journal is which event; what is not here is told to nobody.
EVENT_OF: Final = {
    "task.submitted": Event.TASK_SUBMITTED,
    "task.nothing_declared": Event.TASK_SUBMITTED,
    "task.accepted": Event.TASK_ACCEPTED,
    "task.confirmed": Event.TASK_ACCEPTED,
    "task.returned": Event.TASK_RETURNED,
    "task.reopened": Event.TASK_REOPENED,
    "tasks.pressed": Event.TASKS_PRESSED,
    "doubt.raised": Event.DOUBT_RAISED,
    "doubt.settled": Event.DOUBT_SETTLED,
    "instruction.given": Event.INSTRUCTION_GIVEN,
    "report.issued": Event.REPORT_ISSUED,
    "coverage.broken": Event.COVERAGE_BROKEN,
}

#: How long a message may be under way until its receiver should take it for a replay.
REPLAY_WINDOW: Final = timedelta(minutes=5)
#: After so many attempts a message is parked, and also when it is older than this.
TRIES: Final = 12
WORTH_TELLING: Final = timedelta(days=7)
_FIRST_REST: Final = timedelta(minutes=1)
_LONGEST_REST: Final = timedelta(hours=6)
_GROWTH: Final = 4
_SPREAD: Final = 0.25


def signature(secrets: Iterable[str], body: bytes, *, at: datetime) -> str:
    """The header that proves a body: ``t=<seconds>,v1=<hex>``, a ``v1`` for each secret.

    Each is HMAC-SHA-256, under the secret's own text, over the seconds, a dot and the body.
    Two secrets are valid while one replaces the other.
    """
    seconds = str(int(at.timestamp()))
    signed = f"{seconds}.".encode() + body
    macs = [hmac.new(secret.encode(), signed, sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={seconds}", *(f"v1={mac}" for mac in macs)])


def rest(failures: int, *, of: str) -> timedelta:
    """How long to let be what failed so many times: about 1, 4, 16, 64 … minutes, at most 6 hours.

    Spread by up to a quarter either way, so that what failed together is not tried again
    together; for the same thing (``of``) and number always the same.
    """
    usual: timedelta = min(_LONGEST_REST, _FIRST_REST * _GROWTH ** min(failures - 1, 8))
    drawn = sha256(f"{of}:{failures}".encode()).digest()[0] / 255
    return usual * (1 - _SPREAD + 2 * _SPREAD * drawn)


def next_try(attempts: int, *, created_at: datetime, at: datetime, of: str) -> datetime | None:
    """When a message that failed just now is tried again; None where it is parked."""
    if attempts >= TRIES or created_at <= at - WORTH_TELLING:
        return None
    return at + rest(attempts, of=of)
