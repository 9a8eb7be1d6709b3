"""Webhooks as administrators keep them: registered, their secret renewed, paused, tried, ended.

Knows who may keep one: whoever may define the agreement that it is told of, or everything
where it is told of all. A secret is shown once. Refuses to know how a message travels.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from workflow import journal
from workflow.access import ensure_may, grants_of
from workflow.domain import roles
from workflow.domain.errors import Refusal
from workflow.domain.folding import tidied
from workflow.domain.reachable import target_of
from workflow.domain.roles import Deed, Place
from workflow.domain.webhooks import OFFERED, Event
from workflow.journal import canonical
from workflow.secrets_kept import encrypt
from workflow.store import webhooks as stored
from workflow.store.agreements import agreement_by_code
from workflow.store.people import person_by_key
from workflow.store.seals import last_seal
from workflow.store.work import put_work

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from workflow.domain.reachable import Allowed
    from workflow.journal import Act

#: What every secret begins with, so that a scan for leaked ones finds it.
PREFIX: Final = "camket_wh_"
#: How long the old secret stays valid beside the new one, unless another time is asked for.
GRACE_HOURS: Final = 24
LONGEST_GRACE_HOURS: Final = 168
_LONGEST_NAME: Final = 80
_MOST: Final = 50


def register_webhook(
    db: Connection,
    *,
    name: str,
    address: str,
    events: Iterable[str],
    act: Act,
    key: bytes,
    allowed: Allowed,
    agreement: str | None = None,
) -> tuple[int, str]:
    """Register an address and give its number and its secret, this once.

    It is told what is journaled from now on, of one agreement or of all. ``key`` encrypts
    the secret, ``allowed`` says what may be called. Raises ``Refusal``: ``access.denied``,
    ``agreement.unknown``, ``webhook.name_missing``, ``webhook.events_missing``,
    ``webhook.event_unknown``, ``webhook.most_reached`` and what ``target_of`` raises.
    """
    ensure_may(db, Deed.DEFINE, act=act, place=Place(agreement=agreement))
    agreement_id = None if agreement is None else int(agreement_by_code(db, agreement).id)
    said = tidied(name.replace("\0", ""))[:_LONGEST_NAME]
    if not said:
        raise Refusal("webhook.name_missing")
    target = target_of(address, allowed=allowed)
    asked = _events(events)
    if len(stored.webhooks_listed(db)) >= _MOST:
        raise Refusal("webhook.most_reached", most=_MOST)
    seal = last_seal(db)
    webhook_id = stored.add_webhook(
        db,
        {
            "name": said,
            "agreement_id": agreement_id,
            "address": address,
            "events": " ".join(asked),
            # Encrypted for its own row, hence below.
            "secret": "",
            "owner_id": _person_id(db, act.by),
            "created_at": act.at,
            "told_seal": 0 if seal is None else seal.id,
        },
    )
    secret = _new_secret()
    stored.change_webhook(
        db, webhook_id, {"secret": encrypt(secret, key=key, place=place_of_secret(webhook_id))}
    )
    # The path may be a secret of the receiver's; the host is enough to know it by.
    after = {"name": said, "host": target.host, "events": asked}
    _journal(db, webhook_id, "webhook.registered", act=act, agreement=agreement_id, **after)
    return webhook_id, secret


def rotate_secret(
    db: Connection, webhook_id: int, *, act: Act, key: bytes, grace_hours: int = GRACE_HOURS
) -> str:
    """Give a new secret, this once; the old one stays valid for ``grace_hours``, 0 to 168.

    Raises ``Refusal``: ``webhook.unknown``, ``webhook.grace_outside``.
    """
    row = webhook_managed(db, webhook_id, act=act)
    if not 0 <= grace_hours <= LONGEST_GRACE_HOURS:
        raise Refusal("webhook.grace_outside", most=LONGEST_GRACE_HOURS)
    secret = _new_secret()
    # Both are kept for the same place, so the old ciphertext only moves.
    stored.change_webhook(
        db,
        webhook_id,
        {
            "secret": encrypt(secret, key=key, place=place_of_secret(webhook_id)),
            "old_secret": stored.kept_secret(db, webhook_id) if grace_hours else None,
            "old_until": act.at + timedelta(hours=grace_hours) if grace_hours else None,
        },
    )
    _journal(
        db,
        webhook_id,
        "webhook.secret_renewed",
        act=act,
        agreement=row.agreement_id,
        grace_hours=grace_hours,
    )
    return secret


def pause_webhook(db: Connection, webhook_id: int, *, act: Act) -> None:
    """Tell a webhook nothing more until it is resumed; pausing it again changes nothing.

    Raises ``Refusal("webhook.unknown")``.
    """
    row = webhook_managed(db, webhook_id, act=act)
    if row.paused_at is None:
        stored.change_webhook(db, webhook_id, {"paused_at": act.at})
        _journal(db, webhook_id, "webhook.paused", act=act, agreement=row.agreement_id)


def resume_webhook(db: Connection, webhook_id: int, *, act: Act, leaves_out: bool = False) -> None:
    """Tell a webhook again, also what happened meanwhile unless that is left out.

    Whoever resumes it is its owner from then on. Raises ``Refusal("webhook.unknown")``.
    """
    row = webhook_managed(db, webhook_id, act=act)
    if row.paused_at is None:
        return
    changes: dict[str, object] = {
        "paused_at": None,
        "owner_id": _person_id(db, act.by),
        "failures": 0,
        "failing_since": None,
        "rests_until": None,
    }
    if leaves_out:
        seal = last_seal(db)
        changes["told_seal"] = 0 if seal is None else seal.id
        stored.park_older(db, webhook_id, before=act.at, at=act.at)
    stored.change_webhook(db, webhook_id, changes)
    _journal(
        db,
        webhook_id,
        "webhook.resumed",
        act=act,
        agreement=row.agreement_id,
        leaves_out=leaves_out,
    )
    stored.bring_forward(db, webhook_id, at=act.at)
    _ask(db, webhook_id, at=act.at)


def end_webhook(db: Connection, webhook_id: int, *, act: Act) -> None:
    """End a webhook for good; its secrets are forgotten. Raises ``Refusal("webhook.unknown")``."""
    row = webhook_managed(db, webhook_id, act=act)
    stored.park_older(db, webhook_id, before=act.at, at=act.at)
    gone = {"ended_at": act.at, "secret": "", "old_secret": None, "old_until": None}
    stored.change_webhook(db, webhook_id, gone)
    _journal(db, webhook_id, "webhook.ended", act=act, agreement=row.agreement_id, name=row.name)


def send_test(db: Connection, webhook_id: int, *, act: Act) -> str:
    """Have a message sent that tells of nothing, and give its name.

    Raises ``Refusal``: ``webhook.unknown``, ``webhook.is_paused``.
    """
    row = webhook_managed(db, webhook_id, act=act)
    _ensure_live(row)
    name = new_name()
    body = {"id": name, "event": Event.TEST.value, "at": act.at, "agreement": row.agreement}
    message = {
        "webhook_id": webhook_id,
        "name": name,
        "event": Event.TEST.value,
        "body": canonical({**body, "data": {}}),
        "created_at": act.at,
        "next_at": act.at,
    }
    stored.add_messages(db, [message])
    _journal(db, webhook_id, "webhook.tested", act=act, agreement=row.agreement_id)
    # Whoever tries it wants to know now, whatever failed before.
    stored.change_webhook(db, webhook_id, {"rests_until": None})
    _ask(db, webhook_id, at=act.at)
    return name


def redeliver(db: Connection, webhook_id: int, message_id: int, *, act: Act) -> None:
    """Have a message sent once more, under the same name, whatever became of it.

    Raises ``Refusal``: ``webhook.unknown``, ``webhook.is_paused``, ``webhook.message.unknown``.
    """
    row = webhook_managed(db, webhook_id, act=act)
    _ensure_live(row)
    message = stored.message_of(db, webhook_id, message_id)
    if message is None:
        raise Refusal("webhook.message.unknown", message=message_id)
    again = {"next_at": act.at, "attempts": 0, "delivered_at": None, "parked_at": None}
    # Its time to be told begins anew as well.
    stored.change_message(db, message_id, {**again, "created_at": act.at})
    _journal(
        db,
        webhook_id,
        "webhook.redelivered",
        act=act,
        agreement=row.agreement_id,
        message=message.name,
    )
    stored.change_webhook(db, webhook_id, {"rests_until": None})
    _ask(db, webhook_id, at=act.at)


def manageable(db: Connection, *, act: Act) -> list[Row[Any]]:
    """The webhooks that whoever acts may keep, in order."""
    grants = grants_of(db, act.by)
    return [
        row
        for row in stored.webhooks_listed(db)
        if roles.may(grants, Deed.DEFINE, place=Place(agreement=row.agreement))
    ]


def webhook_managed(db: Connection, webhook_id: int, *, act: Act) -> Row[Any]:
    """One of them. Raises ``Refusal("webhook.unknown")``, also where it is not theirs."""
    row = stored.webhook_listed(db, webhook_id)
    if row is None or not roles.may(
        grants_of(db, act.by), Deed.DEFINE, place=Place(agreement=row.agreement)
    ):
        raise Refusal("webhook.unknown", webhook=webhook_id)
    return row


def place_of_secret(webhook_id: int) -> str:
    """For which place a webhook's secrets are encrypted."""
    return f"webhook:{webhook_id}"


def new_name() -> str:
    """A name that no other message has, anywhere."""
    return str(uuid.uuid4())


def _new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def _events(asked: Iterable[str]) -> list[str]:
    wanted = set(asked)
    if not wanted:
        raise Refusal("webhook.events_missing")
    unknown = sorted(wanted - set(OFFERED))
    if unknown:
        raise Refusal("webhook.event_unknown", names=unknown, known=[one.value for one in OFFERED])
    return [one.value for one in OFFERED if one in wanted]


def _ensure_live(row: Row[Any]) -> None:
    if row.paused_at is not None:
        raise Refusal("webhook.is_paused", name=row.name)


def _ask(db: Connection, webhook_id: int, *, at: datetime) -> None:
    put_work(db, kind="send_webhook", subjects=[webhook_id], due_at=at)


def _person_id(db: Connection, key: str) -> int:
    found = person_by_key(db, key)
    if found is None:
        raise Refusal("account.unknown", key=key)
    return int(found.id)


def _journal(
    db: Connection, webhook_id: int, verb: str, *, act: Act, agreement: int | None, **facts: object
) -> None:
    journal.record(
        db,
        act=act,
        verb=verb,
        agreement=agreement,
        subject=("webhook", webhook_id),
        after=facts or None,
    )
