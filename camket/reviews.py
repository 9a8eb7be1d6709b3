"""Decisions on the command line: reviews, extensions, waivers and doubts, each by a person.

Knows which use case a verb calls. Refuses to know who may decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camket.asking import DAY, NUMBER, json_option, one_of, reason_option
from camket.opening import Desk, at_desk
from camket.showing import print_json, print_table, said
from camket.speaking import Verbs, speak
from camket.tasks import say_states
from camket.telling import row_data, said_reason
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from workflow.concessions import Kind

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
