"""Sheets of units and meetings, files of evidence, letterheads and one's own account by program."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from tests.factories import duty as duty_of
from tests.factories import handed_in, living, task_of
from tests.web.api import program
from tests.web.conftest import with_password
from tests.worlds import at
from workflow.domain.triggers import Event
from workflow.files import FileStore
from workflow.store.evidence import evidence_item, remember_file
from workflow.store.occasions import event as event_table
from workflow.store.tasks import task as task_table
from workflow.store.units import unit
from workflow.tokens import Scope

if TYPE_CHECKING:
    from sqlalchemy import Table

    from tests.web.conftest import Web

UNITS = "key,name,kind\nphuong-moi,Phường Mới,phuong\nphuong-a,Phường A đổi tên,phuong\n"
MEETINGS = (
    "date,kind,convener,title\n2024-05-20,hop,thanh-pho,Họp một\n2024-06-20,hop,thanh-pho,Họp hai\n"
)


@pytest.fixture
def town(web: Web) -> Web:
    for db in web.founding(f"{__name__}.town"):
        living(db, duty_of(), duty_of("hop", trigger=Event(kind="hop")))
        with_password(db, "can-bo-a")
    return web


def sheet(text: str, **said: str) -> dict[str, Any]:
    return {"files": {"file": ("a.csv", text.encode(), "text/csv")}, "data": said}


def counted(town: Web, table: Table) -> int:
    with town.engine.connect() as db:
        return int(db.scalar(select(func.count()).select_from(table)) or 0)


def test_a_sheet_of_units_is_tried_and_then_kept_once(town: Web) -> None:
    chief = program(town, "quan-tri")
    before = counted(town, unit), counted(town, task_table)
    text = UNITS
    tried = chief.send("POST", "/units/import", **sheet(text, dry_run="true")).json()
    assert (tried["is_kept"], tried["added"], tried["changed"]) == (
        False,
        ["phuong-moi"],
        ["phuong-a"],
    )
    assert (counted(town, unit), counted(town, task_table)) == before
    kept = chief.send("POST", "/units/import", key="eins", **sheet(text))
    assert kept.json() == {**tried, "is_kept": True}
    assert counted(town, unit) == before[0] + 1
    again = chief.send("POST", "/units/import", key="eins", **sheet(text))
    assert again.headers["Idempotency-Replayed"] == "true"
    other = chief.send("POST", "/units/import", key="eins", **sheet(text + "x,X,phuong\n"))
    assert other.json()["code"] == "request.key_reused"
    assert chief.get("/units/phuong-a").json()["name"] == "Phường A đổi tên"


def test_what_is_wrong_in_a_sheet_is_told_at_its_row_and_nothing_is_kept(town: Web) -> None:
    chief = program(town, "quan-tri")
    before = counted(town, unit)
    wrong = chief.send("POST", "/units/import", **sheet(UNITS + "Ä Ö,,phuong\n"))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "file.invalid")
    assert {one["line"] for one in wrong.json()["problems"]} == {4}
    assert chief.send("POST", "/units/import").json()["code"] == "upload.missing"
    large: dict[str, Any] = {"files": {"file": ("a.csv", b"x" * 5_000_001, "text/csv")}}
    assert chief.send("POST", "/units/import", **large).json()["code"] == "upload.too_large"
    assert counted(town, unit) == before


def test_one_unit_is_added_by_the_rules_of_a_sheet(town: Web) -> None:
    chief = program(town, "quan-tri")
    said = {"key": "phuong-moi", "name": "Phường, Mới", "kind": "phuong", "opened": "2024-02-01"}
    made = chief.post("/units", said)
    assert made.status_code == 201, made.text
    assert (made.json()["key"], made.json()["name"]) == ("phuong-moi", "Phường, Mới")
    assert chief.post("/units", said).json()["code"] == "editor.unit_taken"
    wrong = chief.post("/units", {"key": "Không Được", "name": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "file.invalid")


def test_meetings_of_a_file_are_recorded_all_or_none(town: Web) -> None:
    chief = program(town, "quan-tri")
    before = counted(town, task_table)
    tried = chief.send("POST", "/meetings/import", **sheet(MEETINGS, dry_run="true")).json()
    assert (tried["is_kept"], tried["outcomes"]) == (False, {"added": 2})
    assert (counted(town, event_table), counted(town, task_table)) == (0, before)
    kept = chief.send("POST", "/meetings/import", **sheet(MEETINGS)).json()
    assert kept == {**tried, "is_kept": True}
    assert counted(town, event_table) == 2
    (owed,) = kept["owed"]
    assert counted(town, task_table) == before + owed["created"] > before
    again = chief.send("POST", "/meetings/import", **sheet(MEETINGS)).json()
    assert (again["outcomes"], again["owed"]) == ({"unchanged": 2}, [])
    bare = "date,title\n2024-07-20,Họp ba\n"
    named = sheet(bare, kind="hop", convener="thanh-pho")
    assert chief.send("POST", "/meetings/import", **named).json()["outcomes"] == {"added": 1}
    wrong = chief.send("POST", "/meetings/import", **sheet(bare))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "file.invalid")


def test_who_may_not_is_refused_before_the_file_is_looked_at(town: Web) -> None:
    officer = program(town, "can-bo-a")
    for address in ("/units/import", "/meetings/import"):
        assert officer.send("POST", address, **sheet("nonsense")).status_code == 403
    assert officer.post("/units", {"key": "x", "name": "X"}).status_code == 403
    reader = program(town, "quan-tri", scope=Scope.READ)
    answer = reader.send("POST", "/units/import", **sheet(UNITS))
    assert (answer.status_code, answer.json()["code"]) == (403, "token.narrow")


def test_a_file_of_evidence_is_given_to_whoever_may_read_its_task(town: Web) -> None:
    with town.engine.begin() as db:
        item = handed_in(db, task_of(db))
        stored = FileStore(root=town.settings.evidence_dir).store(BytesIO(b"%PDF-1.7 ..."))
        remember_file(db, stored.sha256, size=stored.size, at=at("2024-02-01"))
        values = {"sha256": stored.sha256, "name": "../công văn.pdf"}
        db.execute(update(evidence_item).where(evidence_item.c.id == item).values(**values))
    given = program(town, "can-bo-a").get(f"/evidence/{item}/file")
    assert (given.status_code, given.content) == (200, b"%PDF-1.7 ...")
    assert given.headers["content-type"] == "application/pdf"
    assert given.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in given.headers["content-security-policy"]
    other = program(town, "can-bo-b").get(f"/evidence/{item}/file")
    assert (other.status_code, other.json()["code"]) == (404, "evidence.unknown")
    FileStore(root=town.settings.evidence_dir).path_of(stored.sha256).unlink()
    gone = program(town, "can-bo-a").get(f"/evidence/{item}/file")
    assert (gone.status_code, gone.json()["code"]) == (404, "evidence_file.not_found")


def test_a_letterhead_is_set_and_given_back(town: Web) -> None:
    chief = program(town, "quan-tri")
    assert chief.get("/agreements/ct-01/letterhead").json()["body"] == ""
    said = {"issuer": "party", "body": "  Thành  ủy ", "recipients": ["Như trên", " "]}
    kept = chief.send("PUT", "/agreements/ct-01/letterhead", json=said).json()
    assert (kept["issuer"], kept["body"], kept["recipients"]) == ("party", "Thành ủy", ["Như trên"])
    assert chief.get("/agreements/ct-01/letterhead").json() == kept
    assert chief.get("/agreements/khong-co/letterhead").status_code == 404
    officer = program(town, "can-bo-a")
    assert officer.send("PUT", "/agreements/ct-01/letterhead", json=said).status_code == 403


def test_ones_own_settings_sessions_and_tokens(town: Web) -> None:
    town.signed_in("can-bo-a")
    mine, other = program(town, "can-bo-a"), program(town, "can-bo-b")
    assert mine.get("/me/settings").json() == {
        "lang": "vi",
        "keys": "letters",
        "reminders": "daily",
    }
    said = {"lang": "en", "keys": "off", "reminders": "weekly"}
    assert mine.send("PUT", "/me/settings", json=said).json() == said
    assert mine.get("/me/settings").json() == said
    wrong = mine.send("PUT", "/me/settings", json={**said, "keys": "x"})
    assert wrong.json()["code"] == "request.unreadable"
    (session,) = mine.get("/me/sessions").json()["items"]
    assert other.delete(f"/me/sessions/{session['id']}").status_code == 404
    assert mine.delete(f"/me/sessions/{session['id']}").json() == {"items": []}
    (token,) = mine.get("/me/tokens").json()["items"]
    assert "token" not in token
    assert other.delete(f"/me/tokens/{token['id']}").status_code == 404
    assert mine.delete(f"/me/tokens/{token['id']}").json() == {"items": []}
    assert mine.get("/me").status_code == 401
