"""Figures that a job keeps, so that a board reads a few rows however many tasks there are.

A *cell* counts the tasks of one obligation and one unit in one period, apart for each version
and for each unit that answers, so that somebody's scope is the same condition on cells as on
tasks. Sums by unit and by obligation stand beside them. ``kept_touch`` is written in the
transaction that changes a task, by triggers, or makes one, by whoever does: what no longer
holds is known without looking for it, also where transactions end in another order than they
began.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from workflow.domain.tally import BANDS, Box, Share
from workflow.store.engine import BigId, UTCDateTime, metadata
from workflow.store.tallies import PLACES

#: What is counted, by the keys of ``PLACES`` that each number adds up. What is overdue is the
#: sum of its bands, and what was assigned is what was not carried over.
COUNTED: Final[dict[str, tuple[int, ...]]] = {
    **{
        box.value: tuple(key for key, place in PLACES.items() if place.box is box)
        for box in Box
        if box is not Box.NOT_DONE_OVERDUE
    },
    "awaiting_past_due": tuple(key for key, place in PLACES.items() if place.is_past_due),
    **{
        f"overdue_{band}": tuple(key for key, place in PLACES.items() if place.band == band)
        for band in range(len(BANDS) + 1)
    },
    "carried_over": tuple(
        key
        for key, place in PLACES.items()
        if place.share is Share.CARRIED_OVER and place.box not in {Box.CANCELLED, Box.HISTORY}
    ),
}

figures_kept = Table(
    "figures_kept",
    metadata,
    Column("agreement_id", ForeignKey("agreement.id"), primary_key=True),
    # The instant as of which everything is kept, and its day in the agreement's zone.
    Column("kept_at", UTCDateTime, nullable=False),
    Column("kept_on", Date, nullable=False),
    # The state of units and parties from which names and sides were told.
    Column("told_from", String(128), nullable=False, server_default=""),
    # The latest report there was: from reports it follows when periods are cut off.
    Column("reports_at", UTCDateTime),
)

kept_period = Table(
    "kept_period",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agreement_id", ForeignKey("agreement.id"), nullable=False),
    Column("key", String(16), nullable=False),
    # How long after the period its cut-off comes, in microseconds.
    Column("lag_us", BigId, nullable=False),
    UniqueConstraint("agreement_id", "key"),
)


def _numbers(kind: type[Integer]) -> list[Column[int]]:
    return [Column(name, kind, nullable=False, server_default="0") for name in COUNTED]


# Without foreign keys, as tasks are: written only from rows that exist, by the hundred thousand.
kept_cell = Table(
    "kept_cell",
    metadata,
    Column("period_id", Integer, primary_key=True, autoincrement=False),
    Column("unit_id", Integer, primary_key=True, autoincrement=False),
    Column("obligation_id", Integer, primary_key=True, autoincrement=False),
    Column("answerable_id", Integer, primary_key=True, autoincrement=False),
    Column("version_id", Integer, primary_key=True, autoincrement=False),
    Column("agreement_id", Integer, nullable=False),
    *_numbers(SmallInteger),
)
# One obligation looked at by itself, and its sum.
Index("ix_kept_cell_period_obligation", kept_cell.c.period_id, kept_cell.c.obligation_id)
# What a unit and those below it answer for.
Index("ix_kept_cell_period_answerable", kept_cell.c.period_id, kept_cell.c.answerable_id)

kept_unit = Table(
    "kept_unit",
    metadata,
    Column("period_id", Integer, primary_key=True, autoincrement=False),
    Column("unit_id", Integer, primary_key=True, autoincrement=False),
    # As it is told on the period's last day; null until it was asked for.
    Column("name", Text),
    Column("key", String(64)),
    Column("kind", String(32)),
    Column("party", String(64), nullable=False, server_default=""),
    # By party and then by name, as the dictionary has it.
    Column("place", Integer),
    *_numbers(Integer),
)

kept_duty = Table(
    "kept_duty",
    metadata,
    Column("period_id", Integer, primary_key=True, autoincrement=False),
    Column("obligation_id", Integer, primary_key=True, autoincrement=False),
    # The side of the units whose tasks these are; empty where they are of none.
    Column("party", String(64), primary_key=True),
    Column("units_owing", Integer, nullable=False),
    Column("units_met", Integer, nullable=False),
    *_numbers(Integer),
)

# Which cells are no longer right: a row for each change, gone once it is counted.
kept_touch = Table(
    "kept_touch",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("agreement_id", Integer, nullable=False),
    Column("obligation_id", Integer, nullable=False),
    Column("unit_id", Integer, nullable=False),
    Column("answerable_id", Integer, nullable=False),
    # No period that ends before it counts what changed.
    Column("belongs_on", Date, nullable=False),
    # Taken by a count that is under way in its transaction.
    Column("is_taken", Boolean, nullable=False, server_default=text("false")),
)
Index("ix_kept_touch_agreement", kept_touch.c.agreement_id)
