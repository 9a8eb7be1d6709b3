"""The journal on the command line: verified against its seals, and given away whole.

Knows which heads were kept outside the database. Refuses to know how it is sealed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.asking import FILE, json_option
from camket.opening import Desk, at_desk
from camket.showing import print_json, problem_data, problem_line
from camket.speaking import Verbs, speak
from workflow.domain.errors import Refusal
from workflow.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path

    from workflow.sealing import Head

_RELEASE = "camket"


@click.group("journal", cls=Verbs, help=N_("The journal: verify its seal, export it."))
def journal() -> None:
    """Hold the verbs of the journal."""


@journal.command(
    "verify",
    help=N_("Name every row that was altered, removed or inserted since it was sealed; 1 if any."),
    example="camket journal verify --heads journal-heads.jsonl",
)
@click.option(
    "--heads",
    type=FILE,
    help=N_("Heads kept elsewhere; otherwise those in the data folder are compared."),
)
@json_option
@at_desk
@click.pass_context
def verify(ctx: click.Context, desk: Desk, *, heads: Path | None, as_json: bool) -> None:
    """Verify the journal."""
    from workflow.domain.roles import Deed
    from workflow.sealing import verify as verify_journal

    kept = _heads(desk, heads)
    with desk.reading() as db:
        desk.ensure_may(db, Deed.READ_JOURNAL)
        found = verify_journal(db, desk.settings.journal_keys, at=desk.now, heads=kept)
    if as_json:
        print_json(
            {
                "is_intact": found.is_intact,
                "entries": found.entries,
                "seals": found.seals,
                "head": found.head and found.head.head,
                "unsealed": found.unsealed,
                "unsealed_for_s": found.unsealed_for and found.unsealed_for.total_seconds(),
                "heads_compared": len(kept),
                "is_simulated": desk.is_simulated,
                "problems": [problem_data(one, file="") for one in found.problems],
            }
        )
    else:
        for problem in found.problems:
            click.echo(problem_line(problem, file=""))
        click.echo(
            speak()(
                N_("The journal is intact: entries {entries:number}, seals {seals:number}.")
                if found.is_intact
                else N_(
                    "The journal was changed: entries {entries:number}, seals {seals:number},"
                    " differences {problems:number}."
                ),
                entries=found.entries,
                seals=found.seals,
                problems=len(found.problems),
            )
        )
        if found.unsealed:
            text = N_("Not sealed yet, so not vouched for: {count:number}.")
            click.echo(speak()(text, count=found.unsealed))
        if desk.is_simulated:
            click.echo(speak()(N_("This data folder is simulated.")))
    if not found.is_intact:
        ctx.exit(1)


@journal.command(
    "export",
    help=N_("Write the whole journal as lines of JSON, with its seals."),
    example="camket journal export --out journal.jsonl",
)
@click.option("--out", type=FILE, help=N_("The file to write; otherwise standard output."))
@at_desk
def export(desk: Desk, *, out: Path | None) -> None:
    """Export the journal."""
    from importlib.metadata import version

    from workflow.domain.roles import Deed
    from workflow.sealing import export as lines_of

    facts = {
        "exported_at": desk.now,
        "exported_by": desk.by,
        "release": version(_RELEASE),
        "is_simulated": desk.is_simulated,
    }
    with desk.reading() as db:
        desk.ensure_may(db, Deed.READ_JOURNAL)
        lines = lines_of(db, facts=facts)
        if out is None:
            for line in lines:
                click.echo(line)
            return
        with out.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)


def _heads(desk: Desk, file: Path | None) -> list[Head]:
    """The heads to compare with. Raises ``Refusal("journal.heads_unreadable")``."""
    from workflow.sealing import exported_heads, heads_file, heads_of

    try:
        if file is None:
            return exported_heads(desk.settings)
        with file.open(encoding="utf-8") as lines:
            return list(heads_of(line for line in lines if line.strip()))
    except (ValueError, KeyError, TypeError, RecursionError):
        name = str(file or heads_file(desk.settings))
        raise Refusal("journal.heads_unreadable", file=name) from None
