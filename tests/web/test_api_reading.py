"""Agreements, units and reports by a program: what is read, whole and page by page."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from reports.drafting import Basis, draft_report
from reports.issuing.issuing import Issuing, approve_report, issue_report
from tests.factories import PARTIES, accepted, by, duty, living, statements, task_of
from tests.web.api import program
from tests.worlds import activated, agreement, at, obligation, unit
from workflow.accounts import add_user
from workflow.coverage import prove_coverage
from workflow.domain.roles import Grant, Role
from workflow.registry import load_units
from workflow.store.tasks import task

if TYPE_CHECKING:
    from tests.web.conftest import Web


@pytest.fixture
def town(web: Web) -> Web:
    """A web on a living city."""
    for db in web.founding(f"{__name__}.town"):
        living(db, duty("mua-bao"), duty("dat-bao"), duty("gui-bao"))
    return web


# --- agreements --------------------------------------------------------------------


def test_agreements_are_listed_and_shown(town: Web) -> None:
    with town.engine.begin() as db:
        activated(db, agreement(obligation("xa"), code="ct-02", parties=PARTIES), [])
    client = program(town, "kiem-toan")
    assert [one["code"] for one in client.walk("/agreements", limit=1)] == ["ct-01", "ct-02"]
    backwards = client.walk("/agreements?sort=-code", limit=1)
    assert [one["code"] for one in backwards] == ["ct-02", "ct-01"]
    assert client.get("/agreements?state=draft").json()["items"] == []
    assert len(client.get("/agreements?state=active").json()["items"]) == 2
    party = program(town, "lanh-dao-tp")
    assert [one["code"] for one in party.walk("/agreements", limit=9)] == ["ct-01"]
    assert party.get("/agreements/ct-02").status_code == 404
    said = client.get("/agreements/ct-01").json()
    assert (said["state"], said["reporting"]) == ("active", "calendar")
    assert said["clauses"] == [{"code": "d1", "text": "Điều một", "place": ""}]
    assert [one["code"] for one in said["parties"]] == ["tp", "bao"]
    assert client.get("/agreements/ct-03").json()["code"] == "agreement.unknown"


def test_obligations_are_listed_with_what_proves_them(town: Web) -> None:
    client = program(town, "can-bo-a")
    listed = list(client.walk("/agreements/ct-01/obligations", limit=2))
    assert [one["code"] for one in listed] == ["dat-bao", "gui-bao", "mua-bao"]
    assert listed[0]["trigger"] == "every"
    assert listed[0]["requirements"] == [
        {"code": "giay", "title": "", "check": "attachment", "minimum": 1}
    ]
    assert listed[0]["definition"]["clause"] == "d1"
    backwards = client.walk("/agreements/ct-01/obligations?sort=-code", limit=2)
    assert [one["code"] for one in backwards] == ["mua-bao", "gui-bao", "dat-bao"]
    for on, number in (("2023-12-31", 0), ("2024-01-01", 3)):
        found = client.get(f"/agreements/ct-01/obligations?on={on}").json()["items"]
        assert len(found) == number


def test_a_version_ends_on_the_first_day_on_which_it_is_not_in_force(web: Web) -> None:
    from tests.worlds import day

    with web.engine.begin() as db:
        living(db, replace(duty(), effective_until=day("2024-04-01")))
    client = program(web, "kiem-toan")
    for on, number in (("2024-03-31", 1), ("2024-04-01", 0)):
        found = client.get(f"/agreements/ct-01/obligations?on={on}").json()["items"]
        assert len(found) == number


def test_figures_of_a_period_that_is_none_are_refused(town: Web) -> None:
    client = program(town, "kiem-toan")
    said = {"2024-Q9": "period.bad_key", "2019-Q1": "report.period_outside"}
    for period, code in said.items():
        answer = client.get(f"/agreements/ct-01/figures?period={period}")
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert client.get("/agreements/ct-01/figures").status_code == 422


def test_figures_of_a_running_period_are_those_of_now(town: Web) -> None:
    said = program(town, "kiem-toan").get("/agreements/ct-01/figures?period=2024-Q1").json()
    assert (said["is_running"], said["total"]["not_done_in_time"]) == (True, 6)
    assert said["total"]["rate_on_due"] is None
    assert said["total"]["rate_on_all"] == 0
    assert sum(one["figures"]["total"] for one in said["obligations"]) == 6
    assert sum(one["figures"]["total"] for one in said["units"]) == 6


def test_coverage_names_every_gap(town: Web) -> None:
    client = program(town, "kiem-toan")
    whole = client.get("/agreements/ct-01/coverage").json()
    assert (whole["is_whole"], whole["tasks"], whole["gaps"]) == (True, 12, [])
    with town.engine.begin() as db:
        wrong = task_of(db, "phuong-a")
        db.execute(update(task).where(task.c.id == wrong).values(original_due_on=at("2024-03-01")))
    said = client.get("/agreements/ct-01/coverage").json()
    assert said["is_whole"] is False
    (gap,) = said["gaps"]
    assert (gap["code"], gap["unit"]) == ("coverage.task_wrong_due", "phuong-a")
    assert "phuong-a" in gap["text"]


LISTS = {
    "/me": 4,
    "/agreements": 6,
    "/agreements/ct-01": 6,
    "/agreements/ct-01/obligations": 6,
    "/agreements/ct-01/figures?period=2024-Q1": 12,
    "/units": 6,
    "/tasks": 12,
    "/reviews": 12,
    "/requests": 12,
    "/meetings": 12,
    "/reports": 12,
}


@pytest.mark.parametrize(("who", "more"), [("can-bo-a", 0), ("kiem-toan", 0), ("lanh-dao-tp", 2)])
def test_what_is_read_asks_the_database_a_bounded_number_of_times(
    town: Web, who: str, more: int
) -> None:
    # Whoever stands for a party has its members looked up as well.
    client = program(town, who)
    for address, most in LISTS.items():
        # What is worked out from all units is kept from the first visit on.
        client.get(address)
        joint = "&" if "?" in address else "?"
        numbers = []
        for limit in ("limit=1", "limit=200"):
            with statements(town.engine) as sent:
                client.get(f"{address}{joint}{limit}")
            asked = [one for one in sent if not one.startswith(("PRAGMA", "BEGIN"))]
            numbers.append(len(asked))
        assert max(numbers) <= most + more, (address, numbers, asked)
        assert numbers[0] == numbers[1], (address, asked)


# --- units -------------------------------------------------------------------------


def test_units_are_listed_narrowed_and_paged(town: Web) -> None:
    with town.engine.begin() as db:
        load_units(
            db,
            [unit("phuong-cu", parent="thanh-pho", until="2023-01-01")],
            act=by("x", "2024-01-02"),
        )
    client = program(town, "kiem-toan")
    whole = ["bao", "phuong-a", "phuong-b", "thanh-pho"]
    for limit in (1, 3, 4, 9):
        assert [one["key"] for one in client.walk("/units", limit=limit)] == whole
        assert [one["key"] for one in client.walk("/units?sort=-key", limit=limit)] == whole[::-1]
    for asked, keys in {
        "kind=bao": ["bao"],
        "under=thanh-pho": ["phuong-a", "phuong-b"],
        "words=don+vi+phuong-b": ["phuong-b"],
        "closed=true": [*whole[:3], "phuong-cu", "thanh-pho"],
        "on=2022-12-31": [*whole[:3], "phuong-cu", "thanh-pho"],
        "on=2019-12-31": [],
    }.items():
        assert [one["key"] for one in client.get(f"/units?{asked}").json()["items"]] == keys, asked


def test_a_units_people_see_what_stands_under_it(town: Web) -> None:
    for who, keys in {
        "can-bo-a": ["phuong-a"],
        "cap-tren": ["phuong-a", "phuong-b", "thanh-pho"],
        "lanh-dao-tp": ["bao", "phuong-a", "phuong-b", "thanh-pho"],
    }.items():
        assert [one["key"] for one in program(town, who).walk("/units", limit=2)] == keys
    client = program(town, "can-bo-a")
    assert client.get("/units/phuong-a").json()["parent"] == "thanh-pho"
    for key in ("phuong-b", "khong-co"):
        answer = client.get(f"/units/{key}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unit.unknown")
    assert client.get("/units/phuong-a?on=2019-01-01").status_code == 404


# --- reports -----------------------------------------------------------------------


@pytest.fixture
def reported(town: Web) -> Web:
    """The same after the first quarter, with its report drafted and approved."""
    town.clock.move_to(at("2024-04-05"))
    chief = by("quan-tri", "2024-04-05")
    with town.engine.begin() as db:
        accepted(db, task_of(db, "phuong-a"))
        add_user(db, "lanh-dao", name="L", act=chief, grants=[Grant(role=Role.LEADER)])
        basis = Basis(
            coverage=prove_coverage(db, agreement="ct-01", at=chief.at), is_simulated=False
        )
        report_id = draft_report(db, agreement="ct-01", period="2024-Q1", basis=basis, act=chief)
        approve_report(db, report_id, act=by("lanh-dao", "2024-04-05"))
    return town


def issued(web: Web, report_id: int, **more: Any) -> None:
    with web.engine.begin() as db:
        how = Issuing(data_dir=web.settings.data_dir, journal_head="ab" * 32, **more)
        issue_report(db, report_id, how=how, act=by("quan-tri", "2024-04-05", "10:00"))


def test_a_report_is_listed_shown_and_fetched(reported: Web) -> None:
    client = program(reported, "kiem-toan")
    (row,) = client.walk("/reports", limit=1)
    assert (row["agreement"], row["period"], row["state"]) == ("ct-01", "2024-Q1", "approved")
    for asked, number in {
        "agreement=ct-01&period=2024-Q1&state=approved&sort=-period": 1,
        "agreement=ct-02": 0,
        "period=2024-Q2": 0,
        "state=draft": 0,
    }.items():
        assert len(client.get(f"/reports?{asked}").json()["items"]) == number, asked
    said = client.get(f"/reports/{row['id']}").json()
    assert said["content"]["total"]["boxes"]["done_on_time"] == 1
    assert (said["files"], said["sha256"]) == ([], row["sha256"])
    page = client.get(f"/reports/{row['id']}/files/html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-disposition"] == 'attachment; filename="ct-01-2024-Q1-1.html"'
    assert "Chương trình phối hợp" in page.text
    assert client.get(f"/reports/{row['id']}/files/odt").status_code == 422


def test_a_report_is_made_again_for_a_program(reported: Web) -> None:
    client = program(reported, "kiem-toan")
    (one,) = client.walk("/reports", limit=1)
    said = client.get(f"/reports/{one['id']}/regenerated").json()
    assert (said["is_equal"], said["has_proof"], said["differences"]) == (True, True, [])
    assert said["sha256"] == said["regenerated_sha256"] == one["sha256"]
    other = client.get(f"/reports/{one['id']}/regenerated?as_of=2024-04-01T00:00:00").json()
    assert not other["is_equal"]
    assert "as_of" in {each["path"] for each in other["differences"]}
    later = client.get(f"/reports/{one['id']}/regenerated?as_of=2031-01-01T00:00:00Z")
    assert later.status_code == 422
    assert client.get("/reports/99/regenerated").status_code == 404


def test_what_was_issued_is_given_as_it_was_frozen(reported: Web) -> None:
    client = program(reported, "kiem-toan")
    (row,) = client.walk("/reports", limit=9)
    issued(reported, row["id"], formats=["json", "html"])
    said = client.get(f"/reports/{row['id']}").json()
    assert (said["state"], [one["format"] for one in said["files"]]) == ("issued", ["html", "json"])
    for one in said["files"]:
        file = client.get(f"/reports/{row['id']}/files/{one['format']}")
        assert hashlib.sha256(file.content).hexdigest() == one["sha256"]
        assert len(file.content) == one["size"]
    answer = client.get(f"/reports/{row['id']}/files/pdf")
    assert (answer.status_code, answer.json()["code"]) == (422, "report.format_not_frozen")


@pytest.mark.parametrize("who", ["can-bo-a", "nguoi-la"])
def test_a_units_people_read_no_report(reported: Web, who: str) -> None:
    (row,) = program(reported, "kiem-toan").walk("/reports", limit=9)
    client = program(reported, who)
    assert client.get("/reports").json()["items"] == []
    for rest in ("", "/files/json"):
        answer = client.get(f"/reports/{row['id']}{rest}")
        assert (answer.status_code, answer.json()["code"]) == (404, "report.unknown")


def test_each_side_reads_its_report(reported: Web) -> None:
    for who in ("lanh-dao-tp", "bao-tham-dinh"):
        assert len(list(program(reported, who).walk("/reports", limit=9))) == 1
