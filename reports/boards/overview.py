"""How an agreement stands in a period: the figures that a report of the same instants has.

Knows that kept figures are read where there are some, and that what nobody keeps is counted
at once. Refuses to know pages, words and people: a scope comes as a condition.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import dropwhile
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from reports.boards.board import EVERYTHING, Asked, Overview, Quarter, Shown, units_shown
from reports.boards.kept_overview import kept_overview
from reports.cast import Cast
from reports.figures import tables
from reports.lines import duty_lines, unit_lines
from reports.windows import QUARTERS, lag_of, period_of, quarters_up_to, window_of
from workflow.domain.errors import Refusal
from workflow.domain.timeliness import first_instant
from workflow.store.agreements import obligation
from workflow.store.scopes import units_of_party
from workflow.store.tallies import tallied
from workflow.store.tasks import task

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

    from workflow.catalogue import Kept
    from workflow.domain.periods import Period


def overview(
    db: Connection,
    kept: Kept,
    *,
    asked: Asked,
    quarters: int = QUARTERS,
    shown: Shown = EVERYTHING,
) -> Overview:
    """The period as it stands, with so many quarters up to it: kept figures, or else counted ones.

    A fixed number of statements. Raises ``Refusal``: ``period.bad_key``,
    ``report.period_outside``, ``overview.unknown``.
    """
    _ensure_known(kept, asked)
    found = kept_overview(db, kept, asked=asked, quarters=quarters, shown=shown)
    return found or counted(db, kept, asked=asked, quarters=quarters, shown=shown)


def counted(
    db: Connection,
    kept: Kept,
    *,
    asked: Asked,
    quarters: int = QUARTERS,
    shown: Shown = EVERYTHING,
) -> Overview:
    """The same counted now, task by task. Raises as ``overview`` does."""
    period = period_of(kept, asked.period)
    lag = lag_of(kept, asked.cut_offs, period=period.key)
    window = window_of(kept, period, at=asked.at, lag=lag)
    cast = Cast(db, kept, on=period.last_on, as_of=asked.at)
    within = within_of(kept, asked, on=period.last_on)
    tallies = tallied(db, kept.id, windows=[window], as_of=asked.at, within=within)
    (table,) = tables(tallies, windows=1)
    units = [one for one in unit_lines(table.by_unit, cast=cast) if one.line.boxes.total]
    return Overview(
        period=period,
        cut_off=window.cut_off,
        as_of=asked.at,
        previous_cut_off=window.previous_cut_off,
        is_running=asked.at < first_instant(period.until_on, kept.zone),
        is_kept=False,
        total=table.total,
        duties=tuple(
            replace(one, defaulters=())
            for one in duty_lines(table.pairs, cast=cast, says=kept.says)
            if one.line.boxes.total
        ),
        units=units_shown(
            units,
            kinds={unit.key: cast.kind(unit.key) for unit in units},
            pairs={
                (cast.unit_keys[unit_id], cast.duties[obligation_id].code): line
                for (obligation_id, unit_id), line in table.pairs.items()
                if line.boxes.total
            },
            shown=shown,
        ),
        quarters=_quarters(db, kept, period, asked, within, number=quarters),
        offered=tuple(sorted((duty.code, duty.title) for duty in cast.duties.values())),
    )


def within_of(kept: Kept, asked: Asked, *, on: date) -> ColumnElement[bool] | None:
    """The condition on ``task`` rows for what is asked for. Raises ``overview.unknown``."""
    _ensure_known(kept, asked)
    limits = [] if asked.within is None else [asked.within(task)]
    if asked.obligation is not None:
        meant = select(obligation.c.id).where(
            obligation.c.agreement_id == kept.id, obligation.c.code == asked.obligation
        )
        limits.append(task.c.obligation_id.in_(meant))
    if asked.party is not None:
        limits.append(task.c.unit_id.in_(units_of_party(kept.says.parties, asked.party, on=on)))
    return and_(*limits) if limits else None


def _ensure_known(kept: Kept, asked: Asked) -> None:
    codes = {version.says.code for version in kept.versions}
    if asked.obligation is not None and asked.obligation not in codes:
        raise Refusal("overview.unknown", what=asked.obligation)
    if asked.party is not None and asked.party not in {party.code for party in kept.says.parties}:
        raise Refusal("overview.unknown", what=asked.party)


def _quarters(
    db: Connection,
    kept: Kept,
    period: Period,
    asked: Asked,
    within: ColumnElement[bool] | None,
    *,
    number: int,
) -> tuple[Quarter, ...]:
    shown = quarters_up_to(kept, period, today=kept.day_of(asked.at), number=number)
    if not shown:
        return ()
    windows = [
        window_of(kept, quarter, at=asked.at, lag=lag_of(kept, asked.cut_offs, period=quarter.key))
        for quarter in shown
    ]
    tallies = tallied(db, kept.id, windows=windows, as_of=asked.at, within=within, by_unit=False)
    found = [
        Quarter(period=quarter, line=table.total)
        for quarter, table in zip(shown, tables(tallies, windows=len(windows)), strict=True)
    ]
    # Quarters before anything was tracked say nothing.
    return tuple(dropwhile(lambda quarter: not quarter.line.boxes.total, found))
