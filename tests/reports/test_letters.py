"""Letters that press: who owes what, what is said of it in each form, and what is kept."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import docx
import pypdfium2
import pytest
from sqlalchemy import select

from reports.documents.document import Table
from reports.documents.profiles import profile_named
from reports.letterhead import Issuer, Letterhead
from reports.letterheads import change_letterhead
from reports.letters.drawing import (
    Drawing,
    draw_letters,
    letter_listed,
    letter_read,
    letters_readable,
    number_letter,
)
from reports.letters.due import Choice, Wording, debtors, written_steps
from reports.letters.files import kept_file, letter_made, letters_joined, letters_packed
from reports.letters.letter import Lack, digest, read, written
from reports.letters.text import letter_document
from tests import worlds
from tests.factories import (
    by,
    conclude,
    copies,
    duty,
    judged,
    living,
    offered,
    paper,
    task_of,
)
from tests.reports.test_documents import HEADS, squeezed
from workflow import catalogue
from workflow.domain.agreement import AllOf, Channel, LadderStep
from workflow.domain.errors import Refusal
from workflow.pressing import press
from workflow.review import return_submission
from workflow.store.engine import make_engine
from workflow.store.journal import journal_entry
from workflow.store.letters import letter_files, tasks_of
from workflow.submission import submit_task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from reports.letters.letter import Letter
    from tests.databases import Databases

CODE = "ct-01"
NOW = worlds.at("2024-04-10")
ONE = frozenset({"phuong-a"})
LADDER = (
    LadderStep(code="nhac", days=-5, to="unit"),
    LadderStep(code="don-doc", days=5, to="head", channel=Channel.LETTER),
)


@pytest.fixture(scope="module")
def town(databases: Databases) -> Iterator[Engine]:
    """Two wards that owe the first quarter's copies and paper, and a newspaper."""
    url = databases.copy("sqlite")
    engine = make_engine(url)
    with engine.begin() as db:
        living(
            db,
            duty(
                "mua-bao",
                title="Mua báo",
                proof=AllOf(parts=(paper(title="Hợp đồng"), copies(12))),
                ladder=LADDER,
            ),
            duty("doc-bao", title="Đọc báo", proof=None),
            number="05-CTPH",
            signed_on=date(2023, 12, 1),
        )
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def db(town: Engine) -> Iterator[Connection]:
    with town.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


def drawn(db: Connection, folder: Path, **more: Any) -> list[int]:
    wording = Wording(answer_by=date(2024, 4, 20), **more.pop("wording", {}))
    how = Drawing(wording=wording, data_dir=folder, at_most=more.pop("at_most", None))
    act = more.pop("act", by("quan-tri", "2024-04-10"))
    return draw_letters(db, agreement=CODE, choice=Choice(**more), how=how, act=act)


def the_table(letter: Letter) -> Table:
    (found,) = [one for one in letter_document(letter).sections[0].blocks if isinstance(one, Table)]
    return found


def test_a_letter_lists_what_the_unit_owes_and_what_is_missing(
    db: Connection, tmp_path: Path
) -> None:
    bought = task_of(db, "phuong-a", duty="mua-bao")
    judged(db, offered(db, bought))
    first, second = drawn(db, tmp_path)
    value = letter_read(db, first)
    assert (value.unit, value.unit_name, value.agreement.number) == (
        "phuong-a",
        "Đơn vị phuong-a",
        "05-CTPH",
    )
    found = {one.obligation: one for one in value.owed}
    assert set(found) == {"mua-bao", "doc-bao"}
    one = found["mua-bao"]
    assert (one.task, one.due_on, one.days, one.occasion) == (
        bought,
        date(2024, 3, 31),
        10,
        "2024-Q1",
    )
    # The paper is there and passed; the invoice for twelve copies is not.
    assert one.lacks == (Lack(title="", check="invoice", items=0, quantity=12),)
    assert found["doc-bao"].is_free
    other = {one.obligation: one for one in letter_read(db, second).owed}
    assert [lack.title for lack in other["mua-bao"].lacks] == ["Hợp đồng", ""]
    # Each task with the hash of what is said of it; the letter reads back as it was written.
    assert {row.task_id: row.sha256 for row in tasks_of(db, first)} == {
        one.task: digest(one) for one in value.owed
    }
    assert read(written(value)) == value
    # What is said of the missing copies, in both languages.
    for lang, said in (
        ("vi", "còn thiếu: Hóa đơn điện tử (tệp XML) (thiếu 12 bản)"),
        ("en", "12 copies short"),
    ):
        table = the_table(replace(value, lang=lang))
        assert any(said in cell.text for row in table.rows for cell in row.cells), lang
    entry = db.execute(select(journal_entry).where(journal_entry.c.verb == "letters.drawn")).one()
    assert '"letters":2' in entry.body


