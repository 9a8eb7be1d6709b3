"""The register of reports as the command line speaks of it: which one is meant, what it says.

Knows how a report, its edition and its formats are typed and told. Refuses to change one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camket.asking import FILE
from camket.showing import print_json
from camket.speaking import speak
from camket.telling import row_data
from workflow.domain.errors import Refusal
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from camket.asking import F

#: What is given where nothing else is asked for.
ALL_FORMATS = "html,pdf,docx,xlsx,json"


def which(command: F) -> F:
    """``--agreement`` and ``--period``: which report."""
    agreement = click.option(
        "--agreement", "code", metavar="CODE", required=True, help=N_("The agreement.")
    )
    period = click.option(
        "--period",
        required=True,
        help=N_("The period: 2024-Q1, 2024-03, 2024-H1, 2024-9M, 2024 or programme."),
    )
    return agreement(period(command))


def edition_option(command: F) -> F:
    """``--edition``: the report itself or one of its addenda."""
    return click.option(
        "--edition",
        type=click.IntRange(1, 1000),
        help=N_("1 is the report, 2 and more its addenda; otherwise the latest."),
    )(command)


def files_options(command: F) -> F:
    """``--format`` and ``--out``: which files, and where they go."""
    formats = click.option(
        "--format",
        "formats",
        default=ALL_FORMATS,
        show_default=True,
        help=N_("Formats, apart by commas: html, pdf, docx, xlsx, json."),
    )
    out = click.option("--out", type=FILE, metavar="DIR", help=N_("The folder for the files."))
    return formats(out(command))


def editions(db: Connection, code: str, period: str) -> list[Row[Any]]:
    """Every edition of the report on a period, the first first; 2024-3M is 2024-Q1."""
    from reports.windows import period_of
    from workflow import catalogue
    from workflow.store.reports import editions_of

    kept = catalogue.kept(db, code)
    found: list[Row[Any]] = editions_of(db, kept.id, period_of(kept, period).key)
    return found


def report_of(db: Connection, code: str, period: str, edition: int | None = None) -> Row[Any]:
    """The register's row of an edition, or of the latest. Raises ``Refusal("report.none")``."""
    found = [row for row in editions(db, code, period) if edition in {None, row.edition}]
    if not found:
        raise Refusal("report.none", agreement=code, period=period)
    latest: Row[Any] = found[-1]
    return latest


def named_formats(formats: str) -> list[str]:
    """The formats that were typed. Raises ``report.format_unknown``."""
    from reports.documents.formats import rendering

    names = [one.strip() for one in formats.split(",") if one.strip()]
    for name in names:
        rendering(name)
    return names


def copied(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder of the user's, and give their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def register_data(row: Row[Any], code: str) -> dict[str, Any]:
    """What the register says of a report, as data; without its content."""
    hidden = {"id", "agreement_id", "content", "paragraphs", "agreement"}
    return {
        "agreement": code,
        **{name: value for name, value in row_data(row).items() if name not in hidden},
    }


def say_report(row: Row[Any], code: str, *, as_json: bool, files: Sequence[Path] = ()) -> None:
    """Say how a report stands, and where its files were put."""
    if as_json:
        print_json({**register_data(row, code), "files": [str(one) for one in files]})
        return
    say = speak()
    click.echo(
        say(
            N_(
                "{agreement} {period}, edition {edition}: {state:word}; cut off at"
                " {cut_off:instant}, as known at {as_of:instant}."
            ),
            agreement=code,
            period=row.period,
            edition=row.edition,
            state=row.state,
            cut_off=row.cut_off,
            as_of=row.as_of,
        )
    )
    if row.number is not None:
        text = N_("Number {number}, SHA-256 {sha256}.")
        click.echo(say(text, number=row.number, sha256=row.sha256))
    for file in files:
        click.echo(f"  {file}")
