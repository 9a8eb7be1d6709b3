"""Comments, recipients, letters, signed copies, receipts, withdrawal: who, when, what is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from reports.delivering.letters_sent import letters_sent
from reports.delivering.receipts import acknowledge, acknowledge_own, letter_of, token_of
from reports.delivering.recipients import (
    Moment,
    Schedule,
    add_body,
    add_role,
    addressees,
    change_schedule,
    end_recipient,
    mail_typed,
    schedule_from,
    schedule_of,
)
from reports.delivering.sending import (
    deliver,
    enclosed,
    enclosure_of,
    note_failed,
    note_sent,
    parcels,
)
from reports.drafting import write_paragraph
from reports.issuing.commenting import LONGEST, comment_on, comments_read
from reports.issuing.scanning import attach_scan
from reports.issuing.verifying import verify_report
from reports.issuing.withdrawing import withdraw_report
from reports.quarterly import Paragraph, read
from tests import worlds
from tests.reports import quarter
from tests.reports.paper import approved, by, drafted, issued, pdf
from tests.reports.quarter import CODE
from workflow import catalogue, labels
from workflow.domain.errors import Refusal
from workflow.store.journal import journal_entry
from workflow.store.people import person
from workflow.store.report_deliveries import deliveries_of, unsent
from workflow.store.report_papers import report_scan, scans_of
from workflow.store.reports import report_by_id, report_withdrawal
from workflow.store.work import work

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection, Row

SECRET = b"s" * 32
AT = worlds.at("2024-04-08")


@pytest.fixture(autouse=True)
def _world(db: Connection) -> None:
    quarter.lived(db)
    quarter.office(db)
    db.execute(update(person).values(mail=person.c.key + "@x.example"))


def refused(work: Callable[..., object], *given: Any, **more: Any) -> str:
    with pytest.raises(Refusal) as found:
        work(*given, **more)
    assert labels.describe(found.value, "vi")
    return found.value.code


def body(db: Connection, mail: str = "vp@example.org", **more: Any) -> int:
    act = more.pop("act", by("quan-tri", "2024-04-06"))
    more.setdefault("name", "Văn phòng")
    return add_body(db, agreement=CODE, mail=mail, act=act, **more)


def leaders(db: Connection) -> int:
    return add_role(db, agreement=CODE, role="leader", act=by("quan-tri", "2024-04-06"))


def letters(db: Connection, report_id: int) -> list[tuple[str, str]]:
    return [(one.kind, one.mail) for one in deliveries_of(db, report_id)]


def send_all(db: Connection, report_id: int, *, sha256: str = "f" * 64) -> None:
    ids = [one.id for one in deliveries_of(db, report_id) if one.sent_at is None]
    note_sent(db, dict.fromkeys(ids, sha256), at=AT)


def attach(db: Connection, report_id: int, folder: Path, **more: Any) -> int:
    given = {"name": "ban ky.pdf", "content": pdf(), "act": by("quan-tri", "2024-04-09"), **more}
    return attach_scan(db, report_id, data_dir=folder, **given)


def withdraw(db: Connection, report_id: int, key: str = "lanh-dao", reason: str = "Sai") -> None:
    withdraw_report(db, report_id, act=by(key, "2024-04-10", reason=reason))


def row_of(db: Connection, report_id: int) -> Row[Any]:
    row = report_by_id(db, report_id)
    assert row is not None
    return row


# --- comments ---------------------------------------------------------------------------


def test_readers_comment_on_a_draft_and_nothing_of_it_is_frozen(db: Connection) -> None:
    report_id = drafted(db)
    before = row_of(db, report_id)
    comment_on(db, report_id, text=" Làm rõ\r\nmục IV. ", act=by("lanh-dao"))
    write_paragraph(db, report_id, place=Paragraph.CAUSES, text="Rõ.", act=by("quan-tri"))
    comment_on(db, report_id, text="Được.", act=by("kiem-toan"))
    said = comments_read(db, report_id, by="lanh-dao-bao")
    assert [(one.name, one.text, one.is_of_now) for one in said] == [
        ("Người lanh-dao", "Làm rõ\nmục IV.", False),
        ("Người kiem-toan", "Được.", True),
    ]
    assert said[0].sha256 == before.sha256
    assert "mục IV" not in row_of(db, report_id).content
    entry = select(journal_entry.c.body).where(journal_entry.c.verb == "report.commented")
    assert "Làm rõ" in str(db.scalars(entry).first())


def test_who_may_not_read_may_not_comment_and_nobody_after_the_approval(db: Connection) -> None:
    report_id = drafted(db)

    def say(text: str, key: str) -> int:
        return comment_on(db, report_id, text=text, act=by(key))

    for key in ("can-bo", "lanh-dao-khac"):
        assert refused(say, "x", key) == "report.unknown"
    assert refused(lambda: comments_read(db, report_id, by="can-bo")) == "report.unknown"
    assert refused(say, " ", "lanh-dao") == "report.comment_missing"
    assert refused(say, "x" * (LONGEST + 1), "lanh-dao") == "report.comment_too_long"
    assert refused(say, "x", "system:reports") == "access.person_only"
    assert comments_read(db, report_id, by="lanh-dao") == ()
    other = approved(db, period="2023-Q4")
    late = refused(lambda: comment_on(db, other, text="x", act=by("lanh-dao")))
    assert late == "report.not_draft"


# --- whom and when ----------------------------------------------------------------------


def test_recipients_are_people_by_role_and_bodies_each_once(db: Connection) -> None:
    kept = catalogue.kept(db, CODE)
    leaders(db)
    body(db, "LANH-DAO@x.example", name="Trùng địa chỉ")
    number = body(db, "tinh.uy@example.org", name=" Văn phòng  Tỉnh ủy ", lang="en")
    found = {one.mail: one for one in addressees(db, kept)}
    # The leader of another agreement's side is none of ours.
    assert set(found) == {"lanh-dao@x.example", "lanh-dao-bao@x.example", "tinh.uy@example.org"}
    assert (found["lanh-dao@x.example"].person, found["tinh.uy@example.org"].person) == (
        "lanh-dao",
        None,
    )
    assert found["tinh.uy@example.org"].name == "Văn phòng Tỉnh ủy"
    end_recipient(db, number, agreement=CODE, act=by("quan-tri"))
    gone = refused(lambda: end_recipient(db, number, agreement=CODE, act=by("quan-tri")))
    assert gone == "recipient.unknown"
    assert len(addressees(db, kept)) == 2
    # Whoever is locked out or has no mail gets nothing.
    db.execute(update(person).where(person.c.key == "lanh-dao").values(disabled_at=AT))
    db.execute(update(person).where(person.c.key == "lanh-dao-bao").values(mail=""))
    assert [one.name for one in addressees(db, kept)] == ["Trùng địa chỉ"]


def test_wrong_recipients_are_refused(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    body(db)
    leaders(db)
    assert refused(lambda: body(db, "VP@example.org")) == "recipient.known"
    assert refused(lambda: leaders(db)) == "recipient.known"
    for mail in ("", "vp", "a b@x.vn", "a@x.vn,b@x.vn", "@x.vn", "a@", f"{'x' * 250}@x.vn"):
        assert refused(mail_typed, mail) == "recipient.mail_wrong"
    assert refused(lambda: body(db, "x@y.vn", name=" ")) == "recipient.name_wrong"
    assert refused(lambda: body(db, "x@y.vn", lang="fr")) == "recipient.lang_wrong"
    for role in ("unit_officer", "head_of_unit", "ai-do"):
        with pytest.raises(Refusal, match=r"recipient\.role_wrong"):
            add_role(db, agreement=CODE, role=role, act=by("quan-tri"))
    for key in ("lanh-dao", "kiem-toan", "can-bo"):
        assert refused(body, db, "x@y.vn", act=by(key)) == "access.denied"
        given: dict[str, Any] = {"agreement": CODE, "schedule": Schedule(), "act": by(key)}
        assert refused(change_schedule, db, **given) == "access.denied"
    monkeypatch.setattr("reports.delivering.recipients.MOST", 2)
    assert refused(lambda: body(db, "x@y.vn")) == "recipient.full"


@pytest.mark.parametrize(
    ("said", "leaves"),
    [
        (Schedule(), "2024-04-08 09:00"),
        (Schedule(moment=Moment.TIME, time="09:00"), "2024-04-08 09:00"),
        (Schedule(moment=Moment.TIME, time="07:30"), "2024-04-09 07:30"),
        # The 8th is a Monday.
        (Schedule(moment=Moment.TIME, time="07:30", weekday=0), "2024-04-15 07:30"),
        (Schedule(moment=Moment.TIME, time="16:00", weekday=0), "2024-04-08 16:00"),
        (Schedule(moment=Moment.TIME, time="07:30", weekday=6), "2024-04-14 07:30"),
    ],
)
def test_a_letter_leaves_at_the_next_time_that_was_set(
    db: Connection, tmp_path: Path, said: Schedule, leaves: str
) -> None:
    body(db)
    change_schedule(db, agreement=CODE, schedule=said, act=by("quan-tri"))
    assert schedule_of(db, catalogue.kept(db, CODE).id) == said
    report_id = approved(db)
    issued(db, report_id, tmp_path)
    (letter,) = deliveries_of(db, report_id)
    day, _, time = leaves.partition(" ")
    assert letter.due_at == worlds.at(day, time)
    due = db.execute(select(work.c.subject_id, work.c.due_at).where(work.c.kind == "send_report"))
    assert [tuple(one) for one in due] == [(letter.id, letter.due_at)]
    ready = parcels(db, [letter.id], at=AT, data_dir=tmp_path, secret=SECRET)
    assert bool(ready) == (letter.due_at <= AT)


def test_wrong_schedules_are_refused() -> None:
    assert refused(lambda: schedule_from("bao-gio")) == "schedule.moment_wrong"
    for time in ("", "7:30", "24:00", "07:60", "07.30"):
        wrong = refused(schedule_from, "time", time=time)
        assert wrong == "schedule.time_wrong"
    for day in ("7", "-1", "x"):
        wrong = refused(schedule_from, "time", time="07:30", weekday=day)
        assert wrong == "schedule.weekday_wrong"
    assert schedule_from("signed", time="07:30") == Schedule(moment=Moment.SIGNED)
    assert schedule_from("time", time="07:30", weekday="").weekday is None


# --- letters ----------------------------------------------------------------------------


def test_a_report_goes_to_each_recipient_once_and_to_later_ones_when_asked(
    db: Connection, tmp_path: Path
) -> None:
    report_id = approved(db)
    issued(db, report_id, tmp_path)
    assert letters(db, report_id) == []
    assert refused(lambda: deliver(db, report_id, act=by("quan-tri"))) == "recipient.none"
    body(db)
    assert deliver(db, report_id, act=by("quan-tri")) == 1
    assert deliver(db, report_id, act=by("quan-tri")) == 0
    (first,) = deliveries_of(db, report_id)
    note_failed(db, [first.id], error="550 no", at=AT)
    assert unsent(db, since=AT - timedelta(days=9), at=AT + timedelta(days=9)) == []
    leaders(db)
    assert deliver(db, report_id, act=by("quan-tri")) == 3
    again = deliveries_of(db, report_id)[0]
    assert (again.failed_at, again.error) == (None, None)
    for key in ("lanh-dao", "kiem-toan"):
        assert refused(deliver, db, report_id, act=by(key)) == "access.denied"
    draft = drafted(db, period="2023-Q4")
    assert refused(lambda: deliver(db, draft, act=by("quan-tri"))) == "report.not_issued"


def test_those_who_answer_for_a_report_see_its_letters(db: Connection, tmp_path: Path) -> None:
    body(db)
    report_id = approved(db)
    issued(db, report_id, tmp_path)
    for key in ("quan-tri", "lanh-dao", "kiem-toan", "system:delivery"):
        assert len(letters_sent(db, report_id, by=key)) == 1
    assert refused(lambda: letters_sent(db, report_id, by="can-bo")) == "report.unknown"


# --- signed copies ----------------------------------------------------------------------


def test_a_signed_copy_is_what_recipients_get_and_the_frozen_file_stays(
    db: Connection, tmp_path: Path
) -> None:
    body(db)
    report_id = approved(db)
    issued(db, report_id, tmp_path, formats=("json", "pdf"))
    frozen = enclosure_of(db, row_of(db, report_id), data_dir=tmp_path)
    assert frozen is not None
    send_all(db, report_id)
    body(db, "sau@example.org")
    scan = attach(db, report_id, tmp_path)
    assert letters(db, report_id) == [
        ("issued", "vp@example.org"),
        ("issued", "sau@example.org"),
        ("signed", "vp@example.org"),
    ]
    made = parcels(db, [3, *[one.id for one in deliveries_of(db, report_id)]],
                   at=worlds.at("2024-04-09"), data_dir=tmp_path, secret=SECRET)  # fmt: skip
    assert {one.enclosure.is_signed for one in made.values() if one.enclosure} == {True}
    now = enclosure_of(db, row_of(db, report_id), data_dir=tmp_path)
    assert now is not None
    assert (enclosed(now), now.name) == (pdf(), "ban ky.pdf")
    assert enclosed(frozen).startswith(b"%PDF")
    (kept,) = scans_of(db, report_id)
    assert (kept.id, kept.pages, kept.size) == (scan, 1, len(pdf()))
    # A second one replaces the first, which stays as well.
    attach(db, report_id, tmp_path, name="lan/2\x07", content=pdf("again", pages=2))
    assert [one.name for one in scans_of(db, report_id)] == ["lan_2_.pdf", "ban ky.pdf"]
    assert verify_report(db, report_id, data_dir=tmp_path) == ()


def test_where_reports_leave_signed_nothing_leaves_before(db: Connection, tmp_path: Path) -> None:
    body(db)
    change_schedule(db, agreement=CODE, schedule=schedule_from("signed"), act=by("quan-tri"))
    report_id = approved(db)
    issued(db, report_id, tmp_path)
    assert letters(db, report_id) == []
    attach(db, report_id, tmp_path)
    assert letters(db, report_id) == [("issued", "vp@example.org")]


def test_what_is_no_signed_copy_is_refused(db: Connection, tmp_path: Path) -> None:
    report_id = approved(db)

    def refuse(**more: Any) -> str:
        return refused(attach, db, report_id, tmp_path, **more)

    assert refuse() == "report.not_issued"
    issued(db, report_id, tmp_path)
    assert refuse(content=b"") == "files.empty"
    assert refuse(content=b"%PDF-" + b"x" * 20_000_000) == "files.too_large"
    assert refuse(content=b"PK\x03\x04", name="gia.pdf") == "report.scan_no_pdf"
    assert refuse(content=b"\x89PNG\r\n\x1a\n" + b"0" * 99) == "report.scan_no_pdf"
    assert refuse(content=b"%PDF-1.7 broken") == "report.scan_broken"
    for key in ("lanh-dao", "kiem-toan", "can-bo"):
        assert refuse(act=by(key)) == "access.denied"
    attach(db, report_id, tmp_path)
    assert refuse() == "report.scan_known"
    withdraw(db, report_id)
    assert refuse(content=pdf("late")) == "report.withdrawn"


# --- receipts ---------------------------------------------------------------------------


def test_a_receipt_opens_with_its_own_token_only_and_is_confirmed_once(
    db: Connection, tmp_path: Path
) -> None:
    body(db)
    leaders(db)
    report_id = approved(db)
    issued(db, report_id, tmp_path)
    send_all(db, report_id)
    first, second = deliveries_of(db, report_id)[:2]
    token = token_of(first, SECRET)
    assert letter_of(db, token, secret=SECRET).id == first.id
    number, _, mac = token.partition(".")
    for wrong in (f"{second.id}.{mac}", f"{number}.{mac}x", number, "", "x.y", "9" * 30, "9.é"):
        assert refused(letter_of, db, wrong, secret=SECRET) == "receipt.unknown"
    assert refused(lambda: letter_of(db, token, secret=b"t" * 32)) == "receipt.unknown"
    stranger = by("system:stranger", "2024-04-09")
    nameless = refused(lambda: acknowledge(db, first, name=" ", act=stranger))
    assert nameless == "receipt.name_wrong"
    acknowledge(db, first, name=" Chị Hoa,  văn thư ", act=stranger)
    now = letter_of(db, token, secret=SECRET)
    assert (now.received_by, now.received_at, now.opened_at) == (
        "Chị Hoa, văn thư",
        stranger.at,
        stranger.at,
    )
    acknowledge(db, now, name="Người khác", act=stranger)
    assert letter_of(db, token, secret=SECRET).received_by == "Chị Hoa, văn thư"
    act = by("lanh-dao", "2024-04-09")
    assert acknowledge_own(db, report_id, name="Người lanh-dao", act=act) == 1
    assert acknowledge_own(db, report_id, name="Người lanh-dao", act=act) == 0
    asked: dict[str, Any] = {"name": "x", "act": by("quan-tri")}
    assert refused(acknowledge_own, db, report_id, **asked) == "receipt.unknown"


# --- withdrawal -------------------------------------------------------------------------


def test_a_withdrawn_report_stays_is_shown_so_and_who_got_it_is_told(
    db: Connection, tmp_path: Path
) -> None:
    body(db)
    report_id = approved(db)
    issued(db, report_id, tmp_path, formats=("json", "pdf"))
    send_all(db, report_id)
    body(db, "sau@example.org")
    deliver(db, report_id, act=by("quan-tri", "2024-04-09"))
    before = row_of(db, report_id)
    withdraw(db, report_id, reason=" Sai mục II ")
    row = row_of(db, report_id)
    assert (row.withdrawn_by, row.withdrawn_for) == ("lanh-dao", "Sai mục II")
    assert (row.state, row.content, row.number) == ("issued", before.content, before.number)
    assert letters(db, report_id)[-1] == ("withdrawn", "vp@example.org")
    late = next(one for one in deliveries_of(db, report_id) if one.mail == "sau@example.org")
    assert late.cancelled_at is not None
    at = worlds.at("2024-04-10")
    told = parcels(db, [one.id for one in deliveries_of(db, report_id)], at=at,
                   data_dir=tmp_path, secret=SECRET)  # fmt: skip
    assert [(one.kind, one.ground, one.enclosure) for one in told.values()] == [
        ("withdrawn", "Sai mục II", None)
    ]
    # It was on its way already: whoever got it all the same is told, once.
    note_sent(db, {late.id: None}, at=at)
    note_sent(db, {late.id: None}, at=at)
    assert letters(db, report_id).count(("withdrawn", "sau@example.org")) == 1
    assert refused(lambda: withdraw(db, report_id)) == "report.withdrawn"
    assert refused(lambda: deliver(db, report_id, act=by("quan-tri"))) == "report.withdrawn"
    assert verify_report(db, report_id, data_dir=tmp_path) == ()


def test_only_a_leader_withdraws_with_a_reason(db: Connection, tmp_path: Path) -> None:
    report_id = approved(db)
    assert refused(lambda: withdraw(db, report_id)) == "report.not_issued"
    issued(db, report_id, tmp_path)
    for key in ("quan-tri", "kiem-toan", "can-bo", "lanh-dao-khac"):
        assert refused(withdraw, db, report_id, key) == "access.denied"
    assert refused(lambda: withdraw(db, report_id, "system:demo")) == "access.person_only"
    assert refused(lambda: withdraw(db, report_id, reason=" ")) == "report.ground_missing"
    assert refused(lambda: withdraw(db, report_id, reason="x" * 2001)) == "report.ground_too_long"
    withdraw(db, report_id, "lanh-dao-bao")


# --- what verification finds --------------------------------------------------------------


def test_any_changed_byte_of_any_file_is_found(db: Connection, tmp_path: Path) -> None:
    report_id = approved(db)
    issued(db, report_id, tmp_path, formats=("json", "html", "pdf", "docx", "xlsx"))
    attach(db, report_id, tmp_path)
    attach(db, report_id, tmp_path, content=pdf("again"))
    files = sorted(one for one in tmp_path.rglob("*") if one.is_file())
    assert len(files) == 7

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(files), st.integers(0, 2**40), st.integers(1, 255))
    def flip(path: Path, place: int, bits: int) -> None:
        whole = path.read_bytes()
        changed = bytearray(whole)
        changed[place % len(whole)] ^= bits
        path.chmod(0o640)
        path.write_bytes(bytes(changed))
        found = verify_report(db, report_id, data_dir=tmp_path)
        path.write_bytes(whole)
        assert [one.code for one in found] == ["report.file_altered"]

    flip()
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        assert verify_report(db, report_id, data_dir=tmp_path)
        path.unlink()
        (gone,) = verify_report(db, report_id, data_dir=tmp_path)
        assert gone.code == "report.file_missing"
        path.write_bytes(whole)
    assert verify_report(db, report_id, data_dir=tmp_path) == ()


def test_a_register_that_says_otherwise_than_the_journal_is_found(
    db: Connection, tmp_path: Path
) -> None:
    report_id = approved(db)
    issued(db, report_id, tmp_path)
    attach(db, report_id, tmp_path)
    withdraw(db, report_id)

    def fields() -> list[str]:
        found = verify_report(db, report_id, data_dir=tmp_path)
        return [one.facts["field"] for one in found]

    assert fields() == []
    for change, field in (
        (update(report_scan).values(attached_by="ai-do"), "scans"),
        (report_scan.delete(), "scans"),
        (update(report_withdrawal).values(withdrawn_for="khác"), "withdrawn"),
        (report_withdrawal.delete(), "withdrawn"),
    ):
        with db.begin_nested() as point:
            db.execute(change)
            assert fields() == [field]
            point.rollback()
    assert read(row_of(db, report_id).content).issue is not None
