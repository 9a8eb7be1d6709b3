"""The journal is sealed, and whoever changes it later is found out, row by row."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text

from workflow import journal
from workflow.domain.errors import Refusal
from workflow.journal import Act, canonical
from workflow.sealing import (
    Head,
    Verification,
    chaining,
    export,
    head_line,
    heads_of,
    latest_head,
    seal,
    verify,
)
from workflow.store import seals
from workflow.store.agreements import agreement
from workflow.store.engine import reading
from workflow.store.journal import journal_entry, journal_sealed
from workflow.store.reports import report
from workflow.store.triggers import ensure_triggers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Engine

    from tests.databases import Databases

AT = datetime(2024, 4, 1, 2, 0, tzinfo=UTC)
KEYS = {1: b"one" * 16}
TABLES = ("journal_entry", "journal_seal", "journal_sealed")
OTHER_KEYS = {1: b"two" * 16}


def act(minute: int) -> Act:
    return Act(by="an.nguyen", at=AT + timedelta(minutes=minute), reason="Hội nghị")


def write(db: Connection, count: int, *, start: int = 0) -> list[int]:
    return [
        journal.record(
            db,
            act=act(start + number),
            verb="task.submitted",
            subject=("task", number),
            agreement=7,
            before={"state": "open"},
            after={"state": "submitted"},
        )
        for number in range(count)
    ]


def seal_all(engine: Engine, keys: dict[int, bytes] = KEYS) -> None:
    """Seal until nothing is left; on PostgreSQL others' transactions may have to end first."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with engine.begin() as db:
            seal(db, keys, at=AT + timedelta(hours=1))
        with engine.connect() as db:
            if not next(seals.unsealed_entries(db), None):
                return
    raise AssertionError("the tail was never sealed")


def sealed_in_batches(engine: Engine, *sizes: int) -> list[int]:
    entries: list[int] = []
    for size in sizes:
        with engine.begin() as db:
            entries += write(db, size, start=len(entries))
        seal_all(engine)
    return entries


def verified(
    engine: Engine, *, keys: dict[int, bytes] = KEYS, heads: Iterable[Head] = ()
) -> Verification:
    with reading(engine).connect() as db:
        return verify(db, keys, at=AT + timedelta(days=1), heads=heads)


def named(found: Verification) -> list[tuple[str, dict[str, object]]]:
    return [(one.code.removeprefix("journal."), dict(one.facts)) for one in found.problems]


