"""A saved web page as proof that an article was published."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.evidence.specimens import codes, facts, judge, replaced, stored
from workflow.evidence.check import Identity, Outcome, TaskFacts, Verdict
from workflow.examples.specimens import article_html

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (
    (
        "Chiều 13/2, thành phố Từ Sơn tổ chức hội nghị đánh giá phong trào xây dựng nông thôn mới "
        "nâng cao trên địa bàn, với sự tham gia của các phường và các ngành liên quan."
    ),
    (
        "Báo cáo tại hội nghị cho thấy nhiều mô hình hay, cách làm sáng tạo của nhân dân đã được "
        "nhân rộng; các tuyến đường hoa, nhà văn hóa khu phố được đầu tư khang trang, sạch đẹp."
    ),
    (
        "Phát biểu kết luận, lãnh đạo thành phố yêu cầu các phường tiếp tục tuyên truyền, vận động "
        "nhân dân chung sức thực hiện các tiêu chí, phấn đấu hoàn thành kế hoạch năm 2024."
    ),
)
ADDRESS = "https://baobacninh.vn/news/-/details/20182/tu-son-xay-dung-nong-thon-moi"


def page(**changes: Any) -> bytes:
    return article_html(
        **{
            "title": "Từ Sơn xây dựng nông thôn mới nâng cao",
            "published_on": date(2024, 2, 14),
            "address": ADDRESS,
            "site": "Báo Bắc Ninh điện tử",
            "paragraphs": TEXT,
            **changes,
        }
    )


def judged_as(
    folder: Path, data: bytes, params: dict[str, Any] | None = None, task: TaskFacts | None = None
) -> Verdict:
    task = task or facts(topic_words=("nông thôn mới", "đô thị văn minh"))
    return judge("article", stored(folder, data, "bai.html"), params, task=task)


def test_an_article_on_the_topic_passes(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, page())
    assert (verdict.outcome, verdict.reasons) == (Outcome.PASSED, ())
    assert verdict.findings.performed_on == date(2024, 2, 14)
    assert verdict.findings.quantity == 1
    assert verdict.findings.capacity is None
    assert verdict.findings.identity == Identity(
        kind="article",
        key="baobacninh.vn/news/-/details/20182/tu-son-xay-dung-nong-thon-moi",
    )
    assert verdict.read["title"] == "Từ Sơn xây dựng nông thôn mới nâng cao"
    assert verdict.read["topics"] == ["nông thôn mới"]


META = '<meta property="article:published_time" content="2024-02-14T08:21:00+07:00">'


@pytest.mark.parametrize(
    ("instead", "on"),
    [
        ('<meta property="article:published_time" content="2024-02-13T18:00:00Z">', 14),
        ('<meta property="article:published_time" content="2024-02-13T16:59:00Z">', 13),
        ('<meta name="pubdate" content="14/02/2024 08:21">', 14),
        (
            (
                '<script type="application/ld+json">{"@graph": [{"headline": "x", '
                '"datePublished": "2024-02-14T08:21:00"}]}</script>'
            ),
            14,
        ),
        ('<script type="application/ld+json">{broken</script>', 14),
        ("<script>var x = 1</script>", 14),
        ('<script type="application/ld+json">[1, {"name": "x"}]</script>', 14),
        ('<meta property="article:published_time" content="0001-01-01T00:00:00+14:00">', 14),
        ('<meta property="article:published_time" content="gần đây">', 14),
    ],
)
def test_the_day_is_the_one_of_the_zone_and_read_day_first(
    tmp_path: Path, instead: str, on: int
) -> None:
    verdict = judged_as(tmp_path, replaced(page(), (META, instead)))
    assert verdict.findings.performed_on == date(2024, 2, on)


def test_a_shown_day_is_read_day_first(tmp_path: Path) -> None:
    data = replaced(page(published_on=date(2024, 3, 4)), (META.replace("02-14", "03-04"), ""))
    assert judged_as(tmp_path, data).findings.performed_on == date(2024, 3, 4)


def test_one_january_article_does_not_satisfy_the_other_months(tmp_path: Path) -> None:
    data = page(published_on=date(2024, 1, 20))
    passed = []
    for month in range(1, 13):
        until = date(2024, month + 1, 1) if month < 12 else date(2025, 1, 1)
        task = facts(period_from=date(2024, month, 1), period_until=until)
        if judged_as(tmp_path, data, task=task).outcome is Outcome.PASSED:
            passed.append(month)
    assert passed == [1]


@pytest.mark.parametrize(
    ("changes", "params", "code", "outcome"),
    [
        ({"published_on": date(2024, 4, 2)}, {}, "date.outside_period", Outcome.FAILED),
        ({"site": "Báo Bắc Giang"}, {}, "article.publisher_other", Outcome.FAILED),
        ({"site": ""}, {}, "article.publisher_unclear", Outcome.UNDECIDED),
        ({"paragraphs": TEXT[:1]}, {}, "article.too_short", Outcome.FAILED),
        ({}, {"mentions_all": ["Đền Đô"]}, "text.phrases_missing", Outcome.FAILED),
        ({}, {"least_topics": 2}, "article.off_topic", Outcome.FAILED),
        (
            {"title": "Tin", "paragraphs": ("Trời mưa. " * 60,)},
            {},
            "article.off_topic",
            Outcome.FAILED,
        ),
    ],
)
def test_what_the_article_is_not_is_told(
    tmp_path: Path, changes: dict[str, Any], params: dict[str, Any], code: str, outcome: Outcome
) -> None:
    verdict = judged_as(tmp_path, page(**changes), params)
    assert (verdict.outcome, codes(verdict)) == (outcome, {code})


@pytest.mark.parametrize(
    ("site", "address", "outcome"),
    [
        ("", "https://www.baobacninh.vn/a", Outcome.PASSED),
        ("", "https://m.baobacninh.vn/a", Outcome.PASSED),
        ("", "https://baobacninh.vn.example.com/a", Outcome.FAILED),
        ("", "https://xbaobacninh.vn/a", Outcome.FAILED),
        ("", "", Outcome.UNDECIDED),
    ],
)
def test_a_publisher_may_be_known_by_its_host(
    tmp_path: Path, site: str, address: str, outcome: Outcome
) -> None:
    data = page(site=site, address=address)
    verdict = judged_as(tmp_path, data, {"publishers": ["baobacninh.vn"]})
    assert verdict.outcome is outcome


def test_anyone_may_publish_where_nobody_is_named(tmp_path: Path) -> None:
    task = facts(publications=())
    assert judged_as(tmp_path, page(site="Blog"), task=task).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "address",
    [
        ADDRESS + "/",
        ADDRESS + "?utm_source=zalo&fbclid=1",
        ADDRESS.replace("https://", "http://www."),
        ADDRESS + "#binh-luan",
    ],
)
def test_the_same_article_is_known_again_however_it_was_reached(
    tmp_path: Path, address: str
) -> None:
    one = judged_as(tmp_path, page()).findings.identity
    assert judged_as(tmp_path, page(address=address)).findings.identity == one
    other = judged_as(tmp_path, page(address=ADDRESS + "?id=2")).findings.identity
    assert other != one


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "http://[bad"])
def test_without_an_address_title_and_day_are_the_article(tmp_path: Path, address: str) -> None:
    identity = judged_as(tmp_path, page(address=address)).findings.identity
    assert identity == Identity(
        kind="article", key="tu son xay dung nong thon moi nang cao|2024-02-14"
    )


def test_without_anything_the_file_is_the_proof(tmp_path: Path) -> None:
    file = stored(tmp_path, b"<html><body><p>x</p></body></html>", "bai.html")
    verdict = judge("article", file)
    assert verdict.findings.identity == Identity(kind="file", key=file.sha256)
    assert {"article.title_not_found", "date.not_found", "article.too_short"} <= codes(verdict)


def test_a_page_without_anything_in_it_is_broken(tmp_path: Path) -> None:
    verdict = judge("article", stored(tmp_path, b"<!DOCTYPE html>", "bai.html"))
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"file.broken"})


def test_a_picture_of_the_page_is_left_to_a_person(tmp_path: Path) -> None:
    verdict = judge("article", stored(tmp_path, b"%PDF-1.7 x", "trang.pdf"))
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {"article.not_a_page"})


def test_an_event_without_period_is_reported_on_its_day(tmp_path: Path) -> None:
    task = facts(period_from=None, period_until=None, event_on=date(2024, 2, 13))
    assert codes(judged_as(tmp_path, page(), task=task)) == {"date.after_event"}
    assert judged_as(tmp_path, page(), {"days_after": 2}, task).outcome is Outcome.PASSED


def test_a_page_in_another_encoding_is_read(tmp_path: Path) -> None:
    text = page().decode().replace('charset="utf-8"', 'charset="utf-16"')
    verdict = judged_as(tmp_path, text.encode("utf-16"))
    assert verdict.outcome is Outcome.PASSED
    unknown = page().decode().replace('charset="utf-8"', 'charset="klingon"')
    assert judged_as(tmp_path, unknown.encode()).outcome is Outcome.PASSED
    declared = '<?xml version="1.0" encoding="utf-8"?>' + page().decode()
    assert judged_as(tmp_path, declared.encode()).outcome is Outcome.PASSED


def test_the_publisher_may_stand_in_linked_data(tmp_path: Path) -> None:
    linked = (
        '<script type="application/ld+json">[{"headline": "Tin", "datePublished": "2024-02-14",'
        '"publisher": {"name": "Báo Bắc Ninh"}}]</script>'
    )
    data = replaced(page(site=""), ("</head>", linked + "</head>"))
    assert judged_as(tmp_path, data).read["site"] == "Báo Bắc Ninh"
    nameless = replaced(data, ('"publisher": {"name": "Báo Bắc Ninh"}', '"publisher": "x"'))
    assert judged_as(tmp_path, nameless).read["site"] == ""
