"""What every answer carries and every request must satisfy, before any page is asked.

Knows the headers, the greatest size of a request, and that no other site may make a
browser write here. Refuses to know people: that is the pages' own question.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from workflow.settings import Settings

#: An evidence file may have 25 MB, a form of pages a few hundred kB; one request holds several.
LARGEST_UPLOAD: Final = 110 * 1024 * 1024
LARGEST_FORM: Final = 2 * 1024 * 1024
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=()",
}
_HSTS: Final = "max-age=31536000; includeSubDomains"


class Guard:
    """Wraps the whole web: headers on every answer, refusals before any body is read."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._is_secure = settings.base_url.startswith("https://")
        self._host = urlsplit(settings.base_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        if scope["method"] not in _SAFE and self._is_foreign(headers):
            await _answer(sending, 403, "cross-site request refused", scope["path"])
            return
        bound = _bound(scope["path"])
        if _said_length(headers) > bound:
            await _answer(sending, 413, "request too large", scope["path"])
            return
        counted = _Counted(receive, bound)
        await self._app(scope, counted, sending)

    def _add_headers(self, headers: MutableHeaders, path: str) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        if self._is_secure:
            headers.setdefault("strict-transport-security", _HSTS)
        is_kept = path.startswith("/static/") and "cache-control" not in headers
        kept = "public, max-age=31536000, immutable" if is_kept else "no-store"
        headers.setdefault("cache-control", kept)

    def _is_foreign(self, headers: Headers) -> bool:
        """Whether another site made the browser send this.

        Every present browser says so itself; an older one at least names the origin. What
        comes from no browser has neither, and no cookie that it was not given.
        """
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in {"same-origin", "none"}
        origin = headers.get("origin")
        return origin is not None and urlsplit(origin).netloc not in {
            headers.get("host", ""),
            self._host,
        }


class _Counted:
    """Receives no more than was allowed, whatever the headers said."""

    def __init__(self, receive: Receive, bound: int) -> None:
        self._receive = receive
        self._left = bound

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            # The connection is of no more use: what is left of the body would still come.
            return {"type": "http.disconnect"}
        return message


def _bound(path: str) -> int:
    return LARGEST_UPLOAD if path.rstrip("/").endswith(_UPLOADS) else LARGEST_FORM


#: Where files are handed in.
_UPLOADS: Final = ("/evidence", "/import", "/scan", "/upload")


def _said_length(headers: Headers) -> int:
    said = headers.get("content-length", "0")
    return int(said) if said.isdecimal() else 0


async def _answer(send: Send, status: int, text: str, path: str) -> None:
    body, media = text.encode(), b"text/plain; charset=utf-8"
    if path.startswith("/api/"):
        problem = {"type": "about:blank", "title": text, "status": status, "detail": text}
        problem |= {"code": f"http.{status}", "facts": {}}
        body, media = json.dumps(problem).encode(), b"application/problem+json"
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", media),
                (b"content-length", str(len(body)).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
