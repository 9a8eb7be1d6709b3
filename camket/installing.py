"""Bringing the database to the shape of this release.

Knows that this also makes the database's own administrator. Refuses to know migrations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.opening import data_option, open_engine, prepare
from camket.speaking import Verb, speak
from workflow.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    "migrate",
    cls=Verb,
    help=N_(
        "Bring the database up to date; safe to call again and from several processes at once."
    ),
    example="camket migrate --data data",
)
@data_option
@click.option(
    "--simulated",
    is_flag=True,
    help=N_(
        "Let --at set the clock of this new database; its reports and journal say so for good."
    ),
)
def migrate(*, data: Path | None, simulated: bool) -> None:
    """Upgrade, and say which revision was reached."""
    from tasks.clock import SystemClock

    with open_engine(data) as (settings, engine):
        revision = prepare(engine, at=SystemClock().now(), is_simulated=simulated)
    click.echo(
        speak()(
            N_("The database is at revision {revision}; data folder {folder}."),
            revision=revision,
            folder=str(settings.data_dir),
        )
    )
