"""A town with some seventy units that carries out an agreement, as a report finds it.

Knows how to lay a whole year of tasks with all that can happen to them, the same each
time. Offices only, no people; numbers are made up.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from tests import worlds
from tests.reports.dated_tasks import HANOI
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
from workflow.domain.timeliness import day_of
from workflow.domain.triggers import Every, Length
from workflow.domain.units import Dated, Selector, Span, Unit
from workflow.store.agreements import obligation
from workflow.store.evidence import doubt, evidence_file, evidence_item, evidence_verdict
from workflow.store.occasions import occasion
from workflow.store.submissions import concession
from workflow.store.tasks import GIVEN, task, task_change
from workflow.store.units import unit

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
    rows = db.execute(
        select(
            task,
            occasion.c.key.label("occasion"),
            unit.c.key.label("unit_key"),
            obligation.c.code.label("duty"),
        )
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .join(unit, unit.c.id == task.c.unit_id)
        .join(obligation, obligation.c.id == task.c.obligation_id)
        .order_by(task.c.id)
    ).all()
    for row in rows:
        if row.due_on <= until + timedelta(days=20):
            _live(db, row, until)


def fate(*names: object) -> int:
    """A number from 0 to 99 that depends on nothing but these names."""
    return hashlib.sha256(repr(names).encode()).digest()[0] * 100 // 256


def keys_of(row: Row[Any]) -> tuple[str, str, str]:
    return row.unit_key, row.duty, row.occasion


def _live(db: Connection, row: Row[Any], until: date) -> None:
    keys = keys_of(row)
    luck, lag = fate("luck", *keys), fate("lag", *keys) % 12
    day = row.due_on - timedelta(days=lag)
    if luck < 74:
        _hand_in(db, row, day, until, is_accepted=True)
    elif luck < 82:
        _hand_in(db, row, row.due_on + timedelta(days=1 + lag), until, is_accepted=True)
    elif luck < 86:
        _hand_in(db, row, day, until, is_accepted=False)
    elif luck < 88:
        _concede(db, row, "extension", until, granted=True)
    elif luck < 89:
        _change(db, row, "suspended", row.due_on - timedelta(days=6), until)
    elif luck < 90:
        _concede(db, row, "waiver", until, granted=True)
    elif luck < 91:
        _change(db, row, "cancelled", row.due_on - timedelta(days=6), until)
    elif luck < 93:
        _concede(db, row, "extension", until, granted=False)


def _hand_in(db: Connection, row: Row[Any], day: date, until: date, *, is_accepted: bool) -> None:
    submitted_at = _at(day)
    if day > until:
        return
    accepted_at = submitted_at + timedelta(days=2)
    facts: dict[str, Any] = {"submitted_at": submitted_at, "submitted_on": day}
    _change(db, row, "submitted", day, until, **facts)
    if fate("file", *keys_of(row)) < 80:
        _offer(db, row, submitted_at)
    if is_accepted and day_of(accepted_at, HANOI) <= until:
        facts |= {"done_at": submitted_at, "done_on": day}
        _change(db, row, "accepted", day_of(accepted_at, HANOI), until, before="submitted", **facts)
        if fate("doubt", *keys_of(row)) < 2:
            db.execute(
                insert(doubt).values(
                    task_id=row.id,
                    kind="raised",
                    reason={
                        "code": "doubt.said",
                        "by": "ra-soat",
                        "text": "Ảnh chụp biên bản bị mờ.",
                    },
                    raised_by="ra-soat",
                    raised_at=accepted_at,
                )
            )


def _offer(db: Connection, row: Row[Any], at: datetime) -> None:
    sha = hashlib.sha256(repr(keys_of(row)).encode()).hexdigest()
    db.execute(insert(evidence_file).values(sha256=sha, size=1000, stored_at=at))
    item = db.execute(
        insert(evidence_item)
        .values(
            task_id=row.id,
            requirement="minh-chung",
            sha256=sha,
            name=f"bien-ban-{row.occasion}.pdf",
            figures={},
            added_by="can-bo",
            added_at=at,
            outcome="passed",
            outcome_at=at,
        )
        .returning(evidence_item.c.id)
    ).scalar_one()
    db.execute(
        insert(evidence_verdict).values(
            item_id=item,
            check="attachment",
            version="1",
            sha256=sha,
            outcome="passed",
            reasons=[],
            read={},
            decided_at=at,
        )
    )


def _concede(db: Connection, row: Row[Any], kind: str, until: date, *, granted: bool) -> None:
    asked_on = row.due_on - timedelta(days=4)
    decided_on = asked_on + timedelta(days=2)
    if decided_on > until:
        return
    new_on = row.due_on + timedelta(days=10)
    db.execute(
        insert(concession).values(
            task_id=row.id,
            kind=kind,
            asked_by="can-bo",
            asked_at=_at(asked_on),
            reason="Đơn vị đang kiện toàn cấp ủy, chưa kịp tổ chức sinh hoạt.",
            until_on=new_on if kind == "extension" else None,
            decided_by="quan-tri",
            decided_at=_at(decided_on),
            decision="granted" if granted else "refused",
        )
    )
    if granted and kind == "extension":
        _change(db, row, "open", decided_on, until, due_on=new_on)
    elif granted:
        _change(db, row, "waived", decided_on, until)


def _change(
    db: Connection,
    row: Row[Any],
    state: str,
    on: date,
    until: date,
    *,
    before: str = "open",
    **facts: Any,
) -> None:
    if on > until:
        return
    carried = {
        name: facts.get(name, row._mapping[name])
        for name in (
            "original_due_on",
            "due_on",
            "report_by_on",
            "belongs_on",
            "answerable_id",
            "submitted_at",
            "submitted_on",
            "done_at",
            "done_on",
            "correction_on",
            "late_notice_on",
        )
    }
    db.execute(
        insert(task_change).values(
            task_id=row.id,
            at=_at(on),
            act="act",
            by="can-bo",
            state_from=before,
            state=state,
            due_on_from=row.due_on,
            **carried,
            **{f"{name}_from": row._mapping[name] for name in GIVEN},
        )
    )
    db.execute(
        update(task)
        .where(task.c.id == row.id)
        .values(
            state=state,
            changed_at=_at(on),
            is_touched=True,
            cancel_cause="person" if state == "cancelled" else None,
            **carried,
        )
    )


def _at(day: date) -> datetime:
    return worlds.at(day.isoformat())
