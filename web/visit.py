"""One request of a person: who it is, on which database, at which instant.

``reads`` and ``writes`` turn a page's function into an endpoint. The function gets an
open ``Visit`` and whatever else it asks for of the address and the form. Connection,
sign-in, the form's token, the page itself and the commit all happen in the one thread
that serves the request, and the commit before anything is answered. Refuses to know
what any page does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, get_type_hints
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from web.beforehand import READY, Ready, done
from web.cookies import keep_said, session_token
from web.form_tokens import form_token, is_form_token
from web.refusing import note
from web.rendering import rendered
from workflow import sessions
from workflow.access import ensure_may, may
from workflow.domain import roles
from workflow.domain.errors import Refusal
from workflow.domain.roles import EVERYWHERE, Place
from workflow.files import FileStore
from workflow.i18n import LANGUAGES, translator
from workflow.journal import Act
from workflow.store.engine import reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from sqlalchemy import Connection, Engine, Row

    from workflow.domain.clock import Clock
    from workflow.domain.lifecycle import Action
    from workflow.domain.roles import Deed, Grant, Role
    from workflow.i18n import Translator
    from workflow.sessions import SignedIn
    from workflow.settings import Settings

P = TypeVar("P", bound="Callable[..., Response]")
#: Where whoever signs in with a password that was given to them is kept until it is changed.
_UNTIL_CHANGED: Final = "/account/password"
#: Where whoever must have a second factor is kept until there is one.
_UNTIL_SECURED: Final = "/account/second-factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """What every request of one running web shares."""

    settings: Settings
    engine: Engine
    clock: Clock
    is_simulated: bool = False


@dataclass(slots=True, kw_only=True)
class Visit:
    """A request that is being served.

    ``who`` is None only on pages that are open to everybody. ``db`` is one
    transaction: read-only in ``reads``, committed once after the page in ``writes``, and
    given up where the page answers with an error, so that a form that is shown again has
    left nothing behind.
    """

    request: Request
    premises: Premises
    db: Connection
    at: datetime
    who: SignedIn | None
    lang: str
    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    # What is written although the answer is a refusal: a failed attempt to sign in.
    is_kept: bool = False
    # A refusal that the page says by itself: the journal is told of it all the same.
    refused: Refusal | None = None

    @property
    def person(self) -> SignedIn:
        """Who is signed in. Raises ``Refusal("access.signed_out")`` where nobody is."""
        if self.who is None:
            raise Refusal("access.signed_out")
        return self.who

    @property
    def by(self) -> str:
        """The key of whoever is signed in."""
        return self.person.key

    @property
    def grants(self) -> tuple[Grant, ...]:
        """What whoever is signed in was granted; nothing where nobody is."""
        return self.who.grants if self.who else ()

    @property
    def say(self) -> Translator:
        """The words of this visit's language, telling instants in the installation's zone."""
        return translator(self.lang).in_zone(self.premises.settings.timezone)

    @property
    def today(self) -> date:
        """The day of the visit in the installation's zone."""
        return self.at.astimezone(ZoneInfo(self.premises.settings.timezone)).date()

    @property
    def files(self) -> FileStore:
        """The folder of evidence files."""
        return FileStore(root=self.premises.settings.evidence_dir)

    def act(self, *, reason: str | None = None, on_behalf: str | None = None) -> Act:
        """An act of whoever is signed in, now."""
        return Act(by=self.by, at=self.at, reason=reason or None, on_behalf=on_behalf)

    def is_any(self, *of: Role) -> bool:
        """Whether whoever is signed in holds one of these roles anywhere."""
        return any(grant.role in of for grant in self.grants)

    @property
    def must_have_second_factor(self) -> bool:
        """Whether this installation asks whoever is signed in for a second factor."""
        asked = self.premises.settings.second_factor
        is_administrator = self.is_any(roles.Role.ADMINISTRATOR)
        return asked == "everybody" or (asked == "administrators" and is_administrator)

    @property
    def address(self) -> str:
        """The network address that the request came from."""
        return self.request.client.host if self.request.client else ""

    def may(self, deed: Deed, *, place: Place = EVERYWHERE) -> bool:
        """Whether the grants give a deed at a place."""
        return roles.may(self.grants, deed, place=place)

    def may_somewhere(self, deed: Deed) -> bool:
        """Whether the grants give a deed at some place at least: what a menu shows."""
        return bool(roles.conferring(self.grants, deed))

    def may_do(self, action: Action | Deed, task_row: Row[Any]) -> bool:
        """Whether the grants give an action of the table, or a deed, at a task."""
        return may(self.db, self.by, action, task_row=task_row, at=self.at)

    def ensure_may(self, deed: Deed, *, place: Place = EVERYWHERE) -> None:
        """Refuse a deed that is not this person's. Raises ``Refusal("access.denied")``."""
        ensure_may(self.db, deed, act=self.act(), place=place)

    @property
    def form_token(self) -> str:
        """What a form of this session carries, so that no other site can send it."""
        token = session_token(self.request, self.premises.settings)
        return form_token(self.premises.settings, token)

    def tell(self, text: str, **facts: Any) -> None:
        """Have a marked text said on the next page that is shown."""
        self.said.append((text, facts))

    def go(self, address: str) -> Response:
        """Send the browser to a page of this site after something was done."""
        response = RedirectResponse(address, status_code=303)
        keep_said(response, self.said, self.premises.settings)
        return response

    def page(self, template: str, /, *, status: int = 200, **facts: Any) -> Response:
        """A page in words, made now, while the database is open."""
        return rendered(self, template, status=status, **facts)


