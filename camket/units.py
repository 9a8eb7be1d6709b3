"""Units on the command line: loaded from a sheet, listed, and succeeded by others.

Knows that what units become decides what is owed, so that both happen in one transaction.
Refuses to know what a unit is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camket.asking import DAY, FILE, file_argument, json_option
from camket.opening import Desk, at_desk
from camket.owed import owed_data, print_owed
from camket.showing import file_named, print_json, print_table, problem_data, problem_line
from camket.speaking import Verbs, speak
from workflow.i18n import N_

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from workflow.registry import Loaded

_TRY = N_("Only say what would change; nothing is written.")


@click.group("units", cls=Verbs, help=N_("Units: load, list, and let them be succeeded."))
def units() -> None:
    """Hold the verbs of units."""


@units.command(
    "import",
    help=N_("Load units from a sheet (.xlsx or .csv), all or none; then plan what they owe."),
    example="camket units import units.csv --history history.csv --dry-run",
)
@file_argument()
@click.option("--history", type=FILE, help=N_("A second sheet with the later rows of units."))
@click.option("--dry-run", is_flag=True, help=_TRY)
@json_option
@at_desk
def import_(desk: Desk, *, file: Path, history: Path | None, dry_run: bool, as_json: bool) -> None:
    """Load units, and plan in the same transaction."""
    from workflow.catalogue import codes_in_state
    from workflow.domain.roles import Deed
    from workflow.intake.unit_sheet import read_units
    from workflow.owing import bring_each_up_to_date
    from workflow.registry import compare_units, load_units
    from workflow.store.units import roster

    with desk.reading() as db:
        desk.ensure_may(db, Deed.DEFINE)
        with file_named(file):
            sheet = read_units(file, history=history, known=roster(db).units.values())
        if dry_run:
            outcome = compare_units(db, sheet.units)
    for warning in () if as_json else sheet.warnings:
        click.echo(problem_line(warning, file=str(file)), err=True)
    done = []
    if not dry_run:
        with desk.writing() as db:
            outcome = load_units(db, sheet.units, act=desk.act())
            if outcome.added or outcome.changed:
                done = bring_each_up_to_date(db, codes_in_state(db, "active"), act=desk.act())
    if as_json:
        print_json(
            {
                "is_dry_run": dry_run,
                "added": outcome.added,
                "changed": outcome.changed,
                "unchanged": outcome.unchanged,
                "warnings": [problem_data(one, file=str(file)) for one in sheet.warnings],
                "planned": [owed_data(one) for one in done],
            }
        )
        return
    _say(outcome, is_dry_run=dry_run)
    print_owed(done, as_json=False)


@units.command(
    "list",
    help=N_("The units that live on a day, with the name and code of that day."),
    example="camket units list --on 2025-07-01 --json",
)
@click.option("--on", type=DAY, help=N_("The day; otherwise today."))
@json_option
@at_desk
def list_(desk: Desk, *, on: date | None, as_json: bool) -> None:
    """List units as they are on a day."""
    from workflow.domain.roles import Deed
    from workflow.domain.units import value_on
    from workflow.store.units import roster

    day = on or desk.today
    with desk.reading() as db:
        desk.ensure_may(db, Deed.READ)
        living = [one for one in roster(db).units.values() if one.life.covers(day)]
    rows: list[dict[str, Any]] = [
        {
            "key": one.key,
            "kind": one.kind,
            "name": one.name_on(day),
            "code": value_on(one.codes, day),
            "parent": value_on(one.parents, day),
            "tags": sorted(fact.value for fact in one.tags if fact.span.covers(day)),
        }
        for one in sorted(living, key=lambda one: one.key)
    ]
    if as_json:
        print_json(rows)
        return
    print_table(
        (N_("Key"), N_("Kind"), N_("Name"), N_("Code"), N_("Under"), N_("Tags")),
        [(*list(row.values())[:-1], " ".join(row["tags"])) for row in rows],
    )


@units.command(
    "export",
    help=N_("Write every unit with its history as a sheet that loads again."),
    example="camket units export --out units.csv",
)
@click.option("--out", type=FILE, help=N_("The file to write; otherwise standard output."))
@at_desk
def export(desk: Desk, *, out: Path | None) -> None:
    """Write the units as CSV."""
    from workflow.domain.roles import Deed
    from workflow.intake.unit_sheet_writing import write_units
    from workflow.store.units import roster

    with desk.reading() as db:
        desk.ensure_may(db, Deed.READ)
        text = write_units(one for _, one in sorted(roster(db).units.items()))
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


def _say(outcome: Loaded, *, is_dry_run: bool) -> None:
    counts: dict[str, Any] = {
        "added": len(outcome.added),
        "changed": len(outcome.changed),
        "unchanged": len(outcome.unchanged),
    }
    text = (
        N_(
            "Would be added {added:number}, changed {changed:number}, unchanged"
            " {unchanged:number}; nothing was written."
        )
        if is_dry_run
        else N_(
            "Units added {added:number}, changed {changed:number}, unchanged {unchanged:number}."
        )
    )
    click.echo(speak()(text, **counts))
    for mark, keys in (("+", outcome.added), ("~", outcome.changed)):
        for key in keys:
            click.echo(f"  {mark} {key}")
