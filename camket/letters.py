"""Letters that press, on the command line: who owes, drawn up, numbered, listed.

Knows how a choice is typed and where files go. Refuses to know what a letter says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.asking import DAY, FILE, NUMBER, json_option
from camket.opening import Desk, at_desk
from camket.showing import print_json, print_table
from camket.speaking import Verbs, language, speak
from camket.telling import row_data
from workflow.i18n import N_

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from camket.asking import F
    from reports.letters.due import Choice


@click.group("letter", cls=Verbs, help=N_("Letters that press units: owing, draw, number, list."))
def letter() -> None:
    """Hold the verbs of letters."""


def _chosen(command: F) -> F:
    """Which units are pressed, and for what."""
    for option in (
        click.option(
            "--unit", "units", multiple=True, metavar="KEY", help=N_("Only this unit; repeated.")
        ),
        click.option(
            "--step", metavar="CODE", help=N_("Only where this step of the ladder has fallen.")
        ),
        click.option(
            "--days", type=int, default=1, show_default=True,
            help=N_("Overdue for so many days at least."),
        ),
        click.option("--party", metavar="CODE", help=N_("Only units of this party.")),
        click.option("--obligation", metavar="CODE", help=N_("Only this obligation.")),
        click.option(
            "--agreement", "code", metavar="CODE", required=True, help=N_("The agreement.")
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def _choice(
    obligation: str | None, party: str | None, days: int, step: str | None, units: tuple[str, ...]
) -> Choice:
    from reports.letters.due import Choice

    return Choice(obligation=obligation, party=party, days=days, step=step, units=frozenset(units))


@letter.command(
    "owing",
    help=N_("The units that owe something now, with how many tasks and for how long."),
    example="camket letter owing --agreement TS-BBN-2023 --days 10",
)
@_chosen
@json_option
@at_desk
def owing(
    desk: Desk,
    *,
    code: str,
    obligation: str | None,
    party: str | None,
    days: int,
    step: str | None,
    units: tuple[str, ...],
    as_json: bool,
) -> None:
    """List who owes."""
    from reports.letters.due import debtors
    from workflow import catalogue

    choice = _choice(obligation, party, days, step, units)
    with desk.reading() as db:
        found = debtors(db, catalogue.kept(db, code), choice, by=desk.by, at=desk.now)
    if as_json:
        print_json(
            [
                {"unit": one.key, "name": one.name, "tasks": len(one.rows), "days": one.days}
                for one in found
            ]
        )
        return
    print_table(
        (N_("Unit"), N_("Name"), N_("Tasks"), N_("Days overdue")),
        [(one.key, one.name, len(one.rows), one.days) for one in found],
    )


@letter.command(
    "draw",
    help=N_(
        "Draw up a letter to each unit that owes something of the choice; with --out, their files,"
        " one PDF for printing and one ZIP."
    ),
    example="camket letter draw --agreement TS-BBN-2023 --days 10 --answer-by 2024-04-20 --out thu",
)
@_chosen
@click.option("--answer-by", type=DAY, required=True, help=N_("The new day asked for."))
@click.option("--signer", default="", metavar="TEXT", help=N_("The name of who signs."))
@click.option(
    "--copy", "copies", multiple=True, metavar="TEXT", help=N_("Who gets a copy; repeated.")
)
@click.option("--out", type=FILE, metavar="DIR", help=N_("Where the files are written."))
@json_option
@at_desk
def draw(
    desk: Desk,
    *,
    code: str,
    obligation: str | None,
    party: str | None,
    days: int,
    step: str | None,
    units: tuple[str, ...],
    answer_by: date,
    signer: str,
    copies: tuple[str, ...],
    out: Path | None,
    as_json: bool,
) -> None:
    """Draw letters up."""
    from reports.letters.drawing import Drawing, draw_letters
    from reports.letters.due import Wording

    how = Drawing(
        wording=Wording(
            answer_by=answer_by,
            lang=language(),
            signer=signer,
            copies=copies,
            is_simulated=desk.is_simulated,
        ),
        data_dir=desk.settings.data_dir,
    )
    choice = _choice(obligation, party, days, step, units)
    with desk.writing() as db:
        made = draw_letters(db, agreement=code, choice=choice, how=how, act=desk.act())
    written = [] if out is None else _written(desk, made, out)
    if as_json:
        print_json({"letters": made, "files": [str(one) for one in written]})
        return
    click.echo(speak()(N_("Letters drawn up: {count:number}."), count=len(made)))
    for one in written:
        click.echo(f"  {one}")


@letter.command(
    "number",
    help=N_("Enter the number and day that the office's register gave to a letter; once."),
    example="camket letter number 12 45/UBND-VP --on 2024-04-12",
)
@click.argument("letter_id", type=NUMBER, metavar="LETTER")
@click.argument("number")
@click.option("--on", "issued_on", type=DAY, help=N_("The day of the letter; otherwise today."))
@click.option("--signer", metavar="TEXT", help=N_("The name of who signs."))
@at_desk
def number(
    desk: Desk, *, letter_id: int, number: str, issued_on: date | None, signer: str | None
) -> None:
    """Number a letter."""
    from reports.letters.drawing import number_letter

    with desk.writing() as db:
        number_letter(
            db,
            letter_id,
            number=number,
            issued_on=issued_on or desk.today,
            signer=signer,
            data_dir=desk.settings.data_dir,
            act=desk.act(),
        )
    click.echo(
        speak()(N_("Letter {letter} bears number {number}."), letter=letter_id, number=number)
    )


@letter.command(
    "list",
    help=N_("The letters that this person may read, the latest first."),
    example="camket letter list --agreement TS-BBN-2023 --json",
)
@click.option("--agreement", "code", metavar="CODE", help=N_("Only this agreement."))
@json_option
@at_desk
def list_(desk: Desk, *, code: str | None, as_json: bool) -> None:
    """List letters."""
    from reports.letters.drawing import letters_readable
    from workflow.store.agreements import agreement

    where = () if code is None else (agreement.c.code == code,)
    with desk.reading() as db:
        rows = letters_readable(db, *where, by=desk.by, at=desk.now, at_most=10_000)
    if as_json:
        print_json([row_data(row) for row in rows])
        return
    print_table(
        (N_("Letter"), N_("Agreement"), N_("Unit"), N_("Tasks"), N_("As of"), N_("Number")),
        [(row.id, row.agreement, row.unit, row.tasks, row.as_of, row.number) for row in rows],
    )


def _written(desk: Desk, made: list[int], out: Path) -> list[Path]:
    """Write the files of letters into a folder: each, all in one PDF, all in one ZIP."""
    from reports.letters.drawing import letter_read
    from reports.letters.files import kept_file, letters_joined, letters_packed
    from reports.packs.streamed_zip import Names
    from workflow.store.letters import letter_files

    data_dir = desk.settings.data_dir
    with desk.reading() as db:
        files = letter_files(db, made)
        units = {one: letter_read(db, one).unit_name for one in made}
    out.mkdir(parents=True, exist_ok=True)
    names, paths, pages, packed = Names(), [], [], []
    for place, one in enumerate(made, 1):
        for kind, found in sorted(files[one].items()):
            name = f"{place:03} {units[one]}"
            path = out / names.path(f"{name}.{kind}")
            path.write_bytes(kept_file(data_dir, found.sha256, name=path.name))
            paths.append(path)
            packed.append((name, kind, found.sha256))
            if kind == "pdf":
                pages.append(path.read_bytes())
    joined, whole = out / f"{made[0]}-{made[-1]}.pdf", out / f"{made[0]}-{made[-1]}.zip"
    joined.write_bytes(letters_joined(pages))
    with whole.open("wb") as file:
        file.writelines(letters_packed(data_dir, packed))
    return [*paths, joined, whole]


__all__ = ["letter"]
