"""The record of a meeting at which the paper was read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.evidence.specimens import codes, docx_of, facts, judge, stored
from workflow.evidence.check import Body, Outcome, TaskFacts, Verdict
from workflow.examples.specimens import minutes_docx

if TYPE_CHECKING:
    from pathlib import Path

CELL = Body(key="cb-1", name="Chi bộ khu phố Xuân Thụ")


def month_task(month: int, **changes: Any) -> TaskFacts:
    until = date(2024, month + 1, 1) if month < 12 else date(2025, 1, 1)
    return facts(
        **{
            "unit": CELL,
            "occasion": f"2024-{month:02d}",
            "period_from": date(2024, month, 1),
            "period_until": until,
            "received_on": date(2025, 1, 31),
            **changes,
        }
    )


def minutes(**changes: Any) -> bytes:
    return minutes_docx(
        **{
            "unit": CELL.name,
            "superior": "Đảng bộ phường Đông Ngàn",
            "place": "Từ Sơn",
            "held_on": date(2024, 1, 5),
            "publication": "Báo Bắc Ninh",
            **changes,
        }
    )


def judged_as(
    folder: Path, data: bytes, params: dict[str, Any] | None = None, task: TaskFacts | None = None
) -> Verdict:
    return judge("minutes", stored(folder, data, "bb.docx"), params, task=task or month_task(1))


def test_the_record_of_a_meeting_with_reading_passes(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, minutes())
    assert (verdict.outcome, verdict.reasons) == (Outcome.PASSED, ())
    assert verdict.findings.performed_on == date(2024, 1, 5)
    assert verdict.read["publication"] == "Báo Bắc Ninh"
    assert verdict.read["phrase"] == "đọc báo"
    assert verdict.read["unit_named"] is True


def test_one_january_record_does_not_satisfy_the_other_months(tmp_path: Path) -> None:
    data = minutes()
    passed = [
        month
        for month in range(1, 13)
        if judged_as(tmp_path, data, task=month_task(month)).outcome is Outcome.PASSED
    ]
    assert passed == [1]


@pytest.mark.parametrize(
    ("changes", "code", "outcome"),
    [
        ({"reading": "Chưa đọc báo"}, "minutes.reading_denied", Outcome.UNDECIDED),
        ({"reading": "Thảo luận về"}, "minutes.reading_not_found", Outcome.FAILED),
        ({"publication": "báo chí"}, "minutes.publication_not_found", Outcome.UNDECIDED),
        ({"unit": "Chi bộ khu phố Phù Lưu"}, "minutes.unit_not_found", Outcome.FAILED),
        ({"held_on": date(2024, 2, 5)}, "date.outside_period", Outcome.FAILED),
    ],
)
def test_what_the_record_does_not_say_is_told(
    tmp_path: Path, changes: dict[str, Any], code: str, outcome: Outcome
) -> None:
    verdict = judged_as(tmp_path, minutes(**changes))
    assert (verdict.outcome, codes(verdict)) == (outcome, {code})


def test_a_denial_elsewhere_does_not_undo_the_reading(tmp_path: Path) -> None:
    data = minutes(topic="những chi bộ chưa đọc báo thường xuyên")
    assert judged_as(tmp_path, data).outcome is Outcome.PASSED


def test_phrases_may_be_an_agreements_own(tmp_path: Path) -> None:
    data = minutes(reading="Nghe điểm tin")
    assert judged_as(tmp_path, data, {"phrases": ["điểm tin"]}).outcome is Outcome.PASSED
    verdict = judged_as(tmp_path, data, {"phrases": ["điểm tin"], "mentions_all": ["Điều lệ"]})
    assert codes(verdict) == {"text.phrases_missing"}


def test_unit_and_publication_need_not_be_asked_for(tmp_path: Path) -> None:
    data = minutes(unit="Chi bộ khu phố Phù Lưu", publication="báo")
    params = {"names_unit": False, "names_publication": False}
    assert judged_as(tmp_path, data, params).outcome is Outcome.PASSED


def test_the_day_of_the_meeting_goes_before_other_days(tmp_path: Path) -> None:
    data = docx_of(
        "<w:p><w:r><w:t>Trích sao ngày 20 tháng 02 năm 2024. TRÍCH BIÊN BẢN</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>Thời gian: 14 giờ 00, ngày 05 tháng 01 năm 2024</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>Chi bộ khu phố Xuân Thụ đọc Báo Bắc Ninh.</w:t></w:r></w:p>"
    )
    verdict = judged_as(tmp_path, data, {"phrases": ["đọc"]})
    assert verdict.findings.performed_on == date(2024, 1, 5)
    assert verdict.outcome is Outcome.PASSED


def test_a_text_that_is_no_record_is_left_to_a_person(tmp_path: Path) -> None:
    data = docx_of(
        "<w:p><w:r><w:t>Ngày 05/01/2024 Chi bộ khu phố Xuân Thụ đọc báo Bắc Ninh: "
        "Báo Bắc Ninh</w:t></w:r></w:p>"
    )
    verdict = judged_as(tmp_path, data)
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {"minutes.not_a_record"})


def test_a_record_without_day_fails(tmp_path: Path) -> None:
    data = docx_of(
        "<w:p><w:r><w:t>BIÊN BẢN Chi bộ khu phố Xuân Thụ đọc báo: Báo Bắc Ninh</w:t></w:r></w:p>"
    )
    assert codes(judged_as(tmp_path, data)) == {"date.not_found"}
