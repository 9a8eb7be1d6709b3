"""What is read without the API: the calendar of due days, and the numbers for whoever watches."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar
from starlette.testclient import TestClient

from tests.factories import accepted, by, duty, living, task_of
from tests.web.api import token_of
from workflow.accounts import add_user
from workflow.domain.roles import Grant, Role
from workflow.store.heartbeats import beat, serve_tick
from workflow.store.work import put_work
from workflow.tokens import Scope, own_tokens, revoke_token

if TYPE_CHECKING:
    from httpx2 import Response

    from tests.web.conftest import Web


@pytest.fixture
def town(web: Web) -> Web:
    """A web on a living city; a duty's title tries to break out of the calendar."""
    for db in web.founding(f"{__name__}.town"):
        living(db, duty(), duty("xau", title="Báo, tạp chí; \\ và\r\nBEGIN:VEVENT"))
    return web


def fetched(web: Web, address: str, **given: str) -> Response:
    return TestClient(web.app, base_url="http://testserver").get(address, headers=given)


def events(web: Web, token: str) -> dict[str, tuple[date, str]]:
    answer = fetched(web, f"/calendar/{token}.ics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    found = Calendar.from_ical(answer.text)
    days: dict[str, tuple[date, str]] = {}
    for one in found.walk("VEVENT"):
        day = one.decoded("dtstart")
        assert type(day) is date, "all day long"
        days[str(one["uid"])] = (day, str(one["summary"]))
    return days


def test_a_calendar_holds_the_due_days_of_its_person(town: Web) -> None:
    token = token_of(town, "can-bo-a", scope=Scope.CALENDAR)
    with town.engine.begin() as db:
        own = task_of(db, "phuong-a")
        other = task_of(db, "phuong-b")
    found = events(town, token)
    assert len(found) == 4
    day, summary = found[f"task-{own}@camket"]
    assert (day, summary) == (
        date(2024, 3, 31),
        "Đến hạn: Nghĩa vụ mua-bao – Đơn vị phuong-a",
    )
    assert f"task-{other}@camket" not in found
    assert any("Báo, tạp chí; \\ và" in one for _, one in found.values())


def test_what_is_done_leaves_the_calendar(town: Web) -> None:
    token = token_of(town, "can-bo-a", scope=Scope.CALENDAR)
    with town.engine.begin() as db:
        own = task_of(db, "phuong-a")
        accepted(db, own)
    town.clock.advance(timedelta(days=60))
    found = events(town, token)
    assert len(found) == 3
    assert f"task-{own}@camket" not in found


def test_a_calendar_is_followed_until_it_is_revoked(town: Web) -> None:
    token = token_of(town, "can-bo-a", scope=Scope.CALENDAR)
    town.clock.advance(timedelta(days=500))
    assert events(town, token) == {}
    with town.engine.begin() as db:
        (row,) = own_tokens(db, act=by("can-bo-a", "2024-01-02"))
        assert (row.expires_at, row.used_at) == (None, town.clock.now())
        revoke_token(db, row.id, act=by("can-bo-a", "2024-01-02"))
    assert fetched(town, f"/calendar/{token}.ics").status_code == 404


@pytest.mark.parametrize("scope", [Scope.READ, Scope.WRITE])
def test_a_programs_token_is_no_calendar(town: Web, scope: Scope) -> None:
    token = token_of(town, "can-bo-a", scope=scope)
    assert fetched(town, f"/calendar/{token}.ics").status_code == 404
    assert fetched(town, "/calendar/khong-co.ics").status_code == 404


def sample(text: str, name: str, label: str) -> float:
    found = re.search(rf"^{name}\{{{label}\}} ([0-9.]+)$", text, re.MULTILINE)
    assert found, f"{name} {label}: {text}"
    return float(found.group(1))


def test_the_numbers_are_told_to_whoever_looks_after_the_jobs(town: Web) -> None:
    at = town.clock.now()
    with town.engine.begin() as db:
        put_work(db, kind="verify_item", subjects=[1, 2], due_at=at - timedelta(minutes=5))
        put_work(db, kind="send_digest", subjects=[1], due_at=at + timedelta(minutes=5))
        beat(db, "worker:a:1")
        beat(db, "worker:b:2")
        serve_tick(db, job="press", scheduled_for=at - timedelta(seconds=90), served_at=at)
        accepted(db, task_of(db, "phuong-a"))
    token = token_of(town, "quan-tri", scope=Scope.READ)
    answer = fetched(town, "/metrics", authorization=f"Bearer {token}")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert sample(answer.text, "camket_work_due", 'kind="verify_item"') >= 2
    assert sample(answer.text, "camket_work_later", 'kind="send_digest"') == 1
    assert sample(answer.text, "camket_work_parked", 'kind="verify_item"') == 0
    assert sample(answer.text, "camket_work_oldest_seconds", 'kind="verify_item"') == 300
    assert sample(answer.text, "camket_heartbeat_age_seconds", 'part="worker"') < 60
    assert sample(answer.text, "camket_tick_age_seconds", 'job="press"') == 90
    assert sample(answer.text, "camket_tasks", 'state="accepted"') == 1
    assert sample(answer.text, "camket_tasks", 'state="open"') == 7
    for line in answer.text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) \w+ .+|\w+\{\w+="[^"\n]*"\} [0-9.e-]+', line), line
    assert "can-bo" not in answer.text
    assert "phuong" not in answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("", 401), ("can-bo-a", 403), ("kiem-toan", 403), ("quan-tri-ct", 403)]
)
def test_the_numbers_are_told_to_nobody_else(town: Web, who: str, status: int) -> None:
    own = Grant(role=Role.ADMINISTRATOR, agreement="ct-01")
    with town.engine.begin() as db:
        add_user(db, "quan-tri-ct", name="Q", act=by("quan-tri", "2024-01-02"), grants=[own])
    given = {"authorization": f"Bearer {token_of(town, who)}"} if who else {}
    answer = fetched(town, "/metrics", **given)
    assert answer.status_code == status
    assert "camket_work" not in answer.text


def test_a_calendars_token_tells_no_numbers(town: Web) -> None:
    token = token_of(town, "quan-tri", scope=Scope.CALENDAR)
    assert fetched(town, "/metrics", authorization=f"Bearer {token}").status_code == 403
