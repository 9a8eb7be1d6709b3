"""A town with some seventy units that carries out an agreement, as a report finds it.

Knows how to lay a whole year of tasks with all that can happen to them, the same each
time. Offices only, no people; numbers are made up.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests import worlds
from tests.reports import fates
from workflow.domain.agreement import (
    Agreement,
    Clause,
    Count,
    Due,
    DueFrom,
    FixedDay,
    Obligation,
    Party,
    Requirement,
    Topic,
)
from workflow.domain.triggers import Every, Length
from workflow.domain.units import Dated, Selector, Span, Unit

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

CODE = "CTPH-TUSON-2023"
WARDS = (
    "Đông Ngàn",
    "Tân Hồng",
    "Đình Bảng",
    "Phù Chẩn",
    "Tam Sơn",
    "Tương Giang",
    "Phù Khê",
    "Hương Mạc",
    "Châu Khê",
    "Đồng Nguyên",
    "Trang Hạ",
    "Đồng Kỵ",
)
OFFICES = (
    "Văn phòng Thành ủy",
    "Ban Tổ chức Thành ủy",
    "Ban Tuyên giáo Thành ủy",
    "Ban Dân vận Thành ủy",
    "Ủy ban Kiểm tra Thành ủy",
    "Trung tâm Chính trị thành phố",
    "Văn phòng HĐND và UBND thành phố",
    "Phòng Nội vụ",
    "Phòng Tài chính - Kế hoạch",
    "Phòng Giáo dục và Đào tạo",
    "Phòng Văn hóa và Thông tin",
    "Phòng Kinh tế",
    "Phòng Quản lý đô thị",
    "Phòng Lao động, Thương binh và Xã hội",
    "Phòng Tài nguyên và Môi trường",
    "Phòng Tư pháp",
    "Phòng Y tế",
    "Thanh tra thành phố",
    "Mặt trận Tổ quốc thành phố",
    "Thành đoàn",
    "Hội Liên hiệp Phụ nữ thành phố",
    "Hội Nông dân thành phố",
    "Hội Cựu chiến binh thành phố",
    "Liên đoàn Lao động thành phố",
    "Công an thành phố",
    "Ban Chỉ huy Quân sự thành phố",
)
SCHOOLS = tuple(
    f"Trường {level} {ward}" for ward in WARDS[:10] for level in ("Tiểu học", "Trung học cơ sở")
)
LONG = (
    "Ban Quản lý các dự án đầu tư xây dựng hạ tầng kỹ thuật, công nghiệp, đô thị và phát triển"
    " nông thôn mới nâng cao, kiểu mẫu trực thuộc Ủy ban nhân dân thành phố Từ Sơn"
)


def town_units() -> list[Unit]:
    """Offices, wards, schools, the newspaper and the post office."""
    named = [
        *(("co-quan", name) for name in OFFICES),
        *(("phuong", f"Đảng ủy phường {name}") for name in WARDS),
        *(("truong", name) for name in SCHOOLS),
        *(("chi-bo", f"Chi bộ khu phố {number} phường {WARDS[number]}") for number in range(8)),
        ("co-quan", LONG),
        ("bao", "Báo Bắc Ninh"),
        ("buu-dien", "Bưu điện thành phố Từ Sơn"),
    ]
    numbers: dict[str, int] = {}
    made = []
    for kind, name in named:
        numbers[kind] = numbers.get(kind, 0) + 1
        made.append(_unit(f"{kind}-{numbers[kind]:02}", kind, name))
    return made


def _unit(key: str, kind: str, name: str) -> Unit:
    life = Span(from_on=date(2020, 1, 1))
    return Unit(key=key, kind=kind, life=life, names=(Dated(value=name, span=life),))


def _kinds(*kinds: str) -> Selector:
    return Selector(kinds=frozenset(kinds))


BEFORE = Due(reckoned=DueFrom.START, offset=-12)
MONTHLY, QUARTERLY = Every(period=Length.MONTH), Every(period=Length.QUARTER)
BUYERS = _kinds("co-quan", "phuong", "truong", "chi-bo")


def _duty(code: str, title: str, clause: str, bearer: Selector, **more: Any) -> Obligation:
    fields: dict[str, Any] = {
        "trigger": QUARTERLY,
        "due": Due(),
        "effective_from": date(2023, 4, 11),
        "proof": Requirement(code="minh-chung", check="attachment"),
        **more,
    }
    return Obligation(code=code, title=title, clause=clause, bearer=bearer, **fields)


def town_agreement() -> Agreement:
    """The duties of both sides, each with its clause; quantities and days are illustrative."""
    paper, post = _kinds("bao"), _kinds("buu-dien")
    topics = [
        ("NQ", "nghị quyết, chương trình, kế hoạch của Thành ủy, HĐND, UBND"),
        ("KTXH", "phát triển kinh tế - xã hội, bảo đảm quốc phòng, an ninh"),
        ("DTVM", "Chương trình xây dựng đô thị văn minh"),
        ("NNS", "Chương trình nông nghiệp sạch"),
        ("CNC", "Chương trình công nghiệp công nghệ cao"),
        ("CNTT", "Đề án ứng dụng công nghệ thông tin trong dạy và học"),
    ]
    return worlds.agreement(
        _duty(
            "TS-MOI-01",
            "Mời phóng viên dự hội nghị của Ban Chấp hành Đảng bộ",
            "1.1",
            Selector(keys=frozenset({"co-quan-01"})),
            trigger=MONTHLY,
            topic="phoi-hop",
        ),
        _duty(
            "TS-MOI-02",
            "Mời phóng viên dự kỳ họp Hội đồng nhân dân",
            "1.1",
            Selector(keys=frozenset({"co-quan-07"})),
            trigger=MONTHLY,
            topic="phoi-hop",
        ),
        _duty(
            "TS-CCTT",
            "Cung cấp thông tin, văn bản chỉ đạo cho Báo",
            "1.2",
            Selector(keys=frozenset({"co-quan-03"})),
            trigger=MONTHLY,
            due=Due(fixed=FixedDay(day=25)),
            topic="phoi-hop",
        ),
        _duty(
            "TS-DI-CS",
            "Bố trí để phóng viên đi cơ sở tìm hiểu thực tế",
            "1.2",
            _kinds("phuong"),
            due=Due(report_by=5, count=Count.WORKING),
            topic="phoi-hop",
        ),
        _duty(
            "DV-MUA",
            "Mua báo theo Chỉ thị 11 cho quý sau",
            "2.1",
            BUYERS,
            due=Due(fixed=FixedDay(day=20)),
            topic="mua-doc",
        ),
        _duty(
            "DV-DOC",
            "Đọc báo trong sinh hoạt chi bộ, cơ quan",
            "2.2",
            BUYERS,
            trigger=MONTHLY,
            topic="mua-doc",
        ),
        _duty(
            "DV-BC",
            "Báo cáo kết quả mua và đọc báo về đầu mối",
            "2.3",
            BUYERS,
            due=Due(fixed=FixedDay(day=18)),
            topic="mua-doc",
            proof=None,
        ),
        *(
            _duty(
                f"BAO-{code}",
                f"Tuyên truyền {name}",
                "3.1",
                paper,
                trigger=MONTHLY,
                topic="tuyen-truyen",
            )
            for code, name in topics
        ),
        _duty(
            "BAO-NTVT",
            "Chuyên mục người tốt, việc tốt, điển hình tiên tiến",
            "3.2",
            paper,
            trigger=MONTHLY,
            topic="tuyen-truyen",
        ),
        _duty(
            "BD-SL",
            "Tổng hợp số lượng đặt mua của các đơn vị",
            "4.1",
            post,
            due=Due(offset=10),
            topic="mua-doc",
        ),
        _duty(
            "HB-GB",
            "Giao ban hai bên",
            "5.1",
            Selector(keys=frozenset({"co-quan-03", "bao-01"})),
            topic="phoi-hop",
            proof=None,
        ),
        code=CODE,
        title="Chương trình phối hợp công tác tuyên truyền giữa Thành ủy Từ Sơn và Báo Bắc Ninh",
        number="05-CTPH/TU-BBN",
        signed_on=date(2023, 4, 11),
        starts_on=date(2023, 4, 11),
        ends_on=date(2026, 1, 1),
        tracked_from=date(2023, 7, 1),
        parties=(
            Party(
                code="tu-son",
                name="Thành ủy Từ Sơn",
                members=_kinds("co-quan", "phuong", "truong", "chi-bo"),
            ),
            Party(code="bao", name="Báo Bắc Ninh", members=_kinds("bao")),
        ),
        clauses=tuple(
            Clause(code=code, text=text, place=place)
            for code, text, place in [
                ("1.1", "Tạo điều kiện để phóng viên dự hội nghị", "đoạn 2"),
                ("1.2", "Cung cấp thông tin, bố trí đi cơ sở", "đoạn 2"),
                ("2.1", "Chỉ đạo việc mua các ấn phẩm của Báo", "đoạn 3"),
                ("2.2", "Tổ chức đọc báo", "đoạn 3"),
                ("2.3", "Báo cáo kết quả", "đoạn 3"),
                ("3.1", "Tuyên truyền theo chủ đề", "đoạn 4"),
                ("3.2", "Tuyên truyền gương điển hình", "đoạn 4"),
                ("4.1", "Tổng hợp số liệu đặt mua", ""),
                ("5.1", "Trách nhiệm chung", ""),
            ]
        ),
        topics=(
            Topic(code="phoi-hop", title="Phối hợp, tạo điều kiện"),
            Topic(code="mua-doc", title="Mua và đọc báo của Đảng"),
            Topic(code="tuyen-truyen", title="Tuyên truyền"),
        ),
        illustrative="số lượng và thời hạn trong phụ lục của chương trình là số liệu minh họa.",
    )


def lived(db: Connection, *, until: date = date(2024, 4, 3)) -> None:
    """Plan the town's agreement and let its tasks live, each by its own fixed fate."""
    worlds.activated(db, town_agreement(), town_units(), on="2023-06-20")
    worlds.planned(db, CODE, until="2024-07-01", on="2023-06-20")
    for row in fates.tasks_planned(db):
        if row.due_on <= until + timedelta(days=20):
            _live(db, row, until)


