"""People's words beside composed sentences, from a draft through a refresh to the approval."""

from __future__ import annotations

import json
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

import docx
import pytest
from sqlalchemy import select

from reports.documents.formats import rendering
from reports.documents.template_fields import values
from reports.drafting import LONGEST, refresh_report, write_paragraph
from reports.issuing.issuing import approve_report
from reports.narrating.sentences import Use
from reports.narrating.worded import Offered, offered, place_text
from reports.narrating.writing import (
    confirm_paragraph,
    leave_out_sentence,
    put_back_sentence,
    take_sentence,
)
from reports.quarterly import Paragraph, read
from tests.reports import quarter
from tests.reports.fates import change, the_task
from tests.reports.test_document import pdf_text, squeezed
from tests.reports.test_issuing import basis, by, drafted, issued, refused, verbs
from workflow.i18n import translator
from workflow.store.journal import journal_entry
from workflow.store.reports import report_by_id

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from reports.quarterly import Report
    from workflow.journal import Act

# Words do not depend on where the rows come from.
pytestmark = pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)

ACT = by("quan-tri")
RATE = "results.tasks"
AWAITING = "plans.awaiting"
THEN = "Tỷ lệ hoàn thành trên số nhiệm vụ đến hạn đạt 66,7% (4/6 nhiệm vụ)"
NOW = "Tỷ lệ hoàn thành trên số nhiệm vụ đến hạn đạt 83,3% (5/6 nhiệm vụ)"


@pytest.fixture
def draft(db: Connection) -> int:
    """A draft as of the 5th of April; on the 6th a submission of February is accepted."""
    quarter.lived(db)
    quarter.office(db)
    report_id = drafted(db)
    waiting = the_task(db, "DOC", "a", "2024-02")
    change(
        db,
        waiting.id,
        "accepted",
        "2024-04-06",
        done_at=waiting.submitted_at,
        done_on=waiting.submitted_on,
    )
    return report_id


def value(db: Connection, report_id: int) -> Report:
    row = report_by_id(db, report_id)
    assert row is not None
    return read(row.content)


def refresh(db: Connection, report_id: int) -> None:
    act = by("quan-tri", "2024-04-08")
    refresh_report(db, report_id, basis=basis(db), act=act)


def shown(db: Connection, report_id: int, key: str) -> Offered:
    return {one.key: one for one in offered(value(db, report_id), lang="vi")}[key]


def page(report: Report, lang: str = "vi") -> str:
    return rendering("html")(report, lang=lang).decode()


def test_every_format_tells_the_same_sentences(db: Connection, draft: int) -> None:
    report = value(db, draft)
    told = [squeezed(one.texts["vi"]) for one in report.sentences]
    assert len(told) > 15
    pdf = squeezed(pdf_text(rendering("pdf")(report, lang="vi")))
    word = docx.Document(BytesIO(rendering("docx")(report, lang="vi")))
    paragraphs = squeezed("\n".join(one.text for one in word.paragraphs))
    data = json.loads(rendering("json")(report, lang="vi"))
    assert [squeezed(one["texts"]["vi"]) for one in data["sentences"]] == told
    html = squeezed(page(report))
    for text in told:
        assert text in html
        assert text in paragraphs
        # Pages break a text; its beginning stands on one line.
        assert text[:40] in pdf
    duties = translator("vi").gettext("Duties of {name}", name="Báo Bắc Ninh")
    # A side's sentences stand with the side, those of all of them at the head of the chapter.
    assert html.index(squeezed(duties)) < html.index(squeezed("Giao ban:"))
    english = page(report, "en")
    assert all(one.texts["en"] in english for one in report.sentences[:8])


def test_what_is_taken_over_stands_once_and_what_is_left_out_nowhere(
    db: Connection, draft: int
) -> None:
    take_sentence(db, draft, key=AWAITING, lang="vi", act=ACT)
    take_sentence(db, draft, key=AWAITING, lang="vi", act=ACT)
    leave_out_sentence(db, draft, key="plans.overdue", act=ACT)
    leave_out_sentence(db, draft, key="plans.overdue", act=ACT)
    report = value(db, draft)
    assert report.paragraphs == {Paragraph.PLANS: "Xem xét, xác nhận 1 nhiệm vụ đang chờ."}
    html = page(report)
    assert html.count("Xem xét, xác nhận 1 nhiệm vụ đang chờ.") == 1
    assert "Tiếp tục đôn đốc" not in html
    assert shown(db, draft, AWAITING).use is Use.TAKEN
    assert shown(db, draft, "plans.overdue").use is Use.LEFT_OUT
    for key in (AWAITING, "plans.overdue"):
        put_back_sentence(db, draft, key=key, act=ACT)
        put_back_sentence(db, draft, key=key, act=ACT)
        assert shown(db, draft, key).use is None
    assert page(value(db, draft)).count("Xem xét, xác nhận 1 nhiệm vụ đang chờ.") == 2
    assert verbs(db, draft)[1:] == [
        "report.sentence_taken",
        "report.sentence_left_out",
        "report.sentence_put_back",
        "report.sentence_put_back",
    ]


