"""A small agreement whose first quarter of 2024 holds each box once or twice.

What happened is said here in a dozen lines, so that every figure can be checked by hand.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, update

from reports.composing import Instants, compose
from tests import worlds
from tests.reports.fates import (
    ask,
    change,
    give_back,
    hand_in,
    offer,
    raise_doubt,
    the_task,
)
from workflow import catalogue
from workflow.coverage import prove_coverage
from workflow.domain.agreement import Clause, Due, FixedDay, Party, Topic
from workflow.domain.triggers import Every, Length
from workflow.domain.units import Dated, Selector, Span
from workflow.store.agreements import agreement
from workflow.store.people import person, role_grant
from workflow.store.tasks import task

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from reports.quarterly import Report
    from workflow.domain.agreement import Agreement
    from workflow.domain.units import Unit

CODE = "CTPH-01"
CUT_OFF = worlds.at("2024-04-01", "00:00")
AS_OF = worlds.at("2024-04-05")
BUYERS = Selector(kinds=frozenset({"phuong"}))
PAPER = Selector(kinds=frozenset({"bao"}))


def the_agreement() -> Agreement:
    """Reading each month, buying each quarter; articles and a meeting for the newspaper."""
    duty = worlds.obligation
    return worlds.agreement(
        duty(
            "DOC",
            title="Đọc báo",
            clause="2",
            bearer=BUYERS,
            topic="mua-doc",
            trigger=Every(period=Length.MONTH),
            effective_from=date(2023, 10, 1),
        ),
        duty(
            "MUA",
            title="Mua báo",
            clause="1",
            bearer=BUYERS,
            topic="mua-doc",
            due=Due(fixed=FixedDay(day=20)),
            effective_from=date(2023, 10, 1),
        ),
        duty(
            "BAI",
            title="Đăng bài",
            clause="3",
            bearer=PAPER,
            topic="tuyen-truyen",
            effective_from=date(2023, 10, 1),
        ),
        duty("GB", title="Giao ban", clause="3", bearer=PAPER, effective_from=date(2023, 10, 1)),
        code=CODE,
        title="Chương trình phối hợp tuyên truyền",
        number="05-CTPH",
        signed_on=date(2023, 9, 15),
        starts_on=date(2023, 10, 1),
        tracked_from=date(2023, 11, 1),
        parties=(
            Party(code="ts", name="Thành ủy Từ Sơn", members=BUYERS),
            Party(code="bbn", name="Báo Bắc Ninh", members=PAPER),
        ),
        clauses=(
            Clause(code="1", text="Mua báo của Đảng", place="đoạn 3"),
            Clause(code="2", text="Đọc báo của Đảng", place="đoạn 3"),
            Clause(code="3", text="Tuyên truyền"),
        ),
        topics=(
            Topic(code="mua-doc", title="Mua và đọc báo"),
            Topic(code="tuyen-truyen", title="Tuyên truyền"),
        ),
    )


def the_units() -> list[Unit]:
    """Two wards, of which the second was renamed in the quarter, and the newspaper."""
    first, later = date(2020, 1, 1), date(2024, 2, 1)
    return [
        worlds.unit("a", names=(Dated(value="Phường Ấp Bắc", span=Span(from_on=first)),)),
        worlds.unit(
            "b",
            names=(
                Dated(value="Phường Ăn Thịnh", span=Span(from_on=first, until_on=later)),
                Dated(value="Phường Ân Thịnh", span=Span(from_on=later)),
            ),
        ),
        worlds.unit(
            "bao", kind="bao", names=(Dated(value="Báo Bắc Ninh", span=Span(from_on=first)),)
        ),
    ]


def lived(db: Connection) -> None:
    """Let the last quarter of 2023 and the first of 2024 happen."""
    worlds.activated(db, the_agreement(), the_units(), on="2023-09-20")
    worlds.planned(db, CODE, until="2024-07-01", on="2023-09-20")

    def of(duty: str, unit: str, key: str) -> int:
        return int(the_task(db, duty, unit, key).id)

    # October: before the agreement is tracked; one of the two was never done.
    hand_in(db, of("DOC", "a", "2023-10"), "2023-10-30", accepted="2023-11-02")
    # The fourth quarter: all done, but for December of a; that of b waits at the cut-off.
    for duty, unit, key in (
        ("DOC", "a", "2023-11"),
        ("DOC", "b", "2023-11"),
        ("MUA", "a", "2023-Q4"),
        ("MUA", "b", "2023-Q4"),
        ("BAI", "bao", "2023-Q4"),
        ("GB", "bao", "2023-Q4"),
    ):
        hand_in(db, of(duty, unit, key), "2023-11-25", accepted="2023-11-27")
    hand_in(db, of("DOC", "b", "2023-12"), "2023-12-29", accepted="2024-01-15")

    # Carried over, and done late in the new quarter.
    hand_in(db, of("DOC", "a", "2023-12"), "2024-01-10", accepted="2024-01-12")
    # January: on time, with its proof and a doubt; and late.
    offer(db, of("DOC", "a", "2024-01"), "2024-01-29", name="bien-ban-thang-1.pdf")
    hand_in(db, of("DOC", "a", "2024-01"), "2024-01-30", accepted="2024-02-01")
    raise_doubt(db, of("DOC", "a", "2024-01"), "2024-03-05")
    hand_in(db, of("DOC", "b", "2024-01"), "2024-02-05", accepted="2024-02-06")
    # February: handed in and not yet confirmed; suspended.
    hand_in(db, of("DOC", "a", "2024-02"), "2024-02-28")
    change(db, of("DOC", "b", "2024-02"), "suspended", "2024-02-20")
    # March: confirmed only after the cut-off; extended.
    hand_in(db, of("DOC", "a", "2024-03"), "2024-03-30", accepted="2024-04-03")
    ask(
        db,
        of("DOC", "b", "2024-03"),
        "extension",
        "2024-03-25",
        until="2024-04-10",
        decided="2024-03-27",
    )
    # Buying: given back and overdue; waived.
    give_back(db, of("MUA", "a", "2024-Q1"), "2024-03-18", "Hóa đơn ghi sai quý.")
    ask(db, of("MUA", "b", "2024-Q1"), "waiver", "2024-03-01", decided="2024-03-04")
    # The newspaper: cancelled; and a duty without a due day.
    change(db, of("BAI", "bao", "2024-Q1"), "cancelled", "2024-03-01")
    db.execute(
        update(task)
        .where(task.c.id == of("GB", "bao", "2024-Q1"))
        .values(due_on=None, original_due_on=None, first_due_on=None)
    )
    # What happens after ``AS_OF`` is in no report as of then.
    hand_in(db, of("MUA", "a", "2024-Q1"), "2024-04-06", accepted="2024-04-07")


def report(
    db: Connection, *, period: str = "2024-Q1", as_of: datetime = AS_OF, **more: Any
) -> Report:
    """The report on a quarter, as of an instant."""
    kept = catalogue.kept(db, CODE)
    cut_off = more.pop("cut_off", CUT_OFF)
    return compose(
        db,
        kept,
        period=period,
        at=Instants(cut_off=cut_off, as_of=as_of),
        coverage=prove_coverage(db, agreement=CODE, at=as_of),
        **{"is_simulated": False, **more},
    )


def office(db: Connection) -> None:
    """The people of an office: who drafts and issues, two leaders, a reader, a unit's officer."""
    agreement_id = db.scalar(agreement.select().with_only_columns(agreement.c.id))
    for key, role, scope in (
        ("quan-tri", "administrator", {}),
        ("quan-tri-2", "administrator", {}),
        ("lanh-dao", "leader", {"agreement_id": agreement_id}),
        ("lanh-dao-bao", "leader", {"party": "bbn"}),
        ("lanh-dao-khac", "leader", {"party": "khac"}),
        ("kiem-toan", "auditor", {}),
        ("can-bo", "unit_officer", {"unit": "a"}),
    ):
        _grant(db, key, role, **scope)


def _grant(db: Connection, key: str, role: str, *, unit: str | None = None, **scope: Any) -> None:
    from workflow.store.units import unit_ids

    person_id = db.execute(
        insert(person)
        .values(key=key, name=f"Người {key}", created_by="system:test", created_at=AS_OF)
        .returning(person.c.id)
    ).scalar_one()
    unit_id = None if unit is None else unit_ids(db)[unit]
    db.execute(
        insert(role_grant).values(
            person_id=person_id, role=role, unit_id=unit_id, granted_at=AS_OF, **scope
        )
    )
