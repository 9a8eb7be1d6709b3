"""The second factor of one's own account: set up, its recovery codes, switched off."""

from __future__ import annotations

from io import BytesIO
from typing import Annotated, Final

import segno
from fastapi import APIRouter, Form
from fastapi.responses import Response

from web.refusing import status_of
from web.visit import Visit, reads, writes
from workflow import second_factor, sessions
from workflow.domain.errors import Refusal
from workflow.i18n import N_
from workflow.labels import describe

router: Final = APIRouter(include_in_schema=False)
_PLACE: Final = "/account/second-factor"
#: A secret is read and typed in groups of so many letters.
_GROUP: Final = 4
Password = Annotated[str, Form(max_length=2048)]
Code = Annotated[str, Form(max_length=100)]


@router.get("/account/second-factor")
@reads
def factor_page(visit: Visit) -> Response:
    """How far one's second factor is, and what can be done next."""
    return _page(visit)


@router.get("/account/second-factor/picture")
@reads
def picture(visit: Visit) -> Response:
    """The QR picture of a set-up that waits for its first code."""
    offer = second_factor.offered(visit.db, act=visit.act(), key=_key(visit))
    drawn = BytesIO()
    # Black on white in every mode: that is what telephones read.
    segno.make(offer.address, error="m", micro=False).save(
        drawn, kind="svg", scale=6, border=4, dark="#000", light="#fff"
    )
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@router.post("/account/second-factor/begin")
@writes
def begin(visit: Visit, password: Password = "") -> Response:
    """Draw a secret, and show it until its first code is given."""
    refused = _refused_owner(visit, password, "begin")
    if refused is not None:
        return refused
    second_factor.begin(visit.db, act=visit.act(), key=_key(visit))
    return visit.go(_PLACE)


@router.post("/account/second-factor/confirm")
@writes
def confirm(visit: Visit, code: Code = "") -> Response:
    """Switch it on by its first code; the recovery codes are shown this once."""
    try:
        drawn = second_factor.confirm(visit.db, code=code, act=visit.act(), key=_key(visit))
    except Refusal as refusal:
        return _wrong(visit, refusal, "confirm")
    return visit.page("account/recovery_codes.html.j2", drawn=drawn, is_first=True)


@router.post("/account/second-factor/codes")
@writes
def draw_anew(visit: Visit, password: Password = "", code: Code = "") -> Response:
    """Give new recovery codes in place of the old ones."""
    refused = _refused_owner(visit, password, "codes")
    if refused is not None:
        return refused
    try:
        drawn = second_factor.draw_anew(visit.db, code=code, act=visit.act(), key=_key(visit))
    except Refusal as refusal:
        return _wrong(visit, refusal, "codes", is_counted=True)
    return visit.page("account/recovery_codes.html.j2", drawn=drawn, is_first=False)


@router.post("/account/second-factor/off")
@writes
def switch_off(visit: Visit, password: Password = "", code: Code = "") -> Response:
    """Ask for the password alone from now on; every other session ends."""
    refused = _refused_owner(visit, password, "off")
    if refused is not None:
        return refused
    try:
        second_factor.switch_off(
            visit.db,
            code=code,
            act=visit.act(),
            key=_key(visit),
            is_required=visit.must_have_second_factor,
        )
    except Refusal as refusal:
        return _wrong(visit, refusal, "off", is_counted=True)
    sessions.end_other_sessions(visit.db, keep=visit.person.session_id, act=visit.act())
    visit.tell(N_("Two-step sign-in is switched off."))
    return visit.go("/account")


def _refused_owner(visit: Visit, password: str, form: str) -> Response | None:
    """The page again where the password is not right: an open session is not enough here."""
    try:
        is_owner = sessions.is_owner(
            visit.db, password=password, act=visit.act(), address=visit.address
        )
    except Refusal as refusal:
        return _wrong(visit, refusal, form)
    if is_owner:
        return None
    visit.is_kept = True
    return _page(visit, status=422, form=form, wrong=visit.say(N_("The password is not right.")))


def _wrong(visit: Visit, refusal: Refusal, form: str, *, is_counted: bool = False) -> Response:
    if is_counted and refusal.code == "factor.wrong_code":
        sessions.note_wrong_code(visit.db, act=visit.act(), address=visit.address)
        visit.is_kept = True
    text = describe(refusal, visit.lang)
    return _page(visit, status=status_of(refusal.code), form=form, wrong=text)


def _page(visit: Visit, *, status: int = 200, form: str = "", wrong: str = "") -> Response:
    standing = second_factor.standing(visit.db, visit.by)
    secret = ""
    if standing.is_begun:
        try:
            offer = second_factor.offered(visit.db, act=visit.act(), key=_key(visit))
            secret = offer.secret
        except Refusal as refusal:
            # The installation's key is another one by now: only a new secret helps.
            status, form = status_of(refusal.code), "begin"
            wrong = describe(refusal, visit.lang)
    return visit.page(
        "account/second_factor.html.j2",
        status=status,
        standing=standing,
        offer=" ".join(secret[i : i + _GROUP] for i in range(0, len(secret), _GROUP)),
        form=form,
        wrong=wrong,
    )


def _key(visit: Visit) -> bytes:
    return visit.premises.settings.session_secret
