"""The editable overlay on a country's days off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    delete,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from workflow.store.engine import UTCDateTime, metadata

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection

day_overlay = Table(
    "day_overlay",
    metadata,
    Column("id", Integer, primary_key=True),
    # A calendar's name, or '*' for every calendar.
    Column("calendar", String(32), nullable=False),
    Column("day_on", Date, nullable=False),
    Column("is_off", Boolean, nullable=False),
    Column("name", String, nullable=False, server_default=""),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    UniqueConstraint("calendar", "day_on"),
)


def overlaid_days(db: Connection) -> list[Row[Any]]:
    """The whole overlay, in the order in which days were first laid over."""
    return list(db.execute(select(day_overlay).order_by(day_overlay.c.id)))


def lay_over(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write overlay rows; one of the same calendar and day gives way.

    Two people who lay over the same day at once both succeed, and the later holds.
    """
    make = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    given = make(day_overlay)
    db.execute(
        given.on_conflict_do_update(
            index_elements=["calendar", "day_on"],
            set_={
                name: given.excluded[name]
                for name in ("is_off", "name", "recorded_by", "recorded_at")
            },
        ),
        rows,
    )


def take_off(db: Connection, calendar: str, day_on: date) -> Row[Any] | None:
    """Remove an overlay row and give what it said, or None where there was none."""
    return db.execute(
        delete(day_overlay)
        .where(day_overlay.c.calendar == calendar, day_overlay.c.day_on == day_on)
        .returning(day_overlay)
    ).one_or_none()
