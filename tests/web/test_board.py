"""A board shows the report's figures, to each person those of their scope, down to the tasks."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, insert

from reports import reach
from reports.boards import behind
from reports.boards import board as board_values
from reports.boards.behind import Figure, tasks_behind
from reports.boards.board import Asked
from reports.boards.keeping import keep_figures
from reports.boards.overview import overview
from reports.drafting import Basis, draft_report
from reports.figures import added
from reports.reach import tasks_reached
from reports.windows import lag_of, period_of, periods_offered, running_period, window_of
from tests import worlds
from tests.reports import quarter
from tests.reports.fates import ask, the_task
from tests.reports.quarter import AS_OF, CODE
from tests.web.conftest import Web, with_password
from web.pages import board as board_page
from web.pages import board_tasks
from web.pages.board_looks import chart
from workflow import catalogue
from workflow.coverage import prove_coverage
from workflow.domain.errors import Refusal
from workflow.domain.roles import Grant, Role
from workflow.domain.tally import Box
from workflow.journal import Act
from workflow.store.evidence import doubt
from workflow.store.people import person
from workflow.store.submissions import submission
from workflow.store.tasks import task

if TYPE_CHECKING:
    from typing import Any

    from reports.boards.board import Overview
    from tests.web.conftest import Browser

PAGES = ("/board", "/board/matrix", "/board/summary", "/board/tasks")
Q1 = f"agreement={CODE}&period=2024-Q1"


@pytest.fixture
def lived(web: Web) -> Web:
    """A quarter that has ended, on the 5th of April at nine."""
    for db in web.founding(f"{__name__}.lived"):
        quarter.lived(db)
        quarter.office(db)
        db.execute(
            insert(person).values(
                key="nguoi-moi", name="Người mới", created_by="system:test", created_at=AS_OF
            )
        )
        for key in ("quan-tri", "lanh-dao", "lanh-dao-bao", "lanh-dao-khac", "can-bo", "nguoi-moi"):
            with_password(db, key)
    web.clock.move_to(AS_OF)
    return web


def stands(web: Web, **more: Any) -> Overview:
    with web.engine.begin() as db:
        asked = Asked(**{"period": "2024-Q1", "at": AS_OF, **more})
        return overview(db, catalogue.kept(db, CODE), asked=asked)


def text_of(page: str) -> str:
    """What a reader sees of a page, in one line."""
    main = page.split('<main id="content">')[1].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def cards(browser: Browser, address: str) -> dict[str, int]:
    """The numbers of the cards by the box that they lead to."""
    found = re.findall(
        r'class="card[^"]*" href="([^"]*)">.*?<strong>([\d.]+)</strong>',
        browser.get(address).text,
        re.DOTALL,
    )
    assert found
    return {
        (re.findall(r"state=(\w+)", href) or ["total"])[0]: int(number.replace(".", ""))
        for href, number in found
    }


# --- the figures are the report's ---------------------------------------------------------


def test_every_figure_is_the_one_of_the_report(lived: Web) -> None:
    with lived.engine.begin() as db:
        report = quarter.report(db)
    board = stands(lived)
    assert board.total == report.total
    assert board.duties == tuple(
        replace(one, defaulters=()) for one in report.duties if one.line.boxes.total
    )
    assert board.units.lines == tuple(one for one in report.units if one.line.boxes.total)
    assert board.units.pairs == {
        (pair.unit, pair.obligation): pair.line for pair in report.pairs if pair.line.boxes.total
    }
    assert (board.cut_off, board.previous_cut_off) == (report.cut_off, report.previous_cut_off)
    assert not board.is_running


def test_a_report_cut_off_later_moves_the_board_with_it(lived: Web) -> None:
    cut_off, now = worlds.at("2024-04-20"), worlds.at("2024-04-25")
    lived.clock.move_to(now)
    with lived.engine.begin() as db:
        coverage = prove_coverage(db, agreement=CODE, at=now)
        basis = Basis(coverage=coverage, is_simulated=False, cut_off=cut_off)
        act = Act(by="quan-tri", at=now)
        draft_report(db, agreement=CODE, period="2024-Q1", basis=basis, act=act)
        report = quarter.report(db, cut_off=cut_off, as_of=now)
    # Until then one ward had bought, and the extension of the other had run out.
    assert report.total != stands(lived, at=now).total
    browser = lived.signed_in("quan-tri")
    found = cards(browser, f"/board?{Q1}")
    assert found["total"] == report.total.boxes.total
    assert found["not_done_overdue"] == report.total.boxes.not_done_overdue
    assert "09:00 20/04/2024" in text_of(browser.get(f"/board?{Q1}").text)
    behind = text_of(browser.get(f"/board/tasks?{Q1}&state=not_done_overdue").text)
    assert "Chưa hoàn thành, quá hạn: 1" in behind


def test_what_a_report_counted_is_not_carried_over_again(lived: Web) -> None:
    with lived.engine.begin() as db:
        kept = catalogue.kept(db, CODE)
    q1, early, h1 = (
        ("2024-Q1", worlds.at("2024-04-09", "00:00")),
        ("2023-Q4", worlds.at("2023-12-15")),
        ("2024-Q1", worlds.at("2024-04-04", "00:00")),
    )
    days = timedelta(days=1)
    assert lag_of(kept, [], period="2024-Q1") == 0 * days
    assert lag_of(kept, [q1], period="2024-Q2") == 8 * days
    assert lag_of(kept, [q1, h1], period="2024-Q1") == 3 * days
    # A report cut off within its period speaks for that one alone.
    assert lag_of(kept, [q1, early], period="2024-Q2") == 8 * days
    assert lag_of(kept, [early], period="2024-Q2") == 0 * days
    assert lag_of(kept, [early], period="2023-Q4") < 0 * days
    window = window_of(kept, period_of(kept, "2024-Q2"), at=worlds.at("2024-05-01"), lag=8 * days)
    assert (window.previous_cut_off, window.cut_off) == (q1[1], worlds.at("2024-05-01"))


def test_the_page_shows_boxes_rates_and_the_sum(lived: Web) -> None:
    browser = lived.signed_in("quan-tri")
    found = cards(browser, f"/board?{Q1}")
    boxes = stands(lived).total.boxes
    expected: dict[str, int] = {
        box.value: getattr(boxes, box.value) for box in Box if box.value in found
    }
    assert found == {"total": 10} | expected
    assert {"suspended", "waived", "no_due_day"} < set(found)
    page = text_of(browser.get(f"/board?{Q1}").text)
    assert "1 kỳ trước chuyển sang + 9 giao trong kỳ" in page
    assert "66,7%" in page
    assert "hoàn thành ÷ (hoàn thành + quá hạn + chờ xác nhận đã qua hạn) = 4 ÷ 6" in page
    assert "hoàn thành ÷ tổng số = 4 ÷ 10" in page
    assert "Ngoài tổng số: 1 đã hủy, 1 có hạn trước khi bắt đầu theo dõi." in page
    assert "Quý I/2024" in page
    assert "00:00 01/04/2024" in page
    assert "09:00 05/04/2024" in page


def test_a_side_and_an_obligation_are_the_lines_of_the_report(lived: Web) -> None:
    with lived.engine.begin() as db:
        report = quarter.report(db)
    browser = lived.signed_in("quan-tri")
    for side in report.sides:
        assert stands(lived, party=side.code).total == side.line
        found = cards(browser, f"/board?{Q1}&party={side.code}")
        assert found["total"] == side.line.boxes.total
    for duty in report.duties:
        assert stands(lived, obligation=duty.code).total == duty.line
    assert stands(lived, obligation="MUA", party="bbn").total.boxes.total == 0
    assert "chưa" in text_of(browser.get(f"/board?{Q1}&obligation=MUA&party=bbn").text).lower()


def test_quarters_are_each_their_own_table(lived: Web) -> None:
    board = stands(lived, period="2024-Q1")
    with lived.engine.begin() as db:
        before = quarter.report(db, period="2023-Q4", cut_off=worlds.at("2024-01-01", "00:00"))
    assert [one.period.key for one in board.quarters] == ["2023-Q4", "2024-Q1"]
    assert board.quarters[0].line == before.total
    assert board.quarters[1].line == board.total
    page = lived.signed_in("quan-tri").get(f"/board?{Q1}").text
    assert page.count('class="trend__due"') == 2
    assert "style=" not in page
    assert "<style" not in page


def test_a_running_period_counts_nothing_as_overdue_that_is_not_due(lived: Web) -> None:
    now = worlds.at("2024-05-15")
    lived.clock.move_to(now)
    browser = lived.signed_in("quan-tri")
    page = browser.get("/board").text
    assert "Quý II/2024" in text_of(page)
    assert "đang trong kỳ" in text_of(page)
    board = stands(lived, period="2024-Q2", at=now)
    # DOC of April is overdue for both wards, that of May and June is not; nor is buying.
    assert board.units.pairs["a", "DOC"].boxes.not_done_overdue == 1 + 0
    assert board.units.pairs["a", "MUA"].boxes.not_done_overdue == 0
    assert board.is_running
    assert board.cut_off == now
    assert cards(browser, "/board")["not_done_overdue"] == board.total.boxes.not_done_overdue


def test_outside_its_days_an_agreement_shows_its_nearest_quarter(lived: Web) -> None:
    with lived.engine.begin() as db:
        kept = catalogue.kept(db, CODE)
    assert running_period(kept, today=date(2020, 1, 1)).key == "2023-Q4"
    assert running_period(kept, today=date(2030, 1, 1)).key == "2025-Q4"
    offered = periods_offered(kept, today=date(2024, 5, 1))
    assert [one.key for ones in offered.values() for one in ones] == [
        *("2024-Q2", "2024-Q1", "2023-Q4"),
        *(f"2024-{month:02}" for month in (5, 4, 3, 2, 1)),
        *("2023-12", "2023-11", "2023-10"),
        *("2024-H1", "2023-H2"),
        "2024-9M",
        *("2024", "2023"),
        "programme",
    ]


# --- where figures lead --------------------------------------------------------------------


@pytest.mark.parametrize("few", [None, 1000, 0], ids=["counted", "kept, few", "kept, many"])
def test_behind_every_figure_are_exactly_its_tasks(
    lived: Web, monkeypatch: pytest.MonkeyPatch, few: int | None
) -> None:
    """By due day where they are few or counted now, else by unit: each exactly once."""
    board = stands(lived)
    asked = Asked(period="2024-Q1", at=AS_OF)
    with lived.engine.begin() as db:
        if few is not None:
            monkeypatch.setattr(behind, "_FEW", few)
            keep_figures(db, at=AS_OF)
            # What happens afterwards is of the next look, as on the board.
            ask(db, the_task(db, "DOC", "b", "2024-05").id, "waiver", "2024-04-06")
            asked = replace(asked, at=AS_OF + timedelta(seconds=50))
        kept = catalogue.kept(db, CODE)
        held = [Grant(role=Role.UNIT_OFFICER, unit="a")]
        mine = partial(tasks_reached, db, held, at=AS_OF)

        def number(figure: Figure, **more: Any) -> int:
            wanted = replace(asked, **more)
            seen: list[int] = []
            days: list[tuple[int, date | None]] = []
            count, page = tasks_behind(db, kept, asked=wanted, figure=figure, start=0, at_most=3)
            while page:
                seen += [row.id for row in page]
                days += [(row.unit_id if few == 0 else 0, row.due_on) for row in page]
                _, page = tasks_behind(
                    db, kept, asked=wanted, figure=figure, start=len(seen), at_most=3
                )
            assert count == len(seen) == len(set(seen))
            if few != 0:
                assert days == sorted(days, key=lambda one: one[1] or date.max)
            else:
                units = [unit_id for unit_id, _ in days]
                assert units == sorted(units, key=units.index)
            return count

        assert number(Figure()) == board.total.boxes.total
        for box in Box:
            assert number(Figure(box=box)) == getattr(board.total.boxes, box.value)
        for band, overdue in enumerate(board.total.overdue):
            assert number(Figure(box=Box.NOT_DONE_OVERDUE, band=band)) == overdue
        for (unit, duty), line in board.units.pairs.items():
            assert number(Figure(unit=unit), obligation=duty) == line.boxes.total
        assert number(Figure(box=Box.DONE_LATE, band=1)) == 0
        own = next(one for one in board.units.lines if one.key == "a")
        assert number(Figure(), within=lambda rows: mine(rows=rows)) == own.line.boxes.total


def test_a_figure_opens_its_tasks(lived: Web) -> None:
    browser = lived.signed_in("quan-tri")
    page = browser.get(f"/board?{Q1}").text
    links = {unescape(one) for one in re.findall(r'href="(/board/tasks[^"]*)"', page)}
    assert len(links) > 10
    for link in links:
        answer = browser.get(link)
        assert answer.status_code == 200, link
    found = text_of(browser.get(f"/board/tasks?{Q1}&state=not_done_overdue&unit=a").text)
    assert "Phường Ấp Bắc · " not in found
    assert "Phường Ấp Bắc" in found
    assert "Mua báo" in found
    assert "20/03/2024" in found
    carried = text_of(browser.get(f"/board/tasks?{Q1}&state=done_late&obligation=DOC").text)
    assert "kỳ trước chuyển sang" in carried
    outside = text_of(browser.get(f"/board/tasks?{Q1}&state=cancelled").text)
    assert "Đăng bài" in outside
    nothing = text_of(browser.get(f"/board/tasks?{Q1}&state=done_late&unit=bao").text)
    assert "không có nhiệm vụ nào" in nothing
    band = text_of(browser.get(f"/board/tasks?{Q1}&state=not_done_overdue&band=1").text)
    assert "từ 7 đến 29 ngày: 1" in band


def test_tasks_are_paged(lived: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_tasks, "TASKS_A_PAGE", 3)
    browser = lived.signed_in("quan-tri")
    address, seen = f"/board/tasks?{Q1}", []
    while address:
        page = browser.get(address).text
        seen += re.findall(r'href="/tasks/(\d+)"', page)
        more = re.findall(r'href="(/board/tasks[^"]*start=\d+)"', page)
        address = unescape(more[0]) if more else ""
    assert len(seen) == len(set(seen)) == 10


# --- units ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("name", "Phường Ân Thịnh"),
        ("-name", "Báo Bắc Ninh"),
        ("-overdue", "Phường Ấp Bắc"),
        ("total", "Báo Bắc Ninh"),
        ("vui", "Phường Ân Thịnh"),
    ],
)
def test_units_are_sorted_by_a_column(lived: Web, sort: str, first: str) -> None:
    page = lived.signed_in("quan-tri").get(f"/board?{Q1}&sort={sort}").text
    table = page.split('<h2 id="units">')[1]
    named = [name for name in re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', table) if name]
    assert sorted(named) == sorted(["Phường Ấp Bắc", "Phường Ân Thịnh", "Báo Bắc Ninh"])
    assert named[0] == first
    assert "aria-sort" in table


def test_units_without_a_rate_come_last_whichever_way(lived: Web) -> None:
    browser = lived.signed_in("quan-tri")
    for sort in ("due", "-due"):
        table = browser.get(f"/board?{Q1}&sort={sort}").text.split('<h2 id="units">')[1]
        named = re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', table)
        assert named[-1] == "Báo Bắc Ninh"


def test_units_are_paged(lived: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_page, "UNITS_A_PAGE", 2)
    monkeypatch.setattr(board_page, "ROWS_A_PAGE", 2)
    browser = lived.signed_in("quan-tri")
    for path in ("/board", "/board/matrix"):
        page = browser.get(f"{path}?{Q1}").text
        more = unescape(re.findall(rf'href="({path}\?[^"]*start=2[^"]*)"', page)[0])
        rest = text_of(browser.get(more).text)
        assert sum(name in rest for name in ("Phường Ấp Bắc", "Phường Ân Thịnh")) <= 1 + (
            path == "/board/matrix"
        )


def test_the_best_and_the_worst_are_named_where_there_are_enough(
    lived: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = lived.signed_in("quan-tri")
    assert "tỷ lệ thấp nhất" not in text_of(browser.get(f"/board?{Q1}").text)
    monkeypatch.setattr(board_values, "RANKED_FROM", 2)
    page = text_of(browser.get(f"/board?{Q1}").text)
    # a: 3 of 5 due are done; b: 1 of 1.
    worst = page.split("tỷ lệ thấp nhất")[1].split("tỷ lệ cao nhất")
    assert "Phường Ấp Bắc" in worst[0]
    assert "3 / 5" in worst[0]
    assert "Phường Ân Thịnh" in worst[1][:120]


# --- the matrix and the one page -----------------------------------------------------------


def test_the_matrix_has_a_sign_and_a_word_for_each_pair(lived: Web) -> None:
    page = lived.signed_in("quan-tri").get(f"/board/matrix?{Q1}").text
    assert page.count("cell cell--") >= 5
    body = page.split('<table class="matrix">')[1].split("</table>")[0]
    row = body.split("Phường Ấp Bắc")[1].split("</tr>")[0]
    assert "cell--overdue" in row
    assert "chưa hoàn thành, quá hạn" in row
    assert "Phường</span>" in body
    assert body.count("<td></td>") == 4
    assert 'scope="rowgroup"' in body


def test_a_future_pair_is_neutral(lived: Web) -> None:
    page = lived.signed_in("quan-tri").get(f"/board/matrix?agreement={CODE}&period=2024-Q2").text
    body = page.split('<table class="matrix">')[1].split("</table>")[0]
    row = body.split("Phường Ân Thịnh")[1].split("</tr>")[0]
    assert "cell--open" in row


def test_the_one_page_says_what_waits(lived: Web) -> None:
    with lived.engine.begin() as db:
        waits = the_task(db, "DOC", "a", "2024-02").id
        db.execute(task.update().where(task.c.id == waits).values(state="in_review"))
        db.execute(
            insert(submission).values(
                task_id=waits,
                number=9,
                submitted_at=AS_OF,
                submitted_by="can-bo",
                counted_at=AS_OF,
                referred_at=AS_OF,
            )
        )
        ask(db, the_task(db, "DOC", "b", "2024-05").id, "extension", "2024-04-02")
        ask(db, the_task(db, "DOC", "b", "2024-06").id, "waiver", "2024-04-02")
        ask(db, the_task(db, "DOC", "a", "2024-06").id, "suspension", "2024-04-02")
        basis = Basis(coverage=prove_coverage(db, agreement=CODE, at=AS_OF), is_simulated=False)
        act = Act(by="quan-tri", at=AS_OF)
        draft_report(db, agreement=CODE, period="2024-Q1", basis=basis, act=act)
    page = text_of(lived.signed_in("lanh-dao").get(f"/board/summary?{Q1}").text)
    for said in (
        "1 kết quả chờ xác nhận",
        "1 đề nghị gia hạn",
        "1 đề nghị miễn",
        "1 đề nghị tạm hoãn",
        "1 nghi vấn",
        "Báo cáo, Quý I/2024: chờ duyệt",
        "từ 7 đến 29 ngày 1",
        "Quý trước",
    ):
        assert said in page, said
    # Whoever stands for a unit sees what waits of its own, and no report.
    own = text_of(lived.signed_in("can-bo").get(f"/board/summary?{Q1}").text)
    assert "1 kết quả chờ xác nhận" in own
    assert "gia hạn" not in own
    assert "chờ duyệt" not in own


def test_of_very_many_that_wait_it_is_said_that_there_are_more(
    lived: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "MOST", 1)
    monkeypatch.setattr(board_page, "MOST", 1)
    with lived.engine.begin() as db:
        for occasion in ("2024-05", "2024-06"):
            ask(db, the_task(db, "DOC", "b", occasion).id, "extension", "2024-04-02")
    page = text_of(lived.signed_in("lanh-dao").get(f"/board/summary?{Q1}").text)
    assert "hơn 1 đề nghị gia hạn" in page
    assert " 1 nghi vấn" in page


def test_where_nothing_waits_that_is_said(lived: Web) -> None:
    with lived.engine.begin() as db:
        db.execute(doubt.update().values(settled_at=AS_OF, settled_by="x", settlement="kept"))
    page = text_of(lived.signed_in("quan-tri").get(f"/board/summary?agreement={CODE}").text)
    assert "Không có việc nào chờ quyết định." in page


# --- kept figures -----------------------------------------------------------------------


def test_a_board_shows_what_was_kept_with_its_instant_and_to_each_their_own(lived: Web) -> None:
    whole, own = stands(lived), next(one for one in stands(lived).units.lines if one.key == "a")
    with lived.engine.begin() as db:
        keep_figures(db, at=AS_OF)
    lived.clock.move_to(AS_OF + timedelta(seconds=50))
    with lived.engine.begin() as db:
        db.execute(task.update().values(is_history=True))
    for path in ("/board", "/board/summary"):
        browser = lived.signed_in("quan-tri")
        assert cards(browser, f"{path}?{Q1}")["total"] == whole.total.boxes.total
        assert "09:00 05/04/2024" in text_of(browser.get(f"{path}?{Q1}").text)
        assert cards(lived.signed_in("can-bo"), f"{path}?{Q1}")["total"] == own.line.boxes.total
    assert "Ân Thịnh" not in lived.signed_in("can-bo").get(f"/board/matrix?{Q1}").text
    with lived.engine.begin() as db:
        keep_figures(db, at=AS_OF + timedelta(seconds=50))
    assert cards(lived.signed_in("quan-tri"), f"/board?{Q1}")["total"] == 0


# --- scope ----------------------------------------------------------------------------------


def test_a_units_person_sees_the_figures_of_the_unit_alone(lived: Web) -> None:
    own = next(one for one in stands(lived).units.lines if one.key == "a")
    browser = lived.signed_in("can-bo")
    assert cards(browser, f"/board?{Q1}")["total"] == own.line.boxes.total
    for path in PAGES:
        page = browser.get(f"{path}?{Q1}").text
        assert "Ân Thịnh" not in page
        assert ">Báo Bắc Ninh</a>" not in page
    assert "0" in text_of(browser.get(f"/board/tasks?{Q1}&unit=b").text)
    assert "/reports/" not in browser.get(f"/board?{Q1}").text
    assert "trong phạm vi được xem" in text_of(browser.get(f"/board?{Q1}").text)


def test_a_leader_of_a_side_sees_what_it_owes_and_receives(lived: Web) -> None:
    with lived.engine.begin() as db:
        grants = [Grant(role=Role.LEADER, party="bbn")]
        within = tasks_reached(db, grants, at=AS_OF)
    total = stands(lived, within=lambda _: within).total
    assert 0 < total.boxes.total < 10
    browser = lived.signed_in("lanh-dao-bao")
    assert cards(browser, f"/board?{Q1}")["total"] == total.boxes.total


def test_the_figures_of_all_units_add_up(lived: Web) -> None:
    with lived.engine.begin() as db:
        grants = [Grant(role=Role.UNIT_OFFICER, unit=key) for key in ("a", "b", "bao")]
        apart = [tasks_reached(db, [one], at=AS_OF) for one in grants]
    totals = [stands(lived, within=lambda _, one=one: one).total for one in apart]
    assert added(totals) == stands(lived).total


@pytest.mark.parametrize("path", PAGES)
def test_who_has_nothing_to_see_sees_nothing(lived: Web, path: str) -> None:
    assert lived.stranger().get(f"{path}?{Q1}").url.path == "/signin"
    for key in ("nguoi-moi", "lanh-dao-khac"):
        browser = lived.signed_in(key)
        assert browser.get(f"{path}?{Q1}").status_code == 404
        assert "Chưa có chương trình phối hợp nào" in text_of(browser.get(path).text)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("agreement=khong-co", 404),
        ("period=2024-Q9", 422),
        ("period=2030-Q1", 422),
        ("party=khac", 404),
        ("obligation=<script>alert(1)</script>", 404),
        ("start=-1", 422),
    ],
)
def test_what_is_not_there_is_said(lived: Web, query: str, status: int) -> None:
    answer = lived.signed_in("quan-tri").get(f"/board?{query}")
    assert answer.status_code == status
    assert "<script>alert" not in answer.text


def test_a_box_that_there_is_not_is_refused(lived: Web) -> None:
    assert lived.signed_in("quan-tri").get("/board/tasks?state=vui").status_code == 404


def test_what_units_are_called_is_escaped(lived: Web) -> None:
    from workflow.store.units import unit_fact

    with lived.engine.begin() as db:
        db.execute(
            unit_fact.update()
            .where(unit_fact.c.fact == "name", unit_fact.c.value == "Phường Ấp Bắc")
            .values(value="<b>Ấp</b>")
        )
    browser = lived.signed_in("quan-tri")
    for path in PAGES:
        page = browser.get(f"{path}?{Q1}").text
        assert "<b>Ấp" not in page
    assert "&lt;b&gt;Ấp" in browser.get(f"/board?{Q1}").text


def test_a_fixed_number_of_statements(lived: Web) -> None:
    browser = lived.signed_in("quan-tri")
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append(statement)

    event.listen(lived.engine, "before_cursor_execute", note)
    for path, most in (("/board", 12), ("/board/matrix", 10), ("/board/summary", 12)):
        asked.clear()
        browser.get(f"{path}?{Q1}")
        assert len(asked) <= most, (path, len(asked))
    event.remove(lived.engine, "before_cursor_execute", note)


def test_a_drawing_without_quarters_has_no_bars() -> None:
    assert chart(()).groups == ()


def test_what_is_asked_for_and_is_not_there_is_refused(lived: Web) -> None:
    with pytest.raises(Refusal, match=r"overview\.unknown"):
        stands(lived, obligation="khong")
    with pytest.raises(Refusal, match=r"overview\.unknown"):
        stands(lived, party="khong")


def test_no_quarters_are_counted_where_none_are_asked_for(lived: Web) -> None:
    with lived.engine.begin() as db:
        kept = catalogue.kept(db, CODE)
        asked = Asked(period="2024-Q1", at=AS_OF)
        assert overview(db, kept, asked=asked, quarters=0).quarters == ()
