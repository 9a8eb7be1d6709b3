"""The periodic report on the command line: drafted, written on, approved, issued.

Knows the steps and who composes them: the proof of coverage first, the journal sealed
before a number is given. Refuses to know what a report says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.asking import DAY, INSTANT, json_option, one_of, reason_option
from camket.opening import Desk, at_desk
from camket.register import (
    copied,
    editions,
    files_options,
    named_formats,
    report_of,
    say_report,
    which,
)
from camket.speaking import Verbs, language
from workflow.i18n import N_

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from reports.drafting import Basis

PLACES = (
    "direction", "results", "strengths", "shortcomings", "causes", "plans", "proposals",
)  # fmt: skip
#: Of units in a report: the tree of the period, or of the instant as of which it is drawn up.
TREES = ("as_it_was", "as_it_is")


@click.group("report", cls=Verbs, help=N_("Reports: draft, write, approve, issue, show, verify."))
def report() -> None:
    """Hold the verbs of reports."""


@report.command(
    "draft",
    help=N_(
        "Draft the report on a period after its cut-off, or draw up its draft anew; paragraphs"
        " that people wrote stay. With --ground, correct an issued one by an addendum."
    ),
    example="camket report draft --agreement TS-BBN-2023 --period 2024-Q1",
)
@which
@click.option("--cut-off", type=INSTANT, help=N_("Submissions and days are judged then."))
@click.option("--as-of", type=INSTANT, help=N_("Verdicts and decisions are judged then."))
@click.option("--ground", help=N_("Why an issued report is corrected."))
@click.option(
    "--tree",
    type=one_of(TREES),
    help=N_("Group units by the tree as it was in the period, or as it is then."),
)
@json_option
@at_desk
def draft(  # noqa: D103 - the help says it
    desk: Desk,
    *,
    code: str,
    period: str,
    cut_off: datetime | None,
    as_of: datetime | None,
    ground: str | None,
    tree: str | None,
    as_json: bool,
) -> None:
    from reports.drafting import draft_addendum, draft_report, refresh_report

    with desk.writing() as db:
        basis = _basis(db, desk, code, cut_off=cut_off, as_of=as_of, tree=tree)
        latest = editions(db, code, period)[-1:]
        act = desk.act()
        if latest and latest[0].state == "draft":
            refresh_report(db, latest[0].id, basis=basis, act=act)
        elif ground is not None:
            draft_addendum(db, agreement=code, period=period, ground=ground, basis=basis, act=act)
        else:
            draft_report(db, agreement=code, period=period, basis=basis, act=act)
        row = editions(db, code, period)[-1]
    say_report(row, code, as_json=as_json)


@report.command(
    "write",
    help=N_("Write a paragraph of a draft; a new draft of the figures keeps it."),
    example="camket report write --agreement TS-BBN-2023 --period 2024-Q1 --place strengths"
    " --text 'Nhiều đơn vị hoàn thành sớm.'",
)
@which
@click.option("--place", type=one_of(PLACES), required=True, help=N_("Which paragraph."))
@click.option("--text", required=True, help=N_("What it says; nothing takes it away."))
@at_desk
def write(desk: Desk, *, code: str, period: str, place: str, text: str) -> None:
    """Write a paragraph."""
    from reports.drafting import write_paragraph
    from reports.quarterly import Paragraph

    with desk.writing() as db:
        number = report_of(db, code, period).id
        write_paragraph(db, number, place=Paragraph(place), text=text, act=desk.act())
        row = report_of(db, code, period)
    say_report(row, code, as_json=False)


@report.command(
    "approve",
    help=N_("Approve a draft as a leader; never by who drew it up."),
    example="camket report approve --agreement TS-BBN-2023 --period 2024-Q1 --as lanh-dao",
)
@which
@click.option("--seen", metavar="SHA256", help=N_("Only if it is still what was read."))
@click.option(
    "--despite-changes",
    is_flag=True,
    help=N_("Knowing that figures changed under words that nobody has confirmed."),
)
@at_desk
def approve(desk: Desk, *, code: str, period: str, seen: str | None, despite_changes: bool) -> None:
    """Approve a draft."""
    from reports.issuing.issuing import approve_report

    with desk.writing() as db:
        number = report_of(db, code, period).id
        approve_report(db, number, act=desk.act(), seen=seen, despite_changes=despite_changes)
        row = report_of(db, code, period)
    say_report(row, code, as_json=False)


@report.command(
    "send-back",
    help=N_("Make an approved report a draft again, before it is issued."),
    example="camket report send-back --agreement TS-BBN-2023 --period 2024-Q1"
    " --reason 'Sửa mục III'",
)
@which
@reason_option()
@at_desk
def send_back(desk: Desk, *, code: str, period: str, reason: str) -> None:
    """Send an approved report back."""
    from reports.issuing import issuing

    with desk.writing() as db:
        issuing.send_back(db, report_of(db, code, period).id, act=desk.act(reason=reason))
        row = report_of(db, code, period)
    say_report(row, code, as_json=False)


@report.command(
    "issue",
    help=N_("Number an approved report and freeze it with its files for good."),
    example="camket report issue --agreement TS-BBN-2023 --period 2024-Q1 --out bao-cao",
)
@which
@click.option("--number", help=N_("The office's own number; otherwise the next one."))
@click.option("--date", "issued_on", type=DAY, help=N_("The day in the register; otherwise today."))
@click.option("--signer", default="", help=N_("Who signed; otherwise whoever approved it."))
@click.option("--post", default="", help=N_("The post of who signs."))
@files_options
@json_option
@at_desk
def issue(  # noqa: D103 - the help says it
    desk: Desk,
    *,
    code: str,
    period: str,
    number: str | None,
    issued_on: date | None,
    signer: str,
    post: str,
    formats: str,
    out: Path | None,
    as_json: bool,
) -> None:
    from reports.issuing.issuing import Issuing, issue_report
    from reports.issuing.numbering import take_number
    from workflow.sealing import latest_head, seal

    wanted = named_formats(formats)
    with desk.writing() as db:
        # The number is given under a seal over everything that came before it.
        seal(db, desk.settings.journal_keys, at=desk.now)
        if number is None and issued_on is None:
            # Whatever fails from here on, the number stays with this report.
            take_number(db, report_of(db, code, period).id, act=desk.act())
    with desk.writing() as db:
        head = latest_head(db)
        how = Issuing(
            data_dir=desk.settings.data_dir,
            journal_head="" if head is None else head.head,
            lang=language(),
            formats=wanted,
            number=number,
            issued_on=issued_on,
            signer=signer,
            post=post,
        )
        issued = issue_report(db, report_of(db, code, period).id, how=how, act=desk.act())
        row = report_of(db, code, period)
    made = [desk.settings.data_dir / one.name for one in issued.files if one.format in wanted]
    paths = made if out is None else copied(out, {one.name: one.read_bytes() for one in made})
    say_report(row, code, as_json=as_json, files=paths)


def _basis(
    db: Connection,
    desk: Desk,
    code: str,
    *,
    cut_off: datetime | None,
    as_of: datetime | None,
    tree: str | None,
) -> Basis:
    from reports.drafting import Basis
    from reports.unit_groups import Tree
    from workflow.coverage import prove_coverage

    return Basis(
        coverage=prove_coverage(db, agreement=code, at=desk.now),
        is_simulated=desk.is_simulated,
        cut_off=cut_off,
        as_of=as_of,
        tree=None if tree is None else Tree(tree),
    )
