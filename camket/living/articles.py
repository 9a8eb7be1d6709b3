"""What the newspaper publishes: short made-up articles on the topics of the agreement.

Knows how a page says what it is about and where. The sentences are made up for the example.
Refuses to know how many are owed and when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from camket.living.temperament import drawn
from workflow.domain.folding import fold
from workflow.examples.specimens import article_html

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from camket.living.chores import Chore, World
    from workflow.domain.agreement import Requirement

_HOST: Final = "https://baobacninh.example"
_PLACES: Final = (
    "phường Đồng Kỵ", "phường Đình Bảng", "phường Tam Sơn", "phường Châu Khê", "phường Phù Khê",
    "phường Tân Hồng", "phường Hương Mạc", "phường Trang Hạ", "phường Đông Ngàn",
    "phường Tương Giang", "phường Đồng Nguyên", "phường Phù Chẩn",
)  # fmt: skip
_TURNS: Final = (
    "Sáu tháng trước, ít ai ở {place} nghĩ rằng việc này có thể làm nhanh đến thế.",
    "Ở {place}, công việc bắt đầu từ một buổi họp tổ dân phố và một danh sách việc cần làm.",
    "Đến {place} những ngày này, dễ nhận thấy nền nếp mới trong từng khu phố.",
    "{place} chọn cách làm từng bước, việc nào xong thì công khai kết quả việc ấy.",
)
_MIDDLES: Final = (
    (
        "Cán bộ phụ trách cho biết kế hoạch được chia theo quý, mỗi phần việc có người chịu trách"
        " nhiệm và có ngày hoàn thành."
    ),
    (
        "Người dân góp ý trực tiếp vào bản kế hoạch; ý kiến nào được tiếp thu đều ghi rõ trong"
        " biên bản."
    ),
    (
        "Số liệu được cập nhật hằng tháng và niêm yết tại nhà văn hóa để mọi người cùng theo dõi,"
        " kiểm tra."
    ),
    (
        "Các tổ chức đoàn thể nhận từng phần việc cụ thể, cuối tháng cùng rà lại kết quả và những"
        " chỗ còn chậm."
    ),
    (
        "Kinh phí được công khai từng khoản, phần đóng góp tự nguyện do chính khu phố quản lý và"
        " quyết toán."
    ),
    (
        "Khó khăn lớn nhất là thời gian, vì nhiều hộ bận sản xuất; cách giải quyết là làm vào buổi"
        " tối và ngày nghỉ."
    ),
)
_ENDS: Final = (
    "Kết quả bước đầu cho thấy việc gì dân biết, dân bàn thì làm đến nơi đến chốn.",
    "Từ kinh nghiệm này, các phường khác của Từ Sơn đang xây dựng kế hoạch tương tự.",
    "Thành phố Từ Sơn dự kiến đánh giá lại vào cuối quý để điều chỉnh cách làm.",
)
_OFF_TOPIC: Final = "Dự báo thời tiết cuối tuần: ngày nắng, đêm có mưa rào"
_FILLING_WORDS: Final = 60


def article(
    world: World, chore: Chore, need: Requirement, *, number: int, on: date, is_off_topic: bool
) -> bytes:
    """One page as a browser saves it, on the task's topic; a day and an address of its own."""
    params: Mapping[str, Any] = need.params
    about = (chore.duty.code, chore.occasion, number)
    place = _PLACES[drawn("place", *about, of=len(_PLACES))]
    phrases = [*(params.get("topics") or ()), *(params.get("mentions_all") or ())]
    subject = _OFF_TOPIC if is_off_topic else subject_of(world, chore, number)
    title = f"{subject[0].upper()}{subject[1:]}: cách làm ở {place}, thành phố Từ Sơn"
    if is_off_topic:
        title, phrases = subject, []
    slug = "-".join(fold(title).replace(",", " ").replace(":", " ").replace("/", " ").split())
    return article_html(
        title=title,
        published_on=on,
        address=f"{_HOST}/{slug[:80]}-{chore.task_id}{number:02}.html",
        site="Báo Bắc Ninh",
        paragraphs=_paragraphs(
            subject, phrases, place, about, least=int(params.get("least_words") or 80)
        ),
        author="Phóng viên Báo Bắc Ninh",
    )


def subject_of(world: World, chore: Chore, number: int = 0) -> str:
    """What an article, or a reading, is about: a topic's title or one of its words."""
    topic = world.topic(chore.duty)
    if topic is None:
        return chore.event or "đời sống ở cơ sở"
    words = (topic.title, *topic.words)
    return words[number % len(words)]


def _paragraphs(
    subject: str, phrases: list[str], place: str, about: tuple[object, ...], *, least: int
) -> list[str]:
    opening = _TURNS[drawn("turn", *about, of=len(_TURNS))].format(place=place)
    opening = opening[0].upper() + opening[1:]
    found = [
        f"{opening} Chủ đề được quan tâm nhất là {subject}.",
        *(f"Nội dung được nhắc đến nhiều trong đợt này là {phrase}." for phrase in phrases),
    ]
    start = drawn("middle", *about, of=len(_MIDDLES))
    middles = [_MIDDLES[(start + step) % len(_MIDDLES)] for step in range(len(_MIDDLES))]
    ending = _ENDS[drawn("end", *about, of=len(_ENDS))]
    rounds = 0
    while _count([*found, ending]) < least + _FILLING_WORDS:
        lead = "" if rounds < len(middles) else f"Tại khu phố số {rounds}, "
        middle = middles[rounds % len(middles)]
        found.append(lead + (middle if not lead else middle[0].lower() + middle[1:]))
        rounds += 1
    return [*found, ending]


def _count(paragraphs: list[str]) -> int:
    return sum(len(paragraph.split()) for paragraph in paragraphs)