def tamper(engine: Engine, *statements: str) -> None:
    """Do what somebody with all rights on the database can do, and hide it again."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as db:
            for table in TABLES:
                db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            for statement in statements:
                db.execute(text(statement))
            for table in TABLES:
                db.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))
    else:
        with contextlib.closing(sqlite3.connect(str(engine.url.database))) as other:
            # Without foreign keys, as a connection is that did not ask for them.
            for name in list(other.execute("SELECT name FROM sqlite_master WHERE type='trigger'")):
                other.execute(f"DROP TRIGGER {name[0]}")
            for statement in statements:
                other.execute(statement)
            other.commit()
    with engine.begin() as db:
        ensure_triggers(db)


# ── what is sound ────────────────────────────────────────────────────────────────────────


def test_an_untouched_journal_is_intact(clone: Engine) -> None:
    sealed_in_batches(clone, 3, 1, 4)
    with clone.begin() as db:
        write(db, 2, start=60)
    found = verified(clone)
    assert found.is_intact
    assert (found.entries, found.unsealed) == (10, 2)
    assert found.unsealed_for == timedelta(hours=23)
    assert found.head is not None
    with clone.connect() as db:
        assert latest_head(db) == found.head


def test_an_empty_journal_is_intact(clone: Engine) -> None:
    with clone.begin() as db:
        assert seal(db, KEYS, at=AT) == 0
        assert latest_head(db) is None
    found = verified(clone)
    assert (found.is_intact, found.seals, found.head, found.unsealed_for) == (True, 0, None, None)


def test_a_long_tail_is_sealed_in_seals_of_bounded_size(clone: Engine) -> None:
    with clone.begin() as db:
        write(db, 7)
    counts: list[int] = []
    until = time.monotonic() + 60
    while sum(counts) < 7 and time.monotonic() < until:
        with clone.begin() as db:
            counts.append(seal(db, KEYS, at=AT, at_most=3))
    assert [count for count in counts if count] == [3, 3, 1]
    assert verified(clone).is_intact


def test_old_keys_still_verify_what_they_sealed(clone: Engine) -> None:
    sealed_in_batches(clone, 2)
    with clone.begin() as db:
        write(db, 1)
    both = {**KEYS, 2: b"new" * 16}
    seal_all(clone, both)
    assert verified(clone, keys=both).is_intact
    assert named(verified(clone)) == [("key_missing", {"version": 2})]


def test_no_seal_under_an_older_key_or_none(clone: Engine) -> None:
    with clone.begin() as db:
        write(db, 1)
    seal_all(clone, {3: b"new" * 16})
    with clone.begin() as db:
        with pytest.raises(Refusal) as outdated:
            seal(db, KEYS, at=AT)
        with pytest.raises(Refusal) as missing:
            seal(db, {}, at=AT)
    assert (outdated.value.code, outdated.value.facts) == (
        "journal.key_outdated",
        {"version": 1, "last": 3},
    )
    assert missing.value.code == "journal.key_missing"


# ── what is not, row by row ──────────────────────────────────────────────────────────────


@pytest.fixture
def sealed(clone: Engine) -> Engine:
    assert sealed_in_batches(clone, 3, 3) == [1, 2, 3, 4, 5, 6]
    return clone


def test_an_altered_entry_is_named(sealed: Engine) -> None:
    tamper(
        sealed,
        "UPDATE journal_entry SET body = replace(body, 'submitted', 'accepted') WHERE id = 2",
    )
    assert named(verified(sealed)) == [("entry_altered", {"entry": 2, "seal": 1})]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE journal_entry SET by = 'binh.tran' WHERE id = 5", "by"),
        ("UPDATE journal_entry SET at = '2024-03-01 00:00:00.000000' WHERE id = 5", "at"),
        ("UPDATE journal_entry SET verb = 'task.accepted' WHERE id = 5", "verb"),
        ("UPDATE journal_entry SET agreement_id = 8 WHERE id = 5", "agreement"),
        ("UPDATE journal_entry SET subject = 'item' WHERE id = 5", "subject"),
        ("UPDATE journal_entry SET subject_id = 99 WHERE id = 5", "subject_id"),
    ],
)
def test_a_column_that_says_something_else_than_the_sealed_text_is_named(
    sealed: Engine, statement: str, said: str
) -> None:
    tamper(sealed, statement)
    assert named(verified(sealed)) == [("columns_differ", {"entry": 5, "columns": [said]})]


def test_a_column_of_an_unsealed_entry_is_compared_as_well(sealed: Engine) -> None:
    with sealed.begin() as db:
        write(db, 2)
    tamper(
        sealed,
        "UPDATE journal_entry SET verb = 'x' WHERE id = 7",
        "UPDATE journal_entry SET body = '[' WHERE id = 8",
    )
    found = named(verified(sealed))
    assert found[0] == ("columns_differ", {"entry": 7, "columns": ["verb"]})
    assert found[1][0] == "columns_differ"


def test_a_removed_entry_is_named(sealed: Engine) -> None:
    tamper(sealed, "DELETE FROM journal_entry WHERE id = 3")
    assert named(verified(sealed)) == [("entry_removed", {"entry": 3, "seal": 1})]


def test_an_entry_removed_with_its_place_is_named_by_its_place(sealed: Engine) -> None:
    tamper(
        sealed,
        "DELETE FROM journal_sealed WHERE entry_id = 5",
        "DELETE FROM journal_entry WHERE id = 5",
    )
    assert named(verified(sealed)) == [("place_removed", {"seal": 2, "position": 2})]


def test_an_inserted_entry_is_named(sealed: Engine) -> None:
    tamper(
        sealed,
        "INSERT INTO journal_entry (id, at, by, verb, subject, body, transaction_id)"
        " SELECT 99, at, by, verb, subject, body, transaction_id FROM journal_entry WHERE id = 1",
        "INSERT INTO journal_sealed (entry_id, seal_id, position, mac)"
        " SELECT 99, 1, 4, mac FROM journal_sealed WHERE entry_id = 1",
    )
    assert named(verified(sealed)) == [("entry_inserted", {"entry": 99, "seal": 1})]


def test_two_entries_that_changed_places_are_named(sealed: Engine) -> None:
    tamper(
        sealed,
        "UPDATE journal_sealed SET position = 99 WHERE entry_id = 1",
        "UPDATE journal_sealed SET position = 1 WHERE entry_id = 2",
        "UPDATE journal_sealed SET position = 2 WHERE entry_id = 1",
    )
    assert named(verified(sealed)) == [
        ("entry_altered", {"entry": 2, "seal": 1}),
        ("entry_altered", {"entry": 1, "seal": 1}),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_seal SET sealed_at = '2020-01-01 00:00:00.000000' WHERE id = 2",
        "UPDATE journal_seal SET digest = 'x' WHERE id = 2",
        "UPDATE journal_seal SET head = 'x' WHERE id = 2",
        "UPDATE journal_seal SET key_version = 2 WHERE id = 2",
    ],
)
def test_an_altered_seal_is_named(sealed: Engine, statement: str) -> None:
    tamper(sealed, statement)
    found = named(verified(sealed, keys={**KEYS, 2: KEYS[1]}))
    assert ("seal_altered", {"seal": 2}) in found
    assert all(facts["seal"] == 2 for _, facts in found)


def test_a_seal_made_again_without_the_key_is_named(sealed: Engine) -> None:
    with sealed.begin() as db:
        write(db, 1)
    seal_all(sealed, OTHER_KEYS)
    assert named(verified(sealed)) == [
        ("entry_altered", {"entry": 7, "seal": 3}),
        ("seal_altered", {"seal": 3}),
    ]


def test_a_removed_seal_is_named_with_and_without_its_places(sealed: Engine) -> None:
    with sealed.begin() as db:
        write(db, 1)
    seal_all(sealed)
    places = "DELETE FROM journal_sealed WHERE seal_id = 2"
    tamper(sealed, places, "DELETE FROM journal_seal WHERE id = 2")
    found = verified(sealed)
    assert named(found) == [("seal_removed", {"seal": 2})]
    assert found.unsealed == 3, "its entries are no longer vouched for"


def test_the_places_of_seals_that_are_gone_are_named(sealed: Engine) -> None:
    with sealed.begin() as db:
        write(db, 1)
    seal_all(sealed)
    tamper(sealed, "DELETE FROM journal_seal WHERE id IN (2, 3)")
    assert named(verified(sealed)) == [
        ("seal_removed", {"seal": 2}),
        ("seal_removed", {"seal": 3}),
    ]
    tamper(sealed, "DELETE FROM journal_seal WHERE id = 1")
    assert [facts["seal"] for _, facts in named(verified(sealed))] == [1, 2, 3]


def test_two_seals_that_changed_places_are_named(sealed: Engine) -> None:
    with sealed.begin() as db:
        write(db, 1)
    seal_all(sealed)
    tables = ("journal_seal SET id", "journal_sealed SET seal_id")
    tamper(
        sealed,
        *(f"UPDATE {table} = 99 WHERE {table.split()[-1]} = 1" for table in tables),
        *(f"UPDATE {table} = 1 WHERE {table.split()[-1]} = 2" for table in tables),
        *(f"UPDATE {table} = 2 WHERE {table.split()[-1]} = 99" for table in tables),
    )
    found = named(verified(sealed))
    assert {facts["entry"] for code, facts in found if code == "entry_altered"} == {
        1,
        2,
        3,
        4,
        5,
        6,
    }
    assert {facts["seal"] for code, facts in found if code == "seal_altered"} >= {1, 2}


def test_a_tail_cut_off_with_its_entries_shows_only_beside_an_exported_head(
    sealed: Engine,
) -> None:
    with sealed.connect() as db:
        exported = latest_head(db)
    assert exported is not None
    tamper(
        sealed,
        "DELETE FROM journal_sealed WHERE seal_id = 2",
        "DELETE FROM journal_seal WHERE id = 2",
        "DELETE FROM journal_entry WHERE id > 3",
    )
    assert verified(sealed).is_intact
    assert named(verified(sealed, heads=[exported])) == [
        ("seals_cut_off", {"after": 1, "until": 2})
    ]


def test_a_head_that_differs_from_the_exported_one_is_named(sealed: Engine) -> None:
    exported = Head(seal_id=1, head="0" * 64, sealed_at=AT)
    assert named(verified(sealed, heads=[exported])) == [("head_differs", {"seal": 1})]


def test_an_issued_report_prints_a_head_that_must_be_known(sealed: Engine) -> None:
    with sealed.begin() as db:
        head = latest_head(db)
        assert head is not None
        db.execute(
            insert(agreement).values(
                id=1,
                code="a",
                title="A",
                state="draft",
                zone="Asia/Ho_Chi_Minh",
                starts_on=AT.date(),
                ends_on=AT.date(),
                tracked_from=AT.date(),
                definition={},
                imported_by="a",
                imported_at=AT,
            )
        )
        for number, printed in (("01", head.head), ("02", "f" * 64)):
            add_report(db, number, printed)
    assert named(verified(sealed)) == [("report_head_unknown", {"report": 2, "number": "02"})]


# ── transactions that run long ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_an_entry_of_a_transaction_that_runs_long_is_sealed_later_and_never_lost(
    clone: Engine,
) -> None:
    with clone.connect() as slow:
        transaction = slow.begin()
        write(slow, 1)
        with clone.begin() as db:
            write(db, 2)
        with clone.begin() as db:
            assert seal(db, KEYS, at=AT) == 0, "an older transaction could still add rows"
        transaction.commit()
    seal_all(clone)
    found = verified(clone)
    assert (found.is_intact, found.entries, found.unsealed) == (True, 3, 0)


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_a_row_that_appears_below_what_is_sealed_is_still_sealed(clone: Engine) -> None:
    number = text("SELECT nextval('journal_entry_id_seq')")
    with clone.begin() as db:
        # From here on the sequence gives 31 numbers without writing, and so without giving
        # the transaction a number of its own.
        db.execute(number)
    with clone.connect() as slow:
        transaction = slow.begin()
        below = slow.scalar(number)
        with clone.begin() as db:
            above = write(db, 2)
        seal_all(clone)
        slow.execute(
            text(
                "INSERT INTO journal_entry (id, at, by, verb, subject, body, transaction_id)"
                " VALUES (:id, now(), 'a', 'b', 'c', '{}', pg_current_xact_id()::text::bigint)"
            ),
            {"id": below},
        )
        transaction.commit()
    seal_all(clone)
    with clone.connect() as db:
        places = select(journal_sealed.c.entry_id).order_by(journal_sealed.c.seal_id)
        assert list(db.scalars(places)) == [*above, below]
    assert below is not None
    assert below < min(above)


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_a_journal_moved_from_another_server_is_sealed(clone: Engine) -> None:
    with clone.begin() as db:
        db.execute(
            text(
                "INSERT INTO journal_entry (at, by, verb, subject, body, transaction_id)"
                " VALUES (now(), 'a', 'b', 'c', '{}', 9000000000000)"
            )
        )
        assert seal(db, KEYS, at=AT) == 1


def test_what_outlasted_a_hundred_seals_is_found_by_the_thorough_search(
    clone: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chaining, "_LOOK_BACK", 1)
    sealed_in_batches(clone, 1, 1, 1)
    with clone.begin() as db:
        db.execute(
            text(
                "INSERT INTO journal_entry (id, at, by, verb, subject, body, transaction_id)"
                " VALUES (-1, '2024-01-01 00:00:00.000000', 'a', 'b', 'c', '{}', 0)"
            )
        )
    with clone.begin() as db:
        assert seal(db, KEYS, at=AT) == 0
        assert seal(db, KEYS, at=AT, is_thorough=True) == 1


# ── giving it away ───────────────────────────────────────────────────────────────────────


def test_the_export_says_all_that_the_chain_needs(clone: Engine) -> None:
    sealed_in_batches(clone, 2, 1)
    with clone.begin() as db:
        write(db, 1)
    with reading(clone).connect() as db:
        lines = list(export(db, facts={"simulated": True}))
        bodies = dict(db.execute(select(journal_entry.c.id, journal_entry.c.body)).all())
    said = [json.loads(line) for line in lines]
    assert said[0] == {"camket_journal": 1, "simulated": True}
    assert [(one.get("seal"), one.get("entry")) for one in said[1:]] == [
        (1, None),
        (1, 1),
        (1, 2),
        (2, None),
        (2, 3),
        (None, 4),
    ]
    for one in said:
        if "entry" in one:
            assert canonical(one["act"]) == bodies[one["entry"]], "the text that was sealed"
    assert all("\n" not in line for line in lines)


def test_a_broken_journal_is_given_away_as_it_is(sealed: Engine) -> None:
    tamper(
        sealed,
        "DELETE FROM journal_seal WHERE id = 2",
        "DELETE FROM journal_entry WHERE id = 5",
    )
    with reading(sealed).connect() as db:
        said = [json.loads(line) for line in export(db, facts={})]
    assert [(one["entry"], one["act"] is None) for one in said[1:] if "entry" in one] == [
        (1, False),
        (2, False),
        (3, False),
        (4, False),
        (5, True),
        (6, False),
    ]


def test_a_head_comes_back_from_its_line() -> None:
    head = Head(seal_id=3, head="a" * 64, sealed_at=AT)
    assert list(heads_of([head_line(head, exported_at=AT)])) == [head]
    for broken in ("{}", "[]", "nonsense"):
        with pytest.raises(ValueError, match=r"."):
            list(heads_of([broken]))


# ── law ──────────────────────────────────────────────────────────────────────────────────


CHANGES = {
    "entry_altered": (
        "UPDATE journal_entry SET body = body || ' ' WHERE id = :id",
        "UPDATE journal_sealed SET mac = 'x' WHERE entry_id = :id",
    ),
    "entry_removed": ("DELETE FROM journal_entry WHERE id = :id",),
    "place_removed": ("DELETE FROM journal_sealed WHERE entry_id = :id",),
}


@given(
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    victim=st.integers(1, 1_000),
    change=st.sampled_from([(code, one) for code, some in CHANGES.items() for one in some]),
)
@settings(max_examples=60)
def test_whichever_row_is_changed_that_row_is_named(
    databases: Databases, sizes: list[int], victim: int, change: tuple[str, str]
) -> None:
    code, statement = change
    with databases.standing("sqlite").connect() as db, db.begin() as transaction:
        entries: list[int] = []
        for size in sizes:
            entries += write(db, size)
            seal(db, KEYS, at=AT)
        assert named(verify(db, KEYS, at=AT)) == []
        chosen = entries[victim % len(entries)]
        for name in list(db.scalars(text("SELECT name FROM sqlite_master WHERE type='trigger'"))):
            db.execute(text(f"DROP TRIGGER {name}"))
        db.execute(text("PRAGMA defer_foreign_keys = ON"))
        db.execute(text(statement), {"id": chosen})
        [(found, facts)] = named(verify(db, KEYS, at=AT))
        assert found == code
        assert facts.get("entry", chosen) == chosen
        transaction.rollback()


def add_report(db: Connection, number: str, head: str) -> None:
    db.execute(
        insert(report).values(
            agreement_id=1,
            period=f"2024-Q{number[-1]}",
            edition=1,
            state="issued",
            cut_off=AT,
            as_of=AT,
            paragraphs={},
            content="{}",
            sha256="0" * 64,
            drafted_by="a",
            drafted_at=AT,
            approved_by="b",
            approved_at=AT,
            number=number,
            issued_by="b",
            issued_at=AT,
            journal_head=head,
        )
    )
