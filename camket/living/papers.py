"""The papers that offices hand in, each fitted to what its check will look for.

Knows which kind of paper proves a requirement, how it is named, and what it looks like when
something is wrong with it. Every byte depends on the task alone, so that two runs hand in the
same files. Refuses to know when papers are handed in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from camket.living import articles, letters, pictures
from camket.living.chores import copies_of, written_within
from camket.living.temperament import Flaw, drawn
from workflow.domain.agreement import Quota
from workflow.examples import specimens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from camket.living.chores import Chore, World
    from workflow.domain.agreement import Requirement
    from workflow.domain.units import Unit

#: Vietnamese quarters as invoices and tables write them.
_ROMAN: Final = ("I", "II", "III", "IV")
_SELLER_PAPER: Final = specimens.InvoiceSide(
    name="Báo Bắc Ninh", tax_code="9900000658", address="Bắc Ninh"
)
_SELLER_POST: Final = specimens.InvoiceSide(
    name="Bưu điện thành phố Từ Sơn", tax_code="9900000665", address="Từ Sơn, Bắc Ninh"
)
_PRICE: Final = 260_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A file for a requirement, as its sender names it."""

    requirement: str
    name: str
    data: bytes


class Maker(Protocol):
    """Makes the papers of one requirement."""

    def __call__(
        self, world: World, chore: Chore, need: Requirement, *, on: date, flaw: Flaw
    ) -> list[Paper]:
        """Papers written on or about a day, at most; ``flaw`` is what is wrong with them."""


def papers_for(
    world: World, chore: Chore, needs: Sequence[Requirement], *, on: date, flaw: Flaw = Flaw.NONE
) -> list[Paper]:
    """Everything that an office hands in for a task on a day.

    Only the first requirement bears the flaw: one wrong paper is enough to be sent back.
    """
    found: list[Paper] = []
    for place, need in enumerate(needs):
        first, last = written_within(need, chore)
        written_on = max(min(on, last), first)
        make = _MAKERS[need.check]
        found += make(
            world, chore, need, on=min(written_on, on), flaw=flaw if not place else Flaw.NONE
        )
    return found


# --- buying --------------------------------------------------------------------


def _invoices(
    world: World, chore: Chore, need: Requirement, *, on: date, flaw: Flaw
) -> list[Paper]:
    """One invoice for the whole quota, or a wrong one."""
    code = need.quantity.title if isinstance(need.quantity, Quota) else _params(need)["titles"][0]
    copies = copies_of(need, chore)
    buyer, occasion = chore.unit, chore.occasion
    if flaw is Flaw.TOO_LITTLE and copies == 1:
        flaw = Flaw.WRONG_PERIOD
    elif flaw is Flaw.TOO_LITTLE:
        copies //= 2
    elif flaw is Flaw.THE_REST and copies > 1:
        copies -= copies // 2
    if flaw in {Flaw.WRONG_PERIOD, Flaw.UNREADABLE}:
        occasion = quarter_before(occasion)
    if flaw is Flaw.SHARED and buyer.paid_by:
        buyer = world.units[buyer.paid_by]
        copies = buyer.quota_on(code, chore.anchor_on) or copies
    if flaw in {Flaw.ANOTHERS, Flaw.OFF_TOPIC}:
        buyer = neighbour(world, chore)
    if flaw is Flaw.UNREADABLE:
        # A picture of the invoice under the name of the invoice itself.
        return [_paper(need, f"hoa-don-{occasion}.xml", pictures.photograph(chore.name))]
    paper = invoice(world, buyer, title=code, occasion=occasion, copies=copies, on=on)
    return [_paper(need, f"hoa-don-{occasion}.xml".lower(), paper)]


def invoice(
    world: World, buyer: Unit, *, title: str, occasion: str, copies: int, on: date
) -> bytes:
    """The e-invoice of a unit's copies of a title for a quarter, from post office or paper."""
    payer = world.units[buyer.paid_by] if buyer.paid_by else buyer
    words = f"{world.title(title).name} {quarter_in_words(occasion)}"
    about = (buyer.key, title, occasion, copies)
    paper = specimens.InvoicePaper(
        seller=_SELLER_POST if drawn("seller", buyer.key, of=3) else _SELLER_PAPER,
        buyer=specimens.InvoiceSide(
            name=payer.name_on(on),
            tax_code=payer.tax_code or "",
            budget_code=payer.budget_code or "",
            address="Từ Sơn, Bắc Ninh",
        ),
        number=1 + drawn("invoice", *about, of=9_999_999),
        issued_on=on,
        lines=(specimens.InvoiceLine(words=words, quantity=copies, price=_PRICE),),
        series=f"C{on:%y}TTS",
    )
    return specimens.invoice_xml(paper)


