"""The post office's table taken into the figures of a period, to be held against the proofs.

Knows under which figures it is kept, and that a later table stands for the whole of an earlier
one. Refuses to write: whoever calls records what this gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from reports.contents.subscribing import COUNT_OF
from reports.windows import period_of
from workflow.domain.announced import SaidFigure
from workflow.evidence.check import Body, Publication
from workflow.evidence.office_table import read_office_table
from workflow.store.occasions import figures_of
from workflow.store.units import every_unit

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from workflow.catalogue import Kept
    from workflow.domain.units import Unit
    from workflow.evidence.office_table import LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A table as it was understood: figures to record, sums by title, and rows left out."""

    said: tuple[SaidFigure, ...]
    units: int
    copies: dict[str, int]
    left_out: tuple[LeftOut, ...]


def counts_in(db: Connection, kept: Kept, *, period: str, content: bytes, name: str) -> Counted:
    """What a table of the post office says of a period; nothing is written.

    A unit that an earlier table named and this one does not is counted with 0. Raises
    ``Refusal``: ``period.bad_key``, ``report.period_outside``, and as ``read_office_table``.
    """
    on = period_of(kept, period).last_on
    known = every_unit(db)
    table = read_office_table(
        content,
        name=name,
        period=period,
        titles=tuple(
            Publication(code=one.code, name=one.name, aliases=one.aliases, sellers=())
            for one in kept.says.titles
        ),
        units=tuple(_body(one, on) for one in known.values() if one.life.covers(on)),
    )
    said: dict[tuple[str, str], int] = dict(table.copies)
    for title in table.titles:
        key = COUNT_OF.format(title=title)
        for unit_id, before in figures_of(db, key=key, period=period).items():
            if unit_id is not None and before:
                said.setdefault((known[unit_id].key, title), 0)
    return Counted(
        said=tuple(
            SaidFigure(
                key=COUNT_OF.format(title=title), period=period, unit=unit, value=Decimal(copies)
            )
            for (unit, title), copies in sorted(said.items())
        ),
        units=len({unit for unit, _ in table.copies}),
        copies={
            title: sum(copies for (_, one), copies in table.copies.items() if one == title)
            for title in table.titles
        },
        left_out=table.left_out,
    )


def _body(one: Unit, on: date) -> Body:
    name = one.name_on(on)
    others = tuple(dict.fromkeys(dated.value for dated in one.names if dated.value != name))
    return Body(
        key=one.key,
        name=name,
        aliases=others,
        tax_code=one.tax_code,
        budget_code=one.budget_code,
    )
