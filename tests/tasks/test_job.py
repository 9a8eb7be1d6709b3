"""A batch: ids in, one item's failure its own, one commit; nothing lost, nothing twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from tasks.job import Hopeless, by_kind, each, run_batch
from tests.tasks.jobs import ask, done, note, note_all, probe
from workflow.domain.errors import Refusal
from workflow.store import offers
from workflow.store.work import database_later, work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from tasks.job import Job
    from tasks.workplace import Workplace


def ids(engine: Engine) -> list[int]:
    with engine.connect() as db:
        return list(db.scalars(select(work.c.id).order_by(work.c.id)))


def run(place: Workplace, job: Job) -> int:
    return run_batch(place, job, ids(place.engine))


def errors(engine: Engine) -> dict[int, tuple[int, str | None, bool]]:
    with engine.connect() as db:
        return {
            row.subject_id: (row.attempts, row.last_error, row.parked_at is not None)
            for row in db.execute(select(work))
        }


def test_each_item_is_done_once_and_settled(place: Workplace) -> None:
    ask(place.engine, range(1, 6))
    assert run(place, probe(keep=each(note))) == 5
    assert done(place.engine) == dict.fromkeys(range(1, 6), 1)
    assert ids(place.engine) == []


def test_a_message_that_comes_twice_does_nothing_more(place: Workplace) -> None:
    ask(place.engine, [1, 2])
    told = ids(place.engine)
    assert run_batch(place, probe(), told) == 2
    assert run_batch(place, probe(), told) == 0
    assert run_batch(place, probe(), []) == 0
    assert done(place.engine) == {1: 1, 2: 1}


def test_one_item_s_refusal_stays_its_own(place: Workplace) -> None:
    def keep(_place: Workplace, db: Connection, results: Mapping[int, Any], at: datetime) -> None:
        for subject in results:
            note(_place, db, subject, at)
            if subject == 3:
                raise Refusal("task.action_not_allowed", state="accepted")

    ask(place.engine, range(1, 6))
    run(place, probe(keep=keep))
    assert done(place.engine) == {1: 1, 2: 1, 4: 1, 5: 1}, "what the third wrote is undone"
    assert errors(place.engine) == {3: (1, "task.action_not_allowed {'state': 'accepted'}", False)}


def test_a_fault_of_the_database_in_one_item_stays_its_own(place: Workplace) -> None:
    def keep(_place: Workplace, db: Connection, results: Mapping[int, Any], at: datetime) -> None:
        for subject in results:
            note(_place, db, subject, at)
            if subject == 2:
                db.exec_driver_sql("SELECT * FROM no_such_table")

    ask(place.engine, [1, 2, 3])
    run(place, probe(keep=keep))
    assert done(place.engine) == {1: 1, 3: 1}
    assert list(errors(place.engine)) == [2]


def test_what_fails_while_it_is_gathered_or_performed_stays_its_own(place: Workplace) -> None:
    def gather(
        _place: Workplace, _db: Connection, subjects: Sequence[int], _at: datetime
    ) -> dict[int, int]:
        if 1 in subjects:
            raise LookupError("gone")
        return {subject: subject for subject in subjects if subject != 5}

    def perform(subject: int) -> int:
        if subject == 2:
            raise OSError("unreadable")
        return subject * 10

    kept: dict[int, int] = {}

    def keep(_place: Workplace, _db: Connection, results: Mapping[int, Any], _at: datetime) -> None:
        kept.update(results)

    ask(place.engine, range(1, 6))
    run(place, probe(gather=gather, perform=perform, keep=keep))
    assert kept == {3: 30, 4: 40}
    assert errors(place.engine) == {
        1: (1, "LookupError: gone", False),
        2: (1, "OSError: unreadable", False),
    }, "the fifth needed nothing and is settled"


def test_work_that_keeps_failing_is_parked_and_blocks_nobody(place: Workplace) -> None:
    def keep(_place: Workplace, db: Connection, results: Mapping[int, Any], at: datetime) -> None:
        if 1 in results:
            raise ValueError("x" * 1000)
        note_all(_place, db, results, at)

    job = probe(keep=keep, tries=3)
    ask(place.engine, [1, 2])
    for attempt in range(1, 4):
        run(place, job)
        assert errors(place.engine)[1][0] == attempt
        with place.engine.begin() as db:
            db.execute(update(work).values(leased_until=None))
    assert done(place.engine) == {2: 1}
    with place.engine.connect() as db:
        [parked] = offers.parked(db)
    assert (parked.subject_id, parked.attempts) == (1, 3)
    assert parked.last_error is not None
    assert len(parked.last_error) == 500


@pytest.mark.parametrize(("attempts", "rest_s"), [(1, 1), (2, 4), (3, 16), (4, 64), (9, 300)])
def test_the_rest_grows_with_each_attempt(attempts: int, rest_s: float) -> None:
    assert probe().rest_s(attempts) == rest_s


def test_failed_work_rests_unless_somebody_waits_for_the_end(
    place: Workplace, impatient: Workplace
) -> None:
    def keep(*_: object) -> None:
        raise ValueError

    ask(place.engine, [1])
    run(impatient, probe(keep=keep))
    assert run(place, probe(keep=keep)) == 1
    assert run(place, probe(keep=keep)) == 0


def test_a_batch_keeps_what_it_has_when_its_time_is_over(place: Workplace) -> None:
    performed: list[int] = []
    ask(place.engine, [1, 2, 3])
    run(place, probe(perform=performed.append, budget_s=0.0))
    assert performed == [1], "it gets on, however little time there is"
    assert errors(place.engine) == {2: (0, None, False), 3: (0, None, False)}
    run(place, probe(perform=performed.append))
    assert performed == [1, 2, 3]
    assert ids(place.engine) == []


def test_nothing_is_kept_when_the_lease_on_any_row_was_lost(place: Workplace) -> None:
    def keep(_place: Workplace, db: Connection, results: Mapping[int, Any], at: datetime) -> None:
        note_all(_place, db, results, at)
        # Somebody else took the second row while this batch slept.
        db.execute(
            update(work)
            .where(work.c.subject_id == 2)
            .values(lease_token="another", leased_until=database_later(60))
        )

    ask(place.engine, [1, 2])
    run(place, probe(keep=keep))
    assert done(place.engine) == {}
    # The rollback undid the theft as well: both rows are given back, untried.
    assert errors(place.engine) == {1: (0, None, False), 2: (0, None, False)}


def test_whoever_waits_is_told_when_a_batch_ended_also_badly(
    place: Workplace, told: list[str], impatient: Workplace
) -> None:
    def keep(*_: object) -> None:
        raise ValueError

    ask(place.engine, [1])
    run(impatient, probe(keep=keep))
    assert told == ["ended"]


def test_what_no_later_attempt_can_do_better_is_parked_at_once_and_given_up(
    place: Workplace,
) -> None:
    given_up: list[tuple[list[int], str]] = []

    def perform(subject: int) -> None:
        if subject == 2:
            raise Hopeless("550 no such mailbox")

    def give_up(db: Connection, subjects: Sequence[int], error: str, at: datetime) -> None:
        note(place, db, -subjects[0], at)
        given_up.append((list(subjects), error))

    ask(place.engine, [1, 2])
    run(place, probe(perform=perform, give_up=give_up))
    assert given_up == [([2], "Hopeless: 550 no such mailbox")]
    assert done(place.engine) == {1: 1, -2: 1}
    assert errors(place.engine) == {2: (1, "Hopeless: 550 no such mailbox", True)}


def test_a_fault_in_giving_up_changes_nothing_for_the_others(place: Workplace) -> None:
    def perform(subject: int) -> None:
        if subject == 2:
            raise ValueError("no")

    def give_up(db: Connection, _subjects: Sequence[int], _error: str, _at: datetime) -> None:
        db.exec_driver_sql("SELECT * FROM no_such_table")

    ask(place.engine, [1, 2])
    run(place, probe(perform=perform, give_up=give_up, tries=1))
    assert done(place.engine) == {1: 1}
    assert errors(place.engine) == {2: (1, "ValueError: no", True)}


def test_two_jobs_for_one_kind_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two jobs for one kind of work: probe"):
        by_kind([probe(), probe()])


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def impatient(place: Workplace, told: list[str]) -> Workplace:
    return replace(place, is_patient=False, after_batch=lambda: told.append("ended"))
