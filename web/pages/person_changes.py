"""One account changed: name and mail, its roles handed to a successor, its second factor reset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from web.pages.people import person_view, slips
from web.refusing import status_of
from web.visit import Visit, reads, writes
from workflow import accounts, second_factor
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.handing_over import hand_over
from workflow.i18n import LANGUAGES, N_
from workflow.labels import describe
from workflow.store import people, staff

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Row

router: Final = APIRouter(include_in_schema=False)
Line = Annotated[str, Form(max_length=300)]


@router.post("/people/{key}/change")
@writes
def change(
    visit: Visit, key: str, *, name: Line = "", mail: Line = "", lang: Line = "vi"
) -> Response:
    """Say how an account is called, where its letters go, and in which language."""
    visit.ensure_may(Deed.MANAGE_PEOPLE)
    spoken = lang if lang in LANGUAGES else "vi"
    try:
        accounts.change_account(visit.db, key, name=name, mail=mail, lang=spoken, act=visit.act())
    except Refusal as refusal:
        if refusal.code == "account.unknown":
            raise
        typed = {"name": name, "mail": mail, "lang": spoken}
        return person_view(visit, key, wrong=describe(refusal, visit.lang), typed=typed)
    visit.tell(N_("The account is changed."))
    return visit.go(f"/people/{key}")


@router.post("/people/{key}/second-factor/reset")
@writes
def reset_factor(visit: Visit, key: str) -> Response:
    """Take the second factor from whoever has lost it."""
    second_factor.reset(visit.db, key, act=visit.act())
    visit.tell(N_("Two-step sign-in of this account is off; the password alone opens it now."))
    return visit.go(f"/people/{key}")


@router.get("/people/{key}/handover")
@reads
def handover_page(visit: Visit, key: str) -> Response:
    """The form for a successor: an account that is there, or a new one."""
    visit.ensure_may(Deed.MANAGE_PEOPLE)
    return _page(visit, _known(visit, key))


@router.post("/people/{key}/handover")
@writes
def pass_on(
    visit: Visit,
    key: str,
    *,
    to: Line = "",
    new_key: Line = "",
    name: Line = "",
    mail: Line = "",
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Pass every role to the successor, disable this account, end whatever it had open."""
    visit.ensure_may(Deed.MANAGE_PEOPLE)
    old, act = _known(visit, key), visit.act(reason=reason.strip())
    is_new = not to.strip()
    successor = (new_key if is_new else to).strip().lower()
    try:
        with visit.db.begin_nested():
            if is_new:
                accounts.add_user(
                    visit.db, successor, name=name, mail=mail or None, lang=old.lang, act=act
                )
            done = hand_over(visit.db, key, to=successor, act=act)
    except Refusal as refusal:
        typed = {"to": to, "new_key": new_key, "name": name, "mail": mail, "reason": reason}
        wrong, status = describe(refusal, visit.lang), status_of(refusal.code)
        return _page(visit, old, typed=typed, wrong=wrong, status=max(status, 422))
    if is_new:
        password = accounts.reset_password(visit.db, successor, act=act)
        return slips(visit, [(successor, name.strip(), "", password)], back=f"/people/{successor}")
    visit.tell(
        N_(
            "Handed over: {grants:number} roles. Ended: {sessions:number} sessions,"
            " {tokens:number} tokens. “{key}” is disabled."
        ),
        grants=done.grants,
        sessions=done.sessions,
        tokens=done.tokens,
        key=key,
    )
    return visit.go(f"/people/{successor}")


def _known(visit: Visit, key: str) -> Row[Any]:
    found = people.person_by_key(visit.db, key)
    if found is None:
        raise Refusal("account.unknown", key=key)
    return found


def _page(
    visit: Visit,
    old: Row[Any],
    *,
    typed: dict[str, str] | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    from web.pages.people import held_by

    proposed = accounts.free_key(old.key, staff.keys_taken(visit.db))
    blank = {"to": "", "new_key": proposed, "name": "", "mail": "", "reason": ""}
    return visit.page(
        "admin/handover.html.j2",
        status=status,
        one=old,
        held=held_by(visit, old.id),
        typed=typed or blank,
        wrong=wrong,
    )
