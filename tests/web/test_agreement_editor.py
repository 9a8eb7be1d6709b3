"""An agreement written in the browser from nothing: units, heading, lists, and its source."""

from __future__ import annotations

import html
import io
from datetime import date
from typing import TYPE_CHECKING, Any, Self

import pytest

from tests.factories import task_of
from tests.web.conftest import Web, with_password
from tests.web.test_duty_editor import NEW, main_of
from tests.worlds import act
from web.pages import agreement_source
from workflow import catalogue, sourcing
from workflow.accounts import add_user, ensure_local_administrator
from workflow.domain.roles import Grant, Role
from workflow.domain.units import Selector
from workflow.evidence.check import EvidenceFile, Unreadable
from workflow.evidence.documents import read_document
from workflow.evidence.file_kinds import Kind
from workflow.evidence.sandbox import Pool
from workflow.examples.specimens import Letter, letter_docx
from workflow.store.units import roster

if TYPE_CHECKING:
    from pathlib import Path

    from httpx2 import Response

    from tests.web.conftest import Browser
    from workflow.domain.agreement import Agreement

LETTER = Letter(
    issuer="Văn phòng",
    number=5,
    mark="VP",
    issued_on=date(2024, 1, 5),
    place="Từ Sơn",
    kind="",
    paragraphs=("Hai bên mua và đọc báo.",),
)
TEXT = "Chương trình phối hợp\n\n  Hai bên   mua và đọc báo.\n<b>Báo</b> đưa tin & bài.\n"
HEADING = {
    "title": "Chương trình thử",
    "number": "01-CTr",
    "signed_on": "05/01/2024",
    "from": "2024-01-01",
    "through": "2025-12-31",
    "settings.reporting": "nd09",
    "settings.correction_days": "4",
    "settings.review_days": "6",
    "settings.calendars": "truong: six_day\r\nbao: six_day",
    "parties.0.name": "Thành ủy",
    "parties.0.members.keys.typed": "Ủy ban phường A",
    "parties.1.name": "Báo",
    "parties.1.code": "bao",
    "parties.1.members.everyone": "yes",
}


@pytest.fixture
def empty(web: Web) -> Web:
    """Two administrators, and nothing else."""
    for db in web.founding(f"{__name__}.empty"):
        from tests.worlds import at

        chief = ensure_local_administrator(db, name="Quản trị tại chỗ", at=at("2024-01-01"))
        for key in ("quan-tri", "quan-tri-2"):
            grants = [Grant(role=Role.ADMINISTRATOR)]
            add_user(db, key, name=f"Người {key}", grants=grants, act=act(by=chief))
            with_password(db, key)
    return web


@pytest.fixture
def city(drafted: Web) -> Web:
    return drafted


class Here:
    """Reads documents in this process: that a child does it is shown by one test of its own."""

    def __init__(self, **_: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def text_of(self, file: EvidenceFile) -> str:
        return read_document(file, {Kind.TEXT, Kind.DOCX}).text


@pytest.fixture
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement_source, "Pool", Here)


def says(web: Web, code: str = "du-thao") -> Agreement:
    with web.engine.begin() as db:
        return catalogue.kept(db, code).says


def upload(
    browser: Browser, content: bytes | str, name: str = "goc.txt", code: str = "du-thao"
) -> Response:
    data = content.encode() if isinstance(content, str) else content
    browser.get(f"/agreements/{code}/source")
    return browser.post(
        f"/agreements/{code}/source/upload", files={"files": (name, io.BytesIO(data), "x/y")}
    )


