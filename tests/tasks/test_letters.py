"""The daily letter: what it says, in which words, and that it says it in both forms."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from tasks.delivery.letters import Letter, digest_letter, written
from tests import worlds
from tests.workflow.test_notices import gather
from tests.workflow.test_pressing import world
from workflow.notices import Digest, Reminded

if TYPE_CHECKING:
    from sqlalchemy import Connection


def reminded(days_left: int, **more: Any) -> Reminded:
    fields: dict[str, Any] = {
        "task": 7,
        "unit": "Phường Tân Hồng",
        "agreement": "Chương trình phối hợp số 01",
        "obligation": "Đặt mua Báo Bắc Ninh",
        "clause": "Các đơn vị mua ấn phẩm theo quý",
        "place": "đoạn 4",
        "occasion": "2024-Q2",
        "step": "don-doc",
        "due_on": date(2024, 6, 30),
        "is_returned": False,
    }
    return Reminded(days_left=days_left, **{**fields, **more})


def letter(*said: Reminded, lang: str = "vi", base_url: str = "") -> Letter:
    digest = Digest(
        id=1,
        mail="tan-hong@x.example",
        lang=lang,
        day_on=date(2024, 7, 1),
        message_id="<20240701.x@camket>",
        written_on=date(2024, 7, 2),
        reminded=said,
    )
    return written(digest, base_url=base_url)


class Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str | None] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append(dict(attrs)["href"])


def read(html: str) -> tuple[str, list[str | None]]:
    words = Words()
    words.feed(html)
    return " ".join("".join(words.said).split()), words.links


def test_the_letter_says_what_is_overdue_first_and_by_how_much() -> None:
    text = letter(reminded(-5), reminded(0), reminded(6)).text
    places = [
        text.index(words)
        for words in (
            "Kính gửi",
            "tính đến ngày 02/07/2024",
            "NHIỆM VỤ QUÁ HẠN (1)",
            "Đặt mua Báo Bắc Ninh – quý II/2024",
            "Đơn vị thực hiện: Phường Tân Hồng",
            "Căn cứ: Các đơn vị mua ấn phẩm theo quý (đoạn 4)",
            "Hạn hoàn thành: 30/06/2024 – quá hạn 5 ngày",
            "khẩn trương",
            "NHIỆM VỤ SẮP ĐẾN HẠN (2)",
            "đến hạn hôm nay",
            "còn 6 ngày",
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("said", "vi", "en"),
    [
        (
            [-1, 2],
            "[Cam Kết] 1 nhiệm vụ quá hạn, 1 nhiệm vụ sắp đến hạn (ngày 02/07/2024)",
            "[Cam Kết] 1 overdue, 1 falling due (2024-07-02)",
        ),
        (
            [-1],
            "[Cam Kết] Đôn đốc 1 nhiệm vụ quá hạn (ngày 02/07/2024)",
            "[Cam Kết] 1 overdue (2024-07-02)",
        ),
        (
            [2, 3],
            "[Cam Kết] Nhắc 2 nhiệm vụ sắp đến hạn (ngày 02/07/2024)",
            "[Cam Kết] 2 falling due (2024-07-02)",
        ),
    ],
)
def test_the_subject_counts_what_there_is(said: list[int], vi: str, en: str) -> None:
    tasks = [reminded(days) for days in said]
    assert letter(*tasks).subject == vi
    assert letter(*tasks, lang="en").subject == en


def test_a_part_with_nothing_in_it_is_not_there() -> None:
    assert "QUÁ HẠN (" not in letter(reminded(1)).text
    assert "SẮP ĐẾN HẠN (" not in letter(reminded(-1)).text


@pytest.mark.parametrize(
    ("occasion", "vi"),
    [
        ("2024", "năm 2024"),
        ("2024-H1", "6 tháng đầu năm 2024"),
        ("2024-H2", "6 tháng cuối năm 2024"),
        ("2024-Q4", "quý IV/2024"),
        ("2024-03", "tháng 3/2024"),
        ("2024-09-02", ""),
        ("meeting:12", ""),
        ("after:dua-tin:meeting:12:bao", ""),
    ],
)
def test_a_period_is_written_as_offices_write_it(occasion: str, vi: str) -> None:
    line = f"1. Đặt mua Báo Bắc Ninh – {vi}" if vi else "1. Đặt mua Báo Bắc Ninh"
    assert f"\n{line}\n" in letter(reminded(1, occasion=occasion)).text


def test_html_says_what_the_text_says() -> None:
    one = letter(reminded(-5, is_returned=True), reminded(2), base_url="https://x.example/")
    said, links = read(one.html)
    for words in (
        "Nhiệm vụ quá hạn (1)",
        "Đơn vị thực hiện: Phường Tân Hồng",
        "quá hạn 5 ngày",
        "Minh chứng đã bị trả lại",
        "còn 2 ngày",
    ):
        assert words in said
        assert words.lower() in one.text.lower()
    assert links == ["https://x.example/tasks/7"] * 2
    assert one.text.count("https://x.example/tasks/7") == 2
    assert read(letter(reminded(1)).html)[1] == []


def test_what_people_wrote_is_never_markup() -> None:
    wild = letter(reminded(1, obligation="<img src=x onerror=alert(1)> & bạn"))
    assert "<img" not in wild.html
    assert "<img src=x onerror=alert(1)> & bạn" in read(wild.html)[0]
    assert "<img src=x onerror=alert(1)> & bạn" in wild.text


def test_english_counts_one_day_and_many() -> None:
    text = letter(reminded(-1), reminded(-2), reminded(0), reminded(1), lang="en").text
    for words in ("1 day overdue", "2 days overdue", "due today", "1 day left"):
        assert words in text


def test_a_digest_of_the_database_becomes_a_letter(db: Connection) -> None:
    world(db)
    first, _ = gather(db, "2024-04-30")
    found = digest_letter(db, first, at=worlds.at("2024-04-30"))
    assert found is not None
    assert found.to == "a@phuong.example"
    assert "Hạn hoàn thành: 31/03/2024 – quá hạn 30 ngày" in found.text
    assert digest_letter(db, first + 1000, at=worlds.at("2024-04-30")) is None
