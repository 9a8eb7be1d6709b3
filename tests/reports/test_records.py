"""Records add up to the report; packs hold all of its evidence, and what is changed is found."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pytest
from sqlalchemy import update

from reports.drafting import Basis, draft_report
from reports.figures import added
from reports.issuing.issuing import Issuing, approve_report, issue_report
from reports.packs.packing import MANIFEST, Pack, pack_of, read_manifest, streamed
from reports.packs.streamed_zip import Names, StreamedZip, safe_name
from reports.packs.verifying import verify_pack
from reports.quarterly import read as read_report
from reports.records.files import record_file
from reports.records.record import About, Part, Record, read, record_of, sha256, written
from tests import worlds
from tests.reports import quarter
from tests.reports.fates import offer, the_task
from workflow import catalogue
from workflow.coverage import prove_coverage
from workflow.domain.errors import Refusal
from workflow.files import FileStore
from workflow.store.engine import make_engine
from workflow.store.evidence import evidence_file, evidence_item
from workflow.store.reports import report_by_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from reports.quarterly import Report
    from tests.databases import Databases

LATER = worlds.at("2024-04-20")


@pytest.fixture(scope="module")
def issued(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Path, int]]:
    """The quarter, reported and issued, with the files of its evidence on the disk."""
    folder = tmp_path_factory.mktemp("issued")
    url = databases.copy("sqlite")
    engine = make_engine(url)
    store = FileStore(root=folder / "evidence")
    with engine.begin() as db:
        quarter.lived(db)
        quarter.office(db)
        # The same name twice, a name that leads elsewhere, and the same bytes for two tasks.
        for key, name, text in (
            ("2024-02", "bien-ban.pdf", "tháng hai"),
            ("2024-03", "../../etc/biên bản: tháng 3?.pdf", "tháng ba"),
            ("2024-03", "bien-ban.pdf", "tháng ba nữa"),
            ("2023-12", "bien-ban.pdf", "tháng hai"),
        ):
            offer(db, the_task(db, "DOC", "a", key).id, "2024-03-20", name=name)
            _with_bytes(db, store, text)
        _with_bytes(db, store, "tháng một", name="bien-ban-thang-1.pdf")
        act = worlds.act("2024-04-05", by="quan-tri")
        coverage = prove_coverage(db, agreement=quarter.CODE, at=quarter.AS_OF)
        basis = Basis(coverage=coverage, is_simulated=False, as_of=quarter.AS_OF)
        report_id = draft_report(db, agreement=quarter.CODE, period="2024-Q1", basis=basis, act=act)
        approve_report(db, report_id, act=worlds.act("2024-04-08", by="lanh-dao"))
        how = Issuing(data_dir=folder, journal_head="ab" * 32, formats=("json", "html"))
        issue_report(db, report_id, how=how, act=worlds.act("2024-04-09", by="quan-tri"))
    yield engine, folder, report_id
    engine.dispose()
    databases.drop(url)


def _with_bytes(db: Connection, store: FileStore, text: str, *, name: str | None = None) -> None:
    """Give the latest item, or that of a name, a file that is really there."""
    kept = store.store(io.BytesIO(text.encode()))
    db.execute(
        evidence_file.insert()
        .prefix_with("OR IGNORE")
        .values(sha256=kept.sha256, size=kept.size, stored_at=quarter.AS_OF)
    )
    latest = evidence_item.select().with_only_columns(evidence_item.c.id)
    if name is not None:
        latest = latest.where(evidence_item.c.name == name)
    item = db.scalar(latest.order_by(evidence_item.c.id.desc()).limit(1))
    db.execute(update(evidence_item).where(evidence_item.c.id == item).values(sha256=kept.sha256))


@pytest.fixture
def db(issued: tuple[Engine, Path, int]) -> Iterator[Connection]:
    with issued[0].connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


def frozen(db: Connection, issued: tuple[Engine, Path, int]) -> Report:
    row = report_by_id(db, issued[2])
    assert row is not None
    return read_report(row.content)


def recorded(db: Connection, about: About, key: str, **more: Any) -> Record:
    by, at = more.pop("by", "kiem-toan"), more.pop("at", LATER)
    part = Part(about=about, key=key, **{"agreement": quarter.CODE, "period": "2024-Q1", **more})
    return record_of(db, part, by=by, at=at, is_simulated=False)


# --- records ------------------------------------------------------------------------------


def test_records_add_up_to_the_report(db: Connection, issued: tuple[Engine, Path, int]) -> None:
    report = frozen(db, issued)
    assert report.issue is not None
    units = [recorded(db, About.UNIT, one.key) for one in report.units]
    duties = [recorded(db, About.OBLIGATION, one.code) for one in report.duties]
    for records in (units, duties):
        assert added(one.total for one in records) == report.total
        assert sorted(task.id for one in records for task in one.tasks) == sorted(
            task.id for task in report.tasks
        )
        assert sorted(doubt.task for one in records for doubt in one.doubts) == [
            one.task for one in report.doubts
        ]
        previous = next(one for one in report.comparisons if one.to == "previous")
        assert added(one.before for one in records) == previous.line
    lines = {one.key: one.line for one in report.units}
    tasks = {one.id: one for one in report.tasks}
    for one in units:
        assert (one.total, one.name) == (
            lines[one.key],
            next(unit.name for unit in report.units if unit.key == one.key),
        )
        assert all(task == tasks[task.id] for task in one.tasks)
        assert {duty.code: duty.line for duty in one.duties} == {
            pair.obligation: pair.line for pair in report.pairs if pair.unit == one.key
        }
        assert (one.cut_off, one.as_of) == (report.cut_off, report.as_of)
        assert one.report is not None
        assert one.report.number == report.issue.number


def test_a_record_reads_back_and_says_the_same_in_every_format(
    db: Connection,
) -> None:
    record = recorded(db, About.UNIT, "a", by="can-bo")
    assert not record.is_partial
    assert read(written(record)) == record
    # Whatever happened since is in none of it.
    assert recorded(db, About.UNIT, "a", by="can-bo", at=worlds.at("2024-05-01")) == record
    assert json.loads(record_file(record, "json", lang="vi"))["total"]["boxes"]["total"] == (
        record.total.boxes.total
    )
    page = record_file(record, "html", lang="vi").decode()
    word: Any = docx.Document(io.BytesIO(record_file(record, "docx", lang="vi")))
    book = openpyxl.load_workbook(io.BytesIO(record_file(record, "xlsx", lang="vi")))
    assert record_file(record, "pdf", lang="en").startswith(b"%PDF")
    assert sha256(written(record))[:16] in page
    assert "KẾT QUẢ THỰC HIỆN CỦA ĐƠN VỊ" in page
    assert "báo cáo đã phát hành số 01/2024" in page
    tables = {
        (table.cell(0, 0).text, table.cell(0, 1).text): table for table in word.tables if table.rows
    }
    told = tables["Số nhiệm vụ", "Nghĩa vụ"]
    assert [row.cells[0].text for row in told.rows[1:]] == [str(one.id) for one in record.tasks]
    total = tables["Tình trạng", "Kỳ này"].rows[-1].cells
    assert [cell.text for cell in total] == [
        "Tổng số",
        str(record.total.boxes.total),
        str(record.before.boxes.total),
    ]
    assert not [one.text for one in word.paragraphs if "\ue010" in one.text]
    sheet = book["Nhiệm vụ"]
    assert [row[0] for row in sheet.iter_rows(min_row=4, values_only=True)] == [
        str(one.id) for one in record.tasks
    ]
    assert "Hóa đơn ghi sai quý." in page
    with pytest.raises(Refusal) as refused:
        record_file(record, "odt", lang="vi")
    assert refused.value.code == "report.format_unknown"


def test_what_was_found_of_evidence_stands_in_the_record(db: Connection) -> None:
    from workflow.store.evidence import evidence_verdict

    item = db.execute(
        evidence_item.select().where(evidence_item.c.name == "bien-ban-thang-1.pdf")
    ).one()
    for at, outcome, code in (
        (worlds.at("2024-02-01"), "failed", "letter.no_number"),
        (worlds.at("2024-04-06"), "passed", ""),
    ):
        db.execute(
            evidence_verdict.insert().values(
                item_id=item.id,
                check="minutes",
                version="1",
                sha256=item.sha256,
                outcome=outcome,
                reasons=[{"code": code, "text": "Thiếu chữ ký."}] if code else [],
                read={},
                decided_at=at,
            )
        )
    record = recorded(db, About.UNIT, "a")
    (found,) = [one for one in record.verdicts if one.outcome == "failed"]
    # The later verdict was not known at the instant of the report.
    assert [
        one
        for one in record.verdicts
        if one.outcome == "passed" and one.task == found.task and one.check == "minutes"
    ] == []
    assert found.reasons[0].text == "Thiếu chữ ký."
    page = record_file(record, "html", lang="vi").decode()
    assert "Thiếu chữ ký." in page


def test_without_a_report_a_record_is_of_now(db: Connection) -> None:
    running = recorded(db, About.UNIT, "a", period="2024-Q2")
    assert (running.report, running.cut_off, running.as_of) == (None, LATER, LATER)
    assert "Kỳ này chưa có báo cáo phát hành" in record_file(running, "html", lang="vi").decode()
    duty = recorded(db, About.OBLIGATION, "GB", period="2024-Q2")
    page = record_file(replace(duty, is_partial=True, tasks=(), verdicts=()), "html", lang="en")
    assert b"Only the tasks that the reader may see" in page
    assert b"RECORD OF AN OBLIGATION" in page


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"key": "b", "by": "can-bo"}, "record.unknown"),
        ({"key": "khong-co"}, "record.unknown"),
        ({"about": About.OBLIGATION, "key": "KHAC"}, "record.unknown"),
        ({"key": "a", "by": "lanh-dao-khac"}, "record.unknown"),
        ({"key": "a", "period": "2024-Q3"}, "record.not_begun"),
        ({"key": "a", "period": "2031-Q3"}, "report.period_outside"),
        ({"key": "a", "period": "quý một"}, "period.bad_key"),
        ({"key": "a", "agreement": "KHAC"}, "agreement.unknown"),
    ],
)
def test_what_is_no_record_or_not_for_the_reader(
    db: Connection, more: dict[str, Any], code: str
) -> None:
    about = more.pop("about", About.UNIT)
    with pytest.raises(Refusal) as refused:
        recorded(db, about, more.pop("key"), **more)
    assert refused.value.code == code


# --- packs --------------------------------------------------------------------------------


def packed(db: Connection, issued: tuple[Engine, Path, int], by: str = "quan-tri") -> Pack:
    _, folder, report_id = issued
    return pack_of(
        db, report_id, by=by, data_dir=folder, evidence=FileStore(root=folder / "evidence")
    )


def written_to(path: Path, pack: Pack) -> Path:
    with path.open("wb") as file:
        file.writelines(streamed(pack))
    return path


def test_a_pack_holds_report_evidence_and_verdicts(
    db: Connection, issued: tuple[Engine, Path, int], tmp_path: Path
) -> None:
    pack = packed(db, issued)
    path = written_to(tmp_path / "goi.zip", pack)
    assert path.read_bytes() == b"".join(streamed(packed(db, issued)))
    manifest, found = verify_pack(path)
    assert found == ()
    assert manifest.number == "01/2024"
    with zipfile.ZipFile(path) as content:
        names = content.namelist()
        assert names[-1] == MANIFEST
        assert len({name.casefold() for name in names}) == len(names)
        for name in names:
            assert ".." not in name.split("/")
            assert not name.startswith("/")
        for one in manifest.files:
            assert hashlib.sha256(content.read(one.path)).hexdigest() == one.sha256
        index = content.read("index.html").decode()
        offers = {(one.task, one.name): one for one in manifest.evidence}
        march = next(one for (_, name), one in offers.items() if "tháng 3" in name)
        assert march.path == "minh-chung/Phường Ấp Bắc/DOC/2024-03/_.._etc_biên bản_ tháng 3_.pdf"
        assert content.read(march.path or "").decode() == "tháng ba"
    # The same bytes lie once and serve both.
    twice = [
        one
        for one in manifest.evidence
        if one.sha256 == hashlib.sha256("tháng hai".encode()).hexdigest()
    ]
    assert len(twice) == 2
    assert len({one.path for one in twice}) == 1
    assert "Phường Ấp Bắc" in index
    assert "minh-chung/Ph%C6%B0%E1%BB%9Dng" in index
    assert [one.condition for one in manifest.evidence] == ["kept"] * 5


@pytest.mark.parametrize("by", ["can-bo", "lanh-dao-bao", "lanh-dao-khac"])
def test_a_pack_is_for_who_may_see_all_of_it(
    db: Connection, issued: tuple[Engine, Path, int], by: str
) -> None:
    with pytest.raises(Refusal) as refused:
        packed(db, issued, by)
    # Who may read the report of a side, and not all evidence, is told so.
    assert refused.value.code == ("access.denied" if by == "lanh-dao-bao" else "report.unknown")


def test_only_an_issued_report_is_packed(db: Connection, issued: tuple[Engine, Path, int]) -> None:
    kept = catalogue.kept(db, quarter.CODE)
    coverage = prove_coverage(db, agreement=kept.says.code, at=LATER)
    draft = draft_report(
        db,
        agreement=quarter.CODE,
        period="2023-Q4",
        basis=Basis(coverage=coverage, is_simulated=False),
        act=worlds.act("2024-04-20", by="quan-tri"),
    )
    engine, folder, _ = issued
    with pytest.raises(Refusal) as refused:
        packed(db, (engine, folder, draft))
    assert refused.value.code == "report.not_issued"


def test_missing_and_changed_files_are_named(
    db: Connection, issued: tuple[Engine, Path, int], tmp_path: Path
) -> None:
    pack = packed(db, issued)
    store = FileStore(root=tmp_path / "evidence")
    for text in ("tháng ba nữa", "tháng một"):
        store.store(io.BytesIO(text.encode()))
    changed = hashlib.sha256("tháng hai".encode()).hexdigest()
    place = store.path_of(changed)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"khac")
    reports = tmp_path / "data"
    for row in pack.frozen:
        target = reports / str(row.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not str(row.name).endswith("html"):
            target.write_bytes((pack.data_dir / str(row.name)).read_bytes())
    path = written_to(tmp_path / "goi.zip", replace(pack, evidence=store, data_dir=reports))
    manifest, found = verify_pack(path)
    conditions = sorted(one.condition or "" for one in manifest.evidence)
    assert conditions == ["changed", "changed", "kept", "kept", "missing"]
    assert [one.code for one in found] == [
        "pack.report_file_lacking",
        *[f"pack.evidence_{one.condition}" for one in manifest.evidence if one.condition != "kept"],
    ]
    with zipfile.ZipFile(path) as content:
        index = content.read("index.html").decode()
    assert "thiếu" in index
    assert "đã bị thay đổi; hiện là" in index
    # A frozen file that was changed is named as well.
    (
        reports / next(str(row.name) for row in pack.frozen if str(row.name).endswith("html"))
    ).write_text("khác")
    path = written_to(tmp_path / "goi.zip", replace(pack, data_dir=reports))
    assert [one.code for one in verify_pack(path)[1]] == ["pack.report_file_lacking"]


def _again(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same pack with other content."""
    with zipfile.ZipFile(path) as content:
        files = {name: content.read(name) for name in content.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w") as made:
        for name, one in files.items():
            made.writestr(name, one)
    return path


def _manifest(files: dict[str, bytes], /, **more: Any) -> None:
    said = json.loads(files[MANIFEST])
    said.update({name: change(said[name]) for name, change in more.items()})
    files[MANIFEST] = json.dumps(said).encode()


def _first_evidence(files: dict[str, bytes]) -> str:
    return next(name for name in files if name.startswith("minh-chung/"))


def _report_altered(files: dict[str, bytes]) -> None:
    name = next(name for name in files if name.endswith(".json") and name.startswith("bao-cao"))
    files[name] = files[name].replace(b"2024-Q1", b"2024-Q2")
    digest = hashlib.sha256(files[name]).hexdigest()
    _manifest(
        files,
        files=lambda all_: [
            {**one, "sha256": digest} if one["path"] == name else one for one in all_
        ],
    )


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (lambda files: files.update({_first_evidence(files): b"x"}), {"pack.file_altered"}),
        (lambda files: files.pop(_first_evidence(files)), {"pack.file_missing"}),
        (lambda files: files.update({"them.txt": b"x"}), {"pack.file_unlisted"}),
        (lambda files: _manifest(files, evidence=lambda all_: all_[1:]), {"pack.evidence_differs"}),
        (
            lambda files: _manifest(
                files, evidence=lambda all_: [{**one, "path": "index.html"} for one in all_]
            ),
            {"pack.evidence_elsewhere"},
        ),
        (lambda files: _manifest(files, report_sha256=lambda _: "0" * 64), {"pack.report_differs"}),
        (_report_altered, {"pack.report_differs"}),
        (
            lambda files: _manifest(
                files,
                files=lambda all_: [one for one in all_ if not one["path"].endswith("1.json")],
            ),
            {"pack.file_unlisted", "pack.no_report"},
        ),
    ],
)
def test_whatever_is_changed_in_a_pack_is_found(
    db: Connection,
    issued: tuple[Engine, Path, int],
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], None],
    codes: set[str],
) -> None:
    path = written_to(tmp_path / "goi.zip", packed(db, issued))
    _, found = verify_pack(_again(path, change))
    assert {one.code for one in found} == codes


