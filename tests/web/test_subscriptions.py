"""Subscriptions on the web and the command line: what is shown, imported, and refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from camket.__main__ import main
from tests import worlds
from tests.reports import buying
from tests.web.asking import statements_of
from tests.web.conftest import with_password
from workflow.accounts import add_user
from workflow.domain.roles import Grant, Role
from workflow.examples.specimens import post_office_xlsx
from workflow.i18n import translator
from workflow.store.occasions import figure

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.conftest import Browser, Web

pytestmark = pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
ADDRESS = f"/subscriptions?agreement={buying.CODE}&period=2024-Q1"


@pytest.fixture
def city(web: Web) -> Web:
    """The small city on the 2nd of April 2024, with its people."""
    for db in web.founding(f"{__name__}.city"):
        buying.lived(db)
        for key, grant in (
            ("quan-tri", Grant(role=Role.ADMINISTRATOR)),
            ("lanh-dao", Grant(role=Role.LEADER, agreement=buying.CODE, party="ts")),
            ("can-bo", Grant(role=Role.UNIT_OFFICER, unit="a")),
        ):
            act = worlds.act("2024-01-02", by="system:test")
            add_user(db, key, name=f"Người {key}", grants=[grant], act=act)
            with_password(db, key)
    web.clock.move_to(worlds.at("2024-04-02"))
    return web


def table(**copies: int) -> bytes:
    names = {unit.key: unit.names[0].value for unit in buying.the_units()}
    return post_office_xlsx(
        period="quý I/2024",
        titles=["Báo Bắc Ninh"],
        rows=[
            *((f"99{key}", names[key], (number,)) for key, number in copies.items()),
            ("", "Nơi lạ", (1,)),
        ],
    )


def send(browser: Browser, content: bytes, *, period: str = "2024-Q1") -> str:
    answer = browser.post(
        "/subscriptions/import",
        {"agreement": buying.CODE, "period": period},
        files={"files": ("bang.xlsx", content)},
    )
    assert answer.status_code in {200, 422}
    return answer.text


def test_each_title_is_shown_with_who_has_not_ordered(city: Web) -> None:
    browser = city.signed_in("lanh-dao")
    page = browser.get(ADDRESS).text
    assert "1/4" in page
    assert "14/18" in page
    behind = page.partition("Phường Bình")
    assert behind[1]
    assert "2/3 tờ" in behind[2]
    assert "Phường Cam" in page
    assert "số tờ +3, đơn vị đặt đủ −2" in page
    # A leader records no table.
    assert "/subscriptions/import" not in page
    assert statements_of(city, lambda: browser.get(ADDRESS)) <= 12
    # Without a choice it is the running quarter of the first agreement.
    assert "Quý II/2024" in browser.get("/subscriptions").text
    assert browser.get("/subscriptions?agreement=khac").status_code == 404
    assert browser.get(f"/subscriptions?agreement={buying.CODE}&period=x").status_code == 422


def test_who_may_not_read_the_whole_sees_nothing_of_it(city: Web) -> None:
    assert city.stranger().get(ADDRESS).url.path == "/signin"
    officer = city.signed_in("can-bo")
    assert officer.get(ADDRESS).status_code == 404
    assert "Phường" not in officer.get("/subscriptions").text
    leader = city.signed_in("lanh-dao")
    answer = leader.post(
        "/subscriptions/import",
        {"agreement": buying.CODE, "period": "2024-Q1"},
        files={"files": ("bang.xlsx", table(a=1))},
    )
    assert answer.status_code == 403


def test_a_table_is_tried_then_recorded_and_held_against_the_proofs(city: Web) -> None:
    admin = city.signed_in("quan-tri")
    page = send(admin, table(a=5, b=2, c=1))
    assert "8 tờ mỗi kỳ phát hành" in page
    assert "Nơi lạ" in page
    with city.engine.begin() as db:
        assert not db.scalar(select(func.count()).select_from(figure))
    kept = page.partition('name="kept" value="')[2].partition('"')[0]
    facts = {"agreement": buying.CODE, "period": "2024-Q1", "name": "bang.xlsx", "kept": kept}
    page = admin.post("/subscriptions/import", facts).text
    assert "3 đơn vị, 3 số liệu thay đổi" in page
    page = admin.get(ADDRESS).text
    # a proved 6 and c none; e proved 6 and is not in the table.
    assert "8 tờ, bảng nhận ngày 02/04/2024; số đơn vị có chênh lệch: 3" in page
    # A later table stands for the whole of the first.
    page = send(admin, table(a=6, b=2))
    kept = page.partition('name="kept" value="')[2].partition('"')[0]
    admin.post("/subscriptions/import", {**facts, "kept": kept})
    assert "8 tờ, bảng nhận ngày 02/04/2024; số đơn vị có chênh lệch: 1" in admin.get(ADDRESS).text


def test_a_wrong_table_is_told_and_changes_nothing(city: Web) -> None:
    admin = city.signed_in("quan-tri")
    assert "Bảng thuộc kỳ khác" in send(admin, table(a=1), period="2024-Q2")
    assert "office_table" not in send(admin, b"x;y")
    assert 'class="wrong"' in send(admin, b"") or 'role="alert"' in send(admin, b"")
    with city.engine.begin() as db:
        assert not db.scalar(select(func.count()).select_from(figure))


def test_the_command_line_shows_exports_and_imports(
    city: Web,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = city.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CAMKET_DATABASE_URL", url)
    for name in ("CAMKET_SECRET_KEY", "CAMKET_JOURNAL_KEY"):
        monkeypatch.setenv(name, "1:" + "j" * 40)
    which = [
        "--agreement",
        buying.CODE,
        "--period",
        "2024-Q1",
        "--data",
        str(city.settings.data_dir),
    ]
    by = ["--as", "quan-tri"]
    file = tmp_path / "bang.xlsx"
    file.write_bytes(table(a=5))

    def said(*words: str) -> str:
        assert main([*words, *which, *by]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    shown = said("subscription", "show", "--lang", "vi")
    assert "Phường Bình (2/3 tờ)" in shown
    assert "Báo Bắc Ninh cuối tuần" in shown
    tried = json.loads(said("subscription", "import", str(file), "--dry-run", "--json"))
    assert (tried["units"], tried["copies"], tried["changed"]) == (1, {"bbn": 5}, 0)
    assert "Nơi lạ" in said("subscription", "import", str(file), "--lang", "vi")
    titles = json.loads(said("subscription", "show", "--json"))
    assert (titles[0]["copies_counted"], titles[0]["rate"]) == (5, [1, 4])
    lines = said("subscription", "export", "--lang", "vi").splitlines()
    assert len(lines) == 1 + sum(len(one["units"]) for one in titles)
    assert "Báo Bắc Ninh,2024-Q1,Phường An,Đặt đủ,5,6,5" in lines
    assert translator("vi").gettext("Subscribers") == "Đơn vị đặt mua"
