"""Any file: what it truly is, its size, and that it opens."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from PIL import Image

from tests.evidence.specimens import (
    codes,
    docx_of,
    judge,
    locked_zip,
    png,
    scanned_pdf,
    stored,
    text_pdf,
    zipped,
)
from workflow.evidence.check import EvidenceFile, Identity, Outcome, Verdict
from workflow.evidence.file_kinds import Kind, decoded, extension, true_kind
from workflow.examples.office_files import sheet_file

if TYPE_CHECKING:
    from pathlib import Path


def judged_as(
    folder: Path, data: bytes, name: str, params: dict[str, Any] | None = None
) -> Verdict:
    return judge("attachment", stored(folder, data, name), params)


def picture(form: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (200, 150), "white").save(target, form)
    return target.getvalue()


def no_pages() -> bytes:
    target = io.BytesIO()
    pypdfium2.PdfDocument.new().save(target)
    return target.getvalue()


NO_PAGES = no_pages()
LOST_PAGE = re.sub(rb"/Kids \[ \d+ 0 R", b"/Kids [ 99 0 R", text_pdf(["a"]))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


@pytest.mark.parametrize(
    ("data", "name", "shown"),
    [
        (text_pdf(["a"]), "cv.pdf", {"kind": "pdf", "pages": 1}),
        (b"\r\n" + text_pdf(["a"]), "CV.PDF", {"kind": "pdf", "pages": 1}),
        (docx_of("<w:p/>"), "cv.docx", {"kind": "docx", "parts": 2}),
        (docx_of("<w:p/>"), "cv.doc", {"kind": "docx"}),
        (sheet_file([("a",)]), "b.xlsx", {"kind": "xlsx"}),
        (png(120, 100), "a.png", {"kind": "image", "width": 120, "height": 100}),
        (picture("JPEG"), "a.jpg", {"kind": "image", "width": 200}),
        (picture("GIF"), "a.gif", {"kind": "image"}),
        (picture("BMP"), "a.bmp", {"kind": "image"}),
        (picture("WEBP"), "a.webp", {"kind": "image"}),
        (picture("TIFF"), "a.tiff", {"kind": "image"}),
        (b"<HDon/>", "hd.xml", {"kind": "xml"}),
        (b"<!DOCTYPE html><html><body>x</body></html>", "a.html", {"kind": "html"}),
        ("Họ tên;Đơn vị\nA;B\n".encode(), "ds.csv", {"kind": "csv"}),
        ("Một dòng chữ".encode(), "a.txt", {"kind": "text"}),
        ("Một dòng chữ".encode("utf-16"), "a.txt", {"kind": "text"}),
        ("Một dòng chữ".encode(), "khong-duoi", {"kind": "text"}),
        (b"BM is how it begins", "a.txt", {"kind": "text"}),
    ],
)
def test_a_file_that_is_what_it_says_passes(
    tmp_path: Path, data: bytes, name: str, shown: dict[str, object]
) -> None:
    verdict = judged_as(tmp_path, data, name)
    assert (verdict.outcome, verdict.reasons) == (Outcome.PASSED, ())
    assert {key: verdict.read[key] for key in shown} == shown
    assert verdict.read["size"] == len(data)
    assert verdict.findings.identity is not None
    assert verdict.findings.identity.kind == "file"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.pdf", "file.empty"),
        (b"MZ\x90\x00" + b"\x00" * 900, "hoadon.pdf", "file.mislabelled"),
        (b"MZ %PDF-1.7" + b"\x00" * 900, "hoadon.pdf", "file.mislabelled"),
        (png(120, 100), "a.pdf", "file.mislabelled"),
        (b"<html><script>1</script></html>", "a.pdf", "file.mislabelled"),
        (zipped({"a.txt": b"x"}), "a.docx", "file.mislabelled"),
        (docx_of("<w:p/>"), "a.xlsx", "file.mislabelled"),
        (text_pdf(["a"])[:300], "a.pdf", "file.broken"),
        (b"%PDF-1.7\n" + b"x" * 3000, "a.pdf", "file.broken"),
        (text_pdf(["a"], password="bí mật"), "a.pdf", "file.encrypted"),
        (locked_zip({"[Content_Types].xml": b"x", "word/document.xml": b"x"}), "a.docx", None),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "file.encrypted"),
        (png(20_000, 1, claimed=(60_000, 60_000)), "a.png", "file.bomb"),
        (png(120, 100)[:60], "a.png", "file.broken"),
        (b"\xff\xd8\xff\xe0" + b"x" * 100, "a.jpg", "file.broken"),
        (b"<HDon>", "a.xml", "file.broken"),
        (NO_PAGES, "a.pdf", "file.broken"),
        (LOST_PAGE, "a.pdf", "file.broken"),
        (docx_of("<w:p>"), "a.docx", "file.broken"),
        (docx_of("<w:p/>")[:-30], "a.docx", "file.mislabelled"),
        (sheet_file([("a",)])[:-10] + b"x", "a.xlsx", None),
        (OLE, "cu.doc", "attachment.kind_not_accepted"),
        (b"\x7fELF" + b"\x00" * 90, "a", "attachment.kind_not_accepted"),
    ],
)
def test_a_file_that_is_not_fails_with_the_reason(
    tmp_path: Path, data: bytes, name: str, code: str | None
) -> None:
    verdict = judged_as(tmp_path, data, name)
    assert verdict.outcome is Outcome.FAILED
    assert codes(verdict) <= (
        {code} if code else {"file.encrypted", "file.broken", "file.mislabelled"}
    )


def test_a_broken_file_is_not_called_locked_because_another_was(tmp_path: Path) -> None:
    locked = text_pdf(["a"], password="bí mật")
    seen = [codes(judged_as(tmp_path, data, "a.pdf")) for data in (NO_PAGES, locked, NO_PAGES)]
    assert seen == [{"file.broken"}, {"file.encrypted"}, {"file.broken"}]


def test_what_a_mislabelled_file_is_is_told(tmp_path: Path) -> None:
    (reason,) = judged_as(tmp_path, b"MZ\x90\x00" + b"\x00" * 900, "hoadon.pdf").reasons
    assert reason.facts["name_says"] == "pdf"
    assert reason.facts["content_is"] not in {"pdf", ""}


def test_a_locked_office_file_is_told_as_locked(tmp_path: Path) -> None:
    data = locked_zip({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"})
    assert codes(judged_as(tmp_path, data, "a.docx")) == {"file.encrypted"}


def test_size_kind_and_pages_may_be_asked_for(tmp_path: Path) -> None:
    data = text_pdf(["a"])
    assert codes(judged_as(tmp_path, data, "a.pdf", {"most_bytes": 100})) == {"file.too_large"}
    assert codes(judged_as(tmp_path, data, "a.pdf", {"kinds": ["image"]})) == {
        "attachment.kind_not_accepted"
    }
    assert codes(judged_as(tmp_path, data, "a.pdf", {"least_pages": 2})) == {
        "attachment.too_few_pages"
    }


def test_an_archive_is_read_through_where_it_is_accepted(tmp_path: Path) -> None:
    params = {"kinds": ["zip"]}
    data = zipped({"a.xml": b"<a/>"})
    assert judged_as(tmp_path, data, "a.zip", params).read["parts"] == 1
    cut = data.replace(b"\x03\x00", b"\x99\x00", 1)
    assert judged_as(tmp_path, cut, "a.zip", params).outcome is not Outcome.UNDECIDED


def test_a_tiny_picture_is_left_to_a_person(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, png(40, 40), "a.png")
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {"file.image_too_small"})


def test_a_scan_is_a_fine_attachment(tmp_path: Path) -> None:
    assert judged_as(tmp_path, scanned_pdf(), "scan.pdf").outcome is Outcome.PASSED


def test_no_file_fails() -> None:
    verdict = judge("attachment", None)
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"file.required"})


def test_a_stored_file_that_changed_or_went_is_left_to_a_person(tmp_path: Path) -> None:
    file = stored(tmp_path, b"<a/>", "a.xml")
    file.path.write_bytes(b"<b/>")
    verdict = judge("attachment", file)
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {"file.changed"})
    file.path.unlink()
    verdict = judge("attachment", file)
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {"file.missing"})
    assert verdict.findings.identity == Identity(kind="file", key=file.sha256)


def test_a_file_larger_than_it_was_said_to_be_is_not_swallowed(tmp_path: Path) -> None:
    file = stored(tmp_path, b"x" * 5_000, "a.txt")
    verdict = judge("attachment", replace(file, size=10), {"most_bytes": 1_000})
    assert codes(verdict) == {"file.too_large"}


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..\\..\\x.xml",
        "/etc/shadow",
        "a\x00.pdf",
        "a" * 5_000,
        "",
        ".",
        "\ud800",
    ],
)
def test_a_name_opens_nothing(tmp_path: Path, name: str) -> None:
    verdict = judged_as(tmp_path, b"<HDon/>", name)
    assert codes(verdict) <= {"file.mislabelled"}
    assert verdict.outcome in {Outcome.PASSED, Outcome.FAILED}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.PDF", "pdf"),
        ("../../b.xml", "xml"),
        ("c:\\d\\e.Docx", "docx"),
        ("archive.tar.gz", "gz"),
        ("a.pdf. ", "pdf"),
        ("noext", ""),
        ("dir.d/noext", ""),
        ("", ""),
    ],
)
def test_the_extension_is_the_one_that_people_see(name: str, expected: str) -> None:
    assert extension(name) == expected


def test_old_vietnamese_text_is_decoded() -> None:
    assert decoded("Hội".encode("cp1258", errors="ignore")).startswith("H")
    assert decoded("Hội nghị".encode()[:-1]) == "Hội ngh"
    assert decoded(b"\xef\xbb\xbfA") == "A"
    assert decoded("Hội".encode("utf-16-be", errors="strict")[:0]) == ""


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x05\x06" + b"\x00" * 18, Kind.ZIP),
        (b"PK\x03\x04garbage", Kind.ZIP),
        (b"RIFF\x00\x00\x00\x00WAVE", Kind.OTHER),
        (b"<div>saved</div>", Kind.HTML),
        (b"<!-- saved from url --><html>", Kind.HTML),
        (b"a\tb\nc\td\n", Kind.CSV),
        (b"a,b", Kind.TEXT),
        (b"   ", Kind.OTHER),
    ],
)
def test_the_kind_is_told_by_the_content(data: bytes, kind: Kind) -> None:
    assert true_kind(data) is kind


def test_a_file_is_described_with_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "giấy mời.pdf"
    path.write_bytes(b"x" * 3_000_000)
    file = EvidenceFile.at(path)
    assert (file.name, file.size) == ("giấy mời.pdf", 3_000_000)
    assert EvidenceFile.from_json(file.to_json()) == file
    assert EvidenceFile.at(path, name="b", media_type="text/plain").media_type == "text/plain"
    with pytest.raises(OSError, match="none"):
        EvidenceFile.at(tmp_path / "none")
