"""What Alembic runs around each migration.

Used in two ways: by ``workflow.store.migrate`` with a connection of its own, and by the
``alembic`` command while a migration is being written, on the database that
``CAMKET_DATABASE_URL`` names.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from alembic import context
from sqlalchemy import Connection

from workflow.store import schema
from workflow.store.engine import UTCDateTime, make_engine

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def written(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column type by its name into a new migration; leave the rest to Alembic."""
    if kind == "type" and isinstance(item, UTCDateTime):
        autogen.imports.add("from workflow.store.engine import UTCDateTime")
        return "UTCDateTime()"
    return False


def run(connection: Connection) -> None:
    """Run the migrations on a connection, within its transaction if it has one."""
    context.configure(
        connection=connection,
        target_metadata=schema.metadata,
        # SQLite cannot alter a constraint: its tables are rebuilt instead.
        render_as_batch=True,
        compare_type=True,
        render_item=written,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if isinstance(given, Connection):
    run(given)
else:
    with make_engine(os.environ["CAMKET_DATABASE_URL"]).begin() as opened:
        run(opened)
