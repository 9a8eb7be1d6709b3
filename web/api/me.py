"""Who a token acts as, and what it is good for."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fastapi import APIRouter

from web.api.calling import Call, reads
from web.api.shapes import Shape
from workflow.domain.roles import Role
from workflow.tokens import Scope

router: Final = APIRouter(tags=["me"])


class Granted(Shape):
    """A role within a scope; each null means everywhere, a unit means what is below it."""

    role: Role
    agreement: str | None
    party: str | None
    unit: str | None


class Me(Shape):
    """The person as whom a token acts."""

    key: str
    name: str
    lang: str
    scope: Scope
    expires_at: datetime | None
    grants: list[Granted]
    now: datetime


@router.get("/me")
@reads
def me(call: Call) -> Me:
    """Who this token acts as, and what it is good for."""
    bearer = call.bearer
    return Me(
        key=bearer.key,
        name=bearer.name,
        lang=bearer.lang,
        scope=bearer.scope,
        expires_at=bearer.expires_at,
        grants=[Granted.model_validate(one) for one in bearer.grants],
        now=call.at,
    )
