"""A small world in which tasks live: offices, people with roles, one agreement, planned.

Plain functions with readable defaults, on top of ``tests.worlds``. Everything goes
through the use cases; nothing is written past them.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select

from tests.worlds import act, activated, agreement, at, obligation, planned, unit
from workflow.accounts import add_user, ensure_local_administrator
from workflow.domain.agreement import Fixed, Party, Requirement, Title
from workflow.domain.errors import Refusal
from workflow.domain.evidence import Outcome
from workflow.domain.roles import Grant, Role
from workflow.domain.units import FOREVER, Selector, Span, UnitQuota
from workflow.evidence.verdict import Findings, Identity, Reason, Verdict
from workflow.files import Stored
from workflow.journal import Act
from workflow.store.agreements import obligation as obligation_table
from workflow.store.evidence import evidence_item
from workflow.store.occasions import occasion
from workflow.store.submissions import submission
from workflow.store.tasks import task
from workflow.store.units import unit as unit_table
from workflow.store.work import work
from workflow.submission import add_evidence, submit_task
from workflow.verification import record_verdict, settle_submissions, submit_automatically

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import Connection, Engine, Row

    from workflow.domain.agreement import Obligation
    from workflow.domain.units import Unit

CHECKS = "system:checks"

#: Who is who. A stranger is always in the cast.
GRANTS: dict[str, tuple[Grant, ...]] = {
    "quan-tri": (Grant(role=Role.ADMINISTRATOR),),
    "quan-tri-2": (Grant(role=Role.ADMINISTRATOR),),
    "tham-dinh": (Grant(role=Role.REVIEWER),),
    "tham-dinh-2": (Grant(role=Role.REVIEWER),),
    "bao-tham-dinh": (Grant(role=Role.REVIEWER, agreement="ct-01", party="bao"),),
    "can-bo-a": (Grant(role=Role.UNIT_OFFICER, unit="phuong-a"),),
    "truong-a": (Grant(role=Role.HEAD_OF_UNIT, unit="phuong-a"),),
    "can-bo-b": (Grant(role=Role.UNIT_OFFICER, unit="phuong-b"),),
    "cap-tren": (Grant(role=Role.UNIT_OFFICER, unit="thanh-pho"),),
    "lanh-dao-tp": (Grant(role=Role.LEADER, agreement="ct-01", party="tp"),),
    "kiem-toan": (Grant(role=Role.AUDITOR),),
    "nguoi-la": (),
}

PARTIES = (
    Party(code="tp", name="Thành ủy", members=Selector(under=frozenset({"thanh-pho"}))),
    Party(code="bao", name="Báo", members=Selector(kinds=frozenset({"bao"}))),
)
BEARERS = Selector(kinds=frozenset({"phuong"}))


def offices(**quotas: int) -> list[Unit]:
    """A city with two wards, and a newspaper; ``quotas`` are copies owed of ``bbn`` by a ward."""

    def ward(key: str) -> Unit:
        owed = quotas.get(key.replace("-", "_"))
        life = Span(from_on=date(2020, 1, 1), until_on=FOREVER)
        copies = () if owed is None else (UnitQuota(title="bbn", copies=owed, span=life),)
        return unit(key, parent="thanh-pho", quotas=copies)

    return [
        unit("thanh-pho", kind="thanh_uy"),
        ward("phuong-a"),
        ward("phuong-b"),
        unit("bao", kind="bao"),
    ]


def paper(code: str = "giay", **more: Any) -> Requirement:
    """Proof by one file that opens."""
    return Requirement(code=code, check=more.pop("check", "attachment"), **more)


def copies(amount: int, code: str = "hoa-don") -> Requirement:
    """Proof by a stated quantity on invoices."""
    return Requirement(code=code, check="invoice", quantity=Fixed(amount=amount))


def duty(code: str = "mua-bao", **more: Any) -> Obligation:
    """A quarterly duty of each ward, due at the quarter's end, proved by one paper."""
    fields: dict[str, Any] = {"bearer": BEARERS, "proof": paper(), "beneficiary": "bao"}
    return obligation(code, **{**fields, **more})


def living(
    db: Connection,
    *duties: Obligation,
    on: str = "2024-01-02",
    until: str = "2024-07-01",
    units: Iterable[Unit] | None = None,
    **more: Any,
) -> None:
    """Offices, an active agreement of these duties, its tasks, and people with their roles."""
    said = agreement(
        *(duties or (duty(),)),
        parties=PARTIES,
        titles=(Title(code="bbn", name="Báo Bắc Ninh"),),
        **more,
    )
    activated(db, said, offices() if units is None else units, on=on)
    people(db)
    planned(db, until=until, on=on)


def people(db: Connection) -> None:
    """Everyone of the cast."""
    chief = ensure_local_administrator(db, name="Quản trị tại chỗ", at=at("2024-01-01"))
    for key, grants in GRANTS.items():
        add_user(db, key, name=f"Người {key}", grants=grants, act=act("2024-01-02", by=chief))


def by(who: str, day: str, time: str = "09:00", **more: Any) -> Act:
    """An act of somebody at a wall-clock time."""
    return Act(by=who, at=at(day, time), **more)


def task_of(
    db: Connection,
    unit: str = "phuong-a",
    *,
    duty: str = "mua-bao",
    occasion_key: str = "2024-Q1",
) -> int:
    """The number of the task of a unit for an occasion."""
    query = (
        select(task.c.id)
        .join(occasion, occasion.c.id == task.c.occasion_id)
        .join(obligation_table, obligation_table.c.id == task.c.obligation_id)
        .join(unit_table, unit_table.c.id == task.c.unit_id)
        .where(
            unit_table.c.key == unit,
            obligation_table.c.code == duty,
            occasion.c.key == occasion_key,
        )
    )
    return int(db.execute(query).scalar_one())


