"""The queue of truth: asking, claiming under a lease, settling, failing, offering."""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select, text, update

from workflow.store import offers
from workflow.store.work import (
    Claimed,
    LeaseLost,
    claim,
    database_later,
    fail,
    give_back,
    put_work,
    settle,
    work,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Engine

    from tests.databases import Databases

NOW = datetime(2024, 4, 1, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
KIND = "verify_item"


def asked(db: Connection, *subjects: int, kind: str = KIND, due_at: datetime = NOW) -> list[int]:
    put_work(db, kind=kind, subjects=subjects, due_at=due_at)
    return list(db.scalars(select(work.c.id).where(work.c.kind == kind).order_by(work.c.id)))


def take(
    db: Connection, ids: Sequence[int], *, tries: int = 3, lease_s: float = 60
) -> list[Claimed]:
    return claim(db, ids, kind=KIND, now=NOW, lease_s=lease_s, tries=tries)


def end_lease(db: Connection) -> None:
    db.execute(update(work).values(leased_until=database_later(-1)))


def column(db: Connection, name: str) -> list[object]:
    return list(db.scalars(select(work.c[name]).order_by(work.c.id)))


# ── asking ───────────────────────────────────────────────────────────────────────────────


def test_asking_twice_is_asking_once_at_the_earlier_instant(db: Connection) -> None:
    asked(db, 1, 2, 2, due_at=LATER)
    asked(db, 2, due_at=NOW)
    asked(db, 2, due_at=LATER)
    assert column(db, "subject_id") == [1, 2]
    assert column(db, "due_at") == [LATER, NOW]


def test_asking_for_nothing_writes_nothing(db: Connection) -> None:
    assert asked(db) == []


def test_a_query_gives_the_subjects_in_one_statement(db: Connection) -> None:
    asked(db, 3, 4)
    put_work(db, kind="settle_submission", subjects=select(work.c.subject_id), due_at=NOW)
    rows = db.execute(select(work.c.kind, work.c.subject_id).order_by(work.c.id)).all()
    assert [tuple(row) for row in rows] == [
        (KIND, 3),
        (KIND, 4),
        ("settle_submission", 3),
        ("settle_submission", 4),
    ]


def test_a_query_that_names_a_subject_twice_asks_once(db: Connection) -> None:
    twice = select(literal(7)).union_all(select(literal(7))).subquery()
    put_work(db, kind=KIND, subjects=select(twice.c[0]), due_at=NOW)
    assert column(db, "subject_id") == [7]


def test_parked_work_waits_again_when_somebody_asks_for_it(db: Connection) -> None:
    ids = asked(db, 1)
    fail(db, take(db, ids)[0], error="broken", rest_s=0, is_last_try=True)
    assert offers.parked(db)[0].last_error == "broken"
    asked(db, 1)
    assert offers.parked(db) == []
    assert [one.attempts for one in take(db, ids)] == [1]


# ── claiming ─────────────────────────────────────────────────────────────────────────────


def test_a_claim_takes_only_what_is_due_free_and_of_the_kind(db: Connection) -> None:
    now, later = asked(db, 1)[0], asked(db, 2, due_at=LATER)[1]
    other = asked(db, 1, kind="seal_journal")[0]
    taken = take(db, [now, later, other])
    assert [(one.id, one.subject_id, one.attempts) for one in taken] == [(now, 1, 1)]
    assert take(db, [now]) == []


def test_a_claim_of_more_than_a_hundred_is_refused(db: Connection) -> None:
    with pytest.raises(ValueError, match="101 rows in one claim"):
        take(db, range(1, 102))


def test_a_lease_that_ran_out_is_taken_again_under_another_token(db: Connection) -> None:
    ids = asked(db, 1)
    first = take(db, ids)
    end_lease(db)
    second = take(db, ids)
    assert second[0].attempts == 2
    assert second[0].token != first[0].token


def test_work_tried_out_is_not_claimed_but_parked_by_the_sweep(db: Connection) -> None:
    ids = asked(db, 1)
    offers.offer(db, kind=KIND, now=NOW, at_most=10)
    for _ in range(2):
        assert take(db, ids, tries=2)
        assert offers.park_lost(db, {KIND: 2}) == []
        end_lease(db)
    assert take(db, ids, tries=2) == []
    assert [one.id for one in offers.park_lost(db, {KIND: 2})] == ids
    assert offers.parked(db)[0].last_error == "lease ran out"
    assert not offers.is_pending(db, [KIND], now=NOW)


def test_what_was_tried_before_is_taken_only_alone(db: Connection) -> None:
    ids = asked(db, 1, 2, 3)
    take(db, ids[:2])
    end_lease(db)
    assert [one.id for one in take(db, ids)] == ids[2:], "a message that came again"
    assert [one.attempts for id_ in ids[:2] for one in take(db, [id_])] == [2, 2]


def test_of_many_claims_at_once_each_row_is_taken_by_one(clone: Engine) -> None:
    with clone.begin() as db:
        ids = asked(db, *range(1, 101))
    taken: list[int] = []
    start = threading.Barrier(4)

    def worker() -> None:
        start.wait()
        with clone.begin() as db:
            taken.extend(one.id for one in take(db, ids))

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == ids


# ── settling ─────────────────────────────────────────────────────────────────────────────


def test_settled_work_is_gone(db: Connection) -> None:
    ids = asked(db, 1, 2)
    taken = take(db, ids)
    settle(db, taken[:1])
    assert column(db, "id") == ids[1:]
    settle(db, [])


def test_a_result_from_a_lost_lease_is_refused(db: Connection) -> None:
    ids = asked(db, 1, 2)
    first = take(db, ids)
    end_lease(db)
    second = take(db, ids[:1])
    with pytest.raises(LeaseLost, match="lease lost on 1 rows") as lost:
        settle(db, first)
    assert lost.value.ids == (second[0].id,)


def test_an_expired_lease_that_nobody_took_still_settles(db: Connection) -> None:
    taken = take(db, asked(db, 1))
    end_lease(db)
    settle(db, taken)
    assert column(db, "id") == []


def test_work_asked_for_while_it_is_done_waits_anew(db: Connection) -> None:
    ids = asked(db, 1, 2)
    taken = take(db, ids)
    asked(db, 2)
    settle(db, taken)
    assert [(one.subject_id, one.attempts) for one in take(db, ids)] == [(2, 1)]


def test_a_claim_after_the_new_asking_has_seen_it(db: Connection) -> None:
    ids = asked(db, 1)
    asked(db, 1)
    settle(db, take(db, ids))
    assert column(db, "id") == []


def test_work_whose_cause_is_not_committed_yet_is_not_begun(
    clone: Engine, engine_kind: str
) -> None:
    with clone.begin() as db:
        ids = asked(db, 1)
        offers.offer(db, kind=KIND, now=NOW, at_most=10)
    if engine_kind == "postgresql":
        with clone.begin() as asking, clone.begin() as claiming:
            asked(asking, 1)
            assert take(claiming, ids) == []
    else:
        # One writer at a time: a claim cannot even start meanwhile.
        with clone.begin() as asking:
            asked(asking, 1)
    with clone.begin() as db:
        assert offers.kinds_due(db, [KIND], now=NOW) == [KIND], "it is offered anew at once"
        settle(db, take(db, ids))


# ── failing ──────────────────────────────────────────────────────────────────────────────


def test_failed_work_rests_and_is_tried_again(db: Connection) -> None:
    ids = asked(db, 1)
    fail(db, take(db, ids)[0], error="no answer", rest_s=60)
    assert take(db, ids) == []
    assert offers.kinds_due(db, [KIND], now=NOW) == []
    assert offers.is_pending(db, [KIND], now=NOW)
    end_lease(db)
    assert offers.kinds_due(db, [KIND], now=NOW) == [KIND]
    assert take(db, ids)[0].attempts == 2


def test_a_failure_told_after_the_lease_was_lost_changes_nothing(db: Connection) -> None:
    ids = asked(db, 1)
    first = take(db, ids)[0]
    end_lease(db)
    second = take(db, ids)
    fail(db, first, error="too late", rest_s=0, is_last_try=True)
    assert offers.parked(db) == []
    settle(db, second)


def test_what_is_given_back_was_not_tried(db: Connection) -> None:
    ids = asked(db, 1, 2)
    taken = take(db, ids)
    give_back(db, taken[1:])
    give_back(db, [])
    assert [(one.subject_id, one.attempts) for one in take(db, ids)] == [(2, 1)]


def test_parked_rows_wait_again_when_told(db: Connection) -> None:
    ids = asked(db, 1, 2, 3)
    for one in take(db, ids[:2]):
        fail(db, one, error="broken", rest_s=0, is_last_try=True)
    assert {one.subject_id for one in offers.parked(db)} == {1, 2}
    assert offers.retry(db, [ids[0], ids[2]]) == [ids[0]]
    assert [one.subject_id for one in offers.parked(db)] == [2]
    assert [one.attempts for one in take(db, ids[:1])] == [1]


# ── offering ─────────────────────────────────────────────────────────────────────────────


def test_due_work_is_offered_once_oldest_first(db: Connection) -> None:
    asked(db, 1, due_at=NOW)
    asked(db, 2, due_at=NOW - timedelta(days=1))
    asked(db, 3, due_at=LATER)
    kinds = [KIND, "seal_journal"]
    assert offers.kinds_due(db, kinds, now=NOW) == [KIND]
    first = offers.offer(db, kind=KIND, now=NOW, at_most=1)
    rest = offers.offer(db, kind=KIND, now=NOW, at_most=10)
    ids = column(db, "id")
    assert [one.id for one in (*first, *rest)] == [ids[1], ids[0]]
    assert offers.kinds_due(db, kinds, now=NOW) == []
    assert offers.offer(db, kind=KIND, now=NOW, at_most=10) == []
    assert offers.kinds_due(db, [], now=NOW) == []


def test_no_more_than_so_many_rows_stand_offered(db: Connection) -> None:
    ids = asked(db, *range(1, 11))
    assert len(offers.offer(db, kind=KIND, now=NOW, at_most=4)) == 4
    assert offers.offer(db, kind=KIND, now=NOW, at_most=4) == []
    take(db, ids[:1])
    assert offers.offer(db, kind=KIND, now=NOW, at_most=4) == [], "more than half still stands"
    take(db, ids[1:3])
    assert len(offers.offer(db, kind=KIND, now=NOW, at_most=4)) == 3


def test_an_offer_that_nobody_claimed_is_made_again(db: Connection) -> None:
    ids = asked(db, 1, 2, 3)
    offers.offer(db, kind=KIND, now=NOW, at_most=10)
    take(db, ids[:1])
    assert offers.offer_again(db, [KIND], now=NOW, after_s=30, at_most=10) == []
    db.execute(update(work).values(offered_at=database_later(-31)))
    again = offers.offer_again(db, [KIND], now=NOW, after_s=30, at_most=10)
    assert [one.id for one in again] == ids[1:]
    assert offers.offer_again(db, [KIND], now=NOW, after_s=30, at_most=10) == []


def test_a_lease_that_ran_out_is_offered_again(db: Connection) -> None:
    ids = asked(db, 1)
    offers.offer(db, kind=KIND, now=NOW, at_most=10)
    take(db, ids)
    db.execute(update(work).values(offered_at=database_later(-31)))
    assert offers.offer_again(db, [KIND], now=NOW, after_s=30, at_most=10) == []
    end_lease(db)
    assert [one.id for one in offers.offer_again(db, [KIND], now=NOW, after_s=30, at_most=9)] == ids


def test_an_offer_that_the_broker_did_not_take_is_found_again(db: Connection) -> None:
    ids = asked(db, 1)
    offers.offer(db, kind=KIND, now=NOW, at_most=10)
    offers.take_back_offer(db, ids)
    assert offers.kinds_due(db, [KIND], now=NOW) == [KIND]


def test_offers_are_forgotten_when_the_queue_that_held_them_is_gone(db: Connection) -> None:
    ids = asked(db, 1, 2)
    offers.offer(db, kind=KIND, now=NOW, at_most=10)
    take(db, ids[:1])
    offers.take_back_offers(db)
    assert [one.id for one in offers.offer(db, kind=KIND, now=NOW, at_most=9)] == ids[1:]


def test_a_kind_of_work_that_is_not_known_here_is_not_given_up(db: Connection) -> None:
    ids = asked(db, 1)
    offers.offer(db, kind=KIND, now=NOW, at_most=10)
    take(db, ids)
    end_lease(db)
    assert offers.park_lost(db, {"seal_journal": 1}) == []
    assert [one.id for one in offers.park_lost(db, {"seal_journal": 1, KIND: 1})] == ids


def test_what_waits_is_counted_by_its_place(db: Connection) -> None:
    ids = asked(db, 1, 2, 3, 4)
    asked(db, 5, due_at=LATER)
    taken = take(db, ids[:2])
    fail(db, taken[0], error="broken", rest_s=0, is_last_try=True)
    assert offers.waiting(db, now=NOW) == [
        offers.Waiting(kind=KIND, due=2, leased=1, later=1, parked=1, oldest_due_at=NOW)
    ]
    assert not offers.is_pending(db, [], now=NOW)
    assert not offers.is_pending(db, ["seal_journal"], now=NOW)


@pytest.mark.long
def test_a_sweep_with_nothing_due_takes_5_ms_beside_a_million_rows(clone: Engine) -> None:
    numbers = (
        "SELECT 'verify_item', n, timestamptz '2030-01-01' FROM generate_series(1, 1000000) AS g(n)"
        if clone.dialect.name == "postgresql"
        else "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 1000000)"
        " SELECT 'verify_item', n, '2030-01-01 00:00:00.000000' FROM g"
    )
    with clone.begin() as db:
        db.execute(text(f"INSERT INTO work (kind, subject_id, due_at) {numbers}"))
        db.execute(text("ANALYZE"))
    kinds = [KIND, "settle_submission", "send_digest"]
    took: list[float] = []
    for _ in range(21):
        with clone.connect() as db:
            began = time.perf_counter()
            assert offers.kinds_due(db, kinds, now=NOW) == []
            assert offers.offer_again(db, kinds, now=NOW, after_s=30, at_most=10) == []
            assert offers.park_lost(db, {KIND: 3}) == []
            took.append(time.perf_counter() - began)
            db.rollback()
    # The best of them: what others do on this machine meanwhile is not the sweep's.
    assert min(took) < 0.005


# ── law ──────────────────────────────────────────────────────────────────────────────────


class Life:
    """What may happen to work, in any order, and what is promised whatever the order."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.moment = 0
        self.begun: dict[int, tuple[Claimed, int]] = {}
        self.asked_at: dict[int, int] = {}
        self.served_at: dict[int, int] = {}

    def ask(self, subject: int) -> None:
        put_work(self.db, kind=KIND, subjects=[subject], due_at=NOW)
        self.asked_at[subject] = self.moment

    def claim(self, subject: int) -> None:
        ids = self.db.scalars(select(work.c.id).where(work.c.subject_id == subject)).all()
        for one in take(self.db, ids, tries=99):
            self.begun[subject] = (one, self.moment)

    def settle(self, subject: int) -> None:
        if subject in self.begun:
            claimed, began = self.begun.pop(subject)
            with contextlib.suppress(LeaseLost):
                settle(self.db, [claimed])
                self.served_at[subject] = began

    def fail(self, subject: int) -> None:
        if subject in self.begun:
            fail(self.db, self.begun.pop(subject)[0], error="x", rest_s=0)

    def give_back(self, subject: int) -> None:
        if subject in self.begun:
            give_back(self.db, [self.begun.pop(subject)[0]])

    def die(self, subject: int) -> None:
        self.db.execute(
            update(work).where(work.c.subject_id == subject).values(leased_until=database_later(-1))
        )

    def offer(self, _subject: int) -> None:
        offers.offer(self.db, kind=KIND, now=NOW, at_most=100)

    def check(self) -> None:
        waiting = set(self.db.scalars(select(work.c.subject_id)))
        for subject, moment in self.asked_at.items():
            assert subject in waiting or self.served_at.get(subject, -1) > moment


STEPS = ["ask", "claim", "settle", "fail", "die", "give_back", "offer"]


@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 2)), max_size=20))
@settings(max_examples=200)
def test_whatever_happens_the_last_asking_is_served_or_waits(
    databases: Databases, steps: list[tuple[str, int]]
) -> None:
    """A subject asked for is done once after its latest asking, or a row still says so."""
    with databases.standing("sqlite").connect() as db, db.begin() as transaction:
        life = Life(db)
        for step, subject in steps:
            life.moment += 1
            getattr(life, step)(subject)
        life.check()
        transaction.rollback()
