"""Small agreements and units for tests, and a database that plans them.

Plain functions with readable defaults; what a test is about is said in the test.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from workflow.definitions import activate_agreement, import_agreement
from workflow.domain.agreement import Agreement, Clause, Due, Obligation, Party, Settings
from workflow.domain.triggers import Every, Length
from workflow.domain.units import FOREVER, Dated, Selector, Span, Unit
from workflow.journal import Act
from workflow.planning import Planned, plan_tasks
from workflow.registry import load_units

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

EVERYONE = Selector(everyone=True)


def at(day: str, time: str = "09:00") -> datetime:
    """An instant by the wall clock of the agreement's zone."""
    return datetime.fromisoformat(f"{day}T{time}:00+07:00").astimezone(UTC)


def act(day: str = "2024-01-02", *, by: str = "van-phong", **more: Any) -> Act:
    """An act of an office on a day."""
    return Act(by=by, at=at(day), **more)


def day(text: str) -> date:
    return date.fromisoformat(text)


def unit(key: str, *, kind: str = "phuong", since: str = "2020-01-01", **more: Any) -> Unit:
    """A unit that lives on from a day; ``until`` closes it, ``tags`` are for its life."""
    life = Span(from_on=day(since), until_on=day(more.pop("until", FOREVER.isoformat())))
    more.setdefault("names", (Dated(value=f"Đơn vị {key}", span=life),))
    tags = tuple(Dated(value=tag, span=life) for tag in more.pop("tags", ()))
    parent = more.pop("parent", None)
    parents = (Dated(value=parent, span=life),) if parent else ()
    return Unit(key=key, kind=kind, life=life, tags=tags, parents=parents, **more)


def obligation(code: str = "mua-bao", **more: Any) -> Obligation:
    """A quarterly duty of everyone, due at the quarter's end, from 2024 on."""
    fields: dict[str, Any] = {
        "title": f"Nghĩa vụ {code}",
        "clause": "d1",
        "bearer": EVERYONE,
        "trigger": Every(period=Length.QUARTER),
        "due": Due(),
        "effective_from": day("2024-01-01"),
    }
    return Obligation(code=code, **{**fields, **more})


def agreement(*obligations: Obligation, code: str = "ct-01", **more: Any) -> Agreement:
    """An agreement for the years 2024 and 2025."""
    fields: dict[str, Any] = {
        "title": "Chương trình phối hợp",
        "starts_on": day("2024-01-01"),
        "ends_on": day("2026-01-01"),
        "tracked_from": day("2024-01-01"),
        "parties": (Party(code="a", name="Bên A", members=EVERYONE),),
        "clauses": (Clause(code="d1", text="Điều một"),),
        "settings": Settings(),
    }
    return Agreement(code=code, obligations=obligations or (obligation(),), **{**fields, **more})


def activated(
    db: Connection, said: Agreement, units: Iterable[Unit], *, on: str = "2024-01-02"
) -> None:
    """Load units and an agreement, and have a second person activate it."""
    load_units(db, units, act=act(on))
    import_agreement(db, said, act=act(on))
    activate_agreement(db, said.code, act=act(on, by="lanh-dao"))


def planned(
    db: Connection, code: str = "ct-01", *, until: str = "2026-01-01", on: str = "2024-01-02"
) -> Planned:
    """Plan an agreement up to a day."""
    return plan_tasks(db, agreement=code, until=day(until), act=act(on, by="system:planner"))


def days_later(text: str, days: int) -> str:
    return (day(text) + timedelta(days=days)).isoformat()