def test_what_is_no_pack_is_said_to_be_none(
    db: Connection, issued: tuple[Engine, Path, int], tmp_path: Path
) -> None:
    path = written_to(tmp_path / "goi.zip", packed(db, issued))
    whole = path.read_bytes()
    for content in (b"", b"PK", whole[:-30]):
        path.write_bytes(content)
        with pytest.raises(Refusal) as refused:
            verify_pack(path)
        assert refused.value.code == "pack.not_a_pack"
    path.write_bytes(whole)
    _again(path, lambda files: files.update({MANIFEST: b"{}"}))
    with pytest.raises(Refusal):
        verify_pack(path)
    # A byte that flips within a file breaks the ZIP's own sum, and is found as altered.
    place = whole.index("tháng ba".encode())
    path.write_bytes(whole[:place] + b"T" + whole[place + 1 :])
    assert [one.code for one in verify_pack(path)[1]] == ["pack.file_altered"]
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as again:
        again.writestr("index.html", b"x")
    assert "pack.file_twice" in {one.code for one in verify_pack(path)[1]}
    with pytest.raises(ValueError, match="agreement"):
        read_manifest(b"{}")


def test_names_are_readable_and_lead_nowhere_else() -> None:
    assert safe_name("../../etc/passwd") == "_._etc_passwd"
    assert safe_name("Phường Ấp Bắc") == "Phường Ấp Bắc"
    assert safe_name("a\x00b\u202ec\r\nd.pdf") == "a b c d.pdf"
    assert safe_name("con.txt") == "_con.txt"
    assert safe_name(" . ") == "_"
    assert safe_name("") == "_"
    long = safe_name("Ấ" * 300 + ".pdf")
    assert long.endswith(".pdf")
    assert len(long.encode()) <= 80
    names = Names("manifest.json")
    assert names.path("Manifest.JSON") == "Manifest (2).JSON"
    assert names.path("a", "b.pdf") == "a/b.pdf"
    assert names.path("A", "B.pdf") == "A/B (2).pdf"
    assert names.path("a", "không đuôi") == "a/không đuôi"
    assert names.path("a", "không đuôi") == "a/không đuôi (2)"


def test_a_zip_leaves_while_it_is_made() -> None:
    made = StreamedZip()
    waiting = 0
    sizes = []
    for piece in made.put("lớn.bin", (b"x" * 65_536 for _ in range(64))):
        sizes.append(len(piece))
        waiting = max(waiting, len(piece))
    assert len(sizes) > 10
    assert waiting < 400_000
    rest = b"".join(made.end())
    assert rest.endswith(b"\x00\x00")
