"""The list of tasks within one's scope, and the page of one task with all that it tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from tests.factories import (
    CHECKS,
    accepted,
    by,
    conclude,
    copies,
    duty,
    handed_in,
    judged,
    offered,
    paper,
    says,
    task_of,
)
from tests.web.city import counted, it_is, number_of, peopled
from tests.web.conftest import with_password
from web.pages import tasks as tasks_page
from workflow.concessions import Kind, ask_extension, grant
from workflow.domain.agreement import AllOf, AnyOf, Clause, Due, Requirement, Roll
from workflow.domain.announced import Happening
from workflow.domain.evidence import Outcome
from workflow.domain.triggers import Event
from workflow.doubts import raise_doubt
from workflow.meetings import record_event
from workflow.store.tasks import task
from workflow.submission import submit_task

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.web.conftest import Browser, Web


@pytest.fixture
def city(web: Web) -> Web:
    return peopled(web, duty(), duty("bao-cao", title="Báo cáo quý"))


def numbers(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'data-row href="/tasks/(\d+)"', page)]


def all_numbers(browser: Browser, address: str) -> list[int]:
    """The tasks of every page of a list, followed to its end."""
    found, page = [], browser.get(address).text
    for _ in range(50):
        found += numbers(page)
        more = re.search(r'class="pages[^>]*>\s*<a[^>]*href="([^"]*)"', page)
        if more is None:
            return found
        page = browser.get(more.group(1).replace("&amp;", "&")).text
    raise AssertionError("the list does not end")


# --- the list ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "units"),
    [
        ("quan-tri", {"phuong-a", "phuong-b"}),
        ("kiem-toan", {"phuong-a", "phuong-b"}),
        ("lanh-dao-tp", {"phuong-a", "phuong-b"}),
        ("cap-tren", {"phuong-a", "phuong-b"}),
        ("can-bo-a", {"phuong-a"}),
        ("can-bo-b", {"phuong-b"}),
    ],
)
def test_everyone_sees_the_tasks_within_their_scope(city: Web, who: str, units: set[str]) -> None:
    found = set(numbers(city.signed_in(who).get("/tasks?state=all").text))
    expected = {
        number_of(city, unit, duty=code, occasion_key=key)
        for unit in units
        for code in ("mua-bao", "bao-cao")
        for key in ("2024-Q1", "2024-Q2")
    }
    assert found == expected


def test_strangers_and_people_without_a_role_see_nothing(city: Web) -> None:
    number = number_of(city)
    assert city.stranger().get("/tasks").url.path == "/signin"
    assert city.stranger().get(f"/tasks/{number}").url.path == "/signin"
    nobody = city.signed_in("nguoi-la")
    assert nobody.get("/tasks").status_code == 403
    assert nobody.get(f"/tasks/{number}").status_code == 404


def test_the_list_is_narrowed_by_what_is_asked_for(city: Web) -> None:
    with city.engine.begin() as db:
        accepted(db, task_of(db))
    it_is(city, "2024-04-02")
    browser = city.signed_in("quan-tri")
    first = number_of(city)

    def found(query: str) -> set[int]:
        return set(numbers(browser.get(f"/tasks?{query}").text))

    every = found("state=all")
    assert len(every) == 8
    assert found("") == every - {first}, "what is settled is not shown at first"
    assert found("state=accepted") == {first}
    assert found("unit=phuong-a&state=all") == {
        number_of(city, duty=code, occasion_key=key)
        for code in ("mua-bao", "bao-cao")
        for key in ("2024-Q1", "2024-Q2")
    }
    assert found("overdue=true") == {
        number_of(city, duty="bao-cao"),
        number_of(city, "phuong-b"),
        number_of(city, "phuong-b", duty="bao-cao"),
    }
    assert found("obligation=bao-cao&period=2024-Q2") == {
        number_of(city, unit, duty="bao-cao", occasion_key="2024-Q2")
        for unit in ("phuong-a", "phuong-b")
    }
    assert found("q=bao+cao+phuong-b&state=all") == {
        number_of(city, "phuong-b", duty="bao-cao", occasion_key=key)
        for key in ("2024-Q1", "2024-Q2")
    }
    assert found("agreement=khong-co") == set()
    assert found("state=khong-co") == every
    assert found("period=khong-co&unit=khong-co") == set()


def test_a_unit_that_the_list_is_narrowed_to_is_named(city: Web) -> None:
    page = city.signed_in("quan-tri").get("/tasks?unit=phuong-a").text
    assert "Chỉ các nhiệm vụ của Đơn vị phuong-a." in page
    assert "của khong-co." in city.signed_in("quan-tri").get("/tasks?unit=khong-co").text


def test_the_pages_of_a_list_hold_each_task_once_in_order(
    city: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = city.signed_in("quan-tri")
    whole = numbers(browser.get("/tasks?state=all").text)
    monkeypatch.setattr(tasks_page, "_AT_ONCE", 3)
    assert all_numbers(browser, "/tasks?state=all&q=phuong") == whole
    assert len(whole) == 8


@pytest.mark.parametrize("cursor", ["x", "2024-13-01_1", "none_", "_1", "none_99999999999999999"])
def test_a_cursor_that_cannot_be_read_begins_anew(city: Web, cursor: str) -> None:
    browser = city.signed_in("quan-tri")
    assert len(numbers(browser.get("/tasks", params={"state": "all", "after": cursor}).text)) == 8


def test_the_end_of_a_list_says_so(city: Web) -> None:
    page = city.signed_in("quan-tri").get("/tasks?state=all&after=none_99").text
    assert "Không còn nội dung nào nữa." in page


def test_the_agreements_to_choose_from_are_those_in_reach(city: Web) -> None:
    from tests.worlds import act, agreement, planned
    from workflow.definitions import activate_agreement, import_agreement
    from workflow.domain.units import Selector

    only_b = duty("rieng", bearer=Selector(keys=frozenset({"phuong-b"})), beneficiary=None)
    with city.engine.begin() as db:
        import_agreement(db, agreement(only_b, code="ct-02", title="Chương trình hai"), act=act())
        activate_agreement(db, "ct-02", act=act(by="lanh-dao"))
        planned(db, "ct-02", until="2024-07-01")
    assert "Chương trình hai" not in city.signed_in("can-bo-a").get("/tasks").text
    both = city.signed_in("can-bo-b").get("/tasks").text
    assert "Chương trình hai" in both
    assert 'name="obligation"' not in both
    one = city.signed_in("can-bo-b").get("/tasks?agreement=ct-02&period=2024-Q1&state=all").text
    assert numbers(one) == [number_of(city, "phuong-b", duty="rieng")]
    assert '<option value="rieng"' in one


def test_before_anything_was_agreed_the_list_is_empty(web: Web) -> None:
    from workflow.accounts import ensure_local_administrator

    with web.engine.begin() as db:
        chief = ensure_local_administrator(db, name="Quản trị", at=web.clock.now())
        with_password(db, chief)
    assert "Không có nhiệm vụ nào phù hợp" in web.signed_in(chief).get("/tasks").text


def test_a_search_for_nothing_finds_everything(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    assert len(numbers(browser.get("/tasks?state=all&q=+++").text)) == 8


def test_the_quota_of_the_unit_is_what_is_needed(web: Web) -> None:
    from tests.factories import offices
    from workflow.domain.agreement import Quota

    buying = Requirement(code="hoa-don", check="invoice", quantity=Quota(title="bbn"))
    city = peopled(web, duty(proof=buying), units=offices(phuong_a=12))
    browser = city.signed_in("quan-tri")
    assert "cần: số lượng 12" in browser.get(f"/tasks/{number_of(city)}").text
    unknown = browser.get(f"/tasks/{number_of(city, 'phuong-b')}").text
    assert "cần: số lượng" not in unknown
    assert "<progress" not in unknown.split("</section>")[0]


# --- the page of a task -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"), [("can-bo-a", 200), ("cap-tren", 200), ("can-bo-b", 404)]
)
def test_a_task_of_another_unit_is_as_if_it_did_not_exist(city: Web, who: str, status: int) -> None:
    browser = city.signed_in(who)
    assert browser.get(f"/tasks/{number_of(city)}").status_code == status
    assert browser.get("/tasks/999999").status_code == 404


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "abc"])
def test_a_number_that_is_none_is_refused(city: Web, number: str) -> None:
    assert city.signed_in("quan-tri").get(f"/tasks/{number}").status_code == 422


def test_the_page_says_why_and_until_when(web: Web) -> None:
    city = peopled(
        web,
        duty(due=Due(roll=Roll.FOLLOWING, report_by=3)),
        clauses=(Clause(code="d1", text="Các đơn vị đặt mua báo", place="Điều 3, khoản 2"),),
        source="Chương trình số 01",
        number="01-CTr/TU",
    )
    page = city.signed_in("can-bo-a").get(f"/tasks/{number_of(city)}").text
    for text in ("Các đơn vị đặt mua báo", "Điều 3, khoản 2", "Chương trình số 01", "01-CTr/TU"):
        assert text in page
    # 31/3/2024 is a Sunday.
    assert "Hạn: <strong>01/04/2024</strong>" in page
    assert "31/03/2024 là Chủ nhật" in page
    assert "Nộp minh chứng trước hết ngày" in page
    assert "04/04/2024" in page


def test_a_task_of_a_meeting_names_the_meeting(web: Web) -> None:
    city = peopled(web, duty("moi-hop", trigger=Event(kind="ubnd"), due=Due()))
    with city.engine.begin() as db:
        happening = Happening(
            kind="ubnd",
            convener="thanh-pho",
            happens_on=by("x", "2024-02-20").at.date(),
            title="Phiên họp thường kỳ tháng 2",
        )
        record_event(db, happening, act=by("quan-tri", "2024-02-01"))
        from tests.worlds import planned

        planned(db, until="2024-07-01", on="2024-02-01")
    it_is(city, "2024-02-02")
    browser = city.signed_in("can-bo-a")
    listed = browser.get("/tasks").text
    assert "Phiên họp thường kỳ tháng 2 (20/02/2024)" in listed
    page = browser.get(f"/tasks/{numbers(listed)[0]}").text
    assert "Phiên họp thường kỳ tháng 2, 20/02/2024" in page


def test_what_is_asked_for_and_what_was_read_is_told_in_words(web: Web) -> None:
    proof = AllOf(
        parts=(
            paper("bien-ban", title="Biên bản họp"),
            AnyOf(parts=(copies(9), Requirement(code="so-lieu", check="quantity"))),
        )
    )
    city = peopled(web, duty(proof=proof))
    task_id = number_of(city)
    with city.engine.begin() as db:
        item = offered(db, task_id, requirement="hoa-don")
        judged(
            db,
            item,
            says(
                Outcome.FAILED,
                code="minutes.reading_not_found",
                identity="hd-1",
                quantity=7,
                performed_on=by("x", "2024-01-20").at.date(),
            ),
        )
    page = city.signed_in("can-bo-a").get(f"/tasks/{task_id}").text
    assert "Biên bản họp" in page
    assert "Hóa đơn điện tử (tệp XML)" in page
    assert "Số lượng hoặc bảng kê đặt mua" in page
    assert "Chỉ cần một trong các loại sau:" in page
    assert "cần: số lượng 9" in page
    assert "không đạt" in page
    assert "<li>Biên bản không ghi nội dung đọc báo.</li>" in page
    assert "<dt>Số lượng được tính</dt><dd>7</dd>" in page
    assert "<dt>Ngày ghi trên minh chứng</dt><dd>20/01/2024</dd>" in page
    assert "Người can-bo-a thêm lúc" in page


def test_the_page_looks_again_only_while_something_is_under_way(city: Web) -> None:
    task_id = number_of(city)
    browser = city.signed_in("can-bo-a")
    refresh = f'data-refresh="/tasks/{task_id}"'
    assert refresh not in browser.get(f"/tasks/{task_id}").text
    with city.engine.begin() as db:
        item = offered(db, task_id)
    page = browser.get(f"/tasks/{task_id}").text
    assert f'id="standing" aria-labelledby="h-standing" {refresh}' in page
    assert "đang được kiểm tra" in page
    with city.engine.begin() as db:
        judged(db, item)
    assert refresh not in browser.get(f"/tasks/{task_id}").text
    with city.engine.begin() as db:
        submit_task(db, task_id, act=by("can-bo-a", "2024-02-01"))
    page = browser.get(f"/tasks/{task_id}").text
    assert f'id="task" {refresh}' in page
    assert page.count(refresh) == 1
    with city.engine.begin() as db:
        conclude(db, day="2024-02-01")
    done = browser.get(f"/tasks/{task_id}").text
    assert refresh not in done
    assert "hoàn thành đúng hạn" in done


def test_the_page_tells_what_happened_and_who_did_it(city: Web) -> None:
    task_id = number_of(city)
    with city.engine.begin() as db:
        until = by("x", "2024-04-20").at.date()
        asks = by("can-bo-a", "2024-02-01", reason="Chờ Bưu điện")
        ask_extension(db, task_id, until_on=until, act=asks)
        granted = by("quan-tri", "2024-02-02", reason="Đồng ý theo công văn 5")
        grant(db, task_id, Kind.EXTENSION, act=granted)
        handed_in(db, task_id, day="2024-02-03")
        doubts = by("tham-dinh", "2024-02-05", reason="Trùng hóa đơn")
        raise_doubt(db, task_id, act=doubts)
    page = city.signed_in("can-bo-a").get(f"/tasks/{task_id}").text
    assert "Hạn: <strong>20/04/2024</strong>" in page
    assert "hạn ban đầu 31/03/2024" in page
    assert "Người quan-tri" in page
    assert "Đồng ý theo công văn 5" in page
    assert "Chờ Bưu điện" in page
    assert "Người tham-dinh: Trùng hóa đơn" in page
    assert "nêu bởi cán bộ" in page
    assert "hệ thống kiểm tra" in page
    assert "Chưa giải quyết." in page


def test_what_people_wrote_is_shown_as_text(city: Web) -> None:
    task_id = number_of(city)
    hostile = "<script>alert(1)</script>"
    with city.engine.begin() as db:
        from workflow.submission import add_evidence

        add_evidence(
            db,
            task_id,
            requirement="giay",
            figures={"copies": hostile},
            name=hostile,
            act=by("can-bo-a", "2024-02-01"),
        )
        until = by("x", "2024-04-20").at.date()
        ask_extension(db, task_id, until_on=until, act=by("can-bo-a", "2024-02-01", reason=hostile))
    page = city.signed_in("can-bo-a").get(f"/tasks/{task_id}").text
    assert hostile not in page
    assert page.count("&lt;script&gt;alert(1)") >= 2


def test_who_answers_after_a_succession_is_called_by_name(city: Web) -> None:
    task_id = number_of(city)
    with city.engine.begin() as db:
        other = db.execute(select(task.c.unit_id).where(task.c.id == number_of_b(db))).scalar_one()
        db.execute(update(task).where(task.c.id == task_id).values(answerable_id=other))
    page = city.signed_in("can-bo-b").get(f"/tasks/{task_id}").text
    assert "<dt>Đơn vị chịu trách nhiệm hiện nay</dt><dd>Đơn vị phuong-b</dd>" in page
    assert city.signed_in("can-bo-a").get(f"/tasks/{task_id}").status_code == 404


def number_of_b(db: Connection) -> int:
    return task_of(db, "phuong-b")


def test_the_number_of_statements_is_the_same_for_every_task(city: Web) -> None:
    empty, full = number_of(city), number_of(city, "phuong-b")
    with city.engine.begin() as db:
        for text in ("một", "hai", "ba", "bốn"):
            judged(db, offered(db, full, text=text, act=by("can-bo-b", "2024-02-01")))
    browser = city.signed_in("quan-tri")
    sent_for = []
    for number in (empty, full):
        browser.get(f"/tasks/{number}")
        with counted(city.engine) as sent:
            browser.get(f"/tasks/{number}")
        sent_for.append(len(sent))
    assert sent_for[0] <= sent_for[1] <= 32, sent_for
    with counted(city.engine) as sent:
        browser.get("/tasks?state=all")
    assert len(sent) <= 16, len(sent)


def test_english_is_spoken_as_well(city: Web) -> None:
    browser = city.signed_in("can-bo-a")
    browser.post("/language", {"lang": "en", "back": "/work"})
    page = browser.get(f"/tasks/{number_of(city)}").text
    assert "What proves it" in page
    assert "2024-03-31" in page
    assert CHECKS not in page
