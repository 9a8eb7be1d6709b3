"""An office's weekly schedule on the command line: its entries listed, and those chosen recorded.

Knows that nothing is recorded which nobody chose, and that a meeting left out stays. Refuses
to know what makes an entry a meeting of a kind: that is ``workflow.schedules``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import click

from camket.events import ensure_may_record, follow_up
from camket.showing import print_json, print_table
from camket.speaking import language, speak
from workflow.domain.errors import Refusal
from workflow.domain.schedule import Effect, Likeness
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Row

    from camket.opening import Desk
    from workflow.domain.schedule import Proposal

_NUMBERS: Final = re.compile(r"\d{1,4}(?:\s*,\s*\d{1,4})*")


def import_schedule(
    desk: Desk,
    content: bytes,
    *,
    file: str,
    kind: str | None,
    convener: str | None,
    rows: str | None,
    as_json: bool,
) -> None:
    """List the entries of a schedule; record those that ``rows`` names, all or none.

    Entries are numbered from 1. ``kind`` and ``convener`` stand in where an entry that is named
    by its number has none. Raises ``Refusal``: ``schedule.rows_wrong``, and ``schedule.no_day``,
    ``schedule.kind_missing`` or ``schedule.convener_missing`` for what cannot be recorded.
    """
    from workflow.domain.roles import Deed
    from workflow.meetings import record_proposal

    if rows is None:
        with desk.reading() as db:
            desk.ensure_may(db, Deed.READ)
            proposals, left_out = _weighed(desk, db, content, file, lambda one: one)
        _show(proposals, left_out, as_json=as_json)
        return

    def chosen(one: Proposal) -> Proposal:
        if not _is_named(one, rows) or rows == Likeness.LIKELY:
            return one
        return replace(one, kind=one.kind or kind or "", convener=one.convener or convener or "")

    with desk.writing() as db:
        proposals, left_out = _weighed(desk, db, content, file, chosen)
        wanted = [one for one in proposals if _is_named(one, rows)]
        for one in wanted:
            _ensure_recordable(one)
        ensure_may_record(desk, db, {one.kind for one in wanted}, Deed.RECORD_EVENT)
        done = [(record_proposal(db, one, act=desk.act()), one.kind) for one in wanted]
        follow_up(desk, db, done, as_json=as_json)
    if not as_json:
        _say_left_out(left_out)


def _weighed(
    desk: Desk, db: Connection, content: bytes, file: str, chosen: Callable[[Proposal], Proposal]
) -> tuple[list[Proposal], list[Row[Any]]]:
    from workflow import schedules
    from workflow.directory import listed_units
    from workflow.intake.weekly_schedule import read_schedule

    schedule = read_schedule(content, near=desk.today, file=file)
    units = {one.key: one.name for one in listed_units(db, on=desk.today) if not one.is_closed}
    said = schedules.guessed(schedule, schedules.kinds_known(db), units=units)
    return schedules.weighed(db, schedule, map(chosen, said), today=desk.today)


def _is_named(one: Proposal, rows: str) -> bool:
    """Whether ``--rows`` names an entry. Raises ``Refusal("schedule.rows_wrong")``."""
    if rows == Likeness.LIKELY:
        return one.likeness is Likeness.LIKELY and bool(one.convener) and not one.doubts
    if _NUMBERS.fullmatch(rows.strip()) is None:
        raise Refusal("schedule.rows_wrong", given=rows[:40])
    return one.row.index + 1 in {int(number) for number in rows.split(",")}


def _ensure_recordable(one: Proposal) -> None:
    if one.row.happens_on is None:
        raise Refusal("schedule.no_day")
    if not one.kind:
        raise Refusal("schedule.kind_missing")
    if not one.convener:
        raise Refusal("schedule.convener_missing")


def _show(proposals: Sequence[Proposal], left_out: Sequence[Row[Any]], *, as_json: bool) -> None:
    from workflow import labels

    if as_json:
        print_json({"entries": proposals, "left_out": [row.id for row in left_out]})
        return
    say = speak()
    print_table(
        (N_("No."), N_("Day"), N_("Content"), N_("Kind"), N_("Convener"), N_("What would happen")),
        [
            (
                one.row.index + 1,
                one.row.happens_on or "–",
                one.row.content,
                f"{one.kind} ({say.word(one.likeness)})" if one.kind else "–",
                one.convener or "–",
                say.word(one.effect) if one.effect is not Effect.NOTHING else "–",
            )
            for one in proposals
        ],
    )
    for one in proposals:
        for doubt in one.doubts if one.kind or one.row.happens_on is None else ():
            text = labels.sentence_for(doubt.code, doubt.facts, language())
            click.echo(say(N_("No. {number}: {text}"), number=one.row.index + 1, text=text))
    _say_left_out(left_out)
    click.echo(
        say(N_("Nothing is recorded yet: say which entries with --rows 2,5 or --rows likely."))
    )


def _say_left_out(left_out: Sequence[Row[Any]]) -> None:
    for row in left_out:
        click.echo(
            speak()(
                N_("The file leaves out No. {number} of {on:day} ({title}). It stays as it is."),
                number=row.id,
                on=row.happens_on,
                title=row.title or row.kind,
            )
        )
