"""The words of a draft on its page and for programs: taken over, left out, marked, confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reports.quarterly import Paragraph, read
from tests import worlds
from tests.reports.fates import change, the_task
from tests.web.api import program
from tests.web.test_reports_pages import drafted, lived, row, text_of

if TYPE_CHECKING:
    from tests.web.conftest import Web

__all__ = ("lived",)

# Words do not depend on where the rows come from.
pytestmark = pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)

RATE = "results.tasks"
THEN = "Tỷ lệ hoàn thành trên số nhiệm vụ đến hạn đạt 66,7% (4/6 nhiệm vụ)"
NOW = "Tỷ lệ hoàn thành trên số nhiệm vụ đến hạn đạt 83,3% (5/6 nhiệm vụ)"


def accept_february(web: Web) -> None:
    with web.engine.begin() as db:
        waiting = the_task(db, "DOC", "a", "2024-02")
        done = {"done_at": waiting.submitted_at, "done_on": waiting.submitted_on}
        change(db, waiting.id, "accepted", "2024-04-06", **done)
    web.clock.move_to(worlds.at("2024-04-08"))


def test_a_draft_on_its_page_from_taking_over_to_an_approval(lived: Web) -> None:
    browser, report_id = drafted(lived)
    here = f"/reports/{report_id}"

    def press(**said: str) -> str:
        kept = read(row(lived, report_id).content).paragraphs
        texts = {str(place): kept.get(place, "") for place in Paragraph}
        form = {"seen": row(lived, report_id).sha256, **texts, **said}
        answer = browser.post(f"{here}/paragraphs", form)
        assert answer.status_code == 200
        return text_of(answer.text)

    page = browser.get(here).text
    assert page.count('name="take"') == page.count('name="leave_out"') > 15
    assert 'name="put_back"' not in page
    assert 'name="confirm"' not in page
    # Whatever was typed is kept by any button.
    said = press(take=RATE, causes="Chưa có lý do chung.")
    assert "đã đưa vào phần viết" in said
    press(leave_out="plans.overdue")
    kept = read(row(lived, report_id).content)
    assert kept.paragraphs[Paragraph.CAUSES] == "Chưa có lý do chung."
    assert kept.paragraphs[Paragraph.RESULTS].startswith(THEN)
    page = browser.get(here).text
    assert page.count('name="put_back"') == 2
    press(put_back="plans.overdue")

    accept_february(lived)
    # Whoever was away for days signs in again.
    browser = lived.signed_in("quan-tri")
    browser.get(f"{here}/refresh")
    page = browser.post(f"{here}/refresh").text
    told = text_of(page)
    assert "Có 1 câu được viết trên số liệu nay đã thay đổi." in told
    assert f"Khi viết: {THEN}" in told
    assert f"Hiện nay: {NOW}" in told
    assert "66,7% → 83,3%" in told
    assert page.count('name="confirm"') == 1

    # The leader sees the same, is refused, and may know it.
    leader = lived.signed_in("lanh-dao")
    page = leader.get(here).text
    assert f"Hiện nay: {NOW}" in text_of(page)
    assert 'name="take"' not in page
    seen = {"seen": row(lived, report_id).sha256}
    answer = leader.post(f"{here}/approve", seen)
    assert answer.status_code == 422
    assert "có 1 câu viết trên số liệu nay đã thay đổi" in text_of(answer.text)
    assert row(lived, report_id).state == "draft"
    assert "Đã xác nhận" not in press(confirm="nowhere")
    told = press(confirm="results")
    assert "số liệu nay đã thay đổi" not in told
    press(leave_out="causes.reasons", take="results.units")
    seen = {"seen": row(lived, report_id).sha256, "despite_changes": "yes"}
    assert leader.post(f"{here}/approve", seen).status_code == 200
    assert row(lived, report_id).state == "approved"
    # What was left out is shown to who reads, and no button.
    page = browser.get(here).text
    assert 'name="take"' not in page
    assert "câu soạn sẵn" in text_of(page)


def test_what_is_no_sentence_is_refused_with_what_was_typed(lived: Web) -> None:
    browser, report_id = drafted(lived)
    form = {"seen": row(lived, report_id).sha256, "causes": "Do mưa <b>bão</b>", "take": "x"}
    answer = browser.post(f"/reports/{report_id}/paragraphs", form)
    assert answer.status_code == 422
    assert "Báo cáo không có câu soạn sẵn x." in text_of(answer.text)
    assert "Do mưa &lt;b&gt;bão&lt;/b&gt;" in answer.text
    assert read(row(lived, report_id).content).paragraphs == {}


def test_programs_do_what_the_page_does(lived: Web) -> None:
    _, report_id = drafted(lived)
    here = f"/reports/{report_id}"
    client = program(lived, "quan-tri")

    def seen() -> str:
        return str(row(lived, report_id).sha256)

    def sentence(key: str) -> dict[str, Any]:
        told = client.get(f"{here}/sentences").json()["sentences"]
        (found,) = (one for one in told if one["key"] == key)
        assert isinstance(found, dict)
        return found

    assert (sentence(RATE)["use"], sentence(RATE)["is_outdated"]) == ("standing", False)
    for use in ("taken", "left_out", "standing", "taken"):
        answer = client.post(f"{here}/sentences", {"seen": seen(), "key": RATE, "use": use})
        assert (answer.status_code, sentence(RATE)["use"]) == (200, use)
    # Put back and taken again, the words stand twice: a person's words are theirs.
    accept_february(lived)
    client.post(f"{here}/refresh")
    found = sentence(RATE)
    assert found["is_outdated"]
    assert {"before": "66,7%", "now": "83,3%"} in found["changes"]
    leader = program(lived, "lanh-dao")
    answer = leader.post(f"{here}/approve", {"seen": seen()})
    assert (answer.status_code, answer.json()["code"]) == (422, "report.words_outdated")
    stale = {"seen": "0" * 64, "place": "results"}
    assert client.post(f"{here}/confirm", stale).json()["code"] == "report.written_meanwhile"
    assert leader.post(f"{here}/confirm", {**stale, "seen": seen()}).status_code == 403
    assert client.post(f"{here}/confirm", {**stale, "seen": seen()}).status_code == 200
    assert not sentence(RATE)["is_outdated"]
    knowing = {"seen": seen(), "despite_changes": True}
    assert leader.post(f"{here}/approve", knowing).status_code == 200
    stranger = program(lived, "can-bo")
    assert stranger.get(f"{here}/sentences").status_code == 404