def test_words_stand_after_what_is_composed_or_around_it(db: Connection, draft: int) -> None:
    def plans(text: str) -> list[str]:
        write_paragraph(db, draft, place=Paragraph.PLANS, text=text, act=ACT)
        return place_text(value(db, draft), Paragraph.PLANS, lang="vi").splitlines()

    composed = plans("")
    assert composed[0] == "Trong quý II/2024 có 11 nhiệm vụ đến hạn."
    assert composed[1].startswith("- Đọc báo: 7 nhiệm vụ của 2 đơn vị, hạn ")
    assert plans("Sau.") == [*composed, "Sau."]
    assert plans("Trước.\n[…]\nSau.") == ["Trước.", *composed, "Sau."]
    html = page(value(db, draft))
    assert html.index("Trước.") < html.index(composed[0]) < html.index("Sau.")
    # An office's own Word template is given the same.
    from reports.documents.chapters import document

    report = value(db, draft)
    fields = values(report, document(report, lang="vi"))
    assert fields["plans"] == "\n".join(["Trước.", *composed, "Sau."])


def test_a_refresh_keeps_words_and_marks_those_whose_figures_changed(
    db: Connection, draft: int, tmp_path: Path
) -> None:
    take_sentence(db, draft, key=RATE, lang="vi", act=ACT)
    take_sentence(db, draft, key=AWAITING, lang="vi", act=ACT)
    leave_out_sentence(db, draft, key="results.programme", act=ACT)
    words = value(db, draft).paragraphs
    assert not any(one.was for one in offered(value(db, draft), lang="vi"))

    refresh(db, draft)
    after = value(db, draft)
    assert after.paragraphs == words
    assert words[Paragraph.RESULTS].startswith(THEN)
    rate = shown(db, draft, RATE)
    assert (rate.use, rate.was and rate.was[: len(THEN)]) == (Use.TAKEN, THEN)
    assert rate.text is not None
    assert rate.text.startswith(NOW)
    assert ("4", "5") in rate.changes
    assert ("66,7%", "83,3%") in rate.changes
    # A sentence that is told no more is marked as well, and so is one that was left out.
    gone = shown(db, draft, AWAITING)
    assert (gone.text, gone.was) == (None, "Xem xét, xác nhận 1 nhiệm vụ đang chờ.")
    assert shown(db, draft, "results.programme").was is not None

    # The leader is told before the words are approved, and may know it.
    as_leader = by("lanh-dao", "2024-04-08")
    found = refused(lambda: approve_report(db, draft, act=as_leader))
    assert (found.code, found.facts["count"]) == ("report.words_outdated", 3)
    later = by("quan-tri", "2024-04-08")
    confirm_paragraph(db, draft, place=Paragraph.RESULTS, act=later)
    confirm_paragraph(db, draft, place=Paragraph.RESULTS, act=later)
    assert shown(db, draft, RATE).was is None
    assert value(db, draft).paragraphs == words
    found = refused(lambda: approve_report(db, draft, act=as_leader))
    assert found.facts["count"] == 1
    # Whoever rewrites has the figures of today before them.
    write_paragraph(db, draft, place=Paragraph.PLANS, text="Đã xác nhận hết.", act=later)
    assert not any(one.was for one in offered(value(db, draft), lang="vi"))
    approve_report(db, draft, act=as_leader)
    assert verbs(db, draft).count("report.paragraph_confirmed") == 1
    issued(db, draft, tmp_path, formats=("html",))
    (frozen,) = tmp_path.rglob("*.html")
    assert words[Paragraph.RESULTS] in frozen.read_text(encoding="utf-8")


def test_a_leader_who_knows_approves_words_that_nobody_confirmed(
    db: Connection, draft: int
) -> None:
    write_paragraph(db, draft, place=Paragraph.RESULTS, text="Đạt 66,7%, khá tốt.", act=ACT)
    assert shown(db, draft, RATE).use is Use.CITED
    refresh(db, draft)
    assert shown(db, draft, RATE).changes == (("66,7%", "83,3%"),)
    approve_report(db, draft, act=by("lanh-dao", "2024-04-08"), despite_changes=True)
    body = select(journal_entry.c.body).where(journal_entry.c.verb == "report.approved")
    assert json.loads(db.execute(body).scalar_one())["after"]["outdated"] == 1


def test_only_who_drafts_touches_the_words_and_only_of_a_draft(db: Connection, draft: int) -> None:
    steps = (
        partial(take_sentence, key=RATE, lang="vi"),
        partial(leave_out_sentence, key=RATE),
        partial(put_back_sentence, key=RATE),
        partial(confirm_paragraph, place=Paragraph.RESULTS),
    )

    def codes(act: Act) -> set[str]:
        return {refused(partial(step, db, draft, act=act)).code for step in steps}

    before = value(db, draft)
    for key in ("lanh-dao", "kiem-toan", "can-bo"):
        assert codes(by(key)) == {"access.denied"}
    for step in (partial(take_sentence, lang="vi"), leave_out_sentence, put_back_sentence):
        found = refused(partial(step, db, draft, key="x", act=ACT))
        assert found.code == "report.sentence_unknown"
    assert value(db, draft) == before
    write_paragraph(db, draft, place=Paragraph.RESULTS, text="x" * LONGEST, act=ACT)
    found = refused(partial(take_sentence, db, draft, key=RATE, lang="vi", act=ACT))
    assert found.code == "report.paragraph_too_long"
    approve_report(db, draft, act=by("lanh-dao-bao"))
    assert codes(ACT) == {"report.not_draft"}


def test_what_stands_around_the_figures_is_read_as_of_the_instant(
    db: Connection, draft: int
) -> None:
    known = value(db, draft).circumstances
    assert known is not None
    assert known.unreachable == ("b", "bao")
    assert [(one.code, one.tasks, one.units) for one in known.coming] == [
        ("DOC", 7, 2),
        ("MUA", 2, 2),
        ("BAI", 1, 1),
        ("GB", 1, 1),
    ]
    assert known.met_before[""].owing == 3
