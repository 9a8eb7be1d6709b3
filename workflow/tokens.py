"""Tokens: how a program acts as a person, and how a calendar reads that person's due days.

Knows that a token acts as its person with that person's own grants, narrowed by its
scope: ``read`` changes nothing, ``calendar`` opens the calendar alone. It is shown once
and kept as its hash. Refuses to know addresses and headers.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from workflow import journal
from workflow.access import GRANTS, grant_from
from workflow.domain.errors import Refusal
from workflow.owner_letters import Change, tell_owner
from workflow.store import people, tokens
from workflow.store.read_once import note_read

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection, Row

    from workflow.domain.roles import Grant
    from workflow.journal import Act

#: What every token begins with, so that a scan for leaked secrets finds it.
PREFIX: Final = "camket_"
#: The days that a token may be made for; a calendar is followed until it is revoked.
LONGEST_DAYS: Final = 366
#: How long a repeated request is answered as it was the first time.
ANSWERS_LAST: Final = timedelta(hours=24)
_LONGEST_NAME: Final = 80
_MOST: Final = 50
#: Noting every use would make each request a write.
_NOTED_EVERY: Final = timedelta(minutes=5)


class Scope(StrEnum):
    """What a token is good for."""

    READ = "read"
    WRITE = "write"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whose token it is, and what it is good for."""

    token_id: int
    key: str
    name: str
    lang: str
    scope: Scope
    expires_at: datetime | None
    grants: tuple[Grant, ...]
    is_to_be_noted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request was answered: a status and a text."""

    status: int
    body: str


def make_token(
    db: Connection, *, name: str, scope: Scope, act: Act, days: int | None = None
) -> str:
    """Make a token of whoever acts and give it, this once.

    It lasts ``days``, 1 to 366; only a calendar's lasts until it is revoked. Raises
    ``Refusal``: ``account.unknown``, ``token.name_missing``, ``token.days_outside``,
    ``token.most_reached``.
    """
    owner = _person(db, act.by)
    said = name.replace("\0", "").strip()[:_LONGEST_NAME]
    if not said:
        raise Refusal("token.name_missing")
    if scope is Scope.CALENDAR:
        days = None
    elif days is None or not 1 <= days <= LONGEST_DAYS:
        raise Refusal("token.days_outside", most=LONGEST_DAYS)
    live = [one for one in tokens.tokens_of(db, owner.id) if is_live(one, at=act.at)]
    if len(live) >= _MOST:
        raise Refusal("token.most_reached", most=_MOST)
    token = PREFIX + secrets.token_urlsafe(32)
    token_id = tokens.add_token(
        db,
        {
            "token_hash": _hash(token),
            "person_id": owner.id,
            "name": said,
            "scope": scope.value,
            "created_at": act.at,
            "expires_at": None if days is None else act.at + timedelta(days=days),
        },
    )
    _journal(db, token_id, "token.made", act=act, name=said, scope=scope.value, days=days)
    tell_owner(db, owner, Change.TOKEN, act=act)
    return token


def own_tokens(db: Connection, *, act: Act) -> list[Row[Any]]:
    """The tokens of whoever acts, the newest first. Raises ``Refusal("account.unknown")``."""
    return tokens.tokens_of(db, _person_id(db, act.by))


def is_live(row: Row[Any], *, at: datetime) -> bool:
    """Whether a stored token is still good."""
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > at)


def revoke_token(db: Connection, token_id: int, *, act: Act) -> None:
    """End one of one's own tokens. Raises ``Refusal("token.not_found")``."""
    row = tokens.revoke_token(db, _person_id(db, act.by), token_id, at=act.at)
    if row is None:
        raise Refusal("token.not_found", token=token_id)
    _journal(db, token_id, "token.revoked", act=act, name=row.name, scope=row.scope)


def bearer_of(db: Connection, token: str, *, at: datetime) -> Bearer | None:
    """Whose token this is; None where it was revoked, has expired or never was."""
    rows = tokens.live_token(db, _hash(token), at=at)
    if not rows:
        return None
    row = rows[0]
    grants = tuple(grant_from(one) for one in rows if one.role is not None)
    note_read(db, GRANTS, {row.key: grants})
    return Bearer(
        token_id=row.id,
        key=row.key,
        name=row.person_name,
        lang=row.lang,
        scope=Scope(row.scope),
        expires_at=row.expires_at,
        grants=grants,
        is_to_be_noted=row.used_at is None or row.used_at <= at - _NOTED_EVERY,
    )


def note_use(db: Connection, bearer: Bearer, *, at: datetime) -> None:
    """Note that a token is in use; asked for only every few minutes."""
    tokens.mark_used(db, bearer.token_id, at=at)


def answered_before(
    db: Connection, bearer: Bearer, key: str, *, digest: str, at: datetime
) -> Answer | None:
    """What the request of this name was answered, or None where it is new and now taken.

    Whoever gets None does what was asked and keeps the answer in this transaction; where
    it is rolled back the name is free again. Raises ``Refusal("request.key_reused")``
    where the name was given to another request.
    """
    if tokens.take_key(db, bearer.token_id, key, digest=digest, at=at):
        return None
    kept = tokens.answer_kept(db, bearer.token_id, key)
    if kept.digest != digest:
        raise Refusal("request.key_reused", key=key)
    return Answer(status=kept.status, body=kept.body)


def keep_answer(db: Connection, bearer: Bearer, key: str, *, answer: Answer) -> None:
    """Keep the answer of a request whose name was taken in this transaction."""
    tokens.keep_answer(db, bearer.token_id, key, status=answer.status, body=answer.body)


def forget_answers(db: Connection, *, at: datetime) -> int:
    """Delete the answers that nobody asks for again, and give how many."""
    return tokens.forget_answers(db, before=at - ANSWERS_LAST)


def _journal(db: Connection, token_id: int, verb: str, *, act: Act, **facts: object) -> None:
    journal.record(db, act=act, verb=verb, subject=("token", token_id), after=facts)


def _person_id(db: Connection, key: str) -> int:
    return int(_person(db, key).id)


def _person(db: Connection, key: str) -> Row[Any]:
    found = people.person_by_key(db, key)
    if found is None:
        raise Refusal("account.unknown", key=key)
    return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
