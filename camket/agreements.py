"""Agreements on the command line: checked, loaded, activated, amended, ended, written back.

Knows which use cases a change of an agreement takes, in one transaction: the change, then
what it makes owed. Refuses to know what an agreement says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from camket.asking import DAY, FILE, file_argument, json_option
from camket.opening import Desk, at_desk
from camket.owed import print_owed
from camket.showing import (
    file_named,
    print_json,
    print_table,
    problem_data,
    said,
)
from camket.speaking import Verbs, speak
from workflow.domain.errors import InvalidFile, Refusal
from workflow.i18n import N_

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from sqlalchemy import Connection

    from workflow.catalogue import Kept
    from workflow.domain.agreement import Agreement


@click.group("agreement", cls=Verbs, help=N_("Agreements: check, load, activate, amend, end."))
def agreement() -> None:
    """Hold the verbs of agreements."""


@agreement.command(
    "check",
    help=N_("Say what is wrong in an agreement file, each with its place; nothing is loaded."),
    example="camket agreement check tu-son.yaml",
)
@file_argument()
@json_option
@click.pass_context
def check(ctx: click.Context, file: Path, *, as_json: bool) -> None:
    """Check a file without a database."""
    try:
        found = read(file)
    except InvalidFile as invalid:
        if not as_json:
            raise
        problems = [problem_data(one, file=str(file)) for one in invalid.problems]
        print_json({"file": str(file), "is_valid": False, "problems": problems})
        click.echo(said(invalid).rsplit("\n", 1)[-1], err=True)
        ctx.exit(2)
    codes = sorted({one.code for one in found.obligations})
    if as_json:
        print_json(
            {
                "file": str(file),
                "is_valid": True,
                "problems": [],
                "code": found.code,
                "obligations": codes,
            }
        )
        return
    click.echo(
        speak()(
            N_("{file}: no problem found; agreement {code}, obligations: {count:number}."),
            file=str(file),
            code=found.code,
            count=len(codes),
        )
    )


@agreement.command(
    "import",
    help=N_("Load an agreement file as a draft; another person activates it."),
    example="camket agreement import tu-son.yaml",
)
@file_argument()
@at_desk
def import_(desk: Desk, *, file: Path) -> None:
    """Load a draft."""
    from workflow.definitions import import_agreement
    from workflow.domain.roles import Deed

    found = read(file)
    with desk.writing() as db:
        desk.ensure_may(db, Deed.DEFINE, agreement=found.code)
        import_agreement(db, found, act=desk.act())
    click.echo(
        speak()(
            N_("{code} is loaded as a draft by {by}; another person activates it."),
            code=found.code,
            by=desk.by,
        )
    )


@agreement.command(
    "activate",
    help=N_("Make a draft active and create what it makes owed; never by who loaded it."),
    example="camket agreement activate tu-son-2023 --as lanh-dao",
)
@click.argument("code")
@json_option
@at_desk
def activate(desk: Desk, *, code: str, as_json: bool) -> None:
    """Activate, and plan in the same transaction."""
    from workflow.definitions import activate_agreement
    from workflow.domain.roles import Deed
    from workflow.owing import bring_up_to_date

    with desk.writing() as db:
        desk.ensure_may(db, Deed.ACTIVATE, agreement=code)
        activate_agreement(db, code, act=desk.act())
        done = bring_up_to_date(db, code, act=desk.act())
    print_owed([done], as_json=as_json)


@agreement.command(
    "amend",
    help=N_("Change an active agreement from a day on, and what it makes owed from then."),
    example="camket agreement amend phu-luc-01.yaml",
)
@file_argument()
@json_option
@at_desk
def amend(desk: Desk, *, file: Path, as_json: bool) -> None:
    """Amend, and plan in the same transaction."""
    from workflow import catalogue
    from workflow.definitions import amend_agreement
    from workflow.domain.amendment import amended
    from workflow.domain.roles import Deed
    from workflow.evidence.registry import params_problems
    from workflow.intake.amendment_file import read_amendment
    from workflow.owing import bring_up_to_date

    with desk.writing() as db, file_named(file):
        code = _amended_code(file)
        desk.ensure_may(db, Deed.DEFINE, agreement=code)
        before = catalogue.locked(db, code).says
        amendment = read_amendment(file, agreement=before, check_params=params_problems)
        after = amended(before, amendment)
        amend_agreement(db, after, ground=amendment.ground, act=desk.act())
        done = bring_up_to_date(db, code, act=desk.act())
    print_owed([done], as_json=as_json)


@agreement.command(
    "end",
    help=N_("End an agreement on a day: what is not yet due then is cancelled."),
    example="camket agreement end tu-son-2023 --on 2025-07-01",
)
@click.argument("code")
@click.option("--on", type=DAY, required=True, help=N_("The first day on which it is over."))
@at_desk
def end(desk: Desk, *, code: str, on: date) -> None:
    """End an agreement."""
    from workflow.definitions import end_agreement
    from workflow.domain.roles import Deed

    with desk.writing() as db:
        desk.ensure_may(db, Deed.DEFINE, agreement=code)
        cancelled = end_agreement(db, code, on=on, act=desk.act())
    click.echo(
        speak()(
            N_("{code} ends on {on:day}; tasks cancelled: {count:number}."),
            code=code,
            on=on,
            count=cancelled,
        )
    )


@agreement.command(
    "export",
    help=N_("Write an agreement back as a file that loads again."),
    example="camket agreement export tu-son-2023 --out tu-son.yaml",
)
@click.argument("code")
@click.option("--out", type=FILE, help=N_("The file to write; otherwise standard output."))
@at_desk
def export(desk: Desk, *, code: str, out: Path | None) -> None:
    """Write the agreement as YAML."""
    from workflow import catalogue
    from workflow.intake.agreement_file import write_agreement

    with desk.reading() as db:
        _ensure_readable(desk, db, code)
        text = write_agreement(catalogue.kept(db, code).says)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


@agreement.command(
    "list",
    help=N_("The agreements, with their state and the day up to which they are planned."),
    example="camket agreement list --json",
)
@json_option
@at_desk
def list_(desk: Desk, *, as_json: bool) -> None:
    """List every agreement."""
    from workflow import catalogue

    with desk.reading() as db:
        found = [
            (state, catalogue.kept(db, code))
            for state in ("draft", "active", "ended")
            for code in catalogue.codes_in_state(db, state)
            if _is_readable(desk, db, code)
        ]
    if as_json:
        print_json([_facts(state, one) for state, one in found])
        return
    print_table(
        (N_("Code"), N_("State"), N_("Title"), N_("From"), N_("Until"), N_("Planned until")),
        [
            (
                one.says.code,
                speak().word(state),
                one.says.title,
                one.says.starts_on,
                one.last_until,
                one.planned_until,
            )
            for state, one in found
        ],
    )


@agreement.command(
    "schema",
    help=N_("The JSON Schema of the agreement file, for editors that complete and check."),
    example="camket agreement schema > agreement.schema.json",
)
@click.option("--amendment", is_flag=True, help=N_("The schema of the amendment file instead."))
def schema(*, amendment: bool) -> None:
    """Print the schema."""
    from workflow.intake import agreement_file

    print_json(agreement_file.amendment_schema() if amendment else agreement_file.schema())


def read(file: Path) -> Agreement:
    """Read an agreement file with its checks' parameters. Raises ``InvalidFile``."""
    from workflow.evidence.registry import params_problems
    from workflow.intake.agreement_file import read_agreement

    with file_named(file):
        return read_agreement(file, check_params=params_problems)


def _amended_code(file: Path) -> str:
    """The agreement that an amendment file names. Raises ``InvalidFile`` where none is named."""
    from workflow.intake.places import document

    source = document(file)
    code = source.data.get("agreement") if hasattr(source.data, "get") else None
    if source.problems or not isinstance(code, str):
        problems = list(source.problems) or [source.problem("amendment.agreement_missing", ())]
        raise InvalidFile(problems, file=str(file))
    return code


def _is_readable(desk: Desk, db: Connection, code: str) -> bool:
    from workflow.access import grants_of

    return any(grant.agreement in {None, code} for grant in grants_of(db, desk.by))


def _ensure_readable(desk: Desk, db: Connection, code: str) -> None:
    """Refuse an agreement in which this person has no grant, as one that there is not."""
    if not _is_readable(desk, db, code):
        raise Refusal("agreement.unknown", code=code)


def _facts(state: str, one: Kept) -> dict[str, Any]:
    return {
        "code": one.says.code,
        "title": one.says.title,
        "state": state,
        "starts_on": one.says.starts_on,
        "until": one.last_until,
        "tracked_from": one.says.tracked_from,
        "planned_until": one.planned_until,
    }
