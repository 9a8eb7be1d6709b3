"""A succession of units on the command line: tried out, or recorded with all its consequences.

Knows that units, tasks and decisions change in one transaction. Refuses to decide anything
that the file does not say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camket.asking import file_argument, json_option
from camket.opening import Desk, at_desk
from camket.owed import print_owed
from camket.showing import file_named, plain, print_json
from camket.speaking import speak
from camket.units import units
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from workflow.journal import Act
    from workflow.owing import BroughtUp
    from workflow.succession import Recorded, Settled


@units.command(
    "succeed",
    help=N_("Let units merge, split, be renamed or dissolved as a succession file decides."),
    example="camket units succeed succession-2025-07-01.yaml --dry-run",
)
@file_argument()
@click.option("--dry-run", is_flag=True, help=N_("Only say what would change; nothing is written."))
@json_option
@at_desk
def succeed(desk: Desk, *, file: Path, dry_run: bool, as_json: bool) -> None:
    """Record a succession, plan and settle it."""
    from workflow import catalogue
    from workflow.domain.roles import Deed
    from workflow.intake.succession_file import read_succession
    from workflow.owing import bring_each_up_to_date, horizon_of
    from workflow.planning import plan_tasks
    from workflow.store.units import roster
    from workflow.succession import preview_succession, record_succession

    def plan(db: Connection, code: str, act: Act) -> object:
        until = horizon_of(catalogue.kept(db, code), at=act.at)
        return plan_tasks(db, agreement=code, until=until, act=act)

    done: list[BroughtUp] = []
    with desk.writing() as db, file_named(file):
        desk.ensure_may(db, Deed.DECIDE_SUCCESSION)
        says = read_succession(file, roster=None if _is_known(db, file) else roster(db))
        if dry_run:
            seen = preview_succession(db, says, plan=plan, act=desk.act())
            recorded, settled = seen.recorded, dict(seen.settled)
        else:
            recorded = record_succession(db, says, act=desk.act())
            codes = catalogue.codes_in_state(db, "active")
            done = bring_each_up_to_date(db, codes, act=desk.act())
            settled = {one.agreement: one.settled for one in done}
    if as_json:
        print_json(_data(recorded, settled, is_dry_run=dry_run))
        return
    _say(recorded, settled, is_dry_run=dry_run)
    print_owed(done, as_json=False)


def _is_known(db: Connection, file: Path) -> bool:
    """Whether this very succession was recorded before: its units are no longer as it says."""
    from workflow.intake.succession_file import read_succession
    from workflow.store.successions import succession_like

    return succession_like(db, read_succession(file)) is not None


def _data(
    recorded: Recorded, settled: Mapping[str, Settled], *, is_dry_run: bool
) -> dict[str, Any]:
    found: dict[str, Any] = plain(recorded)
    if is_dry_run:
        del found["id"]
    return {
        "is_dry_run": is_dry_run,
        **found,
        "tasks": [
            {"agreement": code, **plain(change)}
            for code, one in settled.items()
            for change in one.changes
        ],
        "answered": sum(one.answered for one in settled.values()),
    }


def _say(recorded: Recorded, settled: Mapping[str, Settled], *, is_dry_run: bool) -> None:
    say = speak()
    if not recorded.is_new:
        click.echo(say(N_("This succession was recorded before.")))
    for text, keys in (
        (N_("Units that end: {keys}"), recorded.ended),
        (N_("Units that open: {keys}"), recorded.opened),
        (N_("Units that take on more: {keys}"), recorded.changed),
    ):
        if keys:
            click.echo(say(text, keys=keys))
    for code, one in settled.items():
        fates = [change.fate for change in one.changes]
        text = N_("{agreement}: {fates}; answered for by successors: {answered:number}")
        click.echo(say(text, agreement=code, fates=_counted(fates), answered=one.answered))
    if is_dry_run:
        click.echo(say(N_("Nothing was written.")))


def _counted(fates: Iterable[str]) -> str:
    from collections import Counter

    say = speak()
    counts = Counter(fates)
    words = [f"{say.word(fate)} {say.number(count)}" for fate, count in sorted(counts.items())]
    return ", ".join(words) or "—"


__all__ = ["units"]
