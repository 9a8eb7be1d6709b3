"""Issuing on pages and what follows: number, signer, signed copy, letters, receipt, withdrawal."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from reports.delivering.receipts import token_of
from reports.delivering.sending import note_sent
from reports.issuing.issuing import Issuing
from reports.quarterly import read
from tests import worlds
from tests.reports import quarter
from tests.reports.paper import approved, pdf
from tests.reports.quarter import AS_OF, CODE
from tests.web.api import program
from tests.web.asking import statements_of
from tests.web.conftest import Web, with_password
from workflow.store.people import person
from workflow.store.report_deliveries import deliveries_of
from workflow.store.report_numbers import number_of
from workflow.store.report_papers import comments_of, scans_of
from workflow.store.reports import report_by_id

if TYPE_CHECKING:
    from httpx2 import Response
    from sqlalchemy import Row

    from tests.web.conftest import Browser

DELIVERY = f"/agreements/{CODE}/delivery"


@pytest.fixture
def town(web: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    """An approved report, at nine on the 5th of April; it is issued in two formats only."""
    monkeypatch.setitem(Issuing.__init__.__kwdefaults__ or {}, "formats", ("json", "pdf"))
    for db in web.founding(f"{__name__}.town"):
        quarter.lived(db)
        quarter.office(db)
        db.execute(update(person).values(mail=person.c.key + "@x.example"))
        approved(db)
        for key in ("quan-tri", "lanh-dao", "kiem-toan", "can-bo"):
            with_password(db, key)
    web.clock.move_to(AS_OF)
    return web


def row(web: Web) -> Row[Any]:
    with web.engine.begin() as db:
        found = report_by_id(db, 1)
    assert found is not None
    return found


def letters(web: Web, *, sent: bool = False) -> list[Row[Any]]:
    with web.engine.begin() as db:
        if sent:
            ids = [one.id for one in deliveries_of(db, 1)]
            note_sent(db, dict.fromkeys(ids), at=AS_OF)
        return deliveries_of(db, 1)


def upload(browser: Browser, content: bytes, name: str = "ban-ky.pdf") -> Response:
    return browser.post("/reports/1/scan", files={"files": (name, content, "application/pdf")})


def issued(web: Web) -> Browser:
    """Issued to the leaders and to one body."""
    browser = web.signed_in("quan-tri")
    browser.get(DELIVERY)
    browser.post(f"{DELIVERY}/recipients", {"role": "leader"})
    browser.post(f"{DELIVERY}/recipients", {"name": "Văn phòng", "mail": "vp@example.org"})
    answer = browser.post("/reports/1/issue")
    assert "Đã phát hành báo cáo số 01/2024" in answer.text
    return browser


# --- the draft's comments ------------------------------------------------------------------


def test_comments_are_shown_escaped_and_a_refused_one_stays_in_the_form(town: Web) -> None:
    leader = town.signed_in("lanh-dao")
    leader.get("/reports/1")
    answer = leader.post("/reports/1/comments", {"text": "Muộn"})
    assert answer.status_code == 422
    leader.post("/reports/1/send-back", {"reason": "Xem lại"})
    leader.post("/reports/1/comments", {"text": "<b>Làm rõ</b>"})
    page = town.signed_in("kiem-toan").get("/reports/1").text
    assert "&lt;b&gt;Làm rõ&lt;/b&gt;" in page
    assert "Người lanh-dao" in page
    empty = leader.post("/reports/1/comments", {"text": "x" * 4_001})
    assert empty.status_code == 422
    assert "x" * 4_001 in empty.text
    with town.engine.begin() as db:
        assert len(comments_of(db, 1)) == 1
    unit = town.signed_in("can-bo")
    unit.get("/account")
    assert unit.post("/reports/1/comments", {"text": "x"}).status_code == 404


# --- number and issue ----------------------------------------------------------------------


def test_a_failed_issue_keeps_its_number_and_what_was_typed(town: Web) -> None:
    (town.settings.data_dir / "reports").write_text("a file where a folder should be")
    browser = town.signed_in("quan-tri")
    browser.get("/reports/1")
    answer = browser.post("/reports/1/issue", {"signer": "Người ký thay"})
    assert answer.status_code == 422
    assert 'value="Người ký thay"' in unescape(answer.text)
    assert "Để trống thì giữ số 01/2024" in answer.text
    with town.engine.begin() as db:
        held = number_of(db, 1)
    assert held is not None
    (town.settings.data_dir / "reports").unlink()
    browser.post("/reports/1/issue", {"signer": "Người ký thay", "post": "Phó Bí thư"})
    assert row(town).number == held.number
    report = read(row(town).content)
    assert report.signature is not None
    assert report.signature.name == "Người ký thay"


def test_a_number_is_taken_before_and_the_registers_day_is_kept(town: Web) -> None:
    browser = town.signed_in("quan-tri")
    browser.get("/reports/1")
    assert "Đã gắn số 01/2024" in browser.post("/reports/1/number").text
    for typed in ({"issued_on": "hôm qua"}, {"issued_on": "2024-04-04"}, {"number": "x" * 65}):
        answer = browser.post("/reports/1/issue", typed)
        assert answer.status_code == 422
        assert row(town).state == "approved"
    browser.post("/reports/1/issue", {"number": "12", "issued_on": "05/04/2024"})
    assert row(town).number == "12"


# --- the signed copy -----------------------------------------------------------------------


def test_the_signed_copy_is_offered_first_and_the_frozen_file_stays(town: Web) -> None:
    browser = issued(town)
    for wrong in (b"", b"PK\x03\x04", b"%PDF-broken"):
        assert upload(browser, wrong).status_code == 422
    assert "Đã đính kèm bản có chữ ký" in upload(browser, pdf(), "Bản ký.pdf").text
    page = browser.get("/reports/1").text
    head = page.split("<h2")[0]
    assert head.index("/reports/1/scan") < head.index("/reports/1/read")
    given = browser.get("/reports/1/scan")
    assert given.content == pdf()
    assert "signed.pdf" in given.headers["content-disposition"]
    upload(browser, pdf("again"))
    assert browser.get("/reports/1/scan").content == pdf("again")
    with town.engine.begin() as db:
        first = scans_of(db, 1)[1].id
    assert browser.get(f"/reports/1/scans/{first}").content == pdf()
    assert browser.get("/reports/1/scans/999").status_code == 404
    assert browser.get("/reports/1/files/pdf").content.startswith(b"%PDF")
    assert "status--overdue" not in browser.get("/reports/1/verify").text
    leader = town.signed_in("lanh-dao")
    leader.get("/reports/1")
    assert upload(leader, pdf("of a leader")).status_code == 403
    assert town.signed_in("can-bo").get("/reports/1/scan").status_code == 404


# --- letters, receipts, withdrawal ---------------------------------------------------------


def test_letters_and_receipts_are_seen_on_the_reports_page(town: Web) -> None:
    browser = issued(town)
    page = browser.get("/reports/1").text
    assert "chờ gửi" in page
    assert "vp@example.org" in page
    own = {one.mail: one for one in letters(town, sent=True)}
    leader = town.signed_in("lanh-dao")
    assert "Báo cáo này đã được gửi cho đồng chí" in leader.get("/reports/1").text
    assert "Đã xác nhận việc nhận" in leader.post("/reports/1/receipt").text
    auditor = town.signed_in("kiem-toan")
    auditor.get("/reports/1")
    assert auditor.post("/reports/1/receipt").status_code == 404
    token = token_of(own["vp@example.org"], town.settings.session_secret)
    stranger = town.stranger()
    assert stranger.get(f"/receipts/{token}x").status_code == 404
    page = stranger.get(f"/receipts/{token}").text
    assert "Xác nhận nhận báo cáo số 01/2024" in page
    assert [one.opened_at for one in letters(town) if one.mail == "vp@example.org"] == [None]
    opened = stranger.post(f"/receipts/{token}/open")
    assert opened.content.startswith(b"%PDF")
    assert stranger.post(f"/receipts/{token}/confirm", {"name": " "}).status_code == 422
    said = stranger.post(f"/receipts/{token}/confirm", {"name": "Chị <Hoa>"}).text
    assert "Người nhận: Chị &lt;Hoa&gt;" in said
    upload(browser, pdf())
    page = browser.get("/reports/1").text
    assert statements_of(town, lambda: browser.get("/reports/1")) <= 12
    assert "Chị &lt;Hoa&gt; nhận lúc" in page
    assert "2/3 thư đã được xác nhận" in page
    # Nothing else is open to whoever has the link.
    assert stranger.get("/reports/1").url.path == "/signin"


def test_a_withdrawn_report_says_so_everywhere(town: Web) -> None:
    browser = issued(town)
    (first, *_) = letters(town, sent=True)
    assert browser.post("/reports/1/withdraw", {"reason": "Sai"}).status_code == 403
    leader = town.signed_in("lanh-dao")
    leader.get("/reports/1")
    assert leader.post("/reports/1/withdraw", {"reason": " "}).status_code == 422
    answer = leader.post("/reports/1/withdraw", {"reason": "Sai <mục> II"})
    assert "Đã thu hồi báo cáo." in answer.text
    assert "Sai &lt;mục&gt; II" in browser.get("/reports/1").text
    assert "đã thu hồi" in browser.get("/reports").text
    token = token_of(first, town.settings.session_secret)
    stranger = town.stranger()
    page = stranger.get(f"/receipts/{token}").text
    assert "Báo cáo này đã bị thu hồi" in page
    assert f"/receipts/{token}/open" not in page
    assert stranger.post(f"/receipts/{token}/open").status_code == 422
    assert browser.post("/reports/1/deliver").status_code == 422
    assert "status--overdue" not in browser.get("/reports/1/verify").text


def test_numbering_and_delivery_are_set_on_one_page(town: Web) -> None:
    browser = town.signed_in("quan-tri")
    page = browser.get(DELIVERY).text
    assert "đánh số lại theo năm" in page
    steps: list[tuple[str, dict[str, str], int]] = [
        ("recipients", {"role": "leader"}, 200),
        ("recipients", {"role": "unit_officer"}, 422),
        ("recipients", {"name": "Văn phòng", "mail": "sai địa chỉ"}, 422),
        ("recipients", {"name": "Văn phòng", "mail": "vp@example.org", "lang": "en"}, 200),
        ("schedule", {"moment": "time", "time": "07:30", "weekday": "0"}, 200),
        ("schedule", {"moment": "time", "time": "sáng"}, 422),
        ("series", {"first": "13"}, 200),
        ("series", {"first": "mười"}, 422),
        ("term", {"starts_on": "2023-10-01"}, 200),
        ("term", {"starts_on": "ngày mai"}, 422),
    ]
    for step, typed, status in steps:
        answer = browser.post(f"{DELIVERY}/{step}", typed)
        assert answer.status_code == status, (step, typed, answer.text)
        if status == 422 and "role" not in typed:
            assert next(iter(typed.values())) in unescape(answer.text)
    page = browser.get(DELIVERY).text
    assert "tới 3 địa chỉ" in page
    assert 'value="07:30"' in page
    number = re.findall(r"/recipients/(\d+)/end", page)[0]
    browser.post(f"{DELIVERY}/recipients/{number}/end")
    assert "tới 1 địa chỉ" in browser.get(DELIVERY).text
    assert browser.post("/reports/1/issue").status_code == 200
    assert row(town).number == "13/2024"
    assert letters(town)[0].due_at == worlds.at("2024-04-08", "07:30")
    leader = town.signed_in("lanh-dao")
    leader.get("/reports")
    assert leader.get(DELIVERY).status_code == 403
    for step, typed, _ in steps:
        assert leader.post(f"{DELIVERY}/{step}", typed).status_code == 403


# --- for programs --------------------------------------------------------------------------


def test_a_program_takes_a_report_the_whole_way(town: Web) -> None:
    clerk, leader, auditor = (program(town, key) for key in ("quan-tri", "lanh-dao", "kiem-toan"))
    where = f"/agreements/{CODE}/delivery"
    assert clerk.post(f"{where}/recipients", {"role": "leader"}).status_code == 201
    said = clerk.post(f"{where}/recipients", {"name": "VP", "mail": "vp@example.org"}).json()
    assert [one["mail"] for one in said["recipients"]] == [None, "vp@example.org"]
    number = said["recipients"][0]["id"]
    assert len(clerk.delete(f"{where}/recipients/{number}").json()["recipients"]) == 1
    assert clerk.post(f"{where}/recipients", {"role": "can-bo"}).status_code == 422
    assert clerk.post(f"{where}/schedule", {"moment": "issue"}).json()["moment"] == "issue"
    assert clerk.post(f"{where}/terms", {"starts_on": "2023-10-01"}).json()["terms"]
    assert clerk.post(f"{where}/series", {"issuer": "state", "first": 4}).status_code == 200
    assert clerk.get(where).status_code == 200
    assert leader.get(where).status_code == 403
    assert clerk.post("/reports/1/number").json() == {
        "report_id": 1,
        "number": "04/2024",
        "is_own": True,
    }
    leader.post("/reports/1/send-back", {"reason": "Xem"})
    made = leader.post("/reports/1/comments", {"text": "Làm rõ"})
    assert (made.status_code, made.json()["items"][0]["name"]) == (201, "Người lanh-dao")
    assert len(auditor.get("/reports/1/comments").json()["items"]) == 1
    leader.post("/reports/1/approve", {"seen": row(town).sha256})
    register = {"signer": "Người ký", "issued_on": "2024-04-05"}
    assert clerk.post("/reports/1/issue", register).json()["number"] == "04/2024"
    assert clerk.get("/reports/1/scan").status_code == 404
    file = {"file": ("ký.pdf", pdf(), "application/pdf")}
    assert leader.send("POST", "/reports/1/scan", files=file).status_code == 403
    assert clerk.post("/reports/1/scan").status_code == 422
    assert clerk.send("POST", "/reports/1/scan", files=file).json()["pages"] == 1
    assert auditor.get("/reports/1/scan").content == pdf()
    assert clerk.post("/reports/1/deliver").json() == {"letters": 0}
    letters(town, sent=True)
    got = auditor.get("/reports/1/letters").json()
    assert [one["mail"] for one in got["items"]] == ["vp@example.org"]
    assert "seed" not in got["items"][0]
    assert leader.post("/reports/1/receipt").status_code == 404
    assert clerk.post("/reports/1/withdraw", {"reason": "Sai"}).status_code == 403
    gone = leader.post("/reports/1/withdraw", {"reason": "Sai"}).json()
    assert (gone["withdrawn_by"], gone["withdrawn_for"]) == ("lanh-dao", "Sai")
