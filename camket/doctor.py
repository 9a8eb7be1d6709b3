"""What is missing or badly set in this installation.

Knows what a sound installation has: each thing is looked at by itself, so that one that is
down hides no other. Refuses to repair anything.
"""

from __future__ import annotations

import secrets
import shutil
import time
from datetime import UTC
from typing import TYPE_CHECKING, Final

import click

from camket.asking import json_option
from camket.findings import MARKS, Finding, Health, broken, doubtful, good
from camket.opening import data_option, open_engine
from camket.showing import plain, print_json
from camket.speaking import Verb, language, speak
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from workflow.settings import Settings
    from workflow.store.heartbeats import Heartbeat

_SILENT_AFTER_S: Final = 60.0
_READ_WITHIN_S: Final = 8.0
_CLOCKS_APART_S: Final = 5.0
_LITTLE_SPACE: Final = 1_000_000_000
_BROKER_WITHIN_S: Final = 5
_PARTS: Final = ("worker:", "relay", "scheduler")


@click.command(
    "doctor",
    cls=Verb,
    help=N_("Say what is missing or badly set; 1 where something is broken."),
    example="camket doctor --json",
)
@data_option
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, data: Path | None, as_json: bool) -> None:
    """Look at everything and say how it stands."""
    with open_engine(data) as (settings, engine):
        found = list(_looked_at(settings, engine))
    if as_json:
        print_json([{**plain(one), "message": _said(one)} for one in found])
    else:
        for one in found:
            click.echo(f"{MARKS[one.health]} {_said(one)}")
    if any(one.health is Health.BROKEN for one in found):
        if not as_json:
            click.echo(speak()(N_("Something is broken.")), err=True)
        ctx.exit(1)


def _said(one: Finding) -> str:
    from workflow.labels import sentence_for

    return sentence_for(one.code, one.facts, language())


def _looked_at(settings: Settings, engine: Engine) -> Iterator[Finding]:
    # Settings that can be read hold both secrets, or could not have been read.
    yield good("doctor.keys", versions=sorted(settings.journal_keys))
    yield _broker(settings)
    yield _mail(settings)
    yield _fonts()
    yield _space(settings)
    state = _database(engine)
    yield state
    if state.health is Health.GOOD:
        yield from _within(settings, engine)
    else:
        yield from _evidence(settings, None, [])


