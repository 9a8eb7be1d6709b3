"""One call of a program: whose token it brings, on which database, at which instant.

``reads`` and ``writes`` turn a function into an endpoint as ``web.visit`` does for pages:
one thread, one transaction, committed before the answer. A call is told by its token and
by nothing else; cookies are not looked at, so no other site can send one for anybody.
A write that names itself by ``Idempotency-Key`` is done once, however often it is sent.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, get_type_hints

from fastapi import Header, Request
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from web.beforehand import READY, done
from workflow import tokens
from workflow.access import ensure_may
from workflow.domain.errors import Refusal
from workflow.domain.roles import EVERYWHERE
from workflow.files import FileStore
from workflow.i18n import LANGUAGES
from workflow.journal import Act
from workflow.secrets_kept import decrypt, encrypt
from workflow.store.engine import reading
from workflow.tokens import Answer, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from web.visit import Premises
    from workflow.domain.roles import Deed, Grant, Place
    from workflow.tokens import Bearer

F = TypeVar("F", bound="Callable[..., BaseModel | Response]")
_LONGEST_KEY: Final = 255
_JSON: Final = "application/json"
_BLOCK: Final = 1 << 20
_IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=_LONGEST_KEY,
        description="A name of your choice for this request, new for each thing to be done. Sent"
        " again with it within 24 hours, the request does nothing and is answered as it was.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that is being served; ``db`` is its one transaction."""

    request: Request
    premises: Premises
    db: Connection
    at: datetime
    bearer: Bearer
    lang: str

    @property
    def by(self) -> str:
        """The key of the person as whom the token acts."""
        return self.bearer.key

    @property
    def grants(self) -> tuple[Grant, ...]:
        """What that person was granted."""
        return self.bearer.grants

    @property
    def files(self) -> FileStore:
        """The folder of evidence files."""
        return FileStore(root=self.premises.settings.evidence_dir)

    def act(self, *, reason: str | None = None, on_behalf: str | None = None) -> Act:
        """An act of that person, now."""
        return Act(by=self.by, at=self.at, reason=reason or None, on_behalf=on_behalf)

    def ensure_may(self, deed: Deed, *, place: Place = EVERYWHERE) -> None:
        """Refuse a deed that is not this person's. Raises ``Refusal("access.denied")``."""
        ensure_may(self.db, deed, act=self.act(), place=place)


def reads(function: F) -> Callable[..., Response]:
    """Serve what only looks, to any token of a program: its transaction cannot write."""
    return _endpoint(function, is_writing=False)


def writes(function: F) -> Callable[..., Response]:
    """Serve what changes something: one transaction, committed when it ends well."""
    return _endpoint(function, is_writing=True)


def writes_after(
    prepare: Callable[..., Callable[[], object] | None],
) -> Callable[[F], Callable[..., Response]]:
    """Serve what changes something, after what takes long was done outside any transaction.

    As ``web.visit.writes_after`` does for pages.
    """

    def decorated(function: F) -> Callable[..., Response]:
        return _endpoint(function, is_writing=True, prepare=prepare)

    return decorated


def bearer_of(request: Request, db: Connection, *, at: datetime, scopes: set[Scope]) -> Bearer:
    """Whose token a request brings.

    Raises ``Refusal``: ``token.missing``, ``token.not_valid``, ``token.narrow`` where its
    scope is none of ``scopes``.
    """
    found = tokens.bearer_of(db, token_brought(request), at=at)
    if found is None:
        raise Refusal("token.not_valid")
    request.state.by = found.key
    if found.scope not in scopes:
        raise Refusal("token.narrow", scope=found.scope.value)
    return found


