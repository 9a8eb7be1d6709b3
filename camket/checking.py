"""One evidence check on one file, by hand.

Knows how the answer becomes an exit code. Refuses to know what a check looks for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from camket.asking import FILE, json_option
from camket.showing import print_json
from camket.speaking import Verb, language, speak
from workflow.domain.errors import Refusal
from workflow.i18n import N_

if TYPE_CHECKING:
    from workflow.evidence.check import Verdict


@click.command(
    "check",
    cls=Verb,
    help=N_("Judge one file by one evidence check, as a worker would; 1 unless it passes."),
    example="camket check letter giay-moi.pdf --params '{}' --facts @facts.json --json",
)
@click.argument("kind")
@click.argument("file", type=FILE, required=False)
@click.option(
    "--params", default="{}", metavar="JSON", help=N_("The check's parameters, or @FILE with them.")
)
@click.option("--facts", metavar="JSON", help=N_("The facts of the task, or @FILE with them."))
@click.option("--figures", default="{}", metavar="JSON", help=N_("What is typed beside the file."))
@json_option
@click.pass_context
def check(  # noqa: D103 - the help says it
    ctx: click.Context,
    *,
    kind: str,
    file: Path | None,
    params: str,
    facts: str | None,
    figures: str,
    as_json: bool,
) -> None:
    from workflow.evidence.trying import run_check

    verdict = run_check(
        kind,
        file,
        _text(params, "--params"),
        None if facts is None else _text(facts, "--facts"),
        figures_json=_text(figures, "--figures"),
    )
    if as_json:
        print_json(verdict.to_json())
    else:
        _say(verdict)
    if verdict.outcome != "passed":
        ctx.exit(1)


def _say(verdict: Verdict) -> None:
    from workflow.labels import sentence_for

    say = speak()
    click.echo(f"{verdict.check}: {say.word(verdict.outcome)}")
    for reason in verdict.reasons:
        click.echo(f"  {sentence_for(reason.code, reason.facts, language())}")
    for name, value in verdict.to_json().get("read", {}).items():
        click.echo(f"  {name}: {value}")


def _text(given: str, name: str) -> str:
    """JSON as it was typed, or the text of the file that ``@`` names."""
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refusal("command.not_text", name=name, file=given[1:]) from None
