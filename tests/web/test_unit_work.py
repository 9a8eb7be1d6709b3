"""The work of one's own unit: what is urgent stands first, and nothing of others stands there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.factories import accepted, by, duty, handed_in, task_of
from tests.web.city import counted, it_is, number_of, peopled
from workflow.domain.triggers import Every, Length
from workflow.review import return_submission
from workflow.submission import submit_task

if TYPE_CHECKING:
    from tests.web.conftest import Web

MONTHLY = duty("doc-bao", title="Đọc báo trong chi bộ", trigger=Every(period=Length.MONTH))
BUYING = duty("mua-bao", title="Đặt mua báo", needs_person=True)


@pytest.fixture
def city(web: Web) -> Web:
    return peopled(web, MONTHLY, BUYING)


def shown(page: str, part: str) -> list[str]:
    """The titles and periods of one part of the page, in order."""
    section = page.split(f'id="{part}"')[1].split("</section>", maxsplit=1)[0]
    titles = re.findall(r'data-row href="[^"]*">([^<]*)</a>', section)
    periods = re.findall(r'data-label="Kỳ">([^<]*)</td>', section)
    return [f"{title} {period}" for title, period in zip(titles, periods, strict=True)]


def card(page: str, part: str) -> str:
    found = re.search(rf'href="#{part}"><span>[^<]*</span><strong>([^<]*)</strong>', page)
    assert found is not None
    return found.group(1)


def test_each_task_stands_in_the_part_where_it_is_looked_for(city: Web) -> None:
    with city.engine.begin() as db:
        accepted(db, task_of(db, duty="doc-bao", occasion_key="2024-01"), day="2024-01-20")
        buying = task_of(db)
        handed_in(db, buying, day="2024-02-20")
        return_submission(db, buying, act=by("tham-dinh", "2024-02-21", reason="Thiếu dấu"))
        submit_task(
            db,
            task_of(db, duty="doc-bao", occasion_key="2024-04"),
            act=by("can-bo-a", "2024-03-01"),
        )
    it_is(city, "2024-03-29")
    page = city.signed_in("can-bo-a").get("/work").text
    assert shown(page, "overdue") == ["Đọc báo trong chi bộ Tháng 2/2024"]
    assert shown(page, "returned") == ["Đặt mua báo Quý I/2024"]
    assert shown(page, "due_soon") == ["Đọc báo trong chi bộ Tháng 3/2024"]
    assert shown(page, "waiting") == ["Đọc báo trong chi bộ Tháng 4/2024"]
    assert shown(page, "done") == ["Đọc báo trong chi bộ Tháng 1/2024"]
    assert shown(page, "upcoming")[0] == "Đọc báo trong chi bộ Tháng 5/2024"
    assert [card(page, part) for part in ("overdue", "returned", "due_soon", "open")] == [
        "1",
        "1",
        "1",
        "0",
    ]
    assert "Điều một" in page
    assert "31/03/2024" in page
    assert "0/1" in page


def test_what_was_done_is_that_of_this_quarter(city: Web) -> None:
    with city.engine.begin() as db:
        accepted(db, task_of(db, duty="doc-bao", occasion_key="2024-01"), day="2024-01-20")
    it_is(city, "2024-04-02")
    browser = city.signed_in("can-bo-a")
    assert card(browser.get("/work").text, "done") == "0"
    assert card(browser.get("/work?period=2024-Q1").text, "done") == "1"


@pytest.mark.parametrize("words", ["doc bao", "ĐỌC BÁO", "chi bo 2024-02"])
def test_a_search_needs_no_marks(city: Web, words: str) -> None:
    it_is(city, "2024-03-29")
    page = city.signed_in("can-bo-a").get("/work", params={"q": words}).text
    assert shown(page, "overdue") == [
        f"Đọc báo trong chi bộ Tháng {month}/2024"
        for month in (1, 2)
        if "2024-02" not in words or month == 2
    ]
    assert "Đặt mua báo</a>" not in page


def test_a_task_is_found_by_its_number_and_by_its_unit(city: Web) -> None:
    it_is(city, "2024-03-29")
    browser = city.signed_in("can-bo-a")
    number = number_of(city)
    page = browser.get("/work", params={"q": str(number)}).text
    assert f'href="/tasks/{number}"' in page
    assert card(browser.get("/work", params={"q": "don vi phuong-a mua"}).text, "due_soon") == "1"
    assert "Không có nhiệm vụ nào phù hợp" in browser.get("/work?q=phuong-b").text


@pytest.mark.parametrize("given", ["duty=mua-bao", "period=2024-Q2", "q=khong+gi+ca"])
def test_what_does_not_fit_is_left_out_and_the_way_back_is_shown(city: Web, given: str) -> None:
    it_is(city, "2024-03-29")
    page = city.signed_in("can-bo-a").get(f"/work?{given}").text
    assert 'id="overdue"' not in page
    assert 'href="/work">Xem tất cả' in page


def test_a_superior_sees_the_units_below_only_when_asked_for(city: Web) -> None:
    it_is(city, "2024-03-29")
    browser = city.signed_in("cap-tren")
    own = browser.get("/work").text
    assert "Đơn vị chưa có nhiệm vụ" in own
    below = browser.get("/work?below=true").text
    assert card(below, "overdue") == "4"
    assert {"Đơn vị phuong-a", "Đơn vị phuong-b"} <= set(re.findall(r"Đơn vị [a-z-]+", below))


def test_nothing_of_another_unit_is_shown(city: Web) -> None:
    it_is(city, "2024-03-29")
    page = city.signed_in("can-bo-b").get("/work?below=true").text
    others = [number_of(city, duty=code) for code in ("mua-bao",)]
    assert all(f'href="/tasks/{one}"' not in page for one in others)
    assert f'href="/tasks/{number_of(city, "phuong-b")}"' in page


def test_who_has_no_unit_is_refused_and_a_stranger_is_asked_to_sign_in(city: Web) -> None:
    assert city.stranger().get("/work").url.path == "/signin"
    for key in ("tham-dinh", "kiem-toan", "lanh-dao-tp", "nguoi-la"):
        assert city.signed_in(key).get("/work").status_code == 403


def test_longer_parts_say_how_many_there_are(city: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    from workflow import worklist

    defaults = worklist.own_work.__kwdefaults__ or {}
    monkeypatch.setitem(defaults, "at_most", 1)
    it_is(city, "2024-03-29")
    page = city.signed_in("can-bo-a").get("/work").text
    assert shown(page, "overdue") == ["Đọc báo trong chi bộ Tháng 1/2024"]
    assert card(page, "overdue") == "2"
    assert "Hiển thị 1 trong số 2" in page


def test_the_number_of_statements_does_not_grow_with_the_tasks(city: Web) -> None:
    browser = city.signed_in("cap-tren")
    seen = []
    for day, address in (("2024-01-05", "/work"), ("2024-06-29", "/work?below=true")):
        it_is(city, day)
        browser = city.signed_in("cap-tren")
        browser.get(address)
        with counted(city.engine) as sent:
            browser.get(address)
        seen.append(len(sent))
    assert seen[1] <= 16, seen


def test_a_hostile_search_is_shown_as_text(city: Web) -> None:
    page = city.signed_in("can-bo-a").get("/work", params={"q": '"><script>x</script>\x00%_'}).text
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
