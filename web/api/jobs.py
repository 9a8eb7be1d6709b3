"""The jobs for programs: what waits, what was parked, and that it is tried again."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel, Field

from web.api.calling import Call, reads, writes
from web.api.shapes import Shape
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.retrying import retry_parked
from workflow.store import offers
from workflow.store.heartbeats import heartbeats, served_ticks

router: Final = APIRouter(tags=["jobs"])
_MOST: Final = 1_000


class Waiting(Shape):
    """How much work of a kind stands where."""

    kind: str
    due: int
    leased: int = Field(description="Being done.")
    later: int
    parked: int
    oldest_due_at: datetime | None


class Parked(Shape):
    """Work that failed too often and is left alone until somebody has it tried again."""

    id: int
    kind: str
    subject_id: int
    attempts: int
    parked_at: datetime
    last_error: str | None


class Part(Shape):
    """A part of the installation and its last sign of life."""

    name: str
    age_s: float
    detail: str


class Jobs(BaseModel):
    """How the jobs stand; of parked work the latest thousand."""

    waiting: list[Waiting]
    parked: list[Parked]
    parts: list[Part]
    served: dict[str, datetime] = Field(description="Of each scheduled job, the last instant.")


class Retrying(BaseModel):
    """Which parked work is tried again."""

    ids: list[int] = Field(
        default=[], max_length=_MOST, description="Numbers of parked work; none means all of it."
    )


class Retried(BaseModel):
    """What waits again."""

    ids: list[int]


@router.get("/jobs")
@reads
def shown(call: Call) -> Jobs:
    """How the jobs stand."""
    call.ensure_may(Deed.RUN_JOBS)
    return Jobs(
        waiting=[Waiting.model_validate(one) for one in offers.waiting(call.db, now=call.at)],
        parked=[Parked.model_validate(one) for one in offers.parked(call.db, at_most=_MOST)],
        parts=[Part.model_validate(one) for one in heartbeats(call.db)],
        served=served_ticks(call.db),
    )


@router.post("/jobs/retry")
@writes
def retry(call: Call, said: Retrying | None = None) -> Retried:
    """Let parked work wait again as if it had never been tried."""
    call.ensure_may(Deed.RUN_JOBS)
    known = [one.id for one in offers.parked(call.db)]
    asked = [] if said is None else said.ids
    unknown = sorted(set(asked) - set(known))
    if unknown:
        raise Refusal("work.not_parked", numbers=unknown)
    return Retried(ids=retry_parked(call.db, asked or known, act=call.act()))
