"""Reports leave by mail: the file that was issued, a page of figures, once for each recipient."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from reports.delivering import sending as delivering
from reports.delivering.recipients import add_body
from reports.issuing.scanning import attach_scan
from reports.issuing.withdrawing import withdraw_report
from tasks.job import by_kind, run_batch
from tasks.reporting import ASK_AGAIN, JOBS
from tasks.workplace import Workplace
from tests import worlds
from tests.reports import quarter
from tests.reports.paper import approved, by, issued, pdf
from tests.reports.quarter import CODE
from tests.tasks.post_office import PostOffice, hang_up_after_the_letter, on_the_wire, post_office
from workflow.domain.clock import SteppedClock
from workflow.store.offers import parked
from workflow.store.report_deliveries import deliveries_of
from workflow.store.work import put_work, work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from sqlalchemy import Engine, Row

    from workflow.settings import Settings

pytestmark = pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
#: The database, the frozen files and their hashes, written once for all these tests.
_WORLD: list[Any] = []


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with post_office() as one:
        yield one


@pytest.fixture
def sender(clone: Engine, settings: Settings, office: PostOffice) -> Sender:
    office.letters.clear()
    return Sender(clone, settings.model_copy(update={"smtp_url": office.url}))


class Sender:
    """An installation whose first report was just issued to one body."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.folder = engine, settings.data_dir
        self.place = Workplace(
            engine=engine,
            clock=SteppedClock(worlds.at("2024-04-08", "10:00")),
            settings=settings,
            is_patient=False,
        )
        if _WORLD:
            engine.dispose()
            Path(engine.url.database or "").write_bytes(_WORLD[0])
            for name, content in _WORLD[1].items():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / name).write_bytes(content)
            self.report_id, self.files = 1, _WORLD[2]
            return
        with engine.begin() as db:
            quarter.lived(db)
            quarter.office(db)
            act = by("quan-tri")
            add_body(db, agreement=CODE, name="Văn phòng <A>", mail="vp@example.org", act=act)
            self.report_id = approved(db)
            made = issued(db, self.report_id, self.folder, formats=("json", "pdf"))
        self.files = {one.format: one for one in made.files}
        engine.dispose()
        written = {one.name: (self.folder / one.name).read_bytes() for one in made.files}
        _WORLD[:] = [Path(engine.url.database or "").read_bytes(), written, self.files]

    def set(self, **more: Any) -> None:
        self.place = replace(
            self.place, settings=self.place.settings.model_copy(update=more), _checks=None
        )

    def run(self, kind: str = delivering.WORK) -> int:
        with self.engine.begin() as db:
            ids = list(db.scalars(select(work.c.id).where(work.c.kind == kind)))
        return run_batch(self.place, by_kind(JOBS)[kind], ids)

    @property
    def letters(self) -> list[Row[Any]]:
        with self.engine.begin() as db:
            return deliveries_of(db, self.report_id)

    def withdraw(self) -> None:
        with self.engine.begin() as db:
            act = by("lanh-dao", "2024-04-08", reason="Sai mục II")
            withdraw_report(db, self.report_id, act=act)


def bodies(letter: EmailMessage) -> tuple[str, str]:
    plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def enclosed(letter: EmailMessage) -> dict[str, bytes]:
    return {str(one.get_filename()): one.get_content() for one in letter.iter_attachments()}


def test_a_report_arrives_with_its_pdf_its_figures_and_its_receipt(
    sender: Sender, office: PostOffice
) -> None:
    sender.set(base_url="https://camket.example.org")
    assert sender.run() == 1
    (letter,) = office.letters
    assert (letter["To"], letter["Subject"]) == (
        "vp@example.org",
        "[Cam Kết] Báo cáo số 01/2024, quý I/2024",
    )
    ((name, content),) = enclosed(letter).items()
    file = sender.files["pdf"]
    assert (name, hashlib.sha256(content).hexdigest()) == (f"{CODE}-2024-Q1-1.pdf", file.sha256)
    (row,) = sender.letters
    assert (row.sent_at, row.sent_sha256) == (sender.place.clock.now(), file.sha256)
    for text in bodies(letter):
        said = " ".join(text.split())
        assert "Kính gửi: Văn phòng" in said
        assert "66,7% (4/6)" in said
        assert "Phường Ấp Bắc" in said
        assert file.sha256 in said
        assert f"https://camket.example.org/receipts/{row.id}." in said
        assert "Người lanh-dao" in said
    assert "Văn phòng &lt;A&gt;" in bodies(letter)[1]
    assert str(letter["Message-ID"]).endswith("@camket.example.org>")


