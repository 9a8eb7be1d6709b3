"""Days off on the command line: what a calendar has, and the overlay that corrects it.

Knows that a changed day changes due days, in the same transaction. Refuses to know why a
day is off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.asking import file_argument, json_option
from camket.opening import Desk, at_desk
from camket.owed import owed_data, print_owed
from camket.showing import file_named, print_json, print_table
from camket.speaking import Verbs, speak
from workflow.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path

_COUNTRY = "VN"


@click.group("calendar", cls=Verbs, help=N_("Working calendars: show the days off, import swaps."))
def calendar() -> None:
    """Hold the verbs of calendars."""


@calendar.command(
    "show",
    help=N_("The days of a year that depart from the week: days off, and weekend days worked."),
    example="camket calendar show 2026 --calendar office",
)
@click.argument("year", type=click.IntRange(1990, 2100))
@click.option("--calendar", "name", default="office", help=N_("Which working calendar."))
@json_option
@at_desk
def show(desk: Desk, *, year: int, name: str, as_json: bool) -> None:
    """List the days of a year."""
    from workflow.calendars import listed_days

    with desk.reading() as db:
        found = listed_days(db, country=_COUNTRY, year=year, calendar=name)
    if as_json:
        print_json(found)
        return
    say = speak()
    print_table(
        (N_("Day"), N_("Kind"), N_("Name"), N_("From")),
        [
            (
                one.day_on,
                say(N_("off")) if one.is_off else say(N_("worked")),
                one.name,
                say.word(one.source),
            )
            for one in found
        ],
    )


@calendar.command(
    "import",
    help=N_(
        "Lay the days of a sheet (date, kind, name, calendar) over the calendars, and reckon the"
        " due days of untouched tasks anew."
    ),
    example="camket calendar import hoan-doi-2026.csv",
)
@file_argument()
@json_option
@at_desk
def import_(desk: Desk, *, file: Path, as_json: bool) -> None:
    """Import days, and plan in the same transaction."""
    from workflow.calendars import WEEKENDS, import_overlay
    from workflow.catalogue import codes_in_state
    from workflow.domain.roles import Deed
    from workflow.intake.day_sheet import read_days
    from workflow.owing import bring_each_up_to_date

    with file_named(file):
        days = read_days(file, calendars=WEEKENDS)
    with desk.writing() as db:
        desk.ensure_may(db, Deed.DEFINE)
        outcome = import_overlay(db, days, act=desk.act())
        codes = codes_in_state(db, "active") if outcome.added or outcome.changed else []
        done = bring_each_up_to_date(db, codes, act=desk.act())
    if as_json:
        print_json(
            {
                "added": outcome.added,
                "changed": outcome.changed,
                "unchanged": outcome.same,
                "planned": [owed_data(one) for one in done],
            }
        )
        return
    click.echo(
        speak()(
            N_(
                "Days added {added:number}, changed {changed:number}, unchanged {unchanged:number}."
            ),
            added=outcome.added,
            changed=outcome.changed,
            unchanged=outcome.same,
        )
    )
    print_owed(done, as_json=False)
