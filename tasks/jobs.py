"""Every kind of work that this release does, and every tick that asks for some.

Knows the lists. Refuses to know how any of it is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from tasks import (
    keeping,
    owning,
    planning,
    pressing,
    probing,
    reporting,
    resetting,
    upkeep,
    verification,
)
from tasks.delivery import webhooks
from tasks.keeping import KEEP_FIGURES
from tasks.schedule import Tick, daily, every
from workflow.store.agreements import agreement
from workflow.store.work import put_work

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from tasks.job import Job

JOBS: Final[tuple[Job, ...]] = (
    *verification.JOBS,
    *planning.JOBS,
    *keeping.JOBS,
    *pressing.JOBS,
    *webhooks.JOBS,
    *reporting.JOBS,
    *resetting.JOBS,
    *owning.JOBS,
    *upkeep.JOBS,
    *probing.JOBS,
)


def _once(kind: str) -> Callable[[Connection, datetime], None]:
    """Ask for work that looks through everything by itself."""

    def ask(db: Connection, now: datetime) -> None:
        put_work(db, kind=kind, subjects=[0], due_at=now)

    return ask


def _per_agreement(kind: str) -> Callable[[Connection, datetime], None]:
    """Ask for work on every active agreement."""

    def ask(db: Connection, now: datetime) -> None:
        active = select(agreement.c.id).where(agreement.c.state == "active")
        put_work(db, kind=kind, subjects=active, due_at=now)

    return ask


# Times are those of the installation's zone. Planning comes before the proof of coverage,
# and letters before the working day.
TICKS: Final = (
    Tick(job="plan", latest=daily(0, 10), ask=_per_agreement("plan_agreement")),
    Tick(job="prove_coverage", latest=daily(2), ask=_per_agreement("prove_coverage")),
    Tick(job="tidy_up", latest=daily(3), ask=_once("tidy_up")),
    Tick(job="press", latest=every(3_600), ask=_once("press_tasks")),
    Tick(job="gather_letters", latest=daily(7), ask=_once("gather_letters")),
    Tick(job=reporting.ASK_AGAIN, latest=every(3_600), ask=_once(reporting.ASK_AGAIN)),
    Tick(job="export_head", latest=daily(23, 50), ask=_once("export_head")),
    Tick(job="seal_journal", latest=every(60), ask=_once("seal_journal")),
    # Twice a minute, so that what a board shows is at most a minute old.
    Tick(job=KEEP_FIGURES, latest=every(30), ask=_once(KEEP_FIGURES)),
)