def post_office_table(world: World, occasion: str, copies: Mapping[str, Sequence[int]]) -> bytes:
    """The post office's table of a quarter: copies of each title by unit."""
    year, number = int(occasion[:4]), int(occasion[-1])
    on = date(year, 3 * number - 2, 1)
    return specimens.post_office_xlsx(
        period=quarter_in_words(occasion),
        titles=[title.name for title in world.says.titles],
        rows=[
            (unit.budget_code or unit.key, unit.name_on(on), copies[key])
            for key, unit in world.units.items()
            if key in copies
        ],
    )


def owed_copies(world: World, occasion: str) -> dict[str, list[int]]:
    """What each unit that owes copies owes of each title in a quarter."""
    on = date(int(occasion[:4]), 3 * int(occasion[-1]) - 2, 1)
    owed = {
        key: [unit.quota_on(title.code, on) or 0 for title in world.says.titles]
        for key, unit in world.units.items()
    }
    return {key: copies for key, copies in owed.items() if any(copies)}


def _tables(
    world: World,
    chore: Chore,
    need: Requirement,
    *,
    on: date,  # noqa: ARG001 - every maker takes it
    flaw: Flaw,
) -> list[Paper]:
    """The post office's table, which shows the unit's own row."""
    occasion = chore.occasion if flaw is Flaw.NONE else quarter_before(chore.occasion)
    data = post_office_table(world, occasion, owed_copies(world, occasion))
    return [_paper(need, f"bang-ke-buu-dien-{occasion}.xlsx".lower(), data)]


# --- meeting, writing, publishing ------------------------------------------------


def _minutes(world: World, chore: Chore, need: Requirement, *, on: date, flaw: Flaw) -> list[Paper]:
    """The record of the cell's or the office's meeting of the month."""
    first, _ = written_within(need, chore)
    held_on = max(on - timedelta(days=1 + drawn("held", chore.task_id, of=5)), first)
    if flaw in {Flaw.WRONG_PERIOD, Flaw.ANOTHERS}:
        held_on = first - timedelta(days=6)
    phrases = _params(need).get("phrases")
    reading = phrases[0] if phrases else "Đọc báo và trao đổi các bài trên"
    if flaw in {Flaw.TOO_LITTLE, Flaw.OFF_TOPIC}:
        reading = "Bàn việc chung; nhận"
    if flaw is Flaw.UNREADABLE:
        text = letters.plain_letter(world, chore, need, on=held_on)
        return [_paper(need, f"bien-ban-{held_on:%m-%Y}.pdf", pictures.scanned(text))]
    unit = chore.unit
    parent = unit.parents[0].value if unit.parents else None
    data = specimens.minutes_docx(
        unit=chore.name,
        superior=world.units[parent].name_on(held_on) if parent else "Đảng bộ thành phố Từ Sơn",
        place="Từ Sơn",
        held_on=held_on,
        publication="Báo Bắc Ninh",
        reading=reading,
        topic=_read_about(world, chore),
    )
    return [_paper(need, f"bien-ban-thang-{held_on:%m-%Y}.docx", data)]


def _read_about(world: World, chore: Chore) -> str:
    """What the paper was read about in that meeting: any topic but that of reading itself."""
    topics = [topic.title for topic in world.says.topics if topic.code != chore.duty.topic]
    return topics[drawn("read", chore.unit.key, chore.occasion, of=len(topics))]


def _letters(world: World, chore: Chore, need: Requirement, *, on: date, flaw: Flaw) -> list[Paper]:
    """An official letter, as Word or PDF file; unreadable it is a scan without text."""
    if flaw is Flaw.WRONG_PERIOD:
        on = written_within(need, chore)[0] - timedelta(days=40)
    letter = letters.letter(world, chore, need, on=on)
    if flaw in {Flaw.ANOTHERS, Flaw.OFF_TOPIC}:
        letter = replace(
            letter,
            addressee="Lưu nội bộ",
            recipients=("Lưu: VT",),
            paragraphs=letter.paragraphs[-1:],
        )
    if flaw is Flaw.TOO_LITTLE:
        letter = replace(letter, number=0)
    name = f"{need.code}-{letters.short_name(chore.name).lower()}-{on:%d-%m-%Y}"
    if flaw is Flaw.UNREADABLE:
        return [_paper(need, f"{name}.pdf", pictures.scanned(letter))]
    if drawn("form", chore.task_id, of=4) == 0:
        return [_paper(need, f"{name}.pdf", specimens.letter_pdf(letter))]
    return [_paper(need, f"{name}.docx", specimens.letter_docx(letter))]


