"""The pages of webhooks: registered and shown once, tried, renewed, paused, ended, refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import insert, select, update

from tests import worlds
from tests.web.city import peopled, says
from workflow.domain.webhooks import OFFERED
from workflow.store.agreements import agreement
from workflow.store.journal import journal_entry
from workflow.store.people import person, role_grant
from workflow.store.webhooks import webhook, webhook_message
from workflow.store.work import work

if TYPE_CHECKING:
    from sqlalchemy import Row

    from tests.web.conftest import Browser, Web

SECRET = re.compile(r"camket_wh_[\w-]{43}")
FORM = {
    "name": "Bảng theo dõi <b>",
    "address": "https://receiver.example/hook",
    "event": ["task.accepted", "report.issued"],
}


@pytest.fixture
def city(web: Web) -> Web:
    return peopled(web)


def chief(web: Web) -> Browser:
    browser = web.signed_in("quan-tri")
    browser.get("/webhooks")
    return browser


def registered(browser: Browser, **typed: object) -> str:
    answer = browser.post("/webhooks", {**FORM, **typed})
    assert answer.status_code == 200, answer.text
    (secret,) = set(SECRET.findall(answer.text))
    return str(secret)


def row(web: Web) -> Row[object]:
    with web.engine.connect() as db:
        return db.execute(select(webhook)).one()


def rows(web: Web) -> list[Row[object]]:
    with web.engine.connect() as db:
        return list(db.execute(select(webhook_message).order_by(webhook_message.c.id)))


def verbs(web: Web) -> list[str]:
    with web.engine.connect() as db:
        found = select(journal_entry.c.verb).where(journal_entry.c.subject == "webhook")
        return list(db.scalars(found.order_by(journal_entry.c.id)))


def test_a_webhook_is_registered_and_its_secret_shown_once(city: Web) -> None:
    browser = chief(city)
    assert says(browser.get("/webhooks"), "Chưa có hệ thống nào nhận thông báo")
    secret = registered(browser, agreement="ct-01")
    page = browser.get("/webhooks")
    assert says(page, "Bảng theo dõi &lt;b&gt;", "ct-01", "đang hoạt động")
    one = browser.get(f"/webhooks/{row(city).id}")
    assert says(one, "https://receiver.example/hook", "báo cáo được ban hành", "Người quan-tri")
    for text in (page.text, one.text, str(row(city))):
        assert secret not in text
    assert verbs(city) == ["webhook.registered"]


WRONG: Final[tuple[tuple[dict[str, object], str], ...]] = (
    ({"name": " "}, "cần có tên"),
    ({"event": []}, "ít nhất một sự kiện"),
    ({"event": ["test"]}, "Không có sự kiện"),
    ({"address": "http://receiver.example/"}, "phải bắt đầu bằng https"),
    ({"address": "https://10.0.0.1/"}, "mạng nội bộ"),
    ({"address": "https://a:b@receiver.example/"}, "mật khẩu"),
    ({"address": "https://receiver.example:25/"}, "Cổng 25"),
    ({"address": "nonsense"}, "không phải địa chỉ"),
)


def test_a_wrong_form_is_shown_again_with_the_reason(city: Web) -> None:
    browser = chief(city)
    for typed, sentence in WRONG:
        answer = browser.post("/webhooks", {**FORM, **typed})
        assert answer.status_code == 422
        assert sentence in answer.text
    with city.engine.connect() as db:
        assert db.execute(select(webhook)).first() is None


def test_a_test_and_a_second_delivery_are_asked_for(city: Web) -> None:
    browser = chief(city)
    registered(browser)
    address = f"/webhooks/{row(city).id}"
    browser.get(address)
    assert says(browser.post(f"{address}/test", {}), "Đang gửi thử", "chờ gửi")
    (message,) = rows(city)
    with city.engine.begin() as db:
        assert db.scalars(select(work.c.subject_id).where(work.c.kind == "send_webhook")).all()
        db.execute(
            update(webhook_message).values(
                next_at=None, parked_at=worlds.at("2024-01-02"), attempts=12, status=503
            )
        )
    assert says(browser.get(address), "đã dừng gửi", "503")
    again = browser.post(f"{address}/messages/{message.id}/redeliver", {})
    assert says(again, "được gửi lại")
    (sent,) = rows(city)
    assert (sent.name, sent.attempts, sent.parked_at) == (message.name, 0, None)
    assert browser.post(f"{address}/messages/{message.id + 1}/redeliver", {}).status_code == 404
    assert verbs(city)[1:] == ["webhook.tested", "webhook.redelivered"]


def test_the_secret_is_renewed_with_a_grace(city: Web) -> None:
    browser = chief(city)
    old = registered(browser)
    address = f"/webhooks/{row(city).id}"
    browser.get(address)
    answer = browser.post(f"{address}/secret", {"grace_hours": "72"})
    (new,) = set(SECRET.findall(answer.text))
    assert new != old
    assert says(browser.get(address), "còn hiệu lực đến 09:00 05/01/2024")
    browser.post(f"{address}/secret", {"grace_hours": "0"})
    assert row(city).old_secret is None
    assert "còn hiệu lực đến" not in browser.get(address).text


def test_it_is_paused_resumed_and_ended(city: Web) -> None:
    browser = chief(city)
    registered(browser)
    address = f"/webhooks/{row(city).id}"
    browser.get(address)
    assert says(browser.post(f"{address}/pause", {}), "đang tạm dừng")
    browser.post(f"{address}/pause", {})
    assert browser.post(f"{address}/test", {}).status_code == 422
    other = city.signed_in("quan-tri-2")
    other.get(address)
    assert says(other.post(f"{address}/resume", {"leaves_out": "1"}), "Người quan-tri-2")
    other.post(f"{address}/resume", {})
    assert says(other.post(f"{address}/end", {}), "Đã kết thúc webhook")
    assert other.get(address).status_code == 404
    assert verbs(city)[1:] == ["webhook.paused", "webhook.resumed", "webhook.ended"]


def test_what_failed_is_told_in_words_page_by_page(city: Web) -> None:
    browser = chief(city)
    registered(browser)
    at = worlds.at("2024-01-02")
    with city.engine.begin() as db:
        db.execute(
            insert(webhook_message),
            [
                {
                    "webhook_id": row_id,
                    "name": f"m-{number}",
                    "entry_id": number,
                    "event": "task.accepted",
                    "body": "{}",
                    "created_at": at,
                    "attempts": 1,
                    "next_at": at,
                    "fault": "outgoing.too_slow",
                }
                for row_id in [db.scalar(select(webhook.c.id))]
                for number in range(60)
            ],
        )
        db.execute(
            update(webhook).values(failures=1, failing_since=at, rests_until=at.replace(year=2025))
        )
    address = f"/webhooks/{row(city).id}"
    page = browser.get(address)
    assert says(page, "không trả lời kịp thời", "m-59", "không gửi được từ", "lần gửi tiếp theo")
    assert "m-9<" not in page.text
    (more,) = re.findall(r'href="(/webhooks/\d+\?before=\d+)"', page.text)
    assert says(browser.get(more), "m-9<", "m-0<")
    assert says(browser.get("/webhooks"), "60")


def test_only_whoever_defines_gets_there(city: Web) -> None:
    registered(chief(city))
    number = row(city).id
    assert city.stranger().get("/webhooks").url.path == "/signin"
    for key in ("tham-dinh", "can-bo-a", "lanh-dao-tp", "kiem-toan", "nguoi-la"):
        browser = city.signed_in(key)
        assert browser.get("/webhooks").status_code == 403, key
        assert browser.get(f"/webhooks/{number}").status_code == 404, key
        assert browser.post("/webhooks", FORM).status_code == 403, key
        for act in ("secret", "pause", "resume", "test", "end", "messages/1/redeliver"):
            assert browser.post(f"/webhooks/{number}/{act}", {}).status_code == 404, (key, act)
    assert row(city).paused_at is None
    assert verbs(city) == ["webhook.registered"]


def test_an_administrator_of_one_agreement_keeps_only_its_webhooks(city: Web) -> None:
    with city.engine.begin() as db:
        person_id = db.scalar(select(person.c.id).where(person.c.key == "quan-tri-2"))
        db.execute(
            update(role_grant)
            .where(role_grant.c.person_id == person_id)
            .values(agreement_id=select(agreement.c.id).scalar_subquery())
        )
    registered(chief(city))
    browser = city.signed_in("quan-tri-2")
    page = browser.get("/webhooks")
    assert says(page, "ct-01")
    assert "mọi chương trình" not in page.text
    assert browser.get(f"/webhooks/{row(city).id}").status_code == 404
    assert browser.post("/webhooks", FORM).status_code == 403
    assert browser.post("/webhooks", {**FORM, "agreement": "khac"}).status_code in {403, 404}
    registered(browser, agreement="ct-01", event=[one.value for one in OFFERED])
    assert says(browser.get("/webhooks"), "Bảng theo dõi")
