"""Instructions on the command line: given, listed with what came of them, taken back.

Knows that an instruction and what it makes owed are one transaction. Refuses to know who
may give one.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from camket.asking import DAY, json_option, reason_option
from camket.opening import Desk, at_desk
from camket.showing import print_json, print_table
from camket.speaking import Verbs, speak
from workflow.domain.instructing import PAPERS
from workflow.i18n import N_

if TYPE_CHECKING:
    from datetime import date

    from workflow.instructions import Standing

_CODE = click.argument("code", metavar="CODE")
_UNDER = click.option(
    "--agreement", required=True, metavar="CODE", help=N_("The agreement it is given under.")
)


@click.group("instruct", cls=Verbs, help=N_("Instructions of leaders: give, list, show, withdraw."))
def instruct() -> None:
    """Hold the verbs of instructions."""


@instruct.command(
    "give",
    help=N_("Give an instruction, and create a task of each unit that it names."),
    example="camket instruct give --agreement TS-BBN-2023 --unit phuong-tan-hong"
    " --due 2024-05-20 --text 'Chấn chỉnh việc đặt mua báo' --as thuong-truc",
)
@_UNDER
@click.option("--text", required=True, help=N_("What is to be done."))
@click.option(
    "--unit", "units", multiple=True, required=True, metavar="UNIT", help=N_("A unit that does it.")
)
@click.option("--due", "due_on", type=DAY, required=True, help=N_("The last day."))
@click.option("--title", default="", help=N_("What it is about, in a few words."))
@click.option("--ground", default="", help=N_("The document or meeting at which it was said."))
@click.option("--proof", type=click.Choice(PAPERS), help=N_("The kind of evidence that proves it."))
@click.option("--obligation", metavar="CODE", help=N_("The obligation on which it is given."))
@click.option("--occasion", metavar="KEY", help=N_("The occasion on which it is given."))
@click.option("--of-unit", metavar="UNIT", help=N_("The unit on whose line it is given."))
@click.option("--period", metavar="PERIOD", help=N_("The period of the figure it is given on."))
@json_option
@at_desk
def give(
    desk: Desk,
    *,
    agreement: str,
    text: str,
    units: tuple[str, ...],
    due_on: date,
    title: str,
    ground: str,
    proof: str | None,
    obligation: str | None,
    occasion: str | None,
    of_unit: str | None,
    period: str | None,
    as_json: bool,
) -> None:
    """Give one instruction."""
    from workflow.domain.instructing import About, paper
    from workflow.instructions import Wanted, instruction_given, working_day_from
    from workflow.owing import instruct_units

    about = About(obligation=obligation, occasion=occasion, unit=of_unit, period=period)
    said = Wanted(
        text=text,
        title=title,
        ground=ground,
        units=frozenset(units),
        due_on=due_on,
        proof=None if proof is None else paper(proof),
        about=None if about == About() else about,
    )
    with desk.writing() as db:
        one, _ = instruct_units(db, said, agreement=agreement, act=desk.act())
        standing = instruction_given(db, agreement, one.code, by=desk.by, at=desk.now)
        works_on = working_day_from(db, standing.under, one.units, due_on)
    if as_json:
        off = None if works_on == due_on else works_on
        print_json({**_data(standing), "next_working_day": off})
        return
    say = speak()
    done = N_("{code} is given: {count:number} tasks, due {due_on:day}.")
    click.echo(say(done, code=one.code, count=standing.tasks, due_on=due_on))
    if works_on != due_on:
        note = N_("{day:day} is a day off; the working day after it is {next:day}.")
        click.echo(say(note, day=due_on, next=works_on))


@instruct.command(
    "list",
    help=N_("The instructions of which this person may read some task, the latest first."),
    example="camket instruct list --agreement TS-BBN-2023 --as thuong-truc",
)
@click.option("--agreement", metavar="CODE", help=N_("Only this agreement."))
@json_option
@at_desk
def list_(desk: Desk, *, agreement: str | None, as_json: bool) -> None:
    """List instructions."""
    from workflow.instructions import instructions_given

    with desk.reading() as db:
        found = instructions_given(db, by=desk.by, at=desk.now, agreement=agreement)
    if as_json:
        print_json([_data(one) for one in found])
        return
    say = speak()
    print_table(
        (N_("Code"), N_("Given"), N_("Due"), N_("Done by units"), N_("State"), N_("Title")),
        [
            (
                one.says.code,
                one.says.given_on,
                one.says.due_on,
                f"{one.done}/{one.tasks}",
                say.word(one.stage.value),
                one.says.title,
            )
            for one in found
        ],
    )


@instruct.command(
    "show",
    help=N_("One instruction, and how its tasks stand."),
    example="camket instruct show YK-2024-001 --agreement TS-BBN-2023",
)
@_CODE
@_UNDER
@json_option
@at_desk
def show(desk: Desk, *, code: str, agreement: str, as_json: bool) -> None:
    """Show one instruction."""
    from workflow.instructions import instruction_given

    with desk.reading() as db:
        one = instruction_given(db, agreement, code, by=desk.by, at=desk.now)
    if as_json:
        print_json(_data(one))
        return
    say, says = speak(), one.says
    lines = (
        (N_("Instruction"), f"{says.code}: {says.text}"),
        (N_("Ground"), says.ground),
        (N_("Given by"), f"{says.by}, {say.day(says.given_on)}"),
        (N_("Due"), say.day(says.due_on)),
        (N_("State"), say.word(one.stage.value)),
        (N_("Done by units"), f"{one.done}/{one.tasks}"),
        (N_("Taken back"), says.withdrawn and says.withdrawn.reason),
    )
    for heading, value in lines:
        if value:
            click.echo(f"{say(heading)}: {value}")


@instruct.command(
    "withdraw",
    help=N_("Take an instruction back: what is open is cancelled, what is done is kept."),
    example="camket instruct withdraw YK-2024-001 --agreement TS-BBN-2023 --reason 'Trùng việc'",
)
@_CODE
@_UNDER
@reason_option(required=True)
@json_option
@at_desk
def withdraw(desk: Desk, *, code: str, agreement: str, reason: str, as_json: bool) -> None:
    """Take one instruction back."""
    from workflow.instructions import instruction_given, withdraw_instruction
    from workflow.owing import bring_up_to_date

    with desk.writing() as db:
        cancelled = withdraw_instruction(db, agreement, code, act=desk.act(reason=reason))
        bring_up_to_date(db, agreement, act=desk.act())
        one = instruction_given(db, agreement, code, by=desk.by, at=desk.now)
    if as_json:
        print_json({**_data(one), "cancelled": cancelled})
        return
    text = N_("{code} is taken back; open tasks cancelled: {count:number}.")
    click.echo(speak()(text, code=code, count=cancelled))


def _data(one: Standing) -> dict[str, Any]:
    """An instruction as data, with how its tasks stand."""
    says = one.says
    return {
        "agreement": one.agreement,
        "code": says.code,
        "title": says.title,
        "text": says.text,
        "ground": says.ground,
        "by": says.by,
        "given_on": says.given_on,
        "due_on": says.due_on,
        "units": sorted(says.units),
        "about": None if says.about is None else asdict(says.about),
        "withdrawn": None if says.withdrawn is None else asdict(says.withdrawn),
        "stage": one.stage.value,
        "tasks": one.tasks,
        "done": one.done,
        "overdue": one.overdue,
        "states": {state.value: number for state, number in one.states.items()},
    }


__all__ = ["instruct"]
