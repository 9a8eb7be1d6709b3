"""Every act is a row in the transaction that it belongs to, in one text that never varies."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from workflow import journal
from workflow.journal import Act, Entry, canonical
from workflow.store.journal import journal_entry

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Row

AT = datetime(2024, 4, 1, 2, 0, tzinfo=UTC)
ACT = Act(by="an.nguyen", at=AT, on_behalf="phuong-a", reason="Nhập thay theo công văn số 12")


def entries(db: Connection) -> list[Row[Any]]:
    return list(db.execute(select(journal_entry).order_by(journal_entry.c.id)))


def test_an_act_is_written_with_all_that_it_says(db: Connection) -> None:
    entry_id = journal.record(
        db,
        act=ACT,
        verb="task.submitted",
        subject=("task", 5),
        agreement=7,
        before={"state": "open", "due_on": date(2024, 3, 31)},
        after={"state": "submitted", "share": Decimal("0.50"), "units": {"b", "a"}},
    )
    [row] = entries(db)
    assert row.id == entry_id
    assert (row.at, row.by, row.verb) == (AT, "an.nguyen", "task.submitted")
    assert (row.agreement_id, row.subject, row.subject_id) == (7, "task", 5)
    assert json.loads(row.body) == {
        "at": "2024-04-01T02:00:00.000000+00:00",
        "by": "an.nguyen",
        "on_behalf": "phuong-a",
        "reason": "Nhập thay theo công văn số 12",
        "verb": "task.submitted",
        "agreement": 7,
        "subject": "task",
        "subject_id": 5,
        "before": {"state": "open", "due_on": "2024-03-31"},
        "after": {"state": "submitted", "share": "0.50", "units": ["a", "b"]},
    }


def test_what_one_act_did_to_many_is_an_entry_each(db: Connection) -> None:
    journal.record_each(db, [], act=ACT)
    journal.record_each(
        db,
        [Entry(verb="task.accepted", subject=("task", number)) for number in (1, 2)],
        act=ACT,
    )
    assert [(row.verb, row.subject_id, row.by) for row in entries(db)] == [
        ("task.accepted", 1, "an.nguyen"),
        ("task.accepted", 2, "an.nguyen"),
    ]


def test_an_act_that_is_undone_was_never_journaled(clone: Engine) -> None:
    with clone.connect() as db, db.begin() as transaction:
        journal.record(db, act=ACT, verb="task.submitted", subject=("task", 5))
        transaction.rollback()
    with clone.connect() as db:
        assert entries(db) == []


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_an_entry_names_the_transaction_that_wrote_it(db: Connection) -> None:
    journal.record(db, act=ACT, verb="a.b", subject=("task", 1))
    with db.begin_nested():
        journal.record_each(db, [Entry(verb="a.b", subject=("task", 2))], act=ACT)
    own = db.scalar(text("SELECT pg_current_xact_id()::text::bigint"))
    assert [row.transaction_id for row in entries(db)] == [own, own]


def test_an_instant_without_its_zone_is_refused(db: Connection) -> None:
    naive = AT.replace(tzinfo=None)
    with pytest.raises(ValueError, match="an instant without its zone"):
        journal.record(db, act=Act(by="a", at=naive), verb="a.b", subject=("task", 1))
    assert entries(db) == []


@pytest.mark.parametrize("value", [object(), b"bytes", {"a": object()}])
def test_what_has_no_text_of_its_own_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="cannot be written canonically"):
        canonical(value)


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(float("nan"))


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(value=PLAIN)
def test_the_text_of_a_value_read_back_gives_the_same_text(value: object) -> None:
    assert canonical(json.loads(canonical(value))) == canonical(value)


@given(value=st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_in_which_facts_were_given_does_not_show(value: dict[str, int]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@given(hours=st.integers(-12, 14))
def test_one_instant_has_one_text_in_whatever_zone_it_was_given(hours: int) -> None:
    there = AT.astimezone(timezone(timedelta(hours=hours)))
    assert canonical(there) == canonical(AT) == '"2024-04-01T02:00:00.000000+00:00"'
