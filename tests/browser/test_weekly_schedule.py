"""An office's weekly schedule in a real browser: sent, looked at, ticked, recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.browser.auditing import faults
from tests.browser.conftest import PHONE, Visitor
from workflow.examples.schedules import ScheduleEntry, SchedulePaper, schedule_docx, schedule_xlsx

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("visitor", "weeks"),
    [({}, 8), ({"width": PHONE}, 9), ({"script": False}, 10)],
    indirect=["visitor"],
    ids=["wide", "phone", "no-script"],
)
def test_a_week_is_loaded_by_ticks(visitor: Visitor, weeks: int, tmp_path: Path) -> None:
    today = visitor.city.clock.now().astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    title = f"Phiên họp chuyên đề số {weeks} của UBND thành phố"
    paper = SchedulePaper(
        office="Ủy ban nhân dân thành phố",
        number=weeks,
        from_on=monday,
        last_on=monday + timedelta(days=6),
        entries=(
            ScheduleEntry(on=monday, hour=8, content=title, chair="Chủ tịch"),
            ScheduleEntry(on=monday, hour=14, content="Tiếp công dân"),
        ),
    )
    write, name = (schedule_docx, "tuan.docx") if weeks % 2 else (schedule_xlsx, "tuan.xlsx")
    (tmp_path / name).write_bytes(write(paper))
    page = visitor.sign_in("dieu-phoi")
    visitor.open("/meetings/import")
    page.set_input_files("main input[type=file]", str(tmp_path / name))
    page.click("main form button")
    entry = page.locator(".entries tr").filter(has_text=title)
    entry.wait_for()
    assert entry.locator("input[type=checkbox]").is_checked()
    assert page.locator(".entries input[type=checkbox]:checked").count() == 1
    assert faults(page) == []
    page.click("button[value=record]")
    page.wait_for_url("**/meetings")
    assert page.get_by_role("link", name=title).is_visible()
    assert visitor.complaints == []


@pytest.mark.parametrize(("visitor", "is_open"), [({}, True), ({"width": PHONE}, False)],
                         indirect=["visitor"], ids=["wide", "phone"])  # fmt: skip
def test_long_tables_of_the_board_are_folded_on_a_phone(visitor: Visitor, is_open: bool) -> None:
    page = visitor.sign_in("thuong-truc")
    visitor.open("/board?agreement=TS-BBN-2023&period=2024-Q1")
    folded = page.locator("details[data-fold]").first
    assert folded.locator("table").is_visible() is is_open
    folded.locator("summary").click()
    assert folded.locator("table").is_visible() is not is_open
