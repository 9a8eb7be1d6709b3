"""Files by a program: tried, refused at their lines, kept; and a report through its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from tests import worlds
from tests.factories import PARTIES, duty, living
from tests.reports import quarter
from tests.reports.quarter import AS_OF, CODE
from tests.web.api import program
from workflow.intake.agreement_file import write_agreement
from workflow.store.agreements import agreement
from workflow.store.tasks import task
from workflow.store.units import succession

if TYPE_CHECKING:
    from sqlalchemy import Table

    from tests.web.conftest import Web

FILE = write_agreement(worlds.agreement(duty(), parties=PARTIES, code="ct-02"))
AMENDMENT = "agreement: ct-01\nfrom: 2024-04-01\nground: Biên bản số 5\nend: [mua-bao]\n"
SUCCESSION = """
date: 2024-05-01
ground: Nghị quyết số 1
successors:
  - key: phuong-moi
    replaces: [phuong-a, phuong-b]
    kind: phuong
    name: Phường Mới
    parent: thanh-pho
"""


@pytest.fixture
def town(web: Web) -> Web:
    for db in web.founding(f"{__name__}.town"):
        living(db)
    return web


def number_of(web: Web, table: Table) -> int:
    with web.engine.begin() as db:
        return int(db.scalar(select(func.count()).select_from(table)) or 0)


def test_an_agreement_is_tried_loaded_activated_and_ended(town: Web) -> None:
    first, second = program(town, "quan-tri"), program(town, "quan-tri-2")
    tried = first.post("/agreements", {"text": FILE, "dry_run": True})
    assert (tried.status_code, tried.json()["is_kept"]) == (201, False), tried.text
    assert first.get("/agreements/ct-02").status_code == 404
    assert first.post("/agreements", {"text": FILE}).status_code == 201
    assert first.get("/agreements/ct-02/file").text == FILE
    own = first.post("/agreements/ct-02/activate")
    assert (own.status_code, own.json()["code"]) == (422, "agreement.second_person")
    active = second.post("/agreements/ct-02/activate").json()
    assert active["owed"][0]["created"] == number_of(town, task) - 4 > 0
    assert (
        second.post("/agreements/ct-02/end", {"on": "2024-04-01", "reason": ""}).status_code == 422
    )
    ended = second.post("/agreements/ct-02/end", {"on": "2024-04-01", "reason": "hết nhiệm kỳ"})
    assert ended.json()["cancelled"] > 0
    missing = second.post("/agreements/khac/end", {"on": "2024-04-01", "reason": "x"})
    assert (missing.status_code, missing.json()["code"]) == (404, "agreement.unknown")


def test_a_wrong_file_is_refused_with_every_problem_at_its_line(town: Web) -> None:
    chief = program(town, "quan-tri")
    wrong = FILE.replace("ct-02", "ct 02!").replace("quarter", "quartal")
    answer = chief.post("/agreements", {"text": wrong}, headers={"Accept-Language": "en"})
    said = answer.json()
    assert (answer.status_code, said["code"]) == (422, "file.invalid")
    assert said["facts"]["count"] == str(len(said["problems"]))
    assert all(one["line"] and one["text"] for one in said["problems"])
    assert number_of(town, agreement) == 1


def test_an_amendment_is_tried_and_put_in_force(town: Web) -> None:
    chief = program(town, "quan-tri")
    address = "/agreements/ct-01/amendments"
    tried = chief.post(address, {"text": AMENDMENT, "dry_run": True}).json()
    assert not tried["is_kept"]
    kept = chief.post(address, {"text": AMENDMENT}).json()
    assert kept["owed"] == tried["owed"]
    assert kept["owed"][0]["cancelled"] > 0
    again = chief.post(address, {"text": AMENDMENT})
    assert again.status_code == 422


def test_a_succession_is_foreseen_and_recorded_once(town: Web) -> None:
    chief = program(town, "quan-tri")
    seen = chief.post("/units/successions", {"text": SUCCESSION, "dry_run": True}).json()
    assert (seen["ended"], seen["opened"]) == (["phuong-a", "phuong-b"], ["phuong-moi"])
    assert not seen["is_kept"]
    assert sum(seen["owed"][0]["fates"].values()) > 0
    assert number_of(town, succession) == 0
    done = chief.post("/units/successions", {"text": SUCCESSION}).json()
    assert (done["is_kept"], done["is_new"]) == (True, True)
    assert not chief.post("/units/successions", {"text": SUCCESSION}).json()["is_new"]
    wrong = chief.post("/units/successions", {"text": SUCCESSION.replace("2024-05-01", "x")})
    assert wrong.json()["problems"][0]["line"] == 2


def test_a_report_goes_through_its_steps(web: Web) -> None:
    with web.engine.begin() as db:
        quarter.lived(db)
        quarter.office(db)
    web.clock.move_to(AS_OF)
    chief, leader = program(web, "quan-tri"), program(web, "lanh-dao")
    asked = {"agreement": CODE, "period": "2024-Q1"}
    early = chief.post("/reports", {**asked, "period": "2024-Q3"})
    assert (early.status_code, early.json()["code"]) == (422, "report.before_cut_off")
    made = chief.post("/reports", {**asked, "as_of": AS_OF.isoformat()}, key="q1")
    assert made.status_code == 201, made.text
    assert chief.post("/reports", asked).json()["code"] == "report.drafted_already"
    number, digest = made.json()["id"], made.json()["sha256"]
    steps = f"/reports/{number}"
    said = {"paragraphs": {"strengths": "Các đơn vị nộp đúng hạn."}}
    stale = chief.post(f"{steps}/paragraphs", {**said, "seen": "x"})
    assert stale.json()["code"] == "report.written_meanwhile"
    digest = chief.post(f"{steps}/paragraphs", {**said, "seen": digest}).json()["sha256"]
    assert chief.post(f"{steps}/refresh").json()["state"] == "draft"
    assert chief.post(f"{steps}/approve", {"seen": digest}).status_code == 403
    assert leader.post(f"{steps}/approve", {"seen": "x"}).json()["code"] == (
        "report.changed_meanwhile"
    )
    digest = chief.get(steps).json()["sha256"]
    assert leader.post(f"{steps}/approve", {"seen": digest}).json()["state"] == "approved"
    assert leader.post(f"{steps}/send-back", {"reason": "xem lại"}).json()["state"] == "draft"
    digest = chief.get(steps).json()["sha256"]
    leader.post(f"{steps}/approve", {"seen": digest})
    issued = chief.post(f"{steps}/issue").json()
    assert (issued["state"], issued["number"]) == ("issued", "01/2024")
    addendum = chief.post(f"{steps}/addendum", {"ground": "sai số liệu"})
    assert (addendum.status_code, addendum.json()["edition"]) == (201, 2)
    for step, body in (
        ("paragraphs", {"seen": "x", "paragraphs": {}}),
        ("refresh", None),
        ("issue", None),
        ("addendum", {"ground": "x"}),
    ):
        answer = program(web, "kiem-toan").post(f"{steps}/{step}", body)
        assert answer.status_code == 403, (step, answer.text)


WRITES = (
    ("/agreements", {"text": FILE}),
    ("/agreements/ct-01/activate", None),
    ("/agreements/ct-01/amendments", {"text": AMENDMENT}),
    ("/agreements/ct-01/end", {"on": "2024-04-01", "reason": "x"}),
    ("/units/successions", {"text": SUCCESSION}),
    ("/reports", {"agreement": "ct-01", "period": "2024-Q1"}),
)


def test_whoever_does_not_define_is_refused(town: Web) -> None:
    for who in ("can-bo-a", "lanh-dao-tp", "kiem-toan"):
        for address, said in WRITES:
            answer = program(town, who).post(address, said)
            assert answer.status_code == 403, (who, address, answer.text)
    assert program(town, "nguoi-la").get("/agreements/ct-01/file").status_code == 404
    assert (number_of(town, agreement), number_of(town, succession)) == (1, 0)
