"""Planning on the command line: what is owed, the proof of it, and what a file would create.

Knows how days ahead are named. Refuses to know how anything is planned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.asking import DAY, json_option
from camket.opening import Desk, at_desk
from camket.owed import print_owed
from camket.showing import plain, print_json, with_progress
from camket.speaking import Verb, language, speak
from workflow.i18n import N_

if TYPE_CHECKING:
    from datetime import date


@click.command(
    "plan",
    cls=Verb,
    help=N_(
        "Create what is owed and bring untouched tasks up to the rule, by default 400 days ahead."
        "\n\nA second run changes nothing."
    ),
    example="camket plan --until 2025-12-31",
)
@click.option("--until", type=DAY, help=N_("The first day that is not planned any more."))
@click.option("--agreement", "code", metavar="CODE", help=N_("Only this agreement."))
@click.option("--whole", is_flag=True, help=N_("Go through everything again, also what is done."))
@json_option
@at_desk
def plan(desk: Desk, *, until: date | None, code: str | None, whole: bool, as_json: bool) -> None:
    """Plan one or all active agreements, each in a transaction of its own."""
    from workflow import catalogue
    from workflow.domain.roles import Deed
    from workflow.owing import bring_up_to_date

    with desk.reading() as db:
        desk.ensure_may(db, Deed.DEFINE, agreement=code)
        codes = [code] if code else catalogue.codes_in_state(db, "active")
    done = []
    for one in with_progress(codes, label=N_("Planning")):
        with desk.writing() as db:
            done.append(bring_up_to_date(db, one, act=desk.act(), until=until, whole=whole))
    print_owed(done, as_json=as_json)


@click.command(
    "coverage",
    cls=Verb,
    help=N_("Prove that nothing owed is missing and nothing superfluous is asked; 1 with gaps."),
    example="camket coverage --json",
)
@click.option("--agreement", "code", metavar="CODE", help=N_("Only this agreement."))
@json_option
@at_desk
@click.pass_context
def coverage(ctx: click.Context, desk: Desk, *, code: str | None, as_json: bool) -> None:
    """Prove coverage of one or all active agreements."""
    from workflow import catalogue
    from workflow.coverage import prove_coverage
    from workflow.domain.roles import Deed
    from workflow.labels import sentence_for

    with desk.reading() as db:
        desk.ensure_may(db, Deed.READ, agreement=code)
        codes = [code] if code else catalogue.codes_in_state(db, "active")
        found = [
            prove_coverage(db, agreement=one, at=desk.now)
            for one in with_progress(codes, label=N_("Proving"))
        ]
    if as_json:
        print_json([{**plain(one), "is_whole": one.is_whole} for one in found])
    else:
        for one in found:
            click.echo(
                speak()(
                    N_(
                        "{agreement}: occasions {occasions:number}, tasks {tasks:number},"
                        " gaps {gaps:number}."
                    ),
                    agreement=one.agreement,
                    occasions=one.occasions,
                    tasks=one.tasks,
                    gaps=len(one.gaps),
                )
            )
            for gap in one.gaps:
                facts = {**plain(gap), "unit": gap.unit or "—"}
                click.echo(f"  {sentence_for(gap.code, facts, language())}")
    if not all(one.is_whole for one in found):
        ctx.exit(1)
