"""Tasks on the command line: the work list, one task whole, why it is owed, and its acts.

Knows which use case a verb calls. Refuses to judge anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camket.asking import DAY, FILE, NUMBER, json_option, object_from, one_of
from camket.opening import Desk, at_desk
from camket.showing import print_json, print_table, with_progress
from camket.speaking import Verbs, speak
from camket.telling import line_data, print_shown, print_why, shown_data, why_data
from workflow.domain.errors import Refusal
from workflow.domain.lifecycle import State
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Connection

_MOST = 10_000


@click.group("task", cls=Verbs, help=N_("Tasks: list, show, why, evidence, submit and more."))
def task() -> None:
    """Hold the verbs of tasks."""


@task.command(
    "list",
    help=N_("The tasks that this person may read, by due day."),
    example="camket task list --unit phuong-tan-hong --overdue",
)
@click.option("--agreement", "agreement_code", metavar="CODE", help=N_("Only this agreement."))
@click.option("--obligation", "obligation_code", metavar="CODE", help=N_("Only this obligation."))
@click.option("--unit", "unit_key", metavar="UNIT", help=N_("Only tasks of this unit."))
@click.option(
    "--state",
    "states",
    multiple=True,
    type=one_of([one.value for one in State]),
    help=N_("Only this state; may be given several times."),
)
@click.option("--due-from", type=DAY, help=N_("Due on this day or later."))
@click.option("--due-until", type=DAY, help=N_("Due before this day."))
@click.option("--overdue", is_flag=True, help=N_("Only overdue tasks."))
@click.option("--history", is_flag=True, help=N_("Also those from before tracking began."))
@click.option(
    "--limit",
    type=click.IntRange(1, _MOST),
    default=1000,
    show_default=True,
    help=N_("At most so many tasks."),
)
@json_option
@at_desk
def list_(  # noqa: D103 - the help says it
    desk: Desk,
    *,
    states: Sequence[str],
    overdue: bool,
    history: bool,
    limit: int,
    as_json: bool,
    **limits: Any,
) -> None:
    from workflow.worklist import list_tasks

    with desk.reading() as db:
        page = list_tasks(
            db,
            by=desk.by,
            at=desk.now,
            states=[State(one) for one in states],
            only_overdue=overdue,
            with_history=history,
            at_most=limit,
            **limits,
        )
    if as_json:
        print_json([line_data(one) for one in page.lines])
        return
    print_table(
        (
            N_("No."),
            N_("Unit"),
            N_("Obligation"),
            N_("Occasion"),
            N_("Due"),
            N_("State"),
            N_("When"),
        ),
        [
            (
                str(one.task_id),
                one.unit_name,
                one.obligation,
                one.occasion,
                one.due_on,
                one.state,
                one.timeliness,
            )
            for one in page.lines
        ],
    )
    if page.next_after is not None:
        click.echo(speak()(N_("There are more; narrow the list or raise --limit.")), err=True)


@task.command(
    "show",
    help=N_("One task whole: how it stands, its evidence and verdicts, what was done about it."),
    example="camket task show 12",
)
@click.argument("number", type=NUMBER)
@json_option
@at_desk
def show(desk: Desk, *, number: int, as_json: bool) -> None:
    """Show a task."""
    from workflow.worklist import show_task

    with desk.reading() as db:
        found = show_task(db, number, by=desk.by, at=desk.now)
    if as_json:
        print_json(shown_data(found))
    else:
        print_shown(found)


@task.command(
    "why",
    help=N_("Why a unit has to do this: from the task back to the clause and its source."),
    example="camket task why 12",
)
@click.argument("number", type=NUMBER)
@json_option
@at_desk
def why(desk: Desk, *, number: int, as_json: bool) -> None:
    """Walk from a task to its clause."""
    from workflow.why import explain

    with desk.reading() as db:
        found = explain(db, number, by=desk.by, at=desk.now)
    if as_json:
        print_json(why_data(found))
    else:
        print_why(found)


@task.group("evidence", cls=Verbs, help=N_("Evidence of a task: add and remove."))
def evidence() -> None:
    """Hold the verbs of evidence."""


@evidence.command(
    "add",
    help=N_("Add evidence files to an open or returned task; each is checked on arrival."),
    example="camket task evidence add 12 hoa-don.xml --requirement hoa-don --as can-bo",
)
@click.argument("number", type=NUMBER)
@click.argument("files", type=FILE, nargs=-1)
@click.option(
    "--requirement",
    metavar="CODE",
    help=N_("What it proves; may be left out if only one is asked."),
)
@click.option("--figures", default="{}", metavar="JSON", help=N_("What is typed beside the file."))
@json_option
@at_desk
def add(  # noqa: D103 - the help says it
    desk: Desk,
    *,
    number: int,
    files: Sequence[Path],
    requirement: str | None,
    figures: str,
    as_json: bool,
) -> None:
    from workflow.submission import add_evidence

    typed = object_from(figures, name="--figures")
    with desk.reading() as db:
        code = _requirement(db, desk, number) if requirement is None else requirement
    stored = [(file, desk.files.store(file)) for file in with_progress(files, label=N_("Storing"))]
    given: list[dict[str, Any]] = [
        {"file": one, "name": file.name, "figures": typed} for file, one in stored
    ]
    with desk.writing() as db:
        items = [
            add_evidence(db, number, requirement=code, act=desk.act(), **one)
            for one in given or [{"figures": typed}]
        ]
    if as_json:
        print_json({"task": number, "requirement": code, "items": items})
        return
    click.echo(speak()(N_("Evidence items added: {items}; they are being checked."), items=items))


@evidence.command(
    "remove",
    help=N_("Take an evidence item back; it stays on record as removed."),
    example="camket task evidence remove 7",
)
@click.argument("item", type=NUMBER)
@at_desk
def remove(desk: Desk, *, item: int) -> None:
    """Remove an item."""
    from workflow.submission import remove_evidence

    with desk.writing() as db:
        remove_evidence(db, item, act=desk.act())
    click.echo(speak()(N_("Evidence item {item} was removed."), item=item))


def _requirement(db: Connection, desk: Desk, number: int) -> str:
    """The only requirement of a task. Raises ``Refusal("evidence.requirement_unsaid")``."""
    from workflow.domain.agreement import requirements_of
    from workflow.moves import look_at_each
    from workflow.worklist import show_task

    show_task(db, number, by=desk.by, at=desk.now)
    known = [leaf.code for leaf in requirements_of(look_at_each(db, [number])[number].says.proof)]
    if len(known) > 1:
        raise Refusal("evidence.requirement_unsaid", known=known)
    return known[0] if known else ""
