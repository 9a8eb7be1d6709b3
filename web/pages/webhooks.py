"""Webhooks: other systems that are told what was done, registered, tried, renewed and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from web.api.shapes import Number, Small
from web.cursors import address as address_with
from web.typed import Texts
from web.visit import Visit, reads, writes
from web.webhook_words import EVENTS, FAULTS
from workflow import webhooks
from workflow.domain import roles
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed, Place
from workflow.domain.webhooks import OFFERED, TRIES
from workflow.i18n import N_
from workflow.labels import describe
from workflow.store.agreements import agreements_listed
from workflow.store.webhooks import messages_counted, messages_listed

if TYPE_CHECKING:
    from sqlalchemy import Row

router: Final = APIRouter(include_in_schema=False)
_SHOWN: Final = 50
_EVERYTHING: Final = ""
_BLANK: Final = {"name": "", "address": "", "agreement": _EVERYTHING, "events": list(OFFERED)}
_GRACES: Final = (0, 1, 24, 72, 168)


@router.get("/webhooks")
@reads
def webhooks_page(visit: Visit) -> Response:
    """The webhooks, and the form for another."""
    return _page(visit)


@router.post("/webhooks")
@writes
def register(
    visit: Visit,
    *,
    name: Annotated[str, Form()] = "",
    address: Annotated[str, Form()] = "",
    agreement: Annotated[str, Form()] = _EVERYTHING,
    event: Texts,
) -> Response:
    """Register a webhook and show its secret, this once: it travels in this page only."""
    settings = visit.premises.settings
    try:
        number, secret = webhooks.register_webhook(
            visit.db,
            name=name,
            address=address.strip(),
            events=event,
            agreement=agreement or None,
            act=visit.act(),
            key=settings.session_secret,
            allowed=settings.outgoing,
        )
    except Refusal as refusal:
        if refusal.code == "access.denied":
            raise
        typed = {"name": name, "address": address, "agreement": agreement, "events": event}
        return _page(visit, status=422, wrong=describe(refusal, visit.lang), typed=typed)
    return _one_page(visit, number, made=secret)


@router.get("/webhooks/{webhook_id}")
@reads
def webhook_page(visit: Visit, webhook_id: Small, before: int = 0) -> Response:
    """One webhook with its latest messages."""
    return _one_page(visit, webhook_id, before=before)


@router.post("/webhooks/{webhook_id}/secret")
@writes
def renew_secret(
    visit: Visit, webhook_id: Small, grace_hours: Annotated[str, Form()] = ""
) -> Response:
    """Give a new secret and show it, this once."""
    hours = next((one for one in _GRACES if str(one) == grace_hours), webhooks.GRACE_HOURS)
    secret = webhooks.rotate_secret(
        visit.db,
        webhook_id,
        act=visit.act(),
        key=visit.premises.settings.session_secret,
        grace_hours=hours,
    )
    return _one_page(visit, webhook_id, made=secret)


@router.post("/webhooks/{webhook_id}/pause")
@writes
def pause(visit: Visit, webhook_id: Small) -> Response:
    """Tell it nothing more for now."""
    webhooks.pause_webhook(visit.db, webhook_id, act=visit.act())
    visit.tell(N_("The webhook is paused; what happens meanwhile is kept for it."))
    return visit.go(f"/webhooks/{webhook_id}")


@router.post("/webhooks/{webhook_id}/resume")
@writes
def resume(visit: Visit, webhook_id: Small, leaves_out: Annotated[str, Form()] = "") -> Response:
    """Tell it again."""
    webhooks.resume_webhook(visit.db, webhook_id, act=visit.act(), leaves_out=bool(leaves_out))
    visit.tell(N_("The webhook is told again from now on."))
    return visit.go(f"/webhooks/{webhook_id}")


@router.post("/webhooks/{webhook_id}/test")
@writes
def test(visit: Visit, webhook_id: Small) -> Response:
    """Send a message that tells of nothing."""
    webhooks.send_test(visit.db, webhook_id, act=visit.act())
    visit.tell(N_("A test is on its way; look below in a moment what became of it."))
    return visit.go(f"/webhooks/{webhook_id}")


@router.post("/webhooks/{webhook_id}/end")
@writes
def end(visit: Visit, webhook_id: Small) -> Response:
    """End it for good."""
    webhooks.end_webhook(visit.db, webhook_id, act=visit.act())
    visit.tell(N_("The webhook is ended; its secret is forgotten."))
    return visit.go("/webhooks")


@router.post("/webhooks/{webhook_id}/messages/{message_id}/redeliver")
@writes
def redeliver(visit: Visit, webhook_id: Small, message_id: Number) -> Response:
    """Send a message once more."""
    webhooks.redeliver(visit.db, webhook_id, message_id, act=visit.act())
    visit.tell(N_("The message is sent again under the same number."))
    return visit.go(f"/webhooks/{webhook_id}")


def _page(visit: Visit, *, status: int = 200, **facts: Any) -> Response:
    _ensure_somewhere(visit)
    shown = {"wrong": "", "typed": _BLANK, **facts}
    return visit.page(
        "admin/webhooks.html.j2",
        status=status,
        hooks=webhooks.manageable(visit.db, act=visit.act()),
        counts=messages_counted(visit.db),
        agreements=_agreements(visit),
        everywhere=visit.may(Deed.DEFINE),
        events={one.value: EVENTS[one.value] for one in OFFERED},
        names=EVENTS,
        **shown,
    )


def _one_page(visit: Visit, number: int, *, made: str = "", before: int = 0) -> Response:
    hook = webhooks.webhook_managed(visit.db, number, act=visit.act())
    rows = messages_listed(visit.db, number, before=before or None, at_most=_SHOWN + 1)
    more = ""
    if len(rows) > _SHOWN:
        more = address_with(f"/webhooks/{number}", {"before": rows[_SHOWN - 1].id})
    return visit.page(
        "admin/webhook.html.j2",
        hook=hook,
        is_resting=hook.rests_until is not None and hook.rests_until > visit.at,
        has_old_secret=hook.old_until is not None and hook.old_until > visit.at,
        made=made,
        messages=rows[:_SHOWN],
        more=more,
        names=EVENTS,
        faults=FAULTS,
        graces=_GRACES,
        usual_grace=webhooks.GRACE_HOURS,
        tries=TRIES,
    )


def _ensure_somewhere(visit: Visit) -> None:
    """Refuse whoever may keep a webhook neither of everything nor of any agreement."""
    if not _agreements(visit):
        visit.ensure_may(Deed.DEFINE)


def _agreements(visit: Visit) -> list[Row[Any]]:
    return [
        row
        for row in agreements_listed(visit.db)
        if roles.may(visit.grants, Deed.DEFINE, place=Place(agreement=row.code))
    ]
