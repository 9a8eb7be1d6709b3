"""What the city's offices write to each other: invitations, reports, plans, replies.

Knows how a letter says what its task asks it to say. The sentences are made up for the
example; it names offices, never people. Refuses to know files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from camket.living.temperament import drawn
from workflow.domain.folding import fold
from workflow.examples.specimens import Letter, invitation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from camket.living.chores import Chore, World
    from workflow.domain.agreement import Requirement

_PARTY_KINDS: Final = frozenset({"cap-uy", "co-quan-dang", "chi-bo"})
#: What a requirement's code makes of a letter: its heading and its mark.
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "giay-moi": ("GIẤY MỜI", "GM"),
    "bao-cao": ("BÁO CÁO", "BC"),
    "ke-hoach": ("KẾ HOẠCH", "KH"),
    "van-ban-chi-dao": ("CÔNG VĂN", "CV"),
    "cong-van": ("CÔNG VĂN", "CV"),
}
_OTHERWISE: Final = ("CÔNG VĂN", "CV")
_WORD: Final = re.compile(r"[A-Za-z]+")


def letter(world: World, chore: Chore, need: Requirement, *, on: date) -> Letter:
    """The letter that meets a requirement, dated on a day."""
    if need.code == "giay-moi" and chore.event_on is not None:
        return _invitation(world, chore, need, on=on)
    return plain_letter(world, chore, need, on=on)


def _invitation(world: World, chore: Chore, need: Requirement, *, on: date) -> Letter:
    assert chore.event_on is not None  # noqa: S101 - asked by the caller; this tells mypy
    is_party = chore.unit.kind in _PARTY_KINDS
    return invitation(
        issuer=chore.name,
        number=_number(chore),
        mark=_mark("GM", chore.name, is_party=is_party),
        place="Từ Sơn",
        issued_on=on,
        addressee=_addressee(world, chore, need),
        meeting=chore.event or chore.duty.title,
        event_on=chore.event_on,
        superior=_superior(world, chore, on),
        is_party=is_party,
    )


def plain_letter(world: World, chore: Chore, need: Requirement, *, on: date) -> Letter:
    """A letter that says that its task was done, with the phrases that the requirement asks for."""
    params: Mapping[str, Any] = need.params
    phrases = [*(params.get("mentions_all") or ()), *(params.get("mentions_any") or ())[:1]]
    kind, mark = _KINDS.get(need.code, _OTHERWISE)
    is_party = chore.unit.kind in _PARTY_KINDS
    addressee = _addressee(world, chore, need)
    about = chore.duty.title[0].lower() + chore.duty.title[1:]
    paragraphs = (
        (
            f"Thực hiện Chương trình phối hợp số {world.says.code}, {chore.name} gửi"
            f" {addressee} nội dung về việc {about}."
        ),
        *(f"Nội dung trọng tâm: {phrase}." for phrase in phrases),
        (
            "Kết quả được cập nhật đến thời điểm ban hành văn bản; tài liệu kèm theo gồm"
            f" {2 + drawn('pages', chore.task_id, of=7)} trang."
        ),
        f"{chore.name} đề nghị các đơn vị liên quan tiếp tục phối hợp thực hiện.",
    )
    return Letter(
        issuer=chore.name,
        number=_number(chore),
        mark=_mark(mark, chore.name, is_party=is_party),
        place="Từ Sơn",
        issued_on=on,
        kind=kind,
        subject=f"Về việc {about}",
        addressee=addressee,
        paragraphs=paragraphs,
        superior=_superior(world, chore, on),
        signer="T/M CƠ QUAN" if is_party else "THỦ TRƯỞNG ĐƠN VỊ",
        recipients=("Như trên", "Lưu: VT"),
        is_party=is_party,
    )


def short_name(name: str) -> str:
    """The capitals by which an office signs: ``Văn phòng Thành ủy`` is ``VPTU``."""
    return "".join(word[0] for word in _WORD.findall(fold(name))).upper()[:8]


def _addressee(world: World, chore: Chore, need: Requirement) -> str:
    params: Mapping[str, Any] = need.params
    names = params.get("addressees") or ()
    return str(names[0]) if names else world.other_party(chore.duty) or "Các đơn vị liên quan"


def _superior(world: World, chore: Chore, on: date) -> str:
    if not chore.unit.parents:
        return ""
    return world.units[chore.unit.parents[0].value].name_on(on)


def _mark(kind: str, name: str, *, is_party: bool) -> str:
    return f"{kind}/{short_name(name)}" if is_party else f"{kind}-{short_name(name)}"


def _number(chore: Chore) -> int:
    return 10 + drawn("number", chore.unit.key, chore.duty.code, chore.occasion, of=290)
