"""The composed sentences of a draft on the command line: listed, taken over, left out, confirmed.

Knows how a sentence is named and told. Refuses to compose one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.asking import json_option, one_of
from camket.opening import Desk, at_desk
from camket.register import report_of, say_report, which
from camket.reports import PLACES, report
from camket.showing import print_json
from camket.speaking import language, speak
from workflow.i18n import N_

if TYPE_CHECKING:
    from reports.narrating.worded import Offered


@report.command(
    "sentences",
    help=N_(
        "List the sentences that are composed of a report's figures: by themselves they stand in"
        " it; whoever drafts takes one over, leaves it out or puts it back. What was written on"
        " figures that have changed is marked."
    ),
    example="camket report sentences --agreement TS-BBN-2023 --period 2024-Q1 --take results.units",
)
@which
@click.option("--take", metavar="KEY", help=N_("Put it into people's words, to be changed."))
@click.option("--leave-out", metavar="KEY", help=N_("Leave it out of the report."))
@click.option("--put-back", metavar="KEY", help=N_("Let it stand by itself again."))
@click.option(
    "--confirm", type=one_of(PLACES), help=N_("The words of a place are right on today's figures.")
)
@json_option
@at_desk
def sentences(  # noqa: D103 - the help says it
    desk: Desk,
    *,
    code: str,
    period: str,
    take: str | None,
    leave_out: str | None,
    put_back: str | None,
    confirm: str | None,
    as_json: bool,
) -> None:
    from reports.narrating import writing
    from reports.narrating.worded import offered
    from reports.quarterly import Paragraph, read

    lang = language()
    is_change = any((take, leave_out, put_back, confirm))
    with desk.writing() if is_change else desk.reading() as db:
        number = report_of(db, code, period).id
        if take is not None:
            writing.take_sentence(db, number, key=take, lang=lang, act=desk.act())
        if leave_out is not None:
            writing.leave_out_sentence(db, number, key=leave_out, act=desk.act())
        if put_back is not None:
            writing.put_back_sentence(db, number, key=put_back, act=desk.act())
        if confirm is not None:
            writing.confirm_paragraph(db, number, place=Paragraph(confirm), act=desk.act())
        row = report_of(db, code, period)
    found = offered(read(row.content), lang=lang)
    if as_json:
        print_json([_data(one) for one in found])
        return
    say_report(row, code, as_json=False)
    for one in found:
        _say(one)


def _data(one: Offered) -> dict[str, object]:
    return {
        "key": one.key,
        "place": one.place,
        "text": one.text,
        "use": one.use or "standing",
        "is_outdated": one.was is not None,
        "was": one.was,
        "changes": [{"before": before, "now": now} for before, now in one.changes],
    }


def _say(one: Offered) -> None:
    say = speak()
    use = f" [{say.word(one.use)}]" if one.use else ""
    gone = say(N_("The figures give no such sentence any more."))
    click.echo(f"{one.key}{use}\n  {one.text or gone}")
    if one.was is not None:
        differs = "; ".join(f"{before} → {now}" for before, now in one.changes)
        click.echo(say(N_("  CHANGED since it was written: {was}"), was=one.was))
        if differs:
            click.echo(f"  {differs}")
