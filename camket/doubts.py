"""Doubts about accepted tasks on the command line: listed, raised and settled by people.

Knows which use case a verb calls. Refuses to judge.
"""

from __future__ import annotations

import click

from camket.asking import NUMBER, json_option, one_of, reason_option
from camket.opening import Desk, at_desk
from camket.showing import print_json, print_table
from camket.speaking import Verbs, speak
from camket.telling import row_data, said_reason
from workflow.i18n import N_

_AGREEMENT = click.option(
    "--agreement", "agreement_code", metavar="CODE", help=N_("Only this agreement.")
)


@click.group("doubt", cls=Verbs, help=N_("Doubts about accepted tasks: list, raise, settle."))
def doubt() -> None:
    """Hold the verbs of doubts."""


@doubt.command(
    "list",
    help=N_("The doubts that nobody has settled, oldest first."),
    example="camket doubt list --json",
)
@_AGREEMENT
@json_option
@at_desk
def list_doubts(desk: Desk, *, agreement_code: str | None, as_json: bool) -> None:
    """List open doubts."""
    from workflow.doubts import open_doubts

    with desk.reading() as db:
        rows = open_doubts(db, by=desk.by, at=desk.now, agreement_code=agreement_code)
        found = [row_data(row) for row in rows]
    if as_json:
        print_json(found)
        return
    print_table(
        (N_("No."), N_("Task"), N_("Obligation"), N_("Unit"), N_("Raised by"), N_("Why")),
        [
            (
                str(row["doubt_id"]),
                str(row["task_id"]),
                row["obligation"],
                row["answerable"],
                row["raised_by"],
                said_reason(row["reason"]),
            )
            for row in found
        ],
    )


@doubt.command(
    "raise",
    help=N_("Speak against an accepted task; only a person settles it."),
    example="camket doubt raise 12 --reason 'Hóa đơn trùng' --as tham-dinh",
)
@click.argument("number", type=NUMBER)
@reason_option()
@click.option("--contest", is_flag=True, help=N_("As the party that receives."))
@at_desk
def raise_(desk: Desk, *, number: int, reason: str, contest: bool) -> None:
    """Raise a doubt."""
    from workflow.doubts import raise_doubt

    with desk.writing() as db:
        raised = raise_doubt(
            db,
            number,
            act=desk.act(reason=reason),
            kind="contested" if contest else "raised",
        )
    click.echo(speak()(N_("Doubt {doubt} is raised about task {task}."), doubt=raised, task=number))


@doubt.command(
    "settle",
    help=N_("Settle a doubt: the task stays accepted, or is reopened."),
    example="camket doubt settle 3 --outcome kept --reason 'Đã đối chiếu' --as tham-dinh",
)
@click.argument("number", type=NUMBER)
@click.option(
    "--outcome",
    type=one_of(["kept", "reopened"]),
    required=True,
    help=N_("Whether the task stays accepted or is reopened."),
)
@reason_option()
@click.option("--correction", is_flag=True, help=N_("With the correction term."))
@at_desk
def settle(desk: Desk, *, number: int, outcome: str, reason: str, correction: bool) -> None:
    """Settle a doubt."""
    from workflow.doubts import keep_accepted, reopen_for

    act = desk.act(reason=reason)
    with desk.writing() as db:
        if outcome == "kept":
            keep_accepted(db, number, act=act)
        else:
            reopen_for(db, number, act=act, grants_correction=correction)
    click.echo(
        speak()(N_("Doubt {doubt} is settled: {outcome:word}."), doubt=number, outcome=outcome)
    )
