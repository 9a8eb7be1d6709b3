"""The jobs that create what is owed and prove that nothing is missing or counted wrongly.

Knows when planning is asked for: by night, and when a duty is fulfilled that another
follows. Refuses to know what is owed.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from reports.boards.keeping import keep_figures
from reports.boards.proving_figures import Difference, figures_wrong
from tasks.job import Job, each
from workflow import journal
from workflow.catalogue import codes_in_state
from workflow.coverage import Coverage, prove_coverage
from workflow.journal import Act
from workflow.owing import bring_each_up_to_date, bring_up_to_date
from workflow.store.agreements import agreement
from workflow.store.engine import snapshot
from workflow.store.heartbeats import beat
from workflow.store.tasks import task

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from tasks.workplace import Workplace

_PLANNER: Final = "system:planner"
_COVERAGE: Final = "system:coverage"
# A million tasks are planned in a few seconds; the first run on a small machine may take
# longer, and must not lose its lease to a second one.
_SLOWEST_S: Final = 240.0

_log = logging.getLogger(__name__)


def _code(db: Connection, agreement_id: int, *, is_active: bool) -> str | None:
    query = select(agreement.c.code).where(agreement.c.id == agreement_id)
    if is_active:
        query = query.where(agreement.c.state == "active")
    found: str | None = db.scalar(query)
    return found


def _plan(_place: Workplace, db: Connection, agreement_id: int, at: datetime) -> None:
    code = _code(db, agreement_id, is_active=True)
    if code is not None:
        bring_up_to_date(db, code, act=Act(by=_PLANNER, at=at))


def _follow(_place: Workplace, db: Connection, tasks: Mapping[int, object], at: datetime) -> None:
    """Plan the agreements of tasks that were accepted, each once."""
    codes = db.scalars(
        select(agreement.c.code).where(
            agreement.c.state == "active",
            agreement.c.id.in_(select(task.c.agreement_id).where(task.c.id.in_(sorted(tasks)))),
        )
    )
    bring_each_up_to_date(db, codes, act=Act(by=_PLANNER, at=at))


def _gather(
    _place: Workplace, db: Connection, agreements: Sequence[int], _at: datetime
) -> dict[int, str]:
    found = {one: _code(db, one, is_active=False) for one in agreements}
    return {one: code for one, code in found.items() if code is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proof:
    """What was proved of an agreement: that nothing is missing, and that kept figures are right."""

    coverage: Coverage
    wrong: tuple[Difference, ...]


def _prove(place: Workplace, code: str) -> _Proof:
    # Planned first: after an outage both come due together, and what nobody has planned
    # yet is late, not lost.
    with place.engine.begin() as db:
        if code in codes_in_state(db, "active"):
            bring_up_to_date(db, code, act=Act(by=_PLANNER, at=place.clock.now()))
    with snapshot(place.engine).connect() as db:
        return _Proof(
            coverage=prove_coverage(db, agreement=code, at=place.clock.now()),
            wrong=figures_wrong(db, agreement=code),
        )


def _keep(_place: Workplace, db: Connection, proofs: Mapping[int, _Proof], at: datetime) -> None:
    """Say how each proof ended, where health is looked at; gaps are journaled and alarm."""
    for agreement_id, proof in proofs.items():
        found, wrong = proof.coverage, proof.wrong
        says: dict[str, Any] = {"gaps": len(found.gaps), "tasks": found.tasks, "wrong": len(wrong)}
        beat(db, f"coverage:{found.agreement}", detail=json.dumps(says))
        if not found.is_whole:
            _log.error("coverage of %s has %d gaps", found.agreement, len(found.gaps))
            first = found.gaps[0]
            says["first"] = {
                "code": first.code,
                "obligation": first.obligation,
                "occasion": first.occasion,
                "unit": first.unit,
            }
            _tell(db, "coverage.broken", agreement_id, at=at, says=says)
        if wrong:
            _log.error("of %s %d kept figures were wrong", found.agreement, len(wrong))
            says = {"wrong": len(wrong), "first": asdict(wrong[0])}
            _tell(db, "figures.broken", agreement_id, at=at, says=says)
            # Told first, and made right from the tasks themselves.
            keep_figures(db, at=at, agreement=found.agreement, is_thorough=True)


def _tell(
    db: Connection, verb: str, agreement_id: int, *, at: datetime, says: Mapping[str, Any]
) -> None:
    journal.record(
        db,
        act=Act(by=_COVERAGE, at=at),
        verb=verb,
        agreement=agreement_id,
        subject=("agreement", agreement_id),
        after=dict(says),
    )


JOBS: Final = (
    Job(
        kind="plan_agreement",
        name="planning.plan_agreements",
        keep=each(_plan),
        # Each agreement is locked while it is planned: one at a time.
        largest=1,
        slowest_s=_SLOWEST_S,
    ),
    Job(kind="follow_on", name="planning.plan_follow_ons", keep=_follow, slowest_s=_SLOWEST_S),
    Job(
        kind="prove_coverage",
        name="planning.prove_coverage",
        gather=_gather,
        perform=_prove,
        keep=_keep,
        largest=1,
        slowest_s=_SLOWEST_S,
        is_slow=True,
    ),
)
