"""The three cookies: the session, what is said once on the next page, and the language.

Knows their names and flags. Refuses to know what a session is. Nothing in a cookie is
trusted: the session's token is looked up, and what was said is words to be escaped.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.responses import Response

    from workflow.settings import Settings

_SAID: Final = "said"
#: Long enough for a slow page, short enough to be forgotten.
_SAID_LASTS_S: Final = 60
_LANG_LASTS_S: Final = 365 * 86_400


def is_secure(settings: Settings) -> bool:
    """Whether people come by https, as the settings' address says."""
    return settings.base_url.startswith("https://")


def session_name(settings: Settings) -> str:
    """The session cookie's name; over https the prefix binds it to this very host."""
    return "__Host-camket" if is_secure(settings) else "camket"


def session_token(request: Request, settings: Settings) -> str:
    """The token that the browser brought, or an empty text."""
    return request.cookies.get(session_name(settings), "")


def keep_session(response: Response, token: str, settings: Settings) -> None:
    """Give the browser its session until it is closed."""
    _set(response, session_name(settings), token, settings)


def drop_session(response: Response, settings: Settings) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        session_name(settings), secure=is_secure(settings), httponly=True, samesite="lax"
    )


def keep_lang(response: Response, lang: str, settings: Settings) -> None:
    """Remember the language that was chosen on this device."""
    _set(response, "lang", lang, settings, lasts_s=_LANG_LASTS_S)


def keep_said(
    response: Response, said: list[tuple[str, dict[str, Any]]], settings: Settings
) -> None:
    """Bring what is to be said to the next page; nothing to say sets nothing."""
    if said:
        text = json.dumps(said, default=str, separators=(",", ":"))
        encoded = base64.urlsafe_b64encode(text.encode()).decode()
        _set(response, _SAID, encoded, settings, lasts_s=_SAID_LASTS_S)


def take_said(request: Request) -> list[tuple[str, dict[str, Any]]]:
    """What the last page wanted said; whatever cannot be read is nothing."""
    try:
        kept = json.loads(base64.urlsafe_b64decode(request.cookies.get(_SAID, "")))
        return [(str(text), dict(facts)) for text, facts in kept]
    except (binascii.Error, ValueError, TypeError):
        return []


def drop_said(response: Response) -> None:
    """Forget what has been said now."""
    response.delete_cookie(_SAID)


def _set(
    response: Response, name: str, value: str, settings: Settings, *, lasts_s: int | None = None
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=lasts_s,
        path="/",
        httponly=True,
        secure=is_secure(settings),
        samesite="lax",
    )
