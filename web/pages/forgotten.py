"""A password was forgotten: asking for a link by letter, and setting a new one with it."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response

from web.refusing import status_of
from web.visit import Visit, reads_openly, writes_openly
from workflow import forgotten
from workflow.domain.errors import Refusal
from workflow.i18n import N_
from workflow.labels import describe

router: Final = APIRouter(include_in_schema=False)
Token = Annotated[str, Query(alias="k", max_length=100)]


@router.get("/signin/forgotten")
@reads_openly
def forgotten_page(visit: Visit) -> Response:
    """The form for the account, or whom to ask where no letters are sent."""
    return _page(visit)


@router.post("/signin/forgotten")
@writes_openly
def ask(visit: Visit, key: Annotated[str, Form(max_length=254)] = "") -> Response:
    """Have a link sent; the answer is the same whether there is such an account or not."""
    settings = visit.premises.settings
    if settings.smtp_url is None:
        return _page(visit)
    try:
        forgotten.ask_reset(
            visit.db, key, address=visit.address, at=visit.at, secret=settings.session_secret
        )
    except Refusal as refusal:
        return _page(
            visit, status=status_of(refusal.code), wrong=describe(refusal, visit.lang), key=key
        )
    visit.tell(
        N_(
            "If this account exists and has a mail address, a letter with a link is on its way."
            " The link is good for one hour, once."
        )
    )
    return visit.go("/signin")


@router.get("/signin/new-password")
@reads_openly
def new_password_page(visit: Visit, token: Token = "") -> Response:
    """The form for a new password; looking at it uses nothing up."""
    try:
        account = forgotten.account_of(visit.db, token, at=visit.at)
    except Refusal as refusal:
        return _page(visit, status=status_of(refusal.code), wrong=describe(refusal, visit.lang))
    return visit.page("account/new_password.html.j2", token=token, account=account, wrong="")


@router.post("/signin/new-password")
@writes_openly
def set_new_password(
    visit: Visit,
    token: Annotated[str, Form(alias="k", max_length=100)] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Set a new password by a link; every session of the account ends."""
    wrong, status = "", 422
    try:
        account = forgotten.account_of(visit.db, token, at=visit.at)
    except Refusal as refusal:
        return _page(visit, status=status_of(refusal.code), wrong=describe(refusal, visit.lang))
    if password != again:
        wrong = visit.say(N_("The two new passwords differ."))
    else:
        try:
            forgotten.reset_by_link(visit.db, token, password=password, at=visit.at)
        except Refusal as refusal:
            wrong, status = describe(refusal, visit.lang), status_of(refusal.code)
    if wrong:
        return visit.page(
            "account/new_password.html.j2",
            status=status,
            token=token,
            account=account,
            wrong=wrong,
        )
    visit.tell(N_("The new password is set. Please sign in with it."))
    return visit.go("/signin")


def _page(visit: Visit, *, status: int = 200, wrong: str = "", key: str = "") -> Response:
    settings = visit.premises.settings
    return visit.page(
        "account/forgotten.html.j2",
        status=status,
        wrong=wrong,
        key=key,
        sends=settings.smtp_url is not None,
        contact=settings.contact,
    )
