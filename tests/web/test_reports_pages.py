"""A report from its draft to its issue on pages: each step, each refusal, and what is kept."""

from __future__ import annotations

import hashlib
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from reports.drafting import LONGEST
from reports.issuing.verifying import verify_report
from reports.quarterly import Paragraph, read
from reports.reading import reports_readable
from tests import worlds
from tests.reports import quarter
from tests.reports.fates import hand_in, the_task
from tests.reports.quarter import AS_OF, CODE
from tests.web.conftest import Web, with_password
from web.pages import report_desk
from web.pages.report_files import CHECKS, DOCUMENT_POLICY
from workflow import access
from workflow.accounts import add_user
from workflow.domain.roles import Grant, Role
from workflow.sealing import verify
from workflow.store.journal import journal_entry
from workflow.store.reports import report as report_table
from workflow.store.reports import report_by_id

if TYPE_CHECKING:
    from sqlalchemy import Row, Table

    from tests.web.conftest import Browser

PEOPLE = ("quan-tri", "lanh-dao", "lanh-dao-bao", "lanh-dao-khac", "kiem-toan", "can-bo")
Q1 = {"agreement": CODE, "period": "2024-Q1"}


@pytest.fixture
def lived(web: Web) -> Web:
    """A quarter that has ended, on the 5th of April at nine, and a leader who also drafts."""
    for db in web.founding(f"{__name__}.lived"):
        quarter.lived(db)
        quarter.office(db)
        add_user(
            db,
            "hai-vai",
            name="Người hai vai",
            act=worlds.act("2024-04-05", by="quan-tri"),
            grants=[Grant(role=Role.LEADER), Grant(role=Role.ADMINISTRATOR)],
        )
        for key in (*PEOPLE, "hai-vai"):
            with_password(db, key)
    web.clock.move_to(AS_OF)
    return web


def drafted(web: Web, key: str = "quan-tri") -> tuple[Browser, int]:
    browser = web.signed_in(key)
    browser.get("/reports")
    answer = browser.post("/reports", Q1)
    assert answer.status_code == 200, answer.text
    return browser, int(answer.url.path.rsplit("/", 1)[1])


def approved(web: Web) -> tuple[Browser, int]:
    browser, report_id = drafted(web)
    leader = web.signed_in("lanh-dao")
    leader.get(f"/reports/{report_id}")
    leader.post(f"/reports/{report_id}/approve", {"seen": row(web, report_id).sha256})
    assert row(web, report_id).state == "approved"
    browser.get(f"/reports/{report_id}")
    return browser, report_id


def issued(web: Web) -> tuple[Browser, int]:
    browser, report_id = approved(web)
    answer = browser.post(f"/reports/{report_id}/issue", {"number": ""})
    assert "Đã phát hành báo cáo số 01/2024." in answer.text
    return browser, report_id


def row(web: Web, report_id: int) -> Row[Any]:
    with web.engine.begin() as db:
        found = report_by_id(db, report_id)
    assert found is not None
    return found


def number_of(web: Web, table: Table) -> int:
    with web.engine.begin() as db:
        return int(db.scalar(select(func.count()).select_from(table)) or 0)


def text_of(page: str) -> str:
    main = page.split('<main id="content">')[1].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


# --- the list and drafting -----------------------------------------------------------------


def test_a_draft_is_the_composed_report(lived: Web) -> None:
    browser, report_id = drafted(lived)
    page = text_of(browser.last.text if browser.last else "")
    assert "Đã soạn dự thảo báo cáo." in page
    assert "66,7% (4/6)" in page
    kept = row(lived, report_id)
    with lived.engine.begin() as db:
        assert read(kept.content) == quarter.report(db)
    listed = text_of(browser.get("/reports").text)
    assert "Quý I/2024" in listed
    assert "dự thảo" in listed


