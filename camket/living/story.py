"""What happens in the example beyond everyday temperament, by unit, duty and occasion.

Knows who gets what wrong, who asks for what and who contests, so that the reports have something
to tell and a test can count on it. Offices are named, never people. Refuses to know how it is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from camket.living.temperament import Flaw, Habit, Temperament

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What an office does with one task instead of what its temperament would have it do.

    ``asks`` is ``extension``, ``waiver`` or ``suspension``, for ``reason``; ``days`` are the
    further days of an extension, ``is_granted`` what becomes of it. ``by_superior`` hands in on
    the unit's behalf; ``nothing`` declares that nothing arose.
    """

    habit: Habit | None = None
    asks: str | None = None
    reason: str = ""
    days: int = 10
    is_granted: bool = True
    answer: str = ""
    by_superior: bool = False
    nothing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """The other party speaks against an accepted task.

    ``duty`` and ``occasion`` say of which task: that of the first unit, in the order of keys,
    whose task is accepted on the day. ``outcome`` is ``kept``, ``reopened`` or None while open.
    """

    on: date
    duty: str
    occasion: str
    reason: str
    outcome: str | None
    settled_on: date | None = None
    answer: str = ""


#: Offices whose temperament is part of the story.
CAST: Final[Mapping[str, Temperament]] = {
    "bao-bac-ninh": Temperament.STEADY,
    "buu-dien": Temperament.PROMPT,
    "ban-tuyen-giao": Temperament.PROMPT,
    "vp-thanh-uy": Temperament.PROMPT,
    "vp-hdnd-ubnd": Temperament.STEADY,
}

_IN_TIME: Final = -1

INCIDENTS: Final[Mapping[tuple[str, str, str], Incident]] = {
    # A cell hands in the invoice of the ward that pays for it: the ward needed all of it.
    ("chi-bo-1-tam-son", "mua-bbn", "2024-Q2"): Incident(
        habit=Habit(days_from_due=0, flaw=Flaw.SHARED, corrects_after=4)
    ),
    # Last quarter's invoice once more.
    ("thcs-phu-khe", "mua-bbn", "2024-Q2"): Incident(
        habit=Habit(days_from_due=-3, flaw=Flaw.WRONG_PERIOD, corrects_after=2)
    ),
    # Too few copies at first; the rest is bought after the due day.
    ("phuong-dong-ky", "mua-bbn", "2024-Q2"): Incident(
        habit=Habit(days_from_due=-2, flaw=Flaw.TOO_LITTLE, corrects_after=12)
    ),
    # Bought late, and so it is counted.
    ("phong-tai-chinh", "mua-bbn", "2024-Q2"): Incident(habit=Habit(days_from_due=9)),
    # Never bought: the one that the letter of correction is about.
    ("phuong-tuong-giang", "mua-bbn", "2024-Q2"): Incident(
        habit=Habit(days_from_due=0, never=True)
    ),
    # Minutes of the wrong month, put right within days.
    ("thcs-chau-khe", "doc-bao", "2024-02"): Incident(
        habit=Habit(days_from_due=-2, flaw=Flaw.WRONG_PERIOD, corrects_after=1)
    ),
    # Nobody read, says the record; the office never comes back to it.
    ("phuong-phu-khe", "doc-bao", "2024-03"): Incident(
        habit=Habit(days_from_due=-1, flaw=Flaw.OFF_TOPIC, corrects_after=400)
    ),
    # A scan without text: a person reads it.
    ("hoi-nong-dan", "bao-cao-quy-don-vi", "2024-Q1"): Incident(
        habit=Habit(days_from_due=-2, flaw=Flaw.UNREADABLE)
    ),
    # A reporter's list without the reporter on it.
    ("thanh-tra", "bao-cao-quy-don-vi", "2024-Q2"): Incident(
        habit=Habit(days_from_due=-1, flaw=Flaw.OFF_TOPIC, corrects_after=5)
    ),
    ("bao-bac-ninh", "tt-dieu-hanh", "2024-Q1"): Incident(
        habit=Habit(days_from_due=2, flaw=Flaw.TOO_LITTLE, corrects_after=1)
    ),
    ("bao-bac-ninh", "ct-nong-nghiep-sach", "2024-Q1"): Incident(
        habit=Habit(days_from_due=3, flaw=Flaw.OFF_TOPIC, corrects_after=2)
    ),
    ("bao-bac-ninh", "tt-quoc-phong-an-ninh", "2024-Q2"): Incident(
        habit=Habit(days_from_due=0, never=True)
    ),
    ("bao-bac-ninh", "nguoi-tot", "2024-08"): Incident(habit=Habit(days_from_due=16)),
    # Asked for and granted; asked for and refused.
    ("phuong-huong-mac", "mua-bbn", "2024-Q2"): Incident(
        habit=Habit(days_from_due=_IN_TIME),
        asks="extension",
        reason="Dự toán bổ sung chưa được phân bổ; đề nghị lùi thời hạn đến khi có quyết định.",
        days=10,
        answer="Đồng ý gia hạn; đề nghị bảo đảm có báo từ số đầu quý.",
    ),
    ("phong-vhtt", "bao-cao-quy-don-vi", "2024-Q2"): Incident(
        habit=Habit(days_from_due=6),
        asks="extension",
        reason="Trùng đợt tổ chức lễ hội, chưa tổng hợp kịp số liệu.",
        days=7,
        is_granted=False,
        answer="Không đồng ý: số liệu có sẵn hằng tháng, đơn vị bố trí người tổng hợp.",
    ),
    ("tt-y-te", "bao-cao-quy-don-vi", "2024-Q3"): Incident(
        asks="suspension",
        reason="Chờ hướng dẫn biểu mẫu báo cáo mới của ngành.",
        answer="Đồng ý tạm hoãn đến khi có biểu mẫu.",
    ),
    # Two cells met as one, so that one of them had nothing to read at.
    ("chi-bo-vp-thanh-uy", "doc-bao", "2024-02"): Incident(
        asks="waiver",
        reason="Tháng có Tết, chi bộ họp ghép với chi bộ khác theo kế hoạch chung.",
        answer="Đồng ý miễn trong tháng.",
    ),
    # The ward hands in for its cell.
    ("chi-bo-1-dinh-bang", "doc-bao", "2024-05"): Incident(
        habit=Habit(days_from_due=-1),
        by_superior=True,
        reason="Chi bộ chưa có máy tính, phường nộp thay theo biên bản giấy.",
    ),
    # The month of Tết.
    ("ban-tuyen-giao", "cung-cap-thong-tin", "2024-02"): Incident(
        habit=Habit(days_from_due=-2),
        nothing=True,
        reason="Tháng có Tết, không phát sinh tài liệu.",
    ),
}
#: Schools hold no meetings in the summer; one of them asks for a month in which they do.
SUMMER: Final = Incident(
    asks="waiver",
    reason="Nhà trường nghỉ hè, không tổ chức sinh hoạt trong tháng.",
    answer="Đồng ý miễn trong thời gian nghỉ hè.",
)
SUMMER_MONTHS: Final = frozenset({"2024-07"})
AFTER_SUMMER: Final = Incident(
    habit=Habit(days_from_due=-1),
    asks="waiver",
    reason="Nhà trường bận chuẩn bị năm học mới.",
    is_granted=False,
    answer="Không miễn: tháng 8 nhà trường đã tựu trường và có sinh hoạt.",
)
AFTER_SUMMER_UNIT: Final = ("thcs-huong-mac", "doc-bao", "2024-08")

