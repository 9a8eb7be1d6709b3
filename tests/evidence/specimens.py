"""Evidence files for the tests: the demonstration's papers, wild variants, hostile files."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from datetime import date
from typing import TYPE_CHECKING, Any

from workflow.evidence.check import Body, EvidenceFile, Publication, TaskFacts, Verdict, judged
from workflow.evidence.registry import check_named
from workflow.examples.specimens import InvoiceLine, InvoicePaper, InvoiceSide, invoice_xml
from workflow.labels import sentence_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

POST_OFFICE = InvoiceSide(name="Bưu điện tỉnh Bắc Ninh", tax_code="0106324653")
WARD = Body(
    key="dong-ngan",
    name="UBND phường Đông Ngàn",
    aliases=("Ủy ban nhân dân phường Đông Ngàn",),
    tax_code="0100109106",
    budget_code="1057123",
)
CITY = Body(key="tu-son", name="UBND thành phố Từ Sơn", budget_code="1011111")
NEWSPAPER = Body(key="bao-bn", name="Báo Bắc Ninh", aliases=("Toà soạn Báo Bắc Ninh",))
PAPER = Publication(
    code="bbn", name="Báo Bắc Ninh", aliases=("BBN",), sellers=("0106324653",), quota=2
)
MAGAZINE = Publication(code="bbn-ct", name="Báo Bắc Ninh cuối tuần", quota=1)


def facts(**changes: Any) -> TaskFacts:
    """The task of the ward for the first quarter of 2024."""
    usual: dict[str, Any] = {
        "unit": WARD,
        "occasion": "2024-Q1",
        "period_from": date(2024, 1, 1),
        "period_until": date(2024, 4, 1),
        "beneficiary": NEWSPAPER,
        "publications": (PAPER,),
        "received_on": date(2024, 6, 30),
    }
    return TaskFacts(**{**usual, **changes})


def stored(folder: Path, data: bytes, name: str) -> EvidenceFile:
    """Keep bytes as the product does: under their hash, the sender's name only remembered."""
    digest = hashlib.sha256(data).hexdigest()
    path = folder / digest
    path.write_bytes(data)
    return EvidenceFile(path=path, sha256=digest, size=len(data), name=name)


def judge(
    check: str,
    file: EvidenceFile | None,
    params: Mapping[str, object] | None = None,
    *,
    figures: Mapping[str, object] | None = None,
    task: TaskFacts | None = None,
) -> Verdict:
    """Run a check here and now, as the guard does."""
    return judged(
        check_named(check), params or {}, file, figures=figures or {}, facts=task or facts()
    )


def codes(verdict: Verdict) -> set[str]:
    """The codes of a verdict's reasons, each of which can be said in both languages."""
    for reason in verdict.reasons:
        for lang in ("vi", "en"):
            # A missing sentence or fact warns, and warnings are errors here.
            assert sentence_for(reason.code, reason.facts, lang)
    return {reason.code for reason in verdict.reasons}


def invoice(**changes: Any) -> bytes:
    """An invoice that proves the ward's two copies of the first quarter."""
    usual: dict[str, Any] = {
        "seller": POST_OFFICE,
        "buyer": InvoiceSide(name=WARD.name, tax_code="0100109106", budget_code="1057123"),
        "number": 14,
        "issued_on": date(2023, 12, 18),
        "lines": (InvoiceLine(words="Báo Bắc Ninh quý I/2024", quantity=2),),
    }
    return invoice_xml(InvoicePaper(**{**usual, **changes}))


def line_invoice(words: str, quantity: int = 2, measure: str = "tờ/kỳ", **changes: Any) -> bytes:
    """An invoice with one goods line in these words."""
    line = InvoiceLine(words=words, quantity=quantity, measure=measure)
    return invoice(lines=(line,), **changes)


def replaced(data: bytes, *pairs: tuple[str, str]) -> bytes:
    """The same XML with texts replaced, each of which must be there."""
    text = data.decode()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return target.getvalue()


def locked_zip(parts: Mapping[str, bytes]) -> bytes:
    """A zip whose entries say that they are encrypted."""
    data = bytearray(zipped(parts))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            data[start + place] |= 1
            start = data.find(mark, start + 4)
    return bytes(data)


def docx_of(xml: str) -> bytes:
    """A .docx whose body is this XML."""
    document = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{xml}</w:body></w:document>"
    )
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "word/document.xml": document.encode(),
        }
    )


def scanned_pdf() -> bytes:
    """A PDF of one page without any text."""
    return text_pdf([])


def text_pdf(lines: list[str], *, password: str | None = None) -> bytes:
    """A PDF as reportlab writes it, with a font that has Vietnamese letters embedded."""
    from reportlab.lib import pdfencrypt
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    target = io.BytesIO()
    lock = pdfencrypt.StandardEncryption(password, strength=128) if password else None
    canvas = Canvas(target, pagesize=A4, encrypt=lock, invariant=1)
    for number, line in enumerate(lines):
        canvas.drawString(60, 780 - 18 * number, line)
    canvas.rect(50, 50, 200, 200)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def png(width: int, height: int, *, claimed: tuple[int, int] | None = None) -> bytes:
    """A grey picture; ``claimed`` writes other measures into its head."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    shown = claimed or (width, height)
    rows = zlib.compress((b"\x00" + b"\x80" * width) * height)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", *shown, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">'
    b'<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;">]>'
    b"<HDon><DLHDon><TTChung><SHDon>&f;</SHDon></TTChung></DLHDon></HDon>"
)
EXTERNAL_ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<HDon><DLHDon><TTChung><SHDon>&x;</SHDon></TTChung></DLHDon></HDon>"
)


def deep_xml(depth: int) -> bytes:
    """XML nested this deep."""
    return b"<HDon>" + b"<a>" * depth + b"</a>" * depth + b"</HDon>"


def zip_bomb() -> bytes:
    """A .docx of a few kilobytes that unpacks to 60 million."""
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b" " * 60_000_000})
