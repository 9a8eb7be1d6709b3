"""Every route of the API in one place, behind one scheme of tokens."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Request, Security
from fastapi.security import HTTPBearer

from web.api import (
    acts,
    agreements,
    calendar,
    decisions,
    definitions,
    instructions,
    jobs,
    journal,
    letterheads,
    letters,
    me,
    meetings,
    own,
    people,
    records,
    report_again,
    report_delivery,
    report_steps,
    report_words,
    reports,
    sheets,
    tasks,
    units,
    webhooks,
)
from web.api.calling import spoken, token_brought
from web.api.openapi import described

if TYPE_CHECKING:
    from fastapi import FastAPI

PREFIX: Final = "/api/v1"
#: Declared for readers of the description; the token itself is looked at in ``calling``.
_BEARER: Final = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token of your account page, “camket_…”, for reading or for writing too.",
)
_RESOURCES: Final = (
    me,
    own,
    agreements,
    definitions,
    sheets,
    units,
    tasks,
    decisions,
    acts,
    instructions,
    meetings,
    calendar,
    reports,
    report_steps,
    report_delivery,
    report_words,
    report_again,
    records,
    letters,
    letterheads,
    people,
    journal,
    jobs,
    webhooks,
)


def ensure_brought(request: Request, _token: Annotated[object, Security(_BEARER)]) -> None:
    """Refuse whoever brings no token before anything else that they sent is looked at."""
    request.state.lang = spoken(request, request.app.state.premises.settings.lang)
    token_brought(request)


def add_api(app: FastAPI) -> None:
    """Serve the API and its description."""
    router = APIRouter(prefix=PREFIX, dependencies=[Depends(ensure_brought)])
    for resource in _RESOURCES:
        router.include_router(resource.router)
    app.include_router(router)

    # Where FastAPI looks for its description, before it would write one of its own.
    vars(app)["openapi"] = partial(described, app)
