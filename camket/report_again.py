"""A past report on the command line: made again as it was on a day, and compared.

Knows how a difference is told. Refuses to change any report.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from camket.asking import INSTANT, json_option, one_of
from camket.opening import Desk, at_desk
from camket.register import copied, files_options, named_formats, report_of, which
from camket.reports import TREES, report
from camket.showing import print_json
from camket.speaking import language, speak
from workflow.domain.errors import Refusal
from workflow.i18n import N_

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from reports.comparing import Difference
    from reports.quarterly import Report

#: So much of a value is told on a line.
_LONGEST: Final = 120


@report.command(
    "regenerate",
    help=N_(
        "Make a report again from the dated rows, as it was at an instant; with --compare, name"
        " every place in which it differs from the edition in the register, and end with 1 where"
        " there is any."
    ),
    example="camket report regenerate --agreement TS-BBN-2023 --period 2024-Q1 --compare 1",
)
@which
@click.option("--as-of", type=INSTANT, help=N_("Verdicts and decisions are judged then."))
@click.option("--cut-off", type=INSTANT, help=N_("Submissions and days are judged then."))
@click.option(
    "--compare",
    "edition",
    type=click.IntRange(1, 1000),
    metavar="EDITION",
    help=N_("Compare with this edition, as of its own instants unless --as-of names another."),
)
@click.option(
    "--tree",
    type=one_of(TREES),
    help=N_("Group units by the tree as it was in the period, or as it is then."),
)
@files_options
@json_option
@at_desk
@click.pass_context
def regenerate(
    ctx: click.Context,
    desk: Desk,
    *,
    code: str,
    period: str,
    as_of: datetime | None,
    cut_off: datetime | None,
    edition: int | None,
    tree: str | None,
    formats: str,
    out: Path | None,
    as_json: bool,
) -> None:
    from reports.documents.formats import rendering
    from reports.quarterly import sha256, written
    from reports.regenerating import regenerate_report

    wanted = named_formats(formats)
    differences: tuple[Difference, ...] = ()
    with desk.reading() as db:
        if edition is None:
            made = _alone(db, desk, code, period, as_of=as_of, cut_off=cut_off, tree=tree)
            has_proof = True
        elif cut_off is not None or tree is not None:
            raise Refusal("report.compared_by_its_own")
        else:
            row = report_of(db, code, period, edition)
            found = regenerate_report(db, row.id, by=desk.by, at=desk.now, as_of=as_of)
            made, differences, has_proof = found.report, found.differences, found.has_proof
    name = f"{code}-{period}-{made.edition}"
    files = {
        f"{name}.{kind}": rendering(kind)(made, lang=language())
        for kind in (wanted if out is not None else ())
    }
    paths = [] if out is None else copied(out, files)
    if as_json:
        print_json(
            {
                "agreement": code,
                "period": period,
                "edition": edition,
                "cut_off": made.cut_off.isoformat(),
                "as_of": made.as_of.isoformat(),
                "sha256": sha256(written(made)),
                "is_equal": None if edition is None else not differences,
                "has_proof": has_proof,
                "differences": [
                    {
                        "path": one.path,
                        "stands": one.stands.value,
                        "before": one.before,
                        "after": one.after,
                    }
                    for one in differences
                ],
                "files": [str(path) for path in paths],
            }
        )
    else:
        _say(made, edition, differences, has_proof=has_proof)
        for path in paths:
            click.echo(f"  {path}")
    if differences:
        ctx.exit(1)


def _alone(
    db: Connection,
    desk: Desk,
    code: str,
    period: str,
    *,
    as_of: datetime | None,
    cut_off: datetime | None,
    tree: str | None,
) -> Report:
    from reports.drafting import Basis
    from reports.regenerating import regenerated
    from reports.unit_groups import Tree
    from workflow.coverage import prove_coverage

    basis = Basis(
        coverage=prove_coverage(db, agreement=code, at=desk.now),
        is_simulated=desk.is_simulated,
        cut_off=cut_off,
        as_of=as_of,
        tree=None if tree is None else Tree(tree),
    )
    return regenerated(db, agreement=code, period=period, basis=basis, by=desk.by, at=desk.now)


def _say(
    made: Report, edition: int | None, differences: tuple[Difference, ...], *, has_proof: bool
) -> None:
    from reports.quarterly import sha256, written

    say = speak()
    click.echo(
        say(
            N_(
                "{agreement} {period} as known at {as_of:instant}, cut off at {cut_off:instant}:"
                " SHA-256 {sha256}."
            ),
            agreement=made.agreement.code,
            period=made.period.key,
            as_of=made.as_of,
            cut_off=made.cut_off,
            sha256=sha256(written(made)),
        )
    )
    if edition is None:
        return
    if not has_proof:
        text = N_("No proof of coverage is kept of that instant; that of the report stands in.")
        click.echo(say(text))
    if not differences:
        click.echo(say(N_("It is equal to edition {edition}."), edition=edition))
        return
    text = N_("It differs from edition {edition} in {count:number} places:")
    click.echo(say(text, edition=edition, count=len(differences)))
    for one in differences:
        click.echo(f"  {one.path}: {_short(one.before)} → {_short(one.after)}")


def _short(value: object) -> str:
    """A value on one line; where nothing stands, a dash."""
    text = "–" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


__all__ = ["report"]
