"""The jobs: what waits, what failed too often, and whether everything is alive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from fastapi.responses import Response

from web.journal_words import KINDS, TICKS
from web.typed import Numbers
from web.visit import Visit, reads, writes
from workflow.domain.errors import Refusal
from workflow.domain.roles import Deed
from workflow.i18n import N_
from workflow.retrying import retry_parked
from workflow.store.heartbeats import heartbeats, served_ticks
from workflow.store.offers import parked, waiting

if TYPE_CHECKING:
    from workflow.store.heartbeats import Heartbeat

router: Final = APIRouter(include_in_schema=False)
#: Who has said nothing for so long is taken for gone, as ``camket doctor`` does.
_SILENT_AFTER_S: Final = 60.0
_SHOWN: Final = 200
_PARTS: Final = {
    "worker": N_("workers that check and plan"),
    "relay": N_("relay that hands the work out"),
    "scheduler": N_("scheduler of the daily jobs"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the installation: how many are alive, and how long the last has been silent."""

    name: str
    alive: int
    silent_s: float | None


@router.get("/jobs")
@reads
def jobs_page(visit: Visit) -> Response:
    """How the jobs stand."""
    visit.ensure_may(Deed.RUN_JOBS)
    beats = heartbeats(visit.db)
    found = parked(visit.db, at_most=_SHOWN + 1)
    down = [
        one.detail
        for one in beats
        if one.name == "broker" and one.detail.startswith("down") and one.age_s < _SILENT_AFTER_S
    ]
    return visit.page(
        "admin/jobs.html.j2",
        waiting=waiting(visit.db, now=visit.at),
        parked=found[:_SHOWN],
        has_more=len(found) > _SHOWN,
        parts=[_part(name, words, beats) for name, words in _PARTS.items()],
        down=down,
        ticks=sorted(served_ticks(visit.db).items()),
        kinds=KINDS,
        jobs=TICKS,
    )


@router.post("/jobs/retry")
@writes
def retry(visit: Visit, *, number: Numbers) -> Response:
    """Let parked work wait again; without a number, all of it."""
    visit.ensure_may(Deed.RUN_JOBS)
    known = [one.id for one in parked(visit.db)]
    unknown = sorted(set(number) - set(known))
    if unknown:
        raise Refusal("work.not_parked", numbers=unknown)
    again = retry_parked(visit.db, number or known, act=visit.act())
    visit.tell(N_("Waiting again: {count:number}."), count=len(again))
    return visit.go("/jobs")


def _part(name: str, words: str, beats: list[Heartbeat]) -> Part:
    ages = [one.age_s for one in beats if one.name == name or one.name.startswith(f"{name}:")]
    alive = sum(age < _SILENT_AFTER_S for age in ages)
    return Part(name=words, alive=alive, silent_s=min(ages) if ages else None)
