"""Signing in and out, changing the password, and the very first start."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response

from web.cookies import drop_session, keep_lang, keep_session
from web.menu import home
from web.visit import Visit, reads, reads_openly, writes, writes_openly
from workflow import sessions
from workflow.accounts import change_password
from workflow.domain.errors import Refusal
from workflow.i18n import LANGUAGES, N_
from workflow.passwords import verified

router: Final = APIRouter(include_in_schema=False)


@router.get("/")
@reads
def start(visit: Visit) -> Response:
    """Send everybody to where their day begins."""
    return RedirectResponse(home(visit), status_code=303)


@router.get("/signin")
@reads_openly
def sign_in_page(visit: Visit, wanted: Annotated[str, Query(alias="next")] = "/") -> Response:
    """The form for key and password."""
    return visit.page("signin.html.j2", key="", next=own_address(wanted), wrong="")


@router.post("/signin")
@writes_openly
def sign_in(
    visit: Visit,
    key: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    wanted: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Begin a session, or say that key and password do not belong together."""
    request = visit.request
    try:
        token = sessions.sign_in(
            visit.db,
            key.strip().lower(),
            password=password,
            at=visit.at,
            address=request.client.host if request.client else "",
            agent=request.headers.get("user-agent", ""),
        )
        wrong = N_("The account and the password do not belong together.")
    except Refusal as refusal:
        token, wrong = None, ""
        refused = refusal
    if token is None:
        visit.is_kept = True
        from workflow.labels import describe

        text = visit.say(wrong) if wrong else describe(refused, visit.lang)
        status = 401 if wrong else 429
        return visit.page(
            "signin.html.j2", status=status, key=key, next=own_address(wanted), wrong=text
        )
    response = RedirectResponse(own_address(wanted), status_code=303)
    keep_session(response, token, visit.premises.settings)
    return response


@router.post("/signout")
@writes
def sign_out(visit: Visit) -> Response:
    """End this session, here and in the database."""
    sessions.end_session(visit.db, visit.person.session_id, act=visit.act())
    response = RedirectResponse("/signin", status_code=303)
    drop_session(response, visit.premises.settings)
    return response


@router.post("/language")
@writes_openly
def choose_language(
    visit: Visit,
    lang: Annotated[str, Form()] = "vi",
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Show this device the pages in a language."""
    response = RedirectResponse(own_address(back), status_code=303)
    if lang in LANGUAGES:
        keep_lang(response, lang, visit.premises.settings)
    return response


@router.get("/account")
@reads
def account(visit: Visit) -> Response:
    """One's own account: what it may do, and where it is signed in."""
    return visit.page(
        "account.html.j2",
        sessions=sessions.own_sessions(visit.db, act=visit.act()),
        own=visit.person.session_id,
    )


@router.post("/account/sessions/{session_id}/end")
@writes
def end_one(visit: Visit, session_id: int) -> Response:
    """End one of one's own sessions."""
    sessions.end_session(visit.db, session_id, act=visit.act())
    visit.tell(N_("The session has ended."))
    return visit.go("/account")


@router.get("/account/password")
@reads
def password_page(visit: Visit) -> Response:
    """The form for a new password."""
    return visit.page("password.html.j2", wrong="")


@router.post("/account/password")
@writes
def set_password(
    visit: Visit,
    present: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change one's own password; every other session ends."""
    wrong = ""
    if not verified(visit.db, visit.by, password=present):
        wrong = N_("The present password is not right.")
    elif password != again:
        wrong = N_("The two new passwords differ.")
    elif password == present:
        wrong = N_("The new password is the old one.")
    if wrong:
        return visit.page("password.html.j2", status=422, wrong=visit.say(wrong))
    change_password(visit.db, password=password, act=visit.act())
    sessions.end_other_sessions(visit.db, keep=visit.person.session_id, act=visit.act())
    visit.tell(N_("The password has been changed."))
    return visit.go(home(visit))


def own_address(wanted: str) -> str:
    """An address of this site; anything that leads elsewhere becomes the start."""
    is_own = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_own and wanted.isprintable() else "/"
