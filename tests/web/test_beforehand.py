"""While a file is written nobody else waits; whoever may not send it has none written."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

import pytest
from markupsafe import escape
from sqlalchemy import func, select, update

from tests.factories import duty, living, task_of
from tests.web.api import program
from tests.web.conftest import with_password
from workflow.domain.errors import Refusal
from workflow.files import FileStore, Stored
from workflow.labels import describe
from workflow.store.evidence import evidence_item
from workflow.store.people import person
from workflow.store.sources import agreement_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Table

    from tests.web.conftest import Web

TEXT = "Điều 1. Mua báo.".encode()


@pytest.fixture
def town(web: Web) -> Web:
    for db in web.founding(f"{__name__}.town"):
        living(db, duty())
        for key in ("quan-tri", "can-bo-a", "can-bo-b"):
            with_password(db, key)
    return web


class Slow:
    """A folder that takes its time: meanwhile somebody else writes into the database."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.asked = 0
        self.really = FileStore.store

    def store(self, store: FileStore, source: BinaryIO | Path) -> Stored:
        self.asked += 1
        # Where the request held the writer, this would wait for it until it is refused.
        with self.web.engine.begin() as db:
            db.execute(update(person).where(person.c.key == "can-bo-b").values(name="Tên khác"))
        return self.really(store, source)


@pytest.fixture
def slow(town: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    one = Slow(town)

    def stored(store: FileStore, source: BinaryIO | Path) -> Stored:
        return one.store(store, source)

    monkeypatch.setattr(FileStore, "store", stored)
    yield one
    with town.engine.connect() as db:
        name = db.scalar(select(person.c.name).where(person.c.key == "can-bo-b"))
    assert (name == "Tên khác") is bool(one.asked)


def counted(web: Web, table: Table) -> int:
    with web.engine.connect() as db:
        return int(db.scalar(select(func.count()).select_from(table)) or 0)


def number(web: Web, unit: str = "phuong-a") -> int:
    with web.engine.connect() as db:
        return task_of(db, unit)


def test_evidence_is_written_while_nobody_waits(town: Web, slow: Slow) -> None:
    browser = town.signed_in("can-bo-a")
    browser.get(f"/tasks/{number(town)}")
    sent = [("files", (name, TEXT + name.encode(), "text/plain")) for name in ("a.txt", "b.txt")]
    answer = browser.post(f"/tasks/{number(town)}/evidence", {"requirement": "giay"}, files=sent)
    assert answer.status_code == 200, answer.text
    assert (slow.asked, counted(town, evidence_item)) == (2, 2)


def test_a_programs_evidence_is_written_while_nobody_waits(town: Web, slow: Slow) -> None:
    client = program(town, "can-bo-a")
    address = f"/tasks/{number(town)}/evidence"
    for _ in range(2):
        sent = {"files": ("a.txt", TEXT, "text/plain")}
        assert client.send("POST", address, files=sent, key="eins").status_code == 201
    assert slow.asked == 2
    assert counted(town, evidence_item) == 1


def test_a_source_document_is_written_and_read_while_nobody_waits(town: Web, slow: Slow) -> None:
    browser = town.signed_in("quan-tri")
    browser.get("/agreements/ct-01/source")
    sent = {"files": ("goc.txt", io.BytesIO(TEXT), "text/plain")}
    answer = browser.post("/agreements/ct-01/source/upload", files=sent)
    assert answer.status_code == 200, answer.text
    assert (slow.asked, counted(town, agreement_source)) == (1, 1)


def test_whoever_may_not_send_a_file_has_none_written(town: Web, slow: Slow) -> None:
    sent = [("files", ("a.txt", TEXT, "text/plain"))]
    other = town.signed_in("can-bo-b")
    other.get("/account")
    assert other.post(f"/tasks/{number(town)}/evidence", files=sent).status_code == 404
    assert other.post("/agreements/ct-01/source/upload", files=sent).status_code in {403, 404}
    stranger = town.stranger()
    stranger.get("/signin")
    assert stranger.post("/agreements/ct-01/source/upload", files=sent).url.path == "/signin"
    client = program(town, "can-bo-b")
    assert client.send("POST", f"/tasks/{number(town)}/evidence", files=sent).status_code == 404
    many = sent * 21
    officer = town.signed_in("can-bo-a")
    officer.get("/account")
    assert officer.post(f"/tasks/{number(town)}/evidence", files=many).status_code == 422
    assert slow.asked == 0
    assert counted(town, evidence_item) == 0


def test_a_file_that_cannot_be_kept_is_said_on_the_page_and_nothing_is_written(
    town: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = Refusal("files.no_space", folder="/x", detail="No space left on device")

    def full(_store: FileStore, _source: object) -> Stored:
        raise refusal

    monkeypatch.setattr(FileStore, "store", full)
    browser = town.signed_in("can-bo-a")
    browser.get(f"/tasks/{number(town)}")
    sent = [("files", ("a.txt", TEXT, "text/plain"))]
    answer = browser.post(f"/tasks/{number(town)}/evidence", {"requirement": "giay"}, files=sent)
    assert answer.status_code == 422
    assert "a.txt" not in answer.text
    assert escape(describe(refusal, "vi")) in answer.text
    assert counted(town, evidence_item) == 0


def test_what_may_be_added_to_only_by_now_is_written_then(
    town: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the deed somebody may have given the right: the deed decides."""
    monkeypatch.setattr("web.pages.evidence.may_add_evidence", lambda *_, **__: False)
    monkeypatch.setattr("web.api.tasks.may_add_evidence", lambda *_, **__: False)
    browser = town.signed_in("can-bo-a")
    browser.get(f"/tasks/{number(town)}")
    sent = [("files", ("a.txt", TEXT, "text/plain"))]
    browser.post(f"/tasks/{number(town)}/evidence", {"requirement": "giay"}, files=sent)
    other = {"files": ("b.txt", TEXT + b"2", "text/plain")}
    client = program(town, "can-bo-a")
    assert client.send("POST", f"/tasks/{number(town)}/evidence", files=other).status_code == 201
    assert counted(town, evidence_item) == 2