def test_from_nothing_to_an_agreement_in_force_without_any_file(empty: Web) -> None:
    browser = empty.signed_in("quan-tri")
    page = main_of(browser.get("/agreements").text)
    assert "/units/new" in page
    assert "/agreements/new" in page
    rows: dict[str, Any] = {}
    for number, name in enumerate(("Ủy ban phường A", "Ủy ban phường B")):
        rows |= {f"units.{number}.name": name, f"units.{number}.kind": "phuong"}
    browser.get("/units/new")
    answer = browser.post("/units/new", {**rows, "units.0.tags": "doc-bao; mua", "do": "save"})
    assert answer.url.path == "/units"
    with empty.engine.begin() as db:
        units = roster(db).units
    assert set(units) == {"uy-ban-phuong-a", "uy-ban-phuong-b"}
    assert {one.value for one in units["uy-ban-phuong-a"].tags} == {"doc-bao", "mua"}

    browser.get("/agreements/new")
    answer = browser.post("/agreements/new", {**HEADING, "do": "save"})
    assert answer.url.path == "/agreements/chuong-trinh-thu"
    found = says(empty, "chuong-trinh-thu")
    assert (found.clauses, found.obligations) == ((), ())
    assert [(one.code, one.name) for one in found.parties] == [
        ("thanh-uy", "Thành ủy"),
        ("bao", "Báo"),
    ]
    assert found.parties[0].members == Selector(keys=frozenset({"uy-ban-phuong-a"}))
    settings = found.settings
    assert (settings.reporting, settings.correction_days, settings.review_days) == ("nd09", 4, 6)
    assert dict(settings.calendars) == {"truong": "six_day", "bao": "six_day"}
    assert str(found.signed_on) == "2024-01-05"
    other = empty.signed_in("quan-tri-2")
    other.get("/agreements/chuong-trinh-thu")
    answer = other.post("/agreements/chuong-trinh-thu/activate")
    assert answer.status_code == 422
    assert "chưa có nghĩa vụ" in main_of(answer.text)

    address = "/agreements/chuong-trinh-thu/duty"
    assert "điều khoản mới" in main_of(browser.get(address).text)
    clause = {"clause": "+", "clause.text": "Báo cáo hằng tháng"}
    browser.post(address, {**NEW, **clause, "do": "save"})
    other.get("/agreements/chuong-trinh-thu")
    answer = other.post("/agreements/chuong-trinh-thu/activate")
    assert "đang có hiệu lực" in main_of(answer.text).lower() or answer.status_code == 200
    with empty.engine.begin() as db:
        assert catalogue.kept(db, "chuong-trinh-thu").state == "active"


def test_mistakes_of_a_heading_are_said_at_their_fields(empty: Web) -> None:
    browser = empty.signed_in("quan-tri")
    browser.get("/agreements/new")
    everyone = {"parties.0.members.everyone": "yes", "parties.0.members.keys.typed": ""}
    sound = {**HEADING, **everyone}
    for change, name in (
        ({"title": "", "code": "x"}, "title"),
        ({"code": "có dấu"}, "code"),
        ({"code": "new"}, "code"),
        ({"through": "2020-01-01"}, "through"),
        ({"from": "mai"}, "from"),
        ({"settings.reporting": "la"}, "settings.reporting"),
        ({"settings.review_days": "lâu"}, "settings.review_days"),
        ({"settings.reporting": "own"}, "settings.cut_off_days"),
        (
            {"settings.reporting": "own", "settings.cut_off_days": "20, 21"},
            "settings.cut_off_days",
        ),
        ({"parties.0.members.everyone": ""}, "parties.0.members.kinds"),
        ({"parties.0.members.under.typed": "không ai"}, "parties.0.members.under.typed"),
    ):
        answer = browser.post("/agreements/new", {**sound, **change, "do": "save"})
        assert answer.status_code == 422, change
        assert f'id="w-{name.replace(".", "-")}"' in answer.text, change
        assert 'value="01-CTr"' in answer.text
    more = browser.post("/agreements/new", {**sound, "do": "add"}).text
    assert 'name="parties.2.code"' in more
    less = browser.post("/agreements/new", {**sound, "do": "drop 0"}).text
    assert 'name="parties.0.code"' not in less
    browser.post("/agreements/new", {**sound, "do": "save"})
    again = browser.post("/agreements/new", {**sound, "code": "chuong-trinh-thu", "do": "save"})
    assert again.status_code == 422
    assert "Đã có chương trình" in main_of(again.text)


def test_mistakes_of_units_are_said_at_their_rows(empty: Web) -> None:
    browser = empty.signed_in("quan-tri")
    browser.get("/units/new")
    row = {"units.4.name": "Trường <b>A</b>", "units.4.kind": "truong"}
    for change, name in (
        ({"units.4.name": ""}, ""),
        ({"units.4.kind": ""}, "units.4.kind"),
        ({"units.4.kind": "hai chữ"}, "units.4.kind"),
        ({"units.4.parent": "khong-co"}, "units.4.parent"),
    ):
        answer = browser.post("/units/new", {**row, **change, "do": "save"})
        assert answer.status_code == 422, change
        assert "<b>A</b>" not in answer.text
        if name:
            assert f'id="w-{name.replace(".", "-")}"' in answer.text, change
    assert 'name="units.5.name"' in browser.post("/units/new", {**row, "do": "add"}).text
    assert 'name="units.4.name"' not in browser.post("/units/new", {**row, "do": "drop 4"}).text
    assert browser.post("/units/new", {**row, "do": "save"}).url.path == "/units"
    browser.get("/units/new")
    taken = {**row, "units.4.key": "truong-b-a-b"}
    answer = browser.post("/units/new", {**taken, "do": "save"})
    assert answer.status_code == 422
    assert "Đã có đơn vị" in main_of(answer.text)


