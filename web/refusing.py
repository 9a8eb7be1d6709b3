"""What people and programs see when something is refused, not found or broken.

Knows which status a code has. Refuses to show a traceback to anybody: it goes to the log,
with a number that the page tells.
"""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from web.rendering import environment
from workflow import labels
from workflow.domain.errors import InvalidFile, Refusal
from workflow.i18n import LANGUAGES, N_, translator
from workflow.refusals import note_refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI, Request
    from fastapi.responses import Response

    from web.visit import Premises
    from workflow.domain.errors import Problem

_LOG: Final = logging.getLogger("camket.web")
_DENIED: Final = frozenset(
    {
        "access.denied",
        "access.unknown",
        "access.disabled",
        "act.not_allowed",
        "form.stale",
        "token.narrow",
    }
)
_NOBODY: Final = frozenset({"access.signed_out", "token.missing", "token.not_valid"})
_NOTED: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
#: Refused not for what is asked, but for who asks: another person has to decide.
_FOUR_EYES: Final = frozenset({"task.four_eyes", "report.second_person", "agreement.second_person"})
_TITLES: Final = {
    401: N_("Please sign in"),
    403: N_("This is not open to you"),
    404: N_("There is nothing here"),
    405: N_("That is not possible here"),
    413: N_("That is too large"),
    422: N_("That could not be done"),
    429: N_("Too many attempts"),
    500: N_("Something went wrong"),
}


def answer_refusals(app: FastAPI) -> None:
    """Have every refusal and failure answered in words."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _misunderstood)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _broken)


def status_of(code: str) -> int:
    """The HTTP status of a refusal's code."""
    if code in _NOBODY:
        return HTTPStatus.UNAUTHORIZED
    if code in _DENIED:
        return HTTPStatus.FORBIDDEN
    if code.endswith((".unknown", ".not_found")):
        return HTTPStatus.NOT_FOUND
    if code == "request.failed":
        return HTTPStatus.INTERNAL_SERVER_ERROR
    if code.endswith(".too_many"):
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.UNPROCESSABLE_ENTITY


def note(request: Request, refusal: Refusal) -> None:
    """Have the journal told that whoever is signed in was refused a deed.

    In a transaction of its own: that of the deed is rolled back. What does not exist, or
    not for this person, counts as refused, whether it was to be looked at or changed. The
    same is counted and told together, so that nobody floods the journal by asking.
    """
    by = getattr(request.state, "by", None)
    is_noted = status_of(refusal.code) in _NOTED or refusal.code in _FOUR_EYES
    if by is None or not is_noted:
        return
    premises: Premises = request.app.state.premises
    route = getattr(request.scope.get("route"), "path", "?")
    deed = refusal.facts.get("deed")
    try:
        with premises.engine.begin() as db:
            note_refusal(
                db,
                by=by,
                code=refusal.code,
                deed=None if deed is None else str(deed),
                place=f"{request.method} {route}",
                path=request.url.path,
                at=premises.clock.now(),
            )
    except SQLAlchemyError:
        # The answer stays a refusal, whatever becomes of its record.
        _LOG.exception("a refusal could not be written down: %s", refusal.code)


def _refused(request: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, Refusal):
        return _broken(request, refusal)
    note(request, refusal)
    return _answer_code(request, refusal)


def _misunderstood(request: Request, error: Exception) -> Response:
    fields = error.errors() if isinstance(error, RequestValidationError) else []
    names = ", ".join(str(one["loc"][-1]) for one in fields if one["loc"])
    return _answer_code(request, Refusal("request.unreadable", names=names))


def _plain(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    say = translator(_lang(request))
    if status == HTTPStatus.NOT_FOUND:
        text = say(N_("The address is wrong, or what stood there is not within your scope."))
    else:
        text = say(N_("The request cannot be served like this."))
    response = _answer(request, status, text, code=f"http.{status}")
    # What the exception has to say besides, such as which methods an address knows.
    response.headers.update(getattr(error, "headers", None) or {})
    return response


def _broken(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    _LOG.error("request %s failed: %s %s", number, request.method, request.url.path, exc_info=error)
    return _answer_code(request, Refusal("request.failed", number=number))


def _answer_code(request: Request, refusal: Refusal) -> Response:
    text = labels.describe(refusal, _lang(request))
    status = status_of(refusal.code)
    problems = refusal.problems if isinstance(refusal, InvalidFile) else ()
    return _answer(request, status, text, code=refusal.code, facts=refusal.facts, problems=problems)


def _answer(
    request: Request,
    status: int,
    text: str,
    *,
    code: str,
    facts: dict[str, Any] | None = None,
    problems: Sequence[Problem] = (),
) -> Response:
    lang = _lang(request)
    title = translator(lang)(_TITLES.get(status, _TITLES[422]))
    if request.url.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": title, "status": status, "detail": text}
        problem |= {"code": code, "facts": {k: str(v) for k, v in (facts or {}).items()}}
        if problems:
            problem |= {"problems": [_of_file(one, lang) for one in problems]}
        headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
        if status == HTTPStatus.TOO_MANY_REQUESTS and facts and "seconds" in facts:
            headers = {"Retry-After": str(facts["seconds"])}
        return JSONResponse(
            problem, status_code=status, headers=headers, media_type="application/problem+json"
        )
    page = environment().get_template("refused.html.j2")
    say = translator(lang)
    return HTMLResponse(
        page.render(title=title, text=text, lang=lang, _=say.gettext, status=status),
        status_code=status,
    )


def _of_file(one: Problem, lang: str) -> dict[str, Any]:
    """One thing wrong in a file that was sent, with its place and its sentence."""
    sentence = labels.sentence_for(one.code, one.facts, lang)
    return {"code": one.code, "line": one.line, "path": one.path, "text": sentence}


def _lang(request: Request) -> str:
    lang = getattr(request.state, "lang", None) or request.cookies.get("lang", "")
    if lang in LANGUAGES:
        return str(lang)
    default: str = request.app.state.premises.settings.lang
    return default
