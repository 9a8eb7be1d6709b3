"""The Vietnamese e-invoice (hóa đơn điện tử) as values.

Knows the XML of QĐ 1450 and 1510/QĐ-TCT and how it is found in the wild: in an
envelope or bare, with namespaces or without, parts misplaced, numbers and days
in several spellings. Refuses to judge anything: what is missing is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from workflow.evidence.check import Identity, Outcome, Unreadable
from workflow.evidence.days_in_text import days_in
from workflow.evidence.file_kinds import Kind, kind_checked
from workflow.evidence.packages import Package
from workflow.evidence.xml_reading import child, children, local_name, text_of, xml_root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from workflow.evidence.check import EvidenceFile

#: Far above any real invoice; the signature and vendor fields included.
_MOST_BYTES: Final = 3_000_000
_MOST_ZIP_BYTES: Final = 5_000_000
_MOST_LINES: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Seller or buyer as the invoice names it; empty where it does not."""

    name: str
    tax_code: str
    budget_code: str
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: its kind (``TChat``), words, unit of measure, quantity and vendor notes."""

    kind: str
    words: str
    measure: str
    quantity: Decimal | None
    amount: Decimal | None
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One invoice. ``relation`` is ``replaces`` or ``adjusts`` with the ``related`` identity."""

    version: str
    form: str
    series: str
    number: str
    issued_on: date | None
    seller: Side
    buyer: Side
    lines: tuple[Line, ...]
    notes: str
    relation: str = ""
    related: Identity | None = None
    has_signature: bool = False
    has_authority_code: bool = False
    total: Decimal | None = None

    @property
    def identity(self) -> Identity | None:
        """Seller MST, form, series and number; None where one of these is missing."""
        return _identity(self.seller.tax_code, self.form, self.series, self.number)


def _identity(seller: str, form: str, series: str, number: str) -> Identity | None:
    seller, series = re.sub(r"\s", "", seller), re.sub(r"\s", "", series).upper()
    # Some programmes write the form's digit at the head of the series (1C24TBN).
    if len(series) == _SERIES_WITH_FORM and series[:1].isdigit():
        form, series = form or series[0], series[1:]
    if not (seller and form and series and re.fullmatch(r"[0-9]{1,18}", number)):
        return None
    return Identity(kind="invoice", key=f"{seller}|{form}|{series}|{int(number)}")


_SERIES_WITH_FORM: Final = 7
_RELATIONS: Final = {"1": "replaces", "2": "adjusts"}


def read_invoice(file: EvidenceFile) -> Invoice:
    """The one invoice of an XML file, or of a zip that holds one such file.

    Raises Unreadable: what reading XML and zip raises, ``invoice.not_xml``
    (undecided: a picture or print of it), ``invoice.form_unknown`` (undecided:
    XML, but no HDon) and ``invoice.several`` (undecided).
    """
    data = file.read(_MOST_ZIP_BYTES)
    kind = kind_checked(file, data)
    if kind is Kind.ZIP:
        data = _only_xml(data)
    elif kind not in {Kind.XML, Kind.HTML, Kind.TEXT}:
        raise Unreadable("invoice.not_xml", outcome=Outcome.UNDECIDED, kind=kind.value)
    if len(data) > _MOST_BYTES:
        raise Unreadable("file.too_large", size=len(data), most=_MOST_BYTES)
    found = _invoices(xml_root(data))
    if not found:
        raise Unreadable("invoice.form_unknown", outcome=Outcome.UNDECIDED)
    if len(found) > 1:
        raise Unreadable("invoice.several", outcome=Outcome.UNDECIDED, count=len(found))
    return _invoice(found[0])


def _only_xml(data: bytes) -> bytes:
    package = Package(data)
    names = [name for name in package.names if name.lower().endswith(".xml")]
    if len(names) != 1:
        raise Unreadable("invoice.zip_unclear", outcome=Outcome.UNDECIDED, count=len(names))
    return package.part(names[0])


