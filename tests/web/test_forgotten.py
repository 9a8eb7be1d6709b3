"""A forgotten password: the same answer for everybody, a link that is good once, real letters."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from tasks.job import run_batch
from tasks.resetting import JOBS
from tasks.workplace import Workplace
from tests import worlds
from tests.tasks.post_office import PostOffice, post_office
from tests.web.asking import statements_of
from tests.web.conftest import PASSWORD, Browser, Web, with_password
from workflow import accounts, forgotten
from workflow.accounts import add_user, ensure_local_administrator
from workflow.domain.roles import Grant, Role
from workflow.passwords import DRAWN
from workflow.store.journal import journal_entry
from workflow.store.password_resets import password_reset
from workflow.store.people import person
from workflow.store.work import work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httpx2 import Response

NEW = "một câu mới cũng khá dài"
ASKED = "Nếu tài khoản này tồn tại"
_LINK = re.compile(r"http://127\.0\.0\.1:8000(/signin/new-password\?k=[\w-]+)")


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with post_office() as one:
        yield one


@pytest.fixture
def town(web: Web, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Web:
    """An auditor with a mail address, one without, and one who is disabled."""
    monkeypatch.setitem(forgotten.reset_by_link.__kwdefaults__ or {}, "hasher", DRAWN)
    office.letters.clear()
    with web.engine.begin() as db:
        ensure_local_administrator(db, name="Quản trị", at=worlds.at("2024-01-02"))
        for key, mail in (
            ("thanh-tra", "tt@example.org"),
            ("khong-thu", ""),
            ("da-khoa", "k@x.vn"),
        ):
            add_user(
                db,
                key,
                name=f"Người {key}",
                mail=mail,
                grants=[Grant(role=Role.AUDITOR)],
                act=worlds.act(by="local"),
            )
            with_password(db, key)
        accounts.disable_user(db, "da-khoa", act=worlds.act(by="local"))
    premises = web.app.state.premises
    settings = web.settings.model_copy(update={"smtp_url": office.url})
    web.app.state.premises = replace(premises, settings=settings)
    return web


def ask(web: Web, key: str) -> Response:
    browser = web.stranger()
    browser.get("/signin/forgotten")
    return browser.post("/signin/forgotten", {"key": key})


def send(web: Web) -> int:
    """Do the work that waits, as a worker does; give how many pieces there were."""
    premises = web.app.state.premises
    place = Workplace(engine=web.engine, clock=web.clock, settings=premises.settings)
    with web.engine.begin() as db:
        ids = list(db.scalars(select(work.c.id).where(work.c.kind == "send_reset")))
    return run_batch(place, JOBS[0], ids)


def link_of(web: Web, office: PostOffice) -> str:
    """Ask for a link, have the letter sent, and read the address in it."""
    ask(web, "thanh-tra")
    send(web)
    plain = office.letters[-1].get_body(("plain",))
    assert plain is not None
    found = _LINK.search(plain.get_content())
    assert found
    return found.group(1)


def use(browser: Browser, link: str, password: str = NEW) -> Response:
    page = browser.get(link)
    assert page.status_code == 200, page.text
    form = {"k": link.partition("k=")[2], "password": password, "again": password}
    return browser.post("/signin/new-password", form)


def may_sign_in(web: Web, password: str) -> bool:
    browser = web.stranger()
    browser.get("/signin")
    answer = browser.post("/signin", {"key": "thanh-tra", "password": password})
    return answer.url.path != "/signin"


def test_a_letter_brings_a_link_that_sets_a_new_password_once(
    town: Web, office: PostOffice
) -> None:
    link = link_of(town, office)
    letter = office.letters[-1]
    assert (letter["To"], letter["Auto-Submitted"]) == ("tt@example.org", "auto-generated")
    html = letter.get_body(("html",))
    assert html is not None
    assert link.replace("&", "&amp;") in html.get_content()
    elsewhere = town.signed_in("thanh-tra")
    browser = town.stranger()
    answer = use(browser, link)
    assert (answer.url.path, "Đã đặt mật khẩu mới" in answer.text) == ("/signin", True)
    # Every session ends, and nobody is signed in by a link alone.
    assert elsewhere.get("/account").url.path == "/signin"
    assert browser.get("/account").url.path == "/signin"
    assert (may_sign_in(town, PASSWORD), may_sign_in(town, NEW)) == (False, True)
    assert browser.get(link).status_code == 422
    form = {"k": link.partition("k=")[2], "password": PASSWORD, "again": PASSWORD}
    browser.get("/signin")
    assert browser.post("/signin/new-password", form).status_code == 422
    assert may_sign_in(town, NEW)
    with town.engine.begin() as db:
        query = select(journal_entry.c.by).where(journal_entry.c.verb == "account.reset_by_link")
        assert db.scalars(query).all() == ["thanh-tra"]


def test_everybody_is_answered_alike_in_as_many_statements(town: Web) -> None:
    expected = statements_of(town, lambda: ask(town, "nguoi-khac"))
    for key in ("thanh-tra", "khong-thu", "da-khoa"):
        assert statements_of(town, partial(ask, town, key)) == expected, key
    town.clock.advance(timedelta(minutes=61))
    for key in ("thanh-tra", "khong-thu", "da-khoa", "khong-co-ai", ""):
        answer = ask(town, key)
        assert (answer.status_code, answer.url.path, ASKED in answer.text) == (200, "/signin", True)


def test_no_letter_goes_to_nobody(town: Web, office: PostOffice) -> None:
    for key in ("khong-thu", "da-khoa", "khong-co-ai"):
        ask(town, key)
    assert send(town) == 3
    assert office.letters == []
    assert send(town) == 0


def test_a_link_is_over_after_an_hour(town: Web, office: PostOffice) -> None:
    link = link_of(town, office)
    town.clock.advance(timedelta(minutes=60))
    assert town.stranger().get(link).status_code == 422
    ask(town, "thanh-tra")
    town.clock.advance(timedelta(minutes=60))
    office.letters.clear()
    send(town)
    assert office.letters == []


def test_another_link_voids_the_one_before(town: Web, office: PostOffice) -> None:
    first = link_of(town, office)
    second = link_of(town, office)
    assert first != second
    assert town.stranger().get(first).status_code == 422
    assert use(town.stranger(), second).url.path == "/signin"


def test_a_changed_password_or_address_voids_the_link(town: Web, office: PostOffice) -> None:
    link = link_of(town, office)
    browser = town.signed_in("thanh-tra")
    browser.get("/account/password")
    browser.post("/account/password", {"present": PASSWORD, "password": NEW, "again": NEW})
    assert town.stranger().get(link).status_code == 422
    link = link_of(town, office)
    browser.get("/account")
    answer = browser.post("/account/mail", {"mail": "moi@example.org", "password": NEW})
    assert "moi@example.org" in answer.text
    assert town.stranger().get(link).status_code == 422


def test_a_disabled_account_is_not_let_in_by_a_link(town: Web, office: PostOffice) -> None:
    link = link_of(town, office)
    with town.engine.begin() as db:
        db.execute(
            update(person).where(person.c.key == "thanh-tra").values(disabled_at=town.clock.now())
        )
    assert town.stranger().get(link).status_code == 422


def test_what_is_typed_wrong_is_said_and_the_link_stays_good(town: Web, office: PostOffice) -> None:
    link = link_of(town, office)
    browser = town.stranger()
    assert use(browser, link, password="ngắn").status_code == 422
    browser.get(link)
    form = {"k": link.partition("k=")[2], "password": NEW, "again": NEW + "!"}
    answer = browser.post("/signin/new-password", form)
    assert (answer.status_code, "không giống nhau" in answer.text) == (422, True)
    assert use(browser, link).url.path == "/signin"


def test_an_account_gets_three_letters_an_hour_and_an_address_asks_ten_times(
    town: Web, office: PostOffice
) -> None:
    for _ in range(5):
        answer = ask(town, "thanh-tra")
        send(town)
        assert ASKED in answer.text
    assert len(office.letters) == 3
    for number in range(7):
        assert ask(town, f"ai-{number}").status_code == 200
    assert ask(town, "ai-nua").status_code == 429
    town.clock.advance(timedelta(minutes=61))
    assert ask(town, "thanh-tra").status_code == 200


def test_what_is_kept_makes_no_link(town: Web, office: PostOffice) -> None:
    token = link_of(town, office).partition("k=")[2]
    with town.engine.begin() as db:
        assert token not in str(db.execute(select(password_reset)).all())


def test_a_letter_that_was_sent_is_not_sent_again(town: Web, office: PostOffice) -> None:
    office.at_data = ["451 later"]
    ask(town, "thanh-tra")
    send(town)
    assert office.letters == []
    with town.engine.begin() as db:
        db.execute(update(work).values(leased_until=None))
        ids = list(db.scalars(select(password_reset.c.id)))
    send(town)
    with town.engine.begin() as db:
        at, secret = town.clock.now(), town.settings.session_secret
        assert forgotten.links(db, ids, at=at, secret=secret) == {}
    assert len(office.letters) == 1


def test_without_a_mail_server_the_page_says_whom_to_ask(town: Web) -> None:
    premises = town.app.state.premises
    settings = town.settings.model_copy(update={"contact": "Văn phòng, máy lẻ 12"})
    town.app.state.premises = replace(premises, settings=settings)
    browser = town.stranger()
    assert "máy lẻ 12" in browser.get("/signin").text
    page = browser.get("/signin/forgotten").text
    assert ("máy lẻ 12" in page, "<input id=" in page) == (True, False)
    assert browser.post("/signin/forgotten", {"key": "thanh-tra"}).status_code == 200
    with town.engine.begin() as db:
        assert db.execute(select(password_reset.c.id)).first() is None


def test_what_is_no_mail_address_is_not_taken(town: Web) -> None:
    browser = town.signed_in("thanh-tra")
    browser.get("/account")
    for mail in ("không phải", "a@", "@b.vn", "a b@c.vn", "a@b.vn,c@d.vn", "a@b>"):
        answer = browser.post("/account/mail", {"mail": mail, "password": PASSWORD})
        assert (answer.status_code, "không hợp lệ" in answer.text) == (422, True), mail


def test_the_own_address_is_changed_only_with_the_password(town: Web) -> None:
    browser = town.signed_in("thanh-tra")
    browser.get("/account")
    answer = browser.post("/account/mail", {"mail": "ke-trom@example.org", "password": "sai"})
    assert (answer.status_code, "Mật khẩu không đúng" in answer.text) == (422, True)
    with town.engine.begin() as db:
        mail = db.scalar(select(person.c.mail).where(person.c.key == "thanh-tra"))
        assert mail == "tt@example.org"
