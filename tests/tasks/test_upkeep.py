"""Sealing, heads kept elsewhere, tidying, trying anew; and the proof that alarms."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, select, update

from reports.boards.proving_figures import figures_wrong
from tasks import upkeep
from tasks.job import run_batch
from tasks.jobs import JOBS
from tests.factories import living, task_of
from tests.tasks.jobs import ask
from tests.worlds import act, at
from workflow import journal, tokens
from workflow.accounts import ensure_local_administrator
from workflow.domain.clock import SteppedClock
from workflow.files import FileStore
from workflow.journal import Act
from workflow.retrying import retry_parked
from workflow.sealing import exported_heads, heads_file, latest_head, verify
from workflow.store import offers, seals, sessions
from workflow.store.engine import reading
from workflow.store.heartbeats import beat, heartbeats
from workflow.store.journal import journal_entry
from workflow.store.kept_figures import kept_cell
from workflow.store.people import person
from workflow.store.tasks import task
from workflow.store.tokens import api_answer, api_token, take_key
from workflow.store.work import claim, database_later, fail, heartbeat, tick, work
from workflow.tokens import Scope

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tasks.workplace import Workplace

NOW = at("2024-04-01")


@pytest.fixture
def place(place: Workplace) -> Workplace:
    place.clock = SteppedClock(NOW)
    return place


def do(place: Workplace, kind: str, subject: int = 0) -> None:
    """Ask for a piece of work and do it."""
    ask(place.engine, [subject], kind=kind)
    [job] = [one for one in JOBS if one.kind == kind]
    with place.engine.connect() as db:
        ids = list(db.scalars(select(work.c.id).where(work.c.kind == kind)))
    run_batch(place, job, ids)
    with place.engine.connect() as db:
        assert list(db.execute(select(work).where(work.c.kind == kind))) == []


def write(engine: Engine, count: int = 1) -> None:
    with engine.begin() as db:
        for number in range(count):
            journal.record(db, act=act(), verb="probe.done", subject=("probe", number))


def sealed(place: Workplace) -> None:
    """Seal until nothing is left; on PostgreSQL others' transactions may have to end first."""
    while True:
        do(place, "seal_journal")
        with place.engine.connect() as db:
            if next(seals.unsealed_entries(db), None) is None:
                return


