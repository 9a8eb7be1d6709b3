"""What the database itself holds to: the journal only grows, and waiting work is announced.

Knows the triggers, how they are made again, and whether each is there as it should be.
They are no part of the tables: Alembic's batch mode on SQLite rebuilds a table without
them and says nothing, so every upgrade makes them again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Where PostgreSQL tells that work was asked for.
WORK_CHANNEL: Final = "camket_work"

_REFUSAL: Final = "the journal only grows"

# What would make a new row take the place of an old one: SQLite's INSERT OR REPLACE
# deletes without asking the triggers for deletion.
_SAME: Final = {
    "journal_entry": ("id = NEW.id",),
    "journal_seal": ("id = NEW.id",),
    "journal_sealed": (
        "entry_id = NEW.entry_id",
        "seal_id = NEW.seal_id AND position = NEW.position",
    ),
}


class _Kind(NamedTuple):
    """What PostgreSQL keeps of a trigger: when it fires, for whom, and what it runs."""

    fires: int
    enabled: str
    runs: str


# Bits of pg_trigger.tgtype.
_BEFORE, _INSERT, _DELETE, _UPDATE, _TRUNCATE = 2, 4, 8, 16, 32
# Fires also in a session that only replays what another server did.
_ALWAYS: Final = "A"
_NORMALLY: Final = "O"
_KEEP: Final = f"BEGIN RAISE EXCEPTION '{_REFUSAL}'; END"
_ANNOUNCE: Final = f"BEGIN PERFORM pg_notify('{WORK_CHANNEL}', ''); RETURN NULL; END"


def ensure_triggers(db: Connection) -> None:
    """Make every trigger as it should be, whatever is there; in the caller's transaction."""
    statements = _for_postgresql() if db.dialect.name == "postgresql" else _for_sqlite(db)
    for statement in statements:
        db.execute(text(statement))


def missing_triggers(db: Connection) -> list[str]:
    """The triggers that are not there, are switched off or do something else, by name."""
    if db.dialect.name == "postgresql":
        return _missing_on_postgresql(db)
    found = dict(_sqlite_triggers(db))
    return sorted(name for name, says in _ON_SQLITE.items() if found.get(name) != says)


def _when_there(table: str, same: tuple[str, ...]) -> str:
    rows = " UNION ALL ".join(f"SELECT 1 FROM {table} WHERE {one}" for one in same)  # noqa: S608 - the names are ours
    return f"WHEN EXISTS ({rows}) "


def _sqlite_trigger(table: str, event: str, condition: str = "") -> tuple[str, str]:
    name = f"{table}_no_{event.lower()}"
    return name, (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition}"
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )


_ON_SQLITE: Final = dict(
    trigger
    for table, same in _SAME.items()
    for trigger in (
        _sqlite_trigger(table, "UPDATE"),
        _sqlite_trigger(table, "DELETE"),
        _sqlite_trigger(table, "INSERT", _when_there(table, same)),
    )
)


def _sqlite_triggers(db: Connection) -> list[tuple[str, str]]:
    found = db.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    return [(row.name, row.sql) for row in found]


def _for_sqlite(db: Connection) -> list[str]:
    there = [name for name, _ in _sqlite_triggers(db) if name in _ON_SQLITE]
    return [*(f"DROP TRIGGER {name}" for name in there), *_ON_SQLITE.values()]


_ON_POSTGRESQL: Final = {
    **{
        (table, f"{table}_only_grows"): _Kind(
            _BEFORE | _UPDATE | _DELETE | _TRUNCATE, _ALWAYS, _KEEP
        )
        for table in _SAME
    },
    ("work", "work_announced"): _Kind(_INSERT, _NORMALLY, _ANNOUNCE),
}


def _for_postgresql() -> list[str]:
    statements = []
    for name, body in (("camket_keep_journal", _KEEP), ("camket_announce_work", _ANNOUNCE)):
        statements.append(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
        )
    for (table, name), kind in _ON_POSTGRESQL.items():
        keeps = kind.runs == _KEEP
        when = "BEFORE UPDATE OR DELETE OR TRUNCATE" if keeps else "AFTER INSERT"
        function = "camket_keep_journal" if keeps else "camket_announce_work"
        statements.append(
            f"CREATE OR REPLACE TRIGGER {name} {when} ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
        statements.append(f"ALTER TABLE {table} ENABLE {'ALWAYS ' if keeps else ''}TRIGGER {name}")
    return statements


def _missing_on_postgresql(db: Connection) -> list[str]:
    found = db.execute(
        text(
            "SELECT tgrelid::regclass::text AS table, tgname AS name, tgtype::int AS fires,"
            " tgenabled::text AS enabled, prosrc AS runs"
            " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE NOT tgisinternal AND tgqual IS NULL"
        )
    )
    there = {(row.table, row.name): _Kind(row.fires, row.enabled, row.runs) for row in found}
    return sorted(
        name for (table, name), kind in _ON_POSTGRESQL.items() if there.get((table, name)) != kind
    )
