"""Hostile and broken files: always a verdict with a reason, soon, and never an exception."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.evidence.specimens import (
    BILLION_LAUGHS,
    EXTERNAL_ENTITY,
    codes,
    deep_xml,
    docx_of,
    facts,
    invoice,
    judge,
    locked_zip,
    png,
    replaced,
    stored,
    text_pdf,
    zip_bomb,
    zipped,
)
from workflow.evidence import packages
from workflow.evidence.check import Outcome, Unreadable, judged
from workflow.evidence.registry import check_named, checks
from workflow.examples.office_files import sheet_file
from workflow.examples.specimens import article_html

if TYPE_CHECKING:
    from pathlib import Path

EVERY = sorted(checks())
READERS = [name for name in EVERY if name != "quantity"]


@pytest.mark.parametrize("data", [BILLION_LAUGHS, EXTERNAL_ENTITY], ids=["laughs", "external"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("check", ["invoice", "attachment"])
def test_document_types_and_entities_are_refused(
    tmp_path: Path, data: bytes, encoding: str, check: str
) -> None:
    file = stored(tmp_path, data.decode().encode(encoding), "hd.xml")
    verdict = judge(check, file)
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, {"file.xml_forbidden"})
    assert "root:" not in str(verdict.to_json())


@pytest.mark.parametrize("check", ["invoice", "attachment"])
def test_deep_and_long_xml_is_refused(tmp_path: Path, check: str) -> None:
    deep = stored(tmp_path, deep_xml(100_000), "hd.xml")
    assert codes(judge(check, deep)) == {"file.xml_too_complex"}
    flood = stored(tmp_path, b"<HDon>" + b"<a/>" * 450_000 + b"</HDon>", "hd.xml")
    assert codes(judge(check, flood)) == {"file.xml_too_complex"}


@pytest.mark.parametrize(
    "data",
    [
        b"<HDon/>" + b"\x00" * 50,
        b'<?xml version="1.0" encoding="klingon"?><HDon/>',
        b'<?xml version="1.0" encoding="utf-7"?><HDon/>',
        b'<?xml version="1.0" encoding="big5"?><HDon/>',
        b"<HDon>&undefined;</HDon>",
        b"<HDon></hdon>",
        b"<HDon/><HDon/>",
        b"<a:HDon/>",
        b"<\xff>",
    ],
)
def test_xml_that_is_none_is_broken(tmp_path: Path, data: bytes) -> None:
    verdict = judge("invoice", stored(tmp_path, data, "hd.xml"))
    assert codes(verdict) <= {"file.broken", "file.mislabelled", "invoice.form_unknown"}
    assert verdict.reasons


@pytest.mark.parametrize("check", READERS)
def test_a_bomb_is_not_unpacked(tmp_path: Path, check: str) -> None:
    file = stored(tmp_path, zip_bomb(), "cv.docx")
    judge(check, file)
    started = time.process_time()
    verdict = judge(check, file)
    assert time.process_time() - started < 0.5
    assert verdict.outcome is not Outcome.PASSED
    assert codes(verdict) <= {"file.bomb", "invoice.not_xml", "article.not_a_page"}


def stored_zip(size: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        package.writestr("a", b"x" * size)
    return target.getvalue()


def overlapping() -> bytes:
    """A zip of one stored part that its list of contents names three times."""
    data = stored_zip(5_000)
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    tail = bytearray(data[end:])
    struct.pack_into("<HHI", tail, 8, 3, 3, 3 * (end - start))
    return data[:start] + data[start:end] * 3 + bytes(tail)


@pytest.mark.parametrize(
    ("data", "bound", "value"),
    [
        (zipped({"a": b"\x00" * 10_000_000}), "_MOST_PART", 40_000_000),
        (stored_zip(2_000), "_MOST_UNPACKED", 1_000),
        (stored_zip(2_000), "_MOST_PART", 1_000),
        (zipped({"a": b"1", "b": b"2"}), "_MOST_PARTS", 1),
        (overlapping(), "_MOST_PARTS", 2_000),
    ],
    ids=["ratio", "total", "part", "parts", "overlap"],
)
def test_each_bound_of_a_package_holds(
    monkeypatch: pytest.MonkeyPatch, data: bytes, bound: str, value: int
) -> None:
    monkeypatch.setattr(packages, bound, value)
    with pytest.raises(Unreadable) as stop:
        packages.Package(data)
    assert stop.value.reason.code == "file.bomb"


def test_an_honest_package_is_within_bounds() -> None:
    assert packages.Package(stored_zip(2_000)).part("a") == b"x" * 2_000


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    data = sheet_file([("quý I/2024",), ("STT", "Số lượng"), (1, 2)])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["xl/worksheets/sheet1.xml"] = BILLION_LAUGHS
    for check in ("quantity", "attendance"):
        verdict = judge(check, stored(tmp_path, zipped(parts), "b.xlsx"))
        assert codes(verdict) == {"file.xml_forbidden"}


def test_a_document_nested_without_end_is_refused(tmp_path: Path) -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 200 + "</w:tc></w:tr></w:tbl>" * 200
    verdict = judge("letter", stored(tmp_path, docx_of(deep), "cv.docx"))
    assert codes(verdict) == {"file.xml_too_complex"}


def test_a_page_of_ten_megabytes_is_refused(tmp_path: Path) -> None:
    data = b"<html><body>" + b"<p>tin</p>" * 1_000_000 + b"</body></html>"
    assert codes(judge("article", stored(tmp_path, data, "a.html"))) == {"file.too_large"}


def test_a_page_nested_without_end_gets_a_verdict(tmp_path: Path) -> None:
    data = b"<html><body>" + b"<div>" * 50_000 + b"x" + b"</div>" * 50_000
    verdict = judge("article", stored(tmp_path, data, "a.html"))
    assert verdict.outcome is not Outcome.PASSED
    assert "check.crashed" not in codes(verdict)


def test_a_formula_is_a_text_and_never_run(tmp_path: Path) -> None:
    data = sheet_file([("quý I/2024",), ("STT", "Số lượng"), (1, '=WEBSERVICE("http://x")')])
    verdict = judge("quantity", stored(tmp_path, data, "b.xlsx"))
    assert (verdict.outcome, verdict.findings.quantity) == (Outcome.UNDECIDED, None)
    assert codes(verdict) == {"quantity.column_not_found"}


SEEDS = [
    text_pdf(["So: 45/BC-UBND", "Bac Ninh, ngay 05 thang 01 nam 2024"]),
    docx_of("<w:p><w:r><w:t>Số: 45/BC-UBND</w:t></w:r></w:p>"),
    sheet_file([("STT", "Họ và tên", "Số lượng"), (1, "Lê Văn A", 2)]),
    invoice(),
    article_html(
        title="Tin",
        published_on=date(2024, 2, 1),
        address="https://baobacninh.vn/a",
        site="Báo Bắc Ninh",
        paragraphs=["Tin"],
    ),
    png(100, 100),
    locked_zip({"a": b"x"}),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100,
    "Họ tên;Đơn vị\nLê Văn A;Báo Bắc Ninh\n".encode(),
]
NAMES = ["a", "a.pdf", "a.docx", "a.xlsx", "a.xml", "a.html", "a.png", "a.csv", "a.zip", "../a.txt"]


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A good file with some bytes cut, changed or added."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        how = draw(st.sampled_from(["cut", "change", "add", "drop"]))
        if how == "cut":
            del data[at:]
        elif how == "drop":
            del data[at : at + draw(st.integers(1, 64))]
        elif how == "change" and data:
            data[at] = draw(st.integers(0, 255))
        else:
            data[at:at] = draw(st.binary(max_size=32))
    return bytes(data)


def holds_for_any(tmp_path: Path, check: str, data: bytes, name: str) -> None:
    file = stored(tmp_path, data, name)
    verdict = judged(check_named(check), {}, file, figures={}, facts=facts())
    assert verdict.outcome in Outcome
    assert verdict.reasons or verdict.outcome is Outcome.PASSED
    assert not {code for code in codes(verdict) if code.startswith("check.")}, verdict.reasons


FUZZ = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("check", EVERY)
@FUZZ
@given(data=st.binary(max_size=400), name=st.sampled_from(NAMES))
def test_any_bytes_get_a_verdict(tmp_path: Path, check: str, data: bytes, name: str) -> None:
    holds_for_any(tmp_path, check, data, name)


@pytest.mark.parametrize("check", EVERY)
@FUZZ
@given(data=mangled(), name=st.sampled_from(NAMES))
def test_any_damage_gets_a_verdict(tmp_path: Path, check: str, data: bytes, name: str) -> None:
    holds_for_any(tmp_path, check, data, name)


@FUZZ
@given(
    tag=st.sampled_from(["SHDon", "SLuong", "NLap", "KHHDon", "THHDVu", "DVTinh", "TChat", "MST"]),
    text=st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=40),
)
def test_any_text_in_an_invoice_gets_a_verdict(tmp_path: Path, tag: str, text: str) -> None:
    from xml.sax.saxutils import escape

    whole = invoice().decode()
    start = whole.index(f"<{tag}>") + len(tag) + 2
    end = whole.index(f"</{tag}>", start)
    data = replaced(invoice(), (whole[start - len(tag) - 2 : end], f"<{tag}>{escape(text)}"))
    holds_for_any(tmp_path, "invoice", data, "hd.xml")


@FUZZ
@given(
    figures=st.dictionaries(
        st.sampled_from(["copies", "other"]),
        st.floats() | st.text() | st.integers() | st.none() | st.booleans(),
    )
)
def test_any_figure_gets_a_verdict(figures: dict[str, object]) -> None:
    verdict = judge("quantity", None, figures=figures)
    assert not {code for code in codes(verdict) if code.startswith("check.")}
