"""Everything in one process until nothing is left: real jobs, real checks, the real transport."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from kombu.transport.memory import Channel
from sqlalchemy import select, update

from tasks.app import queues_of
from tasks.clock import SystemClock
from tasks.embedded import Embedded, run_until_idle
from tests.evidence.specimens import text_pdf
from tests.factories import by, duty, living, state_of, task_of
from tests.tasks.jobs import ask, done, probe
from tests.tasks.post_office import PostOffice, post_office
from tests.worlds import at
from workflow.domain.agreement import LadderStep
from workflow.domain.clock import SteppedClock
from workflow.domain.errors import Refusal
from workflow.domain.triggers import After
from workflow.files import FileStore
from workflow.sealing import verify
from workflow.store import offers
from workflow.store.engine import reading
from workflow.store.evidence import evidence_item
from workflow.store.heartbeats import heartbeats
from workflow.store.notices import digest
from workflow.store.people import person
from workflow.store.work import database_later, work
from workflow.submission import add_evidence, submit_task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from workflow.settings import Settings

MORNING = at("2024-02-01", "09:00")


def hand_in(db: Connection, files: FileStore, task_id: int, text: str) -> int:
    stored = files.store(io.BytesIO(text_pdf([text])))
    item = add_evidence(
        db,
        task_id,
        requirement="giay",
        file=stored,
        name="giay.pdf",
        act=by("can-bo-a", "2024-02-01"),
    )
    submit_task(db, task_id, act=by("can-bo-a", "2024-02-01", "09:30"))
    return item


def test_what_is_handed_in_is_checked_settled_and_followed_on(
    clone: Engine, settings: Settings
) -> None:
    follow = duty("theo-sau", trigger=After(obligation="mua-bao"))
    with clone.begin() as db:
        living(db, duty(), follow)
        task_id = task_of(db)
        hand_in(db, FileStore(root=settings.evidence_dir), task_id, "Công văn số 12")
    clock = SteppedClock(at("2024-02-01", "10:00"))
    run_until_idle(clone, settings, clock, limit_s=120)
    with clone.connect() as db:
        assert state_of(db, task_id) == "accepted"
        outcomes = list(db.scalars(select(evidence_item.c.outcome)))
        assert outcomes == ["passed"]
        followed = select(work.c.kind).where(work.c.kind == "follow_on")
        assert list(db.scalars(followed)) == []
        assert task_of(db, duty="theo-sau", occasion_key="after:mua-bao:2024-Q1:phuong-a")
        assert not offers.parked(db)


def test_the_ticks_plan_prove_press_and_seal(clone: Engine, settings: Settings) -> None:
    with clone.begin() as db:
        living(db)
    with Embedded(clone, settings, clock=SteppedClock(MORNING)) as everything:
        everything.until_idle(limit_s=120)
    with reading(clone).connect() as db:
        assert not offers.parked(db)
        details = {one.name: one.detail for one in heartbeats(db)}
        assert details["coverage:ct-01"].startswith('{"gaps": 0')
        assert verify(db, settings.journal_keys, at=MORNING).is_intact


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as one:
        yield one


def with_mail(settings: Settings, office: PostOffice) -> Settings:
    return settings.model_copy(update={"smtp_url": office.url})


REMINDED = duty(ladder=(LadderStep(code="nhac", days=-7, channel="mail", to="unit"),))


def test_a_reminder_is_one_letter_a_day_sent_once(
    clone: Engine, settings: Settings, office: PostOffice
) -> None:
    with clone.begin() as db:
        living(db, REMINDED)
        reachable(db)
    clock = SteppedClock(at("2024-03-25", "08:00"))
    for _ in range(2):
        run_until_idle(clone, with_mail(settings, office), clock, limit_s=120)
    assert sorted(letter["To"] for letter in office.letters) == ["a@example.org", "b@example.org"]
    with clone.connect() as db:
        assert None not in list(db.scalars(select(digest.c.sent_at)))


def test_a_letter_refused_for_now_is_the_same_one_when_it_is_sent(
    clone: Engine, settings: Settings, office: PostOffice
) -> None:
    office.at_data = ["451 later", "451 later"]
    with clone.begin() as db:
        living(db, REMINDED)
        reachable(db)
    run_until_idle(
        clone, with_mail(settings, office), SteppedClock(at("2024-03-25", "08:00")), limit_s=120
    )
    assert len(office.letters) == 2
    with clone.connect() as db:
        expected = set(db.scalars(select(digest.c.message_id)))
    assert {letter["Message-ID"] for letter in office.letters} == expected


def test_a_letter_refused_for_good_is_parked_and_no_other_suffers(
    clone: Engine, settings: Settings, office: PostOffice
) -> None:
    office.at_recipient = ["550 no such mailbox"]
    with clone.begin() as db:
        living(db, REMINDED)
        reachable(db)
    run_until_idle(
        clone, with_mail(settings, office), SteppedClock(at("2024-03-25", "08:00")), limit_s=120
    )
    assert len(office.letters) == 1
    with clone.connect() as db:
        [parked] = offers.parked(db)
        unsent = list(db.scalars(select(digest.c.id).where(digest.c.sent_at.is_(None))))
    assert (parked.kind, parked.attempts) == ("send_digest", 1)
    assert [parked.subject_id] == unsent


def test_letters_wait_for_a_server_and_leave_when_there_is_one(
    clone: Engine, settings: Settings, office: PostOffice
) -> None:
    with clone.begin() as db:
        living(db, REMINDED)
        reachable(db)
    clock = SteppedClock(at("2024-03-25", "08:00"))
    run_until_idle(clone, settings, clock, limit_s=120)
    with clone.connect() as db:
        assert list(db.scalars(select(digest.c.sent_at))) == [None, None]
        assert not offers.parked(db)
    clock.advance(timedelta(days=1))
    run_until_idle(clone, with_mail(settings, office), clock, limit_s=120)
    assert len(office.letters) == 2


# ── what idle means ──────────────────────────────────────────────────────────────────────


def test_work_for_later_and_parked_work_keep_nobody_waiting(
    clone: Engine, settings: Settings
) -> None:
    def perform(subject: int) -> None:
        if subject == 2:
            raise ValueError("broken")

    ask(clone, [1, 2, 3])
    with clone.begin() as db:
        db.execute(update(work).where(work.c.subject_id == 3).values(due_at=at("2200-01-01")))
    with Embedded(
        clone, settings, [probe(perform=perform, tries=3)], [], clock=SystemClock()
    ) as everything:
        everything.until_idle(limit_s=60)
    assert done(clone) == {1: 1}
    with clone.connect() as db:
        [parked] = offers.parked(db)
    assert (parked.subject_id, parked.attempts) == (2, 3)


def test_it_goes_through_the_memory_transport_and_leaves_its_queues_empty(
    clone: Engine, settings: Settings
) -> None:
    threads: set[str] = set()
    job = probe(perform=lambda _: threads.add(threading.current_thread().name))
    ask(clone, range(1, 301))
    with Embedded(clone, settings, [job], [], clock=SystemClock()) as everything:
        everything.until_idle(limit_s=60)
    assert done(clone) == dict.fromkeys(range(1, 301), 1)
    assert all(name.startswith("ThreadPoolExecutor") for name in threads)
    queues = [Channel.queues[name] for name in queues_of(everything._app)]
    assert [queue.qsize() for queue in queues] == [0, 0]


def test_what_a_process_that_ended_had_offered_is_offered_at_once(
    clone: Engine, settings: Settings
) -> None:
    ask(clone, [1])
    with clone.begin() as db:
        offers.offer(db, kind="probe", now=SystemClock().now(), at_most=10)
    with Embedded(clone, settings, [probe()], [], clock=SystemClock()) as everything:
        everything.until_idle(limit_s=3)
    assert done(clone) == {1: 1}


def test_it_does_not_wait_for_ever(clone: Engine, settings: Settings) -> None:
    ask(clone, [1])
    with clone.begin() as db:
        # Another process holds it.
        db.execute(update(work).values(lease_token="x", leased_until=database_later(60)))
    with (
        Embedded(clone, settings, [probe()], [], clock=SystemClock()) as everything,
        pytest.raises(Refusal) as refused,
    ):
        everything.until_idle(limit_s=0.2)
    assert refused.value.code == "work.unsettled"


def test_serving_it_works_by_itself_and_shows_that_it_lives(
    clone: Engine, settings: Settings
) -> None:
    ended = threading.Event()
    with Embedded(
        clone,
        settings,
        [probe(perform=lambda _: ended.set())],
        [],
        clock=SystemClock(),
        is_serving=True,
    ):
        ask(clone, [1])
        assert ended.wait(30)
    assert done(clone) == {1: 1}
    with clone.connect() as db:
        names = {one.name.partition(":")[0] for one in heartbeats(db)}
    assert names == {"worker", "relay", "broker", "scheduler"}


def reachable(db: Connection) -> None:
    """Give the two officers an address."""
    for key in ("a", "b"):
        db.execute(
            update(person).where(person.c.key == f"can-bo-{key}").values(mail=f"{key}@example.org")
        )