def test_what_was_given_back_says_why(db: Connection, tmp_path: Path) -> None:
    read_ = task_of(db, "phuong-a", duty="doc-bao")
    submit_task(db, read_, act=by("can-bo-a", "2024-04-02"))
    conclude(db, day="2024-04-02")
    return_submission(db, read_, act=by("tham-dinh", "2024-04-03", reason="Biên bản thiếu chữ ký."))
    (first,) = drawn(db, tmp_path, obligation="doc-bao", units=ONE)
    (one,) = letter_read(db, first).owed
    assert one.state == "returned"
    table = the_table(letter_read(db, first))
    assert "Biên bản thiếu chữ ký." in table.rows[0].cells[-1].text


@pytest.mark.parametrize(
    ("choice", "units"),
    [
        ({}, ["phuong-a", "phuong-b"]),
        ({"party": "tp"}, ["phuong-a", "phuong-b"]),
        ({"party": "bao"}, []),
        ({"days": 10}, ["phuong-a", "phuong-b"]),
        ({"days": 11}, []),
        ({"obligation": "khac"}, []),
        ({"units": frozenset({"phuong-b"})}, ["phuong-b"]),
        ({"step": "don-doc"}, ["phuong-a", "phuong-b"]),
        ({"step": "nhac-nho"}, []),
    ],
)
def test_whom_a_choice_means(db: Connection, choice: dict[str, Any], units: list[str]) -> None:
    press(db, at=NOW)
    kept = catalogue.kept(db, CODE)
    assert written_steps(kept) == ["don-doc"]
    found = debtors(db, kept, Choice(**choice), by="quan-tri", at=NOW)
    assert [one.key for one in found] == units
    if choice.get("step") and found:
        # The ladder's written step fell only for the duty that has it.
        assert {row.obligation for one in found for row in one.rows} == {"mua-bao"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"act": by("can-bo-a", "2024-04-10")}, "access.denied"),
        ({"act": by("lanh-dao-tp", "2024-04-10")}, "access.denied"),
        ({"act": by("nguoi-la", "2024-04-10")}, "access.denied"),
        ({"act": by("quan-tri", "2024-04-20")}, "letter.day_passed"),
        ({"act": by("quan-tri", "2024-03-31")}, "letter.nobody_owes"),
        ({"days": 0}, "letter.days_wrong"),
        ({"party": "khac"}, "letter.party_unknown"),
        ({"at_most": 1}, "letter.too_many_at_once"),
        ({"wording": {"signer": "x" * 301}}, "letter.too_long"),
        ({"wording": {"copies": ("a",) * 41}}, "letter.too_many_copies"),
    ],
)
def test_what_is_refused(db: Connection, tmp_path: Path, more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        drawn(db, tmp_path, **more)
    assert refused.value.code == code
    assert letters_readable(db, by="quan-tri", at=NOW) == []
    assert not (tmp_path / "letters").exists()


def test_a_letter_is_read_by_who_may_read_all_of_its_tasks(db: Connection, tmp_path: Path) -> None:
    first, second = drawn(db, tmp_path, act=by("bao-tham-dinh", "2024-04-10"))

    def readable(who: str) -> list[int]:
        return [row.id for row in letters_readable(db, by=who, at=NOW)]

    assert readable("can-bo-a") == [first]
    assert readable("can-bo-b") == [second]
    assert readable("cap-tren") == readable("kiem-toan") == [second, first]
    assert readable("nguoi-la") == []
    with pytest.raises(Refusal) as refused:
        letter_listed(db, second, by="can-bo-a", at=NOW)
    assert refused.value.code == "letter.unknown"


def numbered(db: Connection, letter_id: int, folder: Path, **more: Any) -> None:
    act = more.pop("act", by("quan-tri", "2024-04-12"))
    given = {"number": "45", "issued_on": date(2024, 4, 11), **more}
    number_letter(db, letter_id, data_dir=folder, act=act, **given)


def test_a_number_is_entered_once_and_the_files_bear_it(db: Connection, tmp_path: Path) -> None:
    first, second = drawn(db, tmp_path)
    before = letter_files(db, [first])[first]
    numbered(db, first, tmp_path, signer="Nguyễn Văn Mẫu")
    row = letter_listed(db, first, by="can-bo-a", at=NOW)
    value = letter_read(db, first)
    assert (row.number, row.issued_on, row.sha256) == ("45", date(2024, 4, 11), digest(value))
    assert (value.number, value.signer) == ("45", "Nguyễn Văn Mẫu")
    after = letter_files(db, [first])[first]
    assert {kind: one.sha256 for kind, one in after.items()} != {
        kind: one.sha256 for kind, one in before.items()
    }
    made = letter_made(value)
    for kind, one in after.items():
        # What was kept is what the value makes, byte for byte.
        assert kept_file(tmp_path, one.sha256, name=kind) == made[kind]

    for letter_id, more, code in (
        (first, {}, "letter.numbered_already"),
        (second, {"number": " "}, "letter.number_missing"),
        (second, {"number": "4" * 65}, "letter.too_long"),
        (second, {}, "letter.number_given"),
        (second, {"number": "46", "issued_on": date(2024, 4, 9)}, "letter.day_wrong"),
        (second, {"number": "46", "issued_on": date(2024, 4, 13)}, "letter.day_wrong"),
        (second, {"number": "46", "act": by("can-bo-b", "2024-04-12")}, "access.denied"),
        (999_999, {}, "letter.unknown"),
    ):
        with pytest.raises(Refusal) as refused:
            numbered(db, letter_id, tmp_path, **more)
        assert refused.value.code == code, more


def test_a_file_that_is_lost_or_changed_is_not_given_away(db: Connection, tmp_path: Path) -> None:
    (first,) = drawn(db, tmp_path, units=ONE)
    one = letter_files(db, [first])[first]["pdf"]
    place = tmp_path / "letters" / one.sha256[:2] / one.sha256[2:4] / one.sha256
    place.chmod(0o600)
    place.write_bytes(b"khac")
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            kept_file(tmp_path, one.sha256, name="thu.pdf")
        assert refused.value.code == "letter.file_lost"
        place.unlink(missing_ok=True)


def test_many_letters_are_one_zip_and_one_pdf(db: Connection, tmp_path: Path) -> None:
    made = drawn(db, tmp_path)
    files = letter_files(db, made)
    named = [
        ("Phường Một", kind, files[one][kind].sha256) for one in made for kind in ("docx", "pdf")
    ]
    content = b"".join(letters_packed(tmp_path, named))
    assert content == b"".join(letters_packed(tmp_path, named))
    with zipfile.ZipFile(BytesIO(content)) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == [
            "Phường Một.docx",
            "Phường Một.pdf",
            "Phường Một (2).docx",
            "Phường Một (2).pdf",
        ]
        pages = [packed.read(name) for name in packed.namelist() if name.endswith("pdf")]
    for both, count in ((False, 2), (True, 4)):
        joined = pypdfium2.PdfDocument(letters_joined(pages, for_both_sides=both))
        assert len(joined) == count
        text = joined[count // 2].get_textpage().get_text_bounded()
        assert "Đơn vị phuong-b" in text
        joined.close()


# --- the form ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "given", "sign", "drafter", "said"),
    [
        ("nd30_2020", "45", "UBND", "VP", "Số: 45/UBND-VP"),
        ("nd30_2020", "5", "UBND", "", "Số: 05/UBND"),
        ("nd30_2020", "45/UBND-NV", "UBND", "VP", "Số: 45/UBND-NV"),
        ("hd36_2018", "12", "BTG", "VP", "Số 12-CV/BTG"),
        ("hd36_2018", "112", "", "", "Số 112-CV"),
    ],
)
def test_numbers_of_letters(key: str, given: str, sign: str, drafter: str, said: str) -> None:
    assert profile_named(key).letter_numbered(given, sign=sign, drafter=drafter) == said


EXPECTED = {
    Issuer.STATE: ("Số: 45/UBND-VP", "- Lưu: VT, VP.", False),
    Issuer.PARTY: ("Số 45-CV/TU", "- Lưu Văn phòng Thành ủy.", True),
}


@pytest.mark.parametrize("issuer", list(Issuer))
def test_a_letter_follows_its_profile_in_word_and_on_paper(
    db: Connection, tmp_path: Path, issuer: Issuer
) -> None:
    act = by("quan-tri", "2024-04-10")
    change_letterhead(db, agreement=CODE, letterhead=HEADS[issuer], act=act)
    copies_ = ("Thường trực Thành ủy (để báo cáo)",)
    (first,) = drawn(
        db, tmp_path, units=ONE, wording={"copies": copies_, "signer": "Nguyễn Văn Mẫu"}
    )
    blank = letter_document(letter_read(db, first))
    assert re.fullmatch(r"Số:? ?\s+(/UBND-VP|-CV/TU)", blank.head.number)
    assert re.search(r"ngày\s+tháng\s+năm 2024$", blank.head.place_and_day)
    numbered(db, first, tmp_path)
    number, archive, is_italic = EXPECTED[issuer]
    made = letter_made(letter_read(db, first))

    word: Any = docx.Document(BytesIO(made["docx"]))
    head, closing = word.tables[0], word.tables[-1]
    left = [one for one in head.cell(1, 0).paragraphs if one.text]
    assert [one.text for one in left] == [number, "V/v đôn đốc thực hiện Chương trình phối hợp"]
    assert left[1].runs[0].font.size.pt == 12
    assert bool(left[1].runs[0].italic) is is_italic
    assert head.cell(1, 1).text.endswith("ngày 11 tháng 4 năm 2024")
    texts = [one for one in word.paragraphs if one.text]
    # No title: whom it is written to comes first.
    assert texts[0].text == "Kính gửi: Đơn vị phuong-a"
    assert bool(texts[0].runs[0].italic) is is_italic
    assert "BÁO CÁO" not in "".join(one.text for one in texts)
    ruled = word.tables[1]
    assert [cell.text for cell in ruled.rows[1].cells][3:5] == ["31/03/2024", "10"]
    assert word.styles["Cam Kết – ô bảng"].font.size.pt == 11
    recipients = [one.text for one in closing.cell(0, 0).paragraphs if one.text]
    assert recipients == ["Nơi nhận:", "- Như trên;", f"- {copies_[0]};", archive]
    assert closing.cell(0, 1).text.endswith("Nguyễn Văn Mẫu")

    paper_ = pypdfium2.PdfDocument(made["pdf"])
    text = squeezed("".join(page.get_textpage().get_text_bounded() for page in paper_))
    paper_.close()
    order = [
        number,
        "V/v đôn đốc",
        "Kính gửi: Đơn vị phuong-a",
        "Mua báo",
        "20/04/2024",
        "- Như trên;",
    ]
    places = [text.index(squeezed(one)) for one in order]
    assert places == sorted(places)
    assert "báocáosố" not in text


def test_without_a_letterhead_the_first_party_presses(db: Connection, tmp_path: Path) -> None:
    (first,) = drawn(db, tmp_path, units=ONE, wording={"lang": "en", "is_simulated": True})
    value = letter_read(db, first)
    assert value.letterhead == Letterhead(body="Thành ủy")
    told = letter_document(value)
    assert told.mark == "SIMULATED DATA"
    assert told.head.subject == "Re: carrying out Chương trình phối hợp"
