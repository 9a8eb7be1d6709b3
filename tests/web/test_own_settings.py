"""One's own settings, and the letters that tell whose account it is what was changed in it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pyotp
import pytest
from sqlalchemy import select

from tasks.job import run_batch
from tasks.jobs import JOBS
from tasks.workplace import Workplace
from tests import worlds
from tests.tasks.post_office import PostOffice, post_office
from tests.web.conftest import PASSWORD, Browser, Web, with_password
from workflow import accounts, forgotten, owner_letters, second_factor, sessions, tokens
from workflow.accounts import add_user, ensure_local_administrator
from workflow.domain.preferences import Reminders, is_reminded
from workflow.domain.roles import Grant, Role
from workflow.passwords import DRAWN
from workflow.store.journal import journal_entry
from workflow.store.owner_letters import owner_letter
from workflow.store.people import person
from workflow.store.preferences import preference
from workflow.store.work import work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

NEW = "một câu mới cũng khá dài"
KEY = b"k" * 32
JOB = next(one for one in JOBS if one.kind == owner_letters.WORK)


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with post_office() as one:
        yield one


@pytest.fixture
def town(web: Web, office: PostOffice) -> Web:
    """A reviewer with a mail address, and an auditor without one."""
    office.letters.clear()
    for db in web.founding(f"{__name__}.town"):
        ensure_local_administrator(db, name="Quản trị", at=worlds.at("2024-01-02"))
        for key, role, mail in (
            ("tham-dinh", Role.REVIEWER, "td@example.org"),
            ("khong-thu", Role.AUDITOR, ""),
        ):
            add_user(
                db,
                key,
                name=f"Người {key}",
                mail=mail,
                grants=[Grant(role=role)],
                act=worlds.act(by="local"),
            )
            with_password(db, key)
    premises = web.app.state.premises
    settings = web.settings.model_copy(update={"smtp_url": office.url, "contact": "phòng CNTT"})
    web.app.state.premises = replace(premises, settings=settings)
    return web


def send(web: Web) -> int:
    """Do the work that waits, as a worker does; give how many pieces there were."""
    premises = web.app.state.premises
    place = Workplace(engine=web.engine, clock=web.clock, settings=premises.settings)
    with web.engine.begin() as db:
        ids = list(db.scalars(select(work.c.id).where(work.c.kind == owner_letters.WORK)))
    return run_batch(place, JOB, ids)


def choose(browser: Browser, **said: str) -> str:
    browser.get("/account/settings")
    form = {"lang": "vi", "key_mode": "letters", "reminders": "daily", **said}
    answer = browser.post("/account/settings", form)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_whoever_chose_nothing_finds_the_usual_and_a_choice_stays_theirs(town: Web) -> None:
    browser = town.signed_in("tham-dinh")
    page = browser.get("/account/settings").text
    for usual in ('value="vi" checked', 'value="letters" checked', 'value="daily" checked'):
        assert usual in page
    assert "td@example.org" in page
    assert 'data-key-mode="letters"' in page
    page = choose(browser, key_mode="off", reminders="weekly", lang="en")
    assert "Your settings are kept." in page
    assert 'value="off" checked' in page
    assert 'value="weekly" checked' in page
    assert 'data-key-mode="off"' in page
    # Another device of theirs knows it too, and speaks the language; nobody else does.
    other = town.signed_in("tham-dinh").get("/review").text
    assert 'data-key-mode="off"' in other
    assert '<html lang="en">' in other
    assert 'data-key-mode="letters"' in town.signed_in("khong-thu").get("/account").text
    with town.engine.begin() as db:
        query = select(journal_entry.c.by, journal_entry.c.body)
        query = query.where(journal_entry.c.verb == "account.settings_chosen")
        [(by, body)] = db.execute(query).all()
    assert by == "tham-dinh"
    said = json.loads(body)
    assert said["before"] == {"keys": "letters", "lang": "vi", "reminders": "daily"}
    assert said["after"] == {"keys": "off", "lang": "en", "reminders": "weekly"}


def test_the_same_again_and_words_that_nobody_offered_change_nothing(town: Web) -> None:
    browser = town.signed_in("tham-dinh")
    choose(browser)
    with town.engine.begin() as db:
        assert db.execute(select(preference)).all() == []
    choose(browser, key_mode="alt", reminders="never")
    choose(browser, key_mode="<b>", reminders="x", lang="fr")
    with town.engine.begin() as db:
        [row] = db.execute(select(preference)).all()
        lang = db.scalar(select(person.c.lang).where(person.c.key == "tham-dinh"))
    assert (row.keys, row.reminders, lang) == ("alt", "never", "vi")


def test_the_hint_of_keys_says_what_holds_for_this_person(town: Web) -> None:
    browser = town.signed_in("tham-dinh")
    hint, alt = "Phím tắt: j và k", "Giữ phím Alt"
    page = browser.get("/review").text
    assert hint in page
    assert alt not in page
    choose(browser, key_mode="alt")
    page = browser.get("/review").text
    assert hint in page
    assert alt in page
    choose(browser, key_mode="off")
    assert hint not in browser.get("/review").text


def test_who_has_no_address_is_told_that_no_letter_comes(town: Web) -> None:
    page = town.signed_in("khong-thu").get("/account/settings").text
    assert "chưa có địa chỉ thư" in page


@pytest.mark.parametrize(
    ("chosen", "monday", "tuesday"),
    [
        ((), True, True),
        ((Reminders.DAILY,), True, True),
        ((Reminders.WEEKLY,), True, False),
        ((Reminders.NEVER,), False, False),
        # Of two who share an address the one who wants more decides.
        ((Reminders.NEVER, Reminders.WEEKLY), True, False),
        ((Reminders.NEVER, Reminders.DAILY), True, True),
    ],
)
def test_on_which_days_a_letter_reminds(
    *, chosen: tuple[Reminders, ...], monday: bool, tuesday: bool
) -> None:
    assert is_reminded(chosen, date(2024, 4, 29)) is monday
    assert is_reminded(chosen, date(2024, 4, 30)) is tuesday


# --- letters to whose account it is -----------------------------------------------------


def by_themselves(key: str) -> Callable[[Connection], object]:
    act = worlds.act(by="tham-dinh", day="2024-01-02")
    local = worlds.act(by="local", day="2024-01-02")
    deeds: dict[str, Callable[[Connection], object]] = {
        "password": lambda db: accounts.change_password(db, password=NEW, act=act, hasher=DRAWN),
        "given": lambda db: accounts.reset_password(db, "tham-dinh", act=local, hasher=DRAWN),
        "token": lambda db: tokens.make_token(
            db, name="t", scope=tokens.Scope.READ, days=3, act=act
        ),
        "mail": lambda db: accounts.change_own_mail(db, mail="moi@example.org", act=act),
        "mail_by_administrator": lambda db: accounts.change_account(
            db, "tham-dinh", name="Người tham-dinh", mail="moi@example.org", lang="vi", act=local
        ),
        "mail_taken": lambda db: accounts.change_own_mail(db, mail="", act=act),
    }
    return deeds[key]


@pytest.mark.parametrize(
    ("deed", "says", "to"),
    [
        ("password", "Mật khẩu đã được đổi.", ["td@example.org"]),
        ("given", "Quản trị viên đã cấp mật khẩu mới", ["td@example.org"]),
        ("token", "Đã tạo một mã truy cập", ["td@example.org"]),
        ("mail", "Địa chỉ thư đã được đổi.", ["moi@example.org", "td@example.org"]),
        ("mail_by_administrator", "Địa chỉ thư", ["moi@example.org", "td@example.org"]),
        ("mail_taken", "Địa chỉ thư đã được đổi.", ["td@example.org"]),
    ],
)
def test_a_change_is_told_by_a_real_letter_that_carries_no_secret(
    town: Web, office: PostOffice, deed: str, says: str, to: list[str]
) -> None:
    with town.engine.begin() as db:
        secret = by_themselves(deed)(db)
    assert send(town) == len(to)
    assert sorted(str(one["to"]) for one in office.letters) == to
    for letter in office.letters:
        assert letter["subject"] == "[Cam Kết] Có thay đổi trong tài khoản tham-dinh"
        for kind in ("plain", "html"):
            body = letter.get_body((kind,))
            assert body is not None
            text = body.get_content()
            assert says in text
            assert "lúc 09:00 02/01/2024" in text
            assert "phòng CNTT" in text
            assert "/account" in text
            for hidden in (NEW, PASSWORD, str(secret or NEW), "moi@", "td@"):
                assert hidden not in text
    # Each is sent once, though the work were done again.
    with town.engine.begin() as db:
        ids = list(db.scalars(select(owner_letter.c.id)))
        assert owner_letters.letters(db, ids) == {}


def test_every_change_of_the_second_factor_is_told(town: Web, office: PostOffice) -> None:
    act = partial(worlds.act, by="tham-dinh", day="2024-01-02")
    with town.engine.begin() as db:
        second_factor.begin(db, act=act(), key=KEY)
        secret = second_factor.offered(db, act=act(), key=KEY).secret
        drawn = second_factor.confirm(db, code=pyotp.TOTP(secret).at(act().at), act=act(), key=KEY)
        drawn = second_factor.draw_anew(db, code=drawn[0], act=act(), key=KEY)
        half = sessions.sign_in(db, "tham-dinh", password=PASSWORD, at=act().at, address="10.0.0.1")
        assert half is not None
        assert sessions.enter_code(
            db, half, code=drawn[0], at=act().at, address="10.0.0.1", agent="", secret=KEY
        )
        second_factor.reset(db, "tham-dinh", act=worlds.act(by="local", day="2024-01-02"))
        second_factor.begin(db, act=act(), key=KEY)
        secret = second_factor.offered(db, act=act(), key=KEY).secret
        drawn = second_factor.confirm(db, code=pyotp.TOTP(secret).at(act().at), act=act(), key=KEY)
        second_factor.switch_off(db, code=drawn[1], act=act(), key=KEY)
    send(town)
    bodies = [one.get_body(("plain",)) for one in office.letters]
    texts = [body.get_content() for body in bodies if body is not None]
    for said in (
        "Xác thực hai bước đã được bật.",
        "Đã tạo bộ mã dự phòng mới",
        "đăng nhập bằng một mã dự phòng",
        "Quản trị viên đã tắt xác thực hai bước",
        "Xác thực hai bước đã bị tắt",
    ):
        assert any(said in text for text in texts), said
    assert len(texts) == 6
    assert not any(code in text for code in drawn for text in texts)


def test_a_password_set_by_a_link_is_told(town: Web, office: PostOffice) -> None:
    with town.engine.begin() as db:
        at = town.clock.now()
        forgotten.ask_reset(db, "tham-dinh", address="10.0.0.1", at=at, secret=KEY)
        [link] = forgotten.links(db, range(9), at=at, secret=KEY).values()
        forgotten.reset_by_link(db, link.token, password=NEW, at=at, hasher=DRAWN)
    send(town)
    body = office.letters[-1].get_body(("plain",))
    assert body is not None
    assert "qua đường dẫn trong thư" in body.get_content()
    assert link.token not in body.get_content()


def test_what_changes_no_address_and_who_has_none_is_told_nothing(town: Web) -> None:
    with town.engine.begin() as db:
        accounts.change_password(db, password=NEW, act=worlds.act(by="khong-thu"), hasher=DRAWN)
        accounts.change_account(
            db,
            "tham-dinh",
            name="Tên khác",
            mail="td@example.org",
            lang="en",
            act=worlds.act(by="local"),
        )
        add_user(db, "moi", name="Mới", mail="m@example.org", act=worlds.act(by="local"))
        # The first password of all is no change of one.
        accounts.reset_password(db, "moi", act=worlds.act(by="local"), hasher=DRAWN)
        assert db.execute(select(owner_letter)).all() == []


def test_without_a_mail_server_nothing_waits_and_nothing_is_kept_for_ever(
    town: Web, office: PostOffice
) -> None:
    premises = town.app.state.premises
    settings = premises.settings.model_copy(update={"smtp_url": None})
    town.app.state.premises = replace(premises, settings=settings)
    with town.engine.begin() as db:
        by_themselves("password")(db)
    send(town)
    assert office.letters == []
    with town.engine.begin() as db:
        waits = select(work.c.id).where(
            work.c.kind == owner_letters.WORK, work.c.parked_at.is_(None)
        )
        assert db.execute(waits).all() == []
        assert owner_letters.forget_old(db, at=town.clock.now() + timedelta(days=89)) == 0
        assert owner_letters.forget_old(db, at=town.clock.now() + timedelta(days=91)) == 1