def test_the_lists_of_a_draft_are_written_and_those_in_force_read(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    address = "/agreements/du-thao/parts"
    sent: dict[str, dict[str, Any]] = {
        "topics": {"topics.0.title": "Đọc <i>báo</i>", "topics.0.words": "đọc báo\r\nmua báo"},
        "titles": {"titles.0.name": "Báo tỉnh", "titles.0.sellers": "Bưu điện"},
        "clauses": {
            "clauses.0.code": "d1",
            "clauses.0.text": "Điều một",
            "clauses.1.text": "Điều hai",
            "clauses.2.text": "",
        },
        "parties": {
            "parties.0.code": "tp",
            "parties.0.name": "Thành ủy mới",
            "parties.0.members.kinds": "phuong",
            "parties.1.code": "bao",
            "parties.1.name": "Báo",
            "parties.1.members.kinds": "bao",
        },
    }
    for group, rows in sent.items():
        assert browser.get(f"{address}/{group}").status_code == 200
        more = browser.post(f"{address}/{group}", {**rows, "do": "add"})
        assert more.status_code == 200
        answer = browser.post(f"{address}/{group}", {**rows, "do": "save"})
        assert answer.url.path == "/agreements/du-thao", group
    found = says(city)
    assert [(one.code, one.words) for one in found.topics] == [
        ("doc-i-bao-i", ("đọc báo", "mua báo"))
    ]
    assert [(one.code, one.sellers) for one in found.titles] == [("bao-tinh", ("Bưu điện",))]
    assert [one.code for one in found.clauses] == ["d1", "dieu-hai"]
    assert found.parties[0].name == "Thành ủy mới"
    assert "<i>báo" not in browser.get(f"{address}/topics").text
    for rows, group in (
        ({"clauses.0.code": "d2", "clauses.0.text": "Điều khác"}, "clauses"),
        ({"topics.0.code": "hai chữ", "topics.0.title": "x"}, "topics"),
        ({"parties.0.name": "x", "parties.0.members.keys.typed": "lạ"}, "parties"),
    ):
        answer = browser.post(f"{address}/{group}", {**rows, "do": "save"})
        assert answer.status_code == 422, group
        assert 'role="alert"' in answer.text
    assert says(city) == found
    assert browser.get(f"{address}/la").status_code == 404
    reader = city.signed_in("tham-dinh")
    for group in sent:
        page = main_of(reader.get(f"/agreements/ct-01/parts/{group}").text)
        assert "<form" not in page
        assert reader.post(f"/agreements/ct-01/parts/{group}").status_code == 403
    page = main_of(reader.get("/agreements/ct-01/parts/parties").text)
    assert "Thành ủy" in page
    assert ">3<" in page, "the city and its two wards answer for it"
    for group in ("parties", "topics"):
        answer = browser.post(f"/agreements/ct-01/parts/{group}", {"do": "save"})
        assert answer.status_code == 422


def test_the_heading_of_a_draft_is_changed_and_the_rest_stays(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    before = says(city)
    page = browser.get("/agreements/du-thao/heading").text
    assert 'value="Dự thảo"' in html.unescape(page)
    sent = {
        "title": "Dự thảo hai",
        "from": "2024-01-01",
        "through": "2025-12-31",
        "settings.reporting": "calendar",
    }
    wrong = browser.post("/agreements/du-thao/heading", {**sent, "title": "", "do": "save"})
    assert wrong.status_code == 422
    browser.post("/agreements/du-thao/heading", {**sent, "do": "save"})
    found = says(city)
    assert found.title == "Dự thảo hai"
    assert found.obligations == before.obligations
    assert found.parties == before.parties
    for typed, name, said in (
        ("20", "cut-off:20", "chốt số liệu ngày 20 hằng tháng"),
        ("20 " * 11 + ", 31", f"cut-off:{'20,' * 11}31", "chốt số liệu các ngày 20, 20"),
    ):
        own = {"settings.reporting": "own", "settings.cut_off_days": typed, "do": "save"}
        browser.post("/agreements/du-thao/heading", {**sent, **own})
        assert says(city).settings.reporting == name
        assert said in main_of(browser.get("/agreements/du-thao").text)
        shown = browser.get("/agreements/du-thao/heading").text
        assert '<option value="own" selected>' in shown
        assert f'value="{", ".join(name[8:].split(","))}"' in shown
    browser.post("/agreements/du-thao/heading", {**sent, "do": "save"})
    assert says(city).settings.reporting == "calendar"
    assert browser.get("/agreements/ct-01/heading").status_code == 422
    assert browser.post("/agreements/ct-01/heading", sent).status_code == 422
    for address in ("/agreements/new", "/agreements/du-thao/heading", "/units/new"):
        assert city.signed_in("tham-dinh").get(address).status_code == 403


@pytest.mark.usefixtures("_read_here")
def test_a_source_document_stands_beside_the_forms_as_plain_words(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    assert "Chưa có văn bản gốc" in main_of(browser.get("/agreements/du-thao/source").text)
    assert browser.get("/agreements/du-thao/source/file").status_code == 404
    assert upload(browser, "", "").status_code == 422
    answer = upload(browser, TEXT, "gốc <1>.txt")
    assert answer.url.path == "/agreements/du-thao/source"
    assert "<b>Báo</b>" not in answer.text
    page = main_of(answer.text)
    assert "Hai bên mua và đọc báo." in page
    assert 'id="p3"' in page
    file = browser.get("/agreements/du-thao/source/file")
    assert file.content == TEXT.encode()
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in file.headers["content-security-policy"]
    clauses = {"clauses.0.code": "d1", "clauses.0.text": "Điều một"}
    sent = {**clauses, "passage": ["2", "3"], "quote": "đọc   báo.\nBáo đưa", "do": "passage 0"}
    page = html.unescape(browser.post("/agreements/du-thao/parts/clauses", sent).text)
    assert 'value="Đoạn 2–3: “đọc báo. Báo đưa”"' in page
    new = {"clause": "+", "passage": "2", "quote": "", "do": "passage"}
    page = html.unescape(browser.post("/agreements/du-thao/duty", new).text)
    assert 'name="clause.place" type="text" value="Đoạn 2"' in page
    assert "Hai bên mua và đọc báo." in page


def test_a_document_is_read_in_a_process_of_its_own(city: Web) -> None:
    upload(city.signed_in("quan-tri"), letter_docx(LETTER), "van-ban.docx")
    with city.engine.begin() as db:
        found = sourcing.source_of(db, catalogue.kept(db, "du-thao").id)
    assert found is not None
    assert any("mua và đọc báo" in line for line in found.paragraphs)


@pytest.mark.usefixtures("_read_here")
def test_what_cannot_be_read_is_refused_in_words(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    for name, content, words in (
        ("anh.png", b"\x89PNG\r\n\x1a\n" + b"0" * 200, "không đọc được chữ"),
        ("rach.docx", b"PK\x03\x04 rach", ""),
        ("trong.txt", b"  \n ", ""),
    ):
        answer = upload(browser, content, name)
        assert answer.status_code == 422, name
        said = main_of(answer.text).split('class="wrong" role="alert">')[1].split("</div>")[0]
        assert words in said, name
    with city.engine.begin() as db:
        assert sourcing.source_of(db, catalogue.kept(db, "du-thao").id) is None


@pytest.mark.usefixtures("_read_here")
def test_the_place_of_a_clause_in_force_leads_from_why_to_its_paragraph(city: Web) -> None:
    browser = city.signed_in("quan-tri")
    upload(browser, TEXT, code="ct-01")
    before = says(city, "ct-01")
    address = "/agreements/ct-01/parts/clauses"
    assert "<form" in browser.get(address).text
    long = browser.post(address, {"clauses.0.place": "x" * 501, "do": "save"})
    assert long.status_code == 422
    browser.post(address, {"clauses.0.place": "Đoạn 2, câu 1", "do": "save"})
    found = says(city, "ct-01")
    assert found.clauses[0].place == "Đoạn 2, câu 1"
    assert found.obligations == before.obligations
    with city.engine.begin() as db:
        number = task_of(db, "phuong-a")
        same = sourcing.place_clauses(db, "ct-01", places={"d1": "Đoạn 2, câu 1"}, act=act())
        assert same == []
    link = "/agreements/ct-01/source#p2"
    assert link in city.signed_in("can-bo-a").get(f"/tasks/{number}").text
    assert link in browser.get("/agreements/ct-01").text
    assert "Điều một" in main_of(browser.get("/agreements/ct-01/source").text)
    reader = city.signed_in("tham-dinh")
    assert reader.get("/agreements/ct-01/source").status_code == 200
    assert upload(reader, TEXT, code="ct-01").status_code == 403
    assert city.stranger().get("/agreements/ct-01/source").url.path == "/signin"


def test_paragraphs_are_named_as_people_write_them() -> None:
    named = sourcing.paragraph_named
    assert [named(one) for one in ("Đoạn 3", "đoạn thứ 12–14: “x”", "paragraph 4")] == [3, 12, 4]
    assert [named(one) for one in ("", "Điều 3", "Không có trong bài báo")] == [None] * 3


def test_a_reader_that_dies_leaves_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.txt"
    path.write_text("chữ", encoding="utf-8")
    with Pool(size=1) as pool:
        assert pool.text_of(EvidenceFile.at(path)).strip() == "chữ"
        path.write_text("chữ khác", encoding="utf-8")
        child = pool._idle.queue[0]
        assert child is not None
        monkeypatch.setattr(child, "_send", lambda *_: child._process.kill())
        with pytest.raises(Unreadable) as stop:
            pool.text_of(EvidenceFile.at(path))
        assert stop.value.reason.code == "source.too_hard"
        assert pool.text_of(EvidenceFile.at(path)).strip() == "chữ khác"
