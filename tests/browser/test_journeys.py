"""The main journey of each role, as people walk it on a Monday morning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from camket.living.pictures import photograph
from tests.browser.auditing import faults
from tests.browser.conftest import PHONE, Visitor

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

UNIT, REVIEWER, LEADER, OTHER_PARTY = (
    "phuong-dong-ngan",
    "to-tham-dinh",
    "thuong-truc",
    "ban-thu-ky-bao",
)
COORDINATOR, AUDITOR, NEWSPAPER = "dieu-phoi", "kiem-tra", "bao-bac-ninh"


def picture(folder: Path, name: str) -> Path:
    """A photograph, which no check can read: a person has to look at it."""
    path = folder / f"{name}.jpg"
    path.write_bytes(photograph(name))
    return path


def open_task(page: Page) -> str:
    """Open the most urgent task of the unit's own list, and give its address."""
    page.goto(re.sub(r"(https?://[^/]+).*", r"\1/work", page.url))
    page.locator("main table a").first.click()
    page.wait_for_url("**/tasks/*")
    return page.url


def hand_in(visitor: Visitor, file: Path) -> str:
    """Add a file to the most urgent task, wait for its verdict, and hand the task in."""
    page = visitor.sign_in(UNIT)
    address = open_task(page)
    page.locator("form[action$='/evidence'] input[type=file]").first.set_input_files(str(file))
    page.locator("form[action$='/evidence'] button").first.click()
    # With a script the answer is shown in place; without one it is a page of its own.
    page.locator("main .item").filter(has_text=file.name).first.wait_for()
    # The checks run in workers; without a script people load the page again.
    for _ in range(40):
        if not page.locator("[data-refresh]").count():
            break
        page.wait_for_timeout(500)
        page.goto(address)
    with page.expect_navigation():
        page.locator("form[action$='/submit'] button").first.click()
    return address


@pytest.mark.parametrize(
    "visitor",
    [{}, {"width": PHONE}, {"script": False}],
    ids=["wide", "phone", "no script"],
    indirect=True,
)
def test_a_unit_hands_in_and_a_reviewer_confirms(
    visitor: Visitor, chromium: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = hand_in(visitor, picture(tmp_path, f"bien-ban-{request.node.callspec.id}"))
    form = visitor.page.locator("form[action$='/withdraw']")
    assert form.count() == 1, visitor.page.locator("main").inner_text()
    assert visitor.complaints == []

    context = chromium.new_context()
    page = Visitor(city=visitor.city, context=context, page=context.new_page()).sign_in(REVIEWER)
    page.goto(f"{visitor.city.address}/review")
    page.locator(f"main a[href$='{address.rpartition('/')[2]}']").first.wait_for()
    page.goto(address)
    with page.expect_navigation():
        page.locator("form[action$='/confirm'] button").first.click()
    page.goto(address)
    assert page.locator(".status--done, .status--late").count() >= 1
    context.close()


def test_a_verdict_appears_without_loading_the_page_again(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.sign_in(NEWSPAPER)
    address = open_task(page)
    torn = tmp_path / "hong.pdf"
    torn.write_bytes(b"%PDF-1.7 torn")
    page.locator("form[action$='/evidence'] input[type=file]").first.set_input_files(str(torn))
    page.locator("form[action$='/evidence'] button").first.click()
    page.get_by_text("hong.pdf").first.wait_for()
    assert page.url == address
    item = page.locator("main .item").filter(has_text="hong.pdf").first
    item.locator(".status--overdue, .status--late, .status--done").first.wait_for()


def test_a_leader_reads_the_board_and_a_report(visitor: Visitor) -> None:
    page = visitor.sign_in(LEADER)
    page.goto(f"{visitor.city.address}/board?agreement=TS-BBN-2023&period=2024-Q1")
    assert "%" in page.locator("main").inner_text()
    page.goto(f"{visitor.city.address}/reports")
    page.locator("main table a").first.click()
    page.wait_for_url("**/reports/*")
    page.locator("a[href$='/read']").first.click()
    page.wait_for_load_state()
    assert "BÁO CÁO" in page.content()
    assert visitor.complaints == []


def test_an_administrator_gives_an_account_and_its_owner_comes_in(
    visitor: Visitor, chromium: Browser
) -> None:
    page = visitor.sign_in(COORDINATOR)
    page.goto(f"{visitor.city.address}/people/-/new")
    page.fill("#f-key", "giam-sat-moi")
    page.fill("#f-name", "Bộ phận giám sát")
    page.select_option("#f-role", "auditor")
    page.locator("main form[action='/people/-/new'] button").last.click()
    page.wait_for_load_state()
    given = re.search(r"\b[a-z2-9]{4}(?:-[a-z2-9]{4}){3}\b", page.locator("main").inner_text())
    assert given, page.locator("main").inner_text()
    context = chromium.new_context()
    fresh = context.new_page()
    fresh.goto(f"{visitor.city.address}/signin")
    fresh.fill("#f-key", "giam-sat-moi")
    fresh.fill("#f-password", given[0])
    fresh.click("main button")
    fresh.wait_for_url("**/account/password")
    context.close()


PAGES = {
    UNIT: ("/work", "/tasks", "/board", "/units", "/meetings", "/agreements"),
    REVIEWER: ("/review", "/review/concessions", "/review/doubts", "/tasks?state=accepted"),
    LEADER: (
        *("/board?agreement=TS-BBN-2023&period=2024-Q1", "/board/matrix", "/board/summary"),
        *("/reports", "/reports/1", "/reports/1/verify"),
    ),
    OTHER_PARTY: ("/review", "/meetings", "/tasks"),
    AUDITOR: ("/journal", "/board", "/reports"),
    COORDINATOR: (
        *("/agreements", "/agreements/import", "/agreements/TS-BBN-2023"),
        *("/agreements/new", "/agreements/TS-BBN-2023/duty?of=mua-bbn"),
        *("/agreements/TS-BBN-2023/duty", "/agreements/TS-BBN-2023/duty/end?of=mua-bbn"),
        *(f"/agreements/TS-BBN-2023/parts/{part}" for part in ("parties", "clauses", "topics")),
        *("/agreements/TS-BBN-2023/parts/titles", "/agreements/TS-BBN-2023/source", "/units/new"),
        *("/agreements/TS-BBN-2023/amend", "/units", "/units/import", "/units/phuong-dong-ngan"),
        *("/units/succession/import", "/meetings", "/meetings/new", "/people", "/people/-/new"),
        *("/people/-/bulk", "/people/to-tham-dinh", "/calendar", "/journal", "/jobs"),
        *("/account", "/account/tokens", "/tasks/1"),
    ),
}


@pytest.mark.parametrize(
    "visitor",
    [{"width": PHONE}, {"lang": "en", "mode": "dark"}],
    ids=["phone", "English at night"],
    indirect=True,
)
@pytest.mark.parametrize("key", PAGES)
def test_every_page_is_easy_to_use(visitor: Visitor, key: str) -> None:
    visitor.sign_in(key)
    found = {path: faults(visitor.open(path)) for path in PAGES[key]}
    assert {path: some for path, some in found.items() if some} == {}
    assert visitor.complaints == []
