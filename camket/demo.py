"""The demonstration on the command line: one verb that shows everything and ends by itself.

Knows how what was lived is told: a table that fits a terminal and a pipe, and where to go on
reading. Refuses to know what happens in it.
"""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from camket.asking import json_option
from camket.showing import print_json
from camket.speaking import Verb, language, speak
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from camket.living.quarters import Reported
    from camket.living.whole import Lived
    from workflow.i18n import Translator

_OUT: Final = Path("demo-out")
_DATA: Final = Path("demo-data")
_LEAST_UNITS: Final = 20
_MOST_UNITS: Final = 2_000
_QUARTERS: Final = 2
#: The agreement ends with the eighth.
_MOST_QUARTERS: Final = 7
_BOXES: Final = (
    ("done_on_time", N_("done on time")),
    ("done_late", N_("done late")),
    ("awaiting", N_("awaiting confirmation")),
    ("not_done_in_time", N_("not done, in time")),
    ("not_done_overdue", N_("not done, overdue")),
    ("suspended", N_("suspended")),
    ("waived", N_("waived")),
)
_OUTCOMES: Final = (
    ("passed", N_("passed")),
    ("failed", N_("failed")),
    ("undecided", N_("left to a person")),
)


@click.command(
    "demo",
    cls=Verb,
    help=N_(
        "Live through the first quarters of the shipped example: real files, real workers, a"
        " simulated clock; the reports are issued into a folder."
    ),
    example="camket demo --out demo-out --data demo-data",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=_OUT,
    show_default=True,
    metavar="DIR",
    help=N_("Where the reports go; an earlier demo's are replaced."),
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=_DATA,
    show_default=True,
    metavar="DIR",
    help=N_("The data folder, empty or of an earlier demo."),
)
@click.option(
    "--units",
    type=click.IntRange(_LEAST_UNITS, _MOST_UNITS),
    help=N_("How many units the city has; the example has 71."),
)
@click.option(
    "--quarters",
    type=click.IntRange(1, _MOST_QUARTERS),
    default=_QUARTERS,
    show_default=True,
    help=N_("How many quarters are lived through."),
)
@json_option
@click.pass_context
def demo(
    ctx: click.Context,
    *,
    out: Path,
    data: Path,
    units: int | None,
    quarters: int,
    as_json: bool,
) -> None:
    """Show everything."""
    from camket.living.whole import live_through

    with quietly(), telling_progress() as tell:
        lived = live_through(
            data=data, out=out, units=units, quarters=quarters, lang=language(), tell=tell
        )
    if as_json:
        print_json(_data(lived))
    else:
        _print(lived)
    ctx.exit(0 if lived.is_verified else 1)


# --- for programs --------------------------------------------------------------


def _data(lived: Lived) -> dict[str, Any]:
    return {
        "agreement": lived.agreement,
        "units": lived.units,
        "duties": lived.duties,
        "quarters": [_quarter_data(one) for one in lived.quarters],
        "evidence": lived.papers,
        "events": lived.events,
        "desk": lived.desk,
        "figures": lived.figures,
        "letters": {
            "notices": lived.notices,
            "digests": lived.digests,
            "unsent": lived.unsent,
        },
        "coverage": {
            "occasions": lived.occasions,
            "tasks": lived.tasks,
            "gaps": lived.coverage_gaps,
        },
        "journal": {
            "entries": lived.journal_entries,
            "seals": lived.journal_seals,
            "problems": lived.journal_problems,
        },
        "parked": lived.parked,
        "is_verified": lived.is_verified,
        "seconds": lived.seconds,
        "data": str(lived.data),
        "out": str(lived.out.absolute()),
    }


def _quarter_data(one: Reported) -> dict[str, Any]:
    boxes = one.boxes
    names = [name for name, _ in _BOXES]
    return {
        "period": one.period.key,
        "report": one.report_id,
        "number": one.number,
        "sha256": one.sha256,
        "total": boxes.total,
        "boxes": {name: getattr(boxes, name) for name in (*names, "no_due_day")},
        "cancelled": boxes.cancelled,
        "rate_on_due": _ratio(boxes.rate_on_due),
        "rate_on_all": _ratio(boxes.rate_on_all),
        "doubts": one.doubts,
        "late_notices": one.late_notices,
        "verdicts": one.verdicts,
        "coverage_gaps": one.gaps,
        "findings": one.findings,
        "files": {kind: str(path.absolute()) for kind, path in sorted(one.files.items())},
        "seconds": one.seconds,
    }


def _ratio(rate: Any) -> float | None:  # noqa: ANN401 - a Fraction or None
    return None if rate is None else round(float(rate), 4)


# --- for people ------------------------------------------------------------------


def _print(lived: Lived) -> None:
    say = speak()
    click.echo(lived.title)
    click.echo(
        say(
            N_(
                "{units:number} units, {duties:number} duties, {tasks:number} tasks planned;"
                " simulated clock, workers in this process."
            ),
            units=lived.units,
            duties=lived.duties,
            tasks=lived.tasks,
        )
    )
    click.echo()
    _print_table(list(_rows(lived.quarters, say)))
    click.echo()
    for line in _lines(lived, say):
        click.echo(line)


