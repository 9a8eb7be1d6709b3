"""External figures on the command line: recorded from a sheet that is kept.

Knows that a figure and what it makes owed are one transaction. Refuses to know which
duties those are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.asking import file_argument, json_option
from camket.opening import Desk, at_desk
from camket.owed import owed_data, print_owed
from camket.showing import file_named, print_json
from camket.speaking import Verbs, speak
from workflow.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path


@click.group("figure", cls=Verbs, help=N_("External figures, such as the post office's counts."))
def figure() -> None:
    """Hold the verbs of figures."""


@figure.command(
    "import",
    help=N_(
        "Record the figures of a sheet (figure, period, unit, value), all or none; the file is"
        " kept, and a correction never overwrites."
    ),
    example="camket figure import buu-dien-2024-q1.xlsx",
)
@file_argument()
@json_option
@at_desk
def import_figures(desk: Desk, *, file: Path, as_json: bool) -> None:
    """Record figures, and plan what falls short."""
    from workflow.domain.roles import Deed
    from workflow.figures import concerned, record_figures
    from workflow.intake.figure_sheet import read_figures
    from workflow.owing import bring_each_up_to_date
    from workflow.store.evidence import remember_file

    with file_named(file):
        said = list(read_figures(file))
    with desk.reading() as db:
        desk.ensure_may(db, Deed.DEFINE)
    stored = desk.files.store(file)
    with desk.writing() as db:
        act = desk.act()
        remember_file(db, stored.sha256, size=stored.size, at=act.at)
        changed = record_figures(db, said, source_sha256=stored.sha256, act=act)
        done = bring_each_up_to_date(db, concerned(db, {one.key for one in said}), act=act)
    if as_json:
        print_json(
            {
                "read": len(said),
                "changed": changed,
                "source_sha256": stored.sha256,
                "planned": [owed_data(one) for one in done],
            }
        )
        return
    click.echo(
        speak()(
            N_("Figures read: {count:number}, of which differ from before: {changed:number}."),
            count=len(said),
            changed=changed,
        )
    )
    print_owed(done, as_json=False)