def test_a_server_that_dies_midway_gets_the_same_letter_again(
    sender: Sender, office: PostOffice
) -> None:
    url = office.url
    with on_the_wire(hang_up_after_the_letter) as broken:
        sender.set(smtp_url=broken)
        sender.run()
    assert sender.letters[0].sent_at is None
    sender.set(smtp_url=url)
    office.at_data = ["452 the disk is full"]
    for _ in range(3):
        sender.run()
    (letter,) = office.letters
    number = sender.letters[0].id
    assert str(letter["Message-ID"]).startswith(f"<report.{number}.")
    with sender.engine.begin() as db:
        put_work(db, kind=delivering.WORK, subjects=[number], due_at=worlds.at("2024-04-08"))
    # What was sent is not sent again, whoever asks.
    sender.run()
    assert len(office.letters) == 1


def test_an_address_that_is_refused_is_parked_and_seen_and_can_be_tried_anew(
    sender: Sender, office: PostOffice
) -> None:
    office.at_recipient = ["550 no such mailbox"]
    sender.run()
    (row,) = sender.letters
    assert row.failed_at is not None
    assert "550 no such mailbox" in row.error
    with sender.engine.begin() as db:
        assert [one.kind for one in parked(db)] == [delivering.WORK]
        delivering.deliver(db, sender.report_id, act=by("quan-tri", "2024-04-08"))
    sender.run()
    assert len(office.letters) == 1
    assert (sender.letters[0].failed_at, sender.letters[0].error) == (None, None)


def test_a_file_that_is_not_what_was_issued_never_leaves(
    sender: Sender, office: PostOffice
) -> None:
    file = sender.files["pdf"]
    path = sender.folder / file.name
    path.chmod(0o640)
    path.write_bytes(path.read_bytes() + b" ")
    sender.run()
    assert office.letters == []
    assert "report.file_altered" in sender.letters[0].error
    path.unlink()
    with sender.engine.begin() as db:
        delivering.deliver(db, sender.report_id, act=by("quan-tri", "2024-04-08"))
    sender.run()
    assert "report.file_missing" in sender.letters[0].error


def test_the_signed_copy_and_the_withdrawal_follow(sender: Sender, office: PostOffice) -> None:
    sender.run()
    with sender.engine.begin() as db:
        act = by("quan-tri", "2024-04-08")
        attach_scan(
            db, sender.report_id, name="ký.pdf", content=pdf(), data_dir=sender.folder, act=act
        )
    sender.run()
    sender.withdraw()
    sender.run()
    first, second, third = office.letters
    assert "Bản có chữ ký của báo cáo số 01/2024" in str(second["Subject"])
    assert enclosed(second) == {"ký.pdf": pdf()}
    assert enclosed(third) == {}
    assert "Thu hồi báo cáo số 01/2024" in str(third["Subject"])
    for text in bodies(third):
        assert "Sai mục II" in text
        assert "66,7%" not in text
    assert len({str(one["Message-ID"]) for one in (first, second, third)}) == 3
    # Without an address of the installation there is no link.
    assert "receipts" not in "".join(bodies(first))


def test_what_is_withdrawn_before_it_left_never_leaves(sender: Sender, office: PostOffice) -> None:
    sender.withdraw()
    sender.run()
    assert office.letters == []
    (row,) = sender.letters
    assert (row.sent_at, row.cancelled_at) == (None, worlds.at("2024-04-08"))


def test_without_a_server_letters_wait_until_there_is_one(
    sender: Sender, office: PostOffice
) -> None:
    sender.set(smtp_url=None)
    sender.run()
    with sender.engine.begin() as db:
        put_work(db, kind=ASK_AGAIN, subjects=[0], due_at=worlds.at("2024-04-08"))
    sender.run(ASK_AGAIN)
    assert (sender.run(), sender.letters[0].failed_at) == (0, None)
    sender.set(smtp_url=office.url)
    with sender.engine.begin() as db:
        put_work(db, kind=ASK_AGAIN, subjects=[0], due_at=worlds.at("2024-04-08"))
    sender.run(ASK_AGAIN)
    sender.run()
    assert len(office.letters) == 1
