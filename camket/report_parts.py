"""Parts of a report, on the command line: records to argue with, and packs of evidence.

Knows how a part is named and where files go. Refuses to know any figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.asking import FILE, file_argument, json_option
from camket.opening import Desk, at_desk
from camket.register import copied, edition_option, named_formats, report_of, which
from camket.reports import report
from camket.showing import print_json
from camket.speaking import language, speak
from workflow.domain.errors import Refusal
from workflow.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path


@report.command(
    "record",
    help=N_(
        "One unit's record of a period, or one obligation's across units: every task with its days,"
        " verdicts and reasons, by the figures of the report."
    ),
    example="camket report record --agreement TS-BBN-2023 --period 2024-Q1 --unit PHUONG-1"
    " --format pdf --out ban-ghi",
)
@which
@click.option("--unit", metavar="KEY", help=N_("The unit."))
@click.option("--obligation", metavar="CODE", help=N_("The obligation."))
@click.option(
    "--format", "formats", default="pdf", show_default=True, help=N_("Formats, by commas.")
)
@click.option("--out", type=FILE, metavar="DIR", required=True, help=N_("Where they are written."))
@at_desk
def record(
    desk: Desk,
    *,
    code: str,
    period: str,
    unit: str | None,
    obligation: str | None,
    formats: str,
    out: Path,
) -> None:
    from reports.packs.streamed_zip import safe_name
    from reports.records.files import record_file
    from reports.records.record import About, Part, record_of

    if (unit is None) == (obligation is None):
        raise Refusal("record.one_of")
    part = Part(
        about=About.UNIT if unit is not None else About.OBLIGATION,
        key=unit or obligation or "",
        agreement=code,
        period=period,
    )
    wanted = named_formats(formats)
    with desk.reading() as db:
        found = record_of(db, part, by=desk.by, at=desk.now, is_simulated=desk.is_simulated)
    files = {
        safe_name(f"{code}-{period}-{part.key}.{kind}"): record_file(found, kind, lang=language())
        for kind in wanted
    }
    for path in copied(out, files):
        click.echo(f"  {path}")


@report.command(
    "pack",
    help=N_(
        "Pack an issued report with all of its evidence and verdicts into one ZIP, with a manifest"
        " that names every file and what is missing."
    ),
    example="camket report pack --agreement TS-BBN-2023 --period 2024-Q1 --out minh-chung.zip",
)
@which
@edition_option
@click.option("--out", type=FILE, metavar="FILE", required=True, help=N_("The ZIP."))
@at_desk
def pack(desk: Desk, *, code: str, period: str, edition: int | None, out: Path) -> None:
    """Pack the evidence of a report."""
    from reports.packs.packing import pack_of, streamed

    with desk.reading() as db:
        made = pack_of(
            db,
            report_of(db, code, period, edition).id,
            by=desk.by,
            data_dir=desk.settings.data_dir,
            evidence=desk.files,
        )
    with out.open("wb") as file:
        file.writelines(streamed(made))
    click.echo(f"  {out}")


@report.command(
    "verify-pack",
    help=N_(
        "Compare a pack of evidence with its manifest and report, offline; 1 where they differ."
    ),
    example="camket report verify-pack minh-chung.zip",
)
@file_argument()
@json_option
@click.pass_context
def verify_pack(ctx: click.Context, *, file: Path, as_json: bool) -> None:
    """Verify a pack."""
    from reports.packs import verifying as pack_verifying
    from workflow.labels import sentence_for

    manifest, found = pack_verifying.verify_pack(file)
    said = [sentence_for(one.code, one.facts, language()) for one in found]
    if as_json:
        problems = [
            {"code": one.code, **one.facts, "message": text}
            for one, text in zip(found, said, strict=True)
        ]
        print_json(
            {
                "agreement": manifest.agreement,
                "period": manifest.period,
                "number": manifest.number,
                "report_sha256": manifest.report_sha256,
                "files": len(manifest.files),
                "evidence": len(manifest.evidence),
                "is_whole": not found,
                "problems": problems,
            }
        )
    else:
        for text in said:
            click.echo(text)
        if not found:
            whole = N_(
                "The pack is whole: report {number} (SHA-256 {sha256}), {files:number} files,"
                " {evidence:number} items of evidence."
            )
            click.echo(
                speak()(
                    whole,
                    number=manifest.number,
                    sha256=manifest.report_sha256,
                    files=len(manifest.files),
                    evidence=len(manifest.evidence),
                )
            )
    if found:
        ctx.exit(1)


__all__ = ["report"]
