"""Papers that look like those of offices: letters, invoices, minutes, lists, articles.

Knows how such papers are laid out, so that the demonstration and the tests
hand in files that are really read. Refuses to know agreements and checks.
Every name and figure is given by the caller; all bytes are reproducible.
"""

from __future__ import annotations

import html
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from workflow.examples.office_files import Cell, Grid, Paragraph, sheet_file, word_file
from workflow.i18n import official_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

_EPOCH: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter of the State (``Số: 45/BC-UBND``) or of the Party (``Số 45-BC/TU``).

    ``mark`` is what follows the number: ``BC-UBND`` or ``BC/TU``.
    """

    issuer: str
    number: int
    mark: str
    place: str
    issued_on: date
    kind: str
    subject: str = ""
    addressee: str = ""
    paragraphs: tuple[str, ...] = ()
    superior: str = ""
    signer: str = ""
    recipients: tuple[str, ...] = ()
    is_party: bool = False

    @property
    def written_number(self) -> str:
        """The number as it is printed."""
        if self.is_party:
            return f"Số {self.number:02d}-{self.mark}"
        return f"Số: {self.number:02d}/{self.mark}"

    @property
    def motto(self) -> tuple[str, ...]:
        """What stands at the top right."""
        if self.is_party:
            return ("ĐẢNG CỘNG SẢN VIỆT NAM",)
        return ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")

    @property
    def place_and_day(self) -> str:
        """``Bắc Ninh, ngày 05 tháng 01 năm 2026``."""
        return f"{self.place}, {official_day(self.issued_on)}"


def invitation(
    *,
    issuer: str,
    number: int,
    mark: str,
    place: str,
    issued_on: date,
    addressee: str,
    meeting: str,
    event_on: date,
    superior: str = "",
    is_party: bool = False,
) -> Letter:
    """A giấy mời to a meeting."""
    return Letter(
        issuer=issuer,
        number=number,
        mark=mark,
        place=place,
        issued_on=issued_on,
        kind="GIẤY MỜI",
        subject=f"Dự {meeting}",
        addressee=addressee,
        paragraphs=(
            f"{issuer} trân trọng kính mời đại diện {addressee} cử phóng viên dự {meeting}.",
            f"Thời gian: 08 giờ 00, {official_day(event_on)}.",
            f"Địa điểm: Hội trường {issuer}.",
            f"Rất mong {addressee} bố trí phóng viên tham dự đúng thời gian và đưa tin.",
        ),
        superior=superior,
        signer="TL. CHỦ TỊCH" if not is_party else "T/L BAN THƯỜNG VỤ",
        recipients=("Như trên", "Lưu: VT"),
        is_party=is_party,
    )


def letter_docx(letter: Letter) -> bytes:
    """The letter as a Word file."""
    left = [
        *([letter.superior.upper()] if letter.superior else []),
        letter.issuer.upper(),
        *(["*"] if letter.is_party else []),
        letter.written_number,
    ]
    head = Grid(
        rows=(
            (
                tuple(Paragraph(text=text, align="center") for text in left),
                (
                    *(Paragraph(text=text, align="center", is_bold=True) for text in letter.motto),
                    Paragraph(text=letter.place_and_day, align="center", is_italic=True),
                ),
            ),
        ),
        has_lines=False,
    )
    blocks: list[Paragraph | Grid] = [head]
    blocks.append(Paragraph(text=letter.kind, align="center", is_bold=True))
    if letter.subject:
        blocks.append(Paragraph(text=letter.subject, align="center", is_bold=True))
    if letter.addressee:
        blocks.append(Paragraph(text=f"Kính gửi: {letter.addressee}", align="center"))
    blocks += [Paragraph(text=text) for text in letter.paragraphs]
    blocks.append(_ending(letter))
    return word_file(blocks)


def _ending(letter: Letter) -> Grid:
    recipients = ("Nơi nhận:", *(f"- {recipient};" for recipient in letter.recipients))
    return Grid(
        rows=(
            (
                tuple(Paragraph(text=text, align="left", is_italic=True) for text in recipients),
                (Paragraph(text=letter.signer, align="center", is_bold=True),),
            ),
        ),
        has_lines=False,
    )


_LETTER_PAGE: Final = """
#let letter = json(bytes(sys.inputs.letter))
#set document(title: letter.kind)
#set page(paper: "a4", margin: (top: 20mm, bottom: 20mm, left: 30mm, right: 15mm))
#set text(font: ("Times New Roman", "Tinos", "Libertinus Serif"), size: 13pt, lang: "vi")
#set par(justify: true, spacing: 0.9em, first-line-indent: (amount: 10mm, all: true))
#set align(center)
#grid(columns: (1fr, 1.45fr), gutter: 4mm,
  {set par(justify: false, first-line-indent: 0pt); for line in letter.left [#line \\ ]},
  {set par(justify: false, first-line-indent: 0pt)
   for line in letter.motto [#strong(line) \\ ]; emph(letter.day)})
#v(6mm)
#strong(letter.kind) \\
#strong(letter.subject)
#if letter.addressee != "" [#par[Kính gửi: #letter.addressee]]
#set align(left)
#for text in letter.paragraphs { par(text) }
#v(6mm)
#grid(columns: (1fr, 1fr),
  {set par(first-line-indent: 0pt); set text(size: 12pt)
   emph(strong[Nơi nhận:]); for one in letter.recipients [ \\ - #one;]},
  {set align(center); strong(letter.signer)})
"""


def letter_pdf(letter: Letter) -> bytes:
    """The letter as a PDF file with text, as an office program saves it."""
    import typst

    data = {
        **asdict(letter),
        "issued_on": None,
        "left": [
            *([letter.superior.upper()] if letter.superior else []),
            letter.issuer.upper(),
            letter.written_number,
        ],
        "motto": letter.motto,
        "day": letter.place_and_day,
    }
    page: bytes = typst.compile(
        _LETTER_PAGE.encode(), sys_inputs={"letter": json.dumps(data)}, timestamp=_EPOCH
    )
    return page


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSide:
    """Seller or buyer of an invoice."""

    name: str
    tax_code: str = ""
    budget_code: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """A goods line; ``price`` is dong for one of ``measure``."""

    words: str
    quantity: int
    measure: str = "tờ/kỳ"
    price: int = 180_000


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePaper:
    """An e-invoice of the form of QĐ 1450/QĐ-TCT, unsigned."""

    seller: InvoiceSide
    buyer: InvoiceSide
    number: int
    issued_on: date
    lines: tuple[InvoiceLine, ...] = field(default=())
    form: str = "1"
    series: str = "C24TBN"


def invoice_xml(paper: InvoicePaper) -> bytes:
    """The invoice as the XML file that its buyer receives."""
    total = sum(line.quantity * line.price for line in paper.lines)
    lines = "".join(
        f"<HHDVu><TChat>1</TChat><STT>{number}</STT><MHHDVu/>"
        f"<THHDVu>{escape(line.words)}</THHDVu><DVTinh>{escape(line.measure)}</DVTinh>"
        f"<SLuong>{line.quantity}</SLuong><DGia>{line.price}</DGia>"
        f"<ThTien>{line.quantity * line.price}</ThTien><TSuat>KCT</TSuat></HHDVu>"
        for number, line in enumerate(paper.lines, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<HDon><DLHDon Id="data"><TTChung><PBan>2.0.1</PBan>'
        "<THDon>Hóa đơn bán hàng</THDon>"
        f"<KHMSHDon>{paper.form}</KHMSHDon><KHHDon>{paper.series}</KHHDon>"
        f"<SHDon>{paper.number}</SHDon><NLap>{paper.issued_on.isoformat()}</NLap>"
        "<DVTTe>VND</DVTTe><TGia>1</TGia><HTTToan>TM/CK</HTTToan></TTChung>"
        f"<NDHDon><NBan>{_side(paper.seller)}</NBan><NMua>{_side(paper.buyer)}</NMua>"
        f"<DSHHDVu>{lines}</DSHHDVu>"
        "<TToan><THTTLTSuat><LTSuat><TSuat>KCT</TSuat>"
        f"<ThTien>{total}</ThTien><TThue>0</TThue></LTSuat></THTTLTSuat>"
        f"<TgTCThue>{total}</TgTCThue><TgTThue>0</TgTThue><TgTTTBSo>{total}</TgTTTBSo></TToan>"
        "</NDHDon></DLHDon><MCCQT/><DSCKS><NBan/></DSCKS></HDon>"
    ).encode()


def _side(side: InvoiceSide) -> str:
    parts = (("Ten", side.name), ("MST", side.tax_code), ("MDVQHNSach", side.budget_code))
    written = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in parts if text)
    return f"{written}<DChi>{escape(side.address)}</DChi>"


def minutes_docx(
    *,
    unit: str,
    superior: str,
    place: str,
    held_on: date,
    publication: str,
    reading: str = "Đọc báo",
    topic: str = "gương người tốt, việc tốt",
) -> bytes:
    """The record of a cell's monthly meeting at which a paper was read."""
    head = Grid(
        rows=(
            (
                (
                    Paragraph(text=superior.upper(), align="center"),
                    Paragraph(text=unit.upper(), align="center", is_bold=True),
                ),
                (
                    Paragraph(text="ĐẢNG CỘNG SẢN VIỆT NAM", align="center", is_bold=True),
                    Paragraph(
                        text=f"{place}, {official_day(held_on)}", align="center", is_italic=True
                    ),
                ),
            ),
        ),
        has_lines=False,
    )
    texts = (
        f"Hôm nay, {official_day(held_on)}, {unit} tổ chức sinh hoạt thường kỳ.",
        "I. Thành phần: toàn thể đảng viên trong chi bộ.",
        "II. Nội dung",
        f"1. {reading} {publication}: các bài viết về {topic}; đảng viên trao đổi, liên hệ.",
        "2. Đánh giá việc thực hiện nhiệm vụ trong tháng và triển khai nhiệm vụ tháng tới.",
        "Biên bản được thông qua trước chi bộ.",
    )
    return word_file(
        [
            head,
            Paragraph(text="BIÊN BẢN", align="center", is_bold=True),
            Paragraph(text="Sinh hoạt chi bộ thường kỳ", align="center", is_bold=True),
            *(Paragraph(text=text) for text in texts),
        ]
    )


def attendance_xlsx(
    *, meeting: str, event_on: date, delegates: Sequence[tuple[str, str, str]]
) -> bytes:
    """A delegate list: name (or post), position and organisation of each who came."""
    rows: list[Sequence[Cell]] = [
        (f"DANH SÁCH ĐẠI BIỂU DỰ {meeting.upper()}",),
        (f"({official_day(event_on)})",),
        ("STT", "Họ và tên", "Chức vụ", "Đơn vị", "Có mặt"),
    ]
    rows += [(number, *delegate, "x") for number, delegate in enumerate(delegates, start=1)]
    return sheet_file(rows, name="Danh sách")


def post_office_xlsx(
    *, period: str, titles: Sequence[str], rows: Sequence[tuple[str, str, Sequence[int]]]
) -> bytes:
    """The post office's quarterly table: code and name of each unit, copies of each title.

    ``period`` is as people write it: ``quý I/2024``.
    """
    table: list[Sequence[Cell]] = [
        ("BƯU ĐIỆN",),
        (f"TỔNG HỢP SỐ LƯỢNG BÁO ĐẶT MUA {period.upper()}",),
        ("STT", "Mã đơn vị", "Tên đơn vị", *titles),
    ]
    table += [
        (number, code, name, *copies) for number, (code, name, copies) in enumerate(rows, start=1)
    ]
    totals = [sum(copies[place] for _, _, copies in rows) for place in range(len(titles))]
    table.append(("", "", "Tổng cộng", *totals))
    return sheet_file(table, name="Tổng hợp")


def article_html(
    *,
    title: str,
    published_on: date,
    address: str,
    site: str,
    paragraphs: Sequence[str],
    author: str = "Phóng viên",
) -> bytes:
    """An article as a browser saves it, with menu and footer around it."""
    text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    day = published_on.strftime("%d/%m/%Y")
    return (
        '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)} - {html.escape(site)}</title>"
        f'<link rel="canonical" href="{html.escape(address)}">'
        f'<meta property="og:title" content="{html.escape(title)}">'
        f'<meta property="og:site_name" content="{html.escape(site)}">'
        '<meta property="article:published_time" '
        f'content="{published_on.isoformat()}T08:21:00+07:00"></head><body>'
        "<nav><ul><li>Trang chủ</li><li>Thời sự</li><li>Kinh tế</li></ul></nav>"
        f"<main><article><h1>{html.escape(title)}</h1>"
        f'<p class="meta">{day} 08:21</p>{text}<p class="author">{html.escape(author)}</p>'
        f"</article></main><footer>© {html.escape(site)}</footer></body></html>"
    ).encode()
