"""Signing in and out: a random token for whoever knows the password, kept as its hash.

Knows how long a session lasts and how often an address may fail. Failures are counted by
address, and by account only together with the address: a stranger who fails on purpose
locks nobody out but themselves. Refuses to know cookies and pages.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from workflow import journal
from workflow.access import grant_from
from workflow.domain.errors import Refusal
from workflow.journal import Act
from workflow.passwords import HASHER, verified
from workflow.store import people, sessions

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from argon2 import PasswordHasher
    from sqlalchemy import Connection, Row

    from workflow.domain.roles import Grant

#: A working day, and how long nobody need touch it (ASVS 5.0, 7.3).
LASTS: Final = timedelta(hours=12)
IDLE: Final = timedelta(hours=2)
#: Noting every use would make each page a write.
_NOTED_EVERY: Final = timedelta(minutes=5)
_WINDOW: Final = timedelta(minutes=15)
_FAILURES_A_KEY: Final = 5
_FAILURES_AN_ADDRESS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Whose session a token is."""

    session_id: int
    person_id: int
    key: str
    name: str
    lang: str
    grants: tuple[Grant, ...]
    must_change_password: bool
    is_to_be_noted: bool


def sign_in(
    db: Connection,
    key: str,
    *,
    password: str,
    at: datetime,
    address: str,
    agent: str = "",
    hasher: PasswordHasher = HASHER,
) -> str | None:
    """Begin a session and give its token, or None where key and password do not belong together.

    The failure is noted in this transaction, which the caller keeps. Raises
    ``Refusal("signin.too_many")`` for an address that has failed too often lately:
    5 times on this account, or 50 times in all, within 15 minutes.
    """
    in_all, by_key = sessions.failures_since(db, address=address, since=at - _WINDOW)
    if in_all >= _FAILURES_AN_ADDRESS or by_key.get(key[:64], 0) >= _FAILURES_A_KEY:
        raise Refusal("signin.too_many", minutes=int(_WINDOW.total_seconds() // 60))
    if not verified(db, key, password=password, hasher=hasher):
        sessions.add_failure(db, key=key, address=address, at=at)
        return None
    sessions.forget_failures(db, key=key, address=address)
    person = people.person_by_key(db, key)
    if person is None:
        return None
    token = secrets.token_urlsafe(32)
    sessions.begin_session(
        db,
        {
            "token_hash": _hash(token),
            "person_id": person.id,
            "began_at": at,
            "seen_at": at,
            "ends_at": at + LASTS,
            "address": address,
            "agent": agent[:200],
        },
    )
    journal.record(
        db,
        act=Act(by=key, at=at),
        verb="session.begun",
        subject=("person", person.id),
        after={"address": address},
    )
    return token


def signed_in(db: Connection, token: str, *, at: datetime) -> SignedIn | None:
    """Whose session this is; None where it has ended, lay idle or never was."""
    row = sessions.live_session(db, _hash(token), at=at, seen_from=at - IDLE)
    if row is None:
        return None
    return SignedIn(
        session_id=row.id,
        person_id=row.person_id,
        key=row.key,
        name=row.name,
        lang=row.lang,
        grants=tuple(grant_from(one) for one in people.grants_held(db, row.person_id)),
        must_change_password=row.is_password_temporary,
        is_to_be_noted=row.seen_at <= at - _NOTED_EVERY,
    )


def note_use(db: Connection, session_id: int, *, at: datetime) -> None:
    """Note that a session is in use; asked for only every few minutes."""
    sessions.mark_seen(db, session_id, at=at)


def own_sessions(db: Connection, *, act: Act) -> list[Row[Any]]:
    """The sessions of whoever acts that have not ended. Raises ``Refusal("account.unknown")``."""
    return sessions.live_sessions_of(db, _person_id(db, act.by), at=act.at)


def end_session(db: Connection, session_id: int, *, act: Act) -> None:
    """End one of one's own sessions. Raises ``Refusal("session.unknown")``."""
    person_id = _person_id(db, act.by)
    if not sessions.end_sessions(db, person_id, at=act.at, only=session_id):
        raise Refusal("session.unknown", session=session_id)
    _journal(db, person_id, act=act, ended=1)


def end_other_sessions(db: Connection, *, keep: int | None, act: Act) -> int:
    """End all of one's own sessions but one, and give how many."""
    person_id = _person_id(db, act.by)
    ended = sessions.end_sessions(db, person_id, at=act.at, but=keep)
    if ended:
        _journal(db, person_id, act=act, ended=ended)
    return ended


def forget_old(db: Connection, *, at: datetime, after: timedelta = timedelta(days=90)) -> int:
    """Delete what ended long ago, and give how much."""
    return sessions.forget_before(db, at - after)


def _journal(db: Connection, person_id: int, *, act: Act, ended: int) -> None:
    journal.record(
        db, act=act, verb="session.ended", subject=("person", person_id), after={"ended": ended}
    )


def _person_id(db: Connection, key: str) -> int:
    found = people.person_by_key(db, key)
    if found is None:
        raise Refusal("account.unknown", key=key)
    return int(found.id)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