def _rows(quarters: Sequence[Reported], say: Translator) -> Iterator[list[str]]:
    """The table: a column for each quarter."""

    def row(label: str, cell: Callable[[Reported], object]) -> list[str]:
        return [label, *(_cell(cell(one), say) for one in quarters)]

    yield ["", *(_quarter_name(one, say) for one in quarters)]
    yield row(say(N_("Tasks in the period")), lambda one: one.boxes.total)
    for name, label in _BOXES:
        yield [f"  {say(label)}", *(say.number(getattr(one.boxes, name)) for one in quarters)]
    yield row(
        say(N_("Rate on tasks that fell due")),
        lambda one: "–" if one.boxes.rate_on_due is None else say.percent(one.boxes.rate_on_due),
    )
    yield row(
        say(N_("Rate on all assigned (done ÷ total)")),
        lambda one: "–" if one.boxes.rate_on_all is None else say.percent(one.boxes.rate_on_all),
    )
    yield row(say(N_("Evidence read by the workers")), lambda one: sum(one.verdicts.values()))
    for name, label in _OUTCOMES:
        yield [f"  {say(label)}", *(say.number(one.verdicts.get(name, 0)) for one in quarters)]
    yield row(say(N_("Doubts open")), lambda one: one.doubts)
    yield row(say(N_("Report issued as")), lambda one: one.number)
    yield row(say(N_("Seconds")), lambda one: round(one.seconds))


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print aligned columns, the same on a terminal and in a pipe."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for number, row in enumerate(rows):
        first, *others = row
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        click.echo("   ".join([first.ljust(widths[0]), *cells]).rstrip())
        if not number:
            click.echo("─" * (sum(widths) + 3 * (len(widths) - 1)))


def _shown(path: Path) -> str:
    """A path as it is typed from here, where it lies below, else whole."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _lines(lived: Lived, say: Translator) -> Iterator[str]:
    """What else happened, what was verified, and where to go on reading."""
    from camket.living.founding import ZONE

    yield say(
        N_(
            "Meetings and requests: {recorded:number}, moved {moved:number}, cancelled"
            " {cancelled:number}. Review desk: confirmed {confirmed:number}, sent back"
            " {returned:number}; requests granted {granted:number}, refused {refused:number};"
            " contested {contested:number}."
        ),
        **lived.events,
        **lived.desk,
    )
    yield say(
        N_(
            "Reminders written: {notices:number}, in letters: {digests:number}; not sent:"
            " {unsent:number}."
        )
        if lived.has_mail
        else N_(
            "Reminders written: {notices:number}, in letters: {digests:number}; not sent:"
            " {unsent:number}, since no mail server is set."
        ),
        notices=lived.notices,
        digests=lived.digests,
        unsent=lived.unsent,
    )
    yield say(
        N_(
            "Coverage: tasks {tasks:number}, gaps {gaps:number}. Reports verified:"
            " {intact:number}/{reports:number}. Journal: entries {entries:number}, seals"
            " {seals:number}, differences {problems:number}."
        ),
        tasks=lived.tasks,
        gaps=lived.coverage_gaps,
        intact=sum(not one.findings for one in lived.quarters),
        reports=len(lived.quarters),
        entries=lived.journal_entries,
        seals=lived.journal_seals,
        problems=lived.journal_problems,
    )
    if lived.is_verified:
        yield say(
            N_("Everything was verified, in {seconds:number} seconds."), seconds=lived.seconds
        )
    else:
        yield say(N_("Something could not be verified; see the figures above."))
    yield ""
    yield say(N_("Open a report:"))
    for one in lived.quarters:
        yield f"  {_shown(one.files['pdf'].absolute())}   {one.files['html'].name}"
    yield say(N_("Look around in the same data:"))
    at = lived.ended_at.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")
    yield f"  camket task list --overdue --data {_shown(lived.data)} --at {at}"
    yield f"  camket journal verify --data {_shown(lived.data)} --at {at}"


def _quarter_name(one: Reported, say: Translator) -> str:
    _, facts = one.period.label
    return say(N_("Q{roman}/{year}"), **facts)


def _cell(value: object, say: Translator) -> str:
    return say.number(value) if isinstance(value, int) else str(value)


# --- while it runs -----------------------------------------------------------------


@contextmanager
def quietly() -> Iterator[None]:
    """Let no library speak between the lines; what goes wrong is counted and told at the end."""
    root = logging.getLogger()
    before, handler = root.level, logging.NullHandler()
    root.addHandler(handler)
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(before)
        root.removeHandler(handler)


@contextmanager
def telling_progress() -> Iterator[Callable[[date], None]]:
    """Tell on a terminal which day it is in the example; in a pipe tell nothing."""
    if not sys.stderr.isatty():
        yield lambda _day: None
        return
    from rich.console import Console

    say = speak()
    with Console(stderr=True).status(say(N_("Loading the example …"))) as status:
        yield lambda day: status.update(say(N_("Living through {day:day} …"), day=day))
