"""A password was forgotten: a link by letter, good once and for an hour, sets a new one.

Knows that whoever asks learns nothing: the same is written, in the same time, whether
there is such an account or not; who it is, is looked up when the letter is written.
Refuses to send, and to know what the letter says.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from workflow.domain.errors import Refusal
from workflow.enrolling import ensure_long_enough, note, set_password
from workflow.journal import Act
from workflow.owner_letters import Change, tell_owner
from workflow.passwords import HASHER
from workflow.store import password_resets, people, sessions
from workflow.store.work import put_work

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from argon2 import PasswordHasher
    from sqlalchemy import Connection, Row

#: The kind of work that sends a link.
WORK: Final = "send_reset"
LASTS: Final = timedelta(hours=1)
_PER_ACCOUNT: Final = (3, timedelta(hours=1))
_PER_ADDRESS: Final = (10, timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a letter says: to whom, in which language, and the token that the link carries."""

    mail: str
    name: str
    key: str
    lang: str
    token: str
    ends_at: datetime
    # The same on each attempt to send it.
    name_of_message: str


def ask_reset(db: Connection, key: str, *, address: str, at: datetime, secret: bytes) -> None:
    """Ask for a link to the account that was typed; another that was asked for before is void.

    A fourth time within an hour, nothing is written: the letters are on their way. Raises
    ``Refusal("reset.too_many")`` for an address that asked for ten within the hour,
    whatever for.
    """
    wanted = key.strip().lower()[:64]
    most, within = _PER_ADDRESS
    of_key, of_address = password_resets.asked_since(
        db, key=wanted, address=address, since=at - within
    )
    if of_address >= most:
        raise Refusal("reset.too_many", minutes=int(within.total_seconds() // 60))
    if of_key >= _PER_ACCOUNT[0]:
        return
    password_resets.end_resets(db, wanted, at=at)
    seed = secrets.token_hex(32)
    number = password_resets.add_reset(
        db,
        {
            "key": wanted,
            "address": address,
            "seed": seed,
            "token_hash": _hash(_token(seed, secret)),
            "asked_at": at,
            "ends_at": at + LASTS,
        },
    )
    put_work(db, kind=WORK, subjects=[number], due_at=at)


def links(db: Connection, ids: Iterable[int], *, at: datetime, secret: bytes) -> dict[int, Link]:
    """What the letters of these say; nothing for nobody's account and one without a mail."""
    found: dict[int, Link] = {}
    for row in password_resets.open_resets(db, ids, at=at):
        person = _able(db, row.key)
        if person is None or not person.mail or row.sent_at is not None:
            continue
        found[row.id] = Link(
            mail=person.mail,
            name=person.name,
            key=person.key,
            lang=person.lang,
            token=_token(row.seed, secret),
            ends_at=row.ends_at,
            name_of_message=f"reset.{row.id}.{row.token_hash[:16]}",
        )
    return found


def mark_sent(db: Connection, ids: Iterable[int], *, at: datetime) -> None:
    """Note that the server has taken these letters."""
    password_resets.mark_sent(db, ids, at=at)


def account_of(db: Connection, token: str, *, at: datetime) -> str:
    """Whose link this is. Raises ``Refusal("reset.link_over")``."""
    return str(_found(db, token, at=at)[1].key)


def reset_by_link(
    db: Connection, token: str, *, password: str, at: datetime, hasher: PasswordHasher = HASHER
) -> str:
    """Set the password by a link, end every session, and give whose account it was.

    The link is used up by this. Raises ``Refusal``: ``reset.link_over``,
    ``account.password_short``.
    """
    _, person = _found(db, token, at=at)
    ensure_long_enough(password)
    hashed = hasher.hash(password)
    set_password(db, person, hashed, is_temporary=False, enable=False, at=at)
    ended = sessions.end_sessions(db, person.id, at=at)
    act = Act(by=person.key, at=at)
    note(db, person.id, "account.reset_by_link", act=act, key=person.key, sessions=ended)
    tell_owner(db, person, Change.PASSWORD_BY_LINK, act=act)
    return str(person.key)


def forget_old(db: Connection, *, at: datetime, after: timedelta = timedelta(days=7)) -> int:
    """Delete what was asked for long ago, and give how much."""
    return password_resets.forget_resets(db, before=at - after)


def _found(db: Connection, token: str, *, at: datetime) -> tuple[Row[Any], Row[Any]]:
    row = password_resets.open_reset(db, _hash(token), at=at)
    person = None if row is None else _able(db, row.key)
    if row is None or person is None:
        raise Refusal("reset.link_over")
    return row, person


def _able(db: Connection, key: str) -> Row[Any] | None:
    """The account of a key that is not disabled and has a password at all."""
    person = people.person_by_key(db, key)
    if person is None or person.disabled_at is not None or person.password_hash is None:
        return None
    return person


def _token(seed: str, secret: bytes) -> str:
    """The token of a row: without the installation's key, the row alone makes none."""
    made = hmac.new(secret, f"password reset:{seed}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(made).decode().rstrip("=")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