def reads(page: P) -> Callable[..., Response]:
    """Serve a page that only looks, to whoever is signed in: its transaction cannot write."""
    return _endpoint(page, is_open=False, is_writing=False)


def writes(page: P) -> Callable[..., Response]:
    """Serve what a form asks for: one transaction, committed when the page ends well."""
    return _endpoint(page, is_open=False, is_writing=True)


def writes_after(
    prepare: Callable[..., Callable[[], object] | None],
) -> Callable[[P], Callable[..., Response]]:
    """Serve what a form asks for, after what takes long was done outside any transaction.

    ``prepare`` is given a visit that only reads and what the page is given, and gives the
    work or None; the page gets as ``ready`` what came of it.
    """

    def decorated(page: P) -> Callable[..., Response]:
        return _endpoint(page, is_open=False, is_writing=True, prepare=prepare)

    return decorated


def reads_openly(page: P) -> Callable[..., Response]:
    """Serve a page that only looks, to everybody."""
    return _endpoint(page, is_open=True, is_writing=False)


def writes_openly(page: P) -> Callable[..., Response]:
    """Serve what a form asks for that everybody may send."""
    return _endpoint(page, is_open=True, is_writing=True)


def _endpoint(
    page: P,
    *,
    is_open: bool,
    is_writing: bool,
    prepare: Callable[..., Callable[[], object] | None] | None = None,
) -> Callable[..., Response]:
    def endpoint(request: Request, form: str = "", **given: Any) -> Response:
        premises: Premises = request.app.state.premises
        if is_writing:
            session = session_token(request, premises.settings)
            if not is_form_token(form, premises.settings, session):
                raise Refusal("form.stale")
        engine = premises.engine
        if prepare is not None:
            given[READY] = _done_before(request, premises, partial(prepare, **given))
        with engine.begin() if is_writing else reading(engine).connect() as db:
            visit = _visit(request, premises, db)
            if not is_open:
                turned_away = _turned_away(visit)
                if turned_away is not None:
                    return turned_away
            response = page(visit, **given)
            if is_writing and response.status_code >= HTTPStatus.BAD_REQUEST and not visit.is_kept:
                db.rollback()
        if visit.refused is not None:
            note(request, visit.refused)
        _note_use(visit)
        return response

    hints = get_type_hints(page, include_extras=True)
    asked = [
        one.replace(annotation=hints[one.name], kind=Parameter.KEYWORD_ONLY)
        for one in signature(page).parameters.values()
        if one.name not in {"visit", READY}
    ]
    asked.append(Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request))
    if is_writing:
        token = Annotated[str, Form(alias="form_token")]
        asked.append(Parameter("form", Parameter.KEYWORD_ONLY, annotation=token, default=""))
    endpoint.__name__ = page.__name__
    endpoint.__doc__ = page.__doc__
    # The signature is what FastAPI reads, the two others what the access tests read.
    vars(endpoint).update(__signature__=Signature(asked), is_open=is_open, is_writing=is_writing)
    return endpoint


def _done_before(
    request: Request, premises: Premises, prepare: Callable[[Visit], Callable[[], object] | None]
) -> Ready[object]:
    """What came of the work for whoever may see the page; nobody else has any done."""
    with reading(premises.engine).connect() as db:
        visit = _visit(request, premises, db)
        work = prepare(visit) if _turned_away(visit) is None else None
    return done(work)


def _visit(request: Request, premises: Premises, db: Connection) -> Visit:
    at = premises.clock.now()
    token = session_token(request, premises.settings)
    who = sessions.signed_in(db, token, at=at) if token else None
    lang = request.cookies.get("lang") or (who.lang if who else premises.settings.lang)
    if lang not in LANGUAGES:
        lang = premises.settings.lang
    request.state.lang = lang
    request.state.is_signed_in = who is not None
    request.state.by = None if who is None else who.key
    return Visit(request=request, premises=premises, db=db, at=at, who=who, lang=lang)


def _turned_away(visit: Visit) -> Response | None:
    """Where a visitor is sent who may not see the page yet."""
    path = visit.request.url.path
    if visit.who is None:
        wanted = path if visit.request.method == "GET" else "/"
        return RedirectResponse(f"/signin?next={quote(wanted)}", status_code=303)
    if visit.who.must_change_password and path not in {_UNTIL_CHANGED, "/signout"}:
        return RedirectResponse(_UNTIL_CHANGED, status_code=303)
    is_kept_out = visit.must_have_second_factor and not visit.who.has_second_factor
    is_on_the_way = path in {_UNTIL_CHANGED, "/signout"} or path.startswith(_UNTIL_SECURED)
    if is_kept_out and not is_on_the_way:
        return RedirectResponse(_UNTIL_SECURED, status_code=303)
    return None


def _note_use(visit: Visit) -> None:
    if visit.who is not None and visit.who.is_to_be_noted:
        with visit.premises.engine.begin() as db:
            sessions.note_use(db, visit.who.session_id, at=visit.at)