CONTESTS: Final = (
    Contest(
        on=date(2024, 4, 4),
        duty="doc-bao",
        occasion="2024-01",
        reason="Tháng 1 Báo chưa phát hành đến đơn vị này, đề nghị kiểm tra biên bản.",
        outcome="kept",
        settled_on=date(2024, 4, 9),
        answer="Đã đối chiếu sổ giao nhận của Bưu điện: báo phát đủ, biên bản đúng.",
    ),
    Contest(
        on=date(2024, 5, 8),
        duty="mua-bbn",
        occasion="2024-Q2",
        reason="Tòa soạn chưa thấy đơn vị này trong danh sách phát báo quý II.",
        outcome="reopened",
        settled_on=date(2024, 5, 10),
        answer="Hóa đơn ghi sai địa chỉ nhận báo; đơn vị nộp lại bản đúng.",
    ),
    Contest(
        on=date(2024, 9, 26),
        duty="doc-bao",
        occasion="2024-06",
        reason="Nội dung đọc báo trùng nguyên văn với biên bản tháng trước.",
        outcome=None,
    ),
)

#: Meetings by number: moved to another day, told so many days before the old one; called off
#: so many days before; written down only so many days afterwards.
MOVED: Final[Mapping[str, tuple[date, int]]] = {"PH-04/2024": (date(2024, 5, 6), 3)}
CANCELLED: Final[Mapping[str, int]] = {"PH-02/2024": 4, "HT-01/2024": 2}
RECORDED_LATE: Final[Mapping[str, int]] = {"PH-06/2024": 2}

#: The share of units with all their copies, in per cent, of quarters that were ordered for
#: before anything was tracked: as the post office told it.
COUNTED_BEFORE: Final[Mapping[str, Decimal]] = {"2024-Q1": Decimal("95.7")}

#: What the desk sends back the first time that it sees it, and why.
SENT_BACK: Final[Mapping[tuple[str, str, str], str]] = {
    ("ban-tuyen-giao", "bao-cao-quy-dau-moi", "2024-Q1"): (
        "Báo cáo chưa nêu số tờ báo các chi bộ đã đặt; đề nghị bổ sung."
    ),
    ("hoi-nong-dan", "bao-cao-quy-don-vi", "2024-Q1"): (
        "Bản chụp mờ, không đọc được số liệu; đề nghị nộp lại tệp văn bản."
    ),
    ("thanh-uy", "gap-mat-21-6", "2024-06-21"): (
        "Ảnh không rõ buổi gặp mặt; đề nghị nộp ảnh khác."
    ),
}
CONFIRMED_FOR: Final = "Đã đối chiếu, đạt yêu cầu."


def incident(unit: str, duty: str, occasion: str, *, kind: str = "") -> Incident | None:
    """What the story says of a task, if it says anything; ``kind`` is the unit's."""
    key = (unit, duty, occasion)
    if key == AFTER_SUMMER_UNIT:
        return AFTER_SUMMER
    if kind == "truong-hoc" and duty == "doc-bao" and occasion in SUMMER_MONTHS:
        return SUMMER
    return INCIDENTS.get(key)
