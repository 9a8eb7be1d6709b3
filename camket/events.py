"""Meetings, requests and external figures on the command line: what makes duties owed.

Knows that an event and what it makes owed are one transaction. Refuses to know which
duties those are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camket.asking import DAY, NUMBER, file_argument, json_option, reason_option
from camket.opening import Desk, at_desk
from camket.owed import owed_data, print_owed
from camket.showing import file_named, print_json, print_table
from camket.speaking import Verbs, speak
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from sqlalchemy import Connection

    from workflow.domain.roles import Deed
    from workflow.meetings import Recorded

_KIND = N_("The kind of event, as the agreement names it.")
_CONVENER = N_("The key of the unit that convenes or asks.")


@click.group("meeting", cls=Verbs, help=N_("Meetings: add, move, cancel, list, import."))
def meeting() -> None:
    """Hold the verbs of meetings."""


@meeting.command(
    "add",
    help=N_("Record a meeting, and create what it makes owed; the same one again is one."),
    example="camket meeting add --kind hop-ubnd --convener vp-ubnd --on 2024-03-15 --number 12",
)
@click.option("--kind", required=True, help=_KIND)
@click.option("--convener", required=True, metavar="UNIT", help=_CONVENER)
@click.option("--on", type=DAY, required=True, help=N_("The day on which it takes place."))
@click.option("--number", default="", help=N_("Its number, where several are on one day."))
@click.option("--title", default="", help=N_("What it is about."))
@click.option("--place", default="", help=N_("Where it takes place."))
@json_option
@at_desk
def add(desk: Desk, *, kind: str, convener: str, on: date, as_json: bool, **said: Any) -> None:
    """Record one meeting."""
    from workflow.domain.announced import Happening
    from workflow.domain.roles import Deed

    happening = Happening(kind=kind, convener=convener, happens_on=on, **said)
    _record(desk, [happening], Deed.RECORD_EVENT, as_json=as_json)


@meeting.command(
    "move",
    help=N_("Move a meeting to another day; due days that nobody met yet move with it."),
    example="camket meeting move 3 --to 2024-03-22 --reason 'Thông báo 45'",
)
@click.argument("number", type=NUMBER)
@click.option("--to", type=DAY, required=True, help=N_("The new day."))
@reason_option(required=False)
@json_option
@at_desk
def move(desk: Desk, *, number: int, to: date, reason: str | None, as_json: bool) -> None:
    """Move one meeting."""
    from workflow.meetings import move_event

    with desk.writing() as db:
        kind = _kind_of(db, number)
        ensure_may_record(desk, db, [kind])
        done = move_event(db, number, to=to, act=desk.act(reason=reason))
        follow_up(desk, db, [(done, kind)], as_json=as_json)


@meeting.command(
    "cancel",
    help=N_("Cancel a meeting: what it made owed and nobody fulfilled yet is cancelled."),
    example="camket meeting cancel 3 --reason 'Thông báo 46'",
)
@click.argument("number", type=NUMBER)
@reason_option(required=False)
@json_option
@at_desk
def cancel(desk: Desk, *, number: int, reason: str | None, as_json: bool) -> None:
    """Cancel one meeting."""
    from workflow.meetings import cancel_event

    with desk.writing() as db:
        kind = _kind_of(db, number)
        ensure_may_record(desk, db, [kind])
        done = cancel_event(db, number, act=desk.act(reason=reason))
        follow_up(desk, db, [(done, kind)], as_json=as_json)


@meeting.command(
    "list",
    help=N_("The meetings and requests that are recorded, by day."),
    example="camket meeting list --from 2024-01-01 --until 2024-04-01",
)
@click.option("--from", "from_on", type=DAY, help=N_("The first day."))
@click.option("--until", "until_on", type=DAY, help=N_("The first day after."))
@json_option
@at_desk
def list_(desk: Desk, *, from_on: date | None, until_on: date | None, as_json: bool) -> None:
    """List events."""
    from workflow.domain.roles import Deed
    from workflow.store.coverage import all_events
    from workflow.store.units import unit_ids

    with desk.reading() as db:
        desk.ensure_may(db, Deed.READ)
        keys = {id_: key for key, id_ in unit_ids(db).items()}
        rows = [
            {
                "id": row.id,
                "nature": row.nature,
                "kind": row.kind,
                "on": row.happens_on,
                "first_on": row.first_on,
                "state": row.state,
                "convener": keys[row.convener_id],
                "addressed": keys.get(row.addressed_id),
                "number": row.number,
                "title": row.title,
            }
            for row in sorted(all_events(db), key=lambda one: (one.happens_on, one.id))
            if (from_on is None or from_on <= row.happens_on)
            and (until_on is None or row.happens_on < until_on)
        ]
    if as_json:
        print_json(rows)
        return
    say = speak()
    print_table(
        (N_("No."), N_("Nature"), N_("Kind"), N_("Day"), N_("State"), N_("Convener"), N_("Title")),
        [
            (
                row["id"],
                say.word(row["nature"]),
                row["kind"],
                row["on"],
                say.word(row["state"]),
                row["convener"],
                row["title"],
            )
            for row in rows
        ],
    )


@meeting.command(
    "import",
    help=N_(
        "Record the meetings of a sheet or calendar file (.csv, .xlsx, .ics), all or none; moved"
        " and cancelled ones are brought up to date. Of an office's weekly schedule (.xlsx, .docx)"
        " the entries are listed, and only those that --rows names are recorded."
    ),
    example="camket meeting import lich-hop.ics --kind hop-ubnd --convener vp-ubnd",
)
@file_argument()
@click.option("--kind", help=N_("The kind of events for which the file names none."))
@click.option("--convener", metavar="UNIT", help=N_("The convener where the file names none."))
@click.option(
    "--rows",
    metavar="ROWS",
    help=N_("The entries of a weekly schedule to record: their numbers (2,5), or “likely”."),
)
@json_option
@at_desk
def import_(
    desk: Desk,
    *,
    file: Path,
    kind: str | None,
    convener: str | None,
    rows: str | None,
    as_json: bool,
) -> None:
    """Record many events."""
    from camket.week_schedule import import_schedule
    from workflow.domain.roles import Deed
    from workflow.intake.event_file import read_events
    from workflow.intake.office_tables import MOST_BYTES
    from workflow.intake.places import file_bytes
    from workflow.intake.weekly_schedule import is_schedule

    with file_named(file):
        content = file_bytes(file, limit=MOST_BYTES)
        if is_schedule(content):
            choice = {"kind": kind, "convener": convener, "rows": rows}
            import_schedule(desk, content, file=file.name, as_json=as_json, **choice)
            return
        said = read_events(
            content,
            kind=kind,
            convener=convener,
            zone=desk.settings.timezone,
            file=file.name,
        )
    _record(desk, list(said), Deed.RECORD_EVENT, as_json=as_json)


@click.group("request", cls=Verbs, help=N_("Requests of the other party, which one unit answers."))
def request() -> None:
    """Hold the verbs of requests."""


@request.command(
    "add",
    help=N_("File a request that one unit must answer, and create what it makes owed."),
    example="camket request add --kind de-nghi-di-co-so --by bao --to phuong-tan-hong"
    " --on 2024-03-15",
)
@click.option("--kind", required=True, help=_KIND)
@click.option("--by", "convener", required=True, metavar="UNIT", help=_CONVENER)
@click.option("--to", "addressed", required=True, metavar="UNIT", help=N_("Who must answer."))
@click.option("--on", type=DAY, required=True, help=N_("The day from which terms count."))
@click.option("--number", default="", help=N_("The number of the letter."))
@click.option("--title", default="", help=N_("What it is about."))
@json_option
@at_desk
def add_request(
    desk: Desk,
    *,
    kind: str,
    convener: str,
    addressed: str,
    on: date,
    as_json: bool,
    **said: Any,
) -> None:
    """Record one request."""
    from workflow.domain.announced import Happening
    from workflow.domain.roles import Deed

    happening = Happening(kind=kind, convener=convener, addressed=addressed, happens_on=on, **said)
    _record(desk, [happening], Deed.FILE_REQUEST, as_json=as_json)


def _record(desk: Desk, said: list[Any], deed: Deed, *, as_json: bool) -> None:
    from workflow.meetings import record_event

    with desk.writing() as db:
        ensure_may_record(desk, db, {one.kind for one in said}, deed)
        done = [(record_event(db, one, act=desk.act()), one.kind) for one in said]
        follow_up(desk, db, done, as_json=as_json)


def follow_up(
    desk: Desk, db: Connection, done: list[tuple[Recorded, str]], *, as_json: bool
) -> None:
    """Plan what the events make owed, and say both."""
    from workflow.meetings import concerned
    from workflow.owing import bring_each_up_to_date

    kinds = {kind for recorded, kind in done if recorded.outcome != "unchanged"}
    planned = bring_each_up_to_date(db, concerned(db, kinds), act=desk.act()) if kinds else []
    if as_json:
        print_json(
            {
                "events": [
                    {"id": one.id, "kind": kind, "outcome": one.outcome} for one, kind in done
                ],
                "planned": [owed_data(one) for one in planned],
            }
        )
        return
    for one, kind in done:
        click.echo(
            speak()(
                N_("No. {number}, {kind}: {outcome:word}."),
                number=one.id,
                kind=kind,
                outcome=one.outcome,
            )
        )
    print_owed(planned, as_json=False)


def _kind_of(db: Connection, number: int) -> str:
    from sqlalchemy import select

    from workflow.domain.errors import Refusal
    from workflow.store.occasions import event

    kind = db.scalar(select(event.c.kind).where(event.c.id == number))
    if kind is None:
        raise Refusal("event.unknown", event=number)
    return str(kind)


def ensure_may_record(
    desk: Desk, db: Connection, kinds: Iterable[str], deed: Deed | None = None
) -> None:
    """Refuse who may do so neither everywhere nor in an agreement that waits for these events.

    A request is made for the party that receives, hence by a reviewer of it.
    """
    from workflow.access import grants_of
    from workflow.domain import roles
    from workflow.meetings import places

    wanted = deed or roles.Deed.RECORD_EVENT
    grants = grants_of(db, desk.by)
    for kind in sorted(set(kinds)):
        if not any(roles.may(grants, wanted, place=place) for place in places(db, kind)):
            desk.ensure_may(db, wanted)


__all__ = ["ensure_may_record", "follow_up", "meeting", "request"]
