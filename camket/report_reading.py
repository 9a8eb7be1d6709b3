"""Reports on the command line: shown, listed, and held to what was issued.

Knows that what was issued is given away as it was frozen. Refuses to change any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.asking import json_option
from camket.opening import Desk, at_desk
from camket.register import (
    ALL_FORMATS,
    copied,
    edition_option,
    files_options,
    named_formats,
    register_data,
    report_of,
    say_report,
    which,
)
from camket.reports import report
from camket.showing import print_json, print_table
from camket.speaking import language, speak
from workflow.domain.errors import Refusal
from workflow.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path


@report.command(
    "show",
    help=N_("How a report stands; with --out, its files, a draft's as they would be."),
    example="camket report show --agreement TS-BBN-2023 --period 2024-Q1 --format html --out xem",
)
@which
@edition_option
@files_options
@json_option
@at_desk
def show(
    desk: Desk,
    *,
    code: str,
    period: str,
    edition: int | None,
    formats: str,
    out: Path | None,
    as_json: bool,
) -> None:
    from reports.reading import draft_file, report_listed
    from workflow.store.reports import files_of

    wanted, data_dir = named_formats(formats), desk.settings.data_dir
    files: dict[str, bytes] = {}
    with desk.reading() as db:
        row = report_of(db, code, period, edition)
        report_listed(db, row.id, by=desk.by)
        frozen = {one.format: data_dir / one.name for one in files_of(db, row.id)}
        for name in wanted if out is not None else ():
            if row.state != "issued":
                files[f"{code}-{period}-{row.edition}.{name}"] = draft_file(
                    db, row.id, name, by=desk.by, lang=language(), data_dir=data_dir
                )
            elif name in frozen:
                # What was issued is given away as it was frozen, never made anew.
                files[frozen[name].name] = frozen[name].read_bytes()
            elif formats != ALL_FORMATS:
                raise Refusal("report.format_not_frozen", format=name, frozen=sorted(frozen))
    say_report(row, code, as_json=as_json, files=[] if out is None else copied(out, files))


@report.command(
    "list",
    help=N_("The reports that this person may read."),
    example="camket report list --json",
)
@click.option("--agreement", "code", metavar="CODE", help=N_("Only this agreement."))
@json_option
@at_desk
def list_(desk: Desk, *, code: str | None, as_json: bool) -> None:
    """List reports."""
    from reports.reading import reports_readable

    with desk.reading() as db:
        rows = reports_readable(db, by=desk.by, code=code)
    if as_json:
        print_json([register_data(row, row.agreement) for row in rows])
        return
    print_table(
        (N_("Agreement"), N_("Period"), N_("Edition"), N_("State"), N_("Number"), N_("Cut off")),
        [
            (
                row.agreement,
                row.period,
                row.edition,
                speak().word(row.state),
                row.number,
                row.cut_off,
            )
            for row in rows
        ],
    )


@report.command(
    "verify",
    help=N_("Compare an issued report with its hashes, files and journal; 1 where they differ."),
    example="camket report verify --agreement TS-BBN-2023 --period 2024-Q1",
)
@which
@edition_option
@json_option
@at_desk
@click.pass_context
def verify(
    ctx: click.Context,
    desk: Desk,
    *,
    code: str,
    period: str,
    edition: int | None,
    as_json: bool,
) -> None:
    """Verify an issued report."""
    from reports.issuing.verifying import verify_report
    from reports.reading import report_read
    from workflow.labels import sentence_for

    with desk.reading() as db:
        row = report_of(db, code, period, edition)
        report_read(db, row.id, by=desk.by)
        found = verify_report(db, row.id, data_dir=desk.settings.data_dir)
    said = [sentence_for(one.code, one.facts, language()) for one in found]
    if as_json:
        problems = [
            {"code": one.code, **one.facts, "message": text}
            for one, text in zip(found, said, strict=True)
        ]
        print_json({**register_data(row, code), "is_as_issued": not found, "problems": problems})
    else:
        for text in said:
            click.echo(text)
        if not found:
            text = N_("The report {number} is what was issued (SHA-256 {sha256}).")
            click.echo(speak()(text, number=row.number, sha256=row.sha256))
    if found:
        ctx.exit(1)


__all__ = ["report"]
