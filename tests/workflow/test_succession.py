"""Units that merge, split and dissolve: what they owed goes on, and nothing owed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from tests import worlds
from tests.worlds import activated, agreement, obligation, planned, unit
from workflow.coverage import prove_coverage
from workflow.domain.agreement import Settings
from workflow.domain.succession import Succession, Successor
from workflow.domain.triggers import Every, Length
from workflow.domain.units import Selector
from workflow.store.occasions import occasion
from workflow.store.people import person, role_grant
from workflow.store.tasks import task
from workflow.store.units import unit as unit_table
from workflow.succession import record_succession, settle_succession

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workflow.succession import Settled

DAY = "2025-07-01"
GROUND = "Nghị quyết 1658/NQ-UBTVQH15"
OLD = {
    "dong-ngan": ("09367", "Phường Đông Ngàn"),
    "tan-hong": ("09391", "Phường Tân Hồng"),
    "dinh-bang": ("09394", "Phường Đình Bảng"),
    "phu-chan": ("09397", "Phường Phù Chẩn"),
    "tam-son-cu": ("09370", "Phường Tam Sơn"),
    "tuong-giang": ("09376", "Phường Tương Giang"),
    "phu-khe-cu": ("09379", "Phường Phù Khê"),
    "huong-mac": ("09373", "Phường Hương Mạc"),
    "chau-khe": ("09388", "Phường Châu Khê"),
    "dong-nguyen-cu": ("09385", "Phường Đồng Nguyên"),
    "trang-ha": ("09383", "Phường Trang Hạ"),
    "dong-ky": ("09382", "Phường Đồng Kỵ"),
}
NEW = {
    "tu-son": ("09367", "Phường Từ Sơn", ("dong-ngan", "tan-hong", "dinh-bang", "phu-chan")),
    "tam-son": ("09370", "Phường Tam Sơn", ("tam-son-cu", "tuong-giang")),
    "phu-khe": ("09379", "Phường Phù Khê", ("phu-khe-cu", "huong-mac", "chau-khe")),
    "dong-nguyen": ("09385", "Phường Đồng Nguyên", ("dong-nguyen-cu", "trang-ha", "dong-ky")),
}
REFORM = Succession(
    happens_on=worlds.day(DAY),
    ground=GROUND,
    successors=tuple(
        Successor(key=key, replaces=before, kind="phuong", name=name, code=code)
        for key, (code, name, before) in NEW.items()
    ),
    dissolved=("thanh-uy", "ubnd-tp"),
)
BUYING = obligation(
    "mua-bao", bearer=Selector(kinds=frozenset({"phuong"})), effective_from=worlds.day("2025-01-01")
)
MEETING_PAPERS = obligation(
    "moi-pv",
    bearer=Selector(kinds=frozenset({"co-quan"})),
    trigger=Every(period=Length.MONTH),
    effective_from=worlds.day("2025-01-01"),
)
ND09 = agreement(
    BUYING,
    MEETING_PAPERS,
    starts_on=worlds.day("2025-01-01"),
    ends_on=worlds.day("2026-01-01"),
    tracked_from=worlds.day("2025-01-01"),
    settings=Settings(reporting="nd09"),
)


def old_units() -> list[Any]:
    from workflow.domain.units import Dated, Span

    life = Span(from_on=worlds.day("2020-01-01"))
    wards = [
        unit(
            key,
            names=(Dated(value=name, span=life),),
            codes=(Dated(value=code, span=life),),
            parent="ubnd-tp",
        )
        for key, (code, name) in OLD.items()
    ]
    return [*wards, unit("thanh-uy", kind="co-quan"), unit("ubnd-tp", kind="co-quan")]


def administrator(db: Connection, key: str = "van-phong") -> None:
    added = db.execute(
        insert(person)
        .values(key=key, name="Văn phòng", created_by="system", created_at=worlds.at("2024-01-01"))
        .returning(person.c.id)
    ).scalar_one()
    db.execute(
        insert(role_grant).values(
            person_id=added, role="administrator", granted_at=worlds.at("2024-01-01")
        )
    )


def succeed(db: Connection, says: Succession = REFORM, *, on: str = DAY) -> Settled:
    """What the edge does in one transaction: record, plan, settle."""
    record_succession(db, says, act=worlds.act(on, by="system:succession"))
    return plan_and_settle(db, on=on)


def plan_and_settle(db: Connection, *, on: str) -> Settled:
    planned(db, on=on)
    return settle_succession(db, agreement="ct-01", act=worlds.act(on, by="system:succession"))


def the_state(db: Connection) -> list[tuple[Any, ...]]:
    """Every task that means something: what no rule ever owed and was taken back is left out."""
    into = task.alias("into")
    into_unit = unit_table.alias("into_unit")
    answering = unit_table.alias("answering")
    rows = db.execute(
        select(
            occasion.c.key.label("occasion"),
            unit_table.c.key.label("unit"),
            task.c.state,
            task.c.cancel_cause,
            answering.c.key.label("answerable"),
            into_unit.c.key.label("into"),
            task.c.due_on,
            task.c.original_due_on,
        )
        .select_from(task)
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .join(unit_table, unit_table.c.id == task.c.unit_id)
        .join(answering, answering.c.id == task.c.answerable_id)
        .outerjoin(into, into.c.id == task.c.merged_into_id)
        .outerjoin(into_unit, into_unit.c.id == into.c.unit_id)
        .where(func.coalesce(task.c.cancel_cause, "") != "unowed")
    )
    return sorted(tuple(str(value) for value in row) for row in rows)


def no_gap(db: Connection, on: str = DAY) -> None:
    assert prove_coverage(db, agreement="ct-01", at=worlds.at(on)).gaps == ()


def test_planning_before_and_after_the_reform_comes_to_the_same(clone: Any) -> None:
    with clone.connect() as db:
        outer = db.begin()
        activated(db, ND09, old_units(), on="2025-01-02")
        first = db.begin_nested()
        planned(db, on="2025-01-02")
        no_gap(db, "2025-01-02")
        succeed(db, on="2025-07-03")
        no_gap(db, "2025-07-03")
        one_way = the_state(db)
        first.rollback()
        succeed(db, on="2025-07-03")
        no_gap(db, "2025-07-03")
        assert the_state(db) == one_way
        outer.rollback()
