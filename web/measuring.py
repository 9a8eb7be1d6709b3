"""How the installation is, for whoever watches it: numbers in the text form of Prometheus.

Knows work that waits, signs of life, and tasks by state; nothing of any person or unit.
Told only to the token of somebody who looks after the jobs: behind a reverse proxy every
request comes from this machine, so an address proves nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import func, select

from web.api.calling import bearer_of
from workflow.domain import roles
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import State
from workflow.domain.roles import EVERYWHERE, Deed
from workflow.store.engine import reading
from workflow.store.heartbeats import heartbeats, served_ticks
from workflow.store.offers import waiting
from workflow.store.tasks import task
from workflow.tokens import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from web.visit import Premises

router: Final = APIRouter(include_in_schema=False)
#: One value with the label that tells it from others of its name.
Sample = tuple[str, float]


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Every number, as they are in one transaction."""
    premises: Premises = request.app.state.premises
    at = premises.clock.now()
    with reading(premises.engine).connect() as db:
        bearer = bearer_of(request, db, at=at, scopes={Scope.READ, Scope.WRITE})
        if not roles.may(bearer.grants, Deed.RUN_JOBS, place=EVERYWHERE):
            raise Refusal("access.denied", by=bearer.key, deed=Deed.RUN_JOBS.value)
        text = "".join(_measured(db, at=at))
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def _measured(db: Connection, *, at: datetime) -> Iterator[str]:
    work = waiting(db, now=at)
    for name, help_ in (
        ("due", "Pieces of work that are due and that nobody holds."),
        ("leased", "Pieces of work that a worker holds."),
        ("later", "Pieces of work that are not due yet."),
        ("parked", "Pieces of work that kept failing and wait for a person."),
    ):
        rows = [(_label("kind", one.kind), getattr(one, name)) for one in work]
        yield from _gauge(f"camket_work_{name}", help_, rows)
    yield from _gauge(
        "camket_work_oldest_seconds",
        "Since when the oldest piece of work that is due has waited.",
        [
            (_label("kind", one.kind), max(0.0, (at - one.oldest_due_at).total_seconds()))
            for one in work
            if one.oldest_due_at is not None
        ],
    )
    alive: dict[str, float] = {}
    for beat in heartbeats(db):
        part = beat.name.partition(":")[0]
        alive[part] = min(beat.age_s, alive.get(part, beat.age_s))
    yield from _gauge(
        "camket_heartbeat_age_seconds",
        "Since the latest sign of life of a part.",
        [(_label("part", part), age) for part, age in sorted(alive.items())],
    )
    yield from _gauge(
        "camket_tick_age_seconds",
        "Since the latest instant of a scheduled job that was served.",
        [
            (_label("job", job), max(0.0, (at - latest).total_seconds()))
            for job, latest in sorted(served_ticks(db).items())
        ],
    )
    by_state = select(task.c.state, func.count().label("number")).group_by(task.c.state)
    counted = {row.state: row.number for row in db.execute(by_state)}
    yield from _gauge(
        "camket_tasks",
        "Tasks by state.",
        [(_label("state", one.value), counted.get(one.value, 0)) for one in State],
    )


def _gauge(name: str, help_: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {help_}\n# TYPE {name} gauge\n"
    for label, value in samples:
        yield f"{name}{{{label}}} {value}\n"


def _label(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{name}="{escaped}"'
