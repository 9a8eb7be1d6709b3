"""Signing in and out, changing the password, and the very first start."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response

from web.cookies import drop_session, keep_lang, keep_session, session_token
from web.menu import home
from web.refusing import status_of
from web.visit import Visit, reads, reads_openly, writes, writes_openly
from workflow import second_factor, sessions
from workflow.accounts import change_own_mail, change_password
from workflow.domain.errors import Refusal
from workflow.i18n import LANGUAGES, N_
from workflow.labels import describe
from workflow.refusals import note_throttled
from workflow.store.people import person_by_key

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
    wanted, text, status = own_address(wanted), "", 401
    try:
        token = sessions.sign_in(
            visit.db,
            key.strip().lower(),
            password=password,
            at=visit.at,
            address=visit.address,
            agent=visit.request.headers.get("user-agent", ""),
        )
    except Refusal as refusal:
        token, text, status = None, describe(refusal, visit.lang), 429
        note_throttled(visit.db, address=visit.address, key=key.strip().lower(), at=visit.at)
    if token is None:
        visit.is_kept = True
        wrong = text or visit.say(N_("The account and the password do not belong together."))
        return visit.page("signin.html.j2", status=status, key=key, next=wanted, wrong=wrong)
    if sessions.half_signed_in(visit.db, token, at=visit.at):
        wanted = f"/signin/code?next={quote(wanted)}"
    response = RedirectResponse(wanted, status_code=303)
    keep_session(response, token, visit.premises.settings)
    return response


@router.get("/signin/code")
@reads_openly
def code_page(visit: Visit, wanted: Annotated[str, Query(alias="next")] = "/") -> Response:
    """The form for the code of the second factor, after the right password."""
    token = session_token(visit.request, visit.premises.settings)
    if not sessions.half_signed_in(visit.db, token, at=visit.at):
        return RedirectResponse("/signin", status_code=303)
    return visit.page("signin_code.html.j2", next=own_address(wanted), wrong="")


@router.post("/signin/code")
@writes_openly
def enter_code(
    visit: Visit,
    code: Annotated[str, Form(max_length=100)] = "",
    wanted: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Complete a sign-in by a code, or say that it is not right."""
    settings = visit.premises.settings
    half, wanted, text, status = (
        session_token(visit.request, settings),
        own_address(wanted),
        "",
        401,
    )
    try:
        token = sessions.enter_code(
            visit.db,
            half,
            code=code,
            at=visit.at,
            address=visit.address,
            agent=visit.request.headers.get("user-agent", ""),
            secret=settings.session_secret,
        )
    except Refusal as refusal:
        token, text, status = None, describe(refusal, visit.lang), status_of(refusal.code)
        if refusal.code == "signin.too_many":
            key = sessions.half_signed_in(visit.db, half, at=visit.at) or ""
            note_throttled(visit.db, address=visit.address, key=key, at=visit.at)
    if token is None and not sessions.half_signed_in(visit.db, half, at=visit.at):
        visit.tell(N_("Please sign in anew: the time for the code is over, or it was wrong."))
        return visit.go("/signin")
    if token is None:
        visit.is_kept = True
        wrong = text or visit.say(N_("This code is not right, or was used before."))
        return visit.page("signin_code.html.j2", status=status, next=wanted, wrong=wrong)
    response = RedirectResponse(wanted, status_code=303)
    keep_session(response, token, settings)
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
    return _account(visit)


@router.post("/account/mail")
@writes
def change_mail(
    visit: Visit,
    mail: Annotated[str, Form(max_length=300)] = "",
    password: Annotated[str, Form(max_length=2048)] = "",
) -> Response:
    """Say where one's letters go; whoever reads them can set a new password, so it is asked for."""
    try:
        is_owner = sessions.is_owner(
            visit.db, password=password, act=visit.act(), address=visit.address
        )
        if is_owner:
            change_own_mail(visit.db, mail=mail, act=visit.act())
    except Refusal as refusal:
        status = status_of(refusal.code)
        return _account(visit, status=status, wrong=describe(refusal, visit.lang), mail=mail)
    if not is_owner:
        visit.is_kept = True
        wrong = visit.say(N_("The password is not right."))
        return _account(visit, status=422, wrong=wrong, mail=mail)
    visit.tell(N_("The mail address is changed."))
    return visit.go("/account")


def _account(
    visit: Visit, *, status: int = 200, wrong: str = "", mail: str | None = None
) -> Response:
    found = person_by_key(visit.db, visit.by)
    present = "" if found is None else found.mail or ""
    return visit.page(
        "account.html.j2",
        status=status,
        wrong=wrong,
        present_mail=present,
        mail=present if mail is None else mail,
        sessions=sessions.own_sessions(visit.db, act=visit.act()),
        own=visit.person.session_id,
        factor=second_factor.standing(visit.db, visit.by),
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
    try:
        is_owner = sessions.is_owner(
            visit.db, password=present, act=visit.act(), address=visit.address
        )
    except Refusal as refusal:
        text = describe(refusal, visit.lang)
        return visit.page("password.html.j2", status=429, wrong=text)
    if not is_owner:
        visit.is_kept = True
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