def _invoices(root: Element) -> list[Element]:
    """Each HDon, wherever it stands; one inside another is a quotation, not a second invoice."""
    found, todo = [], [root]
    while todo:
        element = todo.pop()
        if local_name(element) == "HDon" and child(element, "DLHDon") is not None:
            found.append(element)
        else:
            todo.extend(element)
    return found


def _invoice(invoice: Element) -> Invoice:
    signed = child(invoice, "DLHDon")
    head, body = child(signed, "TTChung"), child(signed, "NDHDon")
    relation = child(head, "TTHDLQuan")
    seller = _side(child(body, "NBan"))
    totals = child(body, "TToan")
    totals = totals if totals is not None else child(signed, "TToan")
    return Invoice(
        version=text_of(head, "PBan"),
        form=text_of(head, "KHMSHDon"),
        series=text_of(head, "KHHDon"),
        number=text_of(head, "SHDon"),
        issued_on=_day(text_of(head, "NLap")),
        seller=seller,
        buyer=_side(child(body, "NMua")),
        lines=tuple(_lines(body)),
        notes="\n".join((*_vendor_notes(head), *_vendor_notes(body), *_vendor_notes(signed))),
        relation=_RELATIONS.get(text_of(relation, "TCHDon"), ""),
        related=_identity(
            seller.tax_code,
            text_of(relation, "KHMSHDCLQuan"),
            text_of(relation, "KHHDCLQuan"),
            text_of(relation, "SHDCLQuan"),
        ),
        has_signature=any(
            local_name(element) == "Signature"
            for signatures in children(invoice, "DSCKS")
            for seller_part in children(signatures, "NBan")
            for element in seller_part
        ),
        has_authority_code=bool(text_of(invoice, "MCCQT")),
        total=number_of(text_of(totals, "TgTTTBSo")),
    )


def _side(side: Element | None) -> Side:
    return Side(
        name=text_of(side, "Ten"),
        tax_code=re.sub(r"\s", "", text_of(side, "MST")),
        budget_code=re.sub(r"\s", "", text_of(side, "MDVQHNSach")),
        person=text_of(side, "HVTNMHang"),
    )


def _lines(body: Element | None) -> Iterator[Line]:
    count = 0
    for container in children(body, "DSHHDVu"):
        for line in children(container, "HHDVu"):
            count += 1
            if count > _MOST_LINES:
                raise Unreadable("file.xml_too_complex")
            yield Line(
                kind=text_of(line, "TChat"),
                words=text_of(line, "THHDVu"),
                measure=text_of(line, "DVTinh"),
                quantity=number_of(text_of(line, "SLuong")),
                amount=number_of(text_of(line, "ThTien")),
                notes="\n".join(_vendor_notes(line)),
            )


def _vendor_notes(element: Element | None) -> Iterator[str]:
    for notes in children(element, "TTKhac"):
        for note in children(notes, "TTin"):
            if value := text_of(note, "DLieu"):
                yield f"{text_of(note, 'TTruong')}: {value}"


def number_of(text: str) -> Decimal | None:
    """A number of an invoice, or None; ``3.0000``, ``3,5``, ``1.234.567``, ``1,234,567.5``."""
    text = re.sub(r"[\s\u00a0]", "", text)
    if re.fullmatch(r"-?[0-9]{1,3}(?:\.[0-9]{3}){2,}(?:,[0-9]+)?", text):
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?[0-9]{1,3}(?:,[0-9]{3}){2,}(?:\.[0-9]+)?", text):
        text = text.replace(",", "")
    elif re.fullmatch(r"-?[0-9]+,[0-9]+", text):
        text = text.replace(",", ".")
    return Decimal(text) if re.fullmatch(r"[+-]?[0-9]{1,18}(?:\.[0-9]{0,18})?", text) else None


def _day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        days = days_in(text)
        return days[0].on if days else None
