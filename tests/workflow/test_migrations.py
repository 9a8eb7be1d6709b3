"""The migrations and the description of the tables say the same, and fail safely."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from tests.sources import ROOT
from workflow.domain.errors import Refusal
from workflow.store import migrate, schema
from workflow.store.engine import make_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from tests.databases import Databases


@pytest.fixture
def empty(engine_kind: str, databases: Databases) -> Iterator[Engine]:
    """An engine on a database in which nothing was ever made."""
    url = databases.empty(engine_kind)
    engine = make_engine(url)
    yield engine
    engine.dispose()
    databases.drop(url)


def test_migrations_and_description_agree(db: Connection) -> None:
    context = MigrationContext.configure(db, opts={"compare_type": True})
    assert compare_metadata(context, schema.metadata) == []


def test_a_fresh_database_is_brought_to_the_newest_revision(empty: Engine) -> None:
    assert migrate.current(empty) is None
    assert not migrate.is_current(empty)
    assert migrate.upgrade(empty) == migrate.newest()
    assert migrate.is_current(empty)
    with empty.connect() as db:
        assert set(schema.metadata.tables) <= set(inspect(db).get_table_names())


def test_upgrading_again_changes_nothing(clone: Engine) -> None:
    assert migrate.upgrade(clone) == migrate.newest()
    assert migrate.is_current(clone)


def test_several_processes_may_upgrade_at_once(empty: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        reached = list(pool.map(lambda _: migrate.upgrade(empty), range(4)))
    assert reached == [migrate.newest()] * 4


def test_a_database_of_a_later_release_is_refused(clone: Engine) -> None:
    with clone.begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = 'from_the_future'"))
    with pytest.raises(Refusal) as refused:
        migrate.upgrade(clone)
    assert refused.value.code == "database.newer"
    assert refused.value.facts == {"found": "from_the_future", "newest": migrate.newest()}


def test_hooks_run_in_the_same_transaction(empty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(db: Connection) -> None:
        assert inspect(db).has_table("task")
        raise RuntimeError("the hook failed")

    monkeypatch.setattr(migrate, "AFTER_UPGRADE", (*migrate.AFTER_UPGRADE, break_down))
    with pytest.raises(RuntimeError, match="the hook failed"):
        migrate.upgrade(empty)
    with empty.connect() as db:
        assert inspect(db).get_table_names() == []


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_a_migration_that_breaks_a_reference_is_undone(
    clone: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def orphan(db: Connection) -> None:
        db.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        db.execute(text("CREATE TABLE child (parent_id INTEGER REFERENCES parent (id))"))
        db.execute(text("INSERT INTO child VALUES (7)"))

    monkeypatch.setattr(migrate, "AFTER_UPGRADE", (orphan,))
    with pytest.raises(Refusal) as refused:
        migrate.upgrade(clone)
    assert refused.value.code == "database.reference_broken"
    assert refused.value.facts == {"table": "child", "to": "parent"}
    with clone.connect() as db:
        assert not inspect(db).has_table("child")
        assert db.scalar(text("PRAGMA foreign_keys")) == 1


def alembic(*arguments: str, database: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=ROOT,
        env={**os.environ, "CAMKET_DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_alembic_command_agrees_as_well(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'made.db'}"
    assert alembic("upgrade", "head", database=database).returncode == 0
    checked = alembic("check", database=database)
    assert "No new upgrade operations detected" in checked.stdout + checked.stderr