def test_instants_are_those_of_the_clock_on_the_wall(lived: Web) -> None:
    browser = lived.signed_in("quan-tri")
    browser.get("/reports")
    typed = {"cut_off": "2024-04-02T17:00", "as_of": "2024-04-04T08:30"}
    answer = browser.post("/reports", {**Q1, **typed})
    kept = row(lived, int(answer.url.path.rsplit("/", 1)[1]))
    assert kept.cut_off == worlds.at("2024-04-02", "17:00")
    assert kept.as_of == worlds.at("2024-04-04", "08:30")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"period": "2024-Q2"}, "sau khi"),
        ({"period": "2024-Q1", "cut_off": "mai"}, "“mai” không phải thời điểm"),
        ({"period": "2024-Q1", "as_of": "2024-04-09T00:00"}, "chưa có thông tin"),
        ({"period": "quý một"}, "quý một"),
    ],
)
def test_a_draft_that_is_refused_leaves_what_was_typed(
    lived: Web, typed: dict[str, str], said: str
) -> None:
    browser = lived.signed_in("quan-tri")
    browser.get("/reports")
    answer = browser.post("/reports", {**Q1, **typed})
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    for text in typed.values():
        assert f'value="{text}"' in answer.text or f">{text}</option>" in answer.text
    assert number_of(lived, report_table) == 0


def test_a_period_is_drafted_once(lived: Web) -> None:
    browser, _ = drafted(lived)
    browser.get("/reports")
    answer = browser.post("/reports", Q1)
    assert (answer.status_code, number_of(lived, report_table)) == (422, 1)


@pytest.mark.parametrize("key", ["lanh-dao", "kiem-toan", "can-bo"])
def test_only_who_may_draft_is_offered_it_and_does(lived: Web, key: str) -> None:
    browser = lived.signed_in(key)
    assert "Soạn báo cáo" not in text_of(browser.get("/reports").text)
    assert browser.post("/reports", Q1).status_code == 403
    assert number_of(lived, report_table) == 0


def test_an_agreement_that_there_is_not(lived: Web) -> None:
    browser = lived.signed_in("quan-tri")
    browser.get("/reports")
    assert browser.post("/reports", {**Q1, "agreement": "KHONG"}).status_code == 404


def test_the_form_offers_periods_of_the_agreement_that_is_chosen(lived: Web) -> None:
    with lived.engine.begin() as db:
        said = worlds.agreement(code="ct-02", title="Chương trình thứ hai")
        worlds.activated(db, said, [], on="2024-01-03")
    browser = lived.signed_in("quan-tri")
    page = browser.get("/reports?agreement=ct-02").text
    assert 'name="agreement" value="ct-02"' in page
    assert '<option value="2024-Q1"' in page
    assert '<option value="2023-Q4"' not in page
    assert '<option value="2023-Q4"' in browser.get(f"/reports?agreement={CODE}").text


def test_where_no_period_has_ended_that_is_said(lived: Web) -> None:
    with lived.engine.begin() as db:
        said = worlds.agreement(code="ct-03", starts_on=worlds.day("2024-04-01"))
        worlds.activated(db, said, [], on="2024-04-02")
    page = lived.signed_in("quan-tri").get("/reports?agreement=ct-03").text
    assert "Chưa có kỳ nào của chương trình kết thúc" in page


