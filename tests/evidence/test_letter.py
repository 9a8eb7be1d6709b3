"""Letters of State and Party, and declarations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.evidence.specimens import codes, docx_of, facts, judge, scanned_pdf, stored, text_pdf
from workflow.evidence.check import Outcome, TaskFacts, Verdict
from workflow.evidence.letter import letter_head
from workflow.examples.specimens import Letter, invitation, letter_docx, letter_pdf

if TYPE_CHECKING:
    from pathlib import Path

MEETING = date(2024, 3, 12)  # a Tuesday
INVITATION = invitation(
    issuer="Ủy ban nhân dân phường Đông Ngàn",
    number=5,
    mark="GM-UBND",
    place="Đông Ngàn",
    issued_on=date(2024, 3, 7),
    addressee="Báo Bắc Ninh",
    meeting="hội nghị sơ kết quý I",
    event_on=MEETING,
)
REPORT = Letter(
    issuer="Ban Tuyên giáo",
    superior="Thành ủy Từ Sơn",
    number=12,
    mark="CV/BTGTU",
    place="Từ Sơn",
    issued_on=date(2024, 3, 18),
    kind="CÔNG VĂN",
    subject="về định hướng tuyên truyền quý II",
    addressee="Toà soạn Báo Bắc Ninh",
    paragraphs=("Thực hiện Chỉ thị 11-CT/TW ngày 28/12/1996 và các văn bản của Thành ủy.",),
    signer="TRƯỞNG BAN",
    recipients=("Như trên",),
    is_party=True,
)


def meeting_task(**changes: Any) -> TaskFacts:
    return facts(
        **{
            "occasion": "meeting:12",
            "event_on": MEETING,
            "period_from": MEETING,
            "period_until": date(2024, 3, 13),
            **changes,
        }
    )


def judged_as(
    folder: Path,
    letter: Letter,
    params: dict[str, Any] | None = None,
    task: TaskFacts | None = None,
    check: str = "letter",
) -> Verdict:
    return judge(check, stored(folder, letter_docx(letter), "cv.docx"), params, task=task)


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_an_invitation_in_time_passes(tmp_path: Path, form: str) -> None:
    data = letter_docx(INVITATION) if form == "docx" else letter_pdf(INVITATION)
    verdict = judge("letter", stored(tmp_path, data, f"giay moi.{form}"), task=meeting_task())
    assert (verdict.outcome, verdict.reasons) == (Outcome.PASSED, ())
    assert verdict.findings.performed_on == date(2024, 3, 7)
    assert verdict.read["number"] == "05/GM-UBND"
    assert verdict.read["addressee"] == "Báo Bắc Ninh"
    assert verdict.read["is_invitation"] is True
    assert verdict.read["lead_working_days"] == 3
    identity = verdict.findings.identity
    assert identity is not None
    assert identity.kind == "file"


def test_a_party_letter_passes_in_its_period(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, REPORT, {"mentions_all": ["Chỉ thị 11-CT/TW"]})
    assert verdict.outcome is Outcome.PASSED, verdict.reasons
    assert verdict.read["number"] == "12-CV/BTGTU"
    assert verdict.read["is_invitation"] is False
    assert verdict.findings.performed_on == date(2024, 3, 18)


@pytest.mark.parametrize(
    ("issued_on", "days_off", "lead"),
    [
        (date(2024, 3, 8), (), 2),
        (date(2024, 3, 9), (), 1),
        (date(2024, 3, 11), (), 1),
        (MEETING, (), 0),
        (date(2024, 3, 7), (date(2024, 3, 8), date(2024, 3, 11)), 1),
    ],
)
def test_the_lead_is_counted_in_working_days(
    tmp_path: Path, issued_on: date, days_off: tuple[date, ...], lead: int
) -> None:
    letter = replace(INVITATION, issued_on=issued_on)
    task = meeting_task(days_off=days_off)
    verdict = judged_as(tmp_path, letter, {"lead_working_days": 2}, task)
    assert verdict.read["lead_working_days"] == lead
    assert codes(verdict) == (set() if lead >= 2 else {"letter.lead_time_short"})
    # Without the parameter lateness is the due day's matter.
    assert judged_as(tmp_path, letter, task=task).outcome is Outcome.PASSED


def test_a_worked_saturday_counts(tmp_path: Path) -> None:
    letter = replace(INVITATION, issued_on=date(2024, 3, 9))
    task = meeting_task(days_worked=(date(2024, 3, 9),))
    assert judged_as(tmp_path, letter, task=task).read["lead_working_days"] == 2


def test_a_letter_after_the_meeting_fails(tmp_path: Path) -> None:
    verdict = judged_as(
        tmp_path, replace(INVITATION, issued_on=date(2024, 3, 13)), task=meeting_task()
    )
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"date.after_event"})
    assert verdict.read["lead_working_days"] == 0


def test_an_invitation_to_another_meeting_is_left_to_a_person(tmp_path: Path) -> None:
    task = meeting_task(event_on=date(2024, 3, 14))
    verdict = judged_as(tmp_path, INVITATION, task=task)
    assert (verdict.outcome, codes(verdict)) == (
        Outcome.UNDECIDED,
        {"letter.event_day_not_found"},
    )
    assert judged_as(tmp_path, INVITATION, {"names_event_day": False}, task).reasons == ()


def test_one_january_letter_does_not_satisfy_the_other_months(tmp_path: Path) -> None:
    letter = replace(REPORT, issued_on=date(2024, 1, 25))
    passed = []
    for month in range(1, 13):
        until = date(2024, month + 1, 1) if month < 12 else date(2025, 1, 1)
        task = facts(
            occasion=f"2024-{month:02d}",
            period_from=date(2024, month, 1),
            period_until=until,
            due_on=date(2024, month, 25),
        )
        if judged_as(tmp_path, letter, task=task).outcome is Outcome.PASSED:
            passed.append(month)
    assert passed == [1]


def test_a_letter_due_before_its_quarter_is_written_before_it(tmp_path: Path) -> None:
    letter = replace(REPORT, issued_on=date(2023, 12, 18))
    task = facts(due_on=date(2023, 12, 20), opens_on=date(2023, 12, 1))
    assert judged_as(tmp_path, letter, task=task).outcome is Outcome.PASSED
    assert codes(judged_as(tmp_path, letter)) == {"date.outside_period"}


@pytest.mark.parametrize(
    ("params", "code", "outcome"),
    [
        ({"addressees": ["Đài Phát thanh"]}, "letter.addressee_not_found", Outcome.FAILED),
        (
            {"addressees": ["phường Đông Ngàn"]},
            "letter.addressee_only_mentioned",
            Outcome.UNDECIDED,
        ),
        ({"mentions_all": ["Chỉ thị 11"]}, "text.phrases_missing", Outcome.FAILED),
        ({"mentions_any": ["Chỉ thị 11", "Chỉ thị 12"]}, "text.no_phrase_found", Outcome.FAILED),
    ],
)
def test_what_was_asked_for_and_is_not_there_is_told(
    tmp_path: Path, params: dict[str, Any], code: str, outcome: Outcome
) -> None:
    letter = replace(
        INVITATION,
        addressee="Báo Bắc Ninh",
        paragraphs=(*("…",) * 15, "Hội nghị của phường Đông Ngàn, ngày 12/3/2024."),
        recipients=("Như trên",),
    )
    verdict = judged_as(tmp_path, letter, params, meeting_task())
    assert (verdict.outcome, codes(verdict)) == (outcome, {code})


def test_a_phrase_of_several_is_enough(tmp_path: Path) -> None:
    params = {"mentions_any": ["Chỉ thị 12", "sơ kết quý I"]}
    assert judged_as(tmp_path, INVITATION, params, meeting_task()).outcome is Outcome.PASSED


def test_the_issuer_may_be_asked_for(tmp_path: Path) -> None:
    params = {"issued_by_unit": True}
    assert judged_as(tmp_path, INVITATION, params, meeting_task()).outcome is Outcome.PASSED
    verdict = judged_as(tmp_path, REPORT, params)
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {"letter.issuer_not_found"})


def test_without_another_party_nobody_need_be_addressed(tmp_path: Path) -> None:
    task = meeting_task(beneficiary=None)
    verdict = judged_as(tmp_path, replace(INVITATION, addressee=""), task=task)
    assert (verdict.outcome, verdict.read["addressee"]) == (Outcome.PASSED, None)


def test_a_scan_without_text_is_left_to_a_person(tmp_path: Path) -> None:
    verdict = judge("letter", stored(tmp_path, scanned_pdf(), "scan.pdf"))
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {"file.no_text"})


def test_a_text_that_is_no_vietnamese_is_left_to_a_person(tmp_path: Path) -> None:
    data = text_pdf(["Uy ban nh©n d©n", "Sè: 45/BC-UBND", "05/01/2024", "KÝnh göi"])
    verdict = judge("letter", stored(tmp_path, data, "font cu.pdf"))
    assert "file.text_unclear" in codes(verdict)


def test_a_text_without_number_fails(tmp_path: Path) -> None:
    data = text_pdf(["Bac Ninh, ngay 05 thang 01 nam 2024", "Kinh gui: Bao Bac Ninh"])
    verdict = judge("letter", stored(tmp_path, data, "khong so.pdf"))
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"letter.number_not_found"})


def test_a_letter_whose_number_is_still_blank_fails(tmp_path: Path) -> None:
    data = docx_of(
        "<w:p><w:r><w:t>Số:      /BC-UBND</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>Bắc Ninh, ngày 05 tháng 01 năm 2024</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>Kính gửi: Báo Bắc Ninh</w:t></w:r></w:p>"
    )
    verdict = judge("letter", stored(tmp_path, data, "du thao.docx"))
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"letter.number_blank"})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Số: 45/BC-UBND", "45/BC-UBND"),
        ("Số 12-BC/TU", "12-BC/TU"),
        ("Số: 12/GM-UBND     Bắc Ninh, ngày 05 tháng 01 năm 2026", "12/GM-UBND"),
        ("Số: 12/2024/NQ-HĐND", "12/2024/NQ-HĐND"),
        ("Số: 45/UBND-VX", "45/UBND-VX"),
        ("Số 05-CV/BTGTU", "05-CV/BTGTU"),
        ("Số 05-GM/ThU", "05-GM/ThU"),
        ("Số : 45 /BC - UBND", "45/BC-UBND"),
        ("SỐ: 7/CV-THCS", "7/CV-THCS"),
        ("Số: 15/TB-BTG&DV", "15/TB-BTG&DV"),
        ("UBND PHƯỜNG\tCỘNG HÒA\nSố: 05/GM-UBND\tĐông Ngàn", "05/GM-UBND"),
        ("VIỆT NAM Số: 45/BC-UBND Độc lập", "45/BC-UBND"),
        ("Số:     /BC-UBND", None),
        ("Căn cứ Công văn số 12/CV-UBND ngày 3/1/2024", None),
        ("Số lượng: 12", None),
        ("\n" * 60 + "Số: 45/BC-UBND", None),
    ],
)
def test_the_number_of_a_letter_is_read_in_its_forms(text: str, number: str | None) -> None:
    assert letter_head(text).number == number


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("Số: 1/BC-X\tBắc Ninh, ngày 05 tháng 01 năm 2026", date(2026, 1, 5)),
        ("Bắc Ninh ngày 5/1/2026", date(2026, 1, 5)),
        ("Số: 45/BC-UBND ngày 5 tháng 1 năm 2026", date(2026, 1, 5)),
        ("Căn cứ Nghị định ngày 3/1/2024\nBắc Ninh, ngày 05 tháng 01 năm 2026", date(2026, 1, 5)),
        ("Bắc Ninh, ngày    tháng 3 năm 2024\nhồi 8h ngày 12/3/2024", None),
        ("X, ngày    tháng 3 năm 2024\nBắc Ninh, ngày 12/3/2024", None),
        ("Căn cứ Công văn số 12/CV-UBND ngày 3/1/2024", None),
        ("Hội nghị tổ chức vào ngày 12/3/2024", None),
        ("Văn bản\n\nNgày ký: 08:00:12, 05/01/2026", date(2026, 1, 5)),
        ("Văn bản\n\nThời gian ký: 05.01.2026 08:00:12 +07:00", date(2026, 1, 5)),
    ],
)
def test_the_day_of_a_letter_is_its_own(text: str, on: date | None) -> None:
    assert letter_head(text).on == on


def declaration(*lines: str) -> bytes:
    return docx_of("".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines))


def test_a_declaration_needs_no_number(tmp_path: Path) -> None:
    data = declaration(
        "BẢN CAM KẾT",
        "UBND phường Đông Ngàn đã bố trí kinh phí mua báo.",
        "Đông Ngàn, ngày 20 tháng 02 năm 2024",
    )
    verdict = judge("statement", stored(tmp_path, data, "ck.docx"), {"mentions_any": ["mua báo"]})
    assert (verdict.outcome, verdict.reasons) == (Outcome.PASSED, ())
    assert verdict.findings.performed_on == date(2024, 2, 20)
    assert verdict.read["number"] is None


def test_a_declaration_of_another_unit_or_month_fails(tmp_path: Path) -> None:
    data = declaration("UBND phường Đồng Kỵ", "xác nhận ngày 20/05/2024")
    verdict = judge("statement", stored(tmp_path, data, "ck.docx"))
    assert codes(verdict) == {"statement.unit_not_found", "date.outside_period"}
    relaxed = judge(
        "statement", stored(tmp_path, data, "ck.docx"), {"names_unit": False, "dated": "any"}
    )
    assert relaxed.outcome is Outcome.PASSED


def test_a_declaration_about_a_day_is_from_that_day(tmp_path: Path) -> None:
    data = declaration("UBND phường Đông Ngàn", "xác nhận ngày 12/03/2024")
    file = stored(tmp_path, data, "ck.docx")
    assert judge("statement", file, task=meeting_task()).outcome is Outcome.PASSED
    assert codes(judge("statement", file, task=meeting_task(event_on=date(2024, 3, 13)))) == {
        "date.too_early"
    }


def test_a_declaration_without_day_fails(tmp_path: Path) -> None:
    data = declaration("UBND phường Đông Ngàn đã mua báo.")
    assert codes(judge("statement", stored(tmp_path, data, "ck.docx"))) == {"date.not_found"}