def row_of(db: Connection, task_id: int) -> Row[Any]:
    """The task as it is stored."""
    return db.execute(select(task).where(task.c.id == task_id)).one()


def state_of(db: Connection, task_id: int) -> str:
    """The state of a task."""
    return str(row_of(db, task_id).state)


def item_row(db: Connection, item_id: int) -> Row[Any]:
    """The item as it is stored."""
    return db.execute(select(evidence_item).where(evidence_item.c.id == item_id)).one()


def submission_of(db: Connection, task_id: int) -> Row[Any]:
    """The latest submission of a task."""
    query = select(submission).where(submission.c.task_id == task_id)
    return db.execute(query.order_by(submission.c.number.desc()).limit(1)).one()


def stored(text: str = "tờ giấy") -> Stored:
    """A file as if it had been stored."""
    data = text.encode()
    return Stored(sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def offered(
    db: Connection,
    task_id: int,
    *,
    text: str | None = None,
    requirement: str = "giay",
    act: Act | None = None,
) -> int:
    """An item that the unit offers; its bytes differ by task unless said otherwise."""
    return add_evidence(
        db,
        task_id,
        requirement=requirement,
        file=stored(text or f"giấy của {task_id}"),
        name="giay.pdf",
        act=act or by("can-bo-a", "2024-02-01"),
    )


def says(outcome: Outcome = Outcome.PASSED, *, code: str = "test.reason", **more: Any) -> Verdict:
    """A verdict as a check gives it; ``identity`` is the proof's name."""
    identity = more.pop("identity", None)
    if isinstance(identity, str):
        more["identity"] = Identity(kind="test", key=identity)
    elif identity is not None:
        more["identity"] = identity
    reasons = () if outcome is Outcome.PASSED else (Reason(code=code),)
    return Verdict(
        outcome=outcome,
        check=more.pop("check", "attachment"),
        version=more.pop("version", "1"),
        reasons=reasons,
        read=Findings(**more).to_json(),
    )


def judged(
    db: Connection, item_id: int, verdict: Verdict | None = None, *, day: str = "2024-02-01"
) -> None:
    """Record what a check said of an item; by default that it passed, being its own proof."""
    row = item_row(db, item_id)
    record_verdict(
        db,
        item_id,
        verdict or says(identity=Identity(kind="file", key=str(row.sha256))),
        sha256=row.sha256,
        act=by(CHECKS, day, "10:00"),
    )


def work_of(db: Connection, kind: str) -> list[int]:
    """The subjects of the waiting work of a kind, in order."""
    query = select(work.c.subject_id).where(work.c.kind == kind)
    return list(db.scalars(query.order_by(work.c.subject_id)))


def conclude(db: Connection, *, day: str, time: str = "10:00") -> None:
    """Do the waiting work that draws conclusions, as a worker would, until there is none."""
    while True:
        submissions, tasks = work_of(db, "settle_submission"), work_of(db, "submit_automatically")
        if not submissions and not tasks:
            return
        db.execute(
            work.delete().where(work.c.kind.in_(["settle_submission", "submit_automatically"]))
        )
        settle_submissions(db, submissions, act=by(CHECKS, day, time))
        submit_automatically(db, tasks, act=by(CHECKS, day, time))


def handed_in(
    db: Connection,
    task_id: int,
    *,
    day: str = "2024-02-01",
    who: str = "can-bo-a",
    verdict: Verdict | None = None,
) -> int:
    """Offer a paper, have it judged, submit, and let the checks conclude; gives the item."""
    item = offered(db, task_id, act=by(who, day))
    judged(db, item, verdict, day=day)
    submit_task(db, task_id, act=by(who, day, "09:30"))
    conclude(db, day=day)
    return item


def accepted(db: Connection, task_id: int, *, day: str = "2024-02-01") -> int:
    """A task that the checks accepted on a day; gives its item."""
    item = handed_in(db, task_id, day=day)
    assert state_of(db, task_id) == "accepted"
    return item


def later(day: str, days: int) -> str:
    """The day so many days after."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def refused(code: str, call: Callable[[], object]) -> Refusal:
    """The refusal that a call must end in."""
    with pytest.raises(Refusal) as caught:
        call()
    assert caught.value.code == code, caught.value
    return caught.value


def tries(db: Connection, call: Callable[[], object]) -> str | None:
    """What a call is refused with, or None; either way nothing of it is kept."""
    savepoint = db.begin_nested()
    try:
        call()
    except Refusal as refusal:
        return refusal.code
    finally:
        savepoint.rollback()
    return None


def who_may(db: Connection, call: Callable[[str], object]) -> set[str]:
    """Everyone of the cast whom a call lets act; all the others must be denied.

    Nothing of any try is kept. Somebody who has no account must be refused as well.
    """
    assert tries(db, lambda: call("khong-co-ai")) == "access.unknown"
    found = {who: tries(db, partial(call, who)) for who in GRANTS}
    assert set(found.values()) <= {None, "access.denied"}, found
    return {who for who, code in found.items() if code is None}


@contextmanager
def statements(db: Connection | Engine) -> Iterator[list[str]]:
    """The statements that a connection, or all of a database's, sends meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(db, "before_cursor_execute", note)
    yield sent
    event.remove(db, "before_cursor_execute", note)