def fate(*names: object) -> int:
    """A number from 0 to 99 that depends on nothing but these names."""
    return hashlib.sha256(repr(names).encode()).digest()[0] * 100 // 256


def _live(db: Connection, row: Row[Any], until: date) -> None:
    keys = (row.unit_key, row.duty, row.occasion)
    luck, lag = fate("luck", *keys), fate("lag", *keys) % 12
    due_on: date = row.due_on
    if luck < 90:
        day = due_on - timedelta(days=lag) if luck < 80 else due_on + timedelta(days=1 + lag)
        if day > until:
            return
        seen = day + timedelta(days=2)
        is_accepted = luck not in {76, 77, 78, 79} and seen <= until
        fates.hand_in(
            db, row.id, day.isoformat(), accepted=seen.isoformat() if is_accepted else None
        )
        if fate("file", *keys) < 80:
            fates.offer(db, row.id, day.isoformat(), name=f"bien-ban-{keys[0]}-{keys[2]}.pdf")
        if is_accepted and fate("doubt", *keys) < 1:
            fates.raise_doubt(db, row.id, seen.isoformat())
        return
    asked, decided = due_on - timedelta(days=6), due_on - timedelta(days=4)
    if decided > until:
        return
    if luck < 95:
        fates.ask(
            db,
            row.id,
            "waiver" if luck == 92 else "extension",
            asked.isoformat(),
            until=None if luck == 92 else (due_on + timedelta(days=10)).isoformat(),
            decided=decided.isoformat(),
            decision="refused" if luck > 92 else "granted",
        )
    elif luck < 97:
        fates.change(db, row.id, "suspended" if luck == 95 else "cancelled", decided.isoformat())
