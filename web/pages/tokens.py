"""Tokens of programs and the calendar of one's own due days: made, listed and revoked."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from web.api.shapes import Small
from web.visit import Visit, reads, writes
from workflow.domain.errors import Refusal
from workflow.i18n import N_
from workflow.labels import describe
from workflow.tokens import Scope, is_live, make_token, own_tokens, revoke_token

router: Final = APIRouter(include_in_schema=False)
_DAYS: Final = (30, 90, 180, 366)
_BLANK: Final = {"name": "", "scope": Scope.READ.value, "days": "90"}
#: What each kind is for, as the form offers it.
_KINDS: Final = {
    Scope.READ: N_("A program that only reads"),
    Scope.WRITE: N_("A program that also writes: it acts as you, with your roles"),
    Scope.CALENDAR: N_("A calendar that follows my due days"),
}


@router.get("/account/tokens")
@reads
def tokens_page(visit: Visit) -> Response:
    """One's own tokens, and the form for another."""
    return _page(visit)


@router.post("/account/tokens")
@writes
def make(
    visit: Visit,
    name: Annotated[str, Form()] = "",
    scope: Annotated[str, Form()] = Scope.READ.value,
    days: Annotated[str, Form()] = "",
) -> Response:
    """Make a token and show it, this once: it travels in this page and nowhere else."""
    typed = {"name": name, "scope": scope, "days": days}
    kind = next((one for one in Scope if one == scope), Scope.READ)
    try:
        token = make_token(visit.db, name=name, scope=kind, act=visit.act(), days=_days(days))
    except Refusal as refusal:
        return _page(visit, status=422, wrong=describe(refusal, visit.lang), typed=typed)
    shown = token
    if kind is Scope.CALENDAR:
        shown = f"{visit.premises.settings.base_url.rstrip('/')}/calendar/{token}.ics"
    return _page(visit, made=shown, is_calendar=kind is Scope.CALENDAR)


@router.post("/account/tokens/{token_id}/revoke")
@writes
def revoke(visit: Visit, token_id: Small) -> Response:
    """End one of one's own tokens."""
    revoke_token(visit.db, token_id, act=visit.act())
    visit.tell(N_("The token is revoked; whatever used it is turned away from now on."))
    return visit.go("/account/tokens")


def _page(visit: Visit, *, status: int = 200, **facts: Any) -> Response:
    rows = own_tokens(visit.db, act=visit.act())
    shown: dict[str, Any] = {
        "made": "",
        "is_calendar": False,
        "wrong": "",
        "typed": _BLANK,
        **facts,
    }
    return visit.page(
        "account/tokens.html.j2",
        status=status,
        live=[one for one in rows if is_live(one, at=visit.at)],
        kinds={one.value: text for one, text in _KINDS.items()},
        days=_DAYS,
        **shown,
    )


def _days(text: str) -> int | None:
    return next((days for days in _DAYS if str(days) == text), None)
