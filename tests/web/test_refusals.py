"""What is refused is in the journal, once and with a count, and nothing secret with it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tasks.job import run_batch
from tasks.upkeep import JOBS
from tasks.workplace import Workplace
from tests.factories import handed_in, living, says, task_of
from tests.web.conftest import PASSWORD, Browser, Web, with_password
from tests.worlds import act
from workflow.evidence.check import Outcome
from workflow.refusals import EVERY, forget_old
from workflow.store.journal import journal_entry
from workflow.store.refusals import refusal
from workflow.store.work import work
from workflow.tokens import Scope, make_token

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def city(web: Web) -> Web:
    for db in web.founding(f"{__name__}.city"):
        living(db)
        for key in ("quan-tri", "tham-dinh", "can-bo-a", "kiem-toan"):
            with_password(db, key)
    return web


@pytest.fixture
def officer(city: Web) -> Browser:
    browser = city.signed_in("can-bo-a")
    browser.get("/account")
    return browser


def told(web: Web, verb: str = "access.refused") -> list[tuple[str, dict[str, Any]]]:
    query = select(journal_entry.c.by, journal_entry.c.body).where(journal_entry.c.verb == verb)
    with web.engine.begin() as db:
        rows = db.execute(query.order_by(journal_entry.c.id)).all()
    return [(row.by, json.loads(row.body)["after"]) for row in rows]


def tell_the_rest(web: Web) -> int:
    """Do the work that waits, as a worker does."""
    premises = web.app.state.premises
    place = Workplace(engine=web.engine, clock=web.clock, settings=premises.settings)
    with web.engine.begin() as db:
        ids = list(db.scalars(select(work.c.id).where(work.c.kind == "tell_refusals")))
    job = next(one for one in JOBS if one.kind == "tell_refusals")
    return run_batch(place, job, ids)


def test_a_page_that_is_not_theirs_is_told(city: Web, officer: Browser) -> None:
    assert officer.get("/people", params={"q": "mật khẩu của tôi"}).status_code == 403
    assert told(city) == [
        (
            "can-bo-a",
            {
                "times": 1,
                "code": "access.denied",
                "deed": "manage_people",
                "place": "GET /people",
                "path": "/people",
            },
        )
    ]


def test_a_form_that_is_not_theirs_is_told_without_what_was_sent(
    city: Web, officer: Browser
) -> None:
    form = {"new_key": "x", "name": "bí mật"}
    assert officer.post("/people/quan-tri/handover", form).status_code == 403
    [(by, after)] = told(city)
    assert (by, after["place"]) == ("can-bo-a", "POST /people/{key}/handover")
    assert after["path"] == "/people/quan-tri/handover"
    assert "bí mật" not in str(after)


def test_acting_on_what_is_not_there_for_them_is_told_and_so_is_looking(
    city: Web, officer: Browser
) -> None:
    with city.engine.begin() as db:
        other = task_of(db, "phuong-b")
    assert officer.get(f"/tasks/{other}").status_code == 404
    # Whoever tries one number after another is told of once, with how often.
    for number in range(1, 12):
        assert officer.get(f"/tasks/{other + 1000 * number}").status_code == 404
    officer.get("/account")
    assert officer.post(f"/tasks/{other}/submit").status_code == 404
    looked, acted = [after for _, after in told(city)]
    assert (looked["code"], looked["place"]) == ("task.unknown", "GET /tasks/{task_id}")
    assert (looked["path"], looked["times"]) == (f"/tasks/{other}", 1)
    assert (acted["code"], acted["path"]) == ("task.unknown", f"/tasks/{other}/submit")
    city.clock.advance(EVERY + timedelta(seconds=1))
    tell_the_rest(city)
    assert told(city)[-1][1]["times"] == 11


def test_a_program_that_looks_where_it_may_not_is_told(city: Web) -> None:
    with city.engine.begin() as db:
        other = task_of(db, "phuong-b")
        token = make_token(db, name="t", scope=Scope.READ, days=9, act=act(by="can-bo-a"))
    headers = {"authorization": f"Bearer {token}"}
    client = city.stranger().client
    for _ in range(3):
        assert client.get(f"/api/v1/tasks/{other}", headers=headers).status_code == 404
    [(by, after)] = told(city)
    assert (by, after["path"]) == ("can-bo-a", f"/api/v1/tasks/{other}")


def test_a_program_is_told_as_its_person(city: Web) -> None:
    with city.engine.begin() as db:
        tokens = {
            scope: make_token(db, name="t", scope=scope, days=9, act=act(by="can-bo-a"))
            for scope in (Scope.READ, Scope.WRITE)
        }
    client = city.stranger().client
    said = {"convener": "thanh-pho", "kind": "hop", "happens_on": "2024-05-01"}
    for scope, code in ((Scope.WRITE, "access.denied"), (Scope.READ, "token.narrow")):
        headers = {"authorization": f"Bearer {tokens[scope]}"}
        answer = client.post("/api/v1/meetings", json=said, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert [(by, after["code"]) for by, after in told(city)] == [
        ("can-bo-a", "access.denied"),
        ("can-bo-a", "token.narrow"),
    ]
    assert client.get("/api/v1/me", headers={"authorization": "Bearer x"}).status_code == 401
    assert len(told(city)) == 2


def test_nobody_decides_what_they_handed_in_and_the_attempt_is_told(city: Web) -> None:
    from tests.web.conftest import with_password as let_in
    from workflow.accounts import grant_role
    from workflow.domain.roles import Grant, Role

    with city.engine.begin() as db:
        task = task_of(db)
        both = Grant(role=Role.REVIEWER)
        grant_role(db, "can-bo-a", both, act=act(by="quan-tri"))
        let_in(db, "can-bo-a")
        unsure = says(Outcome.UNDECIDED, code="evidence.nothing_given")
        handed_in(db, task, verdict=unsure, day="2024-01-02")
    city.clock.advance(timedelta(days=1))
    browser = city.signed_in("can-bo-a")
    browser.get("/account")
    answer = browser.post(f"/tasks/{task}/confirm")
    assert answer.status_code in {403, 422}
    [(by, after)] = told(city)
    assert (by, after["code"]) == ("can-bo-a", "task.four_eyes")


def test_the_same_again_is_counted_and_told_once_more_later(city: Web, officer: Browser) -> None:
    for _ in range(7):
        officer.get("/people")
    assert [after["times"] for _, after in told(city)] == [1]
    city.clock.advance(EVERY + timedelta(seconds=1))
    officer.get("/people")
    assert [after["times"] for _, after in told(city)] == [1, 7]
    # What was only counted is told when it is over, though nobody tries again.
    for _ in range(3):
        officer.get("/people")
    city.clock.advance(EVERY + timedelta(seconds=1))
    assert tell_the_rest(city) == 1
    assert [after["times"] for _, after in told(city)] == [1, 7, 3]
    assert tell_the_rest(city) == 0


def test_nobody_floods_the_journal(city: Web, officer: Browser) -> None:
    for number in range(40):
        officer.get("/account")
        officer.post(f"/people/ai-{number}/change")
    assert len(told(city)) == 1
    with city.engine.begin() as db:
        from workflow.refusals import note_refusal

        for number in range(100):
            note_refusal(
                db, by="can-bo-a", code="access.denied", place=f"GET /{number}", at=city.clock.now()
            )
    assert len(told(city)) == 21
    assert told(city)[-1][1]["place"] == "*"


def test_counts_of_long_ago_are_forgotten(city: Web, officer: Browser) -> None:
    officer.get("/people")
    with city.engine.begin() as db:
        assert forget_old(db, at=city.clock.now() + timedelta(hours=23)) == 0
        assert forget_old(db, at=city.clock.now() + timedelta(hours=25)) == 1
        assert db.execute(select(refusal.c.id)).first() is None


def test_an_address_that_must_wait_is_told_with_the_account_only_where_there_is_one(
    city: Web,
) -> None:
    browser = city.stranger()
    browser.get("/signin")
    for key in ("can-bo-a", "mật khẩu gõ nhầm chỗ"):
        for _ in range(7):
            browser.post("/signin", {"key": key, "password": "sai"})
    assert told(city, "signin.throttled") == [
        ("system:stranger", {"times": 1, "address": "testclient", "account": "can-bo-a"}),
        ("system:stranger", {"times": 1, "address": "testclient", "account": None}),
    ]
    with city.engine.begin() as db:
        bodies = str(db.scalars(select(journal_entry.c.body)).all())
    assert "gõ nhầm" not in bodies


def test_strangers_together_do_not_flood_it_either(city: Web) -> None:
    from workflow.refusals import note_throttled

    with city.engine.begin() as db:
        for number in range(90):
            note_throttled(db, address=f"10.0.0.{number}", key="ai", at=city.clock.now())
    assert len(told(city, "signin.throttled")) == 51


def test_the_journal_shows_what_was_refused_and_only_that(city: Web, officer: Browser) -> None:
    officer.get("/people")
    auditor = city.signed_in("kiem-toan")
    page = auditor.get("/journal").text
    assert "Chỉ xem các lần bị từ chối" in page
    page = auditor.get("/journal", params={"verb": "access.refused"}).text.split("<tbody>")[1]
    assert "bị từ chối" in page
    assert "Người can-bo-a" in page
    assert "đăng nhập" not in page.split("</tbody>")[0]


def test_a_refusal_stays_one_though_it_cannot_be_written_down(
    officer: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    monkeypatch.setattr("web.refusing.note_refusal", broken)
    assert officer.get("/people").status_code == 403
    assert "could not be written down" in caplog.text


def test_what_is_wrong_and_not_forbidden_is_nobodys_business(city: Web, officer: Browser) -> None:
    wrong: list[Callable[[], object]] = [
        lambda: officer.get("/khong-co"),
        lambda: officer.post("/account/tokens", {"name": ""}),
        lambda: officer.post(
            "/account/password", {"present": PASSWORD, "password": "x", "again": "x"}
        ),
        lambda: city.stranger().get("/people"),
    ]
    for call in wrong:
        officer.get("/account")
        call()
    assert told(city) == []
