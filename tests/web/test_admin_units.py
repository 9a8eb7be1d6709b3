"""Units on the pages: found, seen with their history, loaded after a trial, and succeeded."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from tests.factories import living, offices
from tests.web.asking import statements_of
from tests.web.conftest import Browser, Web, with_password
from tests.worlds import act, day, unit
from workflow.directory import in_tree, listed_units
from workflow.domain.units import FOREVER, Dated, Span, Unit, UnitQuota
from workflow.intake.unit_sheet_writing import write_units
from workflow.registry import load_units
from workflow.store.tasks import task
from workflow.store.units import roster
from workflow.store.units import unit as unit_table

SUCCESSION = """
date: 2024-05-01
ground: Nghị quyết <b>số 1</b>
successors:
  - key: phuong-moi
    replaces: [phuong-a, phuong-b]
    kind: phuong
    name: Phường Mới
    parent: thanh-pho
"""
PAGES = ("/units/import", "/units/succession/import")


@pytest.fixture
def city(web: Web) -> Web:
    """A living city; an administrator, a reviewer, a leader and an officer may sign in."""
    for db in web.founding(f"{__name__}.city"):
        living(db, units=offices(phuong_a=12))
        for key in ("quan-tri", "tham-dinh", "can-bo-a", "nguoi-la", "lanh-dao-tp"):
            with_password(db, key)
    return web


@pytest.fixture
def admin(city: Web) -> Browser:
    return city.signed_in("quan-tri")


def main_of(text: str) -> str:
    return text.split("<main", 1)[1]


def keys_in(web: Web) -> set[str]:
    with web.engine.begin() as db:
        return set(db.scalars(select(unit_table.c.key)))


def live_tasks(web: Web) -> int:
    with web.engine.begin() as db:
        query = select(func.count()).select_from(task).where(task.c.state != "cancelled")
        return int(db.scalar(query) or 0)


def sheet(*more: Unit) -> bytes:
    return write_units([*offices(phuong_a=12), *more]).encode()


def sent(content: bytes, name: str = "units.csv") -> dict[str, tuple[str, bytes]]:
    return {"files": (name, content)}


@pytest.mark.parametrize("address", ["/units", "/units/phuong-a", "/units/file", *PAGES])
def test_a_stranger_is_asked_to_sign_in(city: Web, address: str) -> None:
    assert city.stranger().get(address).url.path == "/signin"


@pytest.mark.parametrize("key", ["tham-dinh", "can-bo-a", "lanh-dao-tp"])
@pytest.mark.parametrize("address", PAGES)
def test_only_who_defines_loads_and_decides(city: Web, key: str, address: str) -> None:
    browser = city.signed_in(key)
    assert browser.get(address).status_code == 403
    browser.get("/account")
    before = keys_in(city)
    data = {"text": SUCCESSION, "do": "save"}
    assert browser.post(address, data, files=sent(sheet(unit("moi")))).status_code == 403
    assert keys_in(city) == before


def test_an_officer_sees_the_own_unit_and_nothing_beside_it(city: Web) -> None:
    browser = city.signed_in("can-bo-a")
    page = main_of(browser.get("/units").text)
    assert ("Đơn vị phuong-a" in page, "Đơn vị phuong-b" in page) == (True, False)
    assert browser.get("/units/phuong-a").status_code == 200
    assert browser.get("/units/phuong-b").status_code == 404
    assert browser.get("/units/file").status_code == 403


def test_whoever_holds_no_role_sees_no_unit(city: Web) -> None:
    browser = city.signed_in("nguoi-la")
    assert browser.get("/units").status_code == 403
    assert browser.get("/units/phuong-a").status_code == 403


def test_units_are_found_without_marks_and_by_kind(admin: Browser) -> None:
    page = main_of(admin.get("/units", params={"q": "don vi PHUONG"}).text)
    assert ("Đơn vị phuong-a" in page, "Đơn vị bao" in page) == (True, False)
    page = main_of(admin.get("/units", params={"kind": "bao"}).text)
    assert ("Đơn vị phuong-a" in page, "Đơn vị bao" in page) == (False, True)
    assert 'href="/units/file"' in page
    assert "Không có đơn vị nào" in admin.get("/units", params={"q": "xyz"}).text


def test_the_tree_puts_each_below_its_parent(admin: Browser) -> None:
    page = main_of(admin.get("/units", params={"view": "tree"}).text)
    assert page.index("Đơn vị thanh-pho") < page.index("Đơn vị phuong-a")
    assert page.count('class="tree__1"') == 2


def test_a_loop_among_parents_hides_nobody(city: Web) -> None:
    with city.engine.begin() as db:
        load_units(db, [unit("x", parent="y"), unit("y", parent="x")], act=act())
        lines = in_tree(listed_units(db, on=day("2024-01-02")))
    assert {one.key for _, one in lines} >= {"x", "y", "phuong-a"}


def test_the_list_is_paged(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.pages.units._PAGE", 3)
    page = main_of(admin.get("/units").text)
    more = re.search(r'href="(/units\?[^"]+)"', page.split('class="pages')[1])
    assert more
    rest = main_of(admin.get(more.group(1).replace("&amp;", "&")).text)
    assert len(re.findall(r'<th scope="row"', page)) == 3
    assert len(re.findall(r'<th scope="row"', rest)) == 1


def test_a_unit_that_ended_is_shown_when_asked_for(city: Web, admin: Browser) -> None:
    with city.engine.begin() as db:
        load_units(db, [unit("cu", until="2023-01-01")], act=act())
    assert "Đơn vị cu" not in main_of(admin.get("/units").text)
    page = main_of(admin.get("/units", params={"closed": "yes"}).text)
    assert "Đơn vị cu" in page
    assert "đã kết thúc hoạt động" in main_of(admin.get("/units/cu").text)


def test_a_unit_tells_its_history_what_it_owes_and_how_much_is_open(
    city: Web, admin: Browser
) -> None:
    life = Span(from_on=day("2020-01-01"), until_on=FOREVER)
    changed = Span(from_on=day("2020-01-01"), until_on=day("2023-01-01"))
    then = Span(from_on=day("2023-01-01"), until_on=FOREVER)
    ward = unit(
        "phuong-a",
        parent="thanh-pho",
        names=(
            Dated(value="Xã <A>", span=changed),
            Dated(value="Phường A", span=then),
        ),
        codes=(Dated(value="09367", span=life),),
        tags=("diem",),
        quotas=(UnitQuota(title="bbn", copies=12, span=life),),
    )
    with city.engine.begin() as db:
        load_units(db, [ward], act=act())
    page = main_of(admin.get("/units/phuong-a").text)
    assert "Xã &lt;A&gt;" in page
    assert "01/01/2020 – 31/12/2022" in page
    assert "09367" in page
    assert ">12<" in page
    assert "Nghĩa vụ mua-bao" in page
    assert re.search(r"/tasks\?unit=phuong-a\"><strong>1</strong>", page)
    assert admin.get("/units/khong-co").status_code == 404


def test_a_unit_outside_every_duty(admin: Browser) -> None:
    page = main_of(admin.get("/units/bao").text)
    assert "Không có nghĩa vụ" in page


def test_pages_of_units_ask_little(city: Web, admin: Browser) -> None:
    assert statements_of(city, lambda: admin.get("/units")) <= 12
    before = statements_of(city, lambda: admin.get("/units/phuong-a"))
    with city.engine.begin() as db:
        load_units(db, [unit(f"them-{number}") for number in range(20)], act=act())
    assert statements_of(city, lambda: admin.get("/units/phuong-a")) == before <= 13


def test_a_sheet_is_tried_first_and_then_loaded_and_planned(city: Web, admin: Browser) -> None:
    admin.get("/units/import")
    before = live_tasks(city)
    content = sheet(unit("phuong-c", parent="thanh-pho"))
    page = main_of(admin.post("/units/import", files=sent(content)).text)
    assert "<strong>1</strong>đơn vị mới" in page
    assert "Đơn vị phuong-c" in page
    assert "phuong-c" not in keys_in(city)
    kept = re.search(r'name="kept" value="([^"]+)"', page)
    assert kept
    answer = admin.post("/units/import", {"kept": kept.group(1), "name": "units.csv"})
    assert answer.url.path == "/units"
    assert "Số đơn vị thêm mới 1, thay đổi 0" in answer.text
    assert "phuong-c" in keys_in(city)
    assert live_tasks(city) > before, "the new ward owes at once"


def test_what_is_known_already_is_not_loaded(admin: Browser) -> None:
    admin.get("/units/import")
    page = main_of(admin.post("/units/import", files=sent(sheet())).text)
    assert "không có gì để nhập" in page
    assert 'name="kept"' not in page


def test_every_wrong_row_is_told_and_nothing_is_half_loaded(city: Web, admin: Browser) -> None:
    admin.get("/units/import")
    text = "key,name,kind,parent\ntot,Tốt,phuong,\nsai khóa,Sai,phuong,\nba,Ba,phuong,khong-co\n"
    answer = admin.post("/units/import", files=sent(text.encode()))
    page = main_of(answer.text)
    assert answer.status_code == 422
    assert re.findall(r'data-label="Dòng">(\d+)<', page) == ["3", "4"]
    assert "tot" not in keys_in(city)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"files": sent(b"", "")},
        {"files": sent(b"PK\x03\x04 hong", "a.xlsx")},
        {"data": {"kept": "không phải base64"}},
        {"data": {"kept": "a2V5"}},
    ],
)
def test_what_is_no_sheet_is_said(
    city: Web, admin: Browser, given: dict[str, dict[str, str]]
) -> None:
    admin.get("/units/import")
    before = keys_in(city)
    answer = admin.post("/units/import", given.get("data"), files=given.get("files"))
    assert answer.status_code == 422
    assert keys_in(city) == before


def test_the_file_of_units_loads_again(admin: Browser) -> None:
    answer = admin.get("/units/file")
    admin.get("/units/import")
    page = main_of(admin.post("/units/import", files=sent(answer.content)).text)
    assert "không có gì để nhập" in page


def test_a_succession_is_shown_first_and_then_recorded(city: Web, admin: Browser) -> None:
    admin.get("/units/succession/import")
    before = keys_in(city)
    page = main_of(admin.post("/units/succession/import", {"text": SUCCESSION}).text)
    assert "Phường Mới" in page
    assert "gộp vào một nhiệm vụ của đơn vị kế thừa" in page
    assert "&lt;b&gt;số 1" in page
    assert keys_in(city) == before, "only shown"
    answer = admin.post("/units/succession/import", {"text": SUCCESSION, "do": "save"})
    assert answer.url.path == "/units"
    assert "01/05/2024" in answer.text
    assert "phuong-moi" in keys_in(city)
    with city.engine.begin() as db:
        assert roster(db).units["phuong-a"].life.until_on == day("2024-05-01")
    page = main_of(admin.post("/units/succession/import", {"text": SUCCESSION}).text)
    assert "đã được ghi nhận" in page or "từ trước" in page
    city.clock.advance(act("2024-05-02").at - act("2024-01-02").at)
    page = main_of(city.signed_in("quan-tri").get("/units/phuong-moi").text)
    assert "thay thế" in page
    assert "Đơn vị phuong-a" in page


@pytest.mark.parametrize("text", ["", "date: hôm qua", SUCCESSION.replace("phuong-b", "phuong-z")])
def test_a_wrong_succession_is_told_and_changes_nothing(
    city: Web, admin: Browser, text: str
) -> None:
    admin.get("/units/succession/import")
    before = keys_in(city)
    answer = admin.post("/units/succession/import", {"text": text, "do": "save"})
    assert answer.status_code == 422
    assert keys_in(city) == before


def test_the_empty_list_says_what_to_do_first(web: Web) -> None:
    from tests.worlds import at
    from workflow.accounts import add_user, ensure_local_administrator
    from workflow.domain.roles import Grant, Role

    with web.engine.begin() as db:
        chief = ensure_local_administrator(db, name="Quản trị", at=at("2024-01-01"))
        grants = [Grant(role=Role.ADMINISTRATOR)]
        add_user(db, "quan-tri", name="Q", grants=grants, act=act(by=chief))
        with_password(db, "quan-tri")
    page = main_of(web.signed_in("quan-tri").get("/units").text)
    assert 'href="/units/import"' in page
