"""What is done to a task on the command line: handed in, taken back, suspended, cancelled.

Knows which use case a verb calls. Refuses to know what a state allows.
"""

from __future__ import annotations

import click

from camket.asking import NUMBER, reason_option
from camket.opening import Desk, at_desk
from camket.speaking import speak
from camket.tasks import task
from camket.telling import say_states
from workflow.i18n import N_


@task.command(
    "submit",
    help=N_("Declare a task complete; with --for and --ground on behalf of its unit."),
    example="camket task submit 12 --for phuong-tan-hong --ground 'Công văn 15/CV'",
)
@click.argument("number", type=NUMBER)
@click.option("--for", "unit", metavar="UNIT", help=N_("The unit on whose behalf it is done."))
@click.option("--ground", metavar="TEXT", help=N_("The ground for doing so."))
@click.option("--nothing", is_flag=True, help=N_("Declare that there is nothing to report."))
@at_desk
def submit(desk: Desk, *, number: int, unit: str | None, ground: str | None, nothing: bool) -> None:
    """Submit a task."""
    from workflow.submission import declare_nothing, submit_task

    act = desk.act(reason=ground, on_behalf=unit)
    with desk.writing() as db:
        (declare_nothing if nothing else submit_task)(db, number, act=act)
    _say(desk, number)


@task.command(
    "withdraw",
    help=N_("Take a submission back before its verdict."),
    example="camket task withdraw 12",
)
@click.argument("number", type=NUMBER)
@at_desk
def withdraw(desk: Desk, *, number: int) -> None:
    """Withdraw a submission."""
    from workflow.submission import withdraw_submission

    with desk.writing() as db:
        withdraw_submission(db, number, act=desk.act())
    _say(desk, number)


@task.command(
    "suspend",
    help=N_("Ask that a task rest; said by a second person it grants what was asked."),
    example="camket task suspend 12 --reason 'Chờ chỉ đạo' --as can-bo",
)
@click.argument("number", type=NUMBER)
@reason_option()
@at_desk
def suspend(desk: Desk, *, number: int, reason: str) -> None:
    """Ask for or grant a suspension."""
    from workflow import concessions

    with desk.writing() as db:
        rests = concessions.suspend(db, number, act=desk.act(reason=reason))
    if rests:
        _say(desk, number)
    else:
        click.echo(
            speak()(N_("A suspension of task {task} is asked for; another decides."), task=number)
        )


@task.command(
    "resume",
    help=N_("Take a suspended task up again."),
    example="camket task resume 12 --as quan-tri",
)
@click.argument("number", type=NUMBER)
@reason_option(required=False)
@at_desk
def resume(desk: Desk, *, number: int, reason: str | None) -> None:
    """Resume a task."""
    from workflow.concessions import resume_task

    with desk.writing() as db:
        resume_task(db, number, act=desk.act(reason=reason))
    _say(desk, number)


@task.command(
    "reopen",
    help=N_("Give an accepted task back to its unit."),
    example="camket task reopen 12 --reason 'Hóa đơn bị thay thế'",
)
@click.argument("number", type=NUMBER)
@reason_option()
@click.option("--correction", is_flag=True, help=N_("With the correction term."))
@at_desk
def reopen(desk: Desk, *, number: int, reason: str, correction: bool) -> None:
    """Reopen a task."""
    from workflow.doubts import reopen_task

    with desk.writing() as db:
        reopen_task(db, number, act=desk.act(reason=reason), grants_correction=correction)
    _say(desk, number)


@task.command(
    "cancel",
    help=N_("Cancel a task for good."),
    example="camket task cancel 12 --reason 'Giao nhầm đơn vị'",
)
@click.argument("number", type=NUMBER)
@reason_option()
@at_desk
def cancel(desk: Desk, *, number: int, reason: str) -> None:
    """Cancel a task."""
    from workflow.concessions import cancel_task

    with desk.writing() as db:
        cancel_task(db, number, act=desk.act(reason=reason))
    _say(desk, number)


def _say(desk: Desk, number: int) -> None:
    say_states(desk, [number])


__all__ = ["task"]
