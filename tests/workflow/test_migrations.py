"""The migrations and the description of the tables say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect

from workflow.store import schema

if TYPE_CHECKING:
    from sqlalchemy import Connection


def test_a_fresh_database_has_every_table(db: Connection) -> None:
    assert set(schema.metadata.tables) <= set(inspect(db).get_table_names())
