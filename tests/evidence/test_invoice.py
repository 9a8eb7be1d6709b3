"""The e-invoice as proof of purchase, in the forms in which it is really found."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.specimens import (
    CITY,
    MAGAZINE,
    PAPER,
    WARD,
    codes,
    facts,
    invoice,
    judge,
    line_invoice,
    replaced,
    stored,
    zipped,
)
from workflow.evidence.check import Body, Identity, Outcome, TaskFacts, Verdict
from workflow.evidence.invoice_form import number_of
from workflow.examples.specimens import InvoiceLine, InvoiceSide

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

NOTES = {"invoice.no_seller_signature"}


def judged_as(
    folder: Path, data: bytes, params: dict[str, Any] | None = None, task: TaskFacts | None = None
) -> Verdict:
    return judge("invoice", stored(folder, data, "hoadon.xml"), params, task=task)


def test_an_invoice_for_the_units_copies_passes(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, invoice())
    assert (verdict.outcome, codes(verdict)) == (Outcome.PASSED, NOTES)
    found = verdict.findings
    assert found.performed_on == date(2023, 12, 18)
    assert found.identity == Identity(
        kind="invoice", key="0106324653|1|C24TBN|14", part="bbn@2024-Q1"
    )
    assert (found.quantity, found.capacity) == (2, 2)
    assert (found.period_from, found.period_until) == (date(2024, 1, 1), date(2024, 4, 1))
    assert verdict.read["signature"] == "not_checked"
    assert verdict.read["buyer_is"] == "dong-ngan"
    assert verdict.read["titles"] == {"bbn": 2}


ENVELOPE = (
    "<HDon>",
    (
        "<TDiep><TTChung><PBan>9.9.9</PBan><MLTDiep>201</MLTDiep><SLuong>1</SLuong></TTChung>"
        "<DLieu><HDon>"
    ),
)
TOTALS = "<TToan><THTTLTSuat>"


@pytest.mark.parametrize(
    "pairs",
    [
        [("<SHDon>14<", "<SHDon>00000014<")],
        [("<HDon>", '<HDon xmlns="http://kekhaithue.gdt.gov.vn/HDon">')],
        [("<HDon>", '<HDon xmlns:inv="urn:unused">')],
        [ENVELOPE, ("</HDon>", "</HDon></DLieu></TDiep>")],
        [(TOTALS, "</NDHDon>" + TOTALS), ("</TToan></NDHDon>", "</TToan>")],
        [("<DSCKS><NBan/></DSCKS>", "<DSCKS><NBan/></DSCKS><DSCKS/>")],
        [("<MCCQT/>", '<DLQRCode/><MCCQT Id="m"></MCCQT>')],
        [("<NLap>2023-12-18<", "<NLap>18/12/2023<")],
        [("<NLap>2023-12-18<", "<NLap>2023-12-18T09:30:00<")],
        [("<SLuong>2<", "<SLuong>2.0000<")],
        [("<SLuong>2<", "<SLuong> 2,0 <")],
        [("<KHHDon>C24TBN<", "<KHHDon>1C24TBN<")],
        [("<KHHDon>C24TBN<", "<KHHDon> c24tbn <")],
        [("<TChat>1</TChat>", "")],
        [("<HDon>", "\n<!-- printed by a programme -->\n<HDon>")],
        [("<MHHDVu/>", "<MHHDVu/><TTKhac><TTin><TTruong>x</TTruong></TTin></TTKhac>")],
        [("Báo Bắc Ninh quý I/2024", "BAO BAC NINH QUY 1/2024")],
        [("<MST>0106324653<", "<MST>0106324653-001<")],
    ],
)
def test_the_variants_of_the_wild_prove_the_same(
    tmp_path: Path, pairs: list[tuple[str, str]]
) -> None:
    verdict = judged_as(tmp_path, replaced(invoice(), *pairs))
    assert verdict.outcome is Outcome.PASSED, verdict.reasons
    identity = verdict.findings.identity
    assert identity is not None
    assert identity.key.split("|")[1:] == ["1", "C24TBN", "14"]
    assert verdict.findings.quantity == 2
    assert verdict.findings.performed_on == date(2023, 12, 18)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_another_encoding_proves_the_same(tmp_path: Path, encoding: str) -> None:
    text = invoice().decode().replace(' encoding="UTF-8"', "")
    assert judged_as(tmp_path, text.encode(encoding)).outcome is Outcome.PASSED


def test_an_archive_with_the_xml_and_its_print_is_read(tmp_path: Path) -> None:
    data = zipped({"hd.xml": invoice(), "hd.pdf": b"%PDF-1.4"})
    assert judge("invoice", stored(tmp_path, data, "hd.zip")).outcome is Outcome.PASSED
    two = zipped({"a.xml": invoice(), "b.xml": invoice()})
    verdict = judge("invoice", stored(tmp_path, two, "hd.zip"))
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDECIDED, {"invoice.zip_unclear"})


@pytest.mark.parametrize(
    ("buyer", "is_of"),
    [
        (InvoiceSide(name="Tên cũ", tax_code="0100109106"), "dong-ngan"),
        (InvoiceSide(name="Tên cũ", budget_code="1057123"), "dong-ngan"),
        (InvoiceSide(name="ỦY BAN NHÂN DÂN PHƯỜNG ĐÔNG NGÀN"), "dong-ngan"),
        (InvoiceSide(name="UBND PHUONG DONG NGAN, THANH PHO TU SON"), "dong-ngan"),
        (InvoiceSide(name="UBND TP Từ Sơn"), "tu-son"),
        (InvoiceSide(name="x", budget_code="1011111"), "tu-son"),
    ],
)
def test_the_buyer_is_the_unit_or_who_pays_for_it(
    tmp_path: Path, buyer: InvoiceSide, is_of: str
) -> None:
    verdict = judged_as(tmp_path, invoice(buyer=buyer), task=facts(paid_by=(CITY,)))
    assert verdict.outcome is Outcome.PASSED, verdict.reasons
    assert verdict.read["buyer_is"] == is_of


@pytest.mark.parametrize(
    ("buyer", "code", "outcome"),
    [
        (InvoiceSide(name="UBND phường Đồng Kỵ"), "invoice.buyer_other", Outcome.FAILED),
        (InvoiceSide(name="x", tax_code="0314409058"), "invoice.buyer_other", Outcome.FAILED),
        (InvoiceSide(name=""), "invoice.buyer_missing", Outcome.FAILED),
        (
            InvoiceSide(name="Chi bộ UBND phường Đông Ngàn"),
            "invoice.buyer_unclear",
            Outcome.UNDECIDED,
        ),
        (
            InvoiceSide(name="UBND phường Đông Ngàn", tax_code="0314409058"),
            "invoice.buyer_code_differs",
            Outcome.UNDECIDED,
        ),
    ],
)
def test_another_buyer_does_not_pass(
    tmp_path: Path, buyer: InvoiceSide, code: str, outcome: Outcome
) -> None:
    verdict = judged_as(tmp_path, invoice(buyer=buyer))
    assert verdict.outcome is outcome
    assert code in codes(verdict)


def test_a_buyer_named_as_person_of_the_unit_is_left_to_a_person(tmp_path: Path) -> None:
    data = replaced(
        invoice(buyer=InvoiceSide(name="")),
        ("<NMua><DChi>", "<NMua><HVTNMHang>Thủ quỹ, UBND phường Đông Ngàn</HVTNMHang><DChi>"),
    )
    verdict = judged_as(tmp_path, data)
    assert "invoice.buyer_unclear" in codes(verdict)
    assert verdict.outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("words", "code", "outcome"),
    [
        ("Báo Bắc Ninh quý II/2024", "invoice.period_other", Outcome.FAILED),
        ("Báo Bắc Ninh quý I/2023", "invoice.period_other", Outcome.FAILED),
        ("Báo Bắc Ninh tháng 1/2024", "invoice.period_partial", Outcome.UNDECIDED),
        ("Báo Bắc Ninh", "invoice.period_unclear", Outcome.UNDECIDED),
        ("Báo Bắc Ninh quý I", "invoice.year_assumed", Outcome.UNDECIDED),
        ("Báo Bắc Giang quý I/2024", "invoice.publication_not_found", Outcome.FAILED),
        ("Cước chuyển phát quý I/2024", "invoice.publication_not_found", Outcome.FAILED),
    ],
)
def test_other_goods_or_another_period_do_not_pass(
    tmp_path: Path, words: str, code: str, outcome: Outcome
) -> None:
    verdict = judged_as(tmp_path, line_invoice(words))
    assert verdict.outcome is outcome
    assert codes(verdict) == NOTES | {code}
    if outcome is Outcome.FAILED:
        assert (verdict.findings.quantity, verdict.read["titles"]) == (None, {})
        identity = verdict.findings.identity
        assert identity is not None
        assert identity.part == ""


@pytest.mark.parametrize(
    ("occasion", "months", "quantity"),
    [("2024-Q1", (1, 4), 2), ("2024-Q3", (7, 10), 2), ("2024-05", (5, 6), 2), ("2024", (1, 13), 2)],
)
def test_a_years_invoice_proves_each_period_of_it(
    tmp_path: Path, occasion: str, months: tuple[int, int], quantity: int
) -> None:
    start, end = months
    until = date(2024, end, 1) if end <= 12 else date(2025, 1, 1)
    task = facts(occasion=occasion, period_from=date(2024, start, 1), period_until=until)
    verdict = judged_as(tmp_path, line_invoice("BBN cả năm 2024"), task=task)
    assert verdict.outcome is Outcome.PASSED
    assert verdict.findings.quantity == quantity
    identity = verdict.findings.identity
    assert identity is not None
    assert identity.part == f"bbn@{occasion}"


def test_one_january_proof_does_not_satisfy_the_other_months(tmp_path: Path) -> None:
    data = line_invoice("Báo Bắc Ninh tháng 1/2024")
    passed = []
    for month in range(1, 13):
        until = date(2024, month + 1, 1) if month < 12 else date(2025, 1, 1)
        task = facts(
            occasion=f"2024-{month:02d}", period_from=date(2024, month, 1), period_until=until
        )
        if judged_as(tmp_path, data, task=task).outcome is Outcome.PASSED:
            passed.append(month)
    assert passed == [1]


def test_months_on_lines_of_their_own_add_up_to_the_quarter(tmp_path: Path) -> None:
    lines = tuple(
        InvoiceLine(words=f"Báo Bắc Ninh tháng {month}/2024", quantity=copies, measure="tháng")
        for month, copies in ((1, 2), (2, 3), (3, 2))
    )
    assert judged_as(tmp_path, invoice(lines=lines)).findings.quantity == 2


def test_a_line_for_another_quarter_raises_no_doubt(tmp_path: Path) -> None:
    lines = (
        InvoiceLine(words="Báo Bắc Ninh quý I/2024", quantity=2),
        InvoiceLine(words="Báo Bắc Ninh quý II/2024", quantity=156, measure="Tờ"),
    )
    verdict = judged_as(tmp_path, invoice(lines=lines))
    assert (verdict.outcome, verdict.findings.quantity) == (Outcome.PASSED, 2)


def test_under_nd09_a_calendar_quarter_still_proves_the_quarter(tmp_path: Path) -> None:
    task = facts(period_from=date(2023, 12, 15), period_until=date(2024, 3, 15))
    assert judged_as(tmp_path, invoice(), task=task).outcome is Outcome.PASSED


def test_a_task_that_is_no_period_takes_any(tmp_path: Path) -> None:
    task = facts(occasion="request:3", period_from=None, period_until=None)
    assert judged_as(tmp_path, line_invoice("Báo Bắc Ninh"), task=task).findings.quantity == 2
    spanned = facts(occasion="2024-02-10")
    verdict = judged_as(tmp_path, line_invoice("Báo Bắc Ninh quý II/2024"), task=spanned)
    assert "invoice.period_other" in codes(verdict)


@pytest.mark.parametrize(
    ("quantity", "measure", "params", "copies"),
    [
        (2, "Quý", {}, 2),
        (6, "tháng", {}, 2),
        (2, "bộ", {}, 2),
        (2, "", {}, 2),
        (3, "Tờ", {}, 3),
        (156, "Tờ", {"issues": 78}, 2),
        (160, "Tờ", {"issues": 78}, 2),
    ],
)
def test_the_measure_tells_how_copies_are_counted(
    tmp_path: Path, quantity: int, measure: str, params: dict[str, Any], copies: int
) -> None:
    data = line_invoice("Báo Bắc Ninh quý I/2024", quantity, measure)
    verdict = judged_as(tmp_path, data, params)
    assert verdict.outcome is Outcome.PASSED, verdict.reasons
    assert verdict.findings.quantity == copies


@pytest.mark.parametrize(
    ("quantity", "measure", "params"),
    [(156, "Tờ", {}), (40, "Tờ", {"issues": 78}), (7, "tháng", {}), (1, "tháng", {})],
)
def test_a_measure_that_may_mean_either_is_left_to_a_person(
    tmp_path: Path, quantity: int, measure: str, params: dict[str, Any]
) -> None:
    data = line_invoice("Báo Bắc Ninh quý I/2024", quantity, measure)
    verdict = judged_as(tmp_path, data, params)
    assert verdict.outcome is Outcome.UNDECIDED
    assert "invoice.measure_unclear" in codes(verdict)


def test_two_quarters_counted_in_quarters_are_half_as_many_copies(tmp_path: Path) -> None:
    data = line_invoice("Báo Bắc Ninh quý I, II/2024", 4, "quý")
    assert judged_as(tmp_path, data).findings.quantity == 2


@pytest.mark.parametrize("quantity", ["", "0", "-2", "hai", "1.5.2", "NaN", "0.4"])
def test_a_line_without_a_quantity_is_left_to_a_person(tmp_path: Path, quantity: str) -> None:
    data = replaced(invoice(), ("<SLuong>2<", f"<SLuong>{quantity}<"))
    verdict = judged_as(tmp_path, data)
    assert verdict.outcome is Outcome.UNDECIDED
    assert "invoice.quantity_missing" in codes(verdict)


def test_fewer_copies_than_owed_prove_what_they_prove(tmp_path: Path) -> None:
    data = line_invoice("Báo Bắc Ninh quý I/2024", 1)
    part = judged_as(tmp_path, data)
    assert (part.outcome, part.findings.quantity) == (Outcome.PASSED, 1)
    assert "invoice.below_quota" in codes(part)
    whole = judged_as(tmp_path, data, {"at_least": "quota"})
    assert (whole.outcome, codes(whole) - NOTES) == (Outcome.FAILED, {"invoice.quantity_short"})


def test_the_longest_title_wins(tmp_path: Path) -> None:
    data = line_invoice("Báo Bắc Ninh cuối tuần quý I/2024")
    task = facts(publications=(PAPER, MAGAZINE))
    assert judged_as(tmp_path, data, task=task).read["titles"] == {"bbn-ct": 2}
    other = judged_as(tmp_path, data, {"titles": ["bbn"]}, task)
    assert "invoice.publication_not_found" in codes(other)


def test_a_promotion_is_not_bought_and_a_note_tells_the_period(tmp_path: Path) -> None:
    free = replaced(invoice(), ("<TChat>1<", "<TChat>2<"))
    assert "invoice.promotion_left_out" in codes(judged_as(tmp_path, free))
    lines = (
        InvoiceLine(words="Báo Bắc Ninh", quantity=2),
        InvoiceLine(words="Thời gian: quý I/2024", quantity=0),
    )
    data = replaced(invoice(lines=lines), ("<TChat>1</TChat><STT>2<", "<TChat>4</TChat><STT>2<"))
    assert judged_as(tmp_path, data).outcome is Outcome.PASSED


@pytest.mark.parametrize("place", ["</HHDVu>", "</TTChung>", "</NDHDon>"])
def test_the_period_may_stand_in_a_vendors_field(tmp_path: Path, place: str) -> None:
    note = "<TTKhac><TTin><TTruong>Kỳ</TTruong><DLieu>Quý I/2024</DLieu></TTin></TTKhac>"
    data = replaced(line_invoice("Báo Bắc Ninh"), (place, note + place))
    assert judged_as(tmp_path, data).outcome is Outcome.PASSED


def test_another_seller_does_not_pass(tmp_path: Path) -> None:
    data = invoice(seller=InvoiceSide(name="Nhà sách", tax_code="0314409058"))
    assert "invoice.seller_not_allowed" in codes(judged_as(tmp_path, data))
    allowed = judged_as(tmp_path, data, {"sellers": ["Nhà sách"]})
    assert allowed.outcome is Outcome.PASSED
    nobody = replaced(invoice(), ("<Ten>Bưu điện tỉnh Bắc Ninh</Ten><MST>0106324653</MST>", ""))
    assert {"invoice.seller_missing", "invoice.number_incomplete"} <= codes(
        judged_as(tmp_path, nobody)
    )


def test_a_unit_cannot_sell_to_itself(tmp_path: Path) -> None:
    data = invoice(seller=InvoiceSide(name="UBND", tax_code="0100109106"))
    open_to_all = facts(publications=(PAPER.model_copy(update={"sellers": ()}),))
    assert "invoice.seller_is_buyer" in codes(judged_as(tmp_path, data, task=open_to_all))


RELATION = (
    "</TTChung>",
    (
        "<TTHDLQuan><TCHDon>{}</TCHDon><KHMSHDCLQuan>1</KHMSHDCLQuan><KHHDCLQuan>C24TBN</KHHDCLQuan>"
        "<SHDCLQuan>00000009</SHDCLQuan></TTHDLQuan></TTChung>"
    ),
)


def test_a_replacing_invoice_names_what_it_makes_void(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, replaced(invoice(), (RELATION[0], RELATION[1].format(1))))
    assert verdict.outcome is Outcome.PASSED
    assert verdict.findings.replaces == Identity(kind="invoice", key="0106324653|1|C24TBN|9")
    assert "invoice.replaces_another" in codes(verdict)


def test_an_adjusting_invoice_is_left_to_a_person(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, replaced(invoice(), (RELATION[0], RELATION[1].format(2))))
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.findings.replaces is None
    assert "invoice.adjusts_another" in codes(verdict)


def test_an_odd_tax_code_is_told_and_does_not_decide(tmp_path: Path) -> None:
    ward = WARD.model_copy(update={"tax_code": "0101234567"})
    buyer = InvoiceSide(name="x", tax_code="0101234567")
    verdict = judged_as(tmp_path, invoice(buyer=buyer), task=facts(unit=ward))
    assert verdict.outcome is Outcome.PASSED
    assert "invoice.tax_code_odd" in codes(verdict)


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ([("<NLap>2023-12-18<", "<NLap><")], "invoice.day_missing"),
        ([("<NLap>2023-12-18<", "<NLap>2024-12-18<")], "date.after_receipt"),
        ([("<SHDon>14<", "<SHDon><")], "invoice.number_incomplete"),
        ([("<SHDon>14<", "<SHDon>²<")], "invoice.number_incomplete"),
        ([("<SHDon>14<", f"<SHDon>{'9' * 5_000}<")], "invoice.number_incomplete"),
    ],
)
def test_an_invoice_without_day_or_number_is_left_to_a_person(
    tmp_path: Path, pairs: list[tuple[str, str]], code: str
) -> None:
    verdict = judged_as(tmp_path, replaced(invoice(), *pairs))
    assert verdict.outcome is Outcome.UNDECIDED
    assert code in codes(verdict)


def test_without_a_number_the_file_itself_is_the_proof(tmp_path: Path) -> None:
    file = stored(tmp_path, replaced(invoice(), ("<SHDon>14<", "<SHDon><")), "hd.xml")
    assert judge("invoice", file).findings.identity == Identity(kind="file", key=file.sha256)


def test_several_invoices_or_another_form_are_left_to_a_person(tmp_path: Path) -> None:
    one = invoice().decode().split("?>", 1)[1]
    several = f"<DSHDon>{one}{one}</DSHDon>".encode()
    assert codes(judged_as(tmp_path, several)) == {"invoice.several"}
    assert codes(judged_as(tmp_path, b"<Invoice><x/></Invoice>")) == {"invoice.form_unknown"}
    print_of_it = judge("invoice", stored(tmp_path, b"%PDF-1.4 x", "hd.pdf"))
    assert codes(print_of_it) == {"invoice.not_xml"}
    no_zip = judge("invoice", stored(tmp_path, b"PK\x03\x04 x", "hd.zip"))
    assert codes(no_zip) == {"file.broken"}


def test_a_signature_is_seen_and_not_judged(tmp_path: Path) -> None:
    data = replaced(invoice(), ("<NBan/>", "<NBan><Signature/></NBan>"))
    verdict = judged_as(tmp_path, data)
    assert codes(verdict) == set()
    assert verdict.read["signature"] == "not_checked"


def test_without_publications_a_person_decides(tmp_path: Path) -> None:
    verdict = judged_as(tmp_path, invoice(), task=facts(publications=()))
    assert (verdict.outcome, codes(verdict) - NOTES) == (
        Outcome.UNDECIDED,
        {"facts.publications_missing"},
    )


def test_a_unit_without_codes_is_known_by_name(tmp_path: Path) -> None:
    unit = Body(key="cb", name="Chi bộ Trường THCS Từ Sơn")
    buyer = InvoiceSide(name="Chi bộ Trường Trung học cơ sở Từ Sơn", tax_code="0314409058")
    verdict = judged_as(tmp_path, invoice(buyer=buyer), task=facts(unit=unit))
    assert verdict.outcome is Outcome.PASSED


def test_a_flood_of_lines_is_refused(tmp_path: Path) -> None:
    lines = (InvoiceLine(words="x", quantity=1),) * 2_001
    assert codes(judged_as(tmp_path, invoice(lines=lines))) == {"file.xml_too_complex"}


def test_an_invoice_of_many_megabytes_is_refused(tmp_path: Path) -> None:
    data = replaced(invoice(), ("<DChi></DChi>", f"<DChi>{'x' * 3_000_000}</DChi>"))
    assert codes(judged_as(tmp_path, data)) == {"file.too_large"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", "3"),
        ("3.0000", "3.0000"),
        ("3,5", "3.5"),
        ("1.234.567", "1234567"),
        ("1.234.567,5", "1234567.5"),
        ("1,234,567.5", "1234567.5"),
        (" 12 ", "12"),
        ("-2", "-2"),
        ("", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e9", None),
        ("²", None),
        ("9" * 30, None),
    ],
)
def test_numbers_are_read_in_every_spelling(text: str, expected: str | None) -> None:
    found = number_of(text)
    assert (None if found is None else str(found)) == expected


@given(
    words=st.sampled_from(
        ["Báo Bắc Ninh", "BBN quý I", "Báo Bắc Ninh quý I/2024", "BBN Q1-Q2/2024"]
    )
    | st.text(alphabet="BáoắcNinh quýthgnăm1234/-IV20", max_size=30).map("BBN {}".format),
    quantity=st.decimals(-2, 400, places=1),
    measure=st.sampled_from(["tờ", "quý", "tháng", "năm", "bộ", "", "kg"]),
    issues=st.none() | st.integers(1, 100),
)
def test_an_invoice_that_passes_proves_a_copy(
    tmp_path_factory: pytest.TempPathFactory,
    words: str,
    quantity: Decimal,
    measure: str,
    issues: int | None,
) -> None:
    data = replaced(line_invoice(words, 1, measure), ("<SLuong>1<", f"<SLuong>{quantity}<"))
    params = {} if issues is None else {"issues": issues}
    verdict = judged_as(tmp_path_factory.mktemp("invoice"), data, params)
    if verdict.outcome is Outcome.PASSED:
        assert (verdict.findings.quantity or 0) >= 1
    assert verdict.outcome is Outcome.PASSED or codes(verdict) - NOTES


@given(st.integers(1, 20), st.integers(1, 20))
def test_copies_of_two_lines_add_up(
    tmp_path_factory: pytest.TempPathFactory, one: int, other: int
) -> None:
    words = "Báo Bắc Ninh quý I/2024"
    lines = (InvoiceLine(words=words, quantity=one), InvoiceLine(words=words, quantity=other))
    folder = tmp_path_factory.mktemp("invoice")
    assert judged_as(folder, invoice(lines=lines)).findings.quantity == one + other
