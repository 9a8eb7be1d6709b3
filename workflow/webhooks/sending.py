"""What is due to be sent and what became of it: packets out, attempts in.

Knows that a receiver which failed is let be for a while, longer each time, and that what
it never takes is parked. Refuses to know HTTP: whoever sends says what happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from workflow.domain.errors import Refusal
from workflow.domain.webhooks import WORTH_TELLING, next_try, rest
from workflow.secrets_kept import decrypt
from workflow.store import webhooks as stored
from workflow.store.work import put_work
from workflow.webhooks.keeping import place_of_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

_AT_ONCE: Final = 50
_TAKEN: Final = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it is sent; ``name`` is the same on each attempt."""

    id: int
    name: str
    event: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """What one webhook is to be sent now, and the secrets that sign it, the newest first.

    ``fault`` is the code of what keeps it from being sent at all; then there is no secret.
    """

    webhook_id: int
    address: str
    secrets: tuple[str, ...]
    messages: tuple[Message, ...]
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of one message: the status that was answered, or the code of a fault."""

    message_id: int
    at: datetime
    status: int | None = None
    fault: str | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it: it answered 2xx."""
        return self.status in _TAKEN


def packets(
    db: Connection, webhook_ids: Sequence[int], *, at: datetime, key: bytes
) -> dict[int, Packet]:
    """What is due of these webhooks; one that is paused, rests or has nothing due is left out."""
    ready = list(db.scalars(stored.webhooks_due(at, only=webhook_ids)))
    hooks = {row.id: row for row in stored.sent_to(db, ready)}
    due = stored.messages_due(db, sorted(hooks), at=at, at_most=_AT_ONCE)
    return {
        number: _packet(hooks[number], list(rows), at=at, key=key)
        for number, rows in groupby(due, key=lambda row: row.webhook_id)
    }


def note_attempts(
    db: Connection, attempts: Mapping[int, Sequence[Attempt]], *, at: datetime
) -> None:
    """Keep what became of messages, by webhook, and ask again for whatever is still due."""
    for number, some in attempts.items():
        _note(db, number, some, at=at)
    still = stored.webhooks_due(at, only=sorted(attempts))
    put_work(db, kind="send_webhook", subjects=still, due_at=at)


def _packet(hook: Row[Any], rows: Iterable[Row[Any]], *, at: datetime, key: bytes) -> Packet:
    kept = [hook.secret]
    if hook.old_secret is not None and at < hook.old_until:
        kept.append(hook.old_secret)
    fault = None
    try:
        place = place_of_secret(hook.id)
        secrets = tuple(decrypt(one, key=key, place=place) for one in kept)
    except Refusal as refusal:
        secrets, fault = (), refusal.code
    return Packet(
        webhook_id=hook.id,
        address=hook.address,
        secrets=secrets,
        messages=tuple(
            Message(id=row.id, name=row.name, event=row.event, body=row.body.encode())
            for row in rows
        ),
        fault=fault,
    )


def _note(db: Connection, number: int, attempts: Sequence[Attempt], *, at: datetime) -> None:
    hook = stored.webhook_listed(db, number)
    if hook is None:
        # It was ended while it was being sent to.
        return
    failures, failing_since = hook.failures, hook.failing_since
    for one in attempts:
        message = stored.message_of(db, number, one.message_id)
        if message is None:
            continue
        _note_one(db, message, one)
        failures = 0 if one.is_taken else failures + 1
        failing_since = None if one.is_taken else failing_since or one.at
    is_failing = failures > 0
    until = at + rest(failures, of=f"webhook:{number}") if is_failing else None
    if (failures, failing_since, until) != (hook.failures, hook.failing_since, hook.rests_until):
        stored.change_webhook(
            db,
            number,
            {"failures": failures, "failing_since": failing_since, "rests_until": until},
        )
    if is_failing:
        stored.park_older(db, number, before=at - WORTH_TELLING, at=at)
    elif hook.failures:
        stored.bring_forward(db, number, at=at)


def _note_one(db: Connection, message: Row[Any], one: Attempt) -> None:
    attempts = message.attempts + 1
    changes: dict[str, object] = {
        "attempts": attempts,
        "tried_at": one.at,
        "status": one.status,
        "fault": one.fault,
    }
    if one.is_taken:
        changes |= {"delivered_at": one.at, "next_at": None, "parked_at": None}
    else:
        again = next_try(attempts, created_at=message.created_at, at=one.at, of=message.name)
        changes |= {"next_at": again, "parked_at": one.at if again is None else None}
    stored.change_message(db, message.id, changes)
