"""What stands around a report, on the command line: letterhead, Word template, its fields.

Knows how an office sets its own. Refuses to judge a template: filling it in does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camket.asking import FILE, json_option, one_of
from camket.opening import Desk, at_desk
from camket.reports import report
from camket.showing import print_json, print_table
from camket.speaking import speak
from workflow.i18n import N_

if TYPE_CHECKING:
    from pathlib import Path

    from camket.asking import F

_WORDS = (
    ("superior", N_("The body above.")),
    ("body", N_("The body that issues.")),
    ("sign", N_("What stands for the body in a number, such as UBND.")),
    ("place", N_("The place of issue.")),
    ("on-behalf", N_("For whom is signed.")),
    ("acting-for", N_("Whose post the signer stands in for.")),
    ("post", N_("The post of who signs.")),
    ("archive", N_("Where a copy stays.")),
)


def _words(command: F) -> F:
    for name, says in reversed(_WORDS):
        command = click.option(f"--{name}", metavar="TEXT", help=says)(command)
    return command


def _agreement(command: F) -> F:
    return click.option(
        "--agreement", "code", metavar="CODE", required=True, help=N_("The agreement.")
    )(command)


@report.command(
    "letterhead",
    help=N_(
        "Show whose reports these are, under which rules of form; with words, set them. Drafts"
        " bear them from their next draft on."
    ),
    example="camket report letterhead --agreement TS-BBN-2023 --issuer party"
    " --body 'Thành ủy Từ Sơn' --sign TU --place 'Từ Sơn'",
)
@_agreement
@click.option(
    "--issuer", type=one_of(("state", "party")), help=N_("Whose rules of form: state or party.")
)
@_words
@click.option(
    "--recipient", "recipients", multiple=True, metavar="TEXT", help=N_("Who gets it; repeated.")
)
@json_option
@at_desk
def letterhead(
    desk: Desk,
    *,
    code: str,
    recipients: tuple[str, ...],
    as_json: bool,
    **words: str | None,
) -> None:
    from dataclasses import asdict

    from reports.letterhead import Letterhead
    from reports.letterheads import change_letterhead, letterhead_from, letterhead_words
    from workflow import catalogue

    given: dict[str, Any] = {name: text for name, text in words.items() if text is not None}
    if recipients:
        given["recipients"] = recipients
    if given:
        with desk.writing() as db:
            before = letterhead_words(db, catalogue.kept(db, code).id) or Letterhead()
            said = letterhead_from({**asdict(before), **given})
            change_letterhead(db, agreement=code, letterhead=said, act=desk.act())
    with desk.reading() as db:
        said = letterhead_words(db, catalogue.kept(db, code).id) or Letterhead()
    if as_json:
        print_json({**asdict(said), "issuer": str(said.issuer)})
        return
    for name, value in asdict(said).items():
        text = "; ".join(value) if isinstance(value, tuple) else str(value)
        click.echo(f"{name}: {text}" if text else f"{name}:")


@report.command(
    "template",
    help=N_(
        "Let the office's own Word template take the place of the built-in one; it is tried"
        " first. With --out, write the template in use, to begin one's own with."
    ),
    example="camket report template --agreement TS-BBN-2023 --use mau-bao-cao.docx",
)
@_agreement
@click.option("--use", "file", type=FILE, metavar="FILE", help=N_("The office's own template."))
@click.option("--built-in", "is_ours", is_flag=True, help=N_("Go back to the built-in one."))
@click.option("--out", type=FILE, metavar="FILE", help=N_("Where the template is written."))
@at_desk
def template(desk: Desk, *, code: str, file: Path | None, is_ours: bool, out: Path | None) -> None:
    """Set or give away the template."""
    from reports.documents.word_looks import built_in_bytes
    from reports.letterheads import change_template, letterhead_words, template_of
    from workflow import catalogue

    data_dir = desk.settings.data_dir
    if file is not None or is_ours:
        with desk.writing() as db:
            change_template(
                db,
                agreement=code,
                name="" if file is None else file.name,
                content=None if file is None else file.read_bytes(),
                data_dir=data_dir,
                act=desk.act(),
            )
    with desk.reading() as db:
        said = letterhead_words(db, catalogue.kept(db, code).id)
        own = template_of(db, code, data_dir=data_dir)
    if out is not None:
        out.write_bytes(built_in_bytes(said, on=desk.now.date()) if own is None else own)
        click.echo(f"  {out}")
    text = N_("Built-in template.") if own is None else N_("The office's own template.")
    click.echo(speak()(text))


@report.command(
    "fields",
    help=N_("List the fields that a Word template may use, and what each holds."),
    example="camket report fields",
)
@json_option
def fields(*, as_json: bool) -> None:
    """List the fields."""
    from reports.documents.template_fields import FIELDS

    say = speak()
    if as_json:
        print_json(
            [{"name": one.name, "says": say(one.says), "within": one.within} for one in FIELDS]
        )
        return
    print_table(
        (N_("Field"), N_("What it holds"), N_("Within each")),
        [(f"{{{{ {one.name} }}}}", say(one.says), ", ".join(one.within)) for one in FIELDS],
    )


__all__ = ["report"]