def _attendance(
    world: World,
    chore: Chore,
    need: Requirement,
    *,
    on: date,  # noqa: ARG001 - every maker takes it
    flaw: Flaw,
) -> list[Paper]:
    """The list of who came; the paper's reporter is on it, unless something is wrong."""
    paper = chore.name if need.params.get("of") == "unit" else world.other_party(chore.duty)
    delegates = [
        ("Đại biểu số 01", "Ủy viên Ban Thường vụ", "Thành ủy Từ Sơn"),
        ("Đại biểu số 02", "Chánh Văn phòng", "Văn phòng Thành ủy Từ Sơn"),
        ("Đại biểu số 03", "Phó Chánh Văn phòng", "Văn phòng HĐND và UBND thành phố Từ Sơn"),
    ]
    if flaw is Flaw.NONE:
        delegates.append(("Phóng viên số 01", "Phóng viên", paper))
    data = specimens.attendance_xlsx(
        meeting=chore.event or "hội nghị", event_on=chore.anchor_on, delegates=delegates
    )
    return [_paper(need, f"danh-sach-dai-bieu-{chore.anchor_on:%d-%m-%Y}.xlsx", data)]


def _articles(
    world: World, chore: Chore, need: Requirement, *, on: date, flaw: Flaw
) -> list[Paper]:
    """So many published articles, spread over the days in which they count."""
    first, last = written_within(need, chore)
    last = min(last, on)
    count = copies_of(need, chore)
    if flaw is Flaw.TOO_LITTLE and count > 1:
        count -= 1
    span = max((last - first).days, 0)
    found = []
    for number in range(count):
        day = last - timedelta(days=span * number // count)
        is_flawed = not number and flaw not in {Flaw.NONE, Flaw.TOO_LITTLE, Flaw.THE_REST}
        if is_flawed and flaw is not Flaw.OFF_TOPIC:
            day = first - timedelta(days=20)
        data = articles.article(
            world,
            chore,
            need,
            number=number,
            on=day,
            is_off_topic=is_flawed and flaw is Flaw.OFF_TOPIC,
        )
        found.append(
            _paper(
                need, f"bai-{chore.occasion.lower()}-{number + 1:02}.html".replace(":", "-"), data
            )
        )
    return found


def _attachments(
    world: World, chore: Chore, need: Requirement, *, on: date, flaw: Flaw
) -> list[Paper]:
    """A picture, a table or a letter, whatever the requirement accepts."""
    kinds = set(_params(need).get("kinds") or ())
    if flaw is not Flaw.NONE:
        # The wrong kind of file under the right name.
        return [_paper(need, f"{need.code}.pdf", b"Van ban se gui sau.\n")]
    if kinds & {"image", "jpeg", "png"}:
        return [
            _paper(need, f"{need.code}-{on:%d-%m-%Y}.jpg", pictures.photograph(chore.duty.title))
        ]
    if kinds & {"xlsx"}:
        data = post_office_table(world, chore.occasion, owed_copies(world, chore.occasion))
        return [_paper(need, f"tong-hop-dat-mua-{chore.occasion.lower()}.xlsx", data)]
    return _letters(world, chore, need, on=on, flaw=flaw)


_MAKERS: Final[Mapping[str, Maker]] = {
    "invoice": _invoices,
    "quantity": _tables,
    "minutes": _minutes,
    "letter": _letters,
    "statement": _letters,
    "attendance": _attendance,
    "article": _articles,
    "attachment": _attachments,
}


def quarter_in_words(occasion: str) -> str:
    """``2024-Q2`` as offices write it: ``quý II/2024``."""
    return f"quý {_ROMAN[int(occasion[-1]) - 1]}/{occasion[:4]}"


def quarter_before(occasion: str) -> str:
    """The key of the quarter before."""
    year, number = int(occasion[:4]), int(occasion[-1])
    return f"{year - 1}-Q4" if number == 1 else f"{year}-Q{number - 1}"


def neighbour(world: World, chore: Chore) -> Unit:
    """Another unit of the same kind that buys for itself, whose paper may lie on the same desk."""
    keys = [
        key
        for key, unit in world.units.items()
        if unit.kind == chore.unit.kind and unit.tax_code and key != chore.unit.key
    ]
    if not keys:
        keys = [
            key
            for key, unit in world.units.items()
            if unit.tax_code and key not in {chore.unit.key, chore.unit.paid_by}
        ]
    return world.units[keys[drawn("neighbour", chore.unit.key, of=len(keys))]]


def _params(need: Requirement) -> Mapping[str, Any]:
    return need.params


def _paper(need: Requirement, name: str, data: bytes) -> Paper:
    return Paper(requirement=need.code, name=name, data=data)
