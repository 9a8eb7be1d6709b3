"""An agreement written in the browser from an empty installation, with its source beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.auditing import faults
from tests.browser.conftest import PHONE, Visitor

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

COORDINATOR, SECOND = "dieu-phoi", "chanh-van-phong"
SOURCE = """Chương trình phối hợp thử nghiệm
Hai bên cùng tuyên truyền về chuyển đổi số.
Mỗi đơn vị gửi báo cáo về việc đã làm trước ngày cuối tháng.
"""


def press(page: Page, name: str) -> None:
    """Press a button that leads to another page or shows this one again."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


@pytest.mark.parametrize(
    "visitor",
    [{}, {"script": False}, {"width": PHONE}],
    ids=["wide", "no script", "phone"],
    indirect=True,
)
def test_from_units_to_an_agreement_that_waits_for_a_second_person(
    visitor: Visitor, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    mark = re.sub(r"\W", "", request.node.callspec.id)
    page = visitor.sign_in(COORDINATOR)
    page.goto(f"{visitor.city.address}/units/new")
    page.fill("#f-units-0-name", f"Tổ công nghệ {mark}")
    page.fill("#f-units-0-kind", "to-cong-nghe")
    press(page, "Lưu các đơn vị này")

    page.goto(f"{visitor.city.address}/agreements/new")
    page.fill("#f-title", f"Chương trình thử {mark}")
    page.fill("#f-from", "2024-10-01")
    page.fill("#f-through", "2025-12-31")
    page.fill("#f-parties-0-name", "Thành phố")
    page.locator("input[name='parties.0.members.kinds'][value='to-cong-nghe']").check()
    press(page, "Lập bản dự thảo")
    address = page.url

    document = tmp_path / "goc.txt"
    document.write_text(SOURCE, encoding="utf-8")
    page.goto(f"{address}/source")
    page.locator("input[type=file]").set_input_files(str(document))
    press(page, "Thêm văn bản")
    assert "chuyển đổi số" in page.locator("#p2").inner_text()

    page.goto(f"{address}/duty")
    assert faults(page) == []
    page.fill("#f-title", "Gửi báo cáo tháng")
    page.fill("#f-clause-text", "Mỗi đơn vị báo cáo hằng tháng")
    page.locator("input[name=passage][value='3']").check()
    press(page, "Lấy đoạn đã chọn")
    assert page.input_value("#f-clause-place") == "Đoạn 3"
    page.locator("input[name='bearer.kinds'][value='to-cong-nghe']").check()
    page.select_option("#f-trigger-every", "month")
    page.select_option("#f-due-roll", "preceding")
    press(page, "Thêm bước")
    page.fill("#f-ladder-0-code", "nhac-viec")
    page.fill("#f-ladder-0-days", "3")
    page.select_option("#f-ladder-0-side", "before")
    press(page, "Kiểm tra và xem trước")
    shown = page.locator("#preview").inner_text()
    assert re.search(r"áp dụng cho \d+ đơn vị", shown)
    assert "31/10/2024" in shown
    press(page, "Lưu vào bản dự thảo")
    assert "Gửi báo cáo tháng" in page.locator("main").inner_text()
    assert page.get_by_role("button", name="Kích hoạt").count() == 0, "a second person does that"
    page.locator("a[href$='/source#p3']").first.wait_for()
    assert visitor.complaints == []


def test_the_preview_follows_what_is_typed(visitor: Visitor) -> None:
    page = visitor.sign_in(COORDINATOR)
    visitor.open("/agreements/TS-BBN-2023/duty?of=doc-bao")
    assert "áp dụng cho" in page.locator("#preview").inner_text()
    assert page.locator(".when-day").is_hidden(), "only what is chosen is shown"
    page.locator("input[name=trigger][value=day]").check()
    assert page.locator(".when-day").is_visible()
    page.fill("#f-trigger-day-day", "31")
    page.fill("#f-trigger-day-month", "2")
    page.locator("#preview").get_by_text("31/2").wait_for()
    page.fill("#f-trigger-day-month", "3")
    page.locator("#preview").get_by_text("31/03/2025").first.wait_for()
    assert visitor.complaints == []


def test_a_selected_passage_becomes_the_place_of_a_clause(visitor: Visitor, tmp_path: Path) -> None:
    document = tmp_path / "goc.txt"
    document.write_text(SOURCE, encoding="utf-8")
    page = visitor.sign_in(COORDINATOR)
    visitor.open("/agreements/TS-BBN-2023/source")
    page.locator("input[type=file]").set_input_files(str(document))
    press(page, "Thêm văn bản")
    visitor.open("/agreements/TS-BBN-2023/parts/clauses")
    page.evaluate(
        """() => {
          const words = document.querySelectorAll("[data-source] li span")[1].firstChild;
          document.getSelection().setBaseAndExtent(words, 0, words, 7);
        }"""
    )
    page.locator("input[name=passage][value='2']:checked").wait_for()
    press(page, "Lấy đoạn đã chọn cho điều khoản 1")
    assert page.input_value("#f-clauses-0-place") == "Đoạn 2: “Hai bên”"
    assert visitor.complaints == []