def test_the_list_is_paged(lived: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, _ = drafted(lived)
    browser.post("/reports", {**Q1, "period": "2023-Q4"})
    monkeypatch.setattr(report_desk, "AT_ONCE", 1)
    first = browser.get("/reports").text
    assert "Quý I/2024</a></th>" in first.replace("\n", "")
    more = unescape(re.findall(r'href="(/reports\?[^"]*start=1)"', first)[0])
    rest = browser.get(more).text
    assert "Quý IV/2023</a>" in rest.replace("\n", "")
    assert "start=2" not in rest


# --- who reads -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/read", "/verify", "/refresh", "/files/pdf", "/files/json"])
def test_a_report_is_nothing_to_whom_it_does_not_concern(lived: Web, path: str) -> None:
    _, report_id = drafted(lived)
    address = f"/reports/{report_id}{path}"
    assert lived.stranger().get(address).url.path == "/signin"
    for key in ("can-bo", "lanh-dao-khac"):
        browser = lived.signed_in(key)
        assert browser.get(address).status_code == 404
        assert "Quý I/2024" not in browser.get("/reports").text
    assert lived.signed_in("quan-tri").get(f"/reports/999999{path}").status_code == 404


@pytest.mark.parametrize(
    "step", ["paragraphs", "refresh", "approve", "send-back", "issue", "addendum"]
)
def test_no_step_is_taken_by_whom_it_does_not_concern(lived: Web, step: str) -> None:
    _, report_id = drafted(lived)
    before = row(lived, report_id)
    for key, status in (("can-bo", 404), ("lanh-dao-khac", 404), ("kiem-toan", 403)):
        browser = lived.signed_in(key)
        browser.get("/account")
        data = {"seen": before.sha256, "results": "x", "reason": "x", "ground": "x"}
        answer = browser.post(f"/reports/{report_id}/{step}", data)
        assert answer.status_code == status, (key, step)
    assert row(lived, report_id) == before


def test_an_auditor_reads_and_is_offered_nothing(lived: Web) -> None:
    _, report_id = drafted(lived)
    page = lived.signed_in("kiem-toan").get(f"/reports/{report_id}").text
    assert page.count('<form method="post"') == 3  # the language, signing out, and a comment
    assert "Lãnh đạo không phải người lập sẽ duyệt" in page


# --- writing ---------------------------------------------------------------------------------


def test_paragraphs_are_saved_and_only_what_changed_is_journaled(lived: Web) -> None:
    browser, report_id = drafted(lived)
    seen = row(lived, report_id).sha256
    data = {"seen": seen, "strengths": "Nhiều đơn vị\r\nxong sớm.", "plans": " Giữ nhịp. "}
    answer = browser.post(f"/reports/{report_id}/paragraphs", data)
    assert "Đã lưu nội dung vừa viết." in answer.text
    said = read(row(lived, report_id).content).paragraphs
    assert said == {
        Paragraph.STRENGTHS: "Nhiều đơn vị\nxong sớm.",
        Paragraph.PLANS: "Giữ nhịp.",
    }
    with lived.engine.begin() as db:
        verbs = list(db.scalars(select(journal_entry.c.verb).order_by(journal_entry.c.id)))
    assert verbs.count("report.paragraph_written") == 2
    again = {**data, "seen": row(lived, report_id).sha256, "plans": ""}
    browser.post(f"/reports/{report_id}/paragraphs", again)
    assert set(read(row(lived, report_id).content).paragraphs) == {Paragraph.STRENGTHS}


def test_a_refused_text_stands_in_the_form_and_nothing_is_saved(lived: Web) -> None:
    browser, report_id = drafted(lived)
    before = row(lived, report_id)
    data = {"seen": before.sha256, "direction": "Đầu", "plans": "dài " * (LONGEST // 3)}
    answer = browser.post(f"/reports/{report_id}/paragraphs", data)
    assert answer.status_code == 422
    assert ">Đầu</textarea>" in answer.text
    assert data["plans"] in answer.text
    assert row(lived, report_id) == before


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(lived: Web) -> None:
    browser, report_id = drafted(lived)
    seen = row(lived, report_id).sha256
    other = lived.signed_in("hai-vai")
    other.get(f"/reports/{report_id}")
    other.post(f"/reports/{report_id}/paragraphs", {"seen": seen, "causes": "Của người kia"})
    data = {"seen": seen, "causes": "Của tôi", "plans": "Mới"}
    answer = browser.post(f"/reports/{report_id}/paragraphs", data)
    assert answer.status_code == 422
    assert "Dự thảo đã thay đổi" in answer.text
    assert ">Của tôi</textarea>" in answer.text
    assert "Trong dự thảo hiện là: Của người kia" in answer.text
    assert read(row(lived, report_id).content).paragraphs == {Paragraph.CAUSES: "Của người kia"}
    # The page shown again knows the draft as it is now.
    assert f'name="seen" value="{row(lived, report_id).sha256}"' in answer.text


def test_what_people_write_is_escaped_everywhere(lived: Web) -> None:
    browser, report_id = drafted(lived)
    hostile = "</textarea><script>alert(1)</script>"
    data = {"seen": row(lived, report_id).sha256, "causes": hostile}
    browser.post(f"/reports/{report_id}/paragraphs", data)
    leader = lived.signed_in("lanh-dao")
    for page in (
        browser.get(f"/reports/{report_id}").text,
        leader.get(f"/reports/{report_id}").text,
        leader.get(f"/reports/{report_id}/read").text,
    ):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


# --- figures anew ----------------------------------------------------------------------------


def test_figures_anew_are_shown_first_and_keep_what_was_written(lived: Web) -> None:
    browser, report_id = drafted(lived)
    data = {"seen": row(lived, report_id).sha256, "causes": "Vì bận."}
    browser.post(f"/reports/{report_id}/paragraphs", data)
    page = browser.get(f"/reports/{report_id}/refresh").text
    assert "Số chỉ tiêu sẽ thay đổi: 0" in page
    with lived.engine.begin() as db:
        late = the_task(db, "DOC", "a", "2024-02").id
        hand_in(db, late, "2024-02-27", accepted="2024-04-06")
    lived.clock.move_to(worlds.at("2024-04-07"))
    browser = lived.signed_in("quan-tri")
    before = row(lived, report_id)
    page = text_of(browser.get(f"/reports/{report_id}/refresh").text)
    assert "DOC – Đọc báo" in page
    assert "Phường Ấp Bắc chờ xác nhận 1 0" in page
    assert row(lived, report_id) == before
    answer = browser.post(f"/reports/{report_id}/refresh")
    assert "Đã lập lại số liệu" in answer.text
    after = read(row(lived, report_id).content)
    assert after.total.boxes.awaiting == 0
    assert after.paragraphs == {Paragraph.CAUSES: "Vì bận."}
    assert row(lived, report_id).as_of == worlds.at("2024-04-07")


def test_what_is_approved_is_not_drawn_up_anew(lived: Web) -> None:
    browser, report_id = approved(lived)
    assert browser.get(f"/reports/{report_id}/refresh").status_code == 422
    assert browser.post(f"/reports/{report_id}/refresh").status_code == 422


# --- approval --------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["lanh-dao", "lanh-dao-bao"])
def test_a_leader_of_either_side_approves(lived: Web, key: str) -> None:
    _, report_id = drafted(lived)
    leader = lived.signed_in(key)
    page = leader.get(f"/reports/{report_id}").text
    assert 'action="/reports/' in page
    answer = leader.post(f"/reports/{report_id}/approve", {"seen": row(lived, report_id).sha256})
    assert "Đã duyệt báo cáo." in answer.text
    kept = row(lived, report_id)
    assert (kept.state, kept.approved_by) == ("approved", key)
    assert f"Người {key}" in answer.text


def test_who_drew_it_up_does_not_approve_it(lived: Web) -> None:
    browser, report_id = drafted(lived, "hai-vai")
    page = browser.get(f"/reports/{report_id}").text
    assert "lãnh đạo khác duyệt" in page
    assert f'action="/reports/{report_id}/approve"' not in page
    seen = row(lived, report_id).sha256
    assert browser.post(f"/reports/{report_id}/approve", {"seen": seen}).status_code == 422
    assert row(lived, report_id).state == "draft"


def test_what_was_not_read_is_not_approved(lived: Web) -> None:
    browser, report_id = drafted(lived)
    leader = lived.signed_in("lanh-dao")
    leader.get(f"/reports/{report_id}")
    seen = row(lived, report_id).sha256
    browser.post(f"/reports/{report_id}/paragraphs", {"seen": seen, "causes": "Thêm."})
    for stale in (seen, ""):
        answer = leader.post(f"/reports/{report_id}/approve", {"seen": stale})
        assert answer.status_code == 422
    assert row(lived, report_id).state == "draft"


def test_an_approved_report_goes_back_with_a_reason(lived: Web) -> None:
    _, report_id = approved(lived)
    leader = lived.signed_in("lanh-dao")
    leader.get(f"/reports/{report_id}")
    answer = leader.post(f"/reports/{report_id}/send-back", {"reason": "  "})
    assert (answer.status_code, row(lived, report_id).state) == (422, "approved")
    answer = leader.post(f"/reports/{report_id}/send-back", {"reason": "Sửa mục III"})
    assert (answer.status_code, row(lived, report_id).state) == (200, "draft")
    with lived.engine.begin() as db:
        body = db.scalar(
            select(journal_entry.c.body).where(journal_entry.c.verb == "report.sent_back")
        )
    assert "Sửa mục III" in str(body)


# --- issue -----------------------------------------------------------------------------------


def test_an_issued_report_is_numbered_sealed_and_whole(lived: Web) -> None:
    browser, report_id = issued(lived)
    kept = row(lived, report_id)
    assert (kept.state, kept.number, kept.issued_by) == ("issued", "01/2024", "quan-tri")
    assert kept.journal_head
    with lived.engine.begin() as db:
        assert verify_report(db, report_id, data_dir=lived.settings.data_dir) == ()
        assert verify(db, lived.settings.journal_keys, at=AS_OF).is_intact
    page = browser.get(f"/reports/{report_id}/verify").text
    assert page.count("status--done") == len(CHECKS)
    assert "đúng là bản đã phát hành" in page or kept.sha256 in page
    shown = text_of(browser.get(f"/reports/{report_id}").text)
    assert "Người quan-tri" in shown
    assert "Số 01/2024" in shown


def test_only_who_issues_is_offered_it(lived: Web) -> None:
    _, report_id = approved(lived)
    leader = lived.signed_in("lanh-dao")
    assert "Quản trị viên cấp số" in leader.get(f"/reports/{report_id}").text
    assert leader.post(f"/reports/{report_id}/issue", {"number": "9"}).status_code == 403
    assert row(lived, report_id).state == "approved"


@pytest.mark.parametrize("number", ["7/BC-TU", "x" * 65])
def test_a_number_that_is_refused_stands_in_the_form(lived: Web, number: str) -> None:
    browser, report_id = approved(lived)
    if len(number) < 65:
        browser.post(f"/reports/{report_id}/issue", {"number": number})
        browser.post("/reports", {**Q1, "period": "2023-Q4"})
        with lived.engine.begin() as db:
            report_id = (
                db.scalar(select(report_table.c.id).where(report_table.c.period == "2023-Q4")) or 0
            )
            db.execute(
                update(report_table)
                .where(report_table.c.id == report_id)
                .values(state="approved", approved_by="lanh-dao", approved_at=AS_OF)
            )
    browser.get(f"/reports/{report_id}")
    answer = browser.post(f"/reports/{report_id}/issue", {"number": number})
    assert answer.status_code == 422
    assert f'value="{number}"' in answer.text
    assert row(lived, report_id).state == "approved"


def test_a_draft_is_not_issued(lived: Web) -> None:
    browser, report_id = drafted(lived)
    answer = browser.post(f"/reports/{report_id}/issue", {"number": ""})
    assert (answer.status_code, row(lived, report_id).state) == (422, "draft")


# --- files -----------------------------------------------------------------------------------


def test_the_document_is_shown_where_it_can_do_nothing(lived: Web) -> None:
    browser, report_id = drafted(lived)
    answer = browser.get(f"/reports/{report_id}/read")
    assert answer.headers["content-security-policy"] == DOCUMENT_POLICY
    assert "sandbox" in DOCUMENT_POLICY
    assert "allow-" not in DOCUMENT_POLICY
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["content-type"].startswith("text/html")
    assert "DỰ THẢO" in answer.text


@pytest.mark.parametrize("kind", ["json", "html", "pdf"])
def test_what_was_issued_is_given_away_as_it_was_frozen(lived: Web, kind: str) -> None:
    browser, report_id = issued(lived)
    answer = browser.get(f"/reports/{report_id}/files/{kind}")
    folder = lived.settings.data_dir / "reports" / CODE / "2024-Q1" / "1"
    assert answer.content == (folder / f"{CODE}-2024-Q1-1.{kind}").read_bytes()
    assert (
        answer.headers["content-disposition"] == f'attachment; filename="{CODE}-2024-Q1-1.{kind}"'
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    if kind == "json":
        assert hashlib.sha256(answer.content).hexdigest() == row(lived, report_id).sha256
    if kind == "html":
        assert browser.get(f"/reports/{report_id}/read").content == answer.content


def test_a_drafts_file_says_so_in_its_name(lived: Web) -> None:
    browser, report_id = drafted(lived)
    answer = browser.get(f"/reports/{report_id}/files/json")
    assert "2024-Q1-1-draft.json" in answer.headers["content-disposition"]
    assert browser.get(f"/reports/{report_id}/files/exe").status_code == 422


def test_a_format_that_was_not_frozen_is_not_made_anew(lived: Web) -> None:
    from workflow.store.reports import report_file

    browser, report_id = issued(lived)
    with lived.engine.begin() as db:
        db.execute(report_file.delete().where(report_file.c.format == "pdf"))
    assert browser.get(f"/reports/{report_id}/files/pdf").status_code == 422


def test_verifying_names_each_check_that_fails(lived: Web) -> None:
    browser, report_id = issued(lived)
    folder = lived.settings.data_dir / "reports" / CODE / "2024-Q1" / "1"
    (folder / f"{CODE}-2024-Q1-1.html").unlink()
    page = browser.get(f"/reports/{report_id}/verify").text
    assert "không đúng với bản đã phát hành" in page
    assert (page.count("status--overdue"), page.count("status--done")) == (1, len(CHECKS) - 1)
    assert f"{CODE}-2024-Q1-1.html" in page
    assert browser.get(f"/reports/{report_id}/files/html").status_code == 422
    with lived.engine.begin() as db:
        db.execute(update(report_table).values(number="99/2024"))
    assert browser.get(f"/reports/{report_id}/verify").text.count("status--overdue") == 3


def test_every_finding_belongs_to_a_check() -> None:
    import inspect

    from reports.issuing import verifying

    codes = set(re.findall(r'code="(report\.\w+)"', inspect.getsource(verifying)))
    assert codes == {code for _, held in CHECKS for code in held}


def test_a_draft_is_not_verified(lived: Web) -> None:
    browser, report_id = drafted(lived)
    assert browser.get(f"/reports/{report_id}/verify").status_code == 422


# --- addenda ---------------------------------------------------------------------------------


def test_an_addendum_shows_every_figure_that_differs(lived: Web) -> None:
    browser, report_id = issued(lived)
    with lived.engine.begin() as db:
        late = the_task(db, "DOC", "a", "2024-02").id
        hand_in(db, late, "2024-02-27", accepted="2024-04-06")
    lived.clock.move_to(worlds.at("2024-04-07"))
    browser = lived.signed_in("quan-tri")
    browser.get(f"/reports/{report_id}")
    answer = browser.post(f"/reports/{report_id}/addendum", {"ground": " "})
    assert (answer.status_code, number_of(lived, report_table)) == (422, 1)
    answer = browser.post(f"/reports/{report_id}/addendum", {"ground": "Xác nhận muộn"})
    assert "Đã soạn báo cáo bổ sung" in answer.text
    page = text_of(answer.text)
    assert "Báo cáo bổ sung lần 1" in page
    assert "Căn cứ: Xác nhận muộn" in page
    assert "Phường Ấp Bắc chờ xác nhận 1 0" in page
    # The corrected one leads to it and offers no second addendum.
    corrected = browser.get(f"/reports/{report_id}").text
    assert "Báo cáo bổ sung lần 1</a>" in corrected
    assert f'action="/reports/{report_id}/addendum"' not in corrected
    made = int(answer.url.path.rsplit("/", 1)[1])
    assert "Số chỉ tiêu sẽ thay đổi: 0" in browser.get(f"/reports/{made}/refresh").text


def test_where_no_figure_differs_an_addendum_says_so(lived: Web) -> None:
    browser, report_id = issued(lived)
    answer = browser.post(f"/reports/{report_id}/addendum", {"ground": "Sửa lời văn"})
    assert "Không có chỉ tiêu nào thay đổi" in answer.text


def test_reports_within_reach_are_those_of_the_command_line(lived: Web) -> None:
    _, report_id = drafted(lived)
    with lived.engine.begin() as db:
        for key in PEOPLE:
            rows = reports_readable(db, by=key)
            held = access.grants_of(db, key)
            is_unit = all(grant.unit is not None for grant in held)
            assert [one.id for one in rows] == (
                [] if is_unit or key == "lanh-dao-khac" else [report_id]
            )


def test_an_issued_report_is_made_again_and_compared(lived: Web) -> None:
    browser, report_id = issued(lived)
    address = f"/reports/{report_id}/regenerated"
    assert f'href="{address}"' in browser.get(f"/reports/{report_id}").text
    page = unescape(browser.get(address).text)
    assert "báo cáo trùng khớp từng ký tự với bản đã lưu" in page
    assert page.count(row(lived, report_id).sha256) == 2
    # As of the minute before, what is told of the instant differs.
    page = unescape(browser.get(f"{address}?as_of=2024-04-05T08:59").text)
    assert "chỗ khác nhau" in page
    assert "<code>as_of</code>" in page
    for wrong in ("2024-03-01T00:00", "2030-01-01T00:00", "hôm qua"):
        answer = browser.get(f"{address}?as_of={wrong}")
        assert answer.status_code == 422, wrong
        assert 'role="alert"' in answer.text
    assert lived.signed_in("can-bo").get(address).status_code == 404


def test_units_are_grouped_by_the_tree_that_was_chosen(lived: Web) -> None:
    browser = lived.signed_in("quan-tri")
    browser.get("/reports")
    wrong = browser.post("/reports", {**Q1, "tree": "cay"})
    assert wrong.status_code == 422
    assert "Chỉ xếp nhóm đơn vị theo một trong các hệ thống" in unescape(wrong.text)
    answer = browser.post("/reports", {**Q1, "tree": "as_it_is"})
    report_id = int(answer.url.path.rsplit("/", 1)[1])
    page = unescape(browser.get(f"/reports/{report_id}/files/html").text)
    assert "theo hệ thống tổ chức tại ngày 05/04/2024" in page
