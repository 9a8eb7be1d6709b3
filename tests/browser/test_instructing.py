"""A leader instructs and a unit does it; the other party asks and is answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.browser.auditing import faults
from tests.browser.conftest import PHONE, Visitor
from workflow.simulation import latest_instant
from workflow.store.engine import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import City

pytestmark = pytest.mark.browser

UNIT, REVIEWER, LEADER, OTHER_PARTY = (
    "phuong-dong-ngan",
    "to-tham-dinh",
    "thuong-truc",
    "ban-thu-ky-bao",
)


def day_after(city: City, days: int) -> str:
    """A day of the city's own time, as a browser's field takes it."""
    with reading(city.engine).connect() as db:
        last = latest_instant(db)
    assert last is not None
    return (last + timedelta(days=days)).date().isoformat()


@pytest.fixture
def others(city: City, chromium: Browser) -> Iterator[list[Visitor]]:
    """Browsers of their own for whoever else has a part in the story."""
    opened: list[Visitor] = []
    for _ in range(2):
        context = chromium.new_context()
        context.add_cookies([{"name": "lang", "value": "vi", "url": city.address}])
        opened.append(Visitor(city=city, context=context, page=context.new_page()))
    yield opened
    for one in opened:
        one.context.close()


def hand_in(page: Page, address: str) -> None:
    """Hand a task in that asks for no proof."""
    page.goto(address)
    with page.expect_navigation():
        page.locator("form[action$='/submit'] button").first.click()


def confirm(page: Page, address: str) -> None:
    """Confirm what was handed in, once the checks have put it before a person."""
    button = page.locator("form[action$='/confirm'] button").first
    for _ in range(40):
        page.goto(address)
        if button.count():
            break
        page.wait_for_timeout(500)
    with page.expect_navigation():
        button.click()


@pytest.mark.parametrize(
    "visitor",
    [{}, {"width": PHONE, "script": False}],
    ids=["wide", "phone without script"],
    indirect=True,
)
def test_a_leader_instructs_and_the_unit_does_it(visitor: Visitor, others: list[Visitor]) -> None:
    page = visitor.sign_in(LEADER)
    visitor.open("/board?agreement=TS-BBN-2023&period=2024-Q1")
    link = page.locator(f"a[href*='/instructions/new'][href*='unit={UNIT}']").first
    visitor.open(str(link.get_attribute("href")))
    assert page.locator(f"input[name=units][value={UNIT}]").is_checked()
    assert faults(page) == []
    page.fill("#f-text", "Rà soát việc đặt mua báo và báo cáo kết quả")
    page.fill("#f-due", day_after(visitor.city, 14))
    page.locator("form.asking .buttons button").click()
    if page.locator("input[name=take]").count():
        page.locator("form.asking .buttons button").click()
    page.wait_for_url("**/instructions/TS-BBN-2023/YK-*")
    given = page.url
    assert faults(page) == []
    address = visitor.city.address + str(
        page.locator("main table a[href^='/tasks/']").first.get_attribute("href")
    )

    unit, reviewer = others
    unit.sign_in(UNIT)
    work = unit.open("/work")
    assert "Rà soát việc đặt mua báo" in work.locator("main").inner_text()
    hand_in(unit.page, address)
    confirm(reviewer.sign_in(REVIEWER), address)

    page.goto(given)
    assert "1/1 đơn vị đã hoàn thành" in page.locator("main").inner_text()
    visitor.open("/instructions")
    assert faults(page) == []
    assert visitor.complaints == []


def test_the_other_party_asks_and_is_answered(visitor: Visitor, others: list[Visitor]) -> None:
    page = visitor.sign_in(OTHER_PARTY)
    assert page.url.endswith("/received")
    assert faults(page) == []
    page.locator("a[href='/meetings/request']").first.click()
    page.wait_for_url("**/meetings/request")
    page.select_option("#f-kind", "de-nghi-di-co-so")
    page.fill("#f-convener", "bao-bac-ninh")
    page.fill("#f-addressed", UNIT)
    page.fill("#f-on", day_after(visitor.city, 0))
    page.fill("#f-title", "Xin đi cơ sở viết về làng nghề")
    page.locator("main form[action='/meetings/request'] button").click()
    page.wait_for_url("**/meetings/*")
    visitor.open("/received")
    answer = page.locator("#requests tr").filter(has_text="Xin đi cơ sở viết về làng nghề")
    address = visitor.city.address + str(
        answer.locator("a[href^='/tasks/']").first.get_attribute("href")
    )

    unit, _ = others
    work = unit.sign_in(UNIT)
    work.goto(address)
    assert "Xin đi cơ sở" in work.locator("main").inner_text()
    assert visitor.complaints == []
