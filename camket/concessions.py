"""Extensions and waivers on the command line: one person asks, another grants or refuses.

Knows that both are asked and decided alike. Refuses to know who may decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camket.asking import DAY, NUMBER, json_option, reason_option
from camket.opening import Desk, at_desk
from camket.showing import print_json, print_table
from camket.speaking import Verbs, speak
from camket.telling import row_data, say_states
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from workflow.concessions import Kind


def _concession_verbs(kind_name: str, group: Verbs, *, texts: dict[str, str]) -> None:
    """Add ``list``, ``ask``, ``grant`` and ``refuse`` of one kind of concession to its group."""
    takes_day = kind_name == "extension"

    def until_option(*, required: bool) -> Callable[[Any], Any]:
        if not takes_day:
            return lambda command: command
        return click.option(
            "--until", "until_on", type=DAY, required=required, help=N_("The new due day.")
        )

    example_day = " --until 2024-04-15" if takes_day else ""

    @group.command("list", help=texts["list"], example=f"camket {kind_name} list --as quan-tri")
    @json_option
    @at_desk
    def list_(desk: Desk, *, as_json: bool) -> None:
        from workflow.concessions import open_requests

        with desk.reading() as db:
            rows = open_requests(db, by=desk.by, at=desk.now, kind=_kind(kind_name))
            found = [row_data(row) for row in rows]
        if as_json:
            print_json(found)
            return
        print_table(
            (N_("Task"), N_("Obligation"), N_("Unit"), N_("Asked by"), N_("Until"), N_("Why")),
            [
                (
                    str(row["task_id"]),
                    row["obligation"],
                    row["answerable"],
                    row["asked_by"],
                    row["until_on"],
                    row["reason"],
                )
                for row in found
            ],
        )

    @group.command(
        "ask",
        help=texts["ask"],
        example=f"camket {kind_name} ask 12{example_day} --reason 'Chờ Bưu điện' --as can-bo",
    )
    @click.argument("number", type=NUMBER)
    @until_option(required=True)
    @reason_option()
    @at_desk
    def ask(desk: Desk, *, number: int, reason: str, until_on: date | None = None) -> None:
        from workflow import concessions

        act = desk.act(reason=reason)
        with desk.writing() as db:
            if until_on is None:
                asked = concessions.ask_waiver(db, number, act=act)
            else:
                asked = concessions.ask_extension(db, number, until_on=until_on, act=act)
        text = N_("Asked (request {request}); another person decides.")
        click.echo(speak()(text, request=asked))

    @group.command(
        "grant", help=texts["grant"], example=f"camket {kind_name} grant 12 --as quan-tri"
    )
    @click.argument("number", type=NUMBER)
    @until_option(required=False)
    @reason_option(required=False)
    @at_desk
    def grant(desk: Desk, *, number: int, reason: str | None, until_on: date | None = None) -> None:
        from workflow import concessions

        act = desk.act(reason=reason)
        with desk.writing() as db:
            concessions.grant(db, number, _kind(kind_name), act=act, until_on=until_on)
        say_states(desk, [number])

    @group.command(
        "refuse",
        help=texts["refuse"],
        example=f"camket {kind_name} refuse 12 --reason 'Không đủ căn cứ' --as quan-tri",
    )
    @click.argument("number", type=NUMBER)
    @reason_option()
    @at_desk
    def refuse(desk: Desk, *, number: int, reason: str) -> None:
        from workflow import concessions

        with desk.writing() as db:
            concessions.refuse(db, number, _kind(kind_name), act=desk.act(reason=reason))
        click.echo(speak()(N_("The request about task {task} is refused."), task=number))


def _kind(name: str) -> Kind:
    from workflow.concessions import Kind

    return Kind(name)


@click.group("extension", cls=Verbs, help=N_("Extensions: list, ask, grant, refuse."))
def extension() -> None:
    """Hold the verbs of extensions."""


@click.group("waiver", cls=Verbs, help=N_("Waivers: list, ask, grant, refuse."))
def waiver() -> None:
    """Hold the verbs of waivers."""


_concession_verbs(
    "extension",
    extension,
    texts={
        "list": N_("The extensions that were asked for and not decided."),
        "ask": N_("Ask for more time."),
        "grant": N_("Grant more time that another person asked for."),
        "refuse": N_("Refuse more time that another person asked for."),
    },
)
_concession_verbs(
    "waiver",
    waiver,
    texts={
        "list": N_("The waivers that were asked for and not decided."),
        "ask": N_("Ask that a task need not be done."),
        "grant": N_("Waive a task as another person asked."),
        "refuse": N_("Refuse a waiver that another person asked for."),
    },
)
