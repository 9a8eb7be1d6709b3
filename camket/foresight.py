"""What an agreement file would create, without a database.

Knows which files a preview reads. Refuses to save anything.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from camket.agreements import read
from camket.asking import DAY, FILE, file_argument, json_option
from camket.showing import file_named, plain, print_json, print_table
from camket.speaking import Verb, language, speak
from workflow.domain.errors import Refusal
from workflow.i18n import N_

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from workflow.domain.agreement import Agreement
    from workflow.domain.outlook import AnnouncedEvent, ForeseenTask
    from workflow.domain.units import Roster
    from workflow.domain.working_days import WorkingCalendar


@click.command(
    "preview",
    cls=Verb,
    help=N_("What an agreement file would create between two days, without a database."),
    example="camket preview tu-son.yaml --units units.csv --from 2024-01-01 --until 2024-04-01",
)
@file_argument()
@click.option("--units", type=FILE, help=N_("The sheet of units; otherwise no unit is named."))
@click.option("--calendar", type=FILE, help=N_("A sheet of days off and days worked."))
@click.option("--meetings", type=FILE, help=N_("A sheet or calendar file of meetings."))
@click.option("--from", "from_on", type=DAY, required=True, help=N_("The first day."))
@click.option("--until", "until_on", type=DAY, required=True, help=N_("The first day after."))
@json_option
def preview(  # noqa: D103 - the help says it
    *,
    file: Path,
    units: Path | None,
    calendar: Path | None,
    meetings: Path | None,
    from_on: date,
    until_on: date,
    as_json: bool,
) -> None:
    from workflow.domain.outlook import outlook, undated

    if until_on <= from_on:
        raise Refusal("command.days_reversed", first=from_on, last=until_on)
    found = read(file)
    tasks = list(
        outlook(
            found,
            calendars=_calendars(found, calendar, from_on, until_on),
            from_on=from_on,
            until_on=until_on,
            roster=None if units is None else _roster(units),
            events=() if meetings is None else _events(meetings, zone=found.settings.zone),
        )
    )
    if as_json:
        print_json({"tasks": [_data(one) for one in tasks], "undated": undated(found)})
        return
    _print(tasks, undated(found))


def _print(tasks: list[ForeseenTask], undated: tuple[str, ...]) -> None:
    say = speak()
    print_table(
        (N_("Task"), N_("Opens"), N_("Due"), N_("Why")),
        [
            (
                one.key if one.unit else f"{one.key} [{one.calendar}]",
                one.opens_on,
                one.due_on,
                " ".join(_reasons(one)),
            )
            for one in tasks
        ],
    )
    click.echo()
    click.echo(say(N_("Tasks: {count:number}."), count=len(tasks)))
    by_week = sorted(tasks, key=lambda one: one.due_on.isocalendar()[:2])
    for (year, week), due in groupby(by_week, key=lambda one: one.due_on.isocalendar()[:2]):
        text = N_("  week {week}/{year}: {count:number}")
        click.echo(say(text, week=week, year=year, count=len(list(due))))
    if undated:
        click.echo(
            say(
                N_("No day can be foreseen, since only deeds make them owed: {codes}"),
                codes=undated,
            )
        )


def _data(one: ForeseenTask) -> dict[str, Any]:
    return {
        "key": one.key,
        **plain(one),
        "reasons": [
            {"code": reason.code, "facts": dict(reason.facts), "message": said}
            for reason, said in zip(one.reasons, _reasons(one), strict=True)
        ],
    }


def _reasons(one: ForeseenTask) -> list[str]:
    from workflow.labels import sentence_for

    return [sentence_for(reason.code, reason.facts, language()) for reason in one.reasons]


def _calendars(
    found: Agreement, sheet: Path | None, from_on: date, until_on: date
) -> dict[str, WorkingCalendar]:
    from workflow.calendars import WEEKENDS, changed_calendars
    from workflow.intake.day_sheet import read_days

    with file_named(sheet):
        changes = () if sheet is None else read_days(sheet, calendars=WEEKENDS)
    return changed_calendars(
        changes,
        country=found.settings.country,
        # Due days and late notices lie around the occasions, seldom more than a year.
        years=range(max(1, from_on.year - 1), until_on.year + 3),
        names=found.settings.calendar_names,
    )


def _roster(sheet: Path) -> Roster:
    from workflow.domain.units import Roster
    from workflow.intake.unit_sheet import read_units

    with file_named(sheet):
        return Roster(read_units(sheet).units)


def _events(file: Path, *, zone: str) -> list[AnnouncedEvent]:
    from workflow.domain.outlook import AnnouncedEvent
    from workflow.intake.event_file import read_events

    with file_named(file):
        said = read_events(file, zone=zone)
    return [
        AnnouncedEvent(
            key=f"{'request' if one.addressed else 'meeting'}:{number}",
            kind=one.kind,
            happens_on=one.happens_on,
            addressed=one.addressed,
        )
        for number, one in enumerate(said, start=1)
        if not one.is_cancelled
    ]
