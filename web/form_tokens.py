"""What a form of a session carries, so that no other site can send it.

Knows that it is written differently each time: pages are compressed, and a secret that stood
in them unchanged could be guessed from their lengths. Refuses to know what is sent.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from workflow.settings import Settings

_BYTES: Final = 32


def form_token(settings: Settings, session: str) -> str:
    """A token of a session's forms, under a mask of its own; "" is the session of nobody."""
    mask = secrets.token_bytes(_BYTES)
    return (mask + _mixed(mask, _secret(settings, session))).hex()


def is_form_token(given: str, settings: Settings, session: str) -> bool:
    """Whether a form carries a token of this session."""
    try:
        raw = bytes.fromhex(given)
    except ValueError:
        return False
    known = _mixed(raw[:_BYTES], _secret(settings, session))
    return len(raw) == 2 * _BYTES and hmac.compare_digest(raw[_BYTES:], known)


def _secret(settings: Settings, session: str) -> bytes:
    return hmac.new(settings.session_secret, f"form:{session}".encode(), sha256).digest()


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))
