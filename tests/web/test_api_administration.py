"""What administrators do by a program: accounts, days, the journal, jobs, webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from tests.factories import living, task_of
from tests.sources import ROOT
from tests.web.api import V1, program
from tests.worlds import at
from workflow.domain.webhooks import OFFERED
from workflow.sealing import heads_file, seal
from workflow.store.tasks import task as task_table
from workflow.store.tokens import api_answer
from workflow.store.webhooks import webhook_message
from workflow.store.work import put_work, work

if TYPE_CHECKING:
    from tests.web.conftest import Web

HOOK = {
    "name": "Tỉnh",
    "address": "https://receiver.example/hook",
    "events": ["task.accepted", "report.issued"],
}


@pytest.fixture
def town(web: Web) -> Web:
    for db in web.founding(f"{__name__}.town"):
        living(db)
    return web


def test_accounts_are_made_changed_and_disabled(town: Web) -> None:
    chief = program(town, "quan-tri")
    said = {"key": "Moi", "name": "Người mới", "grants": [{"role": "auditor"}]}
    made = chief.post("/people", said)
    assert made.status_code == 201, made.text
    assert (made.json()["key"], made.json()["last_seen_at"]) == ("moi", None)
    held = chief.post("/people/moi/grants", {"role": "unit_officer", "unit": "phuong-a"}).json()
    officer = next(one for one in held["grants"] if one["role"] == "unit_officer")
    left = chief.delete(f"/people/moi/grants/{officer['number']}").json()
    assert [one["role"] for one in left["grants"]] == ["auditor"]
    again = chief.delete(f"/people/moi/grants/{officer['number']}")
    assert (again.status_code, again.json()["code"]) == (404, "grant.unknown")
    changed = chief.send(
        "PUT", "/people/moi", json={"name": "Tên khác", "mail": "moi@vidu.vn", "lang": "en"}
    )
    assert (changed.json()["name"], changed.json()["mail"]) == ("Tên khác", "moi@vidu.vn")
    assert chief.post("/people/moi/disable").json()["is_disabled"]
    assert chief.get("/people/moi").json()["is_disabled"] is not False
    wrong = chief.post("/people", {"key": "moi", "name": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "account.exists")
    assert chief.post("/people/moi/grants", {"role": "head_of_unit"}).status_code == 422
    assert chief.get("/people/khong-co").status_code == 404


def test_the_list_of_accounts_is_searched_and_paged(town: Web) -> None:
    chief = program(town, "quan-tri")
    keys = [one["key"] for one in chief.walk("/people", limit=5)]
    assert keys == sorted(set(keys))
    assert "can-bo-a" in keys
    assert [one["key"] for one in chief.walk("/people?role=auditor", limit=5)] == ["kiem-toan"]
    assert [one["key"] for one in chief.walk("/people?words=truong", limit=5)] == ["truong-a"]
    assert [one["key"] for one in chief.walk("/people?new=true&words=can-bo-a", limit=5)] == [
        "can-bo-a"
    ]


def test_a_password_is_told_once_and_stands_nowhere(town: Web) -> None:
    """Asked again under its key it is told again, from an answer that is kept encrypted."""
    chief = program(town, "quan-tri")
    first = chief.post("/people/can-bo-a/reset", key="first")
    second = chief.post("/people/can-bo-a/reset", key="first")
    assert first.json() == second.json()
    password = first.json()["password"]
    with town.engine.connect() as db:
        kept = db.scalars(select(api_answer.c.body)).one()
    assert password not in kept
    browser = town.stranger()
    browser.get("/signin")
    answer = browser.post("/signin", {"key": "can-bo-a", "password": password})
    assert answer.url.path == "/account/password"


def test_days_are_laid_over_and_due_days_move(town: Web) -> None:
    chief = program(town, "quan-tri")
    with town.engine.connect() as db:
        task = task_of(db)
        due = db.scalar(select(task_table.c.due_on).where(task_table.c.id == task))
    laid = [{"day_on": str(due), "kind": "off", "name": "Nghỉ bù"}]
    done = chief.post("/calendar/days", {"days": laid})
    assert done.status_code == 200, done.text
    assert done.json()["added"] == 1
    assert chief.post("/calendar/days", {"days": laid}).json()["same"] == 1
    (one,) = [
        day for day in chief.get("/calendar?year=2024").json()["days"] if day["day_on"] == str(due)
    ]
    assert one == {"day_on": str(due), "name": "Nghỉ bù", "is_off": True, "is_laid": True}
    gone = chief.delete(f"/calendar/days/{due}")
    assert gone.status_code == 200, gone.text
    assert chief.delete(f"/calendar/days/{due}").json()["code"] == "calendar.day_not_laid"
    wrong = chief.post("/calendar/days", {"days": [{**laid[0], "calendar": "khac"}]})
    assert wrong.status_code == 404
    assert chief.post("/calendar/days", {"days": []}).status_code == 422
    assert program(town, "can-bo-a").get("/calendar?year=2024&calendar=six_day").status_code == 200


def test_the_journal_is_read_and_verified(town: Web) -> None:
    auditor = program(town, "kiem-toan")
    entries = list(auditor.walk("/journal", limit=7))
    numbers = [one["id"] for one in entries]
    assert numbers == sorted(numbers, reverse=True)
    assert {"account.added", "agreement.imported"} <= {one["verb"] for one in entries}
    some = list(auditor.walk("/journal?verb=agreement.imported&subject=agreement", limit=50))
    assert [one["subject"] for one in some] == ["agreement"]
    assert list(auditor.walk("/journal?since=2030-01-01T00:00:00Z", limit=5)) == []
    assert auditor.get("/journal?until=2030-01-01T00:00:00").status_code == 422
    assert auditor.get("/journal?since=0001-01-01T00:00:00%2B14:00").status_code == 422
    with town.engine.begin() as db:
        seal(db, town.settings.journal_keys, at=at("2024-01-02"))
    found = auditor.get("/journal/verification").json()
    assert (found["is_intact"], found["problem_count"], found["seals"]) == (True, 0, 1)

    heads = heads_file(town.settings)
    heads.write_text("nonsense\n")
    assert auditor.get("/journal/verification").json()["code"] == "journal.heads_unreadable"


def test_parked_work_is_listed_and_tried_again(town: Web) -> None:
    chief = program(town, "quan-tri")
    with town.engine.begin() as db:
        put_work(db, kind="verify_item", subjects=[7], due_at=at("2024-01-02"))
        db.execute(update(work).values(parked_at=at("2024-01-02"), attempts=5, last_error="hỏng"))
    said = chief.get("/jobs").json()
    (parked,) = [one for one in said["parked"] if one["kind"] == "verify_item"]
    assert (parked["subject_id"], parked["last_error"]) == (7, "hỏng")
    assert chief.post("/jobs/retry", {"ids": [parked["id"] + 999]}).status_code == 422
    assert parked["id"] in chief.post("/jobs/retry", {"ids": [parked["id"]]}).json()["ids"]
    assert chief.post("/jobs/retry").json()["ids"] == [
        one["id"] for one in said["parked"] if one != parked
    ]
    assert chief.get("/jobs").json()["parked"] == []


def test_a_webhook_is_kept_by_a_program(town: Web) -> None:
    chief = program(town, "quan-tri")
    made = chief.post("/webhooks", {**HOOK, "agreement": "ct-01"}, key="first")
    assert made.status_code == 201, made.text
    assert (
        chief.post("/webhooks", {**HOOK, "agreement": "ct-01"}, key="first").json() == made.json()
    )
    number, secret = made.json()["id"], made.json()["secret"]
    listed = list(chief.walk("/webhooks", limit=1))
    assert [one["id"] for one in listed] == [number]
    shown = chief.get(f"/webhooks/{number}")
    assert secret not in shown.text
    assert shown.json() == listed[0]
    with town.engine.connect() as db:
        assert not any(secret in body for body in db.scalars(select(api_answer.c.body)))
    renewed = chief.post(f"/webhooks/{number}/secret", {"grace_hours": 1}).json()["secret"]
    assert renewed != secret
    assert chief.get(f"/webhooks/{number}").json()["old_secret_until"] == "2024-01-02T03:00:00Z"
    assert chief.post(f"/webhooks/{number}/secret", {"grace_hours": 999}).status_code == 422
    names = [chief.post(f"/webhooks/{number}/test").json()["delivery"] for _ in range(3)]
    sent = list(chief.walk(f"/webhooks/{number}/deliveries", limit=2))
    assert [one["delivery"] for one in sent] == names[::-1]
    assert {one["state"] for one in sent} == {"waiting"}
    with town.engine.begin() as db:
        done = {"next_at": None, "tried_at": at("2024-01-02"), "attempts": 1}
        first, second = (webhook_message.c.name == names[0], webhook_message.c.name == names[1])
        change = update(webhook_message).values(**done)
        db.execute(change.where(first).values(delivered_at=at("2024-01-02"), status=204))
        db.execute(
            change.where(second).values(parked_at=at("2024-01-02"), fault="outgoing.too_slow")
        )
    states = {one["delivery"]: one for one in chief.walk(f"/webhooks/{number}/deliveries", limit=9)}
    assert (states[names[0]]["state"], states[names[0]]["status"]) == ("delivered", 204)
    assert states[names[1]]["fault"] == "outgoing.too_slow"
    again = chief.post(f"/webhooks/{number}/deliveries/{states[names[1]]['id']}/redeliver")
    assert again.status_code == 200
    assert chief.post(f"/webhooks/{number}/deliveries/999999/redeliver").status_code == 404
    assert chief.post(f"/webhooks/{number}/pause").json()["paused_at"] is not None
    assert chief.post(f"/webhooks/{number}/test").json()["code"] == "webhook.is_paused"
    resumed = program(town, "quan-tri-2").post(f"/webhooks/{number}/resume", {"leaves_out": True})
    assert (resumed.json()["paused_at"], resumed.json()["owner"]) == (None, "quan-tri-2")
    assert chief.delete(f"/webhooks/{number}").status_code == 200
    assert chief.get(f"/webhooks/{number}").status_code == 404


def test_the_description_names_every_event(town: Web) -> None:
    said = program(town, "quan-tri").described.said
    told = said["components"]["schemas"]["Registering"]["properties"]["events"]["items"]["enum"]
    assert told == [one.value for one in OFFERED]


def test_the_documentation_names_every_address(town: Web) -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    words = {
        word
        for _, path in program(town).described.operations
        for word in path.removeprefix(V1).split("/")
        if word and not word.startswith("{")
    }
    assert {word for word in words if f"/{word}" not in text} == set()


WRITES = (
    ("POST", "/people", {"key": "x", "name": "x"}),
    ("PUT", "/people/can-bo-a", {"name": "x"}),
    ("POST", "/people/can-bo-a/grants", {"role": "administrator"}),
    ("DELETE", "/people/can-bo-a/grants/1", None),
    ("POST", "/people/can-bo-a/disable", None),
    ("POST", "/people/can-bo-a/reset", None),
    ("POST", "/calendar/days", {"days": [{"day_on": "2024-03-29", "kind": "off"}]}),
    ("DELETE", "/calendar/days/2024-03-29", None),
    ("POST", "/jobs/retry", None),
    ("POST", "/webhooks", HOOK),
    ("GET", "/people", None),
    ("GET", "/people/can-bo-a", None),
    ("GET", "/jobs", None),
)
READS = (("GET", "/journal", None), ("GET", "/journal/verification", None))
OF_A_WEBHOOK = ("secret", "pause", "resume", "test", "deliveries/1/redeliver")


def test_whoever_does_not_administer_is_refused(town: Web) -> None:
    number = program(town, "quan-tri").post("/webhooks", HOOK).json()["id"]
    for who in ("tham-dinh", "truong-a", "lanh-dao-tp", "kiem-toan", "nguoi-la"):
        person = program(town, who)
        more = () if who == "kiem-toan" else READS
        for verb, address, said in (*WRITES, *more):
            answer = person.send(verb, address, json=said)
            assert answer.status_code == 403, (who, verb, address, answer.text)
        for act in OF_A_WEBHOOK:
            answer = person.post(f"/webhooks/{number}/{act}")
            assert answer.status_code == 404, (who, act)
        assert person.get(f"/webhooks/{number}/deliveries").status_code == 404
        assert person.delete(f"/webhooks/{number}").status_code == 404
        assert person.get("/webhooks").json()["items"] == []
    assert program(town, "nguoi-la").get("/calendar?year=2024").status_code == 403
    assert program(town, "quan-tri").get(f"/webhooks/{number}").json()["paused_at"] is None
