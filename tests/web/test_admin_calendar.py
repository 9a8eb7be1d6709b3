"""The working calendar on the pages: shown, changed after a look at what would move."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.factories import duty, living
from tests.web.asking import statements_of
from tests.web.conftest import Browser, Web, with_password
from tests.worlds import day
from workflow.domain.agreement import Due, Roll
from workflow.store.days import day_overlay
from workflow.store.tasks import task

#: The due day of the first quarter's tasks is a Sunday, so they are due on Monday 1/4/2024.
MONDAY = {"on": "2024-04-01", "kind": "off", "title": "Nghỉ <bù>", "calendar": "*"}
CSV = "date,kind,name\n2024-04-01,off,Nghỉ bù\n2024-05-04,work,Làm bù\n"
FORMS = ("/calendar/days", "/calendar/days/remove", "/calendar/import")


@pytest.fixture
def city(web: Web) -> Web:
    """A living city whose duty moves to the next working day."""
    for db in web.founding(f"{__name__}.city"):
        living(db, duty(due=Due(roll=Roll.FOLLOWING)))
        for key in ("quan-tri", "tham-dinh", "can-bo-a", "nguoi-la"):
            with_password(db, key)
    return web


@pytest.fixture
def admin(city: Web) -> Browser:
    return city.signed_in("quan-tri")


def main_of(said: str) -> str:
    return said.split("<main", 1)[1]


def due_days(web: Web) -> set[str]:
    with web.engine.begin() as db:
        return {one.isoformat() for one in db.scalars(select(task.c.due_on)) if one}


def laid(web: Web) -> list[str]:
    with web.engine.begin() as db:
        return [one.isoformat() for one in db.scalars(select(day_overlay.c.day_on))]


def test_a_stranger_is_asked_to_sign_in(city: Web) -> None:
    assert city.stranger().get("/calendar").url.path == "/signin"


@pytest.mark.parametrize("key", ["tham-dinh", "can-bo-a"])
def test_everybody_reads_it_and_only_who_defines_changes_it(city: Web, key: str) -> None:
    browser = city.signed_in(key)
    page = main_of(browser.get("/calendar").text)
    assert "30/04/2024" in page
    assert "Xem hạn nào thay đổi" not in page
    for address in FORMS:
        files = {"files": ("d.csv", CSV.encode())}
        assert browser.post(address, {**MONDAY, "do": "save"}, files=files).status_code == 403
    assert laid(city) == []


def test_whoever_holds_no_role_does_not_read_it(city: Web) -> None:
    assert city.signed_in("nguoi-la").get("/calendar").status_code == 403


def test_the_days_of_a_year_are_shown_by_who_keeps_them(admin: Browser) -> None:
    page = main_of(admin.get("/calendar", params={"year": 2025}).text)
    assert "02/09/2025" in page
    swapped = main_of(admin.get("/calendar", params={"year": 2024, "name": "office"}).text)
    assert "29/04/2024" in swapped
    six = main_of(admin.get("/calendar", params={"year": 2024, "name": "six_day"}).text)
    assert "29/04/2024" not in six
    assert "2024" in main_of(admin.get("/calendar", params={"year": 1, "name": "x"}).text)


def test_what_a_day_would_move_is_shown_before_it_is_saved(city: Web, admin: Browser) -> None:
    assert "2024-04-01" in due_days(city)
    admin.get("/calendar")
    page = main_of(admin.post("/calendar/days", MONDAY).text)
    moved = page.split("Những hạn sẽ thay đổi")[1].split("</table>")[0]
    assert re.findall(r"Nghĩa vụ mua-bao|\d\d/\d\d/\d{4}|>\d+<", moved) == [
        "Nghĩa vụ mua-bao", "01/04/2024", "02/04/2024", ">2<",
    ]  # fmt: skip
    assert "Nghỉ &lt;bù&gt;" in page
    assert (laid(city), "2024-04-01" in due_days(city)) == ([], True)
    answer = admin.post("/calendar/days", {**MONDAY, "do": "save"})
    assert "dời hạn 2" in answer.text
    assert laid(city) == ["2024-04-01"]
    assert "2024-04-02" in due_days(city)
    answer = admin.post("/calendar/days/remove", {"on": "2024-04-01", "calendar": "*"})
    assert "dời hạn 2" in answer.text
    assert (laid(city), "2024-04-02" in due_days(city)) == ([], False)


def test_a_day_that_moves_nothing_says_so(admin: Browser) -> None:
    admin.get("/calendar")
    page = admin.post("/calendar/days", {**MONDAY, "on": "2024-07-17", "kind": "work"}).text
    assert "không hạn nào thay đổi" in page


@pytest.mark.parametrize("wrong", [{"on": ""}, {"on": "mai"}, {"calendar": "lich-khac"}])
def test_a_wrong_day_is_said_with_what_was_typed(
    city: Web, admin: Browser, wrong: dict[str, str]
) -> None:
    admin.get("/calendar")
    answer = admin.post("/calendar/days", {**MONDAY, **wrong, "do": "save"})
    assert answer.status_code == 422
    assert "Nghỉ &lt;bù&gt;" in answer.text
    assert laid(city) == []


def test_a_day_that_was_not_changed_cannot_be_taken_back(admin: Browser) -> None:
    admin.get("/calendar")
    sent = {"on": "2024-04-01", "calendar": "*"}
    assert admin.post("/calendar/days/remove", sent).status_code == 422


def test_a_sheet_is_tried_first_and_then_saved(city: Web, admin: Browser) -> None:
    admin.get("/calendar")
    page = main_of(admin.post("/calendar/import", files={"files": ("d.csv", CSV.encode())}).text)
    assert "Số ngày thêm mới 2" in page
    assert laid(city) == []
    kept = re.search(r'name="kept" value="([^"]+)"', page)
    assert kept
    answer = admin.post("/calendar/import", {"kept": kept.group(1), "name": "d.csv"})
    assert "Số ngày thêm mới 2" in answer.text
    assert laid(city) == [day("2024-04-01").isoformat(), day("2024-05-04").isoformat()]
    page = main_of(admin.post("/calendar/import", files={"files": ("d.csv", CSV.encode())}).text)
    assert "giữ nguyên 2" in page


@pytest.mark.parametrize("content", [b"", b"x", "date,kind\nmai,nghỉ\n".encode()])
def test_a_wrong_sheet_is_told_and_changes_nothing(
    city: Web, admin: Browser, content: bytes
) -> None:
    admin.get("/calendar")
    answer = admin.post("/calendar/import", files={"files": ("d.csv", content)})
    assert answer.status_code == 422
    assert laid(city) == []


def test_the_calendar_asks_little(city: Web, admin: Browser) -> None:
    assert statements_of(city, lambda: admin.get("/calendar")) <= 12
