"""Letters, records and packs on pages: who is offered what, what a form does, what is refused."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from sqlalchemy import select

from tests.factories import duty, statements
from tests.web.api import program
from tests.web.city import it_is, number_of, peopled, says
from tests.web.test_reports_pages import issued, lived, text_of
from workflow.domain.agreement import Channel, LadderStep
from workflow.store.letters import letter
from workflow.store.units import unit

if TYPE_CHECKING:
    from sqlalchemy import Row

    from tests.web.conftest import Web

__all__ = ["lived"]
CHOICE = {"agreement": "ct-01", "days": "1", "answer_by": "2024-04-20", "lang": "vi"}
BOTH = ["phuong-a", "phuong-b"]


@pytest.fixture
def city(web: Web) -> Web:
    """Two wards that owe the first quarter's papers, on the tenth of April."""
    ladder = (LadderStep(code="don-doc", days=5, to="head", channel=Channel.LETTER),)
    peopled(web, duty(title="Mua <b>báo</b>", ladder=ladder))
    it_is(web, "2024-04-10")
    return web


def kept(web: Web) -> list[Row[tuple[object, ...]]]:
    with web.engine.begin() as db:
        return list(db.execute(select(letter, unit.c.key).join(unit).order_by(letter.c.id)))


def test_letters_are_chosen_looked_at_and_drawn_up(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    assert "Văn bản đôn đốc" in browser.get("/tasks").text
    assert says(
        browser.get("/letters"), "Chưa có văn bản đôn đốc nào bạn được xem.", "Lập văn bản đôn đốc"
    )
    page = browser.get("/letters/new?agreement=ct-01")
    assert says(page, "Đơn vị phuong-a", "Đơn vị phuong-b", 'value="2024-04-17"', "don-doc")
    assert page.text.count('name="units"') == page.text.count(" checked> Đơn vị") == 2
    assert "Không có đơn vị nào nợ" in browser.get("/letters/new?agreement=ct-01&days=11").text
    look = browser.get("/letters/preview?agreement=ct-01&unit=phuong-b")
    assert says(look, "Kính gửi: Đơn vị phuong-b", "Mua &lt;b&gt;báo&lt;/b&gt;")
    assert "sandbox" in look.headers["content-security-policy"]
    assert browser.get("/letters/preview?agreement=ct-01&unit=bao").status_code == 422
    assert kept(city) == []

    browser.get("/letters/new?agreement=ct-01")
    done = browser.post(
        "/letters",
        {**CHOICE, "units": BOTH, "signer": "Nguyễn Văn Mẫu", "copies": "Thường trực\n\nVăn phòng"},
    )
    first, second = kept(city)
    assert done.url.path == f"/letters/runs/{first.id}"
    assert says(done, "Đã lập 2 văn bản.", "Đơn vị phuong-a", f"/letters/{second.id}/files/docx")
    assert (first.key, second.key, first.run_id, second.run_id) == (*BOTH, first.id, first.id)

    packed = browser.get(f"/letters/runs/{first.id}/files/zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as files:
        assert files.namelist()[0] == "001 Đơn vị phuong-a.docx"
        assert len(files.namelist()) == 4
    joined = browser.get(f"/letters/runs/{first.id}/files/pdf?duplex=true")
    paper = pypdfium2.PdfDocument(joined.content)
    assert len(paper) == 4
    paper.close()
    assert browser.get("/letters/runs/999999/files/pdf").status_code == 404


def test_a_refused_form_comes_back_with_what_was_typed(city: Web) -> None:
    browser = city.signed_in("tham-dinh")
    browser.get("/letters/new?agreement=ct-01")
    for more, said in (
        (
            {"units": BOTH, "answer_by": "2024-04-10"},
            "Không thể yêu cầu hoàn thành trước ngày 10/04/2024",
        ),
        ({"units": BOTH, "answer_by": "mai"}, "“mai” không phải ngày."),
        ({}, "Không có đơn vị nào nợ nhiệm vụ theo lựa chọn này trong ct-01."),
        ({"units": BOTH, "signer": "x" * 301}, "quá dài"),
    ):
        answer = browser.post("/letters", {**CHOICE, "copies": "Thường trực", **more})
        assert answer.status_code == 422, more
        assert said in text_of(answer.text)
        assert "Thường trực</textarea>" in answer.text
    assert kept(city) == []


def test_a_letter_is_numbered_and_stands_where_it_is_looked_for(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    browser.get("/letters/new")
    browser.post("/letters", {**CHOICE, "units": ["phuong-a"]})
    (one,) = kept(city)
    page = browser.get(f"/letters/{one.id}")
    assert says(page, "Vào số văn bản", "chưa vào số", "Mua &lt;b&gt;báo&lt;/b&gt;")
    wrong = browser.post(f"/letters/{one.id}/number", {"number": "45", "issued_on": "2024-04-09"})
    assert wrong.status_code == 422
    assert "Ngày văn bản phải từ 10/04/2024 (ngày lập) đến 10/04/2024." in text_of(wrong.text)
    assert 'value="45"' in wrong.text
    assert (
        browser.post(f"/letters/{one.id}/number", {"number": "45", "issued_on": ""}).status_code
        == 422
    )
    done = browser.post(f"/letters/{one.id}/number", {"number": "45", "issued_on": "2024-04-10"})
    assert says(done, "Đã vào số", "45, 10/04/2024")
    assert "Vào số văn bản" not in done.text
    assert says(browser.get(f"/letters/{one.id}/read"), "Số: 45")
    file = browser.get(f"/letters/{one.id}/files/pdf")
    assert (file.headers["content-type"], file.content[:4]) == ("application/pdf", b"%PDF")

    # In the unit's history and on the task's page, also for the unit's own people.
    officer = city.signed_in("can-bo-a")
    for address in ("/units/phuong-a", f"/tasks/{number_of(city, 'phuong-a')}"):
        assert says(officer.get(address), f'href="/letters/{one.id}"', "45, 10/04/2024"), address
    assert "Vào số văn bản" not in officer.get(f"/letters/{one.id}").text
    assert says(officer.get("/letters"), f'href="/letters/{one.id}"')
    assert "/letters/new" not in officer.get("/letters?agreement=ct-01").text
    assert (
        officer.post(
            f"/letters/{one.id}/number", {"number": "46", "issued_on": "2024-04-10"}
        ).status_code
        == 403
    )
    other = city.signed_in("can-bo-b")
    for address in ("", "/read", "/files/docx"):
        assert other.get(f"/letters/{one.id}{address}").status_code == 404
    assert "/letters/" not in other.get("/units/phuong-b").text
    for address in ("/letters/new", "/letters/preview?agreement=ct-01&unit=phuong-b"):
        assert other.get(address).status_code == 403
    assert other.post("/letters", {**CHOICE, "units": BOTH}).status_code == 403
    assert city.stranger().get("/letters").url.path == "/signin"
    assert city.signed_in("nguoi-la").get("/letters").status_code == 403
    for who, address in (
        (officer, f"/tasks/{number_of(city, 'phuong-a')}"),
        (browser, "/letters/new"),
        (browser, "/letters"),
        (browser, f"/letters/{one.id}"),
    ):
        with statements(city.engine) as asked:
            who.get(address)
        assert len(asked) <= 16, (address, len(asked))


def test_more_letters_than_a_page_lead_on(city: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    from web.pages import letters as page

    monkeypatch.setattr(page, "_AT_ONCE", 1)
    browser = city.signed_in("quan-tri")
    browser.get("/letters/new")
    browser.post("/letters", {**CHOICE, "units": BOTH})
    first, second = kept(city)
    listed = browser.get("/letters?agreement=ct-01")
    assert f"/letters/{second.id}" in listed.text
    more = browser.get(f"/letters?agreement=ct-01&after={second.id}").text
    assert f"/letters/{first.id}" in more
    assert f"/letters?agreement=ct-01&amp;after={second.id}" in listed.text


# --- records and packs -------------------------------------------------------------------


def test_a_unit_reads_its_record(lived: Web) -> None:
    _, report_id = issued(lived)
    officer = lived.signed_in("can-bo")
    assert "/records/unit/a" in officer.get("/units/a").text
    page = officer.get("/records/unit/a?period=2024-Q1")
    assert "Số liệu theo báo cáo đã phát hành số 01/2024" in text_of(page.text)
    assert says(officer.get("/records/unit/a"), "Kết quả thực hiện: Phường Ấp Bắc")
    asked = "agreement=CTPH-01&period=2024-Q1"
    whole = officer.get(f"/records/unit/a/read?{asked}")
    assert says(whole, "KẾT QUẢ THỰC HIỆN CỦA ĐƠN VỊ")
    assert "sandbox" in whole.headers["content-security-policy"]
    file = officer.get(f"/records/unit/a/files/xlsx?{asked}")
    assert 'filename="CTPH-01-2024-Q1-a.xlsx"' in file.headers["content-disposition"]
    for address, status in (
        (f"/records/unit/b/read?{asked}", 404),
        ("/records/unit/b", 404),
        ("/records/khac/a", 422),
        ("/records/unit/a?period=2024-Q9", 422),
        (f"/reports/{report_id}/pack", 404),
    ):
        assert officer.get(address).status_code == status, address
    leader = lived.signed_in("lanh-dao")
    assert says(
        leader.get("/records/obligation/DOC?agreement=CTPH-01&period=2024-Q1"),
        "Kết quả thực hiện: Đọc báo",
    )
    with statements(lived.engine) as asked_of:
        leader.get("/records/unit/a?period=2024-Q1")
    assert len(asked_of) <= 40, len(asked_of)


def test_a_pack_leaves_for_who_may_see_all_of_it(lived: Web) -> None:
    browser, report_id = issued(lived)
    assert f"/reports/{report_id}/pack" in browser.get(f"/reports/{report_id}").text
    answer = browser.get(f"/reports/{report_id}/pack")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        assert files.namelist()[-1] == "manifest.json"
        assert "thiếu" in files.read("index.html").decode()
    side = lived.signed_in("lanh-dao-bao")
    assert side.get(f"/reports/{report_id}").status_code == 200
    assert f"/reports/{report_id}/pack" not in side.get(f"/reports/{report_id}").text
    assert side.get(f"/reports/{report_id}/pack").status_code == 403


# --- programs ------------------------------------------------------------------------------


def test_programs_press_and_number_and_read(city: Web) -> None:
    admin, officer = program(city, "quan-tri"), program(city, "can-bo-a")
    wanted = {"agreement": "ct-01", "answer_by": "2024-04-20", "step": None}
    made = admin.post("/letters", wanted, key="mot")
    assert made.status_code == 201
    first, second = made.json()["letters"]
    # Sent again under its name it is answered as it was.
    assert admin.post("/letters", wanted, key="mot").json() == made.json()
    assert [one["id"] for one in admin.walk("/letters?agreement=ct-01", limit=1)] == [second, first]
    task = number_of(city, "phuong-a")
    for query in (f"task={task}", "unit=phuong-a"):
        assert [one["id"] for one in officer.get(f"/letters?{query}").json()["items"]] == [first]
    number = {"number": "45", "issued_on": "2024-04-10", "signer": "Nguyễn Văn Mẫu"}
    whole = admin.post(f"/letters/{first}/number", number).json()
    assert (whole["number"], [one["task_id"] for one in whole["listed"]]) == ("45", [task])
    assert officer.get(f"/letters/{first}").json() == whole
    assert officer.get(f"/letters/{first}/files/pdf").content.startswith(b"%PDF")
    assert officer.get(f"/letters/{second}").status_code == 404
    assert officer.post("/letters", wanted).status_code == 403
    assert officer.post(f"/letters/{first}/number", number).status_code == 403

    asked = "agreement=ct-01&period=2024-Q1"
    record = officer.get(f"/records/unit/phuong-a?{asked}").json()
    assert record["content"]["total"]["boxes"]["not_done_overdue"] == 1
    assert officer.get(f"/records/unit/phuong-a/files/json?{asked}").json() == record["content"]
    assert officer.get(f"/records/unit/phuong-b?{asked}").status_code == 404


def test_programs_take_a_pack(lived: Web) -> None:
    _, report_id = issued(lived)
    answer = program(lived, "kiem-toan").get(f"/reports/{report_id}/pack")
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist()[-1] == "manifest.json"
    assert program(lived, "lanh-dao-bao").get(f"/reports/{report_id}/pack").status_code == 403
