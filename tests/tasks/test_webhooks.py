"""Webhooks from the act to a real receiver: signed, at least once, and nobody held up."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from tasks.delivery.webhooks import JOBS
from tasks.job import run_batch
from tests.factories import accepted, by, duty, handed_in, living, says, task_of
from tests.sources import ROOT
from tests.tasks.receiver import receiver
from tests.worlds import act, at
from workflow import webhooks
from workflow.accounts import disable_user
from workflow.domain.agreement import LadderStep
from workflow.domain.clock import SteppedClock
from workflow.domain.evidence import Outcome
from workflow.domain.webhooks import OFFERED, TRIES
from workflow.doubts import keep_accepted, raise_doubt
from workflow.pressing import press
from workflow.review import return_submission
from workflow.sealing import seal
from workflow.settings import Settings
from workflow.store import seals
from workflow.store.engine import make_engine, reading
from workflow.store.journal import journal_entry
from workflow.store.seals import last_seal
from workflow.store.webhooks import forget_messages, is_any_live, webhook, webhook_message
from workflow.store.work import database_later, put_work, work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine, Row

    from tasks.workplace import Workplace
    from tests.databases import Databases
    from tests.tasks.receiver import Receiver, Taken

NOW = at("2024-04-01")
JOURNAL_KEY = b"j" * 32
EVENTS = [one.value for one in OFFERED]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def engine_kind(request: pytest.FixtureRequest) -> str:
    """What is told is the same on both; what differs is a test of its own below."""
    return str(request.param)


@pytest.fixture(scope="session")
def town(databases: Databases) -> Iterator[Path]:
    """A world on SQLite, made once; what setting it up did is older than any webhook."""
    url = databases.copy("sqlite")
    engine = make_engine(url)
    _settle(engine)
    engine.dispose()
    yield Path(str(url.database))
    databases.drop(url)


def _settle(engine: Engine) -> None:
    with engine.begin() as db:
        living(db, duty(ladder=(LadderStep(code="nhac", days=-7, to="unit"),)))
        seal(db, {1: JOURNAL_KEY}, at=NOW)


@pytest.fixture
def place(place: Workplace, town: Path) -> Workplace:
    place.clock = SteppedClock(NOW)
    place.settings = place.settings.model_copy(
        update={"outgoing_allow": "127.0.0.1", "outgoing_http": True}
    )
    if place.engine.dialect.name == "sqlite":
        shutil.copyfile(town, str(place.engine.url.database))
    else:
        _settle(place.engine)
    return place


def register(db: Connection, place: Workplace, url: str, **more: Any) -> tuple[int, str]:
    given: dict[str, Any] = {
        "name": "Thử",
        "events": EVENTS,
        "act": by("quan-tri", "2024-04-01"),
        **more,
    }
    return webhooks.register_webhook(
        db,
        address=url,
        key=place.settings.session_secret,
        allowed=place.settings.outgoing,
        **given,
    )


def registered(place: Workplace, url: str, **more: Any) -> tuple[int, str]:
    with place.engine.begin() as db:
        return register(db, place, url, **more)


def tick(place: Workplace, *, is_whole: bool = True) -> None:
    """What a minute brings: the journal is sealed, what was sealed is told, what is due is sent.

    Sealed is what is older than every running transaction of the server: before all of it is,
    other tests' may have to end. ``is_whole`` waits for them.
    """
    until = time.monotonic() + 60
    is_sealed = False
    while not is_sealed:
        with place.engine.begin() as db:
            seal(db, place.settings.journal_keys, at=place.clock.now())
            is_sealed = not is_whole or next(seals.unsealed_entries(db), None) is None
        assert is_sealed or time.monotonic() < until, "the tail was never sealed"
    with place.engine.begin() as db:
        if is_any_live(db):
            put_work(db, kind="tell_webhooks", subjects=[0], due_at=place.clock.now())
    for job in JOBS:
        while run_batch(place, job, waiting(place.engine, job.kind)[:1]):
            pass


def waiting(engine: Engine, kind: str) -> list[int]:
    with reading(engine).connect() as db:
        return list(db.scalars(select(work.c.id).where(work.c.kind == kind)))


def messages(place: Workplace) -> list[Row[Any]]:
    with reading(place.engine).connect() as db:
        return list(db.execute(select(webhook_message).order_by(webhook_message.c.id)))


def hook(place: Workplace, number: int) -> Row[Any]:
    with reading(place.engine).connect() as db:
        return db.execute(select(webhook).where(webhook.c.id == number)).one()


def pass_time(place: Workplace, **by_: int) -> None:
    assert isinstance(place.clock, SteppedClock)
    place.clock.advance(timedelta(**by_))


def is_signed(taken: Taken, secret: str) -> bool:
    """As a receiver checks it, from the documentation alone."""
    parts = [one.split("=", 1) for one in taken.headers["Camket-Signature"].split(",")]
    seconds = dict(parts)["t"]
    signed = seconds.encode() + b"." + taken.body
    good = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return (
        any(name == "v1" and hmac.compare_digest(value, good) for name, value in parts)
        and seconds == taken.headers["Camket-Timestamp"]
    )


def events_of(box: Receiver) -> list[str]:
    return [one.headers["Camket-Event"] for one in box.taken]


def accept_one(place: Workplace, occasion: str = "2024-Q1") -> int:
    with place.engine.begin() as db:
        task = task_of(db, occasion_key=occasion)
        accepted(db, task, day="2024-04-01")
    return task


def test_what_was_done_is_told_signed_and_without_anybodys_name(place: Workplace) -> None:
    with receiver() as box:
        number, secret = registered(place, box.url)
        task = accept_one(place)
        tick(place)
        assert events_of(box) == ["task.submitted", "task.accepted"]
        assert all(is_signed(one, secret) for one in box.taken)
        assert not any(is_signed(one, secret + "x") for one in box.taken)
        last = box.taken[-1]
        said = json.loads(last.body)
        with reading(place.engine).connect() as db:
            entry = db.execute(
                select(journal_entry).where(journal_entry.c.id == said["entry"])
            ).one()
        assert (entry.verb, entry.subject_id) == ("task.accepted", task)
        assert said == {
            "id": last.headers["Camket-Delivery"],
            "event": "task.accepted",
            "at": entry.at.isoformat(timespec="microseconds"),
            "agreement": "ct-01",
            "entry": entry.id,
            "data": {
                "state": "accepted",
                "task": {
                    "id": task,
                    "obligation": "mua-bao",
                    "occasion": "2024-Q1",
                    "unit": "phuong-a",
                    "due_on": "2024-03-31",
                },
            },
        }
        assert last.headers["Content-Type"] == "application/json"
        everything = b"".join(one.body for one in box.taken).decode()
        assert "can-bo-a" not in everything
        assert "Người" not in everything
        # Nothing is told twice.
        tick(place)
        assert len(box.taken) == 2
    assert [one.status for one in messages(place)] == [204, 204]
    assert hook(place, number).failures == 0


def test_the_few_lines_of_the_documentation_verify_what_arrives(place: Workplace) -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    known: dict[str, Any] = {}
    exec(lines, known)  # noqa: S102 - our own documentation
    with receiver() as box:
        _, secret = registered(place, box.url)
        accept_one(place)
        tick(place)
    for one in box.taken:
        now = NOW.timestamp()
        assert known["is_from_camket"](secret, one.headers, one.body, now)
        assert not known["is_from_camket"](secret, one.headers, one.body + b" ", now)
        assert not known["is_from_camket"](secret[:-1], one.headers, one.body, now)
        assert not known["is_from_camket"](secret, one.headers, one.body, now + 301)


def test_without_a_webhook_nothing_is_written(place: Workplace) -> None:
    accept_one(place)
    tick(place)
    assert waiting(place.engine, "tell_webhooks") == []
    assert messages(place) == []


def test_each_main_event_is_told(place: Workplace) -> None:
    with receiver() as box:
        registered(place, box.url)
        task = accept_one(place)
        with place.engine.begin() as db:
            other = task_of(db, "phuong-b")
            unsure = says(Outcome.UNDECIDED, code="evidence.nothing_given")
            handed_in(db, other, verdict=unsure, day="2024-04-01", who="can-bo-b")
            return_submission(
                db, other, act=by("tham-dinh", "2024-04-01", "11:00", reason="thiếu dấu")
            )
            doubt = raise_doubt(db, task, act=by("tham-dinh", "2024-04-01", reason="xem lại"))
            keep_accepted(db, doubt, act=by("tham-dinh-2", "2024-04-01", reason="đúng rồi"))
            written = press(db, at=place.clock.now())
        tick(place)
        told = {one.headers["Camket-Event"]: json.loads(one.body)["data"] for one in box.taken}
        assert list(told) == [
            "task.submitted",
            "task.accepted",
            "task.returned",
            "doubt.raised",
            "doubt.settled",
            "tasks.pressed",
        ]
        assert (told["task.returned"]["state"], told["task.returned"]["task"]["id"]) == (
            "returned",
            other,
        )
        assert (told["doubt.raised"]["doubt"], told["doubt.raised"]["kind"]) == (doubt, "raised")
        assert told["doubt.settled"]["settlement"] == "kept"
        pressed = told["tasks.pressed"]
        assert pressed["notices"] == written["ct-01"] > 0
        assert not pressed["is_cut"]
        assert {one["task"] for one in pressed["pressed"]} <= {task, other} | set(_tasks(place))
        assert "@" not in json.dumps(told)


def _tasks(place: Workplace) -> list[int]:
    with reading(place.engine).connect() as db:
        return [
            task_of(db, unit, occasion_key=key)
            for unit in ("phuong-a", "phuong-b")
            for key in ("2024-Q1", "2024-Q2")
        ]


def test_only_what_was_asked_for_is_told(place: Workplace) -> None:
    with receiver() as box, receiver() as other:
        registered(place, box.url, events=["task.accepted"], agreement="ct-01")
        registered(place, other.url, events=["report.issued"])
        accept_one(place)
        tick(place)
        assert events_of(box) == ["task.accepted"]
        assert other.taken == []


def test_a_receiver_that_was_down_for_a_day_gets_everything_later(place: Workplace) -> None:
    with receiver() as box:
        number, secret = registered(place, box.url)
        box.always = lambda _: 503
        accept_one(place)
        for _ in range(48):
            tick(place)
            pass_time(place, minutes=30)
        # Let be for longer and longer: a day costs a handful of attempts.
        assert 3 <= len(box.taken) <= 12
        assert hook(place, number).failing_since is not None
        box.always = lambda _: 200
        before = len(box.taken)
        for _ in range(10):
            tick(place)
            pass_time(place, hours=1)
        assert sorted(events_of(box)[before:]) == ["task.accepted", "task.submitted"]
        assert all(is_signed(one, secret) for one in box.taken)
        names = {one.headers["Camket-Delivery"] for one in box.taken}
        assert len(names) == 2, "each attempt bears the same name"
        assert all(one.delivered_at for one in messages(place))
        found = hook(place, number)
        assert (found.failures, found.failing_since, found.rests_until) == (0, None, None)


def test_once_one_message_is_taken_everything_that_waits_is_sent(place: Workplace) -> None:
    with receiver() as box:
        registered(place, box.url)
        box.always = lambda _: 503
        accept_one(place)
        tick(place)
        first = messages(place)[0]
        with place.engine.begin() as db:
            later = update(webhook_message).where(webhook_message.c.id == first.id)
            db.execute(later.values(next_at=NOW + timedelta(hours=6)))
        box.always = lambda _: 200
        pass_time(place, minutes=5)
        tick(place)
    assert all(one.delivered_at for one in messages(place))


def test_what_is_never_taken_is_parked_and_can_be_sent_again(place: Workplace) -> None:
    with receiver() as box:
        number, _ = registered(place, box.url, events=["task.accepted"])
        box.always = lambda _: 500
        accept_one(place)
        for _ in range(35):
            tick(place)
            pass_time(place, hours=4)
        (parked,) = messages(place)
        assert (len(box.taken), parked.attempts, parked.status) == (TRIES, TRIES, 500)
        assert parked.parked_at is not None
        assert parked.next_at is None
        box.always = lambda _: 200
        with place.engine.begin() as db:
            again = by("quan-tri", "2024-04-08")
            webhooks.redeliver(db, number, parked.id, act=again)
        pass_time(place, days=7)
        tick(place)
        (sent,) = messages(place)
        assert sent.delivered_at is not None
        assert {one.headers["Camket-Delivery"] for one in box.taken} == {parked.name}


def test_a_message_that_its_receiver_never_takes_holds_up_no_other(place: Workplace) -> None:
    with receiver() as box:
        registered(place, box.url, events=["task.submitted", "task.accepted"])
        box.always = lambda one: 500 if b"task.submitted" in one.body else 200
        accept_one(place)
        for _ in range(3):
            tick(place)
            pass_time(place, minutes=2)
        assert "task.accepted" in events_of(box)
        accept_one(place, "2024-Q2")
        for _ in range(8):
            tick(place)
            pass_time(place, minutes=2)
        assert events_of(box).count("task.accepted") == 2


def test_a_dead_receiver_blocks_nobody(place: Workplace) -> None:
    with receiver() as dead:
        gone = dead.url
    with receiver() as box:
        first, _ = registered(place, gone)
        second, _ = registered(place, box.url)
        accept_one(place)
        tick(place)
        assert events_of(box) == ["task.submitted", "task.accepted"]
    assert hook(place, first).failures == 1
    assert hook(place, second).failures == 0
    assert {one.fault for one in messages(place) if one.webhook_id == first} == {
        "outgoing.unreachable",
        None,
    }


def test_an_address_that_became_private_is_not_called(place: Workplace) -> None:
    with receiver() as box:
        registered(place, box.url)
        place.settings = place.settings.model_copy(update={"outgoing_allow": ""})
        accept_one(place)
        tick(place)
        assert box.taken == []
    assert messages(place)[0].fault == "outgoing.address_refused"


def test_a_redirect_is_not_followed_and_not_taken(place: Workplace) -> None:
    with receiver() as inside, receiver(location=inside.url) as box:
        registered(place, box.url)
        box.always = lambda _: 302
        accept_one(place)
        tick(place)
        assert inside.taken == []
    assert messages(place)[0].status == 302
    assert messages(place)[0].delivered_at is None


def test_both_secrets_sign_for_a_while(place: Workplace) -> None:
    with receiver() as box:
        number, old = registered(place, box.url)
        with place.engine.begin() as db:
            new = webhooks.rotate_secret(
                db,
                number,
                act=by("quan-tri", "2024-04-01"),
                key=place.settings.session_secret,
                grace_hours=2,
            )
        accept_one(place)
        tick(place)
        assert new != old
        assert all(is_signed(one, new) and is_signed(one, old) for one in box.taken)
        pass_time(place, hours=2)
        accept_one(place, "2024-Q2")
        tick(place)
        assert is_signed(box.taken[-1], new)
        assert not is_signed(box.taken[-1], old)


def test_a_leaked_secret_can_be_replaced_at_once(place: Workplace) -> None:
    with receiver() as box:
        number, old = registered(place, box.url)
        with place.engine.begin() as db:
            webhooks.rotate_secret(
                db,
                number,
                act=by("quan-tri", "2024-04-01"),
                key=place.settings.session_secret,
                grace_hours=0,
            )
        accept_one(place)
        tick(place)
        assert not any(is_signed(one, old) for one in box.taken)


def test_no_secret_stands_in_the_database_or_the_journal(place: Workplace) -> None:
    _, secret = registered(place, "https://receiver.example/a-capability")
    with reading(place.engine).connect() as db:
        kept = db.execute(select(webhook)).one()
        said = " ".join(db.scalars(select(journal_entry.c.body)))
    assert secret not in str(kept)
    assert secret not in said
    assert "a-capability" not in said
    assert "receiver.example" in said


def test_under_another_key_nothing_is_sent_unsigned(place: Workplace) -> None:
    with receiver() as box:
        registered(place, box.url)
        place.settings = Settings.model_validate(
            {**place.settings.model_dump(), "secret_key": "t" * 32}
        )
        accept_one(place)
        tick(place)
        assert box.taken == []
    assert messages(place)[0].fault == "secret.unreadable"


def test_what_happens_while_it_is_paused_is_told_when_it_is_resumed(place: Workplace) -> None:
    with receiver() as box:
        number, _ = registered(place, box.url, events=["task.accepted"])
        with place.engine.begin() as db:
            webhooks.pause_webhook(db, number, act=by("quan-tri", "2024-04-01"))
        accept_one(place)
        tick(place)
        assert box.taken == []
        with place.engine.begin() as db:
            webhooks.resume_webhook(db, number, act=by("quan-tri-2", "2024-04-01"))
        tick(place)
        assert events_of(box) == ["task.accepted"]


def test_a_younger_webhook_is_not_told_what_an_older_one_has_to_catch_up(place: Workplace) -> None:
    with receiver() as old, receiver() as young:
        number, _ = registered(place, old.url, events=["task.accepted"])
        with place.engine.begin() as db:
            webhooks.pause_webhook(db, number, act=by("quan-tri", "2024-04-01"))
        accept_one(place)
        tick(place)
        registered(place, young.url, events=["task.accepted"])
        with place.engine.begin() as db:
            webhooks.resume_webhook(db, number, act=by("quan-tri", "2024-04-01"))
        tick(place)
        assert events_of(old) == ["task.accepted"]
        assert young.taken == []


def test_what_happened_meanwhile_may_be_left_out(place: Workplace) -> None:
    with receiver() as box:
        number, _ = registered(place, box.url, events=["task.accepted"])
        box.always = lambda _: 500
        accept_one(place)
        tick(place)
        with place.engine.begin() as db:
            webhooks.pause_webhook(db, number, act=by("quan-tri", "2024-04-01"))
        accept_one(place, "2024-Q2")
        tick(place)
        with place.engine.begin() as db:
            webhooks.resume_webhook(
                db, number, act=by("quan-tri", "2024-04-01", "09:00"), leaves_out=True
            )
        box.always = lambda _: 200
        before = len(box.taken)
        for _ in range(3):
            tick(place)
            pass_time(place, hours=1)
        assert len(box.taken) == before


def test_whose_owner_is_gone_is_paused_and_forgets_nothing(place: Workplace) -> None:
    with receiver() as box:
        number, _ = registered(place, box.url, events=["task.accepted"])
        with place.engine.begin() as db:
            disable_user(db, "quan-tri", act=act("2024-04-01", by="quan-tri-2"))
        accept_one(place)
        tick(place)
        assert box.taken == []
        assert hook(place, number).paused_at is not None
        with place.engine.begin() as db:
            webhooks.resume_webhook(db, number, act=by("quan-tri-2", "2024-04-01"))
        tick(place)
        assert events_of(box) == ["task.accepted"]


def test_an_ended_one_is_told_nothing_and_keeps_no_secret(place: Workplace) -> None:
    with receiver() as box:
        number, _ = registered(place, box.url)
        accept_one(place)
        with place.engine.begin() as db:
            webhooks.end_webhook(db, number, act=by("quan-tri", "2024-04-01"))
        tick(place)
        assert box.taken == []
    assert (hook(place, number).secret, hook(place, number).old_secret) == ("", None)


def test_a_test_is_sent_at_once_even_to_one_that_rests(place: Workplace) -> None:
    with receiver() as box:
        number, secret = registered(place, box.url)
        box.answers = [500]
        accept_one(place)
        tick(place)
        with place.engine.begin() as db:
            name = webhooks.send_test(db, number, act=by("quan-tri", "2024-04-01"))
        tick(place)
        tests = [one for one in box.taken if one.headers["Camket-Event"] == "test"]
        assert [one.headers["Camket-Delivery"] for one in tests] == [name]
        assert is_signed(tests[0], secret)


def test_looking_through_the_journal_again_tells_nothing_twice(place: Workplace) -> None:
    """As after a crash between two looks: the mark is where it was, the messages are there."""
    with receiver() as box:
        number, _ = registered(place, box.url)
        mark = hook(place, number).told_seal
        accept_one(place)
        tick(place)
        with place.engine.begin() as db:
            db.execute(update(webhook).values(told_seal=mark))
        tick(place)
        assert len(box.taken) == len(messages(place)) == 2


def test_a_long_silence_is_caught_up_step_by_step(place: Workplace) -> None:
    with receiver() as box:
        number, _ = registered(place, box.url, events=["task.accepted"])
        accept_one(place)
        with place.engine.begin() as db:
            for _ in range(12):
                seal(db, place.settings.journal_keys, at=NOW, at_most=1)
        accept_one(place, "2024-Q2")
        tick(place)
        assert events_of(box) == ["task.accepted"] * 2
        with reading(place.engine).connect() as db:
            newest = last_seal(db)
        assert newest is not None
        assert hook(place, number).told_seal == newest.id


def test_a_killed_worker_loses_no_message(place: Workplace) -> None:
    """Killed when the receiver has the message and the database does not know it yet."""
    with receiver() as box:
        _, secret = registered(place, box.url, events=["task.accepted"])
        accept_one(place)
        with place.engine.begin() as db:
            seal(db, place.settings.journal_keys, at=NOW)
            put_work(db, kind="tell_webhooks", subjects=[0], due_at=NOW)
        run_batch(place, JOBS[0], waiting(place.engine, "tell_webhooks"))
        (row,) = waiting(place.engine, "send_webhook")
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.tasks.sending", str(row), NOW.isoformat()],
            cwd=ROOT,
            env={
                **os.environ,
                "CAMKET_DATABASE_URL": place.engine.url.render_as_string(hide_password=False),
                "CAMKET_SECRET_KEY": "s" * 32,
                "CAMKET_JOURNAL_KEY": "1:" + "j" * 32,
                "CAMKET_OUTGOING_ALLOW": "127.0.0.1",
                "CAMKET_OUTGOING_HTTP": "true",
                "CAMKET_DATA_DIR": str(place.settings.data_dir),
            },
        )

        def kill(_: Taken) -> int:
            worker.send_signal(signal.SIGKILL)
            return 200

        box.always = kill
        assert worker.wait(60) == -signal.SIGKILL
        assert len(box.taken) == 1
        assert messages(place)[0].delivered_at is None
        box.always = lambda _: 200
        # Until the lease runs out nobody else may have it.
        assert run_batch(place, JOBS[1], [row]) == 0
        with place.engine.begin() as db:
            db.execute(update(work).values(leased_until=database_later(-1)))
        assert run_batch(place, JOBS[1], [row]) == 1
        assert len(box.taken) == 2
        assert len({one.headers["Camket-Delivery"] for one in box.taken}) == 1
        assert all(is_signed(one, secret) for one in box.taken)
    assert messages(place)[0].delivered_at is not None


@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)
def test_an_entry_of_a_transaction_that_commits_late_is_told(place: Workplace) -> None:
    """Two acts at once: what commits second is not passed over, whatever its number."""
    with receiver() as box:
        registered(place, box.url, events=["task.accepted"])
        slow = place.engine.connect()
        late = slow.begin()
        task = task_of(slow, "phuong-a")
        accepted(slow, task, day="2024-04-01")
        accept_one(place, "2024-Q2")
        tick(place, is_whole=False)
        late.commit()
        slow.close()
        tick(place)
        told = {json.loads(one.body)["data"]["task"]["occasion"] for one in box.taken}
        assert told == {"2024-Q1", "2024-Q2"}


def test_old_messages_are_forgotten(place: Workplace) -> None:
    with receiver() as box:
        registered(place, box.url)
        accept_one(place)
        tick(place)
    with place.engine.begin() as db:
        day = timedelta(days=1)
        assert forget_messages(db, delivered_before=NOW - day, parked_before=NOW) == 0
        assert forget_messages(db, delivered_before=NOW + day, parked_before=NOW) == 2
    assert messages(place) == []
