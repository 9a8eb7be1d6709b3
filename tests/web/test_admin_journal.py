"""The journal and the jobs on the pages: told in words, verified, and tried anew."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from tests.factories import accepted, living, row_of, task_of
from tests.sources import ROOT
from tests.web.asking import statements_of
from tests.web.conftest import Browser, Web, with_password
from tests.worlds import at
from web.journal_words import KINDS, RULES, TICKS, VERBS
from workflow import labels, sealing
from workflow.store.heartbeats import beat, serve_tick
from workflow.store.journal import journal_entry
from workflow.store.work import database_later, heartbeat, put_work, work

PAGES = ("/journal", "/journal/verify", "/jobs")


@pytest.fixture
def city(web: Web) -> Web:
    """A living city in which one task is accepted."""
    for db in web.founding(f"{__name__}.city"):
        living(db)
        accepted(db, task_of(db))
        for key in ("quan-tri", "kiem-toan", "tham-dinh", "can-bo-a"):
            with_password(db, key)
    return web


@pytest.fixture
def admin(city: Web) -> Browser:
    return city.signed_in("quan-tri")


def main_of(said: str) -> str:
    return said.split("<main", 1)[1]


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_is_asked_to_sign_in(city: Web, address: str) -> None:
    assert city.stranger().get(address).url.path == "/signin"


@pytest.mark.parametrize("key", ["tham-dinh", "can-bo-a"])
@pytest.mark.parametrize("address", PAGES)
def test_only_some_read_the_journal_and_run_jobs(city: Web, key: str, address: str) -> None:
    assert city.signed_in(key).get(address).status_code == 403


def test_an_auditor_reads_the_journal_and_runs_nothing(city: Web) -> None:
    browser = city.signed_in("kiem-toan")
    assert browser.get("/journal").status_code == 200
    assert browser.get("/journal/verify").status_code == 200
    assert browser.get("/jobs").status_code == 403
    assert browser.post("/jobs/retry").status_code == 403


def test_entries_are_told_in_words_with_names(city: Web, admin: Browser) -> None:
    page = main_of(admin.get("/journal").text)
    assert "nhiệm vụ được kiểm tra đạt" in page
    assert "kiểm tra tự động" in page
    assert "Người can-bo-a" in page
    with city.engine.begin() as db:
        number = row_of(db, task_of(db)).id
    assert f'href="/tasks/{number}"' in page


def test_entries_are_filtered(city: Web, admin: Browser) -> None:
    def rows(**asked: str) -> list[str]:
        page = main_of(admin.get("/journal", params=asked).text)
        return re.findall(r"<strong>([^<]+)</strong>", page)

    assert set(rows(verb="task.submitted")) == {"nộp nhiệm vụ"}
    assert set(rows(by="can-bo-a")) == {"thêm minh chứng", "nộp nhiệm vụ"}
    assert "thêm tài khoản" not in rows(day="2024-02-01")
    assert "thêm tài khoản" in rows(day="02/01/2024")
    with city.engine.begin() as db:
        number = str(task_of(db))
    found = rows(subject="task", number=number)
    assert "nộp nhiệm vụ" in found
    assert rows(subject="task", number="999999") == []
    assert "thêm tài khoản" in rows(subject="person", number="x")
    assert admin.get("/journal", params={"day": "mai"}).status_code == 422


def test_the_journal_is_paged(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.pages.journal._PAGE", 5)
    first = main_of(admin.get("/journal").text)
    more = re.search(r'href="(/journal\?[^"]+)"', first.split('class="pages')[1])
    assert more
    second = main_of(admin.get(more.group(1).replace("&amp;", "&")).text)
    numbers = [re.findall(r"Số (\d+)</span>", page) for page in (first, second)]
    assert len(numbers[0]) == len(numbers[1]) == 5
    assert int(numbers[0][-1]) == int(numbers[1][0]) + 1


def test_hostile_reasons_are_escaped_and_long_ones_cut(city: Web, admin: Browser) -> None:
    from workflow import journal
    from workflow.journal import Act

    with city.engine.begin() as db:
        act = Act(by="ai-do", at=at("2024-01-02"), on_behalf="can-bo-a", reason="<script>1")
        after = {"note": "x" * 1000, "none": None}
        journal.record(db, act=act, verb="thing.done", subject=("thing", None), after=after)
    page = main_of(admin.get("/journal").text)
    assert "&lt;script&gt;1" in page
    assert "thay cho Người can-bo-a" in page
    assert "thing.done" in page
    assert "x" * 401 not in page


def test_the_journal_is_verified_in_words(city: Web, admin: Browser) -> None:
    with city.engine.begin() as db:
        sealing.seal(db, city.settings.journal_keys, at=at("2024-01-02"))
    assert "niêm phong gần nhất lúc" in admin.get("/journal").text
    page = main_of(admin.get("/journal/verify").text)
    assert "Nhật ký nguyên vẹn" in page


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_a_changed_journal_is_named(city: Web, admin: Browser) -> None:
    with city.engine.begin() as db:
        sealing.seal(db, city.settings.journal_keys, at=at("2024-01-02"))
        entry = db.scalar(select(journal_entry.c.id).order_by(journal_entry.c.id))
        db.execute(text("DROP TRIGGER journal_entry_no_update"))
        db.execute(
            update(journal_entry).where(journal_entry.c.id == entry).values(body='{"by":"khác"}')
        )
    page = main_of(admin.get("/journal/verify").text)
    assert "Nhật ký đã bị thay đổi: 1" in page
    assert str(entry) in page


def test_heads_that_cannot_be_read_are_said(city: Web, admin: Browser) -> None:
    sealing.heads_file(city.settings).write_text("hỏng", encoding="utf-8")
    assert admin.get("/journal/verify").status_code == 422


def test_every_verb_that_is_written_has_words(city: Web) -> None:
    with city.engine.begin() as db:
        written = set(db.scalars(select(journal_entry.c.verb).distinct()))
        actors = set(db.scalars(select(journal_entry.c.by).distinct()))
    assert written <= VERBS.keys()
    assert {by for by in actors if by.startswith("system:")} <= RULES.keys()
    moved = re.findall(r'"(task\.[a-z_]+)"', (ROOT / "workflow" / "moves.py").read_text("utf-8"))
    moves = {one for one in moved if one.rpartition("_")[2] not in {"allowed", "missing"}}
    assert moves & VERBS.keys() >= {"task.submitted", "task.waived", "task.withdrawn"}
    assert moves - VERBS.keys() <= labels.messages().keys()


def test_every_job_has_words() -> None:
    from tasks.jobs import JOBS
    from tasks.jobs import TICKS as SCHEDULED

    assert {job.kind for job in JOBS} == KINDS.keys()
    assert {tick.job for tick in SCHEDULED} == TICKS.keys()


def test_what_is_parked_is_tried_again(city: Web, admin: Browser) -> None:
    with city.engine.begin() as db:
        for kind, subjects in (("verify_item", [991, 992]), ("send_digest", [993])):
            put_work(db, kind=kind, subjects=subjects, due_at=at("2024-01-01"))
        parked = {"parked_at": at("2024-01-02"), "attempts": 5, "last_error": "Lỗi <b>x</b>"}
        db.execute(update(work).where(work.c.subject_id.in_([991, 992])).values(**parked))
        ids = list(db.scalars(select(work.c.id).where(work.c.parked_at.is_not(None))))
    page = main_of(admin.get("/jobs").text)
    assert "kiểm tra tệp minh chứng" in page
    assert "Lỗi &lt;b&gt;x" in page
    answer = admin.post("/jobs/retry", {"number": ids[0]})
    assert "1" in answer.text.split('role="status">')[1].split("<")[0]
    assert admin.post("/jobs/retry", {"number": ids[0]}).status_code == 422, "no longer parked"
    admin.get("/jobs")
    admin.post("/jobs/retry")
    with city.engine.begin() as db:
        assert db.scalar(select(work.c.id).where(work.c.parked_at.is_not(None))) is None
        verbs = list(db.scalars(select(journal_entry.c.verb)))
    assert verbs.count("work.retried") == 2


def test_what_is_alive_and_what_is_silent_is_shown(city: Web, admin: Browser) -> None:
    page = main_of(admin.get("/jobs").text)
    assert page.count("không có tín hiệu") == 3
    assert "Chưa chạy việc hằng ngày nào" in page
    with city.engine.begin() as db:
        beat(db, "worker:may-1:12")
        beat(db, "scheduler")
        beat(db, "broker", detail="down: không trả lời")
        serve_tick(
            db, job="plan", scheduled_for=at("2024-01-02", "00:10"), served_at=at("2024-01-02")
        )
        silent = update(heartbeat).where(heartbeat.c.name == "scheduler")
        db.execute(silent.values(beat_at=database_later(-600)))
    page = main_of(admin.get("/jobs").text)
    assert "đang chạy: 1" in page
    assert page.count("không có tín hiệu") == 2
    assert "Không kết nối được hàng đợi" in page
    assert "00:10 02/01/2024" in page


def test_these_pages_ask_little(city: Web, admin: Browser) -> None:
    assert statements_of(city, lambda: admin.get("/journal")) <= 12
    assert statements_of(city, lambda: admin.get("/jobs")) <= 12
    city.clock.advance(timedelta(minutes=1))
