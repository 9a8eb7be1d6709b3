"""Instructions on the web: given from a line, found by units, decided on, taken back."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from reports.drafting import Basis, draft_report
from tests.factories import PARTIES, by, conclude, duty, task_of
from tests.web.city import counted, it_is, number_of, peopled, says
from tests.worlds import agreement
from web.pages import instructing, instructions
from workflow import catalogue
from workflow.concessions import ask_extension
from workflow.coverage import prove_coverage
from workflow.definitions import activate_agreement, import_agreement
from workflow.domain.instructing import About
from workflow.intake.succession_file import read_succession
from workflow.owing import bring_up_to_date
from workflow.store.tasks import task
from workflow.store.units import roster
from workflow.submission import submit_task
from workflow.succession import record_succession
from workflow.worklist import list_tasks

if TYPE_CHECKING:
    from tests.web.conftest import Web
    from workflow.domain.instructing import Instruction

LEADER = "lanh-dao-tp"
ON = "2024-04-03"
FORM = {
    "agreement": "ct-01",
    "text": "Chấn chỉnh việc đặt mua báo <b>quý II</b>",
    "due": "2024-04-10",
    "units": ["phuong-a", "phuong-b"],
}


@pytest.fixture
def town(web: Web) -> Web:
    """The world of the factories on a day on which the first quarter is overdue."""
    peopled(web)
    it_is(web, ON)
    return web


def kept(web: Web) -> list[Instruction]:
    with web.engine.begin() as db:
        return list(catalogue.kept(db, "ct-01").says.instructions)


def given(web: Web, **other: Any) -> str:
    answer = web.signed_in(LEADER).post("/instructions/new", {**FORM, **other})
    assert answer.status_code == 200, answer.text
    return answer.url.path.rpartition("/")[2]


def test_a_leader_instructs_on_the_line_of_an_obligation(town: Web) -> None:
    leader = town.signed_in(LEADER)
    # Whoever comes from an obligation finds the units ticked that are overdue with it.
    page = leader.get("/instructions/new?agreement=ct-01&obligation=mua-bao&period=2024-Q1")
    assert says(page, "Nghĩa vụ mua-bao", "Quý I/2024")
    assert page.text.count('name="units" value="phuong-a" checked') == 1
    assert 'value="bao"' not in page.text
    line = {"obligation": "mua-bao", "period": "2024-Q1"}
    answer = leader.post("/instructions/new", {**FORM, **line, "proof": "letter"})
    assert answer.url.path == "/instructions/ct-01/YK-2024-001"
    assert says(answer, "&lt;b&gt;quý II&lt;/b&gt;", "0/2 đơn vị", "Người lanh-dao-tp")
    (one,) = kept(town)
    assert one.about == About(obligation="mua-bao", period="2024-Q1")
    assert one.proof is not None
    assert one.units == {"phuong-a", "phuong-b"}
    assert says(leader.get("/instructions"), "YK-2024-001", "0/2")


def test_the_unit_finds_it_among_its_tasks_and_why_leads_back(town: Web) -> None:
    origin = number_of(town)
    code = given(town, obligation="mua-bao", occasion="2024-Q1", unit="phuong-a")
    officer = town.signed_in("can-bo-a")
    assert says(officer.get("/work"), "Chấn chỉnh việc đặt mua báo", "Ý kiến chỉ đạo")
    mine = number_of(town, duty=code, occasion_key=ON)
    page = officer.get(f"/tasks/{mine}")
    assert says(page, f"/instructions/ct-01/{code}", f'href="/tasks/{origin}"', "Người lanh-dao-tp")
    # The task on which it was given tells of it, and an instruction leads on from there.
    assert says(officer.get(f"/tasks/{origin}"), f"/instructions/ct-01/{code}")
    assert "/instructions/new" not in officer.get(f"/tasks/{origin}").text
    assert "/instructions/new?" in town.signed_in(LEADER).get(f"/tasks/{origin}").text
    assert says(officer.get(f"/instructions/ct-01/{code}"), "Đơn vị phuong-a")
    assert "Đơn vị phuong-b" not in officer.get(f"/instructions/ct-01/{code}").text


def test_a_due_day_on_a_day_off_is_asked_about_once(town: Web) -> None:
    leader = town.signed_in(LEADER)
    saturday = {**FORM, "due": "2024-04-13"}
    asked = leader.post("/instructions/new", saturday)
    assert says(asked, "13/04/2024 là ngày nghỉ", "15/04/2024", "phuong-a")
    assert kept(town) == []
    leader.post("/instructions/new", {**saturday, "asked_due": "2024-04-13", "take": "next"})
    leader.post("/instructions/new", {**saturday, "asked_due": "2024-04-13", "take": "keep"})
    assert [one.due_on.day for one in kept(town)] == [15, 13]
    # Another day off is another question.
    again = leader.post(
        "/instructions/new",
        {**FORM, "due": "2024-04-14", "asked_due": "2024-04-13", "take": "keep"},
    )
    assert says(again, "14/04/2024 là ngày nghỉ")


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"due": "2024-04-02"}, "đã qua"),
    ({"due": "mai"}, "mai"),
    ({"text": "  "}, "việc phải làm"),
    ({"units": []}, "ít nhất một đơn vị"),
    ({"named": "không có ai"}, "không có ai"),
    ({"named": "bao"}, "bao"),
    ({"proof": "evil"}, "proof"),
    ({"obligation": "khong-co"}, "khong-co"),
    ({"due": "2026-04-02"}, "quá xa"),
)


def test_what_is_wrong_is_said_and_what_was_typed_stays(town: Web) -> None:
    leader = town.signed_in(LEADER)
    for wrong, sentence in WRONG:
        answer = leader.post("/instructions/new", {**FORM, "ground": "KL 9", **wrong})
        assert answer.status_code == 422, wrong
        assert sentence in answer.text
        assert "KL 9" in answer.text
    assert kept(town) == []


def test_units_are_chosen_by_kind_or_by_name(town: Web) -> None:
    given(town, units=[], kinds=["phuong"])
    given(town, units=[], named="Đơn vị phuong-a\nphuong-b, ")
    assert [one.units for one in kept(town)] == [{"phuong-a", "phuong-b"}] * 2


def test_who_gets_where(town: Web) -> None:
    code = given(town, units=["phuong-a"])
    form, page = "/instructions/new?agreement=ct-01", f"/instructions/ct-01/{code}"
    assert town.stranger().get(form).url.path == "/signin"
    sees = {"quan-tri": (200, 200), "tham-dinh": (403, 200), "kiem-toan": (403, 200)}
    sees |= {"can-bo-a": (403, 200), "can-bo-b": (403, 404), "bao-tham-dinh": (403, 404)}
    for who, (may_give, may_read) in sees.items():
        browser = town.signed_in(who)
        assert browser.get(page).status_code == may_read, who
        assert browser.get(form).status_code == may_give, who
        if may_give == 403:
            assert browser.get("/instructions/new").status_code == 403
            browser.get("/account")
            assert browser.post("/instructions/new", FORM).status_code == 403
            back = browser.post(f"{page}/withdraw", {"reason": "x"})
            assert back.status_code == (403 if may_read == 200 else 404)
    assert len(kept(town)) == 1
    assert kept(town)[0].withdrawn is None
    assert town.signed_in("nguoi-la").get("/instructions").status_code == 403
    assert says(town.signed_in("bao-tham-dinh").get("/instructions"), "Chưa có ý kiến")
    leader = town.signed_in(LEADER)
    assert leader.get("/instructions/new?agreement=khong").status_code == 404
    assert leader.get("/instructions/ct-01/YK-1999-1").status_code == 404
    leader.get("/instructions/new")
    assert leader.post("/instructions/new", {**FORM, "units": ["bao"]}).status_code == 403


def test_the_leader_takes_it_back_with_a_reason(town: Web) -> None:
    code = given(town)
    page = f"/instructions/ct-01/{code}"
    leader = town.signed_in(LEADER)
    assert "withdraw" in leader.get(page).text
    refused = leader.post(f"{page}/withdraw", {"reason": " "})
    assert refused.status_code == 422
    assert "lý do" in refused.text
    done = leader.post(f"{page}/withdraw", {"reason": "Đã giao việc khác"})
    assert says(done, "Đã giao việc khác", "đã thu hồi")
    assert "withdraw" not in leader.get(page).text
    with town.engine.begin() as db:
        states = db.scalars(
            select(task.c.state).where(task.c.id == task_of(db, duty=code, occasion_key=ON))
        )
        assert states.all() == ["cancelled"]
    assert says(leader.get("/instructions?stage=taken_back"), code)
    assert code not in leader.get("/instructions?stage=running").text
    assert says(leader.get("/instructions?stage=running"), "Không có ý kiến chỉ đạo nào phù hợp")


def test_the_leader_decides_on_more_time_and_a_reviewer_confirms(town: Web) -> None:
    code = given(town)
    mine = number_of(town, duty=code, occasion_key=ON)
    with town.engine.begin() as db:
        day = catalogue.kept(db, "ct-01").says.instructions[0].due_on.replace(day=20)
        ask_extension(
            db, mine, until_on=day, act=by("can-bo-a", "2024-04-04", reason="Chờ số liệu")
        )
    leader = town.signed_in(LEADER)
    assert says(leader.get(f"/instructions/ct-01/{code}"), "chờ quyết định")
    assert "Chờ số liệu" in leader.get(f"/tasks/{mine}").text
    granted = leader.post(f"/tasks/{mine}/requests/extension/grant", {"reason": "Đồng ý"})
    assert says(granted, "20/04/2024")
    it_is(town, "2024-04-15")
    with town.engine.begin() as db:
        submit_task(db, mine, act=by("can-bo-a", "2024-04-12"))
        conclude(db, day="2024-04-12")
    leader = town.signed_in(LEADER)
    assert leader.post(f"/tasks/{mine}/confirm").status_code == 403
    reviewer = town.signed_in("tham-dinh")
    reviewer.get(f"/tasks/{mine}")
    reviewer.post(f"/tasks/{mine}/confirm")
    assert says(leader.get(f"/instructions/ct-01/{code}"), "1/2 đơn vị", "12/04/2024")


def test_the_pages_ask_little_whatever_the_number(town: Web) -> None:
    for _ in range(3):
        code = given(town)
    leader = town.signed_in(LEADER)
    most = {
        "/instructions": 8,
        "/instructions/new?agreement=ct-01": 12,
        # Its table of tasks alone asks eleven, as every list of tasks does.
        f"/instructions/ct-01/{code}": 20,
    }
    for path, number in most.items():
        leader.get(path)
        with counted(town.engine) as sent:
            leader.get(path)
        assert len(sent) <= number, (path, len(sent))
    with town.engine.begin() as db:
        page = list_tasks(db, by="quan-tri", at=town.clock.now(), obligation_code=code)
        assert len(page.lines) == 2


def test_every_line_of_board_and_report_leads_to_an_instruction(town: Web) -> None:
    with town.engine.begin() as db:
        report = draft_report(
            db,
            agreement="ct-01",
            period="2024-Q1",
            basis=Basis(
                coverage=prove_coverage(db, agreement="ct-01", at=town.clock.now()),
                is_simulated=False,
            ),
            act=by("quan-tri", ON),
        )
    line = "/instructions/new?agreement=ct-01&amp;period=2024-Q1"
    pages = {
        "/board?agreement=ct-01&period=2024-Q1": (
            f"{line}&amp;obligation=mua-bao",
            f"{line}&amp;unit=phuong-a",
        ),
        "/board/tasks?agreement=ct-01&period=2024-Q1&obligation=mua-bao&unit=phuong-a": (
            f"{line}&amp;obligation=mua-bao&amp;unit=phuong-a",
        ),
        f"/reports/{report}": (
            "/instructions/new?agreement=ct-01&amp;obligation=mua-bao&amp;period=2024-Q1",
        ),
    }
    leader, reader = town.signed_in(LEADER), town.signed_in("kiem-toan")
    for path, links in pages.items():
        page = leader.get(path)
        for link in links:
            assert says(page, f'href="{link}"'), path
            assert leader.get(html.unescape(link)).status_code == 200
        assert "/instructions/new" not in reader.get(path).text


def test_the_agreement_is_asked_for_where_there_are_several(town: Web) -> None:
    chief = town.signed_in("quan-tri")
    assert says(chief.get("/instructions/new"), 'name="agreement" value="ct-01"')
    with town.engine.begin() as db:
        other = agreement(duty(), code="ct-02", title="Chương trình hai", parties=PARTIES)
        import_agreement(db, other, act=by("quan-tri", ON))
        activate_agreement(db, "ct-02", act=by("quan-tri-2", ON))
    page = chief.get("/instructions/new")
    assert says(page, "Theo chương trình nào?", "/instructions/new?agreement=ct-02")
    # The leader of the first alone is not asked.
    assert says(town.signed_in(LEADER).get("/instructions/new"), 'name="agreement" value="ct-01"')


def test_many_units_are_named_and_many_instructions_stand_on_pages(
    town: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instructing, "LISTED", 1)
    monkeypatch.setattr(instructions, "_AT_ONCE", 1)
    leader = town.signed_in(LEADER)
    page = leader.get("/instructions/new?agreement=ct-01&unit=phuong-a")
    assert says(page, ">phuong-a</textarea>", 'name="kinds" value="phuong"')
    first = given(town, units=[], named="phuong-a")
    second = given(town, units=["phuong-b"])
    page = leader.get("/instructions?agreement=ct-01")
    assert says(page, second, "start=1")
    assert first not in page.text
    assert says(leader.get("/instructions?agreement=ct-01&start=1"), first)


def test_after_a_succession_the_unit_that_answers_stands_there_with_the_old_one_beside(
    town: Web,
) -> None:
    code = given(town)
    says_so = """
date: 2024-04-05
ground: Nghị quyết số 1
successors:
  - {key: phuong-moi, replaces: [phuong-a], kind: phuong, name: Phường Mới, parent: thanh-pho}
"""
    with town.engine.begin() as db:
        # What was handed in keeps its unit; for what is open the successor gets a task of its own.
        mine = task_of(db, duty=code, occasion_key=ON)
        submit_task(db, mine, act=by("can-bo-a", "2024-04-04"))
        told = read_succession(says_so, roster=roster(db))
        record_succession(db, told, act=by("quan-tri", "2024-04-05"))
        bring_up_to_date(db, "ct-01", act=by("quan-tri", "2024-04-05"))
    it_is(town, "2024-04-06")
    page = town.signed_in(LEADER).get(f"/instructions/ct-01/{code}").text
    rows = [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in page.split("<tr>")]
    assert any(row.startswith("Phường Mới thay cho Đơn vị phuong-a") for row in rows)
    assert any(row.startswith("Đơn vị phuong-b") for row in rows)
