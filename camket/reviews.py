"""Decisions on the command line: reviews, extensions, waivers and doubts, each by a person.

Knows which use case a verb calls. Refuses to know who may decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.asking import NUMBER, json_option, reason_option
from camket.opening import Desk, at_desk
from camket.showing import print_json, print_table, said
from camket.speaking import Verbs, speak
from camket.telling import row_data, said_reason, say_states
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_AGREEMENT = click.option(
    "--agreement", "agreement_code", metavar="CODE", help=N_("Only this agreement.")
)


@click.group("review", cls=Verbs, help=N_("Reviews: list, confirm, return."))
def review() -> None:
    """Hold the verbs of the review desk."""


@review.command(
    "list",
    help=N_("Submissions that wait for a decision of this person, the most urgent first."),
    example="camket review list --as tham-dinh",
)
@_AGREEMENT
@click.option("--overdue", is_flag=True, help=N_("Only reviews whose own due day has passed."))
@json_option
@at_desk
def list_(desk: Desk, *, agreement_code: str | None, overdue: bool, as_json: bool) -> None:
    """List what waits."""
    from workflow.review import waiting_reviews

    with desk.reading() as db:
        found = [
            row_data(row)
            for row in waiting_reviews(
                db,
                by=desk.by,
                at=desk.now,
                only_overdue=overdue,
                agreement_code=agreement_code,
            )
        ]
    if as_json:
        print_json(found)
        return
    print_table(
        (
            N_("Task"),
            N_("Obligation"),
            N_("Occasion"),
            N_("Unit"),
            N_("Submitted by"),
            N_("Review due"),
            N_("Own"),
            N_("Why"),
        ),
        [
            (
                str(row["task_id"]),
                row["obligation"],
                row["occasion"],
                row["answerable"],
                row["submitted_by"],
                row["review_due_on"],
                bool(row["is_own"]),
                " ".join(said_reason(one) for one in row["reasons"] or ()),
            )
            for row in found
        ],
    )


@review.command(
    "confirm",
    help=N_("Accept submissions; nobody confirms what they handed in."),
    example="camket review confirm 12 13 --as tham-dinh",
)
@click.argument("numbers", type=NUMBER, nargs=-1, required=True)
@reason_option(required=False)
@at_desk
@click.pass_context
def confirm(ctx: click.Context, desk: Desk, *, numbers: Sequence[int], reason: str | None) -> None:
    """Confirm submissions."""
    from workflow.review import confirm_submission

    _decide(ctx, desk, numbers, confirm_submission, reason=reason)


@review.command(
    "return",
    help=N_("Give submissions back to their units with a reason."),
    example="camket review return 12 --reason 'Thiếu chữ ký' --as tham-dinh",
)
@click.argument("numbers", type=NUMBER, nargs=-1, required=True)
@reason_option()
@at_desk
@click.pass_context
def return_(ctx: click.Context, desk: Desk, *, numbers: Sequence[int], reason: str) -> None:
    """Return submissions."""
    from workflow.review import return_submission

    _decide(ctx, desk, numbers, return_submission, reason=reason)


@review.command(
    "correct",
    help=N_("Grant the correction term to a task that the checks returned or that was reopened."),
    example="camket review correct 12 --as tham-dinh",
)
@click.argument("number", type=NUMBER)
@at_desk
def correct(desk: Desk, *, number: int) -> None:
    """Grant a correction term."""
    from workflow.review import grant_correction

    with desk.writing() as db:
        last_on = grant_correction(db, number, act=desk.act())
    text = N_("Task {task} may be corrected until {until:day}.")
    click.echo(speak()(text, task=number, until=last_on))


def _decide(
    ctx: click.Context,
    desk: Desk,
    numbers: Sequence[int],
    decide: Callable[..., object],
    *,
    reason: str | None,
) -> None:
    """Decide one, which is refused as any act is, or many, each for itself (1 if some were)."""
    from workflow.review import decide_each

    act = desk.act(reason=reason)
    with desk.writing() as db:
        if len(numbers) == 1:
            decide(db, numbers[0], act=act)
            decided = []
        else:
            decided = decide_each(db, numbers, decide, act=act)
    refused = {one.task_id: one.refusal for one in decided if one.refusal is not None}
    say_states(desk, [number for number in dict.fromkeys(numbers) if number not in refused])
    for number, refusal in refused.items():
        click.echo(f"{number}: {said(refusal)}", err=True)
    if refused:
        ctx.exit(1)
