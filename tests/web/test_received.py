"""The one place of the party that receives: to confirm, to contest, and requests with answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.factories import (
    GRANTS,
    accepted,
    by,
    conclude,
    duty,
    handed_in,
    living,
    task_of,
)
from tests.factories import says as verdict
from tests.web.city import counted, it_is, says
from tests.web.conftest import with_password
from tests.worlds import obligation
from workflow.accounts import add_user
from workflow.domain.evidence import Outcome
from workflow.domain.roles import Grant, Role
from workflow.domain.triggers import Event
from workflow.domain.units import Selector
from workflow.doubts import keep_accepted
from workflow.store.evidence import doubt
from workflow.submission import submit_task

if TYPE_CHECKING:
    from tests.web.conftest import Web

WARDS = Selector(kinds=frozenset({"phuong"}))
OURS = "bao-tham-dinh"
ON = "2024-03-05"


@pytest.fixture
def town(web: Web) -> Web:
    """Wards that subscribe, and answer what the newspaper asks; a day in the first quarter."""
    for db in web.founding(f"{__name__}.town"):
        living(
            db,
            duty(),
            obligation("hop-nhom", bearer=WARDS),
            obligation("tra-loi", trigger=Event(kind="di-co-so"), bearer=WARDS, beneficiary="bao"),
            until="2026-01-01",
        )
        for key in GRANTS:
            with_password(db, key)
        ours = (Grant(role=Role.REVIEWER, party="tp"), Grant(role=Role.AUDITOR))
        add_user(db, "ben-tp", name="Bên thành phố", grants=ours, act=by("quan-tri", ON))
        with_password(db, "ben-tp")
    it_is(web, ON)
    return web


def waits(web: Web, code: str, *, unit: str = "phuong-a") -> int:
    """A task without proof that waits for a person."""
    with web.engine.begin() as db:
        task_id = task_of(db, unit, duty=code)
        submit_task(db, task_id, act=by("can-bo-a", ON, "08:00"))
        conclude(db, day=ON, time="08:10")
    return task_id


def test_it_opens_on_what_waits_for_us_and_only_for_us(town: Web) -> None:
    with town.engine.begin() as db:
        done = task_of(db)
        accepted(db, done)
    ours = waits(town, "hop-nhom")
    browser = town.signed_in(OURS)
    page = browser.get("/")
    assert page.url.path == "/received"
    # Nobody but our party receives the newspapers; the meeting of the wards is not our matter.
    assert says(page, "Những việc bên phối hợp thực hiện cho Báo", f'href="/tasks/{done}"')
    assert f'href="/tasks/{ours}"' not in page.text
    assert says(page, "Không có việc nào chờ xác nhận")
    other = town.signed_in("ben-tp").get("/received")
    assert says(other, "Thành ủy", "chưa có việc nào hoàn thành")
    assert f'href="/tasks/{done}"' not in other.text


def test_what_waits_is_confirmed_from_here(town: Web) -> None:
    with town.engine.begin() as db:
        task_id = task_of(db)
        handed_in(db, task_id, verdict=verdict(Outcome.UNDECIDED, code="evidence.nothing_given"))
    browser = town.signed_in(OURS)
    assert says(browser.get("/received"), "Chờ bên ta xác nhận", f'href="/tasks/{task_id}"')
    browser.get(f"/tasks/{task_id}")
    browser.post(f"/tasks/{task_id}/confirm")
    page = browser.get("/received")
    assert says(page, "Không có việc nào chờ xác nhận", f'action="/received/{task_id}/contest"')


def test_a_contest_needs_a_reason_and_is_followed_to_its_end(town: Web) -> None:
    with town.engine.begin() as db:
        task_id = task_of(db)
        accepted(db, task_id)
    browser = town.signed_in(OURS)
    browser.get("/received")
    wrong = browser.post(f"/received/{task_id}/contest", {"reason": " "})
    assert wrong.status_code == 422
    assert "details" in wrong.text
    done = browser.post(f"/received/{task_id}/contest", {"reason": "Không nhận được <báo>"})
    assert says(done, "Đã ghi nhận phản ánh", "đã phản ánh, chờ xử lý")
    assert f'action="/received/{task_id}/contest"' not in done.text
    again = browser.post(f"/received/{task_id}/contest", {"reason": "lần nữa"})
    assert again.status_code == 422
    with town.engine.begin() as db:
        row = db.execute(select(doubt).where(doubt.c.task_id == task_id)).one()
        assert (row.kind, row.raised_by) == ("contested", OURS)
        keep_accepted(db, row.id, act=by("tham-dinh", "2024-03-06", reason="Có biên nhận"))
    page = browser.get("/received")
    assert "chờ xử lý" not in page.text
    assert says(page, f'action="/received/{task_id}/contest"')


def test_requests_stand_with_their_answers(town: Web) -> None:
    browser = town.signed_in(OURS)
    browser.get("/received")
    asked = {
        "kind": "di-co-so",
        "convener": "bao",
        "addressed": "phuong-a",
        "on": "2024-03-11",
        "number": "07",
        "title": "Đi cơ sở viết bài",
    }
    assert browser.post("/meetings/request", asked).url.path.startswith("/meetings/")
    with town.engine.begin() as db:
        answer = task_of(db, duty="tra-loi", occasion_key="request:1")
    page = browser.get("/received")
    assert says(page, "Đi cơ sở viết bài", "Số 07", "Đơn vị phuong-a", f'href="/tasks/{answer}"')
    with town.engine.begin() as db:
        submit_task(db, answer, act=by("can-bo-a", "2024-03-05", "09:30"))
        conclude(db, day=ON)
    # The answer waits for whoever asked.
    waiting = browser.get("/received").text
    assert waiting.index("Chờ bên ta xác nhận") < waiting.index(f'href="/tasks/{answer}"')
    browser.get(f"/tasks/{answer}")
    browser.post(f"/tasks/{answer}/confirm")
    assert says(browser.get("/received"), "05/03/2024")


def test_it_is_the_place_of_parties_reviewers_alone(town: Web) -> None:
    with town.engine.begin() as db:
        task_id = task_of(db)
        accepted(db, task_id)
    assert town.stranger().get("/received").url.path == "/signin"
    for who in ("tham-dinh", "quan-tri", "can-bo-a", "lanh-dao-tp", "kiem-toan", "nguoi-la"):
        browser = town.signed_in(who)
        assert browser.get("/received").status_code == 403, who
        browser.get("/account")
        refused = browser.post(f"/received/{task_id}/contest", {"reason": "x"})
        assert refused.status_code == 403, who
    # A reviewer of the party that owes reads the task and contests nothing of it.
    other = town.signed_in("ben-tp")
    other.get("/received")
    assert other.post(f"/received/{task_id}/contest", {"reason": "x"}).status_code == 403
    missing = town.signed_in(OURS)
    missing.get("/received")
    assert missing.post("/received/999999/contest", {"reason": "x"}).status_code == 404
    with town.engine.begin() as db:
        assert db.execute(select(doubt)).all() == []


def test_the_page_asks_as_much_whatever_there_is(town: Web) -> None:
    browser = town.signed_in(OURS)
    browser.get("/received")
    with counted(town.engine) as sent:
        browser.get("/received")
    few = len(sent)
    with town.engine.begin() as db:
        accepted(db, task_of(db))
        accepted(db, task_of(db, occasion_key="2024-Q2"))
    with counted(town.engine) as sent:
        browser.get("/received")
    assert few <= len(sent) <= 20, (few, len(sent))
