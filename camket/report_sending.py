"""Whom reports go to, when they leave and how they are numbered, on the command line.

Knows how these are typed and told. Refuses to send anything: the jobs do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.asking import DAY, NUMBER, json_option, one_of
from camket.opening import Desk, at_desk
from camket.reports import report
from camket.showing import print_json, print_table
from camket.speaking import speak
from workflow.domain.roles import Deed
from workflow.i18n import N_

if TYPE_CHECKING:
    from datetime import date

    from camket.asking import F


def _agreement(command: F) -> F:
    return click.option(
        "--agreement", "code", metavar="CODE", required=True, help=N_("The agreement.")
    )(command)


@report.command(
    "recipients",
    help=N_("Whom reports go to by mail: people by role, and bodies by their address."),
    example="camket report recipients --agreement TS-BBN-2023 --add-mail vp@example.org"
    " --name 'Văn phòng Tỉnh ủy'",
)
@_agreement
@click.option("--add-role", metavar="ROLE", help=N_("Add everybody who holds a role."))
@click.option("--add-mail", metavar="MAIL", help=N_("Add a body's address; with --name."))
@click.option("--name", default="", help=N_("The body's name."))
@click.option("--letters", "lang", type=one_of(("vi", "en")), default="vi",
              help=N_("The language of its letters."))  # fmt: skip
@click.option("--remove", type=NUMBER, metavar="NUMBER", help=N_("Take a recipient away."))
@json_option
@at_desk
def recipients(
    desk: Desk,
    *,
    code: str,
    add_role: str | None,
    add_mail: str | None,
    name: str,
    lang: str,
    remove: int | None,
    as_json: bool,
) -> None:
    from reports.delivering import recipients as whom
    from workflow import catalogue
    from workflow.store.report_deliveries import recipients_of

    if add_role or add_mail or remove:
        act = desk.act()
        with desk.writing() as db:
            if add_role:
                whom.add_role(db, agreement=code, role=add_role, act=act)
            if add_mail:
                whom.add_body(db, agreement=code, name=name, mail=add_mail, lang=lang, act=act)
            if remove:
                whom.end_recipient(db, remove, agreement=code, act=act)
    with desk.reading() as db:
        desk.ensure_may(db, Deed.ISSUE_REPORT, agreement=code)
        kept = catalogue.kept(db, code)
        rows = recipients_of(db, kept.id)
        reached = whom.addressees(db, kept)
    if as_json:
        print_json(
            {
                "recipients": [
                    {"id": one.id, "role": one.role, "name": one.name, "mail": one.mail}
                    for one in rows
                ],
                "addresses": [one.mail for one in reached],
            }
        )
        return
    print_table(
        (N_("Number"), N_("Role"), N_("Name"), N_("Mail")),
        [(one.id, speak().word(one.role) if one.role else "", one.name, one.mail) for one in rows],
    )


@report.command(
    "schedule",
    help=N_("When reports leave: at issue, at a time of day, or once the signed copy is there."),
    example="camket report schedule --agreement TS-BBN-2023 --moment time --time 07:30 --weekday 0",
)
@_agreement
@click.option(
    "--moment", type=one_of(("issue", "time", "signed")), help=N_("When: issue, time, signed.")
)
@click.option("--time", default="", help=N_("The time of day, such as 07:30."))
@click.option("--weekday", metavar="0-6", help=N_("0 is Monday; otherwise any day."))
@json_option
@at_desk
def schedule(
    desk: Desk,
    *,
    code: str,
    moment: str | None,
    time: str,
    weekday: str | None,
    as_json: bool,
) -> None:
    from dataclasses import asdict

    from reports.delivering import recipients as whom
    from workflow import catalogue

    if moment is not None:
        with desk.writing() as db:
            said = whom.schedule_from(moment, weekday=weekday, time=time)
            whom.change_schedule(db, agreement=code, schedule=said, act=desk.act())
    with desk.reading() as db:
        desk.ensure_may(db, Deed.ISSUE_REPORT, agreement=code)
        said = whom.schedule_of(db, catalogue.kept(db, code).id)
    if as_json:
        print_json(asdict(said))
        return
    for name, value in asdict(said).items():
        click.echo(f"{name}: {'' if value is None else value}".rstrip())


@report.command(
    "numbering",
    help=N_("How reports are numbered: terms of a Party body, and where a series begins."),
    example="camket report numbering --agreement TS-BBN-2023 --term-from 2020-08-01",
)
@_agreement
@click.option("--term-from", type=DAY, help=N_("The first day of a term: numbers begin anew."))
@click.option("--first", type=NUMBER, help=N_("Where the series of today's register begins."))
@json_option
@at_desk
def numbering(
    desk: Desk, *, code: str, term_from: date | None, first: int | None, as_json: bool
) -> None:
    from reports.issuing import numbering as numbers
    from reports.letterhead import Letterhead
    from reports.letterheads import letterhead_words
    from workflow import catalogue
    from workflow.store.report_numbers import terms_of

    with desk.reading() as db:
        desk.ensure_may(db, Deed.ISSUE_REPORT, agreement=code)
        kept = catalogue.kept(db, code)
        issuer = (letterhead_words(db, kept.id) or Letterhead()).issuer
    on = kept.day_of(desk.now)
    if term_from is not None or first is not None:
        with desk.writing() as db:
            if term_from is not None:
                numbers.begin_term(db, agreement=code, starts_on=term_from, act=desk.act())
            if first is not None:
                numbers.begin_series(
                    db, agreement=code, issuer=issuer, on=on, first=first, act=desk.act()
                )
    with desk.reading() as db:
        terms = terms_of(db, kept.id)
    span = numbers.span_on(on, issuer=issuer, terms=tuple(terms))
    if as_json:
        print_json({"issuer": issuer, "register": span, "terms": terms})
        return
    click.echo(f"register: {span}")
    for term in terms:
        click.echo(f"term: {term.isoformat()}")


__all__ = ["report"]
