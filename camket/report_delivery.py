"""What surrounds a report, on the command line: comments, number, signed copy, letters.

Knows how each is typed and told. Refuses to change what a report says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camket.asking import FILE, json_option, reason_option
from camket.opening import Desk, at_desk
from camket.register import edition_option, report_of, say_report, which
from camket.reports import report
from camket.showing import print_json, print_table
from camket.speaking import speak
from camket.telling import row_data
from workflow.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Row


@report.command(
    "comment",
    help=N_("Comment on a draft, or without --text read what was said; it is never frozen."),
    example="camket report comment --agreement TS-BBN-2023 --period 2024-Q1 --as lanh-dao"
    " --text 'Làm rõ nguyên nhân ở mục IV.'",
)
@which
@click.option("--text", help=N_("What is said."))
@json_option
@at_desk
def comment(desk: Desk, *, code: str, period: str, text: str | None, as_json: bool) -> None:
    from dataclasses import asdict

    from reports.issuing.commenting import comment_on, comments_read

    if text is not None:
        with desk.writing() as db:
            comment_on(db, report_of(db, code, period).id, text=text, act=desk.act())
    with desk.reading() as db:
        found = comments_read(db, report_of(db, code, period).id, by=desk.by)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    print_table(
        (N_("When"), N_("Who"), N_("Comment")), [(one.at, one.name, one.text) for one in found]
    )


@report.command(
    "number",
    help=N_("Bind the next number of the own series to an approved report; it keeps it."),
    example="camket report number --agreement TS-BBN-2023 --period 2024-Q1",
)
@which
@at_desk
def number(desk: Desk, *, code: str, period: str) -> None:
    """Take a number."""
    from reports.issuing.numbering import take_number

    with desk.writing() as db:
        taken = take_number(db, report_of(db, code, period).id, act=desk.act())
    click.echo(speak()(N_("No. {number} is bound to this report."), number=taken))


@report.command(
    "scan",
    help=N_("Attach the signed copy (PDF) of an issued report; recipients get it."),
    example="camket report scan --agreement TS-BBN-2023 --period 2024-Q1 --file ban-ky.pdf",
)
@which
@edition_option
@click.option("--file", type=FILE, required=True, metavar="FILE", help=N_("The scan, a PDF."))
@at_desk
def scan(desk: Desk, *, code: str, period: str, edition: int | None, file: Path) -> None:
    """Attach a signed copy."""
    from reports.issuing.scanning import attach_scan

    with desk.writing() as db:
        row = report_of(db, code, period, edition)
        attach_scan(
            db,
            row.id,
            name=file.name,
            content=file.read_bytes(),
            data_dir=desk.settings.data_dir,
            act=desk.act(),
        )
    text = N_("The signed copy is attached; it is given out first from now on.")
    click.echo(speak()(text))


@report.command(
    "withdraw",
    help=N_("Withdraw an issued report as a leader; whoever got it is told."),
    example="camket report withdraw --agreement TS-BBN-2023 --period 2024-Q1 --as lanh-dao"
    " --reason 'Sai số liệu mục II'",
)
@which
@edition_option
@reason_option()
@at_desk
def withdraw(desk: Desk, *, code: str, period: str, edition: int | None, reason: str) -> None:
    """Withdraw a report."""
    from reports.issuing.withdrawing import withdraw_report

    with desk.writing() as db:
        row = report_of(db, code, period, edition)
        withdraw_report(db, row.id, act=desk.act(reason=reason))
        row = report_of(db, code, period, row.edition)
    say_report(row, code, as_json=False)


@report.command(
    "letters",
    help=N_("To whom a report was sent, and who confirmed it; --send sends it to the others."),
    example="camket report letters --agreement TS-BBN-2023 --period 2024-Q1 --send",
)
@which
@edition_option
@click.option("--send", is_flag=True, help=N_("Send it to whoever has not got it."))
@json_option
@at_desk
def letters(
    desk: Desk, *, code: str, period: str, edition: int | None, send: bool, as_json: bool
) -> None:
    from reports.delivering.letters_sent import letters_sent
    from reports.delivering.sending import deliver

    if send:
        with desk.writing() as db:
            deliver(db, report_of(db, code, period, edition).id, act=desk.act())
    with desk.reading() as db:
        rows = letters_sent(db, report_of(db, code, period, edition).id, by=desk.by)
    if as_json:
        print_json([_told(one) for one in rows])
        return
    say = speak()
    print_table(
        (N_("Recipient"), N_("What was sent"), N_("Leaves"), N_("Sent"), N_("Received"), N_("By")),
        [
            (
                f"{one.name} <{one.mail}>",
                say(_KINDS[one.kind]),
                one.due_at,
                one.sent_at or one.error or "",
                one.received_at,
                one.received_by,
            )
            for one in rows
        ],
    )


_KINDS = {
    "issued": N_("the report"),
    "signed": N_("the signed copy"),
    "withdrawn": N_("the withdrawal"),
}


def _told(row: Row[Any]) -> dict[str, Any]:
    """A letter as data, without what its receipt's link is made of."""
    return {name: value for name, value in row_data(row).items() if name != "seed"}


__all__ = ["report"]
