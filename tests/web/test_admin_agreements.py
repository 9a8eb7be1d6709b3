"""Agreements on the pages: read in words, loaded with a preview, activated by another, amended."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.factories import PARTIES, duty, living, offices, paper
from tests.web.asking import statements_of
from tests.web.conftest import Web, with_password
from tests.worlds import act, agreement, at, day, obligation
from workflow import catalogue, definitions
from workflow.accounts import add_user, ensure_local_administrator
from workflow.domain.agreement import (
    AllOf,
    AnyOf,
    Channel,
    Count,
    Due,
    DueFrom,
    Fixed,
    FixedDay,
    LadderStep,
    Quota,
    Requirement,
    Roll,
    Title,
)
from workflow.domain.errors import Refusal
from workflow.domain.next_term import next_term
from workflow.domain.roles import Grant, Role
from workflow.domain.triggers import After, CalendarKind, Day, Event, Every, Length, Once, When
from workflow.intake.agreement_file import read_agreement, write_agreement
from workflow.registry import load_units
from workflow.store.agreements import agreement as agreement_table
from workflow.store.tasks import task

FORMS = (
    "/agreements/import",
    "/agreements/ct-01/activate",
    "/agreements/ct-01/end",
    "/agreements/ct-01/amend/import",
)
SAID = agreement(
    duty("mua-bao", due=Due(roll=Roll.FOLLOWING), beneficiary="bao"),
    duty("ngay-hop", trigger=Event(kind="hop")),
    duty("sau-do", trigger=After(obligation="mua-bao")),
    parties=PARTIES,
    titles=(Title(code="bbn", name="Báo Bắc Ninh"),),
)
AMENDMENT = """
agreement: ct-01
from: 2024-04-01
ground: Biên bản <i>số 5</i>
end: [mua-bao]
"""


@pytest.fixture
def city(web: Web) -> Web:
    """A living city; two administrators, a reviewer and an officer may sign in."""
    for db in web.founding(f"{__name__}.city"):
        living(db)
        for key in ("quan-tri", "quan-tri-2", "tham-dinh", "can-bo-a"):
            with_password(db, key)
    return web


@pytest.fixture
def empty(web: Web) -> Web:
    """Units and two administrators, and no agreement."""
    for db in web.founding(f"{__name__}.empty"):
        load_units(db, offices(), act=act())
        chief = ensure_local_administrator(db, name="Quản trị tại chỗ", at=at("2024-01-01"))
        for key in ("quan-tri", "quan-tri-2"):
            grants = [Grant(role=Role.ADMINISTRATOR)]
            add_user(db, key, name=f"Người {key}", grants=grants, act=act(by=chief))
            with_password(db, key)
    return web


def state_of(web: Web, code: str = "ct-01") -> str | None:
    with web.engine.begin() as db:
        query = select(agreement_table.c.state).where(agreement_table.c.code == code)
        return db.scalar(query)


def tasks_in(web: Web) -> int:
    with web.engine.begin() as db:
        query = select(func.count()).select_from(task).where(task.c.state != "cancelled")
        return int(db.scalar(query) or 0)


def main_of(text: str) -> str:
    return text.split("<main", 1)[1]


def test_a_stranger_is_asked_to_sign_in(city: Web) -> None:
    for address in ("/agreements", "/agreements/ct-01", "/agreements/import"):
        assert city.stranger().get(address).url.path == "/signin"


@pytest.mark.parametrize("key", ["tham-dinh", "can-bo-a"])
def test_whoever_does_not_define_reads_and_changes_nothing(city: Web, key: str) -> None:
    browser = city.signed_in(key)
    page = main_of(browser.get("/agreements/ct-01").text)
    assert "Nghĩa vụ mua-bao" in page
    assert "Sửa đổi từ một ngày" not in page
    assert browser.get("/agreements/import").status_code == 403
    assert browser.get("/agreements/ct-01/amend").status_code == 403
    assert browser.get("/agreements/ct-01/copy").status_code == 403
    before = tasks_in(city)
    for address in FORMS:
        sent = {"text": write_agreement(SAID), "do": "load", "on": "2024-06-01", "reason": "x"}
        assert browser.post(address, sent).status_code == 403
    assert (state_of(city), tasks_in(city)) == ("active", before)


def test_an_agreement_of_others_is_not_there(city: Web) -> None:
    with city.engine.begin() as db:
        from workflow.definitions import import_agreement

        import_agreement(db, agreement(code="ct-02", title="Việc khác"), act=act())
        grant = Grant(role=Role.ADMINISTRATOR, agreement="ct-02")
        add_user(db, "rieng", name="Riêng", grants=[grant], act=act(by="local"))
        with_password(db, "rieng")
    browser = city.signed_in("rieng")
    page = main_of(browser.get("/agreements").text)
    assert ("Việc khác" in page, "ct-01" in page) == (True, False)
    for address in ("", "/file", "/copy", "/amend"):
        assert browser.get(f"/agreements/ct-01{address}").status_code == 404
    assert browser.post("/agreements/ct-01/end", {"on": "2024-06-01"}).status_code == 403
    sent = {"text": write_agreement(SAID), "do": "load"}
    browser.get("/agreements/import")
    assert browser.post("/agreements/import", sent).status_code == 422, "of another agreement"
    assert state_of(city) == "active"


def test_the_page_of_an_agreement_tells_it_in_words(city: Web) -> None:
    page = main_of(city.signed_in("quan-tri").get("/agreements/ct-01").text)
    assert "mỗi quý" in page
    assert "ngày cuối kỳ" in page
    assert "2 đơn vị" in page
    assert "cho: Báo" in page
    assert "Điều một" in page


def test_a_page_of_an_agreement_asks_little(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    assert statements_of(city, lambda: browser.get("/agreements/ct-01")) <= 12
    assert statements_of(city, lambda: browser.get("/agreements")) <= 12


def test_an_agreement_that_is_not_there(city: Web) -> None:
    assert city.signed_in("quan-tri").get("/agreements/khong").status_code == 404


def test_the_empty_list_says_what_to_do_first(empty: Web) -> None:
    page = main_of(empty.signed_in("quan-tri").get("/agreements").text)
    assert "Chưa có chương trình phối hợp nào" in page
    assert 'href="/units/import"' in page


def test_every_problem_is_told_with_its_line_and_the_text_stays(empty: Web) -> None:
    browser = empty.signed_in("quan-tri")
    browser.get("/agreements/import")
    text = write_agreement(SAID).replace("clause: d1", "clause: d9").replace("title:", "titel:", 1)
    answer = browser.post("/agreements/import", {"text": text + "# <script>", "do": "load"})
    page = main_of(answer.text)
    assert answer.status_code == 422
    assert "titel: " in page
    assert "# &lt;script&gt;" in page
    lines = re.findall(r'data-label="Dòng">(\d+)<', page)
    assert len(lines) >= 4
    assert lines == sorted(lines, key=int)
    assert "obligations[0].clause" in page
    assert state_of(empty) is None


def test_a_text_that_is_no_yaml(empty: Web) -> None:
    browser = empty.signed_in("quan-tri")
    browser.get("/agreements/import")
    for text in ("a: [", "", "- x"):
        assert browser.post("/agreements/import", {"text": text}).status_code == 422


def test_the_preview_shows_days_reasons_units_and_load_and_saves_nothing(empty: Web) -> None:
    browser = empty.signed_in("quan-tri")
    browser.get("/agreements/import")
    page = main_of(browser.post("/agreements/import", {"text": write_agreement(SAID)}).text)
    assert "Ngày 31/03/2024 là Chủ nhật" in page, "why the day was moved"
    assert "01/04/2024" in page
    assert "mỗi khi có sự kiện loại “hop”" in page
    assert "khi một nghĩa vụ khác hoàn thành" in page
    assert "8 nhiệm vụ, tuần nhiều nhất có 2" in page
    assert "Tuần từ" in page
    assert state_of(empty) is None


def test_what_is_refused_halfway_leaves_nothing_behind(
    empty: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = definitions.import_agreement

    def halfway(*given: Any, **facts: Any) -> None:
        whole(*given, **facts)
        raise Refusal("agreement.not_draft", agreement="ct-01", state="active")

    monkeypatch.setattr(definitions, "import_agreement", halfway)
    browser = empty.signed_in("quan-tri")
    browser.get("/agreements/import")
    answer = browser.post("/agreements/import", {"text": write_agreement(SAID), "do": "load"})
    assert answer.status_code == 422
    assert state_of(empty) is None


def test_a_file_is_read_like_a_text_and_loaded(empty: Web) -> None:
    browser = empty.signed_in("quan-tri")
    browser.get("/agreements/import")
    content = write_agreement(SAID).replace("\n", "\r\n").encode("utf-8-sig")
    files = {"files": ("ct.yaml", content, "application/yaml")}
    answer = browser.post("/agreements/import", {"do": "load"}, files=files)
    assert answer.url.path == "/agreements/ct-01"
    assert "người thứ hai" in answer.text
    with empty.engine.begin() as db:
        assert catalogue.kept(db, "ct-01").says == SAID


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\xff\xfe\x00", "không phải văn bản UTF-8"), (b"#" * 1_000_001, "1 MB")],
)
def test_a_file_that_cannot_be_read(empty: Web, content: bytes, sentence: str) -> None:
    browser = empty.signed_in("quan-tri")
    browser.get("/agreements/import")
    files = {"files": ("ct.yaml", content, "application/yaml")}
    answer = browser.post("/agreements/import", {}, files=files)
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_who_loaded_a_draft_does_not_activate_it_and_another_does(empty: Web) -> None:
    first, second = empty.signed_in("quan-tri"), empty.signed_in("quan-tri-2")
    first.get("/agreements/import")
    page = first.post("/agreements/import", {"text": write_agreement(SAID), "do": "load"}).text
    assert "phải do người khác duyệt" in page
    assert first.post("/agreements/ct-01/activate").status_code == 422
    assert (state_of(empty), tasks_in(empty)) == ("draft", 0)
    page = second.get("/agreements/ct-01").text
    assert "Người quan-tri nhập" in page
    answer = second.post("/agreements/ct-01/activate")
    assert "lập mới" in answer.text
    assert state_of(empty) == "active"
    assert tasks_in(empty) > 0
    assert second.post("/agreements/ct-01/activate").status_code == 422


def test_a_draft_is_changed_in_the_editor_and_an_active_one_is_not_loaded_again(
    empty: Web,
) -> None:
    browser = empty.signed_in("quan-tri")
    browser.get("/agreements/import")
    browser.post("/agreements/import", {"text": write_agreement(SAID), "do": "load"})
    page = browser.get("/agreements/import", params={"of": "ct-01"}).text
    assert "code: ct-01" in page
    second = empty.signed_in("quan-tri-2")
    second.get("/agreements/ct-01")
    second.post("/agreements/ct-01/activate")
    answer = browser.post("/agreements/import", {"text": write_agreement(SAID), "do": "load"})
    assert (answer.status_code, "ct-01" in answer.text) == (422, True)


def test_an_amendment_is_shown_before_it_is_saved(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    assert "agreement: ct-01" in browser.get("/agreements/ct-01/amend").text
    before = tasks_in(city)
    answer = browser.post("/agreements/ct-01/amend/import", {"text": AMENDMENT})
    page = main_of(answer.text)
    assert "Nghĩa vụ kết thúc" in page
    assert "đã hủy" in page
    assert "&lt;i&gt;số 5" in page
    assert tasks_in(city) == before, "only shown"
    answer = browser.post("/agreements/ct-01/amend/import", {"text": AMENDMENT, "do": "save"})
    assert answer.url.path == "/agreements/ct-01"
    assert tasks_in(city) < before
    assert "01/04/2024" in answer.text


@pytest.mark.parametrize(
    "text", ["agreement: ct-09\nfrom: 2024-04-01\nground: x\nend: [mua-bao]\n", "end: [khong-co]"]
)
def test_a_wrong_amendment_is_told_with_its_place(city: Web, text: str) -> None:
    browser = city.signed_in("quan-tri")
    browser.get("/agreements/ct-01/amend")
    before = tasks_in(city)
    answer = browser.post("/agreements/ct-01/amend/import", {"text": text, "do": "save"})
    assert answer.status_code == 422
    assert text.splitlines()[0] in answer.text
    assert tasks_in(city) == before


def test_an_agreement_ends_with_a_reason(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    browser.get("/agreements/ct-01")
    for wrong in ({"on": "2024-06-01"}, {"on": "hôm qua", "reason": "x"}, {"on": "2030-01-01"}):
        assert browser.post("/agreements/ct-01/end", wrong).status_code == 422
        assert state_of(city) == "active"
    answer = browser.post("/agreements/ct-01/end", {"on": "01/06/2024", "reason": "Công văn 12"})
    assert "01/06/2024" in answer.text
    assert "Đã kết thúc ngày" in answer.text
    assert state_of(city) == "ended"


def test_the_file_loads_again(city: Web) -> None:
    answer = city.signed_in("can-bo-a").get("/agreements/ct-01/file")
    assert "attachment" in answer.headers["content-disposition"]
    with city.engine.begin() as db:
        assert read_agreement(answer.text) == catalogue.kept(db, "ct-01").says


def test_the_copy_for_the_next_term_loads(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    page = browser.get("/agreements/ct-01/copy").text
    assert "code: ct-01-2" in page
    assert "from: 2026-01-01" in page


def test_a_next_term_moves_days_and_leaves_what_ended() -> None:
    ended = obligation("da-het", effective_until=day("2025-01-01"))
    once = obligation("mot-lan", trigger=Once(on=day("2025-06-30")))
    rule = obligation("theo-luat", trigger=Every(rule="FREQ=WEEKLY", starts=day("2024-01-01")))
    first = obligation("doi", effective_until=day("2025-01-01"), title="Trước")
    then = obligation("doi", effective_from=day("2025-01-01"), title="Sau")
    moved = next_term(agreement(ended, once, rule, first, then, number="01"), code="x")
    assert (moved.starts_on, moved.ends_on) == (day("2026-01-01"), day("2028-01-01"))
    assert (moved.number, moved.tracked_from) == ("", day("2026-01-01"))
    by_code = {one.code: one for one in moved.obligations}
    assert set(by_code) == {"mot-lan", "theo-luat", "doi"}
    assert by_code["doi"].title == "Sau"
    assert by_code["mot-lan"].trigger == Once(on=day("2027-06-30"))
    trigger = by_code["theo-luat"].trigger
    assert isinstance(trigger, Every)
    assert trigger.starts == day("2026-01-01")
    assert {one.effective_from for one in moved.obligations} == {day("2026-01-01")}


def test_every_form_of_duty_is_said_in_words() -> None:
    from web.duty_words import due_words, in_words, owed_words, proof_lines, step_words
    from workflow.i18n import translator

    say = translator("en")
    assert owed_words(say, Once(on=day("2024-05-01"))) == "once, on 2024-05-01"
    assert owed_words(say, Every(period=Length.YEAR)) == "every year"
    rule = Every(rule="FREQ=WEEKLY", starts=day("2024-01-01"))
    assert owed_words(say, rule) == "by the rule FREQ=WEEKLY from 2024-01-01"
    lunar = Day(month=3, day=15, calendar=CalendarKind.LUNAR, before=7, after=1)
    assert owed_words(say, lunar) == (
        "every year on 15/3 of the lunar calendar, from 7 days before to 1 days after"
    )
    assert owed_words(say, Day(month=6, day=21)) == "every year on 21/6"
    assert owed_words(say, After(obligation="x", days=2)) == "2 days after “x” is fulfilled"
    when = When(figure="ty-le", period=Length.QUARTER, below=Decimal(1))
    assert owed_words(say, when) == "every quarter, where the figure “ty-le” is below 1"
    assert due_words(say, Due(fixed=FixedDay(day=25))) == "day 25 of the last month of the period"
    assert "month before" in due_words(say, Due(fixed=FixedDay(day=20, month=0)))
    assert "month 2 of the period" in due_words(say, Due(fixed=FixedDay(day=5, month=2)))
    assert "month 2 from the end" in due_words(say, Due(fixed=FixedDay(day=5, month=-2)))
    working = Due(reckoned=DueFrom.DAY, offset=-2, count=Count.WORKING, opens=10, report_by=3)
    assert due_words(say, working) == (
        "2 working days before the day itself; opens 10 days before; proof within 3 days after"
    )
    after = Due(reckoned=DueFrom.START, offset=3, count=Count.WORKING)
    assert due_words(say, after) == "3 working days after the first day of the period"
    assert due_words(say, Due(offset=3)) == "3 days after the last day of the period"
    assert due_words(say, Due(offset=-3)) == "3 days before the last day of the period"
    proof = AllOf(
        parts=(
            Requirement(code="a", check="invoice", title="Hóa đơn", quantity=Fixed(amount=3)),
            AnyOf(
                parts=(
                    Requirement(code="b", check="own", minimum=2),
                    Requirement(code="c", check="letter", quantity=Quota(title="bbn")),
                )
            ),
        )
    )
    assert proof_lines(say, proof) == [
        "all of:",
        "· Hóa đơn (an e-invoice), at least 3 in all",
        "· one of:",
        "· · own, 2 items",
        "· · an official letter, the unit's quota of bbn",
    ]
    assert proof_lines(say, None) == ["no file: a person confirms"]
    steps = [LadderStep(code="x", days=days, to="head") for days in (-7, 0, 10)]
    assert [step_words(say, step) for step in steps] == [
        "7 days before the due day, by mail, to: head of unit",
        "on the due day, by mail, to: head of unit",
        "10 days after the due day, by mail, to: head of unit",
    ]
    letter = LadderStep(code="x", days=1, to="ban-tuyen-giao", channel=Channel.LETTER)
    assert step_words(say, letter).endswith("by letter, to: ban-tuyen-giao")
    words = in_words(say, duty(proof=paper(), ladder=(letter,)))
    assert (words.code, len(words.ladder)) == ("mua-bao", 1)


def test_the_shipped_agreement_is_previewed_and_shown(empty: Web) -> None:
    folder = Path(__file__).parents[2] / "workflow" / "examples" / "tu-son"
    browser = empty.signed_in("quan-tri")
    browser.get("/agreements/import")
    text = (folder / "agreement.yaml").read_text(encoding="utf-8")
    page = main_of(browser.post("/agreements/import", {"text": text}).text)
    assert "không có đơn vị nào" in page, "none of its units is loaded"
    browser.post("/agreements/import", {"text": text, "do": "load"})
    page = main_of(browser.get("/agreements/TS-BBN-2023").text)
    assert "âm lịch" in page
    assert "Chủ đề tuyên truyền" in page
