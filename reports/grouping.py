"""The units of a report under what stands above them, as far as that was known.

Knows which day's tree is meant and what had replaced what by the report's instant. Refuses
to count: lines come from the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.unit_groups import Grouping, Owed, Tree, grouping
from workflow.store.past_units import successors_known_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import Connection

    from reports.cast import Cast
    from reports.quarterly import UnitLine
    from workflow.catalogue import Kept


def units_grouped(
    db: Connection,
    kept: Kept,
    cast: Cast,
    lines: Iterable[UnitLine],
    *,
    tree: Tree,
    last_on: date,
    as_of: datetime,
) -> Grouping:
    """Group the lines of units by the tree of a period's last day, or by that of ``as_of``."""
    is_now = tree is Tree.AS_IT_IS
    return grouping(
        [Owed(key=one.key, party=one.party, line=one.line) for one in lines],
        known=cast.units,
        replaced=[
            (row.predecessor_id, row.successor_id, row.happens_on)
            for row in (successors_known_at(db, as_of=as_of) if is_now else ())
        ],
        tree=tree,
        on=kept.day_of(as_of) if is_now else last_on,
        parties=[party.code for party in kept.says.parties],
    )