def token_brought(request: Request) -> str:
    """The token in the header. Raises ``Refusal("token.missing")``."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal("token.missing")
    return token.strip()


def spoken(request: Request, default: str) -> str:
    """The first language of the request that this product speaks, or the default."""
    for said in request.headers.get("accept-language", "").split(","):
        name = said.partition(";")[0].strip().lower().partition("-")[0]
        if name in LANGUAGES:
            return name
    return default


def note_use(premises: Premises, bearer: Bearer, *, at: datetime) -> None:
    """Note that a token is in use, where that was not done a moment ago."""
    if bearer.is_to_be_noted:
        with premises.engine.begin() as db:
            tokens.note_use(db, bearer, at=at)


def _endpoint(
    function: F,
    *,
    is_writing: bool,
    prepare: Callable[..., Callable[[], object] | None] | None = None,
) -> Callable[..., Response]:
    scopes = {Scope.WRITE} if is_writing else {Scope.READ, Scope.WRITE}

    def endpoint(request: Request, idempotency_key: str | None = None, **given: Any) -> Response:
        premises: Premises = request.app.state.premises
        engine, at = premises.engine, premises.clock.now()
        beforehand: dict[str, object] = {}
        if prepare is not None:
            with reading(engine).connect() as db:
                call = _call(request, db, at=at, scopes=scopes)
                work = prepare(call, **given)
            beforehand[READY] = done(work)
        with engine.begin() if is_writing else reading(engine).connect() as db:
            call = _call(request, db, at=at, scopes=scopes, is_counted=prepare is None)
            if idempotency_key:
                response = _once(call, function, given, beforehand, key=idempotency_key)
            else:
                response = _done(call, function, {**given, **beforehand})
        note_use(premises, call.bearer, at=at)
        return response

    hints = get_type_hints(function, include_extras=True)
    asked = [
        one.replace(annotation=hints[one.name], kind=Parameter.KEYWORD_ONLY)
        for one in signature(function).parameters.values()
        if one.name not in {"call", READY}
    ]
    asked.append(Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request))
    if is_writing:
        asked.append(
            Parameter(
                "idempotency_key",
                Parameter.KEYWORD_ONLY,
                annotation=_IdempotencyKey,
                default=None,
            )
        )
    endpoint.__name__ = function.__name__
    endpoint.__doc__ = function.__doc__
    # The signature is what FastAPI reads, the others what the access tests read.
    vars(endpoint).update(
        __signature__=Signature(asked, return_annotation=hints["return"]),
        is_open=False,
        is_writing=is_writing,
    )
    return endpoint


def _call(
    request: Request, db: Connection, *, at: datetime, scopes: set[Scope], is_counted: bool = True
) -> Call:
    """The call of whoever brings a token, within what it may send."""
    bearer = bearer_of(request, db, at=at, scopes=scopes)
    wait_s = request.app.state.ration.take(bearer.token_id) if is_counted else 0
    if wait_s:
        raise Refusal("token.too_many", seconds=math.ceil(wait_s))
    lang = request.state.lang = spoken(request, bearer.lang)
    premises: Premises = request.app.state.premises
    return Call(request=request, premises=premises, db=db, at=at, bearer=bearer, lang=lang)


def _done(call: Call, function: F, given: Mapping[str, Any]) -> Response:
    """Do what is asked; the answer is written while the database is open."""
    answer = function(call, **given)
    if isinstance(answer, Response):
        return answer
    return Response(answer.model_dump_json(), status_code=_status(call), media_type=_JSON)


def _once(
    call: Call,
    function: F,
    given: Mapping[str, Any],
    beforehand: Mapping[str, object],
    *,
    key: str,
) -> Response:
    """Do what is asked unless a request of this name was answered already."""
    digest = _digest(call.request, given)
    secret = call.premises.settings.session_secret
    place = f"answer:{call.bearer.token_id}:{key}"
    kept = tokens.answered_before(call.db, call.bearer, key, digest=digest, at=call.at)
    if kept is not None:
        return Response(
            decrypt(kept.body, key=secret, place=place),
            status_code=kept.status,
            media_type=_JSON,
            headers={"Idempotency-Replayed": "true"},
        )
    response = _done(call, function, {**given, **beforehand})
    # An answer may hold a secret that is told once: whoever reads the table learns nothing.
    body = encrypt(bytes(response.body).decode(), key=secret, place=place)
    answer = Answer(status=response.status_code, body=body)
    tokens.keep_answer(call.db, call.bearer, key, answer=answer)
    return response


def _status(call: Call) -> int:
    """The status that the route was declared with."""
    return int(getattr(call.request.scope.get("route"), "status_code", None) or 200)


def _digest(request: Request, given: Mapping[str, Any]) -> str:
    """What a request asks for, in one hash: its address and everything that it gives."""
    said = [request.method, request.url.path, {name: _plain(one) for name, one in given.items()}]
    return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, UploadFile):
        value.file.seek(0)
        digest = hashlib.sha256()
        while block := value.file.read(_BLOCK):
            digest.update(block)
        value.file.seek(0)
        return [value.filename, digest.hexdigest()]
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value