def _within(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """What only a database that is up to date can tell."""
    from workflow.simulation import is_simulated
    from workflow.store.engine import reading
    from workflow.store.heartbeats import heartbeats
    from workflow.store.triggers import missing_triggers

    with reading(engine).connect() as db:
        missing = missing_triggers(db)
        beats = heartbeats(db)
        simulated = is_simulated(db)
    if missing:
        yield broken("doctor.triggers_missing", names=missing)
    else:
        yield good("doctor.triggers")
    yield _clock(engine)
    if simulated:
        yield doubtful("doctor.simulated")
    yield from _parts(settings, beats)
    yield from _work(engine)
    yield from _evidence(settings, engine, beats)


def _database(engine: Engine) -> Finding:
    from sqlalchemy.exc import DatabaseError

    from workflow.store.migrate import current, newest

    try:
        found = current(engine)
    except DatabaseError as fault:
        return broken("doctor.database_unreachable", detail=str(fault.orig).strip())
    if found != newest():
        return broken("database.not_migrated", found=found or "—", newest=newest())
    return good("doctor.database", kind=engine.dialect.name, revision=found)


def _broker(settings: Settings) -> Finding:
    if settings.is_embedded:
        return good("doctor.broker_memory")
    import redis

    broker = redis.Redis.from_url(
        settings.broker_url.replace("redis+socket://", "unix://"),
        socket_connect_timeout=_BROKER_WITHIN_S,
        socket_timeout=_BROKER_WITHIN_S,
    )
    try:
        broker.ping()
        policy = str(broker.config_get("maxmemory-policy").get("maxmemory-policy", ""))
    except redis.ResponseError:
        policy = ""
    except redis.RedisError as fault:
        return broken("doctor.broker_unreachable", detail=str(fault))
    finally:
        broker.close()
    if policy not in {"", "noeviction"}:
        return doubtful("doctor.broker_forgets", policy=policy)
    return good("doctor.broker")


def _mail(settings: Settings) -> Finding:
    if settings.smtp_url is None:
        return doubtful("doctor.mail_unset")
    return good("doctor.mail", sender=settings.mail_from)


def _fonts() -> Finding:
    import typst

    from reports.documents.profiles import FONTS

    known = set(typst.Fonts().families())
    used = next((one for one in FONTS if one in known), None)
    if used is None:
        return broken("doctor.fonts_missing", names=list(FONTS))
    if used == FONTS[-1]:
        return doubtful("doctor.fonts_embedded", name=used, better=list(FONTS[:-1]))
    return good("doctor.fonts", name=used)


def _space(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data_dir).free
    facts = {"folder": str(settings.data_dir), "free": free // 1_000_000}
    return (doubtful if free < _LITTLE_SPACE else good)("doctor.space", **facts)


def _clock(engine: Engine) -> Finding:
    from sqlalchemy import select

    from tasks.clock import SystemClock
    from workflow.store.engine import database_now, reading

    with reading(engine).connect() as db:
        theirs = db.execute(select(database_now())).scalar_one()
    apart = abs((SystemClock().now() - theirs.astimezone(UTC)).total_seconds())
    if apart > _CLOCKS_APART_S:
        return broken("doctor.clocks_apart", seconds=round(apart))
    return good("doctor.clock")


def _parts(settings: Settings, beats: list[Heartbeat]) -> Iterator[Finding]:
    """Which parts gave a sign of life lately. On one machine ``camket up`` is all of them."""
    alive = {
        part: [one.name for one in beats if one.name.startswith(part) and _is_alive(one)]
        for part in _PARTS
    }
    names = [name for found in alive.values() for name in found]
    if names:
        yield good("doctor.alive", names=names)
    silent = [part.rstrip(":") for part, found in alive.items() if not found]
    if silent:
        code = "doctor.not_up" if settings.is_embedded else "doctor.silent"
        yield doubtful(code, names=silent)
    down = [
        one.detail
        for one in beats
        if one.name == "broker" and one.detail.startswith("down") and _is_alive(one)
    ]
    if down:
        yield doubtful("doctor.broker_down", detail=down[0])


def _is_alive(one: Heartbeat) -> bool:
    return one.age_s < _SILENT_AFTER_S


def _work(engine: Engine) -> Iterator[Finding]:
    from tasks.clock import SystemClock
    from workflow.store.engine import reading
    from workflow.store.offers import waiting

    with reading(engine).connect() as db:
        rows = waiting(db, now=SystemClock().now())
    yield good(
        "doctor.work",
        due=sum(one.due for one in rows),
        held=sum(one.leased for one in rows),
        later=sum(one.later for one in rows),
    )
    parked = {one.kind: one.parked for one in rows if one.parked}
    if parked:
        yield doubtful("doctor.parked", count=sum(parked.values()), kinds=sorted(parked))


def _evidence(
    settings: Settings, engine: Engine | None, beats: list[Heartbeat]
) -> Iterator[Finding]:
    """Write a file into the folder of evidence and have a worker, where one lives, read it."""
    from tasks.probing import digest_of, probe_path

    folder = settings.evidence_dir
    number, content = secrets.randbelow(2**31 - 2) + 1, secrets.token_bytes(64)
    probe = probe_path(folder, number)
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        probe.write_bytes(content)
        is_same = probe.read_bytes() == content
    except OSError as fault:
        detail = fault.strerror or str(fault)
        yield broken("doctor.evidence_unwritable", folder=str(folder), detail=detail)
        return
    try:
        if not is_same:
            yield broken("files.damaged", folder=str(folder))
            return
        yield good("doctor.evidence", folder=str(folder))
        if engine is not None and any(
            one.name.startswith("worker:") and _is_alive(one) for one in beats
        ):
            yield _shared(engine, number, digest_of(content), folder=str(folder))
    finally:
        probe.unlink(missing_ok=True)


def _shared(engine: Engine, number: int, digest: str, *, folder: str) -> Finding:
    """Whether a worker read what this process wrote."""
    from tasks.clock import SystemClock
    from tasks.probing import ask_worker, read_by_worker
    from workflow.store.engine import reading

    with engine.begin() as db:
        ask_worker(db, number, at=SystemClock().now())

    def answered() -> str | None:
        with reading(engine).connect() as db:
            return read_by_worker(db, number)

    read = _waited_for(answered)
    if read is None:
        return doubtful("doctor.worker_busy", seconds=_READ_WITHIN_S)
    if read != digest:
        return broken("doctor.evidence_apart", folder=folder)
    return good("doctor.evidence_shared")


def _waited_for(answer: Callable[[], str | None]) -> str | None:
    until = time.monotonic() + _READ_WITHIN_S
    found = answer()
    while found is None and time.monotonic() < until:
        time.sleep(0.1)
        found = answer()
    return found
