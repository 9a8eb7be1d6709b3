"""One's own account for programs: settings, sessions and tokens.

A token ends sessions and tokens and makes none: what it opens is over when it is revoked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from web.api.calling import Call, reads, writes
from web.api.shapes import Shape, Small
from workflow import sessions, tokens
from workflow.domain.preferences import Keys, Preferences, Reminders
from workflow.enrolling import known
from workflow.preferences import choose, own_preferences
from workflow.tokens import Scope

router: Final = APIRouter(tags=["me"])


class Settings(BaseModel):
    """What a person sets for themselves."""

    lang: Literal["vi", "en"]
    keys: Keys
    reminders: Reminders


class Session(Shape):
    """Where the person is signed in by a browser."""

    id: int
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    agent: str


class Sessions(BaseModel):
    """The sessions that have not ended, the last used first."""

    items: list[Session]


class Token(Shape):
    """A token that is still good; what it opens is shown nowhere."""

    id: int
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class Tokens(BaseModel):
    """The tokens that are still good, the newest first."""

    items: list[Token]


@router.get("/me/settings")
@reads
def settings(call: Call) -> Settings:
    """The language, the keys and the reminders of this person."""
    return _settings(call)


@router.put("/me/settings")
@writes
def change_settings(call: Call, said: Settings) -> Settings:
    """Set the language, the keys and the reminders of this person."""
    preferred = Preferences(keys=said.keys, reminders=said.reminders)
    choose(call.db, preferred, lang=said.lang, act=call.act())
    return _settings(call)


@router.get("/me/sessions")
@reads
def signed_in(call: Call) -> Sessions:
    """Where this person is signed in."""
    return _sessions(call)


@router.delete("/me/sessions/{session_id}")
@writes
def end(call: Call, session_id: Small) -> Sessions:
    """End one of this person's sessions."""
    sessions.end_session(call.db, session_id, act=call.act())
    return _sessions(call)


@router.get("/me/tokens")
@reads
def made(call: Call) -> Tokens:
    """The tokens of this person."""
    return _tokens(call)


@router.delete("/me/tokens/{token_id}")
@writes
def revoke(call: Call, token_id: Small) -> Tokens:
    """Revoke one of this person's tokens, or the very one that is used."""
    tokens.revoke_token(call.db, token_id, act=call.act())
    return _tokens(call)


def _settings(call: Call) -> Settings:
    chosen = own_preferences(call.db, act=call.act())
    lang: Literal["vi", "en"] = "en" if known(call.db, call.by).lang == "en" else "vi"
    return Settings(lang=lang, keys=chosen.keys, reminders=chosen.reminders)


def _sessions(call: Call) -> Sessions:
    rows = sessions.own_sessions(call.db, act=call.act())
    return Sessions(items=[Session.model_validate(row) for row in rows])


def _tokens(call: Call) -> Tokens:
    rows = tokens.own_tokens(call.db, act=call.act())
    live = [row for row in rows if tokens.is_live(row, at=call.at)]
    return Tokens(items=[Token.model_validate(row) for row in live])
