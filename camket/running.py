"""Running the product's parts: a worker, a scheduler, or both until nothing is left.

Knows how a process is started and told to stop. Refuses to know what the jobs do.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click

from camket.asking import NUMBER, json_option
from camket.opening import Desk, at_desk, data_option, open_desk
from camket.showing import print_json, print_table
from camket.speaking import Verb, Verbs, speak
from workflow.domain.errors import Refusal
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_LOOK_EVERY_S: Final = 0.5


@click.command(
    "worker",
    cls=Verb,
    help=N_("Run a worker beside others: evidence is checked, letters are sent."),
    example="camket worker --concurrency 2",
)
@data_option
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help=N_("How many jobs at once; several workers of one serve better than one wide worker."),
)
@click.pass_context
def worker(ctx: click.Context, *, data: Path | None, concurrency: int) -> None:
    """Run a worker process."""
    log_to_stderr()
    with open_desk(data=data, by=None, at=None) as desk:
        settings = desk.settings
        refuse_memory(is_embedded=settings.is_embedded)
    # The connections are closed before the worker forks: none may be used on both sides.
    from tasks.processes import run_worker

    ctx.exit(run_worker(settings, concurrency=concurrency))


@click.command(
    "scheduler",
    cls=Verb,
    help=N_("Run the scheduler and the relay beside workers; one is enough."),
    example="camket scheduler",
)
@data_option
def scheduler(*, data: Path | None) -> None:
    """Run a scheduler process."""
    log_to_stderr()
    with open_desk(data=data, by=None, at=None) as desk:
        settings = desk.settings
        refuse_memory(is_embedded=settings.is_embedded)
    from tasks.processes import run_scheduler

    with told_to_stop() as stop:
        run_scheduler(settings, stop=stop)


@click.command(
    "work",
    cls=Verb,
    help=N_("Do in this process all that is due, until nothing is left, or only parked rows."),
    example="camket work --until-idle",
)
@click.option("--until-idle", is_flag=True, required=True, help=N_("End when nothing is due."))
@click.option(
    "--limit",
    type=click.IntRange(1, 86_400),
    default=600,
    show_default=True,
    help=N_("Give up after so many seconds."),
)
@json_option
@at_desk
def work(desk: Desk, *, until_idle: bool, limit: int, as_json: bool) -> None:  # noqa: ARG001 - the only way there is
    """Work until idle."""
    from tasks.embedded import run_until_idle
    from workflow.domain.roles import Deed
    from workflow.store.offers import waiting

    with desk.reading() as db:
        desk.ensure_may(db, Deed.RUN_JOBS)
    with _watched(desk):
        run_until_idle(desk.engine, desk.settings, desk.clock, limit_s=limit)
    with desk.reading() as db:
        left = waiting(db, now=desk.now)
    parked, later = sum(one.parked for one in left), sum(one.later for one in left)
    if as_json:
        print_json({"parked": parked, "later": later})
        return
    text = N_("Nothing is due any more; for later: {later:number}, parked: {parked:number}.")
    click.echo(speak()(text, later=later, parked=parked))


@click.group("jobs", cls=Verbs, help=N_("Jobs that failed too often: list and try again."))
def jobs() -> None:
    """Hold the verbs of parked rows."""


@jobs.command(
    "list",
    help=N_("The rows that are parked, with the last thing that went wrong."),
    example="camket jobs list --json",
)
@json_option
@at_desk
def list_(desk: Desk, *, as_json: bool) -> None:
    """List parked rows."""
    from workflow.domain.roles import Deed
    from workflow.store.offers import parked

    with desk.reading() as db:
        desk.ensure_may(db, Deed.RUN_JOBS)
        found = parked(db)
    if as_json:
        print_json(found)
        return
    print_table(
        (N_("No."), N_("Kind"), N_("Of"), N_("Tries"), N_("Since"), N_("Error")),
        [
            (
                str(one.id),
                one.kind,
                str(one.subject_id),
                one.attempts,
                one.parked_at,
                one.last_error,
            )
            for one in found
        ],
    )


@jobs.command(
    "retry",
    help=N_("Let parked rows wait again as if never tried; without a number, all of them."),
    example="camket jobs retry 17",
)
@click.argument("numbers", type=NUMBER, nargs=-1)
@json_option
@at_desk
def retry(desk: Desk, *, numbers: Sequence[int], as_json: bool) -> None:
    """Retry parked rows."""
    from workflow.domain.roles import Deed
    from workflow.retrying import retry_parked
    from workflow.store.offers import parked

    with desk.writing() as db:
        desk.ensure_may(db, Deed.RUN_JOBS)
        known = [one.id for one in parked(db)]
        unknown = sorted(set(numbers) - set(known))
        if unknown:
            raise Refusal("work.not_parked", numbers=unknown)
        again = retry_parked(db, list(numbers) or known, act=desk.act())
    if as_json:
        print_json({"retried": again})
    else:
        click.echo(speak()(N_("Waiting again: {count:number}."), count=len(again)))


@contextmanager
def told_to_stop() -> Iterator[threading.Event]:
    """An event that is set when the process is told to end; the second time it ends at once."""
    stop = threading.Event()
    before: dict[int, Any] = {}

    def end(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, before[number])

    for one in (signal.SIGINT, signal.SIGTERM):
        before[int(one)] = signal.signal(one, end)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _watched(desk: Desk) -> Iterator[None]:
    """Show on a terminal how much is left; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress

    from workflow.store.offers import waiting

    stop = threading.Event()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        line = progress.add_task(speak()(N_("Working")), total=None)
        most = 0

        def watch() -> None:
            nonlocal most
            while not stop.wait(_LOOK_EVERY_S):
                with desk.reading() as db:
                    left = sum(one.due + one.leased for one in waiting(db, now=desk.now))
                most = max(most, left)
                progress.update(line, total=most or None, completed=most - left)

        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        try:
            yield
        finally:
            stop.set()
            watching.join()


def refuse_memory(*, is_embedded: bool) -> None:
    """Refuse before anything is loaded what cannot work: see ``tasks.processes``."""
    if is_embedded:
        raise Refusal("broker.memory_alone")


def log_to_stderr() -> None:
    """Have what happens told beside what is printed."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