def test_the_journal_is_sealed_under_the_installation_s_key(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(place.engine, 3)
    monkeypatch.setattr(upkeep, "_SEALS_AT_ONCE", 1)
    sealed(place)
    with reading(place.engine).connect() as db:
        found = verify(db, place.settings.journal_keys, at=NOW)
    assert (found.is_intact, found.entries, found.unsealed) == (True, 3, 0)


def test_heads_are_written_where_the_database_does_not_reach(place: Workplace) -> None:
    assert exported_heads(place.settings) == []
    do(place, "export_head")
    assert exported_heads(place.settings) == [], "nothing is sealed yet"
    write(place.engine)
    sealed(place)
    do(place, "export_head")
    with place.engine.connect() as db:
        head = latest_head(db)
    assert exported_heads(place.settings) == [head]
    with heads_file(place.settings).open("a") as file:
        file.write("\nnonsense\n")
    with pytest.raises(ValueError, match=r"."):
        exported_heads(place.settings)


def test_tidying_forgets_what_nobody_asks_for_any_more(place: Workplace) -> None:
    files = FileStore(root=place.settings.evidence_dir)
    files.root.mkdir()
    left, fresh = files.root / ".draft-left", files.root / ".draft-fresh"
    left.touch()
    fresh.touch()
    os.utime(left, (0, 0))
    write(place.engine)
    with place.engine.begin() as db:
        for name in ("worker:gone", "worker:here"):
            beat(db, name)
        db.execute(
            update(heartbeat)
            .where(heartbeat.c.name == "worker:gone")
            .values(beat_at=database_later(-3 * 86_400))
        )
        for days in (20, 10, 0):
            instant = NOW - timedelta(days=days)
            db.execute(insert(tick).values(job="a", scheduled_for=instant, served_at=instant))
    do(place, "tidy_up")
    with place.engine.connect() as db:
        assert [one.name for one in heartbeats(db)] == ["worker:here"]
        assert list(db.scalars(select(tick.c.scheduled_for))) == [NOW]
    assert [path.name for path in files.root.iterdir()] == [".draft-fresh"]


def test_tidying_forgets_old_sessions_and_answers(place: Workplace) -> None:
    old = NOW - timedelta(days=91)
    with place.engine.begin() as db:
        chief = ensure_local_administrator(db, name="Quản trị", at=old)
        person_id = db.scalars(select(person.c.id)).one()
        for began in (old, NOW):
            values = {
                "token_hash": began.isoformat(),
                "person_id": person_id,
                "began_at": began,
                "seen_at": began,
                "ends_at": began,
                "address": "",
                "agent": "",
            }
            sessions.begin_session(db, values)
        tokens.make_token(db, name="x", scope=Scope.WRITE, act=Act(by=chief, at=old), days=366)
        bearer_id = db.scalars(select(api_token.c.id)).one()
        for key, at_ in (("old", NOW - timedelta(hours=25)), ("new", NOW)):
            take_key(db, bearer_id, key, digest="", at=at_)
    do(place, "tidy_up")
    with place.engine.connect() as db:
        assert list(db.scalars(select(sessions.session.c.began_at))) == [NOW]
        assert list(db.scalars(select(api_answer.c.key))) == ["new"]


def test_parked_work_is_tried_anew_by_somebody_and_the_journal_says_who(place: Workplace) -> None:
    ask(place.engine, [1, 2])
    with place.engine.begin() as db:
        ids = list(db.scalars(select(work.c.id).order_by(work.c.id)))
        [one] = claim(db, ids[:1], kind="probe", now=NOW, lease_s=9, tries=1)
        fail(db, one, error="broken", rest_s=0, is_last_try=True)
    with place.engine.begin() as db:
        assert retry_parked(db, ids, act=act()) == ids[:1]
        assert retry_parked(db, ids, act=act()) == []
    with place.engine.connect() as db:
        assert offers.parked(db) == []
        entries = db.execute(select(journal_entry)).all()
    assert [(entry.verb, entry.by) for entry in entries] == [("work.retried", "van-phong")]
    assert json.loads(entries[0].body)["after"] == {"ids": ids[:1]}


# ── planning ─────────────────────────────────────────────────────────────────────────────


def test_planning_by_night_creates_what_is_owed_up_to_the_horizon(place: Workplace) -> None:
    with place.engine.begin() as db:
        living(db, until="2024-02-01")
    do(place, "plan_agreement", 1)
    with place.engine.connect() as db:
        assert task_of(db, occasion_key="2025-Q1")


def test_an_agreement_that_ended_is_not_planned(place: Workplace) -> None:
    do(place, "plan_agreement", 99)
    do(place, "prove_coverage", 99)
    do(place, "follow_on", 99)
    with place.engine.connect() as db:
        assert list(db.execute(select(task))) == []
        assert heartbeats(db) == []


def test_a_wrong_kept_figure_alarms_is_journaled_and_made_right(place: Workplace) -> None:
    with place.engine.begin() as db:
        living(db)
    # Planned to the end, so that nothing of it changes by night.
    do(place, "plan_agreement", 1)
    do(place, "keep_figures")
    with place.engine.begin() as db:
        one = db.execute(select(kept_cell)).first()
        assert one is not None
        is_it = (kept_cell.c.period_id == one.period_id) & (kept_cell.c.unit_id == one.unit_id)
        db.execute(update(kept_cell).where(is_it).values(waived=9))
    do(place, "prove_coverage", 1)
    with place.engine.connect() as db:
        broken = db.execute(
            select(journal_entry).where(journal_entry.c.verb == "figures.broken")
        ).one()
        [said] = heartbeats(db)
        assert figures_wrong(db, agreement="ct-01") == ()
    first = json.loads(broken.body)["after"]["first"]
    assert (first["obligation"], first["kept"]["waived"]) == ("mua-bao", 9)
    assert "waived" not in first["counted"]
    assert json.loads(said.detail)["wrong"] > 0


def test_a_gap_alarms_and_is_journaled(place: Workplace) -> None:
    with place.engine.begin() as db:
        living(db)
        db.execute(delete(task).where(task.c.id == task_of(db)))
    do(place, "prove_coverage", 1)
    with place.engine.connect() as db:
        [said] = heartbeats(db)
        broken = db.execute(
            select(journal_entry).where(journal_entry.c.verb == "coverage.broken")
        ).one()
    assert said.name == "coverage:ct-01"
    assert json.loads(said.detail)["gaps"] == 1
    assert json.loads(broken.body)["after"]["first"] == {
        "code": "coverage.task_missing",
        "obligation": "mua-bao",
        "occasion": "2024-Q1",
        "unit": "phuong-a",
    }
