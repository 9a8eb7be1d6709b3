"""Two who act at once on one task: one wins, the other is told, and nothing is lost.

Each act is a transaction of its own in a thread of its own, as at the edge. Rounds
are repeated, since who comes first is not ours to choose.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from tests.factories import (
    CHECKS,
    by,
    conclude,
    copies,
    duty,
    handed_in,
    item_row,
    living,
    offered,
    says,
    state_of,
    submission_of,
    task_of,
    work_of,
)
from workflow.concessions import Kind, ask_waiver, grant
from workflow.domain.errors import Refusal
from workflow.domain.triggers import Every, Length
from workflow.review import confirm_submission, return_submission
from workflow.store.engine import reading
from workflow.store.evidence import allocation
from workflow.store.journal import journal_entry
from workflow.store.submissions import submission
from workflow.store.tasks import task_change
from workflow.store.work import work
from workflow.submission import remove_evidence, submit_task
from workflow.verification import record_verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine, Table

    Deed = Callable[[Connection], object]


def at_once(engine: Engine, *deeds: Deed) -> list[str | None]:
    """Do these deeds at once, each in a transaction; what each was refused with, or None."""
    start = Barrier(len(deeds))

    def do(deed: Deed) -> str | None:
        start.wait(timeout=30)
        try:
            with engine.begin() as db:
                deed(db)
        except Refusal as refusal:
            return refusal.code
        return None

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def doing(use_case: Callable[..., object], *given: Any, **named: Any) -> Deed:
    """A call of a use case that waits for its connection."""
    return lambda db: use_case(db, *given, **named)


def rows(engine: Engine, table: Table) -> int:
    with reading(engine).connect() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def monthly(engine: Engine, **more: Any) -> list[int]:
    """The twelve monthly tasks of the first ward."""
    with engine.begin() as db:
        living(db, duty(trigger=Every(period=Length.MONTH), **more), until="2025-01-01")
        return [task_of(db, occasion_key=f"2024-{month:02}") for month in range(1, 13)]


def test_of_two_who_submit_at_once_one_wins_and_the_other_is_told(clone: Engine) -> None:
    for one in monthly(clone):
        codes = at_once(
            clone,
            doing(submit_task, one, act=by("can-bo-a", "2024-02-01")),
            doing(submit_task, one, act=by("truong-a", "2024-02-01")),
        )
        assert sorted(codes, key=str) == [None, "task.changed_meanwhile"]
    assert rows(clone, submission) == rows(clone, task_change) == 12


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(clone: Engine) -> None:
    tasks = monthly(clone, needs_person=True)[:6]
    with clone.begin() as db:
        for one in tasks:
            handed_in(db, one)
    for one in tasks:
        codes = at_once(
            clone,
            doing(confirm_submission, one, act=by("tham-dinh", "2024-02-05")),
            doing(return_submission, one, act=by("tham-dinh-2", "2024-02-05", reason="Thiếu dấu")),
        )
        assert sorted(codes, key=str) == [None, "task.changed_meanwhile"]
        with reading(clone).connect() as db:
            expected = "accepted" if codes[0] is None else "returned"
            assert state_of(db, one) == submission_of(db, one).outcome == expected


def test_a_waiver_and_a_submission_at_once(clone: Engine) -> None:
    for one in monthly(clone)[:6]:
        with clone.begin() as db:
            ask_waiver(db, one, act=by("can-bo-a", "2024-01-10", reason="Giải thể"))
        codes = at_once(
            clone,
            doing(grant, one, Kind.WAIVER, act=by("quan-tri", "2024-02-01")),
            doing(submit_task, one, act=by("can-bo-a", "2024-02-01")),
        )
        assert sorted(codes, key=str) == [None, "task.changed_meanwhile"]


def test_a_submission_and_its_last_verdict_at_once_are_settled_in_the_end(
    clone: Engine,
) -> None:
    """Whichever commits first, one of them leaves the work that settles it."""
    act = by(CHECKS, "2024-02-01", "10:00")
    for one in monthly(clone)[:6]:
        with clone.begin() as db:
            item = offered(db, one)
            sha256 = str(item_row(db, item).sha256)
        codes = at_once(
            clone,
            doing(record_verdict, item, says(identity=sha256), sha256=sha256, act=act),
            doing(submit_task, one, act=by("can-bo-a", "2024-02-01")),
        )
        assert codes == [None, None]
        with clone.begin() as db:
            conclude(db, day="2024-02-01")
            assert state_of(db, one) == "accepted"


def test_a_proof_is_never_divided_beyond_its_capacity(clone: Engine) -> None:
    tasks = monthly(clone, proof=copies(6))[:6]
    with clone.begin() as db:
        items = [offered(db, one, requirement="hoa-don", text=f"bản {one}") for one in tasks]
        hashes = {item: str(item_row(db, item).sha256) for item in items}
    verdict = says(identity="hd-1", quantity=6, capacity=20)

    act = by(CHECKS, "2024-02-01")
    deeds = [doing(record_verdict, item, verdict, sha256=hashes[item], act=act) for item in items]
    assert at_once(clone, *deeds) == [None] * 6
    with reading(clone).connect() as db:
        quantities = sorted(db.scalars(select(allocation.c.quantity)))
        outcomes = sorted(str(item_row(db, item).outcome) for item in items)
    assert quantities == [2, 6, 6, 6]
    assert outcomes == ["failed"] * 2 + ["passed"] * 4


def test_what_is_removed_while_another_claims_it_is_never_lost(clone: Engine) -> None:
    tasks = monthly(clone)
    for first, second in zip(tasks[::2], tasks[1::2], strict=True):
        with clone.begin() as db:
            mine, theirs = (offered(db, one, text=f"bài {first}") for one in (first, second))
            sha256 = str(item_row(db, mine).sha256)
            verdict = says(identity=sha256)
            record_verdict(db, mine, verdict, sha256=sha256, act=by(CHECKS, "2024-02-01"))
            db.execute(work.delete())
        codes = at_once(
            clone,
            doing(remove_evidence, mine, act=by("can-bo-a", "2024-02-02")),
            doing(record_verdict, theirs, verdict, sha256=sha256, act=by(CHECKS, "2024-02-02")),
        )
        assert codes == [None, None]
        with reading(clone).connect() as db:
            is_asked_again = theirs in work_of(db, "verify_item")
            assert item_row(db, theirs).outcome == "passed" or is_asked_again


def test_a_refused_act_leaves_nothing(clone: Engine) -> None:
    (one, *_) = monthly(clone)
    before = (rows(clone, journal_entry), rows(clone, task_change), rows(clone, submission))
    codes = at_once(clone, doing(submit_task, one, act=by("nguoi-la", "2024-02-01")))
    assert codes == ["access.denied"]
    assert (rows(clone, journal_entry), rows(clone, task_change), rows(clone, submission)) == before
