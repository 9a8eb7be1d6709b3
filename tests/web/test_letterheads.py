"""The letterhead and the Word template on their page: set, tried, refused, given away."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import docx
import pytest
from sqlalchemy import select

from tests.reports import quarter
from tests.reports.quarter import AS_OF, CODE
from tests.web.conftest import Web, with_password
from workflow.store.letterheads import letterhead

if TYPE_CHECKING:
    from sqlalchemy import Row

ADDRESS = f"/agreements/{CODE}/letterhead"
# The page asks nothing of the database that differs between its kinds.
pytestmark = pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)


@pytest.fixture
def office(web: Web) -> Web:
    for db in web.founding(f"{__name__}.office"):
        quarter.lived(db)
        quarter.office(db)
        for key in ("quan-tri", "lanh-dao"):
            with_password(db, key)
    web.clock.move_to(AS_OF)
    return web


def row(web: Web) -> Row[Any] | None:
    with web.engine.begin() as db:
        return db.execute(select(letterhead)).one_or_none()


def word(*lines: str) -> bytes:
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    buffer = BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_an_office_sets_its_letterhead_and_template_and_goes_back(office: Web) -> None:
    browser = office.signed_in("quan-tri")
    page = browser.get(ADDRESS)
    assert page.status_code == 200
    typed = {"issuer": "party", "body": "Thành ủy <Từ Sơn>", "recipients": "Tỉnh ủy\nBáo"}
    page = browser.post(ADDRESS, typed)
    assert "Thành ủy &lt;Từ Sơn&gt;" in page.text
    kept = row(office)
    assert kept is not None
    assert kept.words["recipients"] == ["Tỉnh ủy", "Báo"]
    # What was refused stands in the form again, and nothing is changed.
    page = browser.post(ADDRESS, {"body": "x" * 301})
    assert page.status_code == 422
    assert "x" * 301 in page.text
    assert row(office) == kept

    ours = browser.get(f"{ADDRESS}/template")
    assert "Thành ủy" not in docx.Document(BytesIO(ours.content)).tables[0].cell(0, 0).text
    wrong = {"files": ("mau.docx", word("{{ numbr }}"), "application/octet-stream")}
    browser.get(ADDRESS)
    page = browser.post(f"{ADDRESS}/upload", {}, files=wrong)
    assert page.status_code == 422
    assert "numbr" in page.text
    own = word("MẪU", "{{ report_text }}", "{{ annexes }}")
    right = {"files": ("mau riêng.docx", own, "application/octet-stream")}
    page = browser.post(f"{ADDRESS}/upload", {}, files=right)
    assert "mau riêng.docx" in page.text
    assert browser.get(f"{ADDRESS}/template").content == own

    # The drafts are given in it.
    browser.get("/reports")
    answer = browser.post("/reports", {"agreement": CODE, "period": "2024-Q1"})
    made = browser.get(f"{answer.url.path}/files/docx")
    assert docx.Document(BytesIO(made.content)).paragraphs[0].text == "MẪU"
    sheet = browser.get(f"{answer.url.path}/files/xlsx")
    assert sheet.content.startswith(b"PK")
    assert sheet.headers["content-type"].endswith("spreadsheetml.sheet")
    browser.get(ADDRESS)
    browser.post(f"{ADDRESS}/built-in", {})
    kept = row(office)
    assert kept is not None
    assert kept.template_sha256 is None


def test_an_upload_without_a_file_is_said(office: Web) -> None:
    browser = office.signed_in("quan-tri")
    browser.get(ADDRESS)
    assert browser.post(f"{ADDRESS}/upload", {}).status_code == 422


def test_who_does_not_draft_sees_none_of_it(office: Web) -> None:
    browser = office.signed_in("lanh-dao")
    browser.get("/reports")
    assert browser.get(ADDRESS).status_code in {403, 404}
    for step in ("", "/upload", "/built-in"):
        assert browser.post(f"{ADDRESS}{step}", {}).status_code in {403, 404}
    assert browser.get(f"{ADDRESS}/template").status_code in {403, 404}
    assert office.stranger().get(ADDRESS).url.path == "/signin"
    assert row(office) is None
