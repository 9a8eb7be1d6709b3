"""Signing in and out: a random token for whoever knows the password, kept as its hash.

Knows how long a session lasts and how often an address may fail. Failures are counted by
address, and by account only together with the address: a stranger who fails on purpose
locks nobody out but themselves. Where an account has a second factor, the right password
begins half a session, which opens nothing and becomes a whole one by the right code.
Refuses to know cookies and pages.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from workflow import codes, journal
from workflow.access import GRANTS, grant_from
from workflow.domain.errors import Refusal
from workflow.domain.preferences import Keys
from workflow.journal import Act
from workflow.owner_letters import Change, tell_owner
from workflow.passwords import HASHER, verified
from workflow.store import people, second_factors, sessions
from workflow.store.read_once import note_read

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
#: How long the code may be looked for, and how often it may be wrong in one session.
_HALF_LASTS: Final = timedelta(minutes=10)
_WRONG_CODES: Final = 5
#: Whoever gets so far knows the password, from however many addresses: the account waits.
_WRONG_CODES_AN_HOUR: Final = 20


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
    has_second_factor: bool = False
    keys: Keys = Keys.LETTERS


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

    Where the account has a second factor it is half a session: see ``half_signed_in``.
    The failure is noted in this transaction, which the caller keeps. Raises
    ``Refusal("signin.too_many")`` for an address that has failed too often lately:
    5 times on this account, or 50 times in all, within 15 minutes.
    """
    _ensure_may_try(db, key, at=at, address=address)
    if not verified(db, key, password=password, hasher=hasher):
        sessions.add_failure(db, key=key, address=_origin(address), at=at)
        return None
    person = people.person_by_key(db, key)
    if person is None:
        return None
    is_half = second_factors.has_factor(db, person.id)
    if not is_half:
        sessions.forget_failures(db, key=key, address=_origin(address))
    return _begun(db, person.id, key, at=at, address=address, agent=agent, is_half=is_half)


def half_signed_in(db: Connection, token: str, *, at: datetime) -> str | None:
    """Whose half session a token is, whose code is still asked for; None for any other."""
    half = sessions.half_session(db, _hash(token), at=at)
    return None if half is None else str(half.key)


def enter_code(
    db: Connection, token: str, *, code: str, at: datetime, address: str, agent: str, secret: bytes
) -> str | None:
    """Turn half a session into a whole one with a token of its own, or None for a wrong code.

    A recovery code counts as well. The failure is noted as a wrong password is; after 5
    of them the half session ends. Raises ``Refusal``: ``signin.begin_anew`` where there is
    no such half session (any more), ``signin.too_many`` as ``sign_in`` does, and also where
    20 wrong codes were given for the account within an hour, ``secret.unreadable``.
    """
    half = sessions.half_session(db, _hash(token), at=at)
    if half is None:
        raise Refusal("signin.begin_anew")
    _ensure_may_try(db, half.key, at=at, address=address)
    wrong = sessions.wrong_codes_since(db, half.person_id, since=at - timedelta(hours=1))
    if wrong >= _WRONG_CODES_AN_HOUR:
        raise Refusal("signin.too_many", minutes=60)
    is_recovery = False
    if not codes.is_right(db, half.person_id, code, key=secret, at=at):
        is_recovery = codes.is_recovery(db, half.person_id, code, key=secret, at=at)
        if not is_recovery:
            sessions.add_failure(db, key=half.key, address=_origin(address), at=at)
            if sessions.count_wrong_code(db, half.id) >= _WRONG_CODES:
                sessions.end_sessions(db, half.person_id, at=at, only=half.id)
            return None
    sessions.forget_failures(db, key=half.key, address=_origin(address))
    sessions.end_sessions(db, half.person_id, at=at, only=half.id)
    if is_recovery:
        journal.record(
            db,
            act=Act(by=half.key, at=at),
            verb="factor.recovery_used",
            subject=("person", half.person_id),
            after={"left": second_factors.codes_left(db, half.person_id)},
        )
        owner = people.person_by_key(db, half.key)
        if owner is not None:
            tell_owner(db, owner, Change.CODE_USED, act=Act(by=half.key, at=at))
    # Another token: whoever saw that of the half session has nothing of the whole one.
    return _begun(db, half.person_id, half.key, at=at, address=address, agent=agent)


def is_owner(
    db: Connection, *, password: str, act: Act, address: str, hasher: PasswordHasher = HASHER
) -> bool:
    """Whether whoever acts knows their own password: for what an open session is too little.

    Failures count as those of ``sign_in``, and raise the same ``Refusal``.
    """
    _ensure_may_try(db, act.by, at=act.at, address=address)
    if verified(db, act.by, password=password, hasher=hasher):
        return True
    sessions.add_failure(db, key=act.by, address=_origin(address), at=act.at)
    return False


def note_wrong_code(db: Connection, *, act: Act, address: str) -> None:
    """Count a wrong code of whoever is signed in as a wrong password is counted."""
    sessions.add_failure(db, key=act.by, address=_origin(address), at=act.at)


def _ensure_may_try(db: Connection, key: str, *, at: datetime, address: str) -> None:
    in_all, by_key = sessions.failures_since(db, address=_origin(address), since=at - _WINDOW)
    if in_all >= _FAILURES_AN_ADDRESS or by_key.get(key[:64], 0) >= _FAILURES_A_KEY:
        raise Refusal("signin.too_many", minutes=int(_WINDOW.total_seconds() // 60))


def _begun(
    db: Connection,
    person_id: int,
    key: str,
    *,
    at: datetime,
    address: str,
    agent: str,
    is_half: bool = False,
) -> str:
    token = secrets.token_urlsafe(32)
    sessions.begin_session(
        db,
        {
            "token_hash": _hash(token),
            "person_id": person_id,
            "began_at": at,
            "seen_at": at,
            "ends_at": at + (_HALF_LASTS if is_half else LASTS),
            "address": address,
            "agent": agent[:200],
            "is_half": is_half,
        },
    )
    if not is_half:
        journal.record(
            db,
            act=Act(by=key, at=at),
            verb="session.begun",
            subject=("person", person_id),
            after={"address": address},
        )
    return token


def _origin(address: str) -> str:
    """What failures are counted by: whoever has one IPv6 address has all 2⁶⁴ around it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address


def signed_in(db: Connection, token: str, *, at: datetime) -> SignedIn | None:
    """Whose session this is; None where it has ended, lay idle or never was."""
    rows = sessions.live_session(db, _hash(token), at=at, seen_from=at - IDLE)
    if not rows:
        return None
    row = rows[0]
    grants = tuple(grant_from(one) for one in rows if one.role is not None)
    note_read(db, GRANTS, {row.key: grants})
    return SignedIn(
        session_id=row.id,
        person_id=row.person_id,
        key=row.key,
        name=row.name,
        lang=row.lang,
        grants=grants,
        must_change_password=row.is_password_temporary,
        is_to_be_noted=row.seen_at <= at - _NOTED_EVERY,
        has_second_factor=bool(row.has_second_factor),
        keys=Keys.LETTERS if row.key_mode is None else Keys(row.key_mode),
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
