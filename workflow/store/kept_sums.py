"""Sums over kept numbers as SQL: what a line says that is not kept by itself.

Each takes rows that bear the numbers of ``COUNTED``. Refuses to know whose rows these are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from workflow.domain.tally import BANDS
from workflow.store.kept_figures import COUNTED, kept_cell

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause, Subquery


def paired(is_asked: ColumnElement[bool]) -> Subquery:
    """The cells of a condition added up by obligation and unit, as a table of a statement."""
    return (
        select(
            kept_cell.c.obligation_id,
            kept_cell.c.unit_id,
            *(func.sum(kept_cell.c[name]).label(name) for name in COUNTED),
        )
        .where(is_asked)
        .group_by(kept_cell.c.obligation_id, kept_cell.c.unit_id)
        .subquery("pair")
    )


def overdue_of(row: FromClause) -> ColumnElement[int]:
    """What is not done and overdue: the sum of the bands."""
    first, *rest = (row.c[f"overdue_{band}"] for band in range(len(BANDS) + 1))
    return sum(rest, start=first)


def done_of(row: FromClause) -> ColumnElement[int]:
    """Done, on time or late."""
    done: ColumnElement[int] = row.c.done_on_time + row.c.done_late
    return done


def owed_of(row: FromClause) -> ColumnElement[int]:
    """The total without what was waived or suspended."""
    inside = done_of(row) + row.c.awaiting + row.c.not_done_in_time + row.c.no_due_day
    return inside + overdue_of(row)


def total_of(row: FromClause) -> ColumnElement[int]:
    """Everything but what is cancelled or history."""
    return owed_of(row) + row.c.suspended + row.c.waived


def due_of(row: FromClause) -> ColumnElement[int]:
    """What the rate on tasks due is out of."""
    return done_of(row) + overdue_of(row) + row.c.awaiting_past_due
