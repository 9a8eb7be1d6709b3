"""Subscriptions on the command line: who has ordered what, and the post office's table.

Knows that a table is recorded as figures, whole or not at all. Refuses to judge proofs.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import click

from camket.asking import file_argument, json_option
from camket.opening import Desk, at_desk
from camket.register import which
from camket.showing import print_json, print_table
from camket.speaking import Verbs, language, speak
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reports.contents.office_counts import Counted
    from reports.contents.subscriptions import TitleOrders

#: Signs with which a spreadsheet would begin to reckon.
_RECKONS = ("=", "+", "-", "@", "\t", "\r")


@click.group("subscription", cls=Verbs, help=N_("Who subscribes to what: show, export, import."))
def subscription() -> None:
    """Hold the verbs of subscriptions."""


@subscription.command(
    "show",
    help=N_("Each title of a period with its units and copies, and who has not ordered, by name."),
    example="camket subscription show --agreement TS-BBN-2023 --period 2024-Q2",
)
@which
@json_option
@at_desk
def show(desk: Desk, *, code: str, period: str, as_json: bool) -> None:
    """Show a period's titles."""
    titles = _titles(desk, code, period)
    if as_json:
        print_json([_data(one) for one in titles])
        return
    say = speak()
    print_table(
        (
            N_("Publication title"),
            N_("Issues of"),
            N_("Units that owe copies"),
            N_("Ordered in full"),
            N_("Too few copies"),
            N_("None ordered"),
            N_("Copies owed an issue"),
            N_("Copies proved"),
        ),
        [
            (
                one.name,
                one.period,
                one.figures.owing,
                one.figures.full,
                one.figures.short,
                one.figures.none,
                one.figures.copies_owed,
                one.figures.copies_proved,
            )
            for one in titles
        ],
    )
    for one in titles:
        for unit in one.units:
            if unit.is_behind:
                click.echo(
                    f"{one.name}, {one.period}: "
                    + say(
                        N_("{name} ({proved:number} of {owed:number} copies)"),
                        name=unit.name,
                        proved=unit.proved,
                        owed=unit.owed or 0,
                    )
                )


@subscription.command(
    "export",
    help=N_("Every unit with its copies of each title, as .csv on the standard output."),
    example="camket subscription export --agreement TS-BBN-2023 --period 2024-Q2 > dat-bao.csv",
)
@which
@at_desk
def export(desk: Desk, *, code: str, period: str) -> None:
    """Write a line for each unit and title."""
    say = speak()
    heads = (
        N_("Publication title"),
        N_("Issues of"),
        N_("Unit"),
        N_("Standing"),
        N_("Copies owed an issue"),
        N_("Copies proved"),
        N_("Counted by the post office"),
    )
    buffer = io.StringIO()
    lines = csv.writer(buffer, lineterminator="\n")
    lines.writerow([say(head) for head in heads])
    lines.writerows(_lines(_titles(desk, code, period)))
    click.echo(buffer.getvalue(), nl=False)


@subscription.command(
    "import",
    help=N_(
        "Record the post office's table of a period (a row for each unit, a column for each"
        " title) beside what units proved; the file is kept."
    ),
    example="camket subscription import bang.xlsx --agreement TS-BBN-2023 --period 2024-Q2",
)
@file_argument()
@which
@click.option("--dry-run", is_flag=True, help=N_("Say what the table counts, and record nothing."))
@json_option
@at_desk
def import_table(
    desk: Desk, *, file: Path, code: str, period: str, dry_run: bool, as_json: bool
) -> None:
    """Record what the post office counted."""
    from reports.contents.office_counts import counts_in
    from workflow import catalogue
    from workflow.domain.roles import Deed
    from workflow.figures import record_figures
    from workflow.intake.places import file_bytes
    from workflow.intake.sheet import MAX_BYTES
    from workflow.store.evidence import remember_file

    content = file_bytes(file, limit=MAX_BYTES)
    with desk.reading() as db:
        desk.ensure_may(db, Deed.DEFINE)
        kept = catalogue.kept(db, code)
        counted = counts_in(db, kept, period=period, content=content, name=file.name)
    changed = 0
    if not dry_run:
        stored = desk.files.store(io.BytesIO(content))
        with desk.writing() as db:
            act = desk.act()
            remember_file(db, stored.sha256, size=stored.size, at=act.at)
            changed = record_figures(db, counted.said, source_sha256=stored.sha256, act=act)
    if as_json:
        print_json(
            {
                "units": counted.units,
                "copies": counted.copies,
                "left_out": counted.left_out,
                "changed": changed,
            }
        )
        return
    _say_counted(counted, changed)


def _say_counted(counted: Counted, changed: int) -> None:
    say = speak()
    causes = {
        "unknown": N_("no unit of this name or code"),
        "ambiguous": N_("several units of this name"),
        "twice": N_("the unit stands above already"),
        "no_number": N_("not a whole number of copies"),
    }
    for title, copies in counted.copies.items():
        click.echo(say(N_("{title}: {copies:number} copies an issue"), title=title, copies=copies))
    for one in counted.left_out:
        row = say(N_("row {line}"), line=one.row)
        click.echo(f"{row}: {one.text or '–'} ({say(causes[one.cause])})")
    click.echo(
        say(
            N_("Units found: {count:number}; figures that differ from before: {changed:number}."),
            count=counted.units,
            changed=changed,
        )
    )


def _titles(desk: Desk, code: str, period: str) -> tuple[TitleOrders, ...]:
    from reports.contents.subscribing import subscriptions_at
    from reports.windows import period_of
    from workflow import catalogue
    from workflow.domain.roles import Deed

    with desk.reading() as db:
        desk.ensure_may(db, Deed.READ, agreement=code)
        kept = catalogue.kept(db, code)
        return subscriptions_at(db, kept, period=period_of(kept, period), at=desk.now)


def _lines(titles: tuple[TitleOrders, ...]) -> Iterator[tuple[object, ...]]:
    from reports.documents.subscriptions_told import ORDER_NAMES
    from workflow.i18n import translator

    say = translator(language()).gettext
    for one in titles:
        for unit in one.units:
            order = say(ORDER_NAMES[unit.order])
            figures = (unit.owed, unit.proved, unit.counted)
            yield (_plain(one.name), one.period, _plain(unit.name), order, *figures)
        for beside in one.besides:
            order = say(N_("Owes no copies"))
            yield (one.name, one.period, _plain(beside.name), order, None, 0, beside.counted)


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_RECKONS) else text


def _data(one: TitleOrders) -> dict[str, object]:
    from camket.showing import plain

    said: dict[str, object] = plain(one)
    rate = one.figures.rate
    return {**said, "rate": None if rate is None else [rate.numerator, rate.denominator]}
